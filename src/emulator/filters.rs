//! Which items a call's parameters leave.
//!
//! Most filters need no row: a parameter named like a field of the item selects by it, `<Field>s` by any of several values, and
//! `Tag`/`Tags` by tags. What differs is a row (`"DiskType": "Type except all"`). A parameter that is neither is refused: an answer
//! that ignores a filter would be wrong.

use serde_json::Value;

use super::errors::Refusal;
use super::route::Call;
use crate::contracts::{Operation, Shape};

/// Parameters that select nothing: whose account it is (all calls see one), and languages.
pub(super) const NO_FILTERS: &[&str] = &[
    "AcceptLanguage",
    "OwnerAccount",
    "OwnerId",
    "RegionId",
    "ResourceOwnerAccount",
    "ResourceOwnerId",
];

/// How a parameter selects by a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rule {
    /// Dotted path in the item; lists on the way match with any element.
    field: String,
    how: How,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum How {
    /// Equal, or any of a repeated parameter's values.
    Equal,
    /// Any of a JSON list of strings.
    Json,
    /// Any of a comma-separated list.
    Commas,
    /// Contains the text.
    Contains,
    /// Equal, with `*` for anything.
    Glob,
    /// Begins with the text.
    Prefix,
    /// Equal, unless the value is this word.
    Except(String),
    /// Equal, where this word stands for an empty field.
    Empty(String),
}

/// A filter row that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error(
    "`{0}` is no filter: `Field`, or `Field` and one of json, commas, contains, glob, prefix, `except <word>`, `empty <word>`"
)]
pub(super) struct RuleError(String);

impl Rule {
    /// The field's path.
    #[cfg(test)]
    pub(super) fn field(&self) -> &str {
        &self.field
    }

    /// The condition for a value that the caller did not send.
    pub(super) fn with(&self, value: &str) -> Condition {
        Condition::equal(&self.field, self.meant(value))
    }

    /// What a value of the parameter is in the field.
    fn meant<'v>(&self, value: &'v str) -> &'v str {
        match &self.how {
            How::Empty(word) if word == value => "",
            _ => value,
        }
    }
}

impl std::str::FromStr for Rule {
    type Err = RuleError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts: Vec<&str> = text.split(' ').collect();
        let (field, how) = match parts.as_slice() {
            [field] => (field, How::Equal),
            [field, "json"] => (field, How::Json),
            [field, "commas"] => (field, How::Commas),
            [field, "contains"] => (field, How::Contains),
            [field, "glob"] => (field, How::Glob),
            [field, "prefix"] => (field, How::Prefix),
            [field, "except", word] => (field, How::Except((*word).to_owned())),
            [field, "empty", word] => (field, How::Empty((*word).to_owned())),
            _ => return Err(RuleError(text.to_owned())),
        };
        if field.is_empty() {
            return Err(RuleError(text.to_owned()));
        }
        Ok(Self {
            field: (*field).to_owned(),
            how,
        })
    }
}

/// One condition on items.
#[derive(Debug)]
pub(super) enum Condition {
    /// A field has one of these values.
    Field {
        /// Dotted path.
        path: String,
        /// Values, any of which.
        any_of: Vec<String>,
        /// How the field's value and one of these agree.
        agree: Agree,
    },
    /// A tag is there.
    Tag {
        /// Key.
        key: String,
        /// Value, if it matters.
        value: Option<String>,
    },
}

/// How a field's value and a wanted one agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Agree {
    /// Equal; truth values in any case.
    Equal,
    /// The field contains the text.
    Contains,
    /// Equal, with `*` for anything.
    Glob,
    /// The field begins with the text.
    Prefix,
}

impl Agree {
    fn holds(self, wanted: &str, value: &str) -> bool {
        match self {
            Self::Equal => {
                value == wanted
                    || (matches!(value, "true" | "false") && value.eq_ignore_ascii_case(wanted))
            }
            Self::Contains => value.contains(wanted),
            Self::Glob => globs(wanted, value),
            Self::Prefix => value.starts_with(wanted),
        }
    }
}

