//! `vpc.eip`: an elastic IP address.
//!
//! Billed per address for holding it (configuration fee) and for what it carries: by traffic, per GB sent; by bandwidth, per
//! Mbps and day at the highest value set on that day. The configuration fee is waived while the address is bound directly to
//! an ECS or ECI instance in a VPC, for accounts with up to 2,000 addresses; bound to a NAT gateway or load balancer, or idle,
//! it is charged. In a shared bandwidth package the package pays for what the address carries. A subscription pays for its
//! bandwidth only.
//!
//! <https://api.aliyun.com/document/Vpc/2016-04-28/DescribeEipAddresses>
//!
//! Traps: `Bandwidth` is a text. `ServiceManaged` is 0 or 1: an address that a load balancer made goes with it. What uses the
//! address goes first (deleting a NAT gateway or an instance unbinds it, and it stays, billed), so the links run from what
//! uses it to the address. Under CDT, traffic is billed to the account and not to the address.

use rust_decimal::Decimal;

use crate::model::{Charge, ChargeType, Link, LinkKind, Per, Quantity, Resource, Said, TypeId};
use crate::resources::removal::{
    Binding, On, Operation, Protection, Removal, Source, kept, listed, pace,
};
use crate::resources::teardown::{Kept, Refusal, Teardown};
use crate::resources::{
    Argument, Billing, Field, Fields, ListedPer, Listing, Neighbours, ResourceType, Risk, Spec,
    Tags, Title, field,
};

/// `vpc.eip`
pub struct Eip;

const LISTING: Listing = Listing {
    product: "vpc",
    action: "DescribeEipAddresses",
    arguments: &[("RegionId", Argument::Region)],
    items: "EipAddresses.EipAddress",
    id: "AllocationId",
};

/// Pays for what its addresses carry.
const PACKAGE: &str = "vpc.common_bandwidth_package";

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("vpc.eip"),
    title: Title {
        en: "Elastic IP address",
        zh: "弹性公网 IP",
    },
    listed_per: ListedPer::Region,
    listing: Some(LISTING),
    also_reads: &[],
    docs: "https://api.aliyun.com/document/Vpc/2016-04-28/DescribeEipAddresses",
    billing: Billing::Charged,
    risk: Risk::Service,
    fields: Fields {
        id: "AllocationId",
        name: "Name",
        status: "Status",
        zone: "",
        created: "AllocationTime",
        expires: "ExpiredTime",
        charge_type: "ChargeType",
        resource_group: "ResourceGroupId",
        tags: Tags::KEY,
        attributes: &[
            Field::text("description", "Description"),
            Field::text("ip_address", "IpAddress"),
            Field::text("instance_id", "InstanceId"),
            Field::text("instance_type", "InstanceType"),
            Field::text("instance_region_id", "InstanceRegionId"),
            Field::text("internet_charge_type", "InternetChargeType").money(),
            Field::integer("bandwidth_mbps", "Bandwidth").money(),
            Field::text("isp", "ISP").money(),
            Field::text("bandwidth_package_id", "BandwidthPackageId"),
            Field::text("bandwidth_package_type", "BandwidthPackageType"),
            Field::text("business_status", "BusinessStatus"),
            Field::boolean("service_managed", "ServiceManaged"),
            Field::text("service_id", "ServiceID"),
            Field::boolean("deletion_protection", "DeletionProtection"),
            Field::text("segment_instance_id", "SegmentInstanceId"),
            Field::text_list("lock_reasons", "OperationLocks.LockReason.LockReason"),
        ],
    },
    links: &[],
    unverified: &[
        "that the public addresses of an ALB or NLB are listed as EIPs bound to it (InstanceType SlbInstance), with ServiceManaged 1",
        "that an address in a shared bandwidth package still pays its configuration fee",
        "how InstanceType names an ECI instance: it is recognised by its id (eci-)",
    ],
};

