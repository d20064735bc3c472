//! The rows that say how items change and go away (`changes.json`).

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;
use serde_json::Value;

use super::super::products::{Scope, products};
use crate::contracts;

const TEXT: &str = include_str!("changes.json");

/// Fields of an item and the values that they must have; see [`Conditions::hold`].
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(transparent)]
pub(in crate::emulator) struct Conditions(BTreeMap<String, Value>);

/// HTTP status, code and message of an error.
pub(in crate::emulator) type ErrorText = (u16, String, String);

/// How the items of a collection go away, whoever removes them.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(in crate::emulator) struct Kind {
    pub(in crate::emulator) going: BTreeMap<String, Value>,
    pub(in crate::emulator) settle: u32,
    pub(in crate::emulator) refusals: Vec<Check>,
    pub(in crate::emulator) again: BTreeMap<String, Value>,
    pub(in crate::emulator) unprotect: BTreeMap<String, Value>,
    pub(in crate::emulator) takes: Vec<Reach>,
    pub(in crate::emulator) frees: Vec<Reach>,
    pub(in crate::emulator) drops: Vec<Listed>,
    pub(in crate::emulator) moves: BTreeMap<String, Move>,
}

/// What is checked before something happens.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::emulator) struct Check {
    #[serde(default, rename = "if")]
    pub(in crate::emulator) when: Conditions,
    #[serde(default)]
    pub(in crate::emulator) by: Option<String>,
    #[serde(default)]
    pub(in crate::emulator) field: String,
    #[serde(default)]
    pub(in crate::emulator) of: Option<String>,
    #[serde(default)]
    pub(in crate::emulator) unless: Option<String>,
    #[serde(default)]
    pub(in crate::emulator) with: Option<String>,
    #[serde(default)]
    pub(in crate::emulator) protection: bool,
    pub(in crate::emulator) error: ErrorText,
}

/// Items that something reaches: those whose field has the value that the item has at `of`, its id where absent.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::emulator) struct Reach {
    pub(in crate::emulator) collection: String,
    pub(in crate::emulator) field: String,
    #[serde(default)]
    pub(in crate::emulator) of: Option<String>,
    #[serde(default, rename = "if")]
    pub(in crate::emulator) when: Conditions,
    /// Fields of the other that must equal fields of this item.
    #[serde(default)]
    pub(in crate::emulator) same: BTreeMap<String, String>,
    #[serde(default)]
    pub(in crate::emulator) after: u32,
    #[serde(default)]
    pub(in crate::emulator) last: bool,
    #[serde(default, rename = "move")]
    pub(in crate::emulator) by_move: Option<String>,
}

/// A list in other items that the id leaves.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::emulator) struct Listed {
    pub(in crate::emulator) collection: String,
    pub(in crate::emulator) list: String,
    /// The field with the id, where the list has objects.
    #[serde(default)]
    pub(in crate::emulator) field: Option<String>,
}

/// Another way to change.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::emulator) struct Move {
    pub(in crate::emulator) now: BTreeMap<String, Value>,
    pub(in crate::emulator) after: u32,
    pub(in crate::emulator) then: BTreeMap<String, Value>,
    #[serde(default)]
    pub(in crate::emulator) refusals: Vec<Check>,
    #[serde(default)]
    pub(in crate::emulator) drops: Vec<Listed>,
}

/// An argument that must say what a field says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::emulator) struct Match {
    pub(in crate::emulator) field: String,
    #[serde(default)]
    pub(in crate::emulator) default: Option<String>,
    pub(in crate::emulator) error: ErrorText,
}

/// What an operation does.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
pub(in crate::emulator) enum Does {
    /// Removes the item.
    Delete,
    /// Sets fields.
    Set,
    /// A move of the collection.
    Move(String),
}

impl From<String> for Does {
    fn from(text: String) -> Self {
        match text.as_str() {
            "delete" => Self::Delete,
            "set" => Self::Set,
            _ => Self::Move(text),
        }
    }
}

/// An operation that changes something.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::emulator) struct Row {
    pub(in crate::emulator) on: String,
    pub(in crate::emulator) does: Does,
    pub(in crate::emulator) id: String,
    /// The field that the id argument names, where it is not the collection's id.
    #[serde(default)]
    pub(in crate::emulator) key: Option<String>,
    #[serde(default)]
    pub(in crate::emulator) within: BTreeMap<String, String>,
    #[serde(default)]
    pub(in crate::emulator) matches: BTreeMap<String, Match>,
    #[serde(default)]
    pub(in crate::emulator) absent: Option<ErrorText>,
    #[serde(default)]
    pub(in crate::emulator) silent: bool,
    #[serde(default)]
    pub(in crate::emulator) refusals: Vec<Check>,
    #[serde(default)]
    pub(in crate::emulator) sets: BTreeMap<String, String>,
    #[serde(default)]
    pub(in crate::emulator) values: BTreeMap<String, Value>,
    #[serde(default)]
    pub(in crate::emulator) dry_run: Option<(u16, String)>,
    #[serde(default)]
    pub(in crate::emulator) job: Option<String>,
    #[serde(default)]
    pub(in crate::emulator) answer: BTreeMap<String, Value>,
    #[serde(default)]
    pub(in crate::emulator) needs: Vec<String>,
    #[serde(default)]
    pub(in crate::emulator) ignored: Vec<String>,
    #[serde(default)]
    pub(in crate::emulator) scope: Scope,
}

