//! `vpc.common_bandwidth_package`: an Internet Shared Bandwidth instance, which pays for what its EIPs carry.
//!
//! By bandwidth it bills every Mbps of its peak by the hour, whether or not an address is in it. By traffic, by dominant
//! traffic and by the enhanced 95th percentile it bills what the addresses carried.
//!
//! <https://api.aliyun.com/document/Vpc/2016-04-28/DescribeCommonBandwidthPackages>
//!
//! Traps: `Bandwidth` is a text, `ServiceManaged` 0 or 1. Its addresses use it and go before it; deleted by force it would
//! let them go, and they would be billed by themselves: yunsweep never forces.

use rust_decimal::Decimal;

use crate::model::{Charge, ChargeType, Per, Quantity, Resource, Said, TypeId};
use crate::resources::removal::{On, Operation, Protection, Removal, Source, kept, listed, pace};
use crate::resources::teardown::{Kept, Refusal, Teardown};
use crate::resources::{
    Argument, Billing, Field, Fields, ListedPer, Listing, Neighbours, ResourceType, Risk, Spec,
    Tags, Title,
};

/// `vpc.common_bandwidth_package`
pub struct CommonBandwidthPackage;

const LISTING: Listing = Listing {
    product: "vpc",
    action: "DescribeCommonBandwidthPackages",
    arguments: &[("RegionId", Argument::Region)],
    items: "CommonBandwidthPackages.CommonBandwidthPackage",
    id: "BandwidthPackageId",
};

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("vpc.common_bandwidth_package"),
    title: Title {
        en: "Internet Shared Bandwidth",
        zh: "共享带宽",
    },
    listed_per: ListedPer::Region,
    listing: Some(LISTING),
    also_reads: &[],
    docs: "https://api.aliyun.com/document/Vpc/2016-04-28/DescribeCommonBandwidthPackages",
    billing: Billing::Charged,
    risk: Risk::Service,
    fields: Fields {
        id: "BandwidthPackageId",
        name: "Name",
        status: "Status",
        zone: "Zone",
        created: "CreationTime",
        expires: "ExpiredTime",
        charge_type: "InstanceChargeType",
        resource_group: "ResourceGroupId",
        tags: Tags::KEY,
        attributes: &[
            Field::text("description", "Description"),
            Field::text("internet_charge_type", "InternetChargeType").money(),
            Field::integer("bandwidth_mbps", "Bandwidth").money(),
            Field::text("isp", "ISP").money(),
            Field::integer("ratio_percent", "Ratio"),
            Field::text("business_status", "BusinessStatus"),
            Field::text("business_type", "BizType"),
            Field::boolean("service_managed", "ServiceManaged"),
            Field::boolean("deletion_protection", "DeletionProtection"),
            Field::boolean("has_reservation", "HasReservationData"),
            Field::text_list("eip_ids", "PublicIpAddresses.PublicIpAddresse.AllocationId"),
        ],
    },
    links: &[],
    unverified: &[
        "that a package by bandwidth is billed its full peak while no address is in it",
        "that a package by the 95th percentile (PayBy95) cannot be deleted by the user",
    ],
};

impl ResourceType for CommonBandwidthPackage {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn charges(&self, resource: &Resource, _near: &Neighbours<'_>) -> Vec<Charge> {
        let charged_by = resource.text("internet_charge_type");
        let unknown = |reason: Said| vec![Charge::unknown("cbwp", "traffic", reason)];
        match (resource.charge_type, charged_by) {
            (ChargeType::Subscription, _) | (_, Some("PayByBandwidth")) => {
                let mbps = resource.attributes.decimal("bandwidth_mbps");
                let mbps = mbps.filter(|mbps| *mbps > Decimal::ZERO);
                let mbps = Quantity::from_attribute(mbps, "Bandwidth");
                vec![
                    Charge::billed("cbwp", "bandwidth", mbps, "Mbps", Per::Hour)
                        .with("internet_charge_type", charged_by)
                        .with("isp", resource.text("isp")),
                ]
            }
            (_, Some(by)) => unknown(Said::made(
                format!(
                    "billed by what its addresses carried ({by}); the price list has no row for it"
                ),
                format!("按其中公网 IP 的实际用量计费（{by}），价格表中没有对应的价格"),
            )),
            (_, None) => unknown(Said::new(
                "it is not known whether traffic or bandwidth is billed",
                "不知道按流量还是按带宽计费",
            )),
        }
    }

    fn teardown(&self) -> Option<&dyn Teardown> {
        Some(&REMOVAL)
    }
}

/// Its protection, switched off.
const OFF: Operation = Operation::new(
    "vpc",
    "DeletionProtection",
    &[
        ("RegionId", Source::Region),
        ("InstanceId", Source::Id),
        ("Type", Source::Text("CBWP")),
        ("ProtectionEnable", Source::Text("false")),
    ],
);