impl ResourceType for Eip {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn also_links_to(&self) -> &'static [&'static str] {
        &[PACKAGE, "vpc.ha_vip"]
    }

    fn links(&self, resource: &Resource) -> Vec<Link> {
        let package = resource
            .text("bandwidth_package_id")
            .map(|id| field::link(resource, LinkKind::Uses, PACKAGE, id, "BandwidthPackageId"));
        // An address has to leave a moving private address before that can go.
        let below = resource
            .text("instance_id")
            .filter(|id| id.starts_with("havip-"))
            .map(|id| field::link(resource, LinkKind::Uses, "vpc.ha_vip", id, "InstanceId"));
        user(resource)
            .map(|(type_id, id)| {
                field::link_from(type_id, id, LinkKind::Uses, resource, "InstanceId")
            })
            .into_iter()
            .chain(below)
            .chain(package)
            .collect()
    }

    fn charges(&self, resource: &Resource, near: &Neighbours<'_>) -> Vec<Charge> {
        let charged_by = resource.text("internet_charge_type");
        let selected = |charge: Charge| {
            charge
                .with("internet_charge_type", charged_by)
                .with("isp", resource.text("isp"))
        };
        let bandwidth = Quantity::from_attribute(
            resource
                .attributes
                .decimal("bandwidth_mbps")
                .filter(|mbps| *mbps > Decimal::ZERO),
            "Bandwidth",
        );
        let bandwidth = Charge::billed("eip", "bandwidth", bandwidth, "Mbps", Per::Day);
        if resource.charge_type == ChargeType::Subscription {
            return vec![selected(bandwidth)];
        }
        let carried = match (resource.text("bandwidth_package_id"), charged_by) {
            (Some(package), _) => match near.get(resource, PACKAGE, package) {
                Some(_) => Charge::free(
                    "eip",
                    "traffic",
                    Said::made(
                        format!(
                            "the shared bandwidth package {package} is billed for what it carries"
                        ),
                        format!("流量由共享带宽 {package} 承载并计费"),
                    ),
                ),
                None => Charge::unknown(
                    "eip",
                    "traffic",
                    Said::made(
                        format!(
                            "the shared bandwidth package {package} is billed for what it carries, and is not in the inventory"
                        ),
                        format!("流量由共享带宽 {package} 承载并计费，而该共享带宽不在清单内"),
                    ),
                ),
            },
            (None, _) if resource.text("bandwidth_package_type").is_some() => Charge::unknown(
                "eip",
                "traffic",
                Said::new(
                    "it is in a shared bandwidth package that could not be read",
                    "已加入共享带宽，但没有读到是哪一个",
                ),
            ),
            (None, Some("PayByTraffic")) => selected(Charge::usage(
                "eip",
                "traffic",
                "GB",
                Said::new("data sent to the internet", "流向公网的数据量"),
            )),
            (None, Some("PayByBandwidth")) => selected(bandwidth),
            (None, _) => Charge::unknown(
                "eip",
                "traffic",
                Said::new(
                    "it is not known whether traffic or bandwidth is billed",
                    "不知道按流量还是按带宽计费",
                ),
            ),
        };
        vec![configuration_fee(resource, near, selected), carried]
    }

    fn teardown(&self) -> Option<&dyn Teardown> {
        Some(&REMOVAL)
    }
}

/// The fee for holding the address, or its waiver.
fn configuration_fee(
    resource: &Resource,
    near: &Neighbours<'_>,
    selected: impl Fn(Charge) -> Charge,
) -> Charge {
    let fee = || selected(Charge::hourly("eip", "config_fee", "address"));
    let reason = Said::new(
        "bound to an instance in a VPC, the configuration fee is waived",
        "已绑定专有网络内的实例，免收配置费",
    );
    match user(resource) {
        Some(("ecs.instance", id)) => match near.get(resource, "ecs.instance", id) {
            Some(instance) if instance.text("vpc_id").is_some() => {
                Charge::free("eip", "config_fee", reason).assuming(WAIVER_LIMIT)
            }
            // An instance of the classic network has no VPC; the waiver is for VPCs.
            Some(instance) if instance.text("network_type") == Some("classic") => fee(),
            Some(_) => Charge::unknown("eip", "config_fee", UNPROVEN_WAIVER),
            None => Charge::unknown("eip", "config_fee", UNPROVEN_WAIVER),
        },
        Some(("eci.container_group", _)) => {
            Charge::free("eip", "config_fee", reason).assuming(WAIVER_LIMIT)
        }
        None if is_bound_to_something_unreadable(resource) => {
            let reason = Said::new(
                "what it is bound to could not be read, and that decides the waiver",
                "没有读到它绑定在什么资源上，而这决定配置费是否免收",
            );
            Charge::unknown("eip", "config_fee", reason)
        }
        _ => fee(),
    }
}

