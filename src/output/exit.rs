//! The exit status: what a script learns without reading a word.

use std::process::{ExitCode, Termination};

/// How a run ended. The numbers are a promise; a test pins them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ExitStatus {
    /// Done, and the answer is whole.
    Done,
    /// A fault of the program; please report it.
    Internal,
    /// Wrong usage, wrong configuration, or a file that cannot be read, used or written.
    Usage,
    /// Findings matched `--fail-on`, or a budget was passed; what a teardown was to keep is not there any more.
    Findings,
    /// An answer was printed, but it is incomplete.
    Incomplete,
    /// Refused: a guard, a missing confirmation, a stale or altered plan.
    Refused,
    /// Nothing could be read: no usable credentials, no permission, no network.
    NoAccess,
    /// A run ended with failed, stuck or uncertain steps; it can be resumed.
    Unfinished,
    /// Stopped by the user.
    Interrupted,
}

impl ExitStatus {
    /// Every status, for documentation and tests.
    pub const ALL: [ExitStatus; 9] = [
        Self::Done,
        Self::Internal,
        Self::Usage,
        Self::Findings,
        Self::Incomplete,
        Self::Refused,
        Self::NoAccess,
        Self::Unfinished,
        Self::Interrupted,
    ];

    /// The number that the shell sees.
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Internal => 1,
            Self::Usage => 2,
            Self::Findings => 3,
            Self::Incomplete => 4,
            Self::Refused => 5,
            Self::NoAccess => 6,
            Self::Unfinished => 7,
            Self::Interrupted => 130,
        }
    }

    /// What it means, in a line of documentation.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Internal => "internal error: please report it",
            Self::Usage => {
                "wrong usage, wrong configuration, or a file that cannot be read, used or written"
            }
            Self::Findings => {
                "findings matched the condition to fail on; of `teardown verify`: something that was to stay is not there"
            }
            Self::Incomplete => {
                "the answer was printed but is incomplete: something could not be read, or (with `--strict`) a price is unknown"
            }
            Self::Refused => "refused: a guard, a missing confirmation, a stale or altered plan",
            Self::NoAccess => {
                "nothing could be read: no usable credentials, no permission, or no network"
            }
            Self::Unfinished => {
                "a run ended with failed, stuck or uncertain steps; it can be resumed"
            }
            Self::Interrupted => "interrupted",
        }
    }
}

impl Termination for ExitStatus {
    fn report(self) -> ExitCode {
        ExitCode::from(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_a_promise() {
        let numbers: Vec<_> = ExitStatus::ALL
            .iter()
            .map(|status| (format!("{status:?}"), status.code()))
            .collect();
        let expected = [
            ("Done", 0),
            ("Internal", 1),
            ("Usage", 2),
            ("Findings", 3),
            ("Incomplete", 4),
            ("Refused", 5),
            ("NoAccess", 6),
            ("Unfinished", 7),
            ("Interrupted", 130),
        ];
        let expected: Vec<_> = expected
            .iter()
            .map(|(name, code)| ((*name).to_owned(), *code))
            .collect();
        assert_eq!(numbers, expected);
    }
}
