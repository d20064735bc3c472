"""Every list operation of the resource types, as the official SDKs call it.

A row says how pages are asked for, where the items stand and what names them. It knows nothing of the emulator's own tables:
where both disagree, one of them is wrong.
"""

from dataclasses import dataclass, field
from typing import Callable

CLUSTER = "c7e1a0c5b2d94f6e8a3b1c0d9e8f70042"
PROJECT = "k8s-log-" + CLUSTER


@dataclass(frozen=True)
class Number:
    """Pages by number: the names of number and size in the request model, and the path of the total in the answer."""

    number: str = "page_number"
    size: str = "page_size"
    total: str = "TotalCount"


@dataclass(frozen=True)
class Token:
    """Pages by token. ECS makes pages of fewer than ten items ten large (pagination notes of the ECS API)."""

    smallest: int = 1
    size: str = "max_results"
    token: str = "next_token"
    token_answer: str = "NextToken"


@dataclass(frozen=True)
class Offset:
    """Pages by offset."""

    offset: str = "offset"
    size: str = "size"
    total: str = "total"


@dataclass(frozen=True)
class Whole:
    """Not paged."""


@dataclass(frozen=True)
class Operation:
    """One list operation of one SDK package."""

    package: str
    host: str
    method: str
    request: str
    items: str
    identity: str
    expected: Callable
    pages: tuple = (Whole(),)
    arguments: dict = field(default_factory=dict)
    path: tuple = ()

    @property
    def name(self):
        return f"{self.package}.{self.request.removesuffix('Request')}"


@dataclass(frozen=True)
class Collection:
    """The items of a collection of the scenario file, without the emulator's own fields."""

    name: str

    def __call__(self, world):
        return [{key: value for key, value in item.items() if not key.startswith("_")} for item in world["collections"].get(self.name, [])]


def cluster(part):
    """Rows of the first cluster."""
    return lambda world: world["clusters"][0][part]


def clusters(world):
    """Every cluster's own item."""
    return [cluster["detail"] for cluster in world["clusters"]]


def log_stores(world):
    """ListLogStores answers names only."""
    return [item["logstoreName"] for item in Collection("sls/logstore")(world)]


REGION = {"region_id": "cn-hangzhou"}
BOTH = (Token(smallest=10), Number())
NUMBER = (Number(),)
TOKEN = (Token(),)
CR_NUMBER = Number(number="page_no")


def ecs(method, request, items, identity, name, **more):
    return Operation("ecs20140526", "ecs.cn-hangzhou", method, request, items, identity, Collection(name), arguments=REGION, **{"pages": BOTH, **more})


def vpc(method, request, items, identity, name, pages=NUMBER, **more):
    return Operation("vpc20160428", "vpc.cn-hangzhou", method, request, items, identity, Collection(name), pages, **{"arguments": REGION, **more})


def cs(method, request, items, identity, expected, **more):
    return Operation("cs20151215", "cs.cn-hangzhou", method, request, items, identity, expected, **more)


def cr(method, request, items, identity, name, pages=(CR_NUMBER,), **more):
    return Operation("cr20181201", "cr.cn-hangzhou", method, request, items, identity, Collection(name), pages, **more)


def personal(method, request, items, identity, name, pages=(Number("page", "page_size", "data.total"),), **more):
    return Operation("cr20160607", "cr.cn-hangzhou", method, request, items, identity, Collection(name), pages, **more)


def alb(method, request, items, identity, name):
    return Operation("alb20200616", "alb.cn-hangzhou", method, request, items, identity, Collection(name), TOKEN)


def nlb(method, request, items, identity, name):
    return Operation("nlb20220430", "nlb.cn-hangzhou", method, request, items, identity, Collection(name), TOKEN, arguments=REGION)


def slb(method, request, items, identity, name, pages=NUMBER, **more):
    return Operation("slb20140515", "slb.cn-hangzhou", method, request, items, identity, Collection(name), pages, **{"arguments": REGION, **more})


def cbn(method, request, items, identity, name, pages, **more):
    return Operation("cbn20170912", "cbn", method, request, items, identity, Collection(name), pages, **more)


def regions(world):
    """DescribeRegions lists ids."""
    return [{"RegionId": region} for region in world["regions"]]


