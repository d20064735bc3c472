//! `nlb.load_balancer`: a Network Load Balancer (NLB).
//!
//! Billed per clock hour, plus LCUs by connections and data, added up over its protocols. An internet-facing one also pays
//! for its public addresses, which are EIPs and carry their own charges. Deleting an ACK cluster has no option that removes
//! NLBs: delete the Service first.
//!
//! <https://api.aliyun.com/document/Nlb/2022-04-30/ListLoadBalancers>
//!
//! Traps: the list writes tags as `Key`/`Value`, `GetLoadBalancerAttribute` as `TagKey`/`TagValue`.

use futures::stream::BoxStream;
use serde_json::Value;

use crate::model::{Cell, Charge, Resource, Said, TypeId};
use crate::resources::removal::{On, Operation, Protection, Removal, Source, listed, pace};
use crate::resources::teardown::Teardown;
use crate::resources::{
    Argument, Billing, DecodeError, Field, Fields, LinkRule, ListError, ListedPer, Listing,
    Neighbours, Reader, ResourceType, Risk, Spec, Tags, Title, decode, joined, listeners, listing,
    vpc,
};
use crate::resources::{ack, k8s};

/// `nlb.load_balancer`
pub struct LoadBalancer;

const LISTING: Listing = Listing {
    product: "nlb",
    action: "ListLoadBalancers",
    arguments: &[],
    items: "LoadBalancers",
    id: "LoadBalancerId",
};

/// What stands on load balancers.
static PARTS: &[joined::Part] = &[joined::Part {
    listing: Listing {
        product: "nlb",
        action: "ListListeners",
        arguments: &[("RegionId", Argument::Region)],
        items: "Listeners",
        id: "ListenerId",
    },
    belongs_to: "LoadBalancerId",
    under: listeners::UNDER,
    keeps: &[
        "ListenerProtocol",
        "ListenerPort",
        "ListenerStatus",
        "ServerGroupId",
    ],
}];

const LISTENERS: listeners::Names = listeners::Names {
    protocol: "ListenerProtocol",
    port: "ListenerPort",
    status: "ListenerStatus",
    running: "Running",
    groups: &["ServerGroupId"],
};

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("nlb.load_balancer"),
    title: Title {
        en: "Network Load Balancer",
        zh: "网络型负载均衡",
    },
    listed_per: ListedPer::Region,
    listing: Some(LISTING),
    also_reads: &["nlb:ListListeners"],
    docs: "https://api.aliyun.com/document/Nlb/2022-04-30/ListLoadBalancers",
    billing: Billing::Charged,
    risk: Risk::Service,
    fields: Fields {
        id: "LoadBalancerId",
        name: "LoadBalancerName",
        status: "LoadBalancerStatus",
        created: "CreateTime",
        charge_type: "LoadBalancerBillingConfig.PayType",
        resource_group: "ResourceGroupId",
        tags: Tags::FLAT_KEY,
        attributes: &[
            Field::text("address_type", "AddressType").money(),
            Field::text("address_ip_version", "AddressIpVersion"),
            Field::text("dns_name", "DNSName"),
            Field::text("business_status", "LoadBalancerBusinessStatus"),
            Field::boolean("deletion_protection", "DeletionProtectionConfig.Enabled"),
            Field::text(
                "modification_protection",
                "ModificationProtectionConfig.Status",
            ),
            Field::text_list("lock_reasons", "OperationLocks.LockType"),
            Field::text("bandwidth_package_id", "BandwidthPackageId"),
            Field::text("vpc_id", "VpcId"),
            Field::text_list("zone_ids", "ZoneMappings.ZoneId"),
            Field::text_list("vswitch_ids", "ZoneMappings.VSwitchId"),
            Field::text_list("eip_ids", "ZoneMappings.LoadBalancerAddresses.AllocationId"),
            Field::text_list("security_group_ids", "SecurityGroupIds"),
        ],
        ..Fields::NONE
    },
    links: &[
        LinkRule::uses("vpc.vpc", "vpc_id", "VpcId"),
        LinkRule::uses("vpc.vswitch", "vswitch_ids", "ZoneMappings.VSwitchId"),
        LinkRule::uses(
            "vpc.eip",
            "eip_ids",
            "ZoneMappings.LoadBalancerAddresses.AllocationId",
        ),
        LinkRule::uses(
            "ecs.security_group",
            "security_group_ids",
            "SecurityGroupIds",
        ),
    ],
    unverified: &[
        "that the public addresses of an NLB are listed as EIPs",
        "outlives-the-cluster: whether deleting a cluster removes the NLBs of its Services; they are deleted through the Service, before it",
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
        joined::join(items, api, cell, &SPEC, PARTS)
    }

    fn decode(&self, raw: &Value, cell: &Cell) -> Result<Resource, DecodeError> {
        let mut resource = decode::decode(&SPEC, raw, cell)?;
        listeners::keep(&mut resource, raw, &LISTENERS);
        Ok(resource)
    }

    fn charges(&self, resource: &Resource, near: &Neighbours<'_>) -> Vec<Charge> {
        let mut charges = vec![
            Charge::hourly("nlb", "instance_fee", "instance"),
            Charge::usage(
                "nlb",
                "lcu",
                "LCU",
                Said::new(
                    "new and concurrent connections and data of each protocol in each hour",
                    "每小时各协议的新建连接数、并发连接数和处理流量",
                ),
            ),
        ];
        charges.extend(vpc::unseen_addresses(resource, near));
        charges
    }

    fn teardown(&self) -> Option<&dyn Teardown> {
        Some(&REMOVAL)
    }
}

