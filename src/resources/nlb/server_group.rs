//! `nlb.server_group`: the backends of an NLB.
//!
//! Free. It can be deleted when no listener forwards to it, so its load balancers go before it.
//!
//! <https://api.aliyun.com/document/Nlb/2022-04-30/ListServerGroups>
//!
//! Traps: the answer has no creation time. The cloud controller manager names it
//! `k8s.<port>.<protocol>.<service>.<namespace>.<cluster>` and tags it like the load balancer
//! (kubernetes/cloud-provider-alibaba-cloud `pkg/model/nlb/nlb.go`).

use crate::model::{Link, LinkKind, Resource, TypeId};
use crate::resources::removal::{Operation, Removal, Source, listed, pace};
use crate::resources::teardown::Teardown;
use crate::resources::{
    Argument, Billing, Field, Fields, LinkRule, ListedPer, Listing, ResourceType, Risk, Spec, Tags,
    Title, field,
};

/// `nlb.server_group`
pub struct ServerGroup;

const LISTING: Listing = Listing {
    product: "nlb",
    action: "ListServerGroups",
    arguments: &[("RegionId", Argument::Region)],
    items: "ServerGroups",
    id: "ServerGroupId",
};

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("nlb.server_group"),
    title: Title {
        en: "NLB server group",
        zh: "网络型负载均衡服务器组",
    },
    listed_per: ListedPer::Region,
    listing: Some(LISTING),
    also_reads: &[],
    docs: "https://api.aliyun.com/document/Nlb/2022-04-30/ListServerGroups",
    billing: Billing::Free,
    risk: Risk::Service,
    fields: Fields {
        id: "ServerGroupId",
        name: "ServerGroupName",
        status: "ServerGroupStatus",
        resource_group: "ResourceGroupId",
        tags: Tags::FLAT_KEY,
        attributes: &[
            Field::text("server_group_type", "ServerGroupType"),
            Field::text("protocol", "Protocol"),
            Field::integer("server_count", "ServerCount"),
            Field::text_list("load_balancer_ids", "RelatedLoadBalancerIds"),
            Field::boolean("health_check", "HealthCheck.HealthCheckEnabled"),
            Field::text("vpc_id", "VpcId"),
        ],
        ..Fields::NONE
    },
    links: &[LinkRule::uses("vpc.vpc", "vpc_id", "VpcId")],
    unverified: &["by which code the API says that an NLB server group does not exist"],
};

impl ResourceType for ServerGroup {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn links(&self, resource: &Resource) -> Vec<Link> {
        let ids = resource.attributes.text_list("load_balancer_ids");
        let via = "RelatedLoadBalancerIds";
        let balancers = ids
            .unwrap_or_default()
            .iter()
            .filter(|id| !id.is_empty())
            .map(|id| field::link_from("nlb.load_balancer", id, LinkKind::Uses, resource, via));
        balancers
            .chain(field::links(SPEC.links, resource))
            .collect()
    }

    fn teardown(&self) -> Option<&dyn Teardown> {
        Some(&REMOVAL)
    }
}

static REMOVAL: Removal = Removal {
    gone: &["ResourceNotFound.serverGroup"],
    pace: pace(5, 600),
    needs: &["load_balancer_ids"],
    ..Removal::new(
        &ServerGroup,
        Operation::new(
            "nlb",
            "DeleteServerGroup",
            &[("RegionId", Source::Region), ("ServerGroupId", Source::Id)],
        ),
        listed(LISTING, "ServerGroupIds.1", Source::Id),
    )
};

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::resources::testing::{cell, only_resource};

    #[test]
    fn its_load_balancer_goes_before_it_and_its_vpc_after_it() {
        let raw = json!({
            "ServerGroupId": "sgp-1", "ServerGroupName": "k8s.80.TCP.web.app.c1", "ServerGroupType": "Ip",
            "ServerGroupStatus": "Available", "Protocol": "TCP", "ServerCount": 2, "VpcId": "vpc-1",
            "RelatedLoadBalancerIds": ["nlb-1"], "HealthCheck": {"HealthCheckEnabled": true},
            "Tags": [{"Key": "ack.aliyun.com", "Value": "c1"}],
        });
        let group = ServerGroup.decode(&raw, &cell("cn-hangzhou")).unwrap();
        assert_eq!(group.tag("ack.aliyun.com"), Some("c1"));
        let links = ServerGroup.links(&group);
        let ends: Vec<_> = links
            .iter()
            .map(|link| (link.from.id.as_str(), link.to.id.as_str()))
            .collect();
        assert_eq!(ends, [("nlb-1", "sgp-1"), ("sgp-1", "vpc-1")]);
    }

    #[test]
    fn one_of_which_nothing_is_known_is_kept() {
        let silent = json!({"ServerGroupId": "sgp-1", "ServerGroupStatus": "Available"});
        let silent = ServerGroup.decode(&silent, &cell("r")).unwrap();
        let refusal = REMOVAL.refuse(&silent, &only_resource(&silent)).unwrap();
        assert_eq!(refusal.code, "unreadable");
        let error = ServerGroup.decode(&json!({}), &cell("r")).unwrap_err();
        assert_eq!(error.path, "ServerGroupId");
    }
}
