//! What ACK itself says while the cluster lives: `DescribeClusterResources` with `auto_create=1`, a cluster's node pools,
//! and a node pool's scaling group.

use super::signal::{Signal, World, evidence};
use crate::model::{Confidence, LinkKind, OwnerKind, Resource};

pub(super) fn signals(resource: &Resource, world: &World<'_>, found: &mut Vec<Signal>) {
    if resource.id.type_id.as_str() == "ack.cluster" {
        found.push(Signal {
            kind: OwnerKind::Itself,
            name: resource
                .name
                .clone()
                .unwrap_or_else(|| resource.id.id.clone()),
            cluster: Some(resource.id.id.clone()),
            confidence: Confidence::Decisive,
            evidence: evidence("ack.cluster", resource.id.id.clone()),
        });
    }
    for link in world.links_to(&resource.id) {
        // The role that ACK made for its nodes; a user's own has another name and is not listed.
        if resource.id.type_id.as_str() == "ram.role" && link.from.type_id.as_str() == "ack.cluster"
        {
            let why = evidence(link.via.clone(), link.from.id.clone());
            found.push(world.cluster(&link.from.id, Confidence::Strong, why));
        }
        if link.kind != LinkKind::Manages {
            continue;
        }
        match link.from.type_id.as_str() {
            "ack.cluster" => {
                let why = evidence(link.via.clone(), link.from.id.clone());
                found.push(world.cluster(&link.from.id, Confidence::Decisive, why));
            }
            // The scaling group of a node pool.
            "ack.node_pool" => {
                let pool = world.get(&link.from);
                let cluster = pool.and_then(|pool| pool.text("cluster_id"));
                if cluster.is_some() {
                    let why = evidence(format!("node pool {}", link.via), link.from.id.clone());
                    let pool = &link.from.id;
                    found.push(world.node_pool(pool, cluster, Confidence::Decisive, why));
                }
            }
            _ => {}
        }
    }
    if resource.id.type_id.as_str() == "ack.node_pool"
        && let Some(cluster) = resource.text("cluster_id")
    {
        found.push(world.cluster(
            cluster,
            Confidence::Decisive,
            evidence("DescribeClusterNodePools", cluster),
        ));
    }
}
