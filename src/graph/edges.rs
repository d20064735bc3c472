//! The edges of the deletion order: the table of meanings, applied to links.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::meaning::{Meaning, Order, meaning};
use super::volume;
use crate::model::{Link, LinkKind, Resource, ResourceId, TypeId};

/// `before` must be gone before `after` is deleted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    /// Goes first.
    pub before: ResourceId,
    /// Waits for it.
    pub after: ResourceId,
    /// The field or rule that says so: `uses VpcId`.
    pub because: String,
}

/// The edges that links mean, sorted, each once. Ends that are in no inventory stay: that something unseen uses a resource
/// is a fact, too.
pub fn edges(resources: &[Resource], links: &[Link]) -> Vec<Edge> {
    let by_id: HashMap<&ResourceId, &Resource> = resources
        .iter()
        .map(|resource| (&resource.id, resource))
        .collect();
    let volumes: HashSet<&ResourceId> = links
        .iter()
        .filter(|link| is_volume_link(link))
        .map(|link| &link.to)
        .collect();
    let mut found = BTreeSet::new();
    for link in links {
        let Some(row) = meaning(
            link.kind,
            link.from.type_id.as_str(),
            link.to.type_id.as_str(),
        ) else {
            continue;
        };
        let is_attached_volume = link.from.type_id.as_str() == "ecs.instance"
            && link.to.type_id.as_str() == "ecs.disk"
            && link.kind == LinkKind::Uses
            && volumes.contains(&link.to);
        if is_attached_volume || link.from == link.to {
            continue;
        }
        push(row, link, by_id.get(&link.from).copied(), &mut found);
    }
    found.into_iter().collect()
}

fn push(row: &Meaning, link: &Link, from: Option<&Resource>, found: &mut BTreeSet<Edge>) {
    let because = format!("{} {}", link.kind.as_str(), link.via);
    let (before, after) = match row.order {
        Order::Nothing => return,
        Order::FromFirst | Order::HandedToController => (&link.from, &link.to),
        Order::ToFirst => (&link.to, &link.from),
    };
    found.insert(Edge {
        before: before.clone(),
        after: after.clone(),
        because,
    });
    let is_handed = row.order == Order::HandedToController
        && (!is_volume_link(link)
            || from.is_some_and(|volume| volume::deletes(volume, link.to.type_id.as_str())));
    if is_handed && let Some(cluster) = cluster_of(&link.from) {
        found.insert(Edge {
            before: link.to.clone(),
            after: cluster,
            because: CONTROLLER_RUNS_THERE.to_owned(),
        });
    }
}

/// Why what a controller deletes goes before its cluster.
pub const CONTROLLER_RUNS_THERE: &str = "its controller runs in the cluster";

/// A resource and everything that edges connect it with, in whichever direction, sorted.
pub fn connected<'a>(start: &'a ResourceId, edges: &'a [Edge]) -> BTreeSet<&'a ResourceId> {
    let mut found = BTreeSet::from([start]);
    loop {
        let before = found.len();
        for edge in edges {
            if found.contains(&edge.before) || found.contains(&edge.after) {
                found.insert(&edge.before);
                found.insert(&edge.after);
            }
        }
        if found.len() == before {
            return found;
        }
    }
}

fn is_volume_link(link: &Link) -> bool {
    link.kind == LinkKind::Uses
        && link.from.type_id.as_str() == "k8s.persistent_volume"
        && volume::is_behind_volumes(link.to.type_id.as_str())
}

/// The cluster of a Kubernetes object: ids of objects begin with the cluster's.
pub fn cluster_of(object: &ResourceId) -> Option<ResourceId> {
    if !object.type_id.is_kubernetes() {
        return None;
    }
    let (cluster, _) = object.id.split_once('/')?;
    Some(ResourceId {
        type_id: TypeId::from_static("ack.cluster"),
        id: cluster.to_owned(),
        ..object.clone()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AccountId, Region};

    fn id(type_id: &'static str, id: &str) -> ResourceId {
        ResourceId {
            account: AccountId::from_static("0000000000000042"),
            region: Region::new("cn-hangzhou"),
            type_id: TypeId::from_static(type_id),
            id: id.to_owned(),
        }
    }

    fn link(from: &ResourceId, kind: LinkKind, to: &ResourceId) -> Link {
        Link {
            from: from.clone(),
            kind,
            to: to.clone(),
            via: "field".into(),
        }
    }

    fn pairs(edges: &[Edge]) -> Vec<(&str, &str)> {
        edges
            .iter()
            .map(|edge| (edge.before.id.as_str(), edge.after.id.as_str()))
            .collect()
    }

    #[test]
    fn a_volumes_disk_goes_before_the_cluster_and_does_not_wait_for_its_instance() {
        let (cluster, instance, disk) = (
            id("ack.cluster", "c1"),
            id("ecs.instance", "i-1"),
            id("ecs.disk", "d-1"),
        );
        let mut volume = Resource::new(id("k8s.persistent_volume", "c1/pv"));
        volume
            .attributes
            .set_text("provisioned_by", "diskplugin.csi.alibabacloud.com");
        volume.attributes.set_text("reclaim_policy", "Delete");
        let links = [
            link(&cluster, LinkKind::Manages, &instance),
            link(&instance, LinkKind::Uses, &disk),
            link(&volume.id, LinkKind::Uses, &disk),
            link(&volume.id, LinkKind::Uses, &cluster),
        ];
        let made = edges(std::slice::from_ref(&volume), &links);
        assert_eq!(
            pairs(&made),
            [
                ("c1", "i-1"),
                ("d-1", "c1"),
                ("c1/pv", "c1"),
                ("c1/pv", "d-1")
            ]
        );
        volume.attributes.set_text("reclaim_policy", "Retain");
        let retained = edges(&[volume], &links);
        assert!(!pairs(&retained).contains(&("d-1", "c1")));
    }

    #[test]
    fn what_is_contained_goes_with_its_container() {
        let links = [link(
            &id("sls.logstore", "p/l"),
            LinkKind::Uses,
            &id("sls.project", "p"),
        )];
        assert_eq!(pairs(&edges(&[], &links)), [("p", "p/l")]);
    }

    #[test]
    fn an_origin_orders_nothing_unless_the_api_blocks_it() {
        let links = [
            link(
                &id("ecs.snapshot", "s-1"),
                LinkKind::MadeFrom,
                &id("ecs.disk", "d-1"),
            ),
            link(
                &id("ecs.disk", "d-2"),
                LinkKind::MadeFrom,
                &id("ecs.snapshot", "s-1"),
            ),
        ];
        assert_eq!(pairs(&edges(&[], &links)), [("d-2", "s-1")]);
    }
}
