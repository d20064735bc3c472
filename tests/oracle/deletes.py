"""How things go away, as a user of the official SDKs sees it: one story for each, in an emulator of its own.

Codes and HTTP statuses are those of the vendor's error tables (OpenAPI metadata of July 2024) and parameter documentation, not the
emulator's; where a table has none for the case, the line says `assumed`.
"""

ALB, ARMS, CR, CR_PERSONAL, CS, ECS, ESS = "alb20200616", "arms20190808", "cr20181201", "cr20160607", "cs20151215", "ecs20140526", "ess20220222"
NLB, SLB, SLS, VPC = "nlb20220430", "slb20140515", "sls20201230", "vpc20160428"

REGION = "cn-hangzhou"
CLUSTER = "c7e1a0c5b2d94f6e8a3b1c0d9e8f70042"
NODE_POOL = "np3f9c2a7b1d4e6085c7a9e2b4d6f80042"
PROJECT = "k8s-log-" + CLUSTER
NETWORK = "vpc-bp1labnetwork00000001"
BALANCER = "alb-labsop000000000042"
SERVER_GROUP = "sgp-labsop000000000001"
CLASSIC = "lb-bp1labapiserver000001"
GATEWAY, GATEWAY_EIP = "ngw-bp1labnat000000000001", "eip-bp1labnat000000000001"
INSTANCE, OTHER_INSTANCE = "i-bp1labworker00000001", "i-bp1labworker00000002"
VOLUME, ORPHAN = "d-bp1labvolume00000001", "d-bp1laborphan00000001"
IMAGE, IMAGE_SNAPSHOT = "m-bp1labimage000000001", "s-bp1labimage000000001"
EMPTY_NETWORK, EMPTY_SWITCHES = "vpc-oracle0000000000001", ["vsw-oracle0000000000001", "vsw-oracle0000000000002"]
LOOSE_GROUP = "sg-oracle0000000000001"
LOOSE_DISK = "d-oracle0000000000001"
REGISTRY = "cri-oracle000000001"


def with_more(world):
    """The laboratory with an empty network of two vSwitches, a security group that nothing uses, and an attached disk that no Pod
    uses: the cluster attaches its own again."""
    collections = world["collections"]
    network, switch, group = (collections[name][0] for name in ("vpc/vpc", "vpc/vswitch", "ecs/security_group"))
    collections["vpc/vpc"].append({**network, "VpcId": EMPTY_NETWORK, "VSwitchIds": {"VSwitchId": EMPTY_SWITCHES}, "NatGatewayIds": {"NatGatewayIds": []}})
    collections["vpc/vswitch"] += [{**switch, "VSwitchId": identifier, "VpcId": EMPTY_NETWORK} for identifier in EMPTY_SWITCHES]
    collections["ecs/security_group"].append({**group, "SecurityGroupId": LOOSE_GROUP, "VpcId": EMPTY_NETWORK})
    volume = next(disk for disk in collections["ecs/disk"] if disk["DiskId"] == VOLUME)
    collections["ecs/disk"].append({**volume, "DiskId": LOOSE_DISK, "Tags": {"Tag": []}})
    return world


def listed(session, package, method, items, identity, **fields):
    """The ids that a list answers."""
    answer = session.call(package, method, **fields)
    for name in items.split("."):
        answer = answer[name]
    return {item[identity] for item in answer}


def alb_balancers(session):
    return listed(session, ALB, "list_load_balancers", "LoadBalancers", "LoadBalancerId")


def eips(session):
    answer = session.call(VPC, "describe_eip_addresses", region_id=REGION, page_size=50)
    return {item["AllocationId"]: item["Status"] for item in answer["EipAddresses"]["EipAddress"]}


def gateways(session):
    answer = session.call(VPC, "describe_nat_gateways", region_id=REGION)
    return {item["NatGatewayId"]: item["Status"] for item in answer["NatGateways"]["NatGateway"]}


def disks(session):
    answer = session.call(ECS, "describe_disks", region_id=REGION, page_size=50, page_number=1)
    return {item["DiskId"]: item["Status"] for item in answer["Disks"]["Disk"]}


def instances(session):
    answer = session.call(ECS, "describe_instances", region_id=REGION)
    return {item["InstanceId"]: item for item in answer["Instances"]["Instance"]}


def switches(session, network):
    return listed(session, VPC, "describe_vswitches", "VSwitches.VSwitch", "VSwitchId", region_id=REGION, vpc_id=network)


