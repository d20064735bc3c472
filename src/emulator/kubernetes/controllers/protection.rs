//! What keeps volumes from going too early, and what a volume is without its claim.
//!
//! Follows kubernetes/kubernetes `pkg/controller/volume/pvcprotection`, `pvprotection` and `persistentvolume`.

use serde_json::{Value, json};

use super::super::store::{Object, Part, View};
use super::{Controller, Scene, Wait};

const CLAIM: &str = "kubernetes.io/pvc-protection";
const VOLUME: &str = "kubernetes.io/pv-protection";

/// Lets a claim go when no Pod uses it.
pub(super) struct Claims;

impl Controller for Claims {
    fn wants(&self, object: &Object, view: &View, _: &Scene<'_>) -> Option<Wait> {
        let free = object.kind.kind == "PersistentVolumeClaim"
            && object.is_deleting()
            && object.has_finalizer(CLAIM)
            && !is_used(view, object.namespace(), object.name());
        free.then(|| Wait::seconds(1))
    }

    fn act(&self, object: &Object, _: &View, scene: &Scene<'_>) {
        scene.remove_finalizer(object, CLAIM);
    }
}

/// Whether a Pod that has a node and has not ended names the claim.
pub(super) fn is_used(view: &View, namespace: &str, claim: &str) -> bool {
    view.of_kind("Pod").any(|pod| {
        pod.namespace() == namespace
            && !pod.text("/spec/nodeName").is_empty()
            && !matches!(pod.text("/status/phase"), "Succeeded" | "Failed")
            && pod
                .value
                .pointer("/spec/volumes")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .any(|volume| {
                    volume
                        .pointer("/persistentVolumeClaim/claimName")
                        .and_then(Value::as_str)
                        == Some(claim)
                })
    })
}

/// Lets a volume go when it is bound no more.
pub(super) struct Volumes;

impl Controller for Volumes {
    fn wants(&self, object: &Object, _: &View, _: &Scene<'_>) -> Option<Wait> {
        let free = object.kind.kind == "PersistentVolume"
            && object.is_deleting()
            && object.has_finalizer(VOLUME)
            && object.text("/status/phase") != "Bound";
        free.then(|| Wait::seconds(1))
    }

    fn act(&self, object: &Object, _: &View, scene: &Scene<'_>) {
        scene.remove_finalizer(object, VOLUME);
    }
}

/// Releases a volume whose claim is gone. Under `Retain` it stays so for ever.
pub(super) struct Binder;

impl Controller for Binder {
    fn wants(&self, object: &Object, view: &View, _: &Scene<'_>) -> Option<Wait> {
        let claim = object.text("/spec/claimRef/uid");
        let lost = object.kind.kind == "PersistentVolume"
            && object.text("/status/phase") == "Bound"
            && !claim.is_empty()
            && view.by_uid(claim).is_none();
        lost.then(|| Wait::seconds(1))
    }

    fn act(&self, object: &Object, _: &View, scene: &Scene<'_>) {
        scene.update(object, Part::Status, |value| {
            if let Some(status) = value.get_mut("status").and_then(Value::as_object_mut) {
                status.insert("phase".to_owned(), json!("Released"));
            }
        });
    }
}
