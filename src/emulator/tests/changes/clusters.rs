//! `DeleteCluster` alone ends where column (c) of the lab's table says, and each of its options changes what it says.

use std::collections::BTreeSet;

use super::*;

const POOL: &str = "np3f9c2a7b1d4e6085c7a9e2b4d6f80042";
const NODES: [&str; 2] = ["i-bp1labworker00000001", "i-bp1labworker00000002"];

/// Everything of the lab by collection.
const COLLECTIONS: &[&str] = &[
    "alb/load_balancer",
    "alb/server_group",
    "arms/environment",
    "cr-personal/namespace",
    "cr-personal/repository",
    "cr-personal/tag",
    "cs/cluster",
    "cs/node",
    "cs/node_pool",
    "cs/resource",
    "ecs/disk",
    "ecs/image",
    "ecs/instance",
    "ecs/network_interface",
    "ecs/security_group",
    "ecs/snapshot",
    "ess/scaling_group",
    "slb/load_balancer",
    "sls/logstore",
    "sls/project",
    "vpc/eip",
    "vpc/nat_gateway",
    "vpc/route_table",
    "vpc/snat_entry",
    "vpc/vpc",
    "vpc/vswitch",
];

/// The ids that are gone against the lab at the start.
async fn missing(running: &Running) -> BTreeSet<String> {
    let whole = start(&[]).await;
    COLLECTIONS
        .iter()
        .flat_map(|collection| {
            let left = running.holds(collection);
            let all = whole.holds(collection).into_iter();
            all.filter(move |id| !left.contains(id))
                .map(move |id| format!("{collection} {id}"))
        })
        .collect()
}

fn set(items: &[&str]) -> BTreeSet<String> {
    items.iter().map(|item| (*item).to_owned()).collect()
}

/// What goes with the cluster by default, but the rows of `DescribeClusterResources`.
fn by_default() -> BTreeSet<String> {
    let mut gone = set(&[
        "ecs/disk d-bp1labsystem00000001",
        "ecs/disk d-bp1labsystem00000002",
        "ecs/instance i-bp1labworker00000001",
        "ecs/instance i-bp1labworker00000002",
        "ecs/network_interface eni-bp1labterway00000001",
        "ecs/network_interface eni-bp1labterway00000002",
        "ecs/security_group sg-bp1labcluster0000001",
        "ess/scaling_group asg-bp1labpool0000000001",
        "slb/load_balancer lb-bp1labapiserver000001",
        "vpc/nat_gateway ngw-bp1labnat000000000001",
        "vpc/snat_entry snat-bp1labnat000000000001",
    ]);
    gone.extend(of_the_record());
    gone
}

/// What is ACK's own record of a cluster.
fn of_the_record() -> BTreeSet<String> {
    let mut gone = set(&[
        &format!("cs/cluster {CLUSTER}"),
        &format!("cs/node_pool {POOL}"),
        "cs/node i-bp1labworker00000001",
        "cs/node i-bp1labworker00000002",
    ]);
    let rows = &Scenario::load("ack-sop").unwrap().clusters[0].resources;
    gone.extend(
        rows.iter()
            .map(|row| format!("cs/resource {}", row["instance_id"].as_str().unwrap())),
    );
    gone
}

async fn delete_with(running: &Running, options: &[(&str, &str)]) -> String {
    let mut arguments = vec![("cluster_id", CLUSTER)];
    arguments.extend_from_slice(options);
    let answer = good(running, "cs", "DeleteCluster", &arguments).await;
    answer["task_id"].as_str().unwrap().to_owned()
}

async fn state(running: &Running, task: &str) -> Value {
    good(running, "cs", "DescribeTaskInfo", &[("task_id", task)]).await["state"].clone()
}

#[tokio::test]
async fn without_options_it_ends_as_column_c_says() {
    let running = start(&[]).await;
    let task = delete_with(&running, &[]).await;
    assert_eq!(state(&running, &task).await, "running");
    assert_eq!(field(&running, "cs/cluster", CLUSTER, "state"), "deleting");
    assert_eq!(
        delete_with(&running, &[]).await,
        task,
        "a second call is the same deletion"
    );
    wait(&running, 299).await;
    assert_eq!(state(&running, &task).await, "running");
    wait(&running, 1).await;
    assert_eq!(state(&running, &task).await, "success");
    let cluster = [("cluster_id", CLUSTER)];
    let gone = said(&running, "cs", "DescribeClusterDetail", &cluster).await;
    assert_eq!(gone, code(404, "ErrorClusterNotFound"));
    assert_eq!(
        said(&running, "cs", "DeleteCluster", &cluster).await,
        code(404, "ErrorClusterNotFound")
    );
    assert_eq!(
        running.holds("ecs/network_interface").len(),
        2,
        "they lag behind"
    );
    wait(&running, 600).await;
    assert_eq!(missing(&running).await, by_default());
    assert_eq!(
        field(&running, "vpc/eip", "eip-bp1labnat000000000001", "Status"),
        "Available"
    );
    assert_eq!(
        field(&running, "ecs/disk", "d-bp1labvolume00000001", "Status"),
        "Available"
    );
    assert_eq!(
        field(
            &running,
            "alb/load_balancer",
            "alb-labsop000000000042",
            "LoadBalancerStatus"
        ),
        "Active"
    );
}

