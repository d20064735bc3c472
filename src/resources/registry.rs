//! The one list that drives everything. Sorted by type id, one line each.

use super::{ResourceType, ack, alb, arms, cr, ecs, ess, k8s, nlb, privatelink, slb, sls, vpc};

/// Every resource type that yunsweep knows.
pub static RESOURCE_TYPES: &[&dyn ResourceType] = &[
    &ack::Cluster,
    &ack::NodePool,
    &alb::LoadBalancer,
    &alb::ServerGroup,
    &arms::Environment,
    &cr::Instance,
    &cr::Namespace,
    &cr::Repository,
    &ecs::Disk,
    &ecs::Image,
    &ecs::Instance,
    &ecs::NetworkInterface,
    &ecs::SecurityGroup,
    &ecs::Snapshot,
    &ess::ScalingGroup,
    &k8s::AlbConfig,
    &k8s::Deployment,
    &k8s::Ingress,
    &k8s::IngressClass,
    &k8s::Namespace,
    &k8s::Node,
    &k8s::PersistentVolume,
    &k8s::PersistentVolumeClaim,
    &k8s::Pod,
    &k8s::Service,
    &nlb::LoadBalancer,
    &privatelink::Endpoint,
    &slb::LoadBalancer,
    &sls::Logstore,
    &sls::Project,
    &vpc::Eip,
    &vpc::NatGateway,
    &vpc::Vpc,
    &vpc::VSwitch,
];

/// The type of that id.
pub fn find(type_id: &str) -> Option<&'static dyn ResourceType> {
    RESOURCE_TYPES
        .iter()
        .copied()
        .find(|resource_type| resource_type.spec().type_id.as_str() == type_id)
}
