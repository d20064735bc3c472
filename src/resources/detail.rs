//! Completes listed items by further calls, where the list leaves out what decides money or order.
//!
//! A detail that cannot be read is a hole in the coverage, and the item stays as far as the list tells it: what it is
//! billed for is then unknown, not absent.

use futures::StreamExt;
use futures::stream::{self, BoxStream};
use serde_json::Value;

use super::reader::{ListError, Reader};
use crate::openapi::Request;

/// Items of one cell that are completed at the same time; the rate budget decides the pace.
const AT_ONCE: usize = 8;

/// Completes every item by the answers to its requests, in the order of the list. Where both have a key, the list wins:
/// the same name may mean different things in the two answers (`InternetChargeType` of CLB).
pub fn complete<'a>(
    items: BoxStream<'a, Result<Value, ListError>>,
    api: &'a Reader,
    requests: impl Fn(&Value) -> Vec<Request> + Send + Sync + 'a,
) -> BoxStream<'a, Result<Value, ListError>> {
    items
        .map(move |item| {
            let wanted = item.as_ref().map(&requests).unwrap_or_default();
            async move {
                match item {
                    Ok(item) => one(api, item, wanted).await,
                    Err(error) => vec![Err(error)],
                }
            }
        })
        .buffered(AT_ONCE)
        .flat_map(stream::iter)
        .boxed()
}

/// The completed item, and after it what could not be read.
async fn one(
    api: &Reader,
    mut item: Value,
    requests: Vec<Request>,
) -> Vec<Result<Value, ListError>> {
    let mut errors = Vec::new();
    for request in requests {
        match api.openapi().read(request).await {
            Ok(answer) => add_missing(&mut item, answer),
            Err(error) => errors.push(Err(ListError::from(error))),
        }
    }
    std::iter::once(Ok(item)).chain(errors).collect()
}

fn add_missing(item: &mut Value, answer: Value) {
    if let (Value::Object(item), Value::Object(answer)) = (item, answer) {
        for (key, value) in answer {
            item.entry(key).or_insert(value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_list_wins_and_the_detail_fills_the_gaps() {
        let mut item = json!({"InternetChargeType": "4", "Bandwidth": null});
        add_missing(
            &mut item,
            json!({"InternetChargeType": "paybytraffic", "Bandwidth": 5, "EndTime": "t"}),
        );
        assert_eq!(
            item,
            json!({"InternetChargeType": "4", "Bandwidth": null, "EndTime": "t"})
        );
    }

    #[test]
    fn what_is_no_object_stays_as_it_is() {
        let mut item = json!("name");
        add_missing(&mut item, json!({"a": 1}));
        assert_eq!(item, json!("name"));
    }
}
