//! What keeps a call from being sent, what is never taken back, and what is always told.

use super::*;

fn judged(step: &str, says: Says) -> (Outcome, Double) {
    run_in(|world| {
        let mut judgements = world.judgements.lock().unwrap();
        judgements.insert(step.to_owned(), says);
    })
}

#[test]
fn what_others_use_now_is_waited_for_and_then_left_alone() {
    let name = "slb.load_balancer/lb-1";
    let until = |minutes| Says::Used {
        until: read_at() + TimeDelta::minutes(minutes),
    };
    let (outcome, world) = judged("ecs.disk/d-1", until(9));
    assert!(outcome.is_done(), "{:?}", stops(&outcome));
    assert_eq!(world.left(), BYSTANDERS);
    for (step, says) in [("ecs.disk/d-1", until(100)), ("ack.cluster/c1", until(100))] {
        let (outcome, world) = judged(step, says);
        let (stopped, stop) = only_stop(&outcome);
        assert_eq!((stopped.as_str(), stop.end), (step, End::Stuck));
        assert_eq!(stop.cause, Cause::Blocked);
        assert_eq!(stop.facts, ["shared", "ecs.instance/i-new"]);
        assert!(!stop.left_open);
        let touched = |(call, _): &(Call, Option<String>)| format!("{call:?}").contains(step);
        assert!(!world.sent().iter().any(touched), "{step}");
        assert!(world.thing(name).is_none());
    }
}

#[test]
fn what_nobody_can_judge_is_left_alone_and_said() {
    for (says, end, cause, facts) in [
        (
            Says::Unreadable,
            End::Uncertain,
            Cause::Unjudged,
            "the users cannot be read",
        ),
        (
            Says::Unplanned,
            End::Drifted,
            Cause::Unplanned,
            "volumesnapshots.snapshot.storage.k8s.io/nightly",
        ),
    ] {
        let (outcome, world) = judged("vpc.eip/eip-1", says);
        let (step, stop) = only_stop(&outcome);
        assert_eq!((step.as_str(), stop.end), ("vpc.eip/eip-1", end));
        assert_eq!((stop.cause, stop.facts), (cause, vec![facts.to_owned()]));
        assert!(world.thing("vpc.eip/eip-1").unwrap().is_attached);
    }
}

/// Runs to the end with answers that come in this order for the calls about a thing; the first of them may do its work.
fn answered(thing: &str, answers: &[(ErrorClass, bool)]) -> (Outcome, Double) {
    run_in(|world| {
        let answers = answers.iter().copied().collect();
        world
            .answers
            .lock()
            .unwrap()
            .insert(thing.to_owned(), answers);
    })
}

#[test]
fn a_repeated_deletion_that_is_refused_is_looked_after() {
    for class in [
        ErrorClass::Busy,
        ErrorClass::Invalid,
        ErrorClass::Unexpected,
        ErrorClass::WaitDependency,
    ] {
        // The first did its work, and its answer was lost.
        let (outcome, world) = answered(
            "ecs.disk/d-1",
            &[(ErrorClass::TransportAmbiguous, true), (class, false)],
        );
        assert!(outcome.is_done(), "{class:?}: {:?}", stops(&outcome));
        assert_eq!(world.left(), BYSTANDERS, "{class:?}");
        // It did not, and the repeats are refused until the deadline.
        let refused = std::iter::repeat_n((class, false), 500);
        let answers: Vec<_> = [(ErrorClass::TransportAmbiguous, false)]
            .into_iter()
            .chain(refused)
            .collect();
        let (outcome, _) = answered("ecs.disk/d-1", &answers);
        let (_, stop) = only_stop(&outcome);
        assert_eq!(
            (stop.end, stop.cause),
            (End::Uncertain, Cause::AnswerLost),
            "{class:?}"
        );
        assert!(stop.facts.contains(&"Injected".to_owned()), "{stop:?}");
    }
}

#[test]
fn protection_is_not_taken_back_after_a_final_call_that_may_have_arrived() {
    let cluster = "ack.cluster/c1";
    let fine = (ErrorClass::DryRunOk, true);
    let lost = (ErrorClass::TransportAmbiguous, false);
    for refusal in [
        ErrorClass::Denied,
        ErrorClass::Billing,
        ErrorClass::Protected,
        ErrorClass::ServiceManaged,
    ] {
        let refused = std::iter::repeat_n((refusal, false), 20);
        let answers: Vec<_> = [fine, lost].into_iter().chain(refused).collect();
        let (outcome, world) = answered(cluster, &answers);
        let (step, stop) = only_stop(&outcome);
        assert_eq!(step, cluster);
        assert!(stop.left_open, "{refusal:?}: {stop:?}");
        assert!(!world.thing(cluster).unwrap().is_protected, "{refusal:?}");
        let was_taken_back =
            |(call, _): &(Call, Option<String>)| format!("{call:?}").contains("\"Protect\"");
        assert!(!world.sent().iter().any(was_taken_back), "{refusal:?}");
        // Refused plainly, it is as it was. A protection that was switched off may take a moment to be off.
        let times = if refusal == ErrorClass::Protected {
            5
        } else {
            1
        };
        let refused = std::iter::repeat_n((refusal, false), times);
        let answers: Vec<_> = [fine].into_iter().chain(refused).collect();
        let (outcome, world) = answered(cluster, &answers);
        let (_, stop) = only_stop(&outcome);
        assert!(!stop.left_open, "{refusal:?}: {stop:?}");
        assert!(world.thing(cluster).unwrap().is_protected, "{refusal:?}");
    }
}

