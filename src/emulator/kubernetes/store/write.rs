//! Creating and changing objects as the API server does it.
//!
//! The rules follow kubernetes/kubernetes `staging/src/k8s.io/apiserver/pkg/registry/rest/{create,update}.go`
//! and `registry/generic/registry/store.go`. There is no validation of what a kind means.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};

use super::{Key, State, Store, derive_uid, set_metadata};
use crate::emulator::kubernetes::kind::Kind;

/// Which part of an object a request writes; the rest stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Part {
    /// All but the status, where the kind has a subresource for it.
    Main,
    /// `/status`.
    Status,
    /// `/finalize` of a namespace: its `spec.finalizers`.
    Finalize,
}

/// Why a change was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) enum Refused {
    /// 404: the object.
    NotFound,
    /// 404: the namespace of a new object.
    NamespaceMissing,
    /// 403: the namespace of a new object is being deleted.
    NamespaceTerminating,
    /// 409: the name is taken.
    AlreadyExists,
    /// 409: another object, or another version of it, than the request says.
    Conflict(String),
    /// 422: the object would not be valid.
    Invalid {
        /// The field.
        field: &'static str,
        /// What is wrong.
        message: String,
    },
    /// 400: the request contradicts itself.
    BadRequest(String),
}

impl Refused {
    pub(super) fn invalid(field: &'static str, message: &str) -> Self {
        Self::Invalid {
            field,
            message: message.to_owned(),
        }
    }
}

impl Store {
    /// Creates an object and answers it as stored; with `dry_run` it is only answered.
    pub(in super::super) fn create(
        &self,
        kind: &Kind,
        namespace: &str,
        mut manifest: Value,
        now: DateTime<Utc>,
        dry_run: bool,
    ) -> Result<Value, Refused> {
        same_type(kind, &mut manifest)?;
        if manifest.pointer("/metadata/resourceVersion").is_some() {
            return Err(Refused::BadRequest(
                "resourceVersion should not be set on objects to be created".to_owned(),
            ));
        }
        let mut state = self.lock();
        let name = self.new_name(&state, &manifest)?;
        let key = Key::new(kind, namespace, &name);
        same_place(&manifest, namespace, None)?;
        if kind.namespaced {
            match state.namespace(namespace) {
                None => return Err(Refused::NamespaceMissing),
                Some(found) if is_deleting(found) => return Err(Refused::NamespaceTerminating),
                Some(_) => {}
            }
        }
        if state.objects.contains_key(&key) {
            return Err(Refused::AlreadyExists);
        }
        if kind.has_status()
            && let Some(object) = manifest.as_object_mut()
        {
            object.remove("status");
        }
        admit(kind, &name, &mut manifest);
        let count = state.inserted.entry(key.clone()).or_default();
        *count += 1;
        let uid = derive_uid(&self.seed, &key, *count);
        remove_metadata(
            &mut manifest,
            &["deletionTimestamp", "deletionGracePeriodSeconds"],
        );
        let mut fields = vec![
            ("name", json!(name)),
            ("uid", json!(uid)),
            ("creationTimestamp", json!(timestamp(now))),
        ];
        if kind.namespaced {
            fields.push(("namespace", json!(namespace)));
        }
        if kind.has_generation() {
            fields.push(("generation", json!(1)));
        }
        set_metadata(&mut manifest, fields);
        if dry_run {
            return Ok(manifest);
        }
        Ok(state.put(key, manifest))
    }

    /// Changes an object and answers it as stored; with `dry_run` it is only answered. The new
    /// content comes from `change`, which sees the present one. Emptying the finalizers of an object
    /// that is being deleted deletes it.
    pub(in super::super) fn update(
        &self,
        kind: &Kind,
        namespace: &str,
        name: &str,
        part: Part,
        dry_run: bool,
        change: impl FnOnce(&Value) -> Result<Value, Refused>,
    ) -> Result<Value, Refused> {
        let key = Key::new(kind, namespace, name);
        let mut state = self.lock();
        let before = state.objects.get(&key).cloned().ok_or(Refused::NotFound)?;
        let mut after = change(&before)?;
        same_type(kind, &mut after)?;
        same_place(&after, namespace, Some(name))?;
        same_version(kind, &before, &after)?;
        keep_identity(&before, &mut after)?;
        keep_other_parts(kind, part, &before, &mut after);
        let changed_spec = content(&before) != content(&after);
        let generation = before
            .pointer("/metadata/generation")
            .and_then(Value::as_u64);
        if let Some(generation) = generation {
            let next = generation + u64::from(changed_spec);
            set_metadata(&mut after, [("generation", json!(next))]);
        }
        if after == before || dry_run {
            return Ok(after);
        }
        if is_deleting(&before) && may_go(kind, &after) {
            state.objects.remove(&key);
            state.next_revision();
            return Ok(after);
        }
        Ok(state.put(key, after))
    }

