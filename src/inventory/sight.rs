//! What an inventory has seen for certain: by its coverage, what is not in it is not there.

use super::Inventory;
use crate::model::{AccountId, Region, ResourceId};
use crate::resources::{ListedPer, ResourceType, find};

/// Whether everything of a type was read that may be where a resource is: its region, or each parent there.
pub fn is_read(inventory: &Inventory, type_id: &str, near: &ResourceId) -> bool {
    let Some(spec) = find(type_id).map(ResourceType::spec) else {
        return false;
    };
    let rows = || {
        inventory.coverage.iter().filter(|row| {
            row.type_id == spec.type_id && row.cell.account == near.account && row.state.is_read()
        })
    };
    let is_here = |region: &Region| *region == near.region || region.is_global();
    match spec.listed_per {
        ListedPer::Account => rows().next().is_some(),
        ListedPer::Region => rows().any(|row| is_here(&row.cell.region)),
        ListedPer::Parent(parent) | ListedPer::RegionAndParent(parent) => {
            is_read(inventory, parent, near)
                && inventory
                    .resources
                    .iter()
                    .filter(|found| found.id.type_id.as_str() == parent)
                    .filter(|found| found.id.account == near.account && is_here(&found.id.region))
                    .all(|found| rows().any(|row| row.cell.parent.as_ref() == Some(&found.id)))
        }
    }
}

/// Whether everything of a type was read that belongs to one parent.
pub fn is_read_of(inventory: &Inventory, type_id: &str, parent: &ResourceId) -> bool {
    inventory.coverage.iter().any(|row| {
        row.type_id.as_str() == type_id
            && row.cell.parent.as_ref() == Some(parent)
            && row.state.is_read()
    })
}

/// A region of an account in which a type was not read whole; `?` where it was asked nowhere.
pub fn unread_region(inventory: &Inventory, type_id: &str, account: &AccountId) -> Option<String> {
    let mut rows = inventory
        .coverage
        .iter()
        .filter(|row| row.type_id.as_str() == type_id && row.cell.account == *account)
        .peekable();
    if rows.peek().is_none() {
        return Some("?".to_owned());
    }
    rows.find(|row| !row.state.is_read())
        .map(|row| row.cell.region.to_string())
}
