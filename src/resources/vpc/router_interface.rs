//! `vpc.router_interface`: one end of a connection between two routers (VPC to VPC, or VPC to a leased line).
//!
//! Only the end that opened the connection is billed, the receiver never.
//! <https://www.alibabacloud.com/help/doc-detail/54582.htm>
//!
//! <https://api.aliyun.com/document/Vpc/2016-04-28/DescribeRouterInterfaces>
//!
//! Traps: tags stand under `Tags.Tags`, times have no zone. Taking one end away cuts the other, which may be another
//! account's: the type is only listed.

use crate::model::{Charge, Resource, Said, TypeId};
use crate::resources::{
    Argument, Billing, Field, Fields, LinkRule, ListedPer, Listing, Neighbours, ResourceType, Risk,
    Spec, Tags, Title,
};

/// `vpc.router_interface`
pub struct RouterInterface;

const LISTING: Listing = Listing {
    product: "vpc",
    action: "DescribeRouterInterfaces",
    arguments: &[("RegionId", Argument::Region)],
    items: "RouterInterfaceSet.RouterInterfaceType",
    id: "RouterInterfaceId",
};

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("vpc.router_interface"),
    title: Title {
        en: "Router interface",
        zh: "路由器接口",
    },
    listed_per: ListedPer::Region,
    listing: Some(LISTING),
    also_reads: &[],
    docs: "https://api.aliyun.com/document/Vpc/2016-04-28/DescribeRouterInterfaces",
    billing: Billing::Charged,
    risk: Risk::Service,
    fields: Fields {
        id: "RouterInterfaceId",
        name: "Name",
        status: "Status",
        zone: "",
        created: "CreationTime",
        expires: "EndTime",
        charge_type: "ChargeType",
        resource_group: "ResourceGroupId",
        tags: Tags::List {
            path: "Tags.Tags",
            key: "Key",
            value: "Value",
        },
        attributes: &[
            Field::text("description", "Description"),
            Field::text("vpc_id", "VpcInstanceId"),
            Field::text("router_id", "RouterId"),
            Field::text("router_type", "RouterType"),
            Field::text("role", "Role").money(),
            Field::text("spec", "Spec").money(),
            Field::integer("bandwidth_mbps", "Bandwidth"),
            Field::text("business_status", "BusinessStatus"),
            Field::text("opposite_interface_id", "OppositeInterfaceId"),
            Field::text("opposite_account_id", "OppositeInterfaceOwnerId"),
            Field::text("opposite_region_id", "OppositeRegionId"),
            Field::text("opposite_router_type", "OppositeRouterType"),
            Field::text("opposite_vpc_id", "OppositeVpcInstanceId"),
        ],
    },
    links: &[LinkRule::uses("vpc.vpc", "vpc_id", "VpcInstanceId")],
    unverified: &["how ChargeType of a router interface is spelt where nothing is paid ahead"],
};

impl ResourceType for RouterInterface {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn charges(&self, resource: &Resource, _near: &Neighbours<'_>) -> Vec<Charge> {
        let charge = match resource.text("role") {
            Some("AcceptingSide") => Charge::free(
                "router_interface",
                "instance_fee",
                Said::new(
                    "only the end that opened the connection is billed",
                    "只有连接的发起端计费",
                ),
            ),
            _ => Charge::unknown(
                "router_interface",
                "instance_fee",
                no_price(resource.text("spec").unwrap_or("?")),
            ),
        };
        vec![charge]
    }
}

fn no_price(spec: &str) -> Said {
    Said::made(
        format!("the price list has no row for router interfaces (Spec={spec})"),
        format!("价格表中没有路由器接口的价格（Spec={spec}）"),
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::ChargeKind;
    use crate::resources::testing::{cell, only_resource};

    #[test]
    fn only_the_end_that_opened_the_connection_is_billed() {
        for (role, is_free) in [
            (json!("InitiatingSide"), false),
            (json!("AcceptingSide"), true),
            (serde_json::Value::Null, false),
        ] {
            let raw = json!({
                "RouterInterfaceId": "ri-1", "Name": "peer", "Status": "Active", "Role": role, "Spec": "Large.1",
                "RouterType": "VRouter", "RouterId": "vrt-1", "VpcInstanceId": "vpc-1", "ChargeType": "Prepaid",
                "OppositeInterfaceId": "ri-2", "CreationTime": "2026-01-08T12:20:55",
                "Tags": {"Tags": [{"Key": "team", "Value": "blue"}]},
            });
            let interface = RouterInterface.decode(&raw, &cell("cn-hangzhou")).unwrap();
            assert_eq!(interface.tag("team"), Some("blue"));
            assert!(interface.created.is_some());
            let charges = RouterInterface.charges(&interface, &only_resource(&interface));
            let found = matches!(charges[0].kind, ChargeKind::Free(_));
            assert_eq!(found, is_free, "{role}");
            let links = RouterInterface.links(&interface);
            assert_eq!((links.len(), links[0].to.id.as_str()), (1, "vpc-1"));
        }
    }

    #[test]
    fn without_id_it_is_an_error() {
        let error = RouterInterface.decode(&json!({}), &cell("r")).unwrap_err();
        assert_eq!(error.path, "RouterInterfaceId");
    }
}
