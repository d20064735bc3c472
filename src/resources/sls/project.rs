//! `sls.project`: a project of Simple Log Service, which holds Logstores.
//!
//! Not billed itself: its Logstores are. ACK keeps the logs of a cluster in `k8s-log-<cluster id>` unless told otherwise,
//! and deleting the cluster keeps the project by default.
//!
//! <https://api.aliyun.com/document/Sls/2020-12-30/ListProject>
//!
//! Traps: times are Unix seconds written as text. A project whose recycle bin is on (`recycleBinEnabled`) is billed on after
//! its deletion. Names are unique in the world, and a name with capital letters or dots cannot stand in a host.

use crate::model::TypeId;
use crate::resources::{
    Billing, Field, Fields, ListedPer, Listing, ResourceType, Risk, Spec, Title,
};

/// `sls.project`
pub struct Project;

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("sls.project"),
    title: Title {
        en: "SLS project",
        zh: "日志服务项目",
    },
    listed_per: ListedPer::Region,
    listing: Some(Listing {
        product: "sls",
        action: "ListProject",
        arguments: &[],
        items: "projects",
        id: "projectName",
    }),
    also_reads: &[],
    docs: "https://api.aliyun.com/document/Sls/2020-12-30/ListProject",
    billing: Billing::Free,
    risk: Risk::Data,
    fields: Fields {
        id: "projectName",
        name: "projectName",
        status: "status",
        created: "createTime",
        resource_group: "resourceGroupId",
        attributes: &[
            Field::text("description", "description"),
            Field::text("owner_account_id", "owner"),
            Field::time("modified_at", "lastModifyTime"),
            Field::text("data_redundancy_type", "dataRedundancyType"),
            Field::boolean("recycle_bin_enabled", "recycleBinEnabled"),
        ],
        ..Fields::NONE
    },
    links: &[],
    unverified: &["that deleting a project with a recycle bin goes on billing its storage"],
};

impl ResourceType for Project {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ChargeType, time};
    use crate::resources::testing::{cell, only_resource};
    use serde_json::json;

    #[test]
    fn a_project_is_named_by_its_id_and_dated_in_unix_seconds() {
        let raw = json!({
            "projectName": "logs-of-mine", "description": "", "status": "Normal", "owner": "0000000000000042",
            "region": "cn-hangzhou", "createTime": "1768443240", "lastModifyTime": "1768443240",
            "dataRedundancyType": "LRS", "recycleBinEnabled": false, "resourceGroupId": "rg-1",
        });
        let project = Project.decode(&raw, &cell("cn-hangzhou")).unwrap();
        assert_eq!(project.name.as_deref(), Some("logs-of-mine"));
        assert_eq!(
            project.created.map(time::format).as_deref(),
            Some("2026-01-15T02:14:00Z")
        );
        assert_eq!(
            project.attributes.boolean("recycle_bin_enabled"),
            Some(false)
        );
        assert_eq!(project.charge_type, ChargeType::Free);
        assert!(
            Project
                .charges(&project, &only_resource(&project))
                .is_empty()
        );
    }

    #[test]
    fn without_name_it_is_an_error() {
        let error = Project
            .decode(&json!({"status": "Normal"}), &cell("r"))
            .unwrap_err();
        assert_eq!(error.path, "projectName");
    }
}
