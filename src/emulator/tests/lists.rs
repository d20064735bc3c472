//! What operations answer: every row of `products.json`, through the signed client.

use super::super::products::{Row, View, products};
use super::super::world::World;
use super::*;
use crate::contracts::Operation;
use crate::openapi::ErrorClass;

/// The lab, and one item of each collection that it has none of.
fn everything() -> Scenario {
    let mut scenario = Scenario::load("ack-sop").unwrap();
    for (collection, item) in [
        (
            "cr/instance",
            json!({"InstanceId": "cri-1", "InstanceName": "lab"}),
        ),
        (
            "cr/namespace",
            json!({"NamespaceId": "crn-1", "InstanceId": "cri-1"}),
        ),
        (
            "cr/repository",
            json!({"RepoId": "crr-1", "InstanceId": "cri-1"}),
        ),
        (
            "cr/tag",
            json!({"Tag": "v1", "_RepoId": "crr-1", "_InstanceId": "cri-1"}),
        ),
        ("alb/job", json!({"Id": "job-1", "Status": "Succeeded"})),
        ("cs/task", json!({"task_id": "T-1", "state": "success"})),
        ("nlb/job", json!({"_JobId": "job-2", "Status": "Succeeded"})),
        ("alb/acl", json!({"AclId": "acl-1"})),
        ("alb/listener", json!({"ListenerId": "lsn-1"})),
        ("alb/rule", json!({"RuleId": "rule-1"})),
        ("cbn/cen", json!({"CenId": "cen-1"})),
        (
            "cbn/transit_router_attachment",
            json!({"TransitRouterAttachmentId": "tr-attach-1"}),
        ),
        ("nlb/listener", json!({"ListenerId": "lsn-2"})),
        ("slb/acl", json!({"AclId": "acl-2"})),
        ("nlb/load_balancer", json!({"LoadBalancerId": "nlb-1"})),
        ("nlb/server_group", json!({"ServerGroupId": "sgp-1"})),
        (
            "oss/bucket",
            json!({"Name": "lab", "Region": "cn-hangzhou"}),
        ),
        ("privatelink/endpoint", json!({"EndpointId": "ep-1"})),
        (
            "vpc/common_bandwidth_package",
            json!({"BandwidthPackageId": "cbwp-1"}),
        ),
        (
            "vpc/dhcp_options_set",
            json!({"DhcpOptionsSetId": "dopt-1"}),
        ),
        ("vpc/flow_log", json!({"FlowLogId": "fl-1"})),
        ("vpc/ha_vip", json!({"HaVipId": "havip-1"})),
        ("vpc/ipv4_gateway", json!({"Ipv4GatewayId": "ipv4gw-1"})),
        ("vpc/ipv6_gateway", json!({"Ipv6GatewayId": "ipv6gw-1"})),
        ("vpc/network_acl", json!({"NetworkAclId": "nacl-1"})),
        ("vpc/router_interface", json!({"RouterInterfaceId": "ri-1"})),
        ("vpc/ssl_vpn_server", json!({"SslVpnServerId": "vss-1"})),
        ("vpc/vpn_connection", json!({"VpnConnectionId": "vco-1"})),
        ("vpc/vpn_gateway", json!({"VpnGatewayId": "vpn-1"})),
        ("eci/container_group", json!({"ContainerGroupId": "eci-1"})),
        ("eci/image_cache", json!({"ImageCacheId": "imc-1"})),
        (
            "ecs/auto_snapshot_policy",
            json!({"AutoSnapshotPolicyId": "sp-1"}),
        ),
        (
            "ecs/dedicated_host",
            json!({"DedicatedHostId": "dh-1", "Status": "Available"}),
        ),
        ("ecs/deployment_set", json!({"DeploymentSetId": "ds-1"})),
        ("ecs/key_pair", json!({"KeyPairName": "lab"})),
        ("ecs/launch_template", json!({"LaunchTemplateId": "lt-1"})),
        (
            "ecs/launch_template_version",
            json!({"LaunchTemplateId": "lt-1", "VersionNumber": 1, "VersionDescription": "first"}),
        ),
        (
            "ecs/reserved_instance",
            json!({"ReservedInstanceId": "ri-1"}),
        ),
        (
            "ess/scaling_configuration",
            json!({"ScalingConfigurationId": "asc-1"}),
        ),
        (
            "kms/instance",
            json!({"KmsInstanceId": "kst-1", "InstanceId": "kst-1"}),
        ),
        (
            "mongodb/instance",
            json!({"DBInstanceId": "dds-1", "DBInstanceType": "replicate"}),
        ),
        ("nas/file_system", json!({"FileSystemId": "fs-1"})),
        ("polardb/cluster", json!({"DBClusterId": "pc-1"})),
        ("pvtz/zone", json!({"ZoneId": "zone-1"})),
        ("ram/role", json!({"RoleName": "KubernetesWorkerRole-1"})),
        ("rds/instance", json!({"DBInstanceId": "rm-1"})),
        ("redis/instance", json!({"InstanceId": "r-1"})),
        (
            "resourcecenter/resource",
            json!({"ResourceId": "alikafka-1", "ResourceType": "ACS::AliKafka::Instance"}),
        ),
        (
            "resourcemanager/account",
            json!({"AccountId": "0000000000000043", "DisplayName": "member"}),
        ),
        ("ros/stack", json!({"StackId": "stack-1"})),
        (
            "servicemesh/mesh",
            json!({"ServiceMeshInfo": {"ServiceMeshId": "mesh-1"}}),
        ),
    ] {
        let item = item.as_object().unwrap().clone();
        scenario
            .collections
            .insert(collection.to_owned(), vec![item]);
    }
    scenario
}

