//! What has to hold before anything is sent: right account, right endpoint, right identity, a plan that makes sense, and
//! right before each call the same resource as planned. The same rules serve the start of a run and each of its calls.

use std::collections::{BTreeMap, BTreeSet};

use super::fingerprint::Fingerprint;
use super::outside::Whereabouts;
use super::plan::{Action, Binding, Plan, StepId};
use super::plan_file::{self, Here, Unfit};
use crate::model::{Region, Resource};
use crate::resources::teardown::{Call, Purpose};

/// Why a plan may not be applied here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GuardError {
    /// Another account, identity or endpoint.
    #[error(transparent)]
    Elsewhere(#[from] Unfit),
    /// A step that no planner makes.
    #[error("step {step} of the plan {what}")]
    Malformed {
        /// Which.
        step: StepId,
        /// What is wrong.
        what: &'static str,
    },
}

/// Whether we are still whom and where the plan was made for. Its age is judged when a run begins, not on the way.
pub fn check_whereabouts(binding: &Binding, now: &Whereabouts) -> Result<(), GuardError> {
    let here = Here {
        account: now.account.as_str(),
        identity: &now.identity,
        place: &now.endpoint,
        now: binding.read_at,
    };
    plan_file::check(binding, &here).map_err(GuardError::Elsewhere)
}

/// Whether the plan is one that a planner could have made: the digest says that it was not altered, this says that it makes
/// sense.
pub fn check_shape(plan: &Plan) -> Result<(), GuardError> {
    let mut before: BTreeMap<&StepId, &Region> = BTreeMap::new();
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
        if !step.after.keys().all(|other| before.contains_key(other)) {
            return Err(wrong("waits for one that does not stand before it"));
        }
        if let Action::Manager { manager, .. } = &step.action
            && !before.contains_key(manager)
        {
            return Err(wrong("has a manager that does not stand before it"));
        }
        // What holds or manages a resource is where it is. Looked for elsewhere it would not be found, and taken for gone.
        let is_here =
            |region: &Region| *region == id.region || region.is_global() || id.region.is_global();
        if !step
            .after
            .keys()
            .filter_map(|other| before.get(other))
            .all(|region| is_here(region))
        {
            return Err(wrong("waits for one in another region"));
        }
        let calls = step.calls();
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
            Call::Cloud(call) => {
                let said = call.arguments.get("RegionId");
                (!id.region.is_global() && call.region != id.region)
                    || said.is_some_and(|said| *said != call.region.as_str())
            }
            Call::Cluster(deletion) => {
                deletion.cluster.account != id.account || deletion.cluster.region != id.region
            }
        });
        if is_elsewhere {
            return Err(wrong("calls another region or account"));
        }
        if before.insert(&step.id, &id.region).is_some() {
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
    for (what, planned, now) in [
        ("tag ", &planned.owner_tags, &now.owner_tags),
        ("", &planned.known, &now.known),
    ] {
        let keys: BTreeSet<&String> = planned.keys().chain(now.keys()).collect();
        for key in keys {
            let value = |known: &BTreeMap<String, String>| {
                known.get(key).cloned().unwrap_or_else(|| "-".to_owned())
            };
            differs(&format!("{what}{key}"), &value(planned), &value(now));
        }
    }
    facts
}

#[cfg(test)]
#[path = "guard_tests.rs"]
mod tests;
