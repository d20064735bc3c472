//! Why a command gave no answer: what a person reads, and the exit status.

use std::error::Error;

use crate::config::ConfigError;
use crate::credentials::IdentityError;
use crate::i18n::Messages;
use crate::inventory::snapshot::SnapshotError;
use crate::openapi::error::classify::is_expired_token;
use crate::openapi::{ApiError, CredentialError, ErrorClass};
use crate::output::{ExitStatus, Report};
use crate::pricing::BookErrors;
use crate::store::StoreError;
use crate::teardown::guard::GuardError;
use crate::teardown::journal::JournalError;
use crate::teardown::plan_file::{PlanFileError, Unfit};

/// A run that ended without an answer.
#[derive(Debug)]
pub struct Failure {
    /// What the shell is told.
    pub status: ExitStatus,
    error: Box<dyn Error + Send + Sync>,
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
            hints: Vec::new(),
        }
    }

    /// Wrong usage, or an input that cannot be used.
    pub fn usage(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::new(ExitStatus::Usage, error)
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
        Report::new(self.error.as_ref(), hints)
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

impl From<PlanFileError> for Failure {
    fn from(error: PlanFileError) -> Self {
        let status = match &error {
            // A plan that is not what a person read is refused, and not merely unusable.
            PlanFileError::Altered { .. } => ExitStatus::Refused,
            PlanFileError::Json(_) => ExitStatus::Internal,
            _ => ExitStatus::Usage,
        };
        Self::new(status, error)
    }
}

impl From<Unfit> for Failure {
    fn from(error: Unfit) -> Self {
        Self::new(ExitStatus::Refused, error)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let status = match &error {
            StoreError::Busy { .. } => ExitStatus::Refused,
            StoreError::NotADigest(_) => ExitStatus::Usage,
            StoreError::File { .. } => ExitStatus::Internal,
        };
        Self::new(status, error)
    }
}

impl From<JournalError> for Failure {
    fn from(error: JournalError) -> Self {
        Self::new(ExitStatus::Refused, error)
    }
}

impl From<GuardError> for Failure {
    fn from(error: GuardError) -> Self {
        Self::new(ExitStatus::Refused, error)
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
}
