//! The resources by who owns them, and what is one-sided: an object whose cloud resource is not there, a cloud resource whose
//! object or cluster is not there. Only what was read whole can be missing.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{Inventory, sight};
use crate::model::{AccountId, LinkKind, OwnerKind, Resource, ResourceId, TypeId};
use crate::resources::find;

const CLUSTER: &str = "ack.cluster";

/// Everything, by owner.
#[derive(Debug)]
pub struct Holdings<'a> {
    /// Clusters that are there, then those that are not, then what has none.
    pub holders: Vec<Holder<'a>>,
    /// Objects in clusters whose cloud resource is not there.
    pub without_resource: Vec<Missing<'a>>,
}

/// One who holds resources.
#[derive(Debug)]
pub struct Holder<'a> {
    /// Account.
    pub account: &'a AccountId,
    /// Id of the cluster; `None` for all that belongs to none.
    pub cluster: Option<&'a str>,
    /// Name of the cluster, where it is known; untrusted text.
    pub name: Option<&'a str>,
    /// What is known of it.
    pub state: State,
    /// Its resources: what is its own first, then by owner.
    pub held: Vec<Held<'a>>,
}

/// What is known of a holder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// The cluster is in the inventory.
    There,
    /// The clusters of every region of the account were read, and it is none of them: it is gone, or another account's.
    NotListed,
    /// Whether the cluster is there could not be read.
    Unclear,
    /// Another resource, and no cluster.
    Resource,
    /// Nobody: everything that could name an owner was read, and nothing does.
    Nobody,
    /// Not known: something that could name an owner was not read, or the signals disagree.
    Unknown,
}

/// One resource and what it is held for.
#[derive(Debug)]
pub struct Held<'a> {
    /// The resource.
    pub resource: &'a Resource,
    /// Its id.
    pub id: &'a ResourceId,
    /// The object that the owner statement names and that is not there, though its kind was read whole.
    pub is_orphan: bool,
}

/// An object whose cloud resource is not there.
#[derive(Debug, Serialize)]
pub struct Missing<'a> {
    /// The object.
    pub object: &'a ResourceId,
    /// What it names.
    pub expects: &'a ResourceId,
    /// The field that names it.
    pub via: &'a str,
}

/// Groups an inventory by owner.
pub fn holdings(inventory: &Inventory) -> Holdings<'_> {
    let mut holders: BTreeMap<(State, Key<'_>), Vec<Held<'_>>> = BTreeMap::new();
    let mut clusters = Clusters::of(inventory);
    let named = named_by_objects(inventory);
    for resource in inventory
        .resources
        .iter()
        .filter(|resource| !resource.id.type_id.is_kubernetes())
    {
        let (state, cluster) = holder(&mut clusters, resource, inventory);
        let key = (state, (&resource.id.account, cluster));
        holders.entry(key).or_default().push(Held {
            resource,
            id: &resource.id,
            is_orphan: !named.contains(&resource.id) && is_orphan(inventory, resource),
        });
    }
    let holders = holders
        .into_iter()
        .map(|((state, (account, cluster)), mut held)| {
            held.sort_by_key(|held| (rank(held.resource), held.id));
            let name = cluster.and_then(|cluster| *clusters.names.get(&(account, cluster))?);
            Holder {
                account,
                cluster,
                name,
                state,
                held,
            }
        })
        .collect();
    Holdings {
        holders,
        without_resource: without_resource(inventory),
    }
}

type Key<'a> = (&'a AccountId, Option<&'a str>);

fn holder<'a>(
    clusters: &mut Clusters<'a>,
    resource: &'a Resource,
    inventory: &'a Inventory,
) -> (State, Option<&'a str>) {
    let Some(owner) = &resource.owner else {
        return (State::Unknown, None);
    };
    match (&owner.cluster, owner.kind) {
        (Some(cluster), _) => (clusters.state(resource, cluster), Some(cluster)),
        (None, OwnerKind::None) => (State::Nobody, None),
        (None, OwnerKind::Resource) if is_on_an_unknown(resource, inventory) => {
            (State::Unknown, None)
        }
        (None, OwnerKind::Resource | OwnerKind::Itself) => (State::Resource, None),
        (None, _) => (State::Unknown, None),
    }
}

/// Whether nobody knows whose it is what a resource hangs on.
fn is_on_an_unknown(resource: &Resource, inventory: &Inventory) -> bool {
    let mut at = resource;
    // An address, its interface, and the load balancer of that.
    for _ in 0..4 {
        let Some(owner) = &at.owner else {
            return true;
        };
        match owner.kind {
            OwnerKind::Unknown => return true,
            OwnerKind::Resource => {}
            _ => return false,
        }
        let Some((type_id, id)) = owner.name.split_once(' ') else {
            return false;
        };
        let on = ResourceId {
            type_id: TypeId::new(type_id),
            id: id.to_owned(),
            ..at.id.clone()
        };
        match inventory.get(&on) {
            Some(found) => at = found,
            None => return false,
        }
    }
    false
}

/// What objects that are there name: a disk whose claim is gone may still have its volume.
fn named_by_objects(inventory: &Inventory) -> BTreeSet<&ResourceId> {
    let links = inventory.links.iter();
    links
        .filter(|link| link.from.type_id.is_kubernetes() && inventory.get(&link.from).is_some())
        .map(|link| &link.to)
        .collect()
}

