//! The cloud controller manager's part for Services of type `LoadBalancer`, and for nodes whose instance is gone.
//!
//! Names, tags, annotations and finalizers: kubernetes/cloud-provider-alibaba-cloud `pkg/controller/service`.

use serde_json::{Value, json};

use super::super::store::{Object, Part, Propagation, View, timestamp};
use super::tags::tag;
use super::{Controller, Infrastructure, Place, Scene, Wait};
use crate::emulator::world::Removal;

/// Finalizer, and the collection of the load balancer behind it.
const KINDS: [(&str, &str, &str); 2] = [
    (
        "service.k8s.alibaba/resources",
        "slb/load_balancer",
        "LoadBalancerId",
    ),
    (
        "service.k8s.alibaba/nlb",
        "nlb/load_balancer",
        "LoadBalancerId",
    ),
];
const NAME_TAG: &str = "kubernetes.do.not.delete";
const CLUSTER_TAG: &str = "ack.aliyun.com";
const ANNOTATION: &str = "service.beta.kubernetes.io/alibaba-cloud-loadbalancer-";

pub(super) struct Services;

impl Controller for Services {
    fn place(&self) -> Place {
        Place::Nodes
    }

    fn wants(&self, object: &Object, _: &View, _: &Scene<'_>) -> Option<Wait> {
        if object.kind.kind != "Service" || !object.kind.group.is_empty() {
            return None;
        }
        let held = held(object).is_some();
        let balanced = object.text("/spec/type") == "LoadBalancer" && !object.is_deleting();
        // Network load balancers are taken down and not made.
        let makes = object.text("/spec/loadBalancerClass").is_empty();
        if (held && !balanced) || (!held && balanced && makes) {
            return Some(Wait::seconds(5));
        }
        None
    }

    fn act(&self, object: &Object, _: &View, scene: &Scene<'_>) {
        let Some(infrastructure) = scene.infrastructure else {
            return;
        };
        match held(object) {
            Some((finalizer, collection, id)) => {
                if take_down(object, infrastructure, collection, id) {
                    scene.remove_finalizer(object, finalizer);
                }
            }
            None => set_up(object, infrastructure, scene),
        }
    }
}

fn held(service: &Object) -> Option<(&'static str, &'static str, &'static str)> {
    KINDS
        .into_iter()
        .find(|(finalizer, _, _)| service.has_finalizer(finalizer))
}

/// Name of the load balancer of a Service (`GetDefaultLoadBalancerName`).
fn name(service: &Object) -> String {
    let uid: String = service
        .uid()
        .chars()
        .filter(|letter| *letter != '-')
        .collect();
    format!("a{uid}").chars().take(32).collect()
}

/// Whether the Service has nothing in the cloud any more.
fn take_down(
    service: &Object,
    infrastructure: &Infrastructure,
    collection: &str,
    id: &str,
) -> bool {
    let is_set = |name: &str| {
        !service
            .annotation(&format!("{ANNOTATION}{name}"))
            .is_empty()
    };
    // A load balancer that the user brought stays; so does one that is to be preserved, which loses its tags.
    if is_set("id")
        || !service
            .annotation("service.beta.kubernetes.io/alicloud-loadbalancer-id")
            .is_empty()
    {
        return true;
    }
    let name = name(service);
    let own = infrastructure.cloud.find(collection, |item| {
        tag(item, NAME_TAG) == Some(name.as_str())
            && tag(item, CLUSTER_TAG).is_none_or(|cluster| cluster == infrastructure.cluster)
    });
    let preserved = service.annotation(&format!("{ANNOTATION}preserve-lb-on-delete")) == "true";
    own.iter().all(|item| {
        let Some(id) = item.get(id).and_then(Value::as_str) else {
            return true;
        };
        if preserved {
            let tags = if item.pointer("/Tags/Tag").is_some() {
                json!({"Tag": []})
            } else {
                json!([])
            };
            infrastructure.cloud.set(collection, id, "Tags", tags);
            return true;
        }
        // The deletion is accepted, not done, when the finalizer goes.
        !matches!(
            infrastructure.cloud.remove(collection, id),
            Removal::Blocked(_)
        )
    })
}

fn set_up(service: &Object, infrastructure: &Infrastructure, scene: &Scene<'_>) {
    let (finalizer, collection, _) = KINDS[0];
    scene.add_finalizer(service, finalizer);
    let reused = service.annotation(&format!("{ANNOTATION}id"));
    let digits: String = service
        .uid()
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .take(17)
        .collect();
    let address = "203.0.113.80";
    if reused.is_empty() {
        let intranet = service.annotation(&format!("{ANNOTATION}address-type")) == "intranet";
        let item = json!({
            "LoadBalancerId": format!("lb-bp1{digits}"),
            "LoadBalancerName": name(service),
            "LoadBalancerStatus": "active",
            "Address": address,
            "AddressType": if intranet { "intranet" } else { "internet" },
            "AddressIPVersion": "ipv4",
            "NetworkType": if intranet { "vpc" } else { "classic" },
            "InstanceChargeType": "PayByCLCU",
            "PayType": "PayOnDemand",
            "InternetChargeType": "4",
            "InternetChargeTypeAlias": "paybytraffic",
            "RegionId": infrastructure.region,
            "DeleteProtection": "on",
            "ModificationProtectionStatus": "ConsoleProtection",
            "ModificationProtectionReason": "managed.by.ack",
            "CreateTime": scene.now.format("%Y-%m-%dT%H:%MZ").to_string(),
            "CreateTimeStamp": scene.now.timestamp_millis(),
            "Tags": {"Tag": [
                {"TagKey": NAME_TAG, "TagValue": name(service)},
                {"TagKey": CLUSTER_TAG, "TagValue": infrastructure.cluster},
            ]},
        });
        infrastructure
            .cloud
            .put(collection, &infrastructure.region, item);
    }
    scene.update(service, Part::Status, |value| {
        if let Some(object) = value.as_object_mut() {
            object.insert(
                "status".to_owned(),
                json!({"loadBalancer": {"ingress": [{"ip": address}]}}),
            );
        }
    });
}

/// Removes nodes whose instance is not there any more.
pub(super) struct Nodes;

impl Controller for Nodes {
    fn wants(&self, object: &Object, _: &View, scene: &Scene<'_>) -> Option<Wait> {
        if object.kind.kind != "Node" || object.is_deleting() {
            return None;
        }
        let instance = object
            .text("/spec/providerID")
            .rsplit('.')
            .next()
            .filter(|instance| instance.starts_with("i-"))?;
        let gone = scene
            .infrastructure?
            .cloud
            .item("ecs/instance", instance)
            .is_none();
        gone.then(|| Wait::seconds(5))
    }

    fn act(&self, object: &Object, _: &View, scene: &Scene<'_>) {
        tracing::debug!(
            node = object.name(),
            at = timestamp(scene.now),
            "its instance is gone"
        );
        scene.delete(object, Propagation::Background);
    }
}
