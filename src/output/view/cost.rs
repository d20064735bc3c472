//! The answer of `yunsweep cost`.

use std::collections::BTreeMap;

use serde_json::json;

use super::accounts;
use crate::i18n::{Language, Messages};
use crate::inventory::Inventory;
use crate::model::money::Sums;
use crate::model::{ChargeType, Money};
use crate::output::answer::{Answer, Block, Part, Record, Warning};
use crate::output::table::{Cell, Column, Shown, Shrink, Table};
use crate::output::{coverage, money};
use crate::pricing::estimate::Total;
use crate::pricing::line::{Alternative, Holder, PriceRow};
use crate::pricing::{Estimate, Line, Outcome};

/// Name and version of the data.
pub const SCHEMA: &str = "yunsweep.cost/1";

/// The answer for an estimate of an inventory. The full one shows free lines, too.
pub fn answer<'a>(
    estimate: &'a Estimate,
    inventory: &'a Inventory,
    is_full: bool,
    messages: &'a Messages,
) -> Answer<'a> {
    let is_incomplete = !coverage::Summary::of(&inventory.coverage).is_complete();
    Answer {
        schema: SCHEMA,
        command: "cost",
        generated_at: inventory.scanned_at,
        coverage: Some(inventory.coverage.clone()),
        page: Part::later(move || page(estimate, inventory, is_full, messages)),
        rows: Part::later(|| {
            let all: Vec<&Line> = estimate.lines.iter().collect();
            let mut rows = lines_table(&all, &Messages::new(Language::English));
            coverage::append_to_csv(&mut rows, &inventory.coverage);
            rows
        }),
        data: Part::later(move || {
            json!({
                "estimate": estimate,
                "total_is_at_least": estimate.total.is_at_least() || is_incomplete,
            })
        }),
        records: Part::later(|| records(estimate)),
        warnings: warnings(estimate, inventory),
    }
}

fn page(
    estimate: &Estimate,
    inventory: &Inventory,
    is_full: bool,
    messages: &Messages,
) -> Vec<Block> {
    let mut page = Vec::new();
    let shown: Vec<&Line> = estimate
        .lines
        .iter()
        .filter(|line| is_full || !matches!(line.outcome, Outcome::Free { .. }))
        .collect();
    if estimate.lines.is_empty() {
        page.push(Block::Text(messages.text("cost-nothing")));
    } else {
        page.push(Block::Heading(messages.text("cost-lines-heading")));
        page.push(Block::Table(lines_table(&shown, messages)));
        let hidden = estimate.lines.len() - shown.len();
        if hidden > 0 {
            page.push(Block::Text(
                messages.text_with("cost-free", &[("count", hidden.into())]),
            ));
        }
        page.push(Block::Heading(messages.text("cost-products-heading")));
        page.push(Block::Table(products(estimate, messages)));
        page.push(Block::Heading(messages.text("cost-clusters-heading")));
        page.push(Block::Table(holders(estimate, messages)));
        page.extend(notes(estimate, messages));
    }
    let holes = coverage::page(&inventory.coverage, messages);
    let is_incomplete = !coverage::Summary::of(&inventory.coverage).is_complete();
    page.extend(holes);
    page.push(Block::Heading(total(estimate, is_incomplete, messages)));
    page.extend(at_most(estimate, messages));
    if estimate.lines.iter().any(is_list_price) {
        page.push(Block::Text(messages.text("cost-list-price")));
    }
    page.push(Block::Text(counts(estimate, messages)));
    let parts = estimate
        .lines
        .iter()
        .filter_map(|line| line.outcome.monthly());
    if !money::adds_up(parts, &estimate.total.sums) {
        page.push(Block::Text(messages.text("cost-rounded")));
    }
    if is_incomplete {
        page.push(Block::Warning(messages.text("cost-incomplete")));
    }
    page
}

fn records(estimate: &Estimate) -> Vec<Record> {
    let lines = estimate.lines.iter().map(|line| Record {
        record: "line",
        value: json!(line),
    });
    let total = Record {
        record: "total",
        value: json!({
            "hours": estimate.hours.to_string(),
            "date": estimate.date,
            "total": estimate.total,
            "by_product": estimate.by_product,
        }),
    };
    lines.chain([total]).collect()
}

fn warnings(estimate: &Estimate, inventory: &Inventory) -> Vec<Warning> {
    let unknown = estimate.total.lines.unknown;
    let prices = (unknown > 0).then(|| Warning {
        code: "unknown_prices",
        message: format!(
            "{unknown} charges have no known price or quantity; the total leaves them out"
        ),
    });
    coverage::warning(&inventory.coverage)
        .into_iter()
        .chain(prices)
        .collect()
}