    /// The name of a new object: its own, or one made from `generateName`.
    fn new_name(&self, state: &State, manifest: &Value) -> Result<String, Refused> {
        let text = |field: &str| {
            manifest
                .pointer(&format!("/metadata/{field}"))
                .and_then(Value::as_str)
                .filter(|text| !text.is_empty())
        };
        if let Some(name) = text("name") {
            return Ok(name.to_owned());
        }
        let prefix = text("generateName")
            .ok_or_else(|| Refused::invalid("metadata.name", "name or generateName is required"))?;
        // Five characters of the alphabet that has no vowels and none that are mistaken for others
        // (apimachinery `pkg/util/rand`), the same in every run.
        let seed = format!("{}/{prefix}/{}", self.seed, state.revision);
        Ok(format!("{prefix}{}", suffix(&seed)))
    }
}

impl State {
    /// Stores an object under the next version and answers it.
    pub(super) fn put(&mut self, key: Key, mut object: Value) -> Value {
        let version = self.next_revision();
        set_metadata(
            &mut object,
            [("resourceVersion", json!(version.to_string()))],
        );
        self.objects.insert(key, object.clone());
        object
    }

    fn namespace(&self, name: &str) -> Option<&Value> {
        self.objects.get(&Key {
            group: String::new(),
            plural: "namespaces".to_owned(),
            namespace: String::new(),
            name: name.to_owned(),
        })
    }
}

/// What admission adds to new objects.
fn admit(kind: &Kind, name: &str, manifest: &mut Value) {
    let protection = match kind.kind.as_str() {
        // `plugin/pkg/admission/storage/storageobjectinuseprotection`.
        "PersistentVolumeClaim" => Some("kubernetes.io/pvc-protection"),
        "PersistentVolume" => Some("kubernetes.io/pv-protection"),
        _ => None,
    };
    if !manifest.get("metadata").is_some_and(Value::is_object)
        && let Some(object) = manifest.as_object_mut()
    {
        object.insert("metadata".to_owned(), json!({}));
    }
    let Some(metadata) = manifest.get_mut("metadata").and_then(Value::as_object_mut) else {
        return;
    };
    if let Some(protection) = protection {
        let finalizers = metadata.entry("finalizers").or_insert_with(|| json!([]));
        if let Some(finalizers) = finalizers.as_array_mut()
            && !finalizers.iter().any(|finalizer| finalizer == protection)
        {
            finalizers.push(json!(protection));
        }
    }
    if kind.kind == "Namespace" && kind.group.is_empty() {
        let labels = metadata.entry("labels").or_insert_with(|| json!({}));
        if let Some(labels) = labels.as_object_mut() {
            labels.insert("kubernetes.io/metadata.name".to_owned(), json!(name));
        }
        if let Some(object) = manifest.as_object_mut() {
            object.insert("spec".to_owned(), json!({"finalizers": ["kubernetes"]}));
            object.insert("status".to_owned(), json!({"phase": "Active"}));
        }
    }
}

/// Fills in the type, and refuses another one than the path's.
fn same_type(kind: &Kind, manifest: &mut Value) -> Result<(), Refused> {
    let Some(object) = manifest.as_object_mut() else {
        return Err(Refused::BadRequest("the body is no object".to_owned()));
    };
    for (field, expected) in [
        ("apiVersion", kind.api_version()),
        ("kind", kind.kind.clone()),
    ] {
        match object.get(field).and_then(Value::as_str) {
            None => {
                object.insert(field.to_owned(), json!(expected));
            }
            Some(found) if found == expected => {}
            Some(found) => {
                return Err(Refused::BadRequest(format!(
                    "the {field} of the object ({found}) does not match the expected one ({expected})"
                )));
            }
        }
    }
    Ok(())
}

/// Refuses an object that names another place than the path.
fn same_place(manifest: &Value, namespace: &str, name: Option<&str>) -> Result<(), Refused> {
    let expected = [("namespace", Some(namespace)), ("name", name)];
    for (field, expected) in expected {
        let found = manifest
            .pointer(&format!("/metadata/{field}"))
            .and_then(Value::as_str)
            .filter(|found| !found.is_empty());
        if let (Some(found), Some(expected)) = (found, expected)
            && found != expected
        {
            return Err(Refused::BadRequest(format!(
                "the {field} of the object ({found}) does not match the {field} on the request ({expected})"
            )));
        }
    }
    Ok(())
}

/// Optimistic locking: a version or a uid in the new content must be the present one.
fn same_version(kind: &Kind, before: &Value, after: &Value) -> Result<(), Refused> {
    let text = |object: &Value, field: &str| {
        object
            .pointer(&format!("/metadata/{field}"))
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
    };
    if let Some(uid) = text(after, "uid")
        && Some(&uid) != text(before, "uid").as_ref()
    {
        return Err(Refused::Conflict(format!(
            "the uid in the request ({uid}) is not that of the object"
        )));
    }
    match text(after, "resourceVersion") {
        Some(version) if Some(&version) != text(before, "resourceVersion").as_ref() => {
            Err(Refused::Conflict(
                "the object has been modified; apply your changes to the latest version".to_owned(),
            ))
        }
        Some(_) => Ok(()),
        // Built-in kinds may be written unconditionally, custom ones not
        // (`apiextensions-apiserver/pkg/registry/customresource/strategy.go`).
        None if kind.custom => Err(Refused::invalid(
            "metadata.resourceVersion",
            "must be specified for an update",
        )),
        None => Ok(()),
    }
}

