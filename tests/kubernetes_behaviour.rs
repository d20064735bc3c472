//! What the client relies on when it deletes from a Kubernetes API server.
//!
//! Every test runs against the emulator, and against the cluster of the kubeconfig that `YUNSWEEP_TEST_KUBECONFIG` names, if it
//! names one. There it works in namespaces of its own, with random names, which it removes at the end. Each test is named after
//! the fact, and its comment says where in kubernetes/kubernetes the fact comes from.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests are tests"
)]

use std::future::Future;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures::future::BoxFuture;
use http::{Method, Request};
use http_body_util::BodyExt as _;
use kube::client::Body;
use kube::config::{KubeConfigOptions, Kubeconfig};
use serde_json::{Value, json};
use yunsweep::context::{Clock, SystemClock};
use yunsweep::emulator::kubernetes::{Endpoint, KubernetesApi, KubernetesServer, Store, User};
use yunsweep::kubernetes::{
    ClientOptions, ClusterEditor, DeleteOutcome, ErrorClass, Life, ObjectRef, Propagation,
    ProxySettings,
};

/// A clock that moves when somebody waits by it.
struct SteppingClock(Mutex<DateTime<Utc>>);

impl Clock for SteppingClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'_, ()> {
        *self.0.lock().unwrap() += TimeDelta::from_std(duration).unwrap();
        Box::pin(tokio::task::yield_now())
    }
}

/// A cluster under test, with a namespace of its own.
struct Cluster {
    label: &'static str,
    clock: Arc<dyn Clock>,
    editor: ClusterEditor,
    raw: kube::Client,
    namespace: String,
    /// What keeps the emulated server alive.
    _emulated: Option<(KubernetesServer, tempfile::TempDir)>,
}

