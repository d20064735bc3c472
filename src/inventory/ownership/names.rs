//! Names that carry a cluster id, and fields that name a cluster.

use super::signal::{Signal, World, evidence, is_cluster_id};
use crate::model::{Confidence, Resource};

/// Type, attribute or name, prefix before the cluster id, how sure.
const PATTERNS: &[(&str, &str, Confidence)] = &[
    ("sls.project", "k8s-log-", Confidence::Strong),
    (
        "ecs.security_group",
        "alicloud-cs-auto-created-security-group-",
        Confidence::Hint,
    ),
    (
        "slb.load_balancer",
        "ManagedK8SSlbIntranet-",
        Confidence::Hint,
    ),
    ("ecs.instance", "worker-k8s-for-cs-", Confidence::Hint),
    ("ros.stack", "k8s-for-cs-", Confidence::Hint),
];

pub(super) fn signals(resource: &Resource, world: &World<'_>, found: &mut Vec<Signal>) {
    let type_id = resource.id.type_id.as_str();
    let name = resource.name.as_deref().unwrap_or(&resource.id.id);
    for (pattern_type, prefix, confidence) in PATTERNS {
        if *pattern_type == type_id
            && let Some(cluster) = name.strip_prefix(prefix).filter(|rest| is_cluster_id(rest))
        {
            found.push(world.cluster(
                cluster,
                *confidence,
                evidence(format!("name {prefix}<cluster>"), name),
            ));
        }
    }
    // The vendor's model names the field; that it holds the cluster's id is not documented.
    if type_id == "arms.environment"
        && let Some(bound) = resource
            .text("bind_resource_id")
            .filter(|id| is_cluster_id(id))
    {
        found.push(world.cluster(bound, Confidence::Strong, evidence("BindResourceId", bound)));
    }
}
