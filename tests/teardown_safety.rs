//! Plans of a laboratory that is not only the laboratory's: what somebody added, protected or shares stays.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests are tests"
)]

#[path = "support/lab.rs"]
mod lab;

use std::sync::LazyLock;

use lab::Lab;
use yunsweep::inventory::{Inventory, ownership, snapshot};
use yunsweep::model::{Attribute, Resource};
use yunsweep::resources::teardown::Call;
use yunsweep::teardown::Place;
use yunsweep::teardown::planner::{self, Input, Registry};
use yunsweep::teardown::scope::Selection;
use yunsweep::teardown::{Plan, PlanError, Step};

const CLUSTER: &str = "c7e1a0c5b2d94f6e8a3b1c0d9e8f70042";
const NODE: &str = "i-bp1labworker00000002";
const GROUP: &str = "asg-bp1labpool0000000001";
const POOL: &str = "np3f9c2a7b1d4e6085c7a9e2b4d6f80042";
const NAT: &str = "ngw-bp1labnat000000000001";

/// The laboratory, scanned once by the binary.
static LABORATORY: LazyLock<Inventory> = LazyLock::new(|| {
    let lab = Lab::serve("ack-sop", &[]);
    let path = lab.folder().join("lab.json");
    lab.json(&["inventory", "--save", path.to_str().unwrap()], 0);
    snapshot::load(&path).unwrap()
});

fn planned(inventory: &Inventory, ids: &[&str]) -> Result<Plan, PlanError> {
    planner::plan(&Input {
        inventory,
        lines: &[],
        selection: &Selection {
            clusters: vec![CLUSTER.to_owned()],
            ids: ids.iter().map(|id| (*id).to_owned()).collect(),
            ..Selection::default()
        },
        endpoint: &Place::official(),
        types: &Registry,
    })
}

fn change(inventory: &mut Inventory, id: &str, change: impl Fn(&mut Resource)) {
    let mut changed = 0;
    for resource in &mut inventory.resources {
        if resource.id.id == id {
            change(resource);
            changed += 1;
        }
    }
    assert!(changed > 0, "{id} is not in the laboratory");
}

fn step<'a>(plan: &'a Plan, id: &str) -> Option<&'a Step> {
    plan.steps.iter().find(|step| step.fingerprint.id.id == id)
}

fn kept_code(plan: &Plan, id: &str) -> Option<String> {
    plan.kept
        .iter()
        .find(|kept| kept.id.id == id)
        .map(|kept| kept.refusal.code.clone())
}

fn last_call(step: &Step) -> &yunsweep::resources::teardown::CloudCall {
    let Some(Call::Cloud(call)) = step.calls().last().map(|planned| &planned.call) else {
        panic!("{} has no call of the cloud", step.id);
    };
    call
}

fn retained(plan: &Plan) -> String {
    last_call(step(plan, CLUSTER).unwrap()).arguments["retain_resources"].clone()
}

/// What a user does to a node.
type Change = fn(&mut Resource);

/// The second node was there before, and somebody added it to the pool.
fn joined() -> Inventory {
    let mut inventory = LABORATORY.clone();
    change(&mut inventory, GROUP, |group| {
        let ids =
            |ids: &[&str]| Attribute::TextList(ids.iter().map(|id| (*id).to_owned()).collect());
        group
            .attributes
            .set("instances_created", ids(&["i-bp1labworker00000001"]));
        group.attributes.set("instances_attached", ids(&[NODE]));
    });
    change(&mut inventory, CLUSTER, |cluster| {
        let made = cluster.attributes.text_list("resources_made").unwrap();
        let (mine, made) = made
            .iter()
            .cloned()
            .partition(|entry| entry.ends_with(NODE));
        cluster
            .attributes
            .set("resources_made", Attribute::TextList(made));
        cluster
            .attributes
            .set("resources_used", Attribute::TextList(mine));
    });
    inventory
        .links
        .retain(|link| link.to.id != NODE || link.from.id != CLUSTER);
    ownership::attribute(&mut inventory);
    inventory
}

#[test]
fn the_scan_says_who_made_the_nodes() {
    let group = LABORATORY
        .resources
        .iter()
        .find(|found| found.id.id == GROUP);
    let group = group.unwrap();
    assert_eq!(
        group
            .attributes
            .text_list("instances_created")
            .unwrap()
            .len(),
        2
    );
    assert_eq!(
        group.attributes.text_list("instances_attached"),
        Some(&[][..])
    );
}

#[test]
fn a_node_that_somebody_added_is_kept_with_what_it_needs() {
    let inventory = joined();
    let owner = inventory
        .resources
        .iter()
        .find(|found| found.id.id == NODE)
        .and_then(|node| node.owner.clone())
        .unwrap();
    // However sure it is that it is a node of the cluster.
    assert_eq!(owner.cluster.as_deref(), Some(CLUSTER));
    let plan = planned(&inventory, &[]).unwrap();
    assert_eq!(kept_code(&plan, NODE).as_deref(), Some("made_by_user"));
    for id in ["d-bp1labsystem00000002", NAT, "sg-bp1labcluster0000001"] {
        assert_eq!(kept_code(&plan, id).as_deref(), Some("shared"), "{id}");
    }
    let retained = retained(&plan);
    for id in [
        NODE,
        "d-bp1labsystem00000002",
        NAT,
        "sg-bp1labcluster0000001",
    ] {
        assert!(retained.contains(id), "{id}: {retained}");
    }
    for id in [GROUP, POOL] {
        assert!(step(&plan, id).unwrap().calls().is_empty(), "{id}");
    }
    // Named, it goes.
    let plan = planned(&inventory, &[NODE]).unwrap();
    assert!(!step(&plan, NODE).unwrap().calls().is_empty());
}

#[test]
fn a_node_that_its_user_protects_means_that_there_is_no_plan() {
    let changes: [Change; 2] = [
        |node| {
            let protection = Attribute::Boolean(true);
            node.attributes.set("deletion_protection", protection);
        },
        |node| {
            node.tags.insert("yunsweep.protect".into(), "true".into());
        },
    ];
    for protect in changes {
        let mut inventory = LABORATORY.clone();
        change(&mut inventory, NODE, protect);
        match planned(&inventory, &[]) {
            Err(PlanError::TakenAlong { id, refusal, .. }) => {
                assert_eq!((id.id.as_str(), refusal.code.as_str()), (NODE, "protected"));
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_gateway_that_nobody_named_is_not_forced() {
    let plan = planned(&LABORATORY, &[]).unwrap();
    assert!(
        !last_call(step(&plan, NAT).unwrap())
            .arguments
            .contains_key("Force")
    );
    let plan = planned(&LABORATORY, &[NAT]).unwrap();
    assert_eq!(
        last_call(step(&plan, NAT).unwrap()).arguments["Force"],
        "true"
    );
}
