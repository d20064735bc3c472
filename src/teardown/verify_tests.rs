//! What a rescan proves, on a plan with one step of each kind of listing.

use rust_decimal::Decimal;

use super::super::testing;
use super::*;
use crate::model::CoverageState;
use crate::model::{Cell, Currency, Money, Owner, OwnerKind};
use crate::resources::ListedPer;
use crate::resources::teardown::{Kept, Refusal};

/// A rescan that looked everywhere and found these.
fn rescan(found: Vec<Resource>) -> Inventory {
    let mut resources = found;
    resources.sort_by(|a, b| a.id.cmp(&b.id));
    let plan = testing::plan();
    let mut coverage = Vec::new();
    for resource_type in crate::resources::RESOURCE_TYPES {
        let spec = resource_type.spec();
        let (parents, regions): (Vec<Option<ResourceId>>, Region) = match spec.listed_per {
            ListedPer::Account => (vec![None], Region::GLOBAL),
            ListedPer::Region => (vec![None], Region::from_static("cn-hangzhou")),
            ListedPer::Parent(kind) | ListedPer::RegionAndParent(kind) => (
                resources
                    .iter()
                    .filter(|resource| resource.id.type_id.as_str() == kind)
                    .map(|resource| Some(resource.id.clone()))
                    .collect(),
                Region::from_static("cn-hangzhou"),
            ),
        };
        coverage.extend(parents.into_iter().map(|parent| CoverageRow {
            type_id: spec.type_id.clone(),
            cell: Cell {
                account: plan.binding.account.clone(),
                region: regions.clone(),
                parent,
            },
            state: CoverageState::Ok,
            count: 0,
            reason: None,
            missing_permission: None,
            permission_confirmed: None,
            code: None,
            request_id: None,
        }));
    }
    Inventory {
        scanned_at: testing::read_at(),
        accounts: Vec::new(),
        resources,
        links: Vec::new(),
        coverage,
        observations: Vec::new(),
    }
}

fn check(found: Vec<Resource>) -> Verification {
    verify(&testing::plan(), &rescan(found), &[])
}

fn because(found: &Verification) -> Vec<(&str, LeftBecause)> {
    let left = found.left.iter();
    left.map(|left| (left.id.id.as_str(), left.because))
        .collect()
}

fn unproven(found: &Verification) -> Vec<String> {
    let unproven = found.unproven.iter();
    unproven
        .map(|unproven| StepId::of(&unproven.id).to_string())
        .collect()
}

#[test]
fn an_empty_account_is_clean() {
    let found = check(Vec::new());
    assert_eq!(found.verdict(), Verdict::Clean, "{found:?}");
    assert_eq!(found.gone.len(), testing::plan().steps.len());
}

#[test]
fn each_thing_that_stayed_is_named() {
    for step in &testing::plan().steps {
        let found = check(vec![testing::resource(step.id.as_str())]);
        assert_eq!(found.verdict(), Verdict::LeftOvers);
        let expected = [(step.fingerprint.id.id.as_str(), LeftBecause::StillThere)];
        assert_eq!(because(&found), expected);
        assert_eq!(found.gone.len(), testing::plan().steps.len() - 1);
    }
}

#[test]
fn a_namesake_made_later_is_not_gone() {
    let cluster = testing::resource("ack.cluster/c1");
    let mut service = testing::resource("k8s.service/c1/default/web");
    service.attributes.set_text("uid", "another");
    let found = check(vec![cluster, service]);
    let left = because(&found);
    assert!(
        left.contains(&("c1/default/web", LeftBecause::Recreated)),
        "{left:?}"
    );
}

#[test]
fn a_recreated_log_project_is_not_gone() {
    let mut plan = testing::plan();
    let planned = testing::resource("sls.project/k8s-log-c1");
    if let Some(step) = plan.steps.first_mut() {
        step.id = StepId::of(&planned.id);
        step.fingerprint = crate::teardown::Fingerprint::of(&planned);
    }
    let mut again = planned;
    again.attributes = crate::model::Attributes::default();
    again.created = Some("2026-01-15T09:00:00Z".parse().unwrap());
    let found = verify(&plan, &rescan(vec![again]), &[]);
    assert_eq!(because(&found), [("k8s-log-c1", LeftBecause::Recreated)]);
    assert_eq!(found.verdict(), Verdict::LeftOvers);
}

#[test]
fn a_hole_is_never_clean() {
    for state in [
        CoverageState::Denied,
        CoverageState::Throttled,
        CoverageState::Unreachable,
        CoverageState::Incomplete,
        CoverageState::Failed,
        CoverageState::Skipped,
    ] {
        let mut inventory = rescan(Vec::new());
        for row in &mut inventory.coverage {
            if row.type_id.as_str() == "vpc.eip" {
                row.state = state;
            }
        }
        let found = verify(&testing::plan(), &inventory, &[]);
        assert_eq!(found.verdict(), Verdict::Incomplete, "{state:?}");
        assert_eq!(unproven(&found), ["vpc.eip/eip-1"]);
        assert_eq!(found.holes().count(), 1);
    }
}

