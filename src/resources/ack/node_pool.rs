//! `ack.node_pool`: a node pool of an ACK cluster: what its nodes are, how many there should be and how many there are.
//!
//! Not billed: its instances, their disks and bandwidth are resources of their own. Its spot strategy says how its new
//! nodes are bought, not how the present ones were.
//!
//! Traps: the answer holds the login password and user data of the nodes; neither is kept. A pool without a desired size
//! keeps nodes that were added by hand when the cluster goes. Without auto scaling `min_instances` and `max_instances`
//! mean nothing.

use std::collections::BTreeMap;

use serde_json::Value;

use super::removal::NodePoolRemoval;
use crate::model::{Attribute, Cell, Link, LinkKind, Resource, TypeId};
use crate::resources::teardown::Teardown;
use crate::resources::{
    Argument, Billing, DecodeError, Field, Fields, LinkRule, ListedPer, Listing, ResourceType,
    Risk, Spec, Tags, Title, decode, field,
};

/// `ack.node_pool`
pub struct NodePool;

const CLUSTER: &str = "ack.cluster";

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("ack.node_pool"),
    title: Title {
        en: "Node pool",
        zh: "节点池",
    },
    listed_per: ListedPer::Parent(CLUSTER),
    listing: Some(Listing {
        product: "cs",
        action: "DescribeClusterNodePools",
        arguments: &[("cluster_id", Argument::Parent)],
        items: "nodepools",
        id: "nodepool_info.nodepool_id",
    }),
    also_reads: &[],
    docs: "https://www.alibabacloud.com/help/en/ack/ack-managed-and-ack-dedicated/developer-reference/api-cs-2015-12-15-describeclusternodepools",
    billing: Billing::Free,
    risk: Risk::Service,
    fields: Fields {
        id: "nodepool_info.nodepool_id",
        name: "nodepool_info.name",
        status: "status.state",
        created: "nodepool_info.created",
        resource_group: "nodepool_info.resource_group_id",
        tags: Tags::List {
            path: "scaling_group.tags",
            key: "key",
            value: "value",
        },
        attributes: &[
            Field::text("pool_type", "nodepool_info.type"),
            Field::boolean("is_default", "nodepool_info.is_default"),
            Field::integer("desired_nodes", "scaling_group.desired_size"),
            Field::integer("total_nodes", "status.total_nodes"),
            Field::integer("healthy_nodes", "status.healthy_nodes"),
            Field::integer("serving_nodes", "status.serving_nodes"),
            Field::integer("failed_nodes", "status.failed_nodes"),
            Field::integer("offline_nodes", "status.offline_nodes"),
            Field::integer("initial_nodes", "status.initial_nodes"),
            Field::integer("removing_nodes", "status.removing_nodes"),
            Field::boolean("auto_scaling_enabled", "auto_scaling.enable"),
            Field::text("auto_scaling_type", "auto_scaling.type"),
            Field::integer("min_nodes", "auto_scaling.min_instances"),
            Field::integer("max_nodes", "auto_scaling.max_instances"),
            Field::boolean("nodes_have_eip", "auto_scaling.is_bond_eip"),
            Field::boolean("managed", "management.enable"),
            Field::boolean("auto_repair", "management.auto_repair"),
            Field::text("scaling_group_id", "scaling_group.scaling_group_id"),
            Field::text_list("instance_types", "scaling_group.instance_types"),
            Field::text("node_charge_type", "scaling_group.instance_charge_type"),
            Field::text("spot_strategy", "scaling_group.spot_strategy"),
            Field::boolean(
                "compensate_with_on_demand",
                "scaling_group.compensate_with_on_demand",
            ),
            Field::integer(
                "on_demand_base_nodes",
                "scaling_group.on_demand_base_capacity",
            ),
            Field::integer(
                "on_demand_percent_above_base",
                "scaling_group.on_demand_percentage_above_base_capacity",
            ),
            Field::boolean("spot_instance_remedy", "scaling_group.spot_instance_remedy"),
            Field::integer("spot_instance_pools", "scaling_group.spot_instance_pools"),
            Field::text("multi_az_policy", "scaling_group.multi_az_policy"),
            Field::text("scaling_policy", "scaling_group.scaling_policy"),
            Field::text("system_disk_category", "scaling_group.system_disk_category"),
            Field::text(
                "system_disk_performance_level",
                "scaling_group.system_disk_performance_level",
            ),
            Field::integer("system_disk_size_gib", "scaling_group.system_disk_size"),
            Field::integer(
                "internet_bandwidth_mbps",
                "scaling_group.internet_max_bandwidth_out",
            ),
            Field::text_list("vswitch_ids", "scaling_group.vswitch_ids"),
            Field::text_list("security_group_ids", "scaling_group.security_group_ids"),
            Field::text("image_id", "scaling_group.image_id"),
            Field::text("runtime", "kubernetes_config.runtime"),
            Field::text("runtime_version", "kubernetes_config.runtime_version"),
            Field::boolean("unschedulable", "kubernetes_config.unschedulable"),
            Field::time("updated", "nodepool_info.updated"),
        ],
        ..Fields::NONE
    },
    links: &[
        LinkRule::manages(
            "ess.scaling_group",
            "scaling_group_id",
            "scaling_group.scaling_group_id",
        ),
        LinkRule::uses("vpc.vswitch", "vswitch_ids", "scaling_group.vswitch_ids"),
        LinkRule::uses(
            "ecs.security_group",
            "security_group_ids",
            "scaling_group.security_group_ids",
        ),
        // Without its image a pool makes no more nodes; public images are nobody's and not in any inventory.
        LinkRule::uses("ecs.image", "image_id", "scaling_group.image_id"),
    ],
    unverified: &[],
};

