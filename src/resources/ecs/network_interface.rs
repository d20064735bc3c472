//! `ecs.network_interface`: an elastic network interface (ENI).
//!
//! Not billed, but it holds addresses of its vSwitch and blocks the deletion of vSwitch and security groups.
//!
//! Traps: a primary interface lives and dies with its instance, a secondary one only with `DeleteOnRelease`. Interfaces
//! with `ServiceManaged` belong to a cloud service (load balancer, NAT gateway, endpoint) and are never ours to delete.
//! `Available` is "not attached", also for a few minutes while a controller attaches it.

use crate::model::{Link, LinkKind, Resource, TypeId};
use crate::resources::removal::{Binding, Operation, Removal, Source, listed, pace};
use crate::resources::teardown::Teardown;
use crate::resources::{
    Argument, Billing, Field, Fields, LinkRule, ListedPer, Listing, ResourceType, Risk, Spec, Tags,
    Title, field,
};

/// `ecs.network_interface`
pub struct NetworkInterface;

const LISTING: Listing = Listing {
    product: "ecs",
    action: "DescribeNetworkInterfaces",
    arguments: &[("RegionId", Argument::Region)],
    items: "NetworkInterfaceSets.NetworkInterfaceSet",
    id: "NetworkInterfaceId",
};

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("ecs.network_interface"),
    title: Title {
        en: "Elastic network interface",
        zh: "弹性网卡",
    },
    listed_per: ListedPer::Region,
    listing: Some(LISTING),
    also_reads: &[],
    docs: "https://www.alibabacloud.com/help/en/ecs/developer-reference/api-ecs-2014-05-26-describenetworkinterfaces",
    billing: Billing::Free,
    risk: Risk::Service,
    fields: Fields {
        id: "NetworkInterfaceId",
        name: "NetworkInterfaceName",
        status: "Status",
        zone: "ZoneId",
        created: "CreationTime",
        resource_group: "ResourceGroupId",
        tags: Tags::TAG_KEY,
        attributes: &[
            Field::text("description", "Description"),
            Field::text("interface_type", "Type"),
            Field::text("instance_id", "InstanceId"),
            Field::text("attached_instance_id", "Attachment.InstanceId"),
            Field::text("trunk_interface_id", "Attachment.TrunkNetworkInterfaceId"),
            Field::text("vpc_id", "VpcId"),
            Field::text("vswitch_id", "VSwitchId"),
            Field::text("private_ip", "PrivateIpAddress"),
            Field::text("public_ip", "AssociatedPublicIp.PublicIpAddress"),
            Field::text("eip_id", "AssociatedPublicIp.AllocationId"),
            Field::text_list("security_group_ids", "SecurityGroupIds.SecurityGroupId"),
            Field::boolean("delete_on_release", "DeleteOnRelease"),
            Field::boolean("service_managed", "ServiceManaged"),
            Field::text("service_id", "ServiceID"),
        ],
        ..Fields::NONE
    },
    links: &[
        LinkRule::uses("vpc.vpc", "vpc_id", "VpcId"),
        LinkRule::uses("vpc.vswitch", "vswitch_id", "VSwitchId"),
        LinkRule::uses(
            "ecs.security_group",
            "security_group_ids",
            "SecurityGroupIds.SecurityGroupId",
        ),
        // A member interface of a trunk is detached before the trunk goes.
        LinkRule::uses(
            "ecs.network_interface",
            "trunk_interface_id",
            "Attachment.TrunkNetworkInterfaceId",
        ),
    ],
    unverified: &["that a member interface has to leave before its trunk interface"],
};

impl ResourceType for NetworkInterface {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn links(&self, resource: &Resource) -> Vec<Link> {
        let mut links = field::links(SPEC.links, resource);
        let attached = resource.text("attached_instance_id");
        // Interfaces that a cloud service attaches may name things that are no instances.
        let instance = attached
            .or_else(|| resource.text("instance_id"))
            .filter(|id| id.starts_with("i-"));
        if let Some(instance) = instance {
            let goes_along = resource.text("interface_type") == Some("Primary")
                || resource.attributes.boolean("delete_on_release") == Some(true);
            let kind = if goes_along {
                LinkKind::Manages
            } else {
                LinkKind::Uses
            };
            let via = if attached.is_some() {
                "Attachment.InstanceId"
            } else {
                "InstanceId"
            };
            links.push(field::link_from(
                "ecs.instance",
                instance,
                kind,
                resource,
                via,
            ));
        }
        links
    }