def task_ends(session, task, cluster=CLUSTER):
    """Polls a task of ACK to its end."""
    states = []

    def look():
        body = session.call(CS, "describe_task_info", task)
        session.expect("the task's cluster", body["cluster_id"], cluster)
        states.append(body["state"])
        return body if body["state"] != "running" else None

    ended = session.until("the task ends", look)
    session.expect("the task's end", ended["state"], "success")
    session.expect("the task's first state", states[0], "running")


def cluster_with_defaults(session):
    """What `DeleteCluster` keeps when nothing is said: ALBs, log projects; and what nobody asked ACK about: volumes, EIPs."""
    answer = session.call(CS, "delete_cluster", CLUSTER)
    session.expect("the cluster", answer["cluster_id"], CLUSTER)
    session.expect("its state", session.call(CS, "describe_cluster_detail", CLUSTER)["state"], "deleting")
    again = session.call(CS, "delete_cluster", CLUSTER)
    session.expect("the task of a second delete (assumed)", again["task_id"], answer["task_id"])
    task_ends(session, answer["task_id"])
    session.refused(404, "ErrorClusterNotFound", CS, "describe_cluster_detail", CLUSTER)
    session.refused(404, "ErrorClusterNotFound", CS, "delete_cluster", CLUSTER)
    session.expect("clusters", session.call(CS, "describe_clusters_v1")["clusters"], [])
    session.expect("ALBs", alb_balancers(session), {BALANCER})
    session.expect("NAT gateways", gateways(session), {})
    session.expect("the gateway's EIP", eips(session)[GATEWAY_EIP], "Available")
    session.expect("CLBs", listed(session, SLB, "describe_load_balancers", "LoadBalancers.LoadBalancer", "LoadBalancerId", region_id=REGION), set())
    session.expect("scaling groups", listed(session, ESS, "describe_scaling_groups", "ScalingGroups", "ScalingGroupId", region_id=REGION), set())
    session.expect("instances", instances(session), {})
    session.expect("disks", disks(session), dict.fromkeys((VOLUME, LOOSE_DISK, ORPHAN), "Available"))
    session.expect("the log project", session.call(SLS, "get_project", PROJECT)["projectName"], PROJECT)
    # Network interfaces and the security group lag behind the task.
    session.until("network interfaces go", lambda: not listed(session, ECS, "describe_network_interfaces", "NetworkInterfaceSets.NetworkInterfaceSet", "NetworkInterfaceId", region_id=REGION))
    session.until("the cluster's security group goes", lambda: "sg-bp1labcluster0000001" not in listed(session, ECS, "describe_security_groups", "SecurityGroups.SecurityGroup", "SecurityGroupId", region_id=REGION))
    session.expect("vSwitches that the user made", len(switches(session, NETWORK)), 2)
    session.expect("the task is still there", session.call(CS, "describe_task_info", answer["task_id"])["state"], "success")


def cluster_with_options(session):
    """`delete_options` and `retain_resources`, as the SDK writes them into the query."""
    from alibabacloud_cs20151215 import models

    def options(**modes):
        return [models.DeleteClusterRequestDeleteOptions(resource_type=kind, delete_mode=mode) for kind, mode in modes.items()]

    session.refused(400, "InvalidParameter", CS, "delete_cluster", CLUSTER, delete_options=options(Everything="delete"))
    session.refused(400, "InvalidParameter", CS, "delete_cluster", CLUSTER, delete_options=options(ALB="Delete"))
    session.expect("its state after refusals", session.call(CS, "describe_cluster_detail", CLUSTER)["state"], "running")
    answer = session.call(CS, "delete_cluster", CLUSTER, delete_options=options(ALB="delete", SLS_Data="delete", SLB="retain"), retain_resources=[GATEWAY, INSTANCE])
    task_ends(session, answer["task_id"])
    session.until("the ALB goes", lambda: not alb_balancers(session))
    session.expect("server groups stay", listed(session, ALB, "list_server_groups", "ServerGroups", "ServerGroupId"), {SERVER_GROUP})
    session.expect("the retained gateway", gateways(session), {GATEWAY: "Available"})
    session.expect("its EIP", eips(session), {GATEWAY_EIP: "InUse"})
    session.expect("the retained instance", set(instances(session)), {INSTANCE})

    def log_project_is_gone():
        return PROJECT not in listed(session, SLS, "list_project", "projects", "projectName")

    session.until("the log project goes", log_project_is_gone)
    session.refused(404, "ProjectNotExist", SLS, "get_project", PROJECT)


