//! The answer of `yunsweep spot`.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::owner;
use crate::i18n::{Language, Messages};
use crate::inventory::Inventory;
use crate::inventory::spot::{
    LeftBehind, OF_INSTANCES, OF_LEFT_OVERS, OF_POOLS, Pool, Spot, is_reclaimed, shown, unread,
};
use crate::model::{Money, Resource, ResourceId};
use crate::output::answer::{Answer, Block, Record, Warning};
use crate::output::coverage;
use crate::output::table::{Cell, Column, Shown, Shrink, Table};
use crate::pricing::Estimate;

/// Name and version of the data.
pub const SCHEMA: &str = "yunsweep.spot/1";

/// Prices per hour on demand, by instance.
type Prices<'a> = BTreeMap<&'a ResourceId, Money>;

/// The answer for spot capacity; `on_demand` prices the same instances on demand.
pub fn answer(
    found: &Spot<'_>,
    on_demand: &Estimate,
    inventory: &Inventory,
    messages: &Messages,
) -> Answer<'static> {
    let prices = prices(on_demand);
    let instances: Vec<Value> = found
        .instances
        .iter()
        .map(|instance| instance_value(instance, &prices))
        .collect();
    let pools: Vec<Value> = found.pools.iter().map(pool_value).collect();
    let left: Vec<Value> = found.left.iter().map(left_value).collect();
    let records = [("pool", &pools), ("instance", &instances), ("left", &left)];
    let mut rows = csv(found, &prices);
    coverage::append_to_csv(&mut rows, &inventory.coverage);
    Answer {
        schema: SCHEMA,
        command: "spot",
        generated_at: inventory.scanned_at,
        coverage: Some(inventory.coverage.clone()),
        page: page(found, &prices, inventory, messages).into(),
        rows: rows.into(),
        records: records
            .into_iter()
            .flat_map(|(record, values)| {
                values.iter().map(move |value| Record {
                    record,
                    value: value.clone(),
                })
            })
            .collect::<Vec<_>>()
            .into(),
        data: json!({ "pools": pools, "instances": instances, "left_behind": left }).into(),
        warnings: coverage::warning(&inventory.coverage)
            .into_iter()
            .chain((!found.instances.is_empty()).then(|| {
                Warning {
                    code: "spot_price_unknown",
                    message:
                        "what spot instances cost now is not known: market prices are not read"
                            .to_owned(),
                }
            }))
            .collect(),
    }
}

/// By instance, what its type costs an hour on demand. What has no price is not among them.
fn prices(on_demand: &Estimate) -> Prices<'_> {
    on_demand
        .lines
        .iter()
        .filter(|line| line.product == "ecs" && line.item == "instance")
        .filter_map(|line| {
            let monthly = line.outcome.monthly()?;
            let hourly = monthly.amount.checked_div(on_demand.hours)?;
            Some((&line.resource, Money::new(hourly, monthly.currency)))
        })
        .collect()
}

fn page(
    found: &Spot<'_>,
    prices: &Prices<'_>,
    inventory: &Inventory,
    messages: &Messages,
) -> Vec<Block> {
    let mut page = vec![Block::Heading(messages.text("spot-pools-heading"))];
    page.push(if found.pools.is_empty() {
        none("spot-pools-none", OF_POOLS, inventory, messages)
    } else {
        Block::Table(pools(found, messages))
    });
    page.push(Block::Heading(messages.text("spot-instances-heading")));
    if found.instances.is_empty() {
        page.push(none(
            "spot-instances-none",
            OF_INSTANCES,
            inventory,
            messages,
        ));
    } else {
        page.push(Block::Table(instances(found, prices, messages)));
        page.push(Block::Text(messages.text("spot-price-unknown")));
    }
    let reclaimed: Vec<String> = found
        .instances
        .iter()
        .filter(|instance| is_reclaimed(instance) == Some(true))
        .map(|instance| {
            messages.text_with("spot-reclaimed", &[("id", instance.id.id.as_str().into())])
        })
        .collect();
    page.extend(reclaimed.into_iter().map(Block::Warning));
    page.push(Block::Heading(messages.text("spot-left-heading")));
    page.push(if found.left.is_empty() {
        none("spot-left-none", OF_LEFT_OVERS, inventory, messages)
    } else {
        Block::List(found.left.iter().map(|one| left(one, messages)).collect())
    });
    page.extend(coverage::page(&inventory.coverage, messages));
    page
}

