//! Which objects of a cluster get a step of their own, which go with another, and which simply end with the cluster.
//!
//! Objects that hold something in the cloud are deleted while their controllers run, in whatever namespace they are. Of
//! the rest, those in user namespaces go too: ACK documents that `DeleteCluster` may fail while workloads run. System
//! namespaces stay until the end, because the controllers themselves run there.

use std::collections::BTreeMap;

use super::scope::Scope;
use super::world::World;
use crate::graph::edges::{cluster_of, deletes_its_disk};
use crate::model::{LinkKind, Resource, ResourceId, TypeId};

/// Namespaces that every cluster has and that are no user's.
const SYSTEM: &[&str] = &["kube-system", "kube-public", "kube-node-lease", "arms-prom"];

/// Kinds that make Pods, or what makes them.
const WORKLOADS: &[&str] = &[
    "k8s.cron_job",
    "k8s.daemon_set",
    "k8s.deployment",
    "k8s.job",
    "k8s.replica_set",
    "k8s.stateful_set",
];

/// What becomes of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is deleted.
    Deleted,
    /// It goes when that one does.
    With(ResourceId),
    /// It ends with its cluster and has nothing in the cloud.
    Implied,
}

/// The fates of the members that are Kubernetes objects.
pub(super) fn fates(world: &World<'_>, scope: &Scope) -> BTreeMap<ResourceId, Fate> {
    let mut fates = BTreeMap::new();
    for id in scope.members.keys() {
        let is_of_cluster = cluster_of(id).is_some_and(|cluster| scope.clusters.contains(&cluster));
        if let Some(object) = world.get(id).filter(|_| id.type_id.is_kubernetes()) {
            let fate = if is_of_cluster {
                fate(object, world)
            } else {
                // Named by its id, the cluster stays: it is deleted and nothing is implied.
                Fate::Deleted
            };
            fates.insert(id.clone(), fate);
        }
    }
    // What makes Pods again goes before them, wherever it is, and so does what makes that again.
    let mut makers: Vec<ResourceId> = fates
        .values()
        .filter_map(|fate| match fate {
            Fate::With(maker) if fates.get(maker) == Some(&Fate::Implied) => Some(maker.clone()),
            _ => None,
        })
        .collect();
    while let Some(id) = makers.pop() {
        if !WORKLOADS.contains(&id.type_id.as_str()) || fates.get(&id) != Some(&Fate::Implied) {
            continue;
        }
        let above = world.get(&id).and_then(|object| maker(object, world));
        let fate = above.clone().map_or(Fate::Deleted, Fate::With);
        fates.insert(id, fate);
        makers.extend(above);
    }
    fates
}

fn fate(object: &Resource, world: &World<'_>) -> Fate {
    let namespace = object.text("namespace");
    let is_users = namespace.is_some_and(|namespace| !SYSTEM.contains(&namespace));
    let user_or_implied = if is_users {
        Fate::Deleted
    } else {
        Fate::Implied
    };
    match object.id.type_id.as_str() {
        "k8s.alb_config" | "k8s.ingress" => Fate::Deleted,
        "k8s.persistent_volume_claim" => match held_until_the_end(object, world) {
            Some(namespace) => Fate::With(namespace),
            None => Fate::Deleted,
        },
        "k8s.ingress_class" => {
            let names_config = world
                .links_from(&object.id)
                .iter()
                .any(|link| link.to.type_id.as_str() == "k8s.alb_config");
            if names_config {
                Fate::Deleted
            } else {
                Fate::Implied
            }
        }
        "k8s.service" => service(object, world, user_or_implied),
        "k8s.persistent_volume" => volume(object, world),
        "k8s.pod" => pod(object, world, is_users),
        "k8s.namespace" => {
            let name = object.name.as_deref().unwrap_or_default();
            if name == "default" || SYSTEM.contains(&name) {
                Fate::Implied
            } else {
                Fate::Deleted
            }
        }
        // These have nothing in the cloud, and nothing waits for them.
        "k8s.node"
        | "k8s.endpoint_slice"
        | "k8s.horizontal_pod_autoscaler"
        | "k8s.pod_disruption_budget" => Fate::Implied,
        // Made again by what made it for as long as that is there.
        "k8s.job" | "k8s.replica_set" if is_users => {
            maker(object, world).map_or(user_or_implied, Fate::With)
        }
        _ => user_or_implied,
    }
}

fn service(object: &Resource, world: &World<'_>, otherwise: Fate) -> Fate {
    let has_balancer = object.text("service_type") == Some("LoadBalancer")
        || world
            .links_from(&object.id)
            .iter()
            .any(|link| link.kind == LinkKind::Exposes);
    let is_api_server =
        object.text("namespace") == Some("default") && object.name.as_deref() == Some("kubernetes");
    if has_balancer {
        Fate::Deleted
    } else if is_api_server {
        Fate::Implied
    } else {
        otherwise
    }
}

/// A dynamic volume goes with its claim; any other has nothing that its deletion would delete.
fn volume(object: &Resource, world: &World<'_>) -> Fate {
    let claim = world
        .links_to(&object.id)
        .iter()
        .find(|link| link.from.type_id.as_str() == "k8s.persistent_volume_claim")
        .map(|link| link.from.clone())
        .filter(|claim| world.get(claim).is_some());
    match claim {
        Some(claim) if deletes_its_disk(object) => Fate::With(claim),
        _ => Fate::Implied,
    }
}

/// A Pod goes with what makes it, or it would be made again.
fn pod(object: &Resource, world: &World<'_>, is_users: bool) -> Fate {
    let holds_claim = world
        .links_from(&object.id)
        .iter()
        .any(|link| link.to.type_id.as_str() == "k8s.persistent_volume_claim");
    if !is_users && !holds_claim {
        return Fate::Implied;
    }
    if let Some(maker) = maker(object, world) {
        return Fate::With(maker);
    }
    // Something makes it that is not in the inventory, or nothing does: the end of its namespace ends it for good.
    namespace_of(object, world).map_or(Fate::Implied, Fate::With)
}

fn maker(object: &Resource, world: &World<'_>) -> Option<ResourceId> {
    world
        .links_to(&object.id)
        .iter()
        .filter(|link| link.kind == LinkKind::Manages)
        .map(|link| link.from.clone())
        .find(|maker| world.get(maker).is_some())
}

/// The namespace of a claim that a Pod uses which only goes with its namespace: the claim is only free then.
fn held_until_the_end(claim: &Resource, world: &World<'_>) -> Option<ResourceId> {
    world
        .links_to(&claim.id)
        .iter()
        .filter(|link| link.from.type_id.as_str() == "k8s.pod")
        .filter_map(|link| world.get(&link.from))
        .find(|pod| maker(pod, world).is_none())
        .and_then(|pod| namespace_of(pod, world))
}

/// The user namespace that an object is in.
fn namespace_of(object: &Resource, world: &World<'_>) -> Option<ResourceId> {
    let namespace = object.text("namespace")?;
    if namespace == "default" || SYSTEM.contains(&namespace) {
        return None;
    }
    let cluster = object.text("cluster_id")?;
    let id = ResourceId {
        type_id: TypeId::from_static("k8s.namespace"),
        id: format!("{cluster}/{namespace}"),
        ..object.id.clone()
    };
    world.get(&id).map(|found| found.id.clone())
}