def cluster_with_everything_retained(session):
    """`retain_all_resources` keeps what `DescribeClusterResources` lists."""
    answer = session.call(CS, "delete_cluster", CLUSTER, retain_all_resources=True)
    task_ends(session, answer["task_id"])
    session.refused(404, "ErrorClusterNotFound", CS, "describe_cluster_detail", CLUSTER)
    session.expect("instances", set(instances(session)), {INSTANCE, OTHER_INSTANCE})
    session.expect("NAT gateways", gateways(session), {GATEWAY: "Available"})
    session.expect("CLBs", listed(session, SLB, "describe_load_balancers", "LoadBalancers.LoadBalancer", "LoadBalancerId", region_id=REGION), {CLASSIC})
    session.expect("disks", len(disks(session)), 5)


def protected_cluster(session):
    """Deletion protection of a cluster; the refusal's code is assumed."""
    session.call(CS, "modify_cluster", CLUSTER, deletion_protection=True)
    session.expect("protection", session.call(CS, "describe_cluster_detail", CLUSTER)["deletion_protection"], True)
    session.refused(403, "StatusForbidden", CS, "delete_cluster", CLUSTER)
    answer = session.call(CS, "modify_cluster", CLUSTER, deletion_protection=False)
    session.expect("the task of ModifyCluster", session.call(CS, "describe_task_info", answer["task_id"])["state"], "success")
    # The security group of a cluster is protected until the cluster is gone, and nobody can switch that off.
    session.refused(403, "InvalidOperation.DeletionProtection", ECS, "delete_security_group", region_id=REGION, security_group_id="sg-bp1labcluster0000001")
    session.refused(404, "ErrorTaskNotFound", CS, "describe_task_info", "T-000000000000000000000000")


def node_pool(session):
    """A node pool with nodes goes with force only."""
    session.refused(400, "InvalidParameter", CS, "delete_cluster_nodepool", CLUSTER, NODE_POOL)
    session.refused(404, "ErrorNodePoolNotFound", CS, "delete_cluster_nodepool", CLUSTER, "np00000000", force=True)
    answer = session.call(CS, "delete_cluster_nodepool", CLUSTER, NODE_POOL, force=True)
    task_ends(session, answer["task_id"])
    session.expect("node pools", session.call(CS, "describe_cluster_node_pools", CLUSTER)["nodepools"], [])
    session.expect("nodes", session.call(CS, "describe_cluster_nodes", CLUSTER)["nodes"], [])
    session.until("instances go", lambda: not instances(session))


def application_balancer(session):
    """Protection, dry run, a job that tells of the end, the same ClientToken twice; the server group after it."""
    session.refused(400, "OperationDenied.DeletionProtectionEnabled", ALB, "delete_load_balancer", load_balancer_id=BALANCER)
    session.refused(400, "OperationDenied.DeletionProtectionEnabled", ALB, "delete_load_balancer", load_balancer_id=BALANCER, dry_run=True)
    session.refused(400, "ResourceInUse.ServerGroup", ALB, "delete_server_group", server_group_id=SERVER_GROUP)
    session.refused(400, "DryRunOperation", ALB, "disable_deletion_protection", resource_id=BALANCER, dry_run=True)
    session.expect("protection after a dry run", session.call(ALB, "get_load_balancer_attribute", load_balancer_id=BALANCER)["DeletionProtectionConfig"]["Enabled"], True)
    session.call(ALB, "disable_deletion_protection", resource_id=BALANCER)
    session.call(ALB, "enable_deletion_protection", resource_id=BALANCER)
    session.refused(400, "OperationDenied.DeletionProtectionEnabled", ALB, "delete_load_balancer", load_balancer_id=BALANCER)
    session.call(ALB, "disable_deletion_protection", resource_id=BALANCER)
    session.refused(400, "DryRunOperation", ALB, "delete_load_balancer", load_balancer_id=BALANCER, dry_run=True)
    session.refused(404, "ResourceNotFound.LoadBalancer", ALB, "delete_load_balancer", load_balancer_id="alb-nobody")
    job = session.call(ALB, "delete_load_balancer", load_balancer_id=BALANCER, client_token="oracle-1")["JobId"]
    session.expect("the job of the same token", session.call(ALB, "delete_load_balancer", load_balancer_id=BALANCER, client_token="oracle-1")["JobId"], job)
    session.expect("status", session.call(ALB, "get_load_balancer_attribute", load_balancer_id=BALANCER)["LoadBalancerStatus"], "Deleting")
    session.refused(400, "IncorrectStatus.LoadBalancer", ALB, "delete_load_balancer", load_balancer_id=BALANCER)
    session.refused(400, "IncorrectStatus.LoadBalancer", ALB, "enable_deletion_protection", resource_id=BALANCER)

    def ended():
        [found] = session.call(ALB, "list_asyn_jobs", job_ids=[job])["Jobs"]
        session.expect("the job's resource", (found["ResourceId"], found["ApiName"], found["OperateType"]), (BALANCER, "DeleteLoadBalancer", "Delete"))
        return found["Status"] if found["Status"] != "Processing" else None

    session.expect("the job", session.until("the job ends", ended), "Succeeded")
    session.expect("jobs by resource", [found["Id"] for found in session.call(ALB, "list_asyn_jobs", resource_ids=[BALANCER])["Jobs"]], [job])
    session.expect("ALBs", alb_balancers(session), set())
    session.refused(404, "ResourceNotFound.LoadBalancer", ALB, "get_load_balancer_attribute", load_balancer_id=BALANCER)
    session.refused(404, "ResourceNotFound.LoadBalancer", ALB, "delete_load_balancer", load_balancer_id=BALANCER)
    session.refused(404, "ResourceNotFound.LoadBalancer", ALB, "disable_deletion_protection", resource_id=BALANCER)
    [group] = session.call(ALB, "list_server_groups")["ServerGroups"]
    session.expect("what the server group is used by", group.get("RelatedLoadBalancerIds"), [])
    session.refused(400, "DryRunOperation", ALB, "delete_server_group", server_group_id=SERVER_GROUP, dry_run=True)
    session.call(ALB, "delete_server_group", server_group_id=SERVER_GROUP)
    session.until("the server group goes", lambda: not session.call(ALB, "list_server_groups")["ServerGroups"])
    session.refused(404, "ResourceNotFound.ServerGroup", ALB, "delete_server_group", server_group_id=SERVER_GROUP)


