//! `vpc.vpc`: a virtual private cloud, the network that nearly everything else lives in.
//!
//! Free; so are its vSwitches, route tables and security groups. What is in it is billed by itself.
//!
//! <https://api.aliyun.com/document/Vpc/2016-04-28/DescribeVpcs>
//!
//! Traps: the lists wrap twice with the same word (`NatGatewayIds.NatGatewayIds`). A default VPC (`IsDefault`) is made by
//! the products that need one and belongs to the account, not to a lab. `OwnerId` of a shared VPC is another account.

use crate::model::TypeId;
use crate::resources::removal::{Operation, Removal, Source, listed, pace};
use crate::resources::teardown::Teardown;
use crate::resources::{
    Argument, Billing, Field, Fields, ListedPer, Listing, ResourceType, Risk, Spec, Tags, Title,
};

/// `vpc.vpc`
pub struct Vpc;

const LISTING: Listing = Listing {
    product: "vpc",
    action: "DescribeVpcs",
    arguments: &[("RegionId", Argument::Region)],
    items: "Vpcs.Vpc",
    id: "VpcId",
};

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("vpc.vpc"),
    title: Title {
        en: "VPC",
        zh: "专有网络",
    },
    listed_per: ListedPer::Region,
    listing: Some(LISTING),
    also_reads: &[],
    docs: "https://api.aliyun.com/document/Vpc/2016-04-28/DescribeVpcs",
    billing: Billing::Free,
    risk: Risk::Service,
    fields: Fields {
        id: "VpcId",
        name: "VpcName",
        status: "Status",
        created: "CreationTime",
        resource_group: "ResourceGroupId",
        tags: Tags::KEY,
        attributes: &[
            Field::text("description", "Description"),
            Field::text("cidr_block", "CidrBlock"),
            Field::text_list(
                "secondary_cidr_blocks",
                "SecondaryCidrBlocks.SecondaryCidrBlock",
            ),
            Field::boolean("is_default", "IsDefault"),
            Field::text("owner_account_id", "OwnerId"),
            Field::text("cen_status", "CenStatus"),
            Field::text_list("vswitch_ids", "VSwitchIds.VSwitchId"),
            Field::text_list("nat_gateway_ids", "NatGatewayIds.NatGatewayIds"),
            Field::text_list("route_table_ids", "RouterTableIds.RouterTableIds"),
        ],
        ..Fields::NONE
    },
    links: &[],
    unverified: &[],
};

impl ResourceType for Vpc {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn teardown(&self) -> Option<&dyn Teardown> {
        Some(&REMOVAL)
    }
}

static REMOVAL: Removal = Removal {
    gone: &[
        "InvalidVpcID.NotFound",
        "Forbidden.VpcNotFound",
        "InvalidResource.NotFound",
    ],
    pace: pace(5, 900),
    needs: &["is_default"],
    refuse: |vpc, _| super::kept_as_default_or_of_others(vpc),
    ..Removal::new(
        &Vpc,
        Operation::new(
            "vpc",
            "DeleteVpc",
            &[("RegionId", Source::Region), ("VpcId", Source::Id)],
        ),
        listed(LISTING, "VpcId", Source::Id),
    )
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ChargeType;
    use crate::resources::testing::{cell, only_resource};
    use serde_json::json;

    #[test]
    fn a_vpc_is_free_and_keeps_what_is_in_it() {
        let raw = json!({
            "VpcId": "vpc-1", "VpcName": "lab", "Status": "Available", "CidrBlock": "192.168.0.0/16",
            "SecondaryCidrBlocks": {"SecondaryCidrBlock": []}, "IsDefault": false, "OwnerId": 42,
            "CenStatus": "Detached", "CreationTime": "2026-01-15T01:30:00Z", "ResourceGroupId": "rg-1",
            "VSwitchIds": {"VSwitchId": ["vsw-1", "vsw-2"]}, "NatGatewayIds": {"NatGatewayIds": ["ngw-1"]},
            "RouterTableIds": {"RouterTableIds": ["vtb-1"]},
            "Tags": {"Tag": [{"Key": "team", "Value": "blue"}]},
        });
        let vpc = Vpc.decode(&raw, &cell("cn-hangzhou")).unwrap();
        assert_eq!(
            (vpc.id.id.as_str(), vpc.name.as_deref()),
            ("vpc-1", Some("lab"))
        );
        assert_eq!(vpc.charge_type, ChargeType::Free);
        assert_eq!(vpc.tag("team"), Some("blue"));
        assert_eq!(
            vpc.attributes.text_list("nat_gateway_ids"),
            Some(&["ngw-1".to_owned()][..])
        );
        assert_eq!(
            vpc.attributes.text_list("secondary_cidr_blocks"),
            Some(&[][..])
        );
        assert_eq!(vpc.attributes.boolean("is_default"), Some(false));
        assert!(Vpc.charges(&vpc, &only_resource(&vpc)).is_empty());
        assert!(Vpc.links(&vpc).is_empty());
    }

    #[test]
    fn without_id_it_is_an_error_and_without_the_rest_not() {
        let error = Vpc
            .decode(&json!({"VpcName": "lab"}), &cell("r"))
            .unwrap_err();
        assert_eq!(error.path, "VpcId");
        let bare = Vpc.decode(&json!({"VpcId": "vpc-1"}), &cell("r")).unwrap();
        assert_eq!(bare.attributes.boolean("is_default"), None);
    }
}