/// The conditions of a call. `rule` knows the rows; `item` is the contract's shape of one item.
pub(super) fn conditions<'r>(
    call: &Call,
    item: Option<&Shape>,
    id: Option<&str>,
    rule: impl Fn(&str) -> Option<&'r Rule>,
    ignored: impl Fn(&str) -> bool,
) -> Result<Vec<Condition>, Refusal> {
    let mut found = Vec::new();
    let mut seen: Vec<&str> = Vec::new();
    let sent = call.named.keys().map(String::as_str).chain(
        call.pairs()
            .map(|(name, _)| name.split('.').next().unwrap_or(name)),
    );
    for name in sent {
        if seen.contains(&name) {
            continue;
        }
        seen.push(name);
        if let Some(rule) = rule(name) {
            found.extend(by_rule(call, name, rule)?);
        } else if NO_FILTERS.contains(&name) || ignored(name) || is_paging(call.operation, name) {
        } else if matches!(name, "Tag" | "Tags" | "tags") {
            found.extend(tags(call, name)?);
        } else if let Some(path) = field_of(name, item, id) {
            let json = name.ends_with('s')
                && call
                    .argument(name)
                    .is_some_and(|text| text.starts_with('['));
            let rule = Rule {
                field: path,
                how: if json { How::Json } else { How::Equal },
            };
            found.extend(by_rule(call, name, &rule)?);
        } else {
            return Err(Refusal::not_emulated(format!(
                "the emulator does not know what parameter {name} of {} selects: say so in products.json",
                call.operation.label()
            )));
        }
    }
    Ok(found)
}

fn is_paging(operation: &Operation, name: &str) -> bool {
    use crate::contracts::Paging;
    let named = match &operation.paging {
        None => false,
        Some(Paging::Page { number, size, .. }) => name == number || name == size,
        Some(Paging::Token { size, token, .. }) => {
            name == token
                || size.as_deref() == Some(name)
                || matches!(name, "PageNumber" | "PageSize")
        }
        Some(Paging::Marker { size, marker, .. }) => name == size || name == marker,
        Some(Paging::Offset { offset, size, .. }) => name == offset || name == size,
    };
    // Contracts without paging data can have the parameters all the same (`MaxResults` of lists that fit one page).
    named
}

/// The field of an item that a parameter of this name selects by.
fn field_of(name: &str, item: Option<&Shape>, id: Option<&str>) -> Option<String> {
    let item = item?;
    let scalar = |field: &str| matches!(item.field(field), Some(Shape::Scalar(_)));
    if scalar(name) {
        return Some(name.to_owned());
    }
    let one = name.strip_suffix('s')?;
    (scalar(one) || id == Some(one)).then(|| one.to_owned())
}

fn by_rule(call: &Call, name: &str, rule: &Rule) -> Result<Option<Condition>, Refusal> {
    let repeated = format!("{name}.");
    let mut values: Vec<String> = call
        .pairs()
        .filter(|(sent, _)| sent.starts_with(&repeated))
        .map(|(_, value)| value.to_owned())
        .collect();
    if let Some(value) = call.argument(name) {
        match &rule.how {
            How::Json => values.extend(json_list(call, name, value)?),
            How::Commas => values.extend(value.split(',').map(|part| part.trim().to_owned())),
            How::Except(word) if value == word => return Ok(None),
            _ => values.push(value.to_owned()),
        }
    }
    // An empty value selects nothing away, as in the official gateway's handling of empty strings.
    values.retain(|value| !value.is_empty());
    if values.is_empty() {
        return Ok(None);
    }
    Ok(Some(Condition::Field {
        path: rule.field.clone(),
        any_of: values
            .iter()
            .map(|value| rule.meant(value).to_owned())
            .collect(),
        agree: match rule.how {
            How::Contains => Agree::Contains,
            How::Glob => Agree::Glob,
            How::Prefix => Agree::Prefix,
            How::Equal | How::Json | How::Commas | How::Except(_) | How::Empty(_) => Agree::Equal,
        },
    }))
}

fn json_list(call: &Call, name: &str, text: &str) -> Result<Vec<String>, Refusal> {
    serde_json::from_str::<Vec<String>>(text).map_err(|_| {
        Refusal::invalid_parameter(
            call.family,
            format!("The specified {name} is not valid: it takes a JSON list of strings."),
        )
    })
}

/// `Tag.N.Key` and `Tag.N.Value`, or a JSON list in one string.
fn tags(call: &Call, name: &str) -> Result<Vec<Condition>, Refusal> {
    if let Some(text) = call.argument(name).filter(|text| !text.is_empty()) {
        let invalid = || {
            Refusal::invalid_parameter(
                call.family,
                format!("The specified {name} is not valid: it takes a JSON list of tags."),
            )
        };
        let list: Vec<Value> = serde_json::from_str(text).map_err(|_| invalid())?;
        return list
            .iter()
            .map(|tag| {
                let (key, value) = tag_of(tag).ok_or_else(invalid)?;
                Ok(Condition::Tag {
                    key: key.to_owned(),
                    value: value.map(str::to_owned),
                })
            })
            .collect();
    }
    let mut found = Vec::new();
    for (sent, key) in call.pairs() {
        let Some(position) = sent
            .strip_prefix(name)
            .and_then(|rest| rest.strip_prefix('.'))
            .and_then(|rest| {
                rest.strip_suffix(".Key")
                    .or_else(|| rest.strip_suffix(".TagKey"))
            })
        else {
            continue;
        };
        let value = [
            format!("{name}.{position}.Value"),
            format!("{name}.{position}.TagValue"),
        ]
        .iter()
        .find_map(|value| call.argument(value));
        found.push(Condition::Tag {
            key: key.to_owned(),
            value: value.map(str::to_owned),
        });
    }
    Ok(found)
}