/// All rows.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::emulator) struct Rows {
    #[serde(rename = "about")]
    _about: String,
    collections: BTreeMap<String, Kind>,
    operations: BTreeMap<String, BTreeMap<String, Row>>,
}

/// A row that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("changes.json: {0}")]
pub(in crate::emulator) struct RowsError(String);

/// The rows that are compiled in. A test reads them; unreadable ones would leave every change unknown.
pub(in crate::emulator) fn rows() -> &'static Rows {
    static ROWS: OnceLock<Rows> = OnceLock::new();
    ROWS.get_or_init(|| parse(TEXT).unwrap_or_default())
}

fn parse(text: &str) -> Result<Rows, RowsError> {
    let rows: Rows = serde_json::from_str(text).map_err(|error| RowsError(error.to_string()))?;
    for (name, kind) in &rows.collections {
        rows.check_kind(name, kind)
            .map_err(|what| RowsError(format!("{name}: {what}")))?;
    }
    for (product, entries) in &rows.operations {
        for (action, row) in entries {
            rows.check_row(product, action, row)
                .map_err(|what| RowsError(format!("{product} {action}: {what}")))?;
        }
    }
    Ok(rows)
}

impl Conditions {
    /// Whether the item has these values: each field one of its values, a field written `!Field` none of them.
    pub(in crate::emulator) fn hold(&self, item: &Value) -> bool {
        self.0.iter().all(|(field, wanted)| {
            let (path, negated) = field
                .strip_prefix('!')
                .map_or((field.as_str(), false), |path| (path, true));
            let texts = match wanted {
                Value::Array(any) => any.iter().map(text).collect(),
                one => vec![text(one)],
            };
            let has = super::super::filters::any_at(item, path, &|found| {
                texts.iter().any(|text| text == found)
            });
            has != negated
        })
    }

    fn fields(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(|field| field.trim_start_matches('!'))
    }
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

impl Rows {
    /// How the items of a collection go away.
    pub(in crate::emulator) fn kind(&self, collection: &str) -> &Kind {
        static PLAIN: OnceLock<Kind> = OnceLock::new();
        self.collections
            .get(collection)
            .unwrap_or_else(|| PLAIN.get_or_init(Kind::default))
    }

    /// The row of an operation.
    pub(in crate::emulator) fn row(&self, product: &str, action: &str) -> Option<&Row> {
        self.operations.get(product)?.get(action)
    }

    fn check_kind(&self, name: &str, kind: &Kind) -> Result<(), String> {
        known_fields(name, kind.going.keys())?;
        known_fields(name, kind.unprotect.keys())?;
        known_fields(name, kind.again.keys())?;
        checks(name, &kind.refusals)?;
        for reach in kind.takes.iter().chain(&kind.frees) {
            let other = &reach.collection;
            known_fields(other, [&reach.field])?;
            known_fields(other, reach.when.fields())?;
            known_fields(other, reach.same.keys())?;
            known_fields(name, &reach.of)?;
            known_fields(name, reach.same.values())?;
            if let Some(by) = &reach.by_move
                && !self.kind(other).moves.contains_key(by)
            {
                return Err(format!("{other} has no move {by}"));
            }
        }
        for change in kind.moves.values() {
            known_fields(name, change.now.keys())?;
            known_fields(name, change.then.keys())?;
            checks(name, &change.refusals)?;
            lists(&change.drops)?;
        }
        lists(&kind.drops)
    }