/// Metadata that a client cannot change: what is left out stays, what differs is refused.
fn keep_identity(before: &Value, after: &mut Value) -> Result<(), Refused> {
    let old = before.get("metadata").cloned().unwrap_or_default();
    let new = after.get("metadata").cloned().unwrap_or_default();
    for (field, path) in [
        ("uid", "metadata.uid"),
        ("creationTimestamp", "metadata.creationTimestamp"),
        ("deletionTimestamp", "metadata.deletionTimestamp"),
        (
            "deletionGracePeriodSeconds",
            "metadata.deletionGracePeriodSeconds",
        ),
        ("name", "metadata.name"),
        ("namespace", "metadata.namespace"),
        ("resourceVersion", "metadata.resourceVersion"),
    ] {
        let (old, new) = (
            old.get(field),
            new.get(field).filter(|value| !value.is_null()),
        );
        match (old, new) {
            (Some(old), None) => set_metadata(after, [(field, old.clone())]),
            (Some(old), Some(new)) if old == new => {}
            // The real server compares times and not texts: clients write `+00:00` as well as `Z`.
            (Some(old), Some(new)) if is_same_time(old, new) => {
                set_metadata(after, [(field, old.clone())]);
            }
            (None, None) => {}
            _ => return Err(Refused::invalid(path, "field is immutable")),
        }
    }
    if is_deleting(before) {
        let known = finalizers(before);
        if finalizers(after).iter().any(|new| !known.contains(new)) {
            return Err(Refused::invalid(
                "metadata.finalizers",
                "no new finalizers can be added if the object is being deleted",
            ));
        }
    }
    Ok(())
}

fn is_same_time(one: &Value, other: &Value) -> bool {
    let time = |value: &Value| DateTime::parse_from_rfc3339(value.as_str()?).ok();
    time(one).is_some_and(|one| time(other) == Some(one))
}

/// Puts back what the request's part does not write.
fn keep_other_parts(kind: &Kind, part: Part, before: &Value, after: &mut Value) {
    let keep = |after: &mut Map<String, Value>, field: &str| match before.get(field) {
        Some(value) => after.insert(field.to_owned(), value.clone()),
        None => after.remove(field),
    };
    match part {
        Part::Main => {
            if let Some(after) = after.as_object_mut() {
                if kind.has_status() {
                    keep(after, "status");
                }
                // A namespace's own finalizers are written through `/finalize` only.
                if kind.kind == "Namespace" {
                    keep(after, "spec");
                }
            }
        }
        Part::Status | Part::Finalize => {
            let field = if part == Part::Status {
                "status"
            } else {
                "spec"
            };
            let written = after.get(field).cloned();
            *after = before.clone();
            if let (Some(after), Some(written)) = (after.as_object_mut(), written) {
                after.insert(field.to_owned(), written);
            }
        }
    }
}

/// Everything but metadata and status: what a generation counts.
fn content(object: &Value) -> Map<String, Value> {
    let mut content = object.as_object().cloned().unwrap_or_default();
    content.remove("metadata");
    content.remove("status");
    content
}

/// Whether an object that is being deleted has nothing left to wait for.
pub(super) fn may_go(kind: &Kind, object: &Value) -> bool {
    let grace = object
        .pointer("/metadata/deletionGracePeriodSeconds")
        .and_then(Value::as_i64)
        .unwrap_or(0);
    let namespace_waits = kind.kind == "Namespace"
        && object
            .pointer("/spec/finalizers")
            .and_then(Value::as_array)
            .is_some_and(|finalizers| !finalizers.is_empty());
    grace <= 0 && finalizers(object).is_empty() && !namespace_waits
}

/// Whether a deletion time is set.
pub(in super::super) fn is_deleting(object: &Value) -> bool {
    object.pointer("/metadata/deletionTimestamp").is_some()
}

/// The finalizers of an object.
pub(in super::super) fn finalizers(object: &Value) -> Vec<&str> {
    object
        .pointer("/metadata/finalizers")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect()
}

/// A time as metadata writes it.
pub(in super::super) fn timestamp(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn remove_metadata(manifest: &mut Value, fields: &[&str]) {
    if let Some(metadata) = manifest
        .pointer_mut("/metadata")
        .and_then(Value::as_object_mut)
    {
        for field in fields {
            metadata.remove(*field);
        }
    }
}

/// Five letters and digits from a text.
pub(in super::super) fn suffix(seed: &str) -> String {
    use sha2::{Digest as _, Sha256};
    const ALPHABET: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";
    Sha256::digest(seed)
        .iter()
        .take(5)
        .filter_map(|byte| ALPHABET.get(usize::from(*byte) % ALPHABET.len()))
        .map(|letter| char::from(*letter))
        .collect()
}
