//! What a step has come to: one function from a status and an event to the next status, used live and when a journal is
//! replayed. What it does not know it refuses; it never guesses.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::openapi::ErrorClass;
use crate::resources::teardown::{PlannedCall, Purpose};

/// Something that happened to a step. Each is a line of the journal before the run goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case", deny_unknown_fields)]
pub enum Event {
    /// The call is about to be sent. Written before it is.
    Intended {
        /// Which of the step's calls.
        call: usize,
        /// Its ClientToken, where the operation takes one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        client_token: Option<String>,
    },
    /// The cloud took the call. That is not yet "gone".
    Accepted {
        /// Which.
        call: usize,
        /// The vendor's request id.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        request_id: Option<String>,
        /// The vendor's task or job, where it named one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        task: Option<String>,
    },
    /// The cloud refused the call, or it never left: nothing happened.
    Refused {
        /// Which.
        call: usize,
        /// What the refusal means.
        class: ErrorClass,
        /// The vendor's code.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<String>,
        /// The vendor's request id.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        request_id: Option<String>,
    },
    /// The call left, and nobody knows what became of it.
    Lost {
        /// Which.
        call: usize,
        /// How the answer was lost.
        class: ErrorClass,
    },
    /// A reversible call has nothing left to do, says its refusal.
    Skipped {
        /// Which.
        call: usize,
    },
    /// The resource cannot go before others have gone.
    Waiting {
        /// The vendor's code that says so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<String>,
        /// What was seen to hold it, for people.
        on: Vec<String>,
    },
    /// The reversible calls are about to be taken back.
    TakingBack,
    /// What takes a call back is about to be sent.
    UndoIntended {
        /// Which call is taken back.
        call: usize,
        /// The ClientToken.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        client_token: Option<String>,
    },
    /// A call was taken back.
    Undone {
        /// Which.
        call: usize,
        /// The vendor's request id.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        request_id: Option<String>,
    },
    /// A call could not be taken back: what it opened stays open.
    NotUndone {
        /// Which.
        call: usize,
        /// Why not.
        class: ErrorClass,
        /// The vendor's code.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<String>,
    },
    /// A look proved that it does not exist.
    Gone,
    /// The step ends without that.
    Stopped {
        /// How, and what a person has to check.
        stop: Stop,
    },
    /// A person resumed the run: the step is tried again.
    Reopened,
}

/// How a step ended that did not end with its resource gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// The cloud refused for good.
    Failed,
    /// The world is not the planned one: changed, re-created, or kept by a rule.
    Drifted,
    /// It is still there after its deadline.
    Stuck,
    /// Nobody can tell whether it is still there, or whether a call arrived.
    Uncertain,
}

/// Why a step stopped: the key of the sentence that tells a person what to check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// Another owner, another way of paying: the fingerprint differs.
    Changed,
    /// The planned one is gone and another of the same name stands in its place.
    Recreated,
    /// A rule keeps it that did not when it was planned.
    Kept,
    /// Its deletion would take along what the plan does not know.
    Unplanned,
    /// Something that a rule rests on cannot be read, so nobody can say whether it keeps it.
    Unjudged,
    /// The identity may not do it.
    Denied,
    /// Protection that the plan does not lift, or that stayed.
    Protected,
    /// Money: subscription, overdue account.
    Billing,
    /// A service of the cloud manages it.
    ServiceManaged,
    /// Any other refusal.
    Rejected,
    /// The cloud took the deletion and then reported that it failed.
    DeletionFailed,
    /// Something holds it, and did so until the deadline.
    Blocked,
    /// The cloud kept refusing for the moment, until the deadline.
    Busy,
    /// The deletion was accepted, and it is still there after the deadline.
    Lingering,
    /// Its manager is gone, it is not, and no call of the plan may delete it.
    LeftByManager,
    /// A call may or may not have arrived, and no look tells.
    AnswerLost,
    /// It cannot be looked at.
    Unseen,
}

/// The end of a step, with the facts of its sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stop {
    /// How it ended.
    pub end: End,
    /// Why.
    pub cause: Cause,
    /// The facts, by the vendor's names: a code, a field that differs, what was seen to hold it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<String>,
    /// The vendor's last request id, for a ticket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// Whether something that was opened (protection, an association) stays open, or may.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub left_open: bool,
}

/// What a step has come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// So many calls are done, and none is under way.
    Open {
        /// How many.
        done: usize,
    },
    /// A call was about to be sent; nothing says whether it was.
    Sent {
        /// Which.
        call: usize,
    },
    /// A call was sent and its answer lost.
    Lost {
        /// Which.
        call: usize,
    },
    /// All calls are accepted: it is waited for.
    Deleting,
    /// Reversible calls are taken back; so many are still in force.
    TakingBack {
        /// How many.
        in_force: usize,
    },
    /// The undo of a call was about to be sent.
    UndoSent {
        /// Which call it takes back.
        call: usize,
    },
    /// Proven gone.
    Gone,
    /// Ended otherwise.
    Ended {
        /// How.
        stop: Stop,
        /// What it goes on from when a person resumes.
        resumes: Box<Status>,
    },
}

