//! The kinds that the emulated API server serves: a table of built-in kinds, known custom kinds,
//! and kinds that a scenario defines with a `CustomResourceDefinition` manifest.

use serde_json::Value;

/// One served kind in one group and version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kind {
    /// API group; empty for the core group.
    pub group: String,
    /// Version within the group, such as `v1`.
    pub version: String,
    /// Plural name in paths, such as `pods`.
    pub plural: String,
    /// Lower-case singular name.
    pub singular: String,
    /// Kind as written in manifests, such as `Pod`.
    pub kind: String,
    /// Whether objects live in a namespace.
    pub namespaced: bool,
    /// Short names for kubectl.
    pub short_names: Vec<String>,
    /// Field selectors beyond `metadata.name` and `metadata.namespace`.
    pub selectable_fields: Vec<String>,
    /// Whether a custom resource definition stands behind it. Lists of custom objects carry
    /// `apiVersion` and `kind` in each item, lists of built-in ones do not.
    pub custom: bool,
}

impl Kind {
    /// `group/version`, or only the version for the core group.
    pub fn api_version(&self) -> String {
        if self.group.is_empty() {
            self.version.clone()
        } else {
            format!("{}/{}", self.group, self.version)
        }
    }

    /// Whether the status is written through a subresource of its own. For custom kinds the definition says it; those that ACK
    /// installs are taken to have one (unverified).
    pub(super) fn has_status(&self) -> bool {
        self.custom || WITH_STATUS.contains(&self.plural.as_str())
    }

    /// Whether changes of the content are counted in `metadata.generation`. The core group's kinds do not count
    /// (`pkg/registry/core/*/strategy.go`), nor do kinds that are only data.
    pub(super) fn has_generation(&self) -> bool {
        self.custom
            || (!self.group.is_empty() && self.has_status())
            || self.kind == "ReplicationController"
            || self.group == "admissionregistration.k8s.io"
            || matches!(self.kind.as_str(), "IngressClass" | "NetworkPolicy")
    }

    /// What may be done with it: what discovery says and the server keeps. A namespace goes one by one only
    /// (`pkg/registry/core/namespace/storage/storage.go` has no collection deleter).
    pub(super) fn verbs(&self) -> Vec<&'static str> {
        let mut verbs = vec!["create", "delete"];
        if self.plural != "namespaces" {
            verbs.push("deletecollection");
        }
        verbs.extend(["get", "list", "patch", "update"]);
        verbs
    }

    /// Reads the kinds that a `CustomResourceDefinition` manifest defines, one for each served
    /// version; `None` when a required field is missing.
    pub(super) fn from_definition(manifest: &Value) -> Option<Vec<Self>> {
        let spec = manifest.get("spec")?;
        let names = spec.get("names")?;
        let group = spec.get("group")?.as_str()?;
        let plural = names.get("plural")?.as_str()?;
        let kind = names.get("kind")?.as_str()?;
        let namespaced = spec.get("scope")?.as_str()? == "Namespaced";
        let singular = names
            .get("singular")
            .and_then(Value::as_str)
            .map_or_else(|| kind.to_lowercase(), str::to_owned);
        let versions = spec.get("versions")?.as_array()?;
        versions
            .iter()
            .filter(|version| version.get("served") != Some(&Value::Bool(false)))
            .map(|version| {
                Some(Self {
                    group: group.to_owned(),
                    version: version.get("name")?.as_str()?.to_owned(),
                    plural: plural.to_owned(),
                    singular: singular.clone(),
                    kind: kind.to_owned(),
                    namespaced,
                    short_names: strings(names.get("shortNames")),
                    selectable_fields: Vec::new(),
                    custom: true,
                })
            })
            .collect()
    }
}

fn strings(value: Option<&Value>) -> Vec<String> {
    value
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|item| item.as_str().map(str::to_owned))
        .collect()
}

/// Scope column of the tables below.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scope {
    Cluster,
    Namespaced,
}
use Scope::{Cluster, Namespaced};

/// Group, version, plural, kind, scope, short names, selectable fields.
type Row = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    Scope,
    &'static [&'static str],
    &'static [&'static str],
);

