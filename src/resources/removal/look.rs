//! Looks at one resource: present, gone, or nobody can tell.
//!
//! Gone needs two looks: one at the resource itself that does not find it (an empty answer, or the type's own code), and one
//! complete list of its type in its own region that lacks it. Every other code, a bare 404 included, is no answer: a wrong
//! region, a wrong key and a wrong endpoint say `.NotFound` too.

use std::pin::pin;

use futures::StreamExt as _;
use serde_json::Value;

use super::Removal;
use super::call::{self, Source};
use crate::model::{Cell, ResourceId, TypeId};
use crate::openapi::Request;
use crate::resources::cluster::ClusterError;
use crate::resources::teardown::Observation;
use crate::resources::{ListError, ListedPer, Listing, Reader, ResourceType, find, listing};

/// How one resource is looked at.
#[derive(Clone, Copy, Debug)]
pub enum Look {
    /// By an operation that lists, narrowed to one id. The listing's own arguments are filled as when it lists.
    Listed {
        /// The operation.
        listing: Listing,
        /// Parameter that narrows it, by the contract's name.
        filter: &'static str,
        /// Its value.
        value: Source,
    },
    /// By an operation that describes one.
    Described {
        /// Product code of the contract.
        product: &'static str,
        /// Operation.
        action: &'static str,
        /// Arguments.
        arguments: &'static [(&'static str, Source)],
    },
    /// By the whole list of its cell, where no operation is narrower.
    Whole,
}

/// Looks at one resource of a type.
pub(super) async fn observe(removal: &Removal, api: &Reader, id: &ResourceId) -> Observation {
    let cell = match cell_of(removal.of, id) {
        Ok(cell) => cell,
        Err(error) => return Observation::Unknown(error),
    };
    match first_look(removal, api, &cell, id).await {
        Ok(Some(raw)) => present(removal.of, &raw, &cell, id),
        Ok(None) => confirm(removal, api, &cell, id).await,
        Err(error) if is_code_of(&error, removal.gone) => confirm(removal, api, &cell, id).await,
        Err(error) => with_parent(removal, api, &cell, error).await,
    }
}

/// The second look: the complete list of the cell.
async fn confirm(removal: &Removal, api: &Reader, cell: &Cell, id: &ResourceId) -> Observation {
    match in_whole_list(removal.of, api, cell, id).await {
        Ok(None) => Observation::Gone,
        Ok(Some(raw)) => present(removal.of, &raw, cell, id),
        Err(error) => with_parent(removal, api, cell, error).await,
    }
}

/// A resource that is there, read as the scan reads it.
pub(in crate::resources) fn present(
    of: &dyn ResourceType,
    raw: &Value,
    cell: &Cell,
    id: &ResourceId,
) -> Observation {
    match of.decode(raw, cell) {
        Ok(resource) if resource.id == *id => Observation::Present(Box::new(resource)),
        Ok(other) => Observation::Unknown(ListError::Unusable(format!(
            "asked for {id} the answer is about {}",
            other.id
        ))),
        Err(error) => Observation::Unknown(ListError::Unusable(error.to_string())),
    }
}

/// Whether the error says one of these codes, in any spelling of case.
pub(in crate::resources) fn is_code_of(error: &ListError, codes: &[&str]) -> bool {
    let code = match error {
        ListError::Api(error) => error.code.as_deref(),
        ListError::Cluster(error) => match error.as_ref() {
            ClusterError::Ack(error) => error.code.as_deref(),
            _ => None,
        },
        _ => None,
    };
    code.is_some_and(|code| codes.iter().any(|known| known.eq_ignore_ascii_case(code)))
}

/// Where the parent's code came, the parent decides: what lived in it is gone when it is proven gone.
async fn with_parent(
    removal: &Removal,
    api: &Reader,
    cell: &Cell,
    error: ListError,
) -> Observation {
    if !is_code_of(&error, removal.gone_with_parent) {
        return Observation::Unknown(error);
    }
    if parent_is_gone(api, cell).await {
        Observation::Gone
    } else {
        Observation::Unknown(error)
    }
}

/// Whether the cell's parent is proven gone.
pub(in crate::resources) async fn parent_is_gone(api: &Reader, cell: &Cell) -> bool {
    let Some(parent) = &cell.parent else {
        return false;
    };
    let Some(teardown) = find(parent.type_id.as_str()).and_then(ResourceType::teardown) else {
        return false;
    };
    matches!(teardown.observe(api, parent).await, Observation::Gone)
}

