//! What an inventory has seen for certain: by its coverage, what is not in it is not there.

use super::Inventory;
use crate::model::{AccountId, Region, ResourceId};
use crate::resources::{ListedPer, ResourceType, find};

/// Known only from an index of the account that lags behind it: not to be in there proves nothing.
const INDEXED: &[&str] = &["resourcecenter.unmodelled"];

/// Whether everything of a type was read that may be where a resource is: its region, and each parent there.
pub fn is_read(inventory: &Inventory, type_id: &str, near: &ResourceId) -> bool {
    let Some(spec) = find(type_id).map(ResourceType::spec) else {
        return false;
    };
    if INDEXED.contains(&type_id) {
        return false;
    }
    let rows = || {
        inventory.coverage.iter().filter(|row| {
            row.type_id == spec.type_id && row.cell.account == near.account && row.state.is_read()
        })
    };
    let is_here = |region: &Region| *region == near.region || region.is_global();
    let by_region = || rows().any(|row| row.cell.parent.is_none() && is_here(&row.cell.region));
    let by_parents = |parent: &str| {
        is_read(inventory, parent, near)
            && inventory
                .resources
                .iter()
                .filter(|found| found.id.type_id.as_str() == parent)
                .filter(|found| found.id.account == near.account && is_here(&found.id.region))
                .all(|found| rows().any(|row| row.cell.parent.as_ref() == Some(&found.id)))
    };
    match spec.listed_per {
        ListedPer::Account => rows().next().is_some(),
        ListedPer::Region => by_region(),
        ListedPer::Parent(parent) => by_parents(parent),
        ListedPer::RegionAndParent(parent) => by_region() && by_parents(parent),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Cell, CoverageRow, CoverageState, Resource, TypeId};

    fn id(type_id: &'static str, id: &str) -> ResourceId {
        ResourceId {
            account: AccountId::from_static("0000000000000042"),
            region: Region::from_static("cn-hangzhou"),
            type_id: TypeId::from_static(type_id),
            id: id.to_owned(),
        }
    }

    fn row(
        type_id: &'static str,
        parent: Option<&ResourceId>,
        state: CoverageState,
    ) -> CoverageRow {
        CoverageRow {
            type_id: TypeId::from_static(type_id),
            cell: Cell {
                account: AccountId::from_static("0000000000000042"),
                region: Region::from_static("cn-hangzhou"),
                parent: parent.cloned(),
            },
            state,
            count: 0,
            reason: None,
            missing_permission: None,
            permission_confirmed: None,
            code: None,
            request_id: None,
        }
    }

    fn inventory(resources: &[&ResourceId], coverage: Vec<CoverageRow>) -> Inventory {
        Inventory {
            scanned_at: "2026-02-01T00:00:00Z".parse().unwrap(),
            accounts: Vec::new(),
            resources: resources
                .iter()
                .map(|id| Resource::new((*id).clone()))
                .collect(),
            links: Vec::new(),
            coverage,
            observations: Vec::new(),
        }
    }

    #[test]
    fn what_is_listed_by_region_and_parent_needs_both() {
        // Namespaces of Personal edition have no instance above them: their cell is the region's.
        let registry = id("cr.instance", "cri-1");
        let near = id("cr.namespace", "team");
        let denied = CoverageState::Denied;
        let ok = CoverageState::Ok;
        for (of_region, of_parent, expected) in
            [(ok, ok, true), (denied, ok, false), (ok, denied, false)]
        {
            let coverage = vec![
                row("cr.instance", None, ok),
                row("cr.namespace", None, of_region),
                row("cr.namespace", Some(&registry), of_parent),
            ];
            let inventory = inventory(&[&registry], coverage);
            assert_eq!(
                is_read(&inventory, "cr.namespace", &near),
                expected,
                "{of_region:?} {of_parent:?}"
            );
        }
    }

    #[test]
    fn an_index_never_proves_that_something_is_gone() {
        let near = id("resourcecenter.unmodelled", "ACS::X::Y/x-1");
        let global = |mut row: CoverageRow| {
            row.cell.region = Region::GLOBAL;
            row
        };
        let rows = vec![
            row("resourcecenter.unmodelled", None, CoverageState::Ok),
            global(row("resourcecenter.unmodelled", None, CoverageState::Ok)),
        ];
        assert!(!is_read(
            &inventory(&[], rows),
            "resourcecenter.unmodelled",
            &near
        ));
    }
}
