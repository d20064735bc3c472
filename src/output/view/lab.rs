//! The answer of `yunsweep lab ls`.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::accounts;
use crate::i18n::{Language, Messages};
use crate::inventory::Inventory;
use crate::inventory::labs::{Expiry, Lab, LabBy};
use crate::model::time;
use crate::output::answer::{Answer, Block, Record};
use crate::output::coverage;
use crate::output::table::{Cell, Column, Shown, Shrink, Table};

/// Name and version of the data.
pub const SCHEMA: &str = "yunsweep.labs/1";

/// The answer for the labs of an inventory.
pub fn answer(
    labs: &[Lab<'_>],
    by: &LabBy<'_>,
    inventory: &Inventory,
    messages: &Messages,
) -> Answer<'static> {
    let at = inventory.scanned_at;
    let count = labs.iter().filter(|lab| lab.name.is_some()).count();
    let mut page = Vec::new();
    if !labs.is_empty() {
        page.push(Block::Table(table(labs, at, messages)));
    }
    let (key, value) = match by {
        LabBy::Tag(key) => ("lab-summary-tag", *key),
        LabBy::Name(prefix) => ("lab-summary-name", *prefix),
    };
    page.push(Block::Text(messages.text_with(
        key,
        &[
            ("count", count.into()),
            ("value", value.into()),
            ("time", time::format(at).into()),
        ],
    )));
    page.extend(coverage::page(&inventory.coverage, messages));
    let mut rows = table(labs, at, &Messages::new(Language::English));
    coverage::append_to_csv(&mut rows, &inventory.coverage);
    let values: Vec<Value> = labs.iter().map(|lab| value_of(lab, at)).collect();
    Answer {
        schema: SCHEMA,
        command: "lab ls",
        generated_at: at,
        coverage: Some(inventory.coverage.clone()),
        page: page.into(),
        rows: rows.into(),
        records: values
            .iter()
            .map(|value| Record {
                record: "lab",
                value: value.clone(),
            })
            .collect::<Vec<_>>()
            .into(),
        data: json!({ "labs": values }).into(),
        warnings: coverage::warning(&inventory.coverage).into_iter().collect(),
    }
}

fn table(labs: &[Lab<'_>], at: DateTime<Utc>, messages: &Messages) -> Table {
    let title = |key: &str| messages.text(key);
    let mut table = Table::new(vec![
        Column::new("record", "").shown(Shown::Csv),
        accounts::column(labs.iter().map(|lab| lab.account), messages),
        Column::new("lab", title("column-lab")).shrink(Shrink::End(10)),
        Column::new("type", "").shown(Shown::Csv),
        Column::new("region", "").shown(Shown::Csv),
        Column::new("status", "").shown(Shown::Csv),
        Column::new("clusters", title("column-clusters")).shrink(Shrink::Middle(10)),
        Column::new("belongings", title("column-belongings")).number(),
        Column::new("owner", title("column-owner")).shrink(Shrink::End(8)),
        Column::new("expires", title("column-expires")),
        Column::new("protected", title("column-protected")).number(),
        Column::new("note", "").shown(Shown::Csv),
    ]);
    for lab in labs {
        let clusters: Vec<&str> = lab
            .clusters
            .iter()
            .map(|cluster| cluster.id.id.as_str())
            .collect();
        let owners: Vec<&str> = lab.owners.iter().copied().collect();
        let name = lab.name.map_or_else(|| title("lab-none"), str::to_owned);
        table.push(vec![
            "lab".into(),
            lab.account.as_str().into(),
            name.into(),
            Cell::Empty,
            Cell::Empty,
            Cell::Empty,
            clusters.join(", ").into(),
            Cell::count(lab.belongings.len()),
            owners.join(", ").into(),
            expires(lab, at, messages),
            Cell::count(lab.protected),
            Cell::Empty,
        ]);
    }
    table
}

fn expires(lab: &Lab<'_>, at: DateTime<Utc>, messages: &Messages) -> Cell {
    match &lab.expiry {
        Expiry::Unsaid => Cell::Empty,
        Expiry::Unreadable(text) => messages
            .text_with("lab-expiry-unreadable", &[("text", (*text).into())])
            .into(),
        Expiry::Open(end) => {
            let end = [("time", time::format(*end).into())];
            messages.text_with("lab-expiry-open", &end).into()
        }
        Expiry::At(end) => {
            let end = time::format(*end);
            if lab.expiry.is_over(at) {
                messages
                    .text_with("lab-expired", &[("time", end.into())])
                    .into()
            } else {
                end.into()
            }
        }
    }
}

fn value_of(lab: &Lab<'_>, at: DateTime<Utc>) -> Value {
    let (end, unreadable) = match &lab.expiry {
        Expiry::Unsaid => (None, None),
        Expiry::At(end) | Expiry::Open(end) => (Some(time::format(*end)), None),
        Expiry::Unreadable(text) => (None, Some(*text)),
    };
    let ids = |resources: &[&crate::model::Resource]| -> Vec<Value> {
        resources.iter().map(|found| json!(found.id)).collect()
    };
    json!({
        "name": lab.name,
        "account": lab.account,
        "clusters": ids(&lab.clusters),
        "belongings": ids(&lab.belongings),
        "owners": lab.owners,
        "expires_at": end,
        "expires_at_unreadable": unreadable,
        "has_cluster_without_end": matches!(lab.expiry, Expiry::Open(_)),
        "is_expired": lab.expiry.is_over(at),
        "protected": lab.protected,
    })
}
