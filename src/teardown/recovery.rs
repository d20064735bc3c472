//! How a run goes on from what a journal says, after a crash, an interruption or an answer that was lost. Pure.

use super::state::Status;
use crate::resources::teardown::Call;

/// What a run does first with a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FirstMove {
    /// Nothing: it is gone.
    Nothing,
    /// Check fingerprint and guards, then send what comes next.
    Check,
    /// Look: a call may have arrived.
    LookFirst,
    /// Go on looking until it is gone.
    KeepLooking,
    /// A person resumed: what ended, or was being taken back, is tried again.
    Reopen,
}

/// The first move from a status.
pub fn first_move(status: &Status) -> FirstMove {
    match status {
        Status::Gone => FirstMove::Nothing,
        Status::Open { .. } => FirstMove::Check,
        Status::Sent { .. } | Status::Lost { .. } => FirstMove::LookFirst,
        Status::Deleting => FirstMove::KeepLooking,
        Status::TakingBack { .. } | Status::UndoSent { .. } | Status::Ended { .. } => {
            FirstMove::Reopen
        }
    }
}

/// When a call may be sent again whose first sending nobody knows the end of, and whose resource is still there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeat {
    /// Now: the cloud tells a repeat by its ClientToken, the API server by the UID.
    AtOnce,
    /// After the settle time, when the first one would show.
    Settled,
}

/// When a call may be repeated.
pub fn repeat(call: &Call, has_token: bool) -> Repeat {
    match call {
        Call::Cloud(_) if !has_token => Repeat::Settled,
        Call::Cloud(_) | Call::Cluster(_) => Repeat::AtOnce,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::teardown::state::{Cause, End, Stop};

    #[test]
    fn each_status_has_its_first_move() {
        let ended = Status::Ended {
            stop: Stop {
                end: End::Stuck,
                cause: Cause::Lingering,
                facts: Vec::new(),
                request_id: None,
                left_open: false,
            },
            resumes: Box::new(Status::Open { done: 0 }),
        };
        for (status, expected) in [
            (Status::Open { done: 0 }, FirstMove::Check),
            (Status::Open { done: 1 }, FirstMove::Check),
            (Status::Sent { call: 0 }, FirstMove::LookFirst),
            (Status::Lost { call: 0 }, FirstMove::LookFirst),
            (Status::Deleting, FirstMove::KeepLooking),
            (Status::TakingBack { in_force: 1 }, FirstMove::Reopen),
            (Status::UndoSent { call: 0 }, FirstMove::Reopen),
            (ended, FirstMove::Reopen),
            (Status::Gone, FirstMove::Nothing),
        ] {
            assert_eq!(first_move(&status), expected, "{status:?}");
        }
    }
}
