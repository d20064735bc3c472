//! The world of the scenario `ack-sop`, read through the resource types: who owns what, and what it costs.
//!
//! The oracle is the laboratory's table, written before the program: the numbers in the tests are its rows.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests are tests"
)]

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::Value;
use yunsweep::inventory::{Inventory, ownership};
use yunsweep::model::{
    AccountId, Cell, ChargeType, Confidence, CoverageRow, CoverageState, Owner, OwnerKind, Region,
    Resource, ResourceId, Site, TypeId,
};
use yunsweep::pricing::{Charged, Line, Options, Outcome, PriceBook, estimate};
use yunsweep::resources::{ListedPer, Neighbours, RESOURCE_TYPES, find, linking_to};

const SCENARIO: &str = include_str!("../src/emulator/scenarios/ack-sop.json");
const ACCOUNT: &str = "0000000000000042";
const CLUSTER: &str = "c7e1a0c5b2d94f6e8a3b1c0d9e8f70042";

/// Collections of the scenario, and the types whose operations answer from them.
const COLLECTIONS: &[(&str, &str)] = &[
    ("alb/load_balancer", "alb.load_balancer"),
    ("alb/server_group", "alb.server_group"),
    ("arms/environment", "arms.environment"),
    ("cr-personal/namespace", "cr.namespace"),
    ("ecs/disk", "ecs.disk"),
    ("ecs/image", "ecs.image"),
    ("ecs/instance", "ecs.instance"),
    ("ecs/network_interface", "ecs.network_interface"),
    ("ecs/security_group", "ecs.security_group"),
    ("ecs/snapshot", "ecs.snapshot"),
    ("ess/scaling_group", "ess.scaling_group"),
    ("slb/load_balancer", "slb.load_balancer"),
    ("sls/project", "sls.project"),
    ("vpc/eip", "vpc.eip"),
    ("vpc/nat_gateway", "vpc.nat_gateway"),
    ("vpc/route_table", "vpc.route_table"),
    ("vpc/vpc", "vpc.vpc"),
    ("vpc/vswitch", "vpc.vswitch"),
];

/// Collections whose items live in a parent: the field with its id, its type, and the type of the items.
const CHILDREN: &[(&str, &str, &str, &str)] = &[
    (
        "cr-personal/repository",
        "repoNamespace",
        "cr.namespace",
        "cr.repository",
    ),
    ("sls/logstore", "_project", "sls.project", "sls.logstore"),
];

/// Kinds of the scenario's Kubernetes objects, and their types.
const KINDS: &[(&str, &str)] = &[
    ("AlbConfig", "k8s.alb_config"),
    ("Node", "k8s.node"),
    ("PersistentVolume", "k8s.persistent_volume"),
    ("PersistentVolumeClaim", "k8s.persistent_volume_claim"),
];

fn cell(parent: Option<ResourceId>) -> Cell {
    Cell {
        account: AccountId::new(ACCOUNT),
        region: Region::new("cn-hangzhou"),
        parent,
    }
}

fn read(type_id: &str, raw: &Value, cell: &Cell) -> Resource {
    find(type_id).unwrap().decode(raw, cell).unwrap()
}

fn id(type_id: &str, id: &str) -> ResourceId {
    ResourceId {
        account: AccountId::new(ACCOUNT),
        region: Region::new("cn-hangzhou"),
        type_id: TypeId::new(type_id),
        id: id.to_owned(),
    }
}

