//! The cluster client against the emulated API server, over TLS on loopback.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests are tests"
)]

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::{StreamExt as _, TryStreamExt as _};
use http::{Response, StatusCode};
use hyper::body::Bytes;
use serde_json::{Value, json};
use yunsweep::context::SteppingClock;
use yunsweep::emulator::kubernetes::{Endpoint, KubernetesApi, KubernetesServer, Store, User};
use yunsweep::kubernetes::{
    ApiResourceRef, ClientOptions, ClusterClient, ErrorClass, InProcessServer, KubeconfigError,
    KubernetesError, ListQuery, ProxySettings, Unreachable,
};

static PODS: ApiResourceRef = ApiResourceRef {
    group: "",
    version: "v1",
    plural: "pods",
    kind: "Pod",
    namespaced: true,
    optional: false,
};
static DEPLOYMENTS: ApiResourceRef = ApiResourceRef {
    group: "apps",
    plural: "deployments",
    kind: "Deployment",
    ..PODS
};
static ALB_CONFIGS: ApiResourceRef = ApiResourceRef {
    group: "alibabacloud.com",
    version: "v1",
    plural: "albconfigs",
    kind: "AlbConfig",
    namespaced: false,
    optional: true,
};

const TOKEN: &str = "token-that-must-not-be-printed";

fn options() -> ClientOptions {
    ClientOptions {
        connect_timeout: Duration::from_secs(5),
        read_timeout: Duration::from_secs(30),
        page_size: 2,
        proxy: ProxySettings::default(),
        clock: Arc::new(SteppingClock::new("2026-01-15T08:00:00Z".parse().unwrap())),
    }
}

fn pods(count: usize) -> Vec<Value> {
    (0..count)
        .map(|number| {
            json!({"apiVersion": "v1", "kind": "Pod",
                "metadata": {"name": format!("pod-{number}"), "labels": {"odd": (number % 2).to_string()}},
                "status": {"phase": if number == 0 { "Pending" } else { "Running" }}})
        })
        .collect()
}

fn api(manifests: &[Value]) -> Arc<KubernetesApi> {
    let created = "2026-01-15T08:00:00Z".parse().unwrap();
    let store = Store::from_manifests("cluster", created, manifests).unwrap();
    let users = vec![
        User::new("admin", TOKEN),
        User::new("limited", "limited-token").without("list", "deployments"),
    ];
    Arc::new(KubernetesApi::new(store, users, "v1.34.1-aliyun.1"))
}

async fn server(manifests: &[Value]) -> KubernetesServer {
    yunsweep::tls::install();
    let loopback: SocketAddr = ([127, 0, 0, 1], 0).into();
    KubernetesServer::start(api(manifests), loopback)
        .await
        .unwrap()
}

async fn connect(kubeconfig: &str, options: &ClientOptions) -> Arc<ClusterClient> {
    let client = ClusterClient::from_remote_kubeconfig(kubeconfig, options).await;
    Arc::new(client.unwrap())
}

async fn client(server: &KubernetesServer, user: &str) -> Arc<ClusterClient> {
    let kubeconfig = server.kubeconfig(user, Endpoint::Reachable).unwrap();
    connect(&kubeconfig, &options()).await
}

async fn names(client: &Arc<ClusterClient>, query: ListQuery) -> Vec<String> {
    let objects: Vec<Value> = client.list(&PODS, query).try_collect().await.unwrap();
    objects
        .iter()
        .map(|object| object["metadata"]["name"].as_str().unwrap().to_owned())
        .collect()
}

async fn list_error(client: &Arc<ClusterClient>, resource: &ApiResourceRef) -> KubernetesError {
    let items: Vec<_> = client.list(resource, ListQuery::default()).collect().await;
    assert_eq!(items.len(), 1, "an error ends the list");
    items.into_iter().next().unwrap().unwrap_err()
}

#[tokio::test]
async fn every_page_is_followed_and_selectors_reach_the_server() {
    let server = server(&pods(5)).await;
    let client = client(&server, "admin").await;
    let all = ListQuery::default();
    assert_eq!(
        names(&client, all).await,
        ["pod-0", "pod-1", "pod-2", "pod-3", "pod-4"]
    );
    let labels = ListQuery {
        label_selector: Some("odd in (1)".to_owned()),
        ..ListQuery::default()
    };
    assert_eq!(names(&client, labels).await, ["pod-1", "pod-3"]);
    let fields = ListQuery {
        field_selector: Some("status.phase=Pending".to_owned()),
        ..ListQuery::default()
    };
    assert_eq!(names(&client, fields).await, ["pod-0"]);
    let elsewhere = ListQuery {
        namespace: Some("kube-system".to_owned()),
        ..ListQuery::default()
    };
    assert!(names(&client, elsewhere).await.is_empty());
}

