//! Links: edges between resources, and what each means for order.

use serde::{Deserialize, Serialize};

use super::ResourceId;

/// What an edge means. `from` is the resource that has the field we read, unless only the far end has one: an address
/// says which load balancer uses it, not the load balancer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkKind {
    /// `from` needs `to`; `from` goes before `to` (a disk uses its instance's VPC, an object its cluster).
    Uses,
    /// `from` makes and removes `to`; `from` goes first, `to` is then observed.
    Manages,
    /// `from` is a Kubernetes object whose controller keeps the cloud resource `to`; `from` goes first.
    Exposes,
    /// `from` was made from `to`; orders nothing unless the API blocks it.
    MadeFrom,
}

impl LinkKind {
    /// The code shown to people and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Uses => "uses",
            Self::Manages => "manages",
            Self::Exposes => "exposes",
            Self::MadeFrom => "made_from",
        }
    }
}

/// One edge. The far end may be missing from the inventory: that is a fact too (a snapshot of a deleted disk).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// The resource that has the field, as a rule.
    pub from: ResourceId,
    /// What the edge means.
    pub kind: LinkKind,
    /// The resource that the field names.
    pub to: ResourceId,
    /// The field that says so, by the vendor's name.
    pub via: String,
}
