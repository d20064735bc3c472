//! The answer of `yunsweep history`.

use chrono::{DateTime, Utc};
use serde_json::json;

use crate::i18n::{Language, Messages};
use crate::output::answer::{Answer, Block, Record};
use crate::output::table::{Cell, Column, Shrink, Table};
use crate::store::Kept;

/// Name and version of the data.
pub const SCHEMA: &str = "yunsweep.history/1";

/// The answer for the scans that are kept.
pub fn answer(all: &[Kept], now: DateTime<Utc>, messages: &Messages) -> Answer<'static> {
    let page = if all.is_empty() {
        Block::Text(messages.text("history-nothing"))
    } else {
        Block::Table(table(all, messages))
    };
    let values: Vec<serde_json::Value> = all
        .iter()
        .map(|kept| {
            json!({
                "number": kept.number,
                "scanned_at": kept.entry.scanned_at,
                "accounts": kept.entry.accounts.split(',').collect::<Vec<_>>(),
                "regions": kept.entry.regions.split(',').collect::<Vec<_>>(),
                "resources": kept.entry.resources,
                "holes": kept.entry.holes,
            })
        })
        .collect();
    Answer {
        schema: SCHEMA,
        command: "history",
        generated_at: now,
        coverage: None,
        page: vec![page].into(),
        rows: table(all, &Messages::new(Language::English)).into(),
        records: values
            .iter()
            .map(|value| Record {
                record: "scan",
                value: value.clone(),
            })
            .collect::<Vec<_>>()
            .into(),
        data: json!({ "scans": values }).into(),
        warnings: Vec::new(),
    }
}

fn table(all: &[Kept], messages: &Messages) -> Table {
    let title = |key: &str| messages.text(key);
    let mut table = Table::new(vec![
        Column::new("number", title("column-scan")).number(),
        Column::new("scanned_at", title("column-scanned-at")),
        Column::new("accounts", title("column-account")),
        Column::new("regions", title("column-region")).shrink(Shrink::End(12)),
        Column::new("resources", title("column-resources")).number(),
        Column::new("holes", title("column-holes")).number(),
    ]);
    for kept in all {
        let entry = &kept.entry;
        table.push(vec![
            Cell::text(kept.number.to_string()),
            Cell::time(Some(entry.scanned_at)),
            entry.accounts.as_str().into(),
            entry.regions.as_str().into(),
            Cell::text(entry.resources.to_string()),
            Cell::text(entry.holes.to_string()),
        ]);
    }
    table
}
