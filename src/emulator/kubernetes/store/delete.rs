//! Deleting objects as the API server does it: preconditions, grace, finalizers.
//!
//! Follows kubernetes/kubernetes `staging/src/k8s.io/apiserver/pkg/registry/rest/delete.go`
//! (`BeforeDelete`), `registry/generic/registry/store.go` (`Delete`) and
//! `pkg/registry/core/namespace/storage/storage.go`.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::write::{Refused, finalizers, is_deleting, timestamp};
use super::{Key, Store, set_metadata};
use crate::emulator::kubernetes::kind::Kind;

/// The finalizer that makes the garbage collector free an object's dependents.
pub(in super::super) const ORPHAN: &str = "orphan";
/// The finalizer that makes the garbage collector delete an object's dependents first.
pub(in super::super) const FOREGROUND: &str = "foregroundDeletion";

/// Grace of a Pod that names none (`pkg/apis/core/v1/defaults.go`).
const POD_GRACE_SECONDS: i64 = 30;

/// What happens with the objects that an object owns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Propagation {
    /// They stay, without this owner.
    Orphan,
    /// They go after it.
    Background,
    /// They go before it.
    Foreground,
}

/// `DeleteOptions` of a request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in super::super) struct DeleteOptions {
    pub(in super::super) grace_period_seconds: Option<i64>,
    pub(in super::super) uid: Option<String>,
    pub(in super::super) resource_version: Option<String>,
    pub(in super::super) orphan_dependents: Option<bool>,
    pub(in super::super) propagation: Option<Propagation>,
    pub(in super::super) dry_run: bool,
}

impl DeleteOptions {
    /// Only this object, and not another one of its name.
    pub(in super::super) fn of_uid(object: &Value) -> Self {
        Self {
            uid: object
                .pointer("/metadata/uid")
                .and_then(Value::as_str)
                .map(str::to_owned),
            ..Self::default()
        }
    }

    /// Only this object, in this way.
    pub(in super::super) fn of(object: &Value, propagation: Propagation) -> Self {
        Self {
            propagation: Some(propagation),
            ..Self::of_uid(object)
        }
    }
}

/// What became of a deletion.
#[derive(Debug, Clone)]
pub(in super::super) struct Deleted {
    /// The object as it was last.
    pub(in super::super) object: Value,
    /// Whether it is gone; else it waits for its grace period or its finalizers.
    pub(in super::super) gone: bool,
}

impl Store {
    /// Deletes an object, or begins to.
    pub(in super::super) fn delete(
        &self,
        kind: &Kind,
        namespace: &str,
        name: &str,
        options: &DeleteOptions,
        now: DateTime<Utc>,
    ) -> Result<Deleted, Refused> {
        let key = Key::new(kind, namespace, name);
        let mut state = self.lock();
        let mut object = state.objects.get(&key).cloned().ok_or(Refused::NotFound)?;
        check_preconditions(&object, options)?;
        let keep = |state: &mut super::State, object: Value| {
            let object = if options.dry_run || state.objects.get(&key) == Some(&object) {
                object
            } else {
                state.put(key.clone(), object)
            };
            Ok(Deleted {
                object,
                gone: false,
            })
        };
        if kind.kind == "Namespace" && kind.group.is_empty() {
            if !is_deleting(&object) {
                mark(&mut object, now, 0);
                if let Some(status) = object.get_mut("status").and_then(Value::as_object_mut) {
                    status.insert("phase".to_owned(), json!("Terminating"));
                }
                remove_grace(&mut object);
                return keep(&mut state, object);
            }
            let waits = object.pointer("/spec/finalizers").and_then(Value::as_array);
            if waits.is_some_and(|finalizers| !finalizers.is_empty()) {
                return keep(&mut state, object);
            }
        }
        let grace = match grace(kind, &object, options) {
            Grace::None => None,
            Grace::Pending => return keep(&mut state, object),
            Grace::Seconds(seconds) => Some(seconds),
        };
        let begun = deletion_time(&object);
        if let Some(seconds) = grace {
            let start = begun.map_or(now, |(until, lasts)| until - TimeDelta::seconds(lasts));
            mark(&mut object, start, seconds);
        }
        set_deletion_finalizers(kind, &mut object, options);
        if !finalizers(&object).is_empty() {
            if grace.is_none() {
                let until = begun.map_or(now, |(until, _)| until.min(now));
                mark(&mut object, until, 0);
            }
            return keep(&mut state, object);
        }
        if grace.is_some_and(|seconds| seconds > 0) {
            return keep(&mut state, object);
        }
        if !options.dry_run {
            state.objects.remove(&key);
            state.next_revision();
        }
        Ok(Deleted { object, gone: true })
    }
}

