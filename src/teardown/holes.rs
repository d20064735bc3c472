//! What could not be read and may hide a member of the scope, or something that uses one.

use std::collections::BTreeSet;

use super::scope::Scope;
use crate::inventory::Inventory;
use crate::model::{CoverageRow, Region, ResourceId, TypeId};
use crate::resources::{ListedPer, RESOURCE_TYPES, find, linking_to};

/// Types that are only ever listed, and of which a cluster may own some: what it left is to be seen.
const MAY_BE_A_CLUSTERS: &[&str] = &["nas.file_system", "pvtz.zone", "ram.role", "ros.stack"];

/// Whether something of a type can be part of what goes, or use something of it. What is only ever listed, and names nothing of
/// the types that go, can be neither: that a key may not read databases stops no teardown of a cluster.
pub(super) fn matters(type_id: &TypeId, going: &BTreeSet<&TypeId>) -> bool {
    let Some(found) = find(type_id.as_str()) else {
        return true;
    };
    found.teardown().is_some()
        || MAY_BE_A_CLUSTERS.contains(&type_id.as_str())
        || is_parent(type_id)
        || going.contains(type_id)
        || going
            .iter()
            .any(|gone| linking_to(gone.as_str()).any(|user| user.spec().type_id == *type_id))
}

/// Whether others are listed per resource of the type: unread, it hides them.
fn is_parent(type_id: &TypeId) -> bool {
    RESOURCE_TYPES.iter().any(|found| {
        matches!(
            found.spec().listed_per,
            ListedPer::Parent(parent) | ListedPer::RegionAndParent(parent)
                if parent == type_id.as_str()
        )
    })
}

/// The holes that touch a scope, each as a line of codes: cells of its account and regions that were not read whole, and
/// cells that were never asked.
pub(super) fn touching(inventory: &Inventory, scope: &Scope) -> Vec<String> {
    let going: BTreeSet<&TypeId> = scope.members.keys().map(|id| &id.type_id).collect();
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
        .filter(|row| !row.state.is_read())
        .filter(|row| matters(&row.type_id, &going))
        .map(|row| line(row))
        .collect();
    let types = RESOURCE_TYPES.iter().map(|found| found.spec());
    for spec in types.filter(|spec| matters(&spec.type_id, &going)) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_matters_if_it_may_go_or_may_use_what_goes() {
        let cluster = ["ack.cluster", "ecs.instance", "alb.load_balancer"];
        let network = ["ack.cluster", "vpc.vpc", "vpc.vswitch"];
        for (type_id, going, expected) in [
            ("ecs.disk", &cluster[..], true),
            ("eci.container_group", &cluster, true),
            ("kms.instance", &cluster, false),
            ("kms.instance", &network, true),
            ("rds.instance", &cluster, false),
            ("cr.instance", &cluster, true),
            ("nas.file_system", &cluster, true),
            ("rds.instance", &network, true),
            ("ecs.reserved_instance", &network, false),
            // Clusters stand in meshes.
            ("servicemesh.mesh", &cluster, true),
            // Of a type that this version does not know nobody can say it.
            ("future.thing", &cluster, true),
        ] {
            let ids: Vec<TypeId> = going.iter().map(|id| TypeId::new(*id)).collect();
            assert_eq!(
                matters(&TypeId::new(type_id), &ids.iter().collect()),
                expected,
                "{type_id} {going:?}"
            );
        }
    }
}
