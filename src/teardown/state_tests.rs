//! The transition table: what may follow what, for a step of two reversible calls and a final one.

use super::*;
use crate::resources::teardown::{Call, CloudCall};
use crate::teardown::testing::cloud;

fn calls() -> Vec<PlannedCall> {
    let reversible = |purpose, action: &str, undo: &str| PlannedCall {
        purpose,
        call: cloud(action, "d-1", true),
        undo: Some(cloud(undo, "d-1", true)),
    };
    vec![
        reversible(Purpose::Unprotect, "Unprotect", "Protect"),
        reversible(Purpose::Detach, "Detach", "Attach"),
        PlannedCall {
            purpose: Purpose::Delete,
            call: cloud("Delete", "d-1", true),
            undo: None,
        },
    ]
}

fn intended(call: usize) -> Event {
    Event::Intended {
        call,
        client_token: None,
    }
}

fn accepted(call: usize) -> Event {
    Event::Accepted {
        call,
        request_id: None,
        task: None,
    }
}

fn refused(call: usize) -> Event {
    Event::Refused {
        call,
        class: ErrorClass::Busy,
        code: None,
        request_id: None,
    }
}

fn lost(call: usize) -> Event {
    Event::Lost {
        call,
        class: ErrorClass::TransportAmbiguous,
    }
}

fn undone(call: usize) -> Event {
    Event::Undone {
        call,
        request_id: None,
    }
}

fn stopped(end: End) -> Event {
    Event::Stopped {
        stop: Stop {
            end,
            cause: Cause::Rejected,
            facts: Vec::new(),
            request_id: None,
            left_open: false,
        },
    }
}

fn waiting() -> Event {
    Event::Waiting {
        code: None,
        on: Vec::new(),
    }
}

fn undo_intended(call: usize) -> Event {
    Event::UndoIntended {
        call,
        client_token: None,
    }
}

/// Every event, with each call that it can be about and one that does not exist.
fn events() -> Vec<Event> {
    let mut all = vec![
        waiting(),
        Event::TakingBack,
        Event::Gone,
        stopped(End::Failed),
        Event::Reopened,
    ];
    for call in 0..4 {
        all.extend([
            intended(call),
            accepted(call),
            refused(call),
            lost(call),
            Event::Skipped { call },
            undo_intended(call),
            undone(call),
            Event::NotUndone {
                call,
                class: ErrorClass::Denied,
                code: None,
            },
        ]);
    }
    all
}

/// The events that may follow a status, by name and call.
fn followers(status: &Status) -> Vec<String> {
    events()
        .iter()
        .filter(|event| next(status, event, &calls()).is_ok())
        .map(|event| {
            let value = serde_json::to_value(event).unwrap();
            let call = value["call"]
                .as_u64()
                .map_or(String::new(), |c| c.to_string());
            format!("{}{call}", value["event"].as_str().unwrap())
        })
        .collect()
}

#[test]
fn the_table() {
    let common = ["gone", "stopped"];
    let with = |more: &[&str]| -> Vec<String> {
        let mut all: Vec<String> = common.iter().chain(more).map(|s| (*s).to_owned()).collect();
        all.sort();
        all
    };
    let ended = Status::Ended {
        stop: Stop {
            end: End::Failed,
            cause: Cause::Rejected,
            facts: Vec::new(),
            request_id: None,
            left_open: false,
        },
        resumes: Box::new(Status::Open { done: 2 }),
    };
    for (status, expected) in [
        (
            Status::Open { done: 0 },
            with(&["intended0", "skipped0", "waiting"]),
        ),
        (
            Status::Open { done: 1 },
            with(&["intended1", "skipped1", "taking_back", "waiting"]),
        ),
        // The final call is never skipped.
        (
            Status::Open { done: 2 },
            with(&["intended2", "taking_back", "waiting"]),
        ),
        (
            Status::Sent { call: 1 },
            with(&["accepted1", "intended1", "lost1", "refused1"]),
        ),
        (Status::Lost { call: 2 }, with(&["intended2"])),
        (Status::Deleting, with(&["waiting"])),
        (
            Status::TakingBack { in_force: 2 },
            with(&["reopened", "undo_intended1"]),
        ),
        (Status::TakingBack { in_force: 0 }, with(&["reopened"])),
        (
            Status::UndoSent { call: 1 },
            vec!["not_undone1".into(), "reopened".into(), "undone1".into()],
        ),
        (Status::Gone, Vec::new()),
        (ended, vec!["reopened".into()]),
    ] {
        let mut found = followers(&status);
        found.sort();
        assert_eq!(found, expected, "{status:?}");
    }
}

