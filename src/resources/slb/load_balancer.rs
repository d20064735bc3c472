//! `slb.load_balancer`: a Classic Load Balancer (CLB).
//!
//! Billed by use (`PayByCLCU`): an instance fee per clock hour plus LCUs. One created before 2024-12-01 pays no instance fee
//! until 2026-11-30. By specification (`PayBySpec`, no longer sold): the specification that it reaches in each hour. An
//! internet-facing one also pays for its public address and traffic, or for bandwidth.
//!
//! <https://api.aliyun.com/document/Slb/2014-05-15/DescribeLoadBalancers>
//!
//! Traps: `InternetChargeType` is 3 or 4 in the list (by bandwidth, by traffic) and a word in the detail; the list has the word
//! as `InternetChargeTypeAlias`. `InstanceChargeType` is documented for the China site only; `slb.lcu.elastic` as
//! specification says the same. A `Bandwidth` of -1 means none is set. The end of a subscription stands only in
//! `DescribeLoadBalancerAttribute`, asked for those paid ahead and for those whose list entry lacks what is billed. The load
//! balancer of an ACK API server goes only with its cluster. Its listeners say nothing of servers: who is behind it and how
//! they are is asked of each one.

use chrono::{DateTime, Utc};
use futures::stream::BoxStream;
use rust_decimal::Decimal;
use serde_json::Value;

use crate::model::{Attribute, Cell, Charge, ChargeType, Per, Quantity, Resource, Said, TypeId};
use crate::resources::removal::{On, Operation, Protection, Removal, Source, listed, pace};
use crate::resources::teardown::Teardown;
use crate::resources::{
    Argument, Billing, DecodeError, Field, Fields, LinkRule, ListError, ListedPer, Listing,
    Neighbours, Reader, ResourceType, Risk, Spec, Tags, Title, decode, detail, joined, listeners,
    listing,
};
use crate::resources::{ack, k8s};

/// `slb.load_balancer`
pub struct LoadBalancer;

const LISTING: Listing = Listing {
    product: "slb",
    action: "DescribeLoadBalancers",
    arguments: &[("RegionId", Argument::Region)],
    items: "LoadBalancers.LoadBalancer",
    id: "LoadBalancerId",
};

/// What stands on load balancers.
static PARTS: &[joined::Part] = &[joined::Part {
    listing: Listing {
        product: "slb",
        action: "DescribeLoadBalancerListeners",
        arguments: &[("RegionId", Argument::Region)],
        items: "Listeners",
        // Listeners have no id of their own.
        id: "LoadBalancerId+ListenerProtocol+ListenerPort",
    },
    belongs_to: "LoadBalancerId",
    under: listeners::UNDER,
    keeps: &[
        "ListenerProtocol",
        "ListenerPort",
        "Status",
        "VServerGroupId",
        "TCPListenerConfig",
        "UDPListenerConfig",
        "HTTPListenerConfig",
        "AclId",
        "AclIds",
    ],
}];

