//! `vpc.vswitch`: a subnet of a VPC, in one zone.
//!
//! Free. It goes after everything that has an address in it, load balancers and network interfaces too, and before its VPC.
//!
//! <https://api.aliyun.com/document/Vpc/2016-04-28/DescribeVSwitches>
//!
//! Traps: a shared vSwitch (`ShareType` `Shared`) belongs to the account in `OwnerId`.

use crate::model::{Resource, TypeId};
use crate::resources::Neighbours;
use crate::resources::removal::{Operation, Removal, Source, kept, listed, pace};
use crate::resources::teardown::{Kept, Refusal, Teardown};
use crate::resources::{
    Argument, Billing, Field, Fields, LinkRule, ListedPer, Listing, ResourceType, Risk, Spec, Tags,
    Title,
};

/// `vpc.vswitch`
pub struct VSwitch;

const LISTING: Listing = Listing {
    product: "vpc",
    action: "DescribeVSwitches",
    arguments: &[("RegionId", Argument::Region)],
    items: "VSwitches.VSwitch",
    id: "VSwitchId",
};

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("vpc.vswitch"),
    title: Title {
        en: "vSwitch",
        zh: "交换机",
    },
    listed_per: ListedPer::Region,
    listing: Some(LISTING),
    also_reads: &[],
    docs: "https://api.aliyun.com/document/Vpc/2016-04-28/DescribeVSwitches",
    billing: Billing::Free,
    risk: Risk::Service,
    fields: Fields {
        id: "VSwitchId",
        name: "VSwitchName",
        status: "Status",
        zone: "ZoneId",
        created: "CreationTime",
        resource_group: "ResourceGroupId",
        tags: Tags::KEY,
        attributes: &[
            Field::text("description", "Description"),
            Field::text("vpc_id", "VpcId"),
            Field::text("cidr_block", "CidrBlock"),
            Field::integer("available_ip_address_count", "AvailableIpAddressCount"),
            Field::boolean("is_default", "IsDefault"),
            Field::text("share_type", "ShareType"),
            Field::text("owner_account_id", "OwnerId"),
            Field::text("route_table_id", "RouteTable.RouteTableId"),
            Field::text("network_acl_id", "NetworkAclId"),
        ],
        ..Fields::NONE
    },
    links: &[LinkRule::uses("vpc.vpc", "vpc_id", "VpcId")],
    unverified: &[],
};

impl ResourceType for VSwitch {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn teardown(&self) -> Option<&dyn Teardown> {
        Some(&REMOVAL)
    }
}

static REMOVAL: Removal = Removal {
    gone: &["InvalidVswitchID.NotFound"],
    pace: pace(5, 900),
    needs: &["is_default"],
    refuse: keeps,
    ..Removal::new(
        &VSwitch,
        Operation::new(
            "vpc",
            "DeleteVSwitch",
            &[("RegionId", Source::Region), ("VSwitchId", Source::Id)],
        ),
        listed(LISTING, "VSwitchId", Source::Id),
    )
};

fn keeps(vswitch: &Resource, _near: &Neighbours<'_>) -> Option<Refusal> {
    super::kept_as_default_or_of_others(vswitch).or_else(|| {
        let share = vswitch.text("share_type")?;
        let because = format!("ShareType={share}");
        Some(kept(Kept::Always, "shared", because))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ChargeType, LinkKind};
    use crate::resources::testing::{cell, only_resource};
    use serde_json::json;

    #[test]
    fn a_vswitch_is_free_and_uses_its_vpc() {
        let raw = json!({
            "VSwitchId": "vsw-1", "VSwitchName": "zone-h", "Status": "Available", "VpcId": "vpc-1",
            "ZoneId": "cn-hangzhou-h", "CidrBlock": "192.168.0.0/20", "AvailableIpAddressCount": 4080,
            "IsDefault": false, "ShareType": "", "NetworkAclId": "", "OwnerId": 42,
            "RouteTable": {"RouteTableId": "vtb-1", "RouteTableType": "System"},
            "CreationTime": "2026-01-15T01:31:00Z", "Tags": {"Tag": []},
        });
        let vswitch = VSwitch.decode(&raw, &cell("cn-hangzhou")).unwrap();
        assert_eq!(vswitch.zone.as_deref(), Some("cn-hangzhou-h"));
        assert_eq!(vswitch.charge_type, ChargeType::Free);
        assert_eq!(vswitch.text("network_acl_id"), None);
        assert!(
            VSwitch
                .charges(&vswitch, &only_resource(&vswitch))
                .is_empty()
        );
        let links = VSwitch.links(&vswitch);
        assert_eq!(links.len(), 1);
        assert_eq!(
            (
                links[0].kind,
                links[0].to.type_id.as_str(),
                links[0].to.id.as_str()
            ),
            (LinkKind::Uses, "vpc.vpc", "vpc-1")
        );
    }

    #[test]
    fn without_id_it_is_an_error() {
        let error = VSwitch
            .decode(&json!({"VpcId": "vpc-1"}), &cell("r"))
            .unwrap_err();
        assert_eq!(error.path, "VSwitchId");
    }
}
