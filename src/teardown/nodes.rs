//! Nodes: who made an instance, and which scaling groups and node pools it is a member of.
//!
//! A tag, a name and a node that names an instance say that it is in a cluster. None of them says that ACK made it: a user can
//! add an instance that he has (`AttachInstancesToNodePool`), and a node pool with a desired size then releases it with
//! all others when the cluster is deleted. Two answers do say it: `DescribeClusterResources` with `auto_create` 1, and
//! `DescribeScalingInstances` with `CreationType` `AutoCreated` (`alibabacloud_ess20220222` 1.13.3).

use std::collections::BTreeSet;

use super::scope::{Claim, Scope};
use super::world::{World, sibling};
use crate::model::{LinkKind, Resource, ResourceId};
use crate::resources::ess::{ATTACHED, CREATED};

pub(super) const INSTANCE: &str = "ecs.instance";
pub(super) const SCALING_GROUP: &str = "ess.scaling_group";
pub(super) const NODE_POOL: &str = "ack.node_pool";

/// On the instances of a node pool (ACK documentation of node pools).
const NODE_POOL_TAG: &str = "ack.alibabacloud.com/nodepool-id";

/// Who made an instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// ACK, for a cluster or node pool of the scope, or a scaling group that the user named.
    Ack,
    /// Somebody, who added it. With the fact that says so.
    User(String),
    /// Nothing says.
    Unclear,
}

/// Who made an instance. That somebody added it wins over whatever else is said.
pub(super) fn origin(world: &World<'_>, scope: &Scope, instance: &Resource) -> Origin {
    let groups: Vec<&Resource> = world
        .beside(&instance.id)
        .filter(|group| group.id.type_id.as_str() == SCALING_GROUP)
        .collect();
    if let Some(group) = groups
        .iter()
        .find(|group| lists(group, ATTACHED, &instance.id))
    {
        return Origin::User(format!("CreationType=Attached in {}", group.id.id));
    }
    let is_said_by_cluster = world
        .links_to(&instance.id)
        .iter()
        .any(|link| link.kind == LinkKind::Manages && scope.clusters.contains(&link.from));
    let is_created_by_pool = groups
        .iter()
        .any(|group| lists(group, CREATED, &instance.id) && is_of_scope(group, world, scope));
    if is_said_by_cluster || is_created_by_pool {
        Origin::Ack
    } else {
        Origin::Unclear
    }
}

/// Whether a scaling group is one of a node pool of the scope, or was named itself.
fn is_of_scope(group: &Resource, world: &World<'_>, scope: &Scope) -> bool {
    let is_named = matches!(scope.members.get(&group.id), Some(Claim::Selected { .. }));
    is_named
        || pools_of(group, world).any(|pool| {
            scope.members.contains_key(&pool.id)
                || scope
                    .clusters
                    .iter()
                    .any(|cluster| Some(cluster.id.as_str()) == pool.text("cluster_id"))
        })
}

/// The node pools that manage a scaling group.
fn pools_of<'a>(group: &Resource, world: &World<'a>) -> impl Iterator<Item = &'a Resource> {
    world
        .links_to(&group.id)
        .iter()
        .filter(|link| link.kind == LinkKind::Manages && link.from.type_id.as_str() == NODE_POOL)
        .filter_map(|link| world.get(&link.from))
        .collect::<Vec<_>>()
        .into_iter()
}

fn lists(group: &Resource, list: &str, instance: &ResourceId) -> bool {
    let ids = group.attributes.text_list(list).unwrap_or_default();
    ids.contains(&instance.id)
}

/// The instances that a scaling group or a node pool holds by anything that says so; what takes the holder down may take
/// them along. Empty for any other resource.
pub(super) fn members(holder: &Resource, world: &World<'_>) -> BTreeSet<ResourceId> {
    match holder.id.type_id.as_str() {
        SCALING_GROUP => of_group(holder, world),
        NODE_POOL => of_pool(holder, world),
        _ => BTreeSet::new(),
    }
}

fn of_group(group: &Resource, world: &World<'_>) -> BTreeSet<ResourceId> {
    let linked = world
        .links_from(&group.id)
        .iter()
        .filter(|link| link.kind == LinkKind::Manages && link.to.type_id.as_str() == INSTANCE)
        .map(|link| link.to.clone());
    linked.chain(listed(group)).collect()
}

/// The instances that a scaling group lists as its own.
pub(super) fn listed(group: &Resource) -> impl Iterator<Item = ResourceId> {
    [CREATED, ATTACHED]
        .into_iter()
        .flat_map(|list| group.attributes.text_list(list).unwrap_or_default())
        .map(|id| sibling(&group.id, INSTANCE, id))
}

fn of_pool(pool: &Resource, world: &World<'_>) -> BTreeSet<ResourceId> {
    let groups = world
        .links_from(&pool.id)
        .iter()
        .filter(|link| link.kind == LinkKind::Manages)
        .filter_map(|link| world.get(&link.to))
        .filter(|group| group.id.type_id.as_str() == SCALING_GROUP);
    let by_group = groups.flat_map(|group| of_group(group, world));
    let by_tag = world
        .beside(&pool.id)
        .filter(|instance| {
            instance.id.type_id.as_str() == INSTANCE
                && instance.tag(NODE_POOL_TAG) == Some(pool.id.id.as_str())
        })
        .map(|instance| instance.id.clone());
    let by_node = world
        .beside(&pool.id)
        .filter(|node| {
            node.id.type_id.as_str() == "k8s.node"
                && node.text("node_pool_id") == Some(pool.id.id.as_str())
        })
        .filter_map(|node| Some(sibling(&pool.id, INSTANCE, node.text("instance_id")?)));
    by_group.chain(by_tag).chain(by_node).collect()
}

/// Whether the pool behind a holder has no desired size: `DeleteCluster` then keeps what was added to it (vendor's page on
/// deleting a cluster). Only where the pools are known.
pub(super) fn keeps_what_was_added(holder: &Resource, world: &World<'_>) -> bool {
    let has_no_size = |pool: &Resource| pool.attributes.integer("desired_nodes").is_none();
    match holder.id.type_id.as_str() {
        NODE_POOL => has_no_size(holder),
        SCALING_GROUP => {
            let pools: Vec<&Resource> = pools_of(holder, world).collect();
            !pools.is_empty() && pools.into_iter().all(has_no_size)
        }
        _ => false,
    }
}
