//! `k8s.deployment`: a Deployment.
//!
//! Its pods name a `ReplicaSet` as owner; which Deployment that belongs to is told by [`super::Pod`].
//!
//! <https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/deployment-v1/>

use super::object::Kind;
use super::{object, removal};
use crate::kubernetes::ApiResourceRef;
use crate::model::TypeId;
use crate::resources::{Billing, Field, Fields, ListedPer, Risk, Spec, Title};

/// `k8s.deployment`
pub struct Deployment;

pub(super) static API: ApiResourceRef = ApiResourceRef {
    group: "apps",
    version: "v1",
    plural: "deployments",
    kind: "Deployment",
    namespaced: true,
    optional: false,
};

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("k8s.deployment"),
    title: Title {
        en: "Deployment",
        zh: "无状态应用",
    },
    listed_per: ListedPer::Parent(object::PARENT),
    listing: None,
    also_reads: object::ALSO_READS,
    docs: "https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/deployment-v1/",
    billing: Billing::Free,
    risk: Risk::Service,
    fields: Fields {
        attributes: &[
            Field::integer("replicas", "spec.replicas"),
            Field::integer("ready_replicas", "status.readyReplicas"),
            Field::integer("available_replicas", "status.availableReplicas"),
            Field::boolean("paused", "spec.paused"),
            Field::text_list("images", "spec.template.spec.containers.image"),
            Field::text_list("init_images", "spec.template.spec.initContainers.image"),
        ],
        ..object::FIELDS
    },
    links: &[],
    unverified: &[],
};

impl Kind for Deployment {
    const SPEC: &Spec = &SPEC;
    const API: &ApiResourceRef = &API;
    const REMOVAL: &removal::Removal = &REMOVAL;
}

static REMOVAL: removal::Removal = removal::Removal::new(&Deployment, &API);