/// The scenario as a whole scan would see it, as far as these types go. `change` may alter it first.
fn laboratory(change: impl Fn(&mut Value)) -> Inventory {
    let mut world: Value = serde_json::from_str(SCENARIO).unwrap();
    change(&mut world);
    let mut resources = Vec::new();
    for (collection, type_id) in COLLECTIONS {
        let items = world["collections"][collection].as_array().unwrap();
        resources.extend(items.iter().map(|item| read(type_id, item, &cell(None))));
    }
    for (collection, field, parent_type, type_id) in CHILDREN {
        for item in world["collections"][collection].as_array().unwrap() {
            let parent = id(parent_type, item[field].as_str().unwrap());
            resources.push(read(type_id, item, &cell(Some(parent))));
        }
    }
    for cluster in world["clusters"].as_array().unwrap() {
        let mut item = cluster["detail"].clone();
        item["resources"] = cluster["resources"].clone();
        let resource = read("ack.cluster", &item, &cell(None));
        let below = cell(Some(resource.id.clone()));
        resources.push(resource);
        let pools = cluster["nodepools"].as_array().unwrap();
        resources.extend(pools.iter().map(|pool| read("ack.node_pool", pool, &below)));
        for object in cluster["kubernetes"]["objects"].as_array().unwrap() {
            if let Some((_, type_id)) = KINDS.iter().find(|(kind, _)| object["kind"] == *kind) {
                resources.push(read(type_id, object, &below));
            }
        }
    }
    resources.sort_by(|a, b| a.id.cmp(&b.id));
    let links = resources
        .iter()
        .flat_map(|resource| find(resource.id.type_id.as_str()).unwrap().links(resource))
        .collect();
    // Everything was read: the scan lists these types once per region or cluster.
    let mut coverage = vec![whole("ack.cluster", None)];
    for cluster in resources
        .iter()
        .filter(|one| one.id.type_id.as_str() == "ack.cluster")
    {
        for resource_type in RESOURCE_TYPES {
            if resource_type.spec().listed_per == ListedPer::Parent("ack.cluster") {
                let type_id = resource_type.spec().type_id.as_str();
                coverage.push(whole(type_id, Some(cluster.id.clone())));
            }
        }
    }
    let mut inventory = Inventory {
        scanned_at: "2026-02-14T02:00:00Z".parse().unwrap(),
        accounts: Vec::new(),
        resources,
        links,
        coverage,
        observations: Vec::new(),
    };
    ownership::attribute(&mut inventory);
    inventory
}

fn whole(type_id: &str, parent: Option<ResourceId>) -> CoverageRow {
    CoverageRow {
        type_id: TypeId::new(type_id),
        cell: cell(parent),
        state: CoverageState::Ok,
        count: 1,
        reason: None,
        missing_permission: None,
        permission_confirmed: None,
        code: None,
        request_id: None,
    }
}

fn owner<'a>(inventory: &'a Inventory, type_id: &str, resource: &str) -> &'a Owner {
    let resource = inventory.get(&id(type_id, resource));
    resource.unwrap().owner.as_ref().unwrap()
}

#[test]
fn the_owners_are_those_of_the_table() {
    let inventory = laboratory(|_| {});
    let table: &[(&str, &str, &str, OwnerKind, &str)] = &[
        (
            "1",
            "vpc.vpc",
            "vpc-bp1labnetwork00000001",
            OwnerKind::None,
            "",
        ),
        (
            "2",
            "vpc.vswitch",
            "vsw-bp1labzoneh0000000001",
            OwnerKind::None,
            "",
        ),
        ("3", "ack.cluster", CLUSTER, OwnerKind::Itself, "my-cluster"),
        (
            "4",
            "ack.node_pool",
            "np3f9c2a7b1d4e6085c7a9e2b4d6f80042",
            OwnerKind::Cluster,
            "my-cluster",
        ),
        (
            "5",
            "ecs.instance",
            "i-bp1labworker00000001",
            OwnerKind::NodePool,
            "default-nodepool",
        ),
        (
            "5",
            "ecs.instance",
            "i-bp1labworker00000002",
            OwnerKind::NodePool,
            "default-nodepool",
        ),
        (
            "6",
            "ecs.disk",
            "d-bp1labsystem00000001",
            OwnerKind::NodePool,
            "default-nodepool",
        ),
        (
            "6",
            "ecs.disk",
            "d-bp1labsystem00000002",
            OwnerKind::NodePool,
            "default-nodepool",
        ),
        (
            "7",
            "ess.scaling_group",
            "asg-bp1labpool0000000001",
            OwnerKind::NodePool,
            "default-nodepool",
        ),
        (
            "8",
            "ecs.security_group",
            "sg-bp1labcluster0000001",
            OwnerKind::Cluster,
            "my-cluster",
        ),
        (
            "9",
            "ecs.network_interface",
            "eni-bp1labterway00000001",
            OwnerKind::Cluster,
            "my-cluster",
        ),
        (
            "9",
            "ecs.network_interface",
            "eni-bp1labterway00000002",
            OwnerKind::Cluster,
            "my-cluster",
        ),
        (
            "10",
            "slb.load_balancer",
            "lb-bp1labapiserver000001",
            OwnerKind::Cluster,
            "my-cluster",
        ),
        (
            "11",
            "vpc.nat_gateway",
            "ngw-bp1labnat000000000001",
            OwnerKind::Cluster,
            "my-cluster",
        ),
        (
            "12",
            "vpc.eip",
            "eip-bp1labnat000000000001",
            OwnerKind::Cluster,
            "my-cluster",
        ),
        (
            "14",
            "alb.load_balancer",
            "alb-labsop000000000042",
            OwnerKind::KubernetesObject,
            "AlbConfig alb",
        ),
        (
            "16",
            "ecs.disk",
            "d-bp1labvolume00000001",
            OwnerKind::KubernetesObject,
            "PersistentVolumeClaim my-app/my-app-data",
        ),
        ("19", "cr.namespace", "my-namespace", OwnerKind::None, ""),
        (
            "19",
            "cr.repository",
            "my-namespace/my-app",
            OwnerKind::None,
            "",
        ),
        (
            "20",
            "ecs.snapshot",
            "s-bp1labmanual00000001",
            OwnerKind::None,
            "",
        ),
        (
            "21",
            "ecs.image",
            "m-bp1labimage000000001",
            OwnerKind::None,
            "",
        ),
        (
            "21",
            "ecs.snapshot",
            "s-bp1labimage000000001",
            OwnerKind::None,
            "",
        ),
        (
            "22",
            "ecs.disk",
            "d-bp1laborphan00000001",
            OwnerKind::None,
            "",
        ),
        (
            "23",
            "ecs.security_group",
            "sg-bp1labdefault0000001",
            OwnerKind::Resource,
            "vpc.vpc vpc-bp1labnetwork00000001",
        ),
        (
            "23",
            "vpc.route_table",
            "vtb-bp1labroutes000000001",
            OwnerKind::Resource,
            "vpc.vpc vpc-bp1labnetwork00000001",
        ),
    ];
    for (row, type_id, resource, kind, name) in table {
        let owner = owner(&inventory, type_id, resource);
        let found = (owner.kind, owner.name.as_str());
        assert_eq!(found, (*kind, *name), "row {row}, {type_id} {resource}");
        let belongs = !matches!(kind, OwnerKind::None | OwnerKind::Resource);
        let cluster = belongs.then_some(CLUSTER);
        assert_eq!(owner.cluster.as_deref(), cluster, "row {row}");
        if belongs {
            let confidence = owner.confidence;
            assert_eq!(confidence, Confidence::Decisive, "row {row}, {resource}");
        }
    }
}

