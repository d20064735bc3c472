//! `vpc.ipv6_gateway`: an IPv6 gateway, through which IPv6 addresses of a VPC reach the internet.
//!
//! The gateway itself is not billed; the internet bandwidth that is bought for IPv6 addresses behind it is, by bandwidth or by
//! traffic, and no list here has those addresses: what they cost is unknown.
//! <https://www.alibabacloud.com/help/en/ipv6-gateway/product-overview/billing-rules>
//!
//! <https://api.aliyun.com/document/Vpc/2016-04-28/DescribeIpv6Gateways>
//!
//! Traps: rules for egress only must be deleted before it.

use crate::model::{Charge, Resource, Said, TypeId};
use crate::resources::removal::{Operation, Removal, Source, listed, pace};
use crate::resources::teardown::Teardown;
use crate::resources::{
    Argument, Billing, Field, Fields, LinkRule, ListedPer, Listing, Neighbours, ResourceType, Risk,
    Spec, Tags, Title,
};

/// `vpc.ipv6_gateway`
pub struct Ipv6Gateway;

const LISTING: Listing = Listing {
    product: "vpc",
    action: "DescribeIpv6Gateways",
    arguments: &[("RegionId", Argument::Region)],
    items: "Ipv6Gateways.Ipv6Gateway",
    id: "Ipv6GatewayId",
};

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("vpc.ipv6_gateway"),
    title: Title {
        en: "IPv6 gateway",
        zh: "IPv6 网关",
    },
    listed_per: ListedPer::Region,
    listing: Some(LISTING),
    also_reads: &[],
    docs: "https://api.aliyun.com/document/Vpc/2016-04-28/DescribeIpv6Gateways",
    billing: Billing::Charged,
    risk: Risk::Service,
    fields: Fields {
        id: "Ipv6GatewayId",
        name: "Name",
        status: "Status",
        created: "CreationTime",
        expires: "ExpiredTime",
        charge_type: "InstanceChargeType",
        resource_group: "ResourceGroupId",
        tags: Tags::KEY,
        attributes: &[
            Field::text("description", "Description"),
            Field::text("vpc_id", "VpcId"),
            Field::text("business_status", "BusinessStatus"),
            Field::text("owner_account_id", "OwnerId"),
        ],
        ..Fields::NONE
    },
    links: &[LinkRule::uses("vpc.vpc", "vpc_id", "VpcId")],
    unverified: &[
        "egress-rules: that the API refuses to delete a gateway with rules for egress only; yunsweep deletes none",
    ],
};

impl ResourceType for Ipv6Gateway {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn charges(&self, _resource: &Resource, _near: &Neighbours<'_>) -> Vec<Charge> {
        vec![
            Charge::free(
                "ipv6_gateway",
                "instance_fee",
                Said::new("the gateway itself is not billed", "网关本身不计费"),
            ),
            Charge::unknown(
                "ipv6_gateway",
                "bandwidth",
                Said::new(
                    "IPv6 addresses with internet bandwidth are billed, and are not listed (DescribeIpv6Addresses)",
                    "开通了公网带宽的 IPv6 地址会计费，而清单中没有它们（DescribeIpv6Addresses）",
                ),
            ),
        ]
    }

    fn teardown(&self) -> Option<&dyn Teardown> {
        Some(&REMOVAL)
    }
}

static REMOVAL: Removal = Removal {
    pace: pace(5, 600),
    assumptions: &["vpc.ipv6_gateway/egress-rules"],
    refuse: |gateway, _| super::kept_as_default_or_of_others(gateway),
    ..Removal::new(
        &Ipv6Gateway,
        Operation::new(
            "vpc",
            "DeleteIpv6Gateway",
            &[("RegionId", Source::Region), ("Ipv6GatewayId", Source::Id)],
        ),
        listed(LISTING, "Ipv6GatewayId", Source::Id),
    )
};

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::{ChargeKind, ChargeType};
    use crate::resources::testing::{cell, only_resource};

    #[test]
    fn the_gateway_is_free_and_what_its_addresses_cost_is_not_known() {
        let raw = json!({
            "Ipv6GatewayId": "ipv6gw-1", "Name": "six", "Status": "Available", "BusinessStatus": "Normal",
            "VpcId": "vpc-1", "InstanceChargeType": "PostPaid", "OwnerId": 42,
            "CreationTime": "2026-01-15T14:51:23Z", "ExpiredTime": "", "Tags": {"Tag": []},
        });
        let gateway = Ipv6Gateway.decode(&raw, &cell("cn-hangzhou")).unwrap();
        assert_eq!(gateway.charge_type, ChargeType::PayAsYouGo);
        let charges = Ipv6Gateway.charges(&gateway, &only_resource(&gateway));
        let [fee, bandwidth] = &charges[..] else {
            panic!("{charges:?}")
        };
        assert!(matches!(fee.kind, ChargeKind::Free(_)));
        assert!(matches!(bandwidth.kind, ChargeKind::Unknown(_)));
        let links = Ipv6Gateway.links(&gateway);
        assert_eq!(links.len(), 1);
        assert_eq!(links[0].to.id, "vpc-1");
    }

    #[test]
    fn without_id_it_is_an_error_and_without_charge_type_it_is_kept() {
        let error = Ipv6Gateway.decode(&json!({}), &cell("r")).unwrap_err();
        assert_eq!(error.path, "Ipv6GatewayId");
        let raw = json!({"Ipv6GatewayId": "ipv6gw-1", "Status": "Available"});
        let bare = Ipv6Gateway.decode(&raw, &cell("r")).unwrap();
        let refusal = REMOVAL.refuse(&bare, &only_resource(&bare)).unwrap();
        assert_eq!(refusal.code, "unreadable");
    }
}
