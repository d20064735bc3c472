//! Objects inside a Kubernetes cluster, read from its API server.
//!
//! Ids are `<cluster id>/<namespace>/<name>`, or `<cluster id>/<name>` for cluster-scoped objects.
//! None is billed itself; what it makes in the cloud is. Kept are only fields that ownership,
//! leftovers and the order of a teardown need: no Secret, no environment value, and of labels and
//! annotations only those listed in each type.

mod alb_config;
mod claims;
mod deployment;
mod ingress;
mod ingress_class;
mod namespace;
mod node;
mod object;
mod persistent_volume;
mod persistent_volume_claim;
mod pod;
mod quantity;
mod removal;
mod service;
#[cfg(test)]
mod tests;

pub use alb_config::AlbConfig;
pub use deployment::Deployment;
pub use ingress::Ingress;
pub use ingress_class::IngressClass;
pub use namespace::Namespace;
pub use node::Node;
pub use persistent_volume::PersistentVolume;
pub use persistent_volume_claim::PersistentVolumeClaim;
pub use pod::Pod;
pub use service::Service;

pub(in crate::resources) use claims::{said_by_alb_configs, said_by_services, said_by_volumes};
