//! Money: an exact decimal with its currency. Amounts of different currencies are never added together.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

/// An ISO 4217 currency code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3]);

impl Currency {
    /// Renminbi: the currency of the China site.
    pub const CNY: Currency = Currency(*b"CNY");
    /// US dollar: the currency of the international site's price list.
    pub const USD: Currency = Currency(*b"USD");

    /// The three letters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("???")
    }
}

/// The text is not three upper-case letters.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not a currency code (three upper-case letters such as CNY)")]
pub struct CurrencyError(String);

impl FromStr for Currency {
    type Err = CurrencyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.as_bytes() {
            [a, b, c] if [a, b, c].iter().all(|byte| byte.is_ascii_uppercase()) => {
                Ok(Self([*a, *b, *c]))
            }
            _ => Err(CurrencyError(text.to_owned())),
        }
    }
}

impl TryFrom<String> for Currency {
    type Error = CurrencyError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.as_str().to_owned()
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// An exact amount of one currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Money {
    /// Exact amount; JSON shows it as text so that no reader turns it into a float.
    #[serde(with = "rust_decimal::serde::str")]
    pub amount: Decimal,
    /// Currency of the amount.
    pub currency: Currency,
}

impl Money {
    /// An amount of a currency.
    pub const fn new(amount: Decimal, currency: Currency) -> Self {
        Self { amount, currency }
    }

    /// Rounded half away from zero to two decimals, for display only.
    pub fn rounded(&self) -> Decimal {
        let mut rounded = self
            .amount
            .round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
        rounded.rescale(2);
        rounded
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.rounded(), self.currency)
    }
}

/// Sums per currency.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sums(BTreeMap<Currency, DecimalText>);

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
struct DecimalText(#[serde(with = "rust_decimal::serde::str")] Decimal);

impl Sums {
    /// Adds an amount to the sum of its currency.
    pub fn add(&mut self, money: Money) {
        self.0.entry(money.currency).or_default().0 += money.amount;
    }

    /// The sums, one a currency, by code.
    pub fn iter(&self) -> impl Iterator<Item = Money> + '_ {
        self.0
            .iter()
            .map(|(currency, amount)| Money::new(amount.0, *currency))
    }

    /// Whether nothing was added.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn currencies_are_summed_apart() {
        let mut sums = Sums::default();
        sums.add(Money::new(Decimal::new(150, 2), Currency::CNY));
        sums.add(Money::new(Decimal::new(1, 0), Currency::USD));
        sums.add(Money::new(Decimal::new(25, 2), Currency::CNY));
        let all: Vec<_> = sums.iter().map(|money| money.to_string()).collect();
        assert_eq!(all, ["1.75 CNY", "1.00 USD"]);
    }

    #[test]
    fn currency_codes_are_three_capitals() {
        assert!("CNY".parse::<Currency>().is_ok());
        for bad in ["", "cny", "CN", "CNYX", "￥"] {
            assert!(bad.parse::<Currency>().is_err(), "{bad}");
        }
    }

    #[test]
    fn display_rounds_half_away_from_zero() {
        let money = Money::new("1036.08656".parse().unwrap(), Currency::CNY);
        assert_eq!(money.to_string(), "1036.09 CNY");
        let half = Money::new("0.125".parse().unwrap(), Currency::CNY);
        assert_eq!(half.to_string(), "0.13 CNY");
    }
}
