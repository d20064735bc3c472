//! `k8s.job`: a Job, which runs pods until enough have succeeded. Those of a `CronJob` are made again by it.
//!
//! <https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/job-v1/>

use super::object::Kind;
use super::{object, removal};
use crate::kubernetes::ApiResourceRef;
use crate::model::TypeId;
use crate::resources::{Billing, Field, Fields, ListedPer, Risk, Spec, Title};

/// `k8s.job`
pub struct Job;

pub(super) static API: ApiResourceRef = ApiResourceRef {
    group: "batch",
    version: "v1",
    plural: "jobs",
    kind: "Job",
    namespaced: true,
    optional: false,
};

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("k8s.job"),
    title: Title {
        en: "Job",
        zh: "任务",
    },
    listed_per: ListedPer::Parent(object::PARENT),
    listing: None,
    also_reads: object::ALSO_READS,
    docs: "https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/job-v1/",
    billing: Billing::Free,
    risk: Risk::Service,
    fields: Fields {
        attributes: &[
            Field::integer("completions", "spec.completions"),
            Field::integer("parallelism", "spec.parallelism"),
            Field::integer("active", "status.active"),
            Field::integer("succeeded", "status.succeeded"),
            Field::integer("failed", "status.failed"),
            Field::boolean("suspended", "spec.suspend"),
            Field::time("started", "status.startTime"),
            Field::time("completed", "status.completionTime"),
            Field::text_list("images", "spec.template.spec.containers.image"),
            Field::text_list("init_images", "spec.template.spec.initContainers.image"),
        ],
        ..object::FIELDS
    },
    links: &[],
    unverified: &[],
};

impl Kind for Job {
    const SPEC: &Spec = &SPEC;
    const API: &ApiResourceRef = &API;
    const REMOVAL: &removal::Removal = &REMOVAL;
}

static REMOVAL: removal::Removal = removal::Removal::new(&Job, &API);