const UNPROVEN_WAIVER: Said = Said::new(
    "the fee is waived on an instance in a VPC, and whether its instance is in one was not seen",
    "绑定专有网络内的实例时免收配置费，但没有看到它绑定的实例是否在专有网络内",
);

const WAIVER_LIMIT: Said = Said::new(
    "the waiver holds for accounts with up to 2,000 elastic IP addresses",
    "仅弹性公网 IP 不超过 2,000 个的账号免收配置费",
);

/// Whether it is bound, and to what is not said: that decides the waiver.
fn is_bound_to_something_unreadable(resource: &Resource) -> bool {
    match (resource.text("instance_id"), resource.text("instance_type")) {
        (None, Some(_)) | (Some(_), None) => true,
        (Some(_), Some(_)) => false,
        (None, None) => resource.status.as_deref() == Some("InUse"),
    }
}

/// What uses the address.
fn user(resource: &Resource) -> Option<(&'static str, &str)> {
    let id = resource.text("instance_id")?;
    // CLB, ALB and NLB share the instance type; ids tell them apart, and all but the oldest CLBs have a prefix.
    let by_id = [
        ("alb-", "alb.load_balancer"),
        ("nlb-", "nlb.load_balancer"),
        ("lb-", "slb.load_balancer"),
        ("ngw-", "vpc.nat_gateway"),
        ("eni-", "ecs.network_interface"),
        ("eci-", "eci.container_group"),
        ("i-", "ecs.instance"),
    ]
    .into_iter()
    .find(|(prefix, _)| id.starts_with(prefix))
    .map(|(_, type_id)| type_id);
    let type_id = by_id.or(match resource.text("instance_type")? {
        "EcsInstance" => Some("ecs.instance"),
        "SlbInstance" => Some("slb.load_balancer"),
        "Nat" => Some("vpc.nat_gateway"),
        "NetworkInterface" => Some("ecs.network_interface"),
        _ => None,
    })?;
    Some((type_id, id))
}

