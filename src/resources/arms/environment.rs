//! `arms.environment`: a managed Prometheus environment, bound to an ACK cluster or a VPC.
//!
//! Billed by the metrics that it takes in and stores; no current price is known, so what it costs is unknown. Removing the
//! cluster often leaves it behind.
//!
//! <https://api.aliyun.com/document/ARMS/2019-08-08/ListEnvironments>
//!
//! Traps: the list wants `EnvironmentType` (or an addon), so each type is asked for; it is not paged. `CreateTime` has an offset
//! after a space. Agents in the cluster write to it, so the cluster goes first. An answer may name environments of other
//! regions: those belong to the cells of their regions.

use futures::StreamExt;
use futures::stream::{self, BoxStream};
use serde_json::Value;

use crate::model::{Cell, Charge, Link, LinkKind, Resource, Said, TypeId};
use crate::openapi::Request;
use crate::resources::removal::{Look, Operation, Removal, Source, kept, pace};
use crate::resources::teardown::{Kept, Refusal, Teardown};
use crate::resources::{
    Argument, Billing, Field, Fields, ListError, ListedPer, Listing, Neighbours, Reader,
    ResourceType, Risk, Spec, Tags, Title, decode, field, listing,
};

/// `arms.environment`
pub struct Environment;

/// All values of `EnvironmentType` (SDK model of `ListEnvironments`).
const TYPES: [&str; 3] = ["CS", "ECS", "Cloud"];

static LISTING: Listing = Listing {
    product: "arms",
    action: "ListEnvironments",
    arguments: &[("RegionId", Argument::Region)],
    items: "Data.Environments",
    id: "EnvironmentId",
};

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("arms.environment"),
    title: Title {
        en: "Prometheus environment",
        zh: "可观测监控环境",
    },
    listed_per: ListedPer::Region,
    listing: Some(LISTING),
    also_reads: &[],
    docs: "https://api.aliyun.com/document/ARMS/2019-08-08/ListEnvironments",
    billing: Billing::Charged,
    risk: Risk::Data,
    fields: Fields {
        id: "EnvironmentId",
        name: "EnvironmentName",
        created: "CreateTime",
        resource_group: "ResourceGroupId",
        tags: Tags::FLAT_KEY,
        attributes: &[
            Field::text("environment_type", "EnvironmentType"),
            Field::text("bind_resource_id", "BindResourceId"),
            Field::text("bind_resource_type", "BindResourceType"),
            Field::text("managed_type", "ManagedType"),
            Field::text("fee_package", "FeePackage"),
            Field::text("prometheus_instance_id", "PrometheusInstanceId"),
        ],
        ..Fields::NONE
    },
    links: &[],
    unverified: &[
        "that BindResourceId of an environment of type CS is the cluster's id",
        "whether ListEnvironments of a regional endpoint answers other regions too",
        "instance-goes-along: that DeleteEnvironment with DeletePromInstance ends the metering of the Prometheus instance",
    ],
};

impl ResourceType for Environment {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn list<'a>(
        &'a self,
        api: &'a Reader,
        cell: &'a Cell,
    ) -> BoxStream<'a, Result<Value, ListError>> {
        stream::iter(TYPES)
            .flat_map(move |environment_type| {
                let request = Request::new(LISTING.product, LISTING.action, &cell.region)
                    .argument("RegionId", cell.region.as_str())
                    .argument("EnvironmentType", environment_type);
                listing::items(api, &LISTING, request)
            })
            .filter(move |item| std::future::ready(is_here(item.as_ref().ok(), cell)))
            .boxed()
    }

    fn also_links_to(&self) -> &'static [&'static str] {
        &["vpc.vpc"]
    }

    fn links(&self, resource: &Resource) -> Vec<Link> {
        let Some(bound) = resource.text("bind_resource_id") else {
            return Vec::new();
        };
        let via = "BindResourceId";
        if bound.starts_with("vpc-") {
            vec![field::link(resource, LinkKind::Uses, "vpc.vpc", bound, via)]
        } else if resource.text("environment_type") == Some("CS") {
            vec![field::link_from(
                "ack.cluster",
                bound,
                LinkKind::Uses,
                resource,
                via,
            )]
        } else {
            Vec::new()
        }
    }

    fn charges(&self, _resource: &Resource, _near: &Neighbours<'_>) -> Vec<Charge> {
        let reason = Said::new(
            "no current price of managed Prometheus was found",
            "没有找到可观测监控 Prometheus 版的现行价格",
        );
        vec![Charge::unknown("arms", "metrics", reason)]
    }

    fn teardown(&self) -> Option<&dyn Teardown> {
        Some(&REMOVAL)
    }
}

