//! `nas.file_system`: an NFS or SMB file system, with its mount targets.
//!
//! General-purpose ones (`standard`) are billed per GiB that is used, by storage type, with prices of their own for data that
//! became cold; the others by the capacity that was bought, empty or not. Storage packages are paid ahead.
//! <https://www.alibabacloud.com/help/en/nas/product-overview/billing-of-general-purpose-nas-file-systems>
//!
//! Traps: one that the CSI driver made for a claim stays when the claim is deleted, unless its storage class says otherwise
//! (`deleteVolume`, false by default). A mount target holds an address in its vSwitch, so that neither vSwitch nor VPC can be
//! deleted. `ClientMasterNodes` of a mount target has a password: not kept.

use rust_decimal::Decimal;

use crate::model::{Charge, Per, Quantity, Resource, Said, TypeId};
use crate::resources::{
    Billing, Field, Fields, LinkRule, ListedPer, Listing, Neighbours, ResourceType, Risk, Spec,
    Tags, Title,
};

/// `nas.file_system`
pub struct FileSystem;

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("nas.file_system"),
    title: Title {
        en: "NAS file system",
        zh: "NAS 文件系统",
    },
    listed_per: ListedPer::Region,
    listing: Some(Listing {
        product: "nas",
        action: "DescribeFileSystems",
        arguments: &[],
        items: "FileSystems.FileSystem",
        id: "FileSystemId",
    }),
    also_reads: &[],
    docs: "https://www.alibabacloud.com/help/en/nas/developer-reference/api-nas-2017-06-26-describefilesystems",
    billing: Billing::Charged,
    risk: Risk::Data,
    fields: Fields {
        id: "FileSystemId",
        name: "Description",
        status: "Status",
        zone: "ZoneId",
        created: "CreateTime",
        expires: "ExpiredTime",
        charge_type: "ChargeType",
        resource_group: "ResourceGroupId",
        tags: Tags::KEY,
        attributes: &[
            Field::text("file_system_type", "FileSystemType").money(),
            Field::text("storage_type", "StorageType").money(),
            Field::text("protocol", "ProtocolType"),
            Field::decimal("used_bytes", "MeteredSize").money(),
            Field::decimal("infrequent_bytes", "MeteredIASize"),
            Field::decimal("archive_bytes", "MeteredArchiveSize"),
            Field::integer("capacity_gib", "Capacity"),
            Field::integer("bandwidth_mib_per_second", "Bandwidth"),
            Field::text_list("package_ids", "Packages.Package.PackageId"),
            Field::text_list(
                "mount_targets",
                "MountTargets.MountTarget.MountTargetDomain",
            ),
            Field::text_list("mount_target_statuses", "MountTargets.MountTarget.Status"),
            Field::text_list("mount_vpc_ids", "MountTargets.MountTarget.VpcId"),
            Field::text_list("mount_vswitch_ids", "MountTargets.MountTarget.VswId"),
            Field::text("vpc_id", "VpcId"),
            Field::text_list("vswitch_ids", "VswIds.VswId"),
            Field::text("auto_snapshot_policy_id", "AutoSnapshotPolicyId"),
        ],
    },
    links: &[
        LinkRule::uses("vpc.vpc", "mount_vpc_ids", "MountTargets.MountTarget.VpcId"),
        LinkRule::uses(
            "vpc.vswitch",
            "mount_vswitch_ids",
            "MountTargets.MountTarget.VswId",
        ),
        LinkRule::uses("vpc.vpc", "vpc_id", "VpcId"),
        LinkRule::uses("vpc.vswitch", "vswitch_ids", "VswIds.VswId"),
    ],
    unverified: &[
        "that DescribeFileSystems names every mount target of a file system",
        "that MeteredSize leaves out what is stored as infrequent access or archive, which is shown beside it as unknown",
        "which word `ChargeType` has for a file system with a storage package; an unknown one is not taken for pay-as-you-go",
    ],
};

impl ResourceType for FileSystem {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn charges(&self, resource: &Resource, _near: &Neighbours<'_>) -> Vec<Charge> {
        let has_package = resource
            .attributes
            .text_list("package_ids")
            .is_some_and(|packages| !packages.is_empty());
        if has_package {
            let reason = Said::new(
                "a storage package pays for a part of it, and nothing says which",
                "存储包抵扣了其中一部分，但没有信息说明是哪一部分",
            );
            return vec![Charge::unknown("nas", "storage", reason)];
        }
        if resource
            .text("file_system_type")
            .is_some_and(|kind| kind != "standard")
        {
            let reason = Said::new(
                "it is billed by the capacity that was bought; no source of that price was found",
                "按购买的容量计费；没有找到其价格来源",
            );
            return vec![Charge::unknown("nas", "capacity", reason)];
        }
        let mut charges = vec![storage(resource)];
        for (item, attribute) in [
            ("infrequent_storage", "infrequent_bytes"),
            ("archive_storage", "archive_bytes"),
        ] {
            let size = resource.attributes.decimal(attribute);
            if size != Some(Decimal::ZERO) {
                let reason = Said::new(
                    "no source of the prices of cold data in NAS was found",
                    "没有找到 NAS 低频与归档数据的价格来源",
                );
                charges.push(Charge::unknown("nas", item, reason));
            }
        }
        charges
    }
}

