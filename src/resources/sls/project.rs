//! `sls.project`: a project of Simple Log Service, which holds Logstores.
//!
//! Not billed itself: its Logstores are. ACK keeps the logs of a cluster in `k8s-log-<cluster id>` unless told otherwise,
//! and deleting the cluster keeps the project by default.
//!
//! <https://api.aliyun.com/document/Sls/2020-12-30/ListProject>
//!
//! Traps: times are Unix seconds written as text. A project whose recycle bin is on (`recycleBinEnabled`) is billed on after
//! its deletion. Names are unique in the world, and a name with capital letters or dots cannot stand in a host.

use crate::model::{Resource, TypeId};
use crate::resources::Neighbours;
use crate::resources::removal::{
    Operation, Removal, Source, is_this_account, kept, listed, pace, unreadable,
};
use crate::resources::teardown::{Kept, Refusal, Teardown};
use crate::resources::{
    Billing, Field, Fields, ListedPer, Listing, ResourceType, Risk, Spec, Title,
};

/// `sls.project`
pub struct Project;

const LISTING: Listing = Listing {
    product: "sls",
    action: "ListProject",
    arguments: &[],
    items: "projects",
    id: "projectName",
};

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("sls.project"),
    title: Title {
        en: "SLS project",
        zh: "日志服务项目",
    },
    listed_per: ListedPer::Region,
    listing: Some(LISTING),
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
    unverified: &[
        "that deleting a project with a recycle bin goes on billing its storage",
        "recycle-bin: what deleting a project leaves in its recycle bin (recycleBinEnabled) and what that costs; forceDelete is not sent",
    ],
};

impl ResourceType for Project {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn teardown(&self) -> Option<&dyn Teardown> {
        Some(&REMOVAL)
    }
}

static REMOVAL: Removal = Removal {
    gone: &["ProjectNotExist"],
    pace: pace(5, 600),
    loses: Some(Title {
        en: "all logs, indexes and settings of the project",
        zh: "该项目的全部日志、索引和配置",
    }),
    assumptions: &["sls.project/recycle-bin"],
    refuse: keeps,
    // Without forceDelete, which no page describes.
    ..Removal::new(
        &Project,
        Operation::new("sls", "DeleteProject", &[("project", Source::Id)]),
        listed(LISTING, "projectName", Source::Id),
    )
};

fn keeps(project: &Resource, _near: &Neighbours<'_>) -> Option<Refusal> {
    let stands_in_a_host = project
        .id
        .id
        .chars()
        .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_'));
    if !stands_in_a_host {
        return Some(unreadable("projectName, which cannot stand in a host"));
    }
    let owner = project.text("owner_account_id")?;
    (!is_this_account(project, owner)).then(|| {
        let because = format!("owner={owner}");
        kept(Kept::Always, "shared", because)
    })
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
