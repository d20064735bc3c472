//! An inventory, indexed for planning.

use std::collections::HashMap;

use crate::graph::{Order, meaning};
use crate::inventory::Inventory;
use crate::model::{Link, LinkKind, Resource, ResourceId, TypeId};

/// The inventory with its links by both ends.
pub(super) struct World<'a> {
    pub(super) inventory: &'a Inventory,
    /// The links in one order, whatever order the inventory has them in.
    pub(super) links: Vec<&'a Link>,
    by_id: HashMap<&'a ResourceId, &'a Resource>,
    links_to: HashMap<&'a ResourceId, Vec<&'a Link>>,
    links_from: HashMap<&'a ResourceId, Vec<&'a Link>>,
}

impl<'a> World<'a> {
    pub(super) fn new(inventory: &'a Inventory) -> Self {
        let mut links_to: HashMap<&ResourceId, Vec<&Link>> = HashMap::new();
        let mut links_from: HashMap<&ResourceId, Vec<&Link>> = HashMap::new();
        let mut links: Vec<&Link> = inventory.links.iter().collect();
        links.sort();
        for link in &links {
            links_to.entry(&link.to).or_default().push(*link);
            links_from.entry(&link.from).or_default().push(*link);
        }
        Self {
            inventory,
            links,
            by_id: inventory
                .resources
                .iter()
                .map(|resource| (&resource.id, resource))
                .collect(),
            links_to,
            links_from,
        }
    }

    pub(super) fn get(&self, id: &ResourceId) -> Option<&'a Resource> {
        self.by_id.get(id).copied()
    }

    /// Whether there is a resource of that type and id where `near` is.
    pub(super) fn has(&self, near: &ResourceId, type_id: &'static str, id: &str) -> bool {
        self.get(&sibling(near, type_id, id)).is_some()
    }

    pub(super) fn links_to(&self, id: &ResourceId) -> &[&'a Link] {
        self.links_to.get(id).map(Vec::as_slice).unwrap_or_default()
    }

    pub(super) fn links_from(&self, id: &ResourceId) -> &[&'a Link] {
        self.links_from
            .get(id)
            .map(Vec::as_slice)
            .unwrap_or_default()
    }

    /// The resources of the same account and region.
    pub(super) fn beside(&self, id: &ResourceId) -> impl Iterator<Item = &'a Resource> {
        let (account, region) = (id.account.clone(), id.region.clone());
        self.inventory
            .resources
            .iter()
            .filter(move |resource| resource.id.account == account && resource.id.region == region)
    }

    /// The field by which one resource uses another.
    pub(super) fn why_used(&self, used: &ResourceId, user: &ResourceId) -> Option<String> {
        self.links_to(used)
            .iter()
            .find(|link| link.from == *user && link.kind == LinkKind::Uses)
            .map(|link| link.via.clone())
    }

    /// What must be gone before a resource because it uses or manages it, and the field that says so. What contains it is
    /// not in the way, nor is the instance that a volume's disk is attached to: its driver detaches it.
    pub(super) fn users(&self, id: &ResourceId) -> impl Iterator<Item = (&'a ResourceId, String)> {
        let is_volume = self.volume_of(id).is_some();
        self.links_to(id)
            .iter()
            .filter(move |link| {
                let row = meaning(
                    link.kind,
                    link.from.type_id.as_str(),
                    link.to.type_id.as_str(),
                );
                let is_attached = is_volume
                    && link.kind == LinkKind::Uses
                    && link.from.type_id.as_str() == "ecs.instance";
                !is_attached
                    && row.is_some_and(|row| {
                        matches!(row.order, Order::FromFirst | Order::HandedToController)
                    })
            })
            .map(|link| (&link.from, format!("{} {}", link.kind.as_str(), link.via)))
            .collect::<Vec<_>>()
            .into_iter()
    }

    /// The volume of a cluster that stands for a disk.
    pub(super) fn volume_of(&self, disk: &ResourceId) -> Option<&'a Resource> {
        self.links_to(disk)
            .iter()
            .filter(|link| link.from.type_id.as_str() == "k8s.persistent_volume")
            .find_map(|link| self.get(&link.from))
    }
}

/// A resource of the same account and region.
pub(super) fn sibling(near: &ResourceId, type_id: &'static str, id: &str) -> ResourceId {
    ResourceId {
        type_id: TypeId::from_static(type_id),
        id: id.to_owned(),
        ..near.clone()
    }
}
