//! `redis.instance`: a Tair, Redis or Memcache instance.
//!
//! Billed by class, shards and bandwidth, per hour or paid ahead, whether anybody connects or not. No source of its prices was
//! found, so what it costs is unknown.
//!
//! <https://www.alibabacloud.com/help/en/redis/developer-reference/api-r-kvstore-2015-01-01-describeinstances>
//!
//! Traps: the product code is `r-kvstore`, its name in RAM policies `kvstore`. `Config` and `UserName` are not kept.
//! `DestroyTime` is when a released one is destroyed for good.

use crate::model::{Charge, Resource, Said, TypeId};
use crate::resources::{
    Argument, Billing, Field, Fields, LinkRule, ListedPer, Listing, Neighbours, ResourceType, Risk,
    Spec, Tags, Title,
};

/// `redis.instance`
pub struct Instance;

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("redis.instance"),
    title: Title {
        en: "Tair or Redis instance",
        zh: "Tair（Redis）实例",
    },
    listed_per: ListedPer::Region,
    listing: Some(Listing {
        product: "r-kvstore",
        action: "DescribeInstances",
        arguments: &[("RegionId", Argument::Region)],
        items: "Instances.KVStoreInstance",
        id: "InstanceId",
    }),
    also_reads: &[],
    docs: "https://www.alibabacloud.com/help/en/redis/developer-reference/api-r-kvstore-2015-01-01-describeinstances",
    billing: Billing::Charged,
    risk: Risk::Data,
    fields: Fields {
        id: "InstanceId",
        name: "InstanceName",
        status: "InstanceStatus",
        zone: "ZoneId",
        created: "CreateTime",
        expires: "EndTime",
        charge_type: "ChargeType",
        resource_group: "ResourceGroupId",
        tags: Tags::KEY,
        attributes: &[
            Field::text("instance_class", "InstanceClass"),
            Field::text("instance_type", "InstanceType"),
            Field::text("engine_version", "EngineVersion"),
            Field::text("edition", "EditionType"),
            Field::text("architecture", "ArchitectureType"),
            Field::text("node_type", "NodeType"),
            Field::integer("capacity_mib", "Capacity"),
            Field::integer("bandwidth_mib_per_second", "Bandwidth"),
            Field::integer("shard_count", "ShardCount"),
            Field::integer("replica_count", "ReplicaCount"),
            Field::text("global_instance_id", "GlobalInstanceId"),
            Field::text("network_type", "NetworkType"),
            Field::text("endpoint", "ConnectionDomain"),
            Field::text("private_ip", "PrivateIp"),
            Field::text("vpc_id", "VpcId"),
            Field::text("vswitch_id", "VSwitchId"),
            Field::time("destroyed_at", "DestroyTime"),
        ],
    },
    links: &[
        LinkRule::uses("vpc.vpc", "vpc_id", "VpcId"),
        LinkRule::uses("vpc.vswitch", "vswitch_id", "VSwitchId"),
    ],
    unverified: &[
        "that instances of Tair, Redis and Memcache are all listed when no InstanceType is sent",
    ],
};

impl ResourceType for Instance {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn charges(&self, _resource: &Resource, _near: &Neighbours<'_>) -> Vec<Charge> {
        let reason = Said::new(
            "no source of the prices of Tair and Redis was found; the bill says what this instance costs",
            "没有找到 Tair 与 Redis 的价格来源；费用以账单为准",
        );
        vec![Charge::unknown("redis", "instance", reason)]
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
            ("PostPaid", ChargeType::PayAsYouGo, false),
            ("PrePaid", ChargeType::Subscription, true),
        ] {
            let raw = json!({
                "InstanceId": "r-1", "InstanceName": "sessions", "InstanceStatus": "Normal", "ChargeType": code,
                "InstanceClass": "redis.master.small.default", "EndTime": "2027-06-13T16:00:00Z", "Capacity": 4096,
                "Config": "{\"requirepass\":\"hunter2\"}", "UserName": "r-1", "VpcId": "vpc-1", "VSwitchId": "vsw-1",
                "Tags": {"Tag": [{"Key": "team", "Value": "lab"}]},
            });
            let instance = Instance.decode(&raw, &cell("cn-hangzhou")).unwrap();
            assert_eq!(instance.charge_type, expected);
            assert_eq!(instance.expires.is_some(), expires);
            assert_eq!(instance.tag("team"), Some("lab"));
            assert!(
                !serde_json::to_string(&instance)
                    .unwrap()
                    .contains("hunter2")
            );
            let links = Instance.links(&instance);
            let used: Vec<_> = links.iter().map(|link| link.to.id.as_str()).collect();
            assert_eq!(used, ["vpc-1", "vsw-1"]);
            let charges = Instance.charges(&instance, &only_resource(&instance));
            assert!(
                matches!(&charges[..], [charge] if matches!(charge.kind, ChargeKind::Unknown(_)))
            );
        }
    }

    #[test]
    fn one_that_does_not_say_how_it_is_paid_is_of_unknown_charge_type() {
        let raw = json!({"InstanceId": "r-1"});
        let instance = Instance.decode(&raw, &cell("r")).unwrap();
        assert_eq!(instance.charge_type, ChargeType::Unknown);
        assert_eq!(instance.unreadable, ["charge_type"]);
        let error = Instance.decode(&json!({}), &cell("r"));
        assert_eq!(error.unwrap_err().path, "InstanceId");
    }
}
