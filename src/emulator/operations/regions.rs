//! `DescribeRegions` of ECS: the regions of the scenario.

use serde_json::{Value, json};

use super::super::errors::Refusal;
use super::super::hosts;
use super::super::route::Call;
use super::Scene;

/// Names are Chinese unless another language is asked for, as the official parameter documentation has it.
#[expect(clippy::unnecessary_wraps, reason = "it has the form of every handler")]
pub(super) fn describe(scene: &Scene<'_>, call: &Call) -> Result<Value, Refusal> {
    let chinese = call
        .argument("AcceptLanguage")
        .is_none_or(|language| language.is_empty() || language.starts_with("zh"));
    let regions: Vec<Value> = scene
        .regions
        .iter()
        .map(|region| {
            let name = hosts::region_names(region)
                .map_or(region.as_str(), |(en, zh)| if chinese { zh } else { en });
            json!({
                "RegionId": region,
                "LocalName": name,
                "RegionEndpoint": format!("ecs.{region}.aliyuncs.com"),
                "Status": "available",
            })
        })
        .collect();
    Ok(json!({"Regions": {"Region": regions}}))
}
