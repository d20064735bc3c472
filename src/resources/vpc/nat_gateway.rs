//! `vpc.nat_gateway`: the way out of a VPC.
//!
//! Billed by use (`PayByLcu`): an instance fee per clock hour plus capacity units by connections and data. Old gateways
//! (`PayBySpec`, no longer sold) pay a fee by size. Its elastic IP addresses are resources of their own; bound to a NAT
//! gateway they pay their configuration fee.
//!
//! <https://api.aliyun.com/document/Vpc/2016-04-28/DescribeNatGateways>
//!
//! Traps: the vSwitch is `NatGatewayPrivateInfo.VswitchId`, with a small s. A VPC NAT gateway (`NetworkType` `intranet`)
//! has no address and is billed too. One serves its whole VPC, so instances in its own vSwitch say nothing about its use.

use crate::model::{Charge, ChargeType, Resource, Said, TypeId};
use crate::resources::removal::{On, Operation, Protection, Removal, Source, listed, pace};
use crate::resources::teardown::Teardown;
use crate::resources::{
    Argument, Billing, Field, Fields, LinkRule, ListedPer, Listing, Neighbours, ResourceType, Risk,
    Spec, Tags, Title,
};

/// `vpc.nat_gateway`
pub struct NatGateway;

const LISTING: Listing = Listing {
    product: "vpc",
    action: "DescribeNatGateways",
    arguments: &[("RegionId", Argument::Region)],
    items: "NatGateways.NatGateway",
    id: "NatGatewayId",
};

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("vpc.nat_gateway"),
    title: Title {
        en: "NAT gateway",
        zh: "NAT 网关",
    },
    listed_per: ListedPer::Region,
    listing: Some(LISTING),
    also_reads: &[],
    docs: "https://api.aliyun.com/document/Vpc/2016-04-28/DescribeNatGateways",
    billing: Billing::Charged,
    risk: Risk::Service,
    fields: Fields {
        id: "NatGatewayId",
        name: "Name",
        status: "Status",
        zone: "NatGatewayPrivateInfo.IzNo",
        created: "CreationTime",
        expires: "ExpiredTime",
        charge_type: "InstanceChargeType",
        resource_group: "ResourceGroupId",
        tags: Tags::TAG_KEY,
        attributes: &[
            Field::text("description", "Description"),
            Field::text("nat_type", "NatType"),
            Field::text("network_type", "NetworkType").money(),
            Field::text("internet_charge_type", "InternetChargeType").money(),
            Field::text("spec", "Spec"),
            Field::text("business_status", "BusinessStatus"),
            Field::boolean("deletion_protection", "DeletionProtection"),
            Field::text("vpc_id", "VpcId"),
            Field::text("vswitch_id", "NatGatewayPrivateInfo.VswitchId"),
            Field::text(
                "network_interface_id",
                "NatGatewayPrivateInfo.EniInstanceId",
            ),
            Field::text_list("eip_ids", "IpLists.IpList.AllocationId"),
            Field::text_list("snat_table_ids", "SnatTableIds.SnatTableId"),
            Field::text_list("forward_table_ids", "ForwardTableIds.ForwardTableId"),
        ],
    },
    links: &[
        LinkRule::uses("vpc.vpc", "vpc_id", "VpcId"),
        LinkRule::uses(
            "vpc.vswitch",
            "vswitch_id",
            "NatGatewayPrivateInfo.VswitchId",
        ),
        LinkRule::uses("vpc.eip", "eip_ids", "IpLists.IpList.AllocationId"),
    ],
    unverified: &[],
};

impl ResourceType for NatGateway {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn charges(&self, resource: &Resource, _near: &Neighbours<'_>) -> Vec<Charge> {
        let charged_by = resource.text("internet_charge_type");
        let selected = |charge: Charge| {
            charge
                .with("internet_charge_type", charged_by)
                .with("network_type", resource.text("network_type"))
        };
        if resource.charge_type != ChargeType::Subscription && charged_by == Some("PayBySpec") {
            let fee = Charge::hourly("nat", "spec_fee", "gateway");
            return vec![selected(fee).with("spec", resource.text("spec"))];
        }
        let fee = selected(Charge::hourly("nat", "instance_fee", "gateway"));
        if resource.charge_type == ChargeType::Subscription {
            return vec![fee];
        }
        let units = Charge::usage(
            "nat",
            "cu",
            "CU",
            Said::new(
                "new and concurrent connections and data, whichever is most in each hour",
                "每小时的新建连接数、并发连接数和处理流量，取折算后最大的一项",
            ),
        );
        vec![fee, selected(units)]
    }

    fn teardown(&self) -> Option<&dyn Teardown> {
        Some(&REMOVAL)
    }
}

