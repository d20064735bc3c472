//! `ecs.disk`: block storage, system and data disks.
//!
//! Billed per GiB and hour by category and performance level, attached or not, for as long as it exists. A system disk
//! bought with its instance is billed like any other. ESSD AutoPL adds provisioned IOPS, and bursts by use. Local disks
//! are in the price of their instance. A subscription is paid ahead: the estimate says what one month costs, or unknown.
//! <https://www.alibabacloud.com/help/en/ecs/block-storage-devices>
//!
//! Traps: `DeleteWithInstance` disks go when their instance is released, others stay and bill on; an attached disk cannot
//! be deleted, so its instance always goes first. Only ESSDs have a performance level. `DetachedTime` is empty for disks
//! that were never attached. A shared disk (`MultiAttach`) has several instances.

use rust_decimal::Decimal;

use crate::model::{Charge, Link, LinkKind, Per, Quantity, Resource, Said, TypeId};
use crate::resources::removal::{Binding, Operation, Removal, Source, kept, listed, pace};
use crate::resources::teardown::{Kept, Refusal, Teardown};
use crate::resources::{
    Argument, Billing, Field, Fields, LinkRule, ListedPer, Listing, Neighbours, ResourceType, Risk,
    Spec, Tags, Title, field,
};
use crate::resources::{ack, k8s};

/// `ecs.disk`
pub struct Disk;

/// Categories of local disks (`alibabacloud_ecs20140526` 7.11.8, `DescribeDisksRequest.Category`).
const LOCAL: [&str; 4] = [
    "local_ssd_pro",
    "local_hdd_pro",
    "ephemeral",
    "ephemeral_ssd",
];

const LISTING: Listing = Listing {
    product: "ecs",
    action: "DescribeDisks",
    arguments: &[("RegionId", Argument::Region)],
    items: "Disks.Disk",
    id: "DiskId",
};

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("ecs.disk"),
    title: Title {
        en: "Disk",
        zh: "云盘",
    },
    listed_per: ListedPer::Region,
    listing: Some(LISTING),
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
            Field::text("multi_attach", "MultiAttach"),
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
            Field::text_list("operation_locks", "OperationLocks.OperationLock.LockReason"),
        ],
    },
    links: &[
        LinkRule::made_from("ecs.snapshot", "source_snapshot_id", "SourceSnapshotId"),
        LinkRule::made_from("ecs.image", "image_id", "ImageId"),
        LinkRule::uses(
            "ecs.auto_snapshot_policy",
            "auto_snapshot_policy_id",
            "AutoSnapshotPolicyId",
        ),
    ],
    unverified: &[
        "that a disk with DeleteWithInstance is gone once its instance is",
        "a system disk without an instance is deleted like a data disk; where the API does not allow it, it stays",
    ],
};

impl ResourceType for Disk {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn links(&self, resource: &Resource) -> Vec<Link> {
        let mut links = field::links(SPEC.links, resource);
        let kind = if resource.attributes.boolean("delete_with_instance") == Some(true) {
            LinkKind::Manages
        } else {
            LinkKind::Uses
        };
        let attached = resource
            .attributes
            .text_list("attached_to")
            .unwrap_or_default();
        for instance in attached {
            let via = "Attachments.Attachment.InstanceId";
            links.push(field::link_from(
                "ecs.instance",
                instance,
                kind,
                resource,
                via,
            ));
        }
        // Old answers have no attachments, only this.
        if let (true, Some(instance)) = (attached.is_empty(), resource.text("instance_id")) {
            links.push(field::link_from(
                "ecs.instance",
                instance,
                kind,
                resource,
                "InstanceId",
            ));
        }
        links
    }

