//! The answers of `yunsweep ledger`.

use std::path::Path;

use serde_json::json;

use super::owner;
use crate::i18n::{Language, Messages};
use crate::inventory::Inventory;
use crate::inventory::ledger::{Became, Owned, SavedLedger};
use crate::model::{Owner, OwnerKind, time};
use crate::output::answer::{Answer, Block, Record};
use crate::output::coverage;
use crate::output::table::{Cell, Column, Shown, Shrink, Table};

/// Name and version of the data.
pub const SCHEMA: &str = "yunsweep.ledger/1";

/// What was saved.
pub fn saved(
    ledger: &SavedLedger,
    path: &Path,
    inventory: &Inventory,
    messages: &Messages,
) -> Answer<'static> {
    let rows: Vec<(&Owned, Option<Became>)> =
        ledger.owned.iter().map(|owned| (owned, None)).collect();
    let said = messages.text_with(
        "ledger-saved",
        &[
            ("count", ledger.owned.len().into()),
            ("clusters", ledger.clusters.len().into()),
            ("path", path.display().to_string().into()),
        ],
    );
    let mut rows_of_file = table(&rows, &Messages::new(Language::English));
    coverage::append_to_csv(&mut rows_of_file, &inventory.coverage);
    Answer {
        rows: rows_of_file.into(),
        data: json!(ledger).into(),
        ..answer("ledger save", &rows, vec![said], inventory, messages)
    }
}

/// What became of it.
pub fn checked(
    ledger: &SavedLedger,
    found: &[(&Owned, Became)],
    inventory: &Inventory,
    messages: &Messages,
) -> Answer<'static> {
    let count = |wanted: Became| found.iter().filter(|(_, became)| *became == wanted).count();
    let mut said = vec![messages.text_with(
        "ledger-checked",
        &[
            ("gone", count(Became::Gone).into()),
            ("there", count(Became::There).into()),
            ("unclear", count(Became::Unclear).into()),
            ("time", time::format(ledger.scanned_at).into()),
        ],
    )];
    if !ledger.holes.is_empty() {
        let holes = [("count", ledger.holes.len().into())];
        said.push(messages.text_with("ledger-had-holes", &holes));
    }
    let rows: Vec<(&Owned, Option<Became>)> = found
        .iter()
        .map(|(owned, became)| (*owned, Some(*became)))
        .collect();
    let mut rows_of_file = table(&rows, &Messages::new(Language::English));
    coverage::append_holes(&mut rows_of_file, "not_read_then", &ledger.holes);
    coverage::append_to_csv(&mut rows_of_file, &inventory.coverage);
    let of_then = json!({
        "scanned_at": ledger.scanned_at,
        "clusters": ledger.clusters,
        "holes": ledger.holes,
    });
    let mut records = owned_records(&rows);
    records.push(Record {
        record: "ledger",
        value: of_then,
    });
    Answer {
        rows: rows_of_file.into(),
        records: records.into(),
        data: json!({
            "scanned_at": ledger.scanned_at,
            "clusters": ledger.clusters,
            "holes": ledger.holes,
            "owned": owned_values(&rows),
        })
        .into(),
        ..answer("ledger check", &rows, said, inventory, messages)
    }
}

fn owned_records(rows: &[(&Owned, Option<Became>)]) -> Vec<Record> {
    let values = owned_values(rows).into_iter();
    values
        .map(|value| Record {
            record: "owned",
            value,
        })
        .collect()
}

fn owned_values(rows: &[(&Owned, Option<Became>)]) -> Vec<serde_json::Value> {
    rows.iter()
        .map(|(owned, became)| json!({ "owned": owned, "became": became }))
        .collect()
}

fn answer(
    command: &'static str,
    rows: &[(&Owned, Option<Became>)],
    said: Vec<String>,
    inventory: &Inventory,
    messages: &Messages,
) -> Answer<'static> {
    let mut page = vec![Block::Table(table(rows, messages))];
    page.extend(said.into_iter().map(Block::Text));
    page.extend(coverage::page(&inventory.coverage, messages));
    Answer {
        schema: SCHEMA,
        command,
        generated_at: inventory.scanned_at,
        coverage: Some(inventory.coverage.clone()),
        page: page.into(),
        rows: table(rows, &Messages::new(Language::English)).into(),
        records: owned_records(rows).into(),
        data: json!({ "owned": owned_values(rows) }).into(),
        warnings: coverage::warning(&inventory.coverage).into_iter().collect(),
    }
}

fn table(rows: &[(&Owned, Option<Became>)], messages: &Messages) -> Table {
    let title = |key: &str| messages.text(key);
    let is_checked = rows.iter().any(|(_, became)| became.is_some());
    let became = Column::new("became", title("column-status"));
    let mut table = Table::new(vec![
        Column::new("record", "").shown(Shown::Csv),
        Column::new("account", title("column-account")).shown(Shown::Wide),
        if is_checked {
            became
        } else {
            became.shown(Shown::Csv)
        },
        Column::new("type", title("column-type")),
        Column::new("id", title("column-id")).shrink(Shrink::Middle(10)),
        Column::new("name", title("column-name")).shrink(Shrink::End(8)),
        Column::new("region", title("column-region")).shown(Shown::IfRoom(1)),
        Column::new("cluster", title("column-owner")).shrink(Shrink::Middle(14)),
        Column::new("confidence", title("column-confidence")).shown(Shown::IfRoom(2)),
        Column::new("evidence", title("column-evidence")).shown(Shown::Wide),
        Column::new("status", "").shown(Shown::Csv),
        Column::new("note", "").shown(Shown::Csv),
    ]);
    for (owned, became) in rows {
        // The views show an owner, and a ledger has what one is made of.
        let owner = Owner {
            kind: OwnerKind::Cluster,
            name: String::new(),
            cluster: Some(owned.cluster.clone()),
            confidence: owned.confidence,
            evidence: owned.evidence.clone(),
        };
        table.push(vec![
            "owned".into(),
            owned.id.account.as_str().into(),
            match became {
                None => Cell::Empty,
                Some(Became::Gone) => Cell::text(messages.text("ledger-gone")),
                Some(Became::There) => Cell::text(messages.text("ledger-there")),
                Some(Became::Unclear) => Cell::Unknown,
            },
            owned.id.type_id.as_str().into(),
            owned.id.id.as_str().into(),
            Cell::maybe(owned.name.as_deref()),
            owned.id.region.as_str().into(),
            owned.cluster.as_str().into(),
            Cell::text(owner::confidence(&owner, messages)),
            Cell::text(owner::evidence(&owner).join("; ")),
            Cell::Empty,
            Cell::Empty,
        ]);
    }
    table
}
