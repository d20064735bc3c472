//! What all Kubernetes objects have in common: how they are listed, their ids, metadata and links.
//!
//! Source of the metadata fields:
//! <https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/object-meta/>.

use std::collections::BTreeMap;

use futures::stream::{self, BoxStream, StreamExt as _};
use serde_json::Value;

use super::removal::Removal;
use crate::kubernetes::{ApiResourceRef, ListQuery};
use crate::model::{Attribute, Cell, Link, LinkKind, Resource, ResourceId, TypeId};
use crate::resources::cluster::ClusterError;
use crate::resources::decode::{self, DecodeError};
use crate::resources::teardown::Teardown;
use crate::resources::{Field, Fields, ListError, Reader, ResourceType, Spec, field};

/// The cells of every type here.
pub(super) const PARENT: &str = "ack.cluster";

/// What the links of every object lead to.
pub(super) const LINKED: &[&str] = &[PARENT, "k8s.namespace"];

/// What listing any of them sends first.
pub(super) const ALSO_READS: &[&str] = &["cs:DescribeClusterUserKubeconfig"];

/// The common fields.
pub(super) const FIELDS: Fields = Fields {
    id: "metadata.name",
    name: "metadata.name",
    created: "metadata.creationTimestamp",
    ..Fields::NONE
};

/// Attributes of every object.
const COMMON: &[Field] = &[
    Field::text("uid", "metadata.uid"),
    Field::text("namespace", "metadata.namespace"),
    Field::time("deletion_requested", "metadata.deletionTimestamp"),
];

/// Longest label or annotation value that is kept; the kept ones are ids and flags.
const VALUE_LIMIT_BYTES: usize = 1024;

/// A kind of object. What all kinds have in common as resource types is said once, for all of them; a kind says what is its own.
pub(super) trait Kind: Send + Sync + 'static {
    /// The type as data.
    const SPEC: &'static Spec;
    /// How API servers name it.
    const API: &'static ApiResourceRef;
    /// How one is deleted.
    const REMOVAL: &'static Removal;
    /// What its links may lead to.
    const LINKED: &'static [&'static str] = LINKED;

    /// Reads what the declared fields cannot say.
    fn read(_raw: &Value, _resource: &mut Resource) {}

    /// Links beyond those that every object has.
    fn further_links(_resource: &Resource) -> Vec<Link> {
        Vec::new()
    }
}

impl<K: Kind> ResourceType for K {
    fn spec(&self) -> &'static Spec {
        K::SPEC
    }

    fn list<'a>(
        &'a self,
        api: &'a Reader,
        cell: &'a Cell,
    ) -> BoxStream<'a, Result<Value, ListError>> {
        list(K::API, api, cell)
    }

    fn decode(&self, raw: &Value, cell: &Cell) -> Result<Resource, DecodeError> {
        let mut resource = decode(K::SPEC, K::API, raw, cell)?;
        K::read(raw, &mut resource);
        Ok(resource)
    }

    fn links(&self, resource: &Resource) -> Vec<Link> {
        let mut links = links(K::SPEC, resource);
        links.extend(K::further_links(resource));
        links
    }

    fn also_links_to(&self) -> &'static [&'static str] {
        K::LINKED
    }

    fn teardown(&self) -> Option<&dyn Teardown> {
        Some(K::REMOVAL)
    }
}

/// Every object of a kind in the cell's cluster.
fn list<'a>(
    resource: &'static ApiResourceRef,
    api: &'a Reader,
    cell: &'a Cell,
) -> BoxStream<'a, Result<Value, ListError>> {
    let Some(cluster) = &cell.parent else {
        let error = ListError::Unusable(format!("{} are listed per cluster", resource.plural));
        return stream::once(async { Err(error) }).boxed();
    };
    stream::once(api.cluster(cluster))
        .flat_map(move |client| match client {
            Ok(client) => client
                .list(resource, ListQuery::default())
                .map(|item| item.map_err(|error| ClusterError::from(error).into()))
                .boxed(),
            Err(error) => stream::once(async { Err(error) }).boxed(),
        })
        .boxed()
}

