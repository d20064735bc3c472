//! What a namespace holds, of every kind that the server knows.
//!
//! A list of known kinds would prove nothing: custom kinds hold finalizers too. So the server is asked what it serves, and each
//! kind is listed.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures::{StreamExt as _, TryStreamExt as _};
use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::client::ClusterClient;
use super::error::{ErrorClass, KubernetesError};
use super::list::ListQuery;
use super::object::{Life, ObjectRef, collection_path, qualified, root_path};

/// Lists under way at once.
const AT_ONCE: usize = 8;

/// A kind as discovery names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DiscoveredResource {
    /// API group; empty for the core group.
    pub group: String,
    /// Version.
    pub version: String,
    /// Plural name in paths.
    pub plural: String,
    /// Kind.
    pub kind: String,
    /// Whether objects live in a namespace.
    pub namespaced: bool,
}

/// The kinds whose objects can be listed and deleted: what can be content of a namespace.
#[derive(Debug, Default)]
pub struct Discovery {
    /// The kinds, each in the version that the server prefers.
    pub resources: Vec<DiscoveredResource>,
    /// Group versions that did not answer; a server behind an `APIService` may be down. Their kinds are not known.
    pub unreadable: Vec<KubernetesError>,
}

/// A part of the API that the server does not serve itself: a Service of the cluster does (aggregation layer).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AggregatedApi {
    /// The `APIService`: `v1beta1.metrics.k8s.io`.
    pub name: String,
    /// The namespace of the Service.
    pub namespace: String,
}

/// An object of a namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// Where it is.
    pub object: ObjectRef,
    /// Its kind.
    pub kind: String,
    /// What its metadata says.
    pub life: Life,
    /// Creation time as the server writes it.
    pub created: Option<String>,
    /// Uids of its owners.
    pub owners: Vec<String>,
}

impl Content {
    /// Whether it is of one of these kinds, by API group and plural name.
    pub fn is_one_of(&self, kinds: &[(&str, &str)]) -> bool {
        kinds.contains(&(self.object.group.as_str(), self.object.plural.as_str()))
    }
}

/// What a namespace holds.
#[derive(Debug, Default)]
pub struct Contents {
    /// Its objects.
    pub objects: Vec<Content>,
    /// What could not be read: the namespace may hold more.
    pub unreadable: Vec<KubernetesError>,
}

impl Contents {
    /// Whether every kind was read and none has an object.
    pub fn is_proven_empty(&self) -> bool {
        self.objects.is_empty() && self.unreadable.is_empty()
    }
}

impl ClusterClient {
    /// Asks which kinds there are.
    pub async fn discover(&self) -> Result<Discovery, KubernetesError> {
        let mut versions = Vec::new();
        let core = self.read_path("get", "api", "/api").await?;
        let Some(core) = core.get("versions").and_then(Value::as_array) else {
            return Err(self.error(ErrorClass::Decode, "get api"));
        };
        for version in core.iter().filter_map(Value::as_str) {
            versions.push((String::new(), version.to_owned()));
        }
        let groups = self.read_path("get", "apis", "/apis").await?;
        let Some(groups) = groups.get("groups").and_then(Value::as_array) else {
            return Err(self.error(ErrorClass::Decode, "get apis"));
        };
        for group in groups {
            versions.extend(
                versions_of(group).ok_or_else(|| self.error(ErrorClass::Decode, "get apis"))?,
            );
        }
        let mut discovery = Discovery::default();
        let mut known = BTreeSet::new();
        for (group, version) in versions {
            let path = root_path(&group, &version);
            let asked = qualified(&version, &group);
            let answer = match self.read_path("get", &asked, &path).await {
                Ok(answer) => answer,
                Err(error) => {
                    discovery.unreadable.push(error);
                    continue;
                }
            };
            let Some(resources) = answer.get("resources").and_then(Value::as_array) else {
                let error = self.error(ErrorClass::Decode, &format!("get {asked}"));
                discovery.unreadable.push(error);
                continue;
            };
            for resource in resources {
                if let Some(resource) = read_resource(resource, &group, &version)
                    && known.insert((resource.group.clone(), resource.plural.clone()))
                {
                    discovery.resources.push(resource);
                }
            }
        }
        Ok(discovery)
    }

