//! What stands in a VPC beside its vSwitches: route tables, network ACLs, gateways, moving addresses, shared bandwidth.

use super::*;

const VPC: &str = "vpc-bp1labnetwork00000001";
const VSWITCH: &str = "vsw-bp1labzoneh0000000001";

#[tokio::test]
async fn a_custom_route_table_leaves_its_vswitches_before_it_goes() {
    let table = json!({
        "RouteTableId": "vtb-1", "RouteTableType": "Custom", "AssociateType": "VSwitch", "VpcId": VPC, "Status": "Available",
        "VSwitchIds": {"VSwitchId": [VSWITCH]},
    });
    let running = start_with(lab_and("vpc/route_table", &table), &[]).await;
    let delete = [HERE, ("RouteTableId", "vtb-1")];
    let refused = said(&running, "vpc", "DeleteRouteTable", &delete).await;
    assert_eq!(refused, code(400, "DependencyViolation.VSwitch"));
    let bond = [HERE, ("RouteTableId", "vtb-1"), ("VSwitchId", VSWITCH)];
    let on = |running: &Running| field(running, "vpc/route_table", "vtb-1", "VSwitchIds.VSwitchId");
    good(&running, "vpc", "UnassociateRouteTable", &bond).await;
    assert_eq!(on(&running), json!([]));
    good(&running, "vpc", "AssociateRouteTable", &bond).await;
    assert_eq!(on(&running), json!([VSWITCH]));
    good(&running, "vpc", "UnassociateRouteTable", &bond).await;
    good(&running, "vpc", "DeleteRouteTable", &delete).await;
    let gone = said(&running, "vpc", "DeleteRouteTable", &delete).await;
    assert_eq!(gone, code(404, "InvalidRouteTable.NotFound"));
    let system = [HERE, ("RouteTableId", "vtb-bp1labroutes000000001")];
    let refused = said(&running, "vpc", "DeleteRouteTable", &system).await;
    assert_eq!(refused, code(400, "IncorrectRouteTableType"));
}

#[tokio::test]
async fn a_network_acl_leaves_its_vswitches_before_it_goes() {
    let acl = json!({
        "NetworkAclId": "nacl-1", "VpcId": VPC, "Status": "Available",
        "Resources": {"Resource": [{"ResourceId": VSWITCH, "ResourceType": "VSwitch", "Status": "BINDED"}]},
    });
    let running = start_with(lab_and("vpc/network_acl", &acl), &[]).await;
    let delete = [HERE, ("NetworkAclId", "nacl-1")];
    let refused = said(&running, "vpc", "DeleteNetworkAcl", &delete).await;
    assert_eq!(
        refused,
        code(400, "OperationDenied.NetworkAclAttachmentInMiddleStatus")
    );
    let bond = [
        HERE,
        ("NetworkAclId", "nacl-1"),
        ("Resource.1.ResourceId", VSWITCH),
        ("Resource.1.ResourceType", "VSwitch"),
    ];
    good(&running, "vpc", "UnassociateNetworkAcl", &bond).await;
    let left = field(&running, "vpc/network_acl", "nacl-1", "Resources.Resource");
    assert_eq!(left, json!([]));
    let elsewhere = [
        HERE,
        bond[1],
        ("Resource.1.ResourceId", "vsw-none"),
        bond[3],
    ];
    let refused = said(&running, "vpc", "AssociateNetworkAcl", &elsewhere).await;
    assert_eq!(refused, code(404, "InvalidVSwitchId.NotFound"));
    good(&running, "vpc", "DeleteNetworkAcl", &delete).await;
    wait(&running, 5).await;
    let gone = said(&running, "vpc", "DeleteNetworkAcl", &delete).await;
    assert_eq!(gone, code(404, "InvalidNetworkAcl.NotFound"));
}

#[tokio::test]
async fn what_stands_in_a_vpc_is_in_its_way() {
    for (collection, item, blocker) in [
        (
            "vpc/network_acl",
            json!({"NetworkAclId": "nacl-1", "VpcId": VPC, "Status": "Available"}),
            "DependencyViolation.NetworkAcl",
        ),
        (
            "vpc/ipv4_gateway",
            json!({"Ipv4GatewayId": "ipv4gw-1", "VpcId": VPC, "Status": "Created"}),
            "DependencyViolation.Ipv4Gateway",
        ),
        (
            "vpc/router_interface",
            json!({"RouterInterfaceId": "ri-1", "VpcInstanceId": VPC, "Status": "Active"}),
            "DependencyViolation.RouterInterface",
        ),
    ] {
        let mut scenario = lab_and(collection, &item);
        // Only the VPC is left, and that.
        for gone in [
            "vpc/vswitch",
            "vpc/nat_gateway",
            "vpc/snat_entry",
            "ecs/security_group",
            "ecs/instance",
        ] {
            scenario.collections.insert(gone.to_owned(), Vec::new());
        }
        let running = start_with(scenario, &[]).await;
        let refused = said(&running, "vpc", "DeleteVpc", &[HERE, ("VpcId", VPC)]).await;
        assert_eq!(refused, code(400, blocker));
    }
}

#[tokio::test]
async fn shared_bandwidth_is_protected_and_waits_for_its_addresses() {
    let package = json!({
        "BandwidthPackageId": "cbwp-1", "Status": "Available", "InstanceChargeType": "PostPaid", "ServiceManaged": 0,
        "DeletionProtection": true,
    });
    let mut scenario = lab_and("vpc/common_bandwidth_package", &package);
    let addresses = scenario.collections.get_mut("vpc/eip").unwrap();
    addresses[0].insert("BandwidthPackageId".to_owned(), json!("cbwp-1"));
    let running = start_with(scenario, &[]).await;
    let delete = [HERE, ("BandwidthPackageId", "cbwp-1")];
    let action = "DeleteCommonBandwidthPackage";
    let refused = said(&running, "vpc", action, &delete).await;
    assert_eq!(refused, code(400, "InvalidOperation.DeletionProtection"));
    let off = [
        HERE,
        ("Type", "CBWP"),
        ("InstanceId", "cbwp-1"),
        ("ProtectionEnable", "false"),
    ];
    good(&running, "vpc", "DeletionProtection", &off).await;
    let refused = said(&running, "vpc", action, &delete).await;
    assert_eq!(refused, code(400, "DependencyViolation.EIPS"));
}
