//! What the tests of every resource type need.

use super::Neighbours;
use crate::model::{AccountId, Cell, Region, Resource, ResourceId};

/// A cell of a test account.
pub fn cell(region: &str) -> Cell {
    Cell {
        account: AccountId::from_static("0000000000000042"),
        region: Region::new(region),
        parent: None,
    }
}

/// A cell below a parent.
pub fn cell_of(region: &str, parent: ResourceId) -> Cell {
    Cell {
        parent: Some(parent),
        ..cell(region)
    }
}

/// An inventory of one.
pub fn only_resource(resource: &Resource) -> Neighbours<'_> {
    Neighbours::new([resource])
}
