//! What must hold whatever went wrong. It looks at the emulator's own state and at what really arrived, never at what the
//! program says of itself alone.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use http::Method;
use serde_json::Value;
use yunsweep::resources::teardown::{Call, CloudCall, ObjectDeletion};
use yunsweep::teardown::journal::{self, Entry, Line};
use yunsweep::teardown::state::{Event, Status, Stop};
use yunsweep::teardown::{Outcome, Plan, Step, StepId, Verification};

use super::laboratory::{Contents, Laboratory, collection};
use super::reference::Reference;
use super::wire::{Disk, Fate, Sent, What};

/// Collections of the vendor's bookkeeping: what was done once, with its times and numbers.
const BOOKKEEPING: &[&str] = &["cs/task", "alb/job"];
/// What ends with something of a plan and has no step of its own.
const PARTS: &[&str] = &[
    "alb/listener",
    "alb/rule",
    "cr-personal/tag",
    "cs/node",
    "cs/resource",
    "ecs/snapshot_link",
    "ess/scaling_instance",
    "slb/backend",
    "slb/listener",
    "vpc/route_table",
    "vpc/snat_entry",
];
/// Least time between two sendings of a call that nothing makes idempotent.
const SETTLED: TimeDelta = TimeDelta::seconds(1);

/// The world, a run and its proof at one moment.
pub(crate) struct Moment<'a> {
    pub(crate) reference: &'a Reference,
    pub(crate) laboratory: &'a Laboratory,
    pub(crate) disk: &'a Disk,
}

