//! The regions an account may use, from the API.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::model::Region;
use crate::openapi::{ApiError, ErrorClass, Reader, Request};

/// Any region answers for all.
const ASKED: Region = Region::from_static("cn-hangzhou");

/// Asks ECS `DescribeRegions` which regions the account may use.
pub async fn list_regions(reader: &Reader) -> Result<Vec<Region>, ApiError> {
    let request = Request::new("ecs", "DescribeRegions", &ASKED);
    let unreadable = || {
        ApiError::local(
            ErrorClass::Decode,
            &Request::new("ecs", "DescribeRegions", &ASKED),
            "",
            "the answer names no region",
        )
    };
    let answer = reader.read(request).await?;
    // A region without an id would not be scanned, and nothing would say so: then the embedded table knows more.
    let regions: Option<BTreeSet<Region>> = answer
        .pointer("/Regions/Region")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .map(|region| region.get("RegionId")?.as_str().map(Region::new))
        .collect();
    let regions = regions.ok_or_else(unreadable)?;
    if regions.is_empty() {
        Err(unreadable())
    } else {
        Ok(regions.into_iter().collect())
    }
}