impl Status {
    /// Whether nothing more happens in this run.
    pub fn is_end(&self) -> bool {
        matches!(self, Self::Gone | Self::Ended { .. })
    }

    /// The code for display and JSON.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Open { done: 0 } => "planned",
            Self::Open { .. } => "begun",
            Self::Sent { .. } | Self::Lost { .. } | Self::UndoSent { .. } => "unanswered",
            Self::Deleting => "accepted",
            Self::TakingBack { .. } => "taking_back",
            Self::Gone => "gone",
            Self::Ended { stop, .. } => stop.end.as_str(),
        }
    }
}

impl End {
    /// The code for display and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Drifted => "drifted",
            Self::Stuck => "stuck",
            Self::Uncertain => "uncertain",
        }
    }
}

/// An event that cannot follow. The journal is then not that of this plan, or was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{event} cannot follow {status}")]
pub struct IllegalEvent {
    status: String,
    event: String,
}

/// The one transition function.
pub fn next(status: &Status, event: &Event, calls: &[PlannedCall]) -> Result<Status, IllegalEvent> {
    let reached = match (status, event) {
        (Status::Open { done: expected }, Event::Intended { call, .. })
        | (Status::Sent { call: expected }, Event::Intended { call, .. })
        | (Status::Lost { call: expected }, Event::Intended { call, .. })
            if call == expected && *call < calls.len() =>
        {
            Some(Status::Sent { call: *call })
        }
        (Status::Sent { call: sent }, Event::Accepted { call, .. }) if call == sent => {
            Some(after(*call, calls))
        }
        (Status::Sent { call: sent }, Event::Refused { call, .. }) if call == sent => {
            Some(Status::Open { done: *call })
        }
        (Status::Sent { call: sent }, Event::Lost { call, .. }) if call == sent => {
            Some(Status::Lost { call: *call })
        }
        (Status::Open { done }, Event::Skipped { call })
            if call == done
                && calls
                    .get(*call)
                    .is_some_and(|skipped| skipped.purpose != Purpose::Delete) =>
        {
            Some(after(*call, calls))
        }
        (Status::Open { .. } | Status::Deleting, Event::Waiting { .. }) => Some(status.clone()),
        (Status::Open { done }, Event::TakingBack) if may_take_back(*done, calls) => {
            Some(Status::TakingBack { in_force: *done })
        }
        (Status::TakingBack { in_force }, Event::UndoIntended { call, .. })
            if undoable(*in_force, calls) == Some(*call) =>
        {
            Some(Status::UndoSent { call: *call })
        }
        (
            Status::UndoSent { call: sent },
            Event::Undone { call, .. } | Event::NotUndone { call, .. },
        ) if call == sent => Some(Status::TakingBack { in_force: *call }),
        (
            Status::Open { .. }
            | Status::Sent { .. }
            | Status::Lost { .. }
            | Status::Deleting
            | Status::TakingBack { .. },
            Event::Gone,
        ) => Some(Status::Gone),
        (
            Status::Open { .. }
            | Status::Sent { .. }
            | Status::Lost { .. }
            | Status::Deleting
            | Status::TakingBack { .. },
            Event::Stopped { stop },
        ) => Some(Status::Ended {
            stop: stop.clone(),
            resumes: Box::new(resumption(status, stop.end, calls)),
        }),
        (Status::Ended { resumes, .. }, Event::Reopened) => Some((**resumes).clone()),
        // A crash while calls were taken back: whoever resumes wants to go forward. What was taken back is done again.
        (
            Status::TakingBack { in_force: done } | Status::UndoSent { call: done },
            Event::Reopened,
        ) => Some(Status::Open { done: *done }),
        _ => None,
    };
    reached.ok_or_else(|| IllegalEvent {
        status: format!("{status:?}"),
        event: format!("{event:?}"),
    })
}

/// The status after a call has done its work.
fn after(call: usize, calls: &[PlannedCall]) -> Status {
    if call + 1 == calls.len() {
        Status::Deleting
    } else {
        Status::Open { done: call + 1 }
    }
}

/// What a stopped step goes on from.
fn resumption(status: &Status, end: End, calls: &[PlannedCall]) -> Status {
    match status {
        // It was accepted and did nothing, or failed: then the last call is sent again. Where nobody could look, looking
        // comes first.
        Status::Deleting if end != End::Uncertain => Status::Open {
            done: calls.len().saturating_sub(1),
        },
        Status::TakingBack { in_force } => Status::Open { done: *in_force },
        other => other.clone(),
    }
}