OPERATIONS = [
    alb("list_acls", "ListAclsRequest", "Acls", "AclId", "alb/acl"),
    alb("list_listeners", "ListListenersRequest", "Listeners", "ListenerId", "alb/listener"),
    alb("list_load_balancers", "ListLoadBalancersRequest", "LoadBalancers", "LoadBalancerId", "alb/load_balancer"),
    alb("list_rules", "ListRulesRequest", "Rules", "RuleId", "alb/rule"),
    alb("list_server_groups", "ListServerGroupsRequest", "ServerGroups", "ServerGroupId", "alb/server_group"),
    Operation("arms20190808", "arms.cn-hangzhou", "list_environments", "ListEnvironmentsRequest", "Data.Environments", "EnvironmentId", Collection("arms/environment"), arguments=REGION),
    cbn("describe_cens", "DescribeCensRequest", "Cens.Cen", "CenId", "cbn/cen", NUMBER),
    cbn("list_transit_router_vpc_attachments", "ListTransitRouterVpcAttachmentsRequest", "TransitRouterAttachments", "TransitRouterAttachmentId", "cbn/transit_router_attachment", TOKEN, arguments=REGION),
    cr("list_instance", "ListInstanceRequest", "Instances", "InstanceId", "cr/instance"),
    cr("list_namespace", "ListNamespaceRequest", "Namespaces", "NamespaceId", "cr/namespace", arguments={"instance_id": "cri-oracle000000001"}),
    cr("list_repository", "ListRepositoryRequest", "Repositories", "RepoId", "cr/repository", arguments={"instance_id": "cri-oracle000000001", "repo_status": "ALL"}),
    personal("get_namespace_list", "GetNamespaceListRequest", "data.namespaces", "namespace", "cr-personal/namespace", pages=(Whole(),)),
    personal("get_repo_list", "GetRepoListRequest", "data.repos", "repoName", "cr-personal/repository"),
    personal("get_repo_list_by_namespace", "GetRepoListByNamespaceRequest", "data.repos", "repoName", "cr-personal/repository", path=("my-namespace",)),
    personal("get_repo_tags", "GetRepoTagsRequest", "data.tags", "tag", "cr-personal/tag", path=("my-namespace", "my-app")),
    cs("describe_clusters_v1", "DescribeClustersV1Request", "clusters", "cluster_id", clusters, pages=(Number(total="page_info.total_count"),)),
    cs("describe_clusters_for_region", "DescribeClustersForRegionRequest", "clusters", "cluster_id", clusters, pages=(Number(total="page_info.total_count"),), path=("cn-hangzhou",)),
    cs("describe_cluster_node_pools", "DescribeClusterNodePoolsRequest", "nodepools", "nodepool_info.nodepool_id", cluster("nodepools"), path=(CLUSTER,)),
    cs("describe_cluster_nodes", "DescribeClusterNodesRequest", "nodes", "instance_id", cluster("nodes"), pages=(Number(total="page.total_count"),), path=(CLUSTER,)),
    cs("describe_cluster_resources", "DescribeClusterResourcesRequest", "", "instance_id", cluster("resources"), path=(CLUSTER,)),
    ecs("describe_auto_snapshot_policy_ex", "DescribeAutoSnapshotPolicyExRequest", "AutoSnapshotPolicies.AutoSnapshotPolicy", "AutoSnapshotPolicyId", "ecs/auto_snapshot_policy", pages=NUMBER),
    ecs("describe_dedicated_hosts", "DescribeDedicatedHostsRequest", "DedicatedHosts.DedicatedHost", "DedicatedHostId", "ecs/dedicated_host"),
    ecs("describe_deployment_sets", "DescribeDeploymentSetsRequest", "DeploymentSets.DeploymentSet", "DeploymentSetId", "ecs/deployment_set", pages=NUMBER),
    ecs("describe_disks", "DescribeDisksRequest", "Disks.Disk", "DiskId", "ecs/disk"),
    ecs("describe_images", "DescribeImagesRequest", "Images.Image", "ImageId", "ecs/image", pages=NUMBER),
    ecs("describe_instances", "DescribeInstancesRequest", "Instances.Instance", "InstanceId", "ecs/instance"),
    ecs("describe_key_pairs", "DescribeKeyPairsRequest", "KeyPairs.KeyPair", "KeyPairName", "ecs/key_pair", pages=NUMBER),
    ecs("describe_launch_templates", "DescribeLaunchTemplatesRequest", "LaunchTemplateSets.LaunchTemplateSet", "LaunchTemplateId", "ecs/launch_template", pages=NUMBER),
    ecs("describe_network_interfaces", "DescribeNetworkInterfacesRequest", "NetworkInterfaceSets.NetworkInterfaceSet", "NetworkInterfaceId", "ecs/network_interface"),
    Operation("ecs20140526", "ecs.cn-hangzhou", "describe_regions", "DescribeRegionsRequest", "Regions.Region", "RegionId", regions),
    ecs("describe_reserved_instances", "DescribeReservedInstancesRequest", "ReservedInstances.ReservedInstance", "ReservedInstanceId", "ecs/reserved_instance", pages=NUMBER),
    ecs("describe_security_groups", "DescribeSecurityGroupsRequest", "SecurityGroups.SecurityGroup", "SecurityGroupId", "ecs/security_group"),
    ecs("describe_snapshot_links", "DescribeSnapshotLinksRequest", "SnapshotLinks.SnapshotLink", "SnapshotLinkId", "ecs/snapshot_link"),
    ecs("describe_snapshots", "DescribeSnapshotsRequest", "Snapshots.Snapshot", "SnapshotId", "ecs/snapshot"),
    Operation("ess20220222", "ess.cn-hangzhou", "describe_scaling_configurations", "DescribeScalingConfigurationsRequest", "ScalingConfigurations", "ScalingConfigurationId", Collection("ess/scaling_configuration"), NUMBER, arguments=REGION),
    Operation("ess20220222", "ess.cn-hangzhou", "describe_scaling_groups", "DescribeScalingGroupsRequest", "ScalingGroups", "ScalingGroupId", Collection("ess/scaling_group"), NUMBER, arguments=REGION),
    nlb("list_listeners", "ListListenersRequest", "Listeners", "ListenerId", "nlb/listener"),
    nlb("list_load_balancers", "ListLoadBalancersRequest", "LoadBalancers", "LoadBalancerId", "nlb/load_balancer"),
    nlb("list_server_groups", "ListServerGroupsRequest", "ServerGroups", "ServerGroupId", "nlb/server_group"),
    slb("describe_access_control_lists", "DescribeAccessControlListsRequest", "Acls.Acl", "AclId", "slb/acl"),
    slb("describe_health_status", "DescribeHealthStatusRequest", "BackendServers.BackendServer", "ServerId", "slb/backend", pages=(Whole(),), arguments={**REGION, "load_balancer_id": "lb-bp1labapiserver000001"}),
    slb("describe_load_balancer_listeners", "DescribeLoadBalancerListenersRequest", "Listeners", "VServerGroupId", "slb/listener", pages=TOKEN),
    slb("describe_load_balancers", "DescribeLoadBalancersRequest", "LoadBalancers.LoadBalancer", "LoadBalancerId", "slb/load_balancer"),
    Operation("sls20201230", "cn-hangzhou.log", "list_project", "ListProjectRequest", "projects", "projectName", Collection("sls/project"), (Offset(),)),
    Operation("sls20201230", "cn-hangzhou.log", "list_log_stores", "ListLogStoresRequest", "logstores", "", log_stores, (Offset(),), path=(PROJECT,)),
    vpc("describe_common_bandwidth_packages", "DescribeCommonBandwidthPackagesRequest", "CommonBandwidthPackages.CommonBandwidthPackage", "BandwidthPackageId", "vpc/common_bandwidth_package"),
    vpc("describe_eip_addresses", "DescribeEipAddressesRequest", "EipAddresses.EipAddress", "AllocationId", "vpc/eip"),
    vpc("describe_flow_logs", "DescribeFlowLogsRequest", "FlowLogs.FlowLog", "FlowLogId", "vpc/flow_log"),
    vpc("describe_ha_vips", "DescribeHaVipsRequest", "HaVips.HaVip", "HaVipId", "vpc/ha_vip"),
    vpc("describe_ipv_6gateways", "DescribeIpv6GatewaysRequest", "Ipv6Gateways.Ipv6Gateway", "Ipv6GatewayId", "vpc/ipv6_gateway"),
    vpc("describe_nat_gateways", "DescribeNatGatewaysRequest", "NatGateways.NatGateway", "NatGatewayId", "vpc/nat_gateway"),
    vpc("describe_network_acls", "DescribeNetworkAclsRequest", "NetworkAcls.NetworkAcl", "NetworkAclId", "vpc/network_acl"),
    vpc("describe_route_table_list", "DescribeRouteTableListRequest", "RouterTableList.RouterTableListType", "RouteTableId", "vpc/route_table"),
    vpc("describe_router_interfaces", "DescribeRouterInterfacesRequest", "RouterInterfaceSet.RouterInterfaceType", "RouterInterfaceId", "vpc/router_interface"),
    vpc("describe_snat_table_entries", "DescribeSnatTableEntriesRequest", "SnatTableEntries.SnatTableEntry", "SnatEntryId", "vpc/snat_entry", arguments={**REGION, "nat_gateway_id": "ngw-bp1labnat000000000001"}),
    vpc("describe_ssl_vpn_servers", "DescribeSslVpnServersRequest", "SslVpnServers.SslVpnServer", "SslVpnServerId", "vpc/ssl_vpn_server"),
    vpc("describe_vswitches", "DescribeVSwitchesRequest", "VSwitches.VSwitch", "VSwitchId", "vpc/vswitch"),
    vpc("describe_vpcs", "DescribeVpcsRequest", "Vpcs.Vpc", "VpcId", "vpc/vpc"),
    vpc("describe_vpn_connections", "DescribeVpnConnectionsRequest", "VpnConnections.VpnConnection", "VpnConnectionId", "vpc/vpn_connection"),
    vpc("describe_vpn_gateways", "DescribeVpnGatewaysRequest", "VpnGateways.VpnGateway", "VpnGatewayId", "vpc/vpn_gateway"),
    vpc("list_dhcp_options_sets", "ListDhcpOptionsSetsRequest", "DhcpOptionsSets", "DhcpOptionsSetId", "vpc/dhcp_options_set", pages=TOKEN),
    vpc("list_ipv_4gateways", "ListIpv4GatewaysRequest", "Ipv4GatewayModels", "Ipv4GatewayId", "vpc/ipv4_gateway", pages=TOKEN),
]
