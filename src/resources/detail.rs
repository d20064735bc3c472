//! Completes listed items by further calls, where the list leaves out what decides money or order.
//!
//! A detail that cannot be read is a hole in the coverage, and the item stays as far as the list tells it: what it is
//! billed for is then unknown, not absent.

use futures::StreamExt;
use futures::stream::{self, BoxStream};
use serde_json::Value;

use super::decode;
use super::reader::{ListError, Reader};
use crate::model::Cell;
use crate::openapi::Request;

/// Items of one cell that are completed at the same time; the rate budget decides the pace.
const AT_ONCE: usize = 8;

/// One call that completes an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// Product code of the contract.
    pub product: &'static str,
    /// Operation, a read.
    pub action: &'static str,
    /// Its arguments, by the contract's names.
    pub arguments: Vec<(&'static str, String)>,
}

/// Completes every item by the answers to its calls, in the order of the list. Where both have a key, the list wins: the
/// same name may mean different things in the two answers (`InternetChargeType` of CLB). `id` is the path of an item's id,
/// by which a failure is reported.
pub fn complete<'a>(
    items: BoxStream<'a, Result<Value, ListError>>,
    api: &'a Reader,
    cell: &'a Cell,
    id: &'static str,
    calls: impl Fn(&str, &Value) -> Vec<Call> + Send + Sync + 'a,
) -> BoxStream<'a, Result<Value, ListError>> {
    items
        .map(move |item| {
            let name = item
                .as_ref()
                .ok()
                .and_then(|item| decode::text_at(item, id));
            let wanted = match (&item, &name) {
                (Ok(item), Some(name)) => calls(name, item),
                // Without an id nothing can be asked; reading the item fails and is seen.
                _ => Vec::new(),
            };
            async move {
                match item {
                    Ok(item) => one(api, cell, item, (id, &name.unwrap_or_default()), wanted).await,
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
    cell: &Cell,
    mut item: Value,
    (path, id): (&str, &str),
    calls: Vec<Call>,
) -> Vec<Result<Value, ListError>> {
    let mut errors = Vec::new();
    for call in calls {
        let mut request = Request::new(call.product, call.action, &cell.region);
        for (name, value) in call.arguments {
            request = request.argument(name, value);
        }
        match api.openapi().read(request).await {
            Ok(answer) => {
                if let Err(what) = check(&answer, path, id) {
                    errors.push(Err(ListError::Part {
                        operation: call.action,
                        id: id.to_owned(),
                        error: Box::new(ListError::Unusable(what)),
                    }));
                } else {
                    add_missing(&mut item, answer);
                }
            }
            Err(error) => errors.push(Err(ListError::Part {
                operation: call.action,
                id: id.to_owned(),
                error: Box::new(error.into()),
            })),
        }
    }
    std::iter::once(Ok(item)).chain(errors).collect()
}

/// An answer about another resource would give this one a price and an order that are not its own. Not every answer
/// carries the id.
fn check(answer: &Value, path: &str, id: &str) -> Result<(), String> {
    if !answer.is_object() {
        return Err("the answer is not an object".to_owned());
    }
    match decode::text_at(answer, path) {
        Some(other) if other != id => Err(format!("the answer is about {other}")),
        _ => Ok(()),
    }
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
    use crate::resources::testing::{cell, context, reader};
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

    #[tokio::test(start_paused = true)]
    async fn an_answer_about_another_resource_is_a_hole_and_is_not_merged() {
        for (answered, is_hole) in [
            (json!("lb-1"), false),
            (json!("lb-2"), true),
            (Value::Null, false),
        ] {
            let body = json!({"LoadBalancerId": answered, "Bandwidth": 5});
            let context = context(move |_, _| (200, body.clone()));
            let api = reader(&context);
            let cell = cell("cn-hangzhou");
            let items = stream::iter([Ok(json!({"LoadBalancerId": "lb-1"}))]).boxed();
            let call = |id: &str, _: &Value| {
                vec![Call {
                    product: "slb",
                    action: "DescribeLoadBalancerAttribute",
                    arguments: vec![
                        ("RegionId", "cn-hangzhou".into()),
                        ("LoadBalancerId", id.into()),
                    ],
                }]
            };
            let found: Vec<_> = complete(items, &api, &cell, "LoadBalancerId", call)
                .collect()
                .await;
            let item = found[0].as_ref().unwrap();
            assert_eq!(item["LoadBalancerId"], "lb-1");
            assert_eq!(item.get("Bandwidth").is_none(), is_hole, "{answered}");
            assert_eq!(
                found.iter().filter(|item| item.is_err()).count(),
                usize::from(is_hole)
            );
        }
    }

    #[test]
    fn what_is_no_object_stays_as_it_is() {
        let mut item = json!("name");
        add_missing(&mut item, json!({"a": 1}));
        assert_eq!(item, json!("name"));
    }
}
