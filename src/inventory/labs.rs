//! Labs: clusters and their belongings, grouped by a tag or by how their names begin.
//!
//! The tags are ours: who answers for a lab, until when it is wanted, and what of it is kept whatever a plan selects.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use super::Inventory;
use crate::model::{AccountId, Resource, ResourceId};

/// Tag that names who answers for a lab.
pub const OWNER: &str = "yunsweep.owner";
/// Tag that says until when a lab is wanted, as RFC 3339.
pub const EXPIRES_AT: &str = "yunsweep.expires-at";
/// Tag of what no teardown takes, whatever its plan selects.
pub const PROTECT: &str = "yunsweep.protect";

/// What labs are told by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LabBy<'a> {
    /// The value of a tag.
    Tag(&'a str),
    /// Names of clusters that begin so.
    Name(&'a str),
}

/// A lab.
#[derive(Clone, Debug, PartialEq)]
pub struct Lab<'a> {
    /// The tag's value, or the cluster's name; absent for clusters that are in no lab.
    pub name: Option<&'a str>,
    /// Its account.
    pub account: &'a AccountId,
    /// Its clusters.
    pub clusters: Vec<&'a Resource>,
    /// Everything of it in the cloud, its clusters included.
    pub belongings: Vec<&'a Resource>,
    /// Values of [`OWNER`] among them.
    pub owners: BTreeSet<&'a str>,
    /// When it is wanted no longer.
    pub expiry: Expiry<'a>,
    /// How many of its belongings are protected.
    pub protected: usize,
}

/// What the tags say about the end of a lab.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expiry<'a> {
    /// Nothing.
    Unsaid,
    /// Until then; where they disagree, the latest: a lab that somebody still wants has not expired.
    At(DateTime<Utc>),
    /// Until then for what says so, and one of its clusters says nothing: it has not expired.
    Open(DateTime<Utc>),
    /// Something that is no time.
    Unreadable(&'a str),
}

impl Expiry<'_> {
    /// Whether it was over at that time. What nobody can read is not over.
    pub fn is_over(&self, now: DateTime<Utc>) -> bool {
        matches!(self, Self::At(end) if *end <= now)
    }
}

/// The labs of an inventory whose owners were attributed, by account and name; last the clusters that are in none.
pub fn labs<'a>(inventory: &'a Inventory, by: &LabBy<'_>) -> Vec<Lab<'a>> {
    let mut named: BTreeMap<Key<'a>, Found<'a>> = BTreeMap::new();
    for resource in &inventory.resources {
        let is_cluster = resource.id.type_id.as_str() == "ack.cluster";
        if resource.id.type_id.is_kubernetes() {
            continue;
        }
        let lab = match by {
            LabBy::Tag(key) => resource.tag(key).filter(|value| !value.is_empty()),
            LabBy::Name(prefix) if is_cluster => resource
                .name
                .as_deref()
                .filter(|name| name.starts_with(prefix)),
            LabBy::Name(_) => None,
        };
        if lab.is_none() && !is_cluster {
            continue;
        }
        // Clusters that no tag holds together have nothing in common, and two may have the same name.
        let is_alone = is_cluster && (lab.is_none() || matches!(by, LabBy::Name(_)));
        let alone = is_alone.then_some(&resource.id);
        let key = (&resource.id.account, lab, alone);
        let found = named.entry(key).or_default();
        found.tagged.push(resource);
        if is_cluster {
            found.clusters.push(resource);
        }
    }
    let mut labs: Vec<Lab<'a>> = named
        .into_iter()
        .map(|((account, name, _), found)| lab(inventory, account, name, found))
        .collect();
    labs.sort_by(|a, b| {
        (a.name.is_none(), a.account, a.name).cmp(&(b.name.is_none(), b.account, b.name))
    });
    labs
}

/// Account, name, and the cluster where it is a lab of its own.
type Key<'a> = (&'a AccountId, Option<&'a str>, Option<&'a ResourceId>);

#[derive(Default)]
struct Found<'a> {
    clusters: Vec<&'a Resource>,
    tagged: Vec<&'a Resource>,
}

