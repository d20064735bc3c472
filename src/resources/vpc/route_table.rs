//! `vpc.route_table`: a route table of a VPC.
//!
//! Free. Every VPC has one system table, which comes and goes with it and is never deleted by itself. A custom table has to
//! be taken off its vSwitches, which fall back to the system table, before it can be deleted; a vSwitch that it is on cannot
//! be deleted either (`DependencyViolation.RouteTable`).
//!
//! <https://api.aliyun.com/document/Vpc/2016-04-28/DescribeRouteTableList>
//!
//! Traps: the lists wrap twice with the same word (`GatewayIds.GatewayIds`). A table on a gateway (`AssociateType` `Gateway`)
//! stands between the gateway and the VPC: it stays, and the gateway with it.

use crate::model::{Link, LinkKind, Resource, TypeId};
use crate::resources::removal::{Bindings, Operation, Removal, Source, kept, listed, pace};
use crate::resources::teardown::{Kept, Refusal, Teardown};
use crate::resources::{
    Argument, Billing, Field, Fields, ListedPer, Listing, Neighbours, ResourceType, Risk, Spec,
    Tags, Title, field,
};

/// `vpc.route_table`
pub struct RouteTable;

const LISTING: Listing = Listing {
    product: "vpc",
    action: "DescribeRouteTableList",
    arguments: &[("RegionId", Argument::Region)],
    items: "RouterTableList.RouterTableListType",
    id: "RouteTableId",
};

/// The table that comes with a VPC.
const SYSTEM: &str = "System";

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("vpc.route_table"),
    title: Title {
        en: "Route table",
        zh: "路由表",
    },
    listed_per: ListedPer::Region,
    listing: Some(LISTING),
    also_reads: &[],
    docs: "https://api.aliyun.com/document/Vpc/2016-04-28/DescribeRouteTableList",
    billing: Billing::Free,
    risk: Risk::Service,
    fields: Fields {
        id: "RouteTableId",
        name: "RouteTableName",
        status: "Status",
        created: "CreationTime",
        resource_group: "ResourceGroupId",
        tags: Tags::KEY,
        attributes: &[
            Field::text("description", "Description"),
            Field::text("vpc_id", "VpcId"),
            Field::text("route_table_type", "RouteTableType"),
            Field::text("associate_type", "AssociateType"),
            Field::text("router_id", "RouterId"),
            Field::text("router_type", "RouterType"),
            Field::text("owner_account_id", "OwnerId"),
            Field::text_list("vswitch_ids", "VSwitchIds.VSwitchId"),
            Field::text_list("gateway_ids", "GatewayIds.GatewayIds"),
        ],
        ..Fields::NONE
    },
    links: &[],
    unverified: &[
        "route-entries: that the API refuses to delete a custom table with routes of its own (DependencyViolation.RouteEntry); yunsweep deletes no routes",
    ],
};

impl ResourceType for RouteTable {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    /// The VPC makes and removes its system table; a custom one is in the way of the VPC, its vSwitches and its gateway.
    fn also_links_to(&self) -> &'static [&'static str] {
        &["vpc.ipv4_gateway", "vpc.vpc", "vpc.vswitch"]
    }

    fn links(&self, resource: &Resource) -> Vec<Link> {
        let vpc = resource.text("vpc_id");
        if is_system(resource) {
            let manages =
                |id| field::link_from("vpc.vpc", id, LinkKind::Manages, resource, "RouterTableIds");
            return vpc.map(manages).into_iter().collect();
        }
        let uses = |to, id: &str, via| field::link(resource, LinkKind::Uses, to, id, via);
        let ids = |name| resource.attributes.text_list(name).unwrap_or_default();
        let mut links: Vec<Link> = vpc
            .map(|id| uses("vpc.vpc", id, "VpcId"))
            .into_iter()
            .collect();
        links.extend(
            ids("vswitch_ids")
                .iter()
                .map(|id| uses("vpc.vswitch", id, "VSwitchIds.VSwitchId")),
        );
        links.extend(
            ids("gateway_ids")
                .iter()
                .filter(|id| id.starts_with("ipv4gw-"))
                .map(|id| uses("vpc.ipv4_gateway", id, "GatewayIds.GatewayIds")),
        );
        links
    }

    fn teardown(&self) -> Option<&dyn Teardown> {
        Some(&REMOVAL)
    }
}

fn is_system(table: &Resource) -> bool {
    table.text("route_table_type") == Some(SYSTEM)
}

/// One vSwitch, in a call.
const BOND: &[(&str, Source)] = &[
    ("RegionId", Source::Region),
    ("RouteTableId", Source::Id),
    ("VSwitchId", Source::Attribute("vswitch_id")),
];

