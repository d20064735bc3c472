//! `k8s.pod`: a pod: where it runs, what it asks for, which claims it uses.
//!
//! Pods of a Deployment name a `ReplicaSet` as owner. Its name is the Deployment's and the pod's label
//! `pod-template-hash` (kubernetes/kubernetes `pkg/controller/deployment/sync.go`).
//!
//! Requests are what the scheduler counts (kubernetes/kubernetes `pkg/api/v1/resource/helpers.go`):
//! containers and sidecars together, or the largest init container, plus overhead; pod-level requests
//! win where there are any. A container without a request asks for nothing; a request that cannot be
//! read leaves the sum unknown.
//!
//! <https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/>

use rust_decimal::Decimal;
use serde_json::Value;

use super::object::Kind;
use super::quantity;
use super::{object, removal};
use crate::kubernetes::ApiResourceRef;
use crate::model::{Attribute, Link, LinkKind, Resource, TypeId};
use crate::resources::{Billing, Field, Fields, ListedPer, Risk, Spec, Title, field};

/// `k8s.pod`
pub struct Pod;

pub(super) static API: ApiResourceRef = ApiResourceRef {
    group: "",
    version: "v1",
    plural: "pods",
    kind: "Pod",
    namespaced: true,
    optional: false,
};

/// Annotations by which a pod gets an EIP of its own.
const EIP_ANNOTATIONS: &[&str] = &[
    "k8s.aliyun.com/pod-with-eip",
    "network.alibabacloud.com/pod-with-eip",
    "k8s.aliyun.com/eci-with-eip",
];

/// Annotation by which a virtual node says which container group runs the pod; the group is released with it.
/// (ECI user guide, "Pod annotations": what is added once the pod is created)
const CONTAINER_GROUP: &str = "k8s.aliyun.com/eci-instance-id";

/// Label with the part of the `ReplicaSet`'s name that is not the Deployment's.
const TEMPLATE_HASH: &str = "pod-template-hash";

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("k8s.pod"),
    title: Title {
        en: "Pod",
        zh: "容器组",
    },
    listed_per: ListedPer::Parent(object::PARENT),
    listing: None,
    also_reads: object::ALSO_READS,
    docs: "https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/",
    billing: Billing::Free,
    risk: Risk::Service,
    fields: Fields {
        status: "status.phase",
        attributes: &[
            Field::text("node_name", "spec.nodeName"),
            Field::text("pod_ip", "status.podIP"),
            Field::text("qos_class", "status.qosClass"),
            Field::boolean("host_network", "spec.hostNetwork"),
            Field::text_list("images", "spec.containers.image"),
            Field::text_list("init_images", "spec.initContainers.image"),
            Field::text_list("ephemeral_images", "spec.ephemeralContainers.image"),
            Field::text_list("claims", "spec.volumes.persistentVolumeClaim.claimName"),
        ],
        ..object::FIELDS
    },
    links: &[],
    unverified: &[],
};

impl Kind for Pod {
    const SPEC: &Spec = &SPEC;
    const API: &ApiResourceRef = &API;
    const REMOVAL: &removal::Removal = &REMOVAL;
    const LINKED: &[&str] = &[
        "ack.cluster",
        "eci.container_group",
        "k8s.namespace",
        "k8s.node",
        "k8s.persistent_volume_claim",
    ];

    fn read(raw: &Value, resource: &mut Resource) {
        object::keep(resource, "annotations", EIP_ANNOTATIONS, |key| {
            object::annotation(raw, key)
        });
        if let Some(group) = object::annotation(raw, CONTAINER_GROUP) {
            resource.attributes.set_text("container_group_id", group);
        }
        if let Some(hash) = object::label(raw, TEMPLATE_HASH) {
            resource.attributes.set_text("pod_template_hash", hash);
        }
        let requests = [
            ("cpu_request_cores", request(raw, "cpu")),
            (
                "memory_request_gib",
                request(raw, "memory").and_then(quantity::gib),
            ),
        ];
        for (name, value) in requests {
            if let Some(value) = value {
                resource.attributes.set(name, Attribute::Decimal(value));
            }
        }
    }

    fn further_links(resource: &Resource) -> Vec<Link> {
        let mut links = Vec::new();
        let namespace = resource.text("namespace");
        if let Some(node) = resource.text("node_name") {
            let (kind, to) = (LinkKind::Uses, "k8s.node");
            links.extend(object::within(
                resource,
                kind,
                to,
                None,
                node,
                "spec.nodeName",
            ));
        }
        let claims = resource.attributes.text_list("claims");
        for claim in claims.unwrap_or_default() {
            let (kind, to) = (LinkKind::Uses, "k8s.persistent_volume_claim");
            let via = "spec.volumes.persistentVolumeClaim.claimName";
            links.extend(object::within(resource, kind, to, namespace, claim, via));
        }
        if let Some(group) = resource.text("container_group_id") {
            let (kind, to) = (LinkKind::Exposes, "eci.container_group");
            links.push(field::link(resource, kind, to, group, CONTAINER_GROUP));
        }
        if let Some(deployment) = deployment_of(resource) {
            let via = "metadata.ownerReferences";
            let owner = "k8s.deployment";
            links.extend(object::managed_by(
                resource, owner, namespace, deployment, via,
            ));
        }
        links
    }
}

