//! What a cluster's controllers do when its time moves.
//!
//! Level-triggered, as the real ones: a controller looks at the present state of an object, says whether it has work and how
//! long it waits first, and then acts. [`Controllers::run`] plays the time since the last run event by event, so that a client
//! that sleeps for a minute finds what a minute of small steps would have made.
//!
//! The waits are ours: no source says how long a controller takes.

mod cloud_disk;
mod cloud_ingress;
mod cloud_service;
mod garbage;
mod namespace;
mod node;
mod protection;
mod tags;
mod workload;

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use super::store::{DeleteOptions, Object, Part, Propagation, Refused, Store, View};
use crate::emulator::world::cloud::Cloud;

/// Most acts of one run; a run that needs more has two controllers that undo each other's work.
const ACTS: usize = 10_000;

/// Where a cluster's controllers find the cloud.
pub(in crate::emulator) struct Infrastructure {
    /// The cloud.
    pub(in crate::emulator) cloud: Arc<Cloud>,
    /// Id of the cluster.
    pub(in crate::emulator) cluster: String,
    /// Its region.
    pub(in crate::emulator) region: String,
}

impl Infrastructure {
    pub(super) fn now(&self) -> DateTime<Utc> {
        self.cloud.now()
    }

    pub(super) fn settle(&self) {
        self.cloud.settle();
    }

    /// Whether somebody has begun to delete the cluster, or it is gone: then nothing acts any more.
    fn is_ending(&self) -> bool {
        self.cloud
            .item("cs/cluster", &self.cluster)
            .is_none_or(|cluster| {
                let state = cluster.get("state").and_then(Value::as_str);
                matches!(state, Some("deleting" | "deleted" | "delete_failed"))
            })
    }
}

/// Where a controller runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// With the API server.
    ControlPlane,
    /// On the cluster's nodes, and needs the cloud: without a node it stands still.
    Nodes,
}

/// How long a controller waits before it acts.
#[derive(Debug, Clone, Copy)]
enum Wait {
    For(TimeDelta),
    Until(DateTime<Utc>),
}

impl Wait {
    fn seconds(seconds: i64) -> Self {
        Self::For(TimeDelta::seconds(seconds))
    }
}

/// One controller.
trait Controller: Sync {
    /// Where it runs.
    fn place(&self) -> Place {
        Place::ControlPlane
    }

    /// Whether it has work with this object.
    fn wants(&self, object: &Object, view: &View, scene: &Scene<'_>) -> Option<Wait>;

    /// Does it. What is left over it wants again.
    fn act(&self, object: &Object, view: &View, scene: &Scene<'_>);
}

/// Every controller.
const ALL: &[&dyn Controller] = &[
    &garbage::Collector,
    &garbage::Orphaner,
    &garbage::Foreground,
    &namespace::Namespaces,
    &workload::Deployments,
    &workload::ReplicaSets,
    &workload::Scheduler,
    &node::Kubelet,
    &node::PodCollector,
    &protection::Claims,
    &protection::Volumes,
    &protection::Binder,
    &cloud_disk::Attacher,
    &cloud_disk::Provisioner,
    &cloud_disk::Creator,
    &cloud_service::Services,
    &cloud_service::Nodes,
    &cloud_ingress::Ingresses,
    &cloud_ingress::AlbConfigs,
];

/// What a controller may touch.
struct Scene<'s> {
    store: &'s Store,
    infrastructure: Option<&'s Infrastructure>,
    now: DateTime<Utc>,
}

impl Scene<'_> {
    /// Changes the object as it is now; an object that is gone or another one by now is left alone.
    fn update(&self, object: &Object, part: Part, change: impl FnOnce(&mut Value)) {
        let result = self.store.update(
            &object.kind,
            object.namespace(),
            object.name(),
            part,
            false,
            |present| {
                let mut changed = present.clone();
                if present.pointer("/metadata/uid") == object.value.pointer("/metadata/uid") {
                    change(&mut changed);
                }
                Ok(changed)
            },
        );
        note(object, result.map(|_| ()));
    }

    /// Takes a finalizer off.
    fn remove_finalizer(&self, object: &Object, finalizer: &str) {
        self.update(object, Part::Main, |value| {
            let finalizers = value
                .pointer_mut("/metadata/finalizers")
                .and_then(Value::as_array_mut);
            if let Some(finalizers) = finalizers {
                finalizers.retain(|present| present != finalizer);
            }
        });
    }

