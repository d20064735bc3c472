//! The emulator over real sockets: HTTP for the OpenAPI, TLS for the API servers of its clusters.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests are tests"
)]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures::TryStreamExt as _;
use secrecy::SecretString;
use serde_json::Value;
use yunsweep::context::{Clock, Context, SystemClock};
use yunsweep::emulator::{Emulator, Options, Running, Scenario, Throttling};
use yunsweep::kubernetes::{
    ApiResourceRef, ClientOptions, ClusterClient, ErrorClass as KubernetesClass, ListQuery,
    ProxySettings, Unreachable,
};
use yunsweep::model::Region;
use yunsweep::openapi::endpoint::parse_connect_to;
use yunsweep::openapi::{
    ApiError, Client, Credential, Endpoints, ErrorClass, Limiter, Reader, Request, StaticCredential,
};
use yunsweep::transport::{
    HttpRequest, ReqwestTransport, Transport as _, TransportErrorKind, TransportOptions,
};

const CLUSTER: &str = "c7e1a0c5b2d94f6e8a3b1c0d9e8f70042";

static PODS: ApiResourceRef = ApiResourceRef {
    group: "",
    version: "v1",
    plural: "pods",
    kind: "Pod",
    namespaced: true,
    optional: false,
};

async fn start(faults: &[&str]) -> Running {
    yunsweep::tls::install();
    let options = Options {
        faults: faults.iter().map(|fault| fault.parse().unwrap()).collect(),
        throttling: Throttling::Off,
        ..Options::default()
    };
    let scenario = Scenario::load("ack-sop").unwrap();
    Emulator::start(scenario, options).await.unwrap()
}

fn transport() -> ReqwestTransport {
    ReqwestTransport::new(&TransportOptions::default()).unwrap()
}

/// A client that is led here by the environment that the emulator names, as a user's would be.
fn reader(running: &Running, hosts: BTreeMap<String, String>) -> Reader {
    let environment: BTreeMap<&str, String> = running.environment().into_iter().collect();
    let credential = Credential {
        access_key_id: environment["ALIBABA_CLOUD_ACCESS_KEY_ID"].clone(),
        secret: SecretString::from(environment["ALIBABA_CLOUD_ACCESS_KEY_SECRET"].clone()),
        security_token: None,
        expires_at: None,
    };
    let endpoints = Endpoints {
        hosts,
        connect_to: Some(parse_connect_to(&environment["YUNSWEEP_ENDPOINT"]).unwrap()),
        ..Endpoints::default()
    };
    let client = Client::new(
        Context::system(BTreeMap::new(), Arc::new(transport())),
        endpoints,
        Arc::new(StaticCredential::new(credential, "environment")),
        Arc::new(Limiter::default()),
        running.account(),
    );
    Reader::new(Arc::new(client))
}

fn request(product: &'static str, action: &str) -> Request {
    Request::new(product, action, &Region::new("cn-hangzhou"))
}

async fn disks(running: &Running, hosts: BTreeMap<String, String>) -> Result<usize, ApiError> {
    let request = request("ecs", "DescribeDisks").query("RegionId", "cn-hangzhou");
    let answer = reader(running, hosts).read(request).await?;
    Ok(answer["Disks"]["Disk"].as_array().unwrap().len())
}

#[tokio::test]
async fn official_hosts_and_the_address_itself_lead_to_the_same_world() {
    let running = start(&[]).await;
    assert_eq!(disks(&running, BTreeMap::new()).await.unwrap(), 4);
    for host in [
        running.address().to_string(),
        format!("localhost:{}", running.address().port()),
        format!("ecs.cn-hangzhou.emulator.test:{}", running.address().port()),
    ] {
        let hosts = BTreeMap::from([("ecs".to_owned(), host.clone())]);
        assert_eq!(disks(&running, hosts).await.unwrap(), 4, "{host}");
    }
    let project = request("sls", "ListLogStores").argument("project", format!("k8s-log-{CLUSTER}"));
    for host in ["cn-hangzhou.log.aliyuncs.com", "cn-hangzhou.emulator.test"] {
        let hosts = BTreeMap::from([("sls".to_owned(), host.to_owned())]);
        let answer = reader(&running, hosts).read(project.clone()).await.unwrap();
        assert_eq!(answer["count"], 2, "{host}");
    }
    let other = BTreeMap::from([("ecs".to_owned(), "ecs.cn-hangzhou.example.com".to_owned())]);
    // A host that says nothing is no obstacle: version and action decide.
    assert_eq!(disks(&running, other).await.unwrap(), 4);
}

#[tokio::test]
async fn a_request_that_nobody_signed_gets_an_answer_too() {
    let running = start(&[]).await;
    let host = running.address().to_string();
    let request = HttpRequest::new("GET", "http", host, "/");
    let response = transport().send(request).await.unwrap();
    assert_eq!(response.status, 404);
    let body: Value = serde_json::from_slice(&response.body).unwrap();
    assert_eq!(body["Code"], "InvalidProduct.NotFound");
    assert!(response.header("date").is_some());
}

/// One unsigned request, which the plan disturbs before anything is checked.
async fn disturbed(fault: &str, timeout: Duration) -> Result<u16, TransportErrorKind> {
    let running = start(&[fault]).await;
    let target = "/?Action=GetCallerIdentity&Version=2015-04-01";
    let mut request = HttpRequest::new("GET", "http", running.address().to_string(), target);
    request.timeout = timeout;
    let answer = transport().send(request).await;
    answer
        .map(|answer| answer.status)
        .map_err(|error| error.kind)
}

