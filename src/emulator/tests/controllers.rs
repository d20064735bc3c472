//! What a cluster's controllers do to the cloud.

use std::time::Duration;

use http::{Method, Request};
use hyper::body::Bytes;
use serde_json::{Value, json};

use super::super::Running;
use super::{CLUSTER, options};
use crate::emulator::world::Removal;
use crate::emulator::{Emulator, Options, Scenario};

/// The scenario with a world that moves only when the test lets it.
async fn start() -> Lab {
    let options = Options {
        time_scale: 0,
        ..options()
    };
    let scenario = Scenario::load("ack-sop").unwrap();
    let running = Emulator::start(scenario, options).await.unwrap();
    let api = running.kubernetes(CLUSTER).unwrap();
    let until = "2027-01-01T00:00:00Z".parse().unwrap();
    api.admit("token".to_owned(), USER, until);
    Lab(running)
}

/// The RAM user of the scenario, as whom its kubeconfig logs in.
const USER: &str = "200000000000000042";

struct Lab(Running);

impl Lab {
    fn ask(&self, method: Method, path: &str, body: &Value) -> (u16, Value) {
        let body = if body.is_null() {
            Bytes::new()
        } else {
            Bytes::from(body.to_string())
        };
        let kind = if method == Method::PATCH {
            "application/merge-patch+json"
        } else {
            "application/json"
        };
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", "Bearer token")
            .header("content-type", kind)
            .body(body)
            .unwrap();
        let response = self.0.kubernetes(CLUSTER).unwrap().handle(&request);
        let body = serde_json::from_slice(response.body()).unwrap_or(Value::Null);
        (response.status().as_u16(), body)
    }

    fn delete(&self, path: &str) {
        let options =
            json!({"kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": "Background"});
        let (status, answer) = self.ask(Method::DELETE, path, &options);
        assert_eq!(status, 200, "{path}: {answer}");
    }

    fn is_there(&self, path: &str) -> bool {
        match self.ask(Method::GET, path, &Value::Null) {
            (200, _) => true,
            (404, _) => false,
            other => panic!("{path}: {other:?}"),
        }
    }

    fn names(&self, path: &str) -> Vec<String> {
        let (_, list) = self.ask(Method::GET, path, &Value::Null);
        let items = list["items"].as_array().unwrap();
        items
            .iter()
            .map(|item| item["metadata"]["name"].as_str().unwrap().to_owned())
            .collect()
    }

    async fn wait(&self, seconds: u64) {
        let clock = self.0.clock();
        for _ in 0..seconds.div_ceil(5) {
            clock.sleep(Duration::from_secs(5)).await;
        }
    }

    fn holds(&self, collection: &str, id: &str) -> bool {
        self.0.holds(collection).iter().any(|known| known == id)
    }

    fn item(&self, collection: &str, id: &str) -> Value {
        self.0.service.cloud.item(collection, id).unwrap()
    }
}

const APP: &str = "/api/v1/namespaces/my-app";
const DEPLOYMENT: &str = "/apis/apps/v1/namespaces/my-app/deployments/my-app";
const INGRESS: &str = "/apis/networking.k8s.io/v1/namespaces/my-app/ingresses/my-app";
const ALB_CONFIG: &str = "/apis/alibabacloud.com/v1/albconfigs/alb";
const CLAIM: &str = "/api/v1/namespaces/my-app/persistentvolumeclaims/my-app-data";
const VOLUME: &str = "/api/v1/persistentvolumes/d-bp1labvolume00000001";
const DISK: &str = "d-bp1labvolume00000001";
const ALB: &str = "alb-labsop000000000042";
const GROUP: &str = "sgp-labsop000000000001";

#[tokio::test]
async fn a_cluster_that_nobody_touches_stays_as_it_is() {
    let lab = start().await;
    let state = |lab: &Lab| {
        let lists = [
            "/api/v1/pods",
            "/apis/apps/v1/replicasets",
            "/apis/apps/v1/deployments",
            "/api/v1/persistentvolumes",
            "/apis/networking.k8s.io/v1/ingresses",
            "/apis/alibabacloud.com/v1/albconfigs",
            "/api/v1/nodes",
            "/api/v1/services",
        ];
        lists.map(|path| lab.ask(Method::GET, path, &Value::Null).1["items"].clone())
    };
    let before = state(&lab);
    lab.wait(600).await;
    assert_eq!(state(&lab), before);
}

