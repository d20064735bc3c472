//! The rows that say what each operation answers from.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;
use serde_json::Value;

use super::filters::Rule;
use super::paging::Habits;
use crate::contracts::{self, Operation, Shape};

/// The rows, as they are written.
const TEXT: &str = include_str!("products.json");

/// All rows.
#[derive(Debug, Default)]
pub(super) struct Products {
    collections: BTreeMap<String, Collection>,
    habits: BTreeMap<String, Habits>,
    operations: BTreeMap<String, BTreeMap<String, Row>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "about")]
    _about: String,
    collections: BTreeMap<String, CollectionEntry>,
    #[serde(default)]
    habits: BTreeMap<String, Habits>,
    operations: BTreeMap<String, BTreeMap<String, RowEntry>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CollectionEntry {
    id: String,
    #[serde(default)]
    absent: Option<(u16, String, String)>,
}

/// A kind of item that the world holds.
#[derive(Debug)]
pub(super) struct Collection {
    /// Dotted path of the id in an item.
    pub(super) id: String,
    /// Status, code and message where one that is asked for is not there.
    pub(super) absent: (u16, String, String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RowEntry {
    collection: String,
    #[serde(default)]
    items: Option<String>,
    #[serde(default)]
    one: Option<String>,
    #[serde(default)]
    filters: BTreeMap<String, String>,
    #[serde(default)]
    defaults: BTreeMap<String, String>,
    #[serde(default)]
    ignored: Vec<String>,
    #[serde(default)]
    parent: Option<Parent>,
    #[serde(default)]
    name_only: Option<String>,
    #[serde(default)]
    xml: Option<String>,
    #[serde(default)]
    extras: BTreeMap<String, Value>,
    #[serde(default)]
    scope: Scope,
}

/// How one operation answers.
#[derive(Debug)]
pub(super) struct Row {
    /// Whose items.
    pub(super) collection: String,
    /// What the answer holds.
    pub(super) view: View,
    /// Parameter to field.
    pub(super) filters: BTreeMap<String, Rule>,
    /// Values of filters that are not sent.
    pub(super) defaults: BTreeMap<String, String>,
    /// Parameters that select nothing.
    pub(super) ignored: Vec<String>,
    /// What must exist.
    pub(super) parent: Option<Parent>,
    /// Name of the answer's root where it is XML.
    pub(super) xml: Option<String>,
    /// Constants of the answer.
    pub(super) extras: BTreeMap<String, Value>,
    /// Whether the region matters.
    pub(super) scope: Scope,
}

/// What an answer holds, and where.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum View {
    /// A list at this path.
    List(String),
    /// A list of this field of the items.
    Names {
        /// Path of the list.
        at: String,
        /// The field.
        field: String,
    },
    /// One item at this path.
    One(String),
}

/// An argument that names an item of another collection.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Parent {
    /// Which collection.
    pub(super) collection: String,
    /// The parameter.
    pub(super) argument: String,
    /// The field of the listed items that has the parent's id.
    pub(super) field: String,
}

/// Whether an answer is of one region or of the whole account.
///
/// Unverified: every endpoint of ACK answers for the clusters of all regions, so that its rows are the account's and only a region
/// in path or parameter selects.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(super) enum Scope {
    /// The region of the call.
    #[default]
    Region,
    /// All regions.
    Account,
}

/// A row that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("products.json: {0}")]
pub(super) struct ProductsError(String);

/// The rows that are compiled in. A test reads them; unreadable ones would leave every operation unknown.
pub(super) fn products() -> &'static Products {
    static PRODUCTS: OnceLock<Products> = OnceLock::new();
    PRODUCTS.get_or_init(|| parse(TEXT).unwrap_or_default())
}

fn parse(text: &str) -> Result<Products, ProductsError> {
    let file: File =
        serde_json::from_str(text).map_err(|error| ProductsError(error.to_string()))?;
    let collections: BTreeMap<String, Collection> = file
        .collections
        .into_iter()
        .map(|(name, entry)| {
            // Unverified: the code and status of a missing item, for products whose row names none.
            let absent = entry.absent.unwrap_or_else(|| {
                let message = "The specified resource does not exist.".to_owned();
                (404, "InvalidResource.NotFound".to_owned(), message)
            });
            let collection = Collection {
                id: entry.id,
                absent,
            };
            (name, collection)
        })
        .collect();
    let mut operations = BTreeMap::new();
    for (product, entries) in file.operations {
        let mut rows = BTreeMap::new();
        for (action, entry) in entries {
            let fail = |what: String| ProductsError(format!("{product} {action}: {what}"));
            let operation = contracts::require(&product, &action)
                .map_err(|violation| fail(violation.to_string()))?;
            for name in [
                Some(&entry.collection),
                entry.parent.as_ref().map(|parent| &parent.collection),
            ]
            .into_iter()
            .flatten()
            {
                if !collections.contains_key(name) {
                    return Err(fail(format!("unknown collection {name}")));
                }
            }
            let row = row(entry).map_err(&fail)?;
            if row.item_shape(operation).is_none() {
                return Err(fail("the contract has nothing at that path".to_owned()));
            }
            let known = |path: &str, value: &Value| {
                let shape = operation.response.as_ref()?.at(path)?;
                shape.accepts(value).then_some(())
            };
            if let Some((path, _)) = row
                .extras
                .iter()
                .find(|(path, value)| known(path, value).is_none())
            {
                return Err(fail(format!("the contract's answer has no such {path}")));
            }
            if let Some(name) = row
                .defaults
                .keys()
                .find(|name| !row.filters.contains_key(*name))
            {
                return Err(fail(format!("default of {name}, which is no filter")));
            }
            let arguments = row
                .filters
                .keys()
                .chain(&row.ignored)
                .chain(row.defaults.keys());
            for name in arguments.chain(row.parent.iter().map(|parent| &parent.argument)) {
                if operation.place(name).is_none() {
                    return Err(fail(format!("the contract has no parameter {name}")));
                }
            }
            rows.insert(action, row);
        }
        operations.insert(product, rows);
    }
    Ok(Products {
        collections,
        habits: file.habits,
        operations,
    })
}

