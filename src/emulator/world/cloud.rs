//! The world behind one lock, with its time: the seam between the OpenAPI side, the clusters and the clock.
//!
//! Controllers of a cluster act through [`Cloud`]: they create and remove what the cloud's own controllers do, and learn that
//! time has moved or that their cluster is gone. No lock is held while a listener runs, so that it may call back.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures::future::BoxFuture;
use serde_json::Value;

use super::{Removal, World};
use crate::context::Clock;

/// A listener that hears of one cluster id, or of the world's time.
type Listener<T> = Arc<dyn Fn(&T) + Send + Sync>;

/// How often a sleeper lets the others go first before it moves time by itself: one of them may never be polled again.
const PATIENCE: usize = 64;

/// The world, shared.
pub(in crate::emulator) struct Cloud {
    world: RwLock<World>,
    /// The world's time at the start, and the real time then.
    start: (DateTime<Utc>, DateTime<Utc>),
    /// How many times faster than the real time the world's goes.
    scale: u32,
    /// What sleepers have skipped.
    skipped: Mutex<TimeDelta>,
    sleepers: Mutex<BTreeMap<u64, DateTime<Utc>>>,
    real: Arc<dyn Clock>,
    cluster_gone: Mutex<Vec<Listener<str>>>,
    time_moved: Mutex<Vec<Listener<DateTime<Utc>>>>,
}

impl Cloud {
    /// Puts a world behind its lock; its time goes on from [`World::now`], `scale` times as fast as the real clock.
    pub(in crate::emulator) fn new(world: World, real: Arc<dyn Clock>, scale: u32) -> Self {
        Self {
            start: (world.now(), real.now()),
            world: RwLock::new(world),
            scale,
            skipped: Mutex::default(),
            sleepers: Mutex::default(),
            real,
            cluster_gone: Mutex::default(),
            time_moved: Mutex::default(),
        }
    }

