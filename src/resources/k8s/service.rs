//! `k8s.service`: a Service, and the load balancer it stands for.
//!
//! A Service of type `LoadBalancer` has a CLB, or with `loadBalancerClass: alibabacloud.com/nlb` an NLB, which the
//! cloud controller makes, and deletes only while it still runs: delete the Service before the cluster.
//! The controller writes the id into the label `service.k8s.alibaba/loadbalancer-id`
//! (kubernetes/cloud-provider-alibaba-cloud `pkg/controller/helper/service_utils.go`).
//!
//! Traps: a load balancer that the annotation names is the user's and only used; one with
//! `preserve-lb-on-delete` stays, without tags, when the Service goes.
//!
//! <https://kubernetes.io/docs/reference/kubernetes-api/service-resources/service-v1/>

use serde_json::Value;

use super::object::Kind;
use super::{object, removal};
use crate::kubernetes::ApiResourceRef;
use crate::model::{Attribute, Link, LinkKind, Resource, TypeId};
use crate::resources::{Billing, Field, Fields, ListedPer, Risk, Spec, Title, field};

/// `k8s.service`
pub struct Service;

pub(super) static API: ApiResourceRef = ApiResourceRef {
    group: "",
    version: "v1",
    plural: "services",
    kind: "Service",
    namespaced: true,
    optional: false,
};

/// Annotations that decide what happens to a load balancer, in the present and the legacy spelling
/// (`pkg/controller/service/reconcile/annotation/annotations.go`).
const REUSED: [&str; 2] = [
    "service.beta.kubernetes.io/alibaba-cloud-loadbalancer-id",
    "service.beta.kubernetes.io/alicloud-loadbalancer-id",
];
const PRESERVED: [&str; 2] = [
    "service.beta.kubernetes.io/alibaba-cloud-loadbalancer-preserve-lb-on-delete",
    "service.beta.kubernetes.io/alicloud-loadbalancer-preserve-lb-on-delete",
];

/// Label with the id of the load balancer that the controller made or uses.
const LOAD_BALANCER_ID: &str = "service.k8s.alibaba/loadbalancer-id";

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("k8s.service"),
    title: Title {
        en: "Service",
        zh: "服务",
    },
    listed_per: ListedPer::Parent(object::PARENT),
    listing: None,
    also_reads: object::ALSO_READS,
    docs: "https://kubernetes.io/docs/reference/kubernetes-api/service-resources/service-v1/",
    billing: Billing::Free,
    risk: Risk::Service,
    fields: Fields {
        attributes: &[
            Field::text("service_type", "spec.type"),
            Field::text("cluster_ip", "spec.clusterIP"),
            Field::text("load_balancer_class", "spec.loadBalancerClass"),
            Field::text_list("load_balancer_ips", "status.loadBalancer.ingress.ip"),
            Field::text_list(
                "load_balancer_hostnames",
                "status.loadBalancer.ingress.hostname",
            ),
        ],
        ..object::FIELDS
    },
    links: &[],
    unverified: &[],
};

impl Kind for Service {
    const SPEC: &Spec = &SPEC;
    const API: &ApiResourceRef = &API;
    const REMOVAL: &removal::Removal = &REMOVAL;
    const LINKED: &[&str] = &[
        "ack.cluster",
        "k8s.namespace",
        "nlb.load_balancer",
        "slb.load_balancer",
    ];

    fn read(raw: &Value, resource: &mut Resource) {
        let first = |keys: [&str; 2]| keys.iter().find_map(|key| object::annotation(raw, key));
        let reused = first(REUSED).filter(|id| !id.is_empty());
        if let Some(id) = reused.or_else(|| object::label(raw, LOAD_BALANCER_ID)) {
            resource.attributes.set_text("load_balancer_id", id);
        }
        let flags = [
            ("reuses_load_balancer", reused.is_some()),
            // The controller preserves it whatever the value says, as long as there is one.
            (
                "preserves_load_balancer",
                first(PRESERVED).is_some_and(|value| !value.is_empty()),
            ),
        ];
        for (name, value) in flags {
            resource.attributes.set(name, Attribute::Boolean(value));
        }
    }

    fn further_links(resource: &Resource) -> Vec<Link> {
        let mut links = Vec::new();
        if let Some(id) = resource.text("load_balancer_id")
            && let Some(to) = load_balancer_type(id)
        {
            let is_reused = resource.attributes.boolean("reuses_load_balancer") != Some(false);
            let (kind, via) = if is_reused {
                (LinkKind::Uses, REUSED[0])
            } else {
                (LinkKind::Exposes, LOAD_BALANCER_ID)
            };
            links.push(field::link(resource, kind, to, id, via));
        }
        links
    }
}

static REMOVAL: removal::Removal = removal::Removal {
    // In the namespaces of the system only those are deleted that stand for something in the cloud.
    goes_along: |service| {
        let is_of_the_system = removal::is_of_the_system(service)
            && service.text("service_type") != Some("LoadBalancer");
        is_of_the_system || removal::is_of_the_api_server(service)
    },
    ..removal::Removal::new(&Service, &API)
};

/// Which product a load balancer's id belongs to.
fn load_balancer_type(id: &str) -> Option<&'static str> {
    if id.starts_with("lb-") {
        Some("slb.load_balancer")
    } else if id.starts_with("nlb-") {
        Some("nlb.load_balancer")
    } else {
        None
    }
}