fn lines_table(lines: &[&Line], messages: &Messages) -> Table {
    let title = |key: &str| messages.text(key);
    let mut table = Table::new(vec![
        Column::new("record", "").shown(Shown::Csv),
        accounts::column(lines.iter().map(|line| &line.resource.account), messages),
        Column::new("region", title("column-region")).shown(Shown::Wide),
        Column::new("type", title("column-type")),
        Column::new("id", title("column-id")).shrink(Shrink::Middle(10)),
        Column::new("name", title("column-name")).shrink(Shrink::End(8)),
        Column::new("item", title("column-item")).shrink(Shrink::End(10)),
        Column::new("shown_amount", title("column-amount"))
            .number()
            .shown(Shown::Page(0)),
        Column::new("cluster", title("column-cluster")).shown(Shown::Wide),
        Column::new("charge_type", "").shown(Shown::Csv),
        Column::new("product", "").shown(Shown::Csv),
        Column::new("specification", title("column-specification")).shown(Shown::Wide),
        Column::new("status", "").shown(Shown::Csv),
        Column::new("amount", "").number().shown(Shown::Csv),
        Column::new("currency", "").shown(Shown::Csv),
        Column::new("note", title("column-formula")).shown(Shown::Wide),
        Column::new("source", title("column-source")).shown(Shown::Wide),
        Column::new("price_date", title("column-as-of")).shown(Shown::Wide),
    ]);
    for line in lines {
        table.push(line_row(line, messages));
    }
    table
}

fn line_row(line: &Line, messages: &Messages) -> Vec<Cell> {
    let specification: Vec<String> = line
        .specification
        .iter()
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    let rows = price_rows(&line.outcome);
    let monthly = line.outcome.monthly();
    let shown = match &line.outcome {
        Outcome::Priced { monthly, .. } => {
            Cell::Number(qualified(line, monthly.to_string(), messages))
        }
        Outcome::Free { .. } => Cell::Number(messages.text("outcome-free")),
        Outcome::Usage { .. } => Cell::Number(messages.text("outcome-usage")),
        Outcome::Unknown { .. } => Cell::Unknown,
    };
    let amount = match (&line.outcome, monthly) {
        (_, Some(monthly)) => Cell::decimal(monthly.amount),
        (Outcome::Free { .. }, None) => Cell::Number("0".to_owned()),
        _ => Cell::Unknown,
    };
    let cluster = match &line.holder {
        Holder::Cluster(id) => Cell::text(id),
        Holder::NoCluster => Cell::Empty,
        Holder::Unknown => Cell::Unknown,
    };
    vec![
        "line".into(),
        line.resource.account.as_str().into(),
        line.resource.region.as_str().into(),
        line.resource.type_id.as_str().into(),
        line.resource.id.as_str().into(),
        Cell::maybe(line.name.as_deref()),
        Cell::text(item(line)),
        shown,
        cluster,
        line.charge_type.as_str().into(),
        line.product.as_str().into(),
        Cell::text(specification.join(" ")),
        line.outcome.code().into(),
        amount,
        monthly.map_or(Cell::Empty, |monthly| monthly.currency.as_str().into()),
        Cell::text(explanation(&line.outcome, messages)),
        Cell::text(joined(rows.iter().map(|row| row.source.clone()))),
        Cell::text(joined(
            rows.iter()
                .filter_map(|row| row.as_of.map(|date| date.to_string())),
        )),
    ]
}

/// What is billed: `disk capacity`.
pub(super) fn item(line: &Line) -> String {
    format!("{} {}", line.product, line.item).trim().to_owned()
}

/// The price rows behind an outcome.
pub(super) fn price_rows(outcome: &Outcome) -> &[PriceRow] {
    match outcome {
        Outcome::Priced { price, .. }
        | Outcome::Free { price, .. }
        | Outcome::Usage { price, .. } => price,
        Outcome::Unknown { .. } => &[],
    }
}

/// The sources that disagree.
pub(super) fn disputes(outcome: &Outcome) -> &[Alternative] {
    match outcome {
        Outcome::Priced { disputed, .. } | Outcome::Usage { disputed, .. } => disputed,
        Outcome::Free { .. } | Outcome::Unknown { .. } => &[],
    }
}

/// The formula, or why there is none.
pub(super) fn explanation<'a>(outcome: &'a Outcome, messages: &Messages) -> &'a str {
    messages.said(match outcome {
        Outcome::Priced { formula, .. } => formula,
        Outcome::Free { reason, .. } | Outcome::Unknown { reason, .. } => reason,
        Outcome::Usage { decides, .. } => decides,
    })
}

/// A price as published: `0.23 CNY per hour`.
pub(super) fn price(row: &PriceRow, messages: &Messages) -> String {
    let tier = row
        .tier
        .as_ref()
        .map_or_else(String::new, |tier| format!(" ({})", messages.said(tier)));
    format!(
        "{} {} {}{tier}",
        row.price.normalize(),
        row.currency,
        messages.said(&row.unit)
    )
}

