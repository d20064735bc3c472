//! `k8s.deployment`: a Deployment.
//!
//! Its pods name a `ReplicaSet` as owner; which Deployment that belongs to is told by [`super::Pod`].
//!
//! <https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/deployment-v1/>

use futures::stream::BoxStream;
use serde_json::Value;

use super::{object, removal};
use crate::kubernetes::ApiResourceRef;
use crate::model::{Cell, Link, Resource, TypeId};
use crate::resources::teardown::Teardown;
use crate::resources::{
    Billing, DecodeError, Field, Fields, ListError, ListedPer, Reader, ResourceType, Risk, Spec,
    Title,
};

/// `k8s.deployment`
pub struct Deployment;

static API: ApiResourceRef = ApiResourceRef {
    group: "apps",
    version: "v1",
    plural: "deployments",
    kind: "Deployment",
    namespaced: true,
    optional: false,
};

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("k8s.deployment"),
    title: Title {
        en: "Deployment",
        zh: "无状态应用",
    },
    listed_per: ListedPer::Parent(object::PARENT),
    listing: None,
    also_reads: object::ALSO_READS,
    docs: "https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/deployment-v1/",
    billing: Billing::Free,
    risk: Risk::Service,
    fields: Fields {
        attributes: &[
            Field::integer("replicas", "spec.replicas"),
            Field::integer("ready_replicas", "status.readyReplicas"),
            Field::integer("available_replicas", "status.availableReplicas"),
            Field::boolean("paused", "spec.paused"),
            Field::text_list("images", "spec.template.spec.containers.image"),
        ],
        ..object::FIELDS
    },
    links: &[],
    unverified: &[],
};

impl ResourceType for Deployment {
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
        object::links(&SPEC, resource)
    }

    fn teardown(&self) -> Option<&dyn Teardown> {
        Some(&REMOVAL)
    }
}

static REMOVAL: removal::Removal = removal::Removal {
    goes_along: removal::is_of_the_system,
    ..removal::Removal::new(&Deployment, &API)
};
