//! One object: where it is, and what its metadata says about its life.

use serde_json::Value;

use super::client::ClusterClient;
use super::error::{ErrorClass, KubernetesError};
use super::list::{ApiResourceRef, escape};

/// Where one object is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ObjectRef {
    /// API group; empty for the core group.
    pub group: String,
    /// Version: `v1`.
    pub version: String,
    /// Plural name in paths: `pods`.
    pub plural: String,
    /// Namespace; `None` for cluster-scoped kinds.
    pub namespace: Option<String>,
    /// Name.
    pub name: String,
}

impl ObjectRef {
    /// The object of this kind and name. The namespace is ignored for cluster-scoped kinds.
    pub fn new(resource: &ApiResourceRef, namespace: &str, name: &str) -> Self {
        Self {
            group: resource.group.to_owned(),
            version: resource.version.to_owned(),
            plural: resource.plural.to_owned(),
            namespace: resource.namespaced.then(|| namespace.to_owned()),
            name: name.to_owned(),
        }
    }

    /// The resource with its group, as access rules name it: `pods`, `deployments.apps`.
    pub fn resource(&self) -> String {
        qualified(&self.plural, &self.group)
    }

    pub(super) fn path(&self) -> String {
        let collection = collection_path(
            &self.group,
            &self.version,
            self.namespace.as_deref(),
            &self.plural,
        );
        format!("{collection}/{}", escape(&self.name))
    }
}

pub(super) fn qualified(plural: &str, group: &str) -> String {
    if group.is_empty() {
        plural.to_owned()
    } else {
        format!("{plural}.{group}")
    }
}

/// Where a group version's resources are told.
pub(super) fn root_path(group: &str, version: &str) -> String {
    if group.is_empty() {
        format!("/api/{}", escape(version))
    } else {
        format!("/apis/{}/{}", escape(group), escape(version))
    }
}

pub(super) fn collection_path(
    group: &str,
    version: &str,
    namespace: Option<&str>,
    plural: &str,
) -> String {
    let root = root_path(group, version);
    let plural = escape(plural);
    match namespace {
        Some(namespace) => format!("{root}/namespaces/{}/{plural}", escape(namespace)),
        None => format!("{root}/{plural}"),
    }
}

/// What an object's metadata says about its life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Life {
    /// Tells the object from another one of the same name.
    pub uid: String,
    /// Whether its deletion has begun.
    pub is_deleting: bool,
    /// Who has to act before it goes. A namespace's own ones (`spec.finalizers`) are among them.
    pub finalizers: Vec<String>,
}

impl Life {
    /// Reads the metadata; `None` where there is no uid.
    pub fn of(object: &Value) -> Option<Self> {
        let text = |pointer: &str| object.pointer(pointer).and_then(Value::as_str);
        let finalizers = ["/metadata/finalizers", "/spec/finalizers"]
            .into_iter()
            .filter_map(|pointer| object.pointer(pointer)?.as_array())
            .flatten()
            .filter_map(|finalizer| finalizer.as_str().map(str::to_owned))
            .collect();
        Some(Self {
            uid: text("/metadata/uid")
                .filter(|uid| !uid.is_empty())?
                .to_owned(),
            is_deleting: text("/metadata/deletionTimestamp").is_some(),
            finalizers,
        })
    }
}

impl ClusterClient {
    /// One object; `None` only where the server itself says that this very object is not there. A 404 without its `Status` (an
    /// unknown path, a proxy) is an error.
    pub async fn find(&self, object: &ObjectRef) -> Result<Option<Value>, KubernetesError> {
        let answer = self
            .read_path("get", &object.resource(), &object.path())
            .await;
        match answer {
            Ok(value) => Ok(Some(value)),
            Err(error) if says_gone(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// Whether the server's own `Status` says that the object is not there.
pub(super) fn says_gone(error: &KubernetesError) -> bool {
    error.class == ErrorClass::NotFound && error.reason.as_deref() == Some("NotFound")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn paths_follow_group_and_scope() {
        let mut object = ObjectRef {
            group: String::new(),
            version: "v1".to_owned(),
            plural: "pods".to_owned(),
            namespace: Some("a/b".to_owned()),
            name: "x".to_owned(),
        };
        assert_eq!(object.path(), "/api/v1/namespaces/a%2Fb/pods/x");
        object.group = "apps".to_owned();
        object.namespace = None;
        assert_eq!(object.path(), "/apis/apps/v1/pods/x");
        assert_eq!(object.resource(), "pods.apps");
    }

    #[test]
    fn life_is_read_from_metadata() {
        let namespace = json!({
            "metadata": {"uid": "u", "deletionTimestamp": "2026-01-15T00:00:00Z", "finalizers": ["a"]},
            "spec": {"finalizers": ["kubernetes"]},
        });
        let life = Life::of(&namespace).unwrap();
        assert!(life.is_deleting);
        assert_eq!(life.finalizers, ["a", "kubernetes"]);
        assert_eq!(Life::of(&json!({"metadata": {"name": "x"}})), None);
    }
}
