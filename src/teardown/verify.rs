//! The proof: a full rescan of the scope, held against the plan and its ledger. Pure.
//!
//! Gone is only what a complete list of its own cell lacks. A namesake made later is not gone, and what no one could look at is
//! neither gone nor there.

mod proof;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::guard::is_same_thing;
use super::holes;
use super::plan::{Cost, KeptResource, Plan, StepId, Total};
use super::planner::costs;
use crate::graph::edges::cluster_of;
use crate::inventory::Inventory;
use crate::model::{Confidence, CoverageRow, Region, Resource, ResourceId, TypeId};
use crate::pricing::Line;
pub use proof::{Evidence, Unread};

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
    /// What would have to be read to tell.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unread: Vec<Unread>,
}

/// Something of the plan that is proven gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Gone {
    /// Its step.
    pub step: StepId,
    /// Which.
    pub id: ResourceId,
    /// What proves it.
    pub evidence: Evidence,
}

/// Something that should be gone, and nobody can tell whether it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unproven {
    /// Which.
    pub id: ResourceId,
    /// Its name; untrusted text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether a step of the plan was for it; otherwise a cluster of the plan owned it.
    pub is_planned: bool,
    /// What it cost per month, and does until somebody proves that it is gone.
    pub cost: Cost,
    /// What would have to be read to tell.
    pub unread: Vec<Unread>,
}

/// What the rescan showed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verification {
    /// When it was made.
    pub verified_at: DateTime<Utc>,
    /// Steps whose resources are proven gone.
    pub gone: Vec<Gone>,
    /// What should be gone and is not.
    pub left: Vec<LeftOver>,
    /// What nobody can tell of.
    pub unproven: Vec<Unproven>,
    /// What was kept on purpose.
    pub kept: Vec<KeptNow>,
    /// The cells of the scope, read or not.
    #[serde(skip)]
    pub coverage: Vec<CoverageRow>,
    /// What plan and kept ones cost before.
    pub before: Total,
    /// What is left of that: left-overs, what was kept, and what is not proven gone.
    pub after: Total,
}

/// The answer in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Nothing that should be gone is there, everything that was to stay is, and everything was looked at.
    Clean,
    /// Something should be gone and is there.
    LeftOvers,
    /// Nothing is left over, and something that the plan kept is not there any more.
    KeptMissing,
    /// Nothing was found, and not everything could be looked at.
    Incomplete,
}

impl Verification {
    /// Cells of the scope that were not read.
    pub fn holes(&self) -> impl Iterator<Item = &CoverageRow> {
        let is_unread = |row: &&CoverageRow| !row.state.is_read();
        self.coverage.iter().filter(is_unread)
    }

    /// What was to stay and is proven not to be there.
    pub fn missing(&self) -> impl Iterator<Item = &KeptNow> {
        self.kept.iter().filter(|now| now.is_there == Some(false))
    }

    /// The answer in a word. What is certain goes before what is not.
    pub fn verdict(&self) -> Verdict {
        if !self.left.is_empty() {
            Verdict::LeftOvers
        } else if self.missing().next().is_some() {
            Verdict::KeptMissing
        } else if !self.unproven.is_empty()
            || self.kept.iter().any(|now| now.is_there.is_none())
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
            None => match proof::prove(inventory, id) {
                Ok(evidence) => found.gone.push(Gone {
                    step: step.id.clone(),
                    id: id.clone(),
                    evidence,
                }),
                Err(unread) => found.unproven.push(Unproven {
                    id: id.clone(),
                    name: step.name.clone(),
                    is_planned: true,
                    cost: step.cost.clone(),
                    unread,
                }),
            },
        }
    }
    let steps: BTreeSet<&ResourceId> = plan.steps.iter().map(|step| &step.fingerprint.id).collect();
    for kept in &plan.kept {
        known.insert(&kept.id);
        // No call deleted it: an object is nowhere without its cluster.
        let has_ended = cluster_of(&kept.id).is_some_and(|cluster| steps.contains(&cluster))
            && inventory.get(&kept.id).is_none();
        if has_ended {
            continue;
        }
        let (is_there, unread) = match inventory.get(&kept.id) {
            Some(_) => (Some(true), Vec::new()),
            None => match proof::prove(inventory, &kept.id) {
                Ok(_) => (Some(false), Vec::new()),
                Err(unread) => (None, unread),
            },
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
            unread,
        });
    }
    for owned in &plan.ledger.owned {
        if !known.insert(&owned.id) {
            continue;
        }
        match inventory.get(&owned.id) {
            Some(resource) => found
                .left
                .push(rescan.left_over(resource, LeftBecause::Outlived)),
            None => {
                if let Err(unread) = proof::prove(inventory, &owned.id) {
                    found.unproven.push(Unproven {
                        id: owned.id.clone(),
                        name: owned.name.clone(),
                        is_planned: false,
                        // The ledger has no prices.
                        cost: Cost {
                            unknown: 1,
                            ..Cost::default()
                        },
                        unread,
                    });
                }
            }
        }
    }
    found.left.extend(rescan.appeared(plan, &known));
    let left = found.left.iter().map(|left| &left.cost);
    let kept = found.kept.iter().map(|kept| &kept.cost);
    // What is not proven gone may still be billed, and counts as if it were.
    let unproven = found.unproven.iter().map(|unproven| &unproven.cost);
    for cost in left.chain(kept).chain(unproven) {
        found.after.add(cost);
    }
    found
}

/// Cells of the plan's account and regions that may hide something of its scope. The inside of a cluster that the plan does
/// not take down is none of its business.
fn coverage(plan: &Plan, inventory: &Inventory) -> Vec<CoverageRow> {
    let regions = regions(plan);
    let steps: BTreeSet<&ResourceId> = plan.steps.iter().map(|step| &step.fingerprint.id).collect();
    let going = steps.iter().map(|id| &id.type_id).collect();
    let kept: BTreeSet<&TypeId> = plan.kept.iter().map(|kept| &kept.id.type_id).collect();
    inventory
        .coverage
        .iter()
        .filter(|row| holes::matters(&row.type_id, &going) || kept.contains(&row.type_id))
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

#[cfg(test)]
#[path = "verify_tests.rs"]
mod tests;