/// Reads the common part of an object. Without name, or namespace where it must have one, it cannot
/// be told apart from others, which is an error.
pub(super) fn decode(
    spec: &Spec,
    api: &ApiResourceRef,
    raw: &Value,
    cell: &Cell,
) -> Result<Resource, DecodeError> {
    let missing = |path: &str| DecodeError {
        type_id: spec.type_id.to_string(),
        path: path.to_owned(),
    };
    let mut resource = decode::decode(spec, raw, cell)?;
    let cluster = cell.parent.as_ref().ok_or_else(|| missing("cluster"))?;
    for field in COMMON {
        if let Some(value) = decode::attribute(raw, field) {
            resource.attributes.set(field.name, value);
        }
    }
    let namespace = resource.text("namespace").map(str::to_owned);
    if api.namespaced && namespace.is_none() {
        return Err(missing("metadata.namespace"));
    }
    resource.id.id = id_in(&cluster.id, namespace.as_deref(), &resource.id.id);
    resource.attributes.set_text("cluster_id", &cluster.id);
    if let Some(finalizers) = texts_or_none(raw, "/metadata/finalizers") {
        let finalizers = Attribute::TextList(finalizers);
        resource.attributes.set("finalizers", finalizers);
    }
    let owners = owner_references(raw);
    if !owners.is_empty() {
        let owners = Attribute::TextList(owners);
        resource.attributes.set("owner_references", owners);
    }
    Ok(resource)
}

fn id_in(cluster: &str, namespace: Option<&str>, name: &str) -> String {
    match namespace {
        Some(namespace) => format!("{cluster}/{namespace}/{name}"),
        None => format!("{cluster}/{name}"),
    }
}

/// A list of texts. Kubernetes leaves an empty list out, so a missing one is empty; one that is
/// something else is not known.
fn texts_or_none(raw: &Value, pointer: &str) -> Option<Vec<String>> {
    match raw.pointer(pointer) {
        None | Some(Value::Null) => Some(Vec::new()),
        Some(Value::Array(items)) => items
            .iter()
            .map(|item| item.as_str().map(str::to_owned))
            .collect(),
        Some(_) => None,
    }
}

/// `Kind.group`, or `Kind` of the core group.
fn qualified(api_version: &str, kind: &str) -> String {
    match api_version.split_once('/') {
        Some((group, _)) => format!("{kind}.{group}"),
        None => kind.to_owned(),
    }
}

/// Which of our types a reference by version and kind means, and whether it lives in a namespace.
pub(super) fn type_of(api_version: &str, kind: &str) -> Option<(&'static str, bool)> {
    type_of_owner(&qualified(api_version, kind))
}

/// `Kind.group/name` (the core group has no `.group`) of each owner.
fn owner_references(raw: &Value) -> Vec<String> {
    let references = raw.pointer("/metadata/ownerReferences");
    let describe = |reference: &Value| {
        let text = |field: &str| reference.get(field)?.as_str().filter(|t| !t.is_empty());
        let kind = text("kind")?;
        let name = text("name")?;
        let kind = qualified(text("apiVersion")?, kind);
        Some(format!("{kind}/{name}"))
    };
    references
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(describe)
        .collect()
}

/// Which of our types an owner reference means, and whether it lives in a namespace.
fn type_of_owner(kind: &str) -> Option<(&'static str, bool)> {
    Some(match kind {
        "CronJob.batch" => ("k8s.cron_job", true),
        "DaemonSet.apps" => ("k8s.daemon_set", true),
        "Deployment.apps" => ("k8s.deployment", true),
        "Job.batch" => ("k8s.job", true),
        "ReplicaSet.apps" => ("k8s.replica_set", true),
        "StatefulSet.apps" => ("k8s.stateful_set", true),
        "Pod" => ("k8s.pod", true),
        "Service" => ("k8s.service", true),
        "PersistentVolumeClaim" => ("k8s.persistent_volume_claim", true),
        "Ingress.networking.k8s.io" => ("k8s.ingress", true),
        "Node" => ("k8s.node", false),
        "PersistentVolume" => ("k8s.persistent_volume", false),
        "IngressClass.networking.k8s.io" => ("k8s.ingress_class", false),
        "AlbConfig.alibabacloud.com" => ("k8s.alb_config", false),
        _ => return None,
    })
}

