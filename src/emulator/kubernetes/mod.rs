//! A Kubernetes API server for the emulator: unstructured objects behind the real protocol.
//!
//! [`Store`] holds objects as JSON, built from a scenario's manifests. [`KubernetesApi`] answers
//! requests: authentication, access rules, discovery, get and list. [`KubernetesServer`] puts it
//! behind TLS on a socket with its own certificate authority and hands out kubeconfigs.
//!
//! There is no validation, no admission and no controller here; what is read back is what the
//! scenario said plus `uid`, `resourceVersion` and `creationTimestamp`. Writing over HTTP and
//! watching are refused with a `Status`.
//!
//! Where behaviour is copied from the real API server the code names its file in
//! kubernetes/kubernetes.

mod access;
mod api;
mod certificate;
mod discovery;
mod kind;
mod selector;
mod server;
mod status;
mod store;

pub use access::{Denial, User};
pub use api::{KubernetesApi, PeerUser};
pub use certificate::CertificateError;
pub use kind::Kind;
pub use selector::{FieldSelector, LabelSelector, SelectorError};
pub use server::{Endpoint, KubernetesServer, ServerError};
pub use store::{ListError, ListOptions, Page, Store, StoreError};