/// What an internet-facing ALB or NLB pays for its public addresses, as far as they are not among the EIPs of the inventory:
/// those carry their own charges, and what is not seen is unknown.
pub(in crate::resources) fn unseen_addresses(
    resource: &Resource,
    near: &Neighbours<'_>,
) -> Vec<Charge> {
    let unknown = |reason: Said| Charge::unknown("eip", "config_fee", reason);
    match resource.text("address_type") {
        Some("Intranet") => Vec::new(),
        None => vec![unknown(Said::new(
            "it is not known whether it has public addresses",
            "不知道它是否有公网 IP",
        ))],
        Some(_) => match resource.attributes.text_list("eip_ids").unwrap_or_default() {
            [] => vec![unknown(Said::new(
                "its public addresses could not be read",
                "没有读到它的公网 IP",
            ))],
            ids => ids
                .iter()
                .filter(|id| near.get(resource, "vpc.eip", id).is_none())
                .map(|id| {
                    unknown(Said::made(
                        format!("its public address {id} is not in the inventory"),
                        format!("它的公网 IP {id} 不在清单内"),
                    ))
                })
                .collect(),
        },
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
                ("Type", Source::Text("EIP")),
                ("ProtectionEnable", Source::Text("false")),
            ],
        ),
        back: Some(Operation::new(
            "vpc",
            "DeletionProtection",
            &[
                ("RegionId", Source::Region),
                ("InstanceId", Source::Id),
                ("Type", Source::Text("EIP")),
                ("ProtectionEnable", Source::Text("true")),
            ],
        )),
    }],
    binding: Some(Binding {
        attribute: "instance_id",
        may_be_loosened: |address| !is_of_load_balancer(address),
        loosen: Operation::new(
            "vpc",
            "UnassociateEipAddress",
            &[
                ("RegionId", Source::Region),
                ("AllocationId", Source::Id),
                ("InstanceId", Source::Attribute("instance_id")),
                ("InstanceType", Source::Attribute("instance_type")),
            ],
        ),
        back: Some(Operation::new(
            "vpc",
            "AssociateEipAddress",
            &[
                ("RegionId", Source::Region),
                ("AllocationId", Source::Id),
                ("InstanceId", Source::Attribute("instance_id")),
                ("InstanceType", Source::Attribute("instance_type")),
            ],
        )),
    }),
    gone: &["InvalidAllocationId.NotFound"],
    pace: pace(5, 900),
    loses: Some(Title {
        en: "the address itself, which cannot be had again",
        zh: "该公网 IP 地址，释放后无法再次获得",
    }),
    needs: &["service_managed"],
    refuse: keeps,
    // What an ALB or NLB allocated is theirs to give up; what a user gave them is only unbound.
    goes_along: |address, _| {
        is_of_load_balancer(address) && address.attributes.boolean("service_managed") == Some(true)
    },
    ..Removal::new(
        &Eip,
        Operation::new(
            "vpc",
            "ReleaseEipAddress",
            &[("RegionId", Source::Region), ("AllocationId", Source::Id)],
        ),
        listed(LISTING, "AllocationId", Source::Id),
    )
};

fn keeps(address: &Resource, _near: &Neighbours<'_>) -> Option<Refusal> {
    let package = address.text("bandwidth_package_id")?;
    let because = format!("BandwidthPackageId={package}");
    Some(kept(Kept::UnlessNamed, "shared", because))
}

