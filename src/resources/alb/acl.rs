//! `alb.acl`: an access control list of ALB listeners.
//!
//! Free. It stays when its load balancer goes, and can be deleted when no listener uses it.
//!
//! <https://api.aliyun.com/document/Alb/2020-06-16/ListAcls>
//!
//! Traps: nothing in the list says which listeners use it: the API refuses the deletion then (`ResourceInUse.Acl`).

use crate::model::TypeId;
use crate::resources::removal::{Operation, Removal, Source, listed, pace};
use crate::resources::teardown::Teardown;
use crate::resources::{
    Billing, Field, Fields, ListedPer, Listing, ResourceType, Risk, Spec, Tags, Title,
};

/// `alb.acl`
pub struct Acl;

const LISTING: Listing = Listing {
    product: "alb",
    action: "ListAcls",
    arguments: &[],
    items: "Acls",
    id: "AclId",
};

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("alb.acl"),
    title: Title {
        en: "ALB access control list",
        zh: "应用型负载均衡访问控制策略组",
    },
    listed_per: ListedPer::Region,
    listing: Some(LISTING),
    also_reads: &[],
    docs: "https://api.aliyun.com/document/Alb/2020-06-16/ListAcls",
    billing: Billing::Free,
    risk: Risk::Service,
    fields: Fields {
        id: "AclId",
        name: "AclName",
        status: "AclStatus",
        created: "CreateTime",
        resource_group: "ResourceGroupId",
        tags: Tags::FLAT_KEY,
        attributes: &[
            Field::text("address_ip_version", "AddressIPVersion"),
            Field::boolean("config_managed", "ConfigManagedEnabled"),
        ],
        ..Fields::NONE
    },
    links: &[],
    unverified: &[
        "in-use: that the API refuses to delete an access control list that a listener uses (ResourceInUse.Acl)",
    ],
};

impl ResourceType for Acl {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn teardown(&self) -> Option<&dyn Teardown> {
        Some(&REMOVAL)
    }
}

static REMOVAL: Removal = Removal {
    gone: &["ResourceNotFound.Acl"],
    pace: pace(5, 1200),
    assumptions: &["alb.acl/in-use"],
    ..Removal::new(
        &Acl,
        Operation::new("alb", "DeleteAcl", &[("AclId", Source::Id)]),
        listed(LISTING, "AclIds.1", Source::Id),
    )
};

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::ChargeType;
    use crate::resources::testing::{cell, only_resource};

    #[test]
    fn it_is_free_and_says_what_it_is() {
        let raw = json!({
            "AclId": "acl-1", "AclName": "office", "AclStatus": "Available", "AddressIPVersion": "IPv4",
            "ConfigManagedEnabled": false, "CreateTime": "2026-01-15T07:37:33Z", "ResourceGroupId": "rg-1",
            "Tags": [{"Key": "team", "Value": "blue"}],
        });
        let acl = Acl.decode(&raw, &cell("cn-hangzhou")).unwrap();
        assert_eq!(acl.charge_type, ChargeType::Free);
        assert_eq!(acl.tag("team"), Some("blue"));
        assert!(REMOVAL.refuse(&acl, &only_resource(&acl)).is_none());
        let error = Acl.decode(&json!({}), &cell("r")).unwrap_err();
        assert_eq!(error.path, "AclId");
    }
}
