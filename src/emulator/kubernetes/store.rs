//! Objects by group, resource, namespace and name, kept as JSON.
//!
//! Metadata is managed as the real server does it: `uid`, `resourceVersion` and
//! `creationTimestamp` are set on insert unless the manifest names them; one counter gives every
//! change its resource version. Uids are derived from the seed, the key and how often the key was
//! inserted, so that a scenario gives the same world twice and a re-created object is a new one.
//!
//! Paging is simpler than etcd's in one point: a continued list reads the present state after the
//! position of its token, not the state of the first page, unless [`Store::compact`] expired it.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::kind::{self, Kind};
use super::selector::{FieldSelector, LabelSelector};

mod delete;
mod view;
mod write;

pub(super) use delete::{DeleteOptions, FOREGROUND, ORPHAN, Propagation};
pub(super) use view::{Object, View};
pub(super) use write::{Part, Refused, suffix, timestamp};

/// A manifest or a change that the store refuses. Names are for the author of a scenario.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// `apiVersion`, `kind` or `metadata.name` is missing or not a string.
    #[error("manifest without {field}")]
    Incomplete {
        /// The missing field.
        field: &'static str,
    },
    /// No kind of this name is served.
    #[error("kind {kind} of {api_version} is not served: add its CustomResourceDefinition")]
    UnknownKind {
        /// `apiVersion` of the manifest.
        api_version: String,
        /// `kind` of the manifest.
        kind: String,
    },
    /// A definition lacks group, scope, names or versions.
    #[error("CustomResourceDefinition {name} is incomplete")]
    Definition {
        /// Name of the definition.
        name: String,
    },
    /// The object's namespace is not there.
    #[error("{object}: namespace does not exist")]
    NamespaceMissing {
        /// `Kind namespace/name`.
        object: String,
    },
    /// An owner reference names an object that is not there.
    #[error("{object}: owner {owner} does not exist")]
    OwnerMissing {
        /// `Kind namespace/name`.
        object: String,
        /// `Kind name` of the owner.
        owner: String,
    },
    /// An object of this name exists.
    #[error("{object} already exists")]
    AlreadyExists {
        /// `Kind namespace/name`.
        object: String,
    },
    /// No object of this name exists.
    #[error("{object} not found")]
    NotFound {
        /// `Kind namespace/name`.
        object: String,
    },
}

/// Why a list was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ListError {
    /// The continue token cannot be read. The real server answers 400, not 410.
    #[error("invalid continue token")]
    InvalidContinue,
    /// The state that the token belongs to is compacted away; `restart` continues inconsistently.
    #[error("the continue token is too old: start the list again without it")]
    Expired {
        /// A token for the rest of the list as it is now.
        restart: String,
    },
    /// A field selector names a field that this kind does not index.
    #[error("field label not supported: {path}")]
    FieldNotSupported {
        /// The field's path.
        path: String,
    },
}

/// What to list.
#[derive(Debug, Clone, Default)]
pub struct ListOptions {
    /// Only this namespace.
    pub namespace: Option<String>,
    /// Only objects with these labels.
    pub labels: LabelSelector,
    /// Only objects with these fields.
    pub fields: FieldSelector,
    /// At most this many; `None` or 0 = all.
    pub limit: Option<usize>,
    /// Token of the page before.
    pub continue_token: Option<String>,
}

/// One page of a list.
#[derive(Debug, Clone)]
pub struct Page {
    /// Whole objects, in order of namespace and name.
    pub items: Vec<Value>,
    /// Resource version of the list.
    pub resource_version: u64,
    /// Token of the next page, where there is one.
    pub continue_token: Option<String>,
    /// Objects after this page; only known without selectors, as on the real server.
    pub remaining: Option<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    group: String,
    plural: String,
    namespace: String,
    name: String,
}

