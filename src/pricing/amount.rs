//! From price and quantity to an amount per month, with the formula in words.

use rust_decimal::Decimal;

use super::row::Row;
use super::unit::{Period, Unit};
use crate::model::Said;

/// Amounts above this are a mistake in the input, and would endanger the exactness of sums.
const IMPLAUSIBLE: Decimal = Decimal::from_parts(1_000_000_000, 0, 0, false, 0);

/// An amount with the way it came about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Amount {
    pub(super) value: Decimal,
    pub(super) formula: Said,
    /// How much of a free quota was spent.
    pub(super) spent: Decimal,
}

/// What an amount is computed from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Quantity {
    /// In the unit's thing.
    pub(super) count: Decimal,
    /// Hours of the month.
    pub(super) hours: Decimal,
    /// Whether a month is a term paid ahead instead of 720 hours.
    pub(super) is_term: bool,
    /// Free quota left, in the unit's thing x period.
    pub(super) free: Decimal,
}

/// The amount of a month; `None` where the numbers are beyond reason.
///
/// Everything is multiplied before it is divided: the only inexact amounts are those that have no finite decimal
/// (a price per day over a number of hours that is no multiple of 3); these carry 28 digits.
pub(super) fn monthly(tiers: &[&Row], quantity: Quantity) -> Option<Amount> {
    let first = tiers.first()?;
    let unit = first.unit;
    let (times, divisor) = if unit.period == Period::Use
        || (unit.period == Period::Month && (quantity.is_term || unit.thing.is_none()))
    {
        (Decimal::ONE, Decimal::ONE)
    } else {
        unit.period.count(quantity.hours)?
    };
    let lots = divisor.checked_mul(Decimal::from(unit.lot))?;
    let used = quantity.count.checked_mul(times)?;
    let time = time_words(unit, quantity, times, divisor);
    let short = unit.short();
    let currency = first.currency;
    let (numerator, formula, spent) = if let [row] = tiers {
        let spent = quantity.free.min(used.checked_div(divisor)?);
        if spent > Decimal::ZERO {
            let billed = used.checked_sub(spent.checked_mul(divisor)?)?;
            let count = count_words(unit, quantity.count, "");
            let free = Said::made(
                format!("{} free {}", spent.normalize(), short.en()),
                format!("免费 {} {}", spent.normalize(), short.zh()),
            );
            let formula = Said::both(|of| {
                format!(
                    "({}{} - {}) x {} {currency}/{}",
                    of(&count),
                    of(&time),
                    of(&free),
                    row.price,
                    of(&short)
                )
            });
            (billed.checked_mul(row.price)?, formula, spent)
        } else {
            let count = count_words(unit, quantity.count, " x ");
            let formula = Said::both(|of| {
                format!(
                    "{}{} {currency}/{}{}",
                    of(&count),
                    row.price,
                    of(&short),
                    of(&time)
                )
            });
            (used.checked_mul(row.price)?, formula, spent)
        }
    } else {
        let (sum, words) = tiered(tiers, quantity.count)?;
        (
            sum.checked_mul(times)?,
            Said::both(|of| format!("({}) {currency}/{}{}", of(&words), of(&short), of(&time))),
            Decimal::ZERO,
        )
    };
    let value = numerator.checked_div(lots)?.normalize();
    (value >= Decimal::ZERO && value < IMPLAUSIBLE).then_some(Amount {
        value,
        formula,
        spent,
    })
}

/// Each part of the quantity at the price of its tier.
fn tiered(tiers: &[&Row], count: Decimal) -> Option<(Decimal, Said)> {
    let mut sum = Decimal::ZERO;
    let mut words = Vec::new();
    for row in tiers {
        let part = row
            .tier_to
            .map_or(count, |to| to.min(count))
            .checked_sub(row.tier_from)?;
        if part > Decimal::ZERO {
            sum = sum.checked_add(part.checked_mul(row.price)?)?;
            let count = count_words(row.unit, part, " x ");
            words.push(Said::both(|of| format!("{}{}", of(&count), row.price)));
        }
    }
    if words.is_empty() {
        words.push(Said::new("0", "0"));
    }
    let words = Said::both(|of| words.iter().map(of).collect::<Vec<_>>().join(" + "));
    Some((sum, words))
}

/// `40 GiB x `, `2 x `; nothing for a single thing.
fn count_words(unit: &Unit, count: Decimal, then: &str) -> Said {
    let count = count.normalize();
    match unit.counted() {
        Some(thing) => Said::both(|of| format!("{count} {}{then}", of(&thing))),
        None if count == Decimal::ONE && !then.is_empty() => Said::new("", ""),
        None => Said::both(|_| format!("{count}{then}")),
    }
}

/// ` x 720 h`, ` x 30 d`.
fn time_words(unit: &Unit, quantity: Quantity, times: Decimal, divisor: Decimal) -> Said {
    let hours = quantity.hours.normalize();
    match unit.period {
        Period::Use => Said::new("", ""),
        Period::Month if times == divisor => Said::new("", ""),
        Period::Month => Said::both(|_| format!(" x {hours}/720")),
        Period::Hour => Said::made(format!(" x {hours} h"), format!(" x {hours} 小时")),
        Period::Second => Said::made(
            format!(" x {hours} h x 3600"),
            format!(" x {hours} 小时 x 3600"),
        ),
        Period::Day if (times % divisor).is_zero() => {
            let days = (times / divisor).normalize();
            Said::made(format!(" x {days} d"), format!(" x {days} 天"))
        }
        Period::Day => Said::made(format!(" x {hours}/24 d"), format!(" x {hours}/24 天")),
    }
}
