//! One row of a price table.

use std::fmt;
use std::sync::Arc;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Serialize;

use super::error::{BookError, Problem};
use super::region;
use super::source::Sources;
use super::table::Fields;
use super::unit::Unit;
use crate::model::{Currency, Site};

/// What a row is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The price that an estimate takes.
    Used,
    /// The same price from another source.
    Confirms,
    /// A source that disagrees: shown, not used.
    Disputed,
}

/// What selects a row beside site, region, product and item: attributes with their values, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Specification(Vec<(Box<str>, Box<str>)>);

impl Specification {
    /// Attributes and values, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_ref(), value.as_ref()))
    }

    /// Number of attributes.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn parse(text: &str) -> Option<Self> {
        let mut pairs: Vec<(Box<str>, Box<str>)> = Vec::new();
        if text.is_empty() {
            return Some(Self(pairs));
        }
        for pair in text.split(';') {
            let (name, value) = pair.split_once('=')?;
            let name_is_fine = !name.is_empty()
                && name
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
            let in_order = pairs.last().is_none_or(|(last, _)| last.as_ref() < name);
            if !name_is_fine
                || value.is_empty()
                || value.trim() != value
                || value.contains('=')
                || !in_order
            {
                return None;
            }
            pairs.push((name.into(), value.into()));
        }
        Some(Self(pairs))
    }
}

impl fmt::Display for Specification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (name, value)) in self.iter().enumerate() {
            let separator = if index == 0 { "" } else { ";" };
            write!(f, "{separator}{name}={value}")?;
        }
        Ok(())
    }
}

/// The place of a row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Name of the table.
    pub file: Arc<str>,
    /// Line, the first being 1.
    pub line: u64,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// A price as published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Price list.
    pub site: Site,
    /// Region id or group, see [`region`].
    pub region: Box<str>,
    /// Product.
    pub product: Box<str>,
    /// Billing item.
    pub item: Box<str>,
    /// What selects the row.
    pub specification: Specification,
    /// Price of one [`Self::unit`].
    pub price: Decimal,
    /// Currency of the price.
    pub currency: Currency,
    /// Unit of the price.
    pub unit: &'static Unit,
    /// The price holds for the quantity above this...
    pub tier_from: Decimal,
    /// ... up to and including this; `None` is without end.
    pub tier_to: Option<Decimal>,
    /// First day; `None` is always.
    pub valid_from: Option<NaiveDate>,
    /// Last day; `None` is until further notice.
    pub valid_to: Option<NaiveDate>,
    /// Id of the source.
    pub source: Box<str>,
    /// Date of the source for this price; `None` where it shows none.
    pub as_of: Option<NaiveDate>,
    /// Whether the price is used.
    pub status: Status,
    /// What a reader should know.
    pub note: Box<str>,
    /// Where the row stands.
    pub place: Place,
}

pub(super) const COLUMNS: &[&str] = &[
    "site",
    "region",
    "product",
    "item",
    "spec",
    "price",
    "currency",
    "unit",
    "tier_from",
    "tier_to",
    "valid_from",
    "valid_to",
    "source",
    "as_of",
    "status",
    "note",
];

const SITE: usize = 0;
const REGION: usize = 1;
const PRODUCT: usize = 2;
const ITEM: usize = 3;
const SPEC: usize = 4;
const PRICE: usize = 5;
const CURRENCY: usize = 6;
const UNIT: usize = 7;
const TIER_FROM: usize = 8;
const TIER_TO: usize = 9;
const VALID_FROM: usize = 10;
const VALID_TO: usize = 11;
const SOURCE: usize = 12;
const AS_OF: usize = 13;
const STATUS: usize = 14;
const NOTE: usize = 15;

impl Row {
    pub(super) fn parse(
        fields: &Fields<'_>,
        file: &Arc<str>,
        sources: &Sources,
    ) -> Result<Self, BookError> {
        let site: Site = fields
            .required(SITE)?
            .parse()
            .map_err(|_| fields.invalid(SITE, "a site (china or international)"))?;
        let currency = currency(fields, site)?;
        let (tier_from, tier_to) = (
            fields.optional_decimal(TIER_FROM)?,
            fields.optional_decimal(TIER_TO)?,
        );
        let tier_from = tier_from.unwrap_or_default();
        if tier_to.is_some_and(|to| to <= tier_from) {
            return Err(fields.error(TIER_TO, empty_range(fields, TIER_FROM, TIER_TO)));
        }
        let (valid_from, valid_to) = validity(fields, VALID_FROM, VALID_TO)?;
        Ok(Self {
            site,
            region: region_field(fields, REGION)?.into(),
            product: name(fields, PRODUCT)?.into(),
            item: name(fields, ITEM)?.into(),
            specification: specification(fields, SPEC)?,
            price: fields.decimal(PRICE)?,
            currency,
            unit: Unit::parse(fields.required(UNIT)?)
                .ok_or_else(|| fields.invalid(UNIT, "a unit of pricing/units.md"))?,
            tier_from,
            tier_to,
            valid_from,
            valid_to,
            source: source_id(fields, SOURCE, sources)?.into(),
            as_of: as_of(fields, AS_OF)?,
            status: match fields.required(STATUS)? {
                "used" => Status::Used,
                "confirms" => Status::Confirms,
                "disputed" => Status::Disputed,
                _ => return Err(fields.invalid(STATUS, "a status (used, confirms or disputed)")),
            },
            note: fields.text(NOTE).into(),
            place: Place {
                file: Arc::clone(file),
                line: fields.line(),
            },
        })
    }