    fn teardown(&self) -> Option<&dyn Teardown> {
        Some(&REMOVAL)
    }
}

static REMOVAL: Removal = Removal {
    binding: Some(Binding {
        attribute: "instance_id",
        // Interfaces that a cloud service attaches may name things that are no instances.
        may_be_loosened: |interface| {
            interface
                .text("instance_id")
                .is_some_and(|id| id.starts_with("i-"))
        },
        loosen: Operation::new(
            "ecs",
            "DetachNetworkInterface",
            &[
                ("RegionId", Source::Region),
                ("NetworkInterfaceId", Source::Id),
                ("InstanceId", Source::Attribute("instance_id")),
                (
                    "TrunkNetworkInstanceId",
                    Source::IfKnown("trunk_interface_id"),
                ),
            ],
        ),
        back: None,
    }),
    gone: &["InvalidEniId.NotFound"],
    pace: pace(5, 600),
    needs: &["interface_type", "service_managed"],
    // A primary interface lives and dies with its instance.
    goes_along: |interface, _| interface.text("interface_type") == Some("Primary"),
    ..Removal::new(
        &NetworkInterface,
        Operation::new(
            "ecs",
            "DeleteNetworkInterface",
            &[
                ("RegionId", Source::Region),
                ("NetworkInterfaceId", Source::Id),
            ],
        ),
        listed(LISTING, "NetworkInterfaceId.1", Source::Id),
    )
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ChargeType;
    use crate::resources::testing::{cell, only_resource};
    use serde_json::{Value, json};

    fn interface(changes: &Value) -> Resource {
        let mut raw = json!({
            "NetworkInterfaceId": "eni-1", "Description": "interface create by terway", "Type": "Secondary",
            "Status": "InUse", "InstanceId": "i-1", "VpcId": "vpc-1", "VSwitchId": "vsw-1", "ZoneId": "cn-hangzhou-h",
            "PrivateIpAddress": "192.168.0.12", "SecurityGroupIds": {"SecurityGroupId": ["sg-1"]},
            "ServiceManaged": false, "DeleteOnRelease": true, "CreationTime": "2026-01-15T02:12:00Z",
            "AssociatedPublicIp": {}, "Tags": {"Tag": [{"TagKey": "creator", "TagValue": "terway"}]},
        });
        for (key, value) in changes.as_object().unwrap() {
            raw[key] = value.clone();
        }
        NetworkInterface.decode(&raw, &cell("cn-hangzhou")).unwrap()
    }

    fn edges(resource: &Resource) -> Vec<String> {
        let show = |link: &Link| format!("{} {} {}", link.from.id, link.kind.as_str(), link.to.id);
        NetworkInterface.links(resource).iter().map(show).collect()
    }

    #[test]
    fn what_goes_with_its_instance_is_managed_by_it() {
        for (changes, expected) in [
            (json!({}), "i-1 manages eni-1"),
            (json!({"DeleteOnRelease": false}), "i-1 uses eni-1"),
            (json!({"DeleteOnRelease": null}), "i-1 uses eni-1"),
            (
                json!({"DeleteOnRelease": null, "Type": "Primary"}),
                "i-1 manages eni-1",
            ),
            (
                json!({"InstanceId": "", "Attachment": {"InstanceId": "i-2"}}),
                "i-2 manages eni-1",
            ),
        ] {
            let found = edges(&interface(&changes));
            assert_eq!(
                found.last().map(String::as_str),
                Some(expected),
                "{changes}"
            );
        }
    }

    #[test]
    fn an_interface_uses_its_network() {
        let free = interface(&json!({"InstanceId": "", "Status": "Available"}));
        let network = ["eni-1 uses vpc-1", "eni-1 uses vsw-1", "eni-1 uses sg-1"];
        assert_eq!(edges(&free), network);
        let of_service = interface(&json!({"InstanceId": "ep-1", "ServiceManaged": true}));
        assert_eq!(edges(&of_service), network);
        assert_eq!(of_service.attributes.boolean("service_managed"), Some(true));
    }

    #[test]
    fn it_costs_nothing_and_keeps_its_creator() {
        let interface = interface(&json!({}));
        assert_eq!(interface.charge_type, ChargeType::Free);
        assert_eq!(interface.tag("creator"), Some("terway"));
        assert!(
            NetworkInterface
                .charges(&interface, &only_resource(&interface))
                .is_empty()
        );
        let error = NetworkInterface.decode(&json!({"Type": "Primary"}), &cell("cn-hangzhou"));
        assert_eq!(error.unwrap_err().path, "NetworkInterfaceId");
    }
}
