//! What ends Pods: the kubelet of their node, or the Pod collector where the node is gone.

use chrono::{DateTime, Utc};

use super::super::store::{DeleteOptions, Object, View};
use super::{Controller, Scene, Wait};

/// How long a Pod may name a node that is not there (`pkg/controller/podgc/gc_controller.go`: `quarantineTime`).
const QUARANTINE_SECONDS: i64 = 40;

/// Confirms the end of Pods on living nodes. The whole grace period is taken: a program that ends sooner is the lucky case.
pub(super) struct Kubelet;

impl Controller for Kubelet {
    fn wants(&self, object: &Object, view: &View, _: &Scene<'_>) -> Option<Wait> {
        let its_work = object.kind.kind == "Pod"
            && object.is_deleting()
            && lives(view, object.text("/spec/nodeName"))
            // A Pod whose grace is over and that stays has other finalizers: the kubelet has done its part.
            && object
                .value
                .pointer("/metadata/deletionGracePeriodSeconds")
                .and_then(serde_json::Value::as_i64)
                .is_some_and(|grace| grace > 0);
        if !its_work {
            return None;
        }
        let until =
            DateTime::parse_from_rfc3339(object.text("/metadata/deletionTimestamp")).ok()?;
        Some(Wait::Until(until.with_timezone(&Utc)))
    }

    fn act(&self, object: &Object, _: &View, scene: &Scene<'_>) {
        scene.delete_with(object, &at_once(object));
    }
}

/// Deletes Pods whose node is not there.
pub(super) struct PodCollector;

impl Controller for PodCollector {
    fn wants(&self, object: &Object, view: &View, _: &Scene<'_>) -> Option<Wait> {
        let node = object.text("/spec/nodeName");
        let is_lost = object.kind.kind == "Pod" && !node.is_empty() && !lives(view, node);
        let is_done = object.is_deleting()
            && object
                .value
                .pointer("/metadata/deletionGracePeriodSeconds")
                .and_then(serde_json::Value::as_i64)
                == Some(0);
        if is_lost && !is_done {
            return Some(Wait::seconds(QUARANTINE_SECONDS));
        }
        None
    }

    fn act(&self, object: &Object, _: &View, scene: &Scene<'_>) {
        scene.delete_with(object, &at_once(object));
    }
}

fn lives(view: &View, node: &str) -> bool {
    !node.is_empty() && view.find("Node", "", node).is_some()
}

fn at_once(object: &Object) -> DeleteOptions {
    DeleteOptions {
        grace_period_seconds: Some(0),
        ..DeleteOptions::of_uid(&object.value)
    }
}
