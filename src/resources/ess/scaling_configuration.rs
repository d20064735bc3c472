//! `ess.scaling_configuration`: what the instances that a scaling group makes are to be like.
//!
//! Never billed. A group has one that is active and may have others. Deleting the group deletes all of them; an active one
//! cannot be deleted by itself, nor one that instances of the group were made from
//! (`IncorrectScalingConfigurationLifecycleState`, `InstanceInUse`).
//!
//! <https://www.alibabacloud.com/help/en/auto-scaling/developer-reference/api-ess-2022-02-22-describescalingconfigurations>
//!
//! Traps: images, security groups and key pairs that it names are needed for the next instance, though nothing runs with them
//! now. Its `Tags` are those of instances to come, not its own. `UserData` may hold passwords: not kept. Groups of container
//! groups have configurations of another kind, which another operation lists.

use crate::model::{Link, LinkKind, Region, Resource, TypeId};
use crate::resources::removal::{Operation, Removal, Source, listed, pace};
use crate::resources::teardown::Teardown;
use crate::resources::{
    Argument, Billing, Field, Fields, LinkRule, ListedPer, Listing, ResourceType, Risk, Spec,
    Title, field,
};

/// `ess.scaling_configuration`
pub struct ScalingConfiguration;

/// `LifecycleState` of the one that its group makes instances from.
const ACTIVE: &str = "Active";

const LISTING: Listing = Listing {
    product: "ess",
    action: "DescribeScalingConfigurations",
    arguments: &[("RegionId", Argument::Region)],
    items: "ScalingConfigurations",
    id: "ScalingConfigurationId",
};

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("ess.scaling_configuration"),
    title: Title {
        en: "Scaling configuration",
        zh: "伸缩配置",
    },
    listed_per: ListedPer::Region,
    listing: Some(LISTING),
    also_reads: &[],
    docs: "https://www.alibabacloud.com/help/en/auto-scaling/developer-reference/api-ess-2022-02-22-describescalingconfigurations",
    billing: Billing::Free,
    risk: Risk::None,
    fields: Fields {
        id: "ScalingConfigurationId",
        name: "ScalingConfigurationName",
        status: "LifecycleState",
        created: "CreationTime",
        resource_group: "ResourceGroupId",
        attributes: &[
            Field::text("scaling_group_id", "ScalingGroupId"),
            Field::text_list("instance_types", "InstanceTypes"),
            Field::text("spot_strategy", "SpotStrategy"),
            Field::text_list("spot_price_limits", "SpotPriceLimits.PriceLimit"),
            Field::text("system_disk_category", "SystemDiskCategory"),
            Field::integer("system_disk_size_gib", "SystemDiskSize"),
            Field::boolean("deletion_protection_of_instances", "DeletionProtection"),
            Field::text("image_id", "ImageId"),
            Field::text("image_owner_alias", "ImageOwnerAlias"),
            Field::text("image_family", "ImageFamily"),
            Field::text_list("snapshot_ids", "DataDisks.SnapshotId"),
            Field::text("system_disk_policy_id", "SystemDiskAutoSnapshotPolicyId"),
            Field::text_list("data_disk_policy_ids", "DataDisks.AutoSnapshotPolicyId"),
            Field::text("key_pair_name", "KeyPairName"),
            Field::text("role_name", "RamRoleName"),
            Field::text("deployment_set_id", "DeploymentSetId"),
            Field::text("dedicated_host_id", "DedicatedHostId"),
            Field::text("security_group_id", "SecurityGroupId"),
            Field::text_list("security_group_ids", "SecurityGroupIds"),
        ],
        ..Fields::NONE
    },
    links: &[
        LinkRule::uses("ecs.image", "image_id", "ImageId"),
        LinkRule::uses("ecs.snapshot", "snapshot_ids", "DataDisks.SnapshotId"),
        LinkRule::uses(
            "ecs.auto_snapshot_policy",
            "system_disk_policy_id",
            "SystemDiskAutoSnapshotPolicyId",
        ),
        LinkRule::uses(
            "ecs.auto_snapshot_policy",
            "data_disk_policy_ids",
            "DataDisks.AutoSnapshotPolicyId",
        ),
        LinkRule::uses("ecs.key_pair", "key_pair_name", "KeyPairName"),
        LinkRule::uses("ecs.deployment_set", "deployment_set_id", "DeploymentSetId"),
        LinkRule::uses("ecs.dedicated_host", "dedicated_host_id", "DedicatedHostId"),
        LinkRule::uses("ecs.security_group", "security_group_id", "SecurityGroupId"),
        LinkRule::uses(
            "ecs.security_group",
            "security_group_ids",
            "SecurityGroupIds",
        ),
    ],
    unverified: &[
        "whether configurations of container groups (DescribeEciScalingConfigurations) are in this list, too",
    ],
};

