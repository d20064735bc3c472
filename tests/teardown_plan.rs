//! Plans of the laboratory against the table that was written before the program: columns (a) and (b).
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests are tests"
)]

#[path = "support/lab.rs"]
mod lab;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use lab::Lab;
use rust_decimal::Decimal;
use serde_json::Value;
use yunsweep::inventory::{Inventory, ownership, snapshot};
use yunsweep::model::{Attribute, ChargeType, CoverageState, Link, LinkKind, TypeId};
use yunsweep::pricing::{Charged, Line, Options, PriceBook, estimate};
use yunsweep::resources::teardown::{Call, Purpose};
use yunsweep::resources::{Neighbours, find};
use yunsweep::teardown::plan::Action;
use yunsweep::teardown::planner::{self, Input, Registry};
use yunsweep::teardown::scope::{Selection, With};
use yunsweep::teardown::{Place, Plan, PlanError, Step};

const CLUSTER: &str = "c7e1a0c5b2d94f6e8a3b1c0d9e8f70042";
const ALL: [With; 7] = [
    With::Vpc,
    With::Acr,
    With::Sls,
    With::Prometheus,
    With::Snapshots,
    With::Images,
    With::Disks,
];

/// The laboratory, scanned once by the binary.
static LABORATORY: LazyLock<Inventory> = LazyLock::new(|| {
    let lab = Lab::serve("ack-sop", &[]);
    let path = lab.folder().join("lab.json");
    lab.json(&["inventory", "--save", path.to_str().unwrap()], 0);
    snapshot::load(&path).unwrap()
});

fn lines(inventory: &Inventory) -> Vec<Line> {
    let sites = inventory
        .accounts
        .iter()
        .map(|account| (account.id.clone(), account.site))
        .collect();
    let near = Neighbours::new(&inventory.resources);
    let charged = inventory.resources.iter().map(|resource| Charged {
        resource,
        charges: find(resource.id.type_id.as_str())
            .unwrap()
            .charges(resource, &near),
    });
    let options = Options::new("2026-02-14".parse().unwrap(), sites);
    estimate(PriceBook::embedded(), charged, &options).lines
}

fn planned(inventory: &Inventory, with: &[With], ids: &[&str]) -> Result<Plan, PlanError> {
    planner::plan(&Input {
        inventory,
        lines: &lines(inventory),
        selection: &Selection {
            clusters: vec![CLUSTER.to_owned()],
            with: with.iter().copied().collect(),
            ids: ids.iter().map(|id| (*id).to_owned()).collect(),
            allow_incomplete: false,
        },
        endpoint: &Place::official(),
        types: &Registry,
    })
}

/// The id of a step as the table names it: without the cluster's.
fn short(text: &str) -> String {
    text.replace(CLUSTER, "C")
}

fn steps(plan: &Plan) -> BTreeSet<String> {
    plan.steps
        .iter()
        .map(|step| short(step.id.as_str()))
        .collect()
}

fn kept(plan: &Plan) -> BTreeMap<String, (String, String)> {
    plan.kept
        .iter()
        .map(|kept| {
            (
                short(&format!("{}/{}", kept.id.type_id, kept.id.id)),
                (
                    kept.refusal.code.clone(),
                    kept.flag.clone().unwrap_or_default(),
                ),
            )
        })
        .collect()
}

fn set(ids: &[&str]) -> BTreeSet<String> {
    ids.iter().map(|id| (*id).to_owned()).collect()
}

/// Rows 3 to 16 of the table: what goes in both columns.
const OWN: &[&str] = &[
    "ack.cluster/C",
    "ack.node_pool/np3f9c2a7b1d4e6085c7a9e2b4d6f80042",
    "ecs.instance/i-bp1labworker00000001",
    "ecs.instance/i-bp1labworker00000002",
    "ecs.disk/d-bp1labsystem00000001",
    "ecs.disk/d-bp1labsystem00000002",
    "ess.scaling_group/asg-bp1labpool0000000001",
    "ecs.security_group/sg-bp1labcluster0000001",
    "ecs.network_interface/eni-bp1labterway00000001",
    "ecs.network_interface/eni-bp1labterway00000002",
    "slb.load_balancer/lb-bp1labapiserver000001",
    "vpc.nat_gateway/ngw-bp1labnat000000000001",
    "vpc.eip/eip-bp1labnat000000000001",
    "k8s.namespace/C/my-app",
    "k8s.deployment/C/my-app/my-app",
    "k8s.replica_set/C/my-app/my-app-6d5f7c9b8d",
    "k8s.pod/C/my-app/my-app-6d5f7c9b8d-m4q9t",
    "k8s.pod/C/my-app/my-app-6d5f7c9b8d-x7k2p",
    "k8s.service/C/my-app/my-app",
    "k8s.ingress/C/my-app/my-app",
    "k8s.ingress_class/C/alb",
    "k8s.alb_config/C/alb",
    "alb.load_balancer/alb-labsop000000000042",
    "alb.server_group/sgp-labsop000000000001",
    "vpc.eip/eip-bp1labalb000000000001",
    "vpc.eip/eip-bp1labalb000000000002",
    "k8s.persistent_volume_claim/C/my-app/my-app-data",
    "k8s.persistent_volume/C/d-bp1labvolume00000001",
    "ecs.disk/d-bp1labvolume00000001",
];