    fn check_row(&self, product: &str, action: &str, row: &Row) -> Result<(), String> {
        let operation =
            contracts::require(product, action).map_err(|violation| violation.to_string())?;
        let kind = self
            .collections
            .get(&row.on)
            .ok_or_else(|| format!("unknown collection {}", row.on))?;
        if let Does::Move(name) = &row.does
            && !kind.moves.contains_key(name)
        {
            return Err(format!("{} has no move {name}", row.on));
        }
        checks(&row.on, &row.refusals)?;
        known_fields(&row.on, row.sets.values())?;
        known_fields(&row.on, row.values.keys())?;
        known_fields(&row.on, row.within.values())?;
        known_fields(&row.on, row.matches.values().map(|known| &known.field))?;
        known_fields(&row.on, &row.key)?;
        let arguments = row
            .within
            .keys()
            .chain(row.matches.keys())
            .chain(row.sets.keys())
            .chain(&row.needs)
            .chain(&row.ignored)
            .chain([&row.id])
            .map(String::as_str)
            .chain(row.dry_run.iter().map(|_| "DryRun"));
        for name in arguments {
            if operation.place(name).is_none() {
                return Err(format!("the contract has no parameter {name}"));
            }
        }
        if operation.place("DryRun").is_some() && row.dry_run.is_none() {
            return Err("a dry run would be carried out".to_owned());
        }
        let answer = row.answer.iter().map(|(path, value)| (path, value.clone()));
        for (path, value) in answer.chain(row.job.iter().map(|_| {
            static JOB: OnceLock<String> = OnceLock::new();
            (JOB.get_or_init(|| "JobId".to_owned()), Value::from(""))
        })) {
            let shape = operation
                .response
                .as_ref()
                .and_then(|shape| shape.at(path))
                .ok_or_else(|| format!("the contract's answer has no {path}"))?;
            if !shape.accepts(&value) {
                return Err(format!("{path} of the answer has another type"));
            }
        }
        Ok(())
    }
}

fn checks(name: &str, checks: &[Check]) -> Result<(), String> {
    for check in checks {
        let asked = check.by.as_deref().unwrap_or(name);
        known_fields(asked, check.when.fields())?;
        if let Some(by) = &check.by {
            known_fields(by, [&check.field])?;
        }
        known_fields(name, &check.of)?;
    }
    Ok(())
}

fn lists(drops: &[Listed]) -> Result<(), String> {
    for drop in drops {
        known_fields(&drop.collection, [&drop.list])?;
    }
    Ok(())
}

/// That some operation answers each of these fields of a collection; names that begin with `_` are free.
fn known_fields<T: AsRef<str>>(
    collection: &str,
    paths: impl IntoIterator<Item = T>,
) -> Result<(), String> {
    let readers = products().readers(collection);
    if readers.is_empty() {
        return Err(format!("no operation answers {collection}"));
    }
    for path in paths {
        let path = path.as_ref();
        let known = path.starts_with('_')
            || readers.iter().any(|(operation, row)| {
                row.item_shape(operation)
                    .is_some_and(|shape| shape.at(path).is_some())
            });
        if !known {
            return Err(format!("nothing answers {path} of {collection}"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_rows_are_readable() {
        parse(TEXT).unwrap();
    }

    #[test]
    fn rows_against_the_contract_are_refused() {
        let rows = |kind: &str, row: &str| {
            parse(&format!(
                r#"{{"about": "", "collections": {{"ecs/disk": {kind}}}, "operations": {{"ecs": {{{row}}}}}}}"#
            ))
        };
        let good = r#""DeleteDisk": {"on": "ecs/disk", "does": "delete", "id": "DiskId"}"#;
        rows("{}", good).unwrap();
        for (kind, row) in [
            (r#"{"going": {"State": 1}}"#, good),
            (
                r#"{"takes": [{"collection": "ecs/disc", "field": "DiskId"}]}"#,
                good,
            ),
            (
                r#"{"drops": [{"collection": "ecs/instance", "list": "Disks"}]}"#,
                good,
            ),
            (
                r#"{"refusals": [{"if": {"!State": 1}, "error": [400, "A", ""]}]}"#,
                good,
            ),
            (r#"{"surprise": 1}"#, good),
            (
                "{}",
                r#""DeleteDisk": {"on": "ecs/image", "does": "delete", "id": "DiskId"}"#,
            ),
            (
                "{}",
                r#""DeleteDisk": {"on": "ecs/disk", "does": "detach", "id": "DiskId"}"#,
            ),
            (
                "{}",
                r#""DeleteDisk": {"on": "ecs/disk", "does": "delete", "id": "DiscId"}"#,
            ),
            (
                "{}",
                r#""DeleteDisc": {"on": "ecs/disk", "does": "delete", "id": "DiskId"}"#,
            ),
            (
                "{}",
                r#""DeleteDisk": {"on": "ecs/disk", "does": "delete", "id": "DiskId", "dry_run": [400, "A"]}"#,
            ),
            (
                "{}",
                r#""DeleteDisk": {"on": "ecs/disk", "does": "delete", "id": "DiskId", "job": "alb/job"}"#,
            ),
            (
                "{}",
                r#""DeleteDisk": {"on": "ecs/disk", "does": "delete", "id": "DiskId", "answer": {"RequestId": 1}}"#,
            ),
        ] {
            assert!(rows(kind, row).is_err(), "{kind} {row}");
        }
    }

    #[test]
    fn conditions_are_about_values_one_of_several_and_none() {
        let item = json!({"Status": "Running", "On": true, "N": 1, "Ids": ["a", "b"]});
        for (conditions, holds) in [
            (json!({}), true),
            (json!({"Status": "Running", "On": true, "N": 1}), true),
            (json!({"Status": ["Stopped", "Running"]}), true),
            (json!({"!Status": ["Stopped"]}), true),
            (json!({"!Status": "Running"}), false),
            (json!({"Ids": "b"}), true),
            (json!({"Missing": "b"}), false),
            (json!({"!Missing": "b"}), true),
        ] {
            let read: Conditions = serde_json::from_value(conditions.clone()).unwrap();
            assert_eq!(read.hold(&item), holds, "{conditions}");
        }
    }
}
