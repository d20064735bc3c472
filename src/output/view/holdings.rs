//! The answer of `yunsweep inventory --by owner`.

use serde_json::json;

use super::inventory::summary;
use super::{accounts, owner};
use crate::i18n::{Language, Messages};
use crate::inventory::Inventory;
use crate::inventory::holdings::{Held, Holder, Holdings, State, holdings};
use crate::output::answer::{Answer, Block, Record};
use crate::output::coverage;
use crate::output::table::{Cell, Column, Shown, Shrink, Table};

/// Name and version of the data.
pub const SCHEMA: &str = "yunsweep.inventory.by-owner/1";

/// The answer for an inventory.
pub fn answer(inventory: &Inventory, messages: &Messages) -> Answer<'static> {
    let found = holdings(inventory);
    let mut page = Vec::new();
    if found.holders.is_empty() {
        page.push(Block::Text(messages.text("inventory-empty")));
    }
    for holder in &found.holders {
        page.push(Block::Heading(heading(holder, messages)));
        let mut table = table(&found, messages);
        for held in &holder.held {
            table.push(row(holder, held, messages));
        }
        page.push(Block::Table(table));
    }
    if !found.without_resource.is_empty() {
        page.push(Block::Heading(messages.text("holder-without-resource")));
        page.push(Block::List(missing(&found, messages)));
    }
    page.push(Block::Text(summary(inventory, messages)));
    let objects = inventory.resources.iter();
    let objects = objects.filter(|found| found.id.type_id.is_kubernetes());
    let count = [("count", objects.count().into())];
    page.push(Block::Text(messages.text_with("holder-objects", &count)));
    page.extend(coverage::page(&inventory.coverage, messages));
    Answer {
        schema: SCHEMA,
        command: "inventory",
        generated_at: inventory.scanned_at,
        coverage: Some(inventory.coverage.clone()),
        page: page.into(),
        rows: rows(inventory, &found).into(),
        data: json!({
            "accounts": inventory.accounts,
            "holders": found.holders.iter().map(value).collect::<Vec<_>>(),
            "without_resource": found.without_resource,
        })
        .into(),
        records: records(&found).into(),
        warnings: coverage::warning(&inventory.coverage).into_iter().collect(),
    }
}

fn heading(holder: &Holder<'_>, messages: &Messages) -> String {
    let key = match holder.state {
        State::There => "holder-there",
        State::NotListed => "holder-not-listed",
        State::Unclear => "holder-unclear",
        State::Resource => "holder-resource",
        State::Nobody => "holder-nobody",
        State::Unknown => "holder-unknown",
    };
    let cluster = match (holder.name, holder.cluster) {
        (Some(name), Some(id)) => format!("{name} ({id})"),
        (None, Some(id)) => id.to_owned(),
        (_, None) => String::new(),
    };
    messages.text_with(
        key,
        &[
            ("cluster", cluster.into()),
            ("count", holder.held.len().into()),
        ],
    )
}

/// The columns of every table of the page, and of the rows.
fn table(found: &Holdings<'_>, messages: &Messages) -> Table {
    let title = |key: &str| messages.text(key);
    Table::new(vec![
        Column::new("record", "").shown(Shown::Csv),
        accounts::column(found.holders.iter().map(|holder| holder.account), messages),
        Column::new("state", "").shown(Shown::Csv),
        Column::new("cluster", "").shown(Shown::Csv),
        Column::new("cluster_name", "").shown(Shown::Csv),
        Column::new("type", title("column-type")),
        Column::new("id", title("column-id")).shrink(Shrink::Middle(10)),
        Column::new("name", title("column-name")).shrink(Shrink::End(8)),
        Column::new("status", title("column-status")).shrink(Shrink::End(6)),
        Column::new("region", title("column-region")).shown(Shown::Page(1)),
        Column::new("owner", title("column-owner")).shrink(Shrink::Middle(14)),
        Column::new("confidence", title("column-confidence")).shown(Shown::Page(2)),
        Column::new("evidence", title("column-evidence")).shown(Shown::Wide),
        Column::new("note", title("column-note")),
    ])
}

fn row(holder: &Holder<'_>, held: &Held<'_>, messages: &Messages) -> Vec<Cell> {
    let (resource, id) = (held.resource, held.id);
    let owned = resource.owner.as_ref();
    let is_named = matches!(
        holder.state,
        State::There | State::NotListed | State::Unclear | State::Resource
    );
    let confidence = owned.filter(|_| is_named);
    vec![
        "resource".into(),
        id.account.as_str().into(),
        code(holder.state).into(),
        Cell::maybe(holder.cluster),
        Cell::maybe(holder.name),
        id.type_id.as_str().into(),
        id.id.as_str().into(),
        Cell::maybe(resource.name.as_deref()),
        Cell::maybe(resource.status.as_deref()),
        id.region.as_str().into(),
        owner::cell(owned, messages),
        confidence.map_or(Cell::Empty, |owner| {
            Cell::text(owner::confidence(owner, messages))
        }),
        Cell::text(owned.map_or_else(String::new, |owner| owner::evidence(owner).join("; "))),
        if held.is_orphan {
            Cell::text(messages.text("holder-object-gone"))
        } else {
            Cell::Empty
        },
    ]
}

fn code(state: State) -> &'static str {
    match state {
        State::There => "there",
        State::NotListed => "not_listed",
        State::Unclear => "unclear",
        State::Resource => "resource",
        State::Nobody => "nobody",
        State::Unknown => "unknown",
    }
}

fn missing(found: &Holdings<'_>, messages: &Messages) -> Vec<String> {
    let lines = found.without_resource.iter();
    lines
        .map(|missing| {
            messages.text_with(
                "holder-expects",
                &[
                    ("object", missing.object.to_string().into()),
                    ("expects", missing.expects.to_string().into()),
                    ("via", missing.via.into()),
                ],
            )
        })
        .collect()
}

fn rows(inventory: &Inventory, found: &Holdings<'_>) -> Table {
    let english = Messages::new(Language::English);
    let mut rows = table(found, &english);
    for holder in &found.holders {
        for held in &holder.held {
            rows.push(row(holder, held, &english));
        }
    }
    for (missing, said) in found.without_resource.iter().zip(missing(found, &english)) {
        rows.push_named(&[
            ("record", "without_resource".into()),
            ("account", missing.object.account.as_str().into()),
            ("type", missing.object.type_id.as_str().into()),
            ("id", missing.object.id.as_str().into()),
            ("region", missing.object.region.as_str().into()),
            ("note", said.into()),
        ]);
    }
    coverage::append_to_csv(&mut rows, &inventory.coverage);
    rows
}

fn value(holder: &Holder<'_>) -> serde_json::Value {
    let held: Vec<serde_json::Value> = holder
        .held
        .iter()
        .map(|held| {
            json!({
                "id": held.id,
                "name": held.resource.name,
                "owner": held.resource.owner,
                "object_is_gone": held.is_orphan,
            })
        })
        .collect();
    json!({
        "account": holder.account,
        "cluster": holder.cluster,
        "name": holder.name,
        "state": holder.state,
        "resources": held,
    })
}

fn records(found: &Holdings<'_>) -> Vec<Record> {
    let holders = found.holders.iter().map(|holder| Record {
        record: "holder",
        value: value(holder),
    });
    let missing = found.without_resource.iter().map(|missing| Record {
        record: "without_resource",
        value: json!(missing),
    });
    holders.chain(missing).collect()
}
