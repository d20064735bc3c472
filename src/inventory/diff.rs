//! What differs between two inventories.
//!
//! A resource has appeared or vanished only where both scans read the place it lives in: one that a scan could not see is in
//! [`Difference::unseen_before`] or [`Difference::unseen_after`], and nobody knows whether it was there.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::Inventory;
use crate::model::{AccountId, CoverageRow, Owner, Resource, ResourceId, TypeId, time};
use crate::resources::{self, ListedPer};

/// What differs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Difference<'a> {
    /// In the second inventory only, and the first one had looked there.
    pub appeared: Vec<&'a Resource>,
    /// In the first inventory only, and the second one has looked there.
    pub vanished: Vec<&'a Resource>,
    /// In both, changed or not.
    pub stayed: Vec<Stayed<'a>>,
    /// In the second inventory only; the first one had not read that place.
    pub unseen_before: Vec<&'a Resource>,
    /// In the first inventory only; the second one has not read that place.
    pub unseen_after: Vec<&'a Resource>,
}

/// A resource that is in both.
#[derive(Clone, Debug, PartialEq)]
pub struct Stayed<'a> {
    /// As it was.
    pub before: &'a Resource,
    /// As it is.
    pub after: &'a Resource,
    /// What changed about it, by field.
    pub changes: Vec<Change>,
}

/// One field that changed.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Change {
    /// `status`, `tags.team`, `attributes.size_gib`.
    pub field: String,
    /// Its value before; absent where it had none that could be read.
    pub before: Option<String>,
    /// Its value after.
    pub after: Option<String>,
}

/// Compares two inventories. Pure.
pub fn difference<'a>(before: &'a Inventory, after: &'a Inventory) -> Difference<'a> {
    let mut found = Difference::default();
    let (read_before, read_after) = (Sight::of(before), Sight::of(after));
    for resource in &before.resources {
        match after.get(&resource.id) {
            Some(now) => found.stayed.push(Stayed {
                before: resource,
                after: now,
                changes: changes(resource, now),
            }),
            None if read_after.has_read(&resource.id) => found.vanished.push(resource),
            None => found.unseen_after.push(resource),
        }
    }
    for resource in &after.resources {
        if before.get(&resource.id).is_some() {
            continue;
        }
        if read_before.has_read(&resource.id) {
            found.appeared.push(resource);
        } else {
            found.unseen_before.push(resource);
        }
    }
    found
}

/// What a scan has looked at.
struct Sight<'a> {
    /// The coverage by type id.
    rows: HashMap<&'a str, Vec<&'a CoverageRow>>,
    accounts: HashSet<&'a AccountId>,
}

impl<'a> Sight<'a> {
    fn of(inventory: &'a Inventory) -> Self {
        let mut rows: HashMap<_, Vec<_>> = HashMap::new();
        for row in &inventory.coverage {
            rows.entry(row.type_id.as_str()).or_default().push(row);
        }
        Self {
            rows,
            accounts: inventory
                .accounts
                .iter()
                .map(|account| &account.id)
                .collect(),
        }
    }

    /// Whether the resource would have been seen, had it been there.
    fn has_read(&self, id: &ResourceId) -> bool {
        if !self.accounts.contains(&id.account) {
            return false;
        }
        let rows = self.rows(&id.type_id, id);
        // Of the cells per parent, the one of the resource's own parent, where the id says which that is.
        let own = rows.iter().find(|row| {
            row.cell.parent.as_ref().is_some_and(|parent| {
                id.id
                    .strip_prefix(parent.id.as_str())
                    .is_some_and(|rest| rest.starts_with('/'))
            })
        });
        match own {
            Some(row) => row.state.is_read(),
            None => {
                rows.iter().all(|row| row.state.is_read())
                    && self.has_read_parents(id, !rows.is_empty())
            }
        }
    }

    /// Whether all parents were seen. Where none exists there is no cell to read, and nothing can be there.
    fn has_read_parents(&self, id: &ResourceId, has_cells: bool) -> bool {
        let listed_per = resources::find(id.type_id.as_str()).map(|found| found.spec().listed_per);
        match listed_per {
            Some(ListedPer::Parent(parent)) => self.has_read_type(&TypeId::from_static(parent), id),
            Some(ListedPer::RegionAndParent(parent)) => {
                has_cells && self.has_read_type(&TypeId::from_static(parent), id)
            }
            _ => has_cells,
        }
    }

