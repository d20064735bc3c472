//! Looking a price up: what is asked, what is found, and why nothing is.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::region;
use super::row::{Row, Specification, Status};
use super::row_set::RowSet;
use crate::model::{Said, Site};

/// What a price is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Query<'a> {
    /// Price list of the account.
    pub site: Site,
    /// Region of the resource.
    pub region: &'a str,
    /// Product.
    pub product: &'a str,
    /// Billing item.
    pub item: &'a str,
    /// Everything known that may select a price; a row may ask for less, never for more.
    pub specification: &'a BTreeMap<String, String>,
    /// Day for which the price is asked.
    pub date: NaiveDate,
}

/// A price, with what other sources say about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found<'a> {
    /// The rows of the price, by tier; at least one, without gap, in one unit and currency.
    pub tiers: Vec<&'a Row>,
    /// Other sources with the same price.
    pub confirms: Vec<&'a Row>,
    /// Sources that disagree.
    pub disputed: Vec<&'a Row>,
}

/// The answer to a [`Query`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lookup<'a> {
    /// There is a price.
    Found(Found<'a>),
    /// There is none: the price is unknown, not zero.
    Missing(Missing),
}

/// Why there is no price.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// What was looked for, in words.
    pub looked_for: Said,
    /// Why nothing was found.
    pub reason: Reason,
}

/// Why there is no price.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// No row of this product and item on this site.
    Unpriced,
    /// Rows fit, but for other regions only.
    OtherRegions(Vec<String>),
    /// Rows of this region need attributes that the charge does not say.
    Attributes(Vec<String>),
    /// No row of this region is for this specification.
    Specification,
    /// Rows fit, but not on this day.
    NotValid,
    /// Only sources in dispute give a price.
    Disputed(Vec<Said>),
    /// Several rows fit equally well.
    Ambiguous(Vec<String>),
    /// The tables cannot be used.
    Broken(String),
}

impl Reason {
    /// A stable code for machines and translations.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unpriced => "price_not_in_book",
            Self::OtherRegions(_) => "price_of_other_regions_only",
            Self::Attributes(_) => "price_needs_attributes",
            Self::Specification => "price_not_for_specification",
            Self::NotValid => "price_not_valid_on_day",
            Self::Disputed(_) => "price_disputed",
            Self::Ambiguous(_) => "price_ambiguous",
            Self::Broken(_) => "price_book_broken",
        }
    }
}

impl Missing {
    /// For people.
    pub fn said(&self) -> Said {
        let (en, zh) = match &self.reason {
            Reason::Unpriced => ("no source found".to_owned(), "没有找到来源".to_owned()),
            Reason::OtherRegions(regions) => {
                let regions = regions.join(", ");
                (
                    format!("known only for {regions}"),
                    format!("只知道 {regions} 的价格"),
                )
            }
            Reason::Attributes(names) => {
                let names = names.join(", ");
                (
                    format!("it depends on {names}, which is not known here"),
                    format!("价格取决于 {names}，而这里没有读到"),
                )
            }
            Reason::Specification => (
                "no source found for this specification".to_owned(),
                "没有找到该规格的价格来源".to_owned(),
            ),
            Reason::NotValid => (
                "the known prices do not hold on this day".to_owned(),
                "已知的价格在该日期无效".to_owned(),
            ),
            Reason::Disputed(prices) => (
                format!(
                    "only sources that others contradict give one ({})",
                    joined(prices, Said::en)
                ),
                format!("仅有的来源与其他来源矛盾（{}）", joined(prices, Said::zh)),
            ),
            Reason::Ambiguous(places) => {
                let places = places.join(", ");
                (
                    format!("several rows fit equally well ({places})"),
                    format!("有多行价格同样匹配（{places}）"),
                )
            }
            Reason::Broken(error) => (
                format!("the price book cannot be used: {error}"),
                format!("价格表无法使用：{error}"),
            ),
        };
        Said::made(
            format!("no price for {}: {en}", self.looked_for.en()),
            format!("没有 {} 的价格：{zh}", self.looked_for.zh()),
        )
    }
}

fn joined(all: &[Said], of: fn(&Said) -> &str) -> String {
    all.iter().map(of).collect::<Vec<_>>().join(", ")
}

