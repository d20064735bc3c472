//! The answers of `teardown apply`, `resume` and `status`: what each step has come to, and what a person has to check.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::i18n::{Language, Messages};
use crate::output::answer::{Answer, Block, Record, Warning};
use crate::output::table::{Cell, Column, Shown, Shrink, Table};
use crate::teardown::journal::{Entry, Line};
use crate::teardown::plan::Total;
use crate::teardown::state::{Event, Status, StepState, Stop};
use crate::teardown::{Plan, Step, StepId};

/// Name and version of the data of `apply` and `resume`.
pub const SCHEMA: &str = "yunsweep.teardown.run/1";
/// Name and version of the data of `status`.
pub const STATUS_SCHEMA: &str = "yunsweep.teardown.status/1";

/// A run as it is now.
#[derive(Clone, Copy, Debug)]
pub struct RunView<'a> {
    /// Digest of its plan.
    pub digest: &'a str,
    /// Its plan.
    pub plan: &'a Plan,
    /// What its steps have come to.
    pub states: &'a BTreeMap<StepId, StepState>,
    /// When it was looked at.
    pub at: DateTime<Utc>,
}

impl RunView<'_> {
    /// Whether every resource is gone.
    pub fn is_done(&self) -> bool {
        self.states
            .values()
            .all(|state| state.status == Status::Gone)
    }

    fn state(&self, step: &Step) -> StepState {
        self.states.get(&step.id).cloned().unwrap_or_default()
    }

    /// A step's code: its status, or `blocked` where something before it ended badly.
    fn code(&self, step: &Step) -> &'static str {
        let state = self.state(step);
        if !state.status.is_end() && self.blocker(step).is_some() {
            return "blocked";
        }
        state.status.as_str()
    }

    /// The ended step that keeps this one from starting.
    fn blocker(&self, step: &Step) -> Option<StepId> {
        let mut open: Vec<&StepId> = step.after.keys().collect();
        let mut seen: Vec<&StepId> = Vec::new();
        while let Some(id) = open.pop() {
            if seen.contains(&id) {
                continue;
            }
            seen.push(id);
            if let Some(state) = self.states.get(id)
                && matches!(state.status, Status::Ended { .. })
            {
                return Some(id.clone());
            }
            open.extend(self.plan.step(id).into_iter().flat_map(|s| s.after.keys()));
        }
        None
    }

    fn count(&self, is_meant: impl Fn(&Step) -> bool) -> usize {
        self.plan.steps.iter().filter(|step| is_meant(step)).count()
    }

    fn data(&self) -> Value {
        let steps: Vec<Value> = self
            .plan
            .steps
            .iter()
            .map(|step| {
                let state = self.state(step);
                json!({
                    "step": step.id,
                    "name": step.name,
                    "status": self.code(step),
                    "stop": stop_of(&state.status),
                    "left_open": leaves_open(&state),
                    "waiting_on": state.waiting_on,
                    "task": state.task,
                    "request_id": state.request_id,
                    "blocked_by": self.blocker(step),
                    "cost": step.cost,
                })
            })
            .collect();
        json!({
            "digest": self.digest,
            "account": self.plan.binding.account,
            "scope": self.plan.scope,
            "done": self.is_done(),
            "steps": steps,
        })
    }
}

fn stop_of(status: &Status) -> Option<&Stop> {
    match status {
        Status::Ended { stop, .. } => Some(stop),
        _ => None,
    }
}

/// Whether something that the step opened stays open, or may: the word of its end, or what the journal says so far.
fn leaves_open(state: &StepState) -> bool {
    stop_of(&state.status).map_or_else(|| state.leaves_open(), |stop| stop.left_open)
}

fn left_open(step: &Step, messages: &Messages) -> String {
    messages.text_with("run-left-open", &[("step", step.id.as_str().into())])
}

/// The answer of `apply` and `resume`.
pub fn answer(run: &RunView<'_>, command: &'static str, messages: &Messages) -> Answer<'static> {
    let mut page = vec![Block::Table(table(run, messages))];
    let gone = run.count(|step| run.code(step) == "gone");
    page.push(Block::Text(messages.text_with(
        "run-summary",
        &[
            ("gone", gone.into()),
            ("total", run.plan.steps.len().into()),
        ],
    )));
    let to_check: Vec<String> = run
        .plan
        .steps
        .iter()
        .filter_map(|step| {
            let state = run.state(step);
            match stop_of(&state.status) {
                Some(stop) => Some(sentence(step, stop, messages)),
                // Interrupted in between: nobody has said it yet.
                None if leaves_open(&state) => {
                    Some(messages.text_with("run-left-open", &[("step", step.id.as_str().into())]))
                }
                None => None,
            }
        })
        .collect();
    if !to_check.is_empty() {
        page.push(Block::Heading(messages.text("run-check-heading")));
        page.push(Block::List(to_check));
    }
    page.push(Block::Text(if run.is_done() {
        messages.text("run-done")
    } else {
        messages.text_with("run-resume", &[("digest", run.digest.into())])
    }));
    let steps = run.data();
    let records: Vec<Record> = steps
        .get("steps")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .map(|step| Record {
            record: "step",
            value: step.clone(),
        })
        .collect();
    Answer {
        schema: SCHEMA,
        command,
        generated_at: run.at,
        coverage: None,
        page: page.into(),
        rows: table(run, &Messages::new(Language::English)).into(),
        data: steps.into(),
        records: records.into(),
        warnings: Vec::new(),
    }
}

