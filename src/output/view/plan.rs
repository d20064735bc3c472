//! The answer of `yunsweep teardown plan`.

use std::path::Path;

use serde_json::json;

use crate::i18n::{Language, Messages};
use crate::model::time;
use crate::output::answer::{Answer, Block, Record, Warning};
use crate::output::table::{Cell, Column, Shown, Shrink, Table};
use crate::resources::teardown::{Call, PlannedCall, Purpose};
use crate::teardown::plan::{Action, Cost, KeptResource, Reason, Total};
use crate::teardown::{Plan, PlanDigest, Step, StepId};

/// Name and version of the data.
pub const SCHEMA: &str = "yunsweep.teardown.plan/1";

/// The answer for a plan; `saved` is the file that it was written to.
pub fn answer(
    plan: &Plan,
    digest: &PlanDigest,
    saved: Option<&Path>,
    messages: &Messages,
) -> Answer<'static> {
    let mut page = vec![Block::Pairs(facts(plan, digest, messages))];
    page.push(Block::Heading(messages.text_with(
        "plan-steps-heading",
        &[("count", plan.steps.len().into())],
    )));
    page.push(Block::Table(steps_table(plan, messages)));
    if !plan.implied.is_empty() {
        page.push(Block::Text(messages.text_with(
            "plan-implied",
            &[("count", plan.implied.len().into())],
        )));
    }
    page.extend(lists(plan, messages));
    page.push(Block::Heading(messages.text("plan-kept-heading")));
    page.push(if plan.kept.is_empty() {
        Block::Text(messages.text("plan-kept-nothing"))
    } else {
        Block::Table(kept_table(plan, messages))
    });
    page.push(Block::Heading(messages.text("plan-money-heading")));
    page.push(Block::Pairs(vec![
        (
            messages.text("plan-before"),
            Cell::text(total(&plan.before(), messages)),
        ),
        (
            messages.text("plan-after"),
            Cell::text(total(&plan.after(), messages)),
        ),
    ]));
    if !plan.holes.is_empty() {
        page.push(Block::Warning(messages.text("plan-holes")));
        page.push(Block::List(plan.holes.clone()));
    }
    page.push(Block::Text(next(digest, saved, messages)));
    let english = Messages::new(Language::English);
    Answer {
        schema: SCHEMA,
        command: "teardown plan",
        generated_at: plan.binding.read_at,
        coverage: None,
        page: page.into(),
        rows: csv_rows(plan, &english).into(),
        data: json!({
            "digest": digest,
            "plan": plan,
            "before": plan.before(),
            "after": plan.after(),
        })
        .into(),
        records: records(plan, digest).into(),
        warnings: warnings(plan),
    }
}

fn facts(plan: &Plan, digest: &PlanDigest, messages: &Messages) -> Vec<(String, Cell)> {
    let binding = &plan.binding;
    [
        ("plan-scope", plan.scope.join(" ")),
        ("plan-account", binding.account.to_string()),
        ("plan-identity", binding.identity.clone()),
        ("plan-endpoint", binding.endpoint.to_string()),
        ("plan-read-at", time::format(binding.read_at)),
        ("plan-digest", digest.to_string()),
    ]
    .into_iter()
    .map(|(key, text)| (messages.text(key), Cell::text(text)))
    .collect()
}

fn next(digest: &PlanDigest, saved: Option<&Path>, messages: &Messages) -> String {
    match saved {
        Some(path) => messages.text_with(
            "plan-next",
            &[
                ("path", path.display().to_string().into()),
                ("digest", digest.as_str().into()),
            ],
        ),
        None => messages.text("plan-not-saved"),
    }
}

/// One row a step.
fn steps_table(plan: &Plan, messages: &Messages) -> Table {
    let title = |key: &str| messages.text(key);
    let mut table = Table::new(vec![
        Column::new("number", "#").number(),
        Column::new("type", title("column-type")),
        Column::new("id", title("column-id")).shrink(Shrink::Middle(10)),
        Column::new("name", title("column-name"))
            .shrink(Shrink::End(8))
            .shown(Shown::IfRoom(2)),
        Column::new("how", title("column-how")).shrink(Shrink::End(18)),
        Column::new("amount", title("column-amount"))
            .number()
            .shown(Shown::Page(1)),
        Column::new("marks", title("column-marks"))
            .shrink(Shrink::End(10))
            .shown(Shown::IfRoom(3)),
        Column::new("after", title("column-after")).shown(Shown::Wide),
        Column::new("reason", title("column-reason")).shown(Shown::Wide),
        Column::new("calls", title("column-calls")).shown(Shown::Wide),
        Column::new("fallback", title("column-fallback")).shown(Shown::Wide),
        Column::new("deadline", title("column-deadline"))
            .number()
            .shown(Shown::Wide),
        Column::new("assumptions", title("column-assumptions")).shown(Shown::Wide),
    ]);
    for (number, step) in plan.steps.iter().enumerate() {
        let (calls, fallback) = match &step.action {
            Action::Calls { calls } => (calls.as_slice(), [].as_slice()),
            Action::Manager { fallback, .. } => ([].as_slice(), fallback.as_slice()),
        };
        let id = &step.fingerprint.id;
        table.push(vec![
            Cell::count(number + 1),
            id.type_id.as_str().into(),
            id.id.as_str().into(),
            Cell::maybe(step.name.as_deref()),
            how(plan, step, messages).into(),
            amount(&step.cost),
            marks(step, messages).into(),
            after(plan, step).into(),
            reason(step).into(),
            described(calls).into(),
            described(fallback).into(),
            Cell::Number(step.deadline_seconds.to_string()),
            step.assumptions.join(", ").into(),
        ]);
    }
    table
}

