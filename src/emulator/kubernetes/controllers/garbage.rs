//! The garbage collector: what owner references mean for deletion.
//!
//! Follows kubernetes/kubernetes `pkg/controller/garbagecollector/garbagecollector.go` (`attemptToDeleteItem`,
//! `processDeletingDependentsItem`, `attemptToOrphan`).

use serde_json::Value;

use super::super::store::{FOREGROUND, ORPHAN, Object, Part, Propagation, View};
use super::{Controller, Scene, Wait};

/// Deletes what has lost all its owners.
pub(super) struct Collector;

impl Controller for Collector {
    fn wants(&self, object: &Object, view: &View, _: &Scene<'_>) -> Option<Wait> {
        if object.is_deleting() || verdict(object, view) == Verdict::Keep {
            return None;
        }
        Some(Wait::seconds(1))
    }

    fn act(&self, object: &Object, view: &View, scene: &Scene<'_>) {
        match verdict(object, view) {
            Verdict::Keep => {}
            Verdict::Forget => forget(object, scene, |uid| is_absent_or_waits(view, uid)),
            Verdict::Delete(propagation) => scene.delete(object, propagation),
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Keep,
    /// Some owners live: the others are taken out of its references.
    Forget,
    Delete(Propagation),
}

fn verdict(object: &Object, view: &View) -> Verdict {
    let (mut solid, mut dangling, mut waiting) = (false, false, false);
    for owner in object.owners() {
        let uid = owner.get("uid").and_then(Value::as_str).unwrap_or_default();
        match view.by_uid(uid) {
            None => dangling = true,
            Some(owner) if owner.is_deleting() && owner.has_finalizer(FOREGROUND) => waiting = true,
            Some(_) => solid = true,
        }
    }
    if !dangling && !waiting {
        return Verdict::Keep;
    }
    if solid {
        return Verdict::Forget;
    }
    if waiting && view.dependents(object.uid()).next().is_some() {
        return Verdict::Delete(Propagation::Foreground);
    }
    if object.has_finalizer(ORPHAN) {
        Verdict::Delete(Propagation::Orphan)
    } else if object.has_finalizer(FOREGROUND) {
        Verdict::Delete(Propagation::Foreground)
    } else {
        Verdict::Delete(Propagation::Background)
    }
}

fn is_absent_or_waits(view: &View, uid: &str) -> bool {
    view.by_uid(uid)
        .is_none_or(|owner| owner.is_deleting() && owner.has_finalizer(FOREGROUND))
}

/// Takes owners out of an object's references.
fn forget(object: &Object, scene: &Scene<'_>, which: impl Fn(&str) -> bool) {
    scene.update(object, Part::Main, |value| {
        let references = value
            .pointer_mut("/metadata/ownerReferences")
            .and_then(Value::as_array_mut);
        if let Some(references) = references {
            references.retain(|owner| {
                let uid = owner.get("uid").and_then(Value::as_str).unwrap_or_default();
                !which(uid)
            });
        }
    });
}

/// Frees the dependents of what is deleted as an orphan maker.
pub(super) struct Orphaner;

impl Controller for Orphaner {
    fn wants(&self, object: &Object, _: &View, _: &Scene<'_>) -> Option<Wait> {
        if object.is_deleting() && object.has_finalizer(ORPHAN) {
            return Some(Wait::seconds(1));
        }
        None
    }

    fn act(&self, object: &Object, view: &View, scene: &Scene<'_>) {
        for dependent in view.dependents(object.uid()) {
            forget(dependent, scene, |uid| uid == object.uid());
        }
        scene.remove_finalizer(object, ORPHAN);
    }
}

/// Lets go what was waiting for its dependents. Only those that block it count.
pub(super) struct Foreground;

impl Controller for Foreground {
    fn wants(&self, object: &Object, view: &View, _: &Scene<'_>) -> Option<Wait> {
        if !object.is_deleting() || !object.has_finalizer(FOREGROUND) {
            return None;
        }
        let is_blocked = view.dependents(object.uid()).any(|dependent| {
            dependent.owners().any(|owner| {
                owner.get("uid").and_then(Value::as_str) == Some(object.uid())
                    && owner.get("blockOwnerDeletion") == Some(&Value::Bool(true))
            })
        });
        (!is_blocked).then(|| Wait::seconds(1))
    }

    fn act(&self, object: &Object, _: &View, scene: &Scene<'_>) {
        scene.remove_finalizer(object, FOREGROUND);
    }
}