const LISTENERS: listeners::Names = listeners::Names {
    protocol: "ListenerProtocol",
    port: "ListenerPort",
    status: "Status",
    running: "running",
    groups: &[
        "VServerGroupId",
        "TCPListenerConfig.MasterSlaveServerGroupId",
        "UDPListenerConfig.MasterSlaveServerGroupId",
    ],
};

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("slb.load_balancer"),
    title: Title {
        en: "Classic Load Balancer",
        zh: "传统型负载均衡",
    },
    listed_per: ListedPer::Region,
    listing: Some(LISTING),
    also_reads: &[
        "slb:DescribeHealthStatus",
        "slb:DescribeLoadBalancerAttribute",
        "slb:DescribeLoadBalancerListeners",
    ],
    docs: "https://api.aliyun.com/document/Slb/2014-05-15/DescribeLoadBalancers",
    billing: Billing::Charged,
    risk: Risk::Service,
    fields: Fields {
        id: "LoadBalancerId",
        name: "LoadBalancerName",
        status: "LoadBalancerStatus",
        zone: "MasterZoneId",
        created: "CreateTime",
        expires: "EndTime",
        charge_type: "PayType",
        resource_group: "ResourceGroupId",
        tags: Tags::TAG_KEY,
        attributes: &[
            Field::text("address", "Address"),
            Field::text("address_type", "AddressType").money(),
            Field::text("network_type", "NetworkType"),
            Field::text("load_balancer_spec", "LoadBalancerSpec"),
            Field::integer("bandwidth_mbps", "Bandwidth"),
            Field::text("modification_protection", "ModificationProtectionStatus"),
            Field::text(
                "modification_protection_reason",
                "ModificationProtectionReason",
            ),
            Field::text("slave_zone_id", "SlaveZoneId"),
            Field::text("vpc_id", "VpcId"),
            Field::text("vswitch_id", "VSwitchId"),
            Field::text_list("backend_ids", "BackendServers.BackendServer.ServerId"),
            Field::text_list(
                "backend_health",
                "BackendServers.BackendServer.ServerHealthStatus",
            ),
        ],
    },
    links: &[
        LinkRule::uses("vpc.vpc", "vpc_id", "VpcId"),
        LinkRule::uses("vpc.vswitch", "vswitch_id", "VSwitchId"),
        LinkRule::uses("slb.acl", "acl_ids", "Listeners.AclIds"),
    ],
    unverified: &[
        "whether a CLB billed by specification also pays the instance fee that was introduced with billing by use",
        "that the waiver of the instance fee goes by the creation date in UTC+8",
        "that an internet-facing CLB billed by bandwidth pays no fee for its public address",
    ],
};

impl ResourceType for LoadBalancer {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn list<'a>(
        &'a self,
        api: &'a Reader,
        cell: &'a Cell,
    ) -> BoxStream<'a, Result<Value, ListError>> {
        let items = listing::list(&SPEC, api, cell);
        let items = joined::join(items, api, cell, &SPEC, PARTS);
        detail::complete(items, api, cell, SPEC.fields.id, |id, item| {
            let call = |action| detail::Call {
                product: "slb",
                action,
                arguments: vec![
                    ("RegionId", cell.region.to_string()),
                    ("LoadBalancerId", id.to_owned()),
                ],
            };
            // Both have `BackendServers`, the first one those of every server group with their health: the first counts.
            let mut calls = vec![call("DescribeHealthStatus")];
            calls.extend(needs_detail(item).then(|| call("DescribeLoadBalancerAttribute")));
            calls
        })
    }

    fn decode(&self, raw: &Value, cell: &Cell) -> Result<Resource, DecodeError> {
        let mut resource = decode::decode(&SPEC, raw, cell)?;
        if let Some(word) = decode::text_at(raw, "DeleteProtection") {
            let is_on = Attribute::Boolean(word == "on");
            resource.attributes.set("deletion_protection", is_on);
        }
        listeners::keep(&mut resource, raw, &LISTENERS);
        if let Some(own) = listeners::listed(raw, listeners::UNDER) {
            let mut lists = listeners::texts(own, "AclIds");
            lists.extend(listeners::texts(own, "AclId"));
            lists.sort_unstable();
            lists.dedup();
            let lists = Attribute::TextList(lists);
            resource.attributes.set("acl_ids", lists);
            let redirects = listeners::texts(own, "HTTPListenerConfig.ListenerForward");
            let redirects = Attribute::Boolean(redirects.iter().any(|word| word == "on"));
            resource.attributes.set("answers_itself", redirects);
        }
        let derived = [
            ("instance_charge_type", instance_charge_type(raw)),
            ("internet_charge_type", internet_charge_type(raw)),
        ];
        for (name, value) in derived {
            match value {
                Some(value) => resource.attributes.set_text(name, value),
                None => resource.unreadable.push(name.to_owned()),
            }
        }
        Ok(resource)
    }

    fn charges(&self, resource: &Resource, _near: &Neighbours<'_>) -> Vec<Charge> {
        let charged_by = resource.text("instance_charge_type");
        if resource.charge_type == ChargeType::Subscription {
            let fee = Charge::hourly("slb", "instance_fee", "instance");
            return vec![fee.with("load_balancer_spec", resource.text("load_balancer_spec"))];
        }
        let mut charges = if charged_by == Some("PayBySpec") {
            vec![specification_fee(resource)]
        } else {
            let units = Charge::usage(
                "slb",
                "lcu",
                "LCU",
                Said::new(
                    "new and concurrent connections and data, whichever is most in each hour",
                    "每小时的新建连接数、并发连接数和处理流量，取折算后最大的一项",
                ),
            );
            vec![
                instance_fee(resource),
                units.with("instance_charge_type", charged_by),
            ]
        };
        charges.extend(internet_charges(resource));
        charges
    }

    fn teardown(&self) -> Option<&dyn Teardown> {
        Some(&REMOVAL)
    }
}

