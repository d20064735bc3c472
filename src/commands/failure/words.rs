//! Refusals and unusable files in the user's language. The errors themselves speak English, for logs and programs.

use std::io;
use std::path::Path;

use crate::i18n::Messages;
use crate::model::time;
use crate::store::StoreError;
use crate::teardown::Halt;
use crate::teardown::guard::GuardError;
use crate::teardown::journal::JournalError;
use crate::teardown::place::Difference;
use crate::teardown::plan_file::{PlanFileError, Unfit};

/// A message by its key, with what it is about.
#[derive(Debug)]
pub(super) struct Words {
    key: &'static str,
    arguments: Vec<(&'static str, String)>,
}

impl Words {
    fn new<const N: usize>(key: &'static str, arguments: [(&'static str, String); N]) -> Self {
        Self {
            key,
            arguments: arguments.into(),
        }
    }

    /// The text.
    pub(super) fn text(&self, messages: &Messages) -> String {
        let arguments: Vec<_> = self
            .arguments
            .iter()
            .map(|(name, value)| (*name, value.into()))
            .collect();
        messages.text_with(self.key, &arguments)
    }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

pub(super) fn unfit(error: &Unfit) -> Words {
    match error {
        Unfit::Stale { read_at } => {
            Words::new("unfit-stale", [("read_at", time::format(*read_at))])
        }
        Unfit::FromTheFuture { read_at } => {
            Words::new("unfit-future", [("read_at", time::format(*read_at))])
        }
        Unfit::Elsewhere {
            what,
            planned,
            found,
        } => {
            let values = [("planned", planned.clone()), ("found", found.clone())];
            match what {
                Difference::Account => Words::new("unfit-account", values),
                Difference::Identity => Words::new("unfit-identity", values),
                Difference::Endpoint => Words::new("unfit-endpoint", values),
                Difference::EndpointType => Words::new("unfit-endpoint-type", values),
                Difference::Host(product) => {
                    let [planned, found] = values;
                    let product = ("product", product.clone());
                    Words::new("unfit-host", [product, planned, found])
                }
            }
        }
    }
}

pub(super) fn plan_file(error: &PlanFileError) -> Option<Words> {
    Some(match error {
        PlanFileError::File { doing, path, .. } => file(doing, path),
        PlanFileError::NotAPlan { path } => {
            Words::new("plan-file-not-a-plan", [("path", shown(path))])
        }
        PlanFileError::Version { path, found } => Words::new(
            "plan-file-version",
            [("path", shown(path)), ("found", found.to_string())],
        ),
        PlanFileError::Damaged {
            path,
            at,
            line,
            column,
            ..
        } => Words::new(
            "plan-file-damaged",
            [
                ("path", shown(path)),
                ("at", at.clone()),
                ("line", line.to_string()),
                ("column", column.to_string()),
            ],
        ),
        PlanFileError::Altered { path, said, found } => Words::new(
            "plan-file-altered",
            [
                ("path", shown(path)),
                ("said", said.to_string()),
                ("found", found.to_string()),
            ],
        ),
        PlanFileError::Json(_) => return None,
    })
}

pub(super) fn store(error: &StoreError) -> Words {
    match error {
        StoreError::Busy { digest } => Words::new("store-busy", [("digest", digest.clone())]),
        StoreError::NotADigest(text) => {
            Words::new("store-not-a-digest", [("digest", text.clone())])
        }
        StoreError::File { doing, path, .. } => file(doing, path),
    }
}

fn file(doing: &str, path: &Path) -> Words {
    let key = match doing {
        "read" => "file-not-read",
        "lock" => "file-not-locked",
        _ => "file-not-written",
    };
    Words::new(key, [("path", shown(path))])
}

/// What to do about a file that the system does not give us.
pub(super) fn file_hint(cause: &io::Error) -> &'static str {
    match cause.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "hint-file-permission"
        }
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            "hint-file-full"
        }
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory | io::ErrorKind::IsADirectory => {
            "hint-file-name"
        }
        _ => "hint-file-other",
    }
}

pub(super) fn guard(error: &GuardError) -> Words {
    match error {
        GuardError::Elsewhere(error) => unfit(error),
        GuardError::Malformed { step, what } => Words::new(
            "guard-malformed",
            [("step", step.to_string()), ("what", (*what).to_owned())],
        ),
    }
}

pub(super) fn journal(error: &JournalError) -> Words {
    let line = |line: &usize| ("line", line.to_string());
    match error {
        JournalError::NotAJournal => Words::new("journal-not-a-journal", []),
        JournalError::Version { found } => {
            Words::new("journal-version", [("found", found.to_string())])
        }
        JournalError::OtherPlan { found } => {
            Words::new("journal-other-plan", [("found", found.clone())])
        }
        JournalError::Unreadable { line: at, .. } => Words::new("journal-unreadable", [line(at)]),
        JournalError::Unknown { line: at } => Words::new("journal-unknown", [line(at)]),
        JournalError::Sequence {
            line: at,
            found,
            expected,
        } => Words::new(
            "journal-sequence",
            [
                line(at),
                ("found", found.to_string()),
                ("expected", expected.to_string()),
            ],
        ),
        JournalError::UnknownStep { line: at, step } => Words::new(
            "journal-unknown-step",
            [line(at), ("step", step.to_string())],
        ),
        JournalError::Illegal { line: at, .. } => Words::new("journal-illegal", [line(at)]),
        JournalError::Write(_) => Words::new("journal-not-written", []),
    }
}

pub(super) fn halt(error: &Halt) -> Option<Words> {
    match error {
        Halt::Journal(error) => Some(journal(error)),
        Halt::Guard(error) => Some(guard(error)),
        Halt::Credential(_) => Some(Words::new("halt-credential", [])),
        Halt::Internal(_) => None,
    }
}
