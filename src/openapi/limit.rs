//! The shared rate budget.
//!
//! Alibaba Cloud counts calls per account, region, product and action, together with the user's own controllers, console
//! and Terraform. So we take a third of a limit, shared by all tasks, and when the server throttles, every caller of that
//! action waits while one probe goes first. All waits go by the clock that the caller brings.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Mutex;

use crate::context::Clock;
use crate::model::Region;

/// How many calls the server allows in which time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct ServerLimit {
    calls: u32,
    seconds: u32,
}

/// Taken where no limit is published, and where the published one is higher: an engineering choice.
const DEFAULT: ServerLimit = limit(5, 1);
/// Limits below [`DEFAULT`]: those of the vendor's quota pages (billing, VPC, Redis), and a careful one for products that publish
/// none and are known to be slow. An empty action stands for all others.
const LOWER: &[(&str, &str, ServerLimit)] = &[
    (
        "bssopenapi",
        "QueryResourcePackageInstances",
        limit(100, 60),
    ),
    ("cs", "", limit(1, 1)),
    ("ess", "", limit(1, 1)),
    ("r-kvstore", "", limit(100, 60)),
    ("ros", "", limit(1, 1)),
    ("vpc", "DescribeNetworkAcls", limit(30, 60)),
];

const fn limit(calls: u32, seconds: u32) -> ServerLimit {
    ServerLimit { calls, seconds }
}

/// First pause after a throttled answer; doubled for each further one, up to [`LONGEST_HOLD`].
const FIRST_HOLD: Duration = Duration::from_secs(1);
/// Limits are counted per minute, so no pause needs to be longer.
const LONGEST_HOLD: Duration = Duration::from_mins(1);

/// The server's limit for an operation.
fn server_limit(product: &str, action: &str) -> ServerLimit {
    let find = |wanted: &str| {
        LOWER
            .iter()
            .find(|(code, name, _)| *code == product && *name == wanted)
            .map(|(_, _, limit)| *limit)
    };
    find(action).or_else(|| find("")).unwrap_or(DEFAULT)
}

impl ServerLimit {
    /// Calls that may start together when we take one part in `share`. With the refill of the window they stay within the limit;
    /// a window of a minute gives no more at once than one of a second.
    fn burst_milli(self, share: u32) -> u64 {
        let room = |limit: Self| (limit.calls - limit.calls.div_ceil(share)).max(1);
        u64::from(room(self).min(room(DEFAULT))) * 1000
    }

    /// What comes back in a second, in thousandths of a call.
    fn refill_milli_per_second(self, share: u32) -> u64 {
        u64::from(self.calls) * 1000 / (u64::from(self.seconds) * u64::from(share)).max(1)
    }
}

/// What a budget is kept for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LimitKey {
    /// Identity of the account; the budget is the account's.
    pub account: String,
    /// Region asked.
    pub region: Region,
    /// Product asked.
    pub product: &'static str,
    /// Operation asked.
    pub action: String,
}

/// Paces calls.
#[derive(Debug)]
pub struct Limiter {
    /// We use the server's limit divided by this.
    share: u32,
    budgets: Mutex<HashMap<LimitKey, Arc<Mutex<Budget>>>>,
}

#[derive(Debug)]
struct Budget {
    /// Calls that may start now, in thousandths.
    tokens_milli: u64,
    counted_at: DateTime<Utc>,
    /// Nobody starts before this.
    held_until: Option<DateTime<Utc>>,
    /// When the probe after a hold started.
    probe_started: Option<DateTime<Utc>>,
    throttled_in_a_row: u32,
}

impl Default for Limiter {
    fn default() -> Self {
        Self::new(3)
    }
}

impl Limiter {
    /// Takes the server's limit divided by `share`.
    pub fn new(share: u32) -> Self {
        Self {
            share: share.max(1),
            budgets: Mutex::default(),
        }
    }