/// Continue token: base64 of JSON, as the real one (kubernetes/kubernetes
/// `staging/src/k8s.io/apiserver/pkg/storage/continue.go`). A negative version means "as it is now".
#[derive(Serialize, Deserialize)]
struct Token {
    v: String,
    rv: i64,
    start: (String, String),
}

const TOKEN_VERSION: &str = "meta.k8s.io/v1";

struct State {
    kinds: Vec<Arc<Kind>>,
    objects: BTreeMap<Key, Value>,
    inserted: BTreeMap<Key, u32>,
    revision: u64,
    compacted: u64,
}

/// The objects of one cluster. Shared by reference; every method locks for its own duration.
pub struct Store {
    seed: String,
    created: DateTime<Utc>,
    state: Mutex<State>,
}

impl Store {
    /// An empty cluster: built-in kinds and the namespaces every cluster has.
    ///
    /// `seed` (a cluster id) makes uids differ between clusters; `created` is the creation time of
    /// objects that name none.
    pub fn new(seed: &str, created: DateTime<Utc>) -> Self {
        let store = Self {
            seed: seed.to_owned(),
            created,
            state: Mutex::new(State {
                kinds: kind::built_in().into_iter().map(Arc::new).collect(),
                objects: BTreeMap::new(),
                inserted: BTreeMap::new(),
                revision: 0,
                compacted: 0,
            }),
        };
        for name in ["default", "kube-node-lease", "kube-public", "kube-system"] {
            // Cannot fail: the kind is built in and the store is empty.
            let _namespace = store.insert(json!({
                "apiVersion": "v1", "kind": "Namespace",
                "metadata": {"name": name, "labels": {"kubernetes.io/metadata.name": name}},
                "spec": {"finalizers": ["kubernetes"]},
                "status": {"phase": "Active"},
            }));
        }
        store
    }