static REMOVAL: Removal = Removal {
    protections: &[Protection {
        attribute: "deletion_protection",
        field: "DeletionProtection",
        on: On::True,
        off: Operation::new(
            "vpc",
            "DeletionProtection",
            &[
                ("RegionId", Source::Region),
                ("InstanceId", Source::Id),
                ("Type", Source::Text("NATGW")),
                ("ProtectionEnable", Source::Text("false")),
            ],
        ),
        back: Some(Operation::new(
            "vpc",
            "DeletionProtection",
            &[
                ("RegionId", Source::Region),
                ("InstanceId", Source::Id),
                ("Type", Source::Text("NATGW")),
                ("ProtectionEnable", Source::Text("true")),
            ],
        )),
    }],
    gone: &[
        "INSTANCE_NOT_EXISTS",
        "InvalidNatGatewayId.NotFound",
        "ResourceNotFound.NatGateway",
    ],
    pace: pace(10, 900),
    // Force takes its entries and routes along and unbinds its addresses, which stay. Entries may be other people's: without Force
    // the API refuses a gateway that has any, and it stays.
    if_named: &[("Force", "true")],
    ..Removal::new(
        &NatGateway,
        Operation::new(
            "vpc",
            "DeleteNatGateway",
            &[("RegionId", Source::Region), ("NatGatewayId", Source::Id)],
        ),
        listed(LISTING, "NatGatewayId", Source::Id),
    )
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ChargeKind, LinkKind, Per, Quantity};
    use crate::resources::testing::{cell, only_resource};
    use serde_json::{Value, json};

    fn gateway(more: &Value) -> Resource {
        let mut raw = json!({
            "NatGatewayId": "ngw-1", "Name": "out", "Status": "Available", "NatType": "Enhanced",
            "NetworkType": "internet", "InternetChargeType": "PayByLcu", "InstanceChargeType": "PostPaid",
            "CreationTime": "2026-01-15T02:02:00Z", "ExpiredTime": "", "VpcId": "vpc-1", "Spec": "",
            "DeletionProtection": true,
            "NatGatewayPrivateInfo": {"VswitchId": "vsw-1", "IzNo": "cn-hangzhou-h"},
            "IpLists": {"IpList": [{"AllocationId": "eip-1", "IpAddress": "203.0.113.10"}]},
            "Tags": {"Tag": [{"TagKey": "team", "TagValue": "blue"}]},
        });
        for (key, value) in more.as_object().unwrap() {
            raw[key] = value.clone();
        }
        NatGateway.decode(&raw, &cell("cn-hangzhou")).unwrap()
    }

    #[test]
    fn by_use_it_pays_a_fee_per_hour_and_capacity_units() {
        let gateway = gateway(&json!({}));
        assert_eq!(gateway.charge_type, ChargeType::PayAsYouGo);
        assert_eq!(
            gateway.attributes.boolean("deletion_protection"),
            Some(true)
        );
        assert_eq!(gateway.tag("team"), Some("blue"));
        let charges = NatGateway.charges(&gateway, &only_resource(&gateway));
        let [fee, units] = &charges[..] else {
            panic!("{charges:?}")
        };
        assert_eq!((fee.item.as_str(), fee.per), ("instance_fee", Per::Hour));
        assert_eq!(fee.specification["network_type"], "internet");
        assert_eq!(fee.specification["internet_charge_type"], "PayByLcu");
        assert!(matches!(units.quantity, Quantity::Usage(_)));
    }

    #[test]
    fn by_size_it_pays_for_the_size_and_ahead_for_the_term() {
        let by_size = gateway(&json!({"InternetChargeType": "PayBySpec", "Spec": "Small"}));
        let charges = NatGateway.charges(&by_size, &only_resource(&by_size));
        assert_eq!(charges.len(), 1);
        assert_eq!(charges[0].item, "spec_fee");
        assert_eq!(charges[0].specification["spec"], "Small");
        let ahead = gateway(&json!({
            "InternetChargeType": "PayBySpec", "InstanceChargeType": "PrePaid",
            "ExpiredTime": "2027-01-15T16:00Z",
        }));
        assert!(ahead.expires.is_some());
        let charges = NatGateway.charges(&ahead, &only_resource(&ahead));
        assert_eq!(
            (charges.len(), charges[0].item.as_str()),
            (1, "instance_fee")
        );
    }

    #[test]
    fn what_the_answer_leaves_out_is_unknown() {
        let raw = json!({"NatGatewayId": "ngw-1"});
        let bare = NatGateway.decode(&raw, &cell("r")).unwrap();
        assert_eq!(
            bare.unreadable,
            ["charge_type", "network_type", "internet_charge_type"]
        );
        for charge in NatGateway.charges(&bare, &only_resource(&bare)) {
            assert!(matches!(charge.kind, ChargeKind::Unknown(_)), "{charge:?}");
        }
        let error = NatGateway.decode(&json!({}), &cell("r")).unwrap_err();
        assert_eq!(error.path, "NatGatewayId");
    }

    #[test]
    fn it_uses_its_network_and_its_addresses() {
        let links = NatGateway.links(&gateway(&json!({})));
        let ends: Vec<_> = links
            .iter()
            .map(|link| (link.kind, link.to.type_id.as_str(), link.to.id.as_str()))
            .collect();
        assert_eq!(
            ends,
            [
                (LinkKind::Uses, "vpc.vpc", "vpc-1"),
                (LinkKind::Uses, "vpc.vswitch", "vsw-1"),
                (LinkKind::Uses, "vpc.eip", "eip-1"),
            ]
        );
    }
}
