//! The ledger: what a cluster owned before its teardown, with the evidence, held against reality after it.
//!
//! Once a cluster is gone ACK can no longer say what it made. The ledger is part of a plan, so that its digest covers it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Inventory, ScannedAccount, sight};
use crate::model::{AccountId, Confidence, CoverageRow, Evidence, Region, ResourceId, TypeId};
use crate::store::{DocumentError, Format};

/// What ledger files say of themselves.
const FILE: Format = Format {
    name: "yunsweep-ledger",
    what: "ledger",
    version: 1,
    key: "ledger",
    made_by: "yunsweep ledger save --cluster CLUSTER_ID --save FILE",
};

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
    /// What these clusters own, themselves included, by the owners that the inventory was attributed, in whatever region: a
    /// copied snapshot keeps its tags. Objects inside a cluster are left out: they end with its API server.
    pub fn of(inventory: &Inventory, clusters: &[ResourceId]) -> Self {
        let mut owned: Vec<Owned> = inventory
            .resources
            .iter()
            .filter(|resource| !resource.id.type_id.is_kubernetes())
            .filter_map(|resource| {
                let owner = resource.owner.as_ref()?;
                let cluster = owner.cluster.as_ref()?;
                let is_of_these = clusters
                    .iter()
                    .any(|wanted| wanted.id == *cluster && wanted.account == resource.id.account);
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

/// A ledger of its own, saved without a teardown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SavedLedger {
    /// When the scan began that it is from.
    pub scanned_at: DateTime<Utc>,
    /// The accounts that were asked.
    pub accounts: Vec<ScannedAccount>,
    /// The clusters.
    pub clusters: Vec<ResourceId>,
    /// What they owned.
    pub owned: Vec<Owned>,
    /// What could not be read then: more may have been theirs.
    pub holes: Vec<CoverageRow>,
}

impl SavedLedger {
    /// The ledger of these clusters.
    pub fn of(inventory: &Inventory, clusters: Vec<ResourceId>) -> Self {
        Self {
            scanned_at: inventory.scanned_at,
            accounts: inventory.accounts.clone(),
            owned: Ledger::of(inventory, &clusters).owned,
            clusters,
            holes: inventory.holes().cloned().collect(),
        }
    }

    /// Whether one could be written there, before the scan that it is from.
    pub fn check_writable(path: &Path) -> Result<(), DocumentError> {
        FILE.check_writable(path)
    }

    /// Writes it where nothing is yet: an old ledger may know what nobody can say any more.
    pub fn save(&self, path: &Path) -> Result<(), DocumentError> {
        FILE.save_new(self, path)
    }

    /// Holes of then that may hide something of the clusters: where they were, or everywhere.
    pub fn relevant_holes(&self) -> impl Iterator<Item = &CoverageRow> {
        self.holes.iter().filter(|hole| {
            let cell = &hole.cell;
            cell.region.is_global()
                || self.clusters.iter().any(|cluster| {
                    cluster.account == cell.account
                        && (cluster.region == cell.region || cluster.region.is_global())
                })
        })
    }

    /// Reads one.
    pub fn load(path: &Path) -> Result<Self, DocumentError> {
        FILE.load(path)
    }

    /// What became of each resource, by a later inventory. One that is older says nothing about that.
    pub fn check<'a>(&'a self, now: &Inventory) -> Vec<(&'a Owned, Became)> {
        self.owned
            .iter()
            .map(|owned| {
                let became = if now.get(&owned.id).is_some() {
                    Became::There
                } else if sight::is_read(now, owned.id.type_id.as_str(), &owned.id) {
                    Became::Gone
                } else {
                    Became::Unclear
                };
                (owned, became)
            })
            .collect()
    }
}

/// What became of a resource of a ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Became {
    /// It is there.
    There,
    /// Whether it is there could not be read.
    Unclear,
    /// It is not there, and everything of its type was read where it would be.
    Gone,
}

