//! The lines of an estimate: one per charge, each with the way it came about.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Serialize;

use super::book::PriceBook;
use super::row::Row;
use super::source::Grade;
use crate::model::{ChargeType, Currency, Money, ResourceId, Said};

/// A row of the price book as shown beside an amount.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PriceRow {
    /// `pricing/disk.csv:2`.
    pub place: String,
    /// Region or group that the row is for.
    pub region: String,
    /// The price as published.
    #[serde(with = "rust_decimal::serde::str")]
    pub price: Decimal,
    /// Currency.
    pub currency: Currency,
    /// `per GiB-hour`.
    pub unit: Said,
    /// Tier in words (`above 5`), where the price has tiers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tier: Option<Said>,
    /// Id of the source.
    pub source: String,
    /// What the source is.
    pub title: String,
    /// Its address, where it has one.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub url: String,
    /// Its grade.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grade: Option<Grade>,
    /// Date of the price in the source; absent where it shows none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<NaiveDate>,
    /// What the table says about the row.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<Said>,
}

impl PriceRow {
    pub(super) fn new(row: &Row, book: &PriceBook) -> Self {
        let source = book.source(&row.source);
        Self {
            place: row.place.to_string(),
            region: row.region.to_string(),
            price: row.price,
            currency: row.currency,
            unit: row.unit.said(),
            tier: tier(row),
            source: row.source.to_string(),
            title: source
                .map(|source| source.title.clone())
                .unwrap_or_default(),
            url: source.map(|source| source.url.clone()).unwrap_or_default(),
            grade: source.map(|source| source.grade),
            as_of: row.as_of,
            note: book.note(&row.note),
        }
    }
}

fn tier(row: &Row) -> Option<Said> {
    let from = row.tier_from;
    let (en, zh) = match (from.is_zero(), row.tier_to) {
        (true, None) => return None,
        (true, Some(to)) => (format!("up to {to}"), format!("不超过 {to} 的部分")),
        (false, None) => (format!("above {from}"), format!("超过 {from} 的部分")),
        (false, Some(to)) => (
            format!("above {from} up to {to}"),
            format!("超过 {from} 至 {to} 的部分"),
        ),
    };
    Some(Said::made(en, zh))
}

/// A price of a source that disagrees, and what the line would be with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Alternative {
    /// The row.
    pub row: PriceRow,
    /// Amount per month with its price, where the quantity is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub monthly: Option<Money>,
}

/// What came out for a charge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Outcome {
    /// An amount.
    Priced {
        /// Per month, exact.
        monthly: Money,
        /// How it comes about: `40 GiB x 0.00105 CNY/GiB-hour x 720 h`.
        formula: Said,
        /// The price: one row, or one per tier.
        price: Vec<PriceRow>,
        /// Other sources with the same price.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        confirmed_by: Vec<PriceRow>,
        /// Sources that disagree.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        disputed: Vec<Alternative>,
    },
    /// Not billed.
    Free {
        /// Why.
        reason: Said,
        /// The price row that says so, where one does.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        price: Vec<PriceRow>,
    },
    /// Billed by use that was not observed: the price is known, the amount is not, and no total holds it.
    Usage {
        /// What decides the quantity.
        decides: Said,
        /// The price: one row, or one per tier.
        price: Vec<PriceRow>,
        /// Sources that disagree.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        disputed: Vec<Alternative>,
    },
    /// Not known. Never zero.
    Unknown {
        /// Stable code.
        code: &'static str,
        /// Why.
        reason: Said,
        /// How to find out.
        #[serde(skip_serializing_if = "Option::is_none")]
        hint: Option<Said>,
    },
}

impl Outcome {
    /// The amount, where there is one.
    pub fn monthly(&self) -> Option<Money> {
        match self {
            Self::Priced { monthly, .. } => Some(*monthly),
            _ => None,
        }
    }

    /// `priced`, `free`, `usage` or `unknown`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Priced { .. } => "priced",
            Self::Free { .. } => "free",
            Self::Usage { .. } => "usage",
            Self::Unknown { .. } => "unknown",
        }
    }

    pub(super) fn unknown(code: &'static str, reason: Said) -> Self {
        Self::Unknown {
            code,
            reason,
            hint: None,
        }
    }

    /// An unknown outcome, with how to find out.
    pub(super) fn unknown_until(code: &'static str, reason: Said, hint: Said) -> Self {
        Self::Unknown {
            code,
            reason,
            hint: Some(hint),
        }
    }
}

/// Whose costs a line belongs to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Holder {
    /// A cluster, by id.
    Cluster(String),
    /// No cluster.
    NoCluster,
    /// Not known whether a cluster.
    Unknown,
}

/// One charge with its price.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// The billed resource.
    pub resource: ResourceId,
    /// Its name; untrusted text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// How it is paid for.
    pub charge_type: ChargeType,
    /// Cluster whose cost this is.
    pub holder: Holder,
    /// Product in the price book.
    pub product: String,
    /// Billing item in the price book.
    pub item: String,
    /// What selects the price.
    pub specification: BTreeMap<String, String>,
    /// What came out.
    pub outcome: Outcome,
    /// Whether the amount is the most that it can be.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_at_most: bool,
    /// What the outcome rests on beyond quantity and price.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub assumptions: Vec<Said>,
}