fn lab<'a>(
    inventory: &'a Inventory,
    account: &'a AccountId,
    name: Option<&'a str>,
    found: Found<'a>,
) -> Lab<'a> {
    let mut belongings = found.tagged;
    belongings.extend(inventory.resources.iter().filter(|resource| {
        let owner = resource.owner.as_ref();
        !resource.id.type_id.is_kubernetes()
            && resource.id.account == *account
            && owner
                .and_then(|owner| owner.cluster.as_deref())
                .is_some_and(|id| found.clusters.iter().any(|cluster| cluster.id.id == id))
    }));
    belongings.sort_by(|a, b| a.id.cmp(&b.id));
    belongings.dedup_by(|a, b| a.id == b.id);
    let owners = belongings
        .iter()
        .filter_map(|resource| resource.tag(OWNER))
        .filter(|owner| !owner.is_empty())
        .collect();
    let protected = belongings
        .iter()
        .filter(|resource| is_protected(resource))
        .count();
    Lab {
        name,
        account,
        owners,
        expiry: expiry(&found.clusters, &belongings),
        clusters: found.clusters,
        protected,
        belongings,
    }
}

/// As the rules of teardown read the tag: everything but `false` keeps.
pub fn is_protected(resource: &Resource) -> bool {
    resource
        .tag(PROTECT)
        .is_some_and(|value| !value.eq_ignore_ascii_case("false"))
}