/// Rows 1, 2 and 17 to 23: what only the flags take in, with why it stays and the flag.
const FLAGGED: &[(&str, &str, &str)] = &[
    (
        "vpc.vpc/vpc-bp1labnetwork00000001",
        "made_by_user",
        "--with vpc",
    ),
    (
        "vpc.vswitch/vsw-bp1labzoneh0000000001",
        "made_by_user",
        "--with vpc",
    ),
    (
        "vpc.vswitch/vsw-bp1labzonei0000000002",
        "made_by_user",
        "--with vpc",
    ),
    (
        "ecs.security_group/sg-bp1labdefault0000001",
        "default",
        "--with vpc",
    ),
    ("sls.project/k8s-log-C", "holds_data", "--with sls"),
    ("sls.logstore/k8s-log-C/audit-C", "holds_data", "--with sls"),
    (
        "sls.logstore/k8s-log-C/k8s-event",
        "holds_data",
        "--with sls",
    ),
    (
        "arms.environment/env-labsop000000000042",
        "holds_data",
        "--with prometheus",
    ),
    ("cr.namespace/my-namespace", "not_owned", "--with acr"),
    (
        "cr.repository/my-namespace/my-app",
        "not_owned",
        "--with acr",
    ),
    (
        "ecs.snapshot/s-bp1labmanual00000001",
        "left_over",
        "--with snapshots",
    ),
    (
        "ecs.snapshot/s-bp1labimage000000001",
        "left_over",
        "--with snapshots",
    ),
    (
        "ecs.image/m-bp1labimage000000001",
        "left_over",
        "--with images",
    ),
    (
        "ecs.disk/d-bp1laborphan00000001",
        "left_over",
        "--with disks",
    ),
];

#[test]
fn column_a_the_cluster_goes_with_its_own_and_everything_else_stays() {
    let plan = planned(&LABORATORY, &[], &[]).unwrap();
    assert_eq!(steps(&plan), set(OWN));
    let expected: BTreeMap<String, (String, String)> = FLAGGED
        .iter()
        .map(|(id, code, flag)| ((*id).to_owned(), ((*code).to_owned(), (*flag).to_owned())))
        .collect();
    assert_eq!(kept(&plan), expected);
    // 17, 20, 21 and 22, and the unknown 18.
    assert_eq!(plan.after().monthly["CNY"], Decimal::new(2348, 2));
    assert!(plan.after().left_out > 0);
    assert_eq!(plan.before().monthly["CNY"], Decimal::new(103_608_656, 5));
}

#[test]
fn column_b_the_flags_take_in_all_the_rest() {
    let plan = planned(&LABORATORY, &ALL, &[]).unwrap();
    let all: BTreeSet<String> = OWN
        .iter()
        .copied()
        .chain(FLAGGED.iter().map(|(id, _, _)| *id))
        // Row 23: it goes with its VPC, and is not looked at while that stays.
        .chain(["vpc.route_table/vtb-bp1labroutes000000001"])
        .map(str::to_owned)
        .collect();
    assert_eq!(steps(&plan), all);
    assert_eq!(kept(&plan), BTreeMap::new());
    assert_eq!(plan.after().monthly.get("CNY"), None);
}

struct Positions(BTreeMap<String, usize>);

impl Positions {
    fn of(plan: &Plan) -> Self {
        Self(
            plan.steps
                .iter()
                .enumerate()
                .map(|(index, step)| (short(step.id.as_str()), index))
                .collect(),
        )
    }

