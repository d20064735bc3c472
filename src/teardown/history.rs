//! What a run's journal tells of its steps afterwards: which calls were sent, how they were answered, and what they left
//! open. For certificates; nothing is decided by it. Pure.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::journal::{Entry, Line};
use super::plan::{Plan, StepId};
use super::state::{Event, Stop};
use crate::openapi::ErrorClass;
use crate::resources::teardown::Purpose;

/// A run, told from its journal.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct History {
    /// Each time that a process began to work on it.
    pub openings: Vec<Opening>,
    /// When the last line was written.
    pub last_at: Option<DateTime<Utc>>,
    /// What happened to the steps.
    pub steps: BTreeMap<StepId, StepHistory>,
}

/// A process began to work on a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Opening {
    /// When.
    pub at: DateTime<Utc>,
    /// With which identity.
    pub identity: String,
    /// With which version of the program.
    pub program: String,
}

/// What happened to one step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct StepHistory {
    /// Its calls, in the order in which they were sent.
    pub sent: Vec<Sent>,
    /// When a look showed that its resource is gone.
    pub gone_at: Option<DateTime<Utc>>,
    /// How it ended, where that was not the end of its resource.
    pub stop: Option<Stop>,
    /// Its reversible calls that are in force, or may be: what they opened is open as long as the resource exists.
    pub open: BTreeSet<usize>,
}

/// One sending of a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sent {
    /// Which of the step's calls.
    pub call: usize,
    /// Whether this was the call that takes it back.
    pub is_undo: bool,
    /// When it was about to be sent.
    pub at: DateTime<Utc>,
    /// How it was answered.
    pub answer: Answer,
}

/// The answer to a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Answer {
    /// Nothing tells: the journal ends with the intent.
    None,
    /// It was taken.
    Accepted {
        /// The vendor's request id.
        request_id: Option<String>,
        /// The vendor's task.
        task: Option<String>,
    },
    /// It was refused.
    Refused {
        /// What that means.
        class: ErrorClass,
        /// The vendor's code.
        code: Option<String>,
        /// The vendor's request id.
        request_id: Option<String>,
    },
    /// It was lost.
    Lost {
        /// How.
        class: ErrorClass,
    },
}

impl History {
    /// Tells it from the lines of a journal of that plan.
    pub fn of(plan: &Plan, lines: &[Line]) -> Self {
        let mut history = Self::default();
        for line in lines {
            history.last_at = Some(line.at);
            match &line.entry {
                Entry::Opened { identity, program } => history.openings.push(Opening {
                    at: line.at,
                    identity: identity.clone(),
                    program: program.clone(),
                }),
                Entry::Closed { .. } => {}
                Entry::Step { step, event } => {
                    let is_reversible = |call: usize| {
                        let planned = plan.step(step).and_then(|step| step.calls().get(call));
                        planned.is_some_and(|planned| planned.purpose != Purpose::Delete)
                    };
                    let told = history.steps.entry(step.clone()).or_default();
                    told.take_in(line.at, event, &is_reversible);
                }
            }
        }
        history
    }

    /// What happened to a step.
    pub fn step(&self, id: &StepId) -> Option<&StepHistory> {
        self.steps.get(id)
    }
}

impl StepHistory {
    fn take_in(&mut self, at: DateTime<Utc>, event: &Event, is_reversible: &dyn Fn(usize) -> bool) {
        match event {
            Event::Intended { call, .. } => {
                if is_reversible(*call) {
                    self.open.insert(*call);
                }
                self.send(*call, false, at);
            }
            Event::UndoIntended { call, .. } => self.send(*call, true, at),
            Event::Accepted {
                request_id, task, ..
            } => self.answered(Answer::Accepted {
                request_id: request_id.clone(),
                task: task.clone(),
            }),
            Event::Undone { call, request_id } => {
                self.open.remove(call);
                self.answered(Answer::Accepted {
                    request_id: request_id.clone(),
                    task: None,
                });
            }
            Event::Refused {
                call,
                class,
                code,
                request_id,
            } => {
                self.answered(Answer::Refused {
                    class: *class,
                    code: code.clone(),
                    request_id: request_id.clone(),
                });
                // An earlier sending of the same call may have done its work all the same.
                if !self.may_have_arrived(*call) {
                    self.open.remove(call);
                }
            }
            Event::NotUndone { class, code, .. } => self.answered(Answer::Refused {
                class: *class,
                code: code.clone(),
                request_id: None,
            }),
            Event::Lost { class, .. } => self.answered(Answer::Lost { class: *class }),
            Event::Gone => {
                self.gone_at = Some(at);
                self.stop = None;
            }
            Event::Stopped { stop } => self.stop = Some(stop.clone()),
            Event::Reopened => self.stop = None,
            Event::Skipped { .. } | Event::Waiting { .. } | Event::TakingBack => {}
        }
    }

