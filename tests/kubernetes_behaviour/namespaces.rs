//! Namespaces, and what is in them.

use http::Method;
use serde_json::json;
use yunsweep::kubernetes::Propagation;

use super::cluster::{Cluster, everywhere};

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

/// KEP-5080 (`pkg/controller/namespace/deletion/namespaced_resources_deleter.go`): Pods go first, the rest only after them; and
/// `status_condition_utils.go`: the conditions may count nothing meanwhile. Emulator only: on a real cluster this hangs on images
/// and versions.
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
    cluster.create("later", json!({})).await;
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
    let found: Vec<_> = contents
        .objects
        .iter()
        .map(|content| (content.object.name.as_str(), content.life.is_deleting))
        .collect();
    assert_eq!(found, [("later", false), ("pod", true)]);
    cluster.until_gone(&namespace).await;
}
