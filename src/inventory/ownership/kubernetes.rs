//! What live Kubernetes objects name: an AlbConfig its ALB, a Service its load balancer, a volume its disk.

use super::signal::{Signal, World, evidence, object};
use crate::model::{Confidence, LinkKind, Resource, ResourceId};

pub(super) fn signals(resource: &Resource, world: &World<'_>, found: &mut Vec<Signal>) {
    if resource.id.type_id.is_kubernetes() {
        if let Some(cluster) = cluster_of(&resource.id) {
            found.push(world.cluster(
                cluster,
                Confidence::Decisive,
                evidence("API server", cluster),
            ));
        }
        return;
    }
    for link in world.links_to(&resource.id) {
        let Some(cluster) = cluster_of(&link.from) else {
            continue;
        };
        // Objects use their cluster, too, and own nothing of it.
        if link.to.type_id.as_str() == "ack.cluster" {
            continue;
        }
        match (link.from.type_id.as_str(), link.kind) {
            ("k8s.alb_config", LinkKind::Exposes) if !is_reused(resource, world) => {
                let name = format!("AlbConfig {}", object_name(&link.from));
                found.push(object(
                    name,
                    Some(cluster),
                    Confidence::Decisive,
                    evidence("AlbConfig status", link.via.clone()),
                ));
            }
            ("k8s.service", LinkKind::Exposes) => {
                let name = format!("Service {}", object_name(&link.from));
                found.push(object(
                    name,
                    Some(cluster),
                    Confidence::Strong,
                    evidence("Service status", link.via.clone()),
                ));
            }
            // Without a provisioner a person gave the disk: the volume only uses it.
            ("k8s.persistent_volume", LinkKind::Uses | LinkKind::Exposes)
                if is_provisioned(&link.from, world) =>
            {
                let claim = world.get(&link.from).and_then(claim_of);
                let name = match claim {
                    Some(claim) => format!("PersistentVolumeClaim {claim}"),
                    None => format!("PersistentVolume {}", object_name(&link.from)),
                };
                found.push(object(
                    name,
                    Some(cluster),
                    Confidence::Decisive,
                    evidence("PersistentVolume volumeHandle", object_name(&link.from)),
                ));
            }
            ("k8s.node", LinkKind::Uses | LinkKind::Exposes) => {
                found.push(world.cluster(
                    cluster,
                    Confidence::Strong,
                    evidence("Node providerID", object_name(&link.from)),
                ));
            }
            _ => {}
        }
    }
}

/// An ALB that was there before its AlbConfig is only used, and belongs to the user: `spec.config.id` names it.
pub(super) fn is_reused(resource: &Resource, world: &World<'_>) -> bool {
    world.links_to(&resource.id).iter().any(|link| {
        link.from.type_id.as_str() == "k8s.alb_config"
            && world
                .get(&link.from)
                .is_some_and(|config| config.text("reused_load_balancer_id").is_some())
    })
}

/// The CSI driver makes a disk only for volumes that name it as their provisioner.
fn is_provisioned(volume: &ResourceId, world: &World<'_>) -> bool {
    world
        .get(volume)
        .is_some_and(|volume| volume.text("provisioned_by").is_some())
}

fn claim_of(volume: &Resource) -> Option<String> {
    let name = volume.text("claim_name")?;
    let namespace = volume.text("claim_namespace")?;
    Some(format!("{namespace}/{name}"))
}

/// Ids of Kubernetes resources begin with the cluster's id.
fn cluster_of(id: &ResourceId) -> Option<&str> {
    id.type_id
        .is_kubernetes()
        .then(|| id.id.split('/').next())
        .flatten()
}

/// `namespace/name`, or `name` for cluster-scoped objects.
fn object_name(id: &ResourceId) -> String {
    id.id
        .split_once('/')
        .map_or_else(|| id.id.clone(), |(_, name)| name.to_owned())
}
