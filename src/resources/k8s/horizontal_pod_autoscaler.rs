//! `k8s.horizontal_pod_autoscaler`: a `HorizontalPodAutoscaler`, which sets how many pods a workload has.
//!
//! Trap: what it scales cannot be scaled by hand for long.
//!
//! <https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/horizontal-pod-autoscaler-v2/>

use super::object::Kind;
use super::{object, removal};
use crate::kubernetes::ApiResourceRef;
use crate::model::{Link, LinkKind, Resource, TypeId};
use crate::resources::{Billing, Field, Fields, ListedPer, Risk, Spec, Title};

/// `k8s.horizontal_pod_autoscaler`
pub struct HorizontalPodAutoscaler;

pub(super) static API: ApiResourceRef = ApiResourceRef {
    group: "autoscaling",
    version: "v2",
    plural: "horizontalpodautoscalers",
    kind: "HorizontalPodAutoscaler",
    namespaced: true,
    optional: false,
};

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("k8s.horizontal_pod_autoscaler"),
    title: Title {
        en: "HorizontalPodAutoscaler",
        zh: "水平伸缩",
    },
    listed_per: ListedPer::Parent(object::PARENT),
    listing: None,
    also_reads: object::ALSO_READS,
    docs: "https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/horizontal-pod-autoscaler-v2/",
    billing: Billing::Free,
    risk: Risk::None,
    fields: Fields {
        attributes: &[
            Field::text("target_api_version", "spec.scaleTargetRef.apiVersion"),
            Field::text("target_kind", "spec.scaleTargetRef.kind"),
            Field::text("target_name", "spec.scaleTargetRef.name"),
            Field::integer("least_replicas", "spec.minReplicas"),
            Field::integer("most_replicas", "spec.maxReplicas"),
            Field::integer("current_replicas", "status.currentReplicas"),
            Field::integer("desired_replicas", "status.desiredReplicas"),
        ],
        ..object::FIELDS
    },
    links: &[],
    unverified: &[],
};

impl Kind for HorizontalPodAutoscaler {
    const SPEC: &Spec = &SPEC;
    const API: &ApiResourceRef = &API;
    const REMOVAL: &removal::Removal = &REMOVAL;
    const LINKED: &[&str] = &[
        "ack.cluster",
        "k8s.namespace",
        "k8s.deployment",
        "k8s.replica_set",
        "k8s.stateful_set",
    ];

    fn further_links(resource: &Resource) -> Vec<Link> {
        let mut links = Vec::new();
        let target = resource
            .text("target_api_version")
            .zip(resource.text("target_kind"))
            .and_then(|(version, kind)| object::type_of(version, kind));
        if let (Some((to, _)), Some(name)) = (target, resource.text("target_name")) {
            let (kind, namespace) = (LinkKind::Uses, resource.text("namespace"));
            let via = "spec.scaleTargetRef";
            links.extend(object::within(resource, kind, to, namespace, name, via));
        }
        links
    }
}

static REMOVAL: removal::Removal = removal::Removal {
    goes_along: removal::is_of_the_system,
    ..removal::Removal::new(&HorizontalPodAutoscaler, &API)
};