/// And on again.
const ON: Operation = Operation::new(
    "vpc",
    "DeletionProtection",
    &[
        ("RegionId", Source::Region),
        ("InstanceId", Source::Id),
        ("Type", Source::Text("CBWP")),
        ("ProtectionEnable", Source::Text("true")),
    ],
);

static REMOVAL: Removal = Removal {
    protections: &[Protection {
        attribute: "deletion_protection",
        field: "DeletionProtection",
        on: On::True,
        off: OFF,
        back: Some(ON),
    }],
    pace: pace(5, 600),
    needs: &["service_managed", "internet_charge_type"],
    refuse: keeps,
    ..Removal::new(
        &CommonBandwidthPackage,
        Operation::new(
            "vpc",
            "DeleteCommonBandwidthPackage",
            &[
                ("RegionId", Source::Region),
                ("BandwidthPackageId", Source::Id),
            ],
        ),
        listed(LISTING, "BandwidthPackageId", Source::Id),
    )
};

fn keeps(package: &Resource, _near: &Neighbours<'_>) -> Option<Refusal> {
    let by = package.text("internet_charge_type")?;
    (by == "PayBy95").then(|| {
        let because = format!("InternetChargeType={by}");
        kept(Kept::Always, "subscription", because)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::model::ChargeKind;
    use crate::resources::testing::{cell, only_resource};

    fn package(more: &Value) -> Resource {
        let mut raw = json!({
            "BandwidthPackageId": "cbwp-1", "Name": "shared", "Status": "Available", "Bandwidth": "20", "Ratio": 100,
            "ISP": "BGP", "InternetChargeType": "PayByBandwidth", "InstanceChargeType": "PostPaid",
            "ServiceManaged": 0, "DeletionProtection": true, "HasReservationData": "false",
            "CreationTime": "2026-01-15T06:39:20Z", "ExpiredTime": "",
            "PublicIpAddresses": {"PublicIpAddresse": [
                {"AllocationId": "eip-1", "IpAddress": "203.0.113.10"}]},
            "Tags": {"Tag": [{"Key": "team", "Value": "blue"}]},
        });
        for (key, value) in more.as_object().unwrap() {
            raw[key] = value.clone();
        }
        CommonBandwidthPackage
            .decode(&raw, &cell("cn-hangzhou"))
            .unwrap()
    }

    fn only_charge(package: &Resource) -> Charge {
        let charges = CommonBandwidthPackage.charges(package, &only_resource(package));
        let [charge] = &charges[..] else {
            panic!("{charges:?}")
        };
        charge.clone()
    }

    fn refusal(package: &Resource) -> Option<String> {
        let said = REMOVAL.refuse(package, &only_resource(package));
        said.map(|refusal| refusal.code)
    }

    #[test]
    fn by_bandwidth_it_pays_for_every_mbps_by_the_hour() {
        let by_bandwidth = package(&json!({}));
        assert_eq!(by_bandwidth.attributes.integer("ratio_percent"), Some(100));
        let charge = only_charge(&by_bandwidth);
        assert_eq!((charge.item.as_str(), charge.per), ("bandwidth", Per::Hour));
        assert_eq!(charge.quantity, Quantity::Known(Decimal::from(20)));
        assert_eq!(charge.specification["isp"], "BGP");
        assert_eq!(charge.kind, ChargeKind::Billed);
    }

    #[test]
    fn what_no_row_prices_is_unknown() {
        for by in [json!("PayByTraffic"), json!("PayBy95"), Value::Null] {
            let charge = only_charge(&package(&json!({"InternetChargeType": by})));
            assert!(matches!(charge.kind, ChargeKind::Unknown(_)), "{by}");
        }
        let unsized_package = only_charge(&package(&json!({"Bandwidth": "?"})));
        assert!(matches!(unsized_package.quantity, Quantity::Unreadable(_)));
        let silent = only_charge(&package(&json!({"ISP": null})));
        assert!(matches!(silent.kind, ChargeKind::Unknown(_)));
    }

    #[test]
    fn what_a_service_manages_and_what_cannot_be_deleted_stays() {
        assert_eq!(refusal(&package(&json!({}))).as_deref(), Some("protected"));
        for (more, code) in [
            (json!({"ServiceManaged": 1}), "service_managed"),
            (json!({"ServiceManaged": null}), "unreadable"),
            (json!({"InternetChargeType": "PayBy95"}), "subscription"),
            (json!({"InstanceChargeType": "PrePaid"}), "subscription"),
        ] {
            assert_eq!(refusal(&package(&more)).as_deref(), Some(code), "{more}");
        }
        let error = CommonBandwidthPackage
            .decode(&json!({}), &cell("r"))
            .unwrap_err();
        assert_eq!(error.path, "BandwidthPackageId");
    }
}
