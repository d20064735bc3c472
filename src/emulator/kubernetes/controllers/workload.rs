//! Deployments, replica sets and the scheduler: Pods come back as long as their owner lives.
//!
//! The shape of kubernetes/kubernetes `pkg/controller/deployment` and `pkg/controller/replicaset`, without roll-outs: a
//! Deployment keeps the one replica set that it has.

use serde_json::{Value, json};

use super::super::store::{Object, Part, Propagation, View, suffix, timestamp};
use super::{Controller, Scene, Wait};

fn replicas(object: &Object) -> usize {
    object
        .value
        .pointer("/spec/replicas")
        .and_then(Value::as_u64)
        .and_then(|replicas| usize::try_from(replicas).ok())
        .unwrap_or(1)
}

/// Whether its namespace takes new objects.
fn may_create(object: &Object, view: &View) -> bool {
    view.find("Namespace", "", object.namespace())
        .is_some_and(|namespace| !namespace.is_deleting())
}

fn controlled<'v>(
    view: &'v View,
    owner: &'v Object,
    kind: &'v str,
) -> impl Iterator<Item = &'v Object> + 'v {
    view.dependents(owner.uid())
        .filter(move |object| object.kind.kind == kind && object.is_controlled_by(owner.uid()))
}

fn reference(owner: &Object) -> Value {
    json!([{
        "apiVersion": owner.kind.api_version(),
        "kind": owner.kind.kind,
        "name": owner.name(),
        "uid": owner.uid(),
        "controller": true,
        "blockOwnerDeletion": true,
    }])
}

/// Sets the counts of a status.
fn count(object: &Object, scene: &Scene<'_>, running: usize) {
    scene.update(object, Part::Status, |value| {
        if let Some(object) = value.as_object_mut() {
            let status = object.entry("status").or_insert_with(|| json!({}));
            if let Some(status) = status.as_object_mut() {
                for field in ["replicas", "readyReplicas", "availableReplicas"] {
                    status.insert(field.to_owned(), json!(running));
                }
            }
        }
    });
}

pub(super) struct Deployments;

impl Controller for Deployments {
    fn wants(&self, object: &Object, view: &View, _: &Scene<'_>) -> Option<Wait> {
        if object.kind.kind != "Deployment" || object.is_deleting() {
            return None;
        }
        let mut sets = controlled(view, object, "ReplicaSet").peekable();
        let differs = if sets.peek().is_none() {
            may_create(object, view)
        } else {
            sets.any(|set| !set.is_deleting() && replicas(set) != replicas(object))
        };
        differs.then(|| Wait::seconds(1))
    }

    fn act(&self, object: &Object, view: &View, scene: &Scene<'_>) {
        let mut sets = controlled(view, object, "ReplicaSet").peekable();
        if sets.peek().is_none() {
            let hash = suffix(
                &object
                    .value
                    .pointer("/spec/template")
                    .cloned()
                    .unwrap_or_default()
                    .to_string(),
            );
            let mut template = object
                .value
                .pointer("/spec/template")
                .cloned()
                .unwrap_or_default();
            let mut selector = object
                .value
                .pointer("/spec/selector")
                .cloned()
                .unwrap_or_default();
            for labels in [
                template.pointer_mut("/metadata/labels"),
                selector.pointer_mut("/matchLabels"),
            ] {
                if let Some(labels) = labels.and_then(Value::as_object_mut) {
                    labels.insert("pod-template-hash".to_owned(), json!(hash));
                }
            }
            let manifest = json!({
                "metadata": {
                    "name": format!("{}-{hash}", object.name()),
                    "labels": template.pointer("/metadata/labels").cloned().unwrap_or_default(),
                    "ownerReferences": reference(object),
                },
                "spec": {"replicas": replicas(object), "selector": selector, "template": template},
            });
            scene.create("apps", "v1", "replicasets", object.namespace(), manifest);
        }
        for set in sets.filter(|set| replicas(set) != replicas(object)) {
            scene.update(set, Part::Main, |value| {
                if let Some(spec) = value.get_mut("spec").and_then(Value::as_object_mut) {
                    spec.insert("replicas".to_owned(), json!(replicas(object)));
                }
            });
        }
        count(object, scene, replicas(object));
    }
}

pub(super) struct ReplicaSets;

impl Controller for ReplicaSets {
    fn wants(&self, object: &Object, view: &View, _: &Scene<'_>) -> Option<Wait> {
        if object.kind.kind != "ReplicaSet" || object.is_deleting() {
            return None;
        }
        let has = living(view, object).count();
        let differs =
            has > replicas(object) || (has < replicas(object) && may_create(object, view));
        differs.then(|| Wait::seconds(1))
    }

    fn act(&self, object: &Object, view: &View, scene: &Scene<'_>) {
        let pods: Vec<&Object> = living(view, object).collect();
        for pod in pods.iter().skip(replicas(object)) {
            scene.delete(pod, Propagation::Background);
        }
        for _ in pods.len()..replicas(object) {
            let template = object
                .value
                .pointer("/spec/template")
                .cloned()
                .unwrap_or_default();
            let manifest = json!({
                "metadata": {
                    "generateName": format!("{}-", object.name()),
                    "labels": template.pointer("/metadata/labels").cloned().unwrap_or_default(),
                    "ownerReferences": reference(object),
                },
                "spec": template.get("spec").cloned().unwrap_or_default(),
            });
            scene.create("", "v1", "pods", object.namespace(), manifest);
        }
        count(object, scene, replicas(object));
    }
}

/// The Pods of a replica set that are not on their way out.
fn living<'v>(view: &'v View, set: &'v Object) -> impl Iterator<Item = &'v Object> + 'v {
    controlled(view, set, "Pod").filter(|pod| {
        !pod.is_deleting() && !matches!(pod.text("/status/phase"), "Succeeded" | "Failed")
    })
}

/// Scheduler and start of a Pod in one: it runs on the first node that takes Pods. Without one it stays pending.
pub(super) struct Scheduler;

impl Controller for Scheduler {
    fn wants(&self, object: &Object, view: &View, _: &Scene<'_>) -> Option<Wait> {
        let waits = object.kind.kind == "Pod"
            && !object.is_deleting()
            && object.text("/spec/nodeName").is_empty()
            && node(view).is_some();
        waits.then(|| Wait::seconds(2))
    }

    fn act(&self, object: &Object, view: &View, scene: &Scene<'_>) {
        let Some(node) = node(view) else {
            return;
        };
        scene.update(object, Part::Main, |value| {
            if let Some(spec) = value.get_mut("spec").and_then(Value::as_object_mut) {
                spec.insert("nodeName".to_owned(), json!(node.name()));
            }
        });
        scene.update(object, Part::Status, |value| {
            let status = json!({
                "phase": "Running",
                "startTime": timestamp(scene.now),
                "conditions": [
                    {"type": "Ready", "status": "True", "lastTransitionTime": timestamp(scene.now)},
                ],
            });
            if let Some(object) = value.as_object_mut() {
                object.insert("status".to_owned(), status);
            }
        });
    }
}

fn node(view: &View) -> Option<&Object> {
    view.of_kind("Node")
        .find(|node| node.value.pointer("/spec/unschedulable") != Some(&Value::Bool(true)))
}
