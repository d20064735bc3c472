//! The answer of `teardown verify`. In Markdown its page is the certificate, see `certificate.rs`.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::plan::{amount, total, why_kept};
use crate::i18n::{Language, Messages};
use crate::model::{ResourceId, time};
use crate::output::answer::{Answer, Block, Record, Warning};
use crate::output::coverage;
use crate::output::table::{Cell, Column, Shown, Shrink, Table};
use crate::teardown::history::{History, StepHistory};
use crate::teardown::plan::Cost;
use crate::teardown::verify::{LeftBecause, LeftOver, Unread};
use crate::teardown::{Plan, StepId, Verdict, Verification};

/// Name and version of the data.
pub const SCHEMA: &str = "yunsweep.teardown.verify/1";

/// What is proven, and by whom.
#[derive(Clone, Copy, Debug)]
pub struct VerifyView<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// Its digest.
    pub digest: &'a str,
    /// What the rescan showed.
    pub found: &'a Verification,
    /// What the journal of the run says, where this machine has it. The proof does not rest on it.
    pub history: Option<&'a History>,
    /// ARN of the identity that looked.
    pub verifier: &'a str,
}

/// The answer for a verification, as a terminal shows it.
pub fn answer(view: &VerifyView<'_>, messages: &Messages) -> Answer<'static> {
    with_page(view, page(view, messages))
}

/// The same answer; its page is the certificate, complete for whoever was not there.
pub fn certificate(view: &VerifyView<'_>, messages: &Messages) -> Answer<'static> {
    with_page(view, super::certificate::page(view, messages))
}

fn with_page(view: &VerifyView<'_>, page: Vec<Block>) -> Answer<'static> {
    let found = view.found;
    let english = Messages::new(Language::English);
    Answer {
        schema: SCHEMA,
        command: "teardown verify",
        generated_at: found.verified_at,
        coverage: Some(found.coverage.clone()),
        page: page.into(),
        rows: csv_rows(view, &english).into(),
        data: json!({
            "digest": view.digest,
            "verdict": found.verdict(),
            "verifier": view.verifier,
            "verification": found,
            "run": view.history,
        })
        .into(),
        records: records(view).into(),
        warnings: warnings(found),
    }
}

/// The verdict first, then one record a thing.
fn records(view: &VerifyView<'_>) -> Vec<Record> {
    let found = view.found;
    let mut records = vec![Record {
        record: "verification",
        value: json!({
            "digest": view.digest,
            "verdict": found.verdict(),
            "verifier": view.verifier,
            "verified_at": found.verified_at,
            "before": found.before,
            "after": found.after,
        }),
    }];
    let mut add = |record, values: Vec<Value>| {
        records.extend(values.into_iter().map(|value| Record { record, value }));
    };
    add(
        "left_over",
        found.left.iter().map(|left| json!(left)).collect(),
    );
    let unproven = found.unproven.iter();
    add("unproven", unproven.map(|one| json!(one)).collect());
    add("kept", found.kept.iter().map(|kept| json!(kept)).collect());
    add("gone", found.gone.iter().map(|gone| json!(gone)).collect());
    records
}

fn warnings(found: &Verification) -> Vec<Warning> {
    let missing = found.missing().map(|now| Warning {
        code: "kept_missing",
        message: format!(
            "{}/{} was kept by the plan and is not there any more",
            now.kept.id.type_id, now.kept.id.id
        ),
    });
    coverage::warning(&found.coverage)
        .into_iter()
        .chain(missing)
        .collect()
}

/// What the verdict says, with its numbers.
pub(super) fn verdict(view: &VerifyView<'_>, messages: &Messages) -> Block {
    let found = view.found;
    let key = match found.verdict() {
        Verdict::Clean => "verify-clean",
        Verdict::LeftOvers => "verify-left-overs",
        Verdict::KeptMissing => "verify-kept-missing",
        Verdict::Incomplete => "verify-incomplete",
    };
    let said = messages.text_with(
        key,
        &[
            ("gone", found.gone.len().into()),
            ("total", view.plan.steps.len().into()),
            ("left", found.left.len().into()),
            ("unproven", found.unproven.len().into()),
            ("missing", found.missing().count().into()),
            ("holes", found.holes().count().into()),
        ],
    );
    if found.verdict() == Verdict::Clean {
        Block::Text(said)
    } else {
        Block::Warning(said)
    }
}

fn page(view: &VerifyView<'_>, messages: &Messages) -> Vec<Block> {
    let found = view.found;
    let mut page = vec![
        Block::Heading(messages.text("verify-heading")),
        verdict(view, messages),
        Block::Pairs(facts(view, messages)),
    ];
    page.extend(left(view, messages));
    page.extend(missing(view, messages));
    page.extend(unproven(view, messages));
    page.push(Block::Heading(messages.text("plan-kept-heading")));
    page.push(if found.kept.is_empty() {
        Block::Text(messages.text("plan-kept-nothing"))
    } else {
        Block::Table(kept_table(found, Shown::Wide, messages))
    });
    page.push(Block::Heading(messages.text_with(
        "verify-gone-heading",
        &[("count", found.gone.len().into())],
    )));
    if !found.gone.is_empty() {
        let steps = found.gone.iter().map(|gone| gone.step.to_string());
        page.push(Block::List(steps.collect()));
    }
    page.extend(coverage::page(&found.coverage, messages));
    page
}

/// The left-overs, where there are any.
pub(super) fn left(view: &VerifyView<'_>, messages: &Messages) -> Vec<Block> {
    if view.found.left.is_empty() {
        return Vec::new();
    }
    vec![
        Block::Heading(messages.text("verify-left-heading")),
        Block::Table(left_table(view, messages)),
    ]
}

/// What was to stay and is not there, where there is any.
pub(super) fn missing(view: &VerifyView<'_>, messages: &Messages) -> Vec<Block> {
    let named: Vec<String> = view
        .found
        .missing()
        .map(|now| StepId::of(&now.kept.id).to_string())
        .collect();
    if named.is_empty() {
        return Vec::new();
    }
    vec![
        Block::Heading(messages.text("verify-missing-heading")),
        Block::Warning(messages.text("verify-missing")),
        Block::List(named),
    ]
}

/// What nobody can tell of, and what would have to be read for it, where there is any.
pub(super) fn unproven(view: &VerifyView<'_>, messages: &Messages) -> Vec<Block> {
    let found = view.found;
    let kept = found.kept.iter().filter(|now| now.is_there.is_none());
    let things: Vec<(&ResourceId, Option<&str>, &[Unread], &Cost)> = found
        .unproven
        .iter()
        .map(|one| (&one.id, one.name.as_deref(), &*one.unread, &one.cost))
        .chain(kept.map(|now| {
            let kept = &now.kept;
            (&kept.id, kept.name.as_deref(), &*now.unread, &now.cost)
        }))
        .collect();
    if things.is_empty() {
        return Vec::new();
    }
    let title = |key: &str| messages.text(key);
    let mut table = Table::new(vec![
        Column::new("type", title("column-type")),
        Column::new("id", title("column-id")).shrink(Shrink::Middle(10)),
        Column::new("name", title("column-name"))
            .shrink(Shrink::End(8))
            .shown(Shown::IfRoom(2)),
        Column::new("unread", title("column-unread")).shrink(Shrink::End(18)),
        Column::new("permission", title("column-permission")).shrink(Shrink::End(20)),
        Column::new("amount", title("column-amount")).number(),
        Column::new("request_id", title("column-request-id")).shown(Shown::Wide),
    ]);
    for (id, name, unread, cost) in things {
        let places: Vec<String> = unread.iter().map(|one| place(one, messages)).collect();
        let permissions: BTreeSet<String> = unread
            .iter()
            .map(|one| {
                let permission = one.missing_permission.as_deref();
                coverage::missing(permission, one.permission_confirmed, messages)
            })
            .filter(|permission| !permission.is_empty())
            .collect();
        let request_id = unread.iter().find_map(|one| one.request_id.as_deref());
        table.push(vec![
            id.type_id.as_str().into(),
            id.id.as_str().into(),
            Cell::maybe(name),
            places.join("; ").into(),
            permissions
                .into_iter()
                .collect::<Vec<_>>()
                .join(", ")
                .into(),
            amount(cost),
            Cell::maybe(request_id),
        ]);
    }
    vec![
        Block::Heading(messages.text("verify-unproven-heading")),
        Block::Text(messages.text("verify-unproven")),
        Block::Table(table),
    ]
}

/// `vpc.eip cn-hangzhou: denied`.
fn place(unread: &Unread, messages: &Messages) -> String {
    let place = match &unread.parent {
        Some(parent) => format!("{parent} ({})", unread.region),
        None => unread.region.to_string(),
    };
    let state = unread.state.map_or("state-not-asked", coverage::state_key);
    format!("{} {place}: {}", unread.type_id, messages.text(state))
}

fn facts(view: &VerifyView<'_>, messages: &Messages) -> Vec<(String, Cell)> {
    let (plan, found) = (view.plan, view.found);
    [
        ("plan-scope", plan.scope.join(" ")),
        ("plan-account", plan.binding.account.to_string()),
        ("plan-endpoint", plan.binding.endpoint.to_string()),
        ("plan-digest", view.digest.to_owned()),
        ("plan-read-at", time::format(plan.binding.read_at)),
        ("verify-at", time::format(found.verified_at)),
        ("verify-before", total(&found.before, messages)),
        ("verify-after", total(&found.after, messages)),
    ]
    .into_iter()
    .map(|(key, text)| (messages.text(key), Cell::text(text)))
    .collect()
}

fn reason(left: &LeftOver, messages: &Messages) -> String {
    let key = match left.because {
        LeftBecause::StillThere => "verify-still-there",
        LeftBecause::Recreated => "verify-recreated",
        LeftBecause::Outlived => "verify-outlived",
        LeftBecause::Appeared => "verify-appeared",
    };
    messages.text(key)
}

fn left_table(view: &VerifyView<'_>, messages: &Messages) -> Table {
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
    for left in &view.found.left {
        let told = view
            .history
            .and_then(|history| history.step(&StepId::of(&left.id)));
        table.push(vec![
            left.id.type_id.as_str().into(),
            left.id.id.as_str().into(),
            Cell::maybe(left.name.as_deref()),
            Cell::maybe(left.status.as_deref()),
            reason(left, messages).into(),
            amount(&left.cost),
            Cell::maybe(told.and_then(StepHistory::request_id)),
        ]);
    }
    table
}

/// `because`: where the fact is shown that the reason rests on.
pub(super) fn kept_table(found: &Verification, because: Shown, messages: &Messages) -> Table {
    let title = |key: &str| messages.text(key);
    let mut table = Table::new(vec![
        Column::new("type", title("column-type")),
        Column::new("id", title("column-id")).shrink(Shrink::Middle(10)),
        Column::new("name", title("column-name"))
            .shrink(Shrink::End(8))
            .shown(Shown::IfRoom(2)),
        Column::new("reason", title("column-reason")).shrink(Shrink::End(12)),
        Column::new("because", title("column-via")).shown(because),
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
            now.kept.refusal.because.as_str().into(),
            messages.text(there).into(),
            amount(&now.cost),
        ]);
    }
    table
}

/// The verdict, then one row a thing: left, kept, unproven, gone; then what could not be read.
fn csv_rows(view: &VerifyView<'_>, english: &Messages) -> Table {
    let found = view.found;
    let columns = [
        "record", "type", "region", "id", "status", "amounts", "note",
    ];
    let mut table = Table::new(
        columns
            .into_iter()
            .map(|key| Column::new(key, ""))
            .collect(),
    );
    let verdict = json!(found.verdict());
    table.push_named(&[
        ("record", "verdict".into()),
        ("id", view.digest.into()),
        ("status", Cell::maybe(verdict.as_str())),
        ("amounts", Cell::text(total(&found.after, english))),
    ]);
    for left in &found.left {
        table.push(vec![
            "left_over".into(),
            left.id.type_id.as_str().into(),
            left.id.region.as_str().into(),
            left.id.id.as_str().into(),
            Cell::maybe(left.status.as_deref()),
            amount(&left.cost),
            reason(left, english).into(),
        ]);
    }
    for now in &found.kept {
        table.push(vec![
            "kept".into(),
            now.kept.id.type_id.as_str().into(),
            now.kept.id.region.as_str().into(),
            now.kept.id.id.as_str().into(),
            match now.is_there {
                Some(true) => "there".into(),
                Some(false) => "missing".into(),
                None => Cell::Unknown,
            },
            amount(&now.cost),
            now.kept.refusal.code.as_str().into(),
        ]);
    }
    for one in &found.unproven {
        let places: Vec<String> = one.unread.iter().map(|one| place(one, english)).collect();
        table.push(vec![
            "unproven".into(),
            one.id.type_id.as_str().into(),
            one.id.region.as_str().into(),
            one.id.id.as_str().into(),
            Cell::Unknown,
            amount(&one.cost),
            places.join("; ").into(),
        ]);
    }
    for gone in &found.gone {
        table.push(vec![
            "gone".into(),
            gone.id.type_id.as_str().into(),
            gone.id.region.as_str().into(),
            gone.id.id.as_str().into(),
            "gone".into(),
            Cell::Empty,
            gone.evidence.as_str().into(),
        ]);
    }
    coverage::append_to_csv(&mut table, &found.coverage);
    table
}
