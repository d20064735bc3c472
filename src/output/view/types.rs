//! The answer of `yunsweep types`: the registry.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::i18n::{Language, Messages};
use crate::output::answer::{Answer, Block, Record};
use crate::output::table::{Cell, Column, Shown, Shrink, Table};
use crate::resources::{Billing, ListedPer, ResourceType, Risk, Spec};

/// Name and version of the data.
pub const SCHEMA: &str = "yunsweep.types/1";

/// The answer for these types.
pub fn answer(
    types: &[&'static dyn ResourceType],
    now: DateTime<Utc>,
    messages: &Messages,
) -> Answer<'static> {
    let title = |key: &str| messages.text(key);
    let mut table = Table::new(vec![
        Column::new("type", title("column-type")),
        Column::new("title", title("column-title")),
        Column::new("listed_per", title("column-listed-per")).shown(Shown::IfRoom(2)),
        Column::new("billed", title("column-billing")).shown(Shown::IfRoom(1)),
        Column::new("actions", title("column-action")).shrink(Shrink::End(20)),
        Column::new("docs", title("column-docs")).shown(Shown::Wide),
    ]);
    let mut records = Vec::new();
    for resource_type in types {
        let spec = resource_type.spec();
        let name = match messages.language() {
            Language::English => spec.title.en,
            Language::Chinese => spec.title.zh,
        };
        let listed_per = match spec.listed_per {
            ListedPer::Account => title("listed-account"),
            ListedPer::Region => title("listed-region"),
            ListedPer::Parent(parent) => parent.to_owned(),
            ListedPer::RegionAndParent(parent) => format!("{}, {parent}", title("listed-region")),
        };
        let billed = match spec.billing {
            Billing::Charged => title("billing-charged"),
            Billing::Free => title("billing-free"),
        };
        table.push(vec![
            spec.type_id.as_str().into(),
            name.into(),
            listed_per.into(),
            billed.into(),
            Cell::text(actions(spec).join(", ")),
            spec.docs.into(),
        ]);
        records.push(Record {
            record: "type",
            value: data(spec),
        });
    }
    let summary = messages.text_with("types-summary", &[("count", types.len().into())]);
    Answer {
        schema: SCHEMA,
        command: "types",
        generated_at: now,
        coverage: None,
        page: vec![Block::Table(table.clone()), Block::Text(summary)].into(),
        rows: table.into(),
        data: json!({
            "types": records.iter().map(|record| &record.value).collect::<Vec<_>>(),
        })
        .into(),
        records: records.into(),
        warnings: Vec::new(),
    }
}

/// The operations that a type sends, as `product:Action`.
pub fn actions(spec: &Spec) -> Vec<String> {
    let listing = spec
        .listing
        .iter()
        .map(|listing| format!("{}:{}", listing.product, listing.action));
    let others = spec.also_reads.iter().map(|action| (*action).to_owned());
    listing.chain(others).collect()
}

fn data(spec: &Spec) -> Value {
    json!({
        "type": spec.type_id,
        "title": { "en": spec.title.en, "zh-CN": spec.title.zh },
        "listed_per": match spec.listed_per {
            ListedPer::Account => "account".to_owned(),
            ListedPer::Region => "region".to_owned(),
            ListedPer::Parent(parent) => parent.to_owned(),
            ListedPer::RegionAndParent(parent) => format!("region, {parent}"),
        },
        "is_charged": spec.billing == Billing::Charged,
        "risk": match spec.risk {
            Risk::Data => "data",
            Risk::Service => "service",
            Risk::None => "none",
        },
        "actions": actions(spec),
        "docs": spec.docs,
        "unverified": spec.unverified,
    })
}