    fn charges(&self, resource: &Resource, _near: &Neighbours<'_>) -> Vec<Charge> {
        let category = resource.text("category");
        if let Some(local) = category.filter(|category| LOCAL.contains(category)) {
            let reason = Said::made(
                format!("a local disk ({local}) is in the price of its instance"),
                format!("本地盘（{local}）的费用已包含在实例价格中"),
            );
            return vec![Charge::free("disk", "capacity", reason)];
        }
        // Only ESSDs have performance levels; without a level the price of an ESSD is not known.
        let has_level = category == Some("cloud_essd");
        // No disk is empty: a size of 0 is one that was not read.
        let size = resource
            .attributes
            .decimal("size_gib")
            .filter(|size| *size > Decimal::ZERO);
        let size = Quantity::from_attribute(size, "Size");
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
        if category == Some("cloud_auto")
            && resource.attributes.boolean("bursting_enabled") == Some(true)
        {
            let decides = Said::new(
                "input and output beyond the provisioned performance",
                "超出预配置性能的突发 IO 次数",
            );
            charges.push(Charge::usage("disk", "burst", "operation", decides));
        }
        charges
    }

    fn teardown(&self) -> Option<&dyn Teardown> {
        Some(&REMOVAL)
    }
}

static REMOVAL: Removal = Removal {
    rests_on: &[
        "ack.cluster",
        "ecs.instance",
        "k8s.node",
        "k8s.persistent_volume",
    ],
    binding: Some(Binding {
        attribute: "instance_id",
        may_be_loosened: |_| true,
        loosen: Operation::new(
            "ecs",
            "DetachDisk",
            &[
                ("DiskId", Source::Id),
                ("InstanceId", Source::Attribute("instance_id")),
            ],
        ),
        back: Some(Operation::new(
            "ecs",
            "AttachDisk",
            &[
                ("DiskId", Source::Id),
                ("InstanceId", Source::Attribute("instance_id")),
                (
                    "DeleteWithInstance",
                    Source::IfKnown("delete_with_instance"),
                ),
            ],
        )),
    }),
    gone: &["InvalidDiskId.NotFound"],
    pace: pace(5, 600),
    loses: Some(Title {
        en: "everything on the disk",
        zh: "云盘上的全部数据",
    }),
    needs: &["disk_type"],
    refuse: keeps,
    goes_along,
    ..Removal::new(
        &Disk,
        Operation::new("ecs", "DeleteDisk", &[("DiskId", Source::Id)]),
        listed(LISTING, "DiskIds", Source::IdInJson),
    )
};

/// A disk that a volume names and nobody provisioned, or that the CSI driver marked as in use without having made it
/// (kubernetes-sigs/alibaba-cloud-csi-driver `tagDiskAsK8sAttached`), is the user's.
fn keeps(disk: &Resource, near: &Neighbours<'_>) -> Option<Refusal> {
    const IN_USE: &str = "k8s.aliyun.com";
    if let Some(refusal) = k8s::said_by_volumes(disk, near) {
        return Some(refusal);
    }
    // Instances that were added by auto scaling carry the same tag, and so do disks that go with them.
    let is_of_instance = disk.text("disk_type") != Some("data")
        || disk.attributes.boolean("delete_with_instance") == Some(true);
    if disk.tag(IN_USE) == Some("true") && disk.tag("createdby").is_none() && !is_of_instance {
        let because = format!("tag {IN_USE}=true without createdby");
        return Some(kept(Kept::Always, "static_volume", because));
    }
    let attached = disk.attributes.text_list("attached_to").unwrap_or_default();
    (attached.len() > 1).then(|| {
        let because = format!("attached to {}", attached.join(", "));
        kept(Kept::UnlessNamed, "shared", because)
    })
}