static REMOVAL: Removal = Removal {
    bindings: Some(Bindings {
        attribute: "vswitch_ids",
        one: "vswitch_id",
        loosen: Operation::new("vpc", "UnassociateRouteTable", BOND),
        back: Operation::new("vpc", "AssociateRouteTable", BOND),
    }),
    gone: &["InvalidRouteTable.NotFound"],
    pace: pace(5, 600),
    assumptions: &["vpc.route_table/route-entries"],
    needs: &["route_table_type", "vswitch_ids"],
    refuse: keeps,
    goes_along: |table, _| is_system(table),
    ..Removal::new(
        &RouteTable,
        Operation::new(
            "vpc",
            "DeleteRouteTable",
            &[("RegionId", Source::Region), ("RouteTableId", Source::Id)],
        ),
        listed(LISTING, "RouteTableId", Source::Id),
    )
};

fn keeps(table: &Resource, _near: &Neighbours<'_>) -> Option<Refusal> {
    let gateways = table.attributes.text_list("gateway_ids");
    super::kept_as_default_or_of_others(table).or_else(|| {
        let gateway = gateways.unwrap_or_default().first()?;
        let because = format!("GatewayIds={gateway}");
        Some(kept(Kept::Always, "shared", because))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::resources::testing::{cell, only_resource};

    fn table(more: &Value) -> Resource {
        let mut raw = json!({
            "RouteTableId": "vtb-1", "RouteTableName": "out", "RouteTableType": "Custom", "AssociateType": "VSwitch",
            "VpcId": "vpc-1", "RouterId": "vrt-1", "RouterType": "VRouter", "Status": "Available", "OwnerId": 42,
            "VSwitchIds": {"VSwitchId": ["vsw-1", "vsw-2"]}, "GatewayIds": {"GatewayIds": []},
            "CreationTime": "2026-01-15T01:30:00Z", "Tags": {"Tag": [{"Key": "team", "Value": "blue"}]},
        });
        for (key, value) in more.as_object().unwrap() {
            raw[key] = value.clone();
        }
        RouteTable.decode(&raw, &cell("cn-hangzhou")).unwrap()
    }

    fn ends(table: &Resource) -> Vec<(String, LinkKind, String)> {
        RouteTable
            .links(table)
            .into_iter()
            .map(|link| (link.from.id, link.kind, link.to.id))
            .collect()
    }

    fn refusal(table: &Resource) -> Option<String> {
        let said = REMOVAL.refuse(table, &only_resource(table));
        said.map(|refusal| refusal.code)
    }

    #[test]
    fn a_custom_table_is_in_the_way_of_its_vpc_and_its_vswitches() {
        let custom = table(&json!({}));
        let end = |to: &str| ("vtb-1".to_owned(), LinkKind::Uses, to.to_owned());
        assert_eq!(ends(&custom), [end("vpc-1"), end("vsw-1"), end("vsw-2")]);
        assert_eq!(refusal(&custom), None);
        assert_eq!(custom.tag("team"), Some("blue"));
    }

    #[test]
    fn the_system_table_goes_with_its_vpc() {
        let system = table(&json!({"RouteTableType": "System"}));
        let with_vpc = ("vpc-1".to_owned(), LinkKind::Manages, "vtb-1".to_owned());
        assert_eq!(ends(&system), [with_vpc]);
        let named = crate::resources::teardown::Wishes {
            is_named: true,
            ..Default::default()
        };
        let near = only_resource(&system);
        assert!(REMOVAL.calls(&system, &near, &named).is_empty());
    }

    #[test]
    fn what_is_not_known_of_a_table_keeps_it() {
        assert_eq!(
            refusal(&table(&json!({"RouteTableType": null}))).as_deref(),
            Some("unreadable")
        );
        assert_eq!(
            refusal(&table(&json!({"VSwitchIds": null}))).as_deref(),
            Some("unreadable")
        );
        assert_eq!(
            refusal(&table(&json!({"OwnerId": 7}))).as_deref(),
            Some("shared")
        );
    }

    #[test]
    fn a_table_on_a_gateway_stays_and_is_in_its_way() {
        let on_gateway = table(&json!({
            "AssociateType": "Gateway", "VSwitchIds": {"VSwitchId": []},
            "GatewayIds": {"GatewayIds": ["ipv4gw-1"]},
        }));
        let end = |to: &str| ("vtb-1".to_owned(), LinkKind::Uses, to.to_owned());
        assert_eq!(ends(&on_gateway), [end("vpc-1"), end("ipv4gw-1")]);
        assert_eq!(refusal(&on_gateway).as_deref(), Some("shared"));
    }
}