    /// Whether the price holds on a day.
    pub fn is_valid_on(&self, day: NaiveDate) -> bool {
        self.valid_from.is_none_or(|from| from <= day) && self.valid_to.is_none_or(|to| day <= to)
    }

    pub(super) fn validity_overlaps(&self, other: &Self) -> bool {
        let begins_before_end = |a: Option<NaiveDate>, b: Option<NaiveDate>| match (a, b) {
            (Some(from), Some(to)) => from <= to,
            _ => true,
        };
        begins_before_end(self.valid_from, other.valid_to)
            && begins_before_end(other.valid_from, self.valid_to)
    }

    pub(super) fn tier_overlaps(&self, other: &Self) -> bool {
        let begins_before_end = |from: Decimal, to: Option<Decimal>| to.is_none_or(|to| from < to);
        begins_before_end(self.tier_from, other.tier_to)
            && begins_before_end(other.tier_from, self.tier_to)
    }
}

fn currency(fields: &Fields<'_>, site: Site) -> Result<Currency, BookError> {
    let currency: Currency = fields
        .required(CURRENCY)?
        .parse()
        .map_err(|_| fields.invalid(CURRENCY, "a currency code such as CNY"))?;
    if currency == site.currency() {
        Ok(currency)
    } else {
        let problem = Problem::Currency {
            currency: currency.as_str().to_owned(),
            site: site.as_str(),
        };
        Err(fields.error(CURRENCY, problem))
    }
}

fn empty_range(fields: &Fields<'_>, from: usize, to: usize) -> Problem {
    Problem::EmptyRange {
        from: fields.text(from).to_owned(),
        to: fields.text(to).to_owned(),
    }
}

pub(super) fn validity(
    fields: &Fields<'_>,
    from: usize,
    to: usize,
) -> Result<(Option<NaiveDate>, Option<NaiveDate>), BookError> {
    let (first, last) = (fields.optional_date(from)?, fields.optional_date(to)?);
    match (first, last) {
        (Some(a), Some(b)) if b < a => Err(fields.error(to, empty_range(fields, from, to))),
        _ => Ok((first, last)),
    }
}

pub(super) fn region_field<'a>(
    fields: &'a Fields<'_>,
    column: usize,
) -> Result<&'a str, BookError> {
    let text = fields.required(column)?;
    if region::is_region_or_group(text) {
        Ok(text)
    } else {
        Err(fields.invalid(column, "a region id or a region group"))
    }
}

pub(super) fn name<'a>(fields: &'a Fields<'_>, column: usize) -> Result<&'a str, BookError> {
    let text = fields.required(column)?;
    if text
        .bytes()
        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    {
        Ok(text)
    } else {
        Err(fields.invalid(column, "a name in lower case such as `instance_fee`"))
    }
}

pub(super) fn specification(
    fields: &Fields<'_>,
    column: usize,
) -> Result<Specification, BookError> {
    Specification::parse(fields.text(column))
        .ok_or_else(|| fields.invalid(column, "a list `name=value;name=value`, sorted by name"))
}

pub(super) fn source_id<'a>(
    fields: &'a Fields<'_>,
    column: usize,
    sources: &Sources,
) -> Result<&'a str, BookError> {
    let id = fields.required(column)?;
    if sources.contains_key(id) {
        Ok(id)
    } else {
        Err(fields.error(column, Problem::UnknownSource(id.to_owned())))
    }
}

pub(super) fn as_of(fields: &Fields<'_>, column: usize) -> Result<Option<NaiveDate>, BookError> {
    match fields.required(column)? {
        "undated" => Ok(None),
        _ => fields
            .date(column)
            .map(Some)
            .map_err(|_| fields.invalid(column, "a date such as 2026-01-15, or `undated`")),
    }
}
