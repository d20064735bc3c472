//! Everything a run takes from outside: clock, environment, home folder, one-time ids. Replaceable in tests.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures::future::BoxFuture;

use crate::transport::Transport;

/// Time as a run experiences it.
pub trait Clock: Send + Sync {
    /// The time now.
    fn now(&self) -> DateTime<Utc>;

    /// Waits.
    fn sleep(&self, duration: Duration) -> BoxFuture<'_, ()>;
}

/// The machine's clock.
#[derive(Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the clock that everyone else asks"
    )]
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'_, ()> {
        Box::pin(tokio::time::sleep(duration))
    }
}

/// A clock that stands still, except that whoever waits by it moves it and does not wait: for tests.
#[derive(Debug)]
pub struct SteppingClock(Mutex<DateTime<Utc>>);

impl SteppingClock {
    /// A clock that shows that time.
    pub fn new(now: DateTime<Utc>) -> Self {
        Self(Mutex::new(now))
    }

    /// Moves it.
    pub fn advance(&self, by: TimeDelta) {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *now = now
            .checked_add_signed(by)
            .unwrap_or(DateTime::<Utc>::MAX_UTC);
    }
}

impl Clock for SteppingClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'_, ()> {
        self.advance(TimeDelta::from_std(duration).unwrap_or(TimeDelta::MAX));
        Box::pin(tokio::task::yield_now())
    }
}

/// Source of values that are used once (signature nonces, client tokens).
pub trait OneTimeIds: Send + Sync {
    /// A value never given before.
    fn next(&self) -> String;
}

/// Random UUIDs.
#[derive(Debug, Default)]
pub struct RandomIds;

impl OneTimeIds for RandomIds {
    fn next(&self) -> String {
        uuid::Uuid::new_v4().to_string()
    }
}

/// What a run takes from outside.
#[derive(Clone)]
pub struct Context {
    /// Wall clock: signatures, token expiry, file times. Never virtual.
    pub wall_clock: Arc<dyn Clock>,
    /// The clock that waits and polls go by; in process with the emulator that is its virtual clock.
    pub clock: Arc<dyn Clock>,
    /// One-time ids.
    pub ids: Arc<dyn OneTimeIds>,
    /// Environment variables, read once at start.
    pub environment: Arc<BTreeMap<String, String>>,
    /// The user's home folder.
    pub home: Option<PathBuf>,
    /// How HTTP requests are sent.
    pub transport: Arc<dyn Transport>,
}

impl Context {
    /// The context of a real run.
    pub fn system(environment: BTreeMap<String, String>, transport: Arc<dyn Transport>) -> Self {
        let home = environment
            .get("HOME")
            .or_else(|| environment.get("USERPROFILE"))
            .filter(|home| !home.is_empty())
            .map(PathBuf::from);
        Self {
            wall_clock: Arc::new(SystemClock),
            clock: Arc::new(SystemClock),
            ids: Arc::new(RandomIds),
            environment: Arc::new(environment),
            home,
            transport,
        }
    }

    /// An environment variable; empty counts as not set, as in the official SDKs.
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.environment
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }
}

impl std::fmt::Debug for Context {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Context")
            .field("home", &self.home)
            .finish_non_exhaustive()
    }
}
