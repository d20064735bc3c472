//! `k8s.namespace`: a namespace.
//!
//! Deleting one deletes everything in it, in no order: finalizers of Services and claims still run, but
//! nothing waits for them. It stays `Terminating` while one does not finish.
//!
//! <https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/namespace-v1/>

use super::object::Kind;
use super::{object, removal};
use crate::kubernetes::ApiResourceRef;
use crate::model::TypeId;
use crate::resources::{Billing, Fields, ListedPer, Risk, Spec, Title};

/// `k8s.namespace`
pub struct Namespace;

pub(super) static API: ApiResourceRef = ApiResourceRef {
    group: "",
    version: "v1",
    plural: "namespaces",
    kind: "Namespace",
    namespaced: false,
    optional: false,
};

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("k8s.namespace"),
    title: Title {
        en: "Namespace",
        zh: "命名空间",
    },
    listed_per: ListedPer::Parent(object::PARENT),
    listing: None,
    also_reads: object::ALSO_READS,
    docs: "https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/namespace-v1/",
    billing: Billing::Free,
    risk: Risk::Data,
    fields: Fields {
        status: "status.phase",
        ..object::FIELDS
    },
    links: &[],
    unverified: &[],
};

impl Kind for Namespace {
    const SPEC: &Spec = &SPEC;
    const API: &ApiResourceRef = &API;
    const REMOVAL: &removal::Removal = &REMOVAL;
}

static REMOVAL: removal::Removal = removal::Removal {
    loses: Some(Title {
        en: "everything in the namespace, Secrets and ConfigMaps too",
        zh: "命名空间内的一切，包括 Secret 和 ConfigMap",
    }),
    goes_along: removal::comes_with_the_cluster,
    ..removal::Removal::new(&Namespace, &API)
};
