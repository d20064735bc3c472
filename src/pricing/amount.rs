//! From price and quantity to an amount per month, with the formula in words.

use rust_decimal::Decimal;

use super::row::Row;
use super::unit::{Period, Unit};

/// Amounts above this are a mistake in the input, and would endanger the exactness of sums.
const IMPLAUSIBLE: Decimal = Decimal::from_parts(1_000_000_000, 0, 0, false, 0);

/// An amount with the way it came about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Amount {
    pub(super) value: Decimal,
    pub(super) formula: String,
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
            let formula = format!(
                "({}{} - {} free {short}) x {} {currency}/{short}",
                count_words(unit, quantity.count, ""),
                time,
                spent.normalize(),
                row.price
            );
            (billed.checked_mul(row.price)?, formula, spent)
        } else {
            let formula = format!(
                "{}{} {currency}/{short}{time}",
                count_words(unit, quantity.count, " x "),
                row.price
            );
            (used.checked_mul(row.price)?, formula, spent)
        }
    } else {
        let (sum, words) = tiered(tiers, quantity.count)?;
        (
            sum.checked_mul(times)?,
            format!("({words}) {currency}/{short}{time}"),
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
fn tiered(tiers: &[&Row], count: Decimal) -> Option<(Decimal, String)> {
    let mut sum = Decimal::ZERO;
    let mut words = Vec::new();
    for row in tiers {
        let part = row
            .tier_to
            .map_or(count, |to| to.min(count))
            .checked_sub(row.tier_from)?;
        if part > Decimal::ZERO {
            sum = sum.checked_add(part.checked_mul(row.price)?)?;
            words.push(format!(
                "{}{}",
                count_words(row.unit, part, " x "),
                row.price
            ));
        }
    }
    if words.is_empty() {
        words.push("0".to_owned());
    }
    Some((sum, words.join(" + ")))
}

/// `40 GiB x `, `2 x `; nothing for a single thing.
fn count_words(unit: &Unit, count: Decimal, then: &str) -> String {
    match unit.thing {
        Some(thing) => format!("{} {thing}{then}", count.normalize()),
        None if count == Decimal::ONE && !then.is_empty() => String::new(),
        None => format!("{}{then}", count.normalize()),
    }
}

/// ` x 720 h`, ` x 30 d`.
fn time_words(unit: &Unit, quantity: Quantity, times: Decimal, divisor: Decimal) -> String {
    let hours = quantity.hours.normalize();
    match unit.period {
        Period::Use => String::new(),
        Period::Month if times == divisor => String::new(),
        Period::Month => format!(" x {hours}/720"),
        Period::Hour => format!(" x {hours} h"),
        Period::Second => format!(" x {hours} h x 3600"),
        Period::Day if (times % divisor).is_zero() => {
            format!(" x {} d", (times / divisor).normalize())
        }
        Period::Day => format!(" x {hours}/24 d"),
    }
}