    async fn budget(&self, key: &LimitKey, now: DateTime<Utc>) -> Arc<Mutex<Budget>> {
        let mut budgets = self.budgets.lock().await;
        let budget = budgets.entry(key.clone()).or_insert_with(|| {
            Arc::new(Mutex::new(Budget {
                tokens_milli: server_limit(key.product, &key.action).burst_milli(self.share),
                counted_at: now,
                held_until: None,
                probe_started: None,
                throttled_in_a_row: 0,
            }))
        });
        Arc::clone(budget)
    }

    /// Waits until a call may start.
    pub async fn acquire(&self, key: &LimitKey, clock: &dyn Clock) {
        let budget = self.budget(key, clock.now()).await;
        let limit = server_limit(key.product, &key.action);
        let refill_milli_per_second = limit.refill_milli_per_second(self.share);
        let burst_milli = limit.burst_milli(self.share);
        loop {
            let wait = {
                let mut budget = budget.lock().await;
                budget.admit(clock.now(), refill_milli_per_second, burst_milli)
            };
            match wait {
                None => return,
                Some(wait) => clock.sleep(wait).await,
            }
        }
    }

    /// Tells that a call was not throttled.
    pub async fn succeeded(&self, key: &LimitKey, clock: &dyn Clock) {
        let budget = self.budget(key, clock.now()).await;
        let mut budget = budget.lock().await;
        budget.throttled_in_a_row = 0;
        budget.held_until = None;
        budget.probe_started = None;
    }

    /// Tells that a call was throttled; all callers of the action pause. `retry_after` is the server's wish.
    pub async fn throttled(
        &self,
        key: &LimitKey,
        retry_after: Option<Duration>,
        clock: &dyn Clock,
    ) {
        let now = clock.now();
        let budget = self.budget(key, now).await;
        let mut budget = budget.lock().await;
        let doubled = FIRST_HOLD.saturating_mul(1 << budget.throttled_in_a_row.min(6));
        let hold = retry_after
            .unwrap_or(doubled)
            .clamp(FIRST_HOLD / 10, LONGEST_HOLD);
        budget.throttled_in_a_row += 1;
        budget.probe_started = None;
        budget.tokens_milli = 0;
        let until = later(now, hold);
        budget.held_until = Some(budget.held_until.map_or(until, |held| held.max(until)));
    }
}

impl Budget {
    /// `None`: go. Otherwise: ask again after that time.
    fn admit(
        &mut self,
        now: DateTime<Utc>,
        refill_milli_per_second: u64,
        burst_milli: u64,
    ) -> Option<Duration> {
        const PROBE_RECHECK: Duration = Duration::from_millis(200);
        if let Some(held_until) = self.held_until {
            // A clock that was set back must not make a pause longer than any pause is.
            let left = between(now, held_until).min(LONGEST_HOLD);
            if !left.is_zero() {
                self.held_until = Some(later(now, left));
                return Some(left);
            }
            // A probe that was cancelled never reports: after the longest exchange the next caller takes its place.
            if self
                .probe_started
                .is_some_and(|started| now >= started && now < later(started, LONGEST_HOLD))
            {
                return Some(PROBE_RECHECK);
            }
            self.probe_started = Some(now);
            self.counted_at = now;
            return None;
        }
        self.counted_at = self.counted_at.min(now);
        let elapsed_ms =
            u64::try_from(between(self.counted_at, now).as_millis()).unwrap_or(u64::MAX);
        let refilled = elapsed_ms.saturating_mul(refill_milli_per_second) / 1000;
        if refilled > 0 {
            self.tokens_milli = self.tokens_milli.saturating_add(refilled).min(burst_milli);
            self.counted_at = now;
        }
        if self.tokens_milli >= 1000 {
            self.tokens_milli -= 1000;
            return None;
        }
        let missing = 1000 - self.tokens_milli;
        Some(Duration::from_millis(
            (missing * 1000).div_ceil(refill_milli_per_second.max(1)),
        ))
    }
}

