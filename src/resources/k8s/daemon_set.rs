//! `k8s.daemon_set`: a `DaemonSet`, with a pod on every node that it selects.
//!
//! <https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/daemon-set-v1/>

use super::object::Kind;
use super::{object, removal};
use crate::kubernetes::ApiResourceRef;
use crate::model::TypeId;
use crate::resources::{Billing, Field, Fields, ListedPer, Risk, Spec, Title};

/// `k8s.daemon_set`
pub struct DaemonSet;

pub(super) static API: ApiResourceRef = ApiResourceRef {
    group: "apps",
    version: "v1",
    plural: "daemonsets",
    kind: "DaemonSet",
    namespaced: true,
    optional: false,
};

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("k8s.daemon_set"),
    title: Title {
        en: "DaemonSet",
        zh: "守护进程集",
    },
    listed_per: ListedPer::Parent(object::PARENT),
    listing: None,
    also_reads: object::ALSO_READS,
    docs: "https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/daemon-set-v1/",
    billing: Billing::Free,
    risk: Risk::Service,
    fields: Fields {
        attributes: &[
            Field::integer("desired", "status.desiredNumberScheduled"),
            Field::integer("ready", "status.numberReady"),
            Field::integer("available", "status.numberAvailable"),
            Field::integer("misscheduled", "status.numberMisscheduled"),
            Field::text_list("images", "spec.template.spec.containers.image"),
            Field::text_list("init_images", "spec.template.spec.initContainers.image"),
        ],
        ..object::FIELDS
    },
    links: &[],
    unverified: &[],
};

impl Kind for DaemonSet {
    const SPEC: &Spec = &SPEC;
    const API: &ApiResourceRef = &API;
    const REMOVAL: &removal::Removal = &REMOVAL;
}

static REMOVAL: removal::Removal = removal::Removal::new(&DaemonSet, &API);