/// The text at a dotted path.
fn text(item: &Value, path: &str) -> Option<String> {
    let found = path
        .split('.')
        .try_fold(item, |value, name| value.get(name))?;
    found.as_str().map(str::to_owned)
}

/// A call of the row's operation that asks for what belongs to the collection's first item, or for that item itself.
fn first_call(world: &World, operation: &'static Operation, row: &Row) -> (Request, Value) {
    let item = &world.items(&row.collection)[0].value;
    let id = &products().collection(&row.collection).unwrap().id;
    let mut request = request(operation.product, &operation.action);
    let in_path = operation
        .path
        .split('/')
        .filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'));
    let mut names: Vec<&str> = in_path
        .chain(operation.host.iter().map(String::as_str))
        .chain(operation.required.iter().map(String::as_str))
        .collect();
    if row.parent.is_none()
        && matches!(row.view, View::One(_))
        && operation.place(id).is_some()
        && !names.contains(&id.as_str())
    {
        names.push(id);
    }
    // A detail that does not repeat its id has a row for the argument that names it.
    if matches!(row.view, View::One(_)) {
        let by_row = row.filters.iter().filter(|(_, rule)| rule.field() == id);
        names.extend(by_row.map(|(name, _)| name.as_str()));
        names.sort_unstable();
        names.dedup();
    }
    for name in names {
        let value = match name {
            "RegionId" | "region_id" => Some("cn-hangzhou".to_owned()),
            _ => match (&row.parent, row.filters.get(name)) {
                (Some(parent), _) if parent.argument == name => text(item, &parent.field),
                (_, Some(rule)) => text(item, rule.field()),
                _ => text(item, name),
            },
        };
        let value = value.unwrap_or_else(|| panic!("{}: {name}", operation.label()));
        request = request.argument(name, value);
    }
    (request, item.clone())
}

#[tokio::test(start_paused = true)]
async fn every_row_answers_what_is_there() {
    let running = start_with(everything(), &[]).await;
    let reader = reader(&running);
    let world = World::new(&mut everything(), running.world_time()).unwrap();
    let mut asked = 0;
    for (operation, row) in products().rows() {
        let label = operation.label();
        let (request, item) = first_call(&world, operation, row);
        let id = &products().collection(&row.collection).unwrap().id;
        let wanted = text(&item, id).unwrap();
        match &row.view {
            View::One(at) => {
                let answer = reader.read(request).await;
                let answer = answer.unwrap_or_else(|error| panic!("{label}: {error}: {error:?}"));
                let found = answer.pointer(&pointer(at)).unwrap();
                // Not every detail repeats its id; something of the item is there.
                let same =
                    item.as_object().unwrap().iter().any(|(name, value)| {
                        !name.starts_with('_') && found.get(name) == Some(value)
                    });
                assert!(same, "{label}: {found}");
            }
            View::Names { at, .. } => {
                let answer = reader.read(request).await.unwrap();
                let names = answer.pointer(&pointer(at)).unwrap();
                assert!(
                    names.as_array().unwrap().contains(&json!(wanted)),
                    "{label}"
                );
            }
            View::List(at) => {
                let items = pages(&reader, request, at, id).await;
                assert!(!items.is_empty(), "{label}");
                assert!(
                    items
                        .iter()
                        .any(|item| text(item, id).as_ref() == Some(&wanted)),
                    "{label}: {items:?}"
                );
                let hidden =
                    |item: &Value| item.as_object().unwrap().keys().any(|k| k.starts_with('_'));
                assert!(!items.iter().any(hidden), "{label}");
            }
        }
        asked += 1;
    }
    assert!(asked > 40, "{asked}");
}