/// That much after a time.
fn later(time: DateTime<Utc>, by: Duration) -> DateTime<Utc> {
    let by = TimeDelta::from_std(by).unwrap_or(TimeDelta::MAX);
    time.checked_add_signed(by)
        .unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// What lies between two times; nothing if the first is the later one.
fn between(from: DateTime<Utc>, to: DateTime<Utc>) -> Duration {
    (to - from).to_std().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use futures::future::BoxFuture;
    use tokio::time::Instant;

    use super::*;
    use crate::context::SteppingClock;

    /// Time as tokio has it, which tests can pause.
    struct TokioClock(Instant);

    impl Clock for TokioClock {
        fn now(&self) -> DateTime<Utc> {
            later(DateTime::UNIX_EPOCH, self.0.elapsed())
        }

        fn sleep(&self, duration: Duration) -> BoxFuture<'_, ()> {
            Box::pin(tokio::time::sleep(duration))
        }
    }

    fn clock() -> TokioClock {
        TokioClock(Instant::now())
    }

    fn key(product: &'static str) -> LimitKey {
        LimitKey {
            account: "42".into(),
            region: Region::new("cn-hangzhou"),
            product,
            action: "DescribeDisks".into(),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn no_second_holds_more_calls_than_the_server_allows() {
        for product in ["ecs", "cs"] {
            let (limiter, clock) = (Limiter::default(), clock());
            let mut starts = Vec::new();
            for _ in 0..40 {
                limiter.acquire(&key(product), &clock).await;
                starts.push(Instant::now());
            }
            let limit = server_limit(product, "DescribeDisks").calls as usize;
            for (index, start) in starts.iter().enumerate() {
                let within = starts[index..]
                    .iter()
                    .filter(|s| **s < *start + Duration::from_secs(1))
                    .count();
                assert!(within <= limit, "{product}: {within} calls in a second");
            }
            let average = (starts[39] - starts[10]).as_secs_f64() / 29.0;
            let third = 3.0 / f64::from(server_limit(product, "DescribeDisks").calls);
            assert!(
                (average - third).abs() < 0.05 * third,
                "{product}: {average} s a call"
            );
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_throttled_answer_holds_everyone_and_one_probe_goes_first() {
        let (limiter, clock) = (Arc::new(Limiter::default()), Arc::new(clock()));
        limiter.acquire(&key("ecs"), &*clock).await;
        let begin = Instant::now();
        limiter
            .throttled(&key("ecs"), Some(Duration::from_secs(7)), &*clock)
            .await;
        limiter.acquire(&key("ecs"), &*clock).await;
        assert!(begin.elapsed() >= Duration::from_secs(7));
        // The probe is out: a second caller waits until its outcome is known.
        let second = {
            let (limiter, clock) = (Arc::clone(&limiter), Arc::clone(&clock));
            tokio::spawn(async move { limiter.acquire(&key("ecs"), &*clock).await })
        };
        tokio::time::sleep(Duration::from_secs(5)).await;
        assert!(!second.is_finished());
        limiter.succeeded(&key("ecs"), &*clock).await;
        second.await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn other_actions_are_not_held() {
        let (limiter, clock) = (Limiter::default(), clock());
        limiter
            .throttled(&key("ecs"), Some(Duration::from_secs(30)), &clock)
            .await;
        let begin = Instant::now();
        limiter
            .acquire(
                &LimitKey {
                    action: "DescribeVpcs".into(),
                    ..key("ecs")
                },
                &clock,
            )
            .await;
        assert_eq!(begin.elapsed(), Duration::ZERO);
    }

    #[tokio::test]
    async fn a_clock_that_is_set_back_makes_no_pause_longer() {
        let (limiter, clock) = (Limiter::default(), SteppingClock::new(DateTime::UNIX_EPOCH));
        limiter.throttled(&key("ecs"), None, &clock).await;
        clock.advance(TimeDelta::days(-1));
        let set_back = clock.now();
        for _ in 0..20 {
            limiter.acquire(&key("ecs"), &clock).await;
            limiter.succeeded(&key("ecs"), &clock).await;
        }
        assert!(clock.now() - set_back < TimeDelta::minutes(2));
    }
}
