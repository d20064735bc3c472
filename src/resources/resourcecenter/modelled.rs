//! The names of Resource Center for what has a type of its own here.
//!
//! The names are those that Alibaba Cloud's own MCP server declares as supported
//! (<https://github.com/aliyun/alibaba-cloud-ops-mcp-server>), and those of the page on automatic transfer between resource groups
//! (<https://www.alibabacloud.com/help/en/resource-management/resource-group/user-guide/automatic-resource-transfer>); that of KMS is
//! the one of Cloud Config's rule `kms-instance-multi-zone`.

/// The vendor's name of a type, and the type here that lists such resources.
const MODELLED: &[(&str, &str)] = &[
    ("ACS::ACK::Cluster", "ack.cluster"),
    ("ACS::ALB::Acl", "alb.acl"),
    // A part of its load balancer here.
    ("ACS::ALB::Listener", "alb.load_balancer"),
    ("ACS::ALB::LoadBalancer", "alb.load_balancer"),
    ("ACS::ALB::ServerGroup", "alb.server_group"),
    ("ACS::ARMS::Prometheus", "arms.environment"),
    (
        "ACS::CBWP::CommonBandwidthPackage",
        "vpc.common_bandwidth_package",
    ),
    ("ACS::CEN::CenInstance", "cbn.cen"),
    (
        "ACS::CEN::TransitRouterVpcAttachment",
        "cbn.transit_router_attachment",
    ),
    ("ACS::CR::Instance", "cr.instance"),
    ("ACS::CR::Namespace", "cr.namespace"),
    ("ACS::CR::Repository", "cr.repository"),
    ("ACS::ECI::ContainerGroup", "eci.container_group"),
    ("ACS::ECI::ImageCache", "eci.image_cache"),
    ("ACS::ECS::AutoSnapshotPolicy", "ecs.auto_snapshot_policy"),
    ("ACS::ECS::DedicatedHost", "ecs.dedicated_host"),
    ("ACS::ECS::Disk", "ecs.disk"),
    ("ACS::ECS::Image", "ecs.image"),
    ("ACS::ECS::Instance", "ecs.instance"),
    ("ACS::ECS::KeyPair", "ecs.key_pair"),
    ("ACS::ECS::LaunchTemplate", "ecs.launch_template"),
    ("ACS::ECS::NetworkInterface", "ecs.network_interface"),
    ("ACS::ECS::SecurityGroup", "ecs.security_group"),
    ("ACS::ECS::Snapshot", "ecs.snapshot"),
    ("ACS::EIP::EipAddress", "vpc.eip"),
    ("ACS::ESS::ScalingGroup", "ess.scaling_group"),
    ("ACS::KMS::Instance", "kms.instance"),
    ("ACS::MongoDB::DBInstance", "mongodb.instance"),
    ("ACS::NAS::FileSystem", "nas.file_system"),
    ("ACS::NAT::NatGateway", "vpc.nat_gateway"),
    ("ACS::NLB::Listener", "nlb.load_balancer"),
    ("ACS::NLB::LoadBalancer", "nlb.load_balancer"),
    ("ACS::NLB::ServerGroup", "nlb.server_group"),
    ("ACS::OSS::Bucket", "oss.bucket"),
    ("ACS::PolarDB::DBCluster", "polardb.cluster"),
    ("ACS::PrivateLink::VpcEndpoint", "privatelink.endpoint"),
    ("ACS::PrivateZone::Zone", "pvtz.zone"),
    ("ACS::RDS::DBInstance", "rds.instance"),
    ("ACS::ROS::Stack", "ros.stack"),
    ("ACS::Redis::DBInstance", "redis.instance"),
    ("ACS::SLB::AccessControlList", "slb.acl"),
    ("ACS::SLB::LoadBalancer", "slb.load_balancer"),
    // Goes with its load balancer, and has no price.
    ("ACS::SLB::VServerGroup", "slb.load_balancer"),
    ("ACS::SLS::LogStore", "sls.logstore"),
    ("ACS::SLS::Project", "sls.project"),
    ("ACS::VPC::DhcpOptionsSet", "vpc.dhcp_options_set"),
    ("ACS::VPC::FlowLog", "vpc.flow_log"),
    ("ACS::VPC::HaVip", "vpc.ha_vip"),
    ("ACS::VPC::Ipv4Gateway", "vpc.ipv4_gateway"),
    ("ACS::VPC::Ipv6Gateway", "vpc.ipv6_gateway"),
    ("ACS::VPC::NetworkAcl", "vpc.network_acl"),
    ("ACS::VPC::RouteTable", "vpc.route_table"),
    ("ACS::VPC::VPC", "vpc.vpc"),
    ("ACS::VPC::VSwitch", "vpc.vswitch"),
    ("ACS::VPN::SslVpnServer", "vpc.vpn_gateway"),
    ("ACS::VPN::VpnConnection", "vpc.vpn_gateway"),
    ("ACS::VPN::VpnGateway", "vpc.vpn_gateway"),
];

/// Products whose entries are identities and folders of an organisation: nobody is billed for them.
const NOT_RESOURCES: &[&str] = &["ACS::CloudSSO::", "ACS::RAM::", "ACS::ResourceManager::"];

/// Whether resources of that type are listed by a type of their own, or are none.
pub(super) fn is_modelled(resource_type: &str) -> bool {
    MODELLED
        .binary_search_by_key(&resource_type, |(name, _)| name)
        .is_ok()
        || NOT_RESOURCES
            .iter()
            .any(|product| resource_type.starts_with(product))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resources::find;

    #[test]
    fn the_table_is_sorted_and_leads_to_types_that_are() {
        assert!(MODELLED.is_sorted_by(|a, b| a.0 < b.0));
        for (name, type_id) in MODELLED {
            assert!(find(type_id).is_some(), "{name}: no type {type_id}");
        }
    }

    /// Types whose names in Resource Center no source says, or that are not in it: node pools and configurations are parts.
    const WITHOUT_A_KNOWN_NAME: &[&str] = &[
        "ack.node_pool",
        "ecs.deployment_set",
        "ecs.reserved_instance",
        "ess.scaling_configuration",
        "ram.role",
        "resourcecenter.unmodelled",
        "servicemesh.mesh",
        "vpc.router_interface",
    ];

    #[test]
    fn each_type_of_the_cloud_has_its_name_or_is_known_to_have_none() {
        for found in crate::resources::RESOURCE_TYPES {
            let type_id = &found.spec().type_id;
            if type_id.is_kubernetes() {
                continue;
            }
            let is_named = MODELLED.iter().any(|(_, known)| *known == type_id.as_str());
            let is_nameless = WITHOUT_A_KNOWN_NAME.contains(&type_id.as_str());
            assert!(is_named != is_nameless, "{type_id}");
        }
    }

    #[test]
    fn what_has_a_file_is_modelled_and_identities_are_no_resources() {
        assert!(is_modelled("ACS::ECS::Instance"));
        assert!(is_modelled("ACS::RAM::User"));
        assert!(!is_modelled("ACS::AliKafka::Instance"));
        assert!(!is_modelled("ACS::ECS::Instances"));
        assert!(!is_modelled(""));
    }
}
