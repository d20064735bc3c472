//! VPCs, vSwitches, NAT gateways and their SNAT entries, EIPs.

use super::*;

const NAT: &str = "ngw-bp1labnat000000000001";
const NAT_EIP: &str = "eip-bp1labnat000000000001";
const ALB_EIP: &str = "eip-bp1labalb000000000001";
const VPC: &str = "vpc-bp1labnetwork00000001";
const VSWITCHES: [&str; 2] = ["vsw-bp1labzoneh0000000001", "vsw-bp1labzonei0000000002"];

fn snat() -> [(&'static str, &'static str); 3] {
    [
        HERE,
        ("SnatTableId", "stb-bp1labnat000000000001"),
        ("SnatEntryId", "snat-bp1labnat000000000001"),
    ]
}

fn unbind() -> [(&'static str, &'static str); 4] {
    [
        HERE,
        ("AllocationId", NAT_EIP),
        ("InstanceId", NAT),
        ("InstanceType", "Nat"),
    ]
}

#[tokio::test]
async fn a_nat_gateway_goes_after_its_entries_and_addresses() {
    let running = start(&[]).await;
    let nat = [HERE, ("NatGatewayId", NAT)];
    let refused = said(&running, "vpc", "DeleteNatGateway", &nat).await;
    assert_eq!(refused, code(400, "DependencyViolation.SnatEntry"));
    let used = said(&running, "vpc", "UnassociateEipAddress", &unbind()).await;
    assert_eq!(used, code(400, "InvalidIpStatus.HasBeenUsedBySnatTable"));
    let mut elsewhere = snat();
    elsewhere[1].1 = "stb-none";
    let refused = said(&running, "vpc", "DeleteSnatEntry", &elsewhere).await;
    assert_eq!(refused, code(404, "InvalidSnatTableId.NotFound"));
    assert_eq!(
        said(&running, "vpc", "DeleteSnatEntry", &snat()).await,
        accepted()
    );
    let path = field(
        &running,
        "vpc/snat_entry",
        "snat-bp1labnat000000000001",
        "Status",
    );
    assert_eq!(path, "Deleting");
    wait(&running, 5).await;
    let gone = said(&running, "vpc", "DeleteSnatEntry", &snat()).await;
    assert_eq!(gone, code(404, "InvalidSnatEntryId.NotFound"));
    let refused = said(&running, "vpc", "DeleteNatGateway", &nat).await;
    assert_eq!(refused, code(400, "DependencyViolation.EIPS"));
    assert_eq!(
        said(&running, "vpc", "UnassociateEipAddress", &unbind()).await,
        accepted()
    );
    assert_eq!(
        field(&running, "vpc/eip", NAT_EIP, "Status"),
        "Unassociating"
    );
    wait(&running, 5).await;
    assert_eq!(
        field(&running, "vpc/nat_gateway", NAT, "IpLists.IpList"),
        json!([])
    );
    assert_eq!(
        said(&running, "vpc", "DeleteNatGateway", &nat).await,
        accepted()
    );
    let again = said(&running, "vpc", "DeleteNatGateway", &nat).await;
    assert_eq!(again, code(400, "IncorrectStatus.NatGateway"));
    wait(&running, 60).await;
    let gone = said(&running, "vpc", "DeleteNatGateway", &nat).await;
    assert_eq!(gone, code(404, "InvalidNatGatewayId.NotFound"));
}

#[tokio::test]
async fn force_removes_entries_and_leaves_the_address_billed() {
    let running = start(&[]).await;
    let forced = [HERE, ("NatGatewayId", NAT), ("Force", "true")];
    let protect = |on| {
        [
            HERE,
            ("Type", "NATGW"),
            ("InstanceId", NAT),
            ("ProtectionEnable", on),
        ]
    };
    good(&running, "vpc", "DeletionProtection", &protect("true")).await;
    let refused = said(&running, "vpc", "DeleteNatGateway", &forced).await;
    assert_eq!(refused, code(400, "InvalidOperation.DeletionProtection"));
    good(&running, "vpc", "DeletionProtection", &protect("false")).await;
    assert_eq!(
        said(&running, "vpc", "DeleteNatGateway", &forced).await,
        accepted()
    );
    wait(&running, 60).await;
    assert!(running.holds("vpc/nat_gateway").is_empty());
    assert!(running.holds("vpc/snat_entry").is_empty());
    assert_eq!(field(&running, "vpc/eip", NAT_EIP, "Status"), "Available");
    assert_eq!(field(&running, "vpc/eip", NAT_EIP, "InstanceId"), "");
}

