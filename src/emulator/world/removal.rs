//! How items go away: refused or accepted, on their way out for a while, then gone with what belongs to them.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use super::super::changes::rows::{Check, ErrorText, Kind, Listed, Move, Reach, rows};
use super::super::changes::{cluster, nodepool};
use super::super::filters::any_at;
use super::super::lookup;
use super::super::route::Call;
use super::{Item, Removal, World, id_path};

/// One item: its collection and its number in the world.
pub(in crate::emulator) type Which = (String, u64);

/// Who wants something; what stands in the way differs.
#[derive(Clone, Copy)]
pub(in crate::emulator) enum By<'c> {
    /// A call of the product's own operation.
    Call(&'c Call),
    /// A controller in a cluster: switches protection off first.
    Controller,
    /// ACK, or another item that takes this one with it: no protection, everything forced.
    Owner,
}

impl By<'_> {
    fn switches_protection_off(self) -> bool {
        !matches!(self, Self::Call(_))
    }

    /// Whether an argument lifts a check.
    fn lifts(self, argument: &str) -> bool {
        match self {
            Self::Call(call) => call
                .argument(argument)
                .is_some_and(|text| text.eq_ignore_ascii_case("true")),
            Self::Controller => false,
            Self::Owner => true,
        }
    }

    fn sends(self, argument: &str) -> bool {
        match self {
            Self::Call(call) => call.argument(argument).is_some(),
            Self::Controller | Self::Owner => true,
        }
    }
}

/// What happens later.
#[derive(Debug)]
pub(in crate::emulator) enum Step {
    /// A removal begins.
    Begin(Which),
    /// A removal ends; the job that tells of it.
    End(Which, Option<Which>),
    /// A move of its collection ends.
    Moved(Which, String),
    /// A cluster is gone, all but what it leaves; its task.
    ClusterEnds(Which, Which),
    /// A node pool is gone; its task.
    PoolEnds(Which, Which),
}

impl World {
    /// Lets everything happen that is due until then; the clusters that are gone now.
    pub(super) fn settle(&mut self, now: DateTime<Utc>) -> Vec<String> {
        while let Some(entry) = self.due.first_entry() {
            let (time, _) = *entry.key();
            if time > now {
                break;
            }
            let step = entry.remove();
            self.now = self.now.max(time);
            self.happen(step);
        }
        self.now = self.now.max(now);
        std::mem::take(&mut self.gone_clusters)
    }

    /// Lets something happen that many seconds later.
    pub(in crate::emulator) fn later(&mut self, seconds: u32, step: Step) {
        let time = self.now + TimeDelta::seconds(i64::from(seconds));
        self.steps += 1;
        self.due.insert((time, self.steps), step);
    }

    fn happen(&mut self, step: Step) {
        match step {
            // What is refused now stays: nobody is there to try again.
            Step::Begin(which) => {
                let _refused = self.begin(&which, By::Owner, None);
            }
            Step::End(which, job) => self.end(&which, job.as_ref()),
            Step::Moved(which, name) => self.moved(&which, &name),
            Step::ClusterEnds(which, task) => cluster::ends(self, &which, &task),
            Step::PoolEnds(which, task) => nodepool::ends(self, &which, &task),
        }
    }

    /// The item behind a number.
    pub(in crate::emulator) fn at(&self, which: &Which) -> Option<&Item> {
        self.items(&which.0)
            .iter()
            .find(|item| item.number == which.1)
    }

    fn at_mut(&mut self, which: &Which) -> Option<&mut Item> {
        self.collections
            .get_mut(&which.0)?
            .iter_mut()
            .find(|item| item.number == which.1)
    }

