//! The executor against doubles: every way in which a run can be disturbed ends where an undisturbed run ends, or with a step
//! that says what a person has to check.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::time::Duration;

use super::super::testing::*;
use super::*;
use crate::resources::teardown::Call;
use crate::teardown::state::{Cause, End, Stop};

mod safety;

/// What stays when all went well: nothing but what the plan does not name.
const BYSTANDERS: &[&str] = &["ecs.disk/d-other"];

/// Runs a test in time that passes only where nothing is left to do.
fn in_test_time<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap()
        .block_on(work)
}

fn stops(outcome: &Outcome) -> Vec<(String, Stop)> {
    let ended = outcome.states.iter().filter_map(|(id, state)| {
        let Status::Ended { stop, .. } = &state.status else {
            return None;
        };
        Some((id.to_string(), stop.clone()))
    });
    ended.collect()
}

/// The one stop of a run.
fn only_stop(outcome: &Outcome) -> (String, Stop) {
    let mut all = stops(outcome);
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

/// No call that the plan does not hold was ever sent, nothing else was touched, and a repeat has the same token.
fn assert_within_plan(world: &Double, plan: &Plan, context: &str) {
    let mut allowed: Vec<&Call> = Vec::new();
    for call in plan.steps.iter().flat_map(Step::calls) {
        allowed.push(&call.call);
        allowed.extend(&call.undo);
    }
    for (call, token) in world.sent() {
        assert!(allowed.contains(&&call), "{context}: {call:?}");
        let takes = matches!(&call, Call::Cloud(cloud) if cloud.takes_client_token);
        assert_eq!(token.is_some(), takes, "{context}: {call:?}");
    }
    for name in BYSTANDERS {
        assert!(world.thing(name).is_some(), "{context}: {name} is gone");
    }
}

/// Resumes until the run is done; a fault that happens once must not need a person more than once.
async fn finish(world: &Double, plan: &Plan, disk: &Disk, context: &str) {
    let outcome = run(world, plan, disk, Disturbance::None).await.unwrap();
    assert!(
        outcome.is_done(),
        "{context}: {:?} {:?}",
        outcome.halt,
        stops(&outcome)
    );
    assert_eq!(world.left(), BYSTANDERS, "{context}");
    assert_within_plan(world, plan, context);
}

/// Lines and calls of an undisturbed run.
async fn undisturbed() -> (usize, usize, usize) {
    let (world, plan, disk) = (Double::new(), plan(), Disk::default());
    let outcome = run(&world, &plan, &disk, Disturbance::None).await.unwrap();
    assert!(outcome.is_done(), "{:?}", stops(&outcome));
    assert_eq!(world.left(), BYSTANDERS);
    assert_within_plan(&world, &plan, "undisturbed");
    let bytes = disk.0.lock().unwrap();
    let lines = bytes.split(|byte| *byte == b'\n').count() - 1;
    (lines, world.sent().len(), 60)
}

#[test]
fn an_undisturbed_run_takes_everything_down() {
    let (lines, calls, _) = in_test_time(undisturbed());
    assert!(lines > 20 && calls >= 9, "{lines} lines, {calls} calls");
}

#[test]
fn each_call_fails_once_with_each_class() {
    let (_, calls, _) = in_test_time(undisturbed());
    for call in 0..calls {
        for class in CLASSES {
            for works in [false, true] {
                if works && !attempt::is_lost(*class) {
                    continue;
                }
                let disturbance = Disturbance::Fail {
                    call,
                    class: *class,
                    works,
                };
                in_test_time(fails_once(disturbance));
            }
        }
    }
}

async fn fails_once(disturbance: Disturbance) {
    let (world, plan, disk) = (Double::new(), plan(), Disk::default());
    let context = format!("{disturbance:?}");
    let outcome = run(&world, &plan, &disk, disturbance).await.unwrap();
    assert_within_plan(&world, &plan, &context);
    if outcome.is_done() {
        assert_eq!(world.left(), BYSTANDERS, "{context}");
        return;
    }
    // Where it did not end well it says why: for the whole run, or for one step.
    if outcome.halt.is_none() {
        let (step, stop) = only_stop(&outcome);
        assert!(!stop.facts.is_empty(), "{context}: {step}");
        assert!(!stop.left_open, "{context}: {step}");
        let thing = world.thing(&step).expect("it did not go");
        let was_protected = ["ack.cluster/c1", "slb.load_balancer/lb-1"].contains(&step.as_str());
        assert_eq!(thing.is_protected, was_protected, "{context}: {step}");
    }
    finish(&world, &plan, &disk, &context).await;
}

#[test]
fn a_process_may_die_anywhere() {
    let (lines, calls, _) = in_test_time(undisturbed());
    let mut disturbances = Vec::new();
    for after in [false, true] {
        disturbances.extend((0..calls).map(|call| Disturbance::KillAtCall { call, after }));
        disturbances.extend((0..lines).map(|line| Disturbance::KillAtLine { line, after }));
    }
    disturbances.extend((0..lines).map(|line| Disturbance::TearLine { line }));
    for disturbance in disturbances {
        in_test_time(async {
            let (world, plan, disk) = (Double::new(), plan(), Disk::default());
            let context = format!("{disturbance:?}");
            let outcome = run(&world, &plan, &disk, disturbance).await;
            assert!(outcome.is_none(), "{context}: nobody died");
            // The other machine is not rebooted in no time.
            tokio::time::sleep(Duration::from_secs(90)).await;
            finish(&world, &plan, &disk, &context).await;
        });
    }
}

#[test]
fn a_journal_that_cannot_be_written_stops_the_run() {
    let (lines, _, _) = in_test_time(undisturbed());
    for line in 0..lines {
        in_test_time(async {
            let (world, plan, disk) = (Double::new(), plan(), Disk::default());
            let disturbance = Disturbance::FailLine { line };
            let outcome = run(&world, &plan, &disk, disturbance).await.unwrap();
            let context = format!("{disturbance:?}");
            assert!(
                matches!(outcome.halt, Some(Halt::Journal(_))),
                "{context}: {:?}",
                outcome.halt
            );
            // Each call has its intent on the disk.
            let text = String::from_utf8(disk.0.lock().unwrap().clone()).unwrap();
            let intents = text.matches("\"intended\"").count();
            assert!(world.sent().len() <= intents, "{context}");
            finish(&world, &plan, &disk, &context).await;
        });
    }
}

#[test]
fn one_failed_look_changes_nothing() {
    for look in 0..80 {
        in_test_time(async {
            let (world, plan, disk) = (Double::new(), plan(), Disk::default());
            let disturbance = Disturbance::FailLook { look };
            let outcome = run(&world, &plan, &disk, disturbance).await.unwrap();
            assert!(outcome.is_done(), "{disturbance:?}: {:?}", stops(&outcome));
        });
    }
}

/// Runs against a changed world; what it came to.
fn run_in(change: impl FnOnce(&Double)) -> (Outcome, Double) {
    in_test_time(async {
        let (world, plan, disk) = (Double::new(), plan(), Disk::default());
        change(&world);
        let outcome = run(&world, &plan, &disk, Disturbance::None).await.unwrap();
        assert_within_plan(&world, &plan, "changed world");
        (outcome, world)
    })
}

#[test]
fn another_account_identity_or_endpoint_sends_nothing() {
    let changes: [&dyn Fn(&mut crate::teardown::Whereabouts); 3] = [
        &|now| now.account = crate::model::AccountId::from_static("1234567890123456"),
        &|now| now.identity = "acs:ram::0000000000000042:user/other".to_owned(),
        &|now| now.endpoint = crate::teardown::Place::official(),
    ];
    for change in changes {
        let (outcome, world) = run_in(|world| change(&mut world.whereabouts.lock().unwrap()));
        assert!(matches!(outcome.halt, Some(Halt::Guard(_))));
        assert!(world.sent().is_empty());
    }
}

#[test]
fn an_identity_that_changes_on_the_way_stops_the_run() {
    in_test_time(async {
        let (world, plan, disk) = (Double::new(), plan(), Disk::default());
        let on_line = |line: &Line| {
            if matches!(
                &line.entry,
                Entry::Step {
                    event: Event::Accepted { .. },
                    ..
                }
            ) {
                world.whereabouts.lock().unwrap().identity = "acs:ram::1:root".to_owned();
            }
        };
        let brake = Brake::default();
        let outcome = run_with(&world, &plan, &disk, Disturbance::None, &brake, &on_line)
            .await
            .unwrap();
        assert!(matches!(outcome.halt, Some(Halt::Guard(_))));
        // Two steps were ready, and each had sent one call before anyone was somebody else.
        assert!(world.sent().len() <= 2, "{:?}", world.sent());
    });
}

#[test]
fn drift_stops_that_branch_and_no_other() {
    let (outcome, world) = run_in(|world| {
        world.change("ack.cluster/c1", |thing| {
            let tags = &mut thing.resource.tags;
            tags.insert("yunsweep.protect".to_owned(), "true".to_owned());
        });
    });
    let (step, stop) = only_stop(&outcome);
    assert_eq!(
        (step.as_str(), stop.cause),
        ("ack.cluster/c1", Cause::Changed)
    );
    assert!(stop.facts[0].contains("yunsweep.protect"), "{stop:?}");
    let left = world.left();
    assert!(left.contains(&"vpc.vpc/vpc-1".to_owned()), "{left:?}");
    assert!(!left.contains(&"vpc.eip/eip-1".to_owned()), "{left:?}");
    assert!(
        !left.contains(&"slb.load_balancer/lb-1".to_owned()),
        "{left:?}"
    );
}

#[test]
fn a_rule_that_keeps_it_now_stops_that_branch() {
    let (outcome, world) = run_in(|world| {
        world
            .judgements
            .lock()
            .unwrap()
            .insert("vpc.eip/eip-1".to_owned(), Says::Kept);
    });
    let (step, stop) = only_stop(&outcome);
    assert_eq!((step.as_str(), stop.cause), ("vpc.eip/eip-1", Cause::Kept));
    assert_eq!(stop.facts, ["service_managed", "ServiceManaged=true"]);
    assert!(world.thing("vpc.eip/eip-1").unwrap().is_attached);
}

#[test]
fn a_namesake_made_later_is_never_touched_and_never_gone() {
    for name in ["k8s.service/c1/default/web", "ecs.disk/d-1"] {
        let (outcome, world) = run_in(|world| {
            world.change(name, |thing| {
                thing.resource.attributes.set_text("uid", "another");
            });
        });
        let (step, stop) = only_stop(&outcome);
        assert_eq!((step.as_str(), stop.cause), (name, Cause::Recreated));
        assert!(world.thing(name).is_some());
    }
}

#[test]
fn a_namesake_that_comes_while_it_is_deleted_is_not_gone() {
    in_test_time(async {
        let (world, plan, disk) = (Double::new(), plan(), Disk::default());
        let name = "ecs.disk/d-1";
        let on_line = |line: &Line| {
            if let Entry::Step {
                step,
                event: Event::Accepted { .. },
            } = &line.entry
                && step.as_str() == name
            {
                world.change(name, |thing| {
                    thing.resource.attributes.set_text("uid", "another");
                    thing.takes = None;
                });
            }
        };
        let brake = Brake::default();
        let outcome = run_with(&world, &plan, &disk, Disturbance::None, &brake, &on_line)
            .await
            .unwrap();
        let (step, stop) = only_stop(&outcome);
        assert_eq!(
            (step.as_str(), stop.end, stop.cause),
            (name, End::Drifted, Cause::Recreated)
        );
    });
}

#[test]
fn what_is_gone_already_needs_no_call() {
    let (outcome, world) = run_in(|world| world.remove("vpc.eip/eip-1"));
    assert!(outcome.is_done());
    let names = |call: &Call| format!("{call:?}").contains("eip-1");
    assert!(!world.sent().iter().any(|(call, _)| names(call)));
}

#[test]
fn an_accepted_deletion_that_does_nothing_is_stuck() {
    let (outcome, _world) =
        run_in(|world| world.change("ecs.disk/d-1", |thing| thing.takes = None));
    let (step, stop) = only_stop(&outcome);
    assert_eq!(step, "ecs.disk/d-1");
    assert_eq!((stop.end, stop.cause), (End::Stuck, Cause::Lingering));
    assert_eq!(stop.request_id.as_deref(), Some("R-1"));
}

#[test]
fn a_blocker_outside_the_plan_is_named_and_not_touched() {
    let (outcome, world) = run_in(|world| {
        world.change("ecs.eni/eni-1", |thing| thing.managed_by = None);
    });
    let (step, stop) = only_stop(&outcome);
    assert_eq!(step, "vpc.vswitch/vsw-1");
    assert_eq!((stop.end, stop.cause), (End::Stuck, Cause::Blocked));
    assert_eq!(stop.facts, ["DependencyViolation", "ecs.eni/eni-1"]);
    assert!(world.thing("ecs.eni/eni-1").is_some());
    // It was not asked at every look, only now and then.
    let asked = world
        .sent()
        .iter()
        .filter(|(call, _)| format!("{call:?}").contains("vsw-1"))
        .count();
    assert!((2..40).contains(&asked), "{asked}");
}

#[test]
fn what_its_manager_leaves_is_deleted_by_the_fallback_or_reported() {
    let unmanaged = |world: &Double| {
        world.change("slb.load_balancer/lb-1", |thing| thing.managed_by = None);
    };
    let (outcome, world) = run_in(unmanaged);
    assert!(outcome.is_done(), "{:?}", stops(&outcome));
    assert_eq!(world.left(), BYSTANDERS);
    in_test_time(async {
        let (world, mut plan, disk) = (Double::new(), plan(), Disk::default());
        unmanaged(&world);
        for step in &mut plan.steps {
            if let Action::Manager { fallback, .. } = &mut step.action {
                fallback.clear();
            }
        }
        let outcome = run(&world, &plan, &disk, Disturbance::None).await.unwrap();
        let (step, stop) = only_stop(&outcome);
        assert_eq!(step, "slb.load_balancer/lb-1");
        assert_eq!((stop.end, stop.cause), (End::Stuck, Cause::LeftByManager));
        assert!(world.thing("slb.load_balancer/lb-1").unwrap().is_protected);
    });
}

#[test]
fn what_its_manager_visibly_leaves_is_released_after_a_settle_time_and_not_after_its_deadline() {
    let took = |status: &str| {
        in_test_time(async {
            let (world, mut plan, disk) = (Double::new(), plan(), Disk::default());
            for step in &mut plan.steps {
                step.deadline_seconds = 7200;
            }
            world.change("slb.load_balancer/lb-1", |thing| {
                thing.managed_by = None;
                thing.resource.status = Some(status.to_owned());
            });
            let began = world.clock().now();
            let outcome = run(&world, &plan, &disk, Disturbance::None).await.unwrap();
            assert!(outcome.is_done(), "{:?}", stops(&outcome));
            (world.clock().now() - began).num_minutes()
        })
    };
    assert!(took("Available") < 30, "{}", took("Available"));
    // What is on its way out is waited for.
    assert!(took("Deleting") >= 120, "{}", took("Deleting"));
}

#[test]
fn a_deletion_that_reports_its_failure_is_failed() {
    let (outcome, _world) = run_in(|world| {
        world.change("ack.cluster/c1", |thing| {
            thing.takes = None;
            thing.resource.status = Some("delete_failed".to_owned());
        });
    });
    let (step, stop) = only_stop(&outcome);
    assert_eq!(
        (step.as_str(), stop.cause),
        ("ack.cluster/c1", Cause::DeletionFailed)
    );
}

#[test]
fn the_brake_stops_starting_and_waiting_and_the_run_resumes() {
    let (lines, _, _) = in_test_time(undisturbed());
    for pulled_at in 1..lines as u64 {
        in_test_time(async {
            let (world, plan, disk) = (Double::new(), plan(), Disk::default());
            let brake = Brake::default();
            let sent_when_pulled = Mutex::new(None);
            let on_line = |line: &Line| {
                if line.sequence == pulled_at {
                    brake.pull();
                    *sent_when_pulled.lock().unwrap() = Some(world.sent().len());
                }
            };
            let outcome = run_with(&world, &plan, &disk, Disturbance::None, &brake, &on_line)
                .await
                .unwrap();
            let context = format!("pulled at {pulled_at}");
            assert!(outcome.halt.is_none(), "{context}");
            let before = sent_when_pulled.lock().unwrap().unwrap();
            // An intent that is on the disk may still go out; nothing after it.
            assert!(world.sent().len() <= before + 1, "{context}");
            finish(&world, &plan, &disk, &context).await;
        });
    }
}

#[test]
fn the_dearest_and_the_unpriced_start_first() {
    let plan = plan();
    let order: Vec<&str> = dearest_first(&plan)
        .iter()
        .map(|step| step.id.as_str())
        .collect();
    assert_eq!(
        order[..3],
        ["vpc.eip/eip-1", "ack.cluster/c1", "slb.load_balancer/lb-1"]
    );
    let all: BTreeSet<&str> = order.iter().copied().collect();
    assert_eq!(all.len(), plan.steps.len());
}
