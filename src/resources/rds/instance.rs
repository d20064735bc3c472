//! `rds.instance`: a managed MySQL, PostgreSQL, SQL Server or MariaDB instance.
//!
//! Billed by class, storage and edition, per hour or paid ahead, whether anybody connects or not. No source of its prices was
//! found, so what it costs is unknown.
//!
//! <https://www.alibabacloud.com/help/en/rds/developer-reference/api-rds-2014-08-15-describedbinstances>
//!
//! Traps: read-only instances, and those for disaster recovery, name their primary. The list has no tags. A locked instance
//! (`LockMode`) is billed on. `DestroyTime` is when a released one is destroyed for good.

use crate::model::{Charge, Link, Resource, Said, TypeId};
use crate::resources::{
    Argument, Billing, Field, Fields, LinkRule, ListedPer, Listing, Neighbours, ResourceType, Risk,
    Spec, Title, field,
};

/// `rds.instance`
pub struct Instance;

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("rds.instance"),
    title: Title {
        en: "RDS instance",
        zh: "RDS 实例",
    },
    listed_per: ListedPer::Region,
    listing: Some(Listing {
        product: "rds",
        action: "DescribeDBInstances",
        arguments: &[("RegionId", Argument::Region)],
        items: "Items.DBInstance",
        id: "DBInstanceId",
    }),
    also_reads: &[],
    docs: "https://www.alibabacloud.com/help/en/rds/developer-reference/api-rds-2014-08-15-describedbinstances",
    billing: Billing::Charged,
    risk: Risk::Data,
    fields: Fields {
        id: "DBInstanceId",
        name: "DBInstanceDescription",
        status: "DBInstanceStatus",
        zone: "ZoneId",
        created: "CreateTime",
        expires: "ExpireTime",
        charge_type: "PayType",
        resource_group: "ResourceGroupId",
        attributes: &[
            Field::text("engine", "Engine"),
            Field::text("engine_version", "EngineVersion"),
            Field::text("instance_class", "DBInstanceClass"),
            Field::text("category", "Category"),
            Field::text("storage_type", "DBInstanceStorageType"),
            Field::integer("cpu_cores", "DBInstanceCPU"),
            Field::integer("memory_mib", "DBInstanceMemory"),
            Field::text("role", "DBInstanceType"),
            Field::text("primary_id", "MasterInstanceId"),
            Field::text("recovery_id", "GuardDBInstanceId"),
            Field::text_list(
                "read_only_ids",
                "ReadOnlyDBInstanceIds.ReadOnlyDBInstanceId.DBInstanceId",
            ),
            Field::boolean("deletion_protection", "DeletionProtection"),
            Field::text("lock_mode", "LockMode"),
            Field::text("lock_reason", "LockReason"),
            Field::text("network_type", "InstanceNetworkType"),
            Field::text("endpoint", "ConnectionString"),
            Field::text("vpc_id", "VpcId"),
            Field::text("vswitch_id", "VSwitchId"),
            Field::time("destroyed_at", "DestroyTime"),
        ],
        ..Fields::NONE
    },
    links: &[
        LinkRule::uses("vpc.vpc", "vpc_id", "VpcId"),
        LinkRule::uses("vpc.vswitch", "vswitch_id", "VSwitchId"),
        LinkRule::uses("rds.instance", "primary_id", "MasterInstanceId"),
    ],
    unverified: &[
        "that RDS has instances only in the regions of the tables of endpoints",
        "which word `PayType` has for serverless instances; an unknown one is not taken for pay-as-you-go",
    ],
};

impl ResourceType for Instance {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn links(&self, resource: &Resource) -> Vec<Link> {
        let mut links = field::links(SPEC.links, resource);
        // A primary names itself.
        links.retain(|link| link.to != resource.id);
        links
    }

    fn charges(&self, _resource: &Resource, _near: &Neighbours<'_>) -> Vec<Charge> {
        let reason = Said::new(
            "no source of the prices of RDS was found; the bill says what this instance costs",
            "没有找到 RDS 的价格来源；费用以账单为准",
        );
        vec![Charge::unknown("rds", "instance", reason)]
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
            ("Serverless", ChargeType::Unknown, false),
        ] {
            let raw = json!({
                "DBInstanceId": "rm-1", "DBInstanceDescription": "orders", "DBInstanceStatus": "Running", "PayType": code,
                "Engine": "MySQL", "DBInstanceClass": "mysql.n2.small.1", "ExpireTime": "2027-02-27T16:00:00Z",
                "DBInstanceCPU": "2", "DBInstanceMemory": 4096, "VpcId": "vpc-1", "VSwitchId": "vsw-1",
            });
            let instance = Instance.decode(&raw, &cell("cn-hangzhou")).unwrap();
            assert_eq!(instance.charge_type, expected);
            assert_eq!(instance.expires.is_some(), expires);
            assert_eq!(instance.attributes.integer("cpu_cores"), Some(2));
            let charges = Instance.charges(&instance, &only_resource(&instance));
            assert!(
                matches!(&charges[..], [charge] if matches!(charge.kind, ChargeKind::Unknown(_)))
            );
        }
    }

    #[test]
    fn a_read_only_instance_needs_its_primary_and_a_primary_not_itself() {
        for (primary, expected) in [("rm-1", &["vpc-1"][..]), ("rm-0", &["vpc-1", "rm-0"])] {
            let raw =
                json!({"DBInstanceId": "rm-1", "MasterInstanceId": primary, "VpcId": "vpc-1"});
            let instance = Instance.decode(&raw, &cell("cn-hangzhou")).unwrap();
            let links = Instance.links(&instance);
            let used: Vec<_> = links.iter().map(|link| link.to.id.as_str()).collect();
            assert_eq!(used, expected);
        }
        let error = Instance.decode(&json!({}), &cell("r"));
        assert_eq!(error.unwrap_err().path, "DBInstanceId");
    }
}