#[test]
fn what_was_never_asked_is_not_gone() {
    let mut inventory = rescan(Vec::new());
    inventory
        .coverage
        .retain(|row| row.type_id.as_str() != "vpc.vswitch");
    let found = verify(&testing::plan(), &inventory, &[]);
    assert_eq!(found.verdict(), Verdict::Incomplete);
    assert_eq!(unproven(&found), ["vpc.vswitch/vsw-1"]);
    let unread = &found.unproven[0].unread[0];
    assert_eq!(
        (unread.type_id.as_str(), unread.state),
        ("vpc.vswitch", None)
    );
    // A region in which nothing is offered any more proves nothing about what was there.
    let mut inventory = rescan(Vec::new());
    for row in &mut inventory.coverage {
        row.state = CoverageState::NotOffered;
    }
    let found = verify(&testing::plan(), &inventory, &[]);
    assert_eq!(found.verdict(), Verdict::Incomplete);
    assert!(found.gone.is_empty(), "{:?}", found.gone);
}

#[test]
fn what_was_kept_on_purpose_leaves_it_clean_and_costs_what_it_costs() {
    let (plan, kept) = keeping();
    let found = verify(&plan, &rescan(vec![kept]), &[]);
    assert_eq!(found.verdict(), Verdict::Clean);
    assert_eq!(found.kept[0].is_there, Some(true));
}

/// A plan that keeps an address.
fn keeping() -> (Plan, Resource) {
    let mut plan = testing::plan();
    let kept = testing::resource("vpc.eip/eip-kept");
    plan.kept.push(KeptResource {
        id: kept.id.clone(),
        name: None,
        refusal: Refusal {
            kept: Kept::UnlessNamed,
            code: "made_by_user".to_owned(),
            because: "auto_create=0".to_owned(),
        },
        cost: cny(18),
        flag: None,
    });
    (plan, kept)
}

fn cny(amount: i64) -> Cost {
    Cost {
        monthly: vec![Money::new(Decimal::from(amount), Currency::CNY)],
        ..Cost::default()
    }
}

#[test]
fn a_kept_object_of_a_cluster_that_was_to_go_is_not_missed() {
    let (mut plan, _) = keeping();
    let cluster = plan
        .steps
        .iter()
        .find(|step| step.fingerprint.id.type_id.as_str() == "ack.cluster")
        .unwrap();
    let mut object = cluster.fingerprint.id.clone();
    object.id = format!("{}/app/nightly", object.id);
    object.type_id = TypeId::from_static("k8s.volume_snapshot");
    let mut elsewhere = object.clone();
    elsewhere.id = "another/app/nightly".to_owned();
    for (id, verdict) in [(object, Verdict::Clean), (elsewhere, Verdict::KeptMissing)] {
        plan.kept[0].id = id;
        let found = verify(&plan, &rescan(Vec::new()), &[]);
        assert_eq!(found.verdict(), verdict, "{:?}", plan.kept[0].id);
    }
}

#[test]
fn what_was_kept_and_is_not_there_any_more_is_not_clean() {
    let (mut plan, _) = keeping();
    let found = verify(&plan, &rescan(Vec::new()), &[]);
    assert_eq!(found.kept[0].is_there, Some(false));
    assert_eq!(found.verdict(), Verdict::KeptMissing);
    assert_eq!(found.missing().count(), 1);
    // What is left over is said first; what could not be read is not, because it is less certain.
    let left = verify(
        &plan,
        &rescan(vec![testing::resource("ack.cluster/c1")]),
        &[],
    );
    assert_eq!(left.verdict(), Verdict::LeftOvers);
    assert_eq!(left.missing().count(), 1);
    let mut inventory = rescan(Vec::new());
    for row in &mut inventory.coverage {
        if row.type_id.as_str() == "vpc.vswitch" {
            row.state = CoverageState::Denied;
        }
    }
    assert_eq!(
        verify(&plan, &inventory, &[]).verdict(),
        Verdict::KeptMissing
    );
    // One that nobody could look at is neither there nor missing.
    let mut inventory = rescan(Vec::new());
    inventory
        .coverage
        .retain(|row| row.type_id.as_str() != "vpc.eip");
    plan.steps
        .retain(|step| step.fingerprint.id.type_id.as_str() != "vpc.eip");
    let found = verify(&plan, &inventory, &[]);
    assert_eq!(found.kept[0].is_there, None);
    assert_eq!(found.kept[0].unread.len(), 1);
    assert_eq!(found.verdict(), Verdict::Incomplete);
    assert_eq!(found.after.monthly["CNY"], Decimal::from(18));
}

