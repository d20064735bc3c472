//! Reads an item by the data of its type.
//!
//! The vendor's shapes vary: a list of one may come as a single object, numbers and booleans as text, an empty text stands
//! for "none". What cannot be read is absent; where it decides money its name is kept in `unreadable`. Only a missing id
//! is an error, because an item without an id cannot be accounted for.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, Utc};
use rust_decimal::Decimal;
use serde_json::Value;

use super::field::{Field, FieldKind, Fields, Tags};
use super::{Billing, Spec};
use crate::model::{Attribute, Cell, ChargeType, Resource, ResourceId, time};

/// An item that cannot be accounted for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an item of {type_id} has no readable `{path}`")]
pub struct DecodeError {
    /// Type that was read.
    pub type_id: String,
    /// Path of the field.
    pub path: String,
}

/// Longest text that is kept of any field. Vendor names and codes are far shorter; more is not data but an accident or an attack.
const TEXT_LIMIT_CHARS: usize = 4096;

/// `2099-12-31T15:59Z` and the like mean "never" in pay-as-you-go answers.
const FIRST_YEAR_MEANING_NEVER: i32 = 2099;

/// Some answers write "none" like this where an identifier stands (`AllocationId` of network interfaces).
const NO_ID: &str = "null";

/// Reads an item.
pub fn decode(spec: &Spec, raw: &Value, cell: &Cell) -> Result<Resource, DecodeError> {
    decode_fields(spec, &spec.fields, raw, cell)
}

/// Reads an item whose fields stand elsewhere than the type says: one of a second list operation.
pub fn decode_fields(
    spec: &Spec,
    fields: &Fields,
    raw: &Value,
    cell: &Cell,
) -> Result<Resource, DecodeError> {
    let id = text_at(raw, fields.id).ok_or_else(|| DecodeError {
        type_id: spec.type_id.to_string(),
        path: fields.id.to_owned(),
    })?;
    let mut resource = Resource::new(ResourceId {
        account: cell.account.clone(),
        region: cell.region.clone(),
        type_id: spec.type_id.clone(),
        id,
    });
    resource.name = text_at(raw, fields.name);
    resource.status = text_at(raw, fields.status);
    resource.zone = text_at(raw, fields.zone);
    resource.created = time_at(raw, fields.created);
    resource.expires =
        time_at(raw, fields.expires).filter(|time| time.year() < FIRST_YEAR_MEANING_NEVER);
    resource.resource_group = text_at(raw, fields.resource_group);
    resource.tags = tags(raw, fields.tags);
    resource.charge_type = match (spec.billing, fields.charge_type) {
        (Billing::Free, _) => ChargeType::Free,
        (Billing::Charged, "") => ChargeType::PayAsYouGo,
        (Billing::Charged, path) => {
            text_at(raw, path).map_or(ChargeType::Unknown, |code| ChargeType::from_vendor(&code))
        }
    };
    if resource.charge_type == ChargeType::Unknown {
        resource.unreadable.push("charge_type".to_owned());
    }
    if resource.charge_type != ChargeType::Subscription {
        resource.expires = None;
    }
    for field in fields.attributes {
        match attribute(raw, field) {
            Some(value) => resource.attributes.set(field.name, value),
            None if field.is_money => resource.unreadable.push(field.name.to_owned()),
            None => {}
        }
    }
    Ok(resource)
}

/// Reads one declared field.
pub fn attribute(raw: &Value, field: &Field) -> Option<Attribute> {
    match field.kind {
        FieldKind::Text => text_at(raw, field.path)
            .filter(|text| !(text == NO_ID && field.name.ends_with("_id")))
            .map(Attribute::Text),
        FieldKind::Integer => integer_at(raw, field.path).map(Attribute::Integer),
        FieldKind::Decimal => decimal_at(raw, field.path).map(Attribute::Decimal),
        FieldKind::Boolean => boolean_at(raw, field.path).map(Attribute::Boolean),
        FieldKind::Time => time_at(raw, field.path).map(Attribute::Time),
        FieldKind::TextList => text_list_at(raw, field.path).map(Attribute::TextList),
        FieldKind::TextMap => text_map_at(raw, field.path).map(Attribute::TextMap),
    }
}

/// The values at a path. Lists on the way are crossed; a path that leads nowhere gives nothing.
pub fn values_at<'v>(raw: &'v Value, path: &str) -> Vec<&'v Value> {
    if path.is_empty() {
        return Vec::new();
    }
    let mut found = vec![raw];
    for key in path.split('.') {
        found = found
            .into_iter()
            .flat_map(|value| match value {
                Value::Array(items) => items.iter().collect(),
                other => vec![other],
            })
            .filter_map(|value: &Value| value.get(key))
            .collect();
    }
    found.retain(|value| !value.is_null());
    found
}

fn first<'v>(raw: &'v Value, path: &str) -> Option<&'v Value> {
    values_at(raw, path).into_iter().next()
}

fn scalar_text(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    let is_usable = !text.is_empty() && text.chars().count() <= TEXT_LIMIT_CHARS;
    is_usable.then_some(text)
}

/// Text; numbers are taken as text, an empty text as absent.
pub fn text_at(raw: &Value, path: &str) -> Option<String> {
    first(raw, path).and_then(scalar_text)
}