impl ResourceType for NodePool {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn decode(&self, raw: &Value, cell: &Cell) -> Result<Resource, DecodeError> {
        let mut pool = decode::decode(&SPEC, raw, cell)?;
        if let Some(cluster) = &cell.parent {
            pool.attributes.set_text("cluster_id", &cluster.id);
        }
        if let Some(limits) = spot_price_limits(raw) {
            let limits = Attribute::TextMap(limits);
            pool.attributes.set("spot_price_limits_per_hour", limits);
        }
        Ok(pool)
    }

    fn links(&self, resource: &Resource) -> Vec<Link> {
        let mut links = field::links(SPEC.links, resource);
        if let Some(cluster) = resource.text("cluster_id") {
            // The cluster takes its pools with it: it is the one that goes first.
            let via = "DescribeClusterNodePools";
            links.push(field::link_from(
                CLUSTER,
                cluster,
                LinkKind::Manages,
                resource,
                via,
            ));
        }
        links
    }

    fn teardown(&self) -> Option<&dyn Teardown> {
        Some(&NodePoolRemoval)
    }
}

/// Highest price per hour by instance type, in the account's currency. It bounds what a node may cost and is never what
/// it does cost.
fn spot_price_limits(raw: &Value) -> Option<BTreeMap<String, String>> {
    let entries = raw.pointer("/scaling_group/spot_price_limit")?.as_array()?;
    let limit = |entry: &Value| {
        let instance_type = decode::text_at(entry, "instance_type")?;
        let limit = decode::decimal_at(entry, "price_limit")?;
        Some((instance_type, limit.to_string()))
    };
    Some(entries.iter().filter_map(limit).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ChargeType, ResourceId};
    use crate::resources::testing::{cell, cell_of, only_resource};
    use serde_json::json;

    fn cluster_cell() -> Cell {
        let cluster = ResourceId {
            account: cell("cn-hangzhou").account,
            region: cell("cn-hangzhou").region,
            type_id: TypeId::from_static(CLUSTER),
            id: "c1".into(),
        };
        cell_of("cn-hangzhou", cluster)
    }

    fn pool(raw: &Value) -> Resource {
        NodePool.decode(raw, &cluster_cell()).unwrap()
    }

    fn spot_pool() -> Value {
        json!({
            "nodepool_info": {
                "nodepool_id": "np1", "name": "spot", "type": "ess", "is_default": false,
                "created": "2026-01-15T10:07:00.123456789+08:00", "resource_group_id": "rg-1",
            },
            "status": {"state": "active", "total_nodes": 3, "healthy_nodes": 2, "failed_nodes": 1, "serving_nodes": 2},
            "scaling_group": {
                "scaling_group_id": "asg-1", "desired_size": 3, "instance_types": ["ecs.c7.large", "ecs.c6.large"],
                "instance_charge_type": "PostPaid", "spot_strategy": "SpotWithPriceLimit",
                "spot_price_limit": [
                    {"instance_type": "ecs.c7.large", "price_limit": "0.39"},
                    {"instance_type": "ecs.c6.large", "price_limit": 0.5},
                    {"instance_type": "ecs.c5.large"},
                ],
                "vswitch_ids": ["vsw-1", "vsw-2"], "security_group_ids": ["sg-1"], "image_id": "m-1",
                "login_password": "Never-Keep-1", "key_pair": "k1", "tags": [{"key": "team", "value": "lab"}],
            },
            "auto_scaling": {"enable": false},
            "kubernetes_config": {"runtime": "containerd", "user_data": "bmV2ZXIta2VlcC0y", "pre_user_data": "bmV2ZXI="},
        })
    }

    #[test]
    fn a_spot_pool_keeps_strategy_limits_and_counts() {
        let pool = pool(&spot_pool());
        assert_eq!(pool.name.as_deref(), Some("spot"));
        assert_eq!(pool.status.as_deref(), Some("active"));
        assert_eq!(pool.text("cluster_id"), Some("c1"));
        assert_eq!(pool.text("spot_strategy"), Some("SpotWithPriceLimit"));
        assert_eq!(pool.attributes.integer("desired_nodes"), Some(3));
        assert_eq!(pool.attributes.integer("healthy_nodes"), Some(2));
        assert_eq!(pool.tag("team"), Some("lab"));
        let limits = pool.attributes.text_map("spot_price_limits_per_hour");
        let limits: Vec<_> = limits.unwrap().iter().collect();
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        let expected = [pair("ecs.c6.large", "0.5"), pair("ecs.c7.large", "0.39")];
        assert_eq!(
            limits,
            expected.iter().map(|(a, b)| (a, b)).collect::<Vec<_>>()
        );
        assert_eq!(pool.attributes.boolean("auto_scaling_enabled"), Some(false));
        assert_eq!(pool.attributes.integer("max_nodes"), None);
    }

    #[test]
    fn secrets_of_the_nodes_are_not_kept() {
        let kept = serde_json::to_string(&pool(&spot_pool())).unwrap();
        for secret in ["Never-Keep-1", "bmV2ZXIta2VlcC0y", "bmV2ZXI="] {
            assert!(!kept.contains(secret), "{kept}");
        }
    }

    #[test]
    fn the_cluster_manages_the_pool_and_the_pool_its_scaling_group() {
        let links: Vec<String> = NodePool
            .links(&pool(&spot_pool()))
            .iter()
            .map(|link| format!("{} {} {}", link.from.id, link.kind.as_str(), link.to.id))
            .collect();
        let expected = [
            "np1 manages asg-1",
            "np1 uses vsw-1",
            "np1 uses vsw-2",
            "np1 uses sg-1",
            "np1 uses m-1",
            "c1 manages np1",
        ];
        assert_eq!(links, expected);
    }

    #[test]
    fn a_pool_costs_nothing_itself() {
        let pool = pool(&spot_pool());
        assert_eq!(pool.charge_type, ChargeType::Free);
        assert!(NodePool.charges(&pool, &only_resource(&pool)).is_empty());
    }

    #[test]
    fn a_pool_without_limits_or_counts_says_nothing_of_them() {
        let bare = pool(&json!({"nodepool_info": {"nodepool_id": "np1"}}));
        assert_eq!(bare.attributes.get("spot_price_limits_per_hour"), None);
        assert_eq!(bare.attributes.get("healthy_nodes"), None);
        let error = NodePool.decode(&json!({"nodepool_info": {}}), &cluster_cell());
        assert_eq!(error.unwrap_err().path, "nodepool_info.nodepool_id");
    }
}
