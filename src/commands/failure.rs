//! Why a command gave no answer: what a person reads, and the exit status.

mod words;

use std::error::Error;

use crate::config::ConfigError;
use crate::credentials::IdentityError;
use crate::i18n::Messages;
use crate::inventory::snapshot::SnapshotError;
use crate::openapi::error::classify::is_expired_token;
use crate::openapi::{ApiError, CredentialError, ErrorClass};
use crate::output::{ExitStatus, Report};
use crate::pricing::BookErrors;
use crate::store::{DocumentError, StoreError};
use crate::teardown::Halt;
use crate::teardown::guard::GuardError;
use crate::teardown::journal::JournalError;
use crate::teardown::plan_file::{PlanFileError, Unfit};
use words::Words;

/// A run that ended without an answer.
#[derive(Debug)]
pub struct Failure {
    /// What the shell is told.
    pub status: ExitStatus,
    error: Box<dyn Error + Send + Sync>,
    /// The error in the user's language, where it has a message.
    words: Option<Words>,
    hints: Vec<Hint>,
}

/// What to do about a failure.
#[derive(Debug)]
enum Hint {
    /// A message by its key.
    Key(&'static str),
    /// A text that the failing layer made.
    Text(String),
}

impl Failure {
    /// A failure with that status.
    pub fn new(status: ExitStatus, error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self {
            status,
            error: error.into(),
            words: None,
            hints: Vec::new(),
        }
    }

    /// Wrong usage, or an input that cannot be used.
    pub fn usage(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::new(ExitStatus::Usage, error)
    }

    /// An error that has its message in each language.
    fn worded(
        status: ExitStatus,
        words: impl Into<Option<Words>>,
        error: impl Into<Box<dyn Error + Send + Sync>>,
    ) -> Self {
        Self {
            words: words.into(),
            ..Self::new(status, error)
        }
    }

    /// A run that stopped by itself. `was_begun`: its journal has lines, so that something may have been sent, and it can
    /// be resumed. Before that nothing was sent: then it is a refusal like any other.
    pub fn halted(halt: Halt, was_begun: bool) -> Self {
        let status = match (&halt, was_begun) {
            (Halt::Internal(_), _) => ExitStatus::Internal,
            (_, true) => ExitStatus::Unfinished,
            (Halt::Guard(_), false) => ExitStatus::Refused,
            (Halt::Credential(_), false) => ExitStatus::NoAccess,
            (Halt::Journal(_), false) => ExitStatus::Usage,
        };
        let hint = match &halt {
            Halt::Journal(JournalError::Write(cause)) => Some(words::file_hint(cause)),
            Halt::Credential(_) => Some("hint-whoami"),
            Halt::Internal(_) => Some("hint-report"),
            Halt::Journal(_) | Halt::Guard(_) => None,
        };
        let failure = Self::worded(status, words::halt(&halt), halt);
        hint.into_iter().fold(failure, Self::hint)
    }

    /// Adds a hint by the key of its message.
    #[must_use]
    pub fn hint(mut self, key: &'static str) -> Self {
        self.hints.push(Hint::Key(key));
        self
    }

    /// Adds a hint.
    #[must_use]
    pub fn advice(mut self, text: impl Into<String>) -> Self {
        self.hints.push(Hint::Text(text.into()));
        self
    }

    /// What failed and why, in English.
    pub fn causes(&self) -> Vec<String> {
        crate::model::causes(self.error.as_ref())
    }

    /// What a person reads.
    pub fn report(&self, messages: &Messages) -> Report {
        let hints = self
            .hints
            .iter()
            .map(|hint| match hint {
                Hint::Key(key) => messages.text(key),
                Hint::Text(text) => text.clone(),
            })
            .collect();
        let report = Report::new(self.error.as_ref(), hints);
        match &self.words {
            Some(words) => report.saying(words.text(messages)),
            None => report,
        }
    }
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        let status = match error.class {
            ErrorClass::Invalid => ExitStatus::Internal,
            _ => ExitStatus::NoAccess,
        };
        let keys = hints_of(&error);
        keys.iter()
            .fold(Self::new(status, error), |failure, key| failure.hint(key))
    }
}

/// What a person can do about an error of the OpenAPI, by its class; by its code where a class has several causes.
fn hints_of(error: &ApiError) -> &'static [&'static str] {
    match error.class {
        ErrorClass::ClockSkew => &["hint-set-clock"],
        ErrorClass::Credentials => match error.code.as_deref() {
            Some(code) if is_expired_token(code) => &["hint-new-token", "hint-profile"],
            Some("SignatureDoesNotMatch" | "SignatureNotMatch" | "InvalidAccessKeySecret") => {
                &["hint-access-key-secret", "hint-profile"]
            }
            _ => &["hint-profile"],
        },
        ErrorClass::Denied => &["hint-profile"],
        ErrorClass::Invalid => &["hint-report"],
        // An answer that is cut or a page in HTML comes from what stands in between more often than from the vendor.
        ErrorClass::Decode => &["hint-in-between"],
        ErrorClass::Unexpected if error.code.is_none() => &["hint-in-between"],
        ErrorClass::Incomplete
        | ErrorClass::Server
        | ErrorClass::Busy
        | ErrorClass::Throttled
        | ErrorClass::TransportBeforeSend
        | ErrorClass::TransportAmbiguous => &["hint-try-again"],
        _ => &[],
    }
}

