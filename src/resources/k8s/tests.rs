//! Every type against an object as an API server lists it: values, links, and what broken fields do.

use serde_json::{Value, json};

use super::*;
use crate::model::{AccountId, Cell, LinkKind, Region, Resource, ResourceId, TypeId};
use crate::resources::testing::cell_of;
use crate::resources::{RESOURCE_TYPES, ResourceType, linking_to};

const CLUSTER: &str = "c1234567890abcdef1234567890abcdef";

/// Stands in every place that must not be kept.
const SECRET: &str = "secret-that-must-not-be-kept";

fn cell() -> Cell {
    cell_of(
        "cn-hangzhou",
        ResourceId {
            account: AccountId::from_static("0000000000000042"),
            region: Region::new("cn-hangzhou"),
            type_id: TypeId::from_static("ack.cluster"),
            id: CLUSTER.to_owned(),
        },
    )
}

/// Metadata with everything that must not be kept.
fn metadata(namespace: Option<&str>, name: &str, more: &Value) -> Value {
    let mut metadata = json!({
        "name": name,
        "uid": format!("uid-{name}"),
        "resourceVersion": "4711",
        "creationTimestamp": "2026-01-15T08:00:00Z",
        "labels": {"app": name, "unlisted": SECRET},
        "annotations": {
            "kubectl.kubernetes.io/last-applied-configuration": SECRET,
            "unlisted": SECRET,
        },
        "managedFields": [{"manager": SECRET}],
    });
    if let Some(namespace) = namespace {
        metadata["namespace"] = json!(namespace);
    }
    for (field, value) in more.as_object().unwrap() {
        if let (Some(old), Some(new)) = (metadata[field].as_object_mut(), value.as_object()) {
            old.extend(new.clone());
        } else {
            metadata[field] = value.clone();
        }
    }
    metadata
}

