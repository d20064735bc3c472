//! `mongodb.instance`: a MongoDB instance: a replica set, or a sharded cluster.
//!
//! Billed by class, nodes and storage, per hour or paid ahead, whether anybody connects or not. No source of its prices was
//! found, so what it costs is unknown.
//!
//! <https://www.alibabacloud.com/help/en/mongodb/developer-reference/api-dds-2015-12-01-describedbinstances>
//!
//! Traps: without `DBInstanceType` only replica sets come back, so both kinds are asked for. The list has no network: each
//! instance is completed by `DescribeDBInstanceAttribute`. Of that answer only the network and the protection are kept.

use futures::StreamExt as _;
use futures::stream::{self, BoxStream};
use serde_json::Value;

use crate::model::{Attribute, Cell, Charge, Resource, Said, TypeId};
use crate::resources::{
    Argument, Billing, DecodeError, Field, Fields, LinkRule, ListError, ListedPer, Listing,
    Neighbours, Reader, ResourceType, Risk, Spec, Tags, Title, decode, detail, listing,
};

/// `mongodb.instance`
pub struct Instance;

/// The values of `DBInstanceType` that every site has (`alibabacloud_dds20151201` 9.5.0, `DescribeDBInstancesRequest`).
const TYPES: [&str; 2] = ["replicate", "sharding"];

/// Where the answer that completes an instance has it; the list's answer has no such key within an item.
const DETAIL: &str = "DBInstances.DBInstance";

static LISTING: Listing = Listing {
    product: "dds",
    action: "DescribeDBInstances",
    arguments: &[("RegionId", Argument::Region)],
    items: "DBInstances.DBInstance",
    id: "DBInstanceId",
};

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("mongodb.instance"),
    title: Title {
        en: "MongoDB instance",
        zh: "MongoDB 实例",
    },
    listed_per: ListedPer::Region,
    listing: Some(LISTING),
    also_reads: &["dds:DescribeDBInstanceAttribute"],
    docs: "https://www.alibabacloud.com/help/en/mongodb/developer-reference/api-dds-2015-12-01-describedbinstances",
    billing: Billing::Charged,
    risk: Risk::Data,
    fields: Fields {
        id: "DBInstanceId",
        name: "DBInstanceDescription",
        status: "DBInstanceStatus",
        zone: "ZoneId",
        created: "CreationTime",
        expires: "ExpireTime",
        charge_type: "ChargeType",
        resource_group: "ResourceGroupId",
        tags: Tags::KEY,
        attributes: &[
            Field::text("instance_type", "DBInstanceType"),
            Field::text("instance_class", "DBInstanceClass"),
            Field::text("engine_version", "EngineVersion"),
            Field::integer("storage_gib", "DBInstanceStorage"),
            Field::text("storage_type", "StorageType"),
            Field::text("replication_factor", "ReplicationFactor"),
            Field::text_list("shard_classes", "ShardList.ShardAttribute.NodeClass"),
            Field::text_list("mongos_classes", "MongosList.MongosAttribute.NodeClass"),
            Field::text("lock_mode", "LockMode"),
            Field::text("network_type", "NetworkType"),
            Field::time("destroyed_at", "DestroyTime"),
        ],
    },
    links: &[
        LinkRule::uses("vpc.vpc", "vpc_id", "VPCId"),
        LinkRule::uses("vpc.vswitch", "vswitch_id", "VSwitchId"),
    ],
    unverified: &[
        "serverless instances, which only one of the sites has, are not asked for and so not listed",
        "that DescribeDBInstances takes pages of 100 on every site",
    ],
};

