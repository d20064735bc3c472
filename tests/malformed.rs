//! Answers that are not what the contract says: nothing panics, nothing becomes free, and nothing disappears.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests are tests"
)]

use std::collections::BTreeMap;

use serde_json::{Value, json};
use yunsweep::model::{AccountId, Cell, Region, Resource, ResourceId, Site, TypeId};
use yunsweep::pricing::{Charged, Line, Options, PriceBook, estimate};
use yunsweep::resources::{Neighbours, ResourceType, find};

const SCENARIO: &str = include_str!("../src/emulator/scenarios/ack-sop.json");
const ACCOUNT: &str = "0000000000000042";

/// Where the scenario keeps items, and their types.
const ITEMS: &[(&str, &str)] = &[
    ("/clusters/0/nodepools", "ack.node_pool"),
    ("/collections/ecs~1disk", "ecs.disk"),
    ("/collections/ecs~1image", "ecs.image"),
    ("/collections/ecs~1instance", "ecs.instance"),
    (
        "/collections/ecs~1network_interface",
        "ecs.network_interface",
    ),
    ("/collections/ecs~1security_group", "ecs.security_group"),
    ("/collections/ecs~1snapshot", "ecs.snapshot"),
    ("/collections/ess~1scaling_group", "ess.scaling_group"),
    ("/collections/alb~1load_balancer", "alb.load_balancer"),
    ("/collections/slb~1load_balancer", "slb.load_balancer"),
    ("/collections/vpc~1eip", "vpc.eip"),
    ("/collections/vpc~1nat_gateway", "vpc.nat_gateway"),
];

fn odd_values() -> Vec<Value> {
    vec![
        Value::Null,
        json!({}),
        json!([]),
        json!([[]]),
        json!(""),
        json!("?"),
        json!(true),
        json!(-1),
        json!(1e300),
        json!({"a": {"b": [null]}}),
    ]
}

/// Every item of the scenario with its type. A Pro cluster, as a basic one is free.
fn items() -> Vec<(&'static dyn ResourceType, Value)> {
    let world: Value = serde_json::from_str(SCENARIO).unwrap();
    let mut items = Vec::new();
    for (place, type_id) in ITEMS {
        let found = world.pointer(place).unwrap().as_array().unwrap();
        items.extend(
            found
                .iter()
                .map(|item| (find(type_id).unwrap(), item.clone())),
        );
    }
    for cluster in world["clusters"].as_array().unwrap() {
        let mut item = cluster["detail"].clone();
        item["resources"] = cluster["resources"].clone();
        item["cluster_spec"] = json!("ack.pro.small");
        items.push((find("ack.cluster").unwrap(), item));
    }
    items
}

fn cell() -> Cell {
    let account = AccountId::new(ACCOUNT);
    let region = Region::new("cn-hangzhou");
    let parent = ResourceId {
        account: account.clone(),
        region: region.clone(),
        type_id: TypeId::new("ack.cluster"),
        id: "c1".to_owned(),
    };
    Cell {
        account,
        region,
        parent: Some(parent),
    }
}

fn lines(resource_type: &dyn ResourceType, resource: &Resource) -> Vec<Line> {
    let charges = resource_type.charges(resource, &Neighbours::new([resource]));
    let sites = BTreeMap::from([(AccountId::new(ACCOUNT), Site::China)]);
    let options = Options::new("2026-02-14".parse().unwrap(), sites);
    estimate(
        PriceBook::embedded(),
        [Charged { resource, charges }],
        &options,
    )
    .lines
}

/// Lines that cost something, or may.
fn costly(lines: &[Line]) -> usize {
    lines
        .iter()
        .filter(|line| line.outcome.code() != "free")
        .count()
}

#[test]
fn what_cannot_be_read_is_never_free_and_never_gone() {
    for (resource_type, item) in items() {
        let type_id = &resource_type.spec().type_id;
        let id_field = resource_type.spec().fields.id.split('.').next().unwrap();
        let whole = resource_type.decode(&item, &cell()).unwrap();
        let before = costly(&lines(resource_type, &whole));
        // Any text is an id: another one says something else, which is not malformed.
        let is_other_id = |key: &str| key.ends_with("Id") && key != id_field;
        let keys = item.as_object().unwrap().keys();
        for key in keys.filter(|key| !is_other_id(key)) {
            for odd in odd_values() {
                let what = format!("{type_id} {key}={odd}");
                let mut changed = item.clone();
                changed[key] = odd;
                match resource_type.decode(&changed, &cell()) {
                    Err(error) => assert_eq!(key, id_field, "{what}: {error}"),
                    Ok(resource) => {
                        resource_type.links(&resource);
                        let after = lines(resource_type, &resource);
                        // One unknown line may stand for several that were priced.
                        let says_so = after.iter().any(|line| line.outcome.code() == "unknown");
                        assert!(says_so || costly(&after) >= before, "{what}: {after:#?}");
                    }
                }
            }
        }
    }
}
