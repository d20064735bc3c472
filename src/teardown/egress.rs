//! Who else goes out through a NAT gateway.
//!
//! A NAT gateway serves its whole VPC (SNAT entries by range or vSwitch, and the route of its route tables), so that ACK may have made
//! it and others use it all the same. The entries are not in an inventory: whatever can send anything and stays in the VPC counts.

use super::guards::Decisions;
use super::scope::Scope;
use super::world::World;
use crate::model::{LinkKind, Resource, ResourceId};

/// Types in a VPC that send nothing out of it by themselves. Any other counts.
const SENDS_NOTHING: &[&str] = &[
    "alb.",
    "ecs.security_group",
    "nlb.",
    "privatelink.",
    "slb.",
    "vpc.",
];

/// Something in the gateway's VPC that stays and is not the scope's.
pub(super) fn user_outside(
    nat: &Resource,
    world: &World<'_>,
    scope: &Scope,
    decisions: &Decisions,
) -> Option<String> {
    if nat.id.type_id.as_str() != "vpc.nat_gateway" {
        return None;
    }
    let Some(vpc) = nat.text("vpc_id") else {
        return Some("VpcId=?".to_owned());
    };
    world
        .beside(&nat.id)
        .filter(|other| other.text("vpc_id") == Some(vpc))
        .filter(|other| !decisions.going.contains_key(&other.id))
        .find(|other| goes_out(other, world, scope))
        .map(|other| format!("{} VpcId={vpc}", other.id))
}

/// Whether a cluster of the scope, or a member of it, uses a resource.
pub(super) fn is_used_by_scope(id: &ResourceId, world: &World<'_>, scope: &Scope) -> bool {
    world.links_to(id).iter().any(|link| {
        link.kind == LinkKind::Uses
            && (scope.clusters.contains(&link.from) || scope.members.contains_key(&link.from))
    })
}

fn goes_out(other: &Resource, world: &World<'_>, scope: &Scope) -> bool {
    let type_id = other.id.type_id.as_str();
    if type_id == "vpc.vswitch" {
        // A vSwitch of the cluster stands in for nobody else; what else is in it counts by itself.
        return !is_used_by_scope(&other.id, world, scope);
    }
    let is_of_a_service = other.attributes.boolean("service_managed") == Some(true);
    !is_of_a_service && !other.id.type_id.is_kubernetes() && !sends_nothing(type_id)
}

fn sends_nothing(type_id: &str) -> bool {
    SENDS_NOTHING
        .iter()
        .any(|prefix| type_id.starts_with(prefix))
}

/// Whether something of a type sends by itself. A network interface sends for what it is attached to, which counts itself; those
/// of Pods come and go with them.
pub(super) fn sends_by_itself(type_id: &str) -> bool {
    !sends_nothing(type_id) && type_id != "ecs.network_interface"
}
