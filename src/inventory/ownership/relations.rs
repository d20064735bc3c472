//! Owners that follow from what a resource hangs on, where nothing names one directly: the load balancer of an EIP, the
//! project of a Logstore, the instance of a disk, the VPC of its default security group.

use std::collections::HashMap;

use super::signal::{World, evidence};
use crate::inventory::Inventory;
use crate::model::{Confidence, LinkKind, Owner, OwnerKind, Resource, ResourceId};
use crate::resources::ecs::DEFAULT_GROUP_DESCRIPTION;

/// What a type hangs on, in this order, and whether the owner is that resource itself or that resource's owner.
const CARRIERS: &[(&str, &[(&str, Carry)])] = &[
    (
        "vpc.eip",
        &[
            ("alb.load_balancer", Carry::Itself),
            ("nlb.load_balancer", Carry::Itself),
            ("slb.load_balancer", Carry::Itself),
            ("vpc.nat_gateway", Carry::Owner),
            ("ecs.instance", Carry::Owner),
            ("ecs.network_interface", Carry::Owner),
        ],
    ),
    ("sls.logstore", &[("sls.project", Carry::Owner)]),
    ("cr.namespace", &[("cr.instance", Carry::Owner)]),
    ("cr.repository", &[("cr.namespace", Carry::Owner)]),
    ("ecs.disk", &[("ecs.instance", Carry::Owner)]),
    (
        "ess.scaling_configuration",
        &[("ess.scaling_group", Carry::Owner)],
    ),
    ("ecs.network_interface", &[("ecs.instance", Carry::Owner)]),
    ("vpc.route_table", &[("vpc.vpc", Carry::Itself)]),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Carry {
    Itself,
    Owner,
}

/// Completes the owners: direct ones stay, the rest take over their carrier's.
pub(super) fn inherit(
    inventory: &Inventory,
    world: &World<'_>,
    mut owners: Vec<Owner>,
) -> Vec<Owner> {
    let index: HashMap<&ResourceId, usize> = inventory
        .resources
        .iter()
        .enumerate()
        .map(|(index, resource)| (&resource.id, index))
        .collect();
    // Chains are short (repository, namespace, instance): three rounds settle them.
    for _ in 0..3 {
        for (position, resource) in inventory.resources.iter().enumerate() {
            let current = owners
                .get(position)
                .map(|owner| (owner.kind, owner.confidence));
            let is_open = matches!(current, Some((OwnerKind::None | OwnerKind::Unknown, _)));
            // An EIP that ACK lists is the cluster's; one on a load balancer is shown under that load balancer.
            let may_refine = resource.id.type_id.as_str() == "vpc.eip";
            if !is_open && !may_refine {
                continue;
            }
            let inherited = carrier(resource, world).and_then(|(carrier, carry, via)| {
                let carrier_owner = index
                    .get(&carrier.id)
                    .and_then(|index| owners.get(*index))?;
                take_over(carrier, carrier_owner, carry, via, is_open)
            });
            let is_none = matches!(current, Some((OwnerKind::None, _)));
            let unclear = is_none.then(|| unclear_carrier(resource, world, &index, &owners));
            let default_group = is_open.then(|| default_group_owner(resource)).flatten();
            if let (Some(owner), Some(slot)) = (
                inherited.or(default_group).or(unclear.flatten()),
                owners.get_mut(position),
            ) {
                *slot = owner;
            }
        }
    }
    owners
}

fn carrier<'a>(resource: &Resource, world: &World<'a>) -> Option<(&'a Resource, Carry, &'a str)> {
    named_carriers(resource, world)
        .into_iter()
        .find_map(|(id, carry, via)| Some((world.get(id)?, carry, via)))
}

/// What the resource hangs on by its links, whether or not that was read.
fn named_carriers<'a>(
    resource: &Resource,
    world: &World<'a>,
) -> Vec<(&'a ResourceId, Carry, &'a str)> {
    let carriers = CARRIERS
        .iter()
        .find(|(type_id, _)| *type_id == resource.id.type_id.as_str())
        .map(|(_, carriers)| *carriers)
        .unwrap_or_default();
    let mut named = Vec::new();
    for (type_id, carry) in carriers {
        let is_that = |id: &ResourceId| id.type_id.as_str() == *type_id;
        let outgoing = world
            .links_from(&resource.id)
            .iter()
            .filter(|link| link.kind == LinkKind::Uses && is_that(&link.to))
            .map(|link| (&link.to, *carry, link.via.as_str()));
        let incoming = world
            .links_to(&resource.id)
            .iter()
            .filter(|link| link.kind != LinkKind::MadeFrom && is_that(&link.from))
            .map(|link| (&link.from, *carry, link.via.as_str()));
        named.extend(outgoing.chain(incoming));
    }
    named
}

/// Where what it hangs on was not read, or has an unknown owner itself, "none" would be a guess.
fn unclear_carrier(
    resource: &Resource,
    world: &World<'_>,
    index: &HashMap<&ResourceId, usize>,
    owners: &[Owner],
) -> Option<Owner> {
    let (id, via) = named_carriers(resource, world)
        .into_iter()
        .find(|(id, ..)| {
            index
                .get(id)
                .and_then(|index| owners.get(*index))
                .is_none_or(|owner| owner.kind == OwnerKind::Unknown)
        })
        .map(|(id, _, via)| (id, via))?;
    Some(Owner {
        kind: OwnerKind::Unknown,
        name: String::new(),
        cluster: None,
        confidence: Confidence::Hint,
        evidence: vec![evidence(
            format!("{via} names something of unknown owner"),
            id.id.clone(),
        )],
    })
}

fn take_over(
    carrier: &Resource,
    owner: &Owner,
    carry: Carry,
    via: &str,
    is_open: bool,
) -> Option<Owner> {
    let mut why = vec![evidence(via, carrier.id.id.clone())];
    match carry {
        Carry::Itself => Some(Owner {
            kind: OwnerKind::Resource,
            name: format!("{} {}", carrier.id.type_id, carrier.id.id),
            cluster: owner.cluster.clone(),
            // Who is behind it is as sure as who owns the carrier.
            confidence: owner.confidence.min(Confidence::Strong),
            evidence: why,
        }),
        Carry::Owner if is_open && !matches!(owner.kind, OwnerKind::None | OwnerKind::Unknown) => {
            why.extend(owner.evidence.iter().cloned());
            Some(Owner {
                confidence: owner.confidence.min(Confidence::Strong),
                evidence: why,
                ..owner.clone()
            })
        }
        Carry::Owner => None,
    }
}

/// The security group that ECS makes with a VPC, recognised by its description.
fn default_group_owner(resource: &Resource) -> Option<Owner> {
    if resource.id.type_id.as_str() != "ecs.security_group"
        || resource.text("description") != Some(DEFAULT_GROUP_DESCRIPTION)
    {
        return None;
    }
    let vpc = resource.text("vpc_id")?;
    Some(Owner {
        kind: OwnerKind::Resource,
        name: format!("vpc.vpc {vpc}"),
        cluster: None,
        confidence: Confidence::Hint,
        evidence: vec![evidence("description", DEFAULT_GROUP_DESCRIPTION)],
    })
}
