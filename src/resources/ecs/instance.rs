//! `ecs.instance`: an ECS instance.
//!
//! Billed by the hour for its type (vCPUs, memory, local disks) while it exists. Disks, EIPs and snapshots are resources
//! of their own. A spot instance pays the market price of its zone for the type, and the usual price for everything else;
//! its price limit is a bound, never what it costs. A subscription is paid ahead: no hourly price stands for it. Stopped
//! with `StopCharging` ("economical mode") the type, and a fixed public address with its bandwidth, cost nothing.
//! A public address of its own (not an EIP) has no holding fee, but its traffic or bandwidth is billed here:
//! <https://www.alibabacloud.com/help/en/ecs/user-guide/economical-mode>
//! <https://www.alibabacloud.com/help/en/ecs/public-bandwidth>
//!
//! Traps: stopped from within, or where the mode is not supported, an instance is billed as if it ran: only the
//! `StoppedMode` that is read back counts. Pay-as-you-go instances have an `ExpiredTime` in 2099. User data is neither in
//! this answer nor asked for.

use rust_decimal::Decimal;
use serde_json::Value;

use crate::model::{
    Cell, Charge, ChargeType, Link, LinkKind, Per, Quantity, Resource, Said, TypeId,
};
use crate::resources::ack;
use crate::resources::removal::{On, Operation, Protection, Removal, Source, listed, pace};
use crate::resources::teardown::Teardown;
use crate::resources::{
    Argument, Billing, DecodeError, Field, Fields, LinkRule, ListedPer, Listing, Neighbours,
    ResourceType, Risk, Spec, Tags, Title, decode, field,
};

/// `ecs.instance`
pub struct Instance;

/// Set by Auto Scaling on the instances of a group; keys that begin with `acs:` cannot be set by users.
const SCALING_GROUP_TAG: &str = "acs:autoscaling:scalingGroupId";

const LISTING: Listing = Listing {
    product: "ecs",
    action: "DescribeInstances",
    arguments: &[("RegionId", Argument::Region)],
    items: "Instances.Instance",
    id: "InstanceId",
};

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("ecs.instance"),
    title: Title {
        en: "ECS instance",
        zh: "ECS 实例",
    },
    listed_per: ListedPer::Region,
    listing: Some(LISTING),
    also_reads: &[],
    docs: "https://www.alibabacloud.com/help/en/ecs/developer-reference/api-ecs-2014-05-26-describeinstances",
    billing: Billing::Charged,
    risk: Risk::Data,
    fields: Fields {
        id: "InstanceId",
        name: "InstanceName",
        status: "Status",
        zone: "ZoneId",
        created: "CreationTime",
        expires: "ExpiredTime",
        charge_type: "InstanceChargeType",
        resource_group: "ResourceGroupId",
        tags: Tags::TAG_KEY,
        attributes: &[
            Field::text("instance_type", "InstanceType").money(),
            Field::text("instance_type_family", "InstanceTypeFamily"),
            Field::integer("cpu_cores", "Cpu"),
            Field::integer("memory_mib", "Memory"),
            Field::integer("gpu_count", "GPUAmount"),
            Field::text("os_type", "OSType").money(),
            Field::text("os_name", "OSName"),
            Field::text("image_id", "ImageId"),
            Field::text("spot_strategy", "SpotStrategy").money(),
            Field::decimal("spot_price_limit_per_hour", "SpotPriceLimit"),
            Field::integer("spot_duration_hours", "SpotDuration"),
            Field::text("spot_interruption_behavior", "SpotInterruptionBehavior"),
            Field::text("stopped_mode", "StoppedMode"),
            Field::text_list("operation_locks", "OperationLocks.LockReason.LockReason"),
            Field::boolean("recyclable", "Recyclable"),
            Field::boolean("deletion_protection", "DeletionProtection"),
            Field::text("credit_specification", "CreditSpecification"),
            Field::text(
                "dedicated_host_id",
                "DedicatedHostAttribute.DedicatedHostId",
            ),
            Field::time("started", "StartTime"),
            Field::time("auto_release_at", "AutoReleaseTime"),
            Field::text("network_type", "InstanceNetworkType"),
            Field::text("vpc_id", "VpcAttributes.VpcId"),
            Field::text("vswitch_id", "VpcAttributes.VSwitchId"),
            Field::text_list("private_ips", "VpcAttributes.PrivateIpAddress.IpAddress"),
            Field::text_list("public_ips", "PublicIpAddress.IpAddress").money(),
            Field::text("eip_id", "EipAddress.AllocationId"),
            Field::text("internet_charge_type", "InternetChargeType"),
            Field::integer("internet_bandwidth_mbps", "InternetMaxBandwidthOut").money(),
            Field::text_list("security_group_ids", "SecurityGroupIds.SecurityGroupId"),
            Field::text("key_pair_name", "KeyPairName"),
            Field::text_list(
                "network_interface_ids",
                "NetworkInterfaces.NetworkInterface.NetworkInterfaceId",
            ),
        ],
    },
    links: &[
        LinkRule::uses("vpc.vpc", "vpc_id", "VpcAttributes.VpcId"),
        LinkRule::uses("vpc.vswitch", "vswitch_id", "VpcAttributes.VSwitchId"),
        LinkRule::uses(
            "ecs.security_group",
            "security_group_ids",
            "SecurityGroupIds.SecurityGroupId",
        ),
        LinkRule::made_from("ecs.image", "image_id", "ImageId"),
        LinkRule::uses("ecs.key_pair", "key_pair_name", "KeyPairName"),
        LinkRule::uses(
            "ecs.dedicated_host",
            "dedicated_host_id",
            "DedicatedHostAttribute.DedicatedHostId",
        ),
    ],
    unverified: &[
        "that an instance on a dedicated host is not billed beside its host; its price stays unknown",
        "whether a Windows or other paid operating system is billed inside the type's price; only Linux is priced",
    ],
};