/// That there is nothing, or that nobody saw something, for want of what could not be read.
fn none(key: &str, types: &[&'static str], inventory: &Inventory, messages: &Messages) -> Block {
    let unread = unread(inventory, types);
    if unread.is_empty() {
        return Block::Text(messages.text(key));
    }
    let types = [("types", unread.join(", ").into())];
    Block::Text(messages.text_with("spot-none-seen", &types))
}

fn left(one: &LeftBehind<'_>, messages: &Messages) -> String {
    let key = match one.pool.is_spot_only {
        Some(true) => "spot-left-spot",
        Some(false) | None => "spot-left-perhaps",
    };
    let id = &one.resource.id;
    let pool = &one.pool.resource.id;
    messages.text_with(
        key,
        &[
            ("type", id.type_id.as_str().into()),
            ("id", id.id.as_str().into()),
            ("pool", format!("{} {}", pool.type_id, pool.id).into()),
            ("via", one.via.into()),
        ],
    )
}

fn yes_no(value: Option<bool>, messages: &Messages) -> Cell {
    value.map_or(Cell::Unknown, |value| {
        messages.text(if value { "yes" } else { "no" }).into()
    })
}

/// A value that the answer should have.
fn known(resource: &Resource, name: &str) -> Cell {
    shown(resource, name).map_or(Cell::Unknown, Cell::text)
}

/// What is meant to be on demand: a base, and a share above it.
fn on_demand_share(pool: &Resource, messages: &Messages) -> Cell {
    let base = shown(pool, "on_demand_base_nodes");
    let percent = shown(pool, "on_demand_percent_above_base");
    match (base, percent) {
        (Some(base), Some(percent)) => messages
            .text_with(
                "spot-share",
                &[("base", base.into()), ("percent", percent.into())],
            )
            .into(),
        _ => Cell::Unknown,
    }
}

fn pools(found: &Spot<'_>, messages: &Messages) -> Table {
    let title = |key: &str| messages.text(key);
    let mut table = Table::new(vec![
        Column::new("type", title("column-type")).shown(Shown::IfRoom(3)),
        Column::new("id", title("column-id")).shrink(Shrink::Middle(10)),
        Column::new("name", title("column-name")).shrink(Shrink::End(8)),
        Column::new("strategy", title("column-strategy")),
        Column::new("limits", title("column-limit")).shrink(Shrink::End(8)),
        Column::new("on_demand", title("column-on-demand-share")),
        Column::new("compensate", title("column-compensate")),
        Column::new("remedy", title("column-remedy")),
        Column::new("zones", title("column-zone-policy")).shown(Shown::IfRoom(1)),
        Column::new("region", title("column-region")).shown(Shown::IfRoom(2)),
    ]);
    for pool in &found.pools {
        let resource = pool.resource;
        let boolean = |name: &str| yes_no(resource.attributes.boolean(name), messages);
        table.push(vec![
            resource.id.type_id.as_str().into(),
            resource.id.id.as_str().into(),
            Cell::maybe(resource.name.as_deref()),
            pool.strategy.map_or(Cell::Unknown, Cell::text),
            pool.limits.join(", ").into(),
            on_demand_share(resource, messages),
            boolean("compensate_with_on_demand"),
            boolean("spot_instance_remedy"),
            known(resource, "multi_az_policy"),
            resource.id.region.as_str().into(),
        ]);
    }
    table
}

/// Its limit per hour. Zero is what the API says where there is none.
fn limit(instance: &Resource) -> Option<String> {
    (instance.text("spot_strategy") == Some("SpotWithPriceLimit"))
        .then(|| shown(instance, "spot_price_limit_per_hour"))
        .flatten()
}

fn instances(found: &Spot<'_>, prices: &Prices<'_>, messages: &Messages) -> Table {
    let title = |key: &str| messages.text(key);
    let mut table = Table::new(vec![
        Column::new("id", title("column-id")).shrink(Shrink::Middle(10)),
        Column::new("name", title("column-name")).shrink(Shrink::End(8)),
        Column::new("instance_type", title("column-instance-type")),
        Column::new("strategy", title("column-strategy")),
        Column::new("limit", title("column-limit")).number(),
        Column::new("spot_price", title("column-spot-price")).number(),
        Column::new("on_demand_price", title("column-on-demand-price")).number(),
        Column::new("currency", "").shown(Shown::Page(1)),
        Column::new("reclaimed", title("column-reclaimed")),
        Column::new("behavior", title("column-interruption")).shown(Shown::Wide),
        Column::new("hours", title("column-spot-hours"))
            .number()
            .shown(Shown::Wide),
        Column::new("owner", title("column-owner"))
            .shrink(Shrink::Middle(14))
            .shown(Shown::IfRoom(3)),
        Column::new("where", title("column-where")).shown(Shown::IfRoom(2)),
    ]);
    for instance in &found.instances {
        let price = prices.get(&instance.id);
        table.push(vec![
            instance.id.id.as_str().into(),
            Cell::maybe(instance.name.as_deref()),
            known(instance, "instance_type"),
            known(instance, "spot_strategy"),
            Cell::text(limit(instance).unwrap_or_default()),
            Cell::Unknown,
            price.map_or(Cell::Unknown, |price| Cell::decimal(price.amount)),
            Cell::text(price.map_or_else(String::new, |price| price.currency.to_string())),
            yes_no(is_reclaimed(instance), messages),
            known(instance, "spot_interruption_behavior"),
            known(instance, "spot_duration_hours"),
            owner::cell(instance.owner.as_ref(), messages),
            Cell::text(
                instance
                    .zone
                    .as_deref()
                    .unwrap_or(instance.id.region.as_str()),
            ),
        ]);
    }
    table
}

/// One table for spreadsheets: pools, instances, what was left.
fn csv(found: &Spot<'_>, prices: &Prices<'_>) -> Table {
    let english = Messages::new(Language::English);
    let names = [
        "record",
        "account",
        "region",
        "type",
        "id",
        "name",
        "status",
        "strategy",
        "limit",
        "spot_price",
        "on_demand_price",
        "currency",
        "reclaimed",
        "note",
    ];
    let mut table = Table::new(names.map(|name| Column::new(name, "")).to_vec());
    let common = |record: &'static str, resource: &Resource| {
        vec![
            ("record", record.into()),
            ("account", resource.id.account.as_str().into()),
            ("region", resource.id.region.as_str().into()),
            ("type", resource.id.type_id.as_str().into()),
            ("id", resource.id.id.as_str().into()),
            ("name", Cell::maybe(resource.name.as_deref())),
            ("status", Cell::maybe(resource.status.as_deref())),
        ]
    };
    for pool in &found.pools {
        let mut row = common("pool", pool.resource);
        row.push(("strategy", pool.strategy.map_or(Cell::Unknown, Cell::text)));
        row.push(("limit", pool.limits.join("; ").into()));
        table.push_named(&row);
    }
    for instance in &found.instances {
        let price = prices.get(&instance.id);
        let mut row = common("instance", instance);
        row.extend([
            ("strategy", known(instance, "spot_strategy")),
            ("limit", Cell::text(limit(instance).unwrap_or_default())),
            ("spot_price", Cell::Unknown),
            (
                "on_demand_price",
                price.map_or(Cell::Unknown, |price| Cell::decimal(price.amount)),
            ),
            (
                "currency",
                Cell::text(price.map_or_else(String::new, |price| price.currency.to_string())),
            ),
            ("reclaimed", yes_no(is_reclaimed(instance), &english)),
        ]);
        table.push_named(&row);
    }
    for one in &found.left {
        let mut row = common("left", one.resource);
        row.push(("note", left(one, &english).into()));
        table.push_named(&row);
    }
    table
}

