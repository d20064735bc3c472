//! `k8s.stateful_set`: a `StatefulSet`, whose pods have names and claims of their own.
//!
//! Trap: claims made from its templates outlive it unless it says otherwise, and so do their disks; scaled to zero it still
//! needs them.
//!
//! <https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/stateful-set-v1/>

use super::object::Kind;
use super::{object, removal};
use crate::kubernetes::ApiResourceRef;
use crate::model::TypeId;
use crate::resources::{Billing, Field, Fields, ListedPer, Risk, Spec, Title};

/// `k8s.stateful_set`
pub struct StatefulSet;

pub(super) static API: ApiResourceRef = ApiResourceRef {
    group: "apps",
    version: "v1",
    plural: "statefulsets",
    kind: "StatefulSet",
    namespaced: true,
    optional: false,
};

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("k8s.stateful_set"),
    title: Title {
        en: "StatefulSet",
        zh: "有状态应用",
    },
    listed_per: ListedPer::Parent(object::PARENT),
    listing: None,
    also_reads: object::ALSO_READS,
    docs: "https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/stateful-set-v1/",
    billing: Billing::Free,
    risk: Risk::Service,
    fields: Fields {
        attributes: &[
            Field::integer("replicas", "spec.replicas"),
            Field::integer("ready_replicas", "status.readyReplicas"),
            Field::text("service_name", "spec.serviceName"),
            Field::text_list("claim_templates", "spec.volumeClaimTemplates.metadata.name"),
            Field::text(
                "claims_when_deleted",
                "spec.persistentVolumeClaimRetentionPolicy.whenDeleted",
            ),
            Field::text_list("images", "spec.template.spec.containers.image"),
            Field::text_list("init_images", "spec.template.spec.initContainers.image"),
        ],
        ..object::FIELDS
    },
    links: &[],
    unverified: &[],
};

impl Kind for StatefulSet {
    const SPEC: &Spec = &SPEC;
    const API: &ApiResourceRef = &API;
    const REMOVAL: &removal::Removal = &REMOVAL;
}

static REMOVAL: removal::Removal = removal::Removal::new(&StatefulSet, &API);