/// Whether it is bound to an ALB or NLB.
fn is_of_load_balancer(address: &Resource) -> bool {
    matches!(
        user(address),
        Some(("alb.load_balancer" | "nlb.load_balancer", _))
    )
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::model::ChargeKind;
    use crate::resources::testing::{cell, only_resource};

    fn address(more: &Value) -> Resource {
        let mut raw = json!({
            "AllocationId": "eip-1", "Name": "out", "IpAddress": "203.0.113.10", "Status": "Available",
            "InstanceId": "", "InstanceType": "", "ChargeType": "PostPaid", "InternetChargeType": "PayByTraffic",
            "Bandwidth": "5", "BandwidthPackageId": "", "ISP": "BGP", "AllocationTime": "2026-01-15T02:02:30Z",
            "ExpiredTime": "", "ServiceManaged": 0, "OperationLocks": {"LockReason": []},
            "Tags": {"Tag": [{"Key": "team", "Value": "blue"}]},
        });
        for (key, value) in more.as_object().unwrap() {
            raw[key] = value.clone();
        }
        Eip.decode(&raw, &cell("cn-hangzhou")).unwrap()
    }

    fn bound(instance_type: &str, id: &str) -> Resource {
        address(&json!({"Status": "InUse", "InstanceType": instance_type, "InstanceId": id}))
    }

    /// An instance as the scan would give it.
    fn instance(vpc: Option<&str>) -> Resource {
        let mut instance = address(&json!({"AllocationId": "i-1"}));
        instance.id.type_id = TypeId::from_static("ecs.instance");
        if let Some(vpc) = vpc {
            instance.attributes.set_text("vpc_id", vpc);
        }
        instance
    }

    fn is_free(charge: &Charge) -> bool {
        matches!(charge.kind, ChargeKind::Free(_))
    }

    #[test]
    fn decoded_values_have_the_types_that_they_stand_for() {
        let eip = address(&json!({"ServiceManaged": 1}));
        assert_eq!(eip.attributes.integer("bandwidth_mbps"), Some(5));
        assert_eq!(eip.attributes.boolean("service_managed"), Some(true));
        assert_eq!(eip.text("instance_id"), None);
        assert_eq!(eip.tag("team"), Some("blue"));
        assert_eq!(eip.expires, None);
        assert!(eip.unreadable.is_empty());
    }

    #[test]
    fn the_configuration_fee_is_waived_only_on_an_instance_in_a_vpc() {
        let in_vpc = instance(Some("vpc-1"));
        let mut classic = instance(None);
        classic.attributes.set_text("network_type", "classic");
        for (eip, neighbour, waived) in [
            (bound("EcsInstance", "i-1"), Some(&in_vpc), true),
            (bound("EcsInstance", "i-1"), Some(&classic), false),
            (bound("ContainerGroup", "eci-1"), None, true),
            (bound("Nat", "ngw-1"), None, false),
            (bound("SlbInstance", "lb-1"), None, false),
            (bound("SlbInstance", "alb-1"), None, false),
            (bound("NetworkInterface", "eni-1"), None, false),
            (bound("HaVip", "havip-1"), None, false),
            (address(&json!({"Status": "Available"})), None, false),
        ] {
            let near = Neighbours::new(std::iter::once(&eip).chain(neighbour));
            let charges = Eip.charges(&eip, &near);
            assert_eq!(
                is_free(&charges[0]),
                waived,
                "{:?}",
                eip.text("instance_id")
            );
            assert_eq!(charges[0].item, "config_fee");
        }
    }

    #[test]
    fn bound_to_something_that_cannot_be_read_the_fee_is_unknown() {
        for more in [
            json!({"Status": "InUse", "InstanceId": null}),
            json!({"Status": "Available", "InstanceType": "EcsInstance"}),
            json!({"Status": "InUse", "InstanceId": "moon-1"}),
        ] {
            let eip = address(&more);
            let charges = Eip.charges(&eip, &only_resource(&eip));
            assert!(matches!(charges[0].kind, ChargeKind::Unknown(_)), "{more}");
        }
        let packed = address(&json!({"BandwidthPackageType": "CommonBandwidthPackage"}));
        let charges = Eip.charges(&packed, &only_resource(&packed));
        assert!(matches!(charges[1].kind, ChargeKind::Unknown(_)));
    }

    #[test]
    fn there_is_no_waiver_without_proof() {
        let eip = bound("EcsInstance", "i-1");
        let charges = Eip.charges(&eip, &only_resource(&eip));
        assert!(matches!(charges[0].kind, ChargeKind::Unknown(_)));
        let unclear = instance(None);
        let charges = Eip.charges(&eip, &Neighbours::new([&eip, &unclear]));
        assert!(matches!(charges[0].kind, ChargeKind::Unknown(_)));
    }

    #[test]
    fn what_an_unseen_package_carries_is_not_free() {
        let eip = address(&json!({"BandwidthPackageId": "cbwp-1"}));
        let charges = Eip.charges(&eip, &only_resource(&eip));
        assert!(matches!(charges[1].kind, ChargeKind::Unknown(_)));
    }

    #[test]
    fn what_is_carried_is_billed_by_traffic_by_bandwidth_or_to_the_package() {
        let charge = |more: Value| {
            let eip = address(&more);
            Eip.charges(&eip, &only_resource(&eip)).pop().unwrap()
        };
        let traffic = charge(json!({}));
        assert_eq!(
            (traffic.item.as_str(), traffic.unit.as_str()),
            ("traffic", "GB")
        );
        assert!(matches!(traffic.quantity, Quantity::Usage(_)));
        let bandwidth = charge(json!({"InternetChargeType": "PayByBandwidth"}));
        assert_eq!(bandwidth.item, "bandwidth");
        assert_eq!(bandwidth.quantity, Quantity::Known(Decimal::from(5)));
        assert_eq!(bandwidth.specification["isp"], "BGP");
        let mut package = address(&json!({"AllocationId": "cbwp-1"}));
        package.id.type_id = TypeId::from_static(PACKAGE);
        for charged_by in ["PayByTraffic", "PayByBandwidth"] {
            let shared =
                address(&json!({"BandwidthPackageId": "cbwp-1", "InternetChargeType": charged_by}));
            let charges = Eip.charges(&shared, &Neighbours::new([&shared, &package]));
            assert!(is_free(&charges[1]), "{charged_by}");
        }
        let odd = charge(json!({"InternetChargeType": "PayByMoon"}));
        assert!(matches!(odd.kind, ChargeKind::Unknown(_)));
    }

    #[test]
    fn a_subscription_pays_for_bandwidth_only() {
        let eip = address(&json!({
            "ChargeType": "PrePaid", "InternetChargeType": "PayByBandwidth", "ExpiredTime": "2027-01-15T16:00Z",
        }));
        assert!(eip.expires.is_some());
        let charges = Eip.charges(&eip, &only_resource(&eip));
        assert_eq!((charges.len(), charges[0].item.as_str()), (1, "bandwidth"));
    }

    #[test]
    fn what_the_answer_leaves_out_is_unknown() {
        let bare = Eip
            .decode(&json!({"AllocationId": "eip-1"}), &cell("r"))
            .unwrap();
        assert_eq!(
            bare.unreadable,
            [
                "charge_type",
                "internet_charge_type",
                "bandwidth_mbps",
                "isp"
            ]
        );
        for charge in Eip.charges(&bare, &only_resource(&bare)) {
            assert!(matches!(charge.kind, ChargeKind::Unknown(_)), "{charge:?}");
        }
        let no_size = address(&json!({"InternetChargeType": "PayByBandwidth", "Bandwidth": ""}));
        let charges = Eip.charges(&no_size, &only_resource(&no_size));
        assert!(matches!(charges[1].quantity, Quantity::Unreadable(_)));
        let error = Eip
            .decode(&json!({"IpAddress": "203.0.113.1"}), &cell("r"))
            .unwrap_err();
        assert_eq!(error.path, "AllocationId");
    }

    #[test]
    fn what_uses_an_address_goes_before_it() {
        for (instance_type, id, expected) in [
            ("EcsInstance", "i-1", Some("ecs.instance")),
            ("Nat", "ngw-1", Some("vpc.nat_gateway")),
            ("SlbInstance", "lb-1", Some("slb.load_balancer")),
            ("SlbInstance", "15a-cn-hangzhou", Some("slb.load_balancer")),
            ("SlbInstance", "alb-1", Some("alb.load_balancer")),
            ("SlbInstance", "nlb-1", Some("nlb.load_balancer")),
            ("NetworkInterface", "eni-1", Some("ecs.network_interface")),
            ("Elsewhere", "x-1", None),
        ] {
            let eip = bound(instance_type, id);
            let links = Eip.links(&eip);
            let from = links
                .first()
                .map(|link| (link.from.type_id.as_str(), link.from.id.as_str()));
            assert_eq!(from, expected.map(|expected| (expected, id)));
            assert!(
                links
                    .iter()
                    .all(|link| link.to == eip.id && link.kind == LinkKind::Uses)
            );
        }
    }

    #[test]
    fn an_address_leaves_a_moving_private_address_first() {
        let eip = bound("HaVip", "havip-1");
        let links = Eip.links(&eip);
        assert_eq!(links.len(), 1);
        assert_eq!(
            (&links[0].from, links[0].to.type_id.as_str()),
            (&eip.id, "vpc.ha_vip")
        );
    }

    #[test]
    fn an_address_leaves_its_bandwidth_package_first() {
        let eip = address(&json!({"BandwidthPackageId": "cbwp-1"}));
        let links = Eip.links(&eip);
        assert_eq!(links.len(), 1);
        assert_eq!(
            (&links[0].from, links[0].to.id.as_str()),
            (&eip.id, "cbwp-1")
        );
    }
}