    /// Whether the server itself says that it serves no such kind, by the path of its objects. A 404 alone does not say that:
    /// proxies send it, too.
    pub(super) async fn is_not_served(&self, path: &str) -> Result<bool, KubernetesError> {
        let decoded = percent_decode_str(path).decode_utf8_lossy();
        let mut parts = decoded.trim_start_matches('/').split('/');
        let (Some("apis"), Some(group), Some(version)) = (parts.next(), parts.next(), parts.next())
        else {
            // The core group is always served.
            return Ok(false);
        };
        let served = self.read_path("get", "apis", "/apis").await?;
        let Some(groups) = served.get("groups").and_then(Value::as_array) else {
            return Err(self.error(ErrorClass::Decode, "get apis"));
        };
        let text = |value: &Value, field: &str| {
            value.get(field).and_then(Value::as_str).map(str::to_owned)
        };
        let Some(found) = groups
            .iter()
            .find(|served| text(served, "name").as_deref() == Some(group))
        else {
            return Ok(true);
        };
        let versions = found.get("versions").and_then(Value::as_array);
        let is_served = |served: &Value| text(served, "version").as_deref() == Some(version);
        match versions {
            None => return Err(self.error(ErrorClass::Decode, "get apis")),
            Some(versions) if !versions.iter().any(is_served) => return Ok(true),
            Some(_) => {}
        }
        let asked = format!("apis/{group}/{version}");
        let answer = self.read_path("get", &asked, &format!("/{asked}")).await?;
        let Some(resources) = answer.get("resources").and_then(Value::as_array) else {
            return Err(self.error(ErrorClass::Decode, &format!("get {asked}")));
        };
        let plural = decoded.rsplit('/').next();
        Ok(!resources
            .iter()
            .any(|resource| text(resource, "name").as_deref() == plural))
    }

    /// Everything in a namespace, of every kind that can be listed and deleted.
    pub async fn contents(self: &Arc<Self>, namespace: &str) -> Result<Contents, KubernetesError> {
        let discovery = self.discover().await?;
        let mut contents = self.contents_of(&discovery, namespace).await;
        contents.unreadable.extend(discovery.unreadable);
        Ok(contents)
    }

    /// The same with kinds that are known already; those that discovery could not read are for the caller to tell.
    pub async fn contents_of(self: &Arc<Self>, discovery: &Discovery, namespace: &str) -> Contents {
        let mut contents = Contents::default();
        let resources = discovery.resources.iter();
        let namespaced: Vec<DiscoveredResource> = resources
            .filter(|found| found.namespaced)
            .cloned()
            .collect();
        let lists: Vec<_> = futures::stream::iter(namespaced)
            .map(|resource| async move {
                let found = self.of_kind(&resource, namespace).await;
                (resource, found)
            })
            .buffered(AT_ONCE)
            .collect()
            .await;
        for (resource, found) in lists {
            match found {
                Ok(found) => contents.objects.extend(found),
                // The kind went away between discovery and list.
                Err(error) if error.class == ErrorClass::NotInstalled => {
                    tracing::debug!(%error, resource = resource.plural, "a kind has gone");
                }
                Err(error) => contents.unreadable.push(error),
            }
        }
        contents
    }

