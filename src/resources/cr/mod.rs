//! Container Registry (ACR) in both editions: Enterprise, API version 2018-12-01, and Personal, API version 2016-06-07
//! (`cr-personal`).
//!
//! An Enterprise registry is an instance with namespaces of its own. The Personal edition has no instance: an account that
//! opened it has one set of namespaces in each region. Both are one type each, `cr.namespace` and `cr.repository`, because
//! people mean both; what tells them apart is the attribute `edition` and the id.
//!
//! Ids are as in an image's address: `my-namespace`, `my-namespace/my-app` (Personal), `cri-1/my-namespace`,
//! `cri-1/my-namespace/my-app` (Enterprise, with the instance before it). The lists of an Enterprise instance name namespaces and
//! not their `crn-` ids, so only names connect a repository to its namespace.

mod instance;
mod namespace;
mod removal;
mod repository;

pub use instance::Instance;
pub use namespace::Namespace;
pub use repository::Repository;

/// Values of the attribute `edition`.
const ENTERPRISE: &str = "Enterprise";
const PERSONAL: &str = "Personal";
