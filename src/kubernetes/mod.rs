//! Reads the Kubernetes API of a cluster: a thin wrapper around kube-rs.
//!
//! kube-rs does TLS, client certificates, tokens and connections. Requests and answers are plain
//! JSON here, so that an object of any kind and version can be read and a field we do not know is
//! no error. This module knows no kind's meaning and never writes.
//!
//! An API server that cannot be read is a hole in the coverage; [`KubernetesError`] says which:
//! not reachable, login refused, permission missing, or the kind not installed.

mod client;
mod error;
mod kubeconfig;
mod list;
mod proxy;

pub use client::{ApiServerVersion, ClientOptions, ClusterClient, InProcessServer};
pub use error::{ErrorClass, KubernetesError, Unreachable};
pub use kubeconfig::KubeconfigError;
pub use list::{ApiResourceRef, ListQuery};
pub use proxy::ProxySettings;