/// What a general-purpose file system holds now.
fn storage(file_system: &Resource) -> Charge {
    let gib = Decimal::from(1024_u64 * 1024 * 1024);
    let used = file_system
        .attributes
        .decimal("used_bytes")
        .and_then(|bytes| bytes.checked_div(gib));
    let used = Quantity::from_attribute(used, "MeteredSize");
    Charge::billed("nas", "storage", used, "GiB", Per::Month)
        .with("file_system_type", file_system.text("file_system_type"))
        .with("storage_type", file_system.text("storage_type"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ChargeKind, ChargeType};
    use crate::resources::testing::{cell, only_resource};
    use serde_json::{Value, json};

    fn file_system(more: &Value) -> Resource {
        let mut raw = json!({
            "FileSystemId": "109c042666", "Description": "shared", "ChargeType": "PayAsYouGo", "FileSystemType": "standard",
            "StorageType": "Capacity", "ProtocolType": "NFS", "MeteredSize": 5_368_709_120_i64, "CreateTime": "2026-01-05T16:00:00Z",
            "MeteredIASize": 0, "MeteredArchiveSize": 0,
            "Tags": {"Tag": [{"Key": "ack.aliyun.com", "Value": "c1"}]},
            "MountTargets": {"MountTarget": [
                {"MountTargetDomain": "109c042666-w1.cn-hangzhou.nas.aliyuncs.com", "VpcId": "vpc-1", "VswId": "vsw-1",
                 "Status": "Active", "ClientMasterNodes": {"ClientMasterNode": [{"DefaultPasswd": "hunter2"}]}},
            ]},
        });
        for (key, value) in more.as_object().unwrap() {
            raw[key] = value.clone();
        }
        FileSystem.decode(&raw, &cell("cn-hangzhou")).unwrap()
    }

    fn charges(more: &Value) -> Vec<Charge> {
        let file_system = file_system(more);
        FileSystem.charges(&file_system, &only_resource(&file_system))
    }

    #[test]
    fn what_is_stored_in_a_general_purpose_one_is_billed() {
        let file_system = file_system(&json!({}));
        assert_eq!(file_system.charge_type, ChargeType::PayAsYouGo);
        assert_eq!(file_system.tag("ack.aliyun.com"), Some("c1"));
        assert!(
            !serde_json::to_string(&file_system)
                .unwrap()
                .contains("hunter2")
        );
        let links = FileSystem.links(&file_system);
        let used: Vec<_> = links.iter().map(|link| link.to.id.as_str()).collect();
        assert_eq!(used, ["vpc-1", "vsw-1"]);
        let charges = charges(&json!({}));
        assert_eq!(charges.len(), 1);
        assert_eq!(charges[0].quantity, Quantity::Known(Decimal::from(5)));
        assert_eq!(charges[0].specification["storage_type"], "Capacity");
        assert!(matches!(charges[0].kind, ChargeKind::Billed));
    }

    #[test]
    fn what_is_not_priced_or_not_said_is_unknown() {
        for more in [
            json!({"FileSystemType": "extreme", "Capacity": 100, "MeteredSize": 0}),
            json!({"Packages": {"Package": [{"PackageId": "naspackage-1"}]}}),
            json!({"StorageType": null}),
            json!({"FileSystemType": null}),
        ] {
            let charges = charges(&more);
            assert_eq!(charges.len(), 1, "{more}");
            assert!(matches!(charges[0].kind, ChargeKind::Unknown(_)), "{more}");
        }
        let sizeless = charges(&json!({"MeteredSize": null}));
        assert!(matches!(sizeless[0].quantity, Quantity::Unreadable(_)));
        let cold = charges(&json!({"MeteredIASize": 1, "MeteredArchiveSize": 0}));
        assert_eq!(cold.len(), 2);
        assert_eq!(cold[1].item, "infrequent_storage");
    }

    #[test]
    fn how_it_is_paid_is_read() {
        for (code, expected) in [
            ("Subscription", ChargeType::Subscription),
            ("PayAsYouGo", ChargeType::PayAsYouGo),
            ("Package", ChargeType::Unknown),
        ] {
            let file_system = file_system(&json!({"ChargeType": code}));
            assert_eq!(file_system.charge_type, expected, "{code}");
        }
        let error = FileSystem.decode(&json!({}), &cell("r"));
        assert_eq!(error.unwrap_err().path, "FileSystemId");
    }
}