/// One object of each type, as the scenario `ack-sop` has them.
fn sample(type_id: &str) -> Value {
    let app = Some("my-app");
    let none = json!({});
    match type_id {
        "k8s.namespace" => json!({
            "metadata": metadata(None, "my-app", &none),
            "spec": {"finalizers": ["kubernetes"]},
            "status": {"phase": "Active"},
        }),
        "k8s.deployment" => json!({
            "metadata": metadata(app, "my-app", &none),
            "spec": {"replicas": 2, "template": {"spec": {"containers": [{
                "name": "my-app",
                "image": "registry.cn-hangzhou.aliyuncs.com/my-namespace/my-app:v1.0.0",
                "env": [{"name": "PASSWORD", "value": SECRET}],
            }]}}},
            "status": {"replicas": 2, "readyReplicas": 1, "availableReplicas": 1},
        }),
        "k8s.pod" => json!({
            "metadata": metadata(app, "my-app-6d5f9c7b8d-x2x4z", &json!({
                "labels": {"pod-template-hash": "6d5f9c7b8d"},
                "annotations": {"k8s.aliyun.com/pod-with-eip": "true"},
                "ownerReferences": [{"apiVersion": "apps/v1", "kind": "ReplicaSet",
                    "name": "my-app-6d5f9c7b8d", "uid": "u", "controller": true}],
            })),
            "spec": {
                "nodeName": "cn-hangzhou.192.168.0.10",
                "containers": [{
                    "name": "my-app",
                    "image": "registry.cn-hangzhou.aliyuncs.com/my-namespace/my-app:v1.0.0",
                    "env": [{"name": "PASSWORD", "value": SECRET}],
                    "resources": {"requests": {"cpu": "500m", "memory": "512Mi"}},
                }],
                "volumes": [
                    {"name": "data", "persistentVolumeClaim": {"claimName": "my-app-data"}},
                    {"name": "secret", "secret": {"secretName": SECRET}},
                ],
            },
            "status": {"phase": "Running", "podIP": "192.168.0.20", "qosClass": "Burstable"},
        }),
        "k8s.service" => json!({
            "metadata": metadata(app, "my-app", &json!({
                "labels": {"service.k8s.alibaba/loadbalancer-id": "lb-bp1abc"},
                "finalizers": ["service.k8s.alibaba/resources"],
            })),
            "spec": {"type": "LoadBalancer", "clusterIP": "172.16.0.10"},
            "status": {"loadBalancer": {"ingress": [{"ip": "47.0.0.1"}]}},
        }),
        "k8s.ingress" => json!({
            "metadata": metadata(app, "my-app", &json!({
                "finalizers": ["ingress.k8s.alibaba/resources"],
            })),
            "spec": {
                "ingressClassName": "alb",
                "tls": [{"hosts": ["www.example.com"], "secretName": SECRET}],
                "rules": [{"host": "www.example.com", "http": {"paths": [
                    {"path": "/", "pathType": "Prefix",
                        "backend": {"service": {"name": "my-app", "port": {"number": 80}}}},
                    {"path": "/api", "pathType": "Prefix",
                        "backend": {"service": {"name": "my-app", "port": {"number": 80}}}},
                ]}}],
            },
            "status": {"loadBalancer": {"ingress": [
                {"hostname": "alb-x.cn-hangzhou.alb.aliyuncs.com"}]}},
        }),
        "k8s.ingress_class" => json!({
            "metadata": metadata(None, "alb", &none),
            "spec": {"controller": "ingress.k8s.alibabacloud/alb", "parameters":
                {"apiGroup": "alibabacloud.com", "kind": "AlbConfig", "name": "alb"}},
        }),
        "k8s.alb_config" => json!({
            "apiVersion": "alibabacloud.com/v1",
            "kind": "AlbConfig",
            "metadata": metadata(None, "alb", &json!({
                "finalizers": ["ingress.k8s.alibaba/resources"],
            })),
            "spec": {"config": {
                "name": "my-alb", "edition": "Basic", "addressType": "Internet",
                "deletionProtectionEnabled": true,
                "zoneMappings": [{"vSwitchId": "vsw-h"}, {"vSwitchId": "vsw-i"}],
            }, "listeners": [{"port": 80, "protocol": "HTTP"}]},
            "status": {"loadBalancer": {
                "dnsname": "alb-x.cn-hangzhou.alb.aliyuncs.com", "id": "alb-x"}},
        }),
        "k8s.persistent_volume_claim" => json!({
            "metadata": metadata(app, "my-app-data", &json!({
                "finalizers": ["kubernetes.io/pvc-protection"],
            })),
            "spec": {"accessModes": ["ReadWriteOnce"], "storageClassName": "alicloud-disk-essd",
                "volumeName": "d-bp1data", "resources": {"requests": {"storage": "20Gi"}}},
            "status": {"phase": "Bound", "capacity": {"storage": "20Gi"}},
        }),
        "k8s.persistent_volume" => json!({
            "metadata": metadata(None, "d-bp1data", &json!({
                "annotations": {"pv.kubernetes.io/provisioned-by": "diskplugin.csi.alibabacloud.com"},
            })),
            "spec": {
                "capacity": {"storage": "20Gi"}, "accessModes": ["ReadWriteOnce"],
                "persistentVolumeReclaimPolicy": "Delete",
                "storageClassName": "alicloud-disk-essd",
                "claimRef": {"namespace": "my-app", "name": "my-app-data"},
                "csi": {"driver": "diskplugin.csi.alibabacloud.com", "volumeHandle": "d-bp1data",
                    "volumeAttributes": {"type": "cloud_essd", "secret": SECRET}},
            },
            "status": {"phase": "Bound"},
        }),
        "k8s.node" => json!({
            "metadata": metadata(None, "cn-hangzhou.192.168.0.10", &json!({"labels": {
                "node.alibabacloud.com/nodepool-id": "np1",
                "node.alibabacloud.com/instance-charge-type": "PostPaid",
                "topology.kubernetes.io/zone": "cn-hangzhou-h",
                "node-role.kubernetes.io/worker": "",
            }})),
            "spec": {"providerID": "cn-hangzhou.i-bp1node"},
            "status": {
                "conditions": [{"type": "DiskPressure", "status": "False"},
                    {"type": "Ready", "status": "True"}],
                "capacity": {"cpu": "2", "memory": "4Gi"},
                "allocatable": {"cpu": "1900m", "memory": "3Gi"},
                "nodeInfo": {"kubeletVersion": "v1.34.1-aliyun.1"},
            },
        }),
        "k8s.stateful_set" => json!({
            "metadata": metadata(app, "db", &none),
            "spec": {"replicas": 3, "serviceName": "db", "template": {"spec": {"containers": [{
                "name": "db", "image": "registry.cn-hangzhou.aliyuncs.com/my-namespace/db:v1",
                "env": [{"name": "PASSWORD", "value": SECRET}]}]}},
                "volumeClaimTemplates": [{"metadata": {"name": "data"}}],
                "persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Retain"}},
            "status": {"replicas": 3, "readyReplicas": 2},
        }),
        "k8s.daemon_set" => json!({
            "metadata": metadata(app, "agent", &none),
            "spec": {"template": {"spec": {"containers": [{"name": "agent", "image": "agent:v1"}]}}},
            "status": {"desiredNumberScheduled": 2, "numberReady": 1, "numberAvailable": 1, "numberMisscheduled": 0},
        }),
        "k8s.replica_set" => json!({
            "metadata": metadata(app, "my-app-6d5f9c7b8d", &json!({"ownerReferences": [
                {"apiVersion": "apps/v1", "kind": "Deployment", "name": "my-app", "uid": "u", "controller": true}]})),
            "spec": {"replicas": 2, "template": {"spec": {"containers": [{"name": "my-app", "image": "my-app:v1"}]}}},
            "status": {"replicas": 2, "readyReplicas": 2, "availableReplicas": 2},
        }),
        "k8s.job" => json!({
            "metadata": metadata(app, "report-29401", &json!({"ownerReferences": [
                {"apiVersion": "batch/v1", "kind": "CronJob", "name": "report", "uid": "u", "controller": true}]})),
            "spec": {"completions": 1, "parallelism": 1, "suspend": false,
                "template": {"spec": {"containers": [{"name": "report", "image": "report:v1"}]}}},
            "status": {"succeeded": 1, "startTime": "2026-01-15T08:00:00Z", "completionTime": "2026-01-15T08:01:00Z"},
        }),
        "k8s.cron_job" => json!({
            "metadata": metadata(app, "report", &none),
            "spec": {"schedule": "0 3 * * *", "timeZone": "Asia/Shanghai", "suspend": false,
                "jobTemplate": {"spec": {"template": {"spec": {
                    "containers": [{"name": "report", "image": "report:v1",
                        "env": [{"name": "PASSWORD", "value": SECRET}]}],
                    "volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "my-app-data"}}],
                }}}}},
            "status": {"lastScheduleTime": "2026-01-15T08:00:00Z"},
        }),
        "k8s.storage_class" => json!({
            "metadata": metadata(None, "alicloud-disk-essd", &json!({
                "annotations": {"storageclass.kubernetes.io/is-default-class": "true"}})),
            "provisioner": "diskplugin.csi.alibabacloud.com", "reclaimPolicy": "Delete",
            "volumeBindingMode": "WaitForFirstConsumer", "allowVolumeExpansion": true,
            "parameters": {"type": "cloud_essd", "performanceLevel": "PL1",
                "csi.storage.k8s.io/provisioner-secret-name": SECRET},
        }),
        "k8s.volume_snapshot" => json!({
            "apiVersion": "snapshot.storage.k8s.io/v1",
            "kind": "VolumeSnapshot",
            "metadata": metadata(app, "before-upgrade", &none),
            "spec": {"volumeSnapshotClassName": "disk",
                "source": {"persistentVolumeClaimName": "my-app-data"}},
            "status": {"readyToUse": true, "restoreSize": "20Gi", "creationTime": "2026-01-15T08:00:00Z",
                "boundVolumeSnapshotContentName": "snapcontent-1"},
        }),
        "k8s.endpoint_slice" => json!({
            "metadata": metadata(app, "my-app-x2x4z", &json!({
                "labels": {"kubernetes.io/service-name": "my-app"},
                "ownerReferences": [{"apiVersion": "v1", "kind": "Service", "name": "my-app", "uid": "u"}]})),
            "addressType": "IPv4",
            "endpoints": [
                {"addresses": ["192.168.0.20"], "nodeName": "cn-hangzhou.192.168.0.10", "conditions": {"ready": true}},
                {"addresses": ["192.168.0.21"], "conditions": {"ready": false}},
            ],
        }),
        "k8s.horizontal_pod_autoscaler" => json!({
            "metadata": metadata(app, "my-app", &none),
            "spec": {"minReplicas": 1, "maxReplicas": 5,
                "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "my-app"}},
            "status": {"currentReplicas": 2, "desiredReplicas": 2},
        }),
        "k8s.pod_disruption_budget" => json!({
            "metadata": metadata(app, "my-app", &none),
            "spec": {"minAvailable": "50%"},
            "status": {"disruptionsAllowed": 0, "currentHealthy": 1, "desiredHealthy": 1, "expectedPods": 2},
        }),
        other => panic!("no sample of {other}"),
    }
}

