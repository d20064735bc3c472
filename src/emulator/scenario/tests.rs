use std::collections::BTreeSet;

use super::*;
fn load(name: &str) -> Scenario {
    Scenario::load(name)
        .unwrap_or_else(|error| panic!("{name}: {error}: {:?}", std::error::Error::source(&error)))
}

/// Walks all texts of a JSON value.
fn texts(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => {
            found.extend(text.split(',').map(str::to_owned));
        }
        Value::Array(items) => items.iter().for_each(|item| texts(item, found)),
        Value::Object(fields) => fields.values().for_each(|item| texts(item, found)),
        _ => {}
    }
}

#[test]
fn every_id_that_is_mentioned_exists_but_what_is_gone_or_not_the_users() {
    let scenario = load("ack-sop");
    let ids = [
        ("vpc/vpc", "VpcId"),
        ("vpc/vswitch", "VSwitchId"),
        ("vpc/route_table", "RouteTableId"),
        ("vpc/nat_gateway", "NatGatewayId"),
        ("vpc/snat_entry", "SnatEntryId"),
        ("vpc/eip", "AllocationId"),
        ("ecs/instance", "InstanceId"),
        ("ecs/disk", "DiskId"),
        ("ecs/snapshot", "SnapshotId"),
        ("ecs/image", "ImageId"),
        ("ecs/network_interface", "NetworkInterfaceId"),
        ("ecs/security_group", "SecurityGroupId"),
        ("ess/scaling_group", "ScalingGroupId"),
        ("slb/load_balancer", "LoadBalancerId"),
        ("alb/load_balancer", "LoadBalancerId"),
        ("alb/server_group", "ServerGroupId"),
    ];
    let known: BTreeSet<String> = ids
        .iter()
        .flat_map(|(collection, id)| {
            scenario
                .items(collection)
                .iter()
                .map(move |item| item[*id].as_str().unwrap().to_owned())
        })
        .collect();
    let mut mentioned = BTreeSet::new();
    for items in scenario.collections.values() {
        for item in items {
            texts(&Value::Object(item.clone()), &mut mentioned);
        }
    }
    for cluster in &scenario.clusters {
        for part in [&cluster.nodepools, &cluster.nodes, &cluster.resources] {
            for item in part {
                texts(&Value::Object(item.clone()), &mut mentioned);
            }
        }
        texts(&Value::Object(cluster.detail.clone()), &mut mentioned);
        cluster
            .kubernetes
            .objects
            .iter()
            .for_each(|object| texts(object, &mut mentioned));
    }
    let prefixes = [
        "vpc-", "vsw-", "vtb-", "ngw-", "snat-", "eip-", "i-", "d-", "s-", "m-", "eni-", "sg-",
        "asg-", "lb-", "alb-", "sgp-",
    ];
    let missing: Vec<&String> = mentioned
        .iter()
        .filter(|text| {
            // ids are of 18 characters and more and hold "lab"; host names have dots
            text.len() > 18
                && text.contains("lab")
                && !text.contains('.')
                && prefixes.iter().any(|prefix| text.starts_with(prefix))
        })
        .filter(|id| !known.contains(*id))
        .collect();
    assert_eq!(
        missing,
        [
            "d-bp1labbuilder0000001",
            "d-bp1laboldnode0000001",
            // Behind the API server's load balancer, in an account of ACK's.
            "eni-bp1labapiserver00001",
        ]
    );
}

