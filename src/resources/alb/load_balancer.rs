//! `alb.load_balancer`: an Application Load Balancer (ALB).
//!
//! Billed per clock hour by edition, plus LCUs by connections, data and rules. An internet-facing one also pays for its
//! public addresses, which are EIPs and carry their own charges. Deleting an ACK cluster keeps its ALB by default: a
//! common left-over. ACK's ALB Ingress controller makes one for each `AlbConfig`, with deletion protection on.
//!
//! <https://api.aliyun.com/document/Alb/2020-06-16/ListLoadBalancers>
//!
//! Traps: the list has neither zones nor addresses, so each one is completed by `GetLoadBalancerAttribute`. The vendor spells
//! `LoadBalancerBussinessStatus`. An ALB that an `AlbConfig` merely reuses has the same tags as one that it made.

use futures::stream::BoxStream;
use serde_json::Value;

use crate::model::{Attribute, Cell, Charge, Resource, Said, TypeId};
use crate::resources::k8s;
use crate::resources::removal::{On, Operation, Protection, Removal, Source, listed, pace};
use crate::resources::teardown::Teardown;
use crate::resources::{
    Billing, DecodeError, Field, Fields, LinkRule, ListError, ListedPer, Listing, Neighbours,
    Reader, ResourceType, Risk, Spec, Tags, Title, decode, detail, joined, listeners, listing, vpc,
};

/// `alb.load_balancer`
pub struct LoadBalancer;

const LISTING: Listing = Listing {
    product: "alb",
    action: "ListLoadBalancers",
    arguments: &[],
    items: "LoadBalancers",
    id: "LoadBalancerId",
};

/// What stands on load balancers. Listeners have rules, and both forward to server groups.
static PARTS: &[joined::Part] = &[
    joined::Part {
        listing: Listing {
            product: "alb",
            action: "ListListeners",
            arguments: &[],
            items: "Listeners",
            id: "ListenerId",
        },
        belongs_to: "LoadBalancerId",
        under: listeners::UNDER,
        keeps: &[
            "ListenerProtocol",
            "ListenerPort",
            "ListenerStatus",
            "DefaultActions",
        ],
    },
    joined::Part {
        listing: Listing {
            product: "alb",
            action: "ListRules",
            arguments: &[],
            items: "Rules",
            id: "RuleId",
        },
        belongs_to: "LoadBalancerId",
        under: listeners::RULES,
        keeps: &["RuleActions"],
    },
];