fn types() -> impl Iterator<Item = &'static dyn ResourceType> {
    RESOURCE_TYPES
        .iter()
        .copied()
        .filter(|one| one.spec().type_id.is_kubernetes())
}

fn decoded(type_of: &dyn ResourceType, raw: &Value) -> Resource {
    type_of.decode(raw, &cell()).unwrap()
}

/// `kind type id` of each link; the cluster is left out of ids, and `<-` marks links from elsewhere.
fn links(type_of: &dyn ResourceType, raw: &Value) -> Vec<String> {
    let resource = decoded(type_of, raw);
    let mut links: Vec<String> = type_of
        .links(&resource)
        .into_iter()
        .map(|link| {
            let is_own = link.from == resource.id;
            let (far, arrow) = if is_own {
                (&link.to, "")
            } else {
                (&link.from, "<-")
            };
            assert!(is_own || link.to == resource.id);
            let id = far.id.replace(&format!("{CLUSTER}/"), "");
            format!("{arrow}{} {} {id}", link.kind.as_str(), far.type_id)
        })
        .filter(|link| *link != format!("uses ack.cluster {CLUSTER}"))
        .collect();
    links.sort();
    links
}

fn edited(type_id: &str, pointer: &str, value: Value) -> Value {
    let mut raw = sample(type_id);
    *raw.pointer_mut(pointer).unwrap() = value;
    raw
}

