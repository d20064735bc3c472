//! The answer of `yunsweep why`: everything behind one resource.

use serde_json::json;

use super::inventory::with_console;
use super::{cost, owner};
use crate::i18n::{Language, Messages};
use crate::inventory::Inventory;
use crate::model::{Link, Resource, ResourceId};
use crate::output::answer::{Answer, Block, Record};
use crate::output::table::{Cell, Column, Shrink, Table};
use crate::output::{console, coverage};
use crate::pricing::line::PriceRow;
use crate::pricing::{Line, Outcome};

/// Name and version of the data.
pub const SCHEMA: &str = "yunsweep.why/1";

/// The answer for a resource of an inventory; `lines` are its lines of the estimate.
pub fn answer(
    inventory: &Inventory,
    resource: &Resource,
    lines: &[&Line],
    messages: &Messages,
) -> Answer<'static> {
    let links: Vec<&Link> = inventory
        .links
        .iter()
        .filter(|link| link.from == resource.id || link.to == resource.id)
        .collect();
    let console = console::url(inventory, resource);
    let mut page = vec![Block::Pairs(facts(resource, console.as_deref(), messages))];
    page.extend(owner_page(resource, messages));
    page.push(Block::Heading(messages.text("why-links-heading")));
    page.push(if links.is_empty() {
        Block::Text(messages.text("why-no-links"))
    } else {
        Block::Table(links_table(inventory, resource, &links, messages))
    });
    page.push(Block::Heading(messages.text("why-charges-heading")));
    if lines.is_empty() {
        page.push(Block::Text(messages.text("why-no-charges")));
    }
    for line in lines {
        page.push(Block::Pairs(line_pairs(line, messages)));
    }
    if !resource.unreadable.is_empty() {
        page.push(Block::Warning(messages.text_with(
            "why-unreadable",
            &[("names", resource.unreadable.join(", ").into())],
        )));
    }
    page.extend(coverage::page(&inventory.coverage, messages));
    let english = Messages::new(Language::English);
    let data =
        json!({ "resource": with_console(inventory, resource), "links": links, "lines": lines });
    Answer {
        schema: SCHEMA,
        command: "why",
        generated_at: inventory.scanned_at,
        coverage: Some(inventory.coverage.clone()),
        page: page.into(),
        rows: csv_rows(resource, console.as_deref(), &links, lines, &english).into(),
        records: vec![Record {
            record: "why",
            value: data.clone(),
        }]
        .into(),
        data: data.into(),
        warnings: coverage::warning(&inventory.coverage).into_iter().collect(),
    }
}

fn facts(resource: &Resource, console: Option<&str>, messages: &Messages) -> Vec<(String, Cell)> {
    let id = &resource.id;
    let all = [
        ("column-type", Cell::text(id.type_id.as_str())),
        ("column-id", Cell::text(&id.id)),
        ("column-name", Cell::maybe(resource.name.as_deref())),
        ("column-status", Cell::maybe(resource.status.as_deref())),
        ("column-account", Cell::text(id.account.as_str())),
        ("column-region", Cell::text(id.region.as_str())),
        ("column-zone", Cell::maybe(resource.zone.as_deref())),
        ("column-created", Cell::time(resource.created)),
        (
            "column-charge-type",
            Cell::text(resource.charge_type.as_str()),
        ),
        ("column-console", Cell::maybe(console)),
    ];
    let attributes = resource
        .attributes
        .iter()
        .map(|(name, value)| (name.to_owned(), Cell::text(value.to_string())));
    all.into_iter()
        .map(|(key, cell)| (messages.text(key), cell))
        .chain(attributes)
        .filter(|(_, cell)| *cell != Cell::Empty)
        .collect()
}

fn owner_page(resource: &Resource, messages: &Messages) -> Vec<Block> {
    let mut page = vec![Block::Heading(messages.text("why-owner-heading"))];
    let Some(owner) = &resource.owner else {
        page.push(Block::Text(messages.text("owner-unknown-long")));
        return page;
    };
    let text = match (owner::short(owner, messages), owner.kind) {
        (None, _) => messages.text("owner-unknown-long"),
        (Some(_), crate::model::OwnerKind::None) => messages.text("owner-none-long"),
        (Some(short), _) => messages.text_with(
            "why-owner-is",
            &[
                ("owner", short.into()),
                ("confidence", owner::confidence(owner, messages).into()),
            ],
        ),
    };
    page.push(Block::Text(text));
    let evidence = owner::evidence(owner);
    if !evidence.is_empty() {
        page.push(Block::List(evidence));
    }
    page
}