    /// The parts of the API that Services of the cluster serve. Once such a Service is gone no namespace can end: the server
    /// does not know what the part holds.
    ///
    /// <https://kubernetes.io/docs/concepts/extend-kubernetes/api-extension/apiserver-aggregation/>
    pub async fn aggregated_apis(self: &Arc<Self>) -> Result<Vec<AggregatedApi>, KubernetesError> {
        let (group, plural) = ("apiregistration.k8s.io", "apiservices");
        let path = collection_path(group, "v1", None, plural);
        let name = qualified(plural, group);
        let listed = self.list_at(path, name, true, ListQuery::default());
        let found: Vec<Value> = match listed.try_collect().await {
            Ok(found) => found,
            Err(error) if error.class == ErrorClass::NotInstalled => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let text = |object: &Value, pointer: &str| {
            let text = object.pointer(pointer).and_then(Value::as_str);
            text.map(str::to_owned)
        };
        Ok(found
            .iter()
            .filter_map(|object| {
                Some(AggregatedApi {
                    name: text(object, "/metadata/name")?,
                    namespace: text(object, "/spec/service/namespace")?,
                })
            })
            .collect())
    }

    async fn of_kind(
        self: &Arc<Self>,
        resource: &DiscoveredResource,
        namespace: &str,
    ) -> Result<Vec<Content>, KubernetesError> {
        let DiscoveredResource {
            group,
            version,
            plural,
            kind,
            ..
        } = resource;
        let name = qualified(plural, group);
        let path = collection_path(group, version, Some(namespace), plural);
        let objects: Vec<Value> = self
            .list_at(path, name.clone(), true, ListQuery::default())
            .try_collect()
            .await?;
        objects
            .iter()
            .map(|object| {
                let name = object.pointer("/metadata/name").and_then(Value::as_str);
                match (Life::of(object), name) {
                    (Some(life), Some(object_name)) => Ok(Content {
                        object: ObjectRef {
                            group: group.clone(),
                            version: version.clone(),
                            plural: plural.clone(),
                            namespace: Some(namespace.to_owned()),
                            name: object_name.to_owned(),
                        },
                        kind: kind.clone(),
                        life,
                        created: object
                            .pointer("/metadata/creationTimestamp")
                            .and_then(Value::as_str)
                            .map(str::to_owned),
                        owners: owners(object),
                    }),
                    _ => Err(self.error(ErrorClass::Decode, &format!("list {name:?}"))),
                }
            })
            .collect()
    }
}

/// The uids of an object's owner references.
fn owners(object: &Value) -> Vec<String> {
    let references = object.pointer("/metadata/ownerReferences");
    references
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|reference| reference.get("uid")?.as_str())
        .filter(|uid| !uid.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The versions of a group, the preferred one first.
fn versions_of(group: &Value) -> Option<Vec<(String, String)>> {
    let name = group.get("name")?.as_str()?;
    let preferred = group
        .pointer("/preferredVersion/version")
        .and_then(Value::as_str);
    let mut versions: Vec<&str> = group
        .get("versions")?
        .as_array()?
        .iter()
        .map(|version| version.get("version")?.as_str())
        .collect::<Option<_>>()?;
    versions.sort_by_key(|version| Some(*version) != preferred);
    Some(
        versions
            .into_iter()
            .map(|version| (name.to_owned(), version.to_owned()))
            .collect(),
    )
}

/// A kind that can be content; `None` for subresources (a slash in the name) and for what cannot be listed and deleted, such as
/// reviews and metrics.
fn read_resource(resource: &Value, group: &str, version: &str) -> Option<DiscoveredResource> {
    let text = |field: &str| resource.get(field).and_then(Value::as_str);
    let verbs = resource.get("verbs")?.as_array()?;
    let may = |verb: &str| verbs.iter().any(|known| known == verb);
    let plural = text("name").filter(|name| !name.contains('/'))?;
    (may("list") && may("delete")).then(|| DiscoveredResource {
        // An entry may name another group or version than its list.
        group: text("group")
            .filter(|group| !group.is_empty())
            .unwrap_or(group)
            .to_owned(),
        version: text("version")
            .filter(|version| !version.is_empty())
            .unwrap_or(version)
            .to_owned(),
        plural: plural.to_owned(),
        kind: text("kind").unwrap_or_default().to_owned(),
        namespaced: resource.get("namespaced") == Some(&Value::Bool(true)),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_can_be_listed_and_deleted_is_content() {
        let entry = |name: &str, verbs: &[&str]| json!({"name": name, "kind": "K", "namespaced": true, "verbs": verbs});
        for (entry, taken) in [
            (entry("pods", &["list", "delete"]), true),
            (entry("pods/status", &["list", "delete"]), false),
            (entry("pods", &["get", "list"]), false),
            (entry("bindings", &["create"]), false),
            (json!({"name": "pods"}), false),
        ] {
            assert_eq!(read_resource(&entry, "", "v1").is_some(), taken, "{entry}");
        }
    }

    #[test]
    fn the_preferred_version_is_first() {
        let group = json!({"name": "g", "versions": [{"version": "v1beta1"}, {"version": "v1"}],
            "preferredVersion": {"version": "v1"}});
        let versions: Vec<String> = versions_of(&group)
            .unwrap()
            .into_iter()
            .map(|(_, v)| v)
            .collect();
        assert_eq!(versions, ["v1", "v1beta1"]);
        assert_eq!(versions_of(&json!({"name": "g"})), None);
    }
}