#[test]
fn each_kind_says_what_its_links_may_lead_to() {
    let mut untold = Vec::new();
    for type_of in types() {
        let resource = decoded(type_of, &sample(type_of.spec().type_id.as_str()));
        for link in type_of.links(&resource) {
            let is_told = link.from != resource.id
                || linking_to(link.to.type_id.as_str())
                    .any(|from| from.spec().type_id == resource.id.type_id);
            if !is_told {
                untold.push(format!("{} -> {}", resource.id.type_id, link.to.type_id));
            }
        }
    }
    assert_eq!(untold, Vec::<String>::new());
}

#[test]
fn every_object_has_an_id_in_its_cluster_and_uses_it() {
    for type_of in types() {
        let type_id = type_of.spec().type_id.as_str();
        let raw = sample(type_id);
        let resource = decoded(type_of, &raw);
        let name = raw["metadata"]["name"].as_str().unwrap();
        let expected = match raw["metadata"]["namespace"].as_str() {
            Some(namespace) => format!("{CLUSTER}/{namespace}/{name}"),
            None => format!("{CLUSTER}/{name}"),
        };
        assert_eq!(resource.id.id, expected);
        assert_eq!(resource.name.as_deref(), Some(name));
        assert_eq!(resource.text("uid"), Some(format!("uid-{name}").as_str()));
        assert!(resource.created.is_some());
        assert!(resource.unreadable.is_empty());
        let cluster = type_of
            .links(&resource)
            .into_iter()
            .find(|link| link.to.type_id.as_str() == "ack.cluster" && link.kind == LinkKind::Uses);
        assert_eq!(cluster.unwrap().to.id, CLUSTER);
    }
}

#[test]
fn nothing_that_may_be_secret_is_kept() {
    for type_of in types() {
        let raw = sample(type_of.spec().type_id.as_str());
        assert!(raw.to_string().contains(SECRET));
        let resource = decoded(type_of, &raw);
        let kept = format!("{resource:?} {}", serde_json::to_string(&resource).unwrap());
        assert!(!kept.contains(SECRET), "{kept}");
    }
}

