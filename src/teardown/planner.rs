//! The planner: inventory, estimate and selection in, plan out. Pure.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::fingerprint::NO_BIRTH_MARK;
use super::guards::{self, Decisions, Going};
use super::place::Place;
use super::plan::{Action, Binding, Cost, KeptResource, Plan, Reason, Step, StepId, Words};
use super::scope::{self, Claim, Scope, Selection};
use super::world::World;
use super::{Fingerprint, cluster_options, holes};
use crate::graph::edges::{CONTROLLER_RUNS_THERE, cluster_of};
use crate::graph::{Cycle, Edge, edges, order};
use crate::inventory::{Inventory, Ledger};
use crate::model::{OwnerKind, Resource, ResourceId, TypeId};
use crate::pricing::{Line, Outcome};
use crate::resources::teardown::{Refusal, Teardown, Wishes};
use crate::resources::{Neighbours, find};

/// Where the planner finds how a type is taken down.
pub trait Types {
    /// How resources of that type are taken down; `None` where they cannot be.
    fn teardown(&self, type_id: &TypeId) -> Option<&dyn Teardown>;
}

/// The types that yunsweep knows.
#[derive(Clone, Copy, Debug)]
pub struct Registry;

impl Types for Registry {
    fn teardown(&self, type_id: &TypeId) -> Option<&dyn Teardown> {
        find(type_id.as_str())?.teardown()
    }
}

/// Everything that has to wait for a resource, directly or not.
fn after<'e>(start: &'e ResourceId, edges: &'e BTreeSet<Edge>) -> BTreeSet<&'e ResourceId> {
    let mut found = BTreeSet::from([start]);
    loop {
        let before = found.len();
        for edge in edges {
            if found.contains(&edge.before) {
                found.insert(&edge.after);
            }
        }
        if found.len() == before {
            return found;
        }
    }
}

/// What a plan is made from.
pub struct Input<'a> {
    /// What exists.
    pub inventory: &'a Inventory,
    /// What it costs.
    pub lines: &'a [Line],
    /// What the user typed.
    pub selection: &'a Selection,
    /// Where the inventory was read.
    pub endpoint: &'a Place,
    /// How types are taken down.
    pub types: &'a dyn Types,
}

/// Why there is no plan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// No selector.
    #[error("nothing is selected: name a cluster with --cluster or a resource with --id")]
    NothingSelected,
    /// `--with` and no cluster.
    #[error("--with goes with a cluster: name one with --cluster")]
    WithoutCluster,
    /// A selector that fits nothing.
    #[error("nothing in this inventory is called {text}")]
    NotFound {
        /// The selector.
        text: String,
    },
    /// A selector that fits several.
    #[error("{text} names {count} resources: {ids}", count = ids.len(), ids = ids.join(", "))]
    Several {
        /// The selector.
        text: String,
        /// What it fits.
        ids: Vec<String>,
    },
    /// Members of several accounts.
    #[error("one plan is for one account")]
    SeveralAccounts,
    /// What the user named must not be deleted.
    #[error("{id} is not deleted: {code} ({because})", code = refusal.code, because = refusal.because)]
    Refused {
        /// Which.
        id: ResourceId,
        /// Why.
        refusal: Refusal,
    },
    /// What is kept would go all the same, with something that the plan deletes.
    #[error("{id} is kept: {code} ({because}), and {taker} would take it along", code = refusal.code, because = refusal.because)]
    TakenAlong {
        /// What is kept.
        id: ResourceId,
        /// Why it is kept.
        refusal: Refusal,
        /// What would take it along.
        taker: ResourceId,
    },
    /// A claim that does not get free: the plan does not delete a Pod that uses it.
    #[error("{claim} is used by {pod}, which the plan does not delete")]
    Held {
        /// The claim that the plan would delete.
        claim: ResourceId,
        /// The Pod that uses it.
        pod: ResourceId,
    },
    /// A claim that does not get free: a Pod that uses it is made again.
    #[error("{claim} is used by {pod}, which {makers} makes again", makers = makers.join(", "))]
    HeldAgain {
        /// The claim that the plan would delete.
        claim: ResourceId,
        /// The Pod that uses it.
        pod: ResourceId,
        /// The resources of operators behind it, as owner references name them.
        makers: Vec<String>,
    },
    /// An object that an operator makes again, in a namespace that stays.
    #[error("{object} is made again by {makers}", makers = makers.join(", "))]
    MadeAgain {
        /// The object that the plan would delete.
        object: ResourceId,
        /// The resources of operators that make it, as owner references name them.
        makers: Vec<String>,
    },
    /// Something near the scope could not be read.
    #[error("what touches the scope could not be read: {}", holes.join("; "))]
    Incomplete {
        /// What.
        holes: Vec<String>,
    },
    /// No order exists.
    #[error(transparent)]
    Cycle(#[from] Cycle),
}

