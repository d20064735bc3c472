//! Plans that no planner makes, and worlds that are not the plan's.

use super::*;
use crate::model::{AccountId, ChargeType, Region};
use crate::resources::teardown::{Kept, Refusal};
use crate::teardown::plan::{Cost, KeptResource};
use crate::teardown::testing::{cloud, id, plan, resource};

#[test]
fn the_plan_of_the_tests_makes_sense() {
    assert_eq!(check_shape(&plan()), Ok(()));
}

/// A change to a plan, and what is said about it.
type Change = (&'static str, fn(&mut Plan));

#[test]
fn a_plan_that_no_planner_makes_is_refused() {
    let changes: &[Change] = &[
        ("is there twice", |plan| {
            let again = plan.steps[0].clone();
            plan.steps.push(again);
        }),
        ("waits for one that does not stand before it", |plan| {
            plan.steps.reverse();
        }),
        ("has a manager that does not stand before it", |plan| {
            plan.steps.remove(0);
            plan.steps[0].after.clear();
        }),
        ("is in another account", |plan| {
            plan.binding.account = AccountId::from_static("0000000000000043");
        }),
        ("has no call", |plan| {
            plan.steps[0].action = Action::Calls { calls: Vec::new() };
        }),
        ("is not named after its resource", |plan| {
            plan.steps[0].fingerprint.id = id("ecs.disk/d-9");
        }),
        ("is kept by the same plan", |plan| {
            plan.kept.push(KeptResource {
                id: plan.steps[3].fingerprint.id.clone(),
                name: None,
                refusal: Refusal {
                    kept: Kept::Always,
                    code: "shared".to_owned(),
                    because: String::new(),
                },
                cost: Cost::default(),
                flag: None,
            });
        }),
        ("calls another region or account", |plan| {
            plan.steps[3].fingerprint.id.region = Region::from_static("cn-beijing");
        }),
        ("deletes nothing", |plan| {
            if let Action::Calls { calls } = &mut plan.steps[3].action {
                calls.pop();
            }
        }),
        ("waits for one in another region", |plan| {
            plan.steps[0].fingerprint.id.region = Region::from_static("cn-shanghai");
            let Action::Calls { calls } = &mut plan.steps[0].action else {
                panic!("the first step has calls");
            };
            for planned in calls {
                if let Call::Cluster(deletion) = &mut planned.call {
                    deletion.cluster.region = Region::from_static("cn-shanghai");
                }
            }
        }),
        ("takes back what is final", |plan| {
            if let Action::Calls { calls } = &mut plan.steps[3].action {
                calls[1].undo = Some(cloud("Create", "vpc.eip/eip-1", false));
            }
        }),
    ];
    for (expected, change) in changes {
        let mut changed = plan();
        change(&mut changed);
        match check_shape(&changed) {
            Err(GuardError::Malformed { what, .. }) => assert_eq!(what, *expected),
            other => panic!("{expected}: {other:?}"),
        }
    }
}

#[test]
fn an_assumed_role_may_have_another_session() {
    let mut binding = plan().binding;
    binding.identity = "acs:ram::42:assumed-role/lab/first".to_owned();
    let mut now = Whereabouts {
        account: binding.account.clone(),
        identity: "acs:ram::42:assumed-role/lab/second".to_owned(),
        endpoint: binding.endpoint.clone(),
    };
    assert_eq!(check_whereabouts(&binding, &now), Ok(()));
    now.identity = "acs:ram::42:assumed-role/other/first".to_owned();
    assert!(check_whereabouts(&binding, &now).is_err());
}

#[test]
fn differences_are_named_by_field() {
    let planned = Fingerprint::of(&resource("ecs.disk/d-1"));
    let mut found = resource("ecs.disk/d-1");
    assert!(differences(&planned, &found).is_empty());
    // Our own steps and the cloud's life do not look like drift.
    found.status = Some("Deleting".to_owned());
    found.name = Some("renamed".to_owned());
    found.tags.insert("team".to_owned(), "b".to_owned());
    assert!(differences(&planned, &found).is_empty());
    assert!(is_same_thing(&planned, &found));
    found.charge_type = ChargeType::Subscription;
    found
        .tags
        .insert("ack.aliyun.com".to_owned(), "c2".to_owned());
    assert_eq!(
        differences(&planned, &found),
        [
            "charge_type: pay_as_you_go -> subscription",
            "tag ack.aliyun.com: - -> c2"
        ]
    );
    assert!(is_same_thing(&planned, &found));
    found.attributes.set_text("uid", "another");
    assert!(!is_same_thing(&planned, &found));
}
