//! All objects at one moment, for the controllers.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::Value;

use super::Store;
use super::write::{finalizers, is_deleting};
use crate::emulator::kubernetes::kind::Kind;

/// One object with its kind.
#[derive(Debug, Clone)]
pub(in super::super) struct Object {
    pub(in super::super) kind: Arc<Kind>,
    pub(in super::super) value: Value,
}

/// All objects of a cluster.
#[derive(Debug)]
pub(in super::super) struct View {
    objects: Vec<Object>,
    by_uid: HashMap<String, usize>,
    by_owner: HashMap<String, Vec<usize>>,
}

impl Store {
    /// Everything as it is now. Of a kind with several versions the first served one counts.
    pub(in super::super) fn view(&self) -> View {
        let state = self.lock();
        let mut kinds: HashMap<(&str, &str), &Arc<Kind>> = HashMap::new();
        for kind in &state.kinds {
            kinds.entry((&kind.group, &kind.plural)).or_insert(kind);
        }
        let objects: Vec<Object> = state
            .objects
            .iter()
            .filter_map(|(key, value)| {
                let kind = kinds.get(&(key.group.as_str(), key.plural.as_str()))?;
                Some(Object {
                    kind: Arc::clone(kind),
                    value: value.clone(),
                })
            })
            .collect();
        let mut by_uid = HashMap::new();
        let mut by_owner: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, object) in objects.iter().enumerate() {
            by_uid.insert(object.uid().to_owned(), index);
            for owner in object.owners() {
                if let Some(uid) = owner.get("uid").and_then(Value::as_str) {
                    by_owner.entry(uid.to_owned()).or_default().push(index);
                }
            }
        }
        View {
            objects,
            by_uid,
            by_owner,
        }
    }
}

impl View {
    /// Every object.
    pub(in super::super) fn objects(&self) -> &[Object] {
        &self.objects
    }

    /// The objects of a built-in or custom kind, by its name.
    pub(in super::super) fn of_kind<'v>(
        &'v self,
        kind: &'v str,
    ) -> impl Iterator<Item = &'v Object> + 'v {
        self.objects
            .iter()
            .filter(move |object| object.kind.kind == kind)
    }

    /// The object of this kind and name.
    pub(in super::super) fn find(
        &self,
        kind: &str,
        namespace: &str,
        name: &str,
    ) -> Option<&Object> {
        self.objects.iter().find(|object| {
            object.kind.kind == kind && object.name() == name && object.namespace() == namespace
        })
    }

    /// The object with this uid.
    pub(in super::super) fn by_uid(&self, uid: &str) -> Option<&Object> {
        self.by_uid
            .get(uid)
            .and_then(|index| self.objects.get(*index))
    }

    /// The objects that name this uid as an owner.
    pub(in super::super) fn dependents(&self, uid: &str) -> impl Iterator<Item = &Object> + '_ {
        self.by_owner
            .get(uid)
            .into_iter()
            .flatten()
            .filter_map(|index| self.objects.get(*index))
    }
}

impl Object {
    /// A text below `metadata`; empty where there is none.
    fn metadata(&self, field: &str) -> &str {
        self.value
            .get("metadata")
            .and_then(|metadata| metadata.get(field))
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    pub(in super::super) fn name(&self) -> &str {
        self.metadata("name")
    }

    /// Empty for cluster-scoped kinds.
    pub(in super::super) fn namespace(&self) -> &str {
        if self.kind.namespaced {
            self.metadata("namespace")
        } else {
            ""
        }
    }

    pub(in super::super) fn uid(&self) -> &str {
        self.metadata("uid")
    }

    /// A text at a JSON pointer; empty where there is none.
    pub(in super::super) fn text(&self, pointer: &str) -> &str {
        self.value
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    /// An annotation; empty where there is none.
    pub(in super::super) fn annotation(&self, name: &str) -> &str {
        self.value
            .pointer("/metadata/annotations")
            .and_then(|annotations| annotations.get(name))
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    pub(in super::super) fn is_deleting(&self) -> bool {
        is_deleting(&self.value)
    }

    pub(in super::super) fn has_finalizer(&self, name: &str) -> bool {
        finalizers(&self.value).contains(&name)
    }

    /// Its owner references.
    pub(in super::super) fn owners(&self) -> impl Iterator<Item = &Value> + '_ {
        self.value
            .pointer("/metadata/ownerReferences")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
    }

    /// Whether this uid is its controller.
    pub(in super::super) fn is_controlled_by(&self, uid: &str) -> bool {
        self.owners().any(|owner| {
            owner.get("uid").and_then(Value::as_str) == Some(uid)
                && owner.get("controller") == Some(&Value::Bool(true))
        })
    }
}
