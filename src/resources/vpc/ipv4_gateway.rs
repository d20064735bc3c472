//! `vpc.ipv4_gateway`: an IPv4 gateway, through which a VPC reaches the internet and is reached.
//!
//! Free. Deleted, it leaves its VPC without a way to the internet unless the caller asks for the opposite: yunsweep does not.
//! A route table that is on it goes before it.
//!
//! <https://api.aliyun.com/document/Vpc/2016-04-28/ListIpv4Gateways>
//!
//! Traps: the total is a text.

use crate::model::{Link, LinkKind, Resource, TypeId};
use crate::resources::removal::{Operation, Removal, Source, listed, pace};
use crate::resources::teardown::Teardown;
use crate::resources::{
    Argument, Billing, Field, Fields, LinkRule, ListedPer, Listing, ResourceType, Risk, Spec, Tags,
    Title, field,
};

/// `vpc.ipv4_gateway`
pub struct Ipv4Gateway;

const LISTING: Listing = Listing {
    product: "vpc",
    action: "ListIpv4Gateways",
    arguments: &[("RegionId", Argument::Region)],
    items: "Ipv4GatewayModels",
    id: "Ipv4GatewayId",
};

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("vpc.ipv4_gateway"),
    title: Title {
        en: "IPv4 gateway",
        zh: "IPv4 网关",
    },
    listed_per: ListedPer::Region,
    listing: Some(LISTING),
    also_reads: &[],
    docs: "https://api.aliyun.com/document/Vpc/2016-04-28/ListIpv4Gateways",
    billing: Billing::Free,
    risk: Risk::Service,
    fields: Fields {
        id: "Ipv4GatewayId",
        name: "Ipv4GatewayName",
        status: "Status",
        created: "GmtCreate",
        resource_group: "ResourceGroupId",
        tags: Tags::FLAT_KEY,
        attributes: &[
            Field::text("description", "Ipv4GatewayDescription"),
            Field::text("vpc_id", "VpcId"),
            Field::boolean("enabled", "Enabled"),
            Field::text("route_table_id", "Ipv4GatewayRouteTableId"),
        ],
        ..Fields::NONE
    },
    links: &[LinkRule::uses("vpc.vpc", "vpc_id", "VpcId")],
    unverified: &[
        "that an IPv4 gateway is not billed: no page of the vendor names a price for one",
        "internet-mode: that without InternetMode the VPC is left without a way to the internet (the vendor's default, private)",
    ],
};

impl ResourceType for Ipv4Gateway {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    /// The route table on it stands in its way.
    fn links(&self, resource: &Resource) -> Vec<Link> {
        let via = "Ipv4GatewayRouteTableId";
        let table = resource.text("route_table_id");
        let table =
            table.map(|id| field::link_from("vpc.route_table", id, LinkKind::Uses, resource, via));
        let own = field::links(SPEC.links, resource);
        table.into_iter().chain(own).collect()
    }

    fn teardown(&self) -> Option<&dyn Teardown> {
        Some(&REMOVAL)
    }
}

static REMOVAL: Removal = Removal {
    gone: &["ResourceNotFound.Ipv4Gateway"],
    pace: pace(5, 600),
    assumptions: &["vpc.ipv4_gateway/internet-mode"],
    ..Removal::new(
        &Ipv4Gateway,
        Operation::new(
            "vpc",
            "DeleteIpv4Gateway",
            &[("RegionId", Source::Region), ("Ipv4GatewayId", Source::Id)],
        ),
        listed(LISTING, "Ipv4GatewayId", Source::Id),
    )
};

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::resources::testing::cell;

    #[test]
    fn its_table_goes_before_it_and_its_vpc_after_it() {
        let raw = json!({
            "Ipv4GatewayId": "ipv4gw-1", "Ipv4GatewayName": "out", "Status": "Created", "Enabled": true,
            "VpcId": "vpc-1", "Ipv4GatewayRouteTableId": "vtb-1", "GmtCreate": "2026-01-15T07:07:35Z",
            "ResourceGroupId": "rg-1", "Tags": [{"Key": "team", "Value": "blue"}],
        });
        let gateway = Ipv4Gateway.decode(&raw, &cell("cn-hangzhou")).unwrap();
        assert_eq!(gateway.tag("team"), Some("blue"));
        assert_eq!(gateway.attributes.boolean("enabled"), Some(true));
        let links = Ipv4Gateway.links(&gateway);
        let ends: Vec<_> = links
            .iter()
            .map(|link| (link.from.id.as_str(), link.to.id.as_str()))
            .collect();
        assert_eq!(ends, [("vtb-1", "ipv4gw-1"), ("ipv4gw-1", "vpc-1")]);
    }

    #[test]
    fn without_id_it_is_an_error() {
        let error = Ipv4Gateway.decode(&json!({}), &cell("r")).unwrap_err();
        assert_eq!(error.path, "Ipv4GatewayId");
    }
}
