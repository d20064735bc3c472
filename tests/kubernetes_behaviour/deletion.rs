//! Deletion of one object.

use http::Method;
use serde_json::{Value, json};
use yunsweep::kubernetes::{DeleteOutcome, ErrorClass, ObjectRef, Propagation};

use super::cluster::everywhere;

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