fn pointer(path: &str) -> String {
    if path.is_empty() {
        String::new()
    } else {
        format!("/{}", path.replace('.', "/"))
    }
}

#[tokio::test(start_paused = true)]
async fn the_lab_is_listed_as_its_table_has_it() {
    let running = start(&[]).await;
    let reader = reader(&running);
    for (product, action, items, id, arguments, expected) in [
        ("vpc", "DescribeVpcs", "Vpcs.Vpc", "VpcId", &[][..], 1),
        (
            "vpc",
            "DescribeVSwitches",
            "VSwitches.VSwitch",
            "VSwitchId",
            &[],
            2,
        ),
        (
            "vpc",
            "DescribeEipAddresses",
            "EipAddresses.EipAddress",
            "AllocationId",
            &[],
            3,
        ),
        (
            "ecs",
            "DescribeInstances",
            "Instances.Instance",
            "InstanceId",
            &[],
            2,
        ),
        ("ecs", "DescribeDisks", "Disks.Disk", "DiskId", &[], 4),
        (
            "ecs",
            "DescribeDisks",
            "Disks.Disk",
            "DiskId",
            &[("Status", "Available")],
            1,
        ),
        (
            "ecs",
            "DescribeDisks",
            "Disks.Disk",
            "DiskId",
            &[("DiskType", "system")],
            2,
        ),
        (
            "ecs",
            "DescribeDisks",
            "Disks.Disk",
            "DiskId",
            &[("DiskType", "all")],
            4,
        ),
        (
            "ecs",
            "DescribeSnapshots",
            "Snapshots.Snapshot",
            "SnapshotId",
            &[],
            2,
        ),
        (
            "ess",
            "DescribeScalingGroups",
            "ScalingGroups",
            "ScalingGroupId",
            &[],
            1,
        ),
        (
            "cs",
            "DescribeClustersForRegion",
            "clusters",
            "cluster_id",
            &[("region_id", "cn-hangzhou")],
            1,
        ),
        (
            "cs",
            "DescribeClustersForRegion",
            "clusters",
            "cluster_id",
            &[("region_id", "cn-beijing")],
            0,
        ),
        (
            "cs",
            "DescribeClusterNodes",
            "nodes",
            "instance_id",
            &[("cluster_id", CLUSTER)],
            2,
        ),
        (
            "cs",
            "DescribeClusterResources",
            "",
            "instance_id",
            &[("cluster_id", CLUSTER)],
            16,
        ),
        (
            "nlb",
            "ListLoadBalancers",
            "LoadBalancers",
            "LoadBalancerId",
            &[],
            0,
        ),
    ] {
        let operation = crate::contracts::operation(product, action).unwrap();
        let mut request = request(product, action);
        if operation.place("RegionId").is_some() {
            request = request.argument("RegionId", "cn-hangzhou");
        }
        for (name, value) in arguments {
            request = request.argument(name, *value);
        }
        let found = pages(&reader, request, items, id).await;
        assert_eq!(found.len(), expected, "{product} {action} {arguments:?}");
    }
    let stores = request("sls", "ListLogStores").argument("project", format!("k8s-log-{CLUSTER}"));
    let stores = reader.read(stores).await.unwrap();
    assert_eq!((&stores["total"], &stores["count"]), (&json!(2), &json!(2)));
}

#[tokio::test(start_paused = true)]
async fn long_lists_come_page_by_page_and_whole() {
    for (product, action, collection, items, id, count) in [
        // By token, by number, by number with both or none, by offset, by lower-case number.
        (
            "ecs",
            "DescribeDisks",
            "ecs/disk",
            "Disks.Disk",
            "DiskId",
            1201,
        ),
        (
            "alb",
            "ListLoadBalancers",
            "alb/load_balancer",
            "LoadBalancers",
            "LoadBalancerId",
            205,
        ),
        ("vpc", "DescribeVpcs", "vpc/vpc", "Vpcs.Vpc", "VpcId", 123),
        (
            "slb",
            "DescribeLoadBalancers",
            "slb/load_balancer",
            "LoadBalancers.LoadBalancer",
            "LoadBalancerId",
            250,
        ),
        (
            "sls",
            "ListProject",
            "sls/project",
            "projects",
            "projectName",
            1100,
        ),
    ] {
        let running = start_with(scenario_with(collection, numbered(id, count)), &[]).await;
        let mut request = request(product, action);
        if product != "sls" && product != "alb" {
            request = request.query("RegionId", "cn-hangzhou");
        }
        let found = pages(&reader(&running), request, items, id).await;
        assert_eq!(found.len(), count, "{action}");
        assert_eq!(found[count - 1][id], format!("x-{:04}", count - 1));
    }
}