/// `DeleteCluster`, `DELETE ingresses`, or what takes it along.
fn how(plan: &Plan, step: &Step, messages: &Messages) -> String {
    match &step.action {
        Action::Calls { calls } => calls
            .iter()
            .map(|call| action(&call.call))
            .collect::<Vec<_>>()
            .join(", "),
        Action::Manager { manager, fallback } => {
            let key = if fallback.is_empty() {
                "plan-goes-with"
            } else {
                "plan-goes-with-or-deleted"
            };
            messages.text_with(key, &[("manager", number(plan, manager).into())])
        }
    }
}

pub(super) fn action(call: &Call) -> String {
    match call {
        Call::Cloud(call) => call.action.clone(),
        Call::Cluster(deletion) => format!("DELETE {}", deletion.plural),
    }
}

fn marks(step: &Step, messages: &Messages) -> String {
    let mut marks = Vec::new();
    if step.loses.is_some() {
        marks.push(messages.text("plan-mark-data"));
    }
    if step.lifts_protection() {
        marks.push(messages.text("plan-mark-protection"));
    }
    if !step.assumptions.is_empty() {
        marks.push(messages.text("plan-mark-unverified"));
    }
    marks.join(", ")
}

/// The number of a step, by which the table names it.
fn number(plan: &Plan, id: &StepId) -> String {
    plan.steps
        .iter()
        .position(|step| step.id == *id)
        .map_or_else(|| id.to_string(), |index| (index + 1).to_string())
}

/// The numbers of the steps that come first, with why.
fn after(plan: &Plan, step: &Step) -> String {
    step.after
        .iter()
        .map(|(id, why)| format!("{} ({why})", number(plan, id)))
        .collect::<Vec<_>>()
        .join("; ")
}

fn reason(step: &Step) -> String {
    match &step.reason {
        Reason::Selected { selector } => selector.clone(),
        Reason::Owned { owner, evidence } => format!("{owner}: {}", evidence.join("; ")),
    }
}

/// The calls in full, in order, each with whether it can be taken back.
fn described(calls: &[PlannedCall]) -> String {
    calls
        .iter()
        .map(|planned| {
            let purpose = match planned.purpose {
                Purpose::Unprotect => "unprotect",
                Purpose::Detach => "detach",
                Purpose::Delete => "delete",
            };
            let lasting = if planned.undo.is_some() {
                "reversible"
            } else {
                "final"
            };
            format!("{purpose} ({lasting}): {}", call(&planned.call))
        })
        .collect::<Vec<_>>()
        .join("; ")
}

fn call(call: &Call) -> String {
    match call {
        Call::Cloud(call) => {
            let arguments: Vec<String> = call
                .arguments
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            let body = call
                .body
                .as_ref()
                .map_or_else(String::new, |body| format!(" {body}"));
            format!(
                "{}:{} {} {}{body}",
                call.product,
                call.action,
                call.region,
                arguments.join(" ")
            )
        }
        Call::Cluster(deletion) => {
            let group = if deletion.group.is_empty() {
                deletion.version.clone()
            } else {
                format!("{}/{}", deletion.group, deletion.version)
            };
            let namespace = deletion
                .namespace
                .as_ref()
                .map_or_else(String::new, |namespace| format!("{namespace}/"));
            format!(
                "DELETE {group} {} {namespace}{} uid={}",
                deletion.plural, deletion.name, deletion.uid
            )
        }
    }
}

/// What is lost, switched off or assumed, as lists of sentences.
fn lists(plan: &Plan, messages: &Messages) -> Vec<Block> {
    let lost: Vec<String> = plan
        .steps
        .iter()
        .filter_map(|step| {
            let words = step.loses.as_ref()?;
            let text = match messages.language() {
                Language::English => &words.en,
                Language::Chinese => &words.zh,
            };
            Some(format!("{}: {text}", step.id))
        })
        .collect();
    let protections: Vec<String> = plan
        .steps
        .iter()
        .flat_map(|step| {
            step.calls()
                .iter()
                .filter(|call| call.purpose == Purpose::Unprotect)
                .map(|call| format!("{}: {}", step.id, action(&call.call)))
        })
        .collect();
    let assumptions: Vec<String> = plan
        .steps
        .iter()
        .filter(|step| !step.assumptions.is_empty())
        .map(|step| format!("{}: {}", step.id, step.assumptions.join(", ")))
        .collect();
    [
        ("plan-lost-heading", lost),
        ("plan-protections-heading", protections),
        ("plan-assumptions-heading", assumptions),
    ]
    .into_iter()
    .filter(|(_, items)| !items.is_empty())
    .flat_map(|(key, items)| [Block::Heading(messages.text(key)), Block::List(items)])
    .collect()
}