def classic_balancer(session):
    """The two protections of a CLB. Modification protection is the console's and does not stop the API."""
    named = {"region_id": REGION, "load_balancer_id": CLASSIC}
    session.call(SLB, "set_load_balancer_delete_protection", delete_protection="on", **named)
    session.call(SLB, "set_load_balancer_modification_protection", modification_protection_status="ConsoleProtection", modification_protection_reason="oracle", **named)
    attributes = session.call(SLB, "describe_load_balancer_attribute", **named)
    found = [attributes[name] for name in ("DeleteProtection", "ModificationProtectionStatus", "ModificationProtectionReason")]
    session.expect("protections", found, ["on", "ConsoleProtection", "oracle"])
    session.refused(400, "OperationDenied.DeleteProtectionIsOn", SLB, "delete_load_balancer", **named)
    session.call(SLB, "set_load_balancer_modification_protection", modification_protection_status="NonProtection", **named)
    session.refused(400, "OperationDenied.DeleteProtectionIsOn", SLB, "delete_load_balancer", **named)
    session.call(SLB, "set_load_balancer_delete_protection", delete_protection="off", **named)
    session.call(SLB, "delete_load_balancer", **named)
    session.until("the CLB goes", lambda: not session.call(SLB, "describe_load_balancers", **named)["LoadBalancers"]["LoadBalancer"])
    # Assumed for these three: the vendor's tables have no code for a load balancer that is not there; Terraform's provider knows this one.
    for method, fields in {"describe_load_balancer_attribute": {}, "delete_load_balancer": {}, "set_load_balancer_delete_protection": {"delete_protection": "off"}}.items():
        session.refused(404, "InvalidLoadBalancerId.NotFound", SLB, method, **named, **fields)


def network_balancer(session):
    """Protection, dry run and job of an NLB, then its server group."""
    named = {"region_id": REGION, "load_balancer_id": "nlb-oracle000000001"}
    group = {"region_id": REGION, "server_group_id": "sgp-oracle000000001"}
    session.call(NLB, "update_load_balancer_protection", deletion_protection_enabled=True, deletion_protection_reason="oracle", modification_protection_status="ConsoleProtection", **named)
    attributes = session.call(NLB, "get_load_balancer_attribute", **named)
    session.expect("protection", (attributes["DeletionProtectionConfig"]["Enabled"], attributes["ModificationProtectionConfig"]["Status"]), (True, "ConsoleProtection"))
    session.refused(400, "OperationDenied.DeletionProtectionEnabled", NLB, "delete_load_balancer", **named)
    session.refused(400, "ResourceInUse.ServerGroup", NLB, "delete_server_group", **group)
    session.call(NLB, "update_load_balancer_protection", deletion_protection_enabled=False, modification_protection_status="NonProtection", **named)
    session.refused(400, "DryRunOperation", NLB, "delete_load_balancer", dry_run=True, **named)
    job = session.call(NLB, "delete_load_balancer", **named)["JobId"]
    session.expect("the job", session.call(NLB, "get_job_status", job_id=job)["Status"], "Processing")
    session.refused(400, "IncorrectStatus.loadbalancer", NLB, "delete_load_balancer", **named)
    session.until("the job ends", lambda: session.call(NLB, "get_job_status", job_id=job)["Status"] == "Succeeded")
    session.refused(404, "ResourceNotFound.loadBalancer", NLB, "get_load_balancer_attribute", **named)
    session.refused(404, "ResourceNotFound.loadBalancer", NLB, "delete_load_balancer", **named)
    session.refused(404, "ResourceNotFound.JobId", NLB, "get_job_status", job_id="no-such-job")
    job = session.call(NLB, "delete_server_group", **group)["JobId"]
    session.until("the job ends", lambda: session.call(NLB, "get_job_status", job_id=job)["Status"] == "Succeeded")
    session.refused(404, "ResourceNotFound.serverGroup", NLB, "delete_server_group", **group)


