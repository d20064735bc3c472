//! `ecs.security_group`: a security group of a VPC (or of the classic network).
//!
//! Not billed, but a group that still has members or is referred to blocks the deletion of its VPC.
//!
//! Traps: `EcsCount` is filled only with `IsQueryEcsCount=true`, and counts instances: network interfaces of load
//! balancers, NAT gateways and pods are not in it. Groups with `ServiceManaged` belong to a cloud service.

use crate::model::TypeId;
use crate::resources::{
    Argument, Billing, Field, Fields, LinkRule, ListedPer, Listing, ResourceType, Risk, Spec, Tags,
    Title,
};

/// `ecs.security_group`
pub struct SecurityGroup;

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("ecs.security_group"),
    title: Title {
        en: "Security group",
        zh: "安全组",
    },
    listed_per: ListedPer::Region,
    listing: Some(Listing {
        product: "ecs",
        action: "DescribeSecurityGroups",
        arguments: &[
            ("RegionId", Argument::Region),
            ("IsQueryEcsCount", Argument::Text("true")),
        ],
        items: "SecurityGroups.SecurityGroup",
        id: "SecurityGroupId",
    }),
    also_reads: &[],
    docs: "https://www.alibabacloud.com/help/en/ecs/developer-reference/api-ecs-2014-05-26-describesecuritygroups",
    billing: Billing::Free,
    risk: Risk::Service,
    fields: Fields {
        id: "SecurityGroupId",
        name: "SecurityGroupName",
        created: "CreationTime",
        resource_group: "ResourceGroupId",
        tags: Tags::TAG_KEY,
        attributes: &[
            Field::text("description", "Description"),
            Field::text("security_group_type", "SecurityGroupType"),
            Field::text("vpc_id", "VpcId"),
            Field::integer("instance_count", "EcsCount"),
            Field::integer("rule_count", "RuleCount"),
            Field::integer("group_to_group_rule_count", "GroupToGroupRuleCount"),
            Field::boolean("service_managed", "ServiceManaged"),
            Field::text("service_id", "ServiceID"),
        ],
        ..Fields::NONE
    },
    links: &[LinkRule::uses("vpc.vpc", "vpc_id", "VpcId")],
    unverified: &[
        "the group that comes with a VPC is known by its description, which no official page gives",
    ],
};

impl ResourceType for SecurityGroup {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ChargeType;
    use crate::resources::testing::{cell, only_resource};
    use serde_json::json;

    #[test]
    fn a_group_keeps_what_says_who_needs_it() {
        let raw = json!({
            "SecurityGroupId": "sg-1", "SecurityGroupName": "web", "Description": "front", "SecurityGroupType": "normal",
            "VpcId": "vpc-1", "EcsCount": 0, "RuleCount": 4, "ServiceManaged": false, "ServiceID": 12_345_678_910_u64,
            "CreationTime": "2026-01-15T02:01:00Z", "ResourceGroupId": "", "Tags": {"Tag": {"TagKey": "a", "TagValue": "b"}},
        });
        let group = SecurityGroup.decode(&raw, &cell("cn-hangzhou")).unwrap();
        assert_eq!(group.charge_type, ChargeType::Free);
        assert_eq!(group.attributes.integer("instance_count"), Some(0));
        assert_eq!(group.text("description"), Some("front"));
        assert_eq!(group.text("service_id"), Some("12345678910"));
        assert_eq!(group.tag("a"), Some("b"));
        assert_eq!(group.resource_group, None);
        let links = SecurityGroup.links(&group);
        assert_eq!((links.len(), links[0].to.id.as_str()), (1, "vpc-1"));
        assert!(
            SecurityGroup
                .charges(&group, &only_resource(&group))
                .is_empty()
        );
    }

    #[test]
    fn an_old_answer_does_not_say_zero_instances() {
        let raw = json!({"SecurityGroupId": "sg-1", "SecurityGroupName": "web", "VpcId": ""});
        let group = SecurityGroup.decode(&raw, &cell("cn-hangzhou")).unwrap();
        assert_eq!(group.attributes.get("instance_count"), None);
        assert!(SecurityGroup.links(&group).is_empty());
        let error = SecurityGroup.decode(&json!({"VpcId": "vpc-1"}), &cell("cn-hangzhou"));
        assert_eq!(error.unwrap_err().path, "SecurityGroupId");
    }
}