/// System disks and local disks go with their instance, and so do all disks of a dedicated cluster's masters.
fn goes_along(disk: &Resource, near: &Neighbours<'_>) -> bool {
    let Some(instance) = disk.text("instance_id") else {
        return false;
    };
    let is_local = disk
        .text("category")
        .is_some_and(|category| LOCAL.contains(&category));
    let is_of_master = near
        .get(disk, "ecs.instance", instance)
        .is_some_and(|instance| ack::is_dedicated_master(instance, near));
    disk.text("disk_type") == Some("system") || is_local || is_of_master
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ChargeKind, ChargeType};
    use crate::resources::testing::{cell, only_resource};
    use serde_json::{Value, json};

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
    fn a_disk_of_no_size_is_unknown_and_not_free() {
        for size in [0, -40] {
            let disk = disk(&json!({"Size": size}));
            let charges = Disk.charges(&disk, &only_resource(&disk));
            assert!(matches!(charges[0].quantity, Quantity::Unreadable(_)));
        }
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

    fn disk(changes: &Value) -> Resource {
        let mut raw = json!({
            "DiskId": "d-1", "Size": 40, "Category": "cloud_essd", "PerformanceLevel": "PL0", "DiskChargeType": "PostPaid",
            "InstanceId": "i-1", "Attachments": {"Attachment": [{"InstanceId": "i-1", "Device": "/dev/xvda"}]},
            "DeleteWithInstance": true, "OperationLocks": {"OperationLock": [{"LockReason": "security"}]},
        });
        for (key, value) in changes.as_object().unwrap() {
            raw[key] = value.clone();
        }
        Disk.decode(&raw, &cell("cn-hangzhou")).unwrap()
    }

    #[test]
    fn its_instance_goes_first_and_may_take_it_along() {
        let two = json!({"Attachment": [{"InstanceId": "i-1"}, {"InstanceId": "i-2"}]});
        for (changes, expected) in [
            (json!({}), vec!["i-1 manages d-1"]),
            (json!({"DeleteWithInstance": false}), vec!["i-1 uses d-1"]),
            (json!({"DeleteWithInstance": null}), vec!["i-1 uses d-1"]),
            (json!({"Attachments": null}), vec!["i-1 manages d-1"]),
            (
                json!({"Attachments": two, "DeleteWithInstance": false}),
                vec!["i-1 uses d-1", "i-2 uses d-1"],
            ),
            (
                json!({"Attachments": {"Attachment": []}, "InstanceId": "", "SourceSnapshotId": "s-1", "ImageId": "m-1"}),
                vec!["d-1 made_from s-1", "d-1 made_from m-1"],
            ),
        ] {
            let edges: Vec<String> = Disk
                .links(&disk(&changes))
                .iter()
                .map(|link| format!("{} {} {}", link.from.id, link.kind.as_str(), link.to.id))
                .collect();
            assert_eq!(edges, expected, "{changes}");
        }
    }

    #[test]
    fn each_category_is_charged_by_what_it_is() {
        let auto = json!({"Category": "cloud_auto", "PerformanceLevel": null, "ProvisionedIops": 1000, "BurstingEnabled": true});
        for (changes, expected) in [
            (json!({}), vec![("capacity", "billed")]),
            (
                json!({"PerformanceLevel": ""}),
                vec![("capacity", "unknown")],
            ),
            (
                json!({"Category": "cloud_efficiency", "PerformanceLevel": null}),
                vec![("capacity", "billed")],
            ),
            (
                json!({"Category": "local_ssd_pro"}),
                vec![("capacity", "free")],
            ),
            (
                auto,
                vec![
                    ("capacity", "billed"),
                    ("provisioned_iops", "billed"),
                    ("burst", "billed"),
                ],
            ),
        ] {
            let disk = disk(&changes);
            let charges = Disk.charges(&disk, &only_resource(&disk));
            let shown: Vec<_> = charges
                .iter()
                .map(|charge| {
                    let kind = match charge.kind {
                        ChargeKind::Billed => "billed",
                        ChargeKind::Free(_) => "free",
                        ChargeKind::Unknown(_) => "unknown",
                    };
                    (charge.item.as_str(), kind)
                })
                .collect();
            assert_eq!(shown, expected, "{changes}");
        }
    }

    #[test]
    fn a_subscription_is_kept_apart_and_locks_are_kept() {
        let paid = disk(&json!({"DiskChargeType": "PrePaid", "ExpiredTime": "2026-12-07T16:00Z"}));
        assert_eq!(paid.charge_type, ChargeType::Subscription);
        assert!(paid.expires.is_some());
        let locks = paid.attributes.text_list("operation_locks").unwrap();
        assert_eq!(locks, ["security"]);
        let error = Disk.decode(&json!({"Size": 40}), &cell("cn-hangzhou"));
        assert_eq!(error.unwrap_err().path, "DiskId");
    }
}