fn links_table(
    inventory: &Inventory,
    resource: &Resource,
    links: &[&Link],
    messages: &Messages,
) -> Table {
    let title = |key: &str| messages.text(key);
    let mut table = Table::new(vec![
        Column::new("link", title("column-link")),
        Column::new("type", title("column-type")),
        Column::new("other", title("column-other")).shrink(Shrink::Middle(12)),
        Column::new("name", title("column-name")).shrink(Shrink::End(8)),
        Column::new("via", title("column-via")).shrink(Shrink::End(16)),
    ]);
    for link in links {
        let is_outgoing = link.from == resource.id;
        let other = if is_outgoing { &link.to } else { &link.from };
        // Read from the resource that `why` is about: `-> uses`, or `<- uses` where the other one uses it.
        let arrow = if is_outgoing { "->" } else { "<-" };
        table.push(vec![
            format!("{arrow} {}", link.kind.as_str()).into(),
            other.type_id.as_str().into(),
            other.id.as_str().into(),
            name_of(inventory, other, messages),
            link.via.as_str().into(),
        ]);
    }
    table
}

fn name_of(inventory: &Inventory, id: &ResourceId, messages: &Messages) -> Cell {
    match inventory.get(id) {
        Some(found) => Cell::maybe(found.name.as_deref()),
        None => Cell::text(messages.text("why-missing")),
    }
}

/// Everything behind one line of the estimate.
fn line_pairs(line: &Line, messages: &Messages) -> Vec<(String, Cell)> {
    let mut pairs = vec![(cost::item(line), Cell::text(cost::amount(line, messages)))];
    let mut push = |key: &str, text: String| {
        pairs.push((format!("  {}", messages.text(key)), Cell::text(text)));
    };
    let explained = match line.outcome {
        Outcome::Priced { .. } => "why-formula",
        Outcome::Usage { .. } => "why-decides",
        Outcome::Free { .. } | Outcome::Unknown { .. } => "why-reason",
    };
    push(
        explained,
        cost::explanation(&line.outcome, messages).to_owned(),
    );
    if let Outcome::Unknown {
        hint: Some(hint), ..
    } = &line.outcome
    {
        push("why-hint", messages.said(hint).to_owned());
    }
    if cost::is_list_price(line) {
        push("why-note", messages.text("cost-list-price"));
    }
    for row in cost::price_rows(&line.outcome) {
        push(
            "why-price-row",
            format!("{} [{}]", cost::price(row, messages), row.place),
        );
        push("why-source", source(row, messages));
    }
    if let Outcome::Priced { confirmed_by, .. } = &line.outcome {
        for row in confirmed_by {
            push("why-confirmed", source(row, messages));
        }
    }
    for alternative in cost::disputes(&line.outcome) {
        let monthly = alternative
            .monthly
            .map_or_else(String::new, |money| format!(" = {money}"));
        let row = &alternative.row;
        push(
            "why-disputed",
            format!(
                "{}{monthly}: {} [{}]",
                cost::price(row, messages),
                source(row, messages),
                row.place
            ),
        );
    }
    for assumption in &line.assumptions {
        push("why-assumption", messages.said(assumption).to_owned());
    }
    pairs
}

/// `ECS price list, 2026-01-31, https://... (grade A)`
fn source(row: &PriceRow, messages: &Messages) -> String {
    let date = row
        .as_of
        .map_or_else(|| messages.text("date-undated"), |date| date.to_string());
    let address = if row.url.is_empty() {
        String::new()
    } else {
        format!(", {}", row.url)
    };
    let grade = row
        .grade
        .map_or_else(String::new, |grade| format!(" ({grade:?})"));
    format!("{}, {date}{address}{grade}", row.title)
}

fn csv_rows(
    resource: &Resource,
    console: Option<&str>,
    links: &[&Link],
    lines: &[&Line],
    english: &Messages,
) -> Table {
    let mut table = Table::new(vec![
        Column::new("record", ""),
        Column::new("what", ""),
        Column::new("value", ""),
        Column::new("because", ""),
    ]);
    let mut push = |record: &str, what: String, value: String, because: String| {
        table.push(vec![
            record.into(),
            what.into(),
            value.into(),
            because.into(),
        ]);
    };
    for (name, value) in facts(resource, console, english) {
        push(
            "fact",
            name.to_lowercase(),
            value.as_str().to_owned(),
            String::new(),
        );
    }
    if let Some(owner) = &resource.owner {
        let short = owner::short(owner, english).unwrap_or_else(|| "?".to_owned());
        push(
            "owner",
            String::new(),
            short,
            owner::evidence(owner).join("; "),
        );
    }
    for link in links {
        push(
            "link",
            link.kind.as_str().to_owned(),
            format!("{} -> {}", link.from, link.to),
            link.via.clone(),
        );
    }
    for line in lines {
        let value = line.outcome.monthly().map_or_else(
            || line.outcome.code().to_owned(),
            crate::output::money::exact,
        );
        push(
            "line",
            cost::item(line),
            value,
            cost::explanation(&line.outcome, english).to_owned(),
        );
    }
    table
}
