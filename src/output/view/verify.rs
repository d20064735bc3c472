//! The answer of `teardown verify`; as Markdown it is the certificate.

use std::collections::BTreeMap;

use serde_json::json;

use super::plan::{amount, total, why_kept};
use crate::i18n::{Language, Messages};
use crate::model::time;
use crate::output::answer::{Answer, Block, Record};
use crate::output::coverage;
use crate::output::table::{Cell, Column, Shown, Shrink, Table};
use crate::teardown::state::StepState;
use crate::teardown::verify::{LeftBecause, LeftOver};
use crate::teardown::{Plan, StepId, Verdict, Verification};

/// Name and version of the data.
pub const SCHEMA: &str = "yunsweep.teardown.verify/1";

/// The answer for a verification. `states` are what the run's journal says, where there is one: the vendor's ids for a ticket.
pub fn answer(
    plan: &Plan,
    digest: &str,
    found: &Verification,
    states: &BTreeMap<StepId, StepState>,
    messages: &Messages,
) -> Answer {
    let verdict = match found.verdict() {
        Verdict::Clean => "verify-clean",
        Verdict::LeftOvers => "verify-left-overs",
        Verdict::Incomplete => "verify-incomplete",
    };
    let said = messages.text_with(
        verdict,
        &[
            ("gone", found.gone.len().into()),
            ("total", plan.steps.len().into()),
            ("left", found.left.len().into()),
            (
                "holes",
                (found.holes().count() + found.unproven.len()).into(),
            ),
        ],
    );
    let mut page = vec![
        Block::Heading(messages.text("verify-heading")),
        if found.verdict() == Verdict::Clean {
            Block::Text(said)
        } else {
            Block::Warning(said)
        },
        Block::Pairs(facts(plan, digest, found, messages)),
    ];
    if !found.left.is_empty() {
        page.push(Block::Heading(messages.text("verify-left-heading")));
        page.push(Block::Table(left_table(found, states, messages)));
    }
    if !found.unproven.is_empty() {
        page.push(Block::Heading(messages.text("verify-unproven-heading")));
        let steps = found.unproven.iter().map(ToString::to_string);
        page.push(Block::List(steps.collect()));
    }
    page.push(Block::Heading(messages.text("plan-kept-heading")));
    page.push(if found.kept.is_empty() {
        Block::Text(messages.text("plan-kept-nothing"))
    } else {
        Block::Table(kept_table(found, messages))
    });
    page.push(Block::Heading(messages.text_with(
        "verify-gone-heading",
        &[("count", found.gone.len().into())],
    )));
    if !found.gone.is_empty() {
        let steps = found.gone.iter().map(ToString::to_string);
        page.push(Block::List(steps.collect()));
    }
    page.extend(coverage::page(&found.coverage, messages));
    let english = Messages::new(Language::English);
    let left = found.left.iter().map(|left| Record {
        record: "left_over",
        value: json!(left),
    });
    let kept = found.kept.iter().map(|kept| Record {
        record: "kept",
        value: json!(kept),
    });
    let gone = found.gone.iter().map(|gone| Record {
        record: "gone",
        value: json!(gone),
    });
    Answer {
        schema: SCHEMA,
        command: "teardown verify",
        generated_at: found.verified_at,
        coverage: Some(found.coverage.clone()),
        page,
        rows: csv_rows(found, states, &english),
        data: json!({ "digest": digest, "verdict": found.verdict(), "verification": found }),
        records: left.chain(kept).chain(gone).collect(),
        warnings: coverage::warning(&found.coverage).into_iter().collect(),
    }
}

fn facts(
    plan: &Plan,
    digest: &str,
    found: &Verification,
    messages: &Messages,
) -> Vec<(String, Cell)> {
    [
        ("plan-scope", plan.scope.join(" ")),
        ("plan-account", plan.binding.account.to_string()),
        ("plan-endpoint", plan.binding.endpoint.clone()),
        ("plan-digest", digest.to_owned()),
        ("plan-read-at", time::format(plan.binding.read_at)),
        ("verify-at", time::format(found.verified_at)),
        ("verify-before", total(&found.before, messages)),
        ("verify-after", total(&found.after, messages)),
    ]
    .into_iter()
    .map(|(key, text)| (messages.text(key), Cell::text(text)))
    .collect()
}

