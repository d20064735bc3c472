//! What a cluster's controllers do in the cloud, and what they hear.

use std::sync::Mutex;

use super::*;
use crate::emulator::world::Removal;

const ALB: &str = "alb-labsop000000000042";
const GROUP: &str = "sgp-labsop000000000001";
const VOLUME: &str = "d-bp1labvolume00000001";

#[tokio::test]
async fn a_controller_removes_a_protected_load_balancer_and_then_its_server_group() {
    let running = start(&[]).await;
    let cloud = &running.service.cloud;
    let in_use = Removal::Blocked("ResourceInUse.ServerGroup".to_owned());
    assert_eq!(cloud.remove("alb/server_group", GROUP), in_use);
    assert_eq!(cloud.remove("alb/load_balancer", ALB), Removal::Going);
    assert_eq!(
        cloud.remove("alb/load_balancer", ALB),
        Removal::Going,
        "already"
    );
    let still = field(
        &running,
        "alb/load_balancer",
        ALB,
        "DeletionProtectionConfig.Enabled",
    );
    assert_eq!(still, false);
    assert_eq!(
        cloud.remove("alb/server_group", GROUP),
        in_use,
        "until it is gone"
    );
    wait(&running, 20).await;
    assert_eq!(cloud.remove("alb/load_balancer", ALB), Removal::Absent);
    assert_eq!(cloud.remove("alb/server_group", GROUP), Removal::Going);
    wait(&running, 5).await;
    assert!(running.holds("alb/server_group").is_empty());
}

#[tokio::test]
async fn a_controller_detaches_a_disk_before_it_removes_it() {
    let running = start(&[]).await;
    let cloud = &running.service.cloud;
    let attached = Removal::Blocked("DiskStillAttached".to_owned());
    assert_eq!(cloud.remove("ecs/disk", VOLUME), attached);
    assert!(cloud.detach("ecs/disk", VOLUME));
    assert!(!cloud.detach("ecs/disk", VOLUME), "it is being detached");
    wait(&running, 60).await;
    assert_eq!(cloud.remove("ecs/disk", VOLUME), Removal::Going);
    wait(&running, 2).await;
    assert!(cloud.item("ecs/disk", VOLUME).is_none());
}

#[tokio::test]
async fn what_a_controller_creates_is_listed() {
    let running = start(&[]).await;
    let cloud = &running.service.cloud;
    let balancer = |name: &str| json!({"LoadBalancerId": "lb-new", "LoadBalancerName": name, "LoadBalancerStatus": "active", "RegionId": "cn-hangzhou"});
    cloud.put("slb/load_balancer", "cn-hangzhou", balancer("first"));
    cloud.put("slb/load_balancer", "cn-hangzhou", balancer("second"));
    let answer = good(&running, "slb", "DescribeLoadBalancers", &[HERE]).await;
    let names = answer["LoadBalancers"]["LoadBalancer"].as_array().unwrap();
    assert_eq!(names.len(), 2, "one of the same id is replaced");
    let found = cloud.find("slb/load_balancer", |item| {
        item["LoadBalancerName"] == "second"
    });
    assert_eq!(found.len(), 1);
    assert!(cloud.set(
        "slb/load_balancer",
        "lb-new",
        "DeleteProtection",
        json!("on")
    ));
    assert!(!cloud.set(
        "slb/load_balancer",
        "lb-none",
        "DeleteProtection",
        json!("on")
    ));
    assert_eq!(cloud.remove("slb/load_balancer", "lb-new"), Removal::Going);
}

#[tokio::test]
async fn listeners_hear_that_time_has_moved_and_that_a_cluster_is_gone_and_may_call_back() {
    let running = start(&[]).await;
    let heard = Arc::new(Mutex::new(Vec::new()));
    let (times, clusters, cloud) = (
        Arc::clone(&heard),
        Arc::clone(&heard),
        Arc::clone(&running.service.cloud),
    );
    running.service.cloud.on_time(move |now| {
        assert_eq!(cloud.read().now(), *now);
        times.lock().unwrap().push(now.to_rfc3339());
    });
    let cloud = Arc::clone(&running.service.cloud);
    running.service.cloud.on_cluster_gone(move |id| {
        assert!(cloud.item("cs/cluster", id).is_none());
        clusters.lock().unwrap().push(id.to_owned());
    });
    good(&running, "cs", "DeleteCluster", &[("cluster_id", CLUSTER)]).await;
    assert!(heard.lock().unwrap().is_empty(), "no time has passed");
    wait(&running, 299).await;
    assert_eq!(*heard.lock().unwrap(), ["2026-02-14T02:04:59+00:00"]);
    wait(&running, 1).await;
    assert_eq!(
        heard.lock().unwrap()[1..],
        [CLUSTER.to_owned(), "2026-02-14T02:05:00+00:00".to_owned()]
    );
}