/// Whether an item is of the cell's region. One that does not say so is taken to be.
fn is_here(item: Option<&Value>, cell: &Cell) -> bool {
    item.and_then(|item| decode::text_at(item, "RegionId"))
        .is_none_or(|region| region == cell.region.as_str())
}

static REMOVAL: Removal = Removal {
    rests_on: &["ack.cluster", "arms.environment"],
    pace: pace(10, 900),
    loses: Some(Title {
        en: "the metrics of the environment and of its Prometheus instance",
        zh: "该环境及其 Prometheus 实例的全部指标数据",
    }),
    assumptions: &["arms.environment/instance-goes-along"],
    refuse: keeps,
    // Without DeletePromInstance the instance stays, is billed on, and no list of environments shows it any more.
    ..Removal::new(
        &Environment,
        Operation::new(
            "arms",
            "DeleteEnvironment",
            &[
                ("RegionId", Source::Region),
                ("EnvironmentId", Source::Id),
                ("DeletePromInstance", Source::Text("true")),
            ],
        ),
        // No code of absence is documented, so the whole list decides.
        Look::Whole,
    )
};

/// An instance that several environments write to is not one environment's to take along.
fn keeps(environment: &Resource, near: &Neighbours<'_>) -> Option<Refusal> {
    let instance = environment.text("prometheus_instance_id")?;
    let other = near
        .of_type(environment, "arms.environment")
        .filter(|other| {
            other.id != environment.id && other.text("prometheus_instance_id") == Some(instance)
        })
        .min_by(|a, b| a.id.cmp(&b.id))?;
    let because = format!("PrometheusInstanceId={instance}, as {}", other.id.id);
    Some(kept(Kept::UnlessNamed, "shared", because))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ChargeKind, time};
    use crate::resources::testing::{cell, only_resource};
    use serde_json::json;

    const CLUSTER: &str = "c0123456789abcdef0123456789abcdef";

    fn environment(environment_type: &str, bound: &str) -> Resource {
        let raw = json!({
            "EnvironmentId": "env-1", "EnvironmentName": "lab", "EnvironmentType": environment_type,
            "BindResourceId": bound, "ManagedType": "none", "FeePackage": "CS_Basic",
            "CreateTime": "2026-01-15 10:20:00 +0800", "RegionId": "cn-hangzhou",
            "Tags": [{"Key": "team", "Value": "blue"}],
        });
        Environment.decode(&raw, &cell("cn-hangzhou")).unwrap()
    }

    #[test]
    fn what_it_costs_is_unknown() {
        let environment = environment("CS", CLUSTER);
        assert_eq!(
            environment.created.map(time::format).as_deref(),
            Some("2026-01-15T02:20:00Z")
        );
        assert_eq!(environment.tag("team"), Some("blue"));
        let charges = Environment.charges(&environment, &only_resource(&environment));
        assert_eq!(charges.len(), 1);
        assert!(matches!(charges[0].kind, ChargeKind::Unknown(_)));
    }

    #[test]
    fn its_cluster_goes_before_it_and_its_vpc_after_it() {
        let of_cluster = environment("CS", CLUSTER);
        let links = Environment.links(&of_cluster);
        assert_eq!(
            (links[0].from.type_id.as_str(), links[0].from.id.as_str()),
            ("ack.cluster", CLUSTER)
        );
        let of_vpc = environment("ECS", "vpc-1");
        let links = Environment.links(&of_vpc);
        assert_eq!(
            (&links[0].from, links[0].to.id.as_str()),
            (&of_vpc.id, "vpc-1")
        );
        assert!(
            Environment
                .links(&environment("Cloud", "account"))
                .is_empty()
        );
    }

    #[test]
    fn another_regions_environments_are_left_to_its_cell() {
        let here = json!({"RegionId": "cn-hangzhou"});
        let there = json!({"RegionId": "cn-beijing"});
        let silent = json!({});
        let cell = cell("cn-hangzhou");
        assert!(is_here(Some(&here), &cell));
        assert!(!is_here(Some(&there), &cell));
        assert!(is_here(Some(&silent), &cell));
        assert!(is_here(None, &cell), "an error must be seen");
    }

    #[test]
    fn without_id_it_is_an_error() {
        let error = Environment.decode(&json!({}), &cell("r")).unwrap_err();
        assert_eq!(error.path, "EnvironmentId");
    }
}