/// Whether the list leaves out what is billed, or when a term ends.
fn needs_detail(item: &Value) -> bool {
    let pay_type = decode::text_at(item, "PayType").map(|code| ChargeType::from_vendor(&code));
    pay_type != Some(ChargeType::PayAsYouGo)
        || instance_charge_type(item).is_none()
        || internet_charge_type(item).is_none()
}

fn instance_charge_type(item: &Value) -> Option<String> {
    decode::text_at(item, "InstanceChargeType").or_else(|| {
        match decode::text_at(item, "LoadBalancerSpec")?.as_str() {
            "slb.lcu.elastic" => Some("PayByCLCU".to_owned()),
            _ => Some("PayBySpec".to_owned()),
        }
    })
}

fn internet_charge_type(item: &Value) -> Option<String> {
    decode::text_at(item, "InternetChargeTypeAlias").or_else(|| {
        match decode::text_at(item, "InternetChargeType")?.as_str() {
            "3" => Some("paybybandwidth".to_owned()),
            "4" => Some("paybytraffic".to_owned()),
            word @ ("paybybandwidth" | "paybytraffic") => Some(word.to_owned()),
            _ => None,
        }
    })
}

/// First moment at which a new instance pays its fee from the start: 2024-12-01 in China.
fn fee_starts() -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(1_732_982_400, 0)
}

fn instance_fee(resource: &Resource) -> Charge {
    let fee = Charge::hourly("slb", "instance_fee", "instance").with(
        "instance_charge_type",
        resource.text("instance_charge_type"),
    );
    match (resource.created, fee_starts()) {
        (Some(created), Some(start)) if created < start => {
            fee.with("created", Some("before-2024-12-01"))
        }
        (Some(_), _) => fee,
        (None, _) => fee.assuming(Said::new(
            "the creation date could not be read: one created before 2024-12-01 pays no instance fee until 2026-11-30",
            "没有读到创建时间：2024-12-01 之前创建的实例在 2026-11-30 前免收实例费",
        )),
    }
}

fn specification_fee(resource: &Resource) -> Charge {
    let reached = Quantity::Usage(Said::new(
        "the specification reached in each hour, up to the one that is set",
        "每小时实际达到的规格，不超过所设规格",
    ));
    Charge::billed("slb", "spec_fee", reached, "instance", Per::Hour)
        .with("instance_charge_type", Some("PayBySpec"))
        .with("load_balancer_spec", resource.text("load_balancer_spec"))
}

/// What an internet-facing one pays for its address and what it sends.
fn internet_charges(resource: &Resource) -> Vec<Charge> {
    match resource.text("address_type") {
        Some("intranet") => return Vec::new(),
        Some(_) => {}
        None => {
            let reason = Said::new(
                "it is not known whether it faces the internet",
                "不知道它是公网还是私网实例",
            );
            return vec![Charge::unknown("slb", "public_ip_fee", reason)];
        }
    }
    let charged_by = resource.text("internet_charge_type");
    let selected = |charge: Charge| charge.with("internet_charge_type", charged_by);
    if charged_by == Some("paybybandwidth") {
        let bandwidth = Quantity::from_attribute(
            resource
                .attributes
                .decimal("bandwidth_mbps")
                .filter(|mbps| *mbps > Decimal::ZERO),
            "Bandwidth",
        );
        let charge = Charge::billed("slb", "bandwidth", bandwidth, "Mbps", Per::Hour);
        return vec![selected(charge)];
    }
    vec![
        selected(Charge::hourly("slb", "public_ip_fee", "instance")),
        selected(Charge::usage(
            "slb",
            "traffic",
            "GB",
            Said::new("data sent to the internet", "流向公网的数据量"),
        )),
    ]
}

