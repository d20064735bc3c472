//! `ess.scaling_group`: a group of Auto Scaling, which keeps a number of instances alive. Each ACK node pool has one.
//!
//! Not billed itself; its instances are. While it exists it makes new instances in place of deleted ones, so it goes
//! before them.
//!
//! Each group is completed by `DescribeScalingInstances`, the one answer that tells an instance that Auto Scaling created
//! (`CreationType` `AutoCreated`) from one that somebody added to the group (`Attached`): the tag of the group does not say it
//! (`alibabacloud_ess20220222` 1.13.3, `DescribeScalingInstancesResponseBody`).
//!
//! Traps: version 2022-02-22 answers flat lists, 2014-08-28 wrapped ones. `DesiredCapacity` means something only with
//! `EnableDesiredCapacity`. A group with one vSwitch may name it in `VSwitchId` alone.

use futures::stream::{self, BoxStream, StreamExt as _};
use serde_json::Value;

use crate::model::{Attribute, Cell, Resource, TypeId};
use crate::openapi::Request;
use crate::resources::removal::{On, Operation, Protection, Removal, Source, listed, pace};
use crate::resources::teardown::Teardown;
use crate::resources::{
    Argument, Billing, DecodeError, Field, Fields, LinkRule, ListError, ListedPer, Listing, Reader,
    ResourceType, Risk, Spec, Tags, Title, decode, listing,
};

/// `ess.scaling_group`
pub struct ScalingGroup;

const LISTING: Listing = Listing {
    product: "ess",
    action: "DescribeScalingGroups",
    arguments: &[("RegionId", Argument::Region)],
    items: "ScalingGroups",
    id: "ScalingGroupId",
};

/// The members of one group; the group is added as an argument.
static MEMBERS: Listing = Listing {
    product: "ess",
    action: "DescribeScalingInstances",
    arguments: &[("RegionId", Argument::Region)],
    items: "ScalingInstances",
    id: "InstanceId",
};

/// Groups of a cell that are completed at the same time.
const AT_ONCE: usize = 4;

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("ess.scaling_group"),
    title: Title {
        en: "Scaling group",
        zh: "伸缩组",
    },
    listed_per: ListedPer::Region,
    listing: Some(LISTING),
    also_reads: &["ess:DescribeScalingInstances"],
    docs: "https://www.alibabacloud.com/help/en/auto-scaling/developer-reference/api-ess-2022-02-22-describescalinggroups",
    billing: Billing::Free,
    risk: Risk::Service,
    fields: Fields {
        id: "ScalingGroupId",
        name: "ScalingGroupName",
        status: "LifecycleState",
        created: "CreationTime",
        resource_group: "ResourceGroupId",
        tags: Tags::List {
            path: "Tags",
            key: "TagKey",
            value: "TagValue",
        },
        attributes: &[
            Field::text("group_type", "GroupType"),
            Field::integer("min_size", "MinSize"),
            Field::integer("max_size", "MaxSize"),
            Field::integer("desired_capacity", "DesiredCapacity"),
            Field::boolean("desired_capacity_enabled", "EnableDesiredCapacity"),
            Field::integer("total_capacity", "TotalCapacity"),
            Field::integer("total_instances", "TotalInstanceCount"),
            Field::integer("active_capacity", "ActiveCapacity"),
            Field::integer("stopped_capacity", "StoppedCapacity"),
            Field::integer("spot_capacity", "SpotCapacity"),
            Field::boolean("deletion_protection", "GroupDeletionProtection"),
            Field::boolean("system_suspended", "SystemSuspended"),
            Field::text_list("suspended_processes", "SuspendedProcesses"),
            Field::boolean("compensate_with_on_demand", "CompensateWithOnDemand"),
            Field::integer("on_demand_base_nodes", "OnDemandBaseCapacity"),
            Field::integer(
                "on_demand_percent_above_base",
                "OnDemandPercentageAboveBaseCapacity",
            ),
            Field::boolean("spot_instance_remedy", "SpotInstanceRemedy"),
            Field::integer("spot_instance_pools", "SpotInstancePools"),
            Field::text("multi_az_policy", "MultiAZPolicy"),
            Field::text("scaling_policy", "ScalingPolicy"),
            Field::text("scaling_configuration_id", "ActiveScalingConfigurationId"),
            Field::text("launch_template_id", "LaunchTemplateId"),
            Field::text("vpc_id", "VpcId"),
            Field::text_list("vswitch_ids", "VSwitchIds"),
            Field::text_list("load_balancer_ids", "LoadBalancerIds"),
            Field::text_list("alb_server_group_ids", "AlbServerGroups.AlbServerGroupId"),
            Field::text_list("database_ids", "DBInstanceIds"),
        ],
        ..Fields::NONE
    },
    links: &[
        LinkRule::uses("vpc.vpc", "vpc_id", "VpcId"),
        LinkRule::uses("vpc.vswitch", "vswitch_ids", "VSwitchIds"),
        LinkRule::uses("slb.load_balancer", "load_balancer_ids", "LoadBalancerIds"),
        LinkRule::uses(
            "alb.server_group",
            "alb_server_group_ids",
            "AlbServerGroups.AlbServerGroupId",
        ),
        LinkRule::uses(
            "ecs.launch_template",
            "launch_template_id",
            "LaunchTemplateId",
        ),
    ],
    unverified: &[],
};

