//! `ecs.snapshot`: a snapshot of a disk.
//!
//! Billed per GiB and month for what the snapshots of a disk hold together: the first is a full copy without the disk's
//! empty blocks, each further one holds the blocks that changed. No answer says what one snapshot holds, so the size of
//! its disk is counted, which is the most that it can be. Archived snapshots have a lower price and at least 60 days.
//! What is really billed is the sum of a region: `DescribeSnapshotLinks` and `DescribeSnapshotsUsage`.
//!
//! Traps: `SourceDiskSize` is a number in old answers and a text in new ones. `FullSnapshotSizeInBytes` is the size of a
//! full copy, not of the increment. The snapshots of images are snapshots like any other and listed here. The disk of a
//! snapshot may be long gone.

use rust_decimal::Decimal;

use crate::model::{Charge, Link, LinkKind, Per, Quantity, Region, Resource, Said, TypeId};
use crate::resources::removal::{Operation, Removal, Source, listed, pace};
use crate::resources::teardown::Teardown;
use crate::resources::{
    Argument, Billing, Field, Fields, LinkRule, ListedPer, Listing, Neighbours, ResourceType, Risk,
    Spec, Tags, Title, field,
};

/// `ecs.snapshot`
pub struct Snapshot;

const LISTING: Listing = Listing {
    product: "ecs",
    action: "DescribeSnapshots",
    arguments: &[("RegionId", Argument::Region)],
    items: "Snapshots.Snapshot",
    id: "SnapshotId",
};

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("ecs.snapshot"),
    title: Title {
        en: "Snapshot",
        zh: "快照",
    },
    listed_per: ListedPer::Region,
    listing: Some(LISTING),
    also_reads: &[],
    docs: "https://www.alibabacloud.com/help/en/ecs/developer-reference/api-ecs-2014-05-26-describesnapshots",
    billing: Billing::Charged,
    risk: Risk::Data,
    fields: Fields {
        id: "SnapshotId",
        name: "SnapshotName",
        status: "Status",
        created: "CreationTime",
        resource_group: "ResourceGroupId",
        tags: Tags::TAG_KEY,
        attributes: &[
            Field::text("category", "Category").money(),
            Field::decimal("source_disk_size_gib", "SourceDiskSize").money(),
            Field::integer("full_size_bytes", "FullSnapshotSizeInBytes"),
            Field::text("usage", "Usage"),
            Field::text("snapshot_type", "SnapshotType"),
            Field::text("snapshot_link_id", "SnapshotLinkId"),
            Field::text("source_disk_id", "SourceDiskId"),
            Field::text("source_disk_type", "SourceDiskType"),
            Field::text("source_snapshot_id", "SourceSnapshotId"),
            Field::text("source_region_id", "SourceRegionId"),
            Field::integer("retention_days", "RetentionDays"),
            Field::boolean("instant_access", "InstantAccess"),
            Field::boolean("encrypted", "Encrypted"),
        ],
        ..Fields::NONE
    },
    links: &[LinkRule::made_from(
        "ecs.disk",
        "source_disk_id",
        "SourceDiskId",
    )],
    unverified: &["that a snapshot without Category is a standard one; its price stays unknown"],
};

impl ResourceType for Snapshot {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn also_links_to(&self) -> &'static [&'static str] {
        &["ecs.snapshot"]
    }

    fn links(&self, resource: &Resource) -> Vec<Link> {
        let mut links = field::links(SPEC.links, resource);
        // A copy names the snapshot that it was copied from, which may be in another region.
        if let Some(source) = resource
            .text("source_snapshot_id")
            .filter(|source| *source != resource.id.id)
        {
            let mut link = field::link(
                resource,
                LinkKind::MadeFrom,
                "ecs.snapshot",
                source,
                "SourceSnapshotId",
            );
            if let Some(region) = resource.text("source_region_id") {
                link.to.region = Region::new(region);
            }
            links.push(link);
        }
        links
    }

    fn charges(&self, resource: &Resource, _near: &Neighbours<'_>) -> Vec<Charge> {
        // While it is made its size grows, and what a failed one is billed for is not documented.
        let unsettled = match resource.status.as_deref() {
            Some("progressing") => Some(Said::new(
                "the snapshot is still being made, and its size with it",
                "快照仍在创建中，大小还在变化",
            )),
            Some("failed") => Some(Said::new(
                "the snapshot failed; whether it is billed is not documented",
                "快照创建失败；文档没有说明是否收费",
            )),
            _ => None,
        };
        if let Some(reason) = unsettled {
            return vec![Charge::unknown("snapshot", "storage", reason)];
        }
        // No disk is empty: a size of 0 is one that was not read.
        let size = resource
            .attributes
            .decimal("source_disk_size_gib")
            .filter(|size| *size > Decimal::ZERO);
        let size = Quantity::from_attribute(size, "SourceDiskSize");
        vec![
            Charge::billed("snapshot", "storage", size, "GiB", Per::Month)
                .with("category", resource.text("category"))
                .at_most()
                .assuming(Said::new(
                    "counted at the size of its disk, the most that it can hold: what changed since the snapshot before is billed, which only the sum of all snapshots tells",
                    "按其云盘容量计算，即可能的上限：实际按相对上一份快照的变化量计费，只有全部快照的总量才能得知",
                )),
        ]
    }

    fn teardown(&self) -> Option<&dyn Teardown> {
        Some(&REMOVAL)
    }
}