/// The clusters of an inventory, and where it has seen all of them.
struct Clusters<'a> {
    inventory: &'a Inventory,
    /// Their names, by account and id.
    names: BTreeMap<(&'a AccountId, &'a str), Option<&'a str>>,
    /// Whether all of an account's were seen; asked once for each.
    seen: BTreeMap<&'a AccountId, bool>,
}

impl<'a> Clusters<'a> {
    fn of(inventory: &'a Inventory) -> Self {
        let clusters = inventory
            .resources
            .iter()
            .filter(|resource| resource.id.type_id.as_str() == CLUSTER);
        Self {
            inventory,
            names: clusters
                .map(|cluster| {
                    let key = (&cluster.id.account, cluster.id.id.as_str());
                    (key, cluster.name.as_deref())
                })
                .collect(),
            seen: BTreeMap::new(),
        }
    }

    /// Whether a cluster is there.
    fn state(&mut self, near: &'a Resource, cluster: &str) -> State {
        let account = &near.id.account;
        if self.names.contains_key(&(account, cluster)) {
            return State::There;
        }
        if self.has_seen_all(near) {
            State::NotListed
        } else {
            State::Unclear
        }
    }

    /// A cluster may own something in another region than its own: a copied snapshot. So all regions have to be seen.
    fn has_seen_all(&mut self, near: &'a Resource) -> bool {
        let account = &near.id.account;
        if let Some(seen) = self.seen.get(account) {
            return *seen;
        }
        let mut asked = self.inventory.accounts.iter();
        let seen = asked
            .find(|asked| asked.id == *account)
            .is_some_and(|asked| {
                asked.is_every_region
                    && asked.regions.iter().all(|region| {
                        let place = ResourceId {
                            region: region.clone(),
                            ..near.id.clone()
                        };
                        sight::is_read(self.inventory, CLUSTER, &place)
                    })
            });
        self.seen.insert(account, seen);
        seen
    }
}

/// The cluster itself, what is directly its own, node pools, objects, the rest.
fn rank(resource: &Resource) -> (u8, &str) {
    let Some(owner) = &resource.owner else {
        return (9, "");
    };
    let class = match owner.kind {
        OwnerKind::Itself => 0,
        OwnerKind::Cluster => 1,
        OwnerKind::NodePool => 2,
        OwnerKind::KubernetesObject => 3,
        OwnerKind::Resource => 4,
        OwnerKind::None | OwnerKind::Unknown => 5,
    };
    (class, &owner.name)
}

/// The kinds of objects that owner statements name.
fn kind(name: &str) -> Option<&'static str> {
    Some(match name {
        "AlbConfig" => "k8s.alb_config",
        "Ingress" => "k8s.ingress",
        "PersistentVolume" => "k8s.persistent_volume",
        "PersistentVolumeClaim" => "k8s.persistent_volume_claim",
        "Service" => "k8s.service",
        "VolumeSnapshot" => "k8s.volume_snapshot",
        _ => return None,
    })
}

/// Whether the object that a resource belongs to is not there any more, in a cluster that is.
fn is_orphan(inventory: &Inventory, resource: &Resource) -> bool {
    let Some(owner) = &resource.owner else {
        return false;
    };
    let (OwnerKind::KubernetesObject, Some(cluster), Some((kind_name, name))) =
        (owner.kind, &owner.cluster, owner.name.split_once(' '))
    else {
        return false;
    };
    let Some(type_id) = kind(kind_name) else {
        return false;
    };
    let object = ResourceId {
        type_id: TypeId::from_static(type_id),
        id: format!("{cluster}/{name}"),
        ..resource.id.clone()
    };
    let place = ResourceId {
        type_id: TypeId::from_static(CLUSTER),
        id: cluster.clone(),
        ..resource.id.clone()
    };
    inventory.get(&place).is_some()
        && inventory.get(&object).is_none()
        && sight::is_read_of(inventory, type_id, &place)
}

/// Objects that name something in the cloud which is not there.
fn without_resource(inventory: &Inventory) -> Vec<Missing<'_>> {
    let mut seen = BTreeSet::new();
    inventory
        .links
        .iter()
        .filter(|link| link.from.type_id.is_kubernetes() && !link.to.type_id.is_kubernetes())
        .filter(|link| link.to.type_id.as_str() != CLUSTER)
        .filter(|link| matches!(link.kind, LinkKind::Exposes | LinkKind::Uses))
        .filter(|link| inventory.get(&link.from).is_some() && inventory.get(&link.to).is_none())
        // What lives without a region, or is of no type here, is nowhere that was looked at.
        .filter(|link| find(link.to.type_id.as_str()).is_some())
        .filter(|link| sight::is_read(inventory, link.to.type_id.as_str(), &link.to))
        .filter(|link| seen.insert((&link.from, &link.to)))
        .map(|link| Missing {
            object: &link.from,
            expects: &link.to,
            via: &link.via,
        })
        .collect()
}

#[cfg(test)]
#[path = "holdings_tests.rs"]
mod tests;