/// Kinds of every Kubernetes API server. The selectable fields are those that the server
/// registers (kubernetes/kubernetes `pkg/apis/*/v*/conversion.go` and `pkg/registry/*/strategy.go`).
#[rustfmt::skip]
const BUILT_IN: &[Row] = &[
    ("", "v1", "configmaps", "ConfigMap", Namespaced, &["cm"], &[]),
    ("", "v1", "endpoints", "Endpoints", Namespaced, &["ep"], &[]),
    ("", "v1", "events", "Event", Namespaced, &["ev"], &["involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid", "involvedObject.apiVersion", "involvedObject.resourceVersion", "involvedObject.fieldPath", "reason", "reportingComponent", "source", "type"]),
    ("", "v1", "limitranges", "LimitRange", Namespaced, &["limits"], &[]),
    ("", "v1", "namespaces", "Namespace", Cluster, &["ns"], &["status.phase"]),
    ("", "v1", "nodes", "Node", Cluster, &["no"], &["spec.unschedulable"]),
    ("", "v1", "persistentvolumeclaims", "PersistentVolumeClaim", Namespaced, &["pvc"], &[]),
    ("", "v1", "persistentvolumes", "PersistentVolume", Cluster, &["pv"], &[]),
    ("", "v1", "pods", "Pod", Namespaced, &["po"], &["spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName", "spec.hostNetwork", "status.phase", "status.podIP", "status.nominatedNodeName"]),
    ("", "v1", "replicationcontrollers", "ReplicationController", Namespaced, &["rc"], &["status.replicas"]),
    ("", "v1", "resourcequotas", "ResourceQuota", Namespaced, &["quota"], &[]),
    ("", "v1", "secrets", "Secret", Namespaced, &[], &["type"]),
    ("", "v1", "serviceaccounts", "ServiceAccount", Namespaced, &["sa"], &[]),
    ("", "v1", "services", "Service", Namespaced, &["svc"], &["spec.clusterIP", "spec.type"]),
    ("admissionregistration.k8s.io", "v1", "mutatingwebhookconfigurations", "MutatingWebhookConfiguration", Cluster, &[], &[]),
    ("admissionregistration.k8s.io", "v1", "validatingwebhookconfigurations", "ValidatingWebhookConfiguration", Cluster, &[], &[]),
    ("apiextensions.k8s.io", "v1", "customresourcedefinitions", "CustomResourceDefinition", Cluster, &["crd", "crds"], &[]),
    ("apiregistration.k8s.io", "v1", "apiservices", "APIService", Cluster, &[], &[]),
    ("apps", "v1", "daemonsets", "DaemonSet", Namespaced, &["ds"], &[]),
    ("apps", "v1", "deployments", "Deployment", Namespaced, &["deploy"], &[]),
    ("apps", "v1", "replicasets", "ReplicaSet", Namespaced, &["rs"], &["status.replicas"]),
    ("apps", "v1", "statefulsets", "StatefulSet", Namespaced, &["sts"], &[]),
    ("autoscaling", "v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler", Namespaced, &["hpa"], &[]),
    ("batch", "v1", "cronjobs", "CronJob", Namespaced, &["cj"], &[]),
    ("batch", "v1", "jobs", "Job", Namespaced, &[], &["status.successful"]),
    ("coordination.k8s.io", "v1", "leases", "Lease", Namespaced, &[], &[]),
    ("discovery.k8s.io", "v1", "endpointslices", "EndpointSlice", Namespaced, &[], &[]),
    ("networking.k8s.io", "v1", "ingressclasses", "IngressClass", Cluster, &[], &[]),
    ("networking.k8s.io", "v1", "ingresses", "Ingress", Namespaced, &["ing"], &[]),
    ("networking.k8s.io", "v1", "networkpolicies", "NetworkPolicy", Namespaced, &["netpol"], &[]),
    ("policy", "v1", "poddisruptionbudgets", "PodDisruptionBudget", Namespaced, &["pdb"], &[]),
    ("rbac.authorization.k8s.io", "v1", "clusterrolebindings", "ClusterRoleBinding", Cluster, &[], &[]),
    ("rbac.authorization.k8s.io", "v1", "clusterroles", "ClusterRole", Cluster, &[], &[]),
    ("rbac.authorization.k8s.io", "v1", "rolebindings", "RoleBinding", Namespaced, &[], &[]),
    ("rbac.authorization.k8s.io", "v1", "roles", "Role", Namespaced, &[], &[]),
    ("scheduling.k8s.io", "v1", "priorityclasses", "PriorityClass", Cluster, &["pc"], &[]),
    ("storage.k8s.io", "v1", "csidrivers", "CSIDriver", Cluster, &[], &[]),
    ("storage.k8s.io", "v1", "csinodes", "CSINode", Cluster, &[], &[]),
    ("storage.k8s.io", "v1", "storageclasses", "StorageClass", Cluster, &["sc"], &[]),
    ("storage.k8s.io", "v1", "volumeattachments", "VolumeAttachment", Cluster, &[], &[]),
];