    /// A cluster with these objects, in any order. Manifests of kind `List` are unfolded, and a
    /// manifest of one of the namespaces that every cluster has replaces it. Owner references
    /// without a `uid` get their owner's.
    pub fn from_manifests(
        seed: &str,
        created: DateTime<Utc>,
        manifests: &[Value],
    ) -> Result<Self, StoreError> {
        let store = Self::new(seed, created);
        let mut objects = Vec::new();
        unfold(manifests, &mut objects);
        // Definitions first, then namespaces: the others refer to them.
        objects.sort_by_key(|object| match kind_of(object) {
            "CustomResourceDefinition" => 0,
            "Namespace" => 1,
            _ => 2,
        });
        let mut inserted = Vec::new();
        for manifest in objects {
            let kind = store.install(manifest)?;
            let key = Key::of(&kind, manifest)?;
            if kind.kind == "Namespace" {
                store.lock().objects.remove(&key);
            }
            inserted.push((kind, key, store.insert(manifest.clone())?));
        }
        for (kind, key, mut object) in inserted {
            let mut state = store.lock();
            let label = describe(&kind, &key.namespace, &key.name);
            state.fill_owner_uids(&mut object, &key.namespace, &label)?;
            state.objects.insert(key, object);
        }
        Ok(store)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Every served kind.
    pub fn kinds(&self) -> Vec<Arc<Kind>> {
        self.lock().kinds.clone()
    }

    /// The served kind behind a path; an empty group is the core group.
    pub fn kind(&self, group: &str, version: &str, plural: &str) -> Option<Arc<Kind>> {
        self.lock()
            .kinds
            .iter()
            .find(|k| k.group == group && k.version == version && k.plural == plural)
            .cloned()
    }

    /// Finds the kind of a manifest; serves it from now on if it is a known custom one.
    fn install(&self, manifest: &Value) -> Result<Arc<Kind>, StoreError> {
        let api_version = text(manifest, "/apiVersion", "apiVersion")?;
        let kind = text(manifest, "/kind", "kind")?;
        let mut state = self.lock();
        let served = state
            .kinds
            .iter()
            .find(|served| served.kind == kind && served.api_version() == api_version);
        if let Some(served) = served {
            return Ok(Arc::clone(served));
        }
        let known =
            kind::known_custom(api_version, kind).ok_or_else(|| StoreError::UnknownKind {
                api_version: api_version.to_owned(),
                kind: kind.to_owned(),
            })?;
        let known = Arc::new(known);
        state.kinds.push(Arc::clone(&known));
        Ok(known)
    }

    /// Serves the kinds that a `CustomResourceDefinition` defines; `None` if it is incomplete.
    pub(super) fn define(&self, manifest: &Value) -> Option<()> {
        let defined = Kind::from_definition(manifest)?;
        let mut state = self.lock();
        for kind in defined {
            let served = state.kinds.iter().any(|known| {
                known.group == kind.group
                    && known.version == kind.version
                    && (known.kind == kind.kind || known.plural == kind.plural)
            });
            if !served {
                state.kinds.push(Arc::new(kind));
            }
        }
        Some(())
    }

    /// Creates an object and answers it as stored. A definition makes its kinds served.
    pub fn insert(&self, mut manifest: Value) -> Result<Value, StoreError> {
        let kind = self.install(&manifest)?;
        let key = Key::of(&kind, &manifest)?;
        let label = describe(&kind, &key.namespace, &key.name);
        if kind.kind == "CustomResourceDefinition" {
            self.define(&manifest)
                .ok_or_else(|| StoreError::Definition {
                    name: key.name.clone(),
                })?;
        }
        let mut state = self.lock();
        if state.objects.contains_key(&key) {
            return Err(StoreError::AlreadyExists { object: label });
        }
        if kind.namespaced && !state.has_namespace(&key.namespace) {
            return Err(StoreError::NamespaceMissing { object: label });
        }
        let count = state.inserted.entry(key.clone()).or_default();
        *count += 1;
        let uid = derive_uid(&self.seed, &key, *count);
        let version = state.next_revision();
        let named = |field: &str| manifest.pointer(&format!("/metadata/{field}")).cloned();
        let created = self.created.to_rfc3339_opts(SecondsFormat::Secs, true);
        let mut fields = vec![
            ("uid", named("uid").unwrap_or_else(|| json!(uid))),
            (
                "creationTimestamp",
                named("creationTimestamp").unwrap_or_else(|| json!(created)),
            ),
            ("resourceVersion", json!(version.to_string())),
        ];
        if kind.namespaced {
            fields.push(("namespace", json!(key.namespace)));
        }
        set_metadata(&mut manifest, fields);
        state.objects.insert(key, manifest.clone());
        Ok(manifest)
    }

    /// Replaces an object, keeping its uid and creation time, and answers it as stored.
    pub fn replace(&self, mut manifest: Value) -> Result<Value, StoreError> {
        let kind = self.install(&manifest)?;
        let key = Key::of(&kind, &manifest)?;
        let mut state = self.lock();
        let Some(before) = state.objects.get(&key).cloned() else {
            return Err(StoreError::NotFound {
                object: describe(&kind, &key.namespace, &key.name),
            });
        };
        let version = state.next_revision();
        let kept = ["namespace", "uid", "creationTimestamp"]
            .into_iter()
            .filter_map(|field| {
                let value = before.pointer(&format!("/metadata/{field}"))?;
                Some((field, value.clone()))
            });
        set_metadata(&mut manifest, kept);
        set_metadata(
            &mut manifest,
            [("resourceVersion", json!(version.to_string()))],
        );
        state.objects.insert(key, manifest.clone());
        Ok(manifest)
    }

    /// Removes an object at once, whatever its finalizers say, and answers it as it was.
    pub fn remove(&self, kind: &Kind, namespace: &str, name: &str) -> Option<Value> {
        let key = Key::new(kind, namespace, name);
        let mut state = self.lock();
        let removed = state.objects.remove(&key)?;
        state.next_revision();
        Some(removed)
    }

    /// One object; the namespace is empty for cluster-scoped kinds.
    pub fn get(&self, kind: &Kind, namespace: &str, name: &str) -> Option<Value> {
        let key = Key::new(kind, namespace, name);
        self.lock().objects.get(&key).cloned()
    }

    /// One page of objects.
    pub fn list(&self, kind: &Kind, options: &ListOptions) -> Result<Page, ListError> {
        let always = ["metadata.name", "metadata.namespace"];
        if let Some(path) = options.fields.paths().find(|&path| {
            !always.contains(&path) && !kind.selectable_fields.iter().any(|field| field == path)
        }) {
            return Err(ListError::FieldNotSupported {
                path: path.to_owned(),
            });
        }
        let state = self.lock();
        let mut version = state.revision;
        let mut start = Bound::Included(Key::new(
            kind,
            options.namespace.as_deref().unwrap_or(""),
            "",
        ));
        if let Some(token) = options.continue_token.as_deref().filter(|t| !t.is_empty()) {
            let token = Token::read(token).ok_or(ListError::InvalidContinue)?;
            if let Ok(token_version) = u64::try_from(token.rv) {
                if token_version <= state.compacted {
                    return Err(ListError::Expired {
                        restart: Token::write(-1, &token.start.0, &token.start.1),
                    });
                }
                version = token_version;
            }
            start = Bound::Excluded(Key::new(kind, &token.start.0, &token.start.1));
        }
        let mut matching = state
            .objects
            .range((start, Bound::Unbounded))
            .take_while(|(key, _)| key.group == kind.group && key.plural == kind.plural)
            .filter(|(key, _)| {
                options
                    .namespace
                    .as_ref()
                    .is_none_or(|namespace| *namespace == key.namespace)
            })
            .filter(|(_, object)| {
                let labels = object
                    .pointer("/metadata/labels")
                    .and_then(Value::as_object);
                options.labels.matches(labels) && options.fields.matches(object)
            });
        let limit = options
            .limit
            .filter(|&limit| limit > 0)
            .unwrap_or(usize::MAX);
        let mut items = Vec::new();
        let mut last = None;
        for (key, object) in matching.by_ref().take(limit) {
            items.push(object.clone());
            last = Some(key);
        }
        let remaining = matching.count();
        let selected = !options.labels.is_empty() || !options.fields.is_empty();
        let signed_version = i64::try_from(version).unwrap_or(i64::MAX);
        Ok(Page {
            items,
            resource_version: version,
            continue_token: last
                .filter(|_| remaining > 0)
                .map(|key| Token::write(signed_version, &key.namespace, &key.name)),
            remaining: (remaining > 0 && !selected).then_some(remaining),
        })
    }

    /// Forgets the past: continue tokens handed out so far expire, as after etcd's compaction.
    pub fn compact(&self) {
        let mut state = self.lock();
        state.compacted = state.revision;
        // A list that starts now must get a token that is newer than what was compacted.
        state.next_revision();
    }
}

impl State {
    fn next_revision(&mut self) -> u64 {
        self.revision += 1;
        self.revision
    }

