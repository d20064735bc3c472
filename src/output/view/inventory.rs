//! The answer of `yunsweep inventory`.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{accounts, owner};
use crate::i18n::{Language, Messages};
use crate::inventory::Inventory;
use crate::model::{AccountId, ChargeType, Region, Resource, TypeId, time};
use crate::output::answer::{Answer, Block, Part, Record};
use crate::output::table::{Cell, Column, Shown, Shrink, Table};
use crate::output::{console, coverage};

/// Name and version of the data.
pub const SCHEMA: &str = "yunsweep.inventory/1";

/// The answer for an inventory.
pub fn answer<'a>(inventory: &'a Inventory, messages: &'a Messages) -> Answer<'a> {
    Answer {
        schema: SCHEMA,
        command: "inventory",
        generated_at: inventory.scanned_at,
        coverage: Some(inventory.coverage.clone()),
        page: Part::later(|| page(inventory, messages)),
        rows: Part::later(|| {
            let mut rows = table(inventory, &Messages::new(Language::English));
            coverage::append_to_csv(&mut rows, &inventory.coverage);
            rows
        }),
        data: Part::later(|| {
            json!({
                "accounts": inventory.accounts,
                "resources": resources(inventory),
                "links": inventory.links,
                "observations": inventory.observations,
            })
        }),
        records: Part::later(|| records(inventory)),
        warnings: coverage::warning(&inventory.coverage).into_iter().collect(),
    }
}

fn page(inventory: &Inventory, messages: &Messages) -> Vec<Block> {
    let mut page = Vec::new();
    if inventory.resources.is_empty() {
        page.push(Block::Text(messages.text("inventory-empty")));
    } else {
        page.push(Block::Table(table(inventory, messages)));
    }
    page.push(Block::Text(summary(inventory, messages)));
    page.extend(coverage::page(&inventory.coverage, messages));
    page
}

fn resources(inventory: &Inventory) -> Vec<Value> {
    inventory
        .resources
        .iter()
        .map(|resource| with_console(inventory, resource))
        .collect()
}

/// A resource with the link to its page in the console, where there is one. A snapshot has none: the link follows from the rest.
pub(super) fn with_console(inventory: &Inventory, resource: &Resource) -> Value {
    let mut shown = json!(resource);
    if let (Some(fields), Some(url)) = (shown.as_object_mut(), console::url(inventory, resource)) {
        fields.insert("console_url".to_owned(), url.into());
    }
    shown
}

fn records(inventory: &Inventory) -> Vec<Record> {
    let resources = resources(inventory).into_iter().map(|value| Record {
        record: "resource",
        value,
    });
    let links = inventory.links.iter().map(|link| Record {
        record: "link",
        value: json!(link),
    });
    resources.chain(links).collect()
}

/// One row a resource.
fn table(inventory: &Inventory, messages: &Messages) -> Table {
    let title = |key: &str| messages.text(key);
    let mut table = Table::new(vec![
        Column::new("record", "").shown(Shown::Csv),
        accounts::column(inventory.accounts.iter().map(|one| &one.id), messages),
        Column::new("type", title("column-type")),
        Column::new("id", title("column-id")).shrink(Shrink::Middle(10)),
        Column::new("name", title("column-name")).shrink(Shrink::End(8)),
        Column::new("status", title("column-status")).shrink(Shrink::End(6)),
        Column::new("where", title("column-where")).shown(Shown::Page(1)),
        Column::new("region", title("column-region")).shown(Shown::Csv),
        Column::new("zone", title("column-zone")).shown(Shown::Csv),
        Column::new("owner", title("column-owner")).shrink(Shrink::Middle(14)),
        Column::new("owner_kind", "").shown(Shown::Csv),
        Column::new("owner_cluster", "").shown(Shown::Csv),
        Column::new("created_on", title("column-created")).shown(Shown::Page(2)),
        Column::new("created", "").shown(Shown::Csv),
        Column::new("charge_type", title("column-charge-type")).shown(Shown::Wide),
        Column::new("evidence", title("column-evidence")).shown(Shown::Wide),
        Column::new("tags", title("column-tags")).shown(Shown::Wide),
        Column::new("console_url", title("column-console")).shown(Shown::Wide),
        Column::new("note", title("column-note")).shown(Shown::Csv),
    ]);
    for resource in &inventory.resources {
        table.push(row(inventory, resource, messages));
    }
    table
}

fn row(inventory: &Inventory, resource: &Resource, messages: &Messages) -> Vec<Cell> {
    let id = &resource.id;
    let owned = resource.owner.as_ref();
    let tags: Vec<String> = resource
        .tags
        .iter()
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    vec![
        "resource".into(),
        id.account.as_str().into(),
        id.type_id.as_str().into(),
        id.id.as_str().into(),
        Cell::maybe(resource.name.as_deref()),
        Cell::maybe(resource.status.as_deref()),
        Cell::text(resource.zone.as_deref().unwrap_or(id.region.as_str())),
        id.region.as_str().into(),
        Cell::maybe(resource.zone.as_deref()),
        owner::cell(owned, messages),
        Cell::text(owned.map_or_else(String::new, |owner| code(&owner.kind))),
        Cell::maybe(owned.and_then(|owner| owner.cluster.as_deref())),
        resource.created.map_or(Cell::Empty, |created| {
            Cell::Text(created.format("%Y-%m-%d").to_string())
        }),
        Cell::time(resource.created),
        paid(resource.charge_type, messages),
        Cell::text(owned.map_or_else(String::new, |owner| owner::evidence(owner).join("; "))),
        Cell::text(tags.join(" ")),
        Cell::maybe(console::url(inventory, resource).as_deref()),
        Cell::Empty,
    ]
}

fn paid(charge_type: ChargeType, messages: &Messages) -> Cell {
    let key = match charge_type {
        ChargeType::PayAsYouGo => "paid-pay-as-you-go",
        ChargeType::Subscription => "paid-subscription",
        ChargeType::Spot => "paid-spot",
        ChargeType::Free => "paid-free",
        ChargeType::Unknown => return Cell::Unknown,
    };
    Cell::Text(messages.text(key))
}

/// The code that serde writes for a plain enum.
fn code<T: serde::Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(code)) => code,
        _ => String::new(),
    }
}

/// Where and when, in a sentence.
pub(super) fn summary(inventory: &Inventory, messages: &Messages) -> String {
    let types: BTreeSet<&TypeId> = inventory
        .resources
        .iter()
        .map(|resource| &resource.id.type_id)
        .collect();
    let regions: BTreeSet<&Region> = inventory
        .accounts
        .iter()
        .flat_map(|account| &account.regions)
        .collect();
    let accounts: BTreeSet<&AccountId> = inventory
        .accounts
        .iter()
        .map(|account| &account.id)
        .collect();
    let first = |text: Option<&str>| text.unwrap_or("?").to_owned();
    let regions = messages.text_with(
        "inventory-regions",
        &[
            ("count", regions.len().into()),
            (
                "first",
                first(regions.first().map(|region| region.as_str())).into(),
            ),
        ],
    );
    let accounts = messages.text_with(
        "inventory-accounts",
        &[
            ("count", accounts.len().into()),
            (
                "first",
                first(accounts.first().map(|account| account.as_str())).into(),
            ),
        ],
    );
    messages.text_with(
        "inventory-summary",
        &[
            ("count", inventory.resources.len().into()),
            ("types", types.len().into()),
            ("accounts", accounts.into()),
            ("regions", regions.into()),
            ("time", time::format(inventory.scanned_at).into()),
        ],
    )
}