impl Query<'_> {
    pub(super) fn missing<'b>(&self, reason: Reason) -> Lookup<'b> {
        let attributes: Vec<String> = self
            .specification
            .iter()
            .map(|(name, value)| format!(" {name}={value}"))
            .collect();
        let what = format!("{} {}{}", self.product, self.item, attributes.concat());
        let looked_for = Said::made(
            format!(
                "{what} in {} ({} site, {})",
                self.region, self.site, self.date
            ),
            format!(
                "{what} 在 {}（{}，{}）",
                self.region,
                match self.site {
                    Site::China => "中国站",
                    Site::International => "国际站",
                },
                self.date
            ),
        );
        Lookup::Missing(Missing { looked_for, reason })
    }

    /// Whether the charge says everything that the row asks for.
    fn satisfies(&self, specification: &Specification) -> bool {
        specification.iter().all(|(name, value)| {
            self.specification
                .get(name)
                .is_some_and(|said| said == value)
        })
    }

    /// 0 for the region itself, then its groups, nearest first; `None` for any other region.
    fn distance(&self, row_region: &str) -> Option<usize> {
        if row_region == self.region {
            return Some(0);
        }
        let position = region::groups(self.region)
            .iter()
            .position(|group| *group == row_region);
        position.map(|position| position + 1)
    }

    /// Whether a dispute about the price of `row_region` says something about the price here.
    fn is_related(&self, row_region: &str) -> bool {
        let nearest_group = |region| region::groups(region).first();
        self.distance(row_region).is_some()
            || (nearest_group(row_region).is_some()
                && nearest_group(row_region) == nearest_group(self.region))
    }
}

/// Answers a query from the rows of its product and item.
pub(super) fn look_up<'a>(rows: &'a RowSet, query: &Query<'_>) -> Lookup<'a> {
    let here: Vec<&Row> = rows
        .in_regions(
            query.product,
            query.item,
            std::iter::once(query.region).chain(region::groups(query.region).iter().copied()),
        )
        .filter(|row| row.site == query.site && query.satisfies(&row.specification))
        .collect();
    let used = here
        .iter()
        .filter(|row| row.status == Status::Used && row.is_valid_on(query.date));
    let rank = |row: &Row| {
        (
            row.specification.len(),
            std::cmp::Reverse(query.distance(&row.region)),
        )
    };
    let Some(best) = used.clone().map(|row| rank(row)).max() else {
        return query.missing(why_nothing(rows, query, &here));
    };
    let mut tiers: Vec<&Row> = used.copied().filter(|row| rank(row) == best).collect();
    tiers.sort_by_key(|row| row.tier_from);
    let Some(first) = tiers.first().copied() else {
        return query.missing(Reason::Unpriced);
    };
    if tiers
        .iter()
        .any(|row| row.specification != first.specification)
    {
        return query.missing(Reason::Ambiguous(
            tiers.iter().map(|row| row.place.to_string()).collect(),
        ));
    }
    let others = |status: Status| {
        rows.beside(query.product, query.item).filter(move |row| {
            row.status == status
                && row.site == query.site
                && row.is_valid_on(query.date)
                && row.specification == first.specification
                && query.is_related(&row.region)
        })
    };
    let confirms = others(Status::Confirms)
        .filter(|row| {
            query.distance(&row.region).is_some()
                && tiers.iter().any(|tier| tier.price == row.price)
        })
        .collect();
    let disputed = others(Status::Disputed).collect();
    Lookup::Found(Found {
        tiers,
        confirms,
        disputed,
    })
}

fn why_nothing(rows: &RowSet, query: &Query<'_>, here: &[&Row]) -> Reason {
    if here.iter().any(|row| row.status == Status::Used) {
        return Reason::NotValid;
    }
    let of_site = || {
        rows.of(query.product, query.item)
            .filter(|row| row.site == query.site)
    };
    let disputed: Vec<Said> = here
        .iter()
        .filter(|row| row.status == Status::Disputed)
        .map(|row| {
            let unit = row.unit.said();
            Said::made(
                format!(
                    "{} {} {} in {}",
                    row.price,
                    row.currency,
                    unit.en(),
                    row.region
                ),
                format!(
                    "{}：{} {} {}",
                    row.region,
                    row.price,
                    row.currency,
                    unit.zh()
                ),
            )
        })
        .collect();
    if !disputed.is_empty() {
        return Reason::Disputed(disputed);
    }
    let used = || of_site().filter(|row| row.status == Status::Used);
    let elsewhere: BTreeSet<&str> = used()
        .filter(|row| query.satisfies(&row.specification))
        .map(|row| row.region.as_ref())
        .collect();
    if !elsewhere.is_empty() {
        return Reason::OtherRegions(elsewhere.into_iter().map(str::to_owned).collect());
    }
    if used().next().is_none() {
        return Reason::Unpriced;
    }
    // Rows that would fit, were it not for attributes about which the charge says nothing.
    let unsaid: BTreeSet<&str> = used()
        .filter(|row| query.distance(&row.region).is_some())
        .filter(|row| {
            let contradicts = |(name, value): (&str, &str)| {
                query
                    .specification
                    .get(name)
                    .is_some_and(|said| said != value)
            };
            !row.specification.iter().any(contradicts)
        })
        .flat_map(|row| row.specification.iter().map(|(name, _)| name))
        .filter(|name| !query.specification.contains_key(*name))
        .collect();
    if unsaid.is_empty() {
        Reason::Specification
    } else {
        Reason::Attributes(unsaid.into_iter().map(|name| format!("`{name}`")).collect())
    }
}
