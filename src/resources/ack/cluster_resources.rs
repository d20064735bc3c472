//! What ACK itself says a cluster owns and uses: the answer of `DescribeClusterResources`.
//!
//! Each entry names a resource by its ROS type and id, says whether ACK made it (`auto_create`: 1) or found it (0), which
//! object of the cluster it stands for, and whether `DeleteCluster` removes it unless told otherwise. `resource_info` is
//! free-form and not kept. Vendor page:
//! <https://www.alibabacloud.com/help/en/ack/ack-managed-and-ack-dedicated/developer-reference/api-cs-2015-12-15-describeclusterresources>

use std::collections::BTreeMap;

use serde_json::Value;

use crate::model::{Attribute, Link, LinkKind, Resource};
use crate::resources::{decode, field};

/// Key under which the cluster's item carries the answer; no operation of ACK uses it.
pub(super) const KEY: &str = "resources";

/// Made by ACK: it goes with the cluster.
pub(super) const MADE: &str = "resources_made";
/// There before the cluster: the user's.
pub(super) const USED: &str = "resources_used";
/// The answer does not say who made it (answers of 2021 have no `auto_create`).
pub(super) const UNCLEAR: &str = "resources_unclear";
/// `DeleteCluster` keeps it unless `delete_options` says otherwise.
const KEPT: &str = "resources_kept_by_default";
/// The Kubernetes object that it stands for, by resource.
const OBJECTS: &str = "resource_objects";

/// ROS types and ours. What is not here stays in the lists under its ROS type, without a link.
const TYPES: &[(&str, &str)] = &[
    ("ALIYUN::ALB::LoadBalancer", "alb.load_balancer"),
    ("ALIYUN::ECS::Disk", "ecs.disk"),
    ("ALIYUN::ECS::Instance", "ecs.instance"),
    ("ALIYUN::ECS::NetworkInterface", "ecs.network_interface"),
    ("ALIYUN::ECS::SecurityGroup", "ecs.security_group"),
    ("ALIYUN::ECS::VPC", "vpc.vpc"),
    ("ALIYUN::ECS::VSwitch", "vpc.vswitch"),
    ("ALIYUN::ESS::ScalingGroup", "ess.scaling_group"),
    ("ALIYUN::NLB::LoadBalancer", "nlb.load_balancer"),
    ("ALIYUN::SLB::LoadBalancer", "slb.load_balancer"),
    ("ALIYUN::SLS::Project", "sls.project"),
    ("ALIYUN::VPC::EIP", "vpc.eip"),
    ("ALIYUN::VPC::NatGateway", "vpc.nat_gateway"),
];

const ROLE: &str = "ram.role";

/// What a cluster's links may lead to: our types in [`TYPES`], and the role of its workers, which a field of its own names.
pub(super) const LINKED: &[&str] = &[
    "alb.load_balancer",
    "ecs.disk",
    "ecs.instance",
    "ecs.network_interface",
    "ecs.security_group",
    "ess.scaling_group",
    "nlb.load_balancer",
    ROLE,
    "slb.load_balancer",
    "sls.project",
    "vpc.eip",
    "vpc.nat_gateway",
    "vpc.vpc",
    "vpc.vswitch",
];

/// Keeps the answer in the cluster's attributes. Where it could not be read they stay absent: unknown, not empty.
pub(super) fn keep(raw: &Value, cluster: &mut Resource) {
    let Some(entries) = raw.get(KEY).and_then(Value::as_array) else {
        return;
    };
    let mut lists: BTreeMap<&str, Vec<String>> = [MADE, USED, UNCLEAR, KEPT]
        .into_iter()
        .map(|list| (list, Vec::new()))
        .collect();
    let mut objects = BTreeMap::new();
    for entry in entries {
        let (Some(ros_type), Some(id)) = (
            decode::text_at(entry, "resource_type"),
            decode::text_at(entry, "instance_id"),
        ) else {
            if !cluster.unreadable.iter().any(|name| name == KEY) {
                cluster.unreadable.push(KEY.to_owned());
            }
            continue;
        };
        let name = format!("{ros_type}/{id}");
        let list = match decode::integer_at(entry, "auto_create") {
            Some(1) => MADE,
            Some(0) => USED,
            _ => UNCLEAR,
        };
        if let Some(list) = lists.get_mut(list) {
            list.push(name.clone());
        }
        let is_kept = decode::boolean_at(entry, "delete_behavior.delete_by_default") == Some(false);
        if let Some(list) = lists.get_mut(KEPT).filter(|_| is_kept) {
            list.push(name.clone());
        }
        if let Some(object) = object(entry) {
            objects.insert(name, object);
        }
    }
    for (list, mut names) in lists {
        names.sort();
        names.dedup();
        cluster.attributes.set(list, Attribute::TextList(names));
    }
    cluster.attributes.set(OBJECTS, Attribute::TextMap(objects));
}

/// `Service my-app/web`, `AlbConfig alb`.
fn object(entry: &Value) -> Option<String> {
    let text = |key: &str| decode::text_at(entry, &format!("associated_object.{key}"));
    let (kind, name) = (text("kind")?, text("name")?);
    Some(match text("namespace") {
        Some(namespace) => format!("{kind} {namespace}/{name}"),
        None => format!("{kind} {name}"),
    })
}

/// What ACK made goes with the cluster; what it found, or does not say about, is only used by it.
pub(super) fn links(cluster: &Resource) -> Vec<Link> {
    let lists = [
        (
            MADE,
            LinkKind::Manages,
            "DescribeClusterResources auto_create=1",
        ),
        (
            USED,
            LinkKind::Uses,
            "DescribeClusterResources auto_create=0",
        ),
        (UNCLEAR, LinkKind::Uses, "DescribeClusterResources"),
    ];
    let mut links = Vec::new();
    for (list, kind, via) in lists {
        for name in cluster.attributes.text_list(list).unwrap_or_default() {
            let Some((ros_type, id)) = name.split_once('/') else {
                continue;
            };
            if let Some((_, type_id)) = TYPES.iter().find(|(known, _)| *known == ros_type) {
                links.push(field::link(cluster, kind, type_id, id, via));
            }
        }
    }
    links
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn what_the_links_lead_to_is_what_the_table_has() {
        let mut table: BTreeSet<&str> = TYPES.iter().map(|(_, type_id)| *type_id).collect();
        table.insert(ROLE);
        assert_eq!(table, LINKED.iter().copied().collect());
    }
}