impl From<IdentityError> for Failure {
    fn from(error: IdentityError) -> Self {
        match error {
            IdentityError::Api(error) => (*error).into(),
            unreadable @ IdentityError::Unreadable(_) => {
                Self::new(ExitStatus::NoAccess, unreadable)
            }
        }
    }
}

impl From<CredentialError> for Failure {
    fn from(mut error: CredentialError) -> Self {
        let advice = error.hint.take();
        let failure = Self::new(ExitStatus::NoAccess, error);
        match advice {
            Some(text) => failure.advice(text),
            None => failure,
        }
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        let advice: Vec<String> = error.hints().map(str::to_owned).collect();
        advice.into_iter().fold(Self::usage(error), Self::advice)
    }
}

impl From<SnapshotError> for Failure {
    fn from(error: SnapshotError) -> Self {
        Self::usage(error)
    }
}

impl From<DocumentError> for Failure {
    fn from(error: DocumentError) -> Self {
        Self::usage(error)
    }
}

impl From<PlanFileError> for Failure {
    fn from(error: PlanFileError) -> Self {
        let status = match &error {
            // A plan that is not what a person read is refused, and not merely unusable.
            PlanFileError::Altered { .. } => ExitStatus::Refused,
            PlanFileError::Json(_) => ExitStatus::Internal,
            _ => ExitStatus::Usage,
        };
        let hint = match &error {
            PlanFileError::File { cause, .. } => Some(words::file_hint(cause)),
            PlanFileError::Json(_) => Some("hint-report"),
            PlanFileError::Altered { .. }
            | PlanFileError::Damaged { .. }
            | PlanFileError::Version { .. }
            | PlanFileError::NotAPlan { .. } => Some("hint-new-plan"),
        };
        let failure = Self::worded(status, words::plan_file(&error), error);
        hint.into_iter().fold(failure, Self::hint)
    }
}

impl From<Unfit> for Failure {
    fn from(error: Unfit) -> Self {
        Self::worded(ExitStatus::Refused, words::unfit(&error), error)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let status = match &error {
            StoreError::Busy { .. } => ExitStatus::Refused,
            StoreError::NotADigest(_) => ExitStatus::Usage,
            // A folder that is not ours or a full disk is no fault of the program: whoever runs it can settle it.
            StoreError::File { .. } => ExitStatus::Usage,
        };
        let hint = match &error {
            StoreError::Busy { .. } => None,
            StoreError::NotADigest(_) => Some("resume-unknown-hint"),
            StoreError::File { cause, .. } => Some(words::file_hint(cause)),
        };
        let failure = Self::worded(status, words::store(&error), error);
        hint.into_iter().fold(failure, Self::hint)
    }
}

impl From<JournalError> for Failure {
    fn from(error: JournalError) -> Self {
        Self::worded(ExitStatus::Refused, words::journal(&error), error)
    }
}

impl From<GuardError> for Failure {
    fn from(error: GuardError) -> Self {
        Self::worded(ExitStatus::Refused, words::guard(&error), error)
    }
}

