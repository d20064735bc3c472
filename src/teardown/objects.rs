//! Which objects of a cluster get a step of their own, which go with another, and which simply end with the cluster.
//!
//! Objects that hold something in the cloud are deleted while their controllers run, in whatever namespace they are. Of
//! the rest, those in user namespaces go too: ACK documents that `DeleteCluster` may fail while workloads run. System
//! namespaces stay until the end, because the controllers themselves run there.

use std::collections::BTreeMap;

use super::scope::{Claim, Scope};
use super::world::World;
use crate::graph::edges::cluster_of;
use crate::graph::volume::{goes_with_its_claim, is_made_by_alibaba_cloud};
use crate::model::{LinkKind, Resource, ResourceId, TypeId};

/// Namespaces that every cluster has and that are no user's.
const SYSTEM: &[&str] = &["kube-system", "kube-public", "kube-node-lease", "arms-prom"];

const NAMESPACE: &str = "k8s.namespace";

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
    for (id, claim) in &scope.members {
        let is_of_cluster = cluster_of(id).is_some_and(|cluster| scope.clusters.contains(&cluster));
        if let Some(object) = world.get(id).filter(|_| id.type_id.is_kubernetes()) {
            let fate = match claim {
                _ if is_of_cluster => fate(object, world),
                // The cluster stays: nothing ends with it, and what was named takes along what is its own.
                Claim::Owned { .. } if is_only_an_entry(id) => Fate::Implied,
                Claim::Owned { owner, .. } => Fate::With(owner.clone()),
                Claim::Selected { .. } => Fate::Deleted,
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
        let object = world.get(&id);
        if object.is_some_and(|object| is_made_by_unknown(object, world)) {
            // It would be made again.
            continue;
        }
        let above = object.and_then(|object| maker(object, world));
        let fate = above.clone().map_or(Fate::Deleted, Fate::With);
        fates.insert(id, fate);
        makers.extend(above);
    }
    hold_what_is_used(&mut fates, world);
    fates
}

/// What only goes with its namespace uses others in it until then: a claim, a Service. They go with the namespace, too.
fn hold_what_is_used(fates: &mut BTreeMap<ResourceId, Fate>, world: &World<'_>) {
    loop {
        let held: Vec<(ResourceId, ResourceId)> = fates
            .keys()
            .filter_map(|user| Some((user, namespace_it_ends_with(user, fates)?)))
            .flat_map(|(user, namespace)| {
                let used = world.links_from(user).iter();
                used.filter(|link| link.kind == LinkKind::Uses)
                    .map(move |link| (link.to.clone(), namespace.clone()))
            })
            .filter(|(used, namespace)| {
                fates.get(used) == Some(&Fate::Deleted)
                    && world
                        .get(used)
                        .and_then(|object| namespace_of(object, world))
                        .is_some_and(|own| own == *namespace)
            })
            .collect();
        if held.is_empty() {
            return;
        }
        for (used, namespace) in held {
            fates.insert(used, Fate::With(namespace));
        }
    }
}

/// The namespace at the end of the chain of what takes an object along.
fn namespace_it_ends_with(
    id: &ResourceId,
    fates: &BTreeMap<ResourceId, Fate>,
) -> Option<ResourceId> {
    let mut at = id;
    // A Pod, its ReplicaSet or Job, what makes that, and the namespace.
    for _ in 0..8 {
        match fates.get(at)? {
            Fate::With(taker) if taker.type_id.as_str() == NAMESPACE => return Some(taker.clone()),
            Fate::With(taker) => at = taker,
            _ => return None,
        }
    }
    None
}

/// What an operator made it makes again: it goes with its namespace, where that can be deleted.
fn fate(object: &Resource, world: &World<'_>) -> Fate {
    let fate = fate_by_kind(object, world);
    if fate != Fate::Deleted || !is_made_by_unknown(object, world) {
        return fate;
    }
    match namespace_of(object, world) {
        Some(namespace) => Fate::With(namespace),
        None if WORKLOADS.contains(&object.id.type_id.as_str()) => Fate::Implied,
        // It has nothing outside of the cluster that its being made again could leave behind.
        None if object.id.type_id.as_str() == "k8s.service" && !has_balancer(object, world) => {
            Fate::Implied
        }
        None => fate,
    }
}

fn fate_by_kind(object: &Resource, world: &World<'_>) -> Fate {
    let namespace = object.text("namespace");
    let is_users = namespace.is_some_and(|namespace| !SYSTEM.contains(&namespace));
    let user_or_implied = if is_users {
        Fate::Deleted
    } else {
        Fate::Implied
    };
    match object.id.type_id.as_str() {
        "k8s.alb_config" | "k8s.ingress" | "k8s.persistent_volume_claim" => Fate::Deleted,
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
        NAMESPACE => {
            let name = object.name.as_deref().unwrap_or_default();
            if name == "default" || SYSTEM.contains(&name) {
                Fate::Implied
            } else {
                Fate::Deleted
            }
        }
        "k8s.node" => Fate::Implied,
        _ if is_only_an_entry(&object.id) => Fate::Implied,
        // Made again by what made it for as long as that is there.
        "k8s.job" | "k8s.replica_set" if is_users => {
            maker(object, world).map_or(user_or_implied, Fate::With)
        }
        _ => user_or_implied,
    }
}

/// These have nothing in the cloud, and nothing waits for them.
fn is_only_an_entry(id: &ResourceId) -> bool {
    matches!(
        id.type_id.as_str(),
        "k8s.endpoint_slice" | "k8s.horizontal_pod_autoscaler" | "k8s.pod_disruption_budget"
    )
}

fn service(object: &Resource, world: &World<'_>, otherwise: Fate) -> Fate {
    let is_api_server =
        object.text("namespace") == Some("default") && object.name.as_deref() == Some("kubernetes");
    if has_balancer(object, world) {
        Fate::Deleted
    } else if is_api_server {
        Fate::Implied
    } else {
        otherwise
    }
}

fn has_balancer(service: &Resource, world: &World<'_>) -> bool {
    service.text("service_type") == Some("LoadBalancer")
        || world
            .links_from(&service.id)
            .iter()
            .any(|link| link.kind == LinkKind::Exposes)
}

/// A dynamic volume goes with its claim; any other has nothing that its deletion would delete. One of a driver that is not
/// Alibaba Cloud's keeps its data in the cluster, and may wait for a driver that went before it: it ends with the cluster.
fn volume(object: &Resource, world: &World<'_>) -> Fate {
    let claim = world
        .links_to(&object.id)
        .iter()
        .find(|link| link.from.type_id.as_str() == "k8s.persistent_volume_claim")
        .map(|link| link.from.clone())
        .filter(|claim| world.get(claim).is_some());
    match claim {
        Some(claim) if goes_with_its_claim(object) && is_made_by_alibaba_cloud(object) => {
            Fate::With(claim)
        }
        _ => Fate::Implied,
    }
}

/// A Pod goes with what makes it, or it would be made again. One that nothing makes is deleted where it holds a claim and its
/// namespace cannot be.
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
    match namespace_of(object, world) {
        Some(namespace) => Fate::With(namespace),
        None if holds_claim && !is_made_by_unknown(object, world) => Fate::Deleted,
        None => Fate::Implied,
    }
}

/// What an object's owner references name.
pub(super) fn owners(object: &Resource) -> Vec<String> {
    object
        .attributes
        .text_list("owner_references")
        .unwrap_or_default()
        .to_vec()
}

pub(super) fn maker(object: &Resource, world: &World<'_>) -> Option<ResourceId> {
    world
        .links_to(&object.id)
        .iter()
        .filter(|link| link.kind == LinkKind::Manages)
        .map(|link| link.from.clone())
        .find(|maker| world.get(maker).is_some())
}

/// Whether something makes an object that is in no inventory: the resource of an operator.
pub(super) fn is_made_by_unknown(object: &Resource, world: &World<'_>) -> bool {
    !owners(object).is_empty() && maker(object, world).is_none()
}

/// The user namespace that an object is in.
fn namespace_of(object: &Resource, world: &World<'_>) -> Option<ResourceId> {
    let namespace = object.text("namespace")?;
    if namespace == "default" || SYSTEM.contains(&namespace) {
        return None;
    }
    let cluster = object.text("cluster_id")?;
    let id = ResourceId {
        type_id: TypeId::from_static(NAMESPACE),
        id: format!("{cluster}/{namespace}"),
        ..object.id.clone()
    };
    world.get(&id).map(|found| found.id.clone())
}