/// The clusters that a text names: one that is there, by id or name, or one that is gone and of which something is left, by id.
pub fn clusters(inventory: &Inventory, text: &str) -> Vec<ResourceId> {
    let living = inventory.resources.iter().filter(|resource| {
        resource.id.type_id.as_str() == "ack.cluster"
            && (resource.id.id == text || resource.name.as_deref() == Some(text))
    });
    let found: BTreeSet<ResourceId> = living.map(|cluster| cluster.id.clone()).collect();
    if !found.is_empty() {
        return found.into_iter().collect();
    }
    // It was where most of what it left is; what has no region does not say.
    let mut regions: BTreeMap<&AccountId, BTreeMap<&Region, usize>> = BTreeMap::new();
    for resource in &inventory.resources {
        let owner = resource.owner.as_ref();
        if owner.is_some_and(|owner| owner.cluster.as_deref() == Some(text)) {
            let of_account = regions.entry(&resource.id.account).or_default();
            *of_account.entry(&resource.id.region).or_default() += 1;
        }
    }
    regions
        .into_iter()
        .filter_map(|(account, counts)| {
            let (region, _) = counts
                .into_iter()
                .max_by_key(|(region, count)| (!region.is_global(), *count))?;
            Some(ResourceId {
                account: account.clone(),
                region: region.clone(),
                type_id: TypeId::from_static("ack.cluster"),
                id: text.to_owned(),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Cell, CoverageState, Owner, OwnerKind, Resource};

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
        assert_eq!(ids, ["d-3", "c1", "eip-1"], "a copy elsewhere, too");
        assert_eq!(ledger.owned[1].evidence[0].source, "tag ack.aliyun.com");
    }

    #[test]
    fn a_saved_ledger_says_later_what_became_of_each_resource() {
        let cluster = resource("ack.cluster", "c1", Some("c1"));
        let inventory = |resources: Vec<Resource>, read: &[&'static str]| Inventory {
            scanned_at: "2026-02-01T00:00:00Z".parse().unwrap(),
            accounts: Vec::new(),
            resources,
            links: Vec::new(),
            coverage: read
                .iter()
                .map(|type_id| CoverageRow {
                    type_id: TypeId::from_static(type_id),
                    cell: Cell {
                        account: AccountId::from_static("0000000000000042"),
                        region: Region::new("cn-hangzhou"),
                        parent: None,
                    },
                    state: CoverageState::Ok,
                    count: 0,
                    reason: None,
                    missing_permission: None,
                    permission_confirmed: None,
                    code: None,
                    request_id: None,
                })
                .collect(),
            observations: Vec::new(),
        };
        let disk = resource("ecs.disk", "d-1", Some("c1"));
        let address = resource("vpc.eip", "eip-1", Some("c1"));
        let before = inventory(vec![cluster, disk.clone(), address], &[]);
        let clusters_named = clusters(&before, "c1");
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("c1.json");
        SavedLedger::of(&before, clusters_named)
            .save(&path)
            .unwrap();
        let saved = SavedLedger::load(&path).unwrap();
        let after = inventory(vec![disk], &["ack.cluster", "ecs.disk"]);
        let became: Vec<(&str, Became)> = saved
            .check(&after)
            .iter()
            .map(|(owned, became)| (owned.id.id.as_str(), *became))
            .collect();
        assert_eq!(
            became,
            [
                ("c1", Became::Gone),
                ("d-1", Became::There),
                ("eip-1", Became::Unclear)
            ]
        );
        // A cluster that is gone is still known by what it left.
        assert_eq!(clusters(&after, "c1").len(), 1);
        assert!(clusters(&after, "c2").is_empty());
        let mut role = resource("ram.role", "worker", Some("c3"));
        role.id.region = Region::GLOBAL;
        let only_global = inventory(vec![role], &[]);
        assert_eq!(clusters(&only_global, "c3").len(), 1);
        let ledger = SavedLedger::of(&only_global, clusters(&only_global, "c3"));
        assert_eq!(ledger.owned.len(), 1);
        let error = ledger.save(&path).unwrap_err();
        assert!(error.is_there_already(), "{error}");
        let error = SavedLedger::load(&folder.path().join("none.json")).unwrap_err();
        assert!(error.to_string().contains("cannot read the ledger"));
        std::fs::write(&path, "{}").unwrap();
        let error = SavedLedger::load(&path).unwrap_err();
        assert!(
            error.to_string().contains("not a yunsweep ledger"),
            "{error}"
        );
    }
}
