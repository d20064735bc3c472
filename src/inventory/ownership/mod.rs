//! Owners.

use super::Inventory;

/// Attributes.
pub fn attribute(_inventory: &mut Inventory) {}
