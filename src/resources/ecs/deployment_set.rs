//! `ecs.deployment_set`: a rule that spreads instances over hosts, racks or switches.
//!
//! Never billed.
//!
//! <https://www.alibabacloud.com/help/en/ecs/developer-reference/api-ecs-2014-05-26-describedeploymentsets>
//!
//! Traps: only the set says which instances are in it. It has neither tags nor a resource group. Node pools, launch templates
//! and scaling configurations may name it though it is empty.

use crate::model::{Link, LinkKind, Resource, TypeId};
use crate::resources::{
    Argument, Billing, Field, Fields, ListedPer, Listing, ResourceType, Risk, Spec, Title, field,
};

/// `ecs.deployment_set`
pub struct DeploymentSet;

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("ecs.deployment_set"),
    title: Title {
        en: "Deployment set",
        zh: "部署集",
    },
    listed_per: ListedPer::Region,
    listing: Some(Listing {
        product: "ecs",
        action: "DescribeDeploymentSets",
        arguments: &[("RegionId", Argument::Region)],
        items: "DeploymentSets.DeploymentSet",
        id: "DeploymentSetId",
    }),
    also_reads: &[],
    docs: "https://www.alibabacloud.com/help/en/ecs/developer-reference/api-ecs-2014-05-26-describedeploymentsets",
    billing: Billing::Free,
    risk: Risk::None,
    fields: Fields {
        id: "DeploymentSetId",
        name: "DeploymentSetName",
        created: "CreationTime",
        attributes: &[
            Field::text("strategy", "DeploymentStrategy"),
            Field::text("granularity", "Granularity"),
            Field::integer("instance_count", "InstanceAmount"),
            Field::text_list("instance_ids", "InstanceIds.InstanceId"),
        ],
        ..Fields::NONE
    },
    links: &[],
    unverified: &["that InstanceIds names every instance of the set, however many it has"],
};

impl ResourceType for DeploymentSet {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn links(&self, resource: &Resource) -> Vec<Link> {
        let instances = resource.attributes.text_list("instance_ids");
        let uses = |instance: &String| {
            let via = "InstanceIds.InstanceId";
            field::link_from("ecs.instance", instance, LinkKind::Uses, resource, via)
        };
        instances.unwrap_or_default().iter().map(uses).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ChargeType;
    use crate::resources::testing::{cell, only_resource};
    use serde_json::json;

    #[test]
    fn its_instances_use_it() {
        let raw = json!({
            "DeploymentSetId": "ds-1", "DeploymentSetName": "spread", "DeploymentStrategy": "Availability",
            "Granularity": "host", "InstanceAmount": 2, "InstanceIds": {"InstanceId": ["i-1", "i-2"]},
            "CreationTime": "2026-01-15T02:07:00Z", "Domain": "default",
        });
        let set = DeploymentSet.decode(&raw, &cell("cn-hangzhou")).unwrap();
        assert_eq!(set.charge_type, ChargeType::Free);
        assert_eq!(set.attributes.integer("instance_count"), Some(2));
        let links = DeploymentSet.links(&set);
        let users: Vec<_> = links
            .iter()
            .map(|link| (link.from.id.as_str(), link.to.id.as_str(), link.kind))
            .collect();
        let expected = [
            ("i-1", "ds-1", LinkKind::Uses),
            ("i-2", "ds-1", LinkKind::Uses),
        ];
        assert_eq!(users, expected);
        assert!(DeploymentSet.charges(&set, &only_resource(&set)).is_empty());
    }

    #[test]
    fn an_empty_set_is_not_one_that_does_not_say() {
        let empty = json!({"DeploymentSetId": "ds-1", "InstanceIds": {"InstanceId": []}});
        let empty = DeploymentSet.decode(&empty, &cell("r")).unwrap();
        assert_eq!(empty.attributes.text_list("instance_ids"), Some(&[][..]));
        let silent = json!({"DeploymentSetId": "ds-1"});
        let silent = DeploymentSet.decode(&silent, &cell("r")).unwrap();
        assert_eq!(silent.attributes.text_list("instance_ids"), None);
        assert!(DeploymentSet.links(&silent).is_empty());
        let error = DeploymentSet.decode(&json!({}), &cell("r"));
        assert_eq!(error.unwrap_err().path, "DeploymentSetId");
    }
}
