//! What stands around a resource right before a call: read anew, and judged by the rules that planning goes by.
//!
//! A plan may be a day old. Whoever uses a resource since then, or put something into it, is not in it. So the types that a rule
//! rests on (`Teardown::rests_on`) and those that may have a link to the resource are listed in its region. What cannot be read
//! decides nothing: then the branch stops, unless the plan was made although that very cell could not be read.

use std::collections::{BTreeMap, BTreeSet};

use futures::StreamExt as _;

use super::guards::stands;
use super::outside::Judgement;
use super::plan::{Plan, Step};
use super::registry_images;
use super::unplanned::{is_planned, unplanned};
use super::world::World;
use crate::graph::edges::cluster_of;
use crate::graph::{Order, meaning};
use crate::inventory::Inventory;
use crate::model::{Cell, CoverageState, Link, Region, Resource, ResourceId};
use crate::resources::teardown::{Kept, Refusal};
use crate::resources::{ListError, ListedPer, Neighbours, Reader, ResourceType, find, linking_to};

/// Names of things that are told; a person looks at the first few.
const NAMED: usize = 10;

/// What the rules say about a resource of a step, as it was just read.
pub(super) async fn judge(
    reader: &Reader,
    plan: &Plan,
    step: &Step,
    resource: &Resource,
) -> Result<Judgement, ListError> {
    let Some(teardown) = find(resource.id.type_id.as_str()).and_then(ResourceType::teardown) else {
        return Ok(Judgement::Kept(Refusal {
            kept: Kept::Always,
            code: "unsupported".to_owned(),
            because: resource.id.type_id.to_string(),
        }));
    };
    if step.fingerprint.lacks_birth_mark() {
        return Ok(Judgement::Kept(Refusal {
            kept: Kept::Always,
            code: "unreadable".to_owned(),
            because: "creation time".to_owned(),
        }));
    }
    let inventory = read(reader, plan, resource, teardown.rests_on()).await?;
    let near = Neighbours::new(&inventory.resources);
    let (is_named, by_id) = (step.reason.is_named(), step.reason.is_by_id());
    let refusal = teardown
        .refuse(resource, &near)
        .filter(|refused| stands(refused, is_named, by_id));
    if let Some(refusal) = refusal {
        return Ok(Judgement::Kept(refusal));
    }
    let unplanned = unplanned(reader, plan, step, resource).await?;
    if !unplanned.is_empty() {
        return Ok(Judgement::Unplanned(first(unplanned)));
    }
    // As at planning: what the user named by its id goes although others use it.
    let users = if by_id {
        Vec::new()
    } else {
        users_outside(&inventory, plan, resource)
    };
    Ok(if users.is_empty() {
        Judgement::Free
    } else {
        Judgement::Used(first(users))
    })
}

/// The first few, and how many more.
fn first(mut names: Vec<String>) -> Vec<String> {
    let more = names.len().saturating_sub(NAMED);
    names.truncate(NAMED);
    if more > 0 {
        names.push(format!("+{more}"));
    }
    names
}

/// Whether resources of that type go with what contains them.
pub(super) fn goes_with(inner: &dyn ResourceType, container: &str) -> bool {
    inner.spec().links.iter().any(|rule| {
        rule.to == container
            && meaning(rule.kind, inner.spec().type_id.as_str(), container)
                .is_some_and(|row| row.order == Order::ToFirst)
    })
}

/// What uses a resource and does not go with the plan.
fn users_outside(inventory: &Inventory, plan: &Plan, resource: &Resource) -> Vec<String> {
    // What is in a namespace or a cluster is judged by itself.
    if matches!(
        resource.id.type_id.as_str(),
        "k8s.namespace" | "ack.cluster"
    ) {
        return Vec::new();
    }
    let world = World::new(inventory);
    let linked = world
        .users(&resource.id)
        .map(|(user, via)| (user, format!("{} ({via})", name(user))));
    let running = registry_images::runners(&world, resource)
        .into_iter()
        .map(|user| (user, name(user)));
    let mut found: Vec<String> = linked
        .chain(running)
        .filter(|(user, _)| !is_planned(plan, user))
        .map(|(_, said)| said)
        .collect();
    found.sort();
    found.dedup();
    found
}

pub(super) fn name(id: &ResourceId) -> String {
    format!("{}/{}", id.type_id, id.id)
}

/// Types that have to be listed to judge one of that type.
fn asked(type_id: &str, rests_on: &[&str]) -> Vec<&'static dyn ResourceType> {
    let mut asked: BTreeMap<&'static str, &'static dyn ResourceType> = BTreeMap::new();
    let mut take = |found: &'static dyn ResourceType| {
        asked.insert(found.spec().type_id.as_str(), found);
    };
    rests_on
        .iter()
        .filter_map(|id| find(id))
        .for_each(&mut take);
    if !matches!(type_id, "k8s.namespace" | "ack.cluster") {
        linking_to(type_id)
            .filter(|user| !goes_with(*user, type_id))
            .for_each(&mut take);
    }
    // No field says who runs an image; names say it.
    if type_id == "cr.repository" {
        ["cr.instance", registry_images::CONTAINER_GROUP]
            .iter()
            .chain(registry_images::RUNNERS)
            .filter_map(|id| find(id))
            .for_each(&mut take);
    }
    asked.into_values().collect()
}

