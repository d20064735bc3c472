//! The scan: accounts x regions x resource types, concurrently, into one inventory.
//!
//! A cell that cannot be listed is a row of the coverage matrix and never stops the others. Types that are listed per
//! parent get their cells as the parents are found; where the parents could not be listed, the children's cell has the
//! same hole, because whatever hangs on an unseen parent is unseen too.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use futures::StreamExt;
use futures::stream::FuturesUnordered;

use super::{Inventory, ScannedAccount, Site, ownership, zones};
use crate::context::Context;
use crate::model::{
    AccountId, Cell, CoverageRow, CoverageState, Link, Region, Resource, TypeId, causes,
};
use crate::resources::{ListError, ListedPer, Reader, ResourceType, find};

/// Cells listed at the same time. The rate budget decides the pace; this bounds memory and open connections.
const CONCURRENT_CELLS: usize = 64;

/// One account to scan, reached with one identity.
pub struct Account {
    /// Account id.
    pub id: AccountId,
    /// The identity, as an ARN.
    pub identity: String,
    /// Its site.
    pub site: Site,
    /// Whether nothing told the site, and the Chinese one was assumed.
    pub is_site_assumed: bool,
    /// Regions to ask.
    pub regions: Vec<Region>,
    /// Whether those are all that the account may use.
    pub is_every_region: bool,
    /// Reads it.
    pub reader: Arc<Reader>,
}

/// What to scan.
pub struct ScanOptions {
    /// Types asked for; their parents are listed too.
    pub types: Vec<&'static dyn ResourceType>,
}

/// How far the scan is, for display.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Cells done.
    pub done: usize,
    /// Cells known so far; grows as parents are found.
    pub known: usize,
    /// Resources seen.
    pub resources: usize,
    /// Cells with holes.
    pub holes: usize,
}

struct Task {
    reader: Arc<Reader>,
    resource_type: &'static dyn ResourceType,
    cell: Cell,
}

struct Listed {
    task: Task,
    resources: Vec<Resource>,
    row: CoverageRow,
    /// Whether items may be missing, and with them what belongs to them.
    hides_items: bool,
}

/// Lists everything. Never fails: what cannot be read is in the coverage.
pub async fn scan(
    context: &Context,
    accounts: &[Account],
    options: &ScanOptions,
    on_progress: &(dyn Fn(Progress) + Sync),
) -> Inventory {
    let scanned_at = context.wall_clock.now();
    let types = with_parents(&options.types);
    let mut resources: BTreeMap<_, Resource> = BTreeMap::new();
    let mut coverage: Vec<CoverageRow> = Vec::new();
    let mut waiting: VecDeque<Task> = VecDeque::new();
    for account in accounts {
        waiting.extend(first_cells(account, &types));
    }
    let mut progress = Progress {
        known: waiting.len(),
        ..Progress::default()
    };
    let mut running = FuturesUnordered::new();
    loop {
        while running.len() < CONCURRENT_CELLS
            && let Some(task) = waiting.pop_front()
        {
            running.push(list_cell(task));
        }
        let Some(listed) = running.next().await else {
            break;
        };
        for child in types
            .iter()
            .filter(|child| is_child_of(**child, listed.task.resource_type))
        {
            if listed.hides_items {
                coverage.push(hole_of_children(*child, &listed.row));
            }
            waiting.extend(listed.resources.iter().map(|parent| Task {
                reader: Arc::clone(&listed.task.reader),
                resource_type: *child,
                cell: Cell {
                    parent: Some(parent.id.clone()),
                    ..listed.task.cell.clone()
                },
            }));
        }
        progress.done += 1;
        progress.holes += usize::from(listed.row.state.is_hole());
        coverage.push(listed.row);
        for resource in listed.resources {
            resources.entry(resource.id.clone()).or_insert(resource);
        }
        progress.resources = resources.len();
        progress.known = progress.done + running.len() + waiting.len();
        on_progress(progress);
    }
    let mut resources: Vec<Resource> = resources.into_values().collect();
    zones::fill(&mut resources);
    let links = links_of(&resources);
    coverage.sort_by(|a, b| (&a.type_id, &a.cell).cmp(&(&b.type_id, &b.cell)));
    let mut inventory = Inventory {
        scanned_at,
        accounts: accounts
            .iter()
            .map(|account| ScannedAccount {
                id: account.id.clone(),
                identity: account.identity.clone(),
                site: account.site,
                is_site_assumed: account.is_site_assumed,
                regions: account.regions.clone(),
                is_every_region: account.is_every_region,
            })
            .collect(),
        resources,
        links,
        coverage,
        observations: Vec::new(),
    };
    ownership::attribute(&mut inventory);
    inventory
}

