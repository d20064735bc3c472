//! How an absence is proven: by lists that were read whole and lack the thing. Pure.

use serde::Serialize;

use crate::inventory::Inventory;
use crate::model::{CoverageRow, CoverageState, Region, ResourceId, TypeId};
use crate::resources::{ListedPer, find};

/// What proves that something is gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Evidence {
    /// The list of its own cell was read whole and lacks it.
    NotListed {
        /// Where: a region, or `global`.
        region: Region,
        /// What it is listed per, where it is.
        #[serde(skip_serializing_if = "Option::is_none")]
        parent: Option<String>,
        /// How many others the list has.
        others: usize,
    },
    /// Everything that may contain it was listed whole, and so was what each of them contains.
    InNoParent {
        /// Type of what may contain it.
        parent_type: &'static str,
        /// How many of them there are.
        parents: usize,
    },
    /// It was inside of something that is proven gone.
    ParentGone {
        /// What that is.
        parent: ResourceId,
        /// What proves that.
        evidence: Box<Evidence>,
    },
}

impl Evidence {
    /// The code of JSON and CSV.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::NotListed { .. } => "not_listed",
            Self::InNoParent { .. } => "in_no_parent",
            Self::ParentGone { .. } => "parent_gone",
        }
    }
}

/// A place that would have to be read to tell, and was not.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Unread {
    /// What would be listed there.
    #[serde(rename = "type")]
    pub type_id: TypeId,
    /// Where.
    pub region: Region,
    /// Of what, where it is listed per something.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// How the look ended; `None`: nobody looked.
    pub state: Option<CoverageState>,
    /// The RAM action or Kubernetes verb that is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing_permission: Option<String>,
    /// Whether the vendor named it; otherwise it is derived from the call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permission_confirmed: Option<bool>,
    /// The vendor's code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The vendor's request id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

impl Unread {
    pub(super) fn of(row: &CoverageRow) -> Self {
        Self {
            type_id: row.type_id.clone(),
            region: row.cell.region.clone(),
            parent: row.cell.parent.as_ref().map(|parent| parent.id.clone()),
            state: Some(row.state),
            missing_permission: row.missing_permission.clone(),
            permission_confirmed: row.permission_confirmed,
            code: row.code.clone(),
            request_id: row.request_id.clone(),
        }
    }

    fn not_asked(type_id: &TypeId, region: &Region, parent: Option<&ResourceId>) -> Self {
        Self {
            type_id: type_id.clone(),
            region: region.clone(),
            parent: parent.map(|parent| parent.id.clone()),
            state: None,
            missing_permission: None,
            permission_confirmed: None,
            code: None,
            request_id: None,
        }
    }
}

/// What proves that something is not there, or what would have to be read to tell.
pub(super) fn prove(inventory: &Inventory, id: &ResourceId) -> Result<Evidence, Vec<Unread>> {
    let Some(resource_type) = find(id.type_id.as_str()) else {
        return Err(vec![Unread::not_asked(&id.type_id, &id.region, None)]);
    };
    let listed_per = resource_type.spec().listed_per;
    match (listed_per, parent_of(id)) {
        (ListedPer::Account, _) => in_cell(inventory, id, &Region::GLOBAL, None),
        (ListedPer::Region, _) | (ListedPer::RegionAndParent(_), None) => {
            in_cell(inventory, id, &id.region, None)
        }
        (ListedPer::Parent(kind), None) => in_no_parent(inventory, id, kind),
        (ListedPer::Parent(kind) | ListedPer::RegionAndParent(kind), Some(parent)) => {
            let parent = ResourceId {
                type_id: TypeId::from_static(kind),
                id: parent.to_owned(),
                ..id.clone()
            };
            if inventory.get(&parent).is_some() {
                in_cell(inventory, id, &id.region, Some(&parent))
            } else {
                let evidence = Box::new(prove(inventory, &parent)?);
                Ok(Evidence::ParentGone { parent, evidence })
            }
        }
    }
}

/// Whether the list of that cell is whole.
fn in_cell(
    inventory: &Inventory,
    id: &ResourceId,
    region: &Region,
    parent: Option<&ResourceId>,
) -> Result<Evidence, Vec<Unread>> {
    let rows: Vec<&CoverageRow> = inventory
        .coverage
        .iter()
        .filter(|row| {
            row.type_id == id.type_id
                && row.cell.account == id.account
                && row.cell.region == *region
                && row.cell.parent.as_ref() == parent
        })
        .collect();
    if rows.is_empty() {
        return Err(vec![Unread::not_asked(&id.type_id, region, parent)]);
    }
    unread(rows.iter().copied())?;
    Ok(Evidence::NotListed {
        region: region.clone(),
        parent: parent.map(|parent| parent.id.clone()),
        others: rows.iter().map(|row| row.count).sum(),
    })
}

/// An id that does not say its parent may be in any of them: all of them were listed whole, and each for it.
fn in_no_parent(
    inventory: &Inventory,
    id: &ResourceId,
    kind: &'static str,
) -> Result<Evidence, Vec<Unread>> {
    let anywhere = ResourceId {
        type_id: TypeId::from_static(kind),
        id: String::new(),
        ..id.clone()
    };
    prove(inventory, &anywhere)?;
    let rows = || {
        let coverage = inventory.coverage.iter();
        coverage.filter(|row| row.type_id == id.type_id && row.cell.account == id.account)
    };
    unread(rows().filter(|row| row.cell.region == id.region))?;
    let parents: Vec<&ResourceId> = inventory
        .resources
        .iter()
        .map(|resource| &resource.id)
        .filter(|parent| {
            parent.type_id.as_str() == kind
                && parent.account == id.account
                && parent.region == id.region
        })
        .collect();
    let not_asked: Vec<Unread> = parents
        .iter()
        .filter(|parent| !rows().any(|row| row.cell.parent.as_ref() == Some(**parent)))
        .map(|parent| Unread::not_asked(&id.type_id, &id.region, Some(parent)))
        .collect();
    if not_asked.is_empty() {
        Ok(Evidence::InNoParent {
            parent_type: kind,
            parents: parents.len(),
        })
    } else {
        Err(not_asked)
    }
}

/// The rows that are not whole, as an error where there is one.
fn unread<'a>(rows: impl Iterator<Item = &'a CoverageRow>) -> Result<(), Vec<Unread>> {
    let found: Vec<Unread> = rows.filter(|row| !is_whole(row)).map(Unread::of).collect();
    if found.is_empty() { Ok(()) } else { Err(found) }
}

/// Whether a cell was listed whole. A kind that a cluster does not know cannot be in it; that a product is not offered where
/// the plan saw something of it proves nothing.
fn is_whole(row: &CoverageRow) -> bool {
    match row.state {
        CoverageState::Ok => true,
        CoverageState::NotOffered => row.type_id.is_kubernetes(),
        _ => false,
    }
}

/// The parent's id, where a resource's id begins with one. Objects of a cluster have their namespace in between.
fn parent_of(id: &ResourceId) -> Option<&str> {
    let split = if id.type_id.is_kubernetes() {
        id.id.split_once('/')
    } else {
        id.id.rsplit_once('/')
    };
    split.map(|(parent, _)| parent)
}