#[tokio::test]
async fn an_address_is_unbound_by_its_instance_and_type_then_released() {
    let running = start(&[]).await;
    good(&running, "vpc", "DeleteSnatEntry", &snat()).await;
    wait(&running, 5).await;
    let eip = [HERE, ("AllocationId", NAT_EIP)];
    let refused = said(&running, "vpc", "ReleaseEipAddress", &eip).await;
    assert_eq!(refused, code(400, "IncorrectEipStatus"), "it is bound");
    let [here, id, instance, _] = unbind();
    for (arguments, expected) in [
        (&[here, id][..], code(400, "MissingParameter")),
        (
            &[here, id, instance],
            code(400, "InvalidInstanceType.ValueNotSupported"),
        ),
        (
            &[
                here,
                id,
                ("InstanceId", "ngw-none"),
                ("InstanceType", "Nat"),
            ],
            code(404, "InvalidBindInstance.NotFound"),
        ),
        (
            &[here, ("AllocationId", "eip-none"), instance],
            code(404, "InvalidAllocationId.NotFound"),
        ),
        (&unbind(), accepted()),
    ] {
        assert_eq!(
            said(&running, "vpc", "UnassociateEipAddress", arguments).await,
            expected,
            "{arguments:?}"
        );
    }
    wait(&running, 5).await;
    let protect = |on| {
        [
            HERE,
            ("Type", "EIP"),
            ("InstanceId", NAT_EIP),
            ("ProtectionEnable", on),
        ]
    };
    good(&running, "vpc", "DeletionProtection", &protect("true")).await;
    let refused = said(&running, "vpc", "ReleaseEipAddress", &eip).await;
    assert_eq!(refused, code(400, "InvalidOperation.DeletionProtection"));
    good(&running, "vpc", "DeletionProtection", &protect("false")).await;
    assert_eq!(
        said(&running, "vpc", "ReleaseEipAddress", &eip).await,
        accepted()
    );
    assert_eq!(field(&running, "vpc/eip", NAT_EIP, "Status"), "Releasing");
    wait(&running, 5).await;
    let gone = said(&running, "vpc", "ReleaseEipAddress", &eip).await;
    assert_eq!(gone, code(404, "InvalidAllocationId.NotFound"));
}

#[tokio::test]
async fn the_addresses_of_a_load_balancer_are_not_the_users_to_release() {
    let running = start(&[]).await;
    let eip = [HERE, ("AllocationId", ALB_EIP)];
    assert_eq!(
        said(&running, "vpc", "ReleaseEipAddress", &eip).await,
        code(400, "Forbidden")
    );
    let unbind = [
        eip[0],
        eip[1],
        ("InstanceId", "alb-labsop000000000042"),
        ("InstanceType", "SlbInstance"),
    ];
    assert_eq!(
        said(&running, "vpc", "UnassociateEipAddress", &unbind).await,
        code(400, "Forbidden")
    );
}

#[tokio::test]
async fn protection_is_for_what_is_there_and_known() {
    let running = start(&[]).await;
    for (kind, id, expected) in [
        ("EIP", "eip-none", "DeletionProtection.ResourceNotExist"),
        ("VPC", VPC, "DeletionProtection.TypeNotSupport"),
    ] {
        let arguments = [
            HERE,
            ("Type", kind),
            ("InstanceId", id),
            ("ProtectionEnable", "true"),
        ];
        let refused = said(&running, "vpc", "DeletionProtection", &arguments).await;
        assert_eq!(refused, code(400, expected));
    }
}

#[tokio::test]
async fn a_vswitch_says_what_is_in_it() {
    let running = start(&[]).await;
    for (vswitch, expected) in VSWITCHES
        .iter()
        .zip(["DependencyViolation.EnhancedNatgw", "DependencyViolation"])
    {
        let arguments = [HERE, ("VSwitchId", vswitch)];
        let refused = said(&running, "vpc", "DeleteVSwitch", &arguments).await;
        assert_eq!(refused, code(400, expected), "{vswitch}");
    }
    let vpc = [HERE, ("VpcId", VPC)];
    assert_eq!(
        said(&running, "vpc", "DeleteVpc", &vpc).await,
        code(400, "DependencyViolation.Instance")
    );
    let route_table = [HERE, ("RouteTableId", "vtb-bp1labroutes000000001")];
    let refused = said(&running, "vpc", "DeleteRouteTable", &route_table).await;
    assert_eq!(refused, code(400, "IncorrectRouteTableType"));
}