    fn has_read_type(&self, type_id: &TypeId, near: &ResourceId) -> bool {
        let rows = self.rows(type_id, near);
        !rows.is_empty() && rows.iter().all(|row| row.state.is_read())
    }

    fn rows(&self, type_id: &TypeId, near: &ResourceId) -> Vec<&'a CoverageRow> {
        let all = self.rows.get(type_id.as_str()).into_iter().flatten();
        all.filter(|row| row.cell.account == near.account && row.cell.region == near.region)
            .copied()
            .collect()
    }
}

fn changes(before: &Resource, after: &Resource) -> Vec<Change> {
    let mut all = Changes::default();
    all.text("name", before.name.as_ref(), after.name.as_ref());
    all.text("status", before.status.as_ref(), after.status.as_ref());
    all.text("zone", before.zone.as_ref(), after.zone.as_ref());
    // Another creation time under the same id: something new that took the name of the old.
    all.add(
        "created",
        before.created.map(time::format),
        after.created.map(time::format),
    );
    all.add(
        "expires",
        before.expires.map(time::format),
        after.expires.map(time::format),
    );
    let paid = |resource: &Resource| Some(resource.charge_type.as_str().to_owned());
    all.add("charge_type", paid(before), paid(after));
    all.text(
        "resource_group",
        before.resource_group.as_ref(),
        after.resource_group.as_ref(),
    );
    all.add(
        "owner",
        before.owner.as_ref().and_then(owner),
        after.owner.as_ref().and_then(owner),
    );
    all.by_name("tags", before.tags.clone(), after.tags.clone());
    let attributes = |resource: &Resource| -> BTreeMap<String, String> {
        resource
            .attributes
            .iter()
            .map(|(name, value)| (name.to_owned(), value.to_string()))
            .collect()
    };
    all.by_name("attributes", attributes(before), attributes(after));
    all.0
}

fn owner(owner: &Owner) -> Option<String> {
    let parts = [owner.cluster.as_deref().unwrap_or(""), &owner.name];
    let known: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    (!known.is_empty()).then(|| known.join(" "))
}

#[derive(Default)]
struct Changes(Vec<Change>);

impl Changes {
    fn text(&mut self, field: &str, before: Option<&String>, after: Option<&String>) {
        self.add(field, before.cloned(), after.cloned());
    }

    fn add(&mut self, field: &str, before: Option<String>, after: Option<String>) {
        if before != after {
            self.0.push(Change {
                field: field.to_owned(),
                before,
                after,
            });
        }
    }