fn tag_of(tag: &Value) -> Option<(&str, Option<&str>)> {
    let field = |names: [&str; 3]| names.iter().find_map(|name| tag.get(*name)?.as_str());
    let key = field(["TagKey", "Key", "key"])?;
    Some((key, field(["TagValue", "Value", "value"])))
}

impl Condition {
    /// That the field has this value.
    pub(super) fn equal(path: &str, value: &str) -> Self {
        Self::Field {
            path: path.to_owned(),
            any_of: vec![value.to_owned()],
            agree: Agree::Equal,
        }
    }

    /// Whether the item passes.
    pub(super) fn admits(&self, item: &Value) -> bool {
        match self {
            Self::Field {
                path,
                any_of,
                agree,
            } => any_at(item, path, &|value| {
                any_of.iter().any(|wanted| agree.holds(wanted, value))
            }),
            Self::Tag { key, value } => ["Tags", "tags"]
                .iter()
                .filter_map(|name| item.get(*name))
                .filter_map(|tags| {
                    tags.as_array()
                        .or_else(|| tags.get("Tag").and_then(Value::as_array))
                })
                .flatten()
                .filter_map(tag_of)
                .any(|(known, has)| {
                    known == key && value.as_deref().is_none_or(|value| has == Some(value))
                }),
        }
    }
}

/// Whether one of the scalars at a dotted path, as text, passes the test.
pub(super) fn any_at(value: &Value, path: &str, test: &dyn Fn(&str) -> bool) -> bool {
    match value {
        Value::Array(items) => items.iter().any(|item| any_at(item, path, test)),
        Value::Object(fields) if !path.is_empty() => {
            let (first, rest) = path.split_once('.').unwrap_or((path, ""));
            fields
                .get(first)
                .is_some_and(|next| any_at(next, rest, test))
        }
        Value::String(text) if path.is_empty() => test(text),
        Value::Bool(_) | Value::Number(_) if path.is_empty() => test(&value.to_string()),
        _ => false,
    }
}

fn globs(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((before, after)) => text.strip_prefix(before).is_some_and(|rest| {
            (0..=rest.len())
                .filter_map(|start| rest.get(start..))
                .any(|rest| globs(after, rest))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn admits(condition: &Condition, item: &Value) -> bool {
        condition.admits(item)
    }

    #[test]
    fn rules_are_read() {
        for text in [
            "Type",
            "Type empty None",
            "Type except all",
            "DiskId json",
            "A.B commas",
            "n contains",
            "n glob",
        ] {
            assert!(text.parse::<Rule>().is_ok(), "{text}");
        }
        for text in ["", "Type of", "Type except", "a b c d"] {
            assert!(text.parse::<Rule>().is_err(), "{text}");
        }
    }

    #[test]
    fn fields_are_found_through_lists() {
        let item = json!({"A": [{"B": "x"}, {"B": "y"}], "N": 4, "T": true});
        let field = |path: &str, wanted: &str| Condition::Field {
            path: path.into(),
            any_of: vec![wanted.into()],
            agree: Agree::Equal,
        };
        assert!(admits(&field("A.B", "y"), &item));
        assert!(!admits(&field("A.B", "z"), &item));
        assert!(admits(&field("N", "4"), &item));
        assert!(admits(&field("T", "True"), &item));
        assert!(!admits(&field("A", "x"), &item));
    }

    #[test]
    fn tags_are_found_in_every_spelling() {
        for item in [
            json!({"Tags": {"Tag": [{"TagKey": "k", "TagValue": "v"}]}}),
            json!({"Tags": [{"Key": "k", "Value": "v"}]}),
            json!({"tags": [{"key": "k", "value": "v"}]}),
        ] {
            let tag = |key: &str, value: Option<&str>| Condition::Tag {
                key: key.into(),
                value: value.map(str::to_owned),
            };
            assert!(admits(&tag("k", Some("v")), &item));
            assert!(admits(&tag("k", None), &item));
            assert!(!admits(&tag("k", Some("w")), &item));
            assert!(!admits(&tag("v", None), &item));
        }
    }

    #[test]
    fn a_star_stands_for_anything() {
        for (pattern, text, fits) in [
            ("a*", "abc", true),
            ("*c", "abc", true),
            ("a*c", "abc", true),
            ("*", "", true),
            ("a*d", "abc", false),
            ("云*", "云端", true),
            ("abc", "abcd", false),
        ] {
            assert_eq!(globs(pattern, text), fits, "{pattern} {text}");
        }
    }
}