#[tokio::test]
async fn vswitches_of_a_vpc_go_one_at_a_time_and_the_vpc_last() {
    let running = after_the_cluster().await;
    let vpc = [HERE, ("VpcId", VPC)];
    let vswitch = |index: usize| [HERE, ("VSwitchId", VSWITCHES[index])];
    // The load balancer stays, and with it both vSwitches.
    assert_eq!(
        said(&running, "vpc", "DeleteVSwitch", &vswitch(0)).await,
        code(400, "DependencyViolation")
    );
    let balancer = ("LoadBalancerId", "alb-labsop000000000042");
    good(
        &running,
        "alb",
        "DisableDeletionProtection",
        &[("ResourceId", balancer.1)],
    )
    .await;
    good(&running, "alb", "DeleteLoadBalancer", &[balancer]).await;
    assert_eq!(
        said(&running, "vpc", "DeleteVSwitch", &vswitch(0)).await,
        code(400, "DependencyViolation"),
        "accepted is not gone"
    );
    wait(&running, 20).await;
    let dry = [HERE, ("VSwitchId", VSWITCHES[0]), ("DryRun", "true")];
    assert_eq!(
        said(&running, "vpc", "DeleteVSwitch", &dry).await,
        code(400, "DryRunOperation")
    );
    assert_eq!(
        said(&running, "vpc", "DeleteVSwitch", &vswitch(0)).await,
        accepted()
    );
    assert_eq!(
        field(&running, "vpc/vswitch", VSWITCHES[0], "Status"),
        "Pending"
    );
    assert_eq!(
        said(&running, "vpc", "DeleteVSwitch", &vswitch(0)).await,
        code(400, "IncorrectVSwitchStatus")
    );
    assert_eq!(
        said(&running, "vpc", "DeleteVSwitch", &vswitch(1)).await,
        code(400, "OperationDenied.OtherSubnetProcessing")
    );
    wait(&running, 5).await;
    assert_eq!(
        said(&running, "vpc", "DeleteVSwitch", &vswitch(0)).await,
        code(404, "InvalidVSwitchId.NotFound")
    );
    assert_eq!(
        field(&running, "vpc/vpc", VPC, "VSwitchIds.VSwitchId"),
        json!([VSWITCHES[1]])
    );
    assert_eq!(
        said(&running, "vpc", "DeleteVpc", &vpc).await,
        code(400, "DependencyViolation.VSwitch")
    );
    assert_eq!(
        said(&running, "vpc", "DeleteVSwitch", &vswitch(1)).await,
        accepted()
    );
    wait(&running, 5).await;
    assert_eq!(
        said(&running, "vpc", "DeleteVpc", &vpc).await,
        code(400, "DependencyViolation.SecurityGroup")
    );
    let group = [HERE, ("SecurityGroupId", "sg-bp1labdefault0000001")];
    good(&running, "ecs", "DeleteSecurityGroup", &group).await;
    wait(&running, 2).await;
    let dry = [vpc[0], vpc[1], ("DryRun", "true")];
    assert_eq!(
        said(&running, "vpc", "DeleteVpc", &dry).await,
        code(400, "DryRunOperation")
    );
    assert_eq!(said(&running, "vpc", "DeleteVpc", &vpc).await, accepted());
    wait(&running, 5).await;
    assert!(running.holds("vpc/vpc").is_empty());
    assert!(running.holds("vpc/route_table").is_empty());
    assert_eq!(
        said(&running, "vpc", "DeleteVpc", &vpc).await,
        code(404, "InvalidVpcId.NotFound")
    );
}

#[tokio::test]
async fn a_vpc_that_gets_something_in_between_is_not_deleted() {
    let running = after_the_cluster().await;
    good(
        &running,
        "alb",
        "DisableDeletionProtection",
        &[("ResourceId", "alb-labsop000000000042")],
    )
    .await;
    good(
        &running,
        "alb",
        "DeleteLoadBalancer",
        &[("LoadBalancerId", "alb-labsop000000000042")],
    )
    .await;
    wait(&running, 20).await;
    good(
        &running,
        "vpc",
        "DeleteVSwitch",
        &[HERE, ("VSwitchId", VSWITCHES[0])],
    )
    .await;
    let eni =
        json!({"NetworkInterfaceId": "eni-new", "Status": "Available", "VSwitchId": VSWITCHES[0]});
    running
        .service
        .cloud
        .put("ecs/network_interface", "cn-hangzhou", eni);
    wait(&running, 5).await;
    assert_eq!(
        field(&running, "vpc/vswitch", VSWITCHES[0], "Status"),
        "Available"
    );
}