/// Built-in kinds with a status subresource (the `/status` paths of kubernetes/kubernetes `api/openapi-spec/swagger.json`).
#[rustfmt::skip]
const WITH_STATUS: &[&str] = &[
    "apiservices", "cronjobs", "customresourcedefinitions", "daemonsets", "deployments", "horizontalpodautoscalers", "ingresses",
    "jobs", "namespaces", "nodes", "persistentvolumeclaims", "persistentvolumes", "poddisruptionbudgets", "pods", "replicasets",
    "replicationcontrollers", "resourcequotas", "services", "statefulsets", "volumeattachments",
];

/// Custom kinds that ACK components install. One is served only in a cluster whose scenario has an
/// object of it or its definition, so that "not installed" can be told apart from "none there".
///
/// `AlbConfig` is cluster-scoped in ACK. Older open-source controllers register it as namespaced
/// (kubernetes/cloud-provider-alibaba-cloud `pkg/controller/ingress/register.go`); lists over the
/// whole cluster are the same.
/// The snapshot kinds are kubernetes-csi/external-snapshotter's (`client/apis/volumesnapshot/v1`).
#[rustfmt::skip]
const KNOWN_CUSTOM: &[Row] = &[
    ("alibabacloud.com", "v1", "albconfigs", "AlbConfig", Cluster, &[], &[]),
    ("snapshot.storage.k8s.io", "v1", "volumesnapshotclasses", "VolumeSnapshotClass", Cluster, &["vsclass"], &[]),
    ("snapshot.storage.k8s.io", "v1", "volumesnapshotcontents", "VolumeSnapshotContent", Cluster, &["vsc"], &[]),
    ("snapshot.storage.k8s.io", "v1", "volumesnapshots", "VolumeSnapshot", Namespaced, &["vs"], &[]),
];

fn kinds(rows: &'static [Row], custom: bool) -> impl Iterator<Item = Kind> {
    rows.iter().map(
        move |&(group, version, plural, kind, scope, short_names, selectable_fields)| Kind {
            group: group.to_owned(),
            version: version.to_owned(),
            plural: plural.to_owned(),
            singular: kind.to_lowercase(),
            kind: kind.to_owned(),
            namespaced: scope == Namespaced,
            short_names: short_names.iter().map(|&name| name.to_owned()).collect(),
            selectable_fields: selectable_fields
                .iter()
                .map(|&field| field.to_owned())
                .collect(),
            custom,
        },
    )
}

/// Every built-in kind.
pub(super) fn built_in() -> Vec<Kind> {
    kinds(BUILT_IN, false).collect()
}

/// The known custom kind with this `apiVersion` and `kind`.
pub(super) fn known_custom(api_version: &str, kind: &str) -> Option<Kind> {
    kinds(KNOWN_CUSTOM, true).find(|known| known.kind == kind && known.api_version() == api_version)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::json;

    use super::*;

    #[test]
    fn every_row_has_its_own_path_and_kind() {
        let all: Vec<Kind> = kinds(BUILT_IN, false)
            .chain(kinds(KNOWN_CUSTOM, true))
            .collect();
        let paths: BTreeSet<_> = all
            .iter()
            .map(|k| (&k.group, &k.version, &k.plural))
            .collect();
        let names: BTreeSet<_> = all.iter().map(|k| (k.api_version(), &k.kind)).collect();
        assert_eq!(paths.len(), all.len());
        assert_eq!(names.len(), all.len());
    }

    #[test]
    fn a_definition_gives_one_kind_for_each_served_version() {
        let kinds = Kind::from_definition(&json!({
            "spec": {
                "group": "network.alibabacloud.com",
                "scope": "Namespaced",
                "names": {"plural": "podenis", "kind": "PodENI", "shortNames": ["pe"]},
                "versions": [
                    {"name": "v1beta1", "served": true, "storage": true},
                    {"name": "v1alpha1", "served": false, "storage": false},
                ],
            },
        }))
        .unwrap();
        assert_eq!(kinds.len(), 1);
        assert_eq!(kinds[0].api_version(), "network.alibabacloud.com/v1beta1");
        assert_eq!(kinds[0].singular, "podeni");
        assert!(kinds[0].namespaced && kinds[0].custom);
    }

    #[test]
    fn a_definition_without_names_is_refused() {
        assert_eq!(
            Kind::from_definition(&json!({"spec": {"group": "g"}})),
            None
        );
    }
}