#[test]
fn protection_that_stays_off_is_told_however_the_step_ends() {
    // Accepted, and it never goes.
    let (outcome, _) = run_in(|world| world.change("ack.cluster/c1", |thing| thing.takes = None));
    let (_, stop) = only_stop(&outcome);
    assert_eq!(stop.cause, Cause::Lingering);
    assert!(stop.left_open);
    // It cannot be taken back.
    let answers = [
        (ErrorClass::DryRunOk, true),
        (ErrorClass::Denied, false),
        (ErrorClass::Denied, false),
    ];
    let (outcome, world) = answered("ack.cluster/c1", &answers);
    let (_, stop) = only_stop(&outcome);
    assert_eq!(stop.cause, Cause::Denied);
    assert!(stop.left_open);
    assert!(!world.thing("ack.cluster/c1").unwrap().is_protected);
    // The run is stopped in between: the state says it.
    in_test_time(async {
        let (world, plan, disk) = (Double::new(), plan(), Disk::default());
        let brake = Brake::default();
        let on_line = |line: &Line| {
            if let Entry::Step {
                step,
                event: Event::Accepted { call: 0, .. },
            } = &line.entry
                && step.as_str() == "ack.cluster/c1"
            {
                brake.pull();
            }
        };
        let outcome = run_with(&world, &plan, &disk, Disturbance::None, &brake, &on_line)
            .await
            .unwrap();
        let open: Vec<&str> = outcome
            .states
            .iter()
            .filter(|(_, state)| state.leaves_open())
            .map(|(step, _)| step.as_str())
            .collect();
        assert!(open.contains(&"ack.cluster/c1"), "{open:?}");
        finish(&world, &plan, &disk, "stopped with protection off").await;
    });
}

#[test]
fn a_credential_that_ran_out_is_renewed_between_two_intents() {
    let (outcome, world) = answered("ecs.disk/d-1", &[(ErrorClass::Credentials, false)]);
    assert!(
        outcome.is_done(),
        "{:?} {:?}",
        outcome.halt,
        stops(&outcome)
    );
    let sent = world.sent();
    let to_disk = sent
        .iter()
        .filter(|(call, _)| format!("{call:?}").contains("ecs.disk/d-1"));
    assert_eq!(to_disk.count(), 2);
    let twice = [
        (ErrorClass::Credentials, false),
        (ErrorClass::Credentials, false),
    ];
    let (outcome, _) = answered("ecs.disk/d-1", &twice);
    assert!(matches!(outcome.halt, Some(Halt::Credential(_))));
}

#[test]
fn who_looks_as_somebody_else_sees_nothing_gone() {
    in_test_time(async {
        let (world, plan, disk) = (Double::new(), plan(), Disk::default());
        let on_line = |line: &Line| {
            if let Entry::Step {
                step,
                event: Event::Accepted { .. },
            } = &line.entry
                && step.as_str() == "ack.cluster/c1"
            {
                // Another account's view: nothing of ours is in it.
                world.whereabouts.lock().unwrap().account =
                    crate::model::AccountId::from_static("1234567890123456");
                world.remove("ack.cluster/c1");
            }
        };
        let brake = Brake::default();
        let outcome = run_with(&world, &plan, &disk, Disturbance::None, &brake, &on_line)
            .await
            .unwrap();
        assert!(matches!(outcome.halt, Some(Halt::Guard(_))));
        let cluster = StepId::of(&id("ack.cluster/c1"));
        assert_ne!(outcome.states[&cluster].status, Status::Gone);
    });
}

#[test]
fn what_would_go_along_with_a_call_is_looked_at_before_it() {
    let (outcome, world) = run_in(|world| {
        world.change("slb.load_balancer/lb-1", |thing| {
            let tags = &mut thing.resource.tags;
            tags.insert("yunsweep.protect".into(), "true".into());
        });
    });
    let stopped = stops(&outcome);
    let (_, first) = stopped
        .iter()
        .find(|(step, _)| step.as_str() == "k8s.service/c1/default/web")
        .expect("the Service is not deleted");
    assert_eq!((first.end, first.cause), (End::Drifted, Cause::Changed));
    assert_eq!(first.facts[0], "slb.load_balancer/lb-1");
    assert!(world.thing("k8s.service/c1/default/web").is_some());
    assert!(world.thing("slb.load_balancer/lb-1").is_some());
}
