//! Keeps a temporary credential fresh: one fetch at a time, early enough before the end, and none in a hurry after a failure.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use futures::future::BoxFuture;
use tokio::sync::Mutex;

use super::failure::broken;
use crate::context::Clock;
use crate::openapi::{Credential, CredentialError, CredentialProvider};

/// A credential with less time left is replaced (credentials-go refreshes at 180 s).
const EARLY: TimeDelta = TimeDelta::minutes(3);
/// Nobody asks a source again so soon: tasks that wait for a failed fetch would otherwise repeat it one after the other.
const PAUSE: TimeDelta = TimeDelta::seconds(10);

/// Something that hands out temporary credentials.
pub(super) trait Source: Send + Sync {
    /// A new credential.
    fn fetch(&self) -> BoxFuture<'_, Result<Credential, CredentialError>>;

    /// Where it comes from, for a person.
    fn name(&self) -> &str;
}

/// A source with memory.
pub(super) struct Renewing<S> {
    source: S,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    held: Option<Credential>,
    /// When the source was last asked.
    tried_at: Option<DateTime<Utc>>,
    failure: Option<Failure>,
}

/// An error that is told more than once.
#[derive(Clone)]
struct Failure {
    source_name: String,
    what: String,
    hint: Option<String>,
    cause: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

/// A shared cause; shows what it holds, and leads to what lies beneath that.
#[derive(Debug)]
struct Shared(Arc<dyn std::error::Error + Send + Sync>);

impl std::fmt::Display for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Shared {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source()
    }
}

impl Failure {
    fn keep(error: CredentialError) -> Self {
        Self {
            source_name: error.source_name,
            what: error.what,
            hint: error.hint,
            cause: error.cause.map(Arc::from),
        }
    }

    fn tell(&self) -> CredentialError {
        CredentialError {
            source_name: self.source_name.clone(),
            what: self.what.clone(),
            hint: self.hint.clone(),
            cause: self
                .cause
                .clone()
                .map(|cause| Box::new(Shared(cause)) as Box<_>),
        }
    }
}

impl State {
    fn was_tried_just_now(&self, now: DateTime<Utc>) -> bool {
        self.tried_at
            .is_some_and(|tried| now >= tried && now - tried < PAUSE)
    }

    /// The held credential, if it lives for at least that long.
    fn valid_for(&self, now: DateTime<Utc>, least: TimeDelta) -> Option<Credential> {
        self.held
            .as_ref()
            .filter(|held| held.expires_at.is_none_or(|end| end - now > least))
            .cloned()
    }
}

impl<S: Source> Renewing<S> {
    /// Remembers what `source` gives.
    pub(super) fn new(source: S, clock: Arc<dyn Clock>) -> Self {
        Self {
            source,
            clock,
            state: Mutex::default(),
        }
    }

    /// Asks the source and remembers the outcome.
    async fn fetch(&self, state: &mut State) -> Result<Credential, CredentialError> {
        let fetched = self.source.fetch().await;
        let now = self.clock.now();
        state.tried_at = Some(now);
        let fetched = fetched.and_then(|credential| match credential.expires_at {
            Some(end) if end <= now => Err(broken(
                self.source.name(),
                format!(
                    "it gave a credential that ended at {}",
                    end.format("%FT%TZ")
                ),
                "check what renews it, and this machine's clock",
            )),
            _ => Ok(credential),
        });
        match fetched {
            Ok(credential) => {
                state.failure = None;
                state.held = Some(credential.clone());
                Ok(credential)
            }
            Err(error) => {
                let failure = Failure::keep(error);
                let told = failure.tell();
                state.failure = Some(failure);
                Err(told)
            }
        }
    }
}

impl<S: Source> CredentialProvider for Renewing<S> {
    fn credential(&self) -> BoxFuture<'_, Result<Credential, CredentialError>> {
        Box::pin(async {
            let mut state = self.state.lock().await;
            let now = self.clock.now();
            if let Some(fresh) = state.valid_for(now, EARLY) {
                return Ok(fresh);
            }
            let usable = state.valid_for(now, TimeDelta::zero());
            if state.was_tried_just_now(now) {
                if let Some(usable) = usable {
                    return Ok(usable);
                }
                if let Some(failure) = &state.failure {
                    return Err(failure.tell());
                }
            }
            match (self.fetch(&mut state).await, usable) {
                (Err(error), Some(usable)) => {
                    tracing::warn!(
                        source = self.source.name(), error = %error,
                        "the credential was not renewed; the old one is used until it ends"
                    );
                    Ok(usable)
                }
                (outcome, _) => outcome,
            }
        })
    }

    fn renew(&self) -> BoxFuture<'_, Result<Option<Credential>, CredentialError>> {
        Box::pin(async {
            let mut state = self.state.lock().await;
            let now = self.clock.now();
            if state.was_tried_just_now(now) {
                // Another task has renewed it while this one waited.
                return match (&state.failure, &state.held) {
                    (Some(failure), _) => Err(failure.tell()),
                    (None, held) => Ok(held.clone()),
                };
            }
            let before = state.held.clone();
            let renewed = self.fetch(&mut state).await?;
            let is_same = before.is_some_and(|before| {
                before.access_key_id == renewed.access_key_id && before.token() == renewed.token()
            });
            Ok((!is_same).then_some(renewed))
        })
    }

    fn describe(&self) -> String {
        self.source.name().to_owned()
    }
}

#[cfg(test)]
mod tests;
