//! The answer of `yunsweep diff`: what appeared, vanished and changed between two scans, with money.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::i18n::{Language, Messages};
use crate::inventory::Inventory;
use crate::inventory::diff::{Change, Difference};
use crate::model::{CoverageRow, Resource, ResourceId, time};
use crate::output::answer::{Answer, Block, Record, Warning};
use crate::output::table::{Cell, Column, Shown, Shrink, Table};
use crate::output::{coverage, money};
use crate::pricing::Estimate;
use crate::pricing::estimate::Total;

/// Name and version of the data.
pub const SCHEMA: &str = "yunsweep.diff/1";

/// One of the two scans, with its money.
pub struct Side<'a> {
    scanned_at: DateTime<Utc>,
    coverage: &'a [CoverageRow],
    total: &'a Total,
    of: HashMap<&'a ResourceId, Total>,
}

impl<'a> Side<'a> {
    /// A scan and its estimate.
    pub fn new(inventory: &'a Inventory, estimate: &'a Estimate) -> Self {
        let mut of: HashMap<&ResourceId, Total> = HashMap::new();
        for line in &estimate.lines {
            of.entry(&line.resource).or_default().add(&line.outcome);
        }
        Self {
            scanned_at: inventory.scanned_at,
            coverage: &inventory.coverage,
            total: &estimate.total,
            of,
        }
    }

    /// What a resource costs a month; nothing where nothing is billed for it.
    fn of(&self, resource: &Resource) -> Total {
        self.of.get(&resource.id).cloned().unwrap_or_default()
    }
}

/// One line of the answer.
struct Row<'a> {
    what: What,
    resource: &'a Resource,
    changes: &'a [Change],
    before: Option<Total>,
    after: Option<Total>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    Appeared,
    Vanished,
    Changed,
    UnseenBefore,
    UnseenAfter,
}

impl What {
    fn code(self) -> &'static str {
        match self {
            Self::Appeared => "appeared",
            Self::Vanished => "vanished",
            Self::Changed => "changed",
            Self::UnseenBefore => "unseen_before",
            Self::UnseenAfter => "unseen_after",
        }
    }

    fn key(self) -> &'static str {
        match self {
            Self::Appeared => "diff-appeared",
            Self::Vanished => "diff-vanished",
            Self::Changed => "diff-changed",
            Self::UnseenBefore => "diff-unseen-before",
            Self::UnseenAfter => "diff-unseen-after",
        }
    }
}

/// The answer for a difference.
pub fn answer(
    found: &Difference<'_>,
    before: &Side<'_>,
    after: &Side<'_>,
    messages: &Messages,
) -> Answer<'static> {
    let rows = rows(found, before, after);
    let mut page = Vec::new();
    if rows.is_empty() {
        page.push(Block::Text(messages.text("diff-nothing")));
    } else {
        page.push(Block::Table(table(&rows, messages)));
    }
    page.push(Block::Text(summary(&rows, found, messages)));
    page.push(Block::Text(totals(before, after, messages)));
    let unseen = found.unseen_before.len() + found.unseen_after.len();
    if unseen > 0 {
        page.push(Block::Warning(
            messages.text_with("diff-unseen", &[("count", unseen.into())]),
        ));
    }
    page.extend(coverage::page(after.coverage, messages));
    let values: Vec<Value> = rows.iter().map(value).collect();
    let unseen = (unseen > 0).then(|| Warning {
        code: "not_compared",
        message: format!(
            "{unseen} resources are in one scan only, and the other one did not read their place"
        ),
    });
    Answer {
        schema: SCHEMA,
        command: "diff",
        generated_at: after.scanned_at,
        coverage: Some(after.coverage.to_vec()),
        page: page.into(),
        rows: table(&rows, &Messages::new(Language::English)).into(),
        records: rows
            .iter()
            .zip(&values)
            .map(|(row, value)| Record {
                record: row.what.code(),
                value: value.clone(),
            })
            .collect::<Vec<_>>()
            .into(),
        data: json!({
            "before": side(before),
            "after": side(after),
            "differences": values,
            "unchanged": unchanged(&rows, found),
        })
        .into(),
        warnings: [before.coverage, after.coverage]
            .into_iter()
            .filter_map(coverage::warning)
            .chain(unseen)
            .collect(),
    }
}

