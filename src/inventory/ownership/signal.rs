//! One statement about an owner, and what statements are made from.

use std::collections::HashMap;

use crate::inventory::Inventory;
use crate::model::{Confidence, Evidence, Link, OwnerKind, Resource, ResourceId};

/// One statement about who owns a resource.
#[derive(Clone, Debug)]
pub(super) struct Signal {
    pub(super) kind: OwnerKind,
    pub(super) name: String,
    pub(super) cluster: Option<String>,
    pub(super) confidence: Confidence,
    pub(super) evidence: Evidence,
}

impl Signal {
    /// Sorts the more specific and then the surer statement first.
    pub(super) fn weight(&self) -> (u8, Confidence) {
        let specific = match self.kind {
            OwnerKind::Itself => 5,
            OwnerKind::KubernetesObject => 4,
            OwnerKind::NodePool => 3,
            OwnerKind::Resource => 2,
            OwnerKind::Cluster => 1,
            OwnerKind::None | OwnerKind::Unknown => 0,
        };
        (specific, self.confidence)
    }

    /// What kind of source it is: two tags set by one controller are one source.
    pub(super) fn source(&self) -> &str {
        self.evidence.source.split(' ').next().unwrap_or_default()
    }
}

/// The inventory, indexed for signals.
pub(super) struct World<'a> {
    by_id: HashMap<&'a ResourceId, &'a Resource>,
    links_to: HashMap<&'a ResourceId, Vec<&'a Link>>,
    links_from: HashMap<&'a ResourceId, Vec<&'a Link>>,
    names: HashMap<(&'a str, &'a str), &'a str>,
}

impl<'a> World<'a> {
    pub(super) fn new(inventory: &'a Inventory) -> Self {
        let mut links_to: HashMap<&ResourceId, Vec<&Link>> = HashMap::new();
        let mut links_from: HashMap<&ResourceId, Vec<&Link>> = HashMap::new();
        for link in &inventory.links {
            links_to.entry(&link.to).or_default().push(link);
            links_from.entry(&link.from).or_default().push(link);
        }
        let names = inventory
            .resources
            .iter()
            .filter_map(|resource| {
                let name = resource.name.as_deref()?;
                Some((
                    (resource.id.type_id.as_str(), resource.id.id.as_str()),
                    name,
                ))
            })
            .collect();
        Self {
            by_id: inventory
                .resources
                .iter()
                .map(|resource| (&resource.id, resource))
                .collect(),
            links_to,
            links_from,
            names,
        }
    }

    pub(super) fn get(&self, id: &ResourceId) -> Option<&'a Resource> {
        self.by_id.get(id).copied()
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

    /// The name of a resource, or its id.
    fn shown(&self, type_id: &'static str, id: &str) -> String {
        self.names
            .get(&(type_id, id))
            .map_or_else(|| id.to_owned(), |name| (*name).to_owned())
    }

    pub(super) fn cluster(&self, id: &str, confidence: Confidence, evidence: Evidence) -> Signal {
        Signal {
            kind: OwnerKind::Cluster,
            name: self.shown("ack.cluster", id),
            cluster: Some(id.to_owned()),
            confidence,
            evidence,
        }
    }

    pub(super) fn node_pool(
        &self,
        id: &str,
        cluster: Option<&str>,
        confidence: Confidence,
        evidence: Evidence,
    ) -> Signal {
        Signal {
            kind: OwnerKind::NodePool,
            name: self.shown("ack.node_pool", id),
            cluster: cluster.map(str::to_owned),
            confidence,
            evidence,
        }
    }
}

pub(super) fn object(
    name: String,
    cluster: Option<&str>,
    confidence: Confidence,
    evidence: Evidence,
) -> Signal {
    Signal {
        kind: OwnerKind::KubernetesObject,
        name,
        cluster: cluster.map(str::to_owned),
        confidence,
        evidence,
    }
}

pub(super) fn evidence(source: impl Into<String>, value: impl Into<String>) -> Evidence {
    Evidence {
        source: source.into(),
        value: value.into(),
    }
}

/// Whether a text has the form of an ACK cluster id: `c` and 32 hex digits.
pub(super) fn is_cluster_id(text: &str) -> bool {
    text.len() == 33
        && text.strip_prefix('c').is_some_and(|rest| {
            rest.chars()
                .all(|c| c.is_ascii_digit() || ('a'..='f').contains(&c))
        })
}
