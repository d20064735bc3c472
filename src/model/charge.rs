//! Charges: the billed items of a resource, before any price is known.
//!
//! They are computed from a resource whenever they are needed and stand in no file.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::Serialize;

use super::Said;

/// Time over which a quantity is billed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Per {
    /// Each hour that the resource exists.
    Hour,
    /// Each day.
    Day,
    /// Each month.
    Month,
    /// Each unit of use, whenever it happens (a GB sent, a request).
    Use,
}

/// How much of an item is billed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Quantity {
    /// Known from the resource itself.
    Known(#[serde(with = "rust_decimal::serde::str")] Decimal),
    /// Depends on use that was not observed; says what to look at.
    Usage(Said),
    /// Should be known from the resource, but could not be read; says why.
    Unreadable(Said),
}

/// Whether and how an item is billed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ChargeKind {
    /// Billed: look for a price.
    Billed,
    /// Not billed, and why (a documented waiver, a free edition).
    Free(Said),
    /// We cannot tell what is billed, and why.
    Unknown(Said),
}

/// One billed item of a resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Charge {
    /// Product in the price book: `ecs`, `disk`, `eip`.
    pub product: String,
    /// Billing item in the price book: `instance`, `lcu`.
    pub item: String,
    /// What selects the price row: `instance_type=ecs.c7.large`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub specification: BTreeMap<String, String>,
    /// How much.
    pub quantity: Quantity,
    /// Unit of the quantity: `instance`, `GiB`, `shard`, `LCU`, `GB`.
    pub unit: String,
    /// Over which time.
    pub per: Per,
    /// Whether it is billed at all.
    pub kind: ChargeKind,
    /// Whether the quantity is the most that it can be, because nothing says what it is.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_at_most: bool,
    /// What the charge rests on that no source confirms or that the user should know.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub assumptions: Vec<Said>,
}

impl Charge {
    /// A billed charge.
    pub fn billed(product: &str, item: &str, quantity: Quantity, unit: &str, per: Per) -> Self {
        Self {
            product: product.to_owned(),
            item: item.to_owned(),
            specification: BTreeMap::new(),
            quantity,
            unit: unit.to_owned(),
            per,
            kind: ChargeKind::Billed,
            is_at_most: false,
            assumptions: Vec::new(),
        }
    }

    /// One unit each hour: an instance fee.
    pub fn hourly(product: &str, item: &str, unit: &str) -> Self {
        Self::billed(
            product,
            item,
            Quantity::Known(Decimal::ONE),
            unit,
            Per::Hour,
        )
    }

    /// An item billed by use that the inventory cannot see.
    pub fn usage(product: &str, item: &str, unit: &str, what_decides: Said) -> Self {
        Self::billed(product, item, Quantity::Usage(what_decides), unit, Per::Use)
    }

    /// An item that is not billed, and why.
    pub fn free(product: &str, item: &str, reason: Said) -> Self {
        Self {
            kind: ChargeKind::Free(reason),
            ..Self::hourly(product, item, "resource")
        }
    }

    /// An item of which we cannot tell what is billed, and why.
    pub fn unknown(product: &str, item: &str, reason: Said) -> Self {
        Self {
            kind: ChargeKind::Unknown(reason),
            ..Self::hourly(product, item, "resource")
        }
    }

    /// Adds what selects the price row. A value that could not be read makes the whole charge unknown.
    #[must_use]
    pub fn with(mut self, key: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => {
                self.specification.insert(key.to_owned(), value.to_owned());
            }
            None => {
                self.kind = ChargeKind::Unknown(Said::not_in_answer(key));
            }
        }
        self
    }

    /// Says that the quantity is the most that it can be.
    #[must_use]
    pub fn at_most(mut self) -> Self {
        self.is_at_most = true;
        self
    }

    /// Adds an assumption.
    #[must_use]
    pub fn assuming(mut self, assumption: Said) -> Self {
        self.assumptions.push(assumption);
        self
    }
}

impl Quantity {
    /// A known quantity, or unreadable under the name of its attribute.
    pub fn from_attribute(value: Option<Decimal>, name: &str) -> Self {
        match value {
            Some(value) => Self::Known(value),
            None => Self::Unreadable(Said::not_in_answer(name)),
        }
    }
}
