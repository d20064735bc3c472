//! `privatelink.endpoint`: an endpoint in a VPC, through which a service of somebody else is reached.
//!
//! Billed per hour and by data; which of endpoint and service owner pays is agreed between them. No source of the prices was
//! found, so what it costs is unknown.
//!
//! <https://api.aliyun.com/document/Privatelink/2020-04-15/ListVpcEndpoints>
//!
//! Traps: `ResourceOwner` says whether endpoint and service belong to one account, not whose the endpoint is.
//! `PolicyDocument` is not kept.

use crate::model::{Charge, Resource, Said, TypeId};
use crate::resources::{
    Argument, Billing, Field, Fields, LinkRule, ListedPer, Listing, Neighbours, ResourceType, Risk,
    Spec, Tags, Title,
};

/// `privatelink.endpoint`
pub struct Endpoint;

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("privatelink.endpoint"),
    title: Title {
        en: "PrivateLink endpoint",
        zh: "私网连接终端节点",
    },
    listed_per: ListedPer::Region,
    listing: Some(Listing {
        product: "privatelink",
        action: "ListVpcEndpoints",
        arguments: &[("RegionId", Argument::Region)],
        items: "Endpoints",
        id: "EndpointId",
    }),
    also_reads: &[],
    docs: "https://api.aliyun.com/document/Privatelink/2020-04-15/ListVpcEndpoints",
    billing: Billing::Charged,
    risk: Risk::Service,
    fields: Fields {
        id: "EndpointId",
        name: "EndpointName",
        status: "EndpointStatus",
        created: "CreateTime",
        resource_group: "ResourceGroupId",
        tags: Tags::FLAT_KEY,
        attributes: &[
            Field::text("description", "EndpointDescription"),
            Field::text("endpoint_type", "EndpointType"),
            Field::text("business_status", "EndpointBusinessStatus"),
            Field::text("connection_status", "ConnectionStatus"),
            Field::text("service_id", "ServiceId"),
            Field::text("service_name", "ServiceName"),
            Field::boolean("service_of_same_account", "ResourceOwner"),
            Field::integer("bandwidth_mbps", "Bandwidth"),
            Field::text("vpc_id", "VpcId"),
        ],
        ..Fields::NONE
    },
    links: &[LinkRule::uses("vpc.vpc", "vpc_id", "VpcId")],
    unverified: &["what an endpoint is billed for, and when its service pays instead"],
};

impl ResourceType for Endpoint {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn charges(&self, _resource: &Resource, _near: &Neighbours<'_>) -> Vec<Charge> {
        let reason = Said::new(
            "no source of PrivateLink prices was found",
            "没有找到私网连接的价格来源",
        );
        vec![Charge::unknown("privatelink", "endpoint_fee", reason)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ChargeKind;
    use crate::resources::testing::{cell, only_resource};
    use serde_json::json;

    #[test]
    fn an_endpoint_uses_its_vpc_and_costs_nobody_knows_what() {
        let raw = json!({
            "EndpointId": "ep-1", "EndpointName": "to-logs", "EndpointStatus": "Active",
            "EndpointType": "Interface", "ConnectionStatus": "Connected", "ResourceOwner": false,
            "Bandwidth": 1024, "VpcId": "vpc-1", "CreateTime": "2026-01-15T08:00:00Z",
            "ServiceId": "epsrv-1", "PolicyDocument": "{\"Version\":\"1\"}",
            "Tags": [{"Key": "team", "Value": "blue"}],
        });
        let endpoint = Endpoint.decode(&raw, &cell("cn-hangzhou")).unwrap();
        assert_eq!(endpoint.tag("team"), Some("blue"));
        assert_eq!(
            endpoint.attributes.boolean("service_of_same_account"),
            Some(false)
        );
        assert!(
            !serde_json::to_string(&endpoint)
                .unwrap()
                .contains("Version")
        );
        let links = Endpoint.links(&endpoint);
        assert_eq!((links.len(), links[0].to.id.as_str()), (1, "vpc-1"));
        let charges = Endpoint.charges(&endpoint, &only_resource(&endpoint));
        assert!(matches!(charges[0].kind, ChargeKind::Unknown(_)));
    }

    #[test]
    fn without_id_it_is_an_error() {
        let error = Endpoint.decode(&json!({}), &cell("r")).unwrap_err();
        assert_eq!(error.path, "EndpointId");
    }
}