#[test]
fn what_is_not_proven_gone_counts_as_still_billed_and_says_what_is_missing() {
    let mut plan = testing::plan();
    let eip = testing::id("vpc.eip/eip-1");
    for step in &mut plan.steps {
        step.cost = if step.fingerprint.id == eip {
            cny(23)
        } else {
            cny(1000)
        };
    }
    let mut inventory = rescan(Vec::new());
    for row in &mut inventory.coverage {
        if row.type_id.as_str() == "vpc.eip" {
            row.state = CoverageState::Denied;
            row.missing_permission = Some("vpc:DescribeEipAddresses".to_owned());
            row.permission_confirmed = Some(true);
            row.request_id = Some("R-1".to_owned());
        }
    }
    let found = verify(&plan, &inventory, &[]);
    assert_eq!(found.after.monthly["CNY"], Decimal::from(23));
    let unread = &found.unproven[0].unread[0];
    assert_eq!(unread.state, Some(CoverageState::Denied));
    assert_eq!(
        unread.missing_permission.as_deref(),
        Some("vpc:DescribeEipAddresses")
    );
    assert_eq!(unread.request_id.as_deref(), Some("R-1"));
}

#[test]
fn what_a_cluster_owned_and_nobody_could_look_for_is_not_proven_either() {
    let mut plan = testing::plan();
    let disk = testing::id("ecs.disk/d-owned");
    plan.ledger.owned.push(crate::inventory::ledger::Owned {
        id: disk.clone(),
        name: None,
        cluster: "c1".to_owned(),
        confidence: Confidence::Strong,
        evidence: Vec::new(),
    });
    assert_eq!(
        verify(&plan, &rescan(Vec::new()), &[]).verdict(),
        Verdict::Clean
    );
    let mut inventory = rescan(Vec::new());
    let is_of_disks = |row: &CoverageRow| row.type_id.as_str() == "ecs.disk";
    inventory.coverage.retain(|row| !is_of_disks(row));
    let found = verify(&plan, &inventory, &[]);
    let disks: Vec<_> = found.unproven.iter().filter(|one| one.id == disk).collect();
    assert_eq!(disks.len(), 1);
    assert!(!disks[0].is_planned);
    assert_eq!(found.verdict(), Verdict::Incomplete);
    assert!(found.after.left_out > 0);
}

#[test]
fn each_absence_has_its_evidence() {
    let found = check(Vec::new());
    let evidence = |id: &str| {
        let id = testing::id(id);
        let gone = found.gone.iter().find(|gone| gone.id == id).unwrap();
        gone.evidence.clone()
    };
    assert_eq!(
        evidence("vpc.eip/eip-1"),
        Evidence::NotListed {
            region: Region::from_static("cn-hangzhou"),
            parent: None,
            others: 0
        }
    );
    match evidence("k8s.service/c1/default/web") {
        Evidence::ParentGone { parent, evidence } => {
            assert_eq!(parent, testing::id("ack.cluster/c1"));
            assert_eq!(evidence.as_str(), "not_listed");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_the_cluster_owned_or_made_meanwhile_is_a_left_over() {
    let mut plan = testing::plan();
    let mut owned = testing::resource("ecs.disk/d-owned");
    owned.owner = Some(Owner {
        kind: OwnerKind::Cluster,
        name: "c1".to_owned(),
        cluster: Some("c1".to_owned()),
        confidence: Confidence::Strong,
        evidence: Vec::new(),
    });
    let mut appeared = owned.clone();
    appeared.id = testing::id("slb.load_balancer/lb-2");
    plan.ledger.owned.push(crate::inventory::ledger::Owned {
        id: owned.id.clone(),
        name: None,
        cluster: "c1".to_owned(),
        confidence: Confidence::Strong,
        evidence: Vec::new(),
    });
    let mut strange = testing::resource("ecs.disk/d-strange");
    strange.owner = None;
    let found = verify(&plan, &rescan(vec![owned, appeared, strange]), &[]);
    assert_eq!(
        because(&found),
        [
            ("d-owned", LeftBecause::Outlived),
            ("lb-2", LeftBecause::Appeared)
        ]
    );
}

#[test]
fn an_id_without_its_parent_is_absent_where_every_parent_was_listed() {
    let mut plan = testing::plan();
    let pool = testing::resource("ack.node_pool/np-1");
    if let Some(step) = plan.steps.first_mut() {
        step.id = StepId::of(&pool.id);
        step.fingerprint = crate::teardown::Fingerprint::of(&pool);
    }
    let proven = |inventory: &Inventory| {
        let found = verify(&plan, inventory, &[]);
        found.gone.iter().any(|gone| gone.id == pool.id)
    };
    assert!(proven(&rescan(Vec::new())));
    let other = testing::resource("ack.cluster/c2");
    let mut inventory = rescan(vec![other.clone()]);
    assert!(proven(&inventory));
    let is_of_pools = |row: &CoverageRow| row.type_id.as_str() == "ack.node_pool";
    for row in inventory.coverage.iter_mut().filter(|row| is_of_pools(row)) {
        row.state = CoverageState::Denied;
    }
    assert!(!proven(&inventory));
    inventory.coverage.retain(|row| !is_of_pools(row));
    assert!(!proven(&inventory));
    assert!(!proven(&{
        let mut inventory = rescan(Vec::new());
        inventory
            .coverage
            .retain(|row| row.type_id.as_str() != "ack.cluster");
        inventory
    }));
}
