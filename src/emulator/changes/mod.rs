//! Operations that change something: most are rows of `changes.json`, those of clusters are code.

mod attributes;
mod bonds;
pub(super) mod cluster;
pub(super) mod nodepool;
pub(super) mod rows;
mod task;

use serde_json::{Value, json};

use super::errors::Refusal;
use super::filters::{NO_FILTERS, any_at};
use super::lookup;
use super::products::{Scope, products};
use super::route::Call;
use super::world::World;
use super::world::removal::{By, Which};
use crate::context::OneTimeIds;
use crate::contracts::{Scalar, Shape};
use rows::{Does, ErrorText, Row, rows};

/// Arguments that every row takes.
const COMMON: &[&str] = &["ClientToken", "DryRun"];

/// What a change sees.
pub(super) struct Scene<'s> {
    /// The world.
    pub(super) world: &'s mut World,
    /// Where ids of jobs and tasks come from.
    pub(super) ids: &'s dyn OneTimeIds,
}

/// A change that no row can express.
type Handler = fn(&mut Scene<'_>, &Call) -> Result<Value, Refusal>;

const HANDLERS: &[(&str, &str, Handler)] = &[
    ("cs", "DeleteCluster", cluster::delete),
    ("cs", "DeleteClusterNodepool", nodepool::delete),
    ("cs", "ModifyCluster", cluster::modify),
    ("ecs", "AttachDisk", attributes::attach),
    ("ecs", "RevokeSecurityGroup", attributes::revoke),
    ("vpc", "AssociateNetworkAcl", bonds::associate_acl),
    ("vpc", "AssociateRouteTable", bonds::associate_table),
    ("vpc", "DeletionProtection", attributes::protect),
    ("vpc", "UnassociateNetworkAcl", bonds::unassociate_acl),
    ("vpc", "UnassociateRouteTable", bonds::unassociate_table),
];

/// Carries out a call that changes something. The same call with the same ClientToken counts once.
pub(super) fn apply(scene: &mut Scene<'_>, call: &Call) -> Result<Value, Refusal> {
    let operation = call.operation;
    let Some(token) = call
        .argument("ClientToken")
        .filter(|token| !token.is_empty())
    else {
        return carry_out(scene, call);
    };
    let place = (operation.label(), token.to_owned());
    let mut said: Vec<(&str, &str)> = call.pairs().collect();
    said.sort_unstable();
    let said = json!(said).to_string();
    if let Some((before, answer)) = scene.world.accepted.get(&place) {
        return if *before == said {
            Ok(answer.clone())
        } else {
            Err(Refusal::new(
                400,
                "IdempotenceSignatureMismatch",
                "The ClientToken was used before with other parameters.",
            ))
        };
    }
    let answer = carry_out(scene, call)?;
    scene.world.accepted.insert(place, (said, answer.clone()));
    Ok(answer)
}

fn carry_out(scene: &mut Scene<'_>, call: &Call) -> Result<Value, Refusal> {
    let operation = call.operation;
    let handler = HANDLERS
        .iter()
        .find(|(product, action, _)| *product == operation.product && *action == operation.action);
    if let Some((_, _, handler)) = handler {
        return handler(scene, call);
    }
    let row = rows()
        .row(operation.product, &operation.action)
        .ok_or_else(|| {
            let label = operation.label();
            Refusal::not_emulated(format!("the emulator cannot do {label}"))
        })?;
    check_arguments(call, row)?;
    let mut found = Vec::new();
    for id in ids(call, row)? {
        match find(scene.world, call, row, &id) {
            Some(which) => found.push(which),
            None if row.silent => {}
            None => return Err(absent(row)),
        }
    }
    // Everything is checked before anything is done, so that a refusal leaves all as it was.
    for which in &found {
        check(scene.world, call, row, which)?;
    }
    if let Some((status, code)) = &row.dry_run
        && is_true(call, "DryRun")
    {
        let message = "Request validation has been passed with DryRun flag set.";
        return Err(Refusal::new(*status, code.clone(), message));
    }
    let mut answer = json!({});
    for (path, value) in &row.answer {
        lookup::set(&mut answer, path, value.clone());
    }
    for which in &found {
        do_one(scene, call, row, which, &mut answer)?;
    }
    Ok(answer)
}

fn do_one(
    scene: &mut Scene<'_>,
    call: &Call,
    row: &Row,
    which: &Which,
    answer: &mut Value,
) -> Result<(), Refusal> {
    match &row.does {
        Does::Delete => {
            let job = row.job.as_deref().map(|jobs| {
                let (id, job) = new_job(scene, jobs, call, which);
                lookup::set(answer, "JobId", json!(id));
                job
            });
            scene
                .world
                .begin(which, By::Call(call), job)
                .map_err(refusal)
        }
        Does::Set => {
            let mut values = row.values.clone();
            for (argument, path) in &row.sets {
                if let Some(text) = call.argument(argument) {
                    values.insert(path.clone(), typed(call, argument, text));
                }
            }
            scene.world.set_fields(which, &values);
            Ok(())
        }
        Does::Move(name) => scene
            .world
            .begin_move(which, name, By::Call(call))
            .map_err(refusal),
    }
}

/// What stands in the way of the operation.
fn check(world: &World, call: &Call, row: &Row, which: &Which) -> Result<(), Refusal> {
    let Some(item) = world.at(which) else {
        return Err(absent(row));
    };
    let kind = rows().kind(&row.on);
    let general = match &row.does {
        Does::Delete => kind.refusals.as_slice(),
        Does::Set => &[],
        Does::Move(name) => kind
            .moves
            .get(name)
            .map_or(&[][..], |change| change.refusals.as_slice()),
    };
    let checks = row.refusals.iter().chain(general);
    if let Some(error) = world.refused(which, checks, By::Call(call)) {
        return Err(refusal(error.clone()));
    }
    for (argument, known) in &row.matches {
        let said = call.argument(argument).or(known.default.as_deref());
        if let Some(said) = said
            && !any_at(&item.value, &known.field, &|text| text == said)
        {
            return Err(refusal(known.error.clone()));
        }
    }
    Ok(())
}

/// The ids that a call names, one or several.
fn ids(call: &Call, row: &Row) -> Result<Vec<String>, Refusal> {
    for needed in &row.needs {
        if call.argument(needed).is_none_or(str::is_empty) {
            return Err(missing(call, needed));
        }
    }
    let repeated = format!("{}.", row.id);
    let several = call
        .pairs()
        .filter(|(name, _)| name.starts_with(&repeated))
        .map(|(_, value)| value);
    let named = call.argument(&row.id).unwrap_or_default();
    // Some take a list as a JSON text (`KeyPairNames`).
    let ids: Vec<String> = match serde_json::from_str::<Vec<String>>(named) {
        Ok(list) => list,
        Err(_) => [named]
            .into_iter()
            .chain(several)
            .map(str::to_owned)
            .collect(),
    };
    let ids: Vec<String> = ids.into_iter().filter(|id| !id.is_empty()).collect();
    if ids.is_empty() {
        return Err(missing(call, &row.id));
    }
    Ok(ids)
}

fn find(world: &World, call: &Call, row: &Row, id: &str) -> Option<Which> {
    let collection = products().collection(&row.on);
    let key = row
        .key
        .as_deref()
        .or(collection.map(|collection| collection.id.as_str()))?;
    let has = |item: &Value, path: &str, wanted: &str| any_at(item, path, &|text| text == wanted);
    let found = world.which(&row.on, |item| {
        (row.scope == Scope::Account || item.region == call.region)
            && has(&item.value, key, id)
            && row.within.iter().all(|(argument, field)| {
                has(
                    &item.value,
                    field,
                    call.argument(argument).unwrap_or_default(),
                )
            })
    });
    found.into_iter().next()
}

/// Every argument must mean something here: one that is ignored silently would make a test say more than it proves.
fn check_arguments(call: &Call, row: &Row) -> Result<(), Refusal> {
    let kind = rows().kind(&row.on);
    let moved = match &row.does {
        Does::Move(name) => kind
            .moves
            .get(name)
            .map(|change| change.refusals.as_slice()),
        _ => None,
    };
    let lifting = kind
        .refusals
        .iter()
        .chain(moved.unwrap_or_default())
        .filter_map(|check| check.unless.as_deref());
    let known: Vec<&str> = COMMON
        .iter()
        .chain(NO_FILTERS)
        .copied()
        .chain(lifting)
        .chain([row.id.as_str()])
        .chain(row.within.keys().map(String::as_str))
        .chain(row.matches.keys().map(String::as_str))
        .chain(row.sets.keys().map(String::as_str))
        .chain(row.needs.iter().map(String::as_str))
        .chain(row.ignored.iter().map(String::as_str))
        .collect();
    let unknown = call
        .pairs()
        .map(|(name, _)| name.split('.').next().unwrap_or(name))
        .find(|name| !known.contains(name));
    unknown.map_or(Ok(()), |name| {
        Err(Refusal::not_emulated(format!(
            "the emulator does not know what parameter {name} of {} does: say so in changes.json",
            call.operation.label()
        )))
    })
}

/// A job that tells how the removal goes on; its id.
fn new_job(scene: &mut Scene<'_>, jobs: &str, call: &Call, which: &Which) -> (String, Which) {
    let id = scene.ids.next();
    let (resource, region) = scene.world.at(which).map_or_else(Default::default, |item| {
        let id = item.id(&which.0).unwrap_or_default().to_owned();
        (id, item.region.clone())
    });
    let now = scene.world.now().timestamp_millis();
    let job = json!({
        "Id": id,
        "_JobId": id,
        "ApiName": call.operation.action,
        "ResourceId": resource,
        "OperateType": "Delete",
        "Status": "Processing",
        "CreateTime": now,
        "ModifyTime": now,
    });
    let number = scene.world.put(jobs, &region, job);
    (id, (jobs.to_owned(), number))
}

/// The value of an argument in its official type.
fn typed(call: &Call, name: &str, text: &str) -> Value {
    let operation = call.operation;
    let shape = operation
        .query
        .field(name)
        .or_else(|| operation.body.field(name));
    match shape {
        Some(Shape::Scalar(Scalar::Boolean)) => json!(text.eq_ignore_ascii_case("true")),
        Some(Shape::Scalar(Scalar::Integer)) => text.parse::<i64>().map_or(json!(text), Into::into),
        _ => json!(text),
    }
}

fn is_true(call: &Call, name: &str) -> bool {
    call.argument(name)
        .is_some_and(|text| text.eq_ignore_ascii_case("true"))
}

fn absent(row: &Row) -> Refusal {
    row.absent
        .clone()
        .map_or_else(|| lookup::absent(&row.on), refusal)
}

fn refusal((status, code, message): ErrorText) -> Refusal {
    Refusal::new(status, code, message)
}

fn missing(call: &Call, name: &str) -> Refusal {
    Refusal::new(
        400,
        "MissingParameter",
        format!("{} needs the parameter {name}.", call.operation.label()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contracts::{self, Class};

    #[test]
    fn every_handler_is_of_an_operation_that_changes_something() {
        for (product, action, _) in HANDLERS {
            let operation = contracts::operation(product, action).unwrap();
            assert_eq!(operation.class, Class::Mutate, "{product} {action}");
            assert!(
                rows().row(product, action).is_none(),
                "{product} {action} has a row too"
            );
        }
    }
}
