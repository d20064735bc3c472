//! The clusters under test.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests are tests"
)]

use std::future::Future;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use http::{Method, Request};
use http_body_util::BodyExt as _;
use kube::client::Body;
use kube::config::{KubeConfigOptions, Kubeconfig};
use serde_json::{Value, json};
use yunsweep::context::{Clock, SteppingClock, SystemClock};
use yunsweep::emulator::kubernetes::{Endpoint, KubernetesApi, KubernetesServer, Store, User};
use yunsweep::kubernetes::{
    ClientOptions, ClusterEditor, DeleteOutcome, Life, ObjectRef, Propagation, ProxySettings,
};

/// A cluster under test, with a namespace of its own.
pub(crate) struct Cluster {
    pub(crate) label: &'static str,
    clock: Arc<dyn Clock>,
    pub(crate) editor: ClusterEditor,
    raw: kube::Client,
    pub(crate) namespace: String,
    /// What keeps the emulated server alive.
    _emulated: Option<(KubernetesServer, tempfile::TempDir)>,
}

impl Cluster {
    pub(crate) async fn connect(
        label: &'static str,
        path: &Path,
        clock: Arc<dyn Clock>,
        emulated: Option<(KubernetesServer, tempfile::TempDir)>,
    ) -> Self {
        let options = ClientOptions {
            connect_timeout: Duration::from_secs(5),
            read_timeout: Duration::from_secs(30),
            page_size: 500,
            proxy: ProxySettings::default(),
            clock: Arc::clone(&clock),
        };
        let editor = ClusterEditor::from_file(path, None, &options)
            .await
            .unwrap();
        let kubeconfig = Kubeconfig::read_from(path).unwrap();
        let config =
            kube::Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default())
                .await
                .unwrap();
        let namespace = format!("yunsweep-test-{}", uuid::Uuid::new_v4().simple());
        let cluster = Self {
            label,
            clock,
            editor,
            raw: kube::Client::try_from(config).unwrap(),
            namespace,
            _emulated: emulated,
        };
        let manifest = json!({"metadata": {"name": cluster.namespace}});
        cluster
            .expect(201, Method::POST, "/api/v1/namespaces", &manifest)
            .await;
        cluster
    }

    pub(crate) async fn emulated() -> Self {
        yunsweep::tls::install();
        let start: DateTime<Utc> = "2026-01-15T08:00:00Z".parse().unwrap();
        let clock: Arc<dyn Clock> = Arc::new(SteppingClock::new(start));
        let node = json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "node"}});
        let store = Store::from_manifests("cluster", start, &[node]).unwrap();
        let api = KubernetesApi::new(store, vec![User::new("admin", "token")], "v1.34.1-aliyun.1")
            .with_clock(Arc::clone(&clock));
        let loopback: SocketAddr = ([127, 0, 0, 1], 0).into();
        let server = KubernetesServer::start(Arc::new(api), loopback)
            .await
            .unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config");
        std::fs::write(
            &path,
            server.kubeconfig("admin", Endpoint::Reachable).unwrap(),
        )
        .unwrap();
        Self::connect("emulator", &path, clock, Some((server, folder))).await
    }

    pub(crate) async fn real() -> Option<Self> {
        #[expect(clippy::disallowed_methods, reason = "tests have no Context")]
        let path = std::env::var_os("YUNSWEEP_TEST_KUBECONFIG")?;
        yunsweep::tls::install();
        let path = PathBuf::from(path);
        Some(Self::connect("real cluster", &path, Arc::new(SystemClock), None).await)
    }

    /// One request, as it is.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        kind: &str,
        body: &[u8],
    ) -> (u16, Value) {
        let mut request = Request::builder().method(method).uri(path);
        if !body.is_empty() {
            request = request.header("content-type", kind);
        }
        let request = request.body(Body::from(body.to_vec())).unwrap();
        let response = self.raw.send(request).await.unwrap();
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
    }

    pub(crate) async fn json(&self, method: Method, path: &str, body: &Value) -> (u16, Value) {
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        self.send(method, path, "application/json", body.as_bytes())
            .await
    }

    pub(crate) async fn expect(
        &self,
        status: u16,
        method: Method,
        path: &str,
        body: &Value,
    ) -> Value {
        let (found, answer) = self.json(method, path, body).await;
        assert_eq!(found, status, "{}: {path}: {answer}", self.label);
        answer
    }

    pub(crate) fn path(&self, plural: &str) -> String {
        format!("/api/v1/namespaces/{}/{plural}", self.namespace)
    }

    pub(crate) fn object(&self, plural: &str, name: &str) -> ObjectRef {
        ObjectRef {
            group: String::new(),
            version: "v1".to_owned(),
            plural: plural.to_owned(),
            namespace: Some(self.namespace.clone()),
            name: name.to_owned(),
        }
    }

    pub(crate) fn own_namespace(&self) -> ObjectRef {
        ObjectRef {
            plural: "namespaces".to_owned(),
            namespace: None,
            name: self.namespace.clone(),
            ..self.object("", "")
        }
    }

    pub(crate) fn config(&self, name: &str) -> ObjectRef {
        self.object("configmaps", name)
    }

    /// Creates a `ConfigMap` with this metadata and says its uid.
    pub(crate) async fn create(&self, name: &str, mut metadata: Value) -> String {
        metadata["name"] = json!(name);
        let manifest = json!({"metadata": metadata, "data": {"a": "1"}});
        let answer = self
            .expect(201, Method::POST, &self.path("configmaps"), &manifest)
            .await;
        answer["metadata"]["uid"].as_str().unwrap().to_owned()
    }

    /// A `ConfigMap` that another one owns.
    pub(crate) async fn create_owned(
        &self,
        name: &str,
        owners: &[(&str, &str)],
        block: bool,
        more: Value,
    ) -> String {
        let owners: Vec<Value> = owners
            .iter()
            .map(|(name, uid)| {
                json!({"apiVersion": "v1", "kind": "ConfigMap", "name": name, "uid": uid, "blockOwnerDeletion": block})
            })
            .collect();
        let mut metadata = more;
        metadata["ownerReferences"] = json!(owners);
        self.create(name, metadata).await
    }

    pub(crate) async fn merge(&self, object: &ObjectRef, patch: &Value) -> (u16, Value) {
        let path = format!("{}/{}", self.path(&object.plural), object.name);
        let body = patch.to_string();
        self.send(
            Method::PATCH,
            &path,
            "application/merge-patch+json",
            body.as_bytes(),
        )
        .await
    }

    pub(crate) async fn release(&self, object: &ObjectRef) {
        let (status, answer) = self
            .merge(object, &json!({"metadata": {"finalizers": null}}))
            .await;
        assert_eq!(status, 200, "{}: {answer}", self.label);
    }

    pub(crate) async fn find(&self, object: &ObjectRef) -> Option<Value> {
        self.editor.reader().find(object).await.unwrap()
    }

    pub(crate) async fn life(&self, object: &ObjectRef) -> Life {
        Life::of(&self.find(object).await.unwrap()).unwrap()
    }

    pub(crate) async fn delete(&self, object: &ObjectRef, uid: &str, propagation: Propagation) {
        let outcome = self.editor.delete(object, uid, propagation).await.unwrap();
        assert_eq!(outcome, DeleteOutcome::Accepted, "{}", self.label);
    }

    /// Looks until it holds; two minutes of the cluster's time.
    pub(crate) async fn until<F: Future<Output = bool>>(&self, what: &str, holds: impl Fn() -> F) {
        for _ in 0..120 {
            if holds().await {
                return;
            }
            self.clock.sleep(Duration::from_secs(1)).await;
        }
        panic!("{}: not in two minutes: {what}", self.label);
    }

    pub(crate) async fn until_gone(&self, object: &ObjectRef) {
        self.until(&object.name, || async { self.find(object).await.is_none() })
            .await;
    }

    /// Lets the cluster's controllers have their time, to show what they do not do.
    pub(crate) async fn let_pass(&self, seconds: u64) {
        for _ in 0..seconds {
            self.clock.sleep(Duration::from_secs(1)).await;
        }
    }

    /// Removes what the test made.
    pub(crate) async fn clean(self) {
        let namespace = self.own_namespace();
        if let Some(present) = self.find(&namespace).await {
            let uid = Life::of(&present).unwrap().uid;
            self.editor
                .delete(&namespace, &uid, Propagation::Background)
                .await
                .unwrap();
        }
    }
}

/// Runs the test on every cluster there is.
pub(crate) async fn everywhere<F: Future<Output = Cluster>>(test: impl Fn(Cluster) -> F) {
    for cluster in [Some(Cluster::emulated().await), Cluster::real().await]
        .into_iter()
        .flatten()
    {
        test(cluster).await.clean().await;
    }
}