impl ResourceType for Instance {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn decode(&self, raw: &Value, cell: &Cell) -> Result<Resource, DecodeError> {
        let mut instance = decode::decode(&SPEC, raw, cell)?;
        if instance.charge_type == ChargeType::PayAsYouGo {
            // Both kinds are `PostPaid`. Which one it is must be said: the prices differ by an order of magnitude.
            instance.charge_type = match instance.text("spot_strategy") {
                Some("NoSpot") => ChargeType::PayAsYouGo,
                Some("SpotAsPriceGo" | "SpotWithPriceLimit") => ChargeType::Spot,
                _ => ChargeType::Unknown,
            };
        }
        Ok(instance)
    }

    fn links(&self, resource: &Resource) -> Vec<Link> {
        let mut links = field::links(SPEC.links, resource);
        if let Some(group) = resource.tag(SCALING_GROUP_TAG).filter(|id| !id.is_empty()) {
            // While the group exists it replaces what is deleted: it goes first.
            links.push(field::link_from(
                "ess.scaling_group",
                group,
                LinkKind::Manages,
                resource,
                &format!("tag {SCALING_GROUP_TAG}"),
            ));
        }
        links
    }

    fn charges(&self, resource: &Resource, _near: &Neighbours<'_>) -> Vec<Charge> {
        let mut charges = vec![instance_fee(resource)];
        charges.extend(internet(resource));
        charges
    }

    fn teardown(&self) -> Option<&dyn Teardown> {
        Some(&REMOVAL)
    }
}

/// Whether the type and a public address of its own are billed at present.
#[derive(Clone, PartialEq, Eq)]
enum Charging {
    Yes,
    No,
    Unknown(Said),
}

fn charging(instance: &Resource) -> Charging {
    // What is paid ahead stays paid.
    if instance.charge_type == ChargeType::Subscription {
        return Charging::Yes;
    }
    match (instance.status.as_deref(), instance.text("stopped_mode")) {
        (Some("Stopped"), Some("StopCharging")) => Charging::No,
        (Some("Stopped"), Some("KeepCharging" | "Not-applicable")) => Charging::Yes,
        (Some("Stopped"), _) => Charging::Unknown(Said::new(
            "it is stopped, and the answer does not say whether in economical mode (`StoppedMode`)",
            "实例已停止，但返回结果没有说明是否为节省停机模式（`StoppedMode`）",
        )),
        (Some(_), _) => Charging::Yes,
        (None, _) => Charging::Unknown(Said::not_in_answer("Status")),
    }
}