fn pool_value(pool: &Pool<'_>) -> Value {
    let attributes = &pool.resource.attributes;
    json!({
        "id": pool.resource.id,
        "name": pool.resource.name,
        "cluster": pool.resource.text("cluster_id"),
        "spot_strategy": pool.strategy,
        "spot_price_limits_per_hour": pool.limits,
        "is_spot_only": pool.is_spot_only,
        "compensate_with_on_demand": attributes.boolean("compensate_with_on_demand"),
        "on_demand_base_nodes": attributes.integer("on_demand_base_nodes"),
        "on_demand_percent_above_base": attributes.integer("on_demand_percent_above_base"),
        "spot_instance_remedy": attributes.boolean("spot_instance_remedy"),
        "spot_instance_pools": attributes.integer("spot_instance_pools"),
        "multi_az_policy": pool.resource.text("multi_az_policy"),
    })
}

fn instance_value(instance: &Resource, prices: &Prices<'_>) -> Value {
    json!({
        "id": instance.id,
        "name": instance.name,
        "status": instance.status,
        "zone": instance.zone,
        "instance_type": instance.text("instance_type"),
        "spot_strategy": instance.text("spot_strategy"),
        "spot_price_limit_per_hour": limit(instance),
        "spot_duration_hours": instance.attributes.integer("spot_duration_hours"),
        "spot_interruption_behavior": instance.text("spot_interruption_behavior"),
        "spot_price_per_hour": null,
        "on_demand_price_per_hour": prices.get(&instance.id),
        "is_reclaimed": is_reclaimed(instance),
        "operation_locks": instance.attributes.text_list("operation_locks"),
        "owner": instance.owner,
    })
}

fn left_value(one: &LeftBehind<'_>) -> Value {
    json!({
        "id": one.resource.id,
        "name": one.resource.name,
        "charge_type": one.resource.charge_type,
        "pool": one.pool.resource.id,
        "spot_strategy": one.pool.strategy,
        "is_spot_only": one.pool.is_spot_only,
        "via": one.via,
    })
}