/// The links that every object has: to its cluster, its namespace and from its owners, and those of
/// the type's rules.
pub(super) fn links(spec: &Spec, resource: &Resource) -> Vec<Link> {
    let mut links = Vec::new();
    if let Some(cluster) = resource.text("cluster_id") {
        links.push(field::link(
            resource,
            LinkKind::Uses,
            PARENT,
            cluster,
            "cluster",
        ));
    }
    let namespace = resource.text("namespace");
    if let Some(namespace) = namespace {
        let via = "metadata.namespace";
        links.extend(within(
            resource,
            LinkKind::Uses,
            "k8s.namespace",
            None,
            namespace,
            via,
        ));
    }
    let owners = resource.attributes.text_list("owner_references");
    for owner in owners.unwrap_or_default() {
        let Some((kind, name)) = owner.split_once('/') else {
            continue;
        };
        if let Some((owner_type, namespaced)) = type_of_owner(kind) {
            let namespace = namespace.filter(|_| namespaced);
            let via = "metadata.ownerReferences";
            links.extend(managed_by(resource, owner_type, namespace, name, via));
        }
    }
    links.extend(field::links(spec.links, resource));
    links
}

/// A link to another object of the same cluster.
pub(super) fn within(
    from: &Resource,
    kind: LinkKind,
    to: &'static str,
    namespace: Option<&str>,
    name: &str,
    via: &str,
) -> Option<Link> {
    let cluster = from.text("cluster_id").filter(|_| !name.is_empty())?;
    let id = id_in(cluster, namespace, name);
    Some(field::link(from, kind, to, &id, via))
}

/// A link from the object's manager to the object, which is the one that has the field.
pub(super) fn managed_by(
    resource: &Resource,
    owner_type: &'static str,
    namespace: Option<&str>,
    name: &str,
    via: &str,
) -> Option<Link> {
    let cluster = resource.text("cluster_id")?;
    Some(Link {
        from: ResourceId {
            account: resource.id.account.clone(),
            region: resource.id.region.clone(),
            type_id: TypeId::from_static(owner_type),
            id: id_in(cluster, namespace, name),
        },
        kind: LinkKind::Manages,
        to: resource.id.clone(),
        via: via.to_owned(),
    })
}

/// A label of the object, by its whole key.
pub(super) fn label<'v>(raw: &'v Value, key: &str) -> Option<&'v str> {
    value_of(raw, "labels", key)
}

/// An annotation of the object, by its whole key.
pub(super) fn annotation<'v>(raw: &'v Value, key: &str) -> Option<&'v str> {
    value_of(raw, "annotations", key)
}

fn value_of<'v>(raw: &'v Value, map: &str, key: &str) -> Option<&'v str> {
    raw.get("metadata")?
        .get(map)?
        .get(key)?
        .as_str()
        .filter(|value| value.len() <= VALUE_LIMIT_BYTES)
}

/// Keeps these labels or annotations (`found` looks one up) as an attribute, where there are any.
pub(super) fn keep<'v>(
    resource: &mut Resource,
    attribute: &str,
    keys: &[&str],
    found: impl Fn(&str) -> Option<&'v str>,
) {
    let kept: BTreeMap<String, String> = keys
        .iter()
        .filter_map(|&key| Some((key.to_owned(), found(key)?.to_owned())))
        .collect();
    if !kept.is_empty() {
        resource.attributes.set(attribute, Attribute::TextMap(kept));
    }
}