/// Makes the plan.
pub fn plan(input: &Input<'_>) -> Result<Plan, PlanError> {
    let world = World::new(input.inventory);
    let scope = scope::expand(&world, input.selection)?;
    let holes = holes::touching(input.inventory, &scope);
    if !holes.is_empty() && !input.selection.allow_incomplete {
        return Err(PlanError::Incomplete { holes });
    }
    let decisions = guards::decide(&world, &scope, input.types)?;
    let costs = costs(input.lines);
    let steps = Steps {
        input,
        world: &world,
        scope: &scope,
        decisions: &decisions,
        costs: &costs,
        near: Neighbours::new(&input.inventory.resources),
    }
    .make()?;
    // No call deletes it, and it is nowhere without its cluster, whatever of it in the cloud stays.
    let ends_with =
        |id: &ResourceId| cluster_of(id).filter(|cluster| decisions.going.contains_key(cluster));
    let kept = decisions
        .kept
        .iter()
        .filter_map(|(id, (refusal, flag))| {
            let resource = world.get(id)?;
            let mut refusal = refusal.clone();
            if let Some(cluster) = ends_with(id) {
                refusal.because = format!("{}; ends with {cluster}", refusal.because);
            }
            Some(KeptResource {
                id: id.clone(),
                name: resource.name.clone(),
                refusal,
                cost: costs.get(id).cloned().unwrap_or_default(),
                flag: flag.clone(),
            })
        })
        .collect();
    Ok(Plan {
        binding: binding(input, &scope)?,
        scope: input.selection.as_typed(),
        steps,
        kept,
        implied: decisions.implied.iter().cloned().collect(),
        holes,
        ledger: Ledger::of(input.inventory, &scope.clusters),
    })
}

fn binding(input: &Input<'_>, scope: &Scope) -> Result<Binding, PlanError> {
    let account = scope
        .members
        .keys()
        .next()
        .map(|id| id.account.clone())
        .ok_or(PlanError::NothingSelected)?;
    let identity = input
        .inventory
        .accounts
        .iter()
        .find(|scanned| scanned.id == account)
        .map(|scanned| scanned.identity.clone())
        .unwrap_or_default();
    Ok(Binding {
        account,
        identity,
        endpoint: input.endpoint.clone(),
        read_at: input.inventory.scanned_at,
    })
}

/// What each resource costs, by the lines of the estimate.
pub(super) fn costs(lines: &[Line]) -> BTreeMap<ResourceId, Cost> {
    let mut costs: BTreeMap<ResourceId, Cost> = BTreeMap::new();
    for line in lines {
        let cost = costs.entry(line.resource.clone()).or_default();
        match &line.outcome {
            Outcome::Priced { monthly, .. } => cost.add(*monthly),
            Outcome::Usage { .. } => cost.usage += 1,
            Outcome::Unknown { .. } => cost.unknown += 1,
            Outcome::Free { .. } => {}
        }
    }
    costs
}

struct Steps<'a> {
    input: &'a Input<'a>,
    world: &'a World<'a>,
    scope: &'a Scope,
    decisions: &'a Decisions,
    costs: &'a BTreeMap<ResourceId, Cost>,
    near: Neighbours<'a>,
}