impl Moment<'_> {
    fn plan(&self) -> &Plan {
        &self.reference.planned.plan
    }

    /// What is wrong with what was sent and what was said of it, whether or not the run has ended.
    pub(crate) fn faults_of_run(&self) -> Vec<String> {
        let contents = self.laboratory.running.contents();
        let sent = self.laboratory.wire.sent();
        let mut faults = Vec::new();
        self.outside_the_plan(&sent, &mut faults);
        self.repeated(&sent, &mut faults);
        self.kept(&contents, &mut faults);
        self.said_gone(&contents, &mut faults);
        faults
    }

    /// The proof of a plan, and what is wrong with it. The world goes on while the proof is made: what was there when it began may be called
    /// left over although it has gone since.
    pub(crate) async fn proven(&self, plan: &Plan) -> (Verification, Vec<String>) {
        let before = self.there();
        let proof = self.laboratory.verify(plan).await;
        let after = self.there();
        let mut faults = Vec::new();
        for step in &self.plan().steps {
            let id = &step.fingerprint.id;
            let was_there = before.contains(&step.id);
            let is_there = after.contains(&step.id);
            let is_gone = proof.gone.iter().any(|gone| gone.step == step.id);
            let is_left = proof.left.iter().any(|left| left.id == *id);
            let is_wrong = is_gone == is_left || (is_gone && is_there) || (is_left && !was_there);
            if is_wrong {
                let is_unproven = proof.unproven.iter().any(|unproven| unproven.id == *id);
                faults.push(format!(
                    "proof of {}: there {was_there}, then {is_there}, gone {is_gone}, left {is_left}, unproven {is_unproven}",
                    step.id
                ));
            }
        }
        (proof, faults)
    }

    /// The steps whose resources are there.
    fn there(&self) -> BTreeSet<StepId> {
        let contents = self.laboratory.running.contents();
        let steps = self.plan().steps.iter();
        steps
            .filter(|step| self.laboratory.has(&contents, &step.fingerprint.id))
            .map(|step| step.id.clone())
            .collect()
    }

    /// What is wrong with a run that says it is done.
    pub(crate) fn faults_at_the_end(&self) -> Vec<String> {
        let mut now = self.laboratory.running.contents();
        let mut after = self.reference.after.clone();
        for name in BOOKKEEPING {
            now.remove(*name);
            after.remove(*name);
        }
        let mut faults = Vec::new();
        for (name, items) in &after {
            if now.get(name) != Some(items) {
                faults.push(format!(
                    "{name} ended as {:?} in place of {items:?}",
                    now.get(name)
                ));
            }
        }
        faults
    }

    /// Every request that changes something is in the plan, as it stands there.
    fn outside_the_plan(&self, sent: &[Sent], faults: &mut Vec<String>) {
        for one in sent.iter().filter(|one| one.changes()) {
            if planned(self.plan(), one).is_none() && !matches!(one.what, What::Cloud(_, None)) {
                faults.push(format!("outside the plan: {one:?}"));
            }
        }
    }

    /// A request that changes something is sent again only where that is harmless.
    fn repeated(&self, sent: &[Sent], faults: &mut Vec<String>) {
        let lines = self.lines();
        let mut last: BTreeMap<String, &Sent> = BTreeMap::new();
        for one in sent.iter().filter(|one| one.changes()) {
            let (Some((step, _)), Some(key)) = (planned(self.plan(), one), key(one)) else {
                continue;
            };
            let Some(before) = last.insert(key, one) else {
                continue;
            };
            let between = || events(&lines, &step.id, before, one);
            let was_heard = between().any(|event| matches!(event, Event::Accepted { .. }));
            // The step ended, or was taken back: then its calls are other calls.
            let is_begun_anew =
                between().any(|event| matches!(event, Event::Reopened | Event::Undone { .. }));
            if !may_follow(before, one, was_heard) && !is_begun_anew {
                faults.push(format!("repeated: {before:?} and {one:?}"));
            }
        }
    }

    fn lines(&self) -> Vec<Line> {
        let planned = &self.reference.planned;
        journal::replay(&self.disk.bytes(), &planned.plan, &planned.digest)
            .map(|replayed| replayed.lines)
            .unwrap_or_default()
    }

    /// What no step is about is there and as it was.
    fn kept(&self, contents: &Contents, faults: &mut Vec<String>) {
        let steps: BTreeSet<(String, String)> = self
            .plan()
            .steps
            .iter()
            .filter_map(|step| collection(&step.fingerprint.id))
            .collect();
        for (name, items) in &self.reference.before {
            for (id, value) in items {
                let is_of_a_step = steps.contains(&(name.clone(), id.clone()));
                let goes_along = self
                    .reference
                    .after
                    .get(name)
                    .is_none_or(|after| !after.contains_key(id));
                if is_of_a_step || goes_along && PARTS.contains(&name.as_str()) {
                    continue;
                }
                let now = contents.get(name).and_then(|items| items.get(id));
                // A network lists what is in it.
                let is_same = name == "vpc/vpc" || name == "vpc/vswitch" || now == Some(value);
                if now.is_none() || !is_same {
                    faults.push(format!("not in the plan and touched: {name} {id}: {now:?}"));
                }
            }
        }
    }

    /// What the journal calls gone is.
    fn said_gone(&self, contents: &Contents, faults: &mut Vec<String>) {
        for line in self.lines() {
            if let Entry::Step {
                step,
                event: Event::Gone,
            } = &line.entry
            {
                let planned = self.plan().step(step).unwrap();
                if self.laboratory.has(contents, &planned.fingerprint.id) {
                    faults.push(format!("{step} is called gone and is there"));
                }
            }
        }
    }

    /// What is wrong with how a run names what it stopped at: each step is gone, has ended with a reason, or waits for one that
    /// has.
    pub(crate) fn faults_of_stop(&self, outcome: &Outcome) -> Vec<String> {
        if outcome.halt.is_some() {
            return Vec::new();
        }
        let mut faults = Vec::new();
        let mut not_gone: BTreeSet<&StepId> = BTreeSet::new();
        for step in &self.plan().steps {
            let state = &outcome.states[&step.id];
            match &state.status {
                Status::Gone => continue,
                Status::Ended { stop, .. } if is_named(stop) => {}
                Status::Ended { stop, .. } => {
                    faults.push(format!("{} stopped without a reason: {stop:?}", step.id));
                }
                Status::Open { done: 0 }
                    if waits_for(step).any(|other| not_gone.contains(other)) => {}
                other => faults.push(format!("{} is left as {other:?}", step.id)),
            }
            not_gone.insert(&step.id);
        }
        faults
    }
}

/// Facts say what a person has to look at; a lost answer speaks for itself.
fn is_named(stop: &Stop) -> bool {
    use yunsweep::teardown::state::Cause;
    !stop.facts.is_empty()
        || matches!(
            stop.cause,
            Cause::AnswerLost | Cause::Lingering | Cause::LeftByManager
        )
}

