//! What exists: the items of a scenario by collection, and the world's own clock.
//!
//! All state that answers are made from is in here; [`cloud::Cloud`] keeps it behind one lock. Reading needs `&World` only.

pub(super) mod cloud;
pub(super) mod removal;

use std::collections::{BTreeMap, BTreeSet, HashSet};

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::filters::any_at;
use super::lookup;
use super::products::products;
use super::scenario::{Cluster, Scenario};
use crate::contracts::Shape;
use removal::Step;

/// Fields that say in which region an item is; the first that is there counts.
const REGION_FIELDS: &[&str] = &["_region", "RegionId", "regionId", "region_id", "region"];

/// The world.
#[derive(Debug)]
pub(super) struct World {
    now: DateTime<Utc>,
    collections: BTreeMap<String, Vec<Item>>,
    /// The number of the newest item.
    numbers: u64,
    /// What happens later, by time and then in the order in which it was decided.
    due: BTreeMap<(DateTime<Utc>, u64), Step>,
    steps: u64,
    /// Items on their way out.
    leaving: HashSet<u64>,
    /// Clusters that are gone and whose listeners have not heard of it.
    gone_clusters: Vec<String>,
    /// Items that never go, by collection and id.
    undeletable: BTreeSet<(String, String)>,
    /// Calls that were accepted, by operation and ClientToken: what they said and what they were answered.
    pub(super) accepted: BTreeMap<(String, String), (String, Value)>,
}

/// One thing.
#[derive(Debug)]
pub(super) struct Item {
    /// Its number, which no other item ever has: ids can be used again (`latest` of another repository).
    pub(super) number: u64,
    /// Where it is.
    pub(super) region: String,
    /// Its fields, official ones and those that begin with `_`.
    pub(super) value: Value,
}

/// An item that no operation could answer as it is.
#[derive(Debug, thiserror::Error)]
pub enum WorldError {
    /// No operation answers from this collection.
    #[error("no operation answers the collection {0}")]
    Collection(String),
    /// An item without its id.
    #[error("an item of {collection} has no {id}")]
    NoId {
        /// The collection.
        collection: String,
        /// Path of the id.
        id: String,
    },
    /// A field that no operation answers, or of another type than the official one.
    #[error(
        "an item of {collection} has {field}, which no operation answers like this; names that begin with _ are free"
    )]
    Field {
        /// The collection.
        collection: String,
        /// The field.
        field: String,
    },
}

impl World {
    /// The world of a scenario; `now` is the time that it begins at where the scenario says none.
    ///
    /// It takes the items out of the scenario: a large world is never there twice.
    pub(super) fn new(scenario: &mut Scenario, now: DateTime<Utc>) -> Result<Self, WorldError> {
        let mut collections = std::mem::take(&mut scenario.collections);
        for cluster in &scenario.clusters {
            for (name, items) in cluster_collections(cluster, &scenario.region) {
                collections
                    .entry(name.to_owned())
                    .or_default()
                    .extend(items);
            }
        }
        let mut numbers = 0;
        let collections = collections
            .into_iter()
            .map(|(name, items)| {
                let items = build(&name, items, &scenario.region, &mut numbers)?;
                Ok((name, items))
            })
            .collect::<Result<_, WorldError>>()?;
        Ok(Self {
            now: scenario.now.unwrap_or(now),
            collections,
            numbers,
            due: BTreeMap::new(),
            steps: 0,
            leaving: HashSet::new(),
            gone_clusters: Vec::new(),
            undeletable: BTreeSet::new(),
            accepted: BTreeMap::new(),
        })
    }

    /// The same world with items that never go away: their deletion is accepted and does not end.
    pub(super) fn with_undeletable(
        mut self,
        items: impl IntoIterator<Item = (String, String)>,
    ) -> Self {
        self.undeletable.extend(items);
        self
    }

