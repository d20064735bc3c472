//! `vpc.vpn_gateway`: a VPN gateway of a VPC.
//!
//! Billed per hour by bandwidth for each of its functions (`IPsec`, SSL), by SSL connections, and by traffic; on the China site
//! mostly paid ahead. It is idle where nothing connects: the connections and servers on it are read along with it.
//!
//! <https://api.aliyun.com/document/Vpc/2016-04-28/DescribeVpnGateways>
//!
//! Traps: times are Unix milliseconds; `Tag` is a text for internal use. Its connections and servers must go before it; what a
//! deletion does to the other side is for people to weigh, so the type is only listed.

use futures::stream::BoxStream;
use serde_json::Value;

use crate::model::{Cell, Charge, Resource, Said, TypeId};
use crate::resources::{
    Argument, Billing, Field, Fields, LinkRule, ListError, ListedPer, Listing, Neighbours, Reader,
    ResourceType, Risk, Spec, Tags, Title, joined, listing,
};

/// `vpc.vpn_gateway`
pub struct VpnGateway;

const LISTING: Listing = Listing {
    product: "vpc",
    action: "DescribeVpnGateways",
    arguments: &[("RegionId", Argument::Region)],
    items: "VpnGateways.VpnGateway",
    id: "VpnGatewayId",
};

/// What stands on gateways.
static PARTS: &[joined::Part] = &[
    joined::Part {
        listing: Listing {
            product: "vpc",
            action: "DescribeVpnConnections",
            arguments: &[("RegionId", Argument::Region)],
            items: "VpnConnections.VpnConnection",
            id: "VpnConnectionId",
        },
        belongs_to: "VpnGatewayId",
        under: "+VpnConnections",
        keeps: &["VpnConnectionId"],
    },
    joined::Part {
        listing: Listing {
            product: "vpc",
            action: "DescribeSslVpnServers",
            arguments: &[("RegionId", Argument::Region)],
            items: "SslVpnServers.SslVpnServer",
            id: "SslVpnServerId",
        },
        belongs_to: "VpnGatewayId",
        under: "+SslVpnServers",
        keeps: &["SslVpnServerId"],
    },
];

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("vpc.vpn_gateway"),
    title: Title {
        en: "VPN gateway",
        zh: "VPN 网关",
    },
    listed_per: ListedPer::Region,
    listing: Some(LISTING),
    also_reads: &["vpc:DescribeVpnConnections", "vpc:DescribeSslVpnServers"],
    docs: "https://api.aliyun.com/document/Vpc/2016-04-28/DescribeVpnGateways",
    billing: Billing::Charged,
    risk: Risk::Service,
    fields: Fields {
        id: "VpnGatewayId",
        name: "Name",
        status: "Status",
        zone: "",
        created: "CreateTime",
        expires: "EndTime",
        charge_type: "ChargeType",
        resource_group: "ResourceGroupId",
        tags: Tags::KEY,
        attributes: &[
            Field::text("description", "Description"),
            Field::text("vpc_id", "VpcId"),
            Field::text("vswitch_id", "VSwitchId"),
            Field::text("second_vswitch_id", "DisasterRecoveryVSwitchId"),
            Field::text("spec", "Spec").money(),
            Field::text("gateway_type", "GatewayType"),
            Field::text("network_type", "NetworkType"),
            Field::text("vpn_type", "VpnType"),
            Field::text("ipsec", "IpsecVpn"),
            Field::text("ssl", "SslVpn"),
            Field::integer("ssl_max_connections", "SslMaxConnections"),
            Field::text("ip_address", "InternetIp"),
            Field::text("business_status", "BusinessStatus"),
            Field::text_list("network_interface_ids", "EniInstanceIds.EniInstanceId"),
            Field::text_list("connection_ids", "+VpnConnections.VpnConnectionId"),
            Field::text_list("ssl_server_ids", "+SslVpnServers.SslVpnServerId"),
        ],
    },
    links: &[
        LinkRule::uses("vpc.vpc", "vpc_id", "VpcId"),
        LinkRule::uses("vpc.vswitch", "vswitch_id", "VSwitchId"),
        LinkRule::uses(
            "vpc.vswitch",
            "second_vswitch_id",
            "DisasterRecoveryVSwitchId",
        ),
    ],
    unverified: &[],
};

impl ResourceType for VpnGateway {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn list<'a>(
        &'a self,
        api: &'a Reader,
        cell: &'a Cell,
    ) -> BoxStream<'a, Result<Value, ListError>> {
        let items = listing::list(&SPEC, api, cell);
        joined::join(items, api, cell, &SPEC, PARTS)
    }

    fn charges(&self, resource: &Resource, _near: &Neighbours<'_>) -> Vec<Charge> {
        let spec = resource.text("spec").unwrap_or("?");
        vec![
            Charge::unknown(
                "vpn",
                "instance_fee",
                Said::made(
                    format!("the price list has no row for VPN gateways (Spec={spec})"),
                    format!("价格表中没有 VPN 网关的价格（Spec={spec}）"),
                ),
            ),
            Charge::unknown(
                "vpn",
                "traffic",
                Said::new(
                    "the price list has no row for the traffic of VPN gateways",
                    "价格表中没有 VPN 网关流量的价格",
                ),
            ),
        ]
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::{ChargeKind, ChargeType};
    use crate::resources::testing::{cell, only_resource};

    #[test]
    fn what_it_costs_is_unknown_and_what_stands_on_it_is_kept() {
        let raw = json!({
            "VpnGatewayId": "vpn-1", "Name": "office", "Status": "active", "ChargeType": "Prepay", "Spec": "5M",
            "CreateTime": 1_768_464_000_000_i64, "EndTime": 1_771_142_400_000_i64, "VpcId": "vpc-1",
            "VSwitchId": "vsw-1", "DisasterRecoveryVSwitchId": "", "IpsecVpn": "enable", "SslVpn": "disable",
            "+VpnConnections": [{"VpnConnectionId": "vco-1"}], "+SslVpnServers": [],
            "Tags": {"Tag": [{"Key": "team", "Value": "blue"}]},
        });
        let gateway = VpnGateway.decode(&raw, &cell("cn-hangzhou")).unwrap();
        assert_eq!(gateway.charge_type, ChargeType::Subscription);
        assert!(gateway.created.is_some() && gateway.expires.is_some());
        assert_eq!(
            gateway.attributes.text_list("connection_ids"),
            Some(&["vco-1".to_owned()][..])
        );
        assert_eq!(
            gateway.attributes.text_list("ssl_server_ids"),
            Some(&[][..])
        );
        let charges = VpnGateway.charges(&gateway, &only_resource(&gateway));
        assert!(
            charges
                .iter()
                .all(|charge| matches!(charge.kind, ChargeKind::Unknown(_)))
        );
        let links = VpnGateway.links(&gateway);
        let ends: Vec<&str> = links.iter().map(|link| link.to.id.as_str()).collect();
        assert_eq!(ends, ["vpc-1", "vsw-1"]);
    }

    #[test]
    fn one_that_nothing_connects_to_is_not_one_of_which_nothing_is_known() {
        let raw = json!({"VpnGatewayId": "vpn-1"});
        let bare = VpnGateway.decode(&raw, &cell("r")).unwrap();
        assert_eq!(bare.attributes.text_list("connection_ids"), None);
        assert_eq!(bare.unreadable, ["charge_type", "spec"]);
        let error = VpnGateway.decode(&json!({}), &cell("r")).unwrap_err();
        assert_eq!(error.path, "VpnGatewayId");
    }
}