static REMOVAL: removal::Removal = removal::Removal {
    // A pod goes with its controller, which would make it again; one that has none is deleted.
    goes_along: |pod| pod.attributes.text_list("owner_references").is_some(),
    ..removal::Removal::new(&Pod, &API)
};

/// The Deployment whose `ReplicaSet` owns the pod.
fn deployment_of(resource: &Resource) -> Option<&str> {
    let hash = resource.text("pod_template_hash")?;
    resource
        .attributes
        .text_list("owner_references")?
        .iter()
        .find_map(|owner| owner.strip_prefix("ReplicaSet.apps/"))?
        .strip_suffix(hash)?
        .strip_suffix('-')
}

/// What the pod asks for of a resource, in its base unit.
fn request(raw: &Value, name: &str) -> Option<Decimal> {
    let pod = raw.pointer(&format!("/spec/resources/requests/{name}"));
    let overhead = raw.pointer(&format!("/spec/overhead/{name}"));
    let overhead = overhead.map_or(Some(Decimal::ZERO), quantity::of)?;
    if let Some(pod) = pod {
        return quantity::of(pod)?.checked_add(overhead);
    }
    let mut together = Decimal::ZERO;
    for container in raw.pointer("/spec/containers")?.as_array()? {
        together = together.checked_add(request_of(container, name)?)?;
    }
    let mut sidecars = Decimal::ZERO;
    let mut largest = Decimal::ZERO;
    let none = Vec::new();
    let starters = match raw.pointer("/spec/initContainers") {
        None | Some(Value::Null) => &none,
        Some(starters) => starters.as_array()?,
    };
    for container in starters {
        let own = request_of(container, name)?;
        let running = sidecars.checked_add(own)?;
        // An init container that restarts for ever is a sidecar: it stays beside all that follow.
        if container.get("restartPolicy").and_then(Value::as_str) == Some("Always") {
            sidecars = running;
        }
        largest = largest.max(running);
    }
    together
        .checked_add(sidecars)?
        .max(largest)
        .checked_add(overhead)
}

/// What one container asks for; nothing when it does not say.
fn request_of(container: &Value, name: &str) -> Option<Decimal> {
    let request = container
        .get("resources")
        .and_then(|resources| resources.get("requests"))
        .and_then(|requests| requests.get(name));
    request.map_or(Some(Decimal::ZERO), quantity::of)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::resources::ResourceType;

    fn container(cpu: &str) -> Value {
        json!({"resources": {"requests": {"cpu": cpu}}})
    }

    #[test]
    fn a_pod_of_a_virtual_node_stands_for_its_container_group() {
        let raw = json!({
            "metadata": {"name": "web-0", "namespace": "app", "uid": "u-1",
                         "annotations": {"k8s.aliyun.com/eci-instance-id": "eci-1"}},
        });
        let mut cell = crate::resources::testing::cell("cn-hangzhou");
        cell.parent = Some(crate::resources::testing::resource(&cell, "ack.cluster", "c1").id);
        let pod = Pod.decode(&raw, &cell).unwrap();
        let links = Pod.links(&pod);
        let group = links
            .iter()
            .find(|link| link.to.type_id.as_str() == "eci.container_group")
            .unwrap();
        assert_eq!(
            (group.kind, group.to.id.as_str()),
            (LinkKind::Exposes, "eci-1")
        );
    }

    #[test]
    fn requests_are_what_the_scheduler_counts() {
        let sidecar =
            json!({"restartPolicy": "Always", "resources": {"requests": {"cpu": "200m"}}});
        for (spec, expected) in [
            (
                json!({"containers": [container("500m"), container("1")]}),
                Some("1.5"),
            ),
            (json!({"containers": [{}]}), Some("0")),
            (
                json!({"containers": [container("much"), container("1")]}),
                None,
            ),
            (json!({}), None),
            (
                json!({"containers": [container("1")], "initContainers": [container("3")]}),
                Some("3"),
            ),
            (
                json!({"containers": [container("1")], "initContainers": [sidecar, container("2")]}),
                Some("2.2"),
            ),
            (
                json!({"containers": [container("1")], "initContainers": {}}),
                None,
            ),
            (
                json!({"containers": [container("1")], "overhead": {"cpu": "250m"}}),
                Some("1.25"),
            ),
            (
                json!({"containers": [container("1")], "resources": {"requests": {"cpu": "4"}}}),
                Some("4"),
            ),
        ] {
            let found = request(&json!({"spec": spec}), "cpu");
            let expected: Option<Decimal> = expected.map(|text| text.parse().unwrap());
            assert_eq!(found, expected, "{spec}");
        }
    }
}
