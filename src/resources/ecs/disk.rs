//! `ecs.disk`: block storage, system and data disks.
//!
//! Billed per GiB and hour by category and performance level, attached or not, for as long as it exists. A system disk
//! bought with its instance is billed like any other. ESSD AutoPL adds provisioned IOPS.
//!
//! Traps: `Portable=false` disks live and die with their instance; `DeleteWithInstance=false` disks stay when it goes;
//! `DetachedTime` is empty for disks that were never attached.

use rust_decimal::Decimal;

use crate::model::{Charge, ChargeType, Per, Quantity, Resource, TypeId};
use crate::resources::{
    Argument, Billing, Field, Fields, LinkRule, ListedPer, Listing, Neighbours, ResourceType, Risk,
    Spec, Tags, Title,
};

/// `ecs.disk`
pub struct Disk;

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("ecs.disk"),
    title: Title {
        en: "Disk",
        zh: "云盘",
    },
    listed_per: ListedPer::Region,
    listing: Some(Listing {
        product: "ecs",
        action: "DescribeDisks",
        arguments: &[("RegionId", Argument::Region)],
        items: "Disks.Disk",
        id: "DiskId",
    }),
    also_reads: &[],
    docs: "https://www.alibabacloud.com/help/en/ecs/developer-reference/api-ecs-2014-05-26-describedisks",
    billing: Billing::Charged,
    risk: Risk::Data,
    fields: Fields {
        id: "DiskId",
        name: "DiskName",
        status: "Status",
        zone: "ZoneId",
        created: "CreationTime",
        expires: "ExpiredTime",
        charge_type: "DiskChargeType",
        resource_group: "ResourceGroupId",
        tags: Tags::TAG_KEY,
        attributes: &[
            Field::text("disk_type", "Type"),
            Field::text("category", "Category").money(),
            Field::text("performance_level", "PerformanceLevel"),
            Field::integer("size_gib", "Size").money(),
            Field::integer("provisioned_iops", "ProvisionedIops"),
            Field::boolean("bursting_enabled", "BurstingEnabled"),
            Field::text("instance_id", "InstanceId"),
            Field::text_list("attached_to", "Attachments.Attachment.InstanceId"),
            Field::text("device", "Device"),
            Field::boolean("portable", "Portable"),
            Field::boolean("encrypted", "Encrypted"),
            Field::boolean("delete_with_instance", "DeleteWithInstance"),
            Field::boolean("delete_auto_snapshot", "DeleteAutoSnapshot"),
            Field::text("auto_snapshot_policy_id", "AutoSnapshotPolicyId"),
            Field::text("source_snapshot_id", "SourceSnapshotId"),
            Field::text("image_id", "ImageId"),
            Field::time("attached_at", "AttachedTime"),
            Field::time("detached_at", "DetachedTime"),
        ],
    },
    links: &[
        LinkRule::uses(
            "ecs.instance",
            "attached_to",
            "Attachments.Attachment.InstanceId",
        ),
        LinkRule::made_from("ecs.snapshot", "source_snapshot_id", "SourceSnapshotId"),
        LinkRule::made_from("ecs.image", "image_id", "ImageId"),
    ],
    unverified: &[],
};

impl ResourceType for Disk {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn charges(&self, resource: &Resource, _near: &Neighbours<'_>) -> Vec<Charge> {
        let category = resource.text("category");
        // Only ESSDs have performance levels; without a level the price of an ESSD is not known.
        let has_level = category == Some("cloud_essd");
        let size = Quantity::from_attribute(resource.attributes.decimal("size_gib"), "Size");
        let mut storage =
            Charge::billed("disk", "capacity", size, "GiB", Per::Hour).with("category", category);
        if has_level {
            storage = storage.with("performance_level", resource.text("performance_level"));
        }
        let mut charges = vec![storage];
        let extra_iops = resource
            .attributes
            .integer("provisioned_iops")
            .unwrap_or_default();
        if category == Some("cloud_auto") && extra_iops > 0 {
            let quantity = Quantity::Known(Decimal::from(extra_iops));
            charges.push(Charge::billed(
                "disk",
                "provisioned_iops",
                quantity,
                "IOPS",
                Per::Hour,
            ));
        }
        debug_assert!(
            resource.charge_type != ChargeType::Free,
            "disks are never free"
        );
        charges
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ChargeKind;
    use crate::resources::testing::{cell, only_resource};
    use serde_json::json;

    #[test]
    fn an_essd_is_charged_by_size_category_and_level() {
        let disk = Disk
            .decode(
                &json!({
                    "DiskId": "d-1", "Size": 40, "Category": "cloud_essd", "PerformanceLevel": "PL0",
                    "DiskChargeType": "PostPaid", "ExpiredTime": "2999-09-08T16:00Z",
                    "Tags": {"Tag": [{"TagKey": "ack.aliyun.com", "TagValue": "c1"}]},
                }),
                &cell("cn-hangzhou"),
            )
            .unwrap();
        assert_eq!(disk.tag("ack.aliyun.com"), Some("c1"));
        assert_eq!(disk.charge_type, ChargeType::PayAsYouGo);
        assert_eq!(disk.expires, None);
        let [charge] = &Disk.charges(&disk, &only_resource(&disk))[..] else {
            panic!("one charge")
        };
        assert_eq!(charge.quantity, Quantity::Known(Decimal::from(40)));
        assert_eq!(charge.specification["performance_level"], "PL0");
    }

    #[test]
    fn without_size_or_category_nothing_is_priced() {
        let disk = Disk
            .decode(&json!({"DiskId": "d-1", "Size": {}}), &cell("cn-hangzhou"))
            .unwrap();
        assert_eq!(disk.unreadable, ["charge_type", "category", "size_gib"]);
        let charges = Disk.charges(&disk, &only_resource(&disk));
        assert!(matches!(charges[0].kind, ChargeKind::Unknown(_)));
        assert!(matches!(charges[0].quantity, Quantity::Unreadable(_)));
    }

    #[test]
    fn an_essd_without_level_is_unknown() {
        let raw = json!({"DiskId": "d-1", "Size": 40, "Category": "cloud_essd", "DiskChargeType": "PostPaid"});
        let disk = Disk.decode(&raw, &cell("cn-hangzhou")).unwrap();
        assert!(matches!(
            Disk.charges(&disk, &only_resource(&disk))[0].kind,
            ChargeKind::Unknown(_)
        ));
    }
}