/// A run that cannot be told from its files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damaged {
    /// Name of its folder: the digest of its plan.
    pub digest: String,
    /// What is damaged, in the user's language.
    pub said: String,
    /// The same in English, for programs.
    pub what: String,
}

/// The answer of `status`.
pub fn status_answer(
    runs: &[RunView<'_>],
    damaged: &[Damaged],
    at: DateTime<Utc>,
    messages: &Messages,
) -> Answer<'static> {
    let title = |key: &str| messages.text(key);
    let mut rows = Table::new(vec![
        Column::new("digest", title("plan-digest")),
        Column::new("account", title("plan-account")).shown(Shown::IfRoom(2)),
        Column::new("scope", title("plan-scope")).shrink(Shrink::End(12)),
        Column::new("read_at", title("plan-read-at")).shown(Shown::IfRoom(1)),
        Column::new("steps", title("run-steps")).number(),
        Column::new("gone", title("run-gone")).number(),
        Column::new("ended", title("run-ended")).number(),
    ]);
    for run in runs {
        rows.push(vec![
            run.digest.into(),
            run.plan.binding.account.as_str().into(),
            run.plan.scope.join(" ").into(),
            Cell::time(Some(run.plan.binding.read_at)),
            Cell::count(run.plan.steps.len()),
            Cell::count(run.count(|step| run.code(step) == "gone")),
            Cell::count(run.count(|step| stop_of(&run.state(step).status).is_some())),
        ]);
    }
    let mut page = match (runs, damaged) {
        ([], []) => vec![Block::Text(messages.text("run-none"))],
        ([], _) => Vec::new(),
        _ => vec![Block::Table(rows.clone())],
    };
    if !damaged.is_empty() {
        page.push(Block::Warning(
            messages.text_with("run-damaged", &[("count", damaged.len().into())]),
        ));
        let named = damaged
            .iter()
            .map(|run| format!("{}: {}", run.digest, run.said));
        page.push(Block::List(named.collect()));
        page.push(Block::Text(messages.text("run-damaged-hint")));
    }
    let left_open: Vec<String> = runs
        .iter()
        .flat_map(|run| {
            let steps = run.plan.steps.iter();
            steps.filter(|step| leaves_open(&run.state(step)))
        })
        .map(|step| left_open(step, messages))
        .collect();
    if !left_open.is_empty() {
        page.push(Block::Heading(messages.text("run-check-heading")));
        page.push(Block::List(left_open));
    }
    for run in damaged {
        rows.push_named(&[
            ("digest", run.digest.as_str().into()),
            ("scope", format!("damaged: {}", run.what).into()),
        ]);
    }
    let data: Vec<Value> = runs.iter().map(RunView::data).collect();
    let unreadable: Vec<Value> = damaged
        .iter()
        .map(|run| json!({ "digest": run.digest, "what": run.what }))
        .collect();
    let records = |name: &'static str, values: &[Value]| -> Vec<Record> {
        let values = values.iter().cloned();
        values
            .map(|value| Record {
                record: name,
                value,
            })
            .collect()
    };
    Answer {
        schema: STATUS_SCHEMA,
        command: "teardown status",
        generated_at: at,
        coverage: None,
        page: page.into(),
        rows: rows.into(),
        records: [records("run", &data), records("damaged_run", &unreadable)]
            .concat()
            .into(),
        data: json!({ "runs": data, "damaged": unreadable }).into(),
        warnings: damaged
            .iter()
            .map(|run| Warning {
                code: "damaged_run",
                message: format!("{}: {}", run.digest, run.what),
            })
            .collect(),
    }
}

fn table(run: &RunView<'_>, messages: &Messages) -> Table {
    let title = |key: &str| messages.text(key);
    let mut table = Table::new(vec![
        Column::new("type", title("column-type")),
        Column::new("id", title("column-id")).shrink(Shrink::Middle(10)),
        Column::new("name", title("column-name"))
            .shrink(Shrink::End(8))
            .shown(Shown::IfRoom(2)),
        Column::new("status", title("column-status")),
        Column::new("why", title("column-reason")).shrink(Shrink::End(12)),
        Column::new("request_id", title("column-request-id")).shown(Shown::Wide),
    ]);
    for step in &run.plan.steps {
        let state = run.state(step);
        let code = run.code(step);
        let why = match (stop_of(&state.status), run.blocker(step)) {
            (Some(stop), _) => stop.facts.join(", "),
            (None, Some(blocker)) if code == "blocked" => blocker.to_string(),
            _ if state.status.is_end() => String::new(),
            _ => state.waiting_on.join(", "),
        };
        let id = &step.fingerprint.id;
        table.push(vec![
            id.type_id.as_str().into(),
            id.id.as_str().into(),
            Cell::maybe(step.name.as_deref()),
            messages
                .text(&format!("run-status-{}", code.replace('_', "-")))
                .into(),
            why.into(),
            Cell::maybe(state.request_id.as_deref()),
        ]);
    }
    table
}