const LISTENERS: listeners::Names = listeners::Names {
    protocol: "ListenerProtocol",
    port: "ListenerPort",
    status: "ListenerStatus",
    running: "Running",
    groups: &[],
};

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("alb.load_balancer"),
    title: Title {
        en: "Application Load Balancer",
        zh: "应用型负载均衡",
    },
    listed_per: ListedPer::Region,
    listing: Some(LISTING),
    also_reads: &[
        "alb:GetLoadBalancerAttribute",
        "alb:ListListeners",
        "alb:ListRules",
    ],
    docs: "https://api.aliyun.com/document/Alb/2020-06-16/ListLoadBalancers",
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
            Field::text("edition", "LoadBalancerEdition").money(),
            Field::text("address_type", "AddressType").money(),
            Field::text("address_ip_version", "AddressIpVersion"),
            Field::text("address_allocated_mode", "AddressAllocatedMode"),
            Field::text("dns_name", "DNSName"),
            Field::text("business_status", "LoadBalancerBussinessStatus"),
            Field::boolean("deletion_protection", "DeletionProtectionConfig.Enabled"),
            Field::text(
                "modification_protection",
                "ModificationProtectionConfig.Status",
            ),
            Field::text_list("lock_reasons", "LoadBalancerOperationLocks.LockType"),
            Field::text("bandwidth_package_id", "BandwidthPackageId"),
            Field::text("log_project", "AccessLogConfig.LogProject"),
            Field::text("log_store", "AccessLogConfig.LogStore"),
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
        LinkRule::uses("sls.project", "log_project", "AccessLogConfig.LogProject"),
    ],
    unverified: &[
        "that the public addresses of an ALB are listed as EIPs",
        "addresses-go-along: that the public addresses that an ALB made (ServiceManaged) go with it; they are looked for",
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
        detail::complete(items, api, cell, SPEC.fields.id, |id, _| {
            vec![detail::Call {
                product: "alb",
                action: "GetLoadBalancerAttribute",
                arguments: vec![("LoadBalancerId", id.to_owned())],
            }]
        })
    }

    /// A listener's own action and those of its rules forward, or answer by themselves, without any server.
    fn decode(&self, raw: &Value, cell: &Cell) -> Result<Resource, DecodeError> {
        let mut resource = decode::decode(&SPEC, raw, cell)?;
        listeners::keep(&mut resource, raw, &LISTENERS);
        let own = listeners::listed(raw, listeners::UNDER);
        let rules = listeners::listed(raw, listeners::RULES);
        // Half of it says nothing.
        if let (Some(own), Some(rules)) = (own, rules) {
            let all = |tail: &str| {
                let mut found = listeners::texts(own, &format!("DefaultActions.{tail}"));
                found.extend(listeners::texts(rules, &format!("RuleActions.{tail}")));
                found.sort_unstable();
                found.dedup();
                found
            };
            let groups = all("ForwardGroupConfig.ServerGroupTuples.ServerGroupId");
            let groups = Attribute::TextList(groups);
            resource.attributes.set("forwards_to", groups);
            let answers = all("Type")
                .iter()
                .any(|kind| matches!(kind.as_str(), "FixedResponse" | "Redirect"));
            let answers = Attribute::Boolean(answers);
            resource.attributes.set("answers_itself", answers);
        }
        Ok(resource)
    }

    fn charges(&self, resource: &Resource, near: &Neighbours<'_>) -> Vec<Charge> {
        let fee = Charge::hourly("alb", "instance_fee", "instance")
            .with("load_balancer_edition", resource.text("edition"));
        let units = Charge::usage(
            "alb",
            "lcu",
            "LCU",
            Said::new(
                "new and concurrent connections, data and rules, whichever is most in each hour",
                "每小时的新建连接数、并发连接数、处理流量和规则评估数，取折算后最大的一项",
            ),
        );
        let mut charges = vec![fee, units];
        charges.extend(vpc::unseen_addresses(resource, near));
        charges
    }

    fn teardown(&self) -> Option<&dyn Teardown> {
        Some(&REMOVAL)
    }
}