#[tokio::test]
async fn delete_options_say_what_else_goes() {
    let running = start(&[]).await;
    let options = r#"[{"resource_type":"ALB","delete_mode":"delete"},{"resource_type":"SLS_Data","delete_mode":"delete"}]"#;
    delete_with(&running, &[("delete_options", options)]).await;
    wait(&running, 900).await;
    let mut expected = by_default();
    expected.extend(set(&[
        "alb/load_balancer alb-labsop000000000042",
        "sls/logstore audit-c7e1a0c5b2d94f6e8a3b1c0d9e8f70042",
        "sls/logstore k8s-event",
        "sls/project k8s-log-c7e1a0c5b2d94f6e8a3b1c0d9e8f70042",
        "vpc/eip eip-bp1labalb000000000001",
        "vpc/eip eip-bp1labalb000000000002",
    ]));
    assert_eq!(missing(&running).await, expected);
}

#[tokio::test]
async fn load_balancers_of_services_go_unless_they_are_retained_or_the_users_own() {
    let balancer = |id: &str, more: &[&str]| {
        let mut tags = vec![json!({"TagKey": "ack.aliyun.com", "TagValue": CLUSTER})];
        tags.extend(
            more.iter()
                .map(|key| json!({"TagKey": key, "TagValue": "true"})),
        );
        json!({"LoadBalancerId": id, "LoadBalancerStatus": "active", "DeleteProtection": "on", "Tags": {"Tag": tags}})
    };
    let retain = r#"[{"resource_type":"SLB","delete_mode":"retain"}]"#;
    for (options, left) in [
        (&[][..], &["lb-reused"][..]),
        (&[("delete_options", retain)], &["lb-service", "lb-reused"]),
        (&[("keep_slb", "true")], &["lb-service", "lb-reused"]),
        (
            &[("retain_resources", r#"["lb-service"]"#)],
            &["lb-service", "lb-reused"],
        ),
    ] {
        let running = start(&[]).await;
        for item in [
            balancer("lb-service", &[]),
            balancer("lb-reused", &["kubernetes.reused.by.user"]),
        ] {
            running
                .service
                .cloud
                .put("slb/load_balancer", "cn-hangzhou", item);
        }
        delete_with(&running, options).await;
        wait(&running, 900).await;
        assert_eq!(running.holds("slb/load_balancer"), left, "{options:?}");
    }
}

#[tokio::test]
async fn retained_resources_stay_and_all_of_them_if_so_wished() {
    let running = start(&[]).await;
    let retained =
        r#"["ngw-bp1labnat000000000001","lb-bp1labapiserver000001","i-bp1labworker00000001"]"#;
    delete_with(&running, &[("retain_resources", retained)]).await;
    wait(&running, 900).await;
    assert_eq!(running.holds("vpc/nat_gateway").len(), 1);
    assert_eq!(running.holds("vpc/snat_entry").len(), 1);
    assert_eq!(running.holds("slb/load_balancer").len(), 1);
    assert_eq!(running.holds("ecs/instance"), NODES[..1]);
    assert_eq!(
        running.holds("ecs/security_group").len(),
        2,
        "still used by what was retained"
    );
    let running = start(&[]).await;
    delete_with(&running, &[("retain_all_resources", "true")]).await;
    wait(&running, 900).await;
    assert_eq!(missing(&running).await, of_the_record());
}

#[tokio::test]
async fn options_that_do_not_exist_are_refused() {
    let running = start(&[]).await;
    for options in [
        r#"[{"resource_type":"NLB","delete_mode":"delete"}]"#,
        r#"[{"resource_type":"ALB","delete_mode":"perhaps"}]"#,
    ] {
        let arguments = [("cluster_id", CLUSTER), ("delete_options", options)];
        let refused = said(&running, "cs", "DeleteCluster", &arguments).await;
        assert_eq!(refused, code(400, "InvalidParameter"), "{options}");
    }
    assert_eq!(field(&running, "cs/cluster", CLUSTER, "state"), "running");
}

#[tokio::test]
async fn a_protected_cluster_is_deleted_after_its_protection_is_off() {
    let running = start(&[]).await;
    let cluster = [("cluster_id", CLUSTER)];
    for (on, expected) in [(true, code(403, "StatusForbidden")), (false, accepted())] {
        let document = json!({"deletion_protection": on});
        let response = call_with(&running, "cs", "ModifyCluster", &cluster, Some(document)).await;
        assert_eq!(response.status, 200);
        assert_eq!(
            field(&running, "cs/cluster", CLUSTER, "deletion_protection"),
            on
        );
        assert_eq!(
            said(&running, "cs", "DeleteCluster", &cluster).await,
            expected
        );
    }
    let renamed = Some(json!({"cluster_name": "other"}));
    let response = call_with(&running, "cs", "ModifyCluster", &cluster, renamed).await;
    assert_eq!(body(&response)["code"], "Emulator.NotBuilt");
}

#[tokio::test]
async fn nodes_of_a_pool_without_desired_size_and_prepaid_ones_stay() {
    let mut scenario = Scenario::load("ack-sop").unwrap();
    let pool = &mut scenario.clusters[0].nodepools[0];
    pool["scaling_group"]
        .as_object_mut()
        .unwrap()
        .remove("desired_size");
    let running = start_with(scenario, &[]).await;
    delete_with(&running, &[]).await;
    wait(&running, 900).await;
    assert_eq!(running.holds("ecs/instance"), NODES);
    assert!(running.holds("ess/scaling_group").is_empty());
    assert!(running.holds("cs/node").is_empty());
    let scenario = lab_with(
        "ecs/instance",
        ("InstanceId", NODES[1]),
        "InstanceChargeType",
        json!("PrePaid"),
    );
    let running = start_with(scenario, &[]).await;
    delete_with(&running, &[]).await;
    wait(&running, 900).await;
    assert_eq!(running.holds("ecs/instance"), NODES[1..]);
}

#[tokio::test]
async fn a_node_pool_goes_with_its_nodes_by_force_only() {
    let running = start(&[]).await;
    let pool = [("cluster_id", CLUSTER), ("nodepool_id", POOL)];
    let refused = said(&running, "cs", "DeleteClusterNodepool", &pool).await;
    assert_eq!(refused, code(400, "InvalidParameter"));
    let forced = [pool[0], pool[1], ("force", "true")];
    let answer = good(&running, "cs", "DeleteClusterNodepool", &forced).await;
    let task = answer["task_id"].as_str().unwrap();
    assert_eq!(
        field(&running, "cs/node_pool", POOL, "status.state"),
        "deleting"
    );
    let again = good(&running, "cs", "DeleteClusterNodepool", &forced).await;
    assert_eq!(again["task_id"], task);
    assert_eq!(state(&running, task).await, "running");
    wait(&running, 120).await;
    assert_eq!(state(&running, task).await, "success");
    for collection in [
        "ecs/instance",
        "ess/scaling_group",
        "cs/node_pool",
        "cs/node",
    ] {
        assert!(running.holds(collection).is_empty(), "{collection}");
    }
    assert_eq!(running.holds("cs/cluster"), [CLUSTER]);
    let gone = said(&running, "cs", "DeleteClusterNodepool", &forced).await;
    assert_eq!(gone, code(404, "ErrorNodePoolNotFound"));
    let nowhere = [("cluster_id", "c-none"), pool[1]];
    let gone = said(&running, "cs", "DeleteClusterNodepool", &nowhere).await;
    assert_eq!(gone, code(404, "ErrorClusterNotFound"));
    let unknown = said(&running, "cs", "DescribeTaskInfo", &[("task_id", "T-none")]).await;
    assert_eq!(unknown, code(404, "ErrorTaskNotFound"));
}

#[tokio::test]
async fn each_thing_that_cannot_be_deleted_is_what_stays() {
    for (collection, id) in [
        ("ecs/instance", NODES[0]),
        ("ecs/disk", "d-bp1labsystem00000001"),
        ("ecs/network_interface", "eni-bp1labterway00000001"),
        ("ecs/security_group", "sg-bp1labcluster0000001"),
        ("ess/scaling_group", "asg-bp1labpool0000000001"),
        ("slb/load_balancer", "lb-bp1labapiserver000001"),
        ("vpc/nat_gateway", "ngw-bp1labnat000000000001"),
    ] {
        let options = Options {
            undeletable: vec![(collection.to_owned(), id.to_owned())],
            ..options()
        };
        let scenario = Scenario::load("ack-sop").unwrap();
        let running = Emulator::start(scenario, options).await.unwrap();
        let task = delete_with(&running, &[]).await;
        wait(&running, 86_400).await;
        assert!(
            running.holds(collection).contains(&id.to_owned()),
            "{collection}"
        );
        assert!(running.holds("cs/cluster").is_empty(), "{collection}");
        assert_eq!(state(&running, &task).await, "success");
    }
}

#[tokio::test]
async fn a_cluster_that_cannot_be_deleted_says_so_and_can_be_tried_again() {
    let options = Options {
        undeletable: vec![("cs/cluster".to_owned(), CLUSTER.to_owned())],
        ..options()
    };
    let scenario = Scenario::load("ack-sop").unwrap();
    let running = Emulator::start(scenario, options).await.unwrap();
    let task = delete_with(&running, &[]).await;
    wait(&running, 300).await;
    assert_eq!(state(&running, &task).await, "fail");
    assert_eq!(
        field(&running, "cs/cluster", CLUSTER, "state"),
        "delete_failed"
    );
    assert_ne!(delete_with(&running, &[]).await, task);
}
