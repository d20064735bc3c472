//! `polardb.cluster`: a PolarDB cluster for MySQL, PostgreSQL or Oracle syntax.
//!
//! Billed by its nodes, per hour or paid ahead, and by its storage, which may be paid in another way than the nodes. No source
//! of its prices was found, so what it costs is unknown.
//!
//! <https://www.alibabacloud.com/help/en/polardb/polardb-for-mysql/developer-reference/api-polardb-2017-08-01-describedbclusters>
//!
//! Traps: it has nothing to do with Kubernetes clusters. Pages have 30, 50 or 100 items. `DeletionLock` is a number.

use crate::model::{Charge, Resource, Said, TypeId};
use crate::resources::{
    Argument, Billing, Field, Fields, LinkRule, ListedPer, Listing, Neighbours, ResourceType, Risk,
    Spec, Tags, Title,
};

/// `polardb.cluster`
pub struct Cluster;

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("polardb.cluster"),
    title: Title {
        en: "PolarDB cluster",
        zh: "PolarDB 集群",
    },
    listed_per: ListedPer::Region,
    listing: Some(Listing {
        product: "polardb",
        action: "DescribeDBClusters",
        arguments: &[("RegionId", Argument::Region)],
        items: "Items.DBCluster",
        id: "DBClusterId",
    }),
    also_reads: &[],
    docs: "https://www.alibabacloud.com/help/en/polardb/polardb-for-mysql/developer-reference/api-polardb-2017-08-01-describedbclusters",
    billing: Billing::Charged,
    risk: Risk::Data,
    fields: Fields {
        id: "DBClusterId",
        name: "DBClusterDescription",
        status: "DBClusterStatus",
        zone: "ZoneId",
        created: "CreateTime",
        expires: "ExpireTime",
        charge_type: "PayType",
        resource_group: "ResourceGroupId",
        tags: Tags::KEY,
        attributes: &[
            Field::text("database_type", "DBType"),
            Field::text("database_version", "DBVersion"),
            Field::text("category", "Category"),
            Field::text("node_class", "DBNodeClass"),
            Field::integer("node_count", "DBNodeNumber"),
            Field::text_list("node_ids", "DBNodes.DBNode.DBNodeId"),
            Field::text("serverless_type", "ServerlessType"),
            Field::text("storage_charge_type", "StoragePayType"),
            Field::text("storage_type", "StorageType"),
            Field::integer("storage_used_bytes", "StorageUsed"),
            Field::boolean("deletion_protection", "DeletionLock"),
            Field::text("lock_mode", "LockMode"),
            Field::text("network_type", "DBClusterNetworkType"),
            Field::text("vpc_id", "VpcId"),
            Field::text("vswitch_id", "VswitchId"),
        ],
    },
    links: &[
        LinkRule::uses("vpc.vpc", "vpc_id", "VpcId"),
        LinkRule::uses("vpc.vswitch", "vswitch_id", "VswitchId"),
    ],
    unverified: &[
        "that a released cluster whose backups are kept is not in this list; those backups are billed and not shown",
    ],
};

impl ResourceType for Cluster {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn charges(&self, _resource: &Resource, _near: &Neighbours<'_>) -> Vec<Charge> {
        let unknown = |item: &str| {
            let reason = Said::new(
                "no source of the prices of PolarDB was found; the bill says what this cluster costs",
                "没有找到 PolarDB 的价格来源；费用以账单为准",
            );
            Charge::unknown("polardb", item, reason)
        };
        vec![unknown("node"), unknown("storage")]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ChargeKind, ChargeType};
    use crate::resources::testing::{cell, only_resource};
    use serde_json::json;

    #[test]
    fn how_it_is_paid_is_read_and_what_it_costs_is_unknown() {
        for (code, expected, expires) in [
            ("Postpaid", ChargeType::PayAsYouGo, false),
            ("Prepaid", ChargeType::Subscription, true),
        ] {
            let raw = json!({
                "DBClusterId": "pc-1", "DBClusterDescription": "orders", "DBClusterStatus": "Running", "PayType": code,
                "StoragePayType": "Postpaid", "DBNodeClass": "polar.mysql.x4.large", "DBNodeNumber": 2, "DeletionLock": 1,
                "ExpireTime": "2027-11-14T16:00:00Z", "VpcId": "vpc-1", "VswitchId": "vsw-1",
                "DBNodes": {"DBNode": [{"DBNodeId": "pi-1"}, {"DBNodeId": "pi-2"}]},
            });
            let cluster = Cluster.decode(&raw, &cell("cn-hangzhou")).unwrap();
            assert_eq!(cluster.charge_type, expected);
            assert_eq!(cluster.expires.is_some(), expires);
            assert_eq!(
                cluster.attributes.boolean("deletion_protection"),
                Some(true)
            );
            assert_eq!(cluster.text("storage_charge_type"), Some("Postpaid"));
            let links = Cluster.links(&cluster);
            let used: Vec<_> = links.iter().map(|link| link.to.id.as_str()).collect();
            assert_eq!(used, ["vpc-1", "vsw-1"]);
            let charges = Cluster.charges(&cluster, &only_resource(&cluster));
            assert_eq!(charges.len(), 2);
            let is_unknown = |charge: &Charge| matches!(charge.kind, ChargeKind::Unknown(_));
            assert!(charges.iter().all(is_unknown));
        }
    }

    #[test]
    fn how_it_is_paid_is_missed() {
        let cluster = Cluster
            .decode(&json!({"DBClusterId": "pc-1"}), &cell("r"))
            .unwrap();
        assert_eq!(cluster.charge_type, ChargeType::Unknown);
        assert_eq!(cluster.unreadable, ["charge_type"]);
        let error = Cluster.decode(&json!({}), &cell("r"));
        assert_eq!(error.unwrap_err().path, "DBClusterId");
    }
}