    fn assert_before(&self, before: &str, after: &str) {
        assert!(
            self.0[before] < self.0[after],
            "{before} must stand before {after}"
        );
    }
}

/// The phase that people expect a step in.
fn phase(step: &Step) -> usize {
    let manager = match &step.action {
        Action::Manager { manager, .. } => manager.as_str(),
        Action::Calls { .. } => "",
    };
    let type_id = step.fingerprint.id.type_id.as_str();
    let is_of_object = manager.starts_with("k8s.");
    match type_id {
        _ if type_id.starts_with("k8s.") => 0,
        "ecs.disk" if is_of_object => 0,
        "alb.load_balancer" | "alb.server_group" => 1,
        "vpc.eip" if manager.starts_with("alb.") => 1,
        "ack.cluster" => 2,
        "ack.node_pool" | "ess.scaling_group" | "ecs.instance" => 2,
        "ecs.disk" | "ecs.image" | "ecs.snapshot" | "sls.project" | "sls.logstore"
        | "arms.environment" | "cr.repository" | "cr.namespace" => 3,
        "vpc.vpc" | "vpc.route_table" => 5,
        // The group that came with the VPC goes with it.
        "ecs.security_group" if manager.starts_with("vpc.vpc") => 5,
        _ => 4,
    }
}

#[test]
fn the_phases_that_people_expect_fall_out_of_the_links() {
    for with in [&[][..], &ALL] {
        let plan = planned(&LABORATORY, with, &[]).unwrap();
        for step in &plan.steps {
            for before in step.after.keys() {
                let before = plan.step(before).unwrap();
                assert!(
                    phase(before) <= phase(step),
                    "{} stands before {}",
                    before.id,
                    step.id
                );
            }
        }
        let at = Positions::of(&plan);
        let cluster = "ack.cluster/C";
        for step in &plan.steps {
            let id = short(step.id.as_str());
            if phase(step) < 2 {
                at.assert_before(&id, cluster);
            } else if !step.after.is_empty() && phase(step) >= 3 && id != cluster {
                let waits = step
                    .after
                    .keys()
                    .any(|before| short(before.as_str()) == cluster)
                    || phase(step) > 3;
                if waits {
                    at.assert_before(cluster, &id);
                }
            }
        }
    }
}

#[test]
fn what_is_easy_to_get_wrong_is_in_order() {
    let plan = planned(&LABORATORY, &ALL, &[]).unwrap();
    let at = Positions::of(&plan);
    for (before, after) in [
        ("k8s.ingress/C/my-app/my-app", "k8s.alb_config/C/alb"),
        (
            "k8s.alb_config/C/alb",
            "alb.load_balancer/alb-labsop000000000042",
        ),
        (
            "alb.load_balancer/alb-labsop000000000042",
            "alb.server_group/sgp-labsop000000000001",
        ),
        (
            "alb.load_balancer/alb-labsop000000000042",
            "vpc.eip/eip-bp1labalb000000000001",
        ),
        ("vpc.eip/eip-bp1labalb000000000001", "ack.cluster/C"),
        (
            "k8s.pod/C/my-app/my-app-6d5f7c9b8d-m4q9t",
            "k8s.persistent_volume_claim/C/my-app/my-app-data",
        ),
        ("ecs.disk/d-bp1labvolume00000001", "ack.cluster/C"),
        (
            "ack.cluster/C",
            "ecs.security_group/sg-bp1labcluster0000001",
        ),
        ("ack.cluster/C", "sls.project/k8s-log-C"),
        ("ack.cluster/C", "arms.environment/env-labsop000000000042"),
        ("sls.project/k8s-log-C", "sls.logstore/k8s-log-C/k8s-event"),
        (
            "vpc.nat_gateway/ngw-bp1labnat000000000001",
            "vpc.eip/eip-bp1labnat000000000001",
        ),
        (
            "ecs.image/m-bp1labimage000000001",
            "ecs.snapshot/s-bp1labimage000000001",
        ),
        (
            "cr.repository/my-namespace/my-app",
            "cr.namespace/my-namespace",
        ),
        (
            "ecs.network_interface/eni-bp1labterway00000001",
            "vpc.vswitch/vsw-bp1labzoneh0000000001",
        ),
        (
            "vpc.vswitch/vsw-bp1labzoneh0000000001",
            "vpc.vswitch/vsw-bp1labzonei0000000002",
        ),
        (
            "vpc.vswitch/vsw-bp1labzonei0000000002",
            "vpc.vpc/vpc-bp1labnetwork00000001",
        ),
    ] {
        at.assert_before(before, after);
    }
}

