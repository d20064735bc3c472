//! `slb.acl`: an access control list of CLB listeners.
//!
//! Free. It stays when its load balancer goes, and can be deleted when no listener uses it.
//!
//! <https://api.aliyun.com/document/Slb/2014-05-15/DescribeAccessControlLists>
//!
//! Traps: it has no status. Which listeners use it is told by the load balancers, in their `acl_ids`. The list has no parameter
//! for one id.

use crate::model::TypeId;
use crate::resources::removal::{Look, Operation, Removal, Source, pace};
use crate::resources::teardown::Teardown;
use crate::resources::{
    Argument, Billing, Field, Fields, ListedPer, Listing, ResourceType, Risk, Spec, Tags, Title,
};

/// `slb.acl`
pub struct Acl;

const LISTING: Listing = Listing {
    product: "slb",
    action: "DescribeAccessControlLists",
    arguments: &[("RegionId", Argument::Region)],
    items: "Acls.Acl",
    id: "AclId",
};

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("slb.acl"),
    title: Title {
        en: "CLB access control list",
        zh: "传统型负载均衡访问控制策略组",
    },
    listed_per: ListedPer::Region,
    listing: Some(LISTING),
    also_reads: &[],
    docs: "https://api.aliyun.com/document/Slb/2014-05-15/DescribeAccessControlLists",
    billing: Billing::Free,
    risk: Risk::Service,
    fields: Fields {
        id: "AclId",
        name: "AclName",
        created: "CreateTime",
        resource_group: "ResourceGroupId",
        tags: Tags::TAG_KEY,
        attributes: &[Field::text("address_ip_version", "AddressIPVersion")],
        ..Fields::NONE
    },
    links: &[],
    unverified: &[
        "in-use: that the API refuses to delete an access control list that a listener uses",
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
    gone: &["AclNotExist"],
    pace: pace(5, 600),
    assumptions: &["slb.acl/in-use"],
    ..Removal::new(
        &Acl,
        Operation::new(
            "slb",
            "DeleteAccessControlList",
            &[("RegionId", Source::Region), ("AclId", Source::Id)],
        ),
        Look::Whole,
    )
};

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::ChargeType;
    use crate::resources::testing::{cell, only_resource};

    #[test]
    fn it_is_free_and_needs_no_status_to_be_deleted() {
        let raw = json!({
            "AclId": "acl-1", "AclName": "office", "AddressIPVersion": "ipv4", "CreateTime": "2026-01-15T02:49:05Z",
            "ResourceGroupId": "rg-1", "Tags": {"Tag": [{"TagKey": "team", "TagValue": "blue"}]},
        });
        let acl = Acl.decode(&raw, &cell("cn-hangzhou")).unwrap();
        assert_eq!(acl.charge_type, ChargeType::Free);
        assert_eq!(acl.tag("team"), Some("blue"));
        assert!(REMOVAL.refuse(&acl, &only_resource(&acl)).is_none());
        let error = Acl.decode(&json!({}), &cell("r")).unwrap_err();
        assert_eq!(error.path, "AclId");
    }
}