    /// The world's time. Never that of signatures and tokens.
    pub(in crate::emulator) fn now(&self) -> DateTime<Utc> {
        let (begin, real_begin) = self.start;
        let elapsed = self.real.now() - real_begin;
        let scale = i32::try_from(self.scale).unwrap_or(i32::MAX);
        begin + elapsed * scale + *self.skipped.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The time that callers pace themselves by: the real one, and what sleepers in process have skipped. It does not go
    /// faster with the world.
    pub(in crate::emulator) fn callers_time(&self) -> DateTime<Utc> {
        self.real.now() + *self.skipped.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets happen what is due, then tells the listeners. Every way in calls it first: an OpenAPI call, a Kubernetes request, a
    /// sleep.
    pub(in crate::emulator) fn settle(&self) {
        let now = self.now();
        let gone = {
            if self.read().now() >= now {
                return;
            }
            self.write().settle(now)
        };
        for cluster in &gone {
            for listener in listeners(&self.cluster_gone) {
                listener(cluster);
            }
        }
        for listener in listeners(&self.time_moved) {
            listener(&now);
        }
    }

    /// Hears the id of each cluster that `DeleteCluster` has ended: its API server is gone, nothing inside ran its finalizers.
    pub(in crate::emulator) fn on_cluster_gone(
        &self,
        listener: impl Fn(&str) + Send + Sync + 'static,
    ) {
        self.cluster_gone
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(Arc::new(listener));
    }

    /// Hears the world's time each time that it has moved, after what was due has happened: when controllers look again.
    pub(in crate::emulator) fn on_time(
        &self,
        listener: impl Fn(&DateTime<Utc>) + Send + Sync + 'static,
    ) {
        self.time_moved
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(Arc::new(listener));
    }

    /// Creates an item (`alb/load_balancer`, `slb/load_balancer`, `alb/server_group`, `ecs/disk`, `ecs/network_interface`,
    /// `vpc/eip`), with the fields of the operations that answer it; one of the same id is replaced.
    pub(in crate::emulator) fn put(&self, collection: &str, region: &str, item: Value) {
        self.write().put(collection, region, item);
    }

    /// A copy of an item.
    pub(in crate::emulator) fn item(&self, collection: &str, id: &str) -> Option<Value> {
        self.read()
            .item(collection, id)
            .map(|item| item.value.clone())
    }

    /// Copies of the items of a collection that pass.
    pub(in crate::emulator) fn find(
        &self,
        collection: &str,
        passes: impl Fn(&Value) -> bool,
    ) -> Vec<Value> {
        let world = self.read();
        let items = world.items(collection).iter();
        items
            .filter(|item| passes(&item.value))
            .map(|item| item.value.clone())
            .collect()
    }

    /// Sets a field of an item by its dotted path; false if there is no such item.
    pub(in crate::emulator) fn set(
        &self,
        collection: &str,
        id: &str,
        path: &str,
        value: Value,
    ) -> bool {
        self.write().set(collection, id, path, value)
    }

    /// Begins the removal of an item as the vendor's controllers do it: they switch its protection off first. What blocks the
    /// product's own delete operation blocks this too (a server group in use, a disk attached), then a controller tries again
    /// when time has moved. It is gone after the settle time of its collection, with what goes with it.
    pub(in crate::emulator) fn remove(&self, collection: &str, id: &str) -> Removal {
        self.write().remove_as_controller(collection, id)
    }

    /// Begins to loosen an item from what it is bound to: a disk or a network interface from its instance.
    /// False if it is not bound or not there.
    pub(in crate::emulator) fn detach(&self, collection: &str, id: &str) -> bool {
        self.write().detach(collection, id)
    }

    /// The world, to read.
    pub(in crate::emulator) fn read(&self) -> RwLockReadGuard<'_, World> {
        self.world.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The world, to change. Nothing waits while it is held.
    pub(in crate::emulator) fn write(&self) -> RwLockWriteGuard<'_, World> {
        self.world.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// The earliest time that somebody sleeps until.
    fn next_wake(&self) -> Option<DateTime<Utc>> {
        let sleepers = self.sleepers.lock().unwrap_or_else(PoisonError::into_inner);
        sleepers.values().min().copied()
    }

    /// Moves the world's time on to that one, unless it is past it.
    fn skip_to(&self, until: DateTime<Utc>) {
        let missing = until - self.now();
        if missing > TimeDelta::zero() {
            *self.skipped.lock().unwrap_or_else(PoisonError::into_inner) += missing;
        }
        self.settle();
    }
}

impl std::fmt::Debug for Cloud {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cloud")
            .field("now", &self.now())
            .finish_non_exhaustive()
    }
}

/// The listeners, so that none is called under their lock.
fn listeners<T: ?Sized>(all: &Mutex<Vec<Listener<T>>>) -> Vec<Listener<T>> {
    all.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// The world's clock: whoever sleeps by it moves the world's time and does not wait. Of several that sleep at once, the one that
/// wakes first moves it first.
#[derive(Debug)]
pub(in crate::emulator) struct WorldClock(pub(in crate::emulator) Arc<Cloud>);

/// A sleeper's place, given up when its future is dropped.
struct Place<'c> {
    cloud: &'c Cloud,
    number: u64,
}

impl<'c> Place<'c> {
    fn take(cloud: &'c Cloud, until: DateTime<Utc>) -> Self {
        let mut sleepers = cloud
            .sleepers
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let number = sleepers.keys().next_back().map_or(0, |last| last + 1);
        sleepers.insert(number, until);
        Self { cloud, number }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.cloud
            .sleepers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&self.number);
    }
}

impl Clock for WorldClock {
    fn now(&self) -> DateTime<Utc> {
        self.0.now()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'_, ()> {
        let cloud = &self.0;
        let length = TimeDelta::from_std(duration).unwrap_or(TimeDelta::MAX);
        let until = cloud
            .now()
            .checked_add_signed(length)
            .unwrap_or(DateTime::<Utc>::MAX_UTC);
        Box::pin(async move {
            let place = Place::take(cloud, until);
            for _ in 0..PATIENCE {
                tokio::task::yield_now().await;
                if cloud.now() >= until || cloud.next_wake() == Some(until) {
                    break;
                }
            }
            drop(place);
            cloud.skip_to(until);
        })
    }
}
