//! `k8s.pod_disruption_budget`: a `PodDisruptionBudget`: how many pods may be down on purpose. One that allows none stops a node from being
//! drained.
//!
//! <https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/pod-disruption-budget-v1/>

use super::object::Kind;
use super::{object, removal};
use crate::kubernetes::ApiResourceRef;
use crate::model::TypeId;
use crate::resources::{Billing, Field, Fields, ListedPer, Risk, Spec, Title};

/// `k8s.pod_disruption_budget`
pub struct PodDisruptionBudget;

pub(super) static API: ApiResourceRef = ApiResourceRef {
    group: "policy",
    version: "v1",
    plural: "poddisruptionbudgets",
    kind: "PodDisruptionBudget",
    namespaced: true,
    optional: false,
};

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("k8s.pod_disruption_budget"),
    title: Title {
        en: "PodDisruptionBudget",
        zh: "中断预算",
    },
    listed_per: ListedPer::Parent(object::PARENT),
    listing: None,
    also_reads: object::ALSO_READS,
    docs: "https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/pod-disruption-budget-v1/",
    billing: Billing::Free,
    risk: Risk::None,
    fields: Fields {
        attributes: &[
            Field::text("least_available", "spec.minAvailable"),
            Field::text("most_unavailable", "spec.maxUnavailable"),
            Field::integer("disruptions_allowed", "status.disruptionsAllowed"),
            Field::integer("healthy", "status.currentHealthy"),
            Field::integer("desired_healthy", "status.desiredHealthy"),
            Field::integer("expected_pods", "status.expectedPods"),
        ],
        ..object::FIELDS
    },
    links: &[],
    unverified: &[],
};

impl Kind for PodDisruptionBudget {
    const SPEC: &Spec = &SPEC;
    const API: &ApiResourceRef = &API;
    const REMOVAL: &removal::Removal = &REMOVAL;
}

static REMOVAL: removal::Removal = removal::Removal {
    goes_along: removal::is_of_the_system,
    ..removal::Removal::new(&PodDisruptionBudget, &API)
};
