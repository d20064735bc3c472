//! Who owns what: signals from independent sources, weighed per resource.
//!
//! Sources, strongest first: what ACK itself says (`ack_api`), what live Kubernetes objects name (`kubernetes`), tags that
//! controllers set (`tags`), what a resource hangs on (`relations`), name patterns (`names`). A derived owner authorises
//! nothing by itself; its confidence says how much it can carry.

mod ack_api;
mod kubernetes;
mod names;
mod relations;
mod signal;
mod tags;

use std::collections::{BTreeMap, BTreeSet};

use signal::{Signal, World};

use super::Inventory;
use crate::model::{Confidence, Evidence, Owner, OwnerKind, Resource};

/// Fills in the owner of every resource.
pub fn attribute(inventory: &mut Inventory) {
    let owners = {
        let world = World::new(inventory);
        let mut signals: BTreeMap<usize, Vec<Signal>> = BTreeMap::new();
        for (index, resource) in inventory.resources.iter().enumerate() {
            let mut found = Vec::new();
            ack_api::signals(resource, &world, &mut found);
            kubernetes::signals(resource, &world, &mut found);
            tags::signals(resource, &world, &mut found);
            names::signals(resource, &world, &mut found);
            signals.insert(index, found);
        }
        let direct: Vec<Owner> = inventory
            .resources
            .iter()
            .enumerate()
            .map(|(index, resource)| {
                decide(
                    resource,
                    signals.remove(&index).unwrap_or_default(),
                    inventory,
                )
            })
            .collect();
        relations::inherit(inventory, &world, direct)
    };
    for (resource, owner) in inventory.resources.iter_mut().zip(owners) {
        resource.owner = Some(owner);
    }
}

/// Weighs the signals of one resource.
fn decide(resource: &Resource, mut signals: Vec<Signal>, inventory: &Inventory) -> Owner {
    signals.sort_by_key(|signal| std::cmp::Reverse(signal.weight()));
    // A hint counts only where nothing better is known.
    if signals
        .iter()
        .any(|signal| signal.confidence > Confidence::Hint)
    {
        signals.retain(|signal| signal.confidence > Confidence::Hint);
    }
    let evidence: Vec<Evidence> = dedup(signals.iter().map(|signal| signal.evidence.clone()));
    let strongest = signals.iter().map(|signal| signal.confidence).max();
    let clusters: BTreeSet<&str> = signals
        .iter()
        .filter(|signal| Some(signal.confidence) == strongest)
        .filter_map(|signal| signal.cluster.as_deref())
        .collect();
    if clusters.len() > 1 {
        return Owner {
            kind: OwnerKind::Unknown,
            name: String::new(),
            cluster: None,
            confidence: Confidence::Hint,
            evidence,
        };
    }
    let cluster = clusters.first().map(|cluster| (*cluster).to_owned());
    // The most specific statement names the owner, as long as it does not speak of another cluster than the surest one.
    let best = signals
        .iter()
        .find(|signal| cluster.is_none() || signal.cluster.is_none() || signal.cluster == cluster);
    let Some(best) = best else {
        return nobody(resource, inventory);
    };
    let cluster = cluster.or_else(|| best.cluster.clone());
    let agreeing: BTreeSet<&str> = signals
        .iter()
        .filter(|signal| signal.cluster == cluster && signal.confidence >= Confidence::Strong)
        .map(Signal::source)
        .collect();
    let confidence = if strongest == Some(Confidence::Decisive) || agreeing.len() >= 2 {
        Confidence::Decisive
    } else {
        best.confidence
    };
    Owner {
        kind: best.kind,
        name: best.name.clone(),
        cluster,
        confidence,
        evidence,
    }
}

fn dedup(evidence: impl Iterator<Item = Evidence>) -> Vec<Evidence> {
    let mut kept: Vec<Evidence> = Vec::new();
    for one in evidence {
        if !kept.contains(&one) {
            kept.push(one);
        }
    }
    kept
}

/// What is listed per cluster and can name an owner.
const NAMING_PER_CLUSTER: &[&str] = &[
    "ack.node_pool",
    "k8s.alb_config",
    "k8s.node",
    "k8s.persistent_volume",
    "k8s.service",
];

/// What was not asked of the clusters that may own the resource: a scan of some types only.
fn unasked(resource: &Resource, inventory: &Inventory) -> Vec<Evidence> {
    let mut missing = Vec::new();
    let clusters = inventory.resources.iter().filter(|cluster| {
        cluster.id.type_id.as_str() == "ack.cluster"
            && cluster.id.account == resource.id.account
            && (cluster.id.region == resource.id.region || resource.id.region.is_global())
    });
    for cluster in clusters {
        for type_id in NAMING_PER_CLUSTER {
            let is_asked = inventory.coverage.iter().any(|row| {
                row.type_id.as_str() == *type_id && row.cell.parent.as_ref() == Some(&cluster.id)
            });
            if !is_asked {
                missing.push(Evidence {
                    source: format!("{type_id} not read"),
                    value: "not asked".to_owned(),
                });
            }
        }
    }
    missing
}

/// Nothing names an owner. That means "none" only where everything that could name one was read.
fn nobody(resource: &Resource, inventory: &Inventory) -> Owner {
    let mut clusters_were_asked = false;
    let mut holes: Vec<Evidence> = Vec::new();
    for row in &inventory.coverage {
        let names_owners = row.type_id.product() == "ack" || row.type_id.is_kubernetes();
        if !names_owners || row.cell.account != resource.id.account {
            continue;
        }
        // A cluster owns things of its own region only.
        if row.cell.region != resource.id.region && !resource.id.region.is_global() {
            continue;
        }
        clusters_were_asked |= row.type_id.as_str() == "ack.cluster";
        if row.state.is_hole() {
            holes.push(Evidence {
                source: format!("{} not read", row.type_id),
                value: row.state.as_str().to_owned(),
            });
        }
    }
    if !clusters_were_asked {
        holes.push(Evidence {
            source: "ack.cluster not read".to_owned(),
            value: "not asked".to_owned(),
        });
    }
    holes.extend(unasked(resource, inventory));
    if holes.is_empty() {
        return Owner {
            kind: OwnerKind::None,
            name: String::new(),
            cluster: None,
            confidence: Confidence::Strong,
            evidence: Vec::new(),
        };
    }
    Owner {
        kind: OwnerKind::Unknown,
        name: String::new(),
        cluster: None,
        confidence: Confidence::Hint,
        evidence: dedup(holes.into_iter()),
    }
}

#[cfg(test)]
mod tests;
