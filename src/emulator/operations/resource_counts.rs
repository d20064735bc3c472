//! `GetResourceCounts`: how many resources the account's index has, by one of their fields.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::super::errors::Refusal;
use super::super::route::Call;
use super::Scene;

/// The index, as `SearchResources` answers it.
const INDEX: &str = "resourcecenter/resource";

/// `GetResourceCounts`. Unverified: which keys the service takes beside these, and what it calls what has no region.
pub(super) fn count(scene: &Scene<'_>, call: &Call) -> Result<Value, Refusal> {
    let key = call.argument("GroupByKey").unwrap_or_default();
    let field = match key {
        "Region" => "RegionId",
        "ResourceType" | "ResourceGroupId" => key,
        _ => {
            return Err(Refusal::invalid_parameter(
                call.family,
                "GroupByKey must be ResourceType, Region or ResourceGroupId here.",
            ));
        }
    };
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for item in scene.world.items(INDEX) {
        let name = item.value.get(field).and_then(Value::as_str);
        *counts
            .entry(name.unwrap_or_default().to_owned())
            .or_default() += 1;
    }
    let groups: Vec<Value> = counts
        .into_iter()
        .map(|(name, count)| json!({"GroupName": name, "Count": count}))
        .collect();
    Ok(json!({"GroupByKey": key, "Filters": [], "ResourceCounts": groups}))
}
