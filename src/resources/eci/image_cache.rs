//! `eci.image_cache`: container images unpacked on a snapshot, from which container groups start faster.
//!
//! Not billed itself: the snapshot of one that was made by hand is, and listed as `ecs.snapshot`. One that was made by itself
//! costs nothing, and its snapshot is not this account's.
//! <https://www.alibabacloud.com/help/en/eci/product-overview/image-caches>
//!
//! Traps: nothing in the answer says by whom it was made. Its snapshot must not be deleted while it exists: it stops working.
//! Whether deleting it deletes the snapshot is not documented, so that is looked for afterwards like any other.

use crate::model::{Charge, Resource, Said, TypeId};
use crate::resources::removal::{Operation, Removal, Source, listed, pace};
use crate::resources::teardown::Teardown;
use crate::resources::{
    Argument, Billing, Field, Fields, LinkRule, ListedPer, Listing, Neighbours, ResourceType, Risk,
    Spec, Tags, Title,
};

/// `eci.image_cache`
pub struct ImageCache;

const LISTING: Listing = Listing {
    product: "eci",
    action: "DescribeImageCaches",
    arguments: &[("RegionId", Argument::Region)],
    items: "ImageCaches",
    id: "ImageCacheId",
};

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("eci.image_cache"),
    title: Title {
        en: "Image cache",
        zh: "镜像缓存",
    },
    listed_per: ListedPer::Region,
    listing: Some(LISTING),
    also_reads: &[],
    docs: "https://www.alibabacloud.com/help/en/eci/developer-reference/api-eci-2018-08-08-describeimagecaches",
    billing: Billing::Charged,
    risk: Risk::None,
    fields: Fields {
        id: "ImageCacheId",
        name: "ImageCacheName",
        status: "Status",
        created: "CreationTime",
        resource_group: "ResourceGroupId",
        tags: Tags::FLAT_KEY,
        attributes: &[
            Field::integer("size_gib", "ImageCacheSize"),
            Field::text("snapshot_id", "SnapshotId"),
            Field::text("flash_snapshot_id", "FlashSnapshotId"),
            Field::text("container_group_id", "ContainerGroupId"),
            Field::text_list("images", "Images"),
            Field::text("progress", "Progress"),
            Field::text("elimination_strategy", "EliminationStrategy"),
            Field::time("last_used", "LastMatchedTime"),
            Field::time("goes_at", "ExpireDateTime"),
        ],
        ..Fields::NONE
    },
    links: &[
        LinkRule::uses("ecs.snapshot", "snapshot_id", "SnapshotId"),
        LinkRule::uses("ecs.snapshot", "flash_snapshot_id", "FlashSnapshotId"),
    ],
    unverified: &[
        "that the snapshot of an image cache made by hand is in DescribeSnapshots, and that of one made by itself is not",
        "what the local snapshot (FlashSnapshotId) of an image cache costs; it is not counted beside its snapshot",
    ],
};

impl ResourceType for ImageCache {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn charges(&self, resource: &Resource, near: &Neighbours<'_>) -> Vec<Charge> {
        let snapshot = resource.text("snapshot_id");
        let is_listed = snapshot.is_some_and(|id| near.get(resource, "ecs.snapshot", id).is_some());
        let charge = if is_listed {
            let reason = Said::new(
                "an image cache costs nothing itself; its snapshot is billed, and shown as such",
                "镜像缓存本身不收费；它的快照收费，并单独列出",
            );
            Charge::free("eci", "image_cache", reason)
        } else {
            let reason = Said::new(
                "its snapshot is not in this inventory: either it was made by itself and costs nothing, or the snapshots were not read",
                "清单中没有它的快照：要么它是自动创建的、不收费，要么快照没有读取到",
            );
            Charge::unknown("eci", "image_cache", reason)
        };
        vec![charge]
    }

    fn teardown(&self) -> Option<&dyn Teardown> {
        Some(&REMOVAL)
    }
}

static REMOVAL: Removal = Removal {
    pace: pace(5, 600),
    ..Removal::new(
        &ImageCache,
        Operation::new(
            "eci",
            "DeleteImageCache",
            &[("RegionId", Source::Region), ("ImageCacheId", Source::Id)],
        ),
        listed(LISTING, "ImageCacheId", Source::Id),
    )
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ChargeKind;
    use crate::resources::testing::{cell, only_resource, resource};
    use serde_json::json;

    #[test]
    fn its_snapshot_is_what_is_billed() {
        let cell = cell("cn-hangzhou");
        let raw = json!({
            "ImageCacheId": "imc-1", "ImageCacheName": "web", "Status": "Ready", "Progress": "100%", "SnapshotId": "s-1",
            "FlashSnapshotId": "", "Images": ["nginx:1.15"], "ImageCacheSize": 20, "EliminationStrategy": "",
            "LastMatchedTime": "2026-02-01T03:48:10Z", "Tags": [{"Key": "team", "Value": "lab"}],
        });
        let cache = ImageCache.decode(&raw, &cell).unwrap();
        assert_eq!(cache.tag("team"), Some("lab"));
        let links = ImageCache.links(&cache);
        assert_eq!((links.len(), links[0].to.id.as_str()), (1, "s-1"));
        let snapshot = resource(&cell, "ecs.snapshot", "s-1");
        let near = Neighbours::new([&cache, &snapshot]);
        let charges = ImageCache.charges(&cache, &near);
        assert!(matches!(&charges[..], [charge] if matches!(charge.kind, ChargeKind::Free(_))));
        let charges = ImageCache.charges(&cache, &only_resource(&cache));
        assert!(matches!(&charges[..], [charge] if matches!(charge.kind, ChargeKind::Unknown(_))));
    }

    #[test]
    fn one_without_a_snapshot_costs_nobody_knows_what() {
        let raw = json!({"ImageCacheId": "imc-1"});
        let cache = ImageCache.decode(&raw, &cell("r")).unwrap();
        assert!(ImageCache.links(&cache).is_empty());
        let charges = ImageCache.charges(&cache, &only_resource(&cache));
        assert!(matches!(charges[0].kind, ChargeKind::Unknown(_)));
        let error = ImageCache.decode(&json!({}), &cell("r"));
        assert_eq!(error.unwrap_err().path, "ImageCacheId");
    }
}
