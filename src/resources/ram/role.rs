//! `ram.role`: a role that ACK made for the nodes of a cluster, `KubernetesWorkerRole-<uuid>`.
//!
//! Never billed. Other roles of the account are nobody's business here and not kept: they are left out of the list. ACK deletes
//! the role with its cluster unless it is still in use; one that is left over is a permission that nobody needs.
//!
//! <https://www.alibabacloud.com/help/en/ram/developer-reference/api-ram-2015-05-01-listroles>
//!
//! Traps: roles belong to the account, not to a region. Clusters, launch templates and scaling configurations name a role by its
//! name, which is unique. A role with policies cannot be deleted (`DeleteConflict.Role.Policy`). Neither the name nor a
//! tag says which cluster it was made for: only the cluster itself does, while it lives.

use std::future::ready;

use futures::StreamExt as _;
use futures::stream::BoxStream;
use serde_json::Value;

use crate::model::{Cell, TypeId};
use crate::resources::{
    Billing, Field, Fields, ListError, ListedPer, Listing, Reader, ResourceType, Risk, Spec, Tags,
    Title, decode, listing,
};

/// `ram.role`
pub struct Role;

/// How the names of roles begin that ACK makes for nodes (`worker_ram_role_name` of its SDK's examples).
const MADE_BY_ACK: &str = "KubernetesWorkerRole-";

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("ram.role"),
    title: Title {
        en: "RAM role of ACK nodes",
        zh: "ACK 节点的 RAM 角色",
    },
    listed_per: ListedPer::Account,
    listing: Some(Listing {
        product: "ram",
        action: "ListRoles",
        arguments: &[],
        items: "Roles.Role",
        id: "RoleName",
    }),
    also_reads: &[],
    docs: "https://www.alibabacloud.com/help/en/ram/developer-reference/api-ram-2015-05-01-listroles",
    billing: Billing::Free,
    risk: Risk::Service,
    fields: Fields {
        id: "RoleName",
        name: "RoleName",
        created: "CreateDate",
        tags: Tags::TAG_KEY,
        attributes: &[
            Field::text("role_id", "RoleId"),
            Field::text("arn", "Arn"),
            Field::time("updated", "UpdateDate"),
        ],
        ..Fields::NONE
    },
    links: &[],
    unverified: &[
        "that every role ACK makes for nodes begins with KubernetesWorkerRole-; those of masters of dedicated clusters are not listed",
    ],
};

impl ResourceType for Role {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn list<'a>(
        &'a self,
        api: &'a Reader,
        cell: &'a Cell,
    ) -> BoxStream<'a, Result<Value, ListError>> {
        listing::list(&SPEC, api, cell)
            .filter(|item| ready(item.as_ref().map_or(true, is_of_ack)))
            .boxed()
    }
}

/// Whether ACK made it. One without a name is kept: reading it fails and is seen.
fn is_of_ack(role: &Value) -> bool {
    decode::text_at(role, SPEC.fields.id).is_none_or(|name| name.starts_with(MADE_BY_ACK))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ChargeType;
    use crate::resources::testing::{cell, context, only_resource, reader};
    use serde_json::json;

    const NAME: &str = "KubernetesWorkerRole-00000000-0000-4000-8000-000000000042";

    #[test]
    fn a_role_is_known_by_its_name_and_costs_nothing() {
        let raw = json!({
            "RoleName": NAME, "RoleId": "901234567890", "Arn": format!("acs:ram::42:role/{NAME}"),
            "CreateDate": "2026-01-15T02:07:00Z", "Description": "for nodes", "MaxSessionDuration": 3600,
        });
        let role = Role.decode(&raw, &cell("global")).unwrap();
        assert_eq!(role.id.id, NAME);
        assert_eq!(role.charge_type, ChargeType::Free);
        assert!(role.created.is_some());
        assert!(Role.charges(&role, &only_resource(&role)).is_empty());
        assert!(Role.teardown().is_none());
        let error = Role.decode(&json!({"RoleId": "1"}), &cell("global"));
        assert_eq!(error.unwrap_err().path, "RoleName");
    }

    #[tokio::test(start_paused = true)]
    async fn other_roles_are_left_out_and_one_without_a_name_is_seen() {
        let context = context(|_, _| {
            let roles = json!([{"RoleName": "Admin"}, {"RoleName": NAME}, {"RoleId": "1"}]);
            (200, json!({"Roles": {"Role": roles}, "IsTruncated": false}))
        });
        let api = reader(&context);
        let cell = cell("global");
        let items: Vec<_> = Role.list(&api, &cell).collect().await;
        let read: Vec<_> = items
            .iter()
            .map(|item| Role.decode(item.as_ref().unwrap(), &cell).ok())
            .map(|role| role.map(|role| role.id.id))
            .collect();
        assert_eq!(read, [Some(NAME.to_owned()), None]);
    }
}