impl From<BookErrors> for Failure {
    fn from(error: BookErrors) -> Self {
        Self::usage(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Language;
    use crate::model::Region;
    use crate::openapi::Request;

    fn shown(class: ErrorClass, code: Option<&str>, language: Language) -> String {
        let request = Request::new("sts", "GetCallerIdentity", &Region::new("cn-hangzhou"));
        let mut error = ApiError::local(class, &request, "", "no");
        error.code = code.map(str::to_owned);
        let messages = Messages::new(language);
        Failure::from(error)
            .report(&messages)
            .render(&messages, false)
    }

    #[test]
    fn every_error_that_ends_a_run_says_what_to_try() {
        for (class, code, said, chinese) in [
            (
                ErrorClass::Credentials,
                Some("SignatureDoesNotMatch"),
                "AccessKey secret",
                "AccessKey Secret",
            ),
            (
                ErrorClass::Credentials,
                Some("InvalidSecurityToken.Expired"),
                "a new token",
                "令牌",
            ),
            (
                ErrorClass::Credentials,
                Some("SecurityTokenExpired"),
                "a new token",
                "令牌",
            ),
            (
                ErrorClass::Credentials,
                Some("InvalidAccessKeyId.NotFound"),
                "--profile",
                "--profile",
            ),
            (ErrorClass::Decode, None, "proxy", "代理"),
            (ErrorClass::Server, None, "try again", "重试"),
            (ErrorClass::TransportAmbiguous, None, "network", "网络"),
        ] {
            let english = shown(class, code, Language::English);
            assert!(
                english.contains("hint:") && english.contains(said),
                "{english}"
            );
            let other = shown(class, code, Language::Chinese);
            assert!(other.contains(chinese), "{other}");
        }
    }

    #[test]
    fn a_file_of_the_store_is_settled_by_whoever_runs_it() {
        for (kind, hint) in [
            (std::io::ErrorKind::PermissionDenied, "permission"),
            (std::io::ErrorKind::ReadOnlyFilesystem, "permission"),
            (std::io::ErrorKind::StorageFull, "free space"),
            (std::io::ErrorKind::QuotaExceeded, "free space"),
            (std::io::ErrorKind::NotADirectory, "folder"),
            (std::io::ErrorKind::Other, "disk"),
        ] {
            for doing in ["read", "write", "lock"] {
                let failure = Failure::from(StoreError::File {
                    doing,
                    path: "/state/runs/abc".into(),
                    cause: kind.into(),
                });
                assert_eq!(failure.status, ExitStatus::Usage);
                let messages = Messages::new(Language::English);
                let said = failure.report(&messages).render(&messages, false);
                assert!(
                    said.contains("/state/runs/abc") && said.contains(doing),
                    "{said}"
                );
                assert!(said.contains(hint) && !said.contains("report"), "{said}");
                let chinese = Messages::new(Language::Chinese);
                let said = failure.report(&chinese).render(&chinese, false);
                assert!(
                    said.contains("无法") && said.contains("/state/runs/abc"),
                    "{said}"
                );
            }
        }
    }

    #[test]
    fn a_run_that_stops_by_itself_on_its_way_is_resumable_and_before_its_first_line_refused() {
        let guard = || {
            Halt::Guard(GuardError::Elsewhere(Unfit::Elsewhere {
                what: crate::teardown::place::Difference::Identity,
                planned: "a".to_owned(),
                found: "b".to_owned(),
            }))
        };
        let journal = || {
            let full = std::io::ErrorKind::StorageFull.into();
            Halt::Journal(JournalError::Write(full))
        };
        let credential = || {
            let class = ErrorClass::Credentials;
            Halt::Credential(crate::teardown::CallError::of(class))
        };
        for (halt, before, on_its_way) in [
            (
                &guard as &dyn Fn() -> Halt,
                ExitStatus::Refused,
                ExitStatus::Unfinished,
            ),
            (&journal, ExitStatus::Usage, ExitStatus::Unfinished),
            (&credential, ExitStatus::NoAccess, ExitStatus::Unfinished),
        ] {
            assert_eq!(Failure::halted(halt(), false).status, before);
            assert_eq!(Failure::halted(halt(), true).status, on_its_way);
        }
        let messages = Messages::new(Language::Chinese);
        let said = Failure::halted(guard(), true).report(&messages).line();
        assert!(said.contains("身份 a"), "{said}");
    }

    #[test]
    fn every_refusal_is_told_in_both_languages() {
        let path = std::path::PathBuf::from("plan.json");
        let cause = || serde_json::from_str::<u8>("x").unwrap_err();
        let at = "2026-02-14T02:00:00Z".parse().unwrap();
        let step = crate::teardown::testing::plan().steps[0].id.clone();
        let failures: Vec<Failure> = vec![
            Unfit::Stale { read_at: at }.into(),
            Unfit::FromTheFuture { read_at: at }.into(),
            PlanFileError::NotAPlan { path: path.clone() }.into(),
            PlanFileError::Version {
                path: path.clone(),
                found: 2,
            }
            .into(),
            PlanFileError::Damaged {
                path: path.clone(),
                at: "plan".to_owned(),
                line: 1,
                column: 2,
                cause: cause(),
            }
            .into(),
            StoreError::Busy {
                digest: "d".to_owned(),
            }
            .into(),
            StoreError::NotADigest("d".to_owned()).into(),
            GuardError::Malformed {
                step: step.clone(),
                what: "deletes nothing",
            }
            .into(),
            JournalError::NotAJournal.into(),
            JournalError::Version { found: 2 }.into(),
            JournalError::OtherPlan {
                found: "d".to_owned(),
            }
            .into(),
            JournalError::Unreadable {
                line: 2,
                cause: cause(),
            }
            .into(),
            JournalError::Unknown { line: 2 }.into(),
            JournalError::Sequence {
                line: 2,
                found: 3,
                expected: 1,
            }
            .into(),
            JournalError::UnknownStep { line: 2, step }.into(),
        ];
        for failure in failures {
            for language in Language::ALL {
                let messages = Messages::new(language);
                let said = failure.report(&messages).line();
                let is_chinese = said.chars().any(|c| c as u32 >= 0x2e80);
                assert_eq!(is_chinese, language == Language::Chinese, "{said}");
                assert!(!said.contains('{') && !said.contains('$'), "{said}");
            }
        }
    }
}
