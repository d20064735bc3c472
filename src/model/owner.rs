//! Owners: the cluster, node pool or Kubernetes object that a resource belongs to, and why we think so.

use serde::{Deserialize, Serialize};

/// What kind of thing owns a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OwnerKind {
    /// An ACK cluster.
    Cluster,
    /// A node pool of an ACK cluster.
    NodePool,
    /// An object in a cluster: `AlbConfig alb`, `PersistentVolumeClaim my-app/data`.
    KubernetesObject,
    /// Another cloud resource (the ALB of an EIP, the VPC of its system route table).
    Resource,
    /// The resource owns itself (a cluster).
    Itself,
    /// No owner: everything that could name one was read, and nothing does.
    None,
    /// Not known: something that could name an owner could not be read.
    Unknown,
}

/// How much an owner statement can carry. Deleting on a derived owner needs more than one signal or [`Confidence::Decisive`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// A name pattern or a neighbour: a hint.
    Hint,
    /// One strong signal, such as a tag.
    Strong,
    /// The manager itself says so (`DescribeClusterResources`, an id in its status), or two strong signals agree.
    Decisive,
}

/// One signal behind an owner statement.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// Where it was seen, by the vendor's name: `tag ack.aliyun.com`, `DescribeClusterResources auto_create`.
    pub source: String,
    /// What it said; untrusted text.
    pub value: String,
}

/// The owner of a resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Owner {
    /// What kind of thing it is.
    pub kind: OwnerKind,
    /// Its id or name as shown to people; empty for [`OwnerKind::None`] and [`OwnerKind::Unknown`].
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Id of the cluster behind the owner, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<String>,
    /// How sure.
    pub confidence: Confidence,
    /// Why, strongest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
}