fn kept_table(plan: &Plan, messages: &Messages) -> Table {
    let title = |key: &str| messages.text(key);
    let mut table = Table::new(vec![
        Column::new("type", title("column-type")),
        Column::new("id", title("column-id")).shrink(Shrink::Middle(10)),
        Column::new("name", title("column-name"))
            .shrink(Shrink::End(8))
            .shown(Shown::IfRoom(2)),
        Column::new("reason", title("column-reason")).shrink(Shrink::End(12)),
        Column::new("amount", title("column-amount"))
            .number()
            .shown(Shown::Page(1)),
        Column::new("flag", title("column-flag")).shrink(Shrink::Middle(14)),
        Column::new("because", title("column-via")).shown(Shown::Wide),
    ]);
    for kept in &plan.kept {
        table.push(vec![
            kept.id.type_id.as_str().into(),
            kept.id.id.as_str().into(),
            Cell::maybe(kept.name.as_deref()),
            why_kept(kept, messages).into(),
            amount(&kept.cost),
            Cell::maybe(kept.flag.as_deref()),
            kept.refusal.because.as_str().into(),
        ]);
    }
    table
}

/// The reason in words; a code that this version has no words for stands for itself.
pub(super) fn why_kept(kept: &KeptResource, messages: &Messages) -> String {
    let key = format!("kept-{}", kept.refusal.code.replace('_', "-"));
    let text = messages.text(&key);
    if text == key {
        kept.refusal.code.clone()
    } else {
        text
    }
}

/// `587.09 CNY`, `23.48 CNY + ?`; nothing where nothing is billed.
pub(super) fn amount(cost: &Cost) -> Cell {
    let mut parts: Vec<String> = cost.monthly.iter().map(ToString::to_string).collect();
    if cost.unknown > 0 || cost.usage > 0 {
        parts.push("?".to_owned());
    }
    Cell::text(parts.join(" + "))
}

pub(super) fn total(total: &Total, messages: &Messages) -> String {
    let sums: Vec<String> = total.sums().map(|money| money.to_string()).collect();
    let sums = if sums.is_empty() {
        "0".to_owned()
    } else {
        sums.join(" + ")
    };
    if total.left_out == 0 {
        sums
    } else {
        messages.text_with(
            "plan-at-least",
            &[("amount", sums.into()), ("count", total.left_out.into())],
        )
    }
}

fn records(plan: &Plan, digest: &PlanDigest) -> Vec<Record> {
    let head = Record {
        record: "plan",
        value: json!({
            "digest": digest,
            "binding": plan.binding,
            "scope": plan.scope,
            "before": plan.before(),
            "after": plan.after(),
            "holes": plan.holes,
        }),
    };
    let steps = plan.steps.iter().map(|step| Record {
        record: "step",
        value: json!(step),
    });
    let kept = plan.kept.iter().map(|kept| Record {
        record: "kept",
        value: json!(kept),
    });
    std::iter::once(head).chain(steps).chain(kept).collect()
}

fn warnings(plan: &Plan) -> Vec<Warning> {
    (!plan.holes.is_empty())
        .then(|| Warning {
            code: "incomplete",
            message: format!(
                "{} cells that touch the scope could not be read",
                plan.holes.len()
            ),
        })
        .into_iter()
        .collect()
}

fn csv_rows(plan: &Plan, english: &Messages) -> Table {
    let mut table = Table::new(
        [
            "record", "number", "type", "id", "name", "how", "reason", "after", "calls", "amounts",
            "left_out", "flag",
        ]
        .into_iter()
        .map(|key| Column::new(key, ""))
        .collect(),
    );
    let amounts = |cost: &Cost| {
        let amounts: Vec<String> = cost
            .monthly
            .iter()
            .map(|money| format!("{} {}", money.amount, money.currency))
            .collect();
        Cell::text(amounts.join(" + "))
    };
    for (number, step) in plan.steps.iter().enumerate() {
        let id = &step.fingerprint.id;
        table.push(vec![
            "step".into(),
            Cell::count(number + 1),
            id.type_id.as_str().into(),
            id.id.as_str().into(),
            Cell::maybe(step.name.as_deref()),
            how(plan, step, english).into(),
            reason(step).into(),
            after(plan, step).into(),
            described(step.calls()).into(),
            amounts(&step.cost),
            Cell::count(step.cost.unknown + step.cost.usage),
            Cell::Empty,
        ]);
    }
    for kept in &plan.kept {
        table.push(vec![
            "kept".into(),
            Cell::Empty,
            kept.id.type_id.as_str().into(),
            kept.id.id.as_str().into(),
            Cell::maybe(kept.name.as_deref()),
            kept.refusal.code.as_str().into(),
            kept.refusal.because.as_str().into(),
            Cell::Empty,
            Cell::Empty,
            amounts(&kept.cost),
            Cell::count(kept.cost.unknown + kept.cost.usage),
            Cell::maybe(kept.flag.as_deref()),
        ]);
    }
    table
}