/// Every value of every sample in turn: missing, null, of each other type, huge. Nothing panics; the
/// object is read unless its name or namespace is gone.
#[test]
fn broken_fields_never_panic_and_never_hide_the_object() {
    fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
        let children: Vec<(String, &Value)> = match value {
            Value::Object(map) => map
                .iter()
                .map(|(key, child)| (key.replace('~', "~0").replace('/', "~1"), child))
                .collect(),
            Value::Array(items) => items
                .iter()
                .enumerate()
                .map(|(index, child)| (index.to_string(), child))
                .collect(),
            _ => Vec::new(),
        };
        for (key, child) in children {
            let pointer = format!("{at}/{key}");
            pointers(child, &pointer, found);
            found.push(pointer);
        }
    }
    let huge = "x".repeat(1 << 20);
    let replacements = [
        Value::Null,
        json!(true),
        json!(-1),
        json!(1e300),
        json!(u64::MAX),
        json!(""),
        json!(huge),
        json!("99999999999999999999999999999Ei"),
        json!([]),
        json!([null, 5, {"a": []}]),
        json!({}),
        json!({"a": {"b": 5}}),
    ];
    for type_of in types() {
        let type_id = type_of.spec().type_id.as_str();
        let whole = sample(type_id);
        let mut found = Vec::new();
        pointers(&whole, "", &mut found);
        for pointer in found {
            for replacement in replacements.iter().map(Some).chain([None]) {
                let mut raw = whole.clone();
                if let Some(replacement) = replacement {
                    *raw.pointer_mut(&pointer).unwrap() = replacement.clone();
                } else {
                    let (parent, key) = pointer.rsplit_once('/').unwrap();
                    if let Some(parent) = raw.pointer_mut(parent).unwrap().as_object_mut() {
                        parent.remove(&key.replace("~1", "/").replace("~0", "~"));
                    }
                }
                let names_it = ["/metadata", "/metadata/name", "/metadata/namespace"];
                match type_of.decode(&raw, &cell()) {
                    Ok(resource) => {
                        for link in type_of.links(&resource) {
                            assert!(!link.to.id.is_empty(), "{type_id} {pointer}");
                        }
                    }
                    Err(error) => {
                        assert!(
                            names_it.contains(&pointer.as_str()),
                            "{type_id} {pointer} {error}"
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn an_object_without_name_or_namespace_is_an_error() {
    for pointer in ["/metadata/name", "/metadata/namespace"] {
        let raw = edited("k8s.pod", pointer, Value::Null);
        let error = Pod.decode(&raw, &cell()).unwrap_err();
        assert_eq!(error.path, pointer[1..].replace('/', "."));
    }
}

#[test]
fn each_types_links_are_found() {
    for (type_id, expected) in [
        ("k8s.namespace", vec![]),
        ("k8s.deployment", vec!["uses k8s.namespace my-app"]),
        (
            "k8s.pod",
            vec![
                "<-manages k8s.deployment my-app/my-app",
                "<-manages k8s.replica_set my-app/my-app-6d5f9c7b8d",
                "uses k8s.namespace my-app",
                "uses k8s.node cn-hangzhou.192.168.0.10",
                "uses k8s.persistent_volume_claim my-app/my-app-data",
            ],
        ),
        (
            "k8s.service",
            vec![
                "exposes slb.load_balancer lb-bp1abc",
                "uses k8s.namespace my-app",
            ],
        ),
        (
            "k8s.ingress",
            vec![
                "uses k8s.ingress_class alb",
                "uses k8s.namespace my-app",
                "uses k8s.service my-app/my-app",
            ],
        ),
        ("k8s.ingress_class", vec!["uses k8s.alb_config alb"]),
        (
            "k8s.alb_config",
            vec![
                "exposes alb.load_balancer alb-x",
                "uses vpc.vswitch vsw-h",
                "uses vpc.vswitch vsw-i",
            ],
        ),
        (
            "k8s.persistent_volume_claim",
            vec![
                "uses k8s.namespace my-app",
                "uses k8s.persistent_volume d-bp1data",
            ],
        ),
        ("k8s.persistent_volume", vec!["uses ecs.disk d-bp1data"]),
        ("k8s.node", vec!["uses ecs.instance i-bp1node"]),
        ("k8s.stateful_set", vec!["uses k8s.namespace my-app"]),
        ("k8s.daemon_set", vec!["uses k8s.namespace my-app"]),
        (
            "k8s.replica_set",
            vec![
                "<-manages k8s.deployment my-app/my-app",
                "uses k8s.namespace my-app",
            ],
        ),
        (
            "k8s.job",
            vec![
                "<-manages k8s.cron_job my-app/report",
                "uses k8s.namespace my-app",
            ],
        ),
        (
            "k8s.cron_job",
            vec![
                "uses k8s.namespace my-app",
                "uses k8s.persistent_volume_claim my-app/my-app-data",
            ],
        ),
        ("k8s.storage_class", vec![]),
        (
            "k8s.volume_snapshot",
            vec![
                "made_from k8s.persistent_volume_claim my-app/my-app-data",
                "uses k8s.namespace my-app",
            ],
        ),
        (
            "k8s.endpoint_slice",
            vec![
                "<-manages k8s.service my-app/my-app",
                "uses k8s.namespace my-app",
            ],
        ),
        (
            "k8s.horizontal_pod_autoscaler",
            vec![
                "uses k8s.deployment my-app/my-app",
                "uses k8s.namespace my-app",
            ],
        ),
        (
            "k8s.pod_disruption_budget",
            vec!["uses k8s.namespace my-app"],
        ),
    ] {
        let type_of = crate::resources::find(type_id).unwrap();
        assert_eq!(links(type_of, &sample(type_id)), expected, "{type_id}");
    }
}

#[test]
fn owners_of_our_types_manage_and_others_are_only_noted() {
    let owned_by = |api_version: &str, kind: &str, name: &str| {
        let mut raw = sample("k8s.persistent_volume_claim");
        raw["metadata"]["ownerReferences"] =
            json!([{"apiVersion": api_version, "kind": kind, "name": name}]);
        raw
    };
    let of_pod = owned_by("v1", "Pod", "web-0");
    assert!(
        links(&PersistentVolumeClaim, &of_pod)
            .contains(&"<-manages k8s.pod my-app/web-0".to_owned())
    );
    let of_set = owned_by("apps/v1", "StatefulSet", "web");
    assert!(
        links(&PersistentVolumeClaim, &of_set)
            .contains(&"<-manages k8s.stateful_set my-app/web".to_owned())
    );
    let of_controller = owned_by("v1", "ReplicationController", "web");
    let resource = decoded(&PersistentVolumeClaim, &of_controller);
    let owners = resource.attributes.text_list("owner_references").unwrap();
    assert_eq!(owners, ["ReplicationController/web"]);
    assert!(
        !links(&PersistentVolumeClaim, &of_controller)
            .iter()
            .any(|link| link.starts_with("<-"))
    );
    // The same kind name in another group is something else.
    let foreign = owned_by("example.com/v1", "Pod", "web-0");
    assert!(
        !links(&PersistentVolumeClaim, &foreign)
            .iter()
            .any(|link| link.starts_with("<-"))
    );
}

/// Static pods are owned by their node (kubernetes/kubernetes `pkg/kubelet/pod/mirror_client.go`).
#[test]
fn a_mirror_pod_is_managed_by_its_node() {
    let raw = edited(
        "k8s.pod",
        "/metadata/ownerReferences",
        json!([{"apiVersion": "v1", "kind": "Node", "name": "n1", "controller": true}]),
    );
    assert!(links(&Pod, &raw).contains(&"<-manages k8s.node n1".to_owned()));
}

/// kubernetes/cloud-provider-alibaba-cloud `clbv1/loadbalancer.go`: a load balancer that the
/// annotation names is the user's.
#[test]
fn a_reused_load_balancer_is_used_and_not_exposed() {
    for prefix in ["alibaba-cloud", "alicloud"] {
        let mut raw = sample("k8s.service");
        let key = format!("service.beta.kubernetes.io/{prefix}-loadbalancer-id");
        raw["metadata"]["annotations"][key] = json!("nlb-mine");
        let found = links(&Service, &raw);
        assert!(
            found.contains(&"uses nlb.load_balancer nlb-mine".to_owned()),
            "{found:?}"
        );
        assert!(!found.iter().any(|link| link.starts_with("exposes")));
    }
    let mut raw = sample("k8s.alb_config");
    raw["spec"]["config"]["id"] = json!("alb-x");
    let found = links(&AlbConfig, &raw);
    assert!(
        found.contains(&"uses alb.load_balancer alb-x".to_owned()),
        "{found:?}"
    );
    assert!(!found.iter().any(|link| link.starts_with("exposes")));
}

#[test]
fn service_flags_are_read() {
    let service = decoded(&Service, &sample("k8s.service"));
    let flag = |resource: &Resource, name: &str| resource.attributes.boolean(name).unwrap();
    assert!(!flag(&service, "reuses_load_balancer") && !flag(&service, "preserves_load_balancer"));
    assert_eq!(service.text("service_type"), Some("LoadBalancer"));
    assert_eq!(
        service.attributes.text_list("load_balancer_ips").unwrap(),
        ["47.0.0.1"]
    );
    let finalizers = service.attributes.text_list("finalizers").unwrap();
    assert_eq!(finalizers, ["service.k8s.alibaba/resources"]);
    let mut raw = sample("k8s.service");
    raw["metadata"]["annotations"]["service.beta.kubernetes.io/alibaba-cloud-loadbalancer-preserve-lb-on-delete"] =
        json!("off");
    assert!(flag(&decoded(&Service, &raw), "preserves_load_balancer"));
}

#[test]
fn missing_finalizers_are_none_and_broken_ones_are_unknown() {
    let pod = decoded(&Pod, &sample("k8s.pod"));
    assert_eq!(pod.attributes.text_list("finalizers"), Some(&[][..]));
    let broken = edited("k8s.service", "/metadata/finalizers", json!("x"));
    assert_eq!(
        decoded(&Service, &broken)
            .attributes
            .text_list("finalizers"),
        None
    );
}

#[test]
fn pods_say_what_they_ask_for() {
    let pod = decoded(&Pod, &sample("k8s.pod"));
    let decimal = |name: &str| pod.attributes.decimal(name).map(|value| value.to_string());
    assert_eq!(decimal("cpu_request_cores").as_deref(), Some("0.5"));
    assert_eq!(decimal("memory_request_gib").as_deref(), Some("0.5"));
    assert_eq!(pod.status.as_deref(), Some("Running"));
    let annotations = pod.attributes.text_map("annotations").unwrap();
    assert_eq!(annotations["k8s.aliyun.com/pod-with-eip"], "true");
    assert_eq!(annotations.len(), 1);
}

/// A pod of a `StatefulSet` has no template hash, and a name that only looks like one proves nothing.
#[test]
fn a_deployment_is_derived_only_from_its_replica_set() {
    for (pointer, value) in [
        ("/metadata/labels/pod-template-hash", json!("other")),
        (
            "/metadata/ownerReferences/0/apiVersion",
            json!("example.com/v1"),
        ),
        ("/metadata/ownerReferences/0/kind", json!("StatefulSet")),
    ] {
        let raw = edited("k8s.pod", pointer, value);
        assert!(
            !links(&Pod, &raw)
                .iter()
                .any(|link| link.starts_with("<-manages k8s.deployment")),
            "{pointer}"
        );
    }
}

#[test]
fn the_newer_kinds_say_what_decides_about_them() {
    let class = decoded(&StorageClass, &sample("k8s.storage_class"));
    assert_eq!(class.text("volume_type"), Some("cloud_essd"));
    assert_eq!(class.attributes.boolean("is_default_class"), Some(true));
    let snapshot = decoded(&VolumeSnapshot, &sample("k8s.volume_snapshot"));
    let gib = snapshot.attributes.decimal("restore_size_gib").unwrap();
    assert_eq!(gib.to_string(), "20");
    let slice = decoded(&EndpointSlice, &sample("k8s.endpoint_slice"));
    assert_eq!(slice.text("service_name"), Some("my-app"));
    let count = |name: &str| slice.attributes.integer(name);
    assert_eq!(
        (count("endpoints"), count("ready_endpoints")),
        (Some(2), Some(1))
    );
    let set = decoded(&StatefulSet, &sample("k8s.stateful_set"));
    let templates = set.attributes.text_list("claim_templates");
    assert_eq!(templates, Some(&["data".to_owned()][..]));
    assert_eq!(set.text("claims_when_deleted"), Some("Retain"));
    let cron = decoded(&CronJob, &sample("k8s.cron_job"));
    let images = cron.attributes.text_list("images");
    assert_eq!(images, Some(&["report:v1".to_owned()][..]));
    let budget = decoded(&PodDisruptionBudget, &sample("k8s.pod_disruption_budget"));
    assert_eq!(budget.attributes.integer("disruptions_allowed"), Some(0));
    assert_eq!(budget.text("least_available"), Some("50%"));
}

/// A kind that only looks like one of ours is not what is scaled.
#[test]
fn what_is_scaled_is_told_by_group_and_kind() {
    let path = "/spec/scaleTargetRef/apiVersion";
    let foreign = edited(
        "k8s.horizontal_pod_autoscaler",
        path,
        json!("example.com/v1"),
    );
    let found = links(&HorizontalPodAutoscaler, &foreign);
    assert_eq!(found, ["uses k8s.namespace my-app"]);
}

#[test]
fn only_ecs_nodes_stand_for_instances() {
    for (provider_id, expected) in [
        ("cn-hangzhou.i-bp1node", Some("i-bp1node")),
        ("alicloud://cn-hangzhou.i-bp1node", Some("i-bp1node")),
        ("ack-hybrid://cn-hangzhou.i-bp1node", None),
        ("cn-hangzhou.e01-lingjun", None),
        ("aws:///us-east-1a/i-0abc", None),
        ("i-bp1node", None),
    ] {
        let node = decoded(
            &Node,
            &edited("k8s.node", "/spec/providerID", json!(provider_id)),
        );
        assert_eq!(node.text("instance_id"), expected, "{provider_id}");
    }
    let elsewhere = edited("k8s.node", "/spec/providerID", json!("cn-beijing.i-x"));
    let node = decoded(&Node, &elsewhere);
    let link = Node.links(&node).pop().unwrap();
    assert_eq!(
        (link.to.region.as_str(), link.to.id.as_str()),
        ("cn-beijing", "i-x")
    );
}

#[test]
fn nodes_say_pool_zone_roles_and_readiness() {
    let node = decoded(&Node, &sample("k8s.node"));
    assert_eq!(node.text("node_pool_id"), Some("np1"));
    assert_eq!(node.zone.as_deref(), Some("cn-hangzhou-h"));
    assert_eq!(node.status.as_deref(), Some("Ready"));
    assert_eq!(node.attributes.text_list("roles").unwrap(), ["worker"]);
    assert_eq!(node.attributes.text_map("labels").unwrap().len(), 2);
    let decimal = |name: &str| node.attributes.decimal(name).map(|value| value.to_string());
    assert_eq!(decimal("allocatable_cpu_cores").as_deref(), Some("1.9"));
    assert_eq!(decimal("capacity_memory_gib").as_deref(), Some("4"));
    let labels = json!({
        "node-role.kubernetes.io/control-plane": "", "node-role.kubernetes.io/master": "", "kubernetes.io/role": "master",
    });
    let master = decoded(&Node, &edited("k8s.node", "/metadata/labels", labels));
    let roles = master.attributes.text_list("roles").unwrap();
    assert_eq!(roles, ["control-plane", "master"]);
    let gone = edited("k8s.node", "/status/conditions/1/status", json!("Unknown"));
    assert_eq!(decoded(&Node, &gone).status.as_deref(), Some("Unknown"));
    let silent = edited("k8s.node", "/status/conditions", json!([]));
    assert_eq!(decoded(&Node, &silent).status, None);
}

#[test]
fn volumes_and_claims_say_size_and_origin() {
    let claim = decoded(
        &PersistentVolumeClaim,
        &sample("k8s.persistent_volume_claim"),
    );
    let gib = claim.attributes.decimal("requested_gib").unwrap();
    assert_eq!(gib.to_string(), "20");
    assert_eq!(claim.text("storage_class"), Some("alicloud-disk-essd"));
    let volume = decoded(&PersistentVolume, &sample("k8s.persistent_volume"));
    assert_eq!(volume.text("reclaim_policy"), Some("Delete"));
    assert_eq!(
        volume.text("provisioned_by"),
        Some("diskplugin.csi.alibabacloud.com")
    );
    assert_eq!(volume.text("claim_name"), Some("my-app-data"));
    let nas = edited(
        "k8s.persistent_volume",
        "/spec/csi",
        json!({"driver": "nasplugin.csi.alibabacloud.com", "volumeHandle": "nas-1",
            "volumeAttributes": {"fileSystemId": "0a1b2c", "volumeAs": "filesystem", "deleteVolume": "true"}}),
    );
    let links = |raw: &Value| links(&PersistentVolume, raw);
    assert_eq!(links(&nas), ["uses nas.file_system 0a1b2c"]);
    let nas = decoded(&PersistentVolume, &nas);
    assert_eq!(nas.text("volume_as"), Some("filesystem"));
    assert_eq!(nas.text("delete_volume"), Some("true"));
    // Both spellings stand in manifests of the driver before CSI.
    for option in ["VolumeId", "volumeId"] {
        let mut flex = sample("k8s.persistent_volume");
        let spec = flex["spec"].as_object_mut().unwrap();
        spec.remove("csi");
        let options = json!({option: "d-8vb61ll1g3ykxojuvdg4"});
        let driver = json!({"driver": "alicloud/disk", "options": options});
        spec.insert("flexVolume".to_owned(), driver);
        assert_eq!(links(&flex), ["uses ecs.disk d-8vb61ll1g3ykxojuvdg4"]);
        let mut other = flex.clone();
        other["spec"]["flexVolume"]["driver"] = json!("alicloud/nas");
        assert!(links(&other).is_empty());
    }
}

#[test]
fn an_ingress_says_class_hosts_and_address() {
    let ingress = decoded(&Ingress, &sample("k8s.ingress"));
    let list = |name: &str| ingress.attributes.text_list(name).unwrap().to_vec();
    assert_eq!(list("hosts"), ["www.example.com"]);
    assert_eq!(list("services"), ["my-app"]);
    assert_eq!(
        list("load_balancer_hostnames"),
        ["alb-x.cn-hangzhou.alb.aliyuncs.com"]
    );
    let mut old = sample("k8s.ingress");
    old["metadata"]["annotations"]["kubernetes.io/ingress.class"] = json!("nginx");
    assert_eq!(decoded(&Ingress, &old).text("ingress_class"), Some("nginx"));
}