impl ResourceType for ScalingGroup {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn list<'a>(
        &'a self,
        api: &'a Reader,
        cell: &'a Cell,
    ) -> BoxStream<'a, Result<Value, ListError>> {
        listing::list(&SPEC, api, cell)
            .map(move |item| complete(api, cell, item))
            .buffered(AT_ONCE)
            .flat_map(stream::iter)
            .boxed()
    }

    fn decode(&self, raw: &Value, cell: &Cell) -> Result<Resource, DecodeError> {
        let mut group = decode::decode(&SPEC, raw, cell)?;
        keep_members(raw, &mut group);
        if group.attributes.text_list("vswitch_ids").is_none()
            && let Some(only) = decode::text_at(raw, "VSwitchId")
        {
            let only = Attribute::TextList(vec![only]);
            group.attributes.set("vswitch_ids", only);
        }
        Ok(group)
    }

    fn teardown(&self) -> Option<&dyn Teardown> {
        Some(&REMOVAL)
    }
}

/// A group with its members; what could not be asked follows it as an error.
async fn complete(
    api: &Reader,
    cell: &Cell,
    item: Result<Value, ListError>,
) -> Vec<Result<Value, ListError>> {
    let mut group = match item {
        Ok(group) => group,
        Err(error) => return vec![Err(error)],
    };
    // Without an id it cannot be read: decoding says so.
    let Some(id) = decode::text_at(&group, SPEC.fields.id) else {
        return vec![Ok(group)];
    };
    let request = match listing::request(&SPEC, &MEMBERS, cell) {
        Ok(request) => request.argument("ScalingGroupId", &id),
        Err(error) => return vec![Ok(group), Err(error)],
    };
    match members(api, request).await {
        Ok(members) => {
            if let Some(group) = group.as_object_mut() {
                group.insert(MEMBERS.items.to_owned(), Value::Array(members));
            }
            vec![Ok(group)]
        }
        Err(error) => {
            let hole = ListError::Part {
                operation: MEMBERS.action,
                id,
                error: Box::new(error),
            };
            vec![Ok(group), Err(hole)]
        }
    }
}

async fn members(api: &Reader, request: Request) -> Result<Vec<Value>, ListError> {
    let items: Vec<_> = listing::items(api, &MEMBERS, request).collect().await;
    items.into_iter().collect()
}

/// Who made the group's instances. Where that could not be read both lists stay absent: unknown, not empty. An instance whose
/// answer does not say it is in neither.
fn keep_members(raw: &Value, group: &mut Resource) {
    let Some(members) = raw.get(MEMBERS.items).and_then(Value::as_array) else {
        return;
    };
    let of = |creation: &str| {
        let made = members
            .iter()
            .filter(|member| decode::text_at(member, "CreationType").as_deref() == Some(creation));
        let mut ids: Vec<String> = made
            .filter_map(|member| decode::text_at(member, MEMBERS.id))
            .collect();
        ids.sort();
        Attribute::TextList(ids)
    };
    let (created, attached) = (of("AutoCreated"), of("Attached"));
    group.attributes.set(CREATED, created);
    group.attributes.set(ATTACHED, attached);
}

/// Instances that Auto Scaling created.
pub(crate) const CREATED: &str = "instances_created";
/// Instances that somebody had and added to the group.
pub(crate) const ATTACHED: &str = "instances_attached";

