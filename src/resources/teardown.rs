//! How a resource is taken down: what forbids it, which calls do it, and how its absence is proven.
//!
//! A type that can be deleted implements [`Teardown`]; one that does not is list-only. Everything here but
//! [`Teardown::observe`] is pure: a plan is made of the calls, complete, and the executor sends them as they stand.

use std::collections::BTreeMap;
use std::time::Duration;

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::reader::{ListError, Reader};
use super::{Neighbours, Title};
use crate::model::{Region, Resource, ResourceId};

/// One call of a plan. Nothing about it is decided when it is sent, except the ClientToken, which the journal keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "to", rename_all = "snake_case", deny_unknown_fields)]
pub enum Call {
    /// An operation of the OpenAPI.
    Cloud(CloudCall),
    /// The deletion of an object in a cluster.
    Cluster(ObjectDeletion),
}

/// An operation of the OpenAPI with its arguments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CloudCall {
    /// Product code of the contract.
    pub product: String,
    /// Operation.
    pub action: String,
    /// Region asked.
    pub region: Region,
    /// Arguments by the contract's names, those of path and host too, without ClientToken.
    pub arguments: BTreeMap<String, String>,
    /// JSON body, for operations that take one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
    /// Whether the contract has a ClientToken: the same call with the same token then counts once.
    pub takes_client_token: bool,
}

/// The deletion of one object in a cluster, by name and UID: a re-created object of the same name is another one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObjectDeletion {
    /// The cluster.
    pub cluster: ResourceId,
    /// API group; empty for the core group.
    pub group: String,
    /// Version.
    pub version: String,
    /// Plural name in paths.
    pub plural: String,
    /// Namespace, where the kind has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// Name.
    pub name: String,
    /// UID, sent as precondition.
    pub uid: String,
}

/// What a call is for, in the order in which the calls of one step are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Switches protection off. Reversible.
    Unprotect,
    /// Loosens it from what it is bound to. Reversible.
    Detach,
    /// Deletes it. Final.
    Delete,
}

/// A call, what it is for, and what takes it back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedCall {
    /// What for.
    pub purpose: Purpose,
    /// The call.
    pub call: Call,
    /// What takes it back while nothing final was done to the resource; absent for final calls.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undo: Option<Call>,
}

/// How strictly a resource is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kept {
    /// In no plan, whatever the user says.
    Always,
    /// Only where the user names it, by id or by a flag for its kind.
    UnlessNamed,
}

/// Why a resource is not deleted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refusal {
    /// How strictly.
    pub kept: Kept,
    /// Stable code, the key of its message: `service_managed`, `subscription`, `default`, `reused_by_user`, `static_volume`,
    /// `made_by_user`, `protected`, `shared`, `unreadable`.
    pub code: String,
    /// The fact it rests on, by the vendor's names: `ServiceManaged=true`.
    pub because: String,
}

/// What one look at a resource found.
#[derive(Debug)]
pub enum Observation {
    /// It exists; read anew, so that its fingerprint can be compared.
    Present(Box<Resource>),
    /// It does not: the type's own code or an answer without it, confirmed by one successful look in its own region.
    Gone,
    /// Nobody can tell.
    Unknown(ListError),
}

/// How long a deletion takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Between two looks.
    pub poll: Duration,
    /// After that long without being gone, a person has to look.
    pub deadline: Duration,
}

/// What a plan asks of a type about one of its resources.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wishes {
    /// Whether the user named this resource, by id or by a flag for its kind.
    pub is_named: bool,
    /// Delete options of the cluster, computed by the plan: what ACK is to delete or keep, by its option names.
    pub cluster_options: BTreeMap<String, String>,
    /// Ids that ACK is to keep.
    pub retained: Vec<String>,
}

/// A type whose resources can be deleted.
pub trait Teardown: Send + Sync {
    /// Whether this resource is kept, and why. Pure; fails closed: what cannot be read is kept. The same function serves
    /// plan and apply.
    fn refuse(&self, resource: &Resource, near: &Neighbours<'_>) -> Option<Refusal>;

    /// Types whose resources [`Teardown::refuse`] looks at: they are read anew right before each call. What clusters say about
    /// a resource counts for every type of the cloud.
    fn rests_on(&self) -> &'static [&'static str] {
        &["ack.cluster"]
    }

    /// The calls that take it down, in order. Pure. Empty where nothing can delete it directly: it goes with its manager.
    fn calls(
        &self,
        resource: &Resource,
        near: &Neighbours<'_>,
        wishes: &Wishes,
    ) -> Vec<PlannedCall>;

    /// Operations of the cloud that [`Teardown::calls`] may hold for any resource of the type, undos among them: product code of
    /// the contracts, and action. Objects in clusters are deleted by their own verb.
    fn sends(&self) -> Vec<(&'static str, &'static str)>;

    /// Looks whether it is still there.
    fn observe<'a>(&'a self, api: &'a Reader, id: &'a ResourceId) -> BoxFuture<'a, Observation>;

    /// How long it takes.
    fn pace(&self) -> Pace;

    /// Data that is lost with it, in words for people.
    fn loses(&self, resource: &Resource) -> Option<Title>;

    /// Behaviour that its deletion rests on and no source confirms; ids of `docs/unverified.md`, printed with the step.
    fn assumptions(&self) -> &'static [&'static str] {
        &[]
    }
}