#[tokio::test]
async fn pods_come_back_as_long_as_their_owner_lives() {
    let lab = start().await;
    let before = lab.names(&format!("{APP}/pods"));
    for name in &before {
        lab.delete(&format!("{APP}/pods/{name}"));
    }
    lab.wait(60).await;
    let after = lab.names(&format!("{APP}/pods"));
    assert_eq!(after.len(), 2);
    assert!(after.iter().all(|name| !before.contains(name)), "{after:?}");
    lab.delete(DEPLOYMENT);
    lab.wait(60).await;
    assert!(lab.names(&format!("{APP}/pods")).is_empty());
    assert!(
        lab.names("/apis/apps/v1/namespaces/my-app/replicasets")
            .is_empty()
    );
}

#[tokio::test]
async fn an_ingress_takes_its_server_groups_and_an_albconfig_its_load_balancer() {
    let lab = start().await;
    lab.delete(ALB_CONFIG);
    lab.wait(60).await;
    assert!(lab.is_there(ALB_CONFIG), "an Ingress still belongs to it");
    assert!(lab.holds("alb/load_balancer", ALB));
    lab.delete(INGRESS);
    assert!(lab.is_there(INGRESS), "its finalizer is the controller's");
    lab.wait(120).await;
    assert!(!lab.is_there(INGRESS));
    assert!(!lab.holds("alb/server_group", GROUP));
    lab.wait(300).await;
    assert!(!lab.is_there(ALB_CONFIG));
    assert!(!lab.holds("alb/load_balancer", ALB));
}

#[tokio::test]
async fn a_load_balancer_that_the_user_brought_stays() {
    let lab = start().await;
    let (status, _) = lab.ask(
        Method::PATCH,
        ALB_CONFIG,
        &json!({"spec": {"config": {"id": ALB}}}),
    );
    assert_eq!(status, 200);
    lab.delete(INGRESS);
    lab.delete(ALB_CONFIG);
    lab.wait(300).await;
    assert!(!lab.is_there(ALB_CONFIG));
    assert!(lab.holds("alb/load_balancer", ALB));
}

#[tokio::test]
async fn a_claim_waits_for_its_pods_and_its_disk_goes_after_it() {
    let lab = start().await;
    lab.delete(CLAIM);
    lab.wait(120).await;
    assert!(lab.is_there(CLAIM), "Pods use it");
    assert_eq!(lab.item("ecs/disk", DISK)["Status"], "In_use");
    lab.delete(DEPLOYMENT);
    lab.wait(35).await;
    assert!(!lab.is_there(CLAIM));
    lab.wait(300).await;
    assert!(!lab.is_there(VOLUME));
    assert!(!lab.holds("ecs/disk", DISK));
}

#[tokio::test]
async fn a_disk_that_is_being_detached_is_attached_again_only_when_that_has_ended() {
    let lab = start().await;
    assert!(lab.0.service.cloud.detach("ecs/disk", DISK));
    for _ in 0..11 {
        lab.wait(5).await;
        assert_eq!(lab.item("ecs/disk", DISK)["Status"], "Detaching");
    }
    // The Pods still use its claim.
    lab.wait(20).await;
    for _ in 0..20 {
        assert_eq!(lab.item("ecs/disk", DISK)["Status"], "In_use");
        lab.wait(5).await;
    }
}

#[tokio::test]
async fn a_retained_volume_and_its_disk_stay() {
    let lab = start().await;
    let retain = json!({"spec": {"persistentVolumeReclaimPolicy": "Retain"}});
    assert_eq!(lab.ask(Method::PATCH, VOLUME, &retain).0, 200);
    lab.delete(DEPLOYMENT);
    lab.delete(CLAIM);
    lab.wait(600).await;
    assert!(!lab.is_there(CLAIM));
    let (_, volume) = lab.ask(Method::GET, VOLUME, &Value::Null);
    assert_eq!(volume["status"]["phase"], "Released");
    assert_eq!(lab.item("ecs/disk", DISK)["Status"], "Available");
}

#[tokio::test]
async fn a_namespace_empties_itself_with_all_that_it_has_in_the_cloud() {
    let lab = start().await;
    lab.delete("/api/v1/namespaces/my-app");
    lab.wait(600).await;
    assert!(!lab.is_there("/api/v1/namespaces/my-app"));
    assert!(!lab.holds("ecs/disk", DISK));
    assert!(!lab.holds("alb/server_group", GROUP));
    // The AlbConfig is cluster-scoped: its load balancer is nobody's business here.
    assert!(lab.holds("alb/load_balancer", ALB));
}