#[tokio::test]
async fn version_and_single_objects_are_read() {
    let server = server(&pods(1)).await;
    let client = client(&server, "admin").await;
    assert_eq!(
        client.version().await.unwrap().git_version,
        "v1.34.1-aliyun.1"
    );
    let pod = client.get(&PODS, "default", "pod-0").await.unwrap();
    assert_eq!(pod["status"]["phase"], "Pending");
    let missing = client.get(&PODS, "default", "none").await.unwrap_err();
    assert_eq!(missing.class, ErrorClass::NotFound);
    assert_eq!(missing.reason.as_deref(), Some("NotFound"));
    assert_eq!(client.server(), server.address().to_string());
}

/// ACK's kubeconfigs log in with a client certificate.
#[tokio::test]
async fn a_client_certificate_logs_in() {
    let server = server(&pods(1)).await;
    let kubeconfig = server
        .kubeconfig_with_certificate("admin", Endpoint::Reachable)
        .unwrap();
    let client = connect(&kubeconfig, &options()).await;
    assert_eq!(names(&client, ListQuery::default()).await, ["pod-0"]);
}

#[tokio::test]
async fn a_refused_login_is_unauthorized() {
    let server = server(&[]).await;
    let kubeconfig = server
        .kubeconfig("admin", Endpoint::Reachable)
        .unwrap()
        .replace(TOKEN, "revoked");
    let client = connect(&kubeconfig, &options()).await;
    let error = list_error(&client, &PODS).await;
    assert_eq!(error.class, ErrorClass::Unauthorized);
    assert_eq!(error.http_status, Some(401));
}

#[tokio::test]
async fn a_missing_permission_is_named() {
    let server = server(&[]).await;
    let client = client(&server, "limited").await;
    let error = list_error(&client, &DEPLOYMENTS).await;
    assert_eq!(
        error.missing_permission().as_deref(),
        Some("list deployments.apps")
    );
    assert_eq!(error.reason.as_deref(), Some("Forbidden"));
    assert!(names(&client, ListQuery::default()).await.is_empty());
}

/// The real server answers text, not a `Status`, for the path of a kind that is not installed.
#[tokio::test]
async fn a_kind_that_is_not_installed_is_not_found() {
    let without = server(&[]).await;
    let error = list_error(&client(&without, "admin").await, &ALB_CONFIGS).await;
    assert_eq!(error.class, ErrorClass::NotInstalled);
    assert_eq!(error.reason, None);
    let (elsewhere, _) = scripted(vec![(404, json!("404 page not found"))]);
    let error = list_error(&elsewhere, &PODS).await;
    assert_eq!(error.class, ErrorClass::NotFound, "every cluster has pods");
    let config = json!({"apiVersion": "alibabacloud.com/v1", "kind": "AlbConfig",
        "metadata": {"name": "alb"}});
    let with = server(&[config]).await;
    let client = client(&with, "admin").await;
    let found: Vec<Value> = client
        .list(&ALB_CONFIGS, ListQuery::default())
        .try_collect()
        .await
        .unwrap();
    assert_eq!(found.len(), 1);
}

#[tokio::test]
async fn an_unreachable_server_says_why() {
    let server = server(&[]).await;
    let mut options = options();
    options.connect_timeout = Duration::from_millis(50);
    for (endpoint, expected) in [
        (Endpoint::Refused, Unreachable::Refused),
        (Endpoint::Silent, Unreachable::TimedOut),
    ] {
        let kubeconfig = server.kubeconfig("admin", endpoint).unwrap();
        let client = connect(&kubeconfig, &options).await;
        let error = list_error(&client, &PODS).await;
        assert_eq!(error.class, ErrorClass::Unreachable(expected), "{error:?}");
    }
}

