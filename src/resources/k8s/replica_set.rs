//! `k8s.replica_set`: a `ReplicaSet`. Most belong to a Deployment, which keeps old ones, scaled to zero, to go back to.
//!
//! <https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/replica-set-v1/>

use super::object::Kind;
use super::{object, removal};
use crate::kubernetes::ApiResourceRef;
use crate::model::TypeId;
use crate::resources::{Billing, Field, Fields, ListedPer, Risk, Spec, Title};

/// `k8s.replica_set`
pub struct ReplicaSet;

pub(super) static API: ApiResourceRef = ApiResourceRef {
    group: "apps",
    version: "v1",
    plural: "replicasets",
    kind: "ReplicaSet",
    namespaced: true,
    optional: false,
};

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("k8s.replica_set"),
    title: Title {
        en: "ReplicaSet",
        zh: "副本集",
    },
    listed_per: ListedPer::Parent(object::PARENT),
    listing: None,
    also_reads: object::ALSO_READS,
    docs: "https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/replica-set-v1/",
    billing: Billing::Free,
    risk: Risk::Service,
    fields: Fields {
        attributes: &[
            Field::integer("replicas", "spec.replicas"),
            Field::integer("ready_replicas", "status.readyReplicas"),
            Field::integer("available_replicas", "status.availableReplicas"),
            Field::text_list("images", "spec.template.spec.containers.image"),
            Field::text_list("init_images", "spec.template.spec.initContainers.image"),
        ],
        ..object::FIELDS
    },
    links: &[],
    unverified: &[],
};

impl Kind for ReplicaSet {
    const SPEC: &Spec = &SPEC;
    const API: &ApiResourceRef = &API;
    const REMOVAL: &removal::Removal = &REMOVAL;
}

static REMOVAL: removal::Removal = removal::Removal::new(&ReplicaSet, &API);