/// A whole number, also written as text.
pub fn integer_at(raw: &Value, path: &str) -> Option<i64> {
    match first(raw, path)? {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// A decimal number, also written as text. Exact as far as the answer's digits go.
pub fn decimal_at(raw: &Value, path: &str) -> Option<Decimal> {
    let text = match first(raw, path)? {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.trim().to_owned(),
        _ => return None,
    };
    text.parse()
        .ok()
        .or_else(|| Decimal::from_scientific(&text).ok())
}

/// True or false, also written as text or as 0/1.
pub fn boolean_at(raw: &Value, path: &str) -> Option<bool> {
    match first(raw, path)? {
        Value::Bool(value) => Some(*value),
        Value::Number(number) => match number.as_i64() {
            Some(0) => Some(false),
            Some(1) => Some(true),
            _ => None,
        },
        Value::String(text) => match text.to_ascii_lowercase().as_str() {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// A point in time, in any spelling of [`time::parse`].
pub fn time_at(raw: &Value, path: &str) -> Option<DateTime<Utc>> {
    match first(raw, path)? {
        Value::String(text) => time::parse(text),
        Value::Number(number) => number.as_i64().and_then(time::from_unix),
        _ => None,
    }
}

/// Texts. `None` where the path leads nowhere or to something that is no text; an empty list stays an empty list. Empty
/// texts stand for "none" and are left out.
pub fn text_list_at(raw: &Value, path: &str) -> Option<Vec<String>> {
    let found = values_at(raw, path);
    if found.is_empty() {
        // The list's last step is missing: `{"VSwitchId": {}}` is the vendor's empty list, a missing wrapper is not.
        let (wrapper, _) = path.rsplit_once('.')?;
        let is_empty_wrapper = values_at(raw, wrapper).iter().any(|value| {
            value.as_object().is_some_and(serde_json::Map::is_empty)
                || *value == &Value::Array(Vec::new())
        });
        return is_empty_wrapper.then(Vec::new);
    }
    let mut list = Vec::new();
    for value in found {
        let items = match value {
            Value::Array(items) => items.as_slice(),
            single => std::slice::from_ref(single),
        };
        for item in items.iter().filter(|item| item.as_str() != Some("")) {
            list.push(scalar_text(item)?);
        }
    }
    Some(list)
}

fn text_map_at(raw: &Value, path: &str) -> Option<BTreeMap<String, String>> {
    let object = first(raw, path)?.as_object()?;
    let texts = object
        .iter()
        .filter_map(|(key, value)| Some((key.clone(), scalar_text(value)?)));
    Some(texts.collect())
}

fn tags(raw: &Value, tags: Tags) -> BTreeMap<String, String> {
    match tags {
        Tags::None => BTreeMap::new(),
        Tags::Map { path } => text_map_at(raw, path).unwrap_or_default(),
        Tags::List { path, key, value } => {
            let mut found = BTreeMap::new();
            for entry in values_at(raw, path) {
                let entries = match entry {
                    Value::Array(entries) => entries.iter().collect(),
                    single => vec![single],
                };
                for entry in entries {
                    if let Some(tag_key) = text_at(entry, key) {
                        found.insert(tag_key, text_at(entry, value).unwrap_or_default());
                    }
                }
            }
            found
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn paths_cross_lists_and_single_objects_alike() {
        let many = json!({"A": {"B": [{"C": "1"}, {"C": "2"}]}});
        let one = json!({"A": {"B": {"C": "1"}}});
        assert_eq!(
            text_list_at(&many, "A.B.C"),
            Some(vec!["1".into(), "2".into()])
        );
        assert_eq!(text_list_at(&one, "A.B.C"), Some(vec!["1".into()]));
    }

    #[test]
    fn a_missing_list_is_not_an_empty_list() {
        assert_eq!(text_list_at(&json!({"A": {"B": []}}), "A.B"), Some(vec![]));
        assert_eq!(text_list_at(&json!({"A": {}}), "A.B"), Some(vec![]));
        assert_eq!(text_list_at(&json!({}), "A.B"), None);
        assert_eq!(text_list_at(&json!({"A": {"B": [{}]}}), "A.B"), None);
        let with_empty = json!({"A": [{"B": ""}, {"B": "1"}]});
        assert_eq!(text_list_at(&with_empty, "A.B"), Some(vec!["1".into()]));
    }

    #[test]
    fn scalars_are_read_in_the_vendors_spellings() {
        let raw = json!({"n": "40", "m": 40, "t": "true", "z": 0, "x": [], "d": 0.03, "e": ""});
        assert_eq!(integer_at(&raw, "n"), Some(40));
        assert_eq!(integer_at(&raw, "m"), Some(40));
        assert_eq!(boolean_at(&raw, "t"), Some(true));
        assert_eq!(boolean_at(&raw, "z"), Some(false));
        assert_eq!(boolean_at(&raw, "x"), None);
        assert_eq!(
            decimal_at(&raw, "d").map(|d| d.to_string()).as_deref(),
            Some("0.03")
        );
        assert_eq!(text_at(&raw, "e"), None);
    }
}