/// The types asked for and, since their cells come from them, all their parents.
fn with_parents(asked: &[&'static dyn ResourceType]) -> Vec<&'static dyn ResourceType> {
    let mut by_id: BTreeMap<TypeId, &'static dyn ResourceType> = BTreeMap::new();
    let mut open: Vec<&'static dyn ResourceType> = asked.to_vec();
    while let Some(resource_type) = open.pop() {
        let spec = resource_type.spec();
        if by_id.insert(spec.type_id.clone(), resource_type).is_none()
            && let ListedPer::Parent(parent) | ListedPer::RegionAndParent(parent) = spec.listed_per
        {
            open.extend(find(parent));
        }
    }
    by_id.into_values().collect()
}

fn is_child_of(child: &dyn ResourceType, parent: &dyn ResourceType) -> bool {
    matches!(
        child.spec().listed_per,
        ListedPer::Parent(id) | ListedPer::RegionAndParent(id)
            if id == parent.spec().type_id.as_str()
    )
}

fn first_cells(account: &Account, types: &[&'static dyn ResourceType]) -> Vec<Task> {
    let mut tasks = Vec::new();
    for resource_type in types {
        let regions: Vec<Region> = match resource_type.spec().listed_per {
            ListedPer::Account => vec![Region::GLOBAL],
            ListedPer::Region | ListedPer::RegionAndParent(_) => {
                let unique: BTreeSet<Region> = account.regions.iter().cloned().collect();
                unique.into_iter().collect()
            }
            ListedPer::Parent(_) => Vec::new(),
        };
        tasks.extend(regions.into_iter().map(|region| Task {
            reader: Arc::clone(&account.reader),
            resource_type: *resource_type,
            cell: Cell {
                account: account.id.clone(),
                region,
                parent: None,
            },
        }));
    }
    tasks
}

async fn list_cell(task: Task) -> Listed {
    let spec = task.resource_type.spec();
    let mut row = CoverageRow {
        type_id: spec.type_id.clone(),
        cell: task.cell.clone(),
        state: CoverageState::Ok,
        count: 0,
        reason: None,
        missing_permission: None,
        permission_confirmed: None,
        code: None,
        request_id: None,
    };
    let mut resources = Vec::new();
    let reader = Arc::clone(&task.reader);
    let product = spec.listing.as_ref().map(|listing| listing.product);
    if let Some(product) = product
        && !task.cell.region.is_global()
        && !reader.openapi().is_offered(product, &task.cell.region)
    {
        row.state = CoverageState::NotOffered;
        row.reason = Some(format!("{product} has no endpoint in {}", task.cell.region));
        return Listed {
            task,
            resources,
            row,
            hides_items: false,
        };
    }
    let mut hides_items = false;
    {
        let mut items = task.resource_type.list(&reader, &task.cell);
        while let Some(item) = items.next().await {
            match item {
                Ok(raw) => match task.resource_type.decode(&raw, &task.cell) {
                    Ok(resource) => resources.push(resource),
                    Err(error) => {
                        hides_items = true;
                        let reason = causes(&error).join(": ");
                        note(&mut row, CoverageState::Incomplete, &reason, None);
                    }
                },
                Err(error) => {
                    hides_items |= error.hides_items();
                    note(
                        &mut row,
                        error.coverage_state(),
                        &causes(&error).join(": "),
                        Some(&error),
                    );
                }
            }
        }
    }
    // A product that is "not offered" after it gave something is a contradiction: nothing may be concluded from it.
    if !resources.is_empty() && row.state != CoverageState::Ok {
        row.state = CoverageState::Incomplete;
    }
    row.count = resources.len();
    Listed {
        hides_items: hides_items && row.state.is_hole(),
        task,
        resources,
        row,
    }
}

/// Keeps the first problem of a cell; later ones are mostly its echo.
fn note(row: &mut CoverageRow, state: CoverageState, reason: &str, error: Option<&ListError>) {
    if row.state != CoverageState::Ok {
        return;
    }
    row.state = state;
    row.reason = Some(reason.to_owned());
    if let Some(detail) = error.and_then(ListError::detail) {
        row.missing_permission = detail.missing_permission;
        row.permission_confirmed = detail.permission_confirmed;
        row.code = detail.code;
        row.request_id = detail.request_id;
    }
}

fn hole_of_children(child: &dyn ResourceType, parents: &CoverageRow) -> CoverageRow {
    CoverageRow {
        type_id: child.spec().type_id.clone(),
        reason: Some(format!(
            "{} could not be listed whole, so neither could what belongs to it",
            parents.type_id
        )),
        count: 0,
        ..parents.clone()
    }
}

fn links_of(resources: &[Resource]) -> Vec<Link> {
    let mut links: Vec<Link> = resources
        .iter()
        .filter_map(|resource| Some((find(resource.id.type_id.as_str())?, resource)))
        .flat_map(|(resource_type, resource)| resource_type.links(resource))
        .collect();
    links.sort();
    links.dedup();
    links
}

#[cfg(test)]
#[path = "scan_tests.rs"]
mod tests;
