//! Operations whose answers no data row can express.

mod kubeconfig;
mod regions;
mod resource_counts;
mod sts;

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::clusters::Clusters;
use super::errors::Refusal;
use super::faults::Effect;
use super::identities::{Identities, Principal};
use super::route::Call;
use super::scenario::Account;
use super::world::World;
use crate::context::OneTimeIds;

/// What these operations see.
pub(super) struct Scene<'s> {
    /// The account.
    pub(super) account: &'s Account,
    /// The regions that the account can use.
    pub(super) regions: &'s [String],
    /// Who calls; `None` where the operation is called without a signature.
    pub(super) caller: Option<&'s Principal>,
    /// The keys.
    pub(super) identities: &'s Identities,
    /// The API servers.
    pub(super) clusters: &'s Clusters,
    /// What exists.
    pub(super) world: &'s World,
    /// What goes wrong with this call.
    pub(super) effects: &'s [Effect],
    /// Where texts come from that nobody can guess.
    pub(super) ids: &'s dyn OneTimeIds,
    /// The real time.
    pub(super) now: DateTime<Utc>,
}

impl Scene<'_> {
    /// A text that nobody can guess.
    fn random(&self) -> String {
        self.ids.next().replace('-', "")
    }
}

/// Answers one call.
pub(super) type Handler = fn(&Scene<'_>, &Call) -> Result<Value, Refusal>;

const HANDLERS: &[(&str, &str, Handler)] = &[
    ("cs", "DescribeClusterUserKubeconfig", kubeconfig::describe),
    ("ecs", "DescribeRegions", regions::describe),
    (
        "resourcecenter",
        "GetResourceCounts",
        resource_counts::count,
    ),
    ("sts", "AssumeRole", sts::assume_role),
    ("sts", "AssumeRoleWithOIDC", sts::assume_role_with_oidc),
    ("sts", "GetCallerIdentity", sts::caller_identity),
];

/// The handler of an operation, where it has one.
pub(super) fn handler(product: &str, action: &str) -> Option<Handler> {
    HANDLERS
        .iter()
        .find(|(code, name, _)| *code == product && *name == action)
        .map(|(_, _, handler)| *handler)
}

/// A time as answers have it: `2015-04-09T11:52:19Z`.
fn written(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contracts;

    #[test]
    fn every_handler_is_of_an_operation_that_exists() {
        for (product, action, _) in HANDLERS {
            assert!(
                contracts::operation(product, action).is_some(),
                "{product} {action}"
            );
        }
    }
}
