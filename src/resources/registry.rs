//! The one list that drives everything. Sorted by type id, one line each.

use super::{
    ResourceType, ack, alb, arms, cbn, cr, eci, ecs, ess, k8s, kms, mongodb, nas, nlb, oss,
    polardb, privatelink, pvtz, ram, rds, redis, resourcecenter, ros, servicemesh, slb, sls, vpc,
};

/// Every resource type that yunsweep knows.
pub static RESOURCE_TYPES: &[&dyn ResourceType] = &[
    &ack::Cluster,
    &ack::NodePool,
    &alb::Acl,
    &alb::LoadBalancer,
    &alb::ServerGroup,
    &arms::Environment,
    &cbn::Cen,
    &cbn::TransitRouterAttachment,
    &cr::Instance,
    &cr::Namespace,
    &cr::Repository,
    &eci::ContainerGroup,
    &eci::ImageCache,
    &ecs::AutoSnapshotPolicy,
    &ecs::DedicatedHost,
    &ecs::DeploymentSet,
    &ecs::Disk,
    &ecs::Image,
    &ecs::Instance,
    &ecs::KeyPair,
    &ecs::LaunchTemplate,
    &ecs::NetworkInterface,
    &ecs::ReservedInstance,
    &ecs::SecurityGroup,
    &ecs::Snapshot,
    &ess::ScalingConfiguration,
    &ess::ScalingGroup,
    &k8s::AlbConfig,
    &k8s::CronJob,
    &k8s::DaemonSet,
    &k8s::Deployment,
    &k8s::EndpointSlice,
    &k8s::HorizontalPodAutoscaler,
    &k8s::Ingress,
    &k8s::IngressClass,
    &k8s::Job,
    &k8s::Namespace,
    &k8s::Node,
    &k8s::PersistentVolume,
    &k8s::PersistentVolumeClaim,
    &k8s::Pod,
    &k8s::PodDisruptionBudget,
    &k8s::ReplicaSet,
    &k8s::Service,
    &k8s::StatefulSet,
    &k8s::StorageClass,
    &k8s::VolumeSnapshot,
    &kms::Instance,
    &mongodb::Instance,
    &nas::FileSystem,
    &nlb::LoadBalancer,
    &nlb::ServerGroup,
    &oss::Bucket,
    &polardb::Cluster,
    &privatelink::Endpoint,
    &pvtz::Zone,
    &ram::Role,
    &rds::Instance,
    &redis::Instance,
    &resourcecenter::Unmodelled,
    &ros::Stack,
    &servicemesh::Mesh,
    &slb::Acl,
    &slb::LoadBalancer,
    &sls::Logstore,
    &sls::Project,
    &vpc::CommonBandwidthPackage,
    &vpc::DhcpOptionsSet,
    &vpc::Eip,
    &vpc::FlowLog,
    &vpc::HaVip,
    &vpc::Ipv4Gateway,
    &vpc::Ipv6Gateway,
    &vpc::NatGateway,
    &vpc::NetworkAcl,
    &vpc::RouteTable,
    &vpc::RouterInterface,
    &vpc::Vpc,
    &vpc::VpnGateway,
    &vpc::VSwitch,
];

/// The type of that id.
pub fn find(type_id: &str) -> Option<&'static dyn ResourceType> {
    RESOURCE_TYPES
        .iter()
        .copied()
        .find(|resource_type| resource_type.spec().type_id.as_str() == type_id)
}

/// The types whose resources may have a link to one of that type.
pub fn linking_to(type_id: &str) -> impl Iterator<Item = &'static dyn ResourceType> + use<'_> {
    RESOURCE_TYPES.iter().copied().filter(move |from| {
        let rules = from.spec().links.iter().map(|rule| rule.to);
        let mut to = rules.chain(from.also_links_to().iter().copied());
        to.any(|to| to == type_id)
    })
}
