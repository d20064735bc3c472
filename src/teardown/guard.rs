//! What has to hold before anything is sent: right account, right endpoint, right identity, a plan that is whole and fresh, and
//! right before each call the same resource as planned. The same rules serve the start of a run and each of its calls.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

use super::fingerprint::Fingerprint;
use super::outside::Whereabouts;
use super::plan::{Action, Binding, Plan, StepId};
use super::state::calls_of;
use crate::model::{Resource, time};
use crate::resources::teardown::{Call, Purpose};

/// A plan older than this says nothing about the world any more.
pub const LONGEST_AGE: TimeDelta = TimeDelta::hours(24);
/// Clocks of two machines may differ a little: a plan from the future within this is taken.
const CLOCK_TOLERANCE: TimeDelta = TimeDelta::minutes(15);

/// Why a plan may not be applied here and now.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GuardError {
    /// Another account.
    #[error("the plan is for account {planned}, and the credential belongs to {found}")]
    Account {
        /// Of the plan.
        planned: String,
        /// Now.
        found: String,
    },
    /// Another identity of the account.
    #[error("the plan was made as {planned}, and the credential is that of {found}")]
    Identity {
        /// Of the plan.
        planned: String,
        /// Now.
        found: String,
    },
    /// Another endpoint.
    #[error("the plan was made at {planned}, and this run would ask {found}")]
    Endpoint {
        /// Of the plan.
        planned: String,
        /// Now.
        found: String,
    },
    /// Too old.
    #[error("the plan rests on what was read at {read_at}, more than 24 hours ago")]
    Stale {
        /// When.
        read_at: String,
    },
    /// From the future: one of the clocks is wrong.
    #[error(
        "the plan rests on what was read at {read_at}, which this machine's clock says is yet to come"
    )]
    FromTheFuture {
        /// When.
        read_at: String,
    },
    /// A step that no planner makes.
    #[error("step {step} of the plan {what}")]
    Malformed {
        /// Which.
        step: StepId,
        /// What is wrong.
        what: &'static str,
    },
}

/// Whether the world is the plan's.
pub fn check_whereabouts(binding: &Binding, now: &Whereabouts) -> Result<(), GuardError> {
    if binding.account != now.account {
        return Err(GuardError::Account {
            planned: binding.account.to_string(),
            found: now.account.to_string(),
        });
    }
    if binding.endpoint != now.endpoint {
        return Err(GuardError::Endpoint {
            planned: binding.endpoint.clone(),
            found: now.endpoint.clone(),
        });
    }
    if principal(&binding.identity) != principal(&now.identity) {
        return Err(GuardError::Identity {
            planned: binding.identity.clone(),
            found: now.identity.clone(),
        });
    }
    Ok(())
}

/// An ARN without the session's name: each use of a role has a new one, and the role is what acts.
fn principal(arn: &str) -> &str {
    match arn.split_once(":assumed-role/") {
        Some((_, role)) => {
            let session = role.rfind('/').map_or(0, |slash| role.len() - slash);
            arn.get(..arn.len() - session).unwrap_or(arn)
        }
        None => arn,
    }
}

/// Whether the plan is fresh.
pub fn check_age(binding: &Binding, now: DateTime<Utc>) -> Result<(), GuardError> {
    let age = now - binding.read_at;
    if age > LONGEST_AGE {
        return Err(GuardError::Stale {
            read_at: time::format(binding.read_at),
        });
    }
    if age < -CLOCK_TOLERANCE {
        return Err(GuardError::FromTheFuture {
            read_at: time::format(binding.read_at),
        });
    }
    Ok(())
}

/// Whether the plan is one that a planner could have made: the digest says that it was not altered, this says that it makes
/// sense.
pub fn check_shape(plan: &Plan) -> Result<(), GuardError> {
    let mut before: BTreeSet<&StepId> = BTreeSet::new();
    for step in &plan.steps {
        let wrong = |what| GuardError::Malformed {
            step: step.id.clone(),
            what,
        };
        let id = &step.fingerprint.id;
        if step.id != StepId::of(id) {
            return Err(wrong("is not named after its resource"));
        }
        if id.account != plan.binding.account {
            return Err(wrong("is in another account"));
        }
        if plan.kept.iter().any(|kept| kept.id == *id) {
            return Err(wrong("is kept by the same plan"));
        }
        if !step.after.keys().all(|other| before.contains(other)) {
            return Err(wrong("waits for one that does not stand before it"));
        }
        if let Action::Manager { manager, .. } = &step.action
            && !before.contains(manager)
        {
            return Err(wrong("has a manager that does not stand before it"));
        }
        let calls = calls_of(step);
        if matches!(step.action, Action::Calls { .. }) && calls.is_empty() {
            return Err(wrong("has no call"));
        }
        if calls
            .last()
            .is_some_and(|call| call.purpose != Purpose::Delete)
        {
            return Err(wrong("deletes nothing"));
        }
        let has_undo_of_final = calls
            .iter()
            .any(|call| call.purpose == Purpose::Delete && call.undo.is_some());
        if has_undo_of_final {
            return Err(wrong("takes back what is final"));
        }
        let is_elsewhere = calls.iter().any(|call| match &call.call {
            Call::Cloud(call) => !id.region.is_global() && call.region != id.region,
            Call::Cluster(deletion) => deletion.cluster.account != id.account,
        });
        if is_elsewhere {
            return Err(wrong("calls another region or account"));
        }
        if !before.insert(&step.id) {
            return Err(wrong("is there twice"));
        }
    }
    Ok(())
}

/// Whether the resource is the very thing that was planned, whatever else may have changed: not a namesake made later.
pub fn is_same_thing(planned: &Fingerprint, found: &Resource) -> bool {
    let now = Fingerprint::of(found);
    now.id == planned.id && now.born == planned.born
}

/// What differs between the resource as planned and as found, by field.
pub fn differences(planned: &Fingerprint, found: &Resource) -> Vec<String> {
    let now = Fingerprint::of(found);
    let mut facts = Vec::new();
    let mut differs = |what: &str, planned: &str, found: &str| {
        if planned != found {
            facts.push(format!("{what}: {planned} -> {found}"));
        }
    };
    differs("id", &planned.id.to_string(), &now.id.to_string());
    let or_none = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
    differs("born", &or_none(&planned.born), &or_none(&now.born));
    differs(
        "charge_type",
        planned.charge_type.as_str(),
        now.charge_type.as_str(),
    );
    let keys: BTreeSet<&String> = planned
        .owner_tags
        .keys()
        .chain(now.owner_tags.keys())
        .collect();
    for key in keys {
        let value = |tags: &std::collections::BTreeMap<String, String>| {
            tags.get(key).cloned().unwrap_or_else(|| "-".to_owned())
        };
        differs(
            &format!("tag {key}"),
            &value(&planned.owner_tags),
            &value(&now.owner_tags),
        );
    }
    facts
}

#[cfg(test)]
#[path = "guard_tests.rs"]
mod tests;
