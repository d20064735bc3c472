//! The namespace controller: a namespace that is being deleted is emptied, and goes when nothing is left in it.
//!
//! Follows kubernetes/kubernetes `pkg/controller/namespace/deletion/` (`namespaced_resources_deleter.go`,
//! `status_condition_utils.go`). Pods go first, and only when none is left the rest: KEP-5080, in every server since 1.34 and by
//! default since 1.33. Older servers begin with everything at once.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::super::store::{DeleteOptions, Object, Part, View, timestamp};
use super::{Controller, Scene, Wait};

const FINALIZER: &str = "kubernetes";

/// How long it waits for what is on its way out (`finalizerEstimateSeconds`).
const AGAIN_SECONDS: i64 = 15;

pub(super) struct Namespaces;

impl Controller for Namespaces {
    fn wants(&self, object: &Object, view: &View, _: &Scene<'_>) -> Option<Wait> {
        if object.kind.kind != "Namespace" || !object.is_deleting() || !is_held(object) {
            return None;
        }
        let stage = stage(object, view);
        if stage.is_empty() || stage.iter().any(|inside| !inside.is_deleting()) {
            return Some(Wait::seconds(1));
        }
        Some(Wait::seconds(AGAIN_SECONDS))
    }

    fn act(&self, object: &Object, view: &View, scene: &Scene<'_>) {
        let stage = stage(object, view);
        if stage.is_empty() {
            scene.update(object, Part::Status, |value| {
                set_conditions(value, &Remaining::default(), scene);
            });
            scene.update(object, Part::Finalize, |value| {
                let finalizers = value
                    .pointer_mut("/spec/finalizers")
                    .and_then(Value::as_array_mut);
                if let Some(finalizers) = finalizers {
                    finalizers.retain(|finalizer| finalizer != FINALIZER);
                }
            });
            return;
        }
        // Never as orphan makers: everything in the namespace goes anyway.
        let options = |content: &Object| DeleteOptions {
            orphan_dependents: Some(false),
            ..DeleteOptions::of_uid(&content.value)
        };
        for inside in stage.iter().filter(|inside| !inside.is_deleting()) {
            scene.delete_with(inside, &options(inside));
        }
        let after = scene.store.view();
        // While Pods are waited for nothing is counted, so that the conditions say that all content is removed. Seen on real
        // servers; which versions write them in that stage is unverified, so this is the worse branch.
        let remaining = if stage.iter().any(|inside| is_pod(inside)) {
            Remaining::default()
        } else {
            Remaining::of(content(object, &after))
        };
        scene.update(object, Part::Status, |value| {
            set_conditions(value, &remaining, scene);
        });
    }
}

fn is_held(namespace: &Object) -> bool {
    namespace
        .value
        .pointer("/spec/finalizers")
        .and_then(Value::as_array)
        .is_some_and(|finalizers| finalizers.iter().any(|finalizer| finalizer == FINALIZER))
}

fn content<'v>(namespace: &'v Object, view: &'v View) -> impl Iterator<Item = &'v Object> + 'v {
    view.objects()
        .iter()
        .filter(|object| object.kind.namespaced && object.namespace() == namespace.name())
}

/// What is to go now: the Pods, or when there are none everything else.
fn stage<'v>(namespace: &'v Object, view: &'v View) -> Vec<&'v Object> {
    let content: Vec<&Object> = content(namespace, view).collect();
    let pods: Vec<&Object> = content
        .iter()
        .copied()
        .filter(|object| is_pod(object))
        .collect();
    if pods.is_empty() { content } else { pods }
}

fn is_pod(object: &Object) -> bool {
    object.kind.kind == "Pod" && object.kind.group.is_empty()
}

/// What the conditions count.
#[derive(Default)]
struct Remaining {
    resources: BTreeMap<String, usize>,
    finalizers: BTreeMap<String, usize>,
}

impl Remaining {
    fn of<'o>(content: impl Iterator<Item = &'o Object>) -> Self {
        let mut remaining = Self::default();
        for object in content {
            let resource = format!("{}.{}", object.kind.plural, object.kind.group);
            *remaining.resources.entry(resource).or_default() += 1;
            let finalizers = object
                .value
                .pointer("/metadata/finalizers")
                .and_then(Value::as_array);
            for finalizer in finalizers.into_iter().flatten().filter_map(Value::as_str) {
                *remaining
                    .finalizers
                    .entry(finalizer.to_owned())
                    .or_default() += 1;
            }
        }
        remaining
    }
}

fn set_conditions(namespace: &mut Value, remaining: &Remaining, scene: &Scene<'_>) {
    let counted = |counts: &BTreeMap<String, usize>, word: &str| {
        let parts: Vec<String> = counts
            .iter()
            .map(|(name, count)| format!("{name} {word} {count} resource instances"))
            .collect();
        parts.join(", ")
    };
    let removed = (
        "False",
        "ContentRemoved",
        "All content successfully removed".to_owned(),
    );
    let content = if remaining.resources.is_empty() {
        removed
    } else {
        let list = counted(&remaining.resources, "has");
        (
            "True",
            "SomeResourcesRemain",
            format!("Some resources are remaining: {list}"),
        )
    };
    let finalizers = if remaining.finalizers.is_empty() {
        (
            "False",
            "ContentHasNoFinalizers",
            "All content-preserving finalizers finished".to_owned(),
        )
    } else {
        let list = counted(&remaining.finalizers, "in");
        (
            "True",
            "SomeFinalizersRemain",
            format!("Some content in the namespace has finalizers remaining: {list}"),
        )
    };
    let fine = |reason: &'static str, message: &str| ("False", reason, message.to_owned());
    let wanted = [
        (
            "NamespaceDeletionDiscoveryFailure",
            fine(
                "ResourcesDiscovered",
                "All resources successfully discovered",
            ),
        ),
        (
            "NamespaceDeletionGroupVersionParsingFailure",
            fine(
                "ParsedGroupVersions",
                "All legacy kube types successfully parsed",
            ),
        ),
        (
            "NamespaceDeletionContentFailure",
            fine(
                "ContentDeleted",
                "All content successfully deleted, may be waiting on finalization",
            ),
        ),
        ("NamespaceContentRemaining", content),
        ("NamespaceFinalizersRemaining", finalizers),
    ];
    let before = namespace.pointer("/status/conditions").cloned();
    let since = |kind: &str, status: &str| {
        before
            .as_ref()
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .find(|condition| {
                condition.get("type").and_then(Value::as_str) == Some(kind)
                    && condition.get("status").and_then(Value::as_str) == Some(status)
            })
            .and_then(|condition| condition.get("lastTransitionTime").cloned())
            .unwrap_or_else(|| json!(timestamp(scene.now)))
    };
    let conditions: Vec<Value> = wanted
        .into_iter()
        .map(|(kind, (status, reason, message))| {
            json!({
                "type": kind,
                "status": status,
                "lastTransitionTime": since(kind, status),
                "reason": reason,
                "message": message,
            })
        })
        .collect();
    if let Some(status) = namespace.get_mut("status").and_then(Value::as_object_mut) {
        status.insert("conditions".to_owned(), json!(conditions));
    }
}