def gateway_and_address(session):
    """A NAT gateway, its SNAT entry and its EIP in the only order that works."""
    eip, gateway = {"region_id": REGION, "allocation_id": GATEWAY_EIP}, {"region_id": REGION, "nat_gateway_id": GATEWAY}
    binding = {**eip, "instance_id": GATEWAY, "instance_type": "Nat"}
    entry = {"region_id": REGION, "snat_table_id": "stb-bp1labnat000000000001", "snat_entry_id": "snat-bp1labnat000000000001"}
    session.refused(400, "IncorrectEipStatus", VPC, "release_eip_address", **eip)
    session.refused(400, "DependencyViolation.SnatEntry", VPC, "delete_nat_gateway", **gateway)
    session.refused(400, "InvalidIpStatus.HasBeenUsedBySnatTable", VPC, "unassociate_eip_address", **binding)
    session.refused(404, "InvalidSnatTableId.NotFound", VPC, "delete_snat_entry", **{**entry, "snat_table_id": "stb-nobody"})
    session.call(VPC, "delete_snat_entry", **entry)
    session.until("the SNAT entry goes", lambda: not session.call(VPC, "describe_snat_table_entries", **gateway)["SnatTableEntries"]["SnatTableEntry"])
    session.refused(404, "InvalidSnatEntryId.NotFound", VPC, "delete_snat_entry", **entry)
    session.refused(400, "DependencyViolation.EIPS", VPC, "delete_nat_gateway", **gateway)
    session.refused(404, "InvalidBindInstance.NotFound", VPC, "unassociate_eip_address", **{**binding, "instance_id": "ngw-nobody"})
    session.refused(400, "InvalidInstanceType.ValueNotSupported", VPC, "unassociate_eip_address", **{**eip, "instance_id": GATEWAY})
    session.call(VPC, "unassociate_eip_address", **binding)
    session.refused(400, "IncorrectEipStatus", VPC, "release_eip_address", **eip)
    session.until("the EIP is unbound", lambda: eips(session)[GATEWAY_EIP] == "Available")
    session.refused(400, "DeletionProtection.TypeNotSupport", VPC, "deletion_protection", region_id=REGION, instance_id=GATEWAY, type="VPC", protection_enable=True)
    session.refused(400, "DeletionProtection.ResourceNotExist", VPC, "deletion_protection", region_id=REGION, instance_id="ngw-nobody", type="NATGW", protection_enable=True)
    for kind, identifier, method, fields in [("NATGW", GATEWAY, "delete_nat_gateway", gateway), ("EIP", GATEWAY_EIP, "release_eip_address", eip)]:
        session.call(VPC, "deletion_protection", region_id=REGION, instance_id=identifier, type=kind, protection_enable=True)
        session.refused(400, "InvalidOperation.DeletionProtection", VPC, method, **fields)
        session.call(VPC, "deletion_protection", region_id=REGION, instance_id=identifier, type=kind, protection_enable=False)
        session.call(VPC, method, **fields)
    session.refused(400, "IncorrectStatus.NatGateway", VPC, "delete_nat_gateway", **gateway)
    session.until("the EIP goes", lambda: GATEWAY_EIP not in eips(session))
    session.refused(404, "InvalidAllocationId.NotFound", VPC, "release_eip_address", **eip)
    session.expect("the gateway in between", gateways(session), {GATEWAY: "Deleting"})
    session.until("the gateway goes", lambda: not gateways(session))
    session.refused(404, "InvalidNatGatewayId.NotFound", VPC, "delete_nat_gateway", **gateway)


def gateway_with_force(session):
    """`Force` of DeleteNatGateway takes the entries and unbinds the EIP, which stays."""
    session.call(VPC, "delete_nat_gateway", region_id=REGION, nat_gateway_id=GATEWAY, force=True)
    session.until("the gateway goes", lambda: not gateways(session))
    session.expect("the EIP", eips(session)[GATEWAY_EIP], "Available")


