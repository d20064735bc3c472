//! `vpc.ha_vip`: a private address that moves between instances (`HaVip`).
//!
//! Free. It can be deleted once no instance, no EIP and no route stands on it; it holds its vSwitch until then.
//!
//! <https://api.aliyun.com/document/Vpc/2016-04-28/DescribeHaVips>
//!
//! Traps: the inner lists begin in lower case (`associatedInstance`). `ChargeType` is `none`.

use crate::model::{Link, LinkKind, Resource, TypeId};
use crate::resources::removal::{Look, Operation, Removal, Source, pace};
use crate::resources::teardown::Teardown;
use crate::resources::{
    Argument, Billing, Field, Fields, LinkRule, ListedPer, Listing, ResourceType, Risk, Spec, Tags,
    Title, field,
};

/// `vpc.ha_vip`
pub struct HaVip;

const LISTING: Listing = Listing {
    product: "vpc",
    action: "DescribeHaVips",
    arguments: &[("RegionId", Argument::Region)],
    items: "HaVips.HaVip",
    id: "HaVipId",
};

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("vpc.ha_vip"),
    title: Title {
        en: "High-availability virtual IP address",
        zh: "高可用虚拟 IP",
    },
    listed_per: ListedPer::Region,
    listing: Some(LISTING),
    also_reads: &[],
    docs: "https://api.aliyun.com/document/Vpc/2016-04-28/DescribeHaVips",
    billing: Billing::Free,
    risk: Risk::Service,
    fields: Fields {
        id: "HaVipId",
        name: "Name",
        status: "Status",
        created: "CreateTime",
        resource_group: "ResourceGroupId",
        tags: Tags::KEY,
        attributes: &[
            Field::text("description", "Description"),
            Field::text("vpc_id", "VpcId"),
            Field::text("vswitch_id", "VSwitchId"),
            Field::text("ip_address", "IpAddress"),
            Field::text("master_instance_id", "MasterInstanceId"),
            Field::text("associated_instance_type", "AssociatedInstanceType"),
            Field::text_list("associated_ids", "AssociatedInstances.associatedInstance"),
            Field::text_list("public_ips", "AssociatedEipAddresses.associatedEipAddresse"),
        ],
        ..Fields::NONE
    },
    links: &[
        LinkRule::uses("vpc.vpc", "vpc_id", "VpcId"),
        LinkRule::uses("vpc.vswitch", "vswitch_id", "VSwitchId"),
    ],
    unverified: &["that an HaVip is not billed: no page of the vendor names a price for one"],
};

impl ResourceType for HaVip {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    /// What it stands on needs it: the instance, or the network interface, goes first.
    fn links(&self, resource: &Resource) -> Vec<Link> {
        let via = "AssociatedInstances.associatedInstance";
        let ids = resource.attributes.text_list("associated_ids");
        let users = ids.unwrap_or_default().iter().filter_map(|id| {
            let type_id = match id.split_once('-')?.0 {
                "i" => "ecs.instance",
                "eni" => "ecs.network_interface",
                _ => return None,
            };
            let kind = LinkKind::Uses;
            Some(field::link_from(type_id, id, kind, resource, via))
        });
        users.chain(field::links(SPEC.links, resource)).collect()
    }

    fn teardown(&self) -> Option<&dyn Teardown> {
        Some(&REMOVAL)
    }
}

static REMOVAL: Removal = Removal {
    gone: &["InvalidHaVipId.NotFound"],
    pace: pace(5, 600),
    ..Removal::new(
        &HaVip,
        Operation::new(
            "vpc",
            "DeleteHaVip",
            &[("RegionId", Source::Region), ("HaVipId", Source::Id)],
        ),
        // The list has no parameter for one id.
        Look::Whole,
    )
};

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::resources::testing::cell;

    #[test]
    fn what_it_stands_on_goes_before_it_and_its_vswitch_after_it() {
        let raw = json!({
            "HaVipId": "havip-1", "Name": "front", "Status": "InUse", "VpcId": "vpc-1", "VSwitchId": "vsw-1",
            "IpAddress": "192.168.0.5", "AssociatedInstanceType": "EcsInstance", "ChargeType": "none",
            "AssociatedInstances": {"associatedInstance": ["i-1", "eni-1", ""]},
            "AssociatedEipAddresses": {"associatedEipAddresse": ["203.0.113.10"]},
            "CreateTime": "2026-01-15T14:25:26Z", "Tags": {"Tag": [{"Key": "team", "Value": "blue"}]},
        });
        let address = HaVip.decode(&raw, &cell("cn-hangzhou")).unwrap();
        assert_eq!(address.tag("team"), Some("blue"));
        let ends: Vec<_> = HaVip
            .links(&address)
            .into_iter()
            .map(|link| (link.from.id, link.to.id))
            .collect();
        let end = |from: &str, to: &str| (from.to_owned(), to.to_owned());
        assert_eq!(
            ends,
            [
                end("i-1", "havip-1"),
                end("eni-1", "havip-1"),
                end("havip-1", "vpc-1"),
                end("havip-1", "vsw-1"),
            ]
        );
    }

    #[test]
    fn without_id_it_is_an_error_and_without_the_rest_not() {
        let error = HaVip.decode(&json!({}), &cell("r")).unwrap_err();
        assert_eq!(error.path, "HaVipId");
        let raw = json!({"HaVipId": "havip-1"});
        let bare = HaVip.decode(&raw, &cell("r")).unwrap();
        assert!(HaVip.links(&bare).is_empty());
    }
}