fn step<'a>(plan: &'a Plan, id: &str) -> &'a Step {
    plan.steps
        .iter()
        .find(|step| short(step.id.as_str()) == id)
        .unwrap()
}

/// The ids that `DeleteCluster` is told to keep.
fn retained(plan: &Plan) -> Vec<String> {
    let Action::Calls { calls } = &step(plan, "ack.cluster/C").action else {
        panic!("the cluster is deleted by a call");
    };
    let Call::Cloud(call) = &calls.last().unwrap().call else {
        panic!("of the cloud");
    };
    let retained = call.arguments.get("retain_resources");
    let ids: Vec<String> = retained.map_or_else(Vec::new, |ids| serde_json::from_str(ids).unwrap());
    ids.iter().map(|id| short(id)).collect()
}

const VPC: &str = "vpc-bp1labnetwork00000001";
const VSWITCHES: [&str; 2] = ["vsw-bp1labzoneh0000000001", "vsw-bp1labzonei0000000002"];
const PROJECT: &str = "k8s-log-C";

/// Who takes a step along, and how many calls stand by.
fn manager(plan: &Plan, id: &str) -> (String, usize) {
    match &step(plan, id).action {
        Action::Manager { manager, fallback } => (short(manager.as_str()), fallback.len()),
        Action::Calls { calls } => panic!("{id} has calls of its own: {calls:?}"),
    }
}

#[test]
fn what_goes_with_its_manager_has_a_fallback_only_where_that_is_authorised() {
    let plan = planned(&LABORATORY, &ALL, &[]).unwrap();
    for (id, expected, fallback) in [
        (
            "ecs.instance/i-bp1labworker00000001",
            "ess.scaling_group/asg-bp1labpool0000000001",
            true,
        ),
        (
            "ecs.disk/d-bp1labvolume00000001",
            "k8s.persistent_volume/C/d-bp1labvolume00000001",
            true,
        ),
        (
            "alb.load_balancer/alb-labsop000000000042",
            "k8s.alb_config/C/alb",
            true,
        ),
        (
            "alb.server_group/sgp-labsop000000000001",
            "k8s.service/C/my-app/my-app",
            true,
        ),
        ("vpc.eip/eip-bp1labnat000000000001", "ack.cluster/C", true),
        (
            "vpc.eip/eip-bp1labalb000000000001",
            "alb.load_balancer/alb-labsop000000000042",
            false,
        ),
        (
            "slb.load_balancer/lb-bp1labapiserver000001",
            "ack.cluster/C",
            false,
        ),
        (
            "k8s.persistent_volume/C/d-bp1labvolume00000001",
            "k8s.persistent_volume_claim/C/my-app/my-app-data",
            false,
        ),
    ] {
        let (manager, calls) = manager(&plan, id);
        assert_eq!(manager, expected, "{id}");
        assert_eq!(calls > 0, fallback, "{id}");
    }
}

#[test]
fn the_cluster_is_told_to_keep_what_has_steps_of_its_own() {
    let plan = planned(&LABORATORY, &[], &[]).unwrap();
    let cluster = step(&plan, "ack.cluster/C");
    let Action::Calls { calls } = &cluster.action else {
        panic!("the cluster is deleted by a call");
    };
    let last = calls.last().unwrap();
    assert_eq!(last.purpose, Purpose::Delete);
    let Call::Cloud(call) = &last.call else {
        panic!("of the cloud");
    };
    let options: Vec<Value> = serde_json::from_str(&call.arguments["delete_options"]).unwrap();
    let modes: BTreeMap<&str, &str> = options
        .iter()
        .map(|option| {
            let text = |key: &str| option[key].as_str().unwrap();
            (text("resource_type"), text("delete_mode"))
        })
        .collect();
    assert_eq!(
        modes,
        BTreeMap::from([
            ("ALB", "retain"),
            ("PrivateZone", "retain"),
            ("SLB", "delete"),
            ("SLS_ControlPlane", "retain"),
            ("SLS_Data", "retain"),
        ])
    );
    // What was there before the cluster is on ACK's list, too.
    assert_eq!(retained(&plan), [PROJECT, VPC, VSWITCHES[0], VSWITCHES[1]]);
}