fn rows<'a>(found: &'a Difference<'_>, before: &Side<'_>, after: &Side<'_>) -> Vec<Row<'a>> {
    let only = |what, all: &'a [&Resource], side: &Side<'_>| -> Vec<Row<'a>> {
        let is_before = matches!(what, What::Vanished | What::UnseenAfter);
        all.iter()
            .map(|resource| {
                let money = Some(side.of(resource));
                Row {
                    what,
                    resource,
                    changes: &[],
                    before: if is_before { money.clone() } else { None },
                    after: if is_before { None } else { money },
                }
            })
            .collect()
    };
    let mut rows = only(What::Appeared, &found.appeared, after);
    rows.extend(only(What::Vanished, &found.vanished, before));
    rows.extend(found.stayed.iter().filter_map(|stayed| {
        let money = (before.of(stayed.before), after.of(stayed.after));
        // The price alone may change, too: by its date, or by what stands beside the resource.
        (!stayed.changes.is_empty() || money.0 != money.1).then(|| Row {
            what: What::Changed,
            resource: stayed.after,
            changes: &stayed.changes,
            before: Some(money.0),
            after: Some(money.1),
        })
    }));
    rows.extend(only(What::UnseenBefore, &found.unseen_before, after));
    rows.extend(only(What::UnseenAfter, &found.unseen_after, before));
    rows
}

fn unchanged(rows: &[Row<'_>], found: &Difference<'_>) -> usize {
    let changed = rows.iter().filter(|row| row.what == What::Changed).count();
    found.stayed.len() - changed
}

fn table(rows: &[Row<'_>], messages: &Messages) -> Table {
    let title = |key: &str| messages.text(key);
    let mut table = Table::new(vec![
        Column::new("difference", title("column-difference")),
        Column::new("account", title("column-account")).shown(Shown::Wide),
        Column::new("region", title("column-region")).shown(Shown::Wide),
        Column::new("type", title("column-type")),
        Column::new("id", title("column-id")).shrink(Shrink::Middle(10)),
        Column::new("name", title("column-name")).shrink(Shrink::End(8)),
        Column::new("changes", title("column-changes")).shrink(Shrink::End(20)),
        Column::new("monthly_before", title("column-monthly-before")).number(),
        Column::new("monthly_after", title("column-monthly-after")).number(),
    ]);
    for row in rows {
        let id = &row.resource.id;
        let amount = |total: &Option<Total>| match total {
            None => Cell::Empty,
            Some(total) => cell(total),
        };
        table.push(vec![
            messages.text(row.what.key()).into(),
            id.account.as_str().into(),
            id.region.as_str().into(),
            id.type_id.as_str().into(),
            id.id.as_str().into(),
            Cell::maybe(row.resource.name.as_deref()),
            Cell::text(sentence(row.changes)),
            amount(&row.before),
            amount(&row.after),
        ]);
    }
    table
}

/// Unknown is not zero: what is only known in part is marked.
fn cell(total: &Total) -> Cell {
    match (total.sums.is_empty(), total.is_at_least()) {
        (true, true) => Cell::Unknown,
        (true, false) => Cell::Empty,
        (false, true) => Cell::Text(format!(">= {}", money::sums(&total.sums))),
        (false, false) => Cell::Text(money::sums(&total.sums)),
    }
}

fn sentence(changes: &[Change]) -> String {
    let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".to_owned());
    changes
        .iter()
        .map(|change| {
            format!(
                "{}: {} -> {}",
                change.field,
                shown(&change.before),
                shown(&change.after)
            )
        })
        .collect::<Vec<_>>()
        .join("; ")
}

fn summary(rows: &[Row<'_>], found: &Difference<'_>, messages: &Messages) -> String {
    let changed = rows.iter().filter(|row| row.what == What::Changed).count();
    messages.text_with(
        "diff-summary",
        &[
            ("appeared", found.appeared.len().into()),
            ("vanished", found.vanished.len().into()),
            ("changed", changed.into()),
            ("unchanged", unchanged(rows, found).into()),
        ],
    )
}

fn totals(before: &Side<'_>, after: &Side<'_>, messages: &Messages) -> String {
    let amount = |side: &Side<'_>| {
        let is_part =
            side.total.is_at_least() || !coverage::Summary::of(side.coverage).is_complete();
        let sums = money::sums(&side.total.sums);
        if is_part {
            messages.text_with("diff-at-least", &[("amount", sums.into())])
        } else {
            sums
        }
    };
    messages.text_with(
        "diff-totals",
        &[
            ("before", time::format(before.scanned_at).into()),
            ("before_amount", amount(before).into()),
            ("after", time::format(after.scanned_at).into()),
            ("after_amount", amount(after).into()),
        ],
    )
}

fn side(side: &Side<'_>) -> Value {
    json!({
        "scanned_at": side.scanned_at,
        "total": side.total,
        "is_complete": coverage::Summary::of(side.coverage).is_complete(),
    })
}

fn value(row: &Row<'_>) -> Value {
    json!({
        "difference": row.what.code(),
        "id": row.resource.id,
        "name": row.resource.name,
        "changes": row.changes,
        "monthly_before": row.before,
        "monthly_after": row.after,
    })
}
