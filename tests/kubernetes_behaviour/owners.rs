//! What happens to what an object owns.

use http::Method;
use serde_json::{Value, json};
use yunsweep::kubernetes::{Life, ObjectRef, Propagation};

use super::cluster::everywhere;

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