impl Steps<'_> {
    fn make(&self) -> Result<Vec<Step>, PlanError> {
        let nodes: BTreeSet<ResourceId> = self.decisions.going.keys().cloned().collect();
        let edges = self.edges();
        let urgent = before_clusters(&nodes, &edges);
        let sorted = order(&nodes, &edges, |id| self.rank(id, &urgent))?;
        Ok(sorted
            .iter()
            .filter_map(|id| self.step(id, &edges))
            .collect())
    }

    /// Of what is ready, that goes first which a cluster waits for, and last what loses data and nothing waits for; the
    /// dearest first among equals.
    fn rank(&self, id: &ResourceId, urgent: &BTreeSet<&ResourceId>) -> (u8, Reverse<Decimal>) {
        let class = match (urgent.contains(id), self.loses(id)) {
            (true, _) => 0,
            (false, None) => 1,
            (false, Some(_)) => 2,
        };
        let cost = self.costs.get(id);
        let amount = cost.map_or(Decimal::ZERO, |cost| {
            cost.monthly.iter().map(|money| money.amount).sum()
        });
        (class, Reverse(amount))
    }

    fn loses(&self, id: &ResourceId) -> Option<Words> {
        let resource = self.world.get(id)?;
        let lost = self.input.types.teardown(&id.type_id)?.loses(resource)?;
        Some(Words {
            en: lost.en.to_owned(),
            zh: lost.zh.to_owned(),
        })
    }

    /// The edges among the steps: those of the links, those from managers, and one vSwitch of a VPC after the other.
    fn edges(&self) -> Vec<Edge> {
        let going = &self.decisions.going;
        let is_managed_by = |one: &ResourceId, other: &ResourceId| {
            going
                .get(one)
                .is_some_and(|how| how.manager.as_ref() == Some(other))
        };
        let mut found: BTreeSet<Edge> =
            edges(&self.input.inventory.resources, &self.input.inventory.links)
                .into_iter()
                .filter(|edge| going.contains_key(&edge.before) && going.contains_key(&edge.after))
                // What is taken along does not go before what takes it.
                .filter(|edge| !is_managed_by(&edge.before, &edge.after))
                .collect();
        for (id, how) in going {
            let Some(manager) = &how.manager else {
                continue;
            };
            found.insert(Edge {
                before: manager.clone(),
                after: id.clone(),
                because: "goes with it".to_owned(),
            });
            if let Some(cluster) = self.cluster_of_manager(id) {
                found.insert(Edge {
                    before: id.clone(),
                    after: cluster,
                    because: CONTROLLER_RUNS_THERE.to_owned(),
                });
            }
        }
        found.extend(self.lanes());
        let groups = self.groups_last(&found);
        found.extend(groups);
        found.into_iter().collect()
    }

    /// The security group that came with a VPC is the network's own: it stays as long as anything else of the VPC does, so
    /// that a teardown that stops half-way leaves a network that works.
    fn groups_last(&self, edges: &BTreeSet<Edge>) -> Vec<Edge> {
        let mut found = Vec::new();
        let groups = self.decisions.going.iter().filter(|(id, how)| {
            id.type_id.as_str() == "ecs.security_group" && how.manager.is_none()
        });
        for (group, _) in groups {
            let owner = self.world.get(group).and_then(|group| group.owner.as_ref());
            let Some(vpc) = edges.iter().find(|edge| {
                edge.before == *group
                    && owner.is_some_and(|owner| {
                        owner.kind == OwnerKind::Resource
                            && owner.name == format!("{} {}", edge.after.type_id, edge.after.id)
                    })
            }) else {
                continue;
            };
            // What waits for the group itself cannot go before it.
            let waiting = after(group, edges);
            found.extend(
                edges
                    .iter()
                    .filter(|edge| edge.after == vpc.after && edge.before != *group)
                    .filter(|edge| !waiting.contains(&edge.before))
                    .map(|edge| Edge {
                        before: edge.before.clone(),
                        after: group.clone(),
                        because: "the VPC's own group goes after all else in it".to_owned(),
                    }),
            );
        }
        found
    }

    /// The cluster whose controllers take a resource along, directly or through what they take along.
    fn cluster_of_manager(&self, id: &ResourceId) -> Option<ResourceId> {
        let mut at = id;
        let mut seen = BTreeSet::new();
        while let Some(manager) = &self.decisions.going.get(at)?.manager {
            if let Some(cluster) = cluster_of(manager) {
                return self
                    .decisions
                    .going
                    .contains_key(&cluster)
                    .then_some(cluster);
            }
            if !seen.insert(manager) {
                return None;
            }
            at = manager;
        }
        None
    }

    /// The API refuses a vSwitch while another of its VPC is being deleted (`OperationDenied.OtherSubnetProcessing`).
    fn lanes(&self) -> Vec<Edge> {
        let mut lanes: BTreeMap<(&ResourceId, &str), Vec<&ResourceId>> = BTreeMap::new();
        let vswitches = self
            .decisions
            .going
            .iter()
            .filter(|(id, how)| id.type_id.as_str() == "vpc.vswitch" && how.manager.is_none());
        for (id, _) in vswitches {
            let vpc = self.world.links_from(id).iter();
            let vpc = vpc
                .map(|link| &link.to)
                .find(|to| to.type_id.as_str() == "vpc.vpc");
            if let Some(vpc) = vpc {
                lanes.entry((vpc, "vswitch")).or_default().push(id);
            }
        }
        lanes
            .into_values()
            .flat_map(|lane| {
                let pairs: Vec<Edge> = lane
                    .iter()
                    .zip(lane.iter().skip(1))
                    .map(|(before, after)| Edge {
                        before: (*before).clone(),
                        after: (*after).clone(),
                        because: "one vSwitch of a VPC at a time".to_owned(),
                    })
                    .collect();
                pairs
            })
            .collect()
    }

    fn step(&self, id: &ResourceId, edges: &[Edge]) -> Option<Step> {
        let resource = self.world.get(id)?;
        let teardown = self.input.types.teardown(&id.type_id)?;
        let how = self.decisions.going.get(id)?;
        let mut after: BTreeMap<StepId, String> = BTreeMap::new();
        for edge in edges.iter().filter(|edge| edge.after == *id) {
            after
                .entry(StepId::of(&edge.before))
                .and_modify(|why| {
                    if !why.split("; ").any(|said| said == edge.because) {
                        why.push_str("; ");
                        why.push_str(&edge.because);
                    }
                })
                .or_insert_with(|| edge.because.clone());
        }
        let pace = teardown.pace();
        let fingerprint = Fingerprint::of(resource);
        let unmarked = fingerprint
            .born
            .is_none()
            .then(|| format!("{}/{NO_BIRTH_MARK}", id.type_id));
        Some(Step {
            id: StepId::of(id),
            name: resource.name.clone(),
            fingerprint,
            reason: self.reason(id, how)?,
            after,
            action: self.action(resource, teardown, how),
            holds: cluster_options::made(resource),
            cost: self.costs.get(id).cloned().unwrap_or_default(),
            loses: self.loses(id),
            assumptions: teardown
                .assumptions()
                .iter()
                .map(|assumption| (*assumption).to_owned())
                .chain(unmarked)
                .collect(),
            poll_seconds: pace.poll.as_secs(),
            deadline_seconds: pace.deadline.as_secs(),
        })
    }

    fn reason(&self, id: &ResourceId, how: &Going) -> Option<Reason> {
        Some(match self.scope.members.get(id)? {
            Claim::Selected { selector, .. } => Reason::Selected {
                selector: selector.clone(),
            },
            Claim::Owned { owner, evidence } => Reason::Owned {
                owner: StepId::of(how.manager.as_ref().unwrap_or(owner)),
                evidence: evidence.clone(),
            },
        })
    }

    fn action(&self, resource: &Resource, teardown: &dyn Teardown, how: &Going) -> Action {
        let calls = || {
            let wishes = self.wishes(resource);
            teardown.calls(resource, &self.near, &wishes)
        };
        match &how.manager {
            None => Action::Calls { calls: calls() },
            Some(manager) => Action::Manager {
                manager: StepId::of(manager),
                fallback: if how.is_authorised {
                    calls()
                } else {
                    Vec::new()
                },
            },
        }
    }

    fn wishes(&self, resource: &Resource) -> Wishes {
        if resource.id.type_id.as_str() == "ack.cluster" {
            return cluster_options::wishes(resource, self.world, |id| {
                self.decisions.going.contains_key(id)
            });
        }
        Wishes {
            is_named: matches!(
                self.scope.members.get(&resource.id),
                Some(Claim::Selected { .. })
            ),
            ..Wishes::default()
        }
    }
}

/// The clusters, and everything that must be gone before one.
fn before_clusters<'a>(
    nodes: &'a BTreeSet<ResourceId>,
    edges: &'a [Edge],
) -> BTreeSet<&'a ResourceId> {
    let mut found: BTreeSet<&ResourceId> = nodes
        .iter()
        .filter(|id| id.type_id.as_str() == "ack.cluster")
        .collect();
    loop {
        let known = found.len();
        for edge in edges {
            if found.contains(&edge.after) {
                found.insert(&edge.before);
            }
        }
        if found.len() == known {
            return found;
        }
    }
}

#[cfg(test)]
#[path = "planner_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "planner_safety_tests.rs"]
mod safety_tests;

#[cfg(test)]
#[path = "planner_handover_tests.rs"]
mod handover_tests;

#[cfg(test)]
#[path = "planner_scope_tests.rs"]
mod scope_tests;
