//! Rate limits: calls per account, product, region and action.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

/// How many calls in which time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Limit {
    /// Calls.
    pub(super) calls: usize,
    /// Window in seconds.
    pub(super) seconds: u32,
}

/// Whether calls are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Throttling {
    /// Against the published limits, and a careful guess where none is published.
    #[default]
    Published,
    /// Never, for harnesses that make more calls than any limit allows.
    Off,
}

/// Published limits: the vendor's quota pages of billing, VPC, `PrivateLink` and Redis. An empty action stands for all others.
pub(super) const PUBLISHED: &[(&str, &str, Limit)] = &[
    ("bssopenapi", "DescribeInstanceBill", limit(600, 60)),
    ("bssopenapi", "DescribeResourceUsageDetail", limit(600, 60)),
    ("bssopenapi", "DescribeSplitItemBill", limit(600, 60)),
    ("bssopenapi", "GetSubscriptionPrice", limit(30, 1)),
    ("bssopenapi", "QueryAccountBalance", limit(10, 1)),
    ("bssopenapi", "QueryAccountBill", limit(600, 60)),
    ("bssopenapi", "QueryAccountTransactions", limit(600, 60)),
    ("bssopenapi", "QueryProductList", limit(10, 1)),
    (
        "bssopenapi",
        "QueryResourcePackageInstances",
        limit(100, 60),
    ),
    ("bssopenapi", "QuerySavingsPlansInstance", limit(20, 1)),
    ("bssopenapi", "QuerySettleBill", limit(600, 60)),
    ("cs", "", limit(1, 1)),
    ("ess", "", limit(1, 1)),
    ("privatelink", "", limit(1000, 60)),
    ("r-kvstore", "", limit(100, 60)),
    ("ros", "", limit(1, 1)),
    ("vpc", "DescribeNetworkAcls", limit(30, 60)),
    ("vpc", "DescribeVSwitches", limit(360, 60)),
];

/// Unverified: where no limit is published, five calls a second for each account, region and action are allowed; one for ACK, ESS
/// and ROS.
const DEFAULT: Limit = limit(5, 1);

const fn limit(calls: usize, seconds: u32) -> Limit {
    Limit { calls, seconds }
}

/// The limit of an operation.
pub(super) fn limit_of(product: &str, action: &str) -> Limit {
    let find = |wanted: &str| {
        PUBLISHED
            .iter()
            .find(|(code, name, _)| *code == product && *name == wanted)
            .map(|(_, _, limit)| *limit)
    };
    find(action).or_else(|| find("")).unwrap_or(DEFAULT)
}

/// The status that a throttled call is answered with.
///
/// Unverified: which products answer 429 in place of 400.
pub(super) fn status(product: &str) -> u16 {
    match product {
        "alb" | "nlb" | "privatelink" | "resourcecenter" => 429,
        _ => 400,
    }
}

/// Product, region, action.
type Key = (&'static str, String, String);

/// Counts calls of one account.
#[derive(Debug, Default)]
pub(super) struct Throttle {
    calls: Mutex<HashMap<Key, VecDeque<DateTime<Utc>>>>,
}

impl Throttle {
    /// Counts a call, or says for how many milliseconds there is no room for one. Refused calls do not count.
    pub(super) fn admit(
        &self,
        product: &'static str,
        region: &str,
        action: &str,
        now: DateTime<Utc>,
    ) -> Result<(), u64> {
        let limit = limit_of(product, action);
        let window = TimeDelta::seconds(i64::from(limit.seconds));
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        let made = calls
            .entry((product, region.to_owned(), action.to_owned()))
            .or_default();
        while made.front().is_some_and(|first| *first + window <= now) {
            made.pop_front();
        }
        match made.front() {
            Some(first) if made.len() >= limit.calls => {
                let wait = *first + window - now;
                Err(u64::try_from(wait.num_milliseconds()).unwrap_or(1))
            }
            _ => {
                made.push_back(now);
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_holds_its_calls_and_says_when_there_is_room() {
        let throttle = Throttle::default();
        let start = DateTime::UNIX_EPOCH;
        let at = |ms| start + TimeDelta::milliseconds(ms);
        for ms in 0..5 {
            throttle.admit("ecs", "r", "DescribeDisks", at(ms)).unwrap();
        }
        assert_eq!(
            throttle.admit("ecs", "r", "DescribeDisks", at(400)),
            Err(600)
        );
        throttle.admit("ecs", "r", "DescribeVpcs", at(400)).unwrap();
        throttle
            .admit("ecs", "s", "DescribeDisks", at(400))
            .unwrap();
        throttle
            .admit("ecs", "r", "DescribeDisks", at(1000))
            .unwrap();
        assert_eq!(
            throttle.admit("ecs", "r", "DescribeDisks", at(1000)),
            Err(1)
        );
    }

    #[test]
    fn limits_are_the_published_ones_else_five_a_second() {
        for (product, action, limit) in [
            (
                "ecs",
                "DescribeDisks",
                Limit {
                    calls: 5,
                    seconds: 1,
                },
            ),
            (
                "ros",
                "ListStacks",
                Limit {
                    calls: 1,
                    seconds: 1,
                },
            ),
            (
                "ess",
                "DescribeScalingGroups",
                Limit {
                    calls: 1,
                    seconds: 1,
                },
            ),
            (
                "cs",
                "DescribeClustersV1",
                Limit {
                    calls: 1,
                    seconds: 1,
                },
            ),
            (
                "vpc",
                "DescribeVSwitches",
                Limit {
                    calls: 360,
                    seconds: 60,
                },
            ),
            (
                "vpc",
                "DescribeVpcs",
                Limit {
                    calls: 5,
                    seconds: 1,
                },
            ),
        ] {
            assert_eq!(limit_of(product, action), limit, "{product} {action}");
        }
    }

    #[test]
    fn every_published_limit_is_of_an_operation_that_exists() {
        for (product, action, _) in PUBLISHED {
            assert!(
                action.is_empty() || crate::contracts::operation(product, action).is_some(),
                "{product} {action}"
            );
        }
    }
}
