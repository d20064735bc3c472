//! Objects inside a Kubernetes cluster, read from its API server.
//!
//! Ids are `<cluster id>/<namespace>/<name>`, or `<cluster id>/<name>` for cluster-scoped objects.
//! None is billed itself; what it makes in the cloud is. Kept are only fields that ownership,
//! leftovers and the order of a teardown need: no Secret, no environment value, and of labels and
//! annotations only those listed in each type.

mod alb_config;
mod claims;
mod cron_job;
mod daemon_set;
mod deployment;
mod endpoint_slice;
mod horizontal_pod_autoscaler;
mod ingress;
mod ingress_class;
mod job;
mod namespace;
mod node;
mod object;
mod persistent_volume;
mod persistent_volume_claim;
mod pod;
mod pod_disruption_budget;
mod quantity;
mod removal;
mod replica_set;
mod service;
mod stateful_set;
mod storage_class;
#[cfg(test)]
mod tests;
mod volume_snapshot;

use crate::kubernetes::ApiResourceRef;

pub use alb_config::AlbConfig;
pub use cron_job::CronJob;
pub use daemon_set::DaemonSet;
pub use deployment::Deployment;
pub use endpoint_slice::EndpointSlice;
pub use horizontal_pod_autoscaler::HorizontalPodAutoscaler;
pub use ingress::Ingress;
pub use ingress_class::IngressClass;
pub use job::Job;
pub use namespace::Namespace;
pub use node::Node;
pub use persistent_volume::PersistentVolume;
pub use persistent_volume_claim::PersistentVolumeClaim;
pub use pod::Pod;
pub use pod_disruption_budget::PodDisruptionBudget;
pub use replica_set::ReplicaSet;
pub use service::Service;
pub use stateful_set::StatefulSet;
pub use storage_class::StorageClass;
pub use volume_snapshot::VolumeSnapshot;

pub(in crate::resources) use claims::{said_by_alb_configs, said_by_services, said_by_volumes};

/// How the API servers name the kinds that are read, by type.
pub static KINDS: &[(&str, &ApiResourceRef)] = &[
    ("k8s.alb_config", &alb_config::API),
    ("k8s.cron_job", &cron_job::API),
    ("k8s.daemon_set", &daemon_set::API),
    ("k8s.deployment", &deployment::API),
    ("k8s.endpoint_slice", &endpoint_slice::API),
    (
        "k8s.horizontal_pod_autoscaler",
        &horizontal_pod_autoscaler::API,
    ),
    ("k8s.ingress", &ingress::API),
    ("k8s.ingress_class", &ingress_class::API),
    ("k8s.job", &job::API),
    ("k8s.namespace", &namespace::API),
    ("k8s.node", &node::API),
    ("k8s.persistent_volume", &persistent_volume::API),
    ("k8s.persistent_volume_claim", &persistent_volume_claim::API),
    ("k8s.pod", &pod::API),
    ("k8s.pod_disruption_budget", &pod_disruption_budget::API),
    ("k8s.replica_set", &replica_set::API),
    ("k8s.service", &service::API),
    ("k8s.stateful_set", &stateful_set::API),
    ("k8s.storage_class", &storage_class::API),
    ("k8s.volume_snapshot", &volume_snapshot::API),
];
