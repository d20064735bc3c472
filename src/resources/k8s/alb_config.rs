//! `k8s.alb_config`: an `AlbConfig`, the custom resource that stands for one ALB.
//!
//! The ALB controller makes the ALB and writes its id into the status. Deleting the cluster keeps the ALB
//! by default, so the `AlbConfig` goes first, while its controller still runs.
//!
//! Trap: with `spec.config.id` the ALB is the user's and only used, although it gets the same tags.
//!
//! Fields: kubernetes/cloud-provider-alibaba-cloud `pkg/apis/alibabacloud/v1/albconfig_types.go`.

use super::object::Kind;
use super::{object, removal};
use crate::kubernetes::ApiResourceRef;
use crate::model::{Link, LinkKind, Resource, TypeId};
use crate::resources::removal::kept;
use crate::resources::teardown::Kept;
use crate::resources::{Billing, Field, Fields, LinkRule, ListedPer, Risk, Spec, Title, field};

/// `k8s.alb_config`
pub struct AlbConfig;

pub(super) static API: ApiResourceRef = ApiResourceRef {
    group: "alibabacloud.com",
    version: "v1",
    plural: "albconfigs",
    kind: "AlbConfig",
    namespaced: false,
    optional: true,
};

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("k8s.alb_config"),
    title: Title {
        en: "AlbConfig",
        zh: "AlbConfig",
    },
    listed_per: ListedPer::Parent(object::PARENT),
    listing: None,
    also_reads: object::ALSO_READS,
    docs: "https://github.com/kubernetes/cloud-provider-alibaba-cloud/blob/master/docs/usage-alb.md",
    billing: Billing::Free,
    risk: Risk::Service,
    fields: Fields {
        attributes: &[
            Field::text("load_balancer_id", "status.loadBalancer.id"),
            Field::text("dns_name", "status.loadBalancer.dnsname"),
            Field::text("reused_load_balancer_id", "spec.config.id"),
            Field::text("load_balancer_name", "spec.config.name"),
            Field::text("edition", "spec.config.edition"),
            Field::text("address_type", "spec.config.addressType"),
            Field::boolean(
                "deletion_protection",
                "spec.config.deletionProtectionEnabled",
            ),
            Field::text_list("vswitch_ids", "spec.config.zoneMappings.vSwitchId"),
            Field::text("log_project", "spec.config.accessLogConfig.logProject"),
            Field::text("log_store", "spec.config.accessLogConfig.logStore"),
        ],
        ..object::FIELDS
    },
    links: &[
        LinkRule::uses(
            "alb.load_balancer",
            "reused_load_balancer_id",
            "spec.config.id",
        ),
        LinkRule::uses(
            "vpc.vswitch",
            "vswitch_ids",
            "spec.config.zoneMappings.vSwitchId",
        ),
    ],
    unverified: &[
        "an AlbConfig is cluster-scoped; one with a namespace (as in older controllers) is read as well",
    ],
};

impl Kind for AlbConfig {
    const SPEC: &Spec = &SPEC;
    const API: &ApiResourceRef = &API;
    const REMOVAL: &removal::Removal = &REMOVAL;
    const LINKED: &[&str] = &["ack.cluster", "alb.load_balancer"];

    fn further_links(resource: &Resource) -> Vec<Link> {
        let mut links = Vec::new();
        let is_reused = resource.text("reused_load_balancer_id").is_some();
        if let Some(id) = resource.text("load_balancer_id").filter(|_| !is_reused) {
            let (kind, to) = (LinkKind::Exposes, "alb.load_balancer");
            links.push(field::link(
                resource,
                kind,
                to,
                id,
                "status.loadBalancer.id",
            ));
        }
        links
    }
}

static REMOVAL: removal::Removal = removal::Removal {
    // With spec.config.id the ALB is the user's: the controller would still take its listeners from it.
    refuse: |config| {
        let balancer = config.text("reused_load_balancer_id")?;
        let because = format!("spec.config.id={balancer}");
        Some(kept(Kept::Always, "reused_by_user", because))
    },
    ..removal::Removal::new(&AlbConfig, &API)
};