    fn has_namespace(&self, name: &str) -> bool {
        self.objects.contains_key(&Key {
            group: String::new(),
            plural: "namespaces".to_owned(),
            namespace: String::new(),
            name: name.to_owned(),
        })
    }

    /// Sets the uid of owner references that have none. Owners live in the same namespace or are
    /// cluster-scoped.
    fn fill_owner_uids(
        &self,
        object: &mut Value,
        namespace: &str,
        label: &str,
    ) -> Result<(), StoreError> {
        let references = object
            .pointer_mut("/metadata/ownerReferences")
            .and_then(Value::as_array_mut);
        for reference in references.into_iter().flatten() {
            if reference.get("uid").is_some() {
                continue;
            }
            let kind = text(reference, "/kind", "ownerReferences.kind")?.to_owned();
            let name = text(reference, "/name", "ownerReferences.name")?.to_owned();
            let uid = self
                .kinds
                .iter()
                .filter(|served| served.kind == kind)
                .filter_map(|served| {
                    let namespace = if served.namespaced { namespace } else { "" };
                    self.objects.get(&Key::new(served, namespace, &name))
                })
                .find_map(|owner| owner.pointer("/metadata/uid").cloned())
                .ok_or_else(|| StoreError::OwnerMissing {
                    object: label.to_owned(),
                    owner: format!("{kind} {name}"),
                })?;
            if let Some(reference) = reference.as_object_mut() {
                reference.insert("uid".to_owned(), uid);
            }
        }
        Ok(())
    }
}

impl Key {
    fn new(kind: &Kind, namespace: &str, name: &str) -> Self {
        Self {
            group: kind.group.clone(),
            plural: kind.plural.clone(),
            namespace: namespace.to_owned(),
            name: name.to_owned(),
        }
    }

