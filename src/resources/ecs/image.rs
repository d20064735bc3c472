//! `ecs.image`: a custom image of this account.
//!
//! An image is not billed itself: the snapshots that it is made of are, and these are listed as `ecs.snapshot`. Only own
//! images are asked for (`ImageOwnerAlias=self`); without that hundreds of public ones come back.
//!
//! Traps: a snapshot cannot be deleted while an image uses it, so the image goes first. An image that was shared with
//! others, or that a node pool, scaling configuration or launch template names, is needed though no instance uses it
//! (`Usage` looks at instances only). The licence of an image made from a paid one is billed with each instance.

use crate::model::{Charge, Resource, Said, TypeId};
use crate::resources::removal::{Operation, Removal, Source, kept, listed, pace};
use crate::resources::teardown::{Kept, Refusal, Teardown};
use crate::resources::{
    Argument, Billing, Field, Fields, LinkRule, ListedPer, Listing, Neighbours, ResourceType, Risk,
    Spec, Tags, Title,
};

/// `ecs.image`
pub struct Image;

const LISTING: Listing = Listing {
    product: "ecs",
    action: "DescribeImages",
    arguments: &[
        ("RegionId", Argument::Region),
        ("ImageOwnerAlias", Argument::Text("self")),
    ],
    items: "Images.Image",
    id: "ImageId",
};

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("ecs.image"),
    title: Title {
        en: "Custom image",
        zh: "自定义镜像",
    },
    listed_per: ListedPer::Region,
    listing: Some(LISTING),
    also_reads: &[],
    docs: "https://www.alibabacloud.com/help/en/ecs/developer-reference/api-ecs-2014-05-26-describeimages",
    billing: Billing::Free,
    risk: Risk::Data,
    fields: Fields {
        id: "ImageId",
        name: "ImageName",
        status: "Status",
        created: "CreationTime",
        resource_group: "ResourceGroupId",
        tags: Tags::TAG_KEY,
        attributes: &[
            Field::text("usage", "Usage"),
            Field::text("owner_alias", "ImageOwnerAlias"),
            Field::text("image_family", "ImageFamily"),
            Field::text("product_code", "ProductCode"),
            Field::text("os_name", "OSName"),
            Field::text("os_type", "OSType"),
            Field::text("architecture", "Architecture"),
            Field::integer("size_gib", "Size"),
            Field::boolean("is_public", "IsPublic"),
            Field::boolean("is_shared", "IsSelfShared"),
            Field::boolean("is_copied", "IsCopied"),
            Field::text_list(
                "snapshot_ids",
                "DiskDeviceMappings.DiskDeviceMapping.SnapshotId",
            ),
        ],
        ..Fields::NONE
    },
    links: &[LinkRule::uses(
        "ecs.snapshot",
        "snapshot_ids",
        "DiskDeviceMappings.DiskDeviceMapping.SnapshotId",
    )],
    unverified: &[
        "that every snapshot of an image is in DescribeSnapshots",
        "an image that is not Available is not listed: one that becomes unavailable looks gone",
    ],
};

impl ResourceType for Image {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn charges(&self, _resource: &Resource, _near: &Neighbours<'_>) -> Vec<Charge> {
        let reason = Said::new(
            "an image costs nothing itself; its snapshots are billed, and shown as such",
            "镜像本身不收费；它的快照收费，并单独列出",
        );
        vec![Charge::free("ecs", "image", reason)]
    }

    fn teardown(&self) -> Option<&dyn Teardown> {
        Some(&REMOVAL)
    }
}

static REMOVAL: Removal = Removal {
    gone: &["InvalidImageId.NotFound"],
    pace: pace(5, 900),
    loses: Some(Title {
        en: "the image; its snapshots stay until they are deleted themselves",
        zh: "镜像本身；其快照会保留，直到单独删除",
    }),
    needs: &["owner_alias", "is_shared"],
    refuse: keeps,
    // Without Force: an image that instances use is refused by the API and stays.
    ..Removal::new(
        &Image,
        Operation::new(
            "ecs",
            "DeleteImage",
            &[("RegionId", Source::Region), ("ImageId", Source::Id)],
        ),
        listed(LISTING, "ImageId", Source::Id),
    )
};

fn keeps(image: &Resource, _near: &Neighbours<'_>) -> Option<Refusal> {
    let owner = image.text("owner_alias").unwrap_or_default();
    if owner != "self" {
        let because = format!("ImageOwnerAlias={owner}");
        return Some(kept(Kept::Always, "shared", because));
    }
    for (attribute, field) in [("is_shared", "IsSelfShared"), ("is_public", "IsPublic")] {
        if image.attributes.boolean(attribute) == Some(true) {
            let because = format!("{field}=true");
            return Some(kept(Kept::UnlessNamed, "shared", because));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ChargeKind, ChargeType};
    use crate::resources::testing::{cell, only_resource};
    use serde_json::json;

    #[test]
    fn an_image_uses_its_snapshots_and_costs_nothing_itself() {
        let raw = json!({
            "ImageId": "m-1", "ImageName": "base", "ImageOwnerAlias": "self", "Status": "Available", "Usage": "none",
            "IsSelfShared": "False", "Size": 60, "CreationTime": "2025-12-01T04:00:00Z", "OSType": "linux",
            "DiskDeviceMappings": {"DiskDeviceMapping": [
                {"Device": "/dev/xvda", "Type": "system", "SnapshotId": "s-1", "Size": "20"},
                {"Device": "/dev/xvdb", "Type": "data", "SnapshotId": "s-2", "Size": "40"},
                {"Device": "/dev/xvdc", "Type": "data", "SnapshotId": "", "Size": "5"},
            ]},
            "Tags": {"Tag": [{"TagKey": "team", "TagValue": "lab"}]},
        });
        let image = Image.decode(&raw, &cell("cn-hangzhou")).unwrap();
        assert_eq!(image.charge_type, ChargeType::Free);
        assert_eq!(image.text("usage"), Some("none"));
        assert_eq!(image.attributes.boolean("is_shared"), Some(false));
        let links = Image.links(&image);
        let used: Vec<_> = links.iter().map(|link| link.to.id.as_str()).collect();
        assert_eq!(used, ["s-1", "s-2"]);
        let charges = Image.charges(&image, &only_resource(&image));
        assert!(matches!(&charges[..], [charge] if matches!(charge.kind, ChargeKind::Free(_))));
    }

    #[test]
    fn an_image_without_mappings_names_no_snapshots() {
        let image = Image
            .decode(&json!({"ImageId": "m-1"}), &cell("cn-hangzhou"))
            .unwrap();
        assert_eq!(image.attributes.text_list("snapshot_ids"), None);
        assert!(Image.links(&image).is_empty());
        let error = Image.decode(&json!({"ImageName": "base"}), &cell("cn-hangzhou"));
        assert_eq!(error.unwrap_err().path, "ImageId");
    }
}