def network(session):
    """A network with dependents, and an empty one from the inside out."""
    used = {"region_id": REGION, "v_switch_id": "vsw-bp1labzoneh0000000001"}
    session.refused(400, "DependencyViolation.EnhancedNatgw", VPC, "delete_vswitch", **used)
    session.refused(400, "DependencyViolation.EnhancedNatgw", VPC, "delete_vswitch", dry_run=True, **used)
    session.refused(400, "DependencyViolation", VPC, "delete_vswitch", region_id=REGION, v_switch_id="vsw-bp1labzonei0000000002")
    session.refused(400, "DependencyViolation.Instance", VPC, "delete_vpc", region_id=REGION, vpc_id=NETWORK)
    empty = {"region_id": REGION, "vpc_id": EMPTY_NETWORK}
    first, second = ({"region_id": REGION, "v_switch_id": identifier} for identifier in EMPTY_SWITCHES)
    session.refused(400, "DependencyViolation.VSwitch", VPC, "delete_vpc", **empty)
    session.refused(400, "DryRunOperation", VPC, "delete_vswitch", dry_run=True, **first)
    session.expect("vSwitches after a dry run", switches(session, EMPTY_NETWORK), set(EMPTY_SWITCHES))
    session.call(VPC, "delete_vswitch", **first)
    session.refused(400, "OperationDenied.OtherSubnetProcessing", VPC, "delete_vswitch", **second)
    session.until("the first vSwitch goes", lambda: switches(session, EMPTY_NETWORK) == {EMPTY_SWITCHES[1]})
    session.refused(404, "InvalidVSwitchId.NotFound", VPC, "delete_vswitch", **first)
    session.call(VPC, "delete_vswitch", **second)
    session.until("the second vSwitch goes", lambda: not switches(session, EMPTY_NETWORK))
    # Dependencies of the network that are not of its product.
    session.refused(400, "DependencyViolation.SecurityGroup", VPC, "delete_vpc", **empty)
    session.call(ECS, "delete_security_group", region_id=REGION, security_group_id=LOOSE_GROUP)
    groups = lambda: listed(session, ECS, "describe_security_groups", "SecurityGroups.SecurityGroup", "SecurityGroupId", region_id=REGION)
    session.until("the security group goes", lambda: LOOSE_GROUP not in groups())
    session.refused(404, "InvalidSecurityGroup.NotFound", ECS, "delete_security_group", region_id=REGION, security_group_id=LOOSE_GROUP)
    session.refused(400, "DryRunOperation", VPC, "delete_vpc", dry_run=True, **empty)
    session.call(VPC, "delete_vpc", **empty)
    session.until("the VPC goes", lambda: EMPTY_NETWORK not in listed(session, VPC, "describe_vpcs", "Vpcs.Vpc", "VpcId", region_id=REGION))
    session.refused(404, "InvalidVpcId.NotFound", VPC, "delete_vpc", **empty)


def security_group_in_use(session):
    """A group with instances in it, of a network whose cluster is gone: refused with 403, not with 400 as the network's own."""
    task = session.call(CS, "delete_cluster", CLUSTER, retain_all_resources=True)["task_id"]
    task_ends(session, task)
    session.refused(403, "DependencyViolation", ECS, "delete_security_group", region_id=REGION, security_group_id="sg-bp1labcluster0000001")


