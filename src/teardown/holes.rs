//! What could not be read and may hide a member of the scope, or something that uses one.

use std::collections::BTreeSet;

use super::scope::Scope;
use crate::inventory::Inventory;
use crate::model::{CoverageRow, CoverageState, Region, ResourceId, TypeId};
use crate::resources::{ListedPer, RESOURCE_TYPES};

/// The holes that touch a scope, each as a line of codes: cells of its account and regions that were not read whole, and
/// cells that were never asked.
pub(super) fn touching(inventory: &Inventory, scope: &Scope) -> Vec<String> {
    let regions: BTreeSet<&Region> = scope.members.keys().map(|id| &id.region).collect();
    let is_near = |row: &&CoverageRow| {
        scope
            .members
            .keys()
            .next()
            .is_some_and(|member| member.account == row.cell.account)
            && (regions.contains(&row.cell.region) || row.cell.region.is_global())
    };
    let rows: Vec<&CoverageRow> = inventory.coverage.iter().filter(is_near).collect();
    let mut found: BTreeSet<String> = rows
        .iter()
        .filter(|row| row.state.is_hole() || row.state == CoverageState::Skipped)
        .map(|row| line(row))
        .collect();
    for resource_type in RESOURCE_TYPES {
        let spec = resource_type.spec();
        let asked = |region: &Region, parent: Option<&ResourceId>| {
            rows.iter().any(|row| {
                row.type_id == spec.type_id
                    && row.cell.region == *region
                    && row.cell.parent.as_ref() == parent
            })
        };
        let (per_region, per_parent) = match spec.listed_per {
            ListedPer::Account => (false, None),
            ListedPer::Region => (true, None),
            ListedPer::Parent(parent) => (false, Some(parent)),
            ListedPer::RegionAndParent(parent) => (true, Some(parent)),
        };
        for region in &regions {
            if per_region && !region.is_global() && !asked(region, None) {
                found.insert(format!("{} {region} not_asked", spec.type_id));
            }
        }
        let members = scope.members.keys().chain(scope.near.keys());
        for member in members.filter(|member| Some(member.type_id.as_str()) == per_parent) {
            if !asked(&member.region, Some(member)) {
                found.insert(format!("{} {} not_asked", spec.type_id, member.id));
            }
        }
    }
    found.into_iter().collect()
}

fn line(row: &CoverageRow) -> String {
    let place = match &row.cell.parent {
        Some(parent) => parent.id.as_str(),
        None => row.cell.region.as_str(),
    };
    let type_id: &TypeId = &row.type_id;
    match &row.missing_permission {
        Some(permission) => format!("{type_id} {place} {} ({permission})", row.state.as_str()),
        None => format!("{type_id} {place} {}", row.state.as_str()),
    }
}
