//! Left-overs beside a cluster: what looks like nobody's, and every doubt that keeps it all the same.
//!
//! A flag for a kind (`--with disks`) names none of them, and most accounts have one resource group for everything. So a left-over
//! is taken in only where all that could speak for somebody else was read, and does not.

use super::scope::{Scope, With};
use super::world::World;
use crate::inventory::idle::{LEFT_OVER_AFTER, idle_since};
use crate::inventory::sight;
use crate::model::{OwnerKind, Resource};

/// Beginnings of tag keys that clusters and their drivers set: what bears one is some cluster's, and not left over by nobody
/// (kubernetes-sigs/alibaba-cloud-csi-driver `pkg/disk/cloud.go`, AliyunContainerService/karpenter-provider-alibabacloud).
const TAGS_OF_CLUSTERS: &[&str] = &[
    "ack.aliyun.com",
    "ack.alibabacloud.com/",
    "createdby",
    "csi.alibabacloud.com/",
    "force.delete.snapshot.k8s.aliyun.com",
    "k8s.aliyun.com",
    "karpenter.",
    "kubernetes.io/",
];

/// Whether a resource looks left over, by the vendor's own fields.
pub(super) fn left_over(resource: &Resource, world: &World<'_>) -> Option<(With, String)> {
    match resource.id.type_id.as_str() {
        "ecs.disk" if resource.status.as_deref() == Some("Available") => {
            Some((With::Disks, "Status=Available".to_owned()))
        }
        "ecs.image" if resource.text("owner_alias") == Some("self") => {
            let usage = resource.text("usage").unwrap_or("?");
            (usage == "none").then(|| (With::Images, "Usage=none".to_owned()))
        }
        "ecs.snapshot" => {
            let is_manual = resource.text("snapshot_type") == Some("user");
            let source = resource.text("source_disk_id")?;
            let is_source_gone = !world.has(&resource.id, "ecs.disk", source);
            let usage = resource.text("usage").unwrap_or("?");
            (is_manual && is_source_gone && matches!(usage, "none" | "image")).then(|| {
                (
                    With::Snapshots,
                    format!("Usage={usage}, SourceDiskId={source}: not_found"),
                )
            })
        }
        _ => None,
    }
}

/// The types without which nobody can say that something is left over.
fn rests_on(with: With) -> &'static [&'static str] {
    match with {
        With::Disks => &[
            "ack.cluster",
            "ecs.disk",
            "ecs.instance",
            "k8s.persistent_volume",
        ],
        With::Snapshots => &[
            "ack.cluster",
            "eci.image_cache",
            "ecs.disk",
            "ecs.image",
            "ecs.launch_template",
            "ecs.snapshot",
            "ess.scaling_configuration",
        ],
        With::Images => &[
            "ack.cluster",
            "ack.node_pool",
            "ecs.image",
            "ecs.instance",
            "ecs.launch_template",
            "ess.scaling_configuration",
            "ess.scaling_group",
        ],
        With::Vpc | With::Eip | With::Acr | With::Sls | With::Prometheus => &[],
    }
}

/// Why a left-over is not taken in by a flag for its kind.
pub(super) fn doubt(
    candidate: &Resource,
    with: With,
    cluster: &Resource,
    world: &World<'_>,
    scope: &Scope,
) -> Option<String> {
    if let Some(unread) = rests_on(with)
        .iter()
        .find(|type_id| !sight::is_read(world.inventory, type_id, &candidate.id))
    {
        return Some(format!("{unread} not_read"));
    }
    let group = candidate.resource_group.as_deref();
    if group.is_none() || group != cluster.resource_group.as_deref() {
        return Some(format!("ResourceGroupId={}", group.unwrap_or("?")));
    }
    let tag = candidate.tags.iter().find(|(key, _)| {
        TAGS_OF_CLUSTERS
            .iter()
            .any(|prefix| key.starts_with(prefix))
    });
    if let Some((key, value)) = tag {
        return Some(format!("tag {key}={value}"));
    }
    let is_owned_by_none = candidate
        .owner
        .as_ref()
        .is_some_and(|owner| owner.kind == OwnerKind::None);
    if !is_owned_by_none {
        return Some("owner=?".to_owned());
    }
    match idle_since(candidate) {
        None => return Some("CreationTime=?".to_owned()),
        Some((since, field)) if world.inventory.scanned_at - since < LEFT_OVER_AFTER => {
            return Some(format!("{field}={}", crate::model::time::format(since)));
        }
        Some(_) => {}
    }
    elder_among_others(candidate, cluster, world, scope)
}

/// What is older than the cluster was not left by it. Where nothing but the scope lives in the region, it was left by an earlier
/// round of the same laboratory; where something else does, it may be that one's.
fn elder_among_others(
    candidate: &Resource,
    cluster: &Resource,
    world: &World<'_>,
    scope: &Scope,
) -> Option<String> {
    let is_younger = match (candidate.created, cluster.created) {
        (Some(created), Some(cluster)) => created >= cluster,
        _ => false,
    };
    if is_younger {
        return None;
    }
    let other = world.beside(&cluster.id).find(|other| {
        matches!(other.id.type_id.as_str(), "ack.cluster" | "ecs.instance")
            && !scope.members.contains_key(&other.id)
    })?;
    let created = candidate
        .created
        .map_or_else(|| "?".to_owned(), crate::model::time::format);
    Some(format!("CreationTime={created}; {}", other.id))
}