    /// Puts a finalizer on.
    fn add_finalizer(&self, object: &Object, finalizer: &str) {
        self.update(object, Part::Main, |value| {
            let metadata = value.get_mut("metadata").and_then(Value::as_object_mut);
            let finalizers = metadata
                .map(|metadata| {
                    metadata
                        .entry("finalizers")
                        .or_insert_with(|| Value::Array(Vec::new()))
                })
                .and_then(Value::as_array_mut);
            if let Some(finalizers) = finalizers
                && !finalizers.iter().any(|present| present == finalizer)
            {
                finalizers.push(Value::from(finalizer));
            }
        });
    }

    /// Deletes the object.
    fn delete(&self, object: &Object, propagation: Propagation) {
        self.delete_with(object, &DeleteOptions::of(&object.value, propagation));
    }

    fn delete_with(&self, object: &Object, options: &DeleteOptions) {
        let result = self.store.delete(
            &object.kind,
            object.namespace(),
            object.name(),
            options,
            self.now,
        );
        note(object, result.map(|_| ()));
    }

    /// Creates an object of a served kind.
    fn create(&self, group: &str, version: &str, plural: &str, namespace: &str, manifest: Value) {
        let Some(kind) = self.store.kind(group, version, plural) else {
            return;
        };
        if let Err(refused) = self
            .store
            .create(&kind, namespace, manifest, self.now, false)
        {
            tracing::debug!(?refused, plural, namespace, "a controller cannot create");
        }
    }
}

/// A controller's change may lose a race with another one; it looks again.
fn note(object: &Object, result: Result<(), Refused>) {
    if let Err(refused) = result {
        tracing::debug!(
            ?refused,
            kind = object.kind.kind,
            name = object.name(),
            "a controller's change was refused"
        );
    }
}

/// A controller and the object it has work with.
type Work = (usize, String);

/// The controllers of one cluster, and what they are waiting for.
#[derive(Default)]
pub(super) struct Controllers {
    /// Until when they have acted.
    now: Option<DateTime<Utc>>,
    waiting: BTreeMap<Work, DateTime<Utc>>,
}

impl Controllers {
    /// Does everything that is due until `until`.
    pub(super) fn run(
        &mut self,
        store: &Store,
        infrastructure: Option<&Infrastructure>,
        until: DateTime<Utc>,
    ) {
        if infrastructure.is_some_and(Infrastructure::is_ending) {
            self.waiting.clear();
            return;
        }
        let mut now = self.now.unwrap_or(until).min(until);
        for _ in 0..ACTS {
            let view = store.view();
            let scene = Scene {
                store,
                infrastructure,
                now,
            };
            self.look(&view, &scene);
            let due = self.waiting.iter().min_by_key(|(_, due)| **due);
            let Some((work, due)) = due.map(|(work, due)| (work.clone(), *due)) else {
                break;
            };
            if due > until {
                break;
            }
            now = now.max(due);
            self.waiting.remove(&work);
            let (controller, uid) = work;
            if let (Some(controller), Some(object)) = (ALL.get(controller), view.by_uid(&uid)) {
                let scene = Scene { now, ..scene };
                controller.act(object, &view, &scene);
            }
        }
        self.now = Some(until);
    }

    /// Finds what there is to do; what is known already keeps its time.
    fn look(&mut self, view: &View, scene: &Scene<'_>) {
        let has_node = view.of_kind("Node").next().is_some();
        let mut waiting = BTreeMap::new();
        for (index, controller) in ALL.iter().enumerate() {
            let stands_still =
                controller.place() == Place::Nodes && (!has_node || scene.infrastructure.is_none());
            if stands_still {
                continue;
            }
            for object in view.objects() {
                let Some(wait) = controller.wants(object, view, scene) else {
                    continue;
                };
                let work = (index, object.uid().to_owned());
                let due = match (self.waiting.get(&work), wait) {
                    (_, Wait::Until(time)) => time,
                    (Some(known), Wait::For(_)) => *known,
                    (None, Wait::For(time)) => scene.now + time,
                };
                waiting.insert(work, due);
            }
        }
        self.waiting = waiting;
    }
}
