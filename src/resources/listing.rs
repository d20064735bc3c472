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
