//! Free quotas: quantities that are free once for a whole account and month. The estimate spends them.

use std::sync::Arc;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::error::{BookError, Problem};
use super::lookup::Query;
use super::region;
use super::row::{self, Place, Specification};
use super::source::Sources;
use super::table::{self, Fields};
use super::unit::Unit;
use crate::model::Site;

/// A quantity that is free once for an account and month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quota {
    /// Price list.
    pub site: Site,
    /// Region id or group in which the use counts.
    pub region: Box<str>,
    /// Product.
    pub product: Box<str>,
    /// Billing item.
    pub item: Box<str>,
    /// What selects the charges.
    pub specification: Specification,
    /// How much is free in a month.
    pub quantity: Decimal,
    /// Unit of price whose quantity is meant: `per shard-day` for 31 shard-days.
    pub unit: &'static Unit,
    /// First day.
    pub valid_from: Option<NaiveDate>,
    /// Last day.
    pub valid_to: Option<NaiveDate>,
    /// Id of the source.
    pub source: Box<str>,
    /// Date of the source.
    pub as_of: Option<NaiveDate>,
    /// What a reader should know.
    pub note: Box<str>,
    /// Where it stands.
    pub place: Place,
}

const COLUMNS: &[&str] = &[
    "site",
    "region",
    "product",
    "item",
    "spec",
    "quantity",
    "unit",
    "valid_from",
    "valid_to",
    "source",
    "as_of",
    "note",
];

pub(super) fn parse(
    file: &Arc<str>,
    text: &str,
    sources: &Sources,
    errors: &mut Vec<BookError>,
) -> Vec<Quota> {
    let quotas = table::read(file, text, COLUMNS, errors, |fields| {
        quota(&fields, file, sources)
    });
    for (number, later) in quotas.iter().enumerate() {
        let same = |a: &&Quota| {
            (a.site, &a.region, &a.product, &a.item, &a.specification)
                == (
                    later.site,
                    &later.region,
                    &later.product,
                    &later.item,
                    &later.specification,
                )
        };
        if let Some(first) = quotas.iter().take(number).find(same) {
            errors.push(BookError {
                file: Arc::clone(file),
                line: later.place.line,
                column: None,
                problem: Problem::Duplicate(first.place.line),
            });
        }
    }
    quotas
}

fn quota(fields: &Fields<'_>, file: &Arc<str>, sources: &Sources) -> Result<Quota, BookError> {
    let site = fields
        .required(0)?
        .parse()
        .map_err(|_| fields.invalid(0, "a site (china or international)"))?;
    let unit = Unit::parse(&format!("per {}", fields.required(6)?))
        .ok_or_else(|| fields.invalid(6, "a unit of pricing/units.md without `per`"))?;
    let (valid_from, valid_to) = row::validity(fields, 7, 8)?;
    Ok(Quota {
        site,
        region: row::region_field(fields, 1)?.into(),
        product: row::name(fields, 2)?.into(),
        item: row::name(fields, 3)?.into(),
        specification: row::specification(fields, 4)?,
        quantity: fields.decimal(5)?,
        unit,
        valid_from,
        valid_to,
        source: row::source_id(fields, 9, sources)?.into(),
        as_of: row::as_of(fields, 10)?,
        note: fields.text(11).into(),
        place: Place {
            file: Arc::clone(file),
            line: fields.line(),
        },
    })
}

impl Quota {
    /// Whether the use that a query is about counts against this quota.
    pub(super) fn covers(&self, query: &Query<'_>) -> bool {
        self.site == query.site
            && *self.product == *query.product
            && *self.item == *query.item
            && (*self.region == *query.region
                || region::groups(query.region).contains(&&*self.region))
            && self.valid_from.is_none_or(|from| from <= query.date)
            && self.valid_to.is_none_or(|to| query.date <= to)
            && self.specification.iter().all(|(name, value)| {
                query
                    .specification
                    .get(name)
                    .is_some_and(|said| said == value)
            })
    }
}