#[test]
fn what_the_cluster_does_not_list_is_found_through_tags_names_and_what_it_hangs_on() {
    let inventory = laboratory(|_| {});
    let project = format!("k8s-log-{CLUSTER}");
    let alb = "alb.load_balancer alb-labsop000000000042";
    for (row, type_id, resource, kind, name) in [
        (
            "14",
            "alb.server_group",
            "sgp-labsop000000000001",
            OwnerKind::KubernetesObject,
            "Service my-app/my-app",
        ),
        (
            "15",
            "vpc.eip",
            "eip-bp1labalb000000000001",
            OwnerKind::Resource,
            alb,
        ),
        (
            "15",
            "vpc.eip",
            "eip-bp1labalb000000000002",
            OwnerKind::Resource,
            alb,
        ),
        (
            "17",
            "sls.project",
            &*project,
            OwnerKind::Cluster,
            "my-cluster",
        ),
        (
            "17",
            "sls.logstore",
            &*format!("{project}/k8s-event"),
            OwnerKind::Cluster,
            "my-cluster",
        ),
        (
            "18",
            "arms.environment",
            "env-labsop000000000042",
            OwnerKind::Cluster,
            "my-cluster",
        ),
    ] {
        let owner = owner(&inventory, type_id, resource);
        let found = (owner.kind, owner.name.as_str());
        assert_eq!(found, (kind, name), "row {row}, {type_id} {resource}");
        assert_eq!(owner.cluster.as_deref(), Some(CLUSTER), "row {row}");
        assert!(owner.confidence >= Confidence::Strong, "row {row}");
    }
}

#[test]
fn without_what_ack_says_the_owners_stand_on_tags_alone() {
    let inventory = laboratory(|world| world["clusters"][0]["resources"] = Value::Null);
    let interface = owner(
        &inventory,
        "ecs.network_interface",
        "eni-bp1labterway00000001",
    );
    let found = (interface.kind, interface.confidence);
    assert_eq!(found, (OwnerKind::Cluster, Confidence::Strong));
    // Its name is all that is left.
    let group = owner(&inventory, "ecs.security_group", "sg-bp1labcluster0000001");
    assert_eq!(group.confidence, Confidence::Hint);
}