#[tokio::test(start_paused = true)]
async fn a_region_shows_its_own_items() {
    let items = vec![
        json!({"DiskId": "d-here"}),
        json!({"DiskId": "d-there", "RegionId": "cn-beijing"}),
    ];
    let running = start_with(scenario_with("ecs/disk", items), &[]).await;
    let reader = reader(&running);
    for (name, expected) in [
        ("cn-hangzhou", vec!["d-here"]),
        ("cn-beijing", vec!["d-there"]),
        ("cn-shanghai", vec![]),
    ] {
        let request = Request::new("ecs", "DescribeDisks", &region(name)).query("RegionId", name);
        let found = pages(&reader, request, "Disks.Disk", "DiskId").await;
        let ids: Vec<&str> = found
            .iter()
            .map(|disk| disk["DiskId"].as_str().unwrap())
            .collect();
        assert_eq!(ids, expected, "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_not_there_is_refused_with_the_products_own_code() {
    let running = start(&[]).await;
    let reader = reader(&running);
    for (product, action, arguments, code) in [
        (
            "alb",
            "GetLoadBalancerAttribute",
            &[("LoadBalancerId", "alb-x")][..],
            "ResourceNotFound.LoadBalancer",
        ),
        (
            "nlb",
            "GetLoadBalancerAttribute",
            &[("LoadBalancerId", "nlb-x")],
            "ResourceNotFound.loadBalancer",
        ),
        (
            "slb",
            "DescribeLoadBalancerAttribute",
            &[("LoadBalancerId", "lb-x"), ("RegionId", "cn-hangzhou")],
            "InvalidLoadBalancerId.NotFound",
        ),
        (
            "cs",
            "DescribeClusterDetail",
            &[("cluster_id", "cx")],
            "ErrorClusterNotFound",
        ),
        (
            "cs",
            "DescribeClusterNodes",
            &[("cluster_id", "cx")],
            "ErrorClusterNotFound",
        ),
        (
            "cs",
            "DescribeClusterUserKubeconfig",
            &[("cluster_id", "cx")],
            "ErrorClusterNotFound",
        ),
        (
            "sls",
            "GetProject",
            &[("project", "no-such-project")],
            "ProjectNotExist",
        ),
        (
            "sls",
            "ListLogStores",
            &[("project", "no-such-project")],
            "ProjectNotExist",
        ),
    ] {
        let mut request = request(product, action);
        for (name, value) in arguments {
            request = request.argument(name, *value);
        }
        let error = reader.read(request).await.unwrap_err();
        assert_eq!(error.code.as_deref(), Some(code), "{product} {action}");
        assert_eq!(error.class, ErrorClass::Gone, "{product} {action}");
        assert!(error.request_id.is_some(), "{product} {action}");
    }
}

#[tokio::test(start_paused = true)]
async fn regions_are_those_of_the_scenario_in_the_language_asked_for() {
    let running = start(&[]).await;
    for (language, expected) in [(None, "华东1（杭州）"), (Some("en-US"), "China (Hangzhou)")]
    {
        let mut request = request("ecs", "DescribeRegions");
        if let Some(language) = language {
            request = request.query("AcceptLanguage", language);
        }
        let answer = read(&running, request).await.unwrap();
        let regions = answer["Regions"]["Region"].as_array().unwrap();
        let ids: Vec<&str> = regions
            .iter()
            .map(|region| region["RegionId"].as_str().unwrap())
            .collect();
        assert_eq!(ids, ["cn-hangzhou", "cn-shanghai", "cn-beijing"]);
        assert_eq!(regions[0]["LocalName"], expected);
    }
}

#[tokio::test(start_paused = true)]
async fn envelopes_are_the_products_own() {
    let running = start(&[]).await;
    let rpc = read(
        &running,
        request("vpc", "DescribeVpcs").query("RegionId", "cn-hangzhou"),
    )
    .await
    .unwrap();
    assert!(rpc["RequestId"].as_str().is_some_and(|id| id.len() == 36));
    let arms = read(
        &running,
        request("arms", "ListEnvironments").query("RegionId", "cn-hangzhou"),
    )
    .await
    .unwrap();
    assert_eq!(
        (&arms["Code"], &arms["Data"]["Total"]),
        (&json!(200), &json!(1))
    );
    let personal = read(&running, request("cr-personal", "GetRepoList"))
        .await
        .unwrap();
    assert_eq!(personal["data"]["total"], 1);
    assert!(personal["requestId"].is_string());
    let list = read(
        &running,
        request("cs", "DescribeClusterResources").argument("cluster_id", CLUSTER),
    )
    .await
    .unwrap();
    assert!(list.is_array());
}
