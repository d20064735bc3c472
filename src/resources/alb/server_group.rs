//! `alb.server_group`: the backends of an ALB.
//!
//! Free. It can be deleted when no listener or rule forwards to it, so its load balancers go before it.
//!
//! <https://api.aliyun.com/document/Alb/2020-06-16/ListServerGroups>
//!
//! Traps: the ALB Ingress controller tags it with the Service and Ingress that it stands for
//! (kubernetes/cloud-provider-alibaba-cloud `model_build_server_group.go`).

use crate::model::{Link, LinkKind, Resource, TypeId};
use crate::resources::removal::{Operation, Removal, Source, listed, pace};
use crate::resources::teardown::Teardown;
use crate::resources::{
    Billing, Field, Fields, LinkRule, ListedPer, Listing, ResourceType, Risk, Spec, Tags, Title,
    field,
};

/// `alb.server_group`
pub struct ServerGroup;

const LISTING: Listing = Listing {
    product: "alb",
    action: "ListServerGroups",
    arguments: &[],
    items: "ServerGroups",
    id: "ServerGroupId",
};

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("alb.server_group"),
    title: Title {
        en: "ALB server group",
        zh: "应用型负载均衡服务器组",
    },
    listed_per: ListedPer::Region,
    listing: Some(LISTING),
    also_reads: &[],
    docs: "https://api.aliyun.com/document/Alb/2020-06-16/ListServerGroups",
    billing: Billing::Free,
    risk: Risk::Service,
    fields: Fields {
        id: "ServerGroupId",
        name: "ServerGroupName",
        status: "ServerGroupStatus",
        created: "CreateTime",
        resource_group: "ResourceGroupId",
        tags: Tags::FLAT_KEY,
        attributes: &[
            Field::text("server_group_type", "ServerGroupType"),
            Field::text("protocol", "Protocol"),
            Field::integer("server_count", "ServerCount"),
            Field::text_list("load_balancer_ids", "RelatedLoadBalancerIds"),
            Field::text("vpc_id", "VpcId"),
        ],
        ..Fields::NONE
    },
    links: &[LinkRule::uses("vpc.vpc", "vpc_id", "VpcId")],
    unverified: &[],
};

impl ResourceType for ServerGroup {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn links(&self, resource: &Resource) -> Vec<Link> {
        let balancers = resource
            .attributes
            .text_list("load_balancer_ids")
            .unwrap_or_default()
            .iter()
            .filter(|id| !id.is_empty())
            .map(|id| {
                field::link_from(
                    "alb.load_balancer",
                    id,
                    LinkKind::Uses,
                    resource,
                    "RelatedLoadBalancerIds",
                )
            });
        balancers
            .chain(field::links(SPEC.links, resource))
            .collect()
    }

    fn teardown(&self) -> Option<&dyn Teardown> {
        Some(&REMOVAL)
    }
}

static REMOVAL: Removal = Removal {
    gone: &["ResourceNotFound.ServerGroup"],
    pace: pace(5, 600),
    ..Removal::new(
        &ServerGroup,
        Operation::new("alb", "DeleteServerGroup", &[("ServerGroupId", Source::Id)]),
        listed(LISTING, "ServerGroupIds.1", Source::Id),
    )
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resources::testing::{cell, only_resource};
    use serde_json::json;

    #[test]
    fn its_load_balancer_goes_before_it_and_its_vpc_after_it() {
        let raw = json!({
            "ServerGroupId": "sgp-1", "ServerGroupName": "my-app-web-80", "ServerGroupType": "Ip",
            "ServerGroupStatus": "Available", "Protocol": "HTTP", "ServerCount": 2,
            "RelatedLoadBalancerIds": ["alb-1"], "VpcId": "vpc-1", "CreateTime": "2026-01-15T03:00:40Z",
            "Tags": [{"Key": "ingress.k8s.alibaba/service_name", "Value": "web"}],
        });
        let group = ServerGroup.decode(&raw, &cell("cn-hangzhou")).unwrap();
        assert_eq!(group.tag("ingress.k8s.alibaba/service_name"), Some("web"));
        assert!(
            ServerGroup
                .charges(&group, &only_resource(&group))
                .is_empty()
        );
        let links = ServerGroup.links(&group);
        assert_eq!(links.len(), 2);
        assert_eq!(
            (links[0].from.id.as_str(), &links[0].to),
            ("alb-1", &group.id)
        );
        assert_eq!(
            (&links[1].from, links[1].to.id.as_str()),
            (&group.id, "vpc-1")
        );
    }

    #[test]
    fn one_that_nothing_uses_is_not_one_of_which_nothing_is_known() {
        let unused = json!({"ServerGroupId": "sgp-1", "RelatedLoadBalancerIds": []});
        let unused = ServerGroup.decode(&unused, &cell("r")).unwrap();
        assert_eq!(
            unused.attributes.text_list("load_balancer_ids"),
            Some(&[][..])
        );
        let silent = ServerGroup
            .decode(&json!({"ServerGroupId": "sgp-1"}), &cell("r"))
            .unwrap();
        assert_eq!(silent.attributes.text_list("load_balancer_ids"), None);
        let error = ServerGroup.decode(&json!({}), &cell("r")).unwrap_err();
        assert_eq!(error.path, "ServerGroupId");
    }
}
