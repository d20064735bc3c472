//! Attributes: what a resource type keeps of a vendor's answer, by our own names.
//!
//! An attribute that the answer did not carry, or carried in a shape we do not know, is absent. Absent is never zero or
//! false: the getters return `None` and the caller has to say what that means.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// One attribute's value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Attribute {
    /// Free text or a code.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// An exact decimal.
    Decimal(#[serde(with = "rust_decimal::serde::str")] Decimal),
    /// True or false.
    Boolean(bool),
    /// A point in time.
    Time(DateTime<Utc>),
    /// Several texts, in the vendor's order.
    TextList(Vec<String>),
    /// Texts by name (labels, selected annotations).
    TextMap(BTreeMap<String, String>),
}

/// Attributes by name (`snake_case`, units in the name).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Attributes(BTreeMap<String, Attribute>);

impl Attributes {
    /// Sets an attribute.
    pub fn set(&mut self, name: &str, value: Attribute) {
        self.0.insert(name.to_owned(), value);
    }

    /// Sets a text.
    pub fn set_text(&mut self, name: &str, value: impl Into<String>) {
        self.set(name, Attribute::Text(value.into()));
    }

    /// The attribute, whatever its kind.
    pub fn get(&self, name: &str) -> Option<&Attribute> {
        self.0.get(name)
    }

    /// A text.
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.0.get(name) {
            Some(Attribute::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// A whole number.
    pub fn integer(&self, name: &str) -> Option<i64> {
        match self.0.get(name) {
            Some(Attribute::Integer(number)) => Some(*number),
            _ => None,
        }
    }

    /// A decimal; whole numbers count as decimals.
    pub fn decimal(&self, name: &str) -> Option<Decimal> {
        match self.0.get(name) {
            Some(Attribute::Decimal(number)) => Some(*number),
            Some(Attribute::Integer(number)) => Some(Decimal::from(*number)),
            _ => None,
        }
    }

    /// True or false.
    pub fn boolean(&self, name: &str) -> Option<bool> {
        match self.0.get(name) {
            Some(Attribute::Boolean(value)) => Some(*value),
            _ => None,
        }
    }

    /// A point in time.
    pub fn time(&self, name: &str) -> Option<DateTime<Utc>> {
        match self.0.get(name) {
            Some(Attribute::Time(time)) => Some(*time),
            _ => None,
        }
    }

    /// Several texts; `None` where the answer had no such list, an empty slice where it had an empty one.
    pub fn text_list(&self, name: &str) -> Option<&[String]> {
        match self.0.get(name) {
            Some(Attribute::TextList(list)) => Some(list),
            _ => None,
        }
    }

    /// Texts by name.
    pub fn text_map(&self, name: &str) -> Option<&BTreeMap<String, String>> {
        match self.0.get(name) {
            Some(Attribute::TextMap(map)) => Some(map),
            _ => None,
        }
    }

    /// All attributes, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Attribute)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }
}

impl std::fmt::Display for Attribute {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Integer(number) => write!(f, "{number}"),
            Self::Decimal(number) => write!(f, "{number}"),
            Self::Boolean(value) => write!(f, "{value}"),
            Self::Time(time) => f.write_str(&super::time::format(*time)),
            Self::TextList(list) => f.write_str(&list.join(", ")),
            Self::TextMap(map) => {
                let pairs: Vec<_> = map.iter().map(|(k, v)| format!("{k}={v}")).collect();
                f.write_str(&pairs.join(", "))
            }
        }
    }
}
