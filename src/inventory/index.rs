//! Resource Center, the account's own index: where it has anything at all.
//!
//! The index has to be activated, lags behind, and shows only what the identity may read: it can say that something is
//! somewhere, and never that nothing is.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::model::Region;
use crate::openapi::endpoint::region_row;
use crate::openapi::{ApiError, ErrorClass, Reader, Request};

/// Any region leads to the host that serves the Chinese site.
const CHINA: Region = Region::from_static("cn-shanghai");
/// The host of the international site.
const INTERNATIONAL: Region = Region::from_static("ap-southeast-1");

/// How many resources the index has by region; `None` where the account keeps none, or the identity may not ask.
pub async fn resources_by_region(
    reader: &Reader,
) -> Result<Option<BTreeMap<Region, usize>>, ApiError> {
    for region in [CHINA, INTERNATIONAL] {
        let request = Request::new("resourcecenter", "GetResourceCounts", &region)
            .argument("GroupByKey", "Region");
        match reader.read(request).await {
            Ok(answer) => return Ok(Some(counts(&answer))),
            // The account is of the other site.
            Err(error) if error.class == ErrorClass::NotOffered => {}
            Err(error) if matches!(error.class, ErrorClass::Denied | ErrorClass::NotActivated) => {
                return Ok(None);
            }
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}

fn counts(answer: &Value) -> BTreeMap<Region, usize> {
    let groups = answer.get("ResourceCounts").and_then(Value::as_array);
    groups
        .into_iter()
        .flatten()
        .filter_map(|group| {
            let region = Region::new(group.get("GroupName")?.as_str()?);
            let count = usize::try_from(group.get("Count")?.as_u64()?).ok()?;
            // How the index calls what has no region is not documented.
            (count > 0 && region_row(&region).is_some()).then_some((region, count))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resources::testing::{context, reader};
    use serde_json::json;

    #[tokio::test(start_paused = true)]
    async fn regions_are_counted_and_what_is_none_is_left_out() {
        let context = context(|_, _| {
            let groups = json!([
                {"GroupName": "cn-hangzhou", "Count": 12}, {"GroupName": "us-west-1", "Count": 1},
                {"GroupName": "cn-beijing", "Count": 0}, {"GroupName": "global", "Count": 4},
                {"GroupName": 7, "Count": 4}, {"Count": 4}, {"GroupName": "cn-shanghai", "Count": "many"},
            ]);
            (
                200,
                json!({"GroupByKey": "Region", "ResourceCounts": groups}),
            )
        });
        let api = reader(&context);
        let found = resources_by_region(api.openapi()).await.unwrap().unwrap();
        let found: Vec<(&str, usize)> = found
            .iter()
            .map(|(region, count)| (region.as_str(), *count))
            .collect();
        assert_eq!(found, [("cn-hangzhou", 12), ("us-west-1", 1)]);
    }

    #[tokio::test(start_paused = true)]
    async fn an_account_without_an_index_or_permission_has_no_counts() {
        for code in [
            "ServiceNotEnabled",
            "NoPermission",
            "NotSupport.Account.Site",
        ] {
            let context = context(move |_, _| (400, json!({"Code": code, "Message": "no"})));
            let api = reader(&context);
            let found = resources_by_region(api.openapi()).await.unwrap();
            assert_eq!(found, None, "{code}");
        }
    }
}