fn row(entry: RowEntry) -> Result<Row, String> {
    let view = match (entry.items, entry.one, entry.name_only) {
        (Some(at), None, None) => View::List(at),
        (Some(at), None, Some(field)) => View::Names { at, field },
        (None, Some(at), None) => View::One(at),
        _ => return Err("needs one of items and one; name_only goes with items".to_owned()),
    };
    let filters = entry
        .filters
        .into_iter()
        .map(|(name, rule)| {
            Ok((
                name,
                rule.parse::<Rule>().map_err(|error| error.to_string())?,
            ))
        })
        .collect::<Result<_, String>>()?;
    Ok(Row {
        collection: entry.collection,
        view,
        filters,
        defaults: entry.defaults,
        ignored: entry.ignored,
        parent: entry.parent,
        xml: entry.xml,
        extras: entry.extras,
        scope: entry.scope,
    })
}

impl Products {
    /// A kind of item.
    pub(super) fn collection(&self, name: &str) -> Option<&Collection> {
        self.collections.get(name)
    }

    /// What a product does beyond its contract.
    pub(super) fn habits(&self, product: &str) -> &Habits {
        static NONE: Habits = Habits {
            smallest_token_page: 0,
            sizes: Vec::new(),
            number_with_size: false,
        };
        self.habits.get(product).unwrap_or(&NONE)
    }

    /// The row of an operation.
    pub(super) fn row(&self, operation: &Operation) -> Option<&Row> {
        self.operations
            .get(operation.product)?
            .get(operation.action.as_str())
    }

    /// All operations with their rows.
    #[cfg(test)]
    pub(super) fn rows(&self) -> impl Iterator<Item = (&'static Operation, &Row)> {
        self.collections.keys().flat_map(|name| self.readers(name))
    }

    /// The operations that answer from a collection, with their rows.
    pub(super) fn readers(&self, collection: &str) -> Vec<(&'static Operation, &Row)> {
        self.operations
            .iter()
            .flat_map(|(product, rows)| {
                rows.iter().filter_map(move |(action, row)| {
                    Some((contracts::operation(product, action)?, row))
                })
            })
            .filter(|(_, row)| row.collection == collection)
            .collect()
    }
}

impl Row {
    /// Where the items or the item stand.
    pub(super) fn at(&self) -> &str {
        match &self.view {
            View::List(at) | View::One(at) | View::Names { at, .. } => at,
        }
    }

    /// The contract's shape of one item in the answer.
    pub(super) fn item_shape(&self, operation: &'static Operation) -> Option<&'static Shape> {
        let mut shape = operation.response.as_ref()?;
        for name in self.at().split('.').filter(|name| !name.is_empty()) {
            shape = shape.field(name)?;
        }
        match (&self.view, shape) {
            (View::One(_), shape) => Some(shape),
            (_, Shape::Array(item)) => Some(item),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rows_are_readable_and_every_collection_is_read() {
        let products = parse(TEXT).unwrap();
        for name in products.collections.keys() {
            assert!(!products.readers(name).is_empty(), "{name} is in no answer");
        }
    }

    #[test]
    fn rows_against_the_contract_are_refused() {
        let row = |row: &str| {
            format!(
                r#"{{"about": "", "collections": {{"ecs/disk": {{"id": "DiskId"}}}}, "operations": {{"ecs": {{{row}}}}}}}"#
            )
        };
        assert!(
            parse(&row(
                r#""DescribeDisks": {"collection": "ecs/disk", "items": "Disks.Disk"}"#
            ))
            .is_ok()
        );
        for wrong in [
            r#""DescribeDiskz": {"collection": "ecs/disk", "items": "Disks.Disk"}"#,
            r#""DescribeDisks": {"collection": "ecs/disc", "items": "Disks.Disk"}"#,
            r#""DescribeDisks": {"collection": "ecs/disk", "items": "Disks"}"#,
            r#""DescribeDisks": {"collection": "ecs/disk", "items": "Disks.Disk", "one": ""}"#,
            r#""DescribeDisks": {"collection": "ecs/disk", "items": "Disks.Disk", "ignored": ["Nope"]}"#,
            r#""DescribeDisks": {"collection": "ecs/disk", "items": "Disks.Disk", "filters": {"DiskIds": "DiskId of"}}"#,
            r#""DescribeDisks": {"collection": "ecs/disk", "items": "Disks.Disk", "surprise": 1}"#,
            r#""DescribeDisks": {"collection": "ecs/disk", "items": "Disks.Disk", "extras": {"Success": true}}"#,
            r#""DescribeDisks": {"collection": "ecs/disk", "items": "Disks.Disk", "extras": {"TotalCount": "1"}}"#,
            r#""DescribeDisks": {"collection": "ecs/disk", "items": "Disks.Disk", "defaults": {"Status": "Available"}}"#,
        ] {
            assert!(parse(&row(wrong)).is_err(), "{wrong}");
        }
    }
}