    fn of(kind: &Kind, manifest: &Value) -> Result<Self, StoreError> {
        let name = text(manifest, "/metadata/name", "metadata.name")?;
        let namespace = manifest
            .pointer("/metadata/namespace")
            .and_then(Value::as_str)
            .unwrap_or("default");
        let namespace = if kind.namespaced { namespace } else { "" };
        Ok(Self::new(kind, namespace, name))
    }
}

impl Token {
    fn write(version: i64, namespace: &str, name: &str) -> String {
        URL_SAFE_NO_PAD.encode(
            json!({"v": TOKEN_VERSION, "rv": version, "start": [namespace, name]}).to_string(),
        )
    }

    fn read(token: &str) -> Option<Self> {
        let token: Self = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
        (token.v == TOKEN_VERSION && token.rv != 0).then_some(token)
    }
}

fn unfold<'a>(manifests: &'a [Value], objects: &mut Vec<&'a Value>) {
    for manifest in manifests {
        match manifest.get("items").and_then(Value::as_array) {
            Some(items) if kind_of(manifest) == "List" => unfold(items, objects),
            _ => objects.push(manifest),
        }
    }
}

fn kind_of(manifest: &Value) -> &str {
    manifest.get("kind").and_then(Value::as_str).unwrap_or("")
}

fn text<'a>(
    manifest: &'a Value,
    pointer: &str,
    field: &'static str,
) -> Result<&'a str, StoreError> {
    manifest
        .pointer(pointer)
        .and_then(Value::as_str)
        .filter(|text| !text.is_empty())
        .ok_or(StoreError::Incomplete { field })
}

fn describe(kind: &Kind, namespace: &str, name: &str) -> String {
    let separator = if namespace.is_empty() { "" } else { "/" };
    format!("{} {namespace}{separator}{name}", kind.kind)
}

/// Sets fields of the manifest's metadata, which is an object: its name was read from it.
fn set_metadata(manifest: &mut Value, fields: impl IntoIterator<Item = (&'static str, Value)>) {
    let metadata = manifest
        .pointer_mut("/metadata")
        .and_then(Value::as_object_mut);
    if let Some(metadata) = metadata {
        metadata.extend(
            fields
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value)),
        );
    }
}

/// A version-4-shaped uid from a hash.
fn derive_uid(seed: &str, key: &Key, count: u32) -> String {
    let Key {
        group,
        plural,
        namespace,
        name,
    } = key;
    let text = format!("{seed}/{group}/{plural}/{namespace}/{name}/{count}");
    let mut bytes = [0_u8; 16];
    for (byte, hashed) in bytes.iter_mut().zip(Sha256::digest(text)) {
        *byte = hashed;
    }
    uuid::Builder::from_random_bytes(bytes)
        .into_uuid()
        .to_string()
}

#[cfg(test)]
mod tests;
