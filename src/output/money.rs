//! Amounts for people. Exact until here, rounded once, and said so where the parts then do not add up.

use rust_decimal::Decimal;

use crate::model::Money;
use crate::model::money::Sums;

/// `1036.09 CNY + 2.40 USD`; `0` where nothing was added: an empty sum is not an amount of any currency.
pub fn sums(sums: &Sums) -> String {
    if sums.is_empty() {
        return "0".to_owned();
    }
    sums.iter()
        .map(|money| money.to_string())
        .collect::<Vec<_>>()
        .join(" + ")
}

/// The same with every digit.
pub fn exact(money: Money) -> String {
    format!("{} {}", money.amount.normalize(), money.currency)
}

/// Whether amounts, each rounded, add up to their rounded total in every currency.
pub fn adds_up(parts: impl IntoIterator<Item = Money>, total: &Sums) -> bool {
    let mut rounded = Sums::default();
    for part in parts {
        rounded.add(Money::new(part.rounded(), part.currency));
    }
    total.iter().all(|money| {
        let sum = rounded
            .iter()
            .find(|sum| sum.currency == money.currency)
            .map_or(Decimal::ZERO, |sum| sum.amount);
        sum == money.rounded()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Currency;
    use proptest::prelude::*;

    fn cny(text: &str) -> Money {
        Money::new(text.parse().unwrap(), Currency::CNY)
    }

    #[test]
    fn two_halves_of_a_cent_are_noticed() {
        let parts = [cny("293.54328"), cny("293.54328")];
        let mut total = Sums::default();
        for part in parts {
            total.add(part);
        }
        assert_eq!(sums(&total), "587.09 CNY");
        assert!(!adds_up(parts, &total));
        assert!(adds_up([cny("1.50"), cny("2.25")], &{
            let mut total = Sums::default();
            total.add(cny("3.75"));
            total
        }));
    }

    #[test]
    fn currencies_stand_apart() {
        let mut total = Sums::default();
        total.add(cny("1"));
        total.add(Money::new(Decimal::TWO, Currency::USD));
        assert_eq!(sums(&total), "1.00 CNY + 2.00 USD");
        assert_eq!(sums(&Sums::default()), "0");
    }

    proptest! {
        /// Amounts of whole cents always add up.
        #[test]
        fn whole_cents_add_up(cents in prop::collection::vec(0_i64..10_000_000, 0..50)) {
            let parts: Vec<Money> = cents.iter().map(|c| Money::new(Decimal::new(*c, 2), Currency::CNY)).collect();
            let mut total = Sums::default();
            for part in &parts {
                total.add(*part);
            }
            prop_assert!(adds_up(parts, &total));
        }
    }
}
