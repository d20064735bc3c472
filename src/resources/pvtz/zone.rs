//! `pvtz.zone`: a private domain, resolved inside the VPCs that it is bound to.
//!
//! Billed per zone, and per query. No source of its prices was found, so what it costs is unknown. The controllers of ACK write
//! records into zones (`record.managed.by.ack.ccm`); serverless clusters make some, and their deletion keeps these by default.
//!
//! <https://www.alibabacloud.com/help/en/dns/api-pvtz-2018-01-01-describezones>
//!
//! Traps: zones belong to the account, not to a region; only the details say which VPCs of which regions one is bound to, and a
//! zone that is bound to one cannot be deleted (`Zone.VpcExists`). Deleting it deletes its records. Zones of cloud services
//! (`CLOUD_PRODUCT_ZONE`) are not asked for.

use futures::stream::BoxStream;
use serde_json::Value;

use crate::model::{Cell, Charge, Link, LinkKind, Region, Resource, Said, TypeId};
use crate::resources::{
    Billing, DecodeError, Field, Fields, ListError, ListedPer, Listing, Neighbours, Reader,
    ResourceType, Risk, Spec, Tags, Title, decode, detail, field, listing,
};

/// `pvtz.zone`
pub struct Zone;

/// What else is kept: the VPCs that it is bound to, `region/id`.
const BOUND: &str = "bound_vpcs";

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("pvtz.zone"),
    title: Title {
        en: "Private DNS zone",
        zh: "内网域名",
    },
    listed_per: ListedPer::Account,
    listing: Some(Listing {
        product: "pvtz",
        action: "DescribeZones",
        arguments: &[],
        items: "Zones.Zone",
        id: "ZoneId",
    }),
    also_reads: &["pvtz:DescribeZoneInfo"],
    docs: "https://www.alibabacloud.com/help/en/dns/api-pvtz-2018-01-01-describezones",
    billing: Billing::Charged,
    risk: Risk::Data,
    fields: Fields {
        id: "ZoneId",
        name: "ZoneName",
        created: "CreateTime",
        resource_group: "ResourceGroupId",
        tags: Tags::List {
            path: "ResourceTags.ResourceTag",
            key: "Key",
            value: "Value",
        },
        attributes: &[
            Field::text("zone_type", "ZoneType"),
            Field::text("remark", "Remark"),
            Field::integer("record_count", "RecordCount"),
            Field::boolean("is_reverse", "IsPtr"),
            Field::text("proxy_pattern", "ProxyPattern"),
            Field::time("updated", "UpdateTime"),
        ],
        ..Fields::NONE
    },
    links: &[],
    unverified: &[
        "that zones of cloud services (CLOUD_PRODUCT_ZONE) are neither billed nor in the way of anything",
        "that the private zones of serverless ACK clusters are among the listed ones, and how they are named",
    ],
};

impl ResourceType for Zone {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn list<'a>(
        &'a self,
        api: &'a Reader,
        cell: &'a Cell,
    ) -> BoxStream<'a, Result<Value, ListError>> {
        let items = listing::list(&SPEC, api, cell);
        detail::complete(items, api, cell, SPEC.fields.id, |id, _| {
            vec![detail::Call {
                product: "pvtz",
                action: "DescribeZoneInfo",
                arguments: vec![("ZoneId", id.to_owned())],
            }]
        })
    }

    fn decode(&self, raw: &Value, cell: &Cell) -> Result<Resource, DecodeError> {
        let mut zone = decode::decode(&SPEC, raw, cell)?;
        if let Some(bound) = field::pairs(raw, "BindVpcs.Vpc", "RegionId", "VpcId") {
            zone.attributes.set(BOUND, bound);
        }
        Ok(zone)
    }

    fn also_links_to(&self) -> &'static [&'static str] {
        &["vpc.vpc"]
    }

    fn links(&self, resource: &Resource) -> Vec<Link> {
        let bound = resource.attributes.text_list(BOUND).unwrap_or_default();
        let pairs = bound.iter().filter_map(|pair| pair.split_once('/'));
        pairs
            .map(|(region, vpc)| {
                let via = "BindVpcs.Vpc.VpcId";
                let link = field::link(resource, LinkKind::Uses, "vpc.vpc", vpc, via);
                field::in_region(link, Region::new(region))
            })
            .collect()
    }

    fn charges(&self, _resource: &Resource, _near: &Neighbours<'_>) -> Vec<Charge> {
        let reason = Said::new(
            "no source of the prices of private DNS was found; the bill says what this zone costs",
            "没有找到内网 DNS 解析的价格来源；费用以账单为准",
        );
        vec![Charge::unknown("pvtz", "zone", reason)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ChargeKind, ChargeType};
    use crate::resources::testing::{cell, only_resource};
    use serde_json::json;

    #[test]
    fn a_zone_of_the_account_uses_vpcs_of_several_regions() {
        let raw = json!({
            "ZoneId": "6d83e3b31aa6", "ZoneName": "lab.internal", "RecordCount": 2, "CreateTime": "2026-01-15T02:07Z",
            "ZoneType": "AUTH_ZONE", "IsPtr": false, "ResourceTags": {"ResourceTag": [{"Key": "team", "Value": "lab"}]},
            "BindVpcs": {"Vpc": [
                {"RegionId": "cn-hangzhou", "VpcId": "vpc-1", "VpcName": "lab"},
                {"RegionId": "cn-shanghai", "VpcId": "vpc-2"},
            ]},
        });
        let zone = Zone.decode(&raw, &cell(Region::GLOBAL.as_str())).unwrap();
        assert!(zone.id.region.is_global());
        assert_eq!(zone.charge_type, ChargeType::PayAsYouGo);
        assert_eq!(zone.tag("team"), Some("lab"));
        let links = Zone.links(&zone);
        let used: Vec<_> = links
            .iter()
            .map(|link| (link.to.region.as_str(), link.to.id.as_str()))
            .collect();
        assert_eq!(used, [("cn-hangzhou", "vpc-1"), ("cn-shanghai", "vpc-2")]);
        let charges = Zone.charges(&zone, &only_resource(&zone));
        assert!(matches!(&charges[..], [charge] if matches!(charge.kind, ChargeKind::Unknown(_))));
    }

    #[test]
    fn a_zone_that_is_bound_to_nothing_is_not_one_that_does_not_say() {
        let read = |raw: &Value| Zone.decode(raw, &cell("global")).unwrap();
        let unbound = read(&json!({"ZoneId": "1", "BindVpcs": {"Vpc": []}}));
        assert_eq!(unbound.attributes.text_list(BOUND), Some(&[][..]));
        let silent = read(&json!({"ZoneId": "1"}));
        assert_eq!(silent.attributes.text_list(BOUND), None);
        assert!(Zone.links(&silent).is_empty());
        let error = Zone.decode(&json!({}), &cell("global"));
        assert_eq!(error.unwrap_err().path, "ZoneId");
    }
}
