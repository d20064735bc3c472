//! `vpc.flow_log`: records the traffic of a VPC, a vSwitch or a network interface in a Logstore.
//!
//! Taking the log is billed by the traffic that it records, and its Logstore for keeping it; no source prices the former.
//!
//! <https://api.aliyun.com/document/Vpc/2016-04-28/DescribeFlowLogs>
//!
//! Traps: totals are texts. It is the record of somebody's network: the type is only listed.

use crate::model::{Charge, Link, LinkKind, Resource, Said, TypeId};
use crate::resources::{
    Argument, Billing, Field, Fields, LinkRule, ListedPer, Listing, Neighbours, ResourceType, Risk,
    Spec, Tags, Title, field,
};

/// `vpc.flow_log`
pub struct FlowLog;

const LISTING: Listing = Listing {
    product: "vpc",
    action: "DescribeFlowLogs",
    arguments: &[("RegionId", Argument::Region)],
    items: "FlowLogs.FlowLog",
    id: "FlowLogId",
};

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("vpc.flow_log"),
    title: Title {
        en: "VPC flow log",
        zh: "流日志",
    },
    listed_per: ListedPer::Region,
    listing: Some(LISTING),
    also_reads: &[],
    docs: "https://api.aliyun.com/document/Vpc/2016-04-28/DescribeFlowLogs",
    billing: Billing::Charged,
    risk: Risk::Service,
    fields: Fields {
        id: "FlowLogId",
        name: "FlowLogName",
        status: "Status",
        created: "CreationTime",
        resource_group: "ResourceGroupId",
        tags: Tags::KEY,
        attributes: &[
            Field::text("description", "Description"),
            Field::text("recorded_type", "ResourceType"),
            Field::text("recorded_id", "ResourceId"),
            Field::text("traffic_type", "TrafficType"),
            Field::text("service_type", "ServiceType"),
            Field::text("log_project", "ProjectName"),
            Field::text("log_store", "LogStoreName"),
            Field::text("delivery_status", "FlowLogDeliverStatus"),
            Field::text("business_status", "BusinessStatus"),
            Field::integer("aggregation_minutes", "AggregationInterval"),
        ],
        ..Fields::NONE
    },
    links: &[LinkRule::uses("sls.project", "log_project", "ProjectName")],
    unverified: &[
        "that what a flow log records cannot be deleted while the log is there: it is taken to be in the way",
    ],
};

impl ResourceType for FlowLog {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn also_links_to(&self) -> &'static [&'static str] {
        &["ecs.network_interface", "vpc.vpc", "vpc.vswitch"]
    }

    fn links(&self, resource: &Resource) -> Vec<Link> {
        let recorded = resource
            .text("recorded_id")
            .zip(match resource.text("recorded_type") {
                Some("VPC") => Some("vpc.vpc"),
                Some("VSwitch") => Some("vpc.vswitch"),
                Some("NetworkInterface") => Some("ecs.network_interface"),
                _ => None,
            });
        let recorded =
            recorded.map(|(id, to)| field::link(resource, LinkKind::Uses, to, id, "ResourceId"));
        let own = field::links(SPEC.links, resource);
        recorded.into_iter().chain(own).collect()
    }

    fn charges(&self, _resource: &Resource, _near: &Neighbours<'_>) -> Vec<Charge> {
        vec![Charge::unknown(
            "flow_log",
            "extraction",
            Said::new(
                "billed by the traffic that it records; the price list has no row for it",
                "按采集的流量计费，价格表中没有对应的价格",
            ),
        )]
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::ChargeKind;
    use crate::resources::testing::{cell, only_resource};

    #[test]
    fn it_uses_what_it_records_and_where_it_writes() {
        for (recorded, to) in [
            ("VPC", Some("vpc.vpc")),
            ("VSwitch", Some("vpc.vswitch")),
            ("NetworkInterface", Some("ecs.network_interface")),
            ("TransitRouter", None),
        ] {
            let raw = json!({
                "FlowLogId": "fl-1", "FlowLogName": "audit", "Status": "Active", "ResourceType": recorded,
                "ResourceId": "x-1", "ProjectName": "logs", "LogStoreName": "flow", "TrafficType": "All",
                "AggregationInterval": 10, "CreationTime": "2026-01-21T03:08:50Z", "Tags": {"Tag": []},
            });
            let log = FlowLog.decode(&raw, &cell("cn-hangzhou")).unwrap();
            let links = FlowLog.links(&log);
            let ends: Vec<&str> = links.iter().map(|link| link.to.type_id.as_str()).collect();
            let expected: Vec<&str> = to.into_iter().chain(["sls.project"]).collect();
            assert_eq!(ends, expected, "{recorded}");
            let charges = FlowLog.charges(&log, &only_resource(&log));
            assert!(matches!(charges[0].kind, ChargeKind::Unknown(_)));
        }
    }

    #[test]
    fn without_id_it_is_an_error_and_without_the_rest_not() {
        let error = FlowLog.decode(&json!({}), &cell("r")).unwrap_err();
        assert_eq!(error.path, "FlowLogId");
        let bare = FlowLog.decode(&json!({"FlowLogId": "fl-1"}), &cell("r"));
        assert!(FlowLog.links(&bare.unwrap()).is_empty());
    }
}