static REMOVAL: Removal = Removal {
    rests_on: &["ack.cluster", "k8s.service"],
    protections: &[
        Protection {
            attribute: "deletion_protection",
            field: "DeleteProtection",
            on: On::True,
            off: Operation::new(
                "slb",
                "SetLoadBalancerDeleteProtection",
                &[
                    ("RegionId", Source::Region),
                    ("LoadBalancerId", Source::Id),
                    ("DeleteProtection", Source::Text("off")),
                ],
            ),
            back: Some(Operation::new(
                "slb",
                "SetLoadBalancerDeleteProtection",
                &[
                    ("RegionId", Source::Region),
                    ("LoadBalancerId", Source::Id),
                    ("DeleteProtection", Source::Text("on")),
                ],
            )),
        },
        Protection {
            attribute: "modification_protection",
            field: "ModificationProtectionStatus",
            on: On::Text("ConsoleProtection"),
            off: Operation::new(
                "slb",
                "SetLoadBalancerModificationProtection",
                &[
                    ("RegionId", Source::Region),
                    ("LoadBalancerId", Source::Id),
                    (
                        "ModificationProtectionStatus",
                        Source::Text("NonProtection"),
                    ),
                ],
            ),
            back: Some(Operation::new(
                "slb",
                "SetLoadBalancerModificationProtection",
                &[
                    ("RegionId", Source::Region),
                    ("LoadBalancerId", Source::Id),
                    (
                        "ModificationProtectionStatus",
                        Source::Text("ConsoleProtection"),
                    ),
                    (
                        "ModificationProtectionReason",
                        Source::IfKnown("modification_protection_reason"),
                    ),
                ],
            )),
        },
    ],
    gone: &["InvalidLoadBalancerId.NotFound"],
    pace: pace(5, 900),
    refuse: k8s::said_by_services,
    goes_along: ack::is_in_front_of_an_api_server,
    ..Removal::new(
        &LoadBalancer,
        Operation::new(
            "slb",
            "DeleteLoadBalancer",
            &[("RegionId", Source::Region), ("LoadBalancerId", Source::Id)],
        ),
        listed(LISTING, "LoadBalancerId", Source::Id),
    )
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ChargeKind;
    use crate::resources::testing::{cell, only_resource};
    use serde_json::json;

    fn raw(more: &Value) -> Value {
        let mut raw = json!({
            "LoadBalancerId": "lb-1", "LoadBalancerName": "api", "LoadBalancerStatus": "active",
            "Address": "192.168.0.10", "AddressType": "intranet", "NetworkType": "vpc",
            "InstanceChargeType": "PayByCLCU", "PayType": "PayOnDemand", "LoadBalancerSpec": "slb.lcu.elastic",
            "InternetChargeType": "4", "InternetChargeTypeAlias": "paybytraffic", "VpcId": "vpc-1",
            "VSwitchId": "vsw-1", "MasterZoneId": "cn-hangzhou-h", "DeleteProtection": "on",
            "CreateTime": "2026-01-15T02:03Z", "Tags": {"Tag": [{"TagKey": "ack.aliyun.com", "TagValue": "c1"}]},
        });
        for (key, value) in more.as_object().unwrap() {
            raw[key] = value.clone();
        }
        raw
    }

    fn balancer(more: &Value) -> Resource {
        LoadBalancer
            .decode(&raw(more), &cell("cn-hangzhou"))
            .unwrap()
    }

    fn charges(more: &Value) -> Vec<Charge> {
        let balancer = balancer(more);
        LoadBalancer.charges(&balancer, &only_resource(&balancer))
    }

    fn items(charges: &[Charge]) -> Vec<&str> {
        charges.iter().map(|charge| charge.item.as_str()).collect()
    }

    #[test]
    fn by_use_inside_a_vpc_it_pays_a_fee_and_units() {
        let balancer = balancer(&json!({}));
        assert_eq!(balancer.charge_type, ChargeType::PayAsYouGo);
        assert_eq!(balancer.tag("ack.aliyun.com"), Some("c1"));
        assert_eq!(
            balancer.attributes.boolean("deletion_protection"),
            Some(true)
        );
        assert!(balancer.unreadable.is_empty());
        let charges = charges(&json!({}));
        assert_eq!(items(&charges), ["instance_fee", "lcu"]);
        assert_eq!(
            charges[0].specification["instance_charge_type"],
            "PayByCLCU"
        );
        assert!(!charges[0].specification.contains_key("created"));
    }

    #[test]
    fn the_fee_is_waived_by_the_date_of_creation_in_china() {
        for (created, is_old) in [
            ("2024-11-30T15:59Z", true),
            ("2024-11-30T16:00Z", false),
            ("2018-11-08T20:21Z", true),
        ] {
            let charges = charges(&json!({"CreateTime": created}));
            let said = charges[0].specification.get("created").map(String::as_str);
            assert_eq!(said, is_old.then_some("before-2024-12-01"), "{created}");
        }
        let unreadable = charges(&json!({"CreateTime": "long ago"}));
        assert_eq!(unreadable[0].assumptions.len(), 1);
    }

    #[test]
    fn facing_the_internet_it_pays_for_traffic_or_bandwidth() {
        let by_traffic = charges(&json!({"AddressType": "internet"}));
        assert_eq!(
            items(&by_traffic),
            ["instance_fee", "lcu", "public_ip_fee", "traffic"]
        );
        assert_eq!(
            by_traffic[2].specification["internet_charge_type"],
            "paybytraffic"
        );
        let bandwidth = json!({"AddressType": "internet", "InternetChargeType": "3",
            "InternetChargeTypeAlias": null, "Bandwidth": 7});
        let by_bandwidth = charges(&bandwidth);
        assert_eq!(items(&by_bandwidth), ["instance_fee", "lcu", "bandwidth"]);
        assert_eq!(by_bandwidth[2].quantity, Quantity::Known(Decimal::from(7)));
        assert_eq!(
            by_bandwidth[2].specification["internet_charge_type"],
            "paybybandwidth"
        );
        let unlimited = charges(&json!({"AddressType": "internet",
            "InternetChargeTypeAlias": "paybybandwidth", "Bandwidth": -1}));
        assert!(matches!(unlimited[2].quantity, Quantity::Unreadable(_)));
    }

    #[test]
    fn by_specification_it_pays_for_the_one_it_reaches() {
        for more in [
            json!({"InstanceChargeType": "PayBySpec", "LoadBalancerSpec": "slb.s1.small"}),
            json!({"InstanceChargeType": null, "LoadBalancerSpec": "slb.s1.small"}),
        ] {
            let charges = charges(&more);
            assert_eq!(items(&charges), ["spec_fee"]);
            assert_eq!(
                charges[0].specification["load_balancer_spec"],
                "slb.s1.small"
            );
            assert!(matches!(charges[0].quantity, Quantity::Usage(_)));
        }
    }

    #[test]
    fn a_subscription_is_one_charge_for_its_term() {
        let ahead = json!({"PayType": "PrePay", "EndTime": "2027-01-15T16:00:00Z"});
        assert!(balancer(&ahead).expires.is_some());
        assert_eq!(items(&charges(&ahead)), ["instance_fee"]);
    }

    #[test]
    fn only_what_the_list_leaves_out_is_asked_for() {
        assert!(!needs_detail(&raw(&json!({}))));
        assert!(needs_detail(&raw(&json!({"PayType": "PrePay"}))));
        let old = json!({"InstanceChargeType": null, "LoadBalancerSpec": null});
        assert!(needs_detail(&raw(&old)));
        let wordless = json!({"InternetChargeTypeAlias": null, "InternetChargeType": null});
        assert!(needs_detail(&raw(&wordless)));
    }

    #[test]
    fn what_the_answer_leaves_out_is_unknown() {
        let bare = LoadBalancer
            .decode(&json!({"LoadBalancerId": "lb-1"}), &cell("r"))
            .unwrap();
        assert_eq!(
            bare.unreadable,
            [
                "charge_type",
                "address_type",
                "instance_charge_type",
                "internet_charge_type"
            ]
        );
        for charge in LoadBalancer.charges(&bare, &only_resource(&bare)) {
            assert!(matches!(charge.kind, ChargeKind::Unknown(_)), "{charge:?}");
        }
        let error = LoadBalancer.decode(&json!({}), &cell("r")).unwrap_err();
        assert_eq!(error.path, "LoadBalancerId");
    }

    #[test]
    fn it_uses_its_network() {
        let links = LoadBalancer.links(&balancer(&json!({})));
        let ends: Vec<&str> = links.iter().map(|link| link.to.id.as_str()).collect();
        assert_eq!(ends, ["vpc-1", "vsw-1"]);
    }
}
