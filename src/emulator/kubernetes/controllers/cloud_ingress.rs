//! The ALB Ingress controller: an AlbConfig is a load balancer, an Ingress is rules and server groups of it.
//!
//! Tags and names: kubernetes/cloud-provider-alibaba-cloud `pkg/controller/ingress/reconcile/{tracking,build,applier}`.

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::super::store::{Object, Part, View, timestamp};
use super::tags::tag;
use super::{Controller, Infrastructure, Place, Scene, Wait};
use crate::emulator::world::Removal;

const FINALIZER: &str = "ingress.k8s.alibaba/resources";
const CONTROLLER: &str = "ingress.k8s.alibabacloud/alb";
const BALANCERS: &str = "alb/load_balancer";
const GROUPS: &str = "alb/server_group";
const CLUSTER_TAG: &str = "ack.aliyun.com";
const CONFIG_TAG: &str = "ingress.k8s.alibaba/albconfig";

/// The AlbConfig that an Ingress belongs to, through its class.
fn config_of<'v>(ingress: &Object, view: &'v View) -> Option<&'v Object> {
    let class = match ingress.text("/spec/ingressClassName") {
        "" => ingress.annotation("kubernetes.io/ingress.class"),
        class => class,
    };
    let class = view.find("IngressClass", "", class)?;
    if class.text("/spec/controller") != CONTROLLER {
        return None;
    }
    let name = class.text("/spec/parameters/name");
    view.of_kind("AlbConfig")
        .find(|config| config.name() == name)
}

/// Server groups of Ingresses.
pub(super) struct Ingresses;

impl Controller for Ingresses {
    fn place(&self) -> Place {
        Place::Nodes
    }

    fn wants(&self, object: &Object, view: &View, _: &Scene<'_>) -> Option<Wait> {
        if object.kind.kind != "Ingress" {
            return None;
        }
        let held = object.has_finalizer(FINALIZER);
        let leaves = object.is_deleting() && held;
        let comes = !object.is_deleting()
            && !held
            && config_of(object, view).is_some_and(|config| !balancer_of(config).is_empty());
        if leaves || comes {
            Some(Wait::seconds(5))
        } else {
            None
        }
    }

    fn act(&self, object: &Object, view: &View, scene: &Scene<'_>) {
        let Some(infrastructure) = scene.infrastructure else {
            return;
        };
        if !object.is_deleting() {
            if let Some(config) = config_of(object, view) {
                scene.add_finalizer(object, FINALIZER);
                for (service, port) in backends(object) {
                    add_group(object, config, &service, port, infrastructure, scene);
                }
                let host = config.text("/status/loadBalancer/dnsname").to_owned();
                scene.update(object, Part::Status, |value| {
                    if let Some(object) = value.as_object_mut() {
                        let status = json!({"loadBalancer": {"ingress": [{"hostname": host}]}});
                        object.insert("status".to_owned(), status);
                    }
                });
            }
            return;
        }
        let own = infrastructure.cloud.find(GROUPS, |group| {
            tag(group, CLUSTER_TAG) == Some(infrastructure.cluster.as_str())
                && tag(group, "ingress.k8s.alibaba/service_ns") == Some(object.namespace())
                && tag(group, "ingress.k8s.alibaba/ingress_name") == Some(object.name())
        });
        let accepted = own.iter().all(|group| {
            let Some(id) = group.get("ServerGroupId").and_then(Value::as_str) else {
                return true;
            };
            // The rules that lead to it go first.
            infrastructure
                .cloud
                .set(GROUPS, id, "RelatedLoadBalancerIds", json!([]));
            !matches!(infrastructure.cloud.remove(GROUPS, id), Removal::Blocked(_))
        });
        if accepted {
            scene.remove_finalizer(object, FINALIZER);
        }
    }
}

/// Services and ports behind the rules.
fn backends(ingress: &Object) -> Vec<(String, u64)> {
    let rules = ingress
        .value
        .pointer("/spec/rules")
        .and_then(Value::as_array);
    let paths = rules
        .into_iter()
        .flatten()
        .filter_map(|rule| rule.pointer("/http/paths")?.as_array())
        .flatten();
    paths
        .filter_map(|path| {
            let service = path.pointer("/backend/service")?;
            let name = service.get("name")?.as_str()?.to_owned();
            Some((name, service.pointer("/port/number")?.as_u64()?))
        })
        .collect()
}

fn add_group(
    ingress: &Object,
    config: &Object,
    service: &str,
    port: u64,
    infrastructure: &Infrastructure,
    scene: &Scene<'_>,
) {
    let namespace = ingress.namespace();
    let id = id("sgp-", &[ingress.uid(), service, &port.to_string()]);
    let item = json!({
        "ServerGroupId": id,
        "ServerGroupName": format!("{namespace}-{service}-{port}"),
        "ServerGroupType": "Ip",
        "ServerGroupStatus": "Available",
        "Protocol": "HTTP",
        "Scheduler": "Wrr",
        "RelatedLoadBalancerIds": [balancer_of(config)],
        "CreateTime": timestamp(scene.now),
        "Tags": [
            {"Key": CLUSTER_TAG, "Value": infrastructure.cluster},
            {"Key": CONFIG_TAG, "Value": config_name(config)},
            {"Key": "ingress.k8s.alibaba/service_ns", "Value": namespace},
            {"Key": "ingress.k8s.alibaba/ingress_name", "Value": ingress.name()},
            {"Key": "ingress.k8s.alibaba/service_name", "Value": service},
            {"Key": "ingress.k8s.alibaba/service_port", "Value": port.to_string()},
        ],
    });
    infrastructure
        .cloud
        .put(GROUPS, &infrastructure.region, item);
}