fn instance_fee(instance: &Resource) -> Charge {
    const ITEM: (&str, &str) = ("ecs", "instance");
    match charging(instance) {
        Charging::No => {
            let reason = Said::new(
                "stopped in economical mode (StopCharging); disks, EIPs and snapshots are billed on",
                "节省停机模式（StopCharging）；云盘、弹性公网 IP 和快照继续计费",
            );
            return Charge::free(ITEM.0, ITEM.1, reason);
        }
        Charging::Unknown(reason) => return Charge::unknown(ITEM.0, ITEM.1, reason),
        Charging::Yes => {}
    }
    if let Some(host) = instance.text("dedicated_host_id") {
        let reason = Said::made(
            format!("it runs on dedicated host {host}, which is billed"),
            format!("运行在专有宿主机 {host} 上，由宿主机计费"),
        );
        return Charge::unknown(ITEM.0, ITEM.1, reason);
    }
    let fee = Charge::hourly(ITEM.0, ITEM.1, "instance")
        .with("instance_type", instance.text("instance_type"))
        .with("os", instance.text("os_type"));
    if instance.text("credit_specification") == Some("Unlimited") {
        return fee.assuming(Said::new(
            "CPU credits used beyond the earned ones (unlimited mode) are billed on top and not counted",
            "无性能约束模式下，超出所得的 CPU 积分另行计费，没有计入",
        ));
    }
    fee
}

/// The public address of its own. An EIP is a resource of its own and not looked at.
fn internet(instance: &Resource) -> Option<Charge> {
    let bandwidth = instance.attributes.integer("internet_bandwidth_mbps");
    // Without outbound bandwidth nothing is sent, and nothing billed.
    if bandwidth == Some(0) {
        return None;
    }
    let unknown = |reason: Said| Some(Charge::unknown("ecs", "bandwidth", reason));
    match instance.attributes.text_list("public_ips") {
        Some([]) => return None,
        Some(_) => {}
        None => {
            return unknown(Said::new(
                "the answer does not say whether it has a public address of its own",
                "返回结果没有说明它是否有自己的公网 IP",
            ));
        }
    }
    match charging(instance) {
        Charging::No => {
            let reason = Said::new(
                "stopped in economical mode (StopCharging): its public address is given up",
                "节省停机模式（StopCharging）：固定公网 IP 已被回收",
            );
            return Some(Charge::free("ecs", "bandwidth", reason));
        }
        Charging::Unknown(reason) => return unknown(reason),
        Charging::Yes => {}
    }
    let charge_type = instance.text("internet_charge_type");
    match charge_type {
        Some("PayByTraffic") => Some(
            Charge::usage(
                "ecs",
                "traffic",
                "GB",
                Said::new("outbound internet traffic", "公网出方向流量"),
            )
            .with("internet_charge_type", charge_type),
        ),
        Some("PayByBandwidth") => {
            let bandwidth = bandwidth.map(Decimal::from);
            let bandwidth = Quantity::from_attribute(bandwidth, "InternetMaxBandwidthOut");
            Some(
                Charge::billed("ecs", "bandwidth", bandwidth, "Mbps", Per::Hour)
                    .with("internet_charge_type", charge_type),
            )
        }
        _ => unknown(Said::new(
            "the answer does not say whether traffic or bandwidth is billed",
            "返回结果没有说明按流量还是按带宽计费",
        )),
    }
}

static REMOVAL: Removal = Removal {
    rests_on: &["ack.cluster", "k8s.node"],
    protections: &[Protection {
        attribute: "deletion_protection",
        field: "DeletionProtection",
        on: On::True,
        off: Operation::new(
            "ecs",
            "ModifyInstanceAttribute",
            &[
                ("InstanceId", Source::Id),
                ("DeletionProtection", Source::Text("false")),
            ],
        ),
        back: Some(Operation::new(
            "ecs",
            "ModifyInstanceAttribute",
            &[
                ("InstanceId", Source::Id),
                ("DeletionProtection", Source::Text("true")),
            ],
        )),
    }],
    gone: &[
        "InvalidInstanceId.NotFound",
        "InvalidInstanceIds.NotFound",
        "Forbidden.InstanceNotFound",
    ],
    pace: pace(10, 1200),
    loses: Some(Title {
        en: "its system disk, its local disks and the disks that go with it",
        zh: "系统盘、本地盘以及随实例释放的数据盘",
    }),
    // A master of a dedicated cluster goes only with the cluster.
    goes_along: ack::is_dedicated_master,
    // The plural: of the two only it takes a ClientToken. Force stops a running one, and without it only a stopped one is released
    // (`alibabacloud_ecs20140526` 7.11.8): a node that ACK left behind runs. Only an instance that was named or that ACK made
    // gets this call. A subscription is never ended.
    ..Removal::new(
        &Instance,
        Operation::new(
            "ecs",
            "DeleteInstances",
            &[
                ("RegionId", Source::Region),
                ("InstanceId.1", Source::Id),
                ("Force", Source::Text("true")),
            ],
        ),
        listed(LISTING, "InstanceIds", Source::IdInJson),
    )
};

#[cfg(test)]
#[path = "instance_tests.rs"]
mod tests;