#[tokio::test]
async fn a_server_of_another_authority_is_not_trusted() {
    let (ours, other) = (server(&[]).await, server(&[]).await);
    let kubeconfig = ours
        .kubeconfig("admin", Endpoint::Reachable)
        .unwrap()
        .replace(&ours.address().to_string(), &other.address().to_string());
    let client = connect(&kubeconfig, &options()).await;
    let error = client.version().await.unwrap_err();
    assert_eq!(error.class, ErrorClass::Unreachable(Unreachable::Tls));
}

/// RFC 6761: names below `.invalid` never resolve.
#[tokio::test]
async fn a_name_that_does_not_resolve_is_told_apart() {
    let server = server(&[]).await;
    let kubeconfig = server
        .kubeconfig("admin", Endpoint::Reachable)
        .unwrap()
        .replace(&server.address().to_string(), "api.cluster.invalid:6443");
    let client = connect(&kubeconfig, &options()).await;
    let error = client.version().await.unwrap_err();
    assert_eq!(
        error.class,
        ErrorClass::Unreachable(Unreachable::NameNotResolved)
    );
}

#[tokio::test]
async fn secrets_are_in_no_output() {
    let server = server(&[]).await;
    let client = client(&server, "admin").await;
    let error = list_error(&client, &ALB_CONFIGS).await;
    let refused = server.kubeconfig("admin", Endpoint::Refused).unwrap();
    let away = connect(&refused, &options()).await;
    let unreachable = list_error(&away, &PODS).await;
    for text in [
        format!("{client:?} {error:?} {error}"),
        format!("{away:?} {unreachable:?} {unreachable}"),
    ] {
        assert!(!text.contains(TOKEN), "{text}");
    }
}

#[tokio::test]
async fn a_local_file_is_used_by_context() {
    let server = server(&pods(1)).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config");
    let kubeconfig = server.kubeconfig("admin", Endpoint::Reachable).unwrap();
    std::fs::write(&path, kubeconfig).unwrap();
    let client = ClusterClient::from_file(&path, Some("kubernetes"), &options()).await;
    let client = Arc::new(client.unwrap());
    assert_eq!(names(&client, ListQuery::default()).await, ["pod-0"]);
    let missing = ClusterClient::from_file(&path, Some("other"), &options()).await;
    assert_eq!(
        missing.unwrap_err(),
        KubeconfigError::Missing { what: "context" }
    );
}

/// A server that gives these answers, one after the other, and notes what was asked.
fn scripted(answers: Vec<(u16, Value)>) -> (Arc<ClusterClient>, Arc<Mutex<Vec<String>>>) {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let calls = AtomicU32::new(0);
    let log = Arc::clone(&asked);
    let server: InProcessServer = Arc::new(move |request: http::Request<Bytes>| {
        log.lock().unwrap().push(request.uri().to_string());
        let call = calls.fetch_add(1, Ordering::SeqCst) as usize;
        let (code, body) = &answers[call];
        let mut response = Response::new(Bytes::from(body.to_string()));
        *response.status_mut() = StatusCode::from_u16(*code).unwrap();
        response
    });
    let client = ClusterClient::in_process(server, TOKEN.to_owned().into(), &options());
    (Arc::new(client), asked)
}

fn page(names: &[&str], token: &str) -> (u16, Value) {
    let items: Vec<Value> = names
        .iter()
        .map(|name| json!({"metadata": {"name": name, "namespace": "n", "uid": name}}))
        .collect();
    (
        200,
        json!({"items": items, "metadata": {"continue": token}}),
    )
}

fn status(code: u16, reason: &str) -> (u16, Value) {
    (
        code,
        json!({"kind": "Status", "code": code, "reason": reason}),
    )
}

#[tokio::test]
async fn an_expired_list_starts_again_once_and_gives_nothing_twice() {
    let gone = status(410, "Expired");
    let (client, asked) = scripted(vec![
        page(&["a", "b"], "t1"),
        gone.clone(),
        page(&["a", "b"], "t2"),
        page(&["c"], ""),
    ]);
    assert_eq!(names(&client, ListQuery::default()).await, ["a", "b", "c"]);
    let asked = asked.lock().unwrap().clone();
    assert_eq!(asked[1], "/api/v1/pods?limit=2&continue=t1");
    assert_eq!(asked[2], "/api/v1/pods?limit=2");
    let (client, _) = scripted(vec![
        page(&["a"], "t1"),
        gone.clone(),
        page(&["a"], "t2"),
        gone,
    ]);
    let items: Vec<_> = client.list(&PODS, ListQuery::default()).collect().await;
    assert_eq!(items.len(), 2);
    assert_eq!(items[1].as_ref().unwrap_err().class, ErrorClass::Expired);
}