/// The load balancer that an AlbConfig has; empty where it has none yet.
fn balancer_of(config: &Object) -> &str {
    config.text("/status/loadBalancer/id")
}

/// What the tag says: a cluster-scoped AlbConfig counts as one of kube-system.
fn config_name(config: &Object) -> String {
    let namespace = if config.kind.namespaced {
        config.namespace()
    } else {
        "kube-system"
    };
    format!("{namespace}/{}", config.name())
}

fn id(prefix: &str, parts: &[&str]) -> String {
    let digest = hex::encode(Sha256::digest(parts.join("/")));
    let digits: String = digest.chars().take(18).collect();
    format!("{prefix}{digits}")
}

/// The load balancer of each `AlbConfig`.
pub(super) struct AlbConfigs;

impl Controller for AlbConfigs {
    fn place(&self) -> Place {
        Place::Nodes
    }

    /// Waits until no Ingress belongs to it any more (unverified: the careful branch, in which the order matters).
    fn wants(&self, object: &Object, view: &View, _: &Scene<'_>) -> Option<Wait> {
        if object.kind.kind != "AlbConfig" {
            return None;
        }
        if object.is_deleting() {
            let used = view.of_kind("Ingress").any(|ingress| {
                config_of(ingress, view).is_some_and(|config| config.uid() == object.uid())
            });
            return if object.has_finalizer(FINALIZER) && !used {
                Some(Wait::seconds(10))
            } else {
                None
            };
        }
        if balancer_of(object).is_empty() {
            Some(Wait::seconds(10))
        } else {
            None
        }
    }

    fn act(&self, object: &Object, _: &View, scene: &Scene<'_>) {
        let Some(infrastructure) = scene.infrastructure else {
            return;
        };
        let reused = object.text("/spec/config/id");
        if object.is_deleting() {
            // The load balancer of the user stays. Ours is accepted for deletion, not gone, when the finalizer goes.
            let accepted = !reused.is_empty()
                || own(object, infrastructure).iter().all(|id| {
                    !matches!(
                        infrastructure.cloud.remove(BALANCERS, id),
                        Removal::Blocked(_)
                    )
                });
            if accepted {
                scene.remove_finalizer(object, FINALIZER);
            }
            return;
        }
        scene.add_finalizer(object, FINALIZER);
        let id = if reused.is_empty() {
            make(object, infrastructure, scene)
        } else {
            reused.to_owned()
        };
        let name = format!("{id}.{}.alb.aliyuncs.com", infrastructure.region);
        scene.update(object, Part::Status, |value| {
            if let Some(object) = value.as_object_mut() {
                let status = json!({"loadBalancer": {"id": id, "dnsname": name}});
                object.insert("status".to_owned(), status);
            }
        });
    }
}

/// The load balancers that this AlbConfig made: that of its status, or what the tags say.
fn own(config: &Object, infrastructure: &Infrastructure) -> Vec<String> {
    match balancer_of(config) {
        "" => infrastructure
            .cloud
            .find(BALANCERS, |item| {
                tag(item, CLUSTER_TAG) == Some(infrastructure.cluster.as_str())
                    && tag(item, CONFIG_TAG) == Some(config_name(config).as_str())
            })
            .iter()
            .filter_map(|item| item.get("LoadBalancerId")?.as_str().map(str::to_owned))
            .collect(),
        id => vec![id.to_owned()],
    }
}

fn make(config: &Object, infrastructure: &Infrastructure, scene: &Scene<'_>) -> String {
    let id = id("alb-", &[config.uid()]);
    let mappings: Vec<Value> = config
        .value
        .pointer("/spec/config/zoneMappings")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|mapping| Some(json!({"VSwitchId": mapping.get("vSwitchId")?})))
        .collect();
    let text = |pointer: &str, or: &str| match config.text(pointer) {
        "" => or.to_owned(),
        text => text.to_owned(),
    };
    let name_digest = hex::encode(Sha256::digest(config.uid()));
    let name: String = name_digest.chars().take(10).collect();
    let item = json!({
        "LoadBalancerId": id,
        "LoadBalancerName": format!("k8s-kubesystem-{}-{name}", config.name()),
        "LoadBalancerStatus": "Active",
        "LoadBalancerBussinessStatus": "Normal",
        "LoadBalancerEdition": text("/spec/config/edition", "Standard"),
        "LoadBalancerBillingConfig": {"PayType": "PostPay"},
        "AddressType": text("/spec/config/addressType", "Internet"),
        "AddressIpVersion": "IPv4",
        "AddressAllocatedMode": "Fixed",
        "DNSName": format!("{id}.{}.alb.aliyuncs.com", infrastructure.region),
        "CreateTime": timestamp(scene.now),
        "DeletionProtectionConfig": {"Enabled": true, "EnabledTime": timestamp(scene.now)},
        "ModificationProtectionConfig": {"Reason": "", "Status": "ConsoleProtection"},
        "RegionId": infrastructure.region,
        "ZoneMappings": mappings,
        "Tags": [
            {"Key": CLUSTER_TAG, "Value": infrastructure.cluster},
            {"Key": CONFIG_TAG, "Value": config_name(config)},
            {"Key": "ingress.k8s.alibaba/resource", "Value": "ApplicationLoadBalancer"},
        ],
    });
    infrastructure
        .cloud
        .put(BALANCERS, &infrastructure.region, item);
    id
}