    fn by_name(
        &mut self,
        field: &str,
        mut before: BTreeMap<String, String>,
        after: BTreeMap<String, String>,
    ) {
        for (name, now) in after {
            let was = before.remove(&name);
            self.add(&format!("{field}.{name}"), was, Some(now));
        }
        for (name, was) in before {
            self.add(&format!("{field}.{name}"), Some(was), None);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{ScannedAccount, Site};
    use crate::model::CoverageState;
    use crate::model::{Attribute, Cell, Region};

    const ACCOUNT: AccountId = AccountId::from_static("0000000000000042");

    fn id(type_id: &'static str, id: &str) -> ResourceId {
        ResourceId {
            account: ACCOUNT,
            region: Region::new("cn-hangzhou"),
            type_id: TypeId::from_static(type_id),
            id: id.into(),
        }
    }

    fn row(type_id: &'static str, parent: Option<ResourceId>, state: CoverageState) -> CoverageRow {
        CoverageRow {
            type_id: TypeId::from_static(type_id),
            cell: Cell {
                account: ACCOUNT,
                region: Region::new("cn-hangzhou"),
                parent,
            },
            state,
            count: 0,
            reason: None,
            missing_permission: None,
            permission_confirmed: None,
            code: None,
            request_id: None,
        }
    }

    fn inventory(resources: Vec<Resource>, coverage: Vec<CoverageRow>) -> Inventory {
        Inventory {
            scanned_at: "2026-02-01T00:00:00Z".parse().unwrap(),
            accounts: vec![ScannedAccount {
                id: ACCOUNT,
                identity: "acs:ram::0000000000000042:user/lab".into(),
                site: Site::China,
                is_site_assumed: false,
                regions: vec![Region::new("cn-hangzhou")],
                is_every_region: true,
            }],
            resources,
            links: Vec::new(),
            coverage,
            observations: Vec::new(),
        }
    }

    fn disk(name: &str) -> Resource {
        Resource::new(id("ecs.disk", name))
    }

    #[test]
    fn only_a_place_that_was_read_can_say_that_something_is_not_there() {
        let read = || vec![row("ecs.disk", None, CoverageState::Ok)];
        for (state, is_seen) in [
            (CoverageState::Ok, true),
            (CoverageState::NotActivated, true),
            (CoverageState::Denied, false),
            (CoverageState::Incomplete, false),
            (CoverageState::Skipped, false),
        ] {
            let full = inventory(vec![disk("d-1")], read());
            let empty = inventory(Vec::new(), vec![row("ecs.disk", None, state)]);
            let gone = difference(&full, &empty);
            assert_eq!(
                (gone.vanished.len(), gone.unseen_after.len()),
                (usize::from(is_seen), usize::from(!is_seen)),
                "{state:?}"
            );
            let come = difference(&empty, &full);
            assert_eq!(
                (come.appeared.len(), come.unseen_before.len()),
                (usize::from(is_seen), usize::from(!is_seen)),
                "{state:?}"
            );
        }
    }

    #[test]
    fn a_type_or_an_account_that_was_not_asked_says_nothing() {
        let full = inventory(
            vec![disk("d-1")],
            vec![row("ecs.disk", None, CoverageState::Ok)],
        );
        let other_type = inventory(
            Vec::new(),
            vec![row("ecs.instance", None, CoverageState::Ok)],
        );
        assert_eq!(difference(&full, &other_type).unseen_after.len(), 1);
        let mut other_account = inventory(Vec::new(), full.coverage.clone());
        other_account.accounts.clear();
        assert_eq!(difference(&full, &other_account).unseen_after.len(), 1);
    }

    #[test]
    fn what_is_listed_per_parent_goes_by_its_own_parent() {
        let clusters = |states: [CoverageState; 2]| {
            let cells = ["c1", "c2"].into_iter().zip(states);
            let pods =
                cells.map(|(name, state)| row("k8s.pod", Some(id("ack.cluster", name)), state));
            pods.chain([row("ack.cluster", None, CoverageState::Ok)])
                .collect::<Vec<_>>()
        };
        let pod = || Resource::new(id("k8s.pod", "c1/my-app/web"));
        let before = inventory(vec![pod()], clusters([CoverageState::Ok; 2]));
        let half = |states| {
            difference(&before, &inventory(Vec::new(), clusters(states)))
                .vanished
                .len()
        };
        assert_eq!(half([CoverageState::Ok, CoverageState::Unreachable]), 1);
        assert_eq!(half([CoverageState::Unreachable, CoverageState::Ok]), 0);
        // The cluster itself is gone, and with it the cell.
        let without = inventory(
            Vec::new(),
            vec![row("ack.cluster", None, CoverageState::Ok)],
        );
        assert_eq!(difference(&before, &without).vanished.len(), 1);
        let unknown = inventory(
            Vec::new(),
            vec![row("ack.cluster", None, CoverageState::Denied)],
        );
        assert_eq!(difference(&before, &unknown).unseen_after.len(), 1);
    }

    #[test]
    fn changes_are_told_by_field() {
        let coverage = || vec![row("ecs.disk", None, CoverageState::Ok)];
        let mut before = disk("d-1");
        before.status = Some("In_use".into());
        before.tags.insert("team".into(), "a".into());
        before.attributes.set("size_gib", Attribute::Integer(40));
        let mut after = before.clone();
        after.status = Some("Available".into());
        after.tags.clear();
        after.attributes.set("size_gib", Attribute::Integer(80));
        let (before, after) = (
            inventory(vec![before], coverage()),
            inventory(vec![after], coverage()),
        );
        assert!(difference(&before, &before).stayed[0].changes.is_empty());
        let changes: Vec<String> = difference(&before, &after).stayed[0]
            .changes
            .iter()
            .map(|change| format!("{} {:?} {:?}", change.field, change.before, change.after))
            .collect();
        assert_eq!(
            changes,
            [
                r#"status Some("In_use") Some("Available")"#,
                r#"tags.team Some("a") None"#,
                r#"attributes.size_gib Some("40") Some("80")"#,
            ]
        );
    }
}