static REMOVAL: Removal = Removal {
    rests_on: &["ack.cluster", "k8s.service"],
    protections: &[
        Protection {
            attribute: "deletion_protection",
            field: "DeletionProtectionConfig.Enabled",
            on: On::True,
            off: Operation::new(
                "nlb",
                "UpdateLoadBalancerProtection",
                &[
                    ("RegionId", Source::Region),
                    ("LoadBalancerId", Source::Id),
                    ("DeletionProtectionEnabled", Source::Text("false")),
                ],
            ),
            back: Some(Operation::new(
                "nlb",
                "UpdateLoadBalancerProtection",
                &[
                    ("RegionId", Source::Region),
                    ("LoadBalancerId", Source::Id),
                    ("DeletionProtectionEnabled", Source::Text("true")),
                ],
            )),
        },
        Protection {
            attribute: "modification_protection",
            field: "ModificationProtectionConfig.Status",
            on: On::Text("ConsoleProtection"),
            off: Operation::new(
                "nlb",
                "UpdateLoadBalancerProtection",
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
                "nlb",
                "UpdateLoadBalancerProtection",
                &[
                    ("RegionId", Source::Region),
                    ("LoadBalancerId", Source::Id),
                    (
                        "ModificationProtectionStatus",
                        Source::Text("ConsoleProtection"),
                    ),
                ],
            )),
        },
    ],
    gone: &["ResourceNotFound.loadBalancer"],
    pace: pace(10, 900),
    assumptions: &["nlb.load_balancer/outlives-the-cluster"],
    refuse: k8s::said_by_services,
    goes_along: ack::is_in_front_of_an_api_server,
    ..Removal::new(
        &LoadBalancer,
        Operation::new(
            "nlb",
            "DeleteLoadBalancer",
            &[("RegionId", Source::Region), ("LoadBalancerId", Source::Id)],
        ),
        listed(LISTING, "LoadBalancerIds.1", Source::Id),
    )
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ChargeKind, ChargeType, Per, Quantity};
    use crate::resources::testing::{cell, only_resource};
    use serde_json::{Value, json};

    fn balancer(address_type: &str, allocation_id: &str) -> Resource {
        let raw: Value = json!({
            "LoadBalancerId": "nlb-1", "LoadBalancerName": "tcp", "LoadBalancerStatus": "Active",
            "LoadBalancerBillingConfig": {"PayType": "PostPay"}, "AddressType": address_type,
            "CreateTime": "2026-01-15T03:00:00Z", "VpcId": "vpc-1", "SecurityGroupIds": ["sg-1"],
            "DeletionProtectionConfig": {"Enabled": false},
            "ZoneMappings": [{"ZoneId": "cn-hangzhou-h", "VSwitchId": "vsw-1",
                "LoadBalancerAddresses": [{"EniId": "eni-1", "AllocationId": allocation_id}]}],
            "Tags": [{"Key": "ack.aliyun.com", "Value": "c1"}],
        });
        LoadBalancer.decode(&raw, &cell("cn-hangzhou")).unwrap()
    }

    #[test]
    fn inside_a_vpc_it_pays_a_fee_and_what_it_carries() {
        let inside = balancer("Intranet", "");
        assert_eq!(inside.charge_type, ChargeType::PayAsYouGo);
        let charges = LoadBalancer.charges(&inside, &only_resource(&inside));
        let [fee, units] = &charges[..] else {
            panic!("{charges:?}")
        };
        assert_eq!((fee.item.as_str(), fee.per), ("instance_fee", Per::Hour));
        assert!(matches!(units.quantity, Quantity::Usage(_)));
    }

    #[test]
    fn a_public_address_that_is_not_seen_is_unknown() {
        let public = balancer("Internet", "eip-1");
        let charges = LoadBalancer.charges(&public, &only_resource(&public));
        assert!(matches!(&charges[2].kind, ChargeKind::Unknown(why) if why.en().contains("eip-1")));
    }

    #[test]
    fn it_uses_its_network_its_addresses_and_its_security_groups() {
        let links = LoadBalancer.links(&balancer("Internet", "eip-1"));
        let ends: Vec<&str> = links.iter().map(|link| link.to.id.as_str()).collect();
        assert_eq!(ends, ["vpc-1", "vsw-1", "eip-1", "sg-1"]);
    }

    #[test]
    fn without_id_it_is_an_error_and_without_the_rest_unknown() {
        let bare = LoadBalancer
            .decode(&json!({"LoadBalancerId": "nlb-1"}), &cell("r"))
            .unwrap();
        assert_eq!(bare.unreadable, ["charge_type", "address_type"]);
        let error = LoadBalancer.decode(&json!({}), &cell("r")).unwrap_err();
        assert_eq!(error.path, "LoadBalancerId");
    }
}