async fn first_look(
    removal: &Removal,
    api: &Reader,
    cell: &Cell,
    id: &ResourceId,
) -> Result<Option<Value>, ListError> {
    match &removal.look {
        Look::Whole => in_whole_list(removal.of, api, cell, id).await,
        Look::Listed {
            listing,
            filter,
            value,
        } => {
            let request = listing::request(removal.of.spec(), listing, cell)?;
            let request = call::with_argument(request, filter, *value, id).ok_or_else(no_value)?;
            let mut items = pin!(listing::items(api, listing, request));
            let mut found = None;
            while let Some(item) = items.next().await {
                let item = item?;
                if is_it(removal.of, &item, cell, id)? {
                    found = Some(item);
                }
            }
            Ok(found)
        }
        Look::Described {
            product,
            action,
            arguments,
        } => {
            let mut request = Request::new(product, *action, &cell.region);
            for (name, value) in *arguments {
                request = call::with_argument(request, name, *value, id).ok_or_else(no_value)?;
            }
            Ok(Some(api.openapi().read(request).await?))
        }
    }
}

fn no_value() -> ListError {
    ListError::Unusable("the id does not say what has to be asked".to_owned())
}

/// The same where nothing narrower can be asked: one list that lacks it is one look, and a second one has to lack it, too.
pub(in crate::resources) async fn in_two_lists(
    of: &dyn ResourceType,
    api: &Reader,
    cell: &Cell,
    id: &ResourceId,
) -> Result<Option<Value>, ListError> {
    match in_whole_list(of, api, cell, id).await? {
        Some(item) => Ok(Some(item)),
        None => in_whole_list(of, api, cell, id).await,
    }
}

/// The item of that id in the complete list of its cell. A part that cannot be read hides no item.
pub(in crate::resources) async fn in_whole_list(
    of: &dyn ResourceType,
    api: &Reader,
    cell: &Cell,
    id: &ResourceId,
) -> Result<Option<Value>, ListError> {
    let mut items = of.list(api, cell);
    let mut found = None;
    let mut hole = None;
    while let Some(item) = items.next().await {
        match item {
            Ok(item) => match is_it(of, &item, cell, id) {
                Ok(true) => found = Some(item),
                Ok(false) => {}
                Err(error) => hole = Some(error),
            },
            Err(error) if error.hides_items() => hole = Some(error),
            Err(_) => {}
        }
    }
    match (found, hole) {
        (Some(item), _) => Ok(Some(item)),
        (None, Some(error)) => Err(error),
        (None, None) => Ok(None),
    }
}

/// Whether an item is the one of that id. One that cannot be read may be it.
fn is_it(
    of: &dyn ResourceType,
    item: &Value,
    cell: &Cell,
    id: &ResourceId,
) -> Result<bool, ListError> {
    match of.decode(item, cell) {
        Ok(resource) => Ok(resource.id == *id),
        Err(error) => Err(ListError::Unusable(error.to_string())),
    }
}

/// The cell that a resource is listed in.
pub(in crate::resources) fn cell_of(
    of: &dyn ResourceType,
    id: &ResourceId,
) -> Result<Cell, ListError> {
    let spec = of.spec();
    let parent_in_id = |parent_type: &'static str, parent: &str| ResourceId {
        account: id.account.clone(),
        region: id.region.clone(),
        type_id: TypeId::from_static(parent_type),
        id: parent.to_owned(),
    };
    // Objects of a cluster have their namespace in between.
    let split = if spec.type_id.is_kubernetes() {
        id.id.split_once('/')
    } else {
        id.id.rsplit_once('/')
    };
    let parent = match (spec.listed_per, split) {
        (ListedPer::Account | ListedPer::Region, _) | (ListedPer::RegionAndParent(_), None) => None,
        (ListedPer::Parent(kind) | ListedPer::RegionAndParent(kind), Some((parent, _))) => {
            Some(parent_in_id(kind, parent))
        }
        (ListedPer::Parent(kind), None) => {
            let what = format!("the id of {id} does not say its {kind}");
            return Err(ListError::Unusable(what));
        }
    };
    Ok(Cell {
        account: id.account.clone(),
        region: id.region.clone(),
        parent,
    })
}