def disks_snapshots_images(session):
    """An attached disk; a snapshot before its image; ids that are not there, which ECS takes for deleted."""
    session.refused(403, "DiskStillAttached", ECS, "delete_disk", disk_id=LOOSE_DISK)
    session.refused(403, "DependencyViolation", ECS, "detach_disk", disk_id=LOOSE_DISK, instance_id=OTHER_INSTANCE)
    session.refused(403, "DiskTypeViolation", ECS, "detach_disk", disk_id="d-bp1labsystem00000001", instance_id=INSTANCE)
    session.refused(404, "InvalidDiskId.NotFound", ECS, "detach_disk", disk_id="d-nobody", instance_id=INSTANCE)
    session.call(ECS, "detach_disk", disk_id=LOOSE_DISK, instance_id=INSTANCE)
    session.expect("status", disks(session)[LOOSE_DISK], "Detaching")
    session.until("the disk is detached", lambda: disks(session)[LOOSE_DISK] == "Available")
    session.refused(404, "InvalidDisk.AlreadyDetached", ECS, "detach_disk", disk_id=LOOSE_DISK, instance_id=INSTANCE)
    for disk in (LOOSE_DISK, ORPHAN, "d-nobody"):
        session.call(ECS, "delete_disk", disk_id=disk)
    session.until("the disks go", lambda: not {LOOSE_DISK, ORPHAN} & set(disks(session)))
    session.refused(403, "SnapshotCreatedImage", ECS, "delete_snapshot", snapshot_id=IMAGE_SNAPSHOT)
    session.refused(403, "SnapshotCreatedImage", ECS, "delete_snapshot", snapshot_id=IMAGE_SNAPSHOT, force=True)
    session.refused(400, "DryRunOperation", ECS, "delete_image", region_id=REGION, image_id=IMAGE, dry_run=True)
    session.call(ECS, "delete_image", region_id=REGION, image_id=IMAGE)
    session.until("the image goes", lambda: not session.call(ECS, "describe_images", region_id=REGION, image_owner_alias="self")["Images"]["Image"])
    session.call(ECS, "delete_image", region_id=REGION, image_id=IMAGE)
    snapshots = lambda: listed(session, ECS, "describe_snapshots", "Snapshots.Snapshot", "SnapshotId", region_id=REGION)
    session.expect("the image's snapshot stays", IMAGE_SNAPSHOT in snapshots(), True)
    session.call(ECS, "delete_snapshot", snapshot_id=IMAGE_SNAPSHOT)
    session.until("the snapshot goes", lambda: IMAGE_SNAPSHOT not in snapshots())
    session.call(ECS, "delete_snapshot", snapshot_id=IMAGE_SNAPSHOT)


def compute(session):
    """Dry runs, deletion protection and running instances; what goes with an instance and what stays."""
    session.refused(400, "DryRunOperation", ECS, "delete_instance", instance_id=INSTANCE, dry_run=True, force=True)
    session.refused(400, "DRYRUN.SUCCESS", ECS, "delete_instances", region_id=REGION, instance_id=[INSTANCE, OTHER_INSTANCE], dry_run=True, force=True)
    session.refused(403, "IncorrectInstanceStatus", ECS, "delete_instance", instance_id=INSTANCE, dry_run=True)
    session.refused(403, "IncorrectInstanceStatus", ECS, "delete_instance", instance_id=INSTANCE)
    session.refused(400, "DRYRUN.SUCCESS", ECS, "stop_instances", region_id=REGION, instance_id=[INSTANCE], dry_run=True)
    session.expect("after dry runs", {item["Status"] for item in instances(session).values()}, {"Running"})
    session.call(ECS, "modify_instance_attribute", instance_id=INSTANCE, deletion_protection=True)
    session.refused(403, "InvalidOperation.DeletionProtection", ECS, "delete_instance", instance_id=INSTANCE, force=True)
    session.refused(403, "InvalidOperation.DeletionProtection", ECS, "delete_instances", region_id=REGION, instance_id=[OTHER_INSTANCE, INSTANCE], force=True)
    session.expect("all or none", set(instances(session)), {INSTANCE, OTHER_INSTANCE})
    session.call(ECS, "modify_instance_attribute", instance_id=INSTANCE, deletion_protection=False)
    session.refused(404, "InvalidInstanceId.NotFound", ECS, "delete_instances", region_id=REGION, instance_id=[INSTANCE, "i-nobody"], force=True)
    session.call(ECS, "stop_instances", region_id=REGION, instance_id=[INSTANCE])
    session.until("it stops", lambda: instances(session)[INSTANCE]["Status"] == "Stopped")
    session.call(ECS, "delete_instance", instance_id=INSTANCE)
    session.until("it goes", lambda: set(instances(session)) == {OTHER_INSTANCE})
    session.refused(404, "InvalidInstanceId.NotFound", ECS, "delete_instance", instance_id=INSTANCE)
    session.expect("its disks", disks(session), {"d-bp1labsystem00000002": "In_use"} | dict.fromkeys((VOLUME, LOOSE_DISK, ORPHAN), "Available"))


def interfaces(session):
    """A network interface that is attached, then loose."""
    named = {"region_id": REGION, "network_interface_id": "eni-bp1labterway00000001"}

    def status():
        answer = session.call(ECS, "describe_network_interfaces", region_id=REGION, network_interface_id=["eni-bp1labterway00000001"])
        return [item["Status"] for item in answer["NetworkInterfaceSets"]["NetworkInterfaceSet"]]

    session.refused(400, "InvalidOperation.InvalidEniState", ECS, "delete_network_interface", **named)
    session.refused(400, "InvalidParameter.EniNotBelongEcs", ECS, "detach_network_interface", instance_id=OTHER_INSTANCE, **named)
    session.call(ECS, "detach_network_interface", instance_id=INSTANCE, **named)
    session.until("it is detached", lambda: status() == ["Available"])
    session.refused(400, "InvalidOperation.InvalidEniState", ECS, "detach_network_interface", instance_id=INSTANCE, **named)
    session.call(ECS, "delete_network_interface", **named)
    session.until("it goes", lambda: not status())
    session.refused(404, "InvalidEniId.NotFound", ECS, "delete_network_interface", **named)


