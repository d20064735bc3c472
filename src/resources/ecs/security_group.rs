//! `ecs.security_group`: a security group of a VPC (or of the classic network).
//!
//! Not billed, but a group that still has members or is referred to blocks the deletion of its VPC.
//!
//! Traps: `EcsCount` is filled only with `IsQueryEcsCount=true`, and counts instances: network interfaces of load
//! balancers, NAT gateways and pods are not in it. Groups with `ServiceManaged` belong to a cloud service.

use crate::model::{Resource, TypeId};
use crate::resources::removal::{Operation, Removal, Source, kept, listed, pace};
use crate::resources::teardown::{Kept, Refusal, Teardown};
use crate::resources::{
    Argument, Billing, Field, Fields, LinkRule, ListedPer, Listing, Neighbours, ResourceType, Risk,
    Spec, Tags, Title,
};

/// `ecs.security_group`
pub struct SecurityGroup;

const LISTING: Listing = Listing {
    product: "ecs",
    action: "DescribeSecurityGroups",
    arguments: &[
        ("RegionId", Argument::Region),
        ("IsQueryEcsCount", Argument::Text("true")),
    ],
    items: "SecurityGroups.SecurityGroup",
    id: "SecurityGroupId",
};

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("ecs.security_group"),
    title: Title {
        en: "Security group",
        zh: "安全组",
    },
    listed_per: ListedPer::Region,
    listing: Some(LISTING),
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
        "whether the group that comes with a VPC goes with it: it is deleted before, which is right in both cases",
        "protection-ends: that the protection of a cluster's group ends with the cluster, and how long after; it is waited for",
        "rules of other groups that name a group are not revoked: it stays until they are",
    ],
};

impl ResourceType for SecurityGroup {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn teardown(&self) -> Option<&dyn Teardown> {
        Some(&REMOVAL)
    }
}

/// Description of the group that comes with a VPC. Unverified: no official page gives the text.
pub const DEFAULT_GROUP_DESCRIPTION: &str = "System created security group.";

static REMOVAL: Removal = Removal {
    rests_on: &["ack.cluster", "vpc.vpc"],
    gone: &[
        "InvalidSecurityGroupId.NotFound",
        "InvalidSecurityGroup.NotFound",
    ],
    pace: pace(10, 900),
    assumptions: &["ecs.security_group/protection-ends"],
    needs: &["service_managed"],
    refuse: keeps,
    ..Removal::new(
        &SecurityGroup,
        Operation::new(
            "ecs",
            "DeleteSecurityGroup",
            &[
                ("RegionId", Source::Region),
                ("SecurityGroupId", Source::Id),
            ],
        ),
        listed(LISTING, "SecurityGroupId", Source::Id),
    )
};

fn keeps(group: &Resource, near: &Neighbours<'_>) -> Option<Refusal> {
    let vpc = near.get(group, "vpc.vpc", group.text("vpc_id")?)?;
    (vpc.attributes.boolean("is_default") == Some(true)).then(|| {
        let because = format!("IsDefault=true of {}", vpc.id.id);
        kept(Kept::Always, "default", because)
    })
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