/// What a person has to check about a step that stopped.
pub fn sentence(step: &Step, stop: &Stop, messages: &Messages) -> String {
    let cause = serde_json::to_value(stop.cause)
        .ok()
        .and_then(|value| value.as_str().map(|text| text.replace('_', "-")))
        .unwrap_or_default();
    let facts = if stop.facts.is_empty() {
        "-".to_owned()
    } else {
        stop.facts.join(", ")
    };
    let mut said = messages.text_with(
        &format!("stop-{cause}"),
        &[("step", step.id.as_str().into()), ("facts", facts.into())],
    );
    if stop.left_open {
        said.push(' ');
        said.push_str(&messages.text("stop-left-open"));
    }
    if let Some(request_id) = &stop.request_id {
        said.push_str(" [request id ");
        said.push_str(request_id);
        said.push(']');
    }
    said
}

/// One line of progress for a line of the journal, where it says something to a person.
pub fn progress(plan: &Plan, line: &Line, messages: &Messages) -> Option<String> {
    let Entry::Step { step: id, event } = &line.entry else {
        return None;
    };
    let step = plan.step(id)?;
    let named = |key: &str, what: String| {
        messages.text_with(key, &[("step", id.as_str().into()), ("what", what.into())])
    };
    let call = |index: usize| {
        step.calls()
            .get(index)
            .map_or_else(String::new, |call| super::plan::action(&call.call))
    };
    Some(match event {
        Event::Accepted { call: index, .. } => named("run-progress-accepted", call(*index)),
        Event::Lost { call: index, .. } => named("run-progress-lost", call(*index)),
        Event::Waiting { on, code } => {
            let mut what: Vec<&str> = code.iter().map(String::as_str).collect();
            what.extend(on.iter().map(String::as_str));
            named("run-progress-waiting", what.join(", "))
        }
        Event::TakingBack => named("run-progress-taking-back", String::new()),
        Event::Gone => named("run-progress-gone", String::new()),
        Event::Stopped { stop } => sentence(step, stop, messages),
        _ => return None,
    })
}

/// What a person should see before anything is changed.
pub fn announcement(plan: &Plan, digest: &str, messages: &Messages) -> String {
    let mut going = Total::default();
    for step in &plan.steps {
        going.add(&step.cost);
    }
    let losing: Vec<&str> = plan
        .steps
        .iter()
        .filter(|step| step.loses.is_some())
        .map(|step| step.id.as_str())
        .collect();
    let mut lines = vec![messages.text_with(
        "run-announcement",
        &[
            ("account", plan.binding.account.as_str().into()),
            ("identity", (&plan.binding.identity).into()),
            ("endpoint", plan.binding.endpoint.to_string().into()),
            ("count", plan.steps.len().into()),
            ("amount", super::plan::total(&going, messages).into()),
            ("digest", digest.into()),
        ],
    )];
    if !losing.is_empty() {
        lines.push(messages.text_with(
            "run-announcement-data",
            &[("steps", losing.join(", ").into())],
        ));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openapi::ErrorClass;
    use crate::teardown::testing::{id, plan, read_at};

    #[test]
    fn protection_that_is_off_is_told_before_the_step_has_ended() {
        let plan = plan();
        let step = StepId::of(&id("ack.cluster/c1"));
        let calls = plan.step(&step).unwrap().calls();
        let intended = Event::Intended {
            call: 0,
            client_token: Some("token".to_owned()),
        };
        let refused = Event::Refused {
            call: 0,
            class: ErrorClass::Denied,
            code: None,
            request_id: None,
        };
        let lost = Event::Lost {
            call: 0,
            class: ErrorClass::Server,
        };
        for (events, is_told) in [
            (vec![], false),
            (vec![intended.clone()], true),
            (vec![intended.clone(), lost], true),
            (vec![intended, refused], false),
        ] {
            let mut state = StepState::default();
            for event in &events {
                state.apply(event, calls).unwrap();
            }
            let states = BTreeMap::from([(step.clone(), state)]);
            let run = RunView {
                digest: "d",
                plan: &plan,
                states: &states,
                at: read_at(),
            };
            for language in [Language::English, Language::Chinese] {
                let messages = Messages::new(language);
                let said = left_open(plan.step(&step).unwrap(), &messages);
                for answer in [
                    answer(&run, "teardown apply", &messages),
                    status_answer(&[run], &[], read_at(), &messages),
                ] {
                    let lists = |block: &Block| matches!(block, Block::List(items) if items.contains(&said));
                    assert_eq!(answer.page.get().iter().any(lists), is_told, "{events:?}");
                }
            }
            assert_eq!(run.data()["steps"][2]["left_open"], is_told);
        }
    }
}