/// The priced lines by resource and item, and those without a price by their code.
fn costs(inventory: &Inventory) -> BTreeMap<(String, String), String> {
    let near = Neighbours::new(&inventory.resources);
    let charged = inventory.resources.iter().map(|resource| {
        let resource_type = find(resource.id.type_id.as_str()).unwrap();
        Charged {
            resource,
            charges: resource_type.charges(resource, &near),
        }
    });
    let sites = BTreeMap::from([(AccountId::new(ACCOUNT), Site::China)]);
    let options = Options::new("2026-02-14".parse().unwrap(), sites);
    let all = estimate(PriceBook::embedded(), charged, &options);
    all.lines.iter().map(cost).collect()
}

fn cost(line: &Line) -> ((String, String), String) {
    let what = match &line.outcome {
        Outcome::Priced { monthly, .. } => monthly.amount.normalize().to_string(),
        Outcome::Unknown { code, .. } => (*code).to_string(),
        other => other.code().to_owned(),
    };
    ((line.resource.id.clone(), line.item.clone()), what)
}

fn amount(costs: &BTreeMap<(String, String), String>, resource: &str, item: &str) -> String {
    costs[&(resource.to_owned(), item.to_owned())].clone()
}

#[test]
fn the_costs_are_those_of_the_table() {
    let costs = costs(&laboratory(|_| {}));
    let audit = format!("k8s-log-{CLUSTER}/audit-{CLUSTER}");
    let events = format!("k8s-log-{CLUSTER}/k8s-event");
    for (row, resource, item, monthly) in [
        ("3", CLUSTER, "cluster_management", "free"),
        ("5", "i-bp1labworker00000001", "instance", "293.54328"),
        ("5", "i-bp1labworker00000002", "instance", "293.54328"),
        ("6", "d-bp1labsystem00000001", "capacity", "30.24"),
        ("6", "d-bp1labsystem00000002", "capacity", "30.24"),
        ("10", "lb-bp1labapiserver000001", "instance_fee", "105.84"),
        ("10", "lb-bp1labapiserver000001", "lcu", "usage"),
        ("11", "ngw-bp1labnat000000000001", "instance_fee", "165.6"),
        ("11", "ngw-bp1labnat000000000001", "cu", "usage"),
        ("12", "eip-bp1labnat000000000001", "config_fee", "14.4"),
        ("12", "eip-bp1labnat000000000001", "traffic", "usage"),
        ("14", "alb-labsop000000000042", "instance_fee", "35.28"),
        ("14", "alb-labsop000000000042", "lcu", "usage"),
        ("15", "eip-bp1labalb000000000001", "config_fee", "14.4"),
        ("15", "eip-bp1labalb000000000001", "traffic", "usage"),
        ("15", "eip-bp1labalb000000000002", "config_fee", "14.4"),
        ("15", "eip-bp1labalb000000000002", "traffic", "usage"),
        ("16", "d-bp1labvolume00000001", "capacity", "15.12"),
        // 2 x 30 - 31 free, then 2 x 30: 3.56 together.
        ("17", &*audit, "shard", "1.16"),
        ("17", &*audit, "storage", "usage"),
        ("17", &*audit, "read_write_traffic", "usage"),
        ("17", &*audit, "index_traffic", "usage"),
        ("17", &*audit, "requests", "usage"),
        ("17", &*events, "shard", "2.4"),
        ("17", &*events, "storage", "usage"),
        ("17", &*events, "read_write_traffic", "usage"),
        ("17", &*events, "index_traffic", "usage"),
        ("17", &*events, "requests", "usage"),
        ("18", "env-labsop000000000042", "metrics", "charge_unknown"),
        ("20", "s-bp1labmanual00000001", "storage", "2.4"),
        ("21", "s-bp1labimage000000001", "storage", "2.4"),
        ("21", "m-bp1labimage000000001", "image", "free"),
        ("22", "d-bp1laborphan00000001", "capacity", "15.12"),
    ] {
        assert_eq!(
            amount(&costs, resource, item),
            monthly,
            "row {row}, {resource}"
        );
    }
    // These are all lines: what is free by nature has none.
    assert_eq!(costs.len(), 33, "{costs:?}");
    let sum: Decimal = costs
        .values()
        .filter_map(|cost| cost.parse::<Decimal>().ok())
        .sum();
    assert_eq!(sum.to_string().trim_end_matches('0'), "1036.08656");
}

#[test]
fn a_pro_cluster_costs_460_80_more() {
    let pro = laboratory(|world| {
        world["clusters"][0]["detail"]["cluster_spec"] = "ack.pro.small".into();
    });
    assert_eq!(amount(&costs(&pro), CLUSTER, "cluster_management"), "460.8");
}