    /// The world's time as of the last [`cloud::Cloud::settle`]. Never used for signatures and tokens.
    pub(super) fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// Every collection with its items.
    pub(super) fn collections(&self) -> impl Iterator<Item = (&str, &[Item])> {
        let all = self.collections.iter();
        all.map(|(name, items)| (name.as_str(), items.as_slice()))
    }

    /// The items of a collection; none where the scenario has no such collection.
    pub(super) fn items(&self, collection: &str) -> &[Item] {
        self.collections.get(collection).map_or(&[], Vec::as_slice)
    }

    /// The item with that id.
    pub(super) fn item(&self, collection: &str, id: &str) -> Option<&Item> {
        let path = id_path(collection);
        self.items(collection)
            .iter()
            .find(|item| any_at(&item.value, path, &|text| text == id))
    }

    /// The item with that id, to change.
    fn item_mut(&mut self, collection: &str, id: &str) -> Option<&mut Item> {
        let path = id_path(collection);
        self.collections
            .get_mut(collection)?
            .iter_mut()
            .find(|item| any_at(&item.value, path, &|text| text == id))
    }

    /// Adds an item, in place of one with the same id; its number.
    pub(super) fn put(&mut self, collection: &str, region: &str, value: Value) -> u64 {
        self.numbers += 1;
        let item = Item {
            number: self.numbers,
            region: region.to_owned(),
            value,
        };
        let id = item.id(collection).map(str::to_owned);
        match id.and_then(|id| self.item_mut(collection, &id)) {
            Some(known) => *known = item,
            None => self
                .collections
                .entry(collection.to_owned())
                .or_default()
                .push(item),
        }
        self.numbers
    }

    /// Sets a field of an item; false if there is no such item.
    pub(super) fn set(&mut self, collection: &str, id: &str, path: &str, value: Value) -> bool {
        let Some(item) = self.item_mut(collection, id) else {
            return false;
        };
        lookup::set(&mut item.value, path, value);
        true
    }
}

/// What became of a wish to remove an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Removal {
    /// There is no such item.
    Absent,
    /// It is on its way out, from now on or already.
    Going,
    /// The product refuses, with this code, until something else is gone.
    Blocked(String),
}

impl Item {
    /// Its id, where that is one text.
    pub(super) fn id(&self, collection: &str) -> Option<&str> {
        id_path(collection)
            .split('.')
            .try_fold(&self.value, |value, name| value.get(name))?
            .as_str()
    }
}

/// The path of the id in the items of a collection.
fn id_path(collection: &str) -> &'static str {
    products()
        .collection(collection)
        .map_or("", |collection| collection.id.as_str())
}

type Items = Vec<Map<String, Value>>;

/// A cluster as the collections of `cs`; what belongs to it says so in `_cluster_id`.
fn cluster_collections(cluster: &Cluster, region: &str) -> [(&'static str, Items); 4] {
    let id = cluster.detail.get("cluster_id").cloned();
    let region = cluster
        .detail
        .get("region_id")
        .cloned()
        .unwrap_or_else(|| Value::from(region));
    let owned = |items: &[Map<String, Value>]| -> Items {
        items
            .iter()
            .cloned()
            .map(|mut item| {
                item.insert("_region".to_owned(), region.clone());
                item.insert("_cluster_id".to_owned(), id.clone().unwrap_or_default());
                item
            })
            .collect()
    };
    [
        ("cs/cluster", vec![cluster.detail.clone()]),
        ("cs/node_pool", owned(&cluster.nodepools)),
        ("cs/node", owned(&cluster.nodes)),
        ("cs/resource", owned(&cluster.resources)),
    ]
}

fn build(
    name: &str,
    items: Items,
    region: &str,
    numbers: &mut u64,
) -> Result<Vec<Item>, WorldError> {
    let collection = products()
        .collection(name)
        .ok_or_else(|| WorldError::Collection(name.to_owned()))?;
    let shapes: Vec<&Shape> = products()
        .readers(name)
        .into_iter()
        .filter_map(|(operation, row)| row.item_shape(operation))
        .collect();
    items
        .into_iter()
        .map(|item| {
            if let Some(field) = misfit(&item, &shapes) {
                return Err(WorldError::Field {
                    collection: name.to_owned(),
                    field: field.to_owned(),
                });
            }
            let region = REGION_FIELDS
                .iter()
                .find_map(|field| item.get(*field)?.as_str())
                .unwrap_or(region)
                .to_owned();
            let value = Value::Object(item);
            if !any_at(&value, &collection.id, &|id| !id.is_empty()) {
                return Err(WorldError::NoId {
                    collection: name.to_owned(),
                    id: collection.id.clone(),
                });
            }
            *numbers += 1;
            Ok(Item {
                number: *numbers,
                region,
                value,
            })
        })
        .collect()
}

/// The first field that none of the shapes takes.
fn misfit<'i>(item: &'i Map<String, Value>, shapes: &[&Shape]) -> Option<&'i str> {
    item.iter()
        .find(|(name, value)| {
            !name.starts_with('_')
                && !shapes
                    .iter()
                    .any(|shape| shape.field(name).is_some_and(|known| known.accepts(value)))
        })
        .map(|(name, _)| name.as_str())
}

