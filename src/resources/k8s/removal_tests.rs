//! What the answers of an API server say about an object, and what its cluster's absence says.

use std::sync::Arc;

use http::{Request, Response};
use hyper::body::Bytes;
use serde_json::{Value, json};

use crate::kubernetes::{ClientOptions, ClusterClient, InProcessServer};
use crate::model::{Resource, ResourceId};
use crate::resources::cluster::Clusters;
use crate::resources::find;
use crate::resources::teardown::Observation;
use crate::resources::testing::{cell, context, reader, resource};

fn cluster() -> ResourceId {
    resource(&cell("cn-hangzhou"), "ack.cluster", "c1").id
}

fn service() -> ResourceId {
    resource(&cell("cn-hangzhou"), "k8s.service", "c1/app/web").id
}

fn object(uid: &str) -> Value {
    json!({"metadata": {"name": "web", "namespace": "app", "uid": uid}, "spec": {"type": "LoadBalancer"}})
}

fn services(items: &[Value]) -> Value {
    json!({"kind": "ServiceList", "metadata": {}, "items": items})
}

fn status(code: u16, reason: &str) -> Value {
    json!({"kind": "Status", "status": "Failure", "reason": reason, "code": code})
}

/// What a look finds where the API server answers the object and the list like this, and ACK the cluster.
async fn look(one: (u16, Value), all: (u16, Value), ack: (u16, Value)) -> Observation {
    let is_ack_there = ack.0 == 200;
    let context = context(move |_, target| {
        if target.starts_with("/regions") || target.contains("clusters?") {
            let clusters = if is_ack_there {
                json!([{"cluster_id": "c1"}])
            } else {
                json!([])
            };
            let count = clusters.as_array().unwrap().len();
            (
                200,
                json!({"clusters": clusters, "page_info": {"total_count": count}}),
            )
        } else {
            ack.clone()
        }
    });
    let server: InProcessServer = Arc::new(move |request: Request<Bytes>| {
        let (code, body) = if request.uri().path().ends_with("/web") {
            one.clone()
        } else {
            all.clone()
        };
        let body = Bytes::from(body.to_string());
        Response::builder().status(code).body(body).unwrap()
    });
    let options = ClientOptions::new(&context);
    let client = ClusterClient::in_process(server, "token".into(), &options);
    let clusters = Clusters::new(options, Arc::clone(&context.wall_clock), false)
        .with_client(&cluster(), Arc::new(client));
    let api = reader(&context).with_clusters(clusters);
    let removal = find("k8s.service").unwrap().teardown().unwrap();
    removal.observe(&api, &service()).await
}

fn word(observation: &Observation) -> &'static str {
    match observation {
        Observation::Present(_) => "present",
        Observation::Gone => "gone",
        Observation::Unknown(_) => "unknown",
    }
}

#[tokio::test(start_paused = true)]
async fn gone_is_what_the_api_server_says_twice_or_what_had_its_cluster() {
    let lives = || (200, json!({"cluster_id": "c1"}));
    let went = || (404, json!({"code": "ErrorClusterNotFound", "message": "m"}));
    let missing = || (404, status(404, "NotFound"));
    let found = || (200, object("uid-1"));
    let listed = |items: &[Value]| (200, services(items));
    for (name, one, all, ack, expected) in [
        (
            "there",
            found(),
            listed(&[object("uid-1")]),
            lives(),
            "present",
        ),
        ("twice not there", missing(), listed(&[]), lives(), "gone"),
        (
            "made again meanwhile",
            missing(),
            listed(&[object("uid-2")]),
            lives(),
            "present",
        ),
        (
            "list denied",
            missing(),
            (403, status(403, "Forbidden")),
            lives(),
            "unknown",
        ),
        (
            "bare 404",
            (404, json!("not found")),
            listed(&[]),
            lives(),
            "unknown",
        ),
        (
            "denied",
            (403, status(403, "Forbidden")),
            listed(&[]),
            lives(),
            "unknown",
        ),
        (
            "login refused",
            (401, status(401, "Unauthorized")),
            listed(&[]),
            lives(),
            "unknown",
        ),
        (
            "server fails",
            (503, json!("")),
            listed(&[]),
            lives(),
            "unknown",
        ),
        (
            "cluster is gone",
            (503, json!("")),
            listed(&[]),
            went(),
            "gone",
        ),
        (
            "cluster is denied",
            (503, json!("")),
            listed(&[]),
            (403, json!({"code": "StatusForbidden"})),
            "unknown",
        ),
        (
            "unreadable item",
            missing(),
            listed(&[json!({"metadata": {}})]),
            lives(),
            "unknown",
        ),
    ] {
        assert_eq!(word(&look(one, all, ack).await), expected, "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_present_object_says_its_uid() {
    let lives = (200, json!({"cluster_id": "c1"}));
    let found = look((200, object("uid-7")), (200, services(&[])), lives).await;
    let Observation::Present(found) = found else {
        panic!("{found:?}")
    };
    let found: &Resource = &found;
    assert_eq!(found.text("uid"), Some("uid-7"));
    assert_eq!(found.id, service());
}

#[tokio::test(start_paused = true)]
async fn without_a_way_into_the_cluster_nobody_can_tell() {
    let context = context(|_, _| (403, json!({"code": "StatusForbidden"})));
    let removal = find("k8s.service").unwrap().teardown().unwrap();
    let found = removal.observe(&reader(&context), &service()).await;
    assert_eq!(word(&found), "unknown");
}