#[tokio::test]
async fn connections_break_and_hang_as_the_plan_says() {
    let long = Duration::from_secs(20);
    for (fault, timeout, expected) in [
        ("sts:GetCallerIdentity#2=cut", long, Ok(400)),
        (
            "sts:GetCallerIdentity=cut",
            long,
            Err(TransportErrorKind::Broken),
        ),
        (
            "sts:GetCallerIdentity=cut-before",
            long,
            Err(TransportErrorKind::Broken),
        ),
        ("sts:GetCallerIdentity=html", long, Ok(502)),
        (
            "sts:GetCallerIdentity=slow:60s",
            Duration::from_millis(50),
            Err(TransportErrorKind::TimedOut),
        ),
    ] {
        assert_eq!(disturbed(fault, timeout).await, expected, "{fault}");
    }
}

#[tokio::test]
async fn after_a_stop_nobody_answers() {
    let running = start(&[]).await;
    let host = running.address().to_string();
    assert_eq!(disks(&running, BTreeMap::new()).await.unwrap(), 4);
    // An idle connection does not keep it from stopping.
    running.stop().await;
    let request = HttpRequest::new("GET", "http", host, "/");
    let error = transport().send(request).await.unwrap_err();
    assert_eq!(error.kind, TransportErrorKind::NotConnected);
}

async fn kubeconfig(running: &Running) -> String {
    let request = request("cs", "DescribeClusterUserKubeconfig")
        .path("cluster_id", CLUSTER)
        .query("TemporaryDurationMinutes", "15");
    let answer = reader(running, BTreeMap::new())
        .read(request)
        .await
        .unwrap();
    assert!(answer["expiration"].as_str().unwrap().ends_with('Z'));
    answer["config"].as_str().unwrap().to_owned()
}

async fn cluster(running: &Running, connect_timeout: Duration) -> Arc<ClusterClient> {
    let options = ClientOptions {
        connect_timeout,
        read_timeout: Duration::from_secs(20),
        page_size: 100,
        proxy: ProxySettings::default(),
        clock: Arc::new(SystemClock) as Arc<dyn Clock>,
    };
    let text = kubeconfig(running).await;
    Arc::new(
        ClusterClient::from_remote_kubeconfig(&text, &options)
            .await
            .unwrap(),
    )
}

#[tokio::test]
async fn the_kubeconfig_leads_to_the_objects_of_the_cluster() {
    let running = start(&[]).await;
    let client = cluster(&running, Duration::from_secs(20)).await;
    assert_eq!(
        client.version().await.unwrap().git_version,
        "v1.34.1-aliyun.1"
    );
    let pods: Vec<Value> = client
        .list(&PODS, ListQuery::default())
        .try_collect()
        .await
        .unwrap();
    assert!(!pods.is_empty());
    let ours = running.kubernetes(CLUSTER).unwrap().store();
    let kind = ours.kind("", "v1", "pods").unwrap();
    let everything = yunsweep::emulator::kubernetes::ListOptions::default();
    assert_eq!(
        pods.len(),
        ours.list(&kind, &everything).unwrap().items.len()
    );
    assert!(running.kubernetes("another").is_none());
}

#[tokio::test]
async fn an_api_server_can_be_out_of_reach() {
    for (fault, timeout, expected) in [
        (
            "cs:DescribeClusterUserKubeconfig=api-server-refused",
            Duration::from_secs(20),
            Unreachable::Refused,
        ),
        (
            "cs:DescribeClusterUserKubeconfig=api-server-silent",
            Duration::from_millis(100),
            Unreachable::TimedOut,
        ),
    ] {
        let running = start(&[fault]).await;
        let client = cluster(&running, timeout).await;
        let error = client.version().await.unwrap_err();
        assert_eq!(
            error.class,
            KubernetesClass::Unreachable(expected),
            "{fault}"
        );
    }
}

#[tokio::test]
async fn a_wrong_secret_is_a_refused_credential_over_the_socket_too() {
    let running = start(&[]).await;
    let mut credential = Credential {
        access_key_id: running.keys().access_key_id.clone(),
        secret: SecretString::from("another".to_owned()),
        security_token: None,
        expires_at: None,
    };
    for (code, token) in [
        ("SignatureDoesNotMatch", None),
        (
            "InvalidSecurityToken.MismatchWithAccessKey",
            Some("surplus"),
        ),
    ] {
        credential.security_token = token.map(|token| SecretString::from(token.to_owned()));
        let endpoints = Endpoints {
            connect_to: Some(parse_connect_to(&running.endpoint()).unwrap()),
            ..Endpoints::default()
        };
        let client = Client::new(
            Context::system(BTreeMap::new(), Arc::new(transport())),
            endpoints,
            Arc::new(StaticCredential::new(credential.clone(), "test")),
            Arc::new(Limiter::default()),
            running.account(),
        );
        let reader = Reader::new(Arc::new(client));
        let error = reader
            .read(request("sts", "GetCallerIdentity"))
            .await
            .unwrap_err();
        assert_eq!(error.class, ErrorClass::Credentials);
        assert_eq!(error.code.as_deref(), Some(code));
    }
}
