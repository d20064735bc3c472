//! `k8s.ingress`: an Ingress.
//!
//! With class `alb` its rules become listeners, rules and server groups of the ALB that the class's
//! `AlbConfig` stands for.
//!
//! <https://kubernetes.io/docs/reference/kubernetes-api/service-resources/ingress-v1/>

use serde_json::Value;

use super::object::Kind;
use super::{object, removal};
use crate::kubernetes::ApiResourceRef;
use crate::model::{Attribute, Link, LinkKind, Resource, TypeId};
use crate::resources::decode::values_at;
use crate::resources::{Billing, Field, Fields, ListedPer, Risk, Spec, Title};

/// `k8s.ingress`
pub struct Ingress;

pub(super) static API: ApiResourceRef = ApiResourceRef {
    group: "networking.k8s.io",
    version: "v1",
    plural: "ingresses",
    kind: "Ingress",
    namespaced: true,
    optional: false,
};

/// The class as it was named before `spec.ingressClassName`; where both are, this one counts
/// (kubernetes/cloud-provider-alibaba-cloud `pkg/controller/ingress/reconcile/store/common.go`).
const CLASS_ANNOTATION: &str = "kubernetes.io/ingress.class";

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("k8s.ingress"),
    title: Title {
        en: "Ingress",
        zh: "路由",
    },
    listed_per: ListedPer::Parent(object::PARENT),
    listing: None,
    also_reads: object::ALSO_READS,
    docs: "https://kubernetes.io/docs/reference/kubernetes-api/service-resources/ingress-v1/",
    billing: Billing::Free,
    risk: Risk::Service,
    fields: Fields {
        attributes: &[
            Field::text("ingress_class", "spec.ingressClassName"),
            Field::text_list("hosts", "spec.rules.host"),
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

impl Kind for Ingress {
    const SPEC: &Spec = &SPEC;
    const API: &ApiResourceRef = &API;
    const REMOVAL: &removal::Removal = &REMOVAL;
    const LINKED: &[&str] = &[
        "ack.cluster",
        "k8s.ingress_class",
        "k8s.namespace",
        "k8s.service",
    ];

    fn read(raw: &Value, resource: &mut Resource) {
        if let Some(class) = object::annotation(raw, CLASS_ANNOTATION) {
            resource.attributes.set_text("ingress_class", class);
        }
        let mut services: Vec<String> = [
            "spec.defaultBackend.service.name",
            "spec.rules.http.paths.backend.service.name",
        ]
        .into_iter()
        .flat_map(|path| values_at(raw, path))
        .filter_map(|name| name.as_str().map(str::to_owned))
        .collect();
        services.sort();
        services.dedup();
        resource
            .attributes
            .set("services", Attribute::TextList(services));
    }

    fn further_links(resource: &Resource) -> Vec<Link> {
        let mut links = Vec::new();
        let uses = |to, namespace, name, via| {
            object::within(resource, LinkKind::Uses, to, namespace, name, via)
        };
        if let Some(class) = resource.text("ingress_class") {
            links.extend(uses(
                "k8s.ingress_class",
                None,
                class,
                "spec.ingressClassName",
            ));
        }
        let services = resource.attributes.text_list("services");
        for service in services.unwrap_or_default() {
            let namespace = resource.text("namespace");
            let via = "spec.rules.http.paths.backend.service.name";
            links.extend(uses("k8s.service", namespace, service, via));
        }
        links
    }
}

static REMOVAL: removal::Removal = removal::Removal::new(&Ingress, &API);
