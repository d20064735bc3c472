//! Resource types: what can be listed, how its answers are read, what it is linked to, what it is billed for.
//!
//! One file per type, `resources/<product>/<type>.rs`, and one line in [`RESOURCE_TYPES`]. Most of a type is data
//! ([`Spec`]): which operation lists it, which fields are kept, which of them name other resources. What data cannot say,
//! a type says in code by overriding a method of [`ResourceType`]. Scan, coverage, pricing, docs, RAM policy and tests are
//! derived from the list.

pub mod ack;
pub mod alb;
pub mod arms;
pub mod cbn;
pub mod cluster;
pub mod cr;
pub mod decode;
pub mod detail;
pub mod eci;
pub mod ecs;
pub mod ess;
pub mod field;
pub mod joined;
pub mod k8s;
pub mod kms;
pub mod listeners;
pub mod listing;
pub mod mongodb;
pub mod nas;
pub mod neighbours;
pub mod nlb;
pub mod oss;
pub mod polardb;
pub mod privatelink;
pub mod pvtz;
pub mod ram;
pub mod rds;
pub mod reader;
pub mod redis;
pub mod registry;
pub mod removal;
pub mod resourcecenter;
pub mod ros;
pub mod servicemesh;
pub mod slb;
pub mod sls;
pub mod teardown;
#[cfg(test)]
pub mod testing;
pub mod vpc;

use futures::stream::BoxStream;
use serde_json::Value;

pub use decode::DecodeError;
pub use field::{Field, Fields, LinkRule, Tags};
pub use listing::{Argument, Listing};
pub use neighbours::Neighbours;
pub use reader::{ListError, Reader};
pub use registry::{RESOURCE_TYPES, find, linking_to};

use crate::model::{Cell, Charge, Link, Resource, TypeId};

/// A text in the languages that every message exists in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Title {
    /// English.
    pub en: &'static str,
    /// Simplified Chinese.
    pub zh: &'static str,
}

/// What the cells of a type are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListedPer {
    /// Once per account.
    Account,
    /// Once per region.
    Region,
    /// Once per resource of another type (a cluster's node pools, a project's Logstores).
    Parent(TypeIdConst),
    /// Once per region, and once per resource of another type: where things live in a parent or directly in the region
    /// (Container Registry: the namespaces of an Enterprise instance, and those of the Personal edition, which has none).
    RegionAndParent(TypeIdConst),
}

/// A type id in a constant.
pub type TypeIdConst = &'static str;

/// Who is billed for resources of a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Billing {
    /// The resource has charges of its own (which may turn out free): [`ResourceType::charges`] names them.
    Charged,
    /// Never billed itself.
    Free,
}

/// What deleting a resource of this type can destroy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Risk {
    /// Data that exists nowhere else.
    Data,
    /// Something that others may be using now.
    Service,
    /// Nothing that cannot be made again.
    None,
}

/// Everything about a type that is data.
#[derive(Debug)]
pub struct Spec {
    /// `ecs.disk`. For ever.
    pub type_id: TypeId,
    /// What people call it.
    pub title: Title,
    /// What its cells are.
    pub listed_per: ListedPer,
    /// The operation that lists it; `None` where [`ResourceType::list`] is overridden (Kubernetes).
    pub listing: Option<Listing>,
    /// Further operations that `list` sends, as `product:Action`.
    pub also_reads: &'static [&'static str],
    /// The vendor's page of the list operation.
    pub docs: &'static str,
    /// Who pays.
    pub billing: Billing,
    /// What a deletion can destroy.
    pub risk: Risk,
    /// What is kept of an item.
    pub fields: Fields,
    /// Which attributes name other resources.
    pub links: &'static [LinkRule],
    /// Behaviour that this type relies on and no source confirms; generated into `docs/unverified.md`.
    pub unverified: &'static [&'static str],
}

/// A resource type.
///
/// The methods that have a default do what the [`Spec`] says; override one only for what data cannot express.
pub trait ResourceType: Send + Sync + 'static {
    /// The type as data.
    fn spec(&self) -> &'static Spec;

    /// The items of one cell, as the vendor answers them (or put together from several answers by this type).
    ///
    /// An error inside the stream is a hole in the cell's coverage; items after it still count. A stream that ends
    /// without an error promises that it gave everything.
    fn list<'a>(
        &'a self,
        api: &'a Reader,
        cell: &'a Cell,
    ) -> BoxStream<'a, Result<Value, ListError>> {
        listing::list(self.spec(), api, cell)
    }

    /// Reads one item. Pure. Keeps the declared fields only; anything that may hold a secret is never declared.
    fn decode(&self, raw: &Value, cell: &Cell) -> Result<Resource, DecodeError> {
        decode::decode(self.spec(), raw, cell)
    }

    /// The resources that this one names. Pure.
    fn links(&self, resource: &Resource) -> Vec<Link> {
        field::links(self.spec().links, resource)
    }

    /// Types that [`ResourceType::links`] may lead to from here beyond the rules of the [`Spec`]. By these a teardown knows whom
    /// to ask what uses a resource.
    fn also_links_to(&self) -> &'static [TypeIdConst] {
        &[]
    }

    /// What is billed for it. Pure. `near` decides waivers (an EIP bound to an instance) and exceptions.
    fn charges(&self, resource: &Resource, near: &Neighbours<'_>) -> Vec<Charge> {
        let _ = (resource, near);
        Vec::new()
    }

    /// How its resources are taken down; without it the type is only listed.
    fn teardown(&self) -> Option<&dyn teardown::Teardown> {
        None
    }
}