#[test]
fn accepted_is_not_gone() {
    let last = next(&Status::Sent { call: 2 }, &accepted(2), &calls()).unwrap();
    assert_eq!(last, Status::Deleting);
}

#[test]
fn nothing_is_taken_back_after_a_final_call() {
    let mut calls = calls();
    calls.rotate_right(1);
    assert_eq!(calls[0].purpose, Purpose::Delete);
    assert!(next(&Status::Open { done: 2 }, &Event::TakingBack, &calls).is_err());
}

#[test]
fn a_stopped_step_goes_on_where_looking_comes_first() {
    let resumed = |status: Status, end| {
        let ended = next(&status, &stopped(end), &calls()).unwrap();
        next(&ended, &Event::Reopened, &calls()).unwrap()
    };
    for (status, end, expected) in [
        (
            Status::Open { done: 1 },
            End::Stuck,
            Status::Open { done: 1 },
        ),
        (Status::Deleting, End::Stuck, Status::Open { done: 2 }),
        (Status::Deleting, End::Uncertain, Status::Deleting),
        (
            Status::Lost { call: 2 },
            End::Uncertain,
            Status::Lost { call: 2 },
        ),
        (
            Status::TakingBack { in_force: 1 },
            End::Failed,
            Status::Open { done: 1 },
        ),
    ] {
        assert_eq!(resumed(status.clone(), end), expected, "{status:?} {end:?}");
    }
}

fn with_token(call: usize, token: &str) -> Event {
    Event::Intended {
        call,
        client_token: Some(token.to_owned()),
    }
}

#[test]
fn a_repeat_has_the_same_token() {
    let mut state = StepState::default();
    state.apply(&with_token(0, "a"), &calls()).unwrap();
    state.apply(&lost(0), &calls()).unwrap();
    assert!(state.clone().apply(&with_token(0, "b"), &calls()).is_err());
    state.apply(&with_token(0, "a"), &calls()).unwrap();
    assert!(state.unsure.contains(&0));
    state.apply(&accepted(0), &calls()).unwrap();
    assert!(state.unsure.is_empty());
}

#[test]
fn what_is_to_happen_again_after_a_stop_has_another_token() {
    let mut state = StepState::default();
    for event in [
        with_token(0, "a"),
        accepted(0),
        with_token(1, "b"),
        refused(1),
        stopped(End::Failed),
        Event::Reopened,
        with_token(1, "c"),
    ] {
        state.apply(&event, &calls()).unwrap();
    }
    assert_eq!(state.tokens[&0], "a");
    assert_eq!(state.tokens[&1], "c");
}

#[test]
fn events_are_read_strictly() {
    for text in [
        r#"{"event":"vanished"}"#,
        r#"{"event":"skipped","call":0,"more":1}"#,
        r#"{"event":"intended"}"#,
        r#"{"event":"refused","call":0,"class":"tired"}"#,
    ] {
        assert!(serde_json::from_str::<Event>(text).is_err(), "{text}");
    }
    for event in events() {
        let text = serde_json::to_string(&event).unwrap();
        assert_eq!(serde_json::from_str::<Event>(&text).unwrap(), event);
    }
    // The call of a double is one of the cloud.
    assert!(matches!(&calls()[0].call, Call::Cloud(CloudCall { .. })));
}