/// The resource as it was just read, among what stands around it.
async fn read(
    reader: &Reader,
    plan: &Plan,
    resource: &Resource,
    rests_on: &[&str],
) -> Result<Inventory, ListError> {
    let mut around = Around {
        reader,
        plan,
        resource,
        known: BTreeMap::new(),
    };
    for resource_type in asked(resource.id.type_id.as_str(), rests_on) {
        around.learn(resource_type).await?;
    }
    let mut resources: Vec<Resource> = around
        .known
        .into_values()
        .flatten()
        .filter(|found| found.id != resource.id)
        .collect();
    resources.push(resource.clone());
    let links: BTreeSet<Link> = resources
        .iter()
        .filter_map(|found| Some((find(found.id.type_id.as_str())?, found)))
        .flat_map(|(resource_type, found)| resource_type.links(found))
        .collect();
    Ok(Inventory {
        scanned_at: plan.binding.read_at,
        accounts: Vec::new(),
        resources,
        links: links.into_iter().collect(),
        coverage: Vec::new(),
        observations: Vec::new(),
    })
}

pub(super) struct Around<'a> {
    pub(super) reader: &'a Reader,
    pub(super) plan: &'a Plan,
    pub(super) resource: &'a Resource,
    pub(super) known: BTreeMap<&'static str, Vec<Resource>>,
}

impl Around<'_> {
    /// Lists a type where the resource is; its parents first, where it has some.
    pub(super) async fn learn(
        &mut self,
        resource_type: &'static dyn ResourceType,
    ) -> Result<(), ListError> {
        let spec = resource_type.spec();
        let type_id = spec.type_id.as_str();
        if self.known.contains_key(type_id) {
            return Ok(());
        }
        let mut found = Vec::new();
        for cell in self.cells(spec.listed_per).await? {
            match list(self.reader, resource_type, &cell).await {
                Ok(items) => found.extend(items),
                Err(_) if self.may_be_missing(type_id, &cell) => {}
                Err(error) => return Err(error),
            }
        }
        self.known.insert(type_id, found);
        Ok(())
    }

    async fn cells(&mut self, listed_per: ListedPer) -> Result<Vec<Cell>, ListError> {
        let cell = |region: &Region, parent: Option<&ResourceId>| Cell {
            account: self.resource.id.account.clone(),
            region: region.clone(),
            parent: parent.cloned(),
        };
        let region = &self.resource.id.region;
        let (mut cells, parent) = match listed_per {
            ListedPer::Account => (vec![cell(&Region::GLOBAL, None)], None),
            ListedPer::Region => (vec![cell(region, None)], None),
            ListedPer::RegionAndParent(parent) => (vec![cell(region, None)], Some(parent)),
            ListedPer::Parent(parent) => (Vec::new(), Some(parent)),
        };
        let Some(parent) = parent else {
            return Ok(cells);
        };
        // Nobody outside its own cluster uses an object.
        if let Some(cluster) = cluster_of(&self.resource.id).filter(|_| parent == "ack.cluster") {
            return Ok(vec![cell(region, Some(&cluster))]);
        }
        if let Some(parents) = find(parent) {
            Box::pin(self.learn(parents)).await?;
        }
        for found in self.known.get(parent).into_iter().flatten() {
            cells.push(Cell {
                account: found.id.account.clone(),
                region: found.id.region.clone(),
                parent: Some(found.id.clone()),
            });
        }
        Ok(cells)
    }

    /// Whether the plan was made without that cell, or what is in it ends with a cluster whose deletion is under way.
    fn may_be_missing(&self, type_id: &str, cell: &Cell) -> bool {
        let place = cell
            .parent
            .as_ref()
            .map_or(cell.region.as_str(), |parent| parent.id.as_str());
        let is_accepted = self.plan.holes.iter().any(|hole| {
            let mut words = hole.split(' ');
            words.next() == Some(type_id) && words.next() == Some(place)
        });
        let is_ending = cell.parent.as_ref().is_some_and(|parent| {
            parent.type_id.as_str() == "ack.cluster"
                && is_planned(self.plan, parent)
                && self
                    .known
                    .get("ack.cluster")
                    .into_iter()
                    .flatten()
                    .any(|cluster| {
                        cluster.id == *parent && cluster.status.as_deref() == Some("deleting")
                    })
        });
        is_accepted || is_ending
    }
}

/// Everything of a type in a cell, whole or an error. Where the product does not exist or was never opened there is nothing.
pub(super) async fn list(
    reader: &Reader,
    resource_type: &'static dyn ResourceType,
    cell: &Cell,
) -> Result<Vec<Resource>, ListError> {
    let spec = resource_type.spec();
    let product = spec.listing.as_ref().map(|listing| listing.product);
    let is_offered = product.is_none_or(|product| {
        cell.region.is_global() || reader.openapi().is_offered(product, &cell.region)
    });
    let mut found = Vec::new();
    if !is_offered {
        return Ok(found);
    }
    let mut items = resource_type.list(reader, cell);
    while let Some(item) = items.next().await {
        match item {
            Ok(raw) => found.push(
                resource_type
                    .decode(&raw, cell)
                    .map_err(|error| ListError::Unusable(error.to_string()))?,
            ),
            Err(ListError::Aside { .. }) => {}
            Err(error)
                if found.is_empty()
                    && matches!(
                        error.coverage_state(),
                        CoverageState::NotOffered | CoverageState::NotActivated
                    ) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}
