//! `k8s.ingress_class`: an IngressClass; that of the ALB controller names an `AlbConfig`.
//!
//! <https://kubernetes.io/docs/reference/kubernetes-api/service-resources/ingress-class-v1/>

use futures::stream::BoxStream;
use serde_json::Value;

use super::{object, removal};
use crate::kubernetes::ApiResourceRef;
use crate::model::{Cell, Link, LinkKind, Resource, TypeId};
use crate::resources::teardown::Teardown;
use crate::resources::{
    Billing, DecodeError, Field, Fields, ListError, ListedPer, Reader, ResourceType, Risk, Spec,
    Title,
};

/// `k8s.ingress_class`
pub struct IngressClass;

static API: ApiResourceRef = ApiResourceRef {
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

impl ResourceType for IngressClass {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn list<'a>(
        &'a self,
        api: &'a Reader,
        cell: &'a Cell,
    ) -> BoxStream<'a, Result<Value, ListError>> {
        object::list(&API, api, cell)
    }

    fn decode(&self, raw: &Value, cell: &Cell) -> Result<Resource, DecodeError> {
        object::decode(&SPEC, &API, raw, cell)
    }

    fn links(&self, resource: &Resource) -> Vec<Link> {
        let mut links = object::links(&SPEC, resource);
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

    fn teardown(&self) -> Option<&dyn Teardown> {
        Some(&REMOVAL)
    }
}

static REMOVAL: removal::Removal = removal::Removal::new(&IngressClass, &API);
