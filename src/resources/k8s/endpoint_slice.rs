//! `k8s.endpoint_slice`: an `EndpointSlice`, the addresses behind a Service: what a load balancer sends to, and whether it is ready.
//!
//! Trap: a condition `ready` that is not there counts as true.
//!
//! <https://kubernetes.io/docs/reference/kubernetes-api/service-resources/endpoint-slice-v1/>

use serde_json::Value;

use super::object::Kind;
use super::{object, removal};
use crate::kubernetes::ApiResourceRef;
use crate::model::{Attribute, Resource, TypeId};
use crate::resources::{Billing, Field, Fields, ListedPer, Risk, Spec, Title};

/// Names the Service.
const SERVICE: &str = "kubernetes.io/service-name";

/// `k8s.endpoint_slice`
pub struct EndpointSlice;

pub(super) static API: ApiResourceRef = ApiResourceRef {
    group: "discovery.k8s.io",
    version: "v1",
    plural: "endpointslices",
    kind: "EndpointSlice",
    namespaced: true,
    optional: false,
};

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("k8s.endpoint_slice"),
    title: Title {
        en: "EndpointSlice",
        zh: "端点切片",
    },
    listed_per: ListedPer::Parent(object::PARENT),
    listing: None,
    also_reads: object::ALSO_READS,
    docs: "https://kubernetes.io/docs/reference/kubernetes-api/service-resources/endpoint-slice-v1/",
    billing: Billing::Free,
    risk: Risk::None,
    fields: Fields {
        attributes: &[
            Field::text("address_type", "addressType"),
            Field::text_list("addresses", "endpoints.addresses"),
            Field::text_list("node_names", "endpoints.nodeName"),
        ],
        ..object::FIELDS
    },
    links: &[],
    unverified: &[],
};

impl Kind for EndpointSlice {
    const SPEC: &Spec = &SPEC;
    const API: &ApiResourceRef = &API;
    const REMOVAL: &removal::Removal = &REMOVAL;

    fn read(raw: &Value, resource: &mut Resource) {
        if let Some(service) = object::label(raw, SERVICE) {
            resource.attributes.set_text("service_name", service);
        }
        if let Some((all, ready)) = counts(raw) {
            resource.attributes.set("endpoints", all);
            resource.attributes.set("ready_endpoints", ready);
        }
    }
}

static REMOVAL: removal::Removal = removal::Removal {
    // The control plane makes it again for as long as its Service is there.
    goes_along: |_| true,
    ..removal::Removal::new(&EndpointSlice, &API)
};

/// How many endpoints there are, and how many of them are ready. Kubernetes leaves an empty list out.
fn counts(raw: &Value) -> Option<(Attribute, Attribute)> {
    let none = Vec::new();
    let endpoints = match raw.get("endpoints") {
        None | Some(Value::Null) => &none,
        Some(endpoints) => endpoints.as_array()?,
    };
    let is_ready = |endpoint: &&Value| {
        let ready = endpoint.pointer("/conditions/ready");
        ready.is_none_or(|ready| ready.is_null() || *ready == Value::Bool(true))
    };
    let count = |number: usize| i64::try_from(number).ok().map(Attribute::Integer);
    let ready = endpoints.iter().filter(is_ready).count();
    Some((count(endpoints.len())?, count(ready)?))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_says_otherwise_is_not_ready() {
        let endpoints = json!({"endpoints": [
            {"conditions": {"ready": true}}, {"conditions": {"ready": false}}, {"conditions": {}},
            {"conditions": {"ready": null}}, {},
        ]});
        let counted = |all, ready| Some((Attribute::Integer(all), Attribute::Integer(ready)));
        assert_eq!(counts(&endpoints), counted(5, 4));
        assert_eq!(counts(&json!({})), counted(0, 0));
        assert_eq!(counts(&json!({"endpoints": null})), counted(0, 0));
        assert_eq!(counts(&json!({"endpoints": "many"})), None);
    }
}
