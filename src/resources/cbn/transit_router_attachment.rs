//! `cbn.transit_router_attachment`: a VPC's connection to a transit router of a Cloud Enterprise Network.
//!
//! Billed per hour for being connected and per GB for what enters the transit router; no source prices either.
//! <https://www.alibabacloud.com/help/en/cen/product-overview/billing-rules>
//!
//! <https://api.aliyun.com/document/Cbn/2017-09-12/ListTransitRouterVpcAttachments>
//!
//! Traps: `OrderType` says who pays, the owner of the CEN instance or that of the VPC. It has network interfaces in the VPC's
//! vSwitches and is in their way. Its deletion cuts a network off: only listed.

use crate::model::{Charge, Link, LinkKind, Region, Resource, Said, TypeId};
use crate::resources::{
    Argument, Billing, Field, Fields, LinkRule, ListedPer, Listing, Neighbours, ResourceType, Risk,
    Spec, Tags, Title, field,
};

/// `cbn.transit_router_attachment`
pub struct TransitRouterAttachment;

const LISTING: Listing = Listing {
    product: "cbn",
    action: "ListTransitRouterVpcAttachments",
    arguments: &[("RegionId", Argument::Region)],
    items: "TransitRouterAttachments",
    id: "TransitRouterAttachmentId",
};

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("cbn.transit_router_attachment"),
    title: Title {
        en: "Transit router VPC attachment",
        zh: "转发路由器 VPC 连接",
    },
    listed_per: ListedPer::Region,
    listing: Some(LISTING),
    also_reads: &[],
    docs: "https://api.aliyun.com/document/Cbn/2017-09-12/ListTransitRouterVpcAttachments",
    billing: Billing::Charged,
    risk: Risk::Service,
    fields: Fields {
        id: "TransitRouterAttachmentId",
        name: "TransitRouterAttachmentName",
        status: "Status",
        created: "CreationTime",
        charge_type: "ChargeType",
        tags: Tags::FLAT_KEY,
        attributes: &[
            Field::text("description", "TransitRouterAttachmentDescription"),
            Field::text("cen_id", "CenId"),
            Field::text("transit_router_id", "TransitRouterId"),
            Field::text("vpc_id", "VpcId"),
            Field::text("vpc_account_id", "VpcOwnerId"),
            Field::text("vpc_region_id", "VpcRegionId"),
            Field::text("paid_by", "OrderType").money(),
            Field::text("managed_service", "ManagedService"),
            Field::text_list("vswitch_ids", "ZoneMappings.VSwitchId"),
            Field::text_list("network_interface_ids", "ZoneMappings.NetworkInterfaceId"),
        ],
        ..Fields::NONE
    },
    links: &[
        LinkRule::uses("vpc.vpc", "vpc_id", "VpcId"),
        LinkRule::uses("vpc.vswitch", "vswitch_ids", "ZoneMappings.VSwitchId"),
    ],
    unverified: &[
        "that a list by RegionId alone, without a transit router, gives the attachments of all of them",
    ],
};

impl ResourceType for TransitRouterAttachment {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    /// The CEN instance is no region's. An attachment of another account's VPC stands in nothing of this account.
    fn also_links_to(&self) -> &'static [&'static str] {
        &["cbn.cen"]
    }

    fn links(&self, resource: &Resource) -> Vec<Link> {
        let mut links = Vec::new();
        if let Some(id) = resource.text("cen_id").map(str::trim) {
            let mut cen = field::link(resource, LinkKind::Uses, "cbn.cen", id, "CenId");
            cen.to.region = Region::GLOBAL;
            links.push(cen);
        }
        links.extend(field::links(SPEC.links, resource));
        links
    }

    fn charges(&self, resource: &Resource, _near: &Neighbours<'_>) -> Vec<Charge> {
        let paid_by = resource.text("paid_by").unwrap_or("?");
        vec![
            Charge::unknown(
                "cen",
                "connection",
                Said::made(
                    format!(
                        "billed by the hour; the price list has no row for it (OrderType={paid_by})"
                    ),
                    format!("按小时计费，价格表中没有对应的价格（OrderType={paid_by}）"),
                ),
            ),
            Charge::unknown(
                "cen",
                "data",
                Said::new(
                    "billed by what enters the transit router; the price list has no row for it",
                    "按流入转发路由器的流量计费，价格表中没有对应的价格",
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
    fn it_is_in_the_way_of_its_network_and_its_price_is_unknown() {
        let raw = json!({
            "TransitRouterAttachmentId": "tr-attach-1", "TransitRouterAttachmentName": "lab", "Status": "Attached",
            "CenId": "cen-1\n", "TransitRouterId": "tr-1", "VpcId": "vpc-1", "VpcOwnerId": 42,
            "VpcRegionId": "cn-hangzhou", "ChargeType": "POSTPAY", "OrderType": "PayByCenOwner",
            "ZoneMappings": [{"ZoneId": "cn-hangzhou-h", "VSwitchId": "vsw-1", "NetworkInterfaceId": "eni-1"}],
            "CreationTime": "2026-01-15T02:14Z", "Tags": [{"Key": "team", "Value": "blue"}],
        });
        let attachment = TransitRouterAttachment
            .decode(&raw, &cell("cn-hangzhou"))
            .unwrap();
        assert_eq!(attachment.charge_type, ChargeType::PayAsYouGo);
        let charges = TransitRouterAttachment.charges(&attachment, &only_resource(&attachment));
        assert!(
            charges
                .iter()
                .all(|charge| matches!(charge.kind, ChargeKind::Unknown(_)))
        );
        let links = TransitRouterAttachment.links(&attachment);
        let ends: Vec<_> = links
            .iter()
            .map(|link| (link.to.region.as_str(), link.to.id.as_str()))
            .collect();
        assert_eq!(
            ends,
            [
                (Region::GLOBAL.as_str(), "cen-1"),
                ("cn-hangzhou", "vpc-1"),
                ("cn-hangzhou", "vsw-1"),
            ]
        );
    }

    #[test]
    fn without_id_it_is_an_error() {
        let error = TransitRouterAttachment
            .decode(&json!({}), &cell("r"))
            .unwrap_err();
        assert_eq!(error.path, "TransitRouterAttachmentId");
    }
}