    /// Sets fields of one item.
    pub(in crate::emulator) fn set_fields<'v>(
        &mut self,
        which: &Which,
        values: impl IntoIterator<Item = (&'v String, &'v Value)>,
    ) {
        if let Some(item) = self.at_mut(which) {
            for (path, value) in values {
                lookup::set(&mut item.value, path, value.clone());
            }
        }
    }

    /// Numbers of the items of a collection that pass.
    pub(in crate::emulator) fn which(
        &self,
        collection: &str,
        passes: impl Fn(&Item) -> bool,
    ) -> Vec<Which> {
        self.items(collection)
            .iter()
            .filter(|item| passes(item))
            .map(|item| (collection.to_owned(), item.number))
            .collect()
    }

    /// The first of these checks that the item does not pass.
    pub(in crate::emulator) fn refused<'r>(
        &self,
        which: &Which,
        checks: impl IntoIterator<Item = &'r Check>,
        by: By<'_>,
    ) -> Option<&'r ErrorText> {
        let item = self.at(which)?;
        checks
            .into_iter()
            .filter(|check| !(check.protection && by.switches_protection_off()))
            .filter(|check| !check.unless.as_deref().is_some_and(|name| by.lifts(name)))
            .filter(|check| check.with.as_deref().is_none_or(|name| by.sends(name)))
            .find(|check| match &check.by {
                None => check.when.hold(&item.value),
                Some(other) => {
                    let values = values(which, item, check.of.as_deref());
                    self.items(other).iter().any(|other| {
                        other.number != item.number
                            && check.when.hold(&other.value)
                            && has_one(other, &check.field, &values)
                    })
                }
            })
            .map(|check| &check.error)
    }

    /// Begins a removal, unless it is refused. What was on its way out already is not asked again by its owner.
    pub(in crate::emulator) fn begin(
        &mut self,
        which: &Which,
        by: By<'_>,
        job: Option<Which>,
    ) -> Result<(), ErrorText> {
        let kind = rows().kind(&which.0);
        if by.switches_protection_off() && self.leaving.contains(&which.1) {
            return Ok(());
        }
        if let Some(error) = self.refused(which, &kind.refusals, by) {
            return Err(error.clone());
        }
        if by.switches_protection_off() {
            self.set_fields(which, &kind.unprotect);
        }
        self.set_fields(which, &kind.going);
        self.leaving.insert(which.1);
        if kind.settle == 0 {
            self.end(which, job.as_ref());
        } else {
            self.later(kind.settle, Step::End(which.clone(), job));
        }
        Ok(())
    }

    /// Ends a removal: it is gone with what goes with it, unless it is one that never goes.
    fn end(&mut self, which: &Which, job: Option<&Which>) {
        let kind = rows().kind(&which.0);
        if !kind.again.is_empty() && self.is_held(which, kind) {
            self.leaving.remove(&which.1);
            self.set_fields(which, &kind.again);
            self.tell(job, "Failed");
            return;
        }
        if self.vanish(which) {
            self.tell(job, "Succeeded");
        }
    }

    /// Whether something else has come to stand in the way since the removal was accepted.
    fn is_held(&self, which: &Which, kind: &Kind) -> bool {
        let others = kind.refusals.iter().filter(|check| check.by.is_some());
        self.refused(which, others, By::Owner).is_some()
    }

    fn tell(&mut self, job: Option<&Which>, status: &str) {
        if let Some(job) = job {
            let millis = self.now.timestamp_millis();
            self.set_fields(
                job,
                [
                    (&"Status".to_owned(), &Value::from(status)),
                    (&"ModifyTime".to_owned(), &Value::from(millis)),
                ],
            );
        }
    }

    /// Removes an item now, with what goes with it; false where it never goes.
    pub(in crate::emulator) fn vanish(&mut self, which: &Which) -> bool {
        let Some(item) = self.at(which) else {
            return true;
        };
        let id = item.id(&which.0).unwrap_or_default().to_owned();
        if self.undeletable.contains(&(which.0.clone(), id.clone())) {
            return false;
        }
        let kind = rows().kind(&which.0);
        let taken: Vec<(Which, u32)> = kind
            .takes
            .iter()
            .flat_map(|reach| {
                self.reached(which, reach)
                    .into_iter()
                    .map(|other| (other, reach.after))
            })
            .collect();
        for (other, after) in &taken {
            if *after > 0 {
                self.later(*after, Step::Begin(other.clone()));
            } else {
                self.vanish(other);
            }
        }
        for reach in &kind.frees {
            for other in self.reached(which, reach) {
                if let Some(name) = &reach.by_move {
                    self.moved(&other, name);
                }
            }
        }
        self.leave_lists(&id, &kind.drops);
        self.leaving.remove(&which.1);
        if let Some(items) = self.collections.get_mut(&which.0) {
            items.retain(|item| item.number != which.1);
        }
        if which.0 == "cs/cluster" {
            self.gone_clusters.push(id);
        }
        true
    }

    fn reached(&self, which: &Which, reach: &Reach) -> Vec<Which> {
        let Some(item) = self.at(which) else {
            return Vec::new();
        };
        let values = values(which, item, reach.of.as_deref());
        let is_last = !self.items(&which.0).iter().any(|other| {
            other.number != item.number
                && reach
                    .of
                    .as_deref()
                    .is_some_and(|path| has_one(other, path, &values))
        });
        if reach.last && !is_last {
            return Vec::new();
        }
        self.which(&reach.collection, |other| {
            reach.when.hold(&other.value)
                && has_one(other, &reach.field, &values)
                && reach
                    .same
                    .iter()
                    .all(|(theirs, ours)| has_one(other, theirs, &texts(&item.value, ours)))
        })
    }

    /// Begins a move of the item's collection, unless it is refused.
    pub(in crate::emulator) fn begin_move(
        &mut self,
        which: &Which,
        name: &str,
        by: By<'_>,
    ) -> Result<(), ErrorText> {
        let Some(change) = rows().kind(&which.0).moves.get(name) else {
            return Ok(());
        };
        if let Some(error) = self.refused(which, &change.refusals, by) {
            return Err(error.clone());
        }
        self.set_fields(which, &change.now);
        self.later(change.after, Step::Moved(which.clone(), name.to_owned()));
        Ok(())
    }

    fn moved(&mut self, which: &Which, name: &str) {
        // One that is being removed meanwhile keeps the status that says so.
        if self.leaving.contains(&which.1) {
            return;
        }
        let Some(Move { then, drops, .. }) = rows().kind(&which.0).moves.get(name) else {
            return;
        };
        let Some(id) = self.at(which).and_then(|item| item.id(&which.0)) else {
            return;
        };
        let id = id.to_owned();
        self.set_fields(which, then);
        self.leave_lists(&id, drops);
    }

    /// Takes an id out of the lists of others.
    fn leave_lists(&mut self, id: &str, drops: &[Listed]) {
        for drop in drops {
            let items = self.collections.get_mut(&drop.collection);
            for item in items.into_iter().flatten() {
                if let Some(Value::Array(list)) = at_path(&mut item.value, &drop.list) {
                    let path = drop.field.as_deref().unwrap_or_default();
                    list.retain(|entry| !any_at(entry, path, &|text| text == id));
                }
            }
        }
    }

    /// See [`super::cloud::Cloud::remove`].
    pub(super) fn remove_as_controller(&mut self, collection: &str, id: &str) -> Removal {
        let Some(which) = self.named(collection, id) else {
            return Removal::Absent;
        };
        match self.begin(&which, By::Controller, None) {
            Ok(()) => Removal::Going,
            Err((_, code, _)) => Removal::Blocked(code),
        }
    }

    /// See [`super::cloud::Cloud::detach`].
    pub(super) fn detach(&mut self, collection: &str, id: &str) -> bool {
        self.named(collection, id)
            .is_some_and(|which| self.begin_move(&which, "detach", By::Controller).is_ok())
    }

    /// The item with that id.
    pub(in crate::emulator) fn named(&self, collection: &str, id: &str) -> Option<Which> {
        let item = self.item(collection, id)?;
        Some((collection.to_owned(), item.number))
    }
}

/// The values of an item that others refer to it by.
fn values(which: &Which, item: &Item, path: Option<&str>) -> BTreeSet<String> {
    texts(&item.value, path.unwrap_or_else(|| id_path(&which.0)))
}

/// All texts at a dotted path.
pub(in crate::emulator) fn texts(value: &Value, path: &str) -> BTreeSet<String> {
    let found = std::cell::RefCell::new(BTreeSet::new());
    any_at(value, path, &|text| {
        found.borrow_mut().insert(text.to_owned());
        false
    });
    found.into_inner()
}

fn has_one(item: &Item, path: &str, values: &BTreeSet<String>) -> bool {
    any_at(&item.value, path, &|text| {
        !text.is_empty() && values.contains(text)
    })
}

fn at_path<'v>(value: &'v mut Value, path: &str) -> Option<&'v mut Value> {
    path.split('.')
        .try_fold(value, |value, name| value.get_mut(name))
}
