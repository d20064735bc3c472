//! The proof: a full rescan of the scope, held against the plan and its ledger. Pure.
//!
//! Gone is only what a complete list of its own cell lacks. A namesake made later is not gone, and what no one could look at is
//! neither gone nor there.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::guard::is_same_thing;
use super::plan::{Cost, KeptResource, Plan, StepId, Total};
use super::planner::costs;
use crate::inventory::Inventory;
use crate::model::{Confidence, CoverageRow, CoverageState, Region, Resource, ResourceId, TypeId};
use crate::pricing::Line;
use crate::resources::{ListedPer, find};

/// Why something is a left-over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LeftBecause {
    /// The plan was to delete it, and it is still there.
    StillThere,
    /// The planned one is gone, and another of the same id stands in its place.
    Recreated,
    /// The cluster owned it when the plan was made, no step was for it, and it outlived the cluster.
    Outlived,
    /// It was not there at planning and says that it belongs to the cluster.
    Appeared,
}

/// Something that should be gone and is not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LeftOver {
    /// Which.
    pub id: ResourceId,
    /// Its name; untrusted text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its status, by the vendor's code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Why it counts as one.
    pub because: LeftBecause,
    /// What it costs per month.
    pub cost: Cost,
}

/// What was kept, as it is now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeptNow {
    /// As the plan says.
    pub kept: KeptResource,
    /// What it costs per month now.
    pub cost: Cost,
    /// Whether it is still there; `None`: it could not be looked at.
    pub is_there: Option<bool>,
}

/// What the rescan showed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verification {
    /// When it was made.
    pub verified_at: DateTime<Utc>,
    /// Steps whose resources are proven gone.
    pub gone: Vec<StepId>,
    /// What should be gone and is not.
    pub left: Vec<LeftOver>,
    /// Steps of which nobody can tell.
    pub unproven: Vec<StepId>,
    /// What was kept on purpose.
    pub kept: Vec<KeptNow>,
    /// The cells of the scope, read or not.
    #[serde(skip)]
    pub coverage: Vec<CoverageRow>,
    /// What plan and kept ones cost before.
    pub before: Total,
    /// What is left of that.
    pub after: Total,
}

/// The answer in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Nothing that should be gone is there, and everything was looked at.
    Clean,
    /// Something should be gone and is there.
    LeftOvers,
    /// Nothing was found, and not everything could be looked at.
    Incomplete,
}

impl Verification {
    /// Cells of the scope that were not read.
    pub fn holes(&self) -> impl Iterator<Item = &CoverageRow> {
        let is_unread =
            |row: &&CoverageRow| row.state.is_hole() || row.state == CoverageState::Skipped;
        self.coverage.iter().filter(is_unread)
    }

    /// The answer in a word.
    pub fn verdict(&self) -> Verdict {
        if !self.left.is_empty() {
            Verdict::LeftOvers
        } else if !self.unproven.is_empty()
            || self.coverage.is_empty()
            || self.holes().next().is_some()
        {
            Verdict::Incomplete
        } else {
            Verdict::Clean
        }
    }
}

/// The regions that a rescan of the plan's scope has to ask.
pub fn regions(plan: &Plan) -> Vec<Region> {
    let ids = plan
        .steps
        .iter()
        .map(|step| &step.fingerprint.id)
        .chain(plan.kept.iter().map(|kept| &kept.id))
        .chain(plan.ledger.owned.iter().map(|owned| &owned.id));
    let regions: BTreeSet<Region> = ids
        .map(|id| id.region.clone())
        .filter(|region| !region.is_global())
        .collect();
    regions.into_iter().collect()
}

/// Holds a rescan against the plan. `lines` are the estimate of what was found.
pub fn verify(plan: &Plan, inventory: &Inventory, lines: &[Line]) -> Verification {
    let rescan = Rescan {
        inventory,
        costs: costs(lines),
    };
    let mut found = Verification {
        verified_at: inventory.scanned_at,
        gone: Vec::new(),
        left: Vec::new(),
        unproven: Vec::new(),
        kept: Vec::new(),
        coverage: coverage(plan, inventory),
        before: plan.before(),
        after: Total::default(),
    };
    let mut known: BTreeSet<&ResourceId> = plan.implied.iter().collect();
    for step in &plan.steps {
        let id = &step.fingerprint.id;
        known.insert(id);
        match inventory.get(id) {
            Some(resource) => {
                let because = if is_same_thing(&step.fingerprint, resource) {
                    LeftBecause::StillThere
                } else {
                    LeftBecause::Recreated
                };
                found.left.push(rescan.left_over(resource, because));
            }
            None if rescan.is_proven_absent(id) => found.gone.push(step.id.clone()),
            None => found.unproven.push(step.id.clone()),
        }
    }
    for kept in &plan.kept {
        known.insert(&kept.id);
        let is_there = match inventory.get(&kept.id) {
            Some(_) => Some(true),
            None if rescan.is_proven_absent(&kept.id) => Some(false),
            None => None,
        };
        let cost = match is_there {
            Some(true) => rescan.cost(&kept.id),
            Some(false) => Cost::default(),
            None => kept.cost.clone(),
        };
        found.kept.push(KeptNow {
            kept: kept.clone(),
            cost,
            is_there,
        });
    }
    for owned in &plan.ledger.owned {
        if known.insert(&owned.id)
            && let Some(resource) = inventory.get(&owned.id)
        {
            found
                .left
                .push(rescan.left_over(resource, LeftBecause::Outlived));
        }
    }
    found.left.extend(rescan.appeared(plan, &known));
    let still_paid = found.left.iter().map(|left| &left.cost);
    for cost in still_paid.chain(found.kept.iter().map(|kept| &kept.cost)) {
        found.after.add(cost);
    }
    found
}