impl ResourceType for Instance {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn list<'a>(
        &'a self,
        api: &'a Reader,
        cell: &'a Cell,
    ) -> BoxStream<'a, Result<Value, ListError>> {
        let request = match listing::request(&SPEC, &LISTING, cell) {
            Ok(request) => request,
            Err(error) => return stream::once(async { Err(error) }).boxed(),
        };
        let items = stream::iter(TYPES)
            .flat_map(move |kind| {
                let request = request.clone().argument("DBInstanceType", kind.to_owned());
                listing::items(api, &LISTING, request)
            })
            .boxed();
        detail::complete(items, api, cell, SPEC.fields.id, |id, _| {
            vec![detail::Call {
                product: "dds",
                action: "DescribeDBInstanceAttribute",
                arguments: vec![("DBInstanceId", id.to_owned())],
            }]
        })
    }

    fn decode(&self, raw: &Value, cell: &Cell) -> Result<Resource, DecodeError> {
        let mut instance = decode::decode(&SPEC, raw, cell)?;
        let about = decode::values_at(raw, DETAIL)
            .into_iter()
            .flat_map(|found| match found {
                Value::Array(several) => several.iter().collect(),
                one => vec![one],
            })
            // An answer about another instance would give this one a network that is not its own.
            .find(|one| decode::text_at(one, SPEC.fields.id).as_deref() == Some(&instance.id.id));
        if let Some(about) = about {
            for (name, path) in [("vpc_id", "VPCId"), ("vswitch_id", "VSwitchId")] {
                if let Some(id) = decode::text_at(about, path) {
                    instance.attributes.set_text(name, id);
                }
            }
            if let Some(on) = decode::boolean_at(about, "DBInstanceReleaseProtection") {
                let on = Attribute::Boolean(on);
                instance.attributes.set("deletion_protection", on);
            }
        }
        Ok(instance)
    }

    fn charges(&self, _resource: &Resource, _near: &Neighbours<'_>) -> Vec<Charge> {
        let reason = Said::new(
            "no source of the prices of MongoDB was found; the bill says what this instance costs",
            "没有找到 MongoDB 的价格来源；费用以账单为准",
        );
        vec![Charge::unknown("mongodb", "instance", reason)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ChargeKind, ChargeType};
    use crate::resources::testing::{cell, context, only_resource, reader};
    use serde_json::json;

    #[test]
    fn how_it_is_paid_is_read_and_what_it_costs_is_unknown() {
        for (code, expected, expires) in [
            ("PostPaid", ChargeType::PayAsYouGo, false),
            ("PrePaid", ChargeType::Subscription, true),
        ] {
            let raw = json!({
                "DBInstanceId": "dds-1", "DBInstanceDescription": "events", "DBInstanceStatus": "Running", "ChargeType": code,
                "DBInstanceType": "sharding", "DBInstanceClass": "dds.mongo.mid", "ExpireTime": "2027-11-25T16:00Z",
                "Tags": {"Tag": [{"Key": "team", "Value": "lab"}]},
            });
            let instance = Instance.decode(&raw, &cell("cn-hangzhou")).unwrap();
            assert_eq!(instance.charge_type, expected);
            assert_eq!(instance.expires.is_some(), expires);
            assert_eq!(instance.tag("team"), Some("lab"));
            assert!(Instance.links(&instance).is_empty());
            let charges = Instance.charges(&instance, &only_resource(&instance));
            assert!(
                matches!(&charges[..], [charge] if matches!(charge.kind, ChargeKind::Unknown(_)))
            );
        }
        let error = Instance.decode(&json!({}), &cell("r"));
        assert_eq!(error.unwrap_err().path, "DBInstanceId");
    }

    #[test]
    fn the_network_of_another_instance_is_not_its_own() {
        for (about, expected) in [("dds-1", &["vpc-1", "vsw-1"][..]), ("dds-2", &[])] {
            let raw = json!({"DBInstanceId": "dds-1", "DBInstances": {"DBInstance": [
                {"DBInstanceId": about, "VPCId": "vpc-1", "VSwitchId": "vsw-1", "DBInstanceReleaseProtection": true,
                 "EncryptionKey": "hunter2", "ReplicaSets": {"ReplicaSet": [{"ConnectionDomain": "hunter2"}]}},
            ]}});
            let instance = Instance.decode(&raw, &cell("cn-hangzhou")).unwrap();
            let links = Instance.links(&instance);
            let used: Vec<_> = links.iter().map(|link| link.to.id.as_str()).collect();
            assert_eq!(used, expected);
            assert!(
                !serde_json::to_string(&instance)
                    .unwrap()
                    .contains("hunter2")
            );
            let protection = instance.attributes.boolean("deletion_protection");
            assert_eq!(protection, (about == "dds-1").then_some(true));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn replica_sets_and_sharded_clusters_are_asked_for() {
        let context = context(|_, target| {
            let kind = TYPES
                .iter()
                .find(|kind| target.contains(&format!("DBInstanceType={kind}")));
            let body = match kind {
                Some(kind) => {
                    let one = json!({"DBInstanceId": format!("dds-{kind}")});
                    json!({"DBInstances": {"DBInstance": [one]}, "TotalCount": 1})
                }
                None => json!({"DBInstances": {"DBInstance": []}}),
            };
            (200, body)
        });
        let api = reader(&context);
        let cell = cell("cn-hangzhou");
        let items: Vec<_> = Instance.list(&api, &cell).collect().await;
        let ids: Vec<_> = items
            .iter()
            .map(|item| item.as_ref().unwrap()["DBInstanceId"].as_str().unwrap())
            .collect();
        assert_eq!(ids, ["dds-replicate", "dds-sharding"]);
    }
}
