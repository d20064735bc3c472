//! Tests of the price book and of the estimate.

mod estimate;
mod facts;
mod hostile;
mod laboratory;
mod lookup;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::{BookErrors, Found, Lookup, Missing, PriceBook, Query, TableText};
use crate::model::Site;

pub(super) const SOURCES: &str = "\
id,publisher,title,url,path,commit,date,licence,grade,note
page,Somebody,a page,https://example.com/prices,,,2026-01-15,single facts,A,
other,Somebody else,another page,,,,undated,single facts,C,
";

pub(super) const HEADER: &str = "site,region,product,item,spec,price,currency,unit,tier_from,tier_to,valid_from,valid_to,source,as_of,status,note\n";

/// A table of these rows, with header.
pub(super) fn table(rows: &str) -> String {
    format!("{HEADER}{rows}")
}

/// A book with one table of prices.
pub(super) fn book(prices: &str) -> Result<PriceBook, BookErrors> {
    PriceBook::from_tables([text("prices.csv", prices), text("sources.csv", SOURCES)])
}

pub(super) fn text(name: &str, content: &str) -> TableText {
    TableText {
        name: name.to_owned().into(),
        text: content.to_owned().into(),
    }
}

pub(super) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub(super) fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

pub(super) fn specification(text: &str) -> BTreeMap<String, String> {
    text.split(';')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            pair.split_once('=')
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .unwrap()
        })
        .collect()
}

/// Looks up in a book: `product item spec` in a region of a site on 2026-11-24.
pub(super) fn look_up<'a>(book: &'a PriceBook, site: Site, region: &str, what: &str) -> Lookup<'a> {
    look_up_on(book, site, region, what, "2026-11-24")
}

pub(super) fn look_up_on<'a>(
    book: &'a PriceBook,
    site: Site,
    region: &str,
    what: &str,
    date: &str,
) -> Lookup<'a> {
    let mut words = what.split_whitespace();
    let (product, item) = (words.next().unwrap(), words.next().unwrap());
    let specification = specification(words.next().unwrap_or_default());
    book.look_up(&Query {
        site,
        region,
        product,
        item,
        specification: &specification,
        date: day(date),
    })
}

pub(super) fn found(lookup: Lookup<'_>) -> Found<'_> {
    match lookup {
        Lookup::Found(found) => found,
        Lookup::Missing(missing) => panic!("{missing:?}"),
    }
}

pub(super) fn missing(lookup: Lookup<'_>) -> Missing {
    match lookup {
        Lookup::Found(found) => panic!("{found:?}"),
        Lookup::Missing(missing) => missing,
    }
}