#[test]
fn a_hole_near_the_scope_refuses_the_plan_and_one_elsewhere_does_not() {
    let mut inventory = LABORATORY.clone();
    for row in &mut inventory.coverage {
        if row.type_id.as_str() == "ecs.disk" && row.cell.region.as_str() == "cn-beijing" {
            row.state = CoverageState::Denied;
        }
    }
    assert!(planned(&inventory, &[], &[]).is_ok());
    for row in &mut inventory.coverage {
        if row.type_id.as_str() == "k8s.service" {
            row.state = CoverageState::Unreachable;
        }
    }
    let Err(PlanError::Incomplete { holes }) = planned(&inventory, &[], &[]) else {
        panic!("planned over a hole");
    };
    assert_eq!(
        holes.iter().map(|hole| short(hole)).collect::<Vec<_>>(),
        ["k8s.service C unreachable"]
    );
    inventory
        .coverage
        .retain(|row| row.type_id.as_str() != "k8s.service");
    let Err(PlanError::Incomplete { holes }) = planned(&inventory, &[], &[]) else {
        panic!("planned over what was never asked");
    };
    assert_eq!(short(&holes[0]), "k8s.service C not_asked");
}

#[test]
fn something_outside_that_uses_a_member_keeps_it_and_what_it_uses() {
    let mut inventory = LABORATORY.clone();
    let mut outside = inventory
        .resources
        .iter()
        .find(|resource| resource.id.id == "i-bp1labworker00000001")
        .unwrap()
        .clone();
    let worker = outside.id.clone();
    outside.id.id = "i-somebody-else".to_owned();
    outside.tags.clear();
    outside.owner = None;
    let mut links: Vec<_> = inventory
        .links
        .iter()
        .filter(|link| link.from == worker && link.to.type_id.as_str() != "ecs.disk")
        .filter(|link| link.to.type_id.as_str() != "ecs.network_interface")
        .cloned()
        .collect();
    for link in &mut links {
        link.from = outside.id.clone();
    }
    inventory.links.extend(links);
    inventory.resources.push(outside);
    inventory.resources.sort_by(|a, b| a.id.cmp(&b.id));
    let plan = planned(&inventory, &ALL, &[]).unwrap();
    let kept = kept(&plan);
    for id in [
        "vpc.vpc/vpc-bp1labnetwork00000001",
        "vpc.vswitch/vsw-bp1labzoneh0000000001",
        "ecs.security_group/sg-bp1labcluster0000001",
    ] {
        assert_eq!(kept[id].0, "shared", "{id}");
    }
    // ACK would delete the group with the cluster; it is told not to.
    // It goes out through the NAT gateway of its VPC, which ACK made.
    let (address, nat) = ("eip-bp1labnat000000000001", "ngw-bp1labnat000000000001");
    let group = "sg-bp1labcluster0000001";
    assert_eq!(retained(&plan), [address, nat, group, VPC, VSWITCHES[0]]);
    assert!(steps(&plan).contains("vpc.vswitch/vsw-bp1labzonei0000000002"));
}

