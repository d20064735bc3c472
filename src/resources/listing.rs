//! How a type is listed when one operation suffices: which operation, with what, and where its items stand.

use futures::StreamExt;
use futures::stream::{self, BoxStream};
use serde_json::Value;

use super::reader::{ListError, Reader};
use super::{ListedPer, Spec};
use crate::model::Cell;
use crate::openapi::Request;
use crate::openapi::page::Pages;

/// Where a parameter's value comes from.
#[derive(Clone, Copy, Debug)]
pub enum Argument {
    /// The cell's region.
    Region,
    /// The parent's id.
    Parent,
    /// Always this.
    Text(&'static str),
}

/// One list operation.
#[derive(Clone, Copy, Debug)]
pub struct Listing {
    /// Product code of the contract.
    pub product: &'static str,
    /// Operation.
    pub action: &'static str,
    /// Parameters, by the contract's names; `{names}` of the path too. Paging parameters come from the contract.
    pub arguments: &'static [(&'static str, Argument)],
    /// Path of the items in the answer; empty where the answer itself is the list.
    pub items: &'static str,
    /// Path of the id within an item, by which pages that shift are recognised.
    pub id: &'static str,
}

/// The items of a cell, page by page.
pub fn list<'a>(
    spec: &'static Spec,
    api: &'a Reader,
    cell: &'a Cell,
) -> BoxStream<'a, Result<Value, ListError>> {
    let Some(listing) = &spec.listing else {
        let error = ListError::Unusable(format!("{} declares no list operation", spec.type_id));
        return stream::once(async { Err(error) }).boxed();
    };
    match request(spec, listing, cell) {
        Ok(request) => items(api, listing, request),
        Err(error) => stream::once(async { Err(error) }).boxed(),
    }
}

/// The items of one list operation, page by page.
pub fn items<'a>(
    api: &'a Reader,
    listing: &'a Listing,
    request: Request,
) -> BoxStream<'a, Result<Value, ListError>> {
    Pages::new(api.openapi(), request, listing.items, listing.id)
        .into_stream()
        .map(|item| item.map_err(ListError::from))
        .boxed()
}

/// The first request of a listing.
pub fn request(spec: &Spec, listing: &Listing, cell: &Cell) -> Result<Request, ListError> {
    let mut request = Request::new(listing.product, listing.action, &cell.region);
    for (name, argument) in listing.arguments {
        let value = match argument {
            Argument::Region => cell.region.to_string(),
            Argument::Text(text) => (*text).to_owned(),
            Argument::Parent => match (&cell.parent, spec.listed_per) {
                (Some(parent), ListedPer::Parent(_) | ListedPer::RegionAndParent(_)) => {
                    parent.id.clone()
                }
                _ => {
                    return Err(ListError::Unusable(format!(
                        "{} is listed per parent, and the cell has none",
                        spec.type_id
                    )));
                }
            },
        };
        request = request.argument(name, value);
    }
    Ok(request)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openapi::ErrorClass;
    use crate::resources::testing::{cell, context, reader};
    use crate::resources::{Reader, find};
    use serde_json::json;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// Lists NLB, whose answers have a token and a total, where the second pass finds that many instances of three.
    async fn network_load_balancers(total: u64, second: usize) -> (usize, Vec<ErrorClass>) {
        let passes = Arc::new(AtomicUsize::new(0));
        let context = context(move |_, target| {
            let id = |number: usize| json!({"LoadBalancerId": format!("nlb-{number}")});
            let more = target.contains("NextToken=more");
            let pass = passes.fetch_add(usize::from(more), Ordering::SeqCst);
            let body = if more {
                let last = if pass == 0 { 2 } else { second };
                let items: Vec<Value> = (1..last).map(id).collect();
                json!({"LoadBalancers": items, "TotalCount": total})
            } else {
                json!({"LoadBalancers": [id(0)], "TotalCount": total, "NextToken": "more"})
            };
            (200, body)
        });
        let api: Reader = reader(&context);
        let spec = find("nlb.load_balancer").unwrap().spec();
        let cell = cell("cn-hangzhou");
        let items: Vec<_> = list(spec, &api, &cell).collect().await;
        let errors = items.iter().filter_map(|item| match item {
            Err(ListError::Api(error)) => Some(error.class),
            Err(other) => panic!("{other}"),
            Ok(_) => None,
        });
        let errors: Vec<ErrorClass> = errors.collect();
        (items.len() - errors.len(), errors)
    }

    #[tokio::test(start_paused = true)]
    async fn a_total_beside_a_token_is_reached_or_the_listing_is_incomplete() {
        assert_eq!(network_load_balancers(2, 2).await, (2, vec![]));
        // ECS answers 0 with tokens: that says nothing.
        assert_eq!(network_load_balancers(0, 2).await, (2, vec![]));
        // Listed once more, the third is there.
        assert_eq!(network_load_balancers(3, 3).await, (3, vec![]));
        let short = (2, vec![ErrorClass::Incomplete]);
        assert_eq!(network_load_balancers(50, 2).await, short);
    }
}