#[cfg(test)]
mod tests {
    use super::super::scenario::built_in_names;
    use super::*;
    use serde_json::json;

    fn world(collection: &str, item: &Value) -> Result<World, WorldError> {
        let mut scenario = Scenario::load("ack-sop").unwrap();
        scenario.collections = BTreeMap::from([(
            collection.to_owned(),
            vec![item.as_object().unwrap().clone()],
        )]);
        World::new(&mut scenario, DateTime::UNIX_EPOCH)
    }

    #[test]
    fn every_built_in_scenario_is_a_world() {
        for name in built_in_names() {
            let scenario = Scenario::load(name).unwrap();
            let world = World::new(&mut scenario.clone(), DateTime::UNIX_EPOCH);
            let world = world.unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(
                world.items("ecs/disk").len(),
                scenario.items("ecs/disk").len()
            );
            assert_eq!(world.items("cs/cluster").len(), scenario.clusters.len());
            assert_eq!(Some(world.now()), scenario.now);
        }
    }

    #[test]
    fn items_that_no_operation_could_answer_are_refused() {
        let disk = |item: Value| {
            world("ecs/disk", &item)
                .map(|_| ())
                .map_err(|error| error.to_string())
        };
        assert_eq!(
            disk(json!({"DiskId": "d-1", "Size": 40, "_ours": 1})),
            Ok(())
        );
        let named = |what: &str| {
            Err(format!(
                "an item of ecs/disk has {what}, which no operation answers like this; names that begin with _ are free"
            ))
        };
        assert_eq!(disk(json!({"DiskId": "d-1", "Size": "40"})), named("Size"));
        assert_eq!(disk(json!({"DiskId": "d-1", "size": 40})), named("size"));
        assert_eq!(
            disk(json!({"DiskId": "d-1", "Tags": {"Tag": [{"Key": "a"}]}})),
            named("Tags")
        );
        assert_eq!(
            disk(json!({"Size": 40})),
            Err("an item of ecs/disk has no DiskId".to_owned())
        );
        assert!(matches!(
            world("ecs/disc", &json!({"DiskId": "d-1"})),
            Err(WorldError::Collection(_))
        ));
    }

    #[test]
    fn an_item_is_where_it_says_or_where_the_scenario_is() {
        let region = |item: Value| {
            let world = world("vpc/vswitch", &item).unwrap();
            world.items("vpc/vswitch")[0].region.clone()
        };
        assert_eq!(region(json!({"VSwitchId": "v"})), "cn-hangzhou");
        assert_eq!(
            region(json!({"VSwitchId": "v", "_region": "cn-beijing"})),
            "cn-beijing"
        );
    }
}
