//! Regions in which nobody expects anything: what may be billed there is easily forgotten.

use std::collections::BTreeMap;

use super::{Inventory, sight};
use crate::model::{AccountId, ChargeType, Region, ResourceId};

const CLUSTER: &str = "ack.cluster";

/// A region with things that may be billed, and proven without a cluster, of an account that has its clusters elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Surprise {
    /// The account.
    pub account: AccountId,
    /// The region.
    pub region: Region,
    /// How many resources there may be billed.
    pub resources: usize,
}

#[derive(Default)]
struct Place<'a> {
    billed: usize,
    has_cluster: bool,
    /// Any resource there.
    near: Option<&'a ResourceId>,
}

/// All of them, by account and region.
pub fn surprises(inventory: &Inventory) -> Vec<Surprise> {
    let mut places: BTreeMap<(&AccountId, &Region), Place<'_>> = BTreeMap::new();
    for resource in &inventory.resources {
        let id = &resource.id;
        if id.region.is_global() || id.type_id.is_kubernetes() {
            continue;
        }
        let place = places.entry((&id.account, &id.region)).or_default();
        place.has_cluster |= id.type_id.as_str() == CLUSTER;
        place.billed += usize::from(resource.charge_type != ChargeType::Free);
        place.near = Some(id);
    }
    let has_clusters = |account: &AccountId| {
        places
            .iter()
            .any(|((other, _), place)| *other == account && place.has_cluster)
    };
    // Where clusters could not be listed, or nobody asked, there may be one.
    let has_no_cluster = |place: &Place<'_>| {
        !place.has_cluster
            && place
                .near
                .is_some_and(|near| sight::is_read(inventory, CLUSTER, near))
    };
    places
        .iter()
        .filter(|(_, place)| place.billed > 0 && has_no_cluster(place))
        .filter(|((account, _), _)| has_clusters(account))
        .map(|((account, region), place)| Surprise {
            account: (*account).clone(),
            region: (*region).clone(),
            resources: place.billed,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Cell, CoverageRow, CoverageState, Resource, TypeId};

    fn resource(region: &'static str, type_id: &'static str, paid: ChargeType) -> Resource {
        let mut resource = Resource::new(ResourceId {
            account: AccountId::from_static("0000000000000042"),
            region: Region::from_static(region),
            type_id: TypeId::from_static(type_id),
            id: format!("{type_id}-{region}"),
        });
        resource.charge_type = paid;
        resource
    }

    #[test]
    fn a_region_without_a_cluster_is_a_surprise_where_the_clusters_are_elsewhere() {
        let lost = resource("us-west-1", "vpc.eip", ChargeType::PayAsYouGo);
        let unclear = resource("us-west-1", "ecs.disk", ChargeType::Unknown);
        let free = resource("cn-beijing", "vpc.vpc", ChargeType::Free);
        let everywhere = resource("global", "oss.bucket", ChargeType::PayAsYouGo);
        let looked = |region: &'static str, state| CoverageRow {
            type_id: TypeId::from_static(CLUSTER),
            cell: Cell {
                account: AccountId::from_static("0000000000000042"),
                region: Region::from_static(region),
                parent: None,
            },
            state,
            count: 0,
            reason: None,
            missing_permission: None,
            permission_confirmed: None,
            code: None,
            request_id: None,
        };
        let mut inventory = Inventory {
            scanned_at: "2026-02-01T00:00:00Z".parse().unwrap(),
            accounts: Vec::new(),
            resources: vec![lost, unclear, free, everywhere],
            links: Vec::new(),
            coverage: vec![looked("us-west-1", CoverageState::Ok)],
            observations: Vec::new(),
        };
        // Without any cluster no region is the usual one.
        assert_eq!(surprises(&inventory), []);
        let cluster = resource("cn-hangzhou", "ack.cluster", ChargeType::PayAsYouGo);
        inventory.resources.push(cluster);
        let found = surprises(&inventory);
        assert_eq!(found.len(), 1);
        assert_eq!(
            (found[0].region.as_str(), found[0].resources),
            ("us-west-1", 2)
        );
        // There may be one where nobody looked, or might.
        inventory.coverage = vec![looked("us-west-1", CoverageState::Denied)];
        assert_eq!(surprises(&inventory), []);
        inventory.coverage = vec![looked("cn-hangzhou", CoverageState::Ok)];
        assert_eq!(surprises(&inventory), []);
    }
}
