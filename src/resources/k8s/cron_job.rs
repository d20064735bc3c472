//! `k8s.cron_job`: a `CronJob`, which makes Jobs by a timetable. Between two of them nothing of it runs, and it still needs what it
//! names: its images, its claims.
//!
//! <https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/cron-job-v1/>

use super::object::Kind;
use super::{object, removal};
use crate::kubernetes::ApiResourceRef;
use crate::model::{Link, LinkKind, Resource, TypeId};
use crate::resources::{Billing, Field, Fields, ListedPer, Risk, Spec, Title};

/// `k8s.cron_job`
pub struct CronJob;

pub(super) static API: ApiResourceRef = ApiResourceRef {
    group: "batch",
    version: "v1",
    plural: "cronjobs",
    kind: "CronJob",
    namespaced: true,
    optional: false,
};

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("k8s.cron_job"),
    title: Title {
        en: "CronJob",
        zh: "定时任务",
    },
    listed_per: ListedPer::Parent(object::PARENT),
    listing: None,
    also_reads: object::ALSO_READS,
    docs: "https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/cron-job-v1/",
    billing: Billing::Free,
    risk: Risk::Service,
    fields: Fields {
        attributes: &[
            Field::text("schedule", "spec.schedule"),
            Field::text("time_zone", "spec.timeZone"),
            Field::boolean("suspended", "spec.suspend"),
            Field::time("last_scheduled", "status.lastScheduleTime"),
            Field::time("last_succeeded", "status.lastSuccessfulTime"),
            Field::text_list(
                "images",
                "spec.jobTemplate.spec.template.spec.containers.image",
            ),
            Field::text_list(
                "init_images",
                "spec.jobTemplate.spec.template.spec.initContainers.image",
            ),
            Field::text_list(
                "claims",
                "spec.jobTemplate.spec.template.spec.volumes.persistentVolumeClaim.claimName",
            ),
        ],
        ..object::FIELDS
    },
    links: &[],
    unverified: &[],
};

impl Kind for CronJob {
    const SPEC: &Spec = &SPEC;
    const API: &ApiResourceRef = &API;
    const REMOVAL: &removal::Removal = &REMOVAL;
    const LINKED: &[&str] = &[
        "ack.cluster",
        "k8s.namespace",
        "k8s.persistent_volume_claim",
    ];

    fn further_links(resource: &Resource) -> Vec<Link> {
        let mut links = Vec::new();
        let claims = resource.attributes.text_list("claims");
        for claim in claims.unwrap_or_default() {
            let (kind, to) = (LinkKind::Uses, "k8s.persistent_volume_claim");
            let namespace = resource.text("namespace");
            let via = "spec.jobTemplate.spec.template.spec.volumes";
            links.extend(object::within(resource, kind, to, namespace, claim, via));
        }
        links
    }
}

static REMOVAL: removal::Removal = removal::Removal::new(&CronJob, &API);