fn waits_for(step: &Step) -> impl Iterator<Item = &StepId> {
    use yunsweep::teardown::plan::Action;
    let manager = match &step.action {
        Action::Manager { manager, .. } => Some(manager),
        Action::Calls { .. } => None,
    };
    step.after.keys().chain(manager)
}

/// The step whose call, or whose undoing, a request is.
pub(crate) fn planned<'p>(plan: &'p Plan, sent: &Sent) -> Option<(&'p Step, &'p Call)> {
    plan.steps.iter().find_map(|step| {
        let calls = step.calls().iter();
        let mut all = calls.flat_map(|planned| [Some(&planned.call), planned.undo.as_ref()]);
        all.find_map(|call| {
            call.filter(|call| is_call(call, sent))
                .map(|call| (step, call))
        })
    })
}

fn is_call(call: &Call, sent: &Sent) -> bool {
    match (call, &sent.what) {
        (Call::Cloud(call), What::Cloud(_, Some(seen))) => {
            let CloudCall {
                product,
                action,
                region,
                arguments,
                body,
                ..
            } = call;
            let mut argued = seen.arguments.clone();
            argued.remove("ClientToken");
            // Names of the region are where the host says it already.
            argued.retain(|name, _| name != "RegionId" || arguments.contains_key(name));
            *product == seen.product
                && *action == seen.action
                && (region.is_global() || region.as_str() == seen.region)
                && *arguments == argued
                && *body == seen.body
        }
        (Call::Cluster(deletion), What::Object(method, path, uid)) => {
            *method == Method::DELETE
                && path.replace("%2D", "-").replace("%2E", ".") == path_of(deletion)
                && uid.as_deref() == Some(&deletion.uid)
        }
        _ => false,
    }
}

fn path_of(deletion: &ObjectDeletion) -> String {
    let root = if deletion.group.is_empty() {
        format!("/api/{}", deletion.version)
    } else {
        format!("/apis/{}/{}", deletion.group, deletion.version)
    };
    let namespace = deletion.namespace.as_ref();
    let namespace = namespace.map_or_else(String::new, |name| format!("/namespaces/{name}"));
    format!("{root}{namespace}/{}/{}", deletion.plural, deletion.name)
}

/// What makes two requests the same call; `None` for one that never arrived.
fn key(sent: &Sent) -> Option<String> {
    match &sent.what {
        What::Cloud(_, seen) => {
            let seen = seen.as_ref()?;
            let mut arguments = seen.arguments.clone();
            arguments.remove("ClientToken");
            let body = seen.body.as_ref().map(Value::to_string);
            Some(format!(
                "{} {} {} {arguments:?} {body:?}",
                seen.product, seen.action, seen.region
            ))
        }
        What::Object(_, path, uid) => Some(format!("{path} {uid:?}")),
    }
}

fn token(sent: &Sent) -> Option<&String> {
    match &sent.what {
        What::Cloud(_, Some(seen)) => seen.arguments.get("ClientToken"),
        _ => None,
    }
}

/// Whether a call may be sent once more, by what became of it before.
fn may_follow(before: &Sent, again: &Sent, was_heard: bool) -> bool {
    let did_nothing = match before.fate {
        Fate::Answered(status) => status >= 300,
        Fate::Faked | Fate::NeverArrived => true,
        Fate::Lost => false,
    };
    if did_nothing {
        return true;
    }
    if was_heard {
        return false;
    }
    match (&again.what, token(before)) {
        // The uid is a precondition: another object of that name is left alone.
        (What::Object(..), _) => true,
        (_, Some(known)) => token(again) == Some(known),
        (_, None) => again
            .at
            .zip(before.at)
            .is_some_and(|(again, before)| again - before >= SETTLED),
    }
}

/// What the journal says of a step from one request to another.
fn events<'l>(
    lines: &'l [Line],
    step: &'l StepId,
    before: &Sent,
    again: &Sent,
) -> impl Iterator<Item = &'l Event> {
    // The header is a line, too.
    let between = before.lines..again.lines;
    let numbered = lines.iter().enumerate();
    numbered.filter_map(move |(index, line)| match &line.entry {
        Entry::Step { step: of, event } if of == step && between.contains(&(index + 1)) => {
            Some(event)
        }
        _ => None,
    })
}