fn reason(
    left: &LeftOver,
    states: &BTreeMap<StepId, StepState>,
    messages: &Messages,
) -> (String, Option<String>) {
    let key = match left.because {
        LeftBecause::StillThere => "verify-still-there",
        LeftBecause::Recreated => "verify-recreated",
        LeftBecause::Outlived => "verify-outlived",
        LeftBecause::Appeared => "verify-appeared",
    };
    let state = states.get(&StepId::of(&left.id));
    let request_id = state.and_then(|state| state.request_id.clone());
    (messages.text(key), request_id)
}

fn left_table(
    found: &Verification,
    states: &BTreeMap<StepId, StepState>,
    messages: &Messages,
) -> Table {
    let title = |key: &str| messages.text(key);
    let mut table = Table::new(vec![
        Column::new("type", title("column-type")),
        Column::new("id", title("column-id")).shrink(Shrink::Middle(10)),
        Column::new("name", title("column-name"))
            .shrink(Shrink::End(8))
            .shown(Shown::IfRoom(2)),
        Column::new("status", title("column-status")).shown(Shown::IfRoom(3)),
        Column::new("reason", title("column-reason")).shrink(Shrink::End(12)),
        Column::new("amount", title("column-amount")).number(),
        Column::new("request_id", title("column-request-id")).shown(Shown::Wide),
    ]);
    for left in &found.left {
        let (said, request_id) = reason(left, states, messages);
        table.push(vec![
            left.id.type_id.as_str().into(),
            left.id.id.as_str().into(),
            Cell::maybe(left.name.as_deref()),
            Cell::maybe(left.status.as_deref()),
            said.into(),
            amount(&left.cost),
            Cell::maybe(request_id.as_deref()),
        ]);
    }
    table
}

fn kept_table(found: &Verification, messages: &Messages) -> Table {
    let title = |key: &str| messages.text(key);
    let mut table = Table::new(vec![
        Column::new("type", title("column-type")),
        Column::new("id", title("column-id")).shrink(Shrink::Middle(10)),
        Column::new("name", title("column-name"))
            .shrink(Shrink::End(8))
            .shown(Shown::IfRoom(2)),
        Column::new("reason", title("column-reason")).shrink(Shrink::End(12)),
        Column::new("now", title("column-status")),
        Column::new("amount", title("column-amount")).number(),
    ]);
    for now in &found.kept {
        let there = match now.is_there {
            Some(true) => "verify-kept-there",
            Some(false) => "verify-kept-gone",
            None => "verify-kept-unknown",
        };
        table.push(vec![
            now.kept.id.type_id.as_str().into(),
            now.kept.id.id.as_str().into(),
            Cell::maybe(now.kept.name.as_deref()),
            why_kept(&now.kept, messages).into(),
            messages.text(there).into(),
            amount(&now.cost),
        ]);
    }
    table
}

/// One row a thing: left, unproven, kept, gone; then what could not be read.
fn csv_rows(
    found: &Verification,
    states: &BTreeMap<StepId, StepState>,
    english: &Messages,
) -> Table {
    let columns = [
        "record", "type", "region", "id", "status", "amounts", "note",
    ];
    let mut table = Table::new(
        columns
            .into_iter()
            .map(|key| Column::new(key, ""))
            .collect(),
    );
    for left in &found.left {
        table.push(vec![
            "left_over".into(),
            left.id.type_id.as_str().into(),
            left.id.region.as_str().into(),
            left.id.id.as_str().into(),
            Cell::maybe(left.status.as_deref()),
            amount(&left.cost),
            reason(left, states, english).0.into(),
        ]);
    }
    for now in &found.kept {
        table.push(vec![
            "kept".into(),
            now.kept.id.type_id.as_str().into(),
            now.kept.id.region.as_str().into(),
            now.kept.id.id.as_str().into(),
            Cell::Empty,
            amount(&now.cost),
            now.kept.refusal.code.as_str().into(),
        ]);
    }
    for (record, steps) in [("unproven", &found.unproven), ("gone", &found.gone)] {
        for step in steps {
            let (type_id, id) = step.as_str().split_once('/').unwrap_or(("", step.as_str()));
            table.push(vec![
                record.into(),
                type_id.into(),
                Cell::Empty,
                id.into(),
                Cell::Empty,
                Cell::Empty,
                Cell::Empty,
            ]);
        }
    }
    coverage::append_to_csv(&mut table, &found.coverage);
    table
}