#[tokio::test]
async fn a_service_gets_a_protected_load_balancer_with_the_tags_of_ack_and_takes_it_along() {
    let lab = start().await;
    let service = json!({"metadata": {"name": "public"}, "spec": {"type": "LoadBalancer", "ports": [{"port": 80}]}});
    let (status, made) = lab.ask(Method::POST, &format!("{APP}/services"), &service);
    assert_eq!(status, 201);
    lab.wait(10).await;
    let uid = made["metadata"]["uid"].as_str().unwrap().replace('-', "");
    let name: String = format!("a{uid}").chars().take(32).collect();
    let balancers = lab.0.service.cloud.find("slb/load_balancer", |item| {
        item["LoadBalancerName"] == json!(name)
    });
    assert_eq!(balancers.len(), 1);
    assert_eq!(balancers[0]["DeleteProtection"], "on");
    assert_eq!(
        balancers[0]["ModificationProtectionReason"],
        "managed.by.ack"
    );
    assert_eq!(
        balancers[0]["Tags"]["Tag"],
        json!([{"TagKey": "kubernetes.do.not.delete", "TagValue": name}, {"TagKey": "ack.aliyun.com", "TagValue": CLUSTER}])
    );
    let path = format!("{APP}/services/public");
    let (_, service) = lab.ask(Method::GET, &path, &Value::Null);
    assert_eq!(
        service["metadata"]["finalizers"],
        json!(["service.k8s.alibaba/resources"])
    );
    let id = balancers[0]["LoadBalancerId"].as_str().unwrap();
    lab.delete(&path);
    lab.wait(120).await;
    assert!(!lab.is_there(&path));
    assert!(!lab.holds("slb/load_balancer", id));
}

#[tokio::test]
async fn a_claim_gets_a_disk_where_its_pod_is() {
    let lab = start().await;
    let claim = json!({"metadata": {"name": "more"}, "spec": {"storageClassName": "alicloud-disk-essd",
        "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "30Gi"}}}});
    assert_eq!(
        lab.ask(
            Method::POST,
            &format!("{APP}/persistentvolumeclaims"),
            &claim
        )
        .0,
        201
    );
    let pod = json!({"metadata": {"name": "user"}, "spec": {"containers": [{"name": "a", "image": "example.com/any"}],
        "volumes": [{"name": "v", "persistentVolumeClaim": {"claimName": "more"}}]}});
    assert_eq!(lab.ask(Method::POST, &format!("{APP}/pods"), &pod).0, 201);
    lab.wait(30).await;
    let (_, claim) = lab.ask(
        Method::GET,
        &format!("{APP}/persistentvolumeclaims/more"),
        &Value::Null,
    );
    assert_eq!(claim["status"]["phase"], "Bound");
    let disk = lab.item("ecs/disk", claim["spec"]["volumeName"].as_str().unwrap());
    assert_eq!(
        (&disk["Size"], &disk["Status"]),
        (&json!(30), &json!("In_use"))
    );
}

#[tokio::test]
async fn without_a_node_or_with_the_cluster_on_its_way_out_finalizers_never_complete() {
    let lab = start().await;
    for node in lab.names("/api/v1/nodes") {
        lab.delete(&format!("/api/v1/nodes/{node}"));
    }
    lab.delete(INGRESS);
    lab.wait(600).await;
    assert!(lab.is_there(INGRESS));
    assert!(lab.holds("alb/server_group", GROUP));

    let lab = start().await;
    lab.delete(INGRESS);
    assert!(
        lab.0
            .service
            .cloud
            .set("cs/cluster", CLUSTER, "state", json!("deleting"))
    );
    lab.wait(600).await;
    assert!(lab.is_there(INGRESS));
    assert!(lab.holds("alb/server_group", GROUP));
}

#[tokio::test]
async fn a_cluster_that_is_gone_refuses_connections_and_runs_no_finalizer() {
    let lab = start().await;
    let cloud = &lab.0.service.cloud;
    let address = lab.0.service.clusters.find(CLUSTER).unwrap().address();
    assert_eq!(cloud.remove("cs/cluster", CLUSTER), Removal::Going);
    lab.wait(3600).await;
    assert!(!lab.holds("cs/cluster", CLUSTER));
    let (status, _) = lab.ask(Method::GET, "/version", &Value::Null);
    assert_eq!(status, 503);
    let refused = tokio::net::TcpStream::connect(address).await;
    assert_eq!(
        refused.unwrap_err().kind(),
        std::io::ErrorKind::ConnectionRefused
    );
    assert!(lab.holds("alb/server_group", GROUP));
    assert!(lab.holds("ecs/disk", DISK));
}
