//! Answers of the operations that have a row in `products.json`: lists and single items of the world.

use serde_json::{Map, Value, json};

use super::errors::Refusal;
use super::filters::{self, Condition, any_at};
use super::paging;
use super::products::{Parent, Row, Scope, View, products};
use super::route::Call;
use super::world::{Item, World};
use crate::contracts::{Operation, Scalar, Shape};

/// Answers a call from the world. `empty_page` leaves the items out of a list that says it has some.
pub(super) fn answer(
    world: &World,
    row: &Row,
    call: &Call,
    empty_page: bool,
) -> Result<Value, Refusal> {
    let found = find(world, row, call)?;
    let Some(shape) = row.item_shape(call.operation) else {
        // The rows were held against the contract when they were read.
        return Err(Refusal::not_emulated(call.operation.label()));
    };
    let mut body = Value::Null;
    match &row.view {
        View::One(at) => {
            let Some(item) = found.first() else {
                return Err(absent(&row.collection));
            };
            set(&mut body, at, shape.fit(&item.value));
        }
        View::List(at) | View::Names { at, .. } => {
            let total = found.len();
            let habits = products().habits(call.operation.product);
            let mut page = paging::page(call, total, habits)?;
            if empty_page {
                page = paging::emptied(call, page, total);
            }
            let items = found
                .get(page.range.clone())
                .unwrap_or_default()
                .iter()
                .map(|item| match &row.view {
                    View::Names { field, .. } => item.value.get(field).cloned().unwrap_or_default(),
                    _ => shape.fit(&item.value),
                })
                .collect();
            set(&mut body, at, items);
            for (path, value) in page.echo {
                let value = typed(call.operation, &path, value);
                set(&mut body, &path, value);
            }
        }
    }
    for (path, value) in &row.extras {
        set(&mut body, path, value.clone());
    }
    Ok(body)
}

/// The items that a call is about, in the order of the scenario.
fn find<'w>(world: &'w World, row: &Row, call: &Call) -> Result<Vec<&'w Item>, Refusal> {
    let parent = row.parent.as_ref();
    let collection = products().collection(&row.collection);
    let mut conditions = filters::conditions(
        call,
        row.item_shape(call.operation),
        collection.map(|collection| collection.id.as_str()),
        |name| row.filters.get(name),
        |name| {
            row.ignored.iter().any(|ignored| ignored == name)
                || parent.is_some_and(|parent| parent.argument == name)
        },
    )?;
    for (name, value) in &row.defaults {
        if call.argument(name).is_none()
            && let Some(rule) = row.filters.get(name)
        {
            conditions.push(rule.with(value));
        }
    }
    if let Some(parent) = parent {
        conditions.push(under(world, row, parent, call)?);
    }
    if conditions.is_empty() && matches!(row.view, View::One(_)) {
        return Err(Refusal::new(
            400,
            "MissingParameter",
            format!("{} needs to be told which one", call.operation.label()),
        ));
    }
    Ok(world
        .items(&row.collection)
        .iter()
        .filter(|item| is_here(row, call, item))
        .filter(|item| {
            conditions
                .iter()
                .all(|condition| condition.admits(&item.value))
        })
        .collect())
}

fn is_here(row: &Row, call: &Call, item: &Item) -> bool {
    row.scope == Scope::Account || item.region == call.region
}

/// That items belong to the parent that the call names, which must exist.
fn under(world: &World, row: &Row, parent: &Parent, call: &Call) -> Result<Condition, Refusal> {
    let wanted = call.argument(&parent.argument).unwrap_or_default();
    let id = products()
        .collection(&parent.collection)
        .map_or("", |collection| collection.id.as_str());
    let exists = world
        .items(&parent.collection)
        .iter()
        .any(|item| is_here(row, call, item) && any_at(&item.value, id, &|text| text == wanted));
    if exists {
        Ok(Condition::equal(&parent.field, wanted))
    } else {
        Err(absent(&parent.collection))
    }
}

pub(super) fn absent(collection: &str) -> Refusal {
    let (status, code, message) = products().collection(collection).map_or(
        (404, "InvalidResource.NotFound", ""),
        |collection| {
            let (status, code, message) = &collection.absent;
            (*status, code.as_str(), message.as_str())
        },
    );
    Refusal::new(status, code, message)
}

/// A number as text where the contract has text there (`TotalCount` of cr `ListNamespace`).
fn typed(operation: &Operation, path: &str, value: Value) -> Value {
    let shape = operation.response.as_ref().and_then(|shape| shape.at(path));
    match (shape, &value) {
        (Some(Shape::Scalar(Scalar::String)), Value::Number(number)) => json!(number.to_string()),
        _ => value,
    }
}

/// Sets the value at a dotted path, making the objects on the way.
pub(super) fn set(body: &mut Value, path: &str, value: Value) {
    if path.is_empty() {
        *body = value;
        return;
    }
    let (first, rest) = path.split_once('.').unwrap_or((path, ""));
    if body.is_null() {
        *body = json!({});
    }
    // A list that is the whole answer says nothing beside it.
    if let Some(fields) = body.as_object_mut() {
        set_in(fields, first, rest, value);
    }
}

fn set_in(fields: &mut Map<String, Value>, first: &str, rest: &str, value: Value) {
    set(
        fields.entry(first.to_owned()).or_insert(Value::Null),
        rest,
        value,
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_set_at_paths() {
        let mut body = Value::Null;
        set(&mut body, "a.b", json!(1));
        set(&mut body, "a.c", json!(2));
        set(&mut body, "d", json!(3));
        assert_eq!(body, json!({"a": {"b": 1, "c": 2}, "d": 3}));
        let mut list = json!([1]);
        set(&mut list, "a", json!(1));
        assert_eq!(list, json!([1]));
    }
}
