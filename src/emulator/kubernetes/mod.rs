//! A Kubernetes API server for the emulator: unstructured objects behind the real protocol.
//!
//! [`KubernetesServer`] puts [`KubernetesApi`] behind TLS on a socket with its own certificate
//! authority and hands out kubeconfigs. [`Store`] holds objects as JSON, built from a scenario's
//! manifests, and changes them by the real server's rules. [`KubernetesApi`] answers
//! requests: authentication, access rules, discovery, reading and changing. There is no validation of
//! what a kind means; watching is refused with a `Status`. `controllers` do what a cluster's own
//! controllers do when its time moves.
//!
//! Where behaviour is copied from the real API server the code names its file in
//! kubernetes/kubernetes.

mod access;
mod api;
mod certificate;
mod change;
mod controllers;
mod discovery;
mod kind;
mod selector;
mod server;
mod status;
mod store;

pub use access::{Denial, User};
pub use api::{KubernetesApi, PeerUser};
pub use certificate::CertificateError;
pub(in crate::emulator) use controllers::Infrastructure;
pub use kind::Kind;
pub use selector::{FieldSelector, LabelSelector, SelectorError};
pub use server::{Endpoint, KubernetesServer, ServerError};
pub use store::{ListError, ListOptions, Page, Store, StoreError};