impl ResourceType for ScalingConfiguration {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn also_links_to(&self) -> &'static [&'static str] {
        &["ram.role"]
    }

    fn links(&self, resource: &Resource) -> Vec<Link> {
        let mut links = field::links(SPEC.links, resource);
        if let Some(group) = resource.text("scaling_group_id") {
            links.push(field::link_from(
                "ess.scaling_group",
                group,
                LinkKind::Manages,
                resource,
                "ScalingGroupId",
            ));
        }
        if let Some(role) = resource.text("role_name") {
            let link = field::link(resource, LinkKind::Uses, "ram.role", role, "RamRoleName");
            links.push(field::in_region(link, Region::GLOBAL));
        }
        links
    }

    fn teardown(&self) -> Option<&dyn Teardown> {
        Some(&REMOVAL)
    }
}

static REMOVAL: Removal = Removal {
    gone: &["InvalidScalingConfigurationId.NotFound"],
    pace: pace(5, 1200),
    goes_along: |configuration, _| configuration.status.as_deref() == Some(ACTIVE),
    ..Removal::new(
        &ScalingConfiguration,
        Operation::new(
            "ess",
            "DeleteScalingConfiguration",
            &[("ScalingConfigurationId", Source::Id)],
        ),
        listed(LISTING, "ScalingConfigurationIds.1", Source::Id),
    )
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ChargeType;
    use crate::resources::teardown::Wishes;
    use crate::resources::testing::{cell, only_resource};
    use serde_json::{Value, json};

    fn configuration(raw: &Value) -> Resource {
        ScalingConfiguration
            .decode(raw, &cell("cn-hangzhou"))
            .unwrap()
    }

    #[test]
    fn its_group_manages_it_and_it_needs_what_the_next_instance_needs() {
        let configuration = configuration(&json!({
            "ScalingConfigurationId": "asc-1", "ScalingConfigurationName": "np1", "LifecycleState": "Active",
            "ScalingGroupId": "asg-1", "ImageId": "m-1", "ImageOwnerAlias": "self", "InstanceTypes": ["ecs.c7.large"],
            "SpotStrategy": "SpotAsPriceGo", "SecurityGroupId": "sg-1", "SecurityGroupIds": [], "KeyPairName": "lab",
            "RamRoleName": "KubernetesWorkerRole-1", "UserData": "cGFzc3dvcmQ=", "SystemDiskSize": 120,
            "SpotPriceLimits": [{"InstanceType": "ecs.c7.large", "PriceLimit": 0.125}],
            "DataDisks": [{"Category": "cloud_essd", "Size": 40, "SnapshotId": "s-1", "AutoSnapshotPolicyId": "sp-1"}],
            "Tags": [{"Key": "ack.aliyun.com", "Value": "c1"}],
        }));
        assert_eq!(configuration.charge_type, ChargeType::Free);
        assert_eq!(configuration.tag("ack.aliyun.com"), None);
        assert_eq!(
            configuration.attributes.text_list("spot_price_limits"),
            Some(&["0.125".to_owned()][..])
        );
        assert!(
            !serde_json::to_string(&configuration)
                .unwrap()
                .contains("cGFzc3dvcmQ")
        );
        let links = ScalingConfiguration.links(&configuration);
        let manager = links.iter().find(|link| link.kind == LinkKind::Manages);
        let manager = manager.unwrap();
        assert_eq!(
            (manager.from.id.as_str(), manager.to.id.as_str()),
            ("asg-1", "asc-1")
        );
        let used: Vec<_> = links
            .iter()
            .filter(|link| link.kind == LinkKind::Uses)
            .map(|link| link.to.id.as_str())
            .collect();
        let expected = [
            "m-1",
            "s-1",
            "sp-1",
            "lab",
            "sg-1",
            "KubernetesWorkerRole-1",
        ];
        assert_eq!(used, expected);
    }

    #[test]
    fn an_active_one_goes_with_its_group_and_another_by_a_call() {
        for (state, calls) in [("Active", 0), ("Inactive", 1)] {
            let configuration = configuration(&json!({
                "ScalingConfigurationId": "asc-1", "LifecycleState": state, "ScalingGroupId": "asg-1",
            }));
            let near = only_resource(&configuration);
            assert!(REMOVAL.refuse(&configuration, &near).is_none(), "{state}");
            let planned = REMOVAL.calls(&configuration, &near, &Wishes::default());
            assert_eq!(planned.len(), calls, "{state}");
        }
        let silent = configuration(&json!({"ScalingConfigurationId": "asc-1"}));
        assert!(REMOVAL.refuse(&silent, &only_resource(&silent)).is_some());
        let error = ScalingConfiguration.decode(&json!({}), &cell("r"));
        assert_eq!(error.unwrap_err().path, "ScalingConfigurationId");
    }
}