/// The emulator's own expiry, end to end.
#[tokio::test]
async fn a_compaction_between_two_pages_loses_nothing() {
    let api = api(&pods(5));
    let compacted = Arc::clone(&api);
    let calls = AtomicU32::new(0);
    let server: InProcessServer = Arc::new(move |request: http::Request<Bytes>| {
        if calls.fetch_add(1, Ordering::SeqCst) == 1 {
            compacted.store().compact();
        }
        compacted.handle(&request)
    });
    let client = Arc::new(ClusterClient::in_process(
        server,
        TOKEN.to_owned().into(),
        &options(),
    ));
    let mut found = names(&client, ListQuery::default()).await;
    found.sort();
    assert_eq!(found, ["pod-0", "pod-1", "pod-2", "pod-3", "pod-4"]);
}

#[tokio::test]
async fn a_list_that_does_not_move_on_is_an_error() {
    let (client, _) = scripted(vec![page(&["a"], "same"), page(&["b"], "same")]);
    let items: Vec<_> = client.list(&PODS, ListQuery::default()).collect().await;
    assert_eq!(
        items.last().unwrap().as_ref().unwrap_err().class,
        ErrorClass::Endless
    );
}

#[tokio::test]
async fn an_empty_page_in_the_middle_is_not_the_end() {
    let (client, _) = scripted(vec![page(&[], "t1"), page(&["a"], "t2"), page(&[], "")]);
    assert_eq!(names(&client, ListQuery::default()).await, ["a"]);
}

#[tokio::test]
async fn busy_servers_are_asked_again_and_then_reported() {
    let (client, _) = scripted(vec![status(503, ""), status(429, ""), page(&["a"], "")]);
    assert_eq!(names(&client, ListQuery::default()).await, ["a"]);
    let (client, asked) = scripted(vec![status(500, "InternalError"); 3]);
    let error = list_error(&client, &PODS).await;
    assert_eq!((error.class, error.attempts), (ErrorClass::Server, 3));
    assert_eq!(asked.lock().unwrap().len(), 3);
    let (client, asked) = scripted(vec![status(403, "Forbidden")]);
    assert!(matches!(
        list_error(&client, &PODS).await.class,
        ErrorClass::Denied { .. }
    ));
    assert_eq!(asked.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn an_answer_that_is_no_list_is_not_an_empty_list() {
    for answer in [json!({"kind": "PodList"}), json!([]), json!({"items": 5})] {
        let (client, _) = scripted(vec![(200, answer)]);
        assert_eq!(list_error(&client, &PODS).await.class, ErrorClass::Decode);
    }
}

#[tokio::test]
async fn a_404_alone_does_not_say_that_a_kind_is_not_installed() {
    let groups = |names: &[&str]| {
        let groups: Vec<Value> = names
            .iter()
            .map(|name| json!({"name": name, "versions": [{"version": "v1"}]}))
            .collect();
        (200, json!({"kind": "APIGroupList", "groups": groups}))
    };
    let kinds = |names: &[&str]| {
        let resources: Vec<Value> = names.iter().map(|name| json!({"name": name})).collect();
        (
            200,
            json!({"kind": "APIResourceList", "resources": resources}),
        )
    };
    let bare = (404, json!("no healthy upstream"));
    let group = "alibabacloud.com";
    for (answers, class) in [
        (
            vec![bare.clone(), groups(&["apps"])],
            ErrorClass::NotInstalled,
        ),
        (
            vec![bare.clone(), groups(&[group]), kinds(&["others"])],
            ErrorClass::NotInstalled,
        ),
        // It is served: something in between does not pass the request on.
        (
            vec![bare.clone(), groups(&[group]), kinds(&["albconfigs"])],
            ErrorClass::NotFound,
        ),
        (vec![bare.clone(), bare.clone()], ErrorClass::NotFound),
        (
            vec![bare.clone(), groups(&[group]), bare.clone()],
            ErrorClass::NotFound,
        ),
        (vec![bare.clone(), (200, json!({}))], ErrorClass::NotFound),
    ] {
        let (client, asked) = scripted(answers);
        let error = list_error(&client, &ALB_CONFIGS).await;
        assert_eq!(error.class, class, "{:?}", asked.lock().unwrap());
    }
}