    fn send(&mut self, call: usize, is_undo: bool, at: DateTime<Utc>) {
        self.sent.push(Sent {
            call,
            is_undo,
            at,
            answer: Answer::None,
        });
    }

    fn answered(&mut self, answer: Answer) {
        if let Some(last) = self.sent.last_mut() {
            last.answer = answer;
        }
    }

    /// Whether any sending of that call was taken, or may have been, since it was last taken back.
    fn may_have_arrived(&self, call: usize) -> bool {
        let of_call = || self.sent.iter().rev().filter(|sent| sent.call == call);
        of_call()
            .take_while(|sent| !(sent.is_undo && matches!(sent.answer, Answer::Accepted { .. })))
            .any(|sent| !sent.is_undo && !matches!(sent.answer, Answer::Refused { .. }))
    }

    /// The vendor's last request id, for a ticket.
    pub fn request_id(&self) -> Option<&str> {
        self.sent.iter().rev().find_map(|sent| match &sent.answer {
            Answer::Accepted { request_id, .. } | Answer::Refused { request_id, .. } => {
                request_id.as_deref()
            }
            Answer::None | Answer::Lost { .. } => None,
        })
    }

    /// Whether something that it opened is open, or may be.
    pub fn leaves_open(&self) -> bool {
        self.gone_at.is_none()
            && (!self.open.is_empty() || self.stop.as_ref().is_some_and(|stop| stop.left_open))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing;
    use super::*;
    use crate::teardown::state::{Cause, End};

    const CLUSTER: &str = "ack.cluster/c1";

    fn told(events: Vec<Event>) -> StepHistory {
        let plan = testing::plan();
        let id = StepId::of(&testing::id(CLUSTER));
        let lines: Vec<Line> = events
            .into_iter()
            .zip(1_u64..)
            .map(|(event, sequence)| Line {
                sequence,
                at: testing::read_at(),
                entry: Entry::Step {
                    step: id.clone(),
                    event,
                },
            })
            .collect();
        History::of(&plan, &lines).step(&id).cloned().unwrap()
    }

    fn intended(call: usize) -> Event {
        Event::Intended {
            call,
            client_token: None,
        }
    }

    fn accepted(call: usize, id: &str) -> Event {
        Event::Accepted {
            call,
            request_id: Some(id.to_owned()),
            task: None,
        }
    }

    fn refused(call: usize) -> Event {
        Event::Refused {
            call,
            class: ErrorClass::Denied,
            code: Some("Forbidden.RAM".to_owned()),
            request_id: Some("R-9".to_owned()),
        }
    }

    fn stopped(left_open: bool) -> Event {
        Event::Stopped {
            stop: Stop {
                end: End::Failed,
                cause: Cause::Denied,
                facts: Vec::new(),
                request_id: None,
                left_open,
            },
        }
    }

    #[test]
    fn each_sending_has_its_answer_and_the_last_request_id_is_told() {
        let step = told(vec![
            intended(0),
            accepted(0, "R-1"),
            intended(1),
            Event::Lost {
                call: 1,
                class: ErrorClass::TransportAmbiguous,
            },
            Event::Gone,
        ]);
        let answers: Vec<&Answer> = step.sent.iter().map(|sent| &sent.answer).collect();
        assert!(matches!(
            answers.as_slice(),
            [Answer::Accepted { .. }, Answer::Lost { .. }]
        ));
        assert_eq!(step.request_id(), Some("R-1"));
        assert_eq!(step.gone_at, Some(testing::read_at()));
        assert!(!step.leaves_open(), "it is gone");
    }

    #[test]
    fn a_protection_that_was_lifted_and_not_restored_is_open() {
        let lifted = vec![intended(0), accepted(0, "R-1"), intended(1), refused(1)];
        let with = |more: Vec<Event>| told([lifted.clone(), more].concat());
        assert!(with(vec![stopped(false)]).leaves_open());
        let undo = Event::UndoIntended {
            call: 0,
            client_token: None,
        };
        let undone = Event::Undone {
            call: 0,
            request_id: Some("R-2".to_owned()),
        };
        let restored = with(vec![
            Event::TakingBack,
            undo.clone(),
            undone,
            stopped(false),
        ]);
        assert!(!restored.leaves_open());
        assert_eq!(restored.request_id(), Some("R-2"));
        let not_undone = Event::NotUndone {
            call: 0,
            class: ErrorClass::Denied,
            code: None,
        };
        let failed = with(vec![Event::TakingBack, undo, not_undone, stopped(true)]);
        assert!(failed.leaves_open());
        // A crash between intent and answer: it may be open.
        assert!(told(vec![intended(0)]).leaves_open());
        // Refused at the first sending: nothing was opened.
        assert!(!told(vec![intended(0), refused(0)]).leaves_open());
        // Refused at a repeat: the first sending may have done it.
        let lost = Event::Lost {
            call: 0,
            class: ErrorClass::TransportAmbiguous,
        };
        assert!(told(vec![intended(0), lost, intended(0), refused(0)]).leaves_open());
    }
}
