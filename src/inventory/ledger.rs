//! The ledger: what a cluster owned before its teardown, with the evidence, held against reality after it.
//!
//! Once a cluster is gone ACK can no longer say what it made. The ledger is part of a plan, so that its digest covers it.

use serde::{Deserialize, Serialize};

use super::Inventory;
use crate::model::{Confidence, Evidence, ResourceId};

/// What clusters owned.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ledger {
    /// One entry a resource, by id.
    pub owned: Vec<Owned>,
}

/// A resource of a cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Owned {
    /// Which.
    pub id: ResourceId,
    /// Its name; untrusted text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Id of the cluster.
    pub cluster: String,
    /// How sure.
    pub confidence: Confidence,
    /// Why, strongest first.
    pub evidence: Vec<Evidence>,
}

impl Ledger {
    /// What these clusters own, themselves included, by the owners that the inventory was attributed. Objects inside a
    /// cluster are left out: they end with its API server.
    pub fn of(inventory: &Inventory, clusters: &[ResourceId]) -> Self {
        let mut owned: Vec<Owned> = inventory
            .resources
            .iter()
            .filter(|resource| !resource.id.type_id.is_kubernetes())
            .filter_map(|resource| {
                let owner = resource.owner.as_ref()?;
                let cluster = owner.cluster.as_ref()?;
                let is_of_these = clusters.iter().any(|wanted| {
                    wanted.id == *cluster
                        && wanted.account == resource.id.account
                        && (wanted.region == resource.id.region || resource.id.region.is_global())
                });
                is_of_these.then(|| Owned {
                    id: resource.id.clone(),
                    name: resource.name.clone(),
                    cluster: cluster.clone(),
                    confidence: owner.confidence,
                    evidence: owner.evidence.clone(),
                })
            })
            .collect();
        owned.sort_by(|a, b| a.id.cmp(&b.id));
        Self { owned }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AccountId, Owner, OwnerKind, Region, Resource, TypeId};

    fn resource(type_id: &'static str, id: &str, cluster: Option<&str>) -> Resource {
        let mut resource = Resource::new(ResourceId {
            account: AccountId::from_static("0000000000000042"),
            region: Region::new("cn-hangzhou"),
            type_id: TypeId::from_static(type_id),
            id: id.to_owned(),
        });
        resource.owner = Some(Owner {
            kind: OwnerKind::Cluster,
            name: String::new(),
            cluster: cluster.map(str::to_owned),
            confidence: Confidence::Strong,
            evidence: vec![Evidence {
                source: "tag ack.aliyun.com".into(),
                value: "c1".into(),
            }],
        });
        resource
    }

    #[test]
    fn a_ledger_holds_what_the_cluster_owned_and_why() {
        let cluster = resource("ack.cluster", "c1", Some("c1"));
        let mut elsewhere = resource("ecs.disk", "d-3", Some("c1"));
        elsewhere.id.region = Region::new("cn-beijing");
        let inventory = Inventory {
            scanned_at: "2026-02-01T00:00:00Z".parse().unwrap(),
            accounts: Vec::new(),
            resources: vec![
                resource("vpc.eip", "eip-1", Some("c1")),
                cluster.clone(),
                resource("ecs.disk", "d-1", Some("c2")),
                resource("ecs.disk", "d-2", None),
                elsewhere,
                resource("k8s.service", "c1/a/b", Some("c1")),
            ],
            links: Vec::new(),
            coverage: Vec::new(),
            observations: Vec::new(),
        };
        let ledger = Ledger::of(&inventory, &[cluster.id]);
        let ids: Vec<&str> = ledger
            .owned
            .iter()
            .map(|owned| owned.id.id.as_str())
            .collect();
        assert_eq!(ids, ["c1", "eip-1"]);
        assert_eq!(ledger.owned[1].evidence[0].source, "tag ack.aliyun.com");
    }
}
