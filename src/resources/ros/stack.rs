//! `ros.stack`: resources that were made from one template and are deleted together.
//!
//! Never billed itself; its resources are. Old and dedicated ACK clusters have one, `k8s-for-cs-<cluster id>`.
//!
//! <https://www.alibabacloud.com/help/en/ros/developer-reference/api-ros-2019-09-10-liststacks>
//!
//! Traps: deleting a stack deletes what it made. A stack that was deleted may be listed for a while (`DELETE_COMPLETE`): it
//! is not there any more. One whose deletion failed (`DELETE_FAILED`) still has resources that are billed. Nested stacks are
//! not listed: they go with their parent. Parameters and outputs may hold passwords; the list has none, and none is asked for.

use std::future::ready;

use futures::StreamExt as _;
use futures::stream::BoxStream;
use serde_json::Value;

use crate::model::{Cell, TypeId};
use crate::resources::{
    Argument, Billing, Field, Fields, LinkRule, ListError, ListedPer, Listing, Reader,
    ResourceType, Risk, Spec, Tags, Title, decode, listing,
};

/// `ros.stack`
pub struct Stack;

/// `Status` of a stack that is gone.
const GONE: &str = "DELETE_COMPLETE";

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("ros.stack"),
    title: Title {
        en: "ROS stack",
        zh: "资源栈",
    },
    listed_per: ListedPer::Region,
    listing: Some(Listing {
        product: "ros",
        action: "ListStacks",
        arguments: &[("RegionId", Argument::Region)],
        items: "Stacks",
        id: "StackId",
    }),
    also_reads: &[],
    docs: "https://www.alibabacloud.com/help/en/ros/developer-reference/api-ros-2019-09-10-liststacks",
    billing: Billing::Free,
    risk: Risk::Data,
    fields: Fields {
        id: "StackId",
        name: "StackName",
        status: "Status",
        created: "CreateTime",
        resource_group: "ResourceGroupId",
        tags: Tags::FLAT_KEY,
        attributes: &[
            Field::text("stack_type", "StackType"),
            Field::text("parent_stack_id", "ParentStackId"),
            Field::boolean("service_managed", "ServiceManaged"),
            Field::text("service_name", "ServiceName"),
            Field::text("deletion_protection", "DeletionProtection"),
            Field::boolean("rollback_disabled", "DisableRollback"),
            Field::text("drift_status", "StackDriftStatus"),
            Field::text("failed_action", "OperationInfo.Action"),
            Field::text("failed_code", "OperationInfo.Code"),
            Field::text("failed_resource", "OperationInfo.LogicalResourceId"),
            Field::text("failed_resource_type", "OperationInfo.ResourceType"),
            Field::time("updated", "UpdateTime"),
        ],
        ..Fields::NONE
    },
    links: &[LinkRule::uses(
        "ros.stack",
        "parent_stack_id",
        "ParentStackId",
    )],
    unverified: &[
        "which resources a stack made is not read: where one of them is deleted by itself, the stack does not know",
        "that the stacks of every account are behind the one host of the tables of endpoints",
    ],
};

impl ResourceType for Stack {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn list<'a>(
        &'a self,
        api: &'a Reader,
        cell: &'a Cell,
    ) -> BoxStream<'a, Result<Value, ListError>> {
        listing::list(&SPEC, api, cell)
            .filter(|item| ready(item.as_ref().map_or(true, is_there)))
            .boxed()
    }
}

fn is_there(stack: &Value) -> bool {
    decode::text_at(stack, SPEC.fields.status).as_deref() != Some(GONE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ChargeType;
    use crate::resources::testing::{cell, context, reader};
    use serde_json::json;

    #[test]
    fn a_stack_says_what_stopped_its_deletion() {
        let raw = json!({
            "StackId": "4a6c9851", "StackName": "k8s-for-cs-c1", "Status": "DELETE_FAILED", "CreateTime": "2026-01-15T02:07:39",
            "DeletionProtection": "Disabled", "ServiceManaged": false, "StackType": "ROS",
            "OperationInfo": {"Action": "DeleteSecurityGroup", "Code": "DependencyViolation", "LogicalResourceId": "k8s_sg",
                              "ResourceType": "ALIYUN::ECS::SecurityGroup", "Message": "in use"},
            "Tags": [{"Key": "team", "Value": "lab"}],
        });
        let stack = Stack.decode(&raw, &cell("cn-hangzhou")).unwrap();
        assert_eq!(stack.charge_type, ChargeType::Free);
        assert_eq!(stack.text("failed_code"), Some("DependencyViolation"));
        assert_eq!(stack.attributes.boolean("service_managed"), Some(false));
        assert!(stack.created.is_some());
        assert!(Stack.links(&stack).is_empty());
        assert!(Stack.teardown().is_none());
        let error = Stack.decode(&json!({"StackName": "x"}), &cell("r"));
        assert_eq!(error.unwrap_err().path, "StackId");
    }

    #[tokio::test(start_paused = true)]
    async fn a_deleted_stack_is_not_there_and_one_that_does_not_say_is() {
        let context = context(|_, _| {
            let stacks = json!([
                {"StackId": "1", "Status": "DELETE_COMPLETE"},
                {"StackId": "2", "Status": "DELETE_FAILED"},
                {"StackId": "3"},
            ]);
            (200, json!({"Stacks": stacks, "TotalCount": 3}))
        });
        let api = reader(&context);
        let cell = cell("cn-hangzhou");
        let items: Vec<_> = Stack.list(&api, &cell).collect().await;
        let ids: Vec<_> = items
            .iter()
            .map(|item| item.as_ref().unwrap()["StackId"].as_str().unwrap())
            .collect();
        assert_eq!(ids, ["2", "3"]);
    }
}