#[test]
fn a_spot_node_has_no_price_and_its_disk_keeps_its_own() {
    let spot = laboratory(|world| {
        world["collections"]["ecs/instance"][0]["SpotStrategy"] = "SpotAsPriceGo".into();
    });
    let node = spot.get(&id("ecs.instance", "i-bp1labworker00000001"));
    assert_eq!(node.unwrap().charge_type, ChargeType::Spot);
    let costs = costs(&spot);
    assert_eq!(amount(&costs, "i-bp1labworker00000001", "instance"), "spot");
    assert_eq!(
        amount(&costs, "i-bp1labworker00000002", "instance"),
        "293.54328"
    );
    assert_eq!(
        amount(&costs, "d-bp1labsystem00000001", "capacity"),
        "30.24"
    );
}

#[test]
fn what_is_paid_ahead_has_no_hourly_price() {
    let paid = laboratory(|world| {
        let instance = &mut world["collections"]["ecs/instance"][0];
        instance["InstanceChargeType"] = "PrePaid".into();
        instance["ExpiredTime"] = "2026-12-01T16:00Z".into();
        world["collections"]["ecs/disk"][0]["DiskChargeType"] = "PrePaid".into();
    });
    let costs = costs(&paid);
    assert_eq!(
        amount(&costs, "i-bp1labworker00000001", "instance"),
        "subscription"
    );
    // The book has the price of one month for this disk: 40 GiB x 0.50.
    assert_eq!(amount(&costs, "d-bp1labsystem00000001", "capacity"), "20");
}

#[test]
fn a_node_stopped_in_economical_mode_is_free_and_its_disk_is_not() {
    let stopped = laboratory(|world| {
        let instance = &mut world["collections"]["ecs/instance"][0];
        instance["Status"] = "Stopped".into();
        instance["StoppedMode"] = "StopCharging".into();
    });
    let costs = costs(&stopped);
    assert_eq!(amount(&costs, "i-bp1labworker00000001", "instance"), "free");
    assert_eq!(
        amount(&costs, "d-bp1labsystem00000001", "capacity"),
        "30.24"
    );
}

#[test]
fn the_managers_go_first() {
    let inventory = laboratory(|_| {});
    let manages: Vec<String> = inventory
        .links
        .iter()
        .filter(|link| link.kind.as_str() == "manages")
        .map(|link| format!("{} {}", link.from.type_id, link.to.type_id))
        .collect();
    for edge in [
        "ack.cluster ack.node_pool",
        "ack.node_pool ess.scaling_group",
        "ess.scaling_group ecs.instance",
        "ecs.instance ecs.disk",
        "ecs.instance ecs.network_interface",
        "ack.cluster ecs.security_group",
        "ack.cluster slb.load_balancer",
    ] {
        assert!(manages.iter().any(|found| found == edge), "{edge}");
    }
    let uses_snapshot = |link: &yunsweep::model::Link| {
        link.kind.as_str() == "uses" && link.to.type_id.as_str() == "ecs.snapshot"
    };
    let image = inventory.links.iter().find(|link| uses_snapshot(link));
    assert_eq!(image.unwrap().from.id, "m-bp1labimage000000001");
}

#[test]
fn nothing_waits_for_itself() {
    let inventory = laboratory(|_| {});
    // Kahn: take away what nobody uses or manages any more, until nothing is left.
    let mut left: Vec<&ResourceId> = inventory.resources.iter().map(|one| &one.id).collect();
    while !left.is_empty() {
        let is_free = |id: &&ResourceId| {
            let orders = |link: &&yunsweep::model::Link| link.kind.as_str() != "made_from";
            let mut waiting = inventory.links.iter().filter(orders);
            !waiting.any(|link| link.to == **id && left.contains(&&link.from))
        };
        let (gone, kept): (Vec<_>, Vec<_>) = left.iter().partition(|id| is_free(id));
        assert!(!gone.is_empty(), "these wait for each other: {kept:#?}");
        left = kept;
    }
}

/// A teardown asks by these who uses a resource: a link that no type owns up to would not be seen.
#[test]
fn each_type_says_what_its_links_may_lead_to() {
    let inventory = laboratory(|_| ());
    let mut checked = 0;
    for resource in &inventory.resources {
        let resource_type = find(resource.id.type_id.as_str()).unwrap();
        for link in resource_type.links(resource) {
            if link.from != resource.id {
                continue;
            }
            let known = linking_to(link.to.type_id.as_str())
                .any(|from| from.spec().type_id == resource.id.type_id);
            assert!(known, "{} -> {}", resource.id.type_id, link.to.type_id);
            checked += 1;
        }
    }
    assert!(checked > 50, "{checked}");
}