#[test]
fn every_format_shows_the_plan_and_a_saved_one_is_what_was_shown() {
    let lab = Lab::serve("ack-sop", &[]);
    let scan = lab.folder().join("lab.json");
    let scan = scan.to_str().unwrap();
    lab.json(&["inventory", "--save", scan], 0);
    let file = lab.folder().join("plan.json");
    let file = file.to_str().unwrap();
    let command = [
        "teardown",
        "plan",
        "--cluster",
        CLUSTER,
        "--from",
        scan,
        "--save",
        file,
    ];
    let shown = lab.json(&command, 0);
    let saved = yunsweep::teardown::plan_file::load(file.as_ref()).unwrap();
    assert_eq!(shown["data"]["digest"], saved.digest.as_str());
    for language in ["en", "zh-CN"] {
        for format in ["table", "wide", "jsonl", "csv", "markdown"] {
            let output = lab.run(&[&command[..], &["-o", format, "--lang", language]].concat());
            assert_eq!(output.status.code(), Some(0), "{format}");
            let text = String::from_utf8(output.stdout).unwrap();
            assert!(text.contains("alb-labsop000000000042"), "{format}: {text}");
            assert!(!text.contains("plan-"), "{format}: a text is missing");
        }
    }
    // A live scan and a wrong id.
    let live = lab.json(&["teardown", "plan", "--cluster", CLUSTER], 0);
    assert_eq!(
        live["data"]["plan"]["steps"],
        shown["data"]["plan"]["steps"]
    );
    let output = lab.run(&["teardown", "plan", "--cluster", "c1", "--from", scan]);
    assert_eq!(output.status.code(), Some(2));
    let output = lab.run(&["teardown", "plan", "--from", scan]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn the_order_is_drawn() {
    let lab = Lab::serve("ack-sop", &[]);
    for (format, start) in [("dot", "digraph"), ("mermaid", "flowchart")] {
        let output = lab.run(&["graph", "-o", format]);
        assert_eq!(output.status.code(), Some(0));
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.starts_with(start), "{text}");
        assert!(text.contains("exposes status.loadBalancer.id"), "{text}");
    }
}

#[test]
fn clusters_whose_nodes_stand_elsewhere_get_no_plan_whatever_is_named() {
    for (place, value, says) in [
        ("profile", "Edge", "cluster_kind=edge"),
        ("profile", "Lingjun", "cluster_kind=lingjun"),
        (
            "cluster_type",
            "ExternalKubernetes",
            "cluster_kind=registered",
        ),
        ("cluster_type", "Swarm", "cluster_type=Swarm"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let world = folder.path().join("world.json");
        let place = format!("/clusters/0/detail/{place}");
        let variant = serde_json::json!({
            "name": "elsewhere", "title": {"en": "elsewhere", "zh-CN": "其他"}, "extends": "ack-sop", "set": { place: value },
        });
        std::fs::write(&world, variant.to_string()).unwrap();
        let lab = Lab::serve(world.to_str().unwrap(), &[]);
        let id = format!("ack.cluster/{CLUSTER}");
        for named in [&["--cluster", CLUSTER][..], &["--id", &id]] {
            let output = lab.run(&[&["teardown", "plan"], named].concat());
            let talk = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(5), "{named:?}: {talk}");
            assert!(talk.contains(says), "{talk}");
        }
    }
}

#[test]
fn a_node_that_is_paid_ahead_stays_with_what_it_needs() {
    let mut inventory = LABORATORY.clone();
    for resource in &mut inventory.resources {
        if resource.id.id == "i-bp1labworker00000001" {
            resource.charge_type = ChargeType::Subscription;
        }
    }
    let plan = planned(&inventory, &ALL, &[]).unwrap();
    let kept = kept(&plan);
    assert_eq!(
        kept["ecs.instance/i-bp1labworker00000001"],
        ("subscription".to_owned(), String::new())
    );
    for id in [
        "ecs.disk/d-bp1labsystem00000001",
        "ecs.network_interface/eni-bp1labterway00000001",
        "ecs.security_group/sg-bp1labcluster0000001",
        "vpc.vswitch/vsw-bp1labzoneh0000000001",
        "vpc.vpc/vpc-bp1labnetwork00000001",
    ] {
        assert_eq!(kept[id].0, "shared", "{id}");
    }
    let steps = steps(&plan);
    for id in [
        "ecs.instance/i-bp1labworker00000002",
        "vpc.vswitch/vsw-bp1labzonei0000000002",
        "ecs.disk/d-bp1labvolume00000001",
    ] {
        assert!(steps.contains(id), "{id}");
    }
}

#[test]
fn an_alb_that_the_user_gave_stays_although_its_tags_name_the_cluster() {
    let mut inventory = LABORATORY.clone();
    for resource in &mut inventory.resources {
        if resource.id.type_id.as_str() == "k8s.alb_config" {
            resource
                .attributes
                .set_text("reused_load_balancer_id", "alb-labsop000000000042");
        }
    }
    for link in &mut inventory.links {
        if link.kind == LinkKind::Exposes {
            link.kind = LinkKind::Uses;
        }
    }
    ownership::attribute(&mut inventory);
    let plan = planned(&inventory, &ALL, &[]).unwrap();
    for step in &plan.steps {
        let type_id = step.fingerprint.id.type_id.as_str();
        assert!(type_id != "alb.load_balancer", "{}", step.id);
        // Its addresses and the network that it stands in stay with it.
        assert!(type_id != "vpc.vpc", "{}", step.id);
        assert!(!step.id.as_str().contains("eip-bp1labalb"), "{}", step.id);
    }
}

#[test]
fn a_mark_of_the_user_holds_against_cluster_and_flags() {
    let mut inventory = LABORATORY.clone();
    for resource in &mut inventory.resources {
        if ["ngw-bp1labnat000000000001", "d-bp1laborphan00000001"]
            .contains(&resource.id.id.as_str())
        {
            resource
                .tags
                .insert("yunsweep.protect".to_owned(), "true".to_owned());
        }
    }
    let plan = planned(&inventory, &ALL, &[]).unwrap();
    let kept = kept(&plan);
    for id in [
        "vpc.nat_gateway/ngw-bp1labnat000000000001",
        "ecs.disk/d-bp1laborphan00000001",
    ] {
        assert_eq!(kept[id], ("protected".to_owned(), String::new()), "{id}");
    }
    assert_eq!(kept["vpc.eip/eip-bp1labnat000000000001"].0, "shared");
    let (address, nat) = ("eip-bp1labnat000000000001", "ngw-bp1labnat000000000001");
    assert_eq!(retained(&plan), [address, nat, VPC, VSWITCHES[0]]);
}

#[test]
fn another_cluster_in_the_same_vpc_keeps_it() {
    let mut inventory = LABORATORY.clone();
    let mut other = inventory
        .resources
        .iter()
        .find(|resource| resource.id.id == CLUSTER)
        .unwrap()
        .clone();
    other.id.id = "c00000000000000000000000000000042".to_owned();
    for list in ["resources_made", "resources_used"] {
        other.attributes.set(list, Attribute::TextList(Vec::new()));
    }
    let used: Vec<Link> = inventory
        .links
        .iter()
        .filter(|link| link.from.id == CLUSTER && link.to.type_id.as_str() == "vpc.vpc")
        .map(|link| Link {
            from: other.id.clone(),
            ..link.clone()
        })
        .collect();
    inventory.links.extend(used);
    // Every cell of the new cluster was read, and is empty.
    let cells: Vec<_> = inventory
        .coverage
        .iter()
        .filter(|row| row.cell.parent.as_ref().is_some_and(|id| id.id == CLUSTER))
        .map(|row| {
            let mut row = row.clone();
            row.cell.parent = Some(other.id.clone());
            row
        })
        .collect();
    inventory.coverage.extend(cells);
    inventory.resources.push(other);
    inventory.resources.sort_by(|a, b| a.id.cmp(&b.id));
    ownership::attribute(&mut inventory);
    let plan = planned(&inventory, &ALL, &[]).unwrap();
    let kept = kept(&plan);
    assert_eq!(kept["vpc.vpc/vpc-bp1labnetwork00000001"].0, "shared");
    assert!(!steps(&plan).iter().any(|id| id.contains("c0000000")));
}

#[test]
fn one_resource_by_its_id_takes_nothing_else_along() {
    let plan = planner::plan(&Input {
        inventory: &LABORATORY,
        lines: &[],
        selection: &Selection {
            ids: vec!["d-bp1laborphan00000001".to_owned()],
            ..Selection::default()
        },
        endpoint: &Place::official(),
        types: &Registry,
    })
    .unwrap();
    assert_eq!(steps(&plan), set(&["ecs.disk/d-bp1laborphan00000001"]));
    assert!(plan.kept.is_empty());
    assert_eq!(plan.scope, ["--id d-bp1laborphan00000001"]);
}

#[test]
fn a_marked_disk_behind_a_claim_of_the_plan_means_that_there_is_no_plan() {
    let mut inventory = LABORATORY.clone();
    for resource in &mut inventory.resources {
        if resource.id.id == "d-bp1labvolume00000001" && resource.id.type_id.as_str() == "ecs.disk"
        {
            resource
                .tags
                .insert("yunsweep.protect".to_owned(), "true".to_owned());
        }
    }
    let refused = planned(&inventory, &[], &[]).unwrap_err();
    assert!(
        matches!(&refused, PlanError::TakenAlong { id, .. } if id.id == "d-bp1labvolume00000001"),
        "{refused}"
    );
}

#[test]
fn a_disk_that_only_hangs_on_a_node_is_not_the_clusters_to_delete() {
    let mut inventory = LABORATORY.clone();
    let node = inventory
        .resources
        .iter()
        .find(|resource| resource.id.id == "i-bp1labworker00000001")
        .unwrap()
        .id
        .clone();
    let disk = inventory
        .resources
        .iter_mut()
        .find(|resource| resource.id.id == "d-bp1laborphan00000001")
        .unwrap();
    disk.status = Some("In_use".to_owned());
    disk.attributes
        .set("attached_to", Attribute::TextList(vec![node.id.clone()]));
    let disk = disk.id.clone();
    inventory.links.push(Link {
        from: node,
        kind: LinkKind::Uses,
        to: disk.clone(),
        via: "Attachments.Attachment.InstanceId".to_owned(),
    });
    yunsweep::inventory::ownership::attribute(&mut inventory);
    let plan = planned(&inventory, &[], &[]).unwrap();
    assert!(plan.steps.iter().all(|step| step.fingerprint.id != disk));
}

#[test]
fn a_snapshot_object_goes_only_with_its_flag_and_holds_its_namespace() {
    let mut inventory = LABORATORY.clone();
    let claim = inventory
        .resources
        .iter()
        .find(|resource| resource.id.type_id.as_str() == "k8s.persistent_volume_claim")
        .unwrap();
    let mut snapshot = claim.clone();
    snapshot.id.type_id = TypeId::new("k8s.volume_snapshot");
    snapshot.id.id = format!("{CLUSTER}/my-app/before-upgrade");
    snapshot.name = Some("before-upgrade".to_owned());
    let type_of = find("k8s.volume_snapshot").unwrap();
    inventory.links.extend(type_of.links(&snapshot));
    inventory.resources.push(snapshot);
    inventory.resources.sort_by(|a, b| a.id.cmp(&b.id));
    inventory.links.sort();
    ownership::attribute(&mut inventory);
    let plan = planned(&inventory, &[], &[]).unwrap();
    let stays = kept(&plan);
    assert_eq!(
        stays["k8s.volume_snapshot/C/my-app/before-upgrade"],
        ("holds_data".to_owned(), "--with snapshots".to_owned())
    );
    // The end of its namespace would be its end: that ends with the cluster, when no controller is left to delete anything.
    assert!(!steps(&plan).contains("k8s.namespace/C/my-app"));
    let with = planned(&inventory, &[With::Snapshots], &[]).unwrap();
    assert!(steps(&with).contains("k8s.volume_snapshot/C/my-app/before-upgrade"));
    assert!(steps(&with).contains("k8s.namespace/C/my-app"));
}

#[test]
fn the_route_table_of_a_vpc_goes_with_it_and_a_custom_one_holds_it() {
    let table = "vpc.route_table/vtb-bp1labroutes000000001";
    let plan = planned(&LABORATORY, &ALL, &[]).unwrap();
    let Action::Manager { manager, fallback } = &step(&plan, table).action else {
        panic!("nothing deletes it but its VPC");
    };
    assert_eq!(manager.as_str(), "vpc.vpc/vpc-bp1labnetwork00000001");
    assert!(fallback.is_empty());
    let mut inventory = LABORATORY.clone();
    let id = "vtb-custom";
    let mut custom = inventory
        .resources
        .iter()
        .find(|resource| resource.id.type_id.as_str() == "vpc.route_table")
        .unwrap()
        .clone();
    custom.id.id = id.to_owned();
    custom.attributes.set_text("route_table_type", "Custom");
    let type_of = find("vpc.route_table").unwrap();
    inventory.links.extend(type_of.links(&custom));
    inventory.resources.push(custom);
    inventory.resources.sort_by(|a, b| a.id.cmp(&b.id));
    inventory.links.sort();
    ownership::attribute(&mut inventory);
    let plan = planned(&inventory, &ALL, &[]).unwrap();
    assert!(steps(&plan).iter().all(|step| !step.contains(id)));
    let stays = kept(&plan);
    for id in [
        "vpc.vpc/vpc-bp1labnetwork00000001",
        "vpc.vswitch/vsw-bp1labzoneh0000000001",
        "vpc.vswitch/vsw-bp1labzonei0000000002",
    ] {
        assert_eq!(stays[id].0, "shared", "{id}");
    }
    let named = planned(&inventory, &ALL, &[id]).unwrap();
    let at = Positions::of(&named);
    at.assert_before(
        "vpc.route_table/vtb-custom",
        "vpc.vswitch/vsw-bp1labzoneh0000000001",
    );
    let Action::Calls { calls } = &step(&named, "vpc.route_table/vtb-custom").action else {
        panic!("it is deleted by calls");
    };
    let purposes: Vec<Purpose> = calls.iter().map(|call| call.purpose).collect();
    assert_eq!(
        purposes,
        [Purpose::Detach, Purpose::Detach, Purpose::Delete]
    );
}
