//! Regions in which nobody expects anything: what may be billed there is easily forgotten.

use std::collections::BTreeMap;

use super::Inventory;
use crate::model::{AccountId, ChargeType, Region};

/// A region with things that may be billed, and without a cluster, of an account that has its clusters elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Surprise {
    /// The account.
    pub account: AccountId,
    /// The region.
    pub region: Region,
    /// How many resources there may be billed.
    pub resources: usize,
}

/// All of them, by account and region.
pub fn surprises(inventory: &Inventory) -> Vec<Surprise> {
    let mut regions: BTreeMap<(&AccountId, &Region), (usize, bool)> = BTreeMap::new();
    for resource in &inventory.resources {
        let id = &resource.id;
        if id.region.is_global() || id.type_id.is_kubernetes() {
            continue;
        }
        let (billed, has_cluster) = regions.entry((&id.account, &id.region)).or_default();
        *has_cluster |= id.type_id.as_str() == "ack.cluster";
        *billed += usize::from(resource.charge_type != ChargeType::Free);
    }
    regions
        .iter()
        .filter(|(_, (billed, has_cluster))| *billed > 0 && !has_cluster)
        .filter(|((account, _), _)| {
            regions
                .iter()
                .any(|((other, _), (_, has_cluster))| other == account && *has_cluster)
        })
        .map(|((account, region), (billed, _))| Surprise {
            account: (*account).clone(),
            region: (*region).clone(),
            resources: *billed,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Resource, ResourceId, TypeId};

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
        let mut inventory = Inventory {
            scanned_at: "2026-02-01T00:00:00Z".parse().unwrap(),
            accounts: Vec::new(),
            resources: vec![lost, unclear, free, everywhere],
            links: Vec::new(),
            coverage: Vec::new(),
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
    }
}