static REMOVAL: Removal = Removal {
    rests_on: &["ack.cluster", "k8s.alb_config"],
    protections: &[Protection {
        attribute: "deletion_protection",
        field: "DeletionProtectionConfig.Enabled",
        on: On::True,
        off: Operation::new(
            "alb",
            "DisableDeletionProtection",
            &[("ResourceId", Source::Id)],
        ),
        back: Some(Operation::new(
            "alb",
            "EnableDeletionProtection",
            &[("ResourceId", Source::Id)],
        )),
    }],
    gone: &["ResourceNotFound.LoadBalancer"],
    pace: pace(5, 900),
    assumptions: &["alb.load_balancer/addresses-go-along"],
    refuse: k8s::said_by_alb_configs,
    ..Removal::new(
        &LoadBalancer,
        Operation::new(
            "alb",
            "DeleteLoadBalancer",
            &[("LoadBalancerId", Source::Id)],
        ),
        listed(LISTING, "LoadBalancerIds.1", Source::Id),
    )
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Cell, ChargeKind, ChargeType, Quantity, ResourceId};
    use crate::resources::testing::{cell, only_resource};
    use serde_json::json;

    fn balancer(more: &Value) -> Resource {
        let mut raw = json!({
            "LoadBalancerId": "alb-1", "LoadBalancerName": "web", "LoadBalancerStatus": "Active",
            "LoadBalancerBussinessStatus": "Normal", "LoadBalancerEdition": "Basic",
            "LoadBalancerBillingConfig": {"PayType": "PostPay"}, "AddressType": "Internet",
            "CreateTime": "2026-01-15T03:00:00Z", "VpcId": "vpc-1", "ResourceGroupId": "rg-1",
            "DeletionProtectionConfig": {"Enabled": true}, "LoadBalancerOperationLocks": [],
            "Tags": [{"Key": "ack.aliyun.com", "Value": "c1"}],
            "ZoneMappings": [
                {"ZoneId": "cn-hangzhou-h", "VSwitchId": "vsw-1",
                 "LoadBalancerAddresses": [{"AllocationId": "eip-1", "EipType": "Common"}]},
                {"ZoneId": "cn-hangzhou-i", "VSwitchId": "vsw-2",
                 "LoadBalancerAddresses": [{"AllocationId": "eip-2", "EipType": "Common"}]},
            ],
        });
        for (key, value) in more.as_object().unwrap() {
            raw[key] = value.clone();
        }
        LoadBalancer.decode(&raw, &cell("cn-hangzhou")).unwrap()
    }

    fn eip(id: &str, cell: &Cell) -> Resource {
        Resource::new(ResourceId {
            account: cell.account.clone(),
            region: cell.region.clone(),
            type_id: TypeId::from_static("vpc.eip"),
            id: id.to_owned(),
        })
    }

    fn unknown(charges: &[Charge]) -> usize {
        charges
            .iter()
            .filter(|charge| matches!(charge.kind, ChargeKind::Unknown(_)))
            .count()
    }

    #[test]
    fn an_edition_costs_by_the_hour_and_its_addresses_are_charged_as_eips() {
        let balancer = balancer(&json!({}));
        assert_eq!(balancer.charge_type, ChargeType::PayAsYouGo);
        assert_eq!(
            balancer.attributes.boolean("deletion_protection"),
            Some(true)
        );
        let addresses = [
            eip("eip-1", &cell("cn-hangzhou")),
            eip("eip-2", &cell("cn-hangzhou")),
        ];
        let near = Neighbours::new(&addresses);
        let charges = LoadBalancer.charges(&balancer, &near);
        let [fee, units] = &charges[..] else {
            panic!("{charges:?}")
        };
        assert_eq!(fee.specification["load_balancer_edition"], "Basic");
        assert_eq!((units.item.as_str(), units.unit.as_str()), ("lcu", "LCU"));
        assert!(matches!(units.quantity, Quantity::Usage(_)));
    }

    #[test]
    fn addresses_that_are_not_seen_are_unknown() {
        let both = balancer(&json!({}));
        let seen = eip("eip-1", &cell("cn-hangzhou"));
        let one_seen = Neighbours::new([&both, &seen]);
        assert_eq!(unknown(&LoadBalancer.charges(&both, &one_seen)), 1);
        assert_eq!(
            unknown(&LoadBalancer.charges(&both, &only_resource(&both))),
            2
        );
        let without_detail = balancer(&json!({"ZoneMappings": null}));
        let charges = LoadBalancer.charges(&without_detail, &only_resource(&without_detail));
        assert_eq!(unknown(&charges), 1);
        let inside = balancer(&json!({"AddressType": "Intranet"}));
        assert_eq!(
            unknown(&LoadBalancer.charges(&inside, &only_resource(&inside))),
            0
        );
    }

    #[test]
    fn what_the_answer_leaves_out_is_unknown() {
        let bare = LoadBalancer
            .decode(&json!({"LoadBalancerId": "alb-1"}), &cell("r"))
            .unwrap();
        assert_eq!(bare.unreadable, ["charge_type", "edition", "address_type"]);
        assert_eq!(
            unknown(&LoadBalancer.charges(&bare, &only_resource(&bare))),
            2
        );
        let error = LoadBalancer
            .decode(&json!({"Tags": []}), &cell("r"))
            .unwrap_err();
        assert_eq!(error.path, "LoadBalancerId");
    }

    #[test]
    fn it_uses_its_network_and_its_addresses() {
        let links = LoadBalancer.links(&balancer(&json!({})));
        let ends: Vec<&str> = links.iter().map(|link| link.to.id.as_str()).collect();
        assert_eq!(ends, ["vpc-1", "vsw-1", "vsw-2", "eip-1", "eip-2"]);
    }
}