fn joined(texts: impl Iterator<Item = String>) -> String {
    let mut all: Vec<String> = texts.collect();
    all.dedup();
    all.join(", ")
}

fn totals_columns(first: &'static str, title: String, messages: &Messages) -> Vec<Column> {
    vec![
        Column::new(first, title).shrink(Shrink::Middle(16)),
        Column::new("amount", messages.text("column-amount")).number(),
        Column::new("note", messages.text("column-note")),
    ]
}

/// Sum and what it leaves out.
fn totals_cells(total: &Total, messages: &Messages) -> [Cell; 2] {
    let sum = if total.sums.is_empty() && total.is_at_least() {
        Cell::Unknown
    } else {
        Cell::Number(money::sums(&total.sums))
    };
    let mut left_out = Vec::new();
    for (count, key) in [
        (total.lines.usage, "outcome-usage"),
        (total.lines.unknown, "outcome-unknown"),
    ] {
        if count > 0 {
            left_out.push(format!("+ {count} {}", messages.text(key)));
        }
    }
    [sum, Cell::text(left_out.join(" "))]
}

fn products(estimate: &Estimate, messages: &Messages) -> Table {
    let title = messages.text("column-product");
    let mut table = Table::new(totals_columns("product", title, messages));
    for (product, total) in &estimate.by_product {
        let [sum, note] = totals_cells(total, messages);
        table.push(vec![product.as_str().into(), sum, note]);
    }
    table
}

fn holders(estimate: &Estimate, messages: &Messages) -> Table {
    let title = messages.text("column-cluster");
    let mut table = Table::new(totals_columns("cluster", title, messages));
    for (holder, total) in &estimate.by_holder {
        let name = match holder {
            Holder::Cluster(id) => Cell::text(id),
            Holder::NoCluster => Cell::text(messages.text("cost-no-cluster")),
            Holder::Unknown => Cell::text(messages.text("outcome-unknown")),
        };
        let [sum, note] = totals_cells(total, messages);
        table.push(vec![name, sum, note]);
    }
    table
}

fn total(estimate: &Estimate, is_incomplete: bool, messages: &Messages) -> String {
    let key = if estimate.total.is_at_least() || is_incomplete {
        "cost-total-at-least"
    } else {
        "cost-total"
    };
    messages.text_with(
        key,
        &[
            ("hours", estimate.hours.normalize().to_string().into()),
            ("amount", money::sums(&estimate.total.sums).into()),
        ],
    )
}

fn counts(estimate: &Estimate, messages: &Messages) -> String {
    let counts = estimate.total.lines;
    messages.text_with(
        "cost-counts",
        &[
            ("priced", counts.priced.into()),
            ("free", counts.free.into()),
            ("usage", counts.usage.into()),
            ("unknown", counts.unknown.into()),
            ("date", estimate.date.to_string().into()),
        ],
    )
}

/// What the totals leave out and rest on.
fn notes(estimate: &Estimate, messages: &Messages) -> Vec<Block> {
    let mut page = Vec::new();
    let mut unknown = Vec::new();
    let mut usage = Grouped::default();
    let mut disputed = Vec::new();
    let mut assumptions = Grouped::default();
    for line in &estimate.lines {
        let what = messages.text_with(
            "cost-item",
            &[
                ("item", item(line).into()),
                ("id", (&line.resource.id).into()),
            ],
        );
        match &line.outcome {
            Outcome::Unknown { reason, hint, .. } => {
                let hint = hint
                    .as_ref()
                    .map_or_else(String::new, |hint| format!(" ({})", messages.said(hint)));
                unknown.push(format!("{what}: {}{hint}", messages.said(reason)));
            }
            Outcome::Usage {
                decides,
                price: rows,
                ..
            } => {
                let prices = joined(rows.iter().map(|row| price(row, messages)));
                let decides = messages.said(decides);
                usage.add(
                    format!("{}: {prices}; {decides}", item(line)),
                    &line.resource.id,
                );
            }
            Outcome::Priced { .. } | Outcome::Free { .. } => {}
        }
        let used = joined(
            price_rows(&line.outcome)
                .iter()
                .map(|row| price(row, messages)),
        );
        for alternative in disputes(&line.outcome) {
            let monthly = alternative
                .monthly
                .map_or_else(String::new, |money| format!(" = {money}"));
            disputed.push(messages.text_with(
                "cost-disputed",
                &[
                    ("what", (&what).into()),
                    ("used", (&used).into()),
                    (
                        "other",
                        format!("{}{monthly}", price(&alternative.row, messages)).into(),
                    ),
                    ("source", (&alternative.row.source).into()),
                ],
            ));
        }
        for assumption in &line.assumptions {
            assumptions.add(messages.said(assumption).to_owned(), &line.resource.id);
        }
    }
    for (key, items) in [
        ("cost-usage-heading", usage.into_items(messages)),
        ("cost-disputed-heading", disputed),
        ("cost-assumptions-heading", assumptions.into_items(messages)),
        ("cost-unknown-heading", unknown),
    ] {
        if !items.is_empty() {
            page.push(Block::Heading(messages.text(key)));
            page.push(Block::List(items));
        }
    }
    page
}