/// Whether the calls done so far may be taken back: only as long as none of them is final.
pub fn may_take_back(done: usize, calls: &[PlannedCall]) -> bool {
    let is_reversible = |call: &PlannedCall| call.purpose != Purpose::Delete;
    calls.iter().take(done).all(is_reversible) && undoable(done, calls).is_some()
}

/// The last call in force that can be taken back.
pub fn undoable(in_force: usize, calls: &[PlannedCall]) -> Option<usize> {
    calls
        .iter()
        .take(in_force)
        .rposition(|call| call.undo.is_some() && call.purpose != Purpose::Delete)
}

/// A step's status with what has to be remembered beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepState {
    /// What it has come to.
    pub status: Status,
    /// The ClientToken of each call that was sent with one. A call keeps its token for as long as it is the same call.
    pub tokens: BTreeMap<usize, String>,
    /// Calls that may have done their work although no answer said so.
    pub unsure: BTreeSet<usize>,
    /// Reversible calls that are in force, or may be: what they opened is open.
    pub opened: BTreeSet<usize>,
    /// Whether a final call was taken, or may have been: from then on nothing is taken back.
    pub is_final: bool,
    /// What it waited for last.
    pub waiting_on: Vec<String>,
    /// The vendor's task of the last accepted call.
    pub task: Option<String>,
    /// The vendor's last request id.
    pub request_id: Option<String>,
}

impl Default for StepState {
    fn default() -> Self {
        Self {
            status: Status::Open { done: 0 },
            tokens: BTreeMap::new(),
            unsure: BTreeSet::new(),
            opened: BTreeSet::new(),
            is_final: false,
            waiting_on: Vec::new(),
            task: None,
            request_id: None,
        }
    }
}

impl StepState {
    /// Whether what was opened may be closed again: only as long as no final call was taken, or may have been.
    pub fn may_take_back(&self, calls: &[PlannedCall]) -> bool {
        let Status::Open { done } = self.status else {
            return false;
        };
        !self.is_final && may_take_back(done, calls)
    }

    /// Whether a protection or an association that the step opened is open, or may be, and its resource is not gone.
    pub fn leaves_open(&self) -> bool {
        self.status != Status::Gone && !self.opened.is_empty()
    }

    /// Takes an event in.
    pub fn apply(&mut self, event: &Event, calls: &[PlannedCall]) -> Result<(), IllegalEvent> {
        let status = next(&self.status, event, calls)?;
        if *event == Event::TakingBack && !self.may_take_back(calls) {
            return Err(IllegalEvent {
                status: format!("{:?} after a final call", self.status),
                event: format!("{event:?}"),
            });
        }
        self.remember(event, calls);
        match event {
            Event::Intended {
                call,
                client_token: Some(token),
            } => {
                if self.tokens.get(call).is_some_and(|known| known != token) {
                    return Err(IllegalEvent {
                        status: format!("{:?}", self.status),
                        event: "a repeat with another ClientToken".to_owned(),
                    });
                }
                self.tokens.insert(*call, token.clone());
            }
            Event::Accepted {
                call,
                request_id,
                task,
            } => {
                self.unsure.remove(call);
                self.waiting_on.clear();
                self.request_id.clone_from(request_id);
                self.task.clone_from(task);
            }
            Event::Refused { request_id, .. } if request_id.is_some() => {
                self.request_id.clone_from(request_id);
            }
            Event::Waiting { on, .. } => self.waiting_on.clone_from(on),
            // Calls that are to happen again are other calls, or the cloud would take them for repeats and do nothing.
            Event::Reopened => {
                if let Status::Open { done } = status {
                    self.tokens.retain(|call, _| *call < done);
                }
            }
            _ => {}
        }
        self.status = status;
        Ok(())
    }

    /// Which calls may have done their work, and what of it stands.
    fn remember(&mut self, event: &Event, calls: &[PlannedCall]) {
        let is_final = |call: usize| {
            calls
                .get(call)
                .is_some_and(|planned| planned.purpose == Purpose::Delete)
        };
        match event {
            Event::Intended { call, .. } => {
                // A crash before its answer, or work that was never undone: this is a repeat.
                if matches!(self.status, Status::Sent { .. }) || self.opened.contains(call) {
                    self.unsure.insert(*call);
                }
                if is_final(*call) {
                    self.is_final |= self.unsure.contains(call);
                } else {
                    self.opened.insert(*call);
                }
            }
            Event::Accepted { call, .. } => self.is_final |= is_final(*call),
            Event::Lost { call, .. } => {
                self.unsure.insert(*call);
                self.is_final |= is_final(*call);
            }
            Event::Refused { call, .. } if !self.unsure.contains(call) => {
                self.opened.remove(call);
            }
            Event::Undone { call, .. } => {
                self.opened.remove(call);
                self.unsure.remove(call);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
#[path = "state_tests.rs"]
mod tests;