/// Cells of the plan's account and regions that may hide something of its scope. The inside of a cluster that the plan does
/// not take down is none of its business.
fn coverage(plan: &Plan, inventory: &Inventory) -> Vec<CoverageRow> {
    let regions = regions(plan);
    let steps: BTreeSet<&ResourceId> = plan.steps.iter().map(|step| &step.fingerprint.id).collect();
    inventory
        .coverage
        .iter()
        .filter(|row| row.cell.account == plan.binding.account)
        .filter(|row| row.cell.region.is_global() || regions.contains(&row.cell.region))
        .filter(|row| {
            let is_inside = row.type_id.is_kubernetes();
            !is_inside
                || row
                    .cell
                    .parent
                    .as_ref()
                    .is_none_or(|parent| steps.contains(parent))
        })
        .cloned()
        .collect()
}

struct Rescan<'a> {
    inventory: &'a Inventory,
    costs: BTreeMap<ResourceId, Cost>,
}

impl Rescan<'_> {
    fn cost(&self, id: &ResourceId) -> Cost {
        self.costs.get(id).cloned().unwrap_or_default()
    }

    fn left_over(&self, resource: &Resource, because: LeftBecause) -> LeftOver {
        LeftOver {
            id: resource.id.clone(),
            name: resource.name.clone(),
            status: resource.status.clone(),
            because,
            cost: self.cost(&resource.id),
        }
    }

    /// Whether a complete list of its own cell lacks it, or it lived in something that is proven gone.
    fn is_proven_absent(&self, id: &ResourceId) -> bool {
        let Some(resource_type) = find(id.type_id.as_str()) else {
            return false;
        };
        let region = match resource_type.spec().listed_per {
            ListedPer::Account => Region::GLOBAL,
            _ => id.region.clone(),
        };
        let is_listed = |parent: Option<&ResourceId>| {
            let mut rows = self.inventory.coverage.iter().filter(|row| {
                row.type_id == id.type_id
                    && row.cell.account == id.account
                    && row.cell.region == region
                    && row.cell.parent.as_ref() == parent
            });
            let first = rows.next();
            first.is_some_and(is_whole) && rows.all(is_whole)
        };
        match (resource_type.spec().listed_per, parent_of(id)) {
            (ListedPer::Account | ListedPer::Region, _) => is_listed(None),
            (ListedPer::RegionAndParent(_), None) => is_listed(None),
            // An id that does not say its parent may be in any of them: all of them were listed whole, and each for it.
            (ListedPer::Parent(kind), None) => self.is_in_no_parent(id, kind),
            (ListedPer::Parent(kind) | ListedPer::RegionAndParent(kind), Some(parent)) => {
                let parent = ResourceId {
                    type_id: TypeId::from_static(kind),
                    id: parent.to_owned(),
                    ..id.clone()
                };
                if self.inventory.get(&parent).is_some() {
                    is_listed(Some(&parent))
                } else {
                    self.is_proven_absent(&parent)
                }
            }
        }
    }

    fn is_in_no_parent(&self, id: &ResourceId, kind: &'static str) -> bool {
        let anywhere = ResourceId {
            type_id: TypeId::from_static(kind),
            id: String::new(),
            ..id.clone()
        };
        let mut parents = self.inventory.resources.iter().filter(|parent| {
            parent.id.type_id.as_str() == kind
                && parent.id.account == id.account
                && parent.id.region == id.region
        });
        let rows = || {
            let coverage = self.inventory.coverage.iter();
            coverage.filter(|row| row.type_id == id.type_id && row.cell.account == id.account)
        };
        self.is_proven_absent(&anywhere)
            && rows().all(|row| row.cell.region != id.region || is_whole(row))
            && parents.all(|parent| rows().any(|row| row.cell.parent.as_ref() == Some(&parent.id)))
    }

    /// What was not there at planning and says that it belongs to one of the plan's clusters: something that acted on while
    /// it was taken down made it.
    fn appeared(&self, plan: &Plan, known: &BTreeSet<&ResourceId>) -> Vec<LeftOver> {
        let clusters: BTreeSet<&str> = plan
            .steps
            .iter()
            .map(|step| &step.fingerprint.id)
            .filter(|id| id.type_id.as_str() == "ack.cluster")
            .map(|id| id.id.as_str())
            .collect();
        let is_theirs = |resource: &&Resource| {
            resource.owner.as_ref().is_some_and(|owner| {
                owner
                    .cluster
                    .as_deref()
                    .is_some_and(|cluster| clusters.contains(cluster))
                    && matches!(owner.confidence, Confidence::Decisive | Confidence::Strong)
            })
        };
        self.inventory
            .resources
            .iter()
            .filter(|resource| !known.contains(&resource.id))
            .filter(|resource| !resource.id.type_id.is_kubernetes())
            .filter(|resource| resource.id.account == plan.binding.account)
            .filter(is_theirs)
            .map(|resource| self.left_over(resource, LeftBecause::Appeared))
            .collect()
    }
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

#[cfg(test)]
#[path = "verify_tests.rs"]
mod tests;
