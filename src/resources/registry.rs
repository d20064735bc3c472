//! The one list that drives everything. Sorted by type id, one line each.

use super::{ResourceType, ecs};

/// Every resource type that yunsweep knows.
pub static RESOURCE_TYPES: &[&dyn ResourceType] = &[&ecs::Disk];

/// The type of that id.
pub fn find(type_id: &str) -> Option<&'static dyn ResourceType> {
    RESOURCE_TYPES
        .iter()
        .copied()
        .find(|resource_type| resource_type.spec().type_id.as_str() == type_id)
}