static REMOVAL: Removal = Removal {
    gone: &["InvalidSnapshotId.NotFound", "InvalidResource.NotFound"],
    pace: pace(5, 600),
    loses: Some(Title {
        en: "the state of the disk that the snapshot holds",
        zh: "快照所保存的云盘数据",
    }),
    // Without Force: a snapshot that disks were made from is refused by the API and stays.
    ..Removal::new(
        &Snapshot,
        Operation::new("ecs", "DeleteSnapshot", &[("SnapshotId", Source::Id)]),
        listed(LISTING, "SnapshotIds", Source::IdInJson),
    )
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ChargeKind, ChargeType};
    use crate::resources::testing::{cell, only_resource};
    use serde_json::{Value, json};

    fn snapshot(raw: &Value) -> Resource {
        Snapshot.decode(raw, &cell("cn-hangzhou")).unwrap()
    }

    fn charge(raw: &Value) -> Charge {
        let snapshot = snapshot(raw);
        let mut charges = Snapshot.charges(&snapshot, &only_resource(&snapshot));
        assert_eq!(charges.len(), 1);
        charges.remove(0)
    }

    #[test]
    fn the_size_of_the_disk_is_counted_in_either_spelling() {
        for size in [json!("20"), json!(20)] {
            for category in ["standard", "archive"] {
                let raw =
                    json!({"SnapshotId": "s-1", "SourceDiskSize": size, "Category": category});
                let charge = charge(&raw);
                assert_eq!(charge.quantity, Quantity::Known(Decimal::from(20)));
                assert_eq!(charge.specification["category"], category);
                assert_eq!((charge.unit.as_str(), charge.per), ("GiB", Per::Month));
                assert_eq!(charge.kind, ChargeKind::Billed);
                assert_eq!(charge.assumptions.len(), 1);
            }
        }
    }

    #[test]
    fn what_is_not_finished_has_no_known_size() {
        for (status, is_known) in [
            ("accomplished", true),
            ("progressing", false),
            ("failed", false),
        ] {
            let raw = json!({
                "SnapshotId": "s-1", "SourceDiskSize": "20", "Category": "standard", "Status": status,
            });
            let charge = charge(&raw);
            assert_eq!(charge.kind == ChargeKind::Billed, is_known, "{status}");
            assert_eq!(charge.is_at_most, is_known, "{status}");
        }
    }

    #[test]
    fn without_size_or_category_the_price_is_unknown() {
        let raw = json!({"SnapshotId": "s-1", "SourceDiskSize": "much"});
        assert_eq!(
            snapshot(&raw).unreadable,
            ["category", "source_disk_size_gib"]
        );
        let charge = charge(&raw);
        assert!(matches!(charge.quantity, Quantity::Unreadable(_)));
        assert!(matches!(charge.kind, ChargeKind::Unknown(_)));
        let error = Snapshot.decode(&json!({"SnapshotName": "x"}), &cell("cn-hangzhou"));
        assert_eq!(error.unwrap_err().path, "SnapshotId");
    }

    #[test]
    fn a_copy_names_its_source_in_the_other_region() {
        let copy = snapshot(&json!({
            "SnapshotId": "s-2", "SourceDiskId": "d-1", "SourceSnapshotId": "s-1", "SourceRegionId": "cn-shanghai",
            "Usage": "none", "Status": "accomplished", "SnapshotType": "user", "RetentionDays": 30,
        }));
        assert_eq!(copy.charge_type, ChargeType::PayAsYouGo);
        let links = Snapshot.links(&copy);
        let ends: Vec<_> = links
            .iter()
            .map(|link| (link.to.region.as_str(), link.to.id.as_str(), link.kind))
            .collect();
        let expected = [
            ("cn-hangzhou", "d-1", LinkKind::MadeFrom),
            ("cn-shanghai", "s-1", LinkKind::MadeFrom),
        ];
        assert_eq!(ends, expected);
    }
}