fn expiry<'a>(clusters: &[&'a Resource], belongings: &[&'a Resource]) -> Expiry<'a> {
    let mut latest: Option<DateTime<Utc>> = None;
    for value in belongings.iter().filter_map(|found| found.tag(EXPIRES_AT)) {
        match DateTime::parse_from_rfc3339(value.trim()) {
            Ok(end) => latest = latest.max(Some(end.with_timezone(&Utc))),
            Err(_) => return Expiry::Unreadable(value),
        }
    }
    let is_open = clusters
        .iter()
        .any(|cluster| cluster.tag(EXPIRES_AT).is_none());
    match latest {
        None => Expiry::Unsaid,
        Some(latest) if is_open => Expiry::Open(latest),
        Some(latest) => Expiry::At(latest),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Confidence, Owner, OwnerKind, Region, TypeId};

    fn resource(
        type_id: &'static str,
        id: &str,
        cluster: Option<&str>,
        tags: &[(&str, &str)],
    ) -> Resource {
        let mut resource = Resource::new(ResourceId {
            account: AccountId::from_static("0000000000000042"),
            region: Region::new("cn-hangzhou"),
            type_id: TypeId::from_static(type_id),
            id: id.to_owned(),
        });
        resource.name = Some(format!("lab-{id}"));
        for (key, value) in tags {
            resource.tags.insert((*key).to_owned(), (*value).to_owned());
        }
        resource.owner = cluster.map(|cluster| Owner {
            kind: OwnerKind::Cluster,
            name: String::new(),
            cluster: Some(cluster.to_owned()),
            confidence: Confidence::Strong,
            evidence: Vec::new(),
        });
        resource
    }

    fn inventory(mut resources: Vec<Resource>) -> Inventory {
        resources.sort_by(|a, b| a.id.cmp(&b.id));
        Inventory {
            scanned_at: "2026-02-01T00:00:00Z".parse().unwrap(),
            accounts: Vec::new(),
            resources,
            links: Vec::new(),
            coverage: Vec::new(),
            observations: Vec::new(),
        }
    }

    fn world() -> Inventory {
        let alice = (OWNER, "alice");
        inventory(vec![
            resource("ack.cluster", "c1", Some("c1"), &[alice]),
            resource("ack.cluster", "c2", Some("c2"), &[]),
            resource("ecs.disk", "d-1", Some("c1"), &[(PROTECT, "true")]),
            resource("ecs.disk", "d-2", Some("c2"), &[(PROTECT, "FALSE")]),
            resource("ecs.disk", "d-3", None, &[alice]),
            resource("ecs.disk", "d-4", None, &[(OWNER, "bob")]),
            resource("ecs.disk", "d-5", None, &[]),
            resource("k8s.service", "c1/a/b", Some("c1"), &[]),
        ])
    }

    fn told<'a>(labs: &[Lab<'a>]) -> Vec<(Option<&'a str>, usize, Vec<&'a str>, usize)> {
        labs.iter()
            .map(|lab| {
                let ids = lab.belongings.iter().map(|one| one.id.id.as_str());
                (lab.name, lab.clusters.len(), ids.collect(), lab.protected)
            })
            .collect()
    }

    #[test]
    fn a_tag_holds_together_what_bears_it_and_what_its_clusters_own() {
        let world = world();
        assert_eq!(
            told(&labs(&world, &LabBy::Tag(OWNER))),
            [
                (Some("alice"), 1, vec!["c1", "d-1", "d-3"], 1),
                (Some("bob"), 0, vec!["d-4"], 0),
                (None, 1, vec!["c2", "d-2"], 0),
            ]
        );
    }

    #[test]
    fn a_name_makes_a_lab_of_each_cluster() {
        let world = world();
        assert_eq!(
            told(&labs(&world, &LabBy::Name("lab-c1"))),
            [
                (Some("lab-c1"), 1, vec!["c1", "d-1"], 1),
                (None, 1, vec!["c2", "d-2"], 0),
            ]
        );
    }

    #[test]
    fn clusters_that_nothing_holds_together_are_labs_of_their_own() {
        let ended = (EXPIRES_AT, "2026-01-31T00:00:00Z");
        let mut twin = resource("ack.cluster", "c4", Some("c4"), &[]);
        twin.name = Some("lab-c3".to_owned());
        twin.id.region = Region::new("cn-shanghai");
        let world = inventory(vec![
            resource("ack.cluster", "c3", Some("c3"), &[ended]),
            twin,
        ]);
        for by in [LabBy::Tag(OWNER), LabBy::Name("lab-")] {
            let labs = labs(&world, &by);
            let now = world.scanned_at;
            let over: Vec<bool> = labs.iter().map(|lab| lab.expiry.is_over(now)).collect();
            assert_eq!(over, [true, false], "{by:?}");
        }
    }

    #[test]
    fn a_lab_is_over_only_if_each_of_its_clusters_says_so() {
        let (alice, ended) = ((OWNER, "alice"), (EXPIRES_AT, "2026-01-31T00:00:00Z"));
        let world = |second: &[(&str, &str)]| {
            inventory(vec![
                resource("ack.cluster", "c1", Some("c1"), &[alice, ended]),
                resource("ack.cluster", "c2", Some("c2"), second),
            ])
        };
        for (second, is_over) in [(&[alice][..], false), (&[alice, ended], true)] {
            let world = world(second);
            let found = labs(&world, &LabBy::Tag(OWNER));
            assert_eq!(found.len(), 1);
            assert_eq!(found[0].expiry.is_over(world.scanned_at), is_over);
        }
    }

    #[test]
    fn the_latest_end_counts_and_an_unreadable_one_never_is_over() {
        let now: DateTime<Utc> = "2026-02-01T00:00:00Z".parse().unwrap();
        for (values, is_over) in [
            (vec![], false),
            (vec!["2026-01-31T00:00:00Z"], true),
            (vec!["2026-02-01T00:00:00Z"], true),
            (vec!["2026-01-31T00:00:00Z", "2026-02-02T00:00:00Z"], false),
            (vec!["2026-01-31T00:00:00Z", "soon"], false),
            (vec!["1700000000"], false),
        ] {
            let resources: Vec<Resource> = values
                .iter()
                .enumerate()
                .map(|(index, value)| {
                    let id = format!("d-{index}");
                    resource("ecs.disk", &id, None, &[(EXPIRES_AT, value)])
                })
                .collect();
            let all: Vec<&Resource> = resources.iter().collect();
            assert_eq!(expiry(&[], &all).is_over(now), is_over, "{values:?}");
        }
    }
}