impl Cluster {
    async fn connect(
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

    async fn emulated() -> Self {
        yunsweep::tls::install();
        let start: DateTime<Utc> = "2026-01-15T08:00:00Z".parse().unwrap();
        let clock: Arc<dyn Clock> = Arc::new(SteppingClock(Mutex::new(start)));
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

    async fn real() -> Option<Self> {
        #[expect(clippy::disallowed_methods, reason = "tests have no Context")]
        let path = std::env::var_os("YUNSWEEP_TEST_KUBECONFIG")?;
        yunsweep::tls::install();
        let path = PathBuf::from(path);
        Some(Self::connect("real cluster", &path, Arc::new(SystemClock), None).await)
    }

    /// One request, as it is.
    async fn send(&self, method: Method, path: &str, kind: &str, body: &[u8]) -> (u16, Value) {
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

    async fn json(&self, method: Method, path: &str, body: &Value) -> (u16, Value) {
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        self.send(method, path, "application/json", body.as_bytes())
            .await
    }

    async fn expect(&self, status: u16, method: Method, path: &str, body: &Value) -> Value {
        let (found, answer) = self.json(method, path, body).await;
        assert_eq!(found, status, "{}: {path}: {answer}", self.label);
        answer
    }

    fn path(&self, plural: &str) -> String {
        format!("/api/v1/namespaces/{}/{plural}", self.namespace)
    }

    fn object(&self, plural: &str, name: &str) -> ObjectRef {
        ObjectRef {
            group: String::new(),
            version: "v1".to_owned(),
            plural: plural.to_owned(),
            namespace: Some(self.namespace.clone()),
            name: name.to_owned(),
        }
    }

    fn own_namespace(&self) -> ObjectRef {
        ObjectRef {
            plural: "namespaces".to_owned(),
            namespace: None,
            name: self.namespace.clone(),
            ..self.object("", "")
        }
    }

    fn config(&self, name: &str) -> ObjectRef {
        self.object("configmaps", name)
    }

    /// Creates a ConfigMap with this metadata and says its uid.
    async fn create(&self, name: &str, mut metadata: Value) -> String {
        metadata["name"] = json!(name);
        let manifest = json!({"metadata": metadata, "data": {"a": "1"}});
        let answer = self
            .expect(201, Method::POST, &self.path("configmaps"), &manifest)
            .await;
        answer["metadata"]["uid"].as_str().unwrap().to_owned()
    }

    /// A ConfigMap that another one owns.
    async fn create_owned(
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

    async fn merge(&self, object: &ObjectRef, patch: &Value) -> (u16, Value) {
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

    async fn release(&self, object: &ObjectRef) {
        let (status, answer) = self
            .merge(object, &json!({"metadata": {"finalizers": null}}))
            .await;
        assert_eq!(status, 200, "{}: {answer}", self.label);
    }

    async fn find(&self, object: &ObjectRef) -> Option<Value> {
        self.editor.reader().find(object).await.unwrap()
    }

    async fn life(&self, object: &ObjectRef) -> Life {
        Life::of(&self.find(object).await.unwrap()).unwrap()
    }

    async fn delete(&self, object: &ObjectRef, uid: &str, propagation: Propagation) {
        let outcome = self.editor.delete(object, uid, propagation).await.unwrap();
        assert_eq!(outcome, DeleteOutcome::Accepted, "{}", self.label);
    }

    /// Looks until it holds; two minutes of the cluster's time.
    async fn until<F: Future<Output = bool>>(&self, what: &str, holds: impl Fn() -> F) {
        for _ in 0..120 {
            if holds().await {
                return;
            }
            self.clock.sleep(Duration::from_secs(1)).await;
        }
        panic!("{}: not in two minutes: {what}", self.label);
    }

    async fn until_gone(&self, object: &ObjectRef) {
        self.until(&object.name, || async { self.find(object).await.is_none() })
            .await;
    }

    /// Lets the cluster's controllers have their time, to show what they do not do.
    async fn let_pass(&self, seconds: u64) {
        for _ in 0..seconds {
            self.clock.sleep(Duration::from_secs(1)).await;
        }
    }

    /// Removes what the test made.
    async fn clean(self) {
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
async fn everywhere<F: Future<Output = Cluster>>(test: impl Fn(Cluster) -> F) {
    for cluster in [Some(Cluster::emulated().await), Cluster::real().await]
        .into_iter()
        .flatten()
    {
        test(cluster).await.clean().await;
    }
}

/// `staging/src/k8s.io/apiserver/pkg/endpoints/handlers/delete.go`: the query is decoded only where the body is empty.
#[tokio::test]
async fn a_delete_with_a_body_ignores_dry_run_in_the_query() {
    everywhere(|cluster| async move {
        cluster.create("a", json!({})).await;
        let path = format!("{}/a?dryRun=All", cluster.path("configmaps"));
        let body =
            json!({"kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": "Background"});
        cluster.expect(200, Method::DELETE, &path, &body).await;
        assert!(
            cluster.find(&cluster.config("a")).await.is_none(),
            "{}",
            cluster.label
        );
        cluster
    })
    .await;
}

/// The same place.
#[tokio::test]
async fn dry_run_counts_in_the_body_and_in_the_query_of_a_delete_without_a_body() {
    everywhere(|cluster| async move {
        let uid = cluster.create("a", json!({})).await;
        let object = cluster.config("a");
        let tried = cluster
            .editor
            .try_delete(&object, &uid, Propagation::Background)
            .await;
        assert_eq!(tried.unwrap(), DeleteOutcome::Accepted);
        let path = format!("{}/a?dryRun=All", cluster.path("configmaps"));
        cluster
            .expect(200, Method::DELETE, &path, &Value::Null)
            .await;
        assert!(!cluster.life(&object).await.is_deleting);
        cluster.delete(&object, &uid, Propagation::Background).await;
        cluster.until_gone(&object).await;
        cluster
    })
    .await;
}

/// `staging/src/k8s.io/apiserver/pkg/registry/rest/delete.go` `BeforeDelete`: another uid is a conflict.
#[tokio::test]
async fn the_uid_precondition_protects_an_object_that_has_taken_the_name() {
    everywhere(|cluster| async move {
        let first = cluster.create("a", json!({})).await;
        let object = cluster.config("a");
        cluster
            .delete(&object, &first, Propagation::Background)
            .await;
        cluster.until_gone(&object).await;
        let second = cluster.create("a", json!({})).await;
        assert_ne!(first, second);
        let outcome = cluster
            .editor
            .delete(&object, &first, Propagation::Background)
            .await;
        assert_eq!(
            outcome.unwrap(),
            DeleteOutcome::Replaced {
                uid: second.clone()
            }
        );
        assert_eq!(cluster.life(&object).await.uid, second);
        cluster
    })
    .await;
}

/// The same place: another version is a conflict too.
#[tokio::test]
async fn the_version_precondition_protects_a_changed_object() {
    everywhere(|cluster| async move {
        cluster.create("a", json!({})).await;
        let object = cluster.config("a");
        let before = cluster.find(&object).await.unwrap();
        let (status, _) = cluster.merge(&object, &json!({"data": {"a": "2"}})).await;
        assert_eq!(status, 200);
        let options = json!({"kind": "DeleteOptions", "apiVersion": "v1",
            "preconditions": {"resourceVersion": before["metadata"]["resourceVersion"]}});
        let path = format!("{}/a", cluster.path("configmaps"));
        let answer = cluster.expect(409, Method::DELETE, &path, &options).await;
        assert_eq!(answer["reason"], "Conflict");
        assert!(cluster.find(&object).await.is_some());
        cluster
    })
    .await;
}

/// `staging/src/k8s.io/apiserver/pkg/registry/generic/registry/store.go` `updateForGracefulDeletionAndFinalizers`, and
/// `endpoints/handlers/delete.go`: 200 says nothing about whether the object is gone.
#[tokio::test]
async fn an_accepted_delete_leaves_the_object_until_its_finalizers_are_empty() {
    everywhere(|cluster| async move {
        let metadata = json!({"finalizers": ["example.com/one", "example.com/two"]});
        let uid = cluster.create("a", metadata).await;
        let object = cluster.config("a");
        cluster.delete(&object, &uid, Propagation::Background).await;
        cluster.let_pass(3).await;
        let life = cluster.life(&object).await;
        assert!(life.is_deleting);
        assert_eq!(life.finalizers, ["example.com/one", "example.com/two"]);
        // Asked again, it is accepted again.
        cluster.delete(&object, &uid, Propagation::Background).await;
        let (status, _) = cluster
            .merge(
                &object,
                &json!({"metadata": {"finalizers": ["example.com/two"]}}),
            )
            .await;
        assert_eq!(status, 200);
        assert_eq!(cluster.life(&object).await.finalizers, ["example.com/two"]);
        cluster.release(&object).await;
        cluster.until_gone(&object).await;
        let again = cluster
            .editor
            .delete(&object, &uid, Propagation::Background)
            .await;
        assert_eq!(again.unwrap(), DeleteOutcome::Gone);
        cluster
    })
    .await;
}

/// `staging/src/k8s.io/apimachinery/pkg/api/validation/objectmeta.go` `ValidateFinalizersUpdate` via `ValidateObjectMetaUpdate`.
#[tokio::test]
async fn an_object_on_its_way_out_takes_no_new_finalizers() {
    everywhere(|cluster| async move {
        let uid = cluster
            .create("a", json!({"finalizers": ["example.com/one"]}))
            .await;
        let object = cluster.config("a");
        cluster.delete(&object, &uid, Propagation::Background).await;
        let more = json!({"metadata": {"finalizers": ["example.com/one", "example.com/two"]}});
        let (status, answer) = cluster.merge(&object, &more).await;
        assert_eq!((status, &answer["reason"]), (422, &json!("Invalid")));
        cluster.release(&object).await;
        cluster.until_gone(&object).await;
        cluster
    })
    .await;
}

/// `staging/src/k8s.io/apiserver/pkg/server/mux/pathrecorder.go`: a path that nothing serves answers text.
#[tokio::test]
async fn only_the_servers_own_status_says_that_an_object_is_gone() {
    everywhere(|cluster| async move {
        let missing = cluster.config("missing");
        let outcome = cluster
            .editor
            .delete(&missing, "u", Propagation::Background)
            .await;
        assert_eq!(outcome.unwrap(), DeleteOutcome::Gone);
        let unknown = ObjectRef {
            group: "none.example.com".to_owned(),
            ..cluster.object("things", "a")
        };
        let error = cluster
            .editor
            .delete(&unknown, "u", Propagation::Background)
            .await
            .unwrap_err();
        assert_eq!((error.class, error.reason), (ErrorClass::NotFound, None));
        let error = cluster.editor.reader().find(&unknown).await.unwrap_err();
        assert_eq!(error.class, ErrorClass::NotFound);
        cluster
    })
    .await;
}

/// `pkg/controller/garbagecollector/garbagecollector.go` `attemptToDeleteItem`.
#[tokio::test]
async fn background_deletion_removes_the_owner_first_and_then_what_it_owns() {
    everywhere(|cluster| async move {
        let owner = cluster.create("owner", json!({})).await;
        cluster
            .create_owned(
                "owned",
                &[("owner", &owner)],
                true,
                json!({"finalizers": ["example.com/hold"]}),
            )
            .await;
        let owned = cluster.config("owned");
        cluster
            .delete(&cluster.config("owner"), &owner, Propagation::Background)
            .await;
        cluster.until_gone(&cluster.config("owner")).await;
        cluster
            .until("the owned one is being deleted", || async {
                cluster.life(&owned).await.is_deleting
            })
            .await;
        cluster.release(&owned).await;
        cluster.until_gone(&owned).await;
        cluster
    })
    .await;
}

/// The same file, `processDeletingDependentsItem`: only dependents that say so hold the owner.
#[tokio::test]
async fn foreground_deletion_holds_the_owner_until_its_blocking_dependents_are_gone() {
    everywhere(|cluster| async move {
        let owner = cluster.create("owner", json!({})).await;
        let hold = || json!({"finalizers": ["example.com/hold"]});
        cluster
            .create_owned("blocking", &[("owner", &owner)], true, hold())
            .await;
        cluster
            .create_owned("other", &[("owner", &owner)], false, hold())
            .await;
        let (object, blocking, other) = (
            cluster.config("owner"),
            cluster.config("blocking"),
            cluster.config("other"),
        );
        cluster
            .delete(&object, &owner, Propagation::Foreground)
            .await;
        assert_eq!(
            cluster.life(&object).await.finalizers,
            ["foregroundDeletion"]
        );
        cluster
            .until("both are being deleted", || async {
                cluster.life(&blocking).await.is_deleting && cluster.life(&other).await.is_deleting
            })
            .await;
        cluster.let_pass(3).await;
        assert!(cluster.find(&object).await.is_some(), "{}", cluster.label);
        cluster.release(&blocking).await;
        cluster.until_gone(&object).await;
        assert!(cluster.find(&other).await.is_some(), "{}", cluster.label);
        cluster.release(&other).await;
        cluster
    })
    .await;
}

/// The same file, `attemptToOrphan`.
#[tokio::test]
async fn orphaning_deletion_leaves_what_the_object_owned_without_its_owner() {
    everywhere(|cluster| async move {
        let owner = cluster.create("owner", json!({})).await;
        cluster
            .create_owned("owned", &[("owner", &owner)], true, json!({}))
            .await;
        cluster
            .delete(&cluster.config("owner"), &owner, Propagation::Orphan)
            .await;
        cluster.until_gone(&cluster.config("owner")).await;
        cluster.let_pass(5).await;
        let owned = cluster.find(&cluster.config("owned")).await.unwrap();
        let owners = owned
            .pointer("/metadata/ownerReferences")
            .and_then(Value::as_array);
        assert!(
            owners.is_none_or(Vec::is_empty),
            "{}: {owned}",
            cluster.label
        );
        assert!(!Life::of(&owned).unwrap().is_deleting);
        cluster
    })
    .await;
}

/// The same file, `attemptToDeleteItem`: one living owner is enough.
#[tokio::test]
async fn an_object_with_another_living_owner_stays() {
    everywhere(|cluster| async move {
        let one = cluster.create("one", json!({})).await;
        let two = cluster.create("two", json!({})).await;
        cluster
            .create_owned("owned", &[("one", &one), ("two", &two)], true, json!({}))
            .await;
        cluster
            .delete(&cluster.config("one"), &one, Propagation::Background)
            .await;
        cluster.until_gone(&cluster.config("one")).await;
        cluster.let_pass(5).await;
        assert!(!cluster.life(&cluster.config("owned")).await.is_deleting);
        cluster
    })
    .await;
}

/// `pkg/registry/batch/job/strategy.go` `DefaultGarbageCollectionPolicy`: why every deletion names a policy.
#[tokio::test]
async fn a_job_deleted_without_a_policy_leaves_what_it_owns() {
    everywhere(|cluster| async move {
        let jobs = format!("/apis/batch/v1/namespaces/{}/jobs", cluster.namespace);
        let pod = json!({"spec": {"restartPolicy": "Never", "containers": [{"name": "a", "image": "example.com/none"}]}});
        let manifest = json!({"metadata": {"name": "job"}, "spec": {"suspend": true, "template": pod}});
        let job = cluster.expect(201, Method::POST, &jobs, &manifest).await;
        let owner = json!([{"apiVersion": "batch/v1", "kind": "Job", "name": "job", "uid": job["metadata"]["uid"]}]);
        cluster.create("owned", json!({"ownerReferences": owner})).await;
        cluster.expect(200, Method::DELETE, &format!("{jobs}/job"), &Value::Null).await;
        let object = ObjectRef {
            group: "batch".to_owned(),
            ..cluster.object("jobs", "job")
        };
        cluster.until_gone(&object).await;
        cluster.let_pass(5).await;
        assert!(cluster.find(&cluster.config("owned")).await.is_some(), "{}", cluster.label);
        cluster
    })
    .await;
}

/// `pkg/registry/core/namespace/storage/storage.go`, `plugin/pkg/admission/namespace/lifecycle/admission.go` and
/// `pkg/controller/namespace/deletion/namespaced_resources_deleter.go`.
#[tokio::test]
async fn a_namespace_goes_when_all_in_it_is_gone_and_takes_nothing_new_before() {
    everywhere(|cluster| async move {
        cluster
            .create("held", json!({"finalizers": ["example.com/hold"]}))
            .await;
        cluster.create("free", json!({})).await;
        let namespace = cluster.own_namespace();
        let uid = cluster.life(&namespace).await.uid;
        cluster
            .delete(&namespace, &uid, Propagation::Background)
            .await;
        let present = cluster.find(&namespace).await.unwrap();
        assert_eq!(present["status"]["phase"], "Terminating");
        let manifest = json!({"metadata": {"name": "late"}});
        let (status, answer) = cluster
            .json(Method::POST, &cluster.path("configmaps"), &manifest)
            .await;
        assert_eq!(status, 403);
        let causes = answer["details"]["causes"].as_array().unwrap();
        assert!(
            causes
                .iter()
                .any(|cause| cause["reason"] == "NamespaceTerminating"),
            "{answer}"
        );
        cluster.until_gone(&cluster.config("free")).await;
        // Asked again, it is accepted again: by an old server with a conflict, by a new one with the namespace.
        cluster
            .delete(&namespace, &uid, Propagation::Background)
            .await;
        cluster.let_pass(20).await;
        assert!(cluster.find(&namespace).await.is_some());
        let contents = cluster
            .editor
            .reader()
            .contents(&cluster.namespace)
            .await
            .unwrap();
        let held: Vec<_> = contents
            .objects
            .iter()
            .map(|content| content.object.name.as_str())
            .collect();
        assert!(held.contains(&"held"), "{}: {held:?}", cluster.label);
        assert!(!contents.is_proven_empty());
        cluster.release(&cluster.config("held")).await;
        cluster.until_gone(&namespace).await;
        let contents = cluster
            .editor
            .reader()
            .contents(&cluster.namespace)
            .await
            .unwrap();
        assert_eq!(contents.objects, []);
        cluster
    })
    .await;
}

/// `staging/src/k8s.io/apiserver/pkg/endpoints/discovery`: kinds are found that nobody listed by name before.
#[tokio::test]
async fn discovery_finds_objects_of_every_kind_in_a_namespace() {
    everywhere(|cluster| async move {
        cluster.create("map", json!({})).await;
        let secret = json!({"metadata": {"name": "secret"}});
        cluster
            .expect(201, Method::POST, &cluster.path("secrets"), &secret)
            .await;
        let role = json!({"metadata": {"name": "role"}, "rules": []});
        let roles = format!(
            "/apis/rbac.authorization.k8s.io/v1/namespaces/{}/roles",
            cluster.namespace
        );
        cluster.expect(201, Method::POST, &roles, &role).await;
        let contents = cluster
            .editor
            .reader()
            .contents(&cluster.namespace)
            .await
            .unwrap();
        for (resource, name) in [
            ("configmaps", "map"),
            ("secrets", "secret"),
            ("roles.rbac.authorization.k8s.io", "role"),
        ] {
            let found = contents.objects.iter().filter(|content| {
                content.object.resource() == resource && content.object.name == name
            });
            assert_eq!(found.count(), 1, "{}: {resource}", cluster.label);
        }
        cluster
    })
    .await;
}

/// `pkg/registry/core/pod/strategy.go` `CheckGracefulDelete`: without a node there is nothing to end.
#[tokio::test]
async fn a_pod_without_a_node_goes_at_once() {
    everywhere(|cluster| async move {
        let manifest = json!({"metadata": {"name": "pod"}, "spec": {
            "schedulerName": "example.com/none",
            "containers": [{"name": "a", "image": "example.com/none"}],
        }});
        // The emulated scheduler takes Pods of every scheduler, but not at once.
        let pod = cluster
            .expect(201, Method::POST, &cluster.path("pods"), &manifest)
            .await;
        let uid = pod["metadata"]["uid"].as_str().unwrap();
        let object = cluster.object("pods", "pod");
        cluster.delete(&object, uid, Propagation::Background).await;
        assert!(cluster.find(&object).await.is_none(), "{}", cluster.label);
        cluster
    })
    .await;
}

/// `staging/src/k8s.io/apiserver/pkg/registry/rest/update.go`: optimistic locking.
#[tokio::test]
async fn a_put_of_an_old_version_is_a_conflict_and_a_taken_name_already_exists() {
    everywhere(|cluster| async move {
        cluster.create("a", json!({})).await;
        let object = cluster.config("a");
        let mut old = cluster.find(&object).await.unwrap();
        let (status, _) = cluster.merge(&object, &json!({"data": {"a": "2"}})).await;
        assert_eq!(status, 200);
        old["data"]["a"] = json!("3");
        let path = format!("{}/a", cluster.path("configmaps"));
        let answer = cluster.expect(409, Method::PUT, &path, &old).await;
        assert_eq!(answer["reason"], "Conflict");
        old["metadata"]["resourceVersion"] = Value::Null;
        cluster.expect(200, Method::PUT, &path, &old).await;
        assert_eq!(cluster.find(&object).await.unwrap()["data"]["a"], "3");
        let manifest = json!({"metadata": {"name": "a"}});
        let answer = cluster
            .expect(409, Method::POST, &cluster.path("configmaps"), &manifest)
            .await;
        assert_eq!(answer["reason"], "AlreadyExists");
        cluster
    })
    .await;
}

/// `staging/src/k8s.io/apiserver/pkg/endpoints/handlers/patch.go`: a failed test refuses the whole patch.
#[tokio::test]
async fn a_json_patch_tests_before_it_changes() {
    everywhere(|cluster| async move {
        cluster.create("a", json!({})).await;
        let object = cluster.config("a");
        let path = format!("{}/a", cluster.path("configmaps"));
        let patch = |expected: &str| {
            json!([
                {"op": "test", "path": "/data/a", "value": expected},
                {"op": "replace", "path": "/data/a", "value": "2"},
            ])
            .to_string()
        };
        let kind = "application/json-patch+json";
        let (status, _) = cluster
            .send(Method::PATCH, &path, kind, patch("9").as_bytes())
            .await;
        assert_eq!(status, 422, "{}", cluster.label);
        assert_eq!(cluster.find(&object).await.unwrap()["data"]["a"], "1");
        let (status, _) = cluster
            .send(Method::PATCH, &path, kind, patch("1").as_bytes())
            .await;
        assert_eq!(status, 200);
        assert_eq!(cluster.find(&object).await.unwrap()["data"]["a"], "2");
        let (status, _) = cluster
            .send(Method::PATCH, &path, "text/plain", patch("2").as_bytes())
            .await;
        assert_eq!(status, 415);
        cluster
    })
    .await;
}

/// `staging/src/k8s.io/apiserver/pkg/registry/generic/registry/store.go` `DeleteCollection`: selectors choose.
#[tokio::test]
async fn a_collection_is_deleted_as_its_selector_says() {
    everywhere(|cluster| async move {
        for (name, tier) in [("a", "one"), ("b", "two")] {
            cluster
                .create(name, json!({"labels": {"tier": tier}}))
                .await;
        }
        let path = format!("{}?labelSelector=tier%3Done", cluster.path("configmaps"));
        cluster
            .expect(200, Method::DELETE, &path, &Value::Null)
            .await;
        cluster.until_gone(&cluster.config("a")).await;
        assert!(cluster.find(&cluster.config("b")).await.is_some());
        cluster
    })
    .await;
}

/// `pkg/registry/core/pod/strategy.go` and the kubelet: a Pod with a node stays for its grace period; and
/// `pkg/controller/namespace/deletion/status_condition_utils.go`: the conditions of its namespace do not count it. Emulator
/// only: on a real cluster both hang on images and versions.
#[tokio::test]
async fn a_namespace_may_say_that_all_is_removed_while_a_pod_still_runs() {
    let cluster = Cluster::emulated().await;
    let manifest = json!({"metadata": {"name": "pod"}, "spec": {
        "terminationGracePeriodSeconds": 40,
        "containers": [{"name": "a", "image": "example.com/any"}],
    }});
    cluster
        .expect(201, Method::POST, &cluster.path("pods"), &manifest)
        .await;
    let pod = cluster.object("pods", "pod");
    cluster
        .until("it runs", || async {
            cluster.find(&pod).await.unwrap()["status"]["phase"] == "Running"
        })
        .await;
    let namespace = cluster.own_namespace();
    let uid = cluster.life(&namespace).await.uid;
    cluster
        .delete(&namespace, &uid, Propagation::Background)
        .await;
    cluster.let_pass(10).await;
    let present = cluster.find(&namespace).await.unwrap();
    let conditions = present["status"]["conditions"].as_array().unwrap();
    let remaining = conditions
        .iter()
        .find(|condition| condition["type"] == "NamespaceContentRemaining");
    assert_eq!(remaining.unwrap()["reason"], "ContentRemoved");
    let contents = cluster
        .editor
        .reader()
        .contents(&cluster.namespace)
        .await
        .unwrap();
    assert_eq!(contents.objects.len(), 1);
    assert!(contents.objects[0].life.is_deleting);
    cluster.until_gone(&namespace).await;
}
