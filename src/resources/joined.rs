//! Puts the items of further lists of a cell beside those that they belong to: the listeners of a region's load balancers.
//!
//! One list for the whole cell costs a few calls where a call for each item would cost hundreds. A list that cannot be read is
//! a hole in the coverage, and leaves its place empty: what belongs to the items is then not known, which is not "nothing".

use std::collections::HashMap;
use std::pin::pin;

use futures::StreamExt;
use futures::stream::{self, BoxStream};
use serde_json::{Map, Value};

use super::decode;
use super::reader::{ListError, Reader};
use super::{Listing, Spec, listing};
use crate::model::Cell;

/// A further list.
#[derive(Debug)]
pub struct Part {
    /// The list.
    pub listing: Listing,
    /// Path of the id of what an item of it belongs to.
    pub belongs_to: &'static str,
    /// Where the items are put. Begins with `+`, which no field of the vendor's does.
    pub under: &'static str,
    /// Their fields that are put there; nothing else of them is kept, as they may hold secrets.
    pub keeps: &'static [&'static str],
}

/// The items of a cell with what belongs to them. Nothing further is listed in a cell without items.
///
/// `items` come straight from their list: calls that are under way in them, as in [`super::detail::complete`], would stand still
/// while the further lists are read, and keep what those wait for. Items are completed after they are joined.
pub fn join<'a>(
    items: BoxStream<'a, Result<Value, ListError>>,
    api: &'a Reader,
    cell: &'a Cell,
    spec: &'static Spec,
    parts: &'static [Part],
) -> BoxStream<'a, Result<Value, ListError>> {
    stream::once(async move {
        let mut items = Box::pin(items.peekable());
        let has_items = matches!(items.as_mut().peek().await, Some(Ok(_)));
        let mut known = Vec::new();
        let mut holes = Vec::new();
        for part in parts.iter().filter(|_| has_items) {
            match read(part, api, cell, spec).await {
                Ok(groups) => known.push((part, groups)),
                Err(error) => holes.push(Err(ListError::Part {
                    operation: part.listing.action,
                    id: cell.region.to_string(),
                    error: Box::new(error),
                })),
            }
        }
        items
            .map(move |item| item.map(|item| with(item, spec, &known)))
            .chain(stream::iter(holes))
    })
    .flatten()
    .boxed()
}

type Groups = HashMap<String, Vec<Value>>;

async fn read(
    part: &'static Part,
    api: &Reader,
    cell: &Cell,
    spec: &'static Spec,
) -> Result<Groups, ListError> {
    let request = listing::request(spec, &part.listing, cell)?;
    let mut items = pin!(listing::items(api, &part.listing, request));
    let mut groups = Groups::new();
    while let Some(item) = items.next().await {
        let item = item?;
        let Some(owner) = decode::text_at(&item, part.belongs_to) else {
            return Err(ListError::Unusable(format!(
                "an item of {} does not say {}",
                part.listing.action, part.belongs_to
            )));
        };
        groups
            .entry(owner)
            .or_default()
            .push(kept(&item, part.keeps));
    }
    Ok(groups)
}

fn kept(item: &Value, names: &[&str]) -> Value {
    let found = names.iter().filter_map(|name| {
        let value = item.get(name)?;
        Some(((*name).to_owned(), value.clone()))
    });
    Value::Object(found.collect::<Map<_, _>>())
}

fn with(mut item: Value, spec: &Spec, known: &[(&Part, Groups)]) -> Value {
    let id = decode::text_at(&item, spec.fields.id).unwrap_or_default();
    if let Value::Object(fields) = &mut item {
        for (part, groups) in known {
            let own = groups.get(&id).cloned().unwrap_or_default();
            fields.insert(part.under.to_owned(), Value::Array(own));
        }
    }
    item
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::resources::testing::{cell, context, reader};
    use crate::resources::{Argument, ResourceType as _, vpc};

    static PARTS: &[Part] = &[Part {
        listing: Listing {
            product: "vpc",
            action: "DescribeVSwitches",
            arguments: &[("RegionId", Argument::Region)],
            items: "VSwitches.VSwitch",
            id: "VSwitchId",
        },
        belongs_to: "VpcId",
        under: "+VSwitches",
        keeps: &["VSwitchId"],
    }];

    async fn joined(
        items: Vec<Result<Value, ListError>>,
        status: u16,
        answer: Value,
    ) -> Vec<Result<Value, ListError>> {
        let context = context(move |_, _| (status, answer.clone()));
        let api = reader(&context);
        let cell = cell("cn-hangzhou");
        let items = stream::iter(items).boxed();
        join(items, &api, &cell, vpc::Vpc.spec(), PARTS)
            .collect()
            .await
    }

    #[tokio::test(start_paused = true)]
    async fn each_item_gets_its_own_and_only_what_is_kept_of_them() {
        let answer = json!({"TotalCount": 2, "PageNumber": 1, "PageSize": 50, "VSwitches": {"VSwitch": [
            {"VSwitchId": "vsw-1", "VpcId": "vpc-1", "VSwitchName": "secret"},
            {"VSwitchId": "vsw-2", "VpcId": "vpc-9"},
        ]}});
        let items = vec![Ok(json!({"VpcId": "vpc-1"})), Ok(json!({"VpcId": "vpc-2"}))];
        let found = joined(items, 200, answer).await;
        let found: Vec<Value> = found.into_iter().map(Result::unwrap).collect();
        assert_eq!(
            found,
            [
                json!({"VpcId": "vpc-1", "+VSwitches": [{"VSwitchId": "vsw-1"}]}),
                json!({"VpcId": "vpc-2", "+VSwitches": []}),
            ]
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_list_that_cannot_be_read_leaves_its_place_empty_and_is_a_hole_that_hides_no_item() {
        let unread = [
            (403, json!({"Code": "Forbidden.RAM", "Message": "no"})),
            (
                200,
                json!({"TotalCount": 1, "VSwitches": {"VSwitch": [{"VSwitchId": "vsw-1"}]}}),
            ),
        ];
        for (status, answer) in unread {
            let found = joined(vec![Ok(json!({"VpcId": "vpc-1"}))], status, answer).await;
            let [Ok(item), Err(error)] = &found[..] else {
                panic!("{found:?}")
            };
            assert_eq!(*item, json!({"VpcId": "vpc-1"}));
            assert!(!error.hides_items());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_further_is_asked_where_there_is_nothing() {
        let broken = json!("broken");
        assert!(joined(Vec::new(), 500, broken.clone()).await.is_empty());
        let failed = vec![Err(ListError::Unusable("no".to_owned()))];
        assert_eq!(joined(failed, 500, broken).await.len(), 1);
    }
}
