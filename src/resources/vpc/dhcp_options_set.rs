//! `vpc.dhcp_options_set`: names and addresses of DNS servers that VPCs hand out.
//!
//! Free.
//!
//! <https://api.aliyun.com/document/Vpc/2016-04-28/ListDhcpOptionsSets>
//!
//! Traps: the list counts the VPCs that use a set and does not name them; that takes a further call for each set. Without it
//! nothing says whose a set is: the type is only listed. The total is a text.

use futures::stream::BoxStream;
use serde_json::Value;

use crate::model::{Cell, Link, LinkKind, Resource, TypeId};
use crate::resources::{
    Argument, Billing, Field, Fields, ListError, ListedPer, Listing, Reader, ResourceType, Risk,
    Spec, Tags, Title, detail, field, listing,
};

/// `vpc.dhcp_options_set`
pub struct DhcpOptionsSet;

const LISTING: Listing = Listing {
    product: "vpc",
    action: "ListDhcpOptionsSets",
    arguments: &[("RegionId", Argument::Region)],
    items: "DhcpOptionsSets",
    id: "DhcpOptionsSetId",
};

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("vpc.dhcp_options_set"),
    title: Title {
        en: "DHCP options set",
        zh: "DHCP 选项集",
    },
    listed_per: ListedPer::Region,
    listing: Some(LISTING),
    also_reads: &["vpc:GetDhcpOptionsSet"],
    docs: "https://api.aliyun.com/document/Vpc/2016-04-28/ListDhcpOptionsSets",
    billing: Billing::Free,
    risk: Risk::Service,
    fields: Fields {
        id: "DhcpOptionsSetId",
        name: "DhcpOptionsSetName",
        status: "Status",
        created: "CreationTime",
        resource_group: "ResourceGroupId",
        tags: Tags::FLAT_KEY,
        attributes: &[
            Field::text("description", "DhcpOptionsSetDescription"),
            Field::text("domain_name", "DhcpOptions.DomainName"),
            Field::text("domain_name_servers", "DhcpOptions.DomainNameServers"),
            Field::integer("vpc_count", "AssociateVpcCount"),
            Field::text_list("vpc_ids", "AssociateVpcs.VpcId"),
        ],
        ..Fields::NONE
    },
    links: &[],
    unverified: &[
        "that a DHCP options set is not billed: no page of the vendor names a price for one",
        "that a VPC can be deleted while a DHCP options set is on it, which is the VPC's to drop",
    ],
};

impl ResourceType for DhcpOptionsSet {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn list<'a>(
        &'a self,
        api: &'a Reader,
        cell: &'a Cell,
    ) -> BoxStream<'a, Result<Value, ListError>> {
        let items = listing::list(&SPEC, api, cell);
        detail::complete(items, api, cell, SPEC.fields.id, |id, _| {
            vec![detail::Call {
                product: "vpc",
                action: "GetDhcpOptionsSet",
                arguments: vec![
                    ("RegionId", cell.region.to_string()),
                    ("DhcpOptionsSetId", id.to_owned()),
                ],
            }]
        })
    }

    /// The VPC uses the set.
    fn links(&self, resource: &Resource) -> Vec<Link> {
        let vpcs = resource.attributes.text_list("vpc_ids").unwrap_or_default();
        vpcs.iter()
            .filter(|id| !id.is_empty())
            .map(|id| {
                let via = "AssociateVpcs.VpcId";
                field::link_from("vpc.vpc", id, LinkKind::Uses, resource, via)
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::resources::testing::cell;

    #[test]
    fn its_vpcs_use_it() {
        let raw = json!({
            "DhcpOptionsSetId": "dopt-1", "DhcpOptionsSetName": "names", "Status": "InUse", "AssociateVpcCount": 2,
            "DhcpOptions": {"DomainName": "example.com", "DomainNameServers": "192.0.2.1"},
            "AssociateVpcs": [{"VpcId": "vpc-1", "AssociateStatus": "InUse"}, {"VpcId": "vpc-2"}],
            "Tags": [{"Key": "team", "Value": "blue"}],
        });
        let set = DhcpOptionsSet.decode(&raw, &cell("cn-hangzhou")).unwrap();
        assert_eq!(set.tag("team"), Some("blue"));
        assert_eq!(set.attributes.integer("vpc_count"), Some(2));
        let ends: Vec<_> = DhcpOptionsSet
            .links(&set)
            .into_iter()
            .map(|link| (link.from.id, link.to.id))
            .collect();
        let end = |vpc: &str| (vpc.to_owned(), "dopt-1".to_owned());
        assert_eq!(ends, [end("vpc-1"), end("vpc-2")]);
    }

    #[test]
    fn without_id_it_is_an_error_and_without_the_rest_not() {
        let error = DhcpOptionsSet.decode(&json!({}), &cell("r")).unwrap_err();
        assert_eq!(error.path, "DhcpOptionsSetId");
        let raw = json!({"DhcpOptionsSetId": "dopt-1"});
        let bare = DhcpOptionsSet.decode(&raw, &cell("r")).unwrap();
        assert_eq!(bare.attributes.text_list("vpc_ids"), None);
    }
}
