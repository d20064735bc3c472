//! `vpc.network_acl`: a network access control list (ACL), which filters what enters and leaves vSwitches.
//!
//! Free. It has to be taken off its vSwitches before it can be deleted, and they let in and out what it refused from then on:
//! that is done only to a list that the user names.
//!
//! <https://api.aliyun.com/document/Vpc/2016-04-28/DescribeNetworkAcls>
//!
//! Traps: totals and page numbers are texts, times have no zone.

use crate::model::TypeId;
use crate::resources::removal::{Bindings, Operation, Removal, Source, listed, pace};
use crate::resources::teardown::Teardown;
use crate::resources::{
    Argument, Billing, Field, Fields, LinkRule, ListedPer, Listing, ResourceType, Risk, Spec, Tags,
    Title,
};

/// `vpc.network_acl`
pub struct NetworkAcl;

const LISTING: Listing = Listing {
    product: "vpc",
    action: "DescribeNetworkAcls",
    arguments: &[("RegionId", Argument::Region)],
    items: "NetworkAcls.NetworkAcl",
    id: "NetworkAclId",
};

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("vpc.network_acl"),
    title: Title {
        en: "Network ACL",
        zh: "网络 ACL",
    },
    listed_per: ListedPer::Region,
    listing: Some(LISTING),
    also_reads: &[],
    docs: "https://api.aliyun.com/document/Vpc/2016-04-28/DescribeNetworkAcls",
    billing: Billing::Free,
    risk: Risk::Service,
    fields: Fields {
        id: "NetworkAclId",
        name: "NetworkAclName",
        status: "Status",
        created: "CreationTime",
        tags: Tags::KEY,
        attributes: &[
            Field::text("description", "Description"),
            Field::text("vpc_id", "VpcId"),
            Field::text("owner_account_id", "OwnerId"),
            Field::text_list("vswitch_ids", "Resources.Resource.ResourceId"),
        ],
        ..Fields::NONE
    },
    links: &[
        LinkRule::uses("vpc.vpc", "vpc_id", "VpcId"),
        LinkRule::uses(
            "vpc.vswitch",
            "vswitch_ids",
            "Resources.Resource.ResourceId",
        ),
    ],
    unverified: &[
        "that a network ACL is bound to vSwitches only: the API knows no other ResourceType",
    ],
};

impl ResourceType for NetworkAcl {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn teardown(&self) -> Option<&dyn Teardown> {
        Some(&REMOVAL)
    }
}

/// One vSwitch, in a call.
const BOND: &[(&str, Source)] = &[
    ("RegionId", Source::Region),
    ("NetworkAclId", Source::Id),
    ("Resource.1.ResourceId", Source::Attribute("vswitch_id")),
    ("Resource.1.ResourceType", Source::Text("VSwitch")),
];

static REMOVAL: Removal = Removal {
    bindings: Some(Bindings {
        attribute: "vswitch_ids",
        one: "vswitch_id",
        loosen: Operation::new("vpc", "UnassociateNetworkAcl", BOND),
        back: Operation::new("vpc", "AssociateNetworkAcl", BOND),
    }),
    gone: &["InvalidNetworkAcl.NotFound"],
    pace: pace(5, 600),
    needs: &["vswitch_ids"],
    refuse: |acl, _| super::kept_as_default_or_of_others(acl),
    ..Removal::new(
        &NetworkAcl,
        Operation::new(
            "vpc",
            "DeleteNetworkAcl",
            &[("RegionId", Source::Region), ("NetworkAclId", Source::Id)],
        ),
        listed(LISTING, "NetworkAclId", Source::Id),
    )
};

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::resources::testing::{cell, only_resource};

    #[test]
    fn it_is_in_the_way_of_its_vpc_and_its_vswitches() {
        let raw = json!({
            "NetworkAclId": "nacl-1", "NetworkAclName": "strict", "Status": "Available", "VpcId": "vpc-1",
            "OwnerId": 42, "RegionId": "cn-hangzhou", "CreationTime": "2026-01-25 11:44:17",
            "Resources": {"Resource": [
                {"ResourceId": "vsw-1", "ResourceType": "VSwitch", "Status": "BINDED"},
                {"ResourceId": "vsw-2", "ResourceType": "VSwitch", "Status": "BINDED"},
            ]},
            "IngressAclEntries": {"IngressAclEntry": []}, "Tags": {"Tag": []},
        });
        let acl = NetworkAcl.decode(&raw, &cell("cn-hangzhou")).unwrap();
        assert!(acl.created.is_some());
        let links = NetworkAcl.links(&acl);
        let ends: Vec<&str> = links.iter().map(|link| link.to.id.as_str()).collect();
        assert_eq!(ends, ["vpc-1", "vsw-1", "vsw-2"]);
        assert!(REMOVAL.refuse(&acl, &only_resource(&acl)).is_none());
    }

    #[test]
    fn one_on_nothing_is_not_one_of_which_nothing_is_known() {
        let on_nothing =
            json!({"NetworkAclId": "nacl-1", "Status": "Available", "Resources": {"Resource": []}});
        let on_nothing = NetworkAcl.decode(&on_nothing, &cell("r")).unwrap();
        assert!(
            REMOVAL
                .refuse(&on_nothing, &only_resource(&on_nothing))
                .is_none()
        );
        let silent = json!({"NetworkAclId": "nacl-1", "Status": "Available"});
        let silent = NetworkAcl.decode(&silent, &cell("r")).unwrap();
        let refusal = REMOVAL.refuse(&silent, &only_resource(&silent)).unwrap();
        assert_eq!(refusal.code, "unreadable");
        let error = NetworkAcl.decode(&json!({}), &cell("r")).unwrap_err();
        assert_eq!(error.path, "NetworkAclId");
    }
}
