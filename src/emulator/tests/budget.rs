//! The client's rate budget against the emulator's limits: whoever keeps to the one never meets the other.

use chrono::DateTime;

use crate::context::{Clock as _, SteppingClock};
use crate::emulator::throttle::{PUBLISHED, Throttle};
use crate::openapi::Limiter;
use crate::openapi::limit::LimitKey;

/// More than any published window holds at the default pace.
const CALLS: usize = 400;

/// Calls out of [`CALLS`] that are throttled, sent as fast as the default budget allows.
async fn throttled(product: &'static str, action: &str) -> usize {
    let (limiter, throttle) = (Limiter::default(), Throttle::default());
    let clock = SteppingClock::new(DateTime::UNIX_EPOCH);
    let key = LimitKey {
        account: "42".into(),
        region: super::region("cn-hangzhou"),
        product,
        action: action.to_owned(),
    };
    let mut refused = 0;
    for _ in 0..CALLS {
        limiter.acquire(&key, &clock).await;
        let admitted = throttle.admit(product, "cn-hangzhou", action, clock.now());
        refused += usize::from(admitted.is_err());
    }
    refused
}

#[tokio::test]
async fn the_default_budget_provokes_no_throttled_answer() {
    let unpublished = [("ecs", "DescribeDisks"), ("vpc", "DescribeVpcs")];
    let published = PUBLISHED
        .iter()
        .map(|(product, action, _)| (*product, *action));
    let mut over = Vec::new();
    for (product, action) in published.chain(unpublished) {
        match throttled(product, action).await {
            0 => {}
            refused => over.push(format!("{product} {action}: {refused}")),
        }
    }
    assert_eq!(over, [""; 0]);
}