/// Equal remarks on several resources, said once.
#[derive(Default)]
struct Grouped(BTreeMap<String, Vec<String>>);

impl Grouped {
    fn add(&mut self, remark: String, id: &str) {
        self.0.entry(remark).or_default().push(id.to_owned());
    }

    fn into_items(self, messages: &Messages) -> Vec<String> {
        self.0
            .into_iter()
            .map(|(remark, mut ids)| {
                ids.dedup();
                let place = match ids.as_slice() {
                    [first, _, _, ..] => messages.text_with(
                        "coverage-places",
                        &[("first", first.into()), ("more", (ids.len() - 1).into())],
                    ),
                    few => few.join(", "),
                };
                format!("{remark} [{place}]")
            })
            .collect()
    }
}

/// An amount with what limits it.
fn qualified(line: &Line, amount: String, messages: &Messages) -> String {
    let amount = if is_list_price(line) {
        messages.text_with("cost-amount-list-price", &[("amount", amount.into())])
    } else {
        amount
    };
    if line.is_at_most {
        messages.text_with("cost-amount-at-most", &[("amount", amount.into())])
    } else {
        amount
    }
}

/// Whether the amount is what the price list says of a month, and not what was paid for a term.
pub(super) fn is_list_price(line: &Line) -> bool {
    line.charge_type == ChargeType::Subscription && line.outcome.monthly().is_some()
}

/// What the totals hold that may be less, which "at least" does not say.
fn at_most(estimate: &Estimate, messages: &Messages) -> Option<Block> {
    let mut sums = Sums::default();
    for line in estimate.lines.iter().filter(|line| line.is_at_most) {
        if let Some(monthly) = line.outcome.monthly() {
            sums.add(monthly);
        }
    }
    (!sums.is_empty()).then(|| {
        Block::Text(messages.text_with("cost-at-most", &[("amount", money::sums(&sums).into())]))
    })
}

/// The amount of a line, as text.
pub(super) fn amount(line: &Line, messages: &Messages) -> String {
    match &line.outcome {
        Outcome::Priced { monthly, .. } => {
            let exact = money::exact(*monthly);
            let rounded = Money::to_string(monthly);
            let amount = if exact == rounded || monthly.rounded() == monthly.amount {
                rounded
            } else {
                format!("{rounded} ({exact})")
            };
            qualified(line, amount, messages)
        }
        Outcome::Free { .. } => messages.text("outcome-free"),
        Outcome::Usage { .. } => messages.text("outcome-usage"),
        Outcome::Unknown { .. } => messages.text("outcome-unknown"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AccountId, Currency, Region, ResourceId, TypeId};

    fn line(charge_type: ChargeType, is_at_most: bool) -> Line {
        Line {
            resource: ResourceId {
                account: AccountId::from_static("0000000000000042"),
                region: Region::new("cn-hangzhou"),
                type_id: TypeId::from_static("ecs.snapshot"),
                id: "s-1".into(),
            },
            name: None,
            charge_type,
            holder: Holder::NoCluster,
            product: "snapshot".into(),
            item: "storage".into(),
            specification: BTreeMap::new(),
            outcome: Outcome::Priced {
                monthly: Money::new("2.4".parse().unwrap(), Currency::CNY),
                formula: crate::model::Said::new("", ""),
                price: Vec::new(),
                confirmed_by: Vec::new(),
                disputed: Vec::new(),
            },
            is_at_most,
            assumptions: Vec::new(),
        }
    }

    #[test]
    fn an_amount_says_what_limits_it() {
        for (language, at_most, list_price) in [
            (
                Language::English,
                "at most 2.40 CNY",
                "2.40 CNY (list price)",
            ),
            (Language::Chinese, "至多 2.40 CNY", "2.40 CNY（目录价）"),
        ] {
            let messages = Messages::new(language);
            let shown = |line: &Line| amount(line, &messages);
            assert_eq!(shown(&line(ChargeType::PayAsYouGo, false)), "2.40 CNY");
            assert_eq!(shown(&line(ChargeType::PayAsYouGo, true)), at_most);
            assert_eq!(shown(&line(ChargeType::Subscription, false)), list_price);
        }
    }
}