def scaling_group(session):
    """Protection of a scaling group; the codes of its refusals are assumed."""
    named = {"region_id": REGION, "scaling_group_id": "asg-bp1labpool0000000001"}
    session.call(ESS, "set_group_deletion_protection", group_deletion_protection=True, **named)
    session.refused(400, "InvalidOperation.DeletionProtection", ESS, "delete_scaling_group", force_delete=True, **named)
    session.call(ESS, "set_group_deletion_protection", group_deletion_protection=False, **named)
    session.refused(400, "InstanceInUse", ESS, "delete_scaling_group", **named)
    session.call(ESS, "delete_scaling_group", force_delete=True, **named)
    session.until("it goes", lambda: not session.call(ESS, "describe_scaling_groups", region_id=REGION)["ScalingGroups"])
    session.refused(404, "InvalidScalingGroupId.NotFound", ESS, "delete_scaling_group", **named)
    session.expect("instances", instances(session), {})


def logs(session):
    """A log store, then a project with what is in it."""
    session.refused(404, "LogStoreNotExist", SLS, "delete_log_store", PROJECT, "nobody")
    session.call(SLS, "delete_log_store", PROJECT, "k8s-event")
    session.refused(404, "LogStoreNotExist", SLS, "get_log_store", PROJECT, "k8s-event")
    session.expect("log stores", session.call(SLS, "list_log_stores", PROJECT)["logstores"], ["audit-" + CLUSTER])
    session.call(SLS, "delete_project", PROJECT)
    session.refused(404, "ProjectNotExist", SLS, "get_project", PROJECT)
    session.refused(404, "ProjectNotExist", SLS, "delete_project", PROJECT)
    session.refused(404, "ProjectNotExist", SLS, "list_log_stores", PROJECT)
    session.expect("projects", session.call(SLS, "list_project")["projects"], [])


def registries(session):
    """Container Registry: a namespace goes with its repositories (vendor's page of DeleteNamespace); what is not there is no
    exception in the Enterprise Edition but an answer that says so."""
    instance = {"instance_id": REGISTRY}
    repositories = lambda: session.call(CR, "list_repository", repo_status="ALL", **instance)["Repositories"]
    session.expect("repositories", len(repositories()), 1)
    session.expect("success", session.call(CR, "delete_namespace", namespace_name="oracle", **instance)["IsSuccess"], True)
    session.expect("repositories", repositories(), [])
    session.expect("namespaces", session.call(CR, "list_namespace", **instance)["Namespaces"], [])
    for code, method, fields in [("NAMESPACE_NOT_EXIST", "delete_namespace", {"namespace_name": "oracle"}), ("REPO_NOT_EXIST", "delete_repository", {"repo_id": "crr-oracle000000001"})]:
        answer = session.call(CR, method, **instance, **fields)
        session.expect(method, (answer["IsSuccess"], answer["Code"]), (False, code))
    session.call(CR_PERSONAL, "delete_namespace", "my-namespace")
    session.refused(404, "NAMESPACE_NOT_EXIST", CR_PERSONAL, "delete_namespace", "my-namespace")
    session.refused(404, "REPO_NOT_EXIST", CR_PERSONAL, "delete_repo", "my-namespace", "my-app")
    session.expect("personal repositories", session.call(CR_PERSONAL, "get_repo_list")["data"]["repos"], [])


def monitoring(session):
    """An environment of Managed Service for Prometheus."""
    named = {"region_id": REGION, "environment_id": "env-labsop000000000042"}
    session.expect("the answer", session.call(ARMS, "delete_environment", **named)["Code"], 200)
    session.until("it goes", lambda: not session.call(ARMS, "list_environments", region_id=REGION)["Data"]["Environments"])


# How many times faster than ours the world's time goes: so slow that what is between two states is seen, a cluster's five minutes
# faster.
STORIES = {
    cluster_with_defaults: 60,
    cluster_with_options: 60,
    cluster_with_everything_retained: 60,
    protected_cluster: 60,
    node_pool: 60,
    application_balancer: 10,
    classic_balancer: 10,
    network_balancer: 10,
    gateway_and_address: 10,
    gateway_with_force: 20,
    network: 2,
    security_group_in_use: 100,
    disks_snapshots_images: 20,
    compute: 10,
    interfaces: 10,
    scaling_group: 20,
    logs: 10,
    registries: 10,
    monitoring: 10,
}
