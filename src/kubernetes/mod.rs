//! Speaks to the Kubernetes API of a cluster: a thin wrapper around kube-rs.
//!
//! kube-rs does TLS, client certificates, tokens and connections. Requests and answers are plain
//! JSON here, so that an object of any kind and version can be read and a field we do not know is
//! no error. This module knows no kind's meaning. [`ClusterClient`] cannot change anything;
//! [`ClusterEditor`], which only the teardown makes, can delete and nothing else.
//!
//! An API server that cannot be read is a hole in the coverage; [`KubernetesError`] says which:
//! not reachable, login refused, permission missing, or the kind not installed.

mod client;
mod discovery;
mod editor;
mod error;
mod kubeconfig;
mod list;
mod object;
mod plugin;
mod proxy;

pub use client::{ApiServerVersion, ClientOptions, ClusterClient, InProcessServer};
pub use discovery::{AggregatedApi, Content, Contents, DiscoveredResource, Discovery};
pub use editor::{ClusterEditor, DeleteOutcome, Propagation};
pub use error::{ErrorClass, KubernetesError, Unreachable};
pub use kubeconfig::KubeconfigError;
pub use list::{ApiResourceRef, ListQuery};
pub use object::{Life, ObjectRef};
pub use proxy::ProxySettings;