#[test]
fn the_world_is_that_of_the_table() {
    let scenario = load("ack-sop");
    let count = |collection: &str| scenario.items(collection).len();
    for (collection, expected) in [
        ("vpc/vpc", 1),
        ("vpc/vswitch", 2),
        ("vpc/route_table", 1),
        ("vpc/nat_gateway", 1),
        ("vpc/snat_entry", 1),
        ("vpc/eip", 3),
        ("ecs/instance", 2),
        ("ecs/disk", 4),
        ("ecs/snapshot", 2),
        ("ecs/image", 1),
        ("ecs/network_interface", 2),
        ("ecs/security_group", 2),
        ("ess/scaling_group", 1),
        ("slb/load_balancer", 1),
        ("alb/load_balancer", 1),
        ("alb/server_group", 1),
        ("nlb/load_balancer", 0),
        ("cr/instance", 0),
        ("cr-personal/namespace", 1),
        ("cr-personal/repository", 1),
        ("cr-personal/tag", 1),
        ("sls/project", 1),
        ("sls/logstore", 2),
        ("arms/environment", 1),
    ] {
        assert_eq!(count(collection), expected, "{collection}");
    }
    let sizes: Vec<i64> = scenario
        .items("ecs/disk")
        .iter()
        .map(|disk| disk["Size"].as_i64().unwrap())
        .collect();
    assert_eq!(sizes, [40, 40, 20, 20]);
    for disk in scenario.items("ecs/disk") {
        assert_eq!(
            (&disk["Category"], &disk["PerformanceLevel"]),
            (&"cloud_essd".into(), &"PL0".into())
        );
    }
    assert_eq!(
        scenario.items("slb/load_balancer")[0]["InstanceChargeType"],
        "PayByCLCU"
    );
    assert_eq!(
        scenario.items("alb/load_balancer")[0]["LoadBalancerEdition"],
        "Basic"
    );
    assert_eq!(
        scenario.items("vpc/nat_gateway")[0]["InternetChargeType"],
        "PayByLcu"
    );
    let [cluster] = scenario.clusters.as_slice() else {
        panic!("one cluster")
    };
    let id = cluster.id().unwrap();
    assert_eq!((id.len(), id.starts_with('c')), (33, true));
    assert_eq!(
        scenario.items("sls/project")[0]["projectName"],
        format!("k8s-log-{id}")
    );
    assert_eq!(
        scenario.items("slb/load_balancer")[0]["LoadBalancerName"],
        format!("ManagedK8SSlbIntranet-{id}")
    );
    assert_eq!(cluster.detail["cluster_spec"], "ack.standard");
    let kinds: BTreeSet<&str> = cluster
        .kubernetes
        .objects
        .iter()
        .map(|object| object["kind"].as_str().unwrap())
        .collect();
    let expected = [
        "AlbConfig",
        "Deployment",
        "Ingress",
        "IngressClass",
        "Namespace",
        "Node",
        "PersistentVolume",
        "PersistentVolumeClaim",
        "Pod",
        "ReplicaSet",
        "Secret",
        "Service",
    ];
    assert_eq!(kinds, BTreeSet::from(expected));
}

/// kubernetes/cloud-provider-alibaba-cloud, `model_build_load_balancer.go`: `k8s-<ns>-<name>-<10 hex of sha256(cluster id, group id)>`,
/// where the group of a cluster-scoped AlbConfig is in kube-system.
#[test]
fn the_alb_is_named_and_tagged_as_its_controller_does_it() {
    use sha2::{Digest as _, Sha256};
    let scenario = load("ack-sop");
    let id = scenario.clusters[0].id().unwrap();
    let hash = hex::encode(Sha256::digest(format!("{id}kube-system/alb")));
    let alb = &scenario.items("alb/load_balancer")[0];
    assert_eq!(
        alb["LoadBalancerName"],
        format!("k8s-kubesystem-alb-{}", &hash[..10])
    );
    let albconfig =
        serde_json::json!({"Key": "ingress.k8s.alibaba/albconfig", "Value": "kube-system/alb"});
    assert!(alb["Tags"].as_array().unwrap().contains(&albconfig));
}

#[test]
fn variants_change_what_they_name_and_nothing_else() {
    let base = load("ack-sop");
    let pro = load("ack-sop-pro");
    assert_eq!(pro.name, "ack-sop-pro");
    assert_eq!(pro.clusters[0].detail["cluster_spec"], "ack.pro.small");
    assert_eq!(pro.collections, base.collections);
    let spot = load("ack-sop-spot");
    assert_eq!(spot.clusters[0].detail, base.clusters[0].detail);
    for instance in spot.items("ecs/instance") {
        assert_eq!(instance["SpotStrategy"], "SpotAsPriceGo");
    }
    assert_eq!(spot.items("ecs/disk"), base.items("ecs/disk"));
}

#[test]
fn broken_scenarios_are_refused_with_what_is_wrong() {
    let refused = |text: &str| Scenario::parse("mine", text).unwrap_err().to_string();
    assert_eq!(refused("{"), "scenario mine is not JSON");
    assert_eq!(refused("[]"), "scenario mine is not valid");
    assert_eq!(
        refused(r#"{"extends": "ack-sop"}"#),
        "scenario mine is not valid"
    );
    assert_eq!(
        refused(r#"{"name": "x", "title": {}, "extends": "nothing", "set": {}}"#),
        "no scenario nothing; there are ack-sop, ack-sop-pro, ack-sop-spot, or give the path of a file"
    );
    assert_eq!(
        refused(
            r#"{"name": "x", "title": {}, "extends": "ack-sop", "set": {"/clusters/7/detail": {}}}"#
        ),
        "scenario mine sets /clusters/7/detail, which ack-sop does not have"
    );
    let real = r#"{"name": "x", "title": {"en": "", "zh-CN": ""}, "account": {"id": "1234567890123456", "user_id": "2", "name": "u"}, "region": "cn-hangzhou", "regions": []}"#;
    assert_eq!(
        refused(real),
        "scenario mine: account id 1234567890123456 must be 16 digits that start with 0000"
    );
    let unknown = real.replace("\"regions\"", "\"extra\": 1, \"regions\"");
    assert_eq!(refused(&unknown), "scenario mine is not valid");
    assert!(matches!(
        Scenario::load("no/such/file.json"),
        Err(ScenarioError::Unknown { .. })
    ));
}