fn check_preconditions(object: &Value, options: &DeleteOptions) -> Result<(), Refused> {
    for (field, expected) in [
        ("uid", &options.uid),
        ("resourceVersion", &options.resource_version),
    ] {
        let found = object
            .pointer(&format!("/metadata/{field}"))
            .and_then(Value::as_str)
            .unwrap_or_default();
        if let Some(expected) = expected
            && expected != found
        {
            return Err(Refused::Conflict(format!(
                "Precondition failed: {field} in precondition: {expected}, {field} in object: {found}"
            )));
        }
    }
    Ok(())
}

enum Grace {
    /// The kind has no grace, or it is over.
    None,
    /// An earlier deletion runs, and this one does not shorten it.
    Pending,
    /// From now on so long.
    Seconds(i64),
}

/// Only Pods are deleted with grace (`pkg/registry/core/pod/strategy.go` `CheckGracefulDelete`).
fn grace(kind: &Kind, object: &Value, options: &DeleteOptions) -> Grace {
    if kind.kind != "Pod" || !kind.group.is_empty() {
        return Grace::None;
    }
    let asked = options
        .grace_period_seconds
        .map(|seconds| if seconds < 0 { 1 } else { seconds });
    if let Some((_, lasts)) = deletion_time(object) {
        return match asked {
            _ if lasts == 0 => Grace::None,
            Some(seconds) if seconds < lasts => Grace::Seconds(seconds),
            _ => Grace::Pending,
        };
    }
    let own = object
        .pointer("/spec/terminationGracePeriodSeconds")
        .and_then(Value::as_i64)
        .unwrap_or(POD_GRACE_SECONDS);
    let text = |pointer: &str| {
        object
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or("")
    };
    let runs = !text("/spec/nodeName").is_empty()
        && !matches!(text("/status/phase"), "Succeeded" | "Failed");
    Grace::Seconds(if runs { asked.unwrap_or(own) } else { 0 })
}

/// Until when a deletion that has begun runs, and its grace.
fn deletion_time(object: &Value) -> Option<(DateTime<Utc>, i64)> {
    let until = object.pointer("/metadata/deletionTimestamp")?.as_str()?;
    let until = DateTime::parse_from_rfc3339(until)
        .ok()?
        .with_timezone(&Utc);
    let lasts = object
        .pointer("/metadata/deletionGracePeriodSeconds")
        .and_then(Value::as_i64)
        .unwrap_or(0);
    Some((until, lasts))
}

/// Sets the deletion time; the generation counts the first time only.
fn mark(object: &mut Value, start: DateTime<Utc>, grace: i64) {
    let generation = object
        .pointer("/metadata/generation")
        .and_then(Value::as_u64);
    if let Some(generation) = generation
        && !is_deleting(object)
    {
        set_metadata(object, [("generation", json!(generation + 1))]);
    }
    let until = start + TimeDelta::seconds(grace);
    set_metadata(
        object,
        [
            ("deletionTimestamp", json!(timestamp(until))),
            ("deletionGracePeriodSeconds", json!(grace)),
        ],
    );
}

/// A namespace's deletion has a time and no grace.
fn remove_grace(object: &mut Value) {
    if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
        metadata.remove("deletionGracePeriodSeconds");
    }
}

/// Puts the garbage collector's finalizers on the object as the options say.
fn set_deletion_finalizers(kind: &Kind, object: &mut Value, options: &DeleteOptions) {
    // Events have no dependents (`pkg/registry/core/event/strategy.go`).
    if kind.kind == "Event" {
        return;
    }
    let present = finalizers(object);
    let by_finalizers = if present.contains(&ORPHAN) {
        Some(Propagation::Orphan)
    } else if present.contains(&FOREGROUND) {
        Some(Propagation::Foreground)
    } else {
        None
    };
    let by_options = match options.orphan_dependents {
        Some(true) => Some(Propagation::Orphan),
        Some(false) => Some(Propagation::Background),
        None => options.propagation,
    };
    let policy = by_options
        .or(by_finalizers)
        .unwrap_or_else(|| default_propagation(kind));
    let mut wanted: Vec<String> = present
        .into_iter()
        .filter(|finalizer| ![ORPHAN, FOREGROUND].contains(finalizer))
        .map(str::to_owned)
        .collect();
    match policy {
        Propagation::Orphan => wanted.push(ORPHAN.to_owned()),
        Propagation::Foreground => wanted.push(FOREGROUND.to_owned()),
        Propagation::Background => {}
    }
    if wanted.is_empty() {
        if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
            metadata.remove("finalizers");
        }
    } else {
        set_metadata(object, [("finalizers", json!(wanted))]);
    }
}

/// What a deletion without a policy does: two old kinds leave their Pods behind
/// (`pkg/registry/core/replicationcontroller/strategy.go`, `pkg/registry/batch/job/strategy.go`).
fn default_propagation(kind: &Kind) -> Propagation {
    match (kind.group.as_str(), kind.kind.as_str()) {
        ("", "ReplicationController") | ("batch", "Job") => Propagation::Orphan,
        _ => Propagation::Background,
    }
}
