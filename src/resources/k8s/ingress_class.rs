//! `k8s.ingress_class`: an IngressClass; that of the ALB controller names an `AlbConfig`.
//!
//! <https://kubernetes.io/docs/reference/kubernetes-api/service-resources/ingress-class-v1/>

use super::object::Kind;
use super::{object, removal};
use crate::kubernetes::ApiResourceRef;
use crate::model::{Link, LinkKind, Resource, TypeId};
use crate::resources::{Billing, Field, Fields, ListedPer, Risk, Spec, Title};

/// `k8s.ingress_class`
pub struct IngressClass;

pub(super) static API: ApiResourceRef = ApiResourceRef {
    group: "networking.k8s.io",
    version: "v1",
    plural: "ingressclasses",
    kind: "IngressClass",
    namespaced: false,
    optional: false,
};

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("k8s.ingress_class"),
    title: Title {
        en: "IngressClass",
        zh: "路由类",
    },
    listed_per: ListedPer::Parent(object::PARENT),
    listing: None,
    also_reads: object::ALSO_READS,
    docs: "https://kubernetes.io/docs/reference/kubernetes-api/service-resources/ingress-class-v1/",
    billing: Billing::Free,
    risk: Risk::None,
    fields: Fields {
        attributes: &[
            Field::text("controller", "spec.controller"),
            Field::text("parameters_group", "spec.parameters.apiGroup"),
            Field::text("parameters_kind", "spec.parameters.kind"),
            Field::text("parameters_namespace", "spec.parameters.namespace"),
            Field::text("parameters_name", "spec.parameters.name"),
        ],
        ..object::FIELDS
    },
    links: &[],
    unverified: &[],
};

impl Kind for IngressClass {
    const SPEC: &Spec = &SPEC;
    const API: &ApiResourceRef = &API;
    const REMOVAL: &removal::Removal = &REMOVAL;
    const LINKED: &[&str] = &["ack.cluster", "k8s.alb_config"];

    fn further_links(resource: &Resource) -> Vec<Link> {
        let mut links = Vec::new();
        let names_config = resource.text("parameters_kind") == Some("AlbConfig");
        if let Some(name) = resource.text("parameters_name").filter(|_| names_config) {
            let namespace = resource.text("parameters_namespace");
            let (kind, to) = (LinkKind::Uses, "k8s.alb_config");
            links.extend(object::within(
                resource,
                kind,
                to,
                namespace,
                name,
                "spec.parameters",
            ));
        }
        links
    }
}

static REMOVAL: removal::Removal = removal::Removal::new(&IngressClass, &API);
