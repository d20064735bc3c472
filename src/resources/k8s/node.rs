//! `k8s.node`: a node, and the instance it runs on.
//!
//! `spec.providerID` is `<region>.<instance id>`, with an optional `alicloud://` before it
//! (kubernetes/cloud-provider-alibaba-cloud `pkg/controller/helper/node_utils.go`). Hybrid and virtual
//! nodes have another one, or none, and stand for no instance.
//!
//! <https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/node-v1/>

use std::collections::BTreeSet;

use rust_decimal::Decimal;
use serde_json::Value;

use super::object::Kind;
use super::quantity;
use super::{object, removal};
use crate::kubernetes::ApiResourceRef;
use crate::model::{Attribute, Link, LinkKind, Region, Resource, TypeId};
use crate::resources::{Billing, Field, Fields, ListedPer, Risk, Spec, Title, field};

/// `k8s.node`
pub struct Node;

pub(super) static API: ApiResourceRef = ApiResourceRef {
    group: "",
    version: "v1",
    plural: "nodes",
    kind: "Node",
    namespaced: false,
    optional: false,
};

/// Labels that are kept.
const LABELS: &[&str] = &[
    "node.alibabacloud.com/nodepool-id",
    "node.alibabacloud.com/instance-charge-type",
    "node.alibabacloud.com/spot-strategy",
    "alibabacloud.com/nodepool-id",
    "ack.aliyun.com",
    "type",
];

/// Labels with the node pool's id, in order of preference.
const NODE_POOL: [&str; 2] = [
    "node.alibabacloud.com/nodepool-id",
    "alibabacloud.com/nodepool-id",
];

/// Begin of the labels that name a node's roles (`control-plane`, `master`).
const ROLE_PREFIX: &str = "node-role.kubernetes.io/";

/// The label of older clusters whose value is the role; kubectl shows both (kubernetes/kubernetes
/// `pkg/printers/internalversion/printers.go`).
const ROLE: &str = "kubernetes.io/role";

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("k8s.node"),
    title: Title {
        en: "Node",
        zh: "节点",
    },
    listed_per: ListedPer::Parent(object::PARENT),
    listing: None,
    also_reads: object::ALSO_READS,
    docs: "https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/node-v1/",
    billing: Billing::Free,
    risk: Risk::Service,
    fields: Fields {
        attributes: &[
            Field::text("provider_id", "spec.providerID"),
            Field::boolean("unschedulable", "spec.unschedulable"),
            Field::text("kubelet_version", "status.nodeInfo.kubeletVersion"),
            Field::text("os_image", "status.nodeInfo.osImage"),
        ],
        ..object::FIELDS
    },
    links: &[],
    unverified: &[],
};

impl Kind for Node {
    const SPEC: &Spec = &SPEC;
    const API: &ApiResourceRef = &API;
    const REMOVAL: &removal::Removal = &REMOVAL;
    const LINKED: &[&str] = &["ack.cluster", "ecs.instance"];

    fn read(raw: &Value, resource: &mut Resource) {
        resource.status = ready(raw).map(str::to_owned);
        let label = |key: &str| object::label(raw, key);
        object::keep(resource, "labels", LABELS, label);
        resource.zone = label("topology.kubernetes.io/zone").map(str::to_owned);
        if let Some(pool) = NODE_POOL.into_iter().find_map(label) {
            resource.attributes.set_text("node_pool_id", pool);
        }
        let instance = resource.text("provider_id").and_then(instance_of);
        if let Some((region, id)) = instance.map(|(r, id)| (r.to_owned(), id.to_owned())) {
            resource.attributes.set_text("instance_region", region);
            resource.attributes.set_text("instance_id", id);
        }
        let roles = Attribute::TextList(roles(raw));
        resource.attributes.set("roles", roles);
        for (name, value) in sizes(raw) {
            resource.attributes.set(name, Attribute::Decimal(value));
        }
    }

    fn further_links(resource: &Resource) -> Vec<Link> {
        let mut links = Vec::new();
        if let (Some(region), Some(id)) = (
            resource.text("instance_region"),
            resource.text("instance_id"),
        ) {
            let mut link = field::link(
                resource,
                LinkKind::Uses,
                "ecs.instance",
                id,
                "spec.providerID",
            );
            link.to.region = Region::new(region);
            links.push(link);
        }
        links
    }
}

static REMOVAL: removal::Removal = removal::Removal {
    // A node goes with its instance, or with its cluster.
    goes_along: |_| true,
    ..removal::Removal::new(&Node, &API)
};

/// Region and instance id of a provider id; `None` for what is no ECS instance.
fn instance_of(provider_id: &str) -> Option<(&str, &str)> {
    let id = provider_id
        .strip_prefix("alicloud://")
        .unwrap_or(provider_id);
    let (region, instance) = id.split_once('.')?;
    let is_region = !region.is_empty() && !region.contains('/');
    let is_instance = is_region && instance.starts_with("i-");
    is_instance.then_some((region, instance))
}

/// `Ready`, `NotReady` or `Unknown`, as kubectl shows it.
fn ready(raw: &Value) -> Option<&'static str> {
    let condition = raw
        .pointer("/status/conditions")?
        .as_array()?
        .iter()
        .find(|condition| condition.get("type").and_then(Value::as_str) == Some("Ready"))?;
    match condition.get("status")?.as_str()? {
        "True" => Some("Ready"),
        "False" => Some("NotReady"),
        _ => Some("Unknown"),
    }
}

fn roles(raw: &Value) -> Vec<String> {
    raw.pointer("/metadata/labels")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .filter_map(|(key, value)| match key.strip_prefix(ROLE_PREFIX) {
            Some(role) => Some(role),
            None if key == ROLE => value.as_str(),
            None => None,
        })
        .filter(|role| !role.is_empty())
        .map(str::to_owned)
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect()
}

fn sizes(raw: &Value) -> Vec<(&'static str, Decimal)> {
    let cores = |pointer: &str| raw.pointer(pointer).and_then(quantity::of);
    let gib = |pointer: &str| quantity::gib_at(raw, pointer);
    let found = [
        ("capacity_cpu_cores", cores("/status/capacity/cpu")),
        ("capacity_memory_gib", gib("/status/capacity/memory")),
        ("allocatable_cpu_cores", cores("/status/allocatable/cpu")),
        ("allocatable_memory_gib", gib("/status/allocatable/memory")),
    ];
    found
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
}