static REMOVAL: Removal = Removal {
    protections: &[Protection {
        attribute: "deletion_protection",
        field: "GroupDeletionProtection",
        on: On::True,
        off: Operation::new(
            "ess",
            "SetGroupDeletionProtection",
            &[
                ("RegionId", Source::Region),
                ("ScalingGroupId", Source::Id),
                ("GroupDeletionProtection", Source::Text("false")),
            ],
        ),
        back: Some(Operation::new(
            "ess",
            "SetGroupDeletionProtection",
            &[
                ("RegionId", Source::Region),
                ("ScalingGroupId", Source::Id),
                ("GroupDeletionProtection", Source::Text("true")),
            ],
        )),
    }],
    gone: &["InvalidScalingGroupId.NotFound"],
    pace: pace(10, 1200),
    loses: Some(Title {
        en: "the instances that the group made, with their disks; those added by hand stay",
        zh: "伸缩组自动创建的实例及其云盘；手动加入的实例会保留",
    }),
    // With instances in it a group is deleted by force only.
    ..Removal::new(
        &ScalingGroup,
        Operation::new(
            "ess",
            "DeleteScalingGroup",
            &[
                ("RegionId", Source::Region),
                ("ScalingGroupId", Source::Id),
                ("ForceDelete", Source::Text("true")),
            ],
        ),
        listed(LISTING, "ScalingGroupIds.1", Source::Id),
    )
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ChargeType;
    use crate::resources::testing::{cell, only_resource};
    use serde_json::json;

    #[test]
    fn a_group_keeps_its_sizes_and_what_it_needs() {
        let raw = json!({
            "ScalingGroupId": "asg-1", "ScalingGroupName": "np1", "LifecycleState": "Active", "GroupType": "ECS",
            "MinSize": 0, "MaxSize": 1000, "DesiredCapacity": 2, "EnableDesiredCapacity": true, "TotalCapacity": 2,
            "ActiveCapacity": 2, "GroupDeletionProtection": false, "CreationTime": "2026-01-15T02:07Z",
            "VpcId": "vpc-1", "VSwitchId": "vsw-1", "VSwitchIds": ["vsw-1", "vsw-2"], "LoadBalancerIds": ["lb-1"],
            "LaunchTemplateId": "lt-1",
            "AlbServerGroups": [{"AlbServerGroupId": "sgp-1", "Port": 80, "Weight": 100}],
            "SuspendedProcesses": [], "Tags": [{"TagKey": "ack.aliyun.com", "TagValue": "c1", "Propagate": false}],
        });
        let group = ScalingGroup.decode(&raw, &cell("cn-hangzhou")).unwrap();
        assert_eq!(group.charge_type, ChargeType::Free);
        assert_eq!(group.tag("ack.aliyun.com"), Some("c1"));
        assert_eq!(group.attributes.integer("desired_capacity"), Some(2));
        assert_eq!(
            group.attributes.text_list("suspended_processes"),
            Some(&[][..])
        );
        assert!(group.created.is_some());
        let links = ScalingGroup.links(&group);
        let used: Vec<_> = links.iter().map(|link| link.to.id.as_str()).collect();
        assert_eq!(used, ["vpc-1", "vsw-1", "vsw-2", "lb-1", "sgp-1", "lt-1"]);
        assert!(
            ScalingGroup
                .charges(&group, &only_resource(&group))
                .is_empty()
        );
    }

    #[test]
    fn members_are_told_apart_by_who_made_them() {
        let raw = json!({"ScalingGroupId": "asg-1", "ScalingInstances": [
            {"InstanceId": "i-2", "CreationType": "AutoCreated"},
            {"InstanceId": "i-1", "CreationType": "AutoCreated"},
            {"InstanceId": "i-mine", "CreationType": "Attached"},
            {"InstanceId": "i-unsaid"},
        ]});
        let group = ScalingGroup.decode(&raw, &cell("cn-hangzhou")).unwrap();
        let list = |name: &str| group.attributes.text_list(name).unwrap().join(",");
        assert_eq!(
            (list(CREATED), list(ATTACHED)),
            ("i-1,i-2".into(), "i-mine".into())
        );
        let unread = json!({"ScalingGroupId": "asg-1"});
        let group = ScalingGroup.decode(&unread, &cell("cn-hangzhou")).unwrap();
        assert_eq!(group.attributes.text_list(CREATED), None);
        assert_eq!(group.attributes.text_list(ATTACHED), None);
    }

    #[test]
    fn a_group_that_says_nothing_has_no_size_zero() {
        let raw = json!({"ScalingGroupId": "asg-1", "DesiredCapacity": null, "MinSize": {}, "VSwitchId": "vsw-1"});
        let group = ScalingGroup.decode(&raw, &cell("cn-hangzhou")).unwrap();
        assert_eq!(ScalingGroup.links(&group)[0].to.id, "vsw-1");
        assert_eq!(group.attributes.get("desired_capacity"), None);
        assert_eq!(group.attributes.get("min_size"), None);
        let error = ScalingGroup.decode(&json!({"MinSize": 1}), &cell("cn-hangzhou"));
        assert_eq!(error.unwrap_err().path, "ScalingGroupId");
    }
}
