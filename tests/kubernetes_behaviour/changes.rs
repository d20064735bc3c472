//! Creation and change.

use http::Method;
use serde_json::{Value, json};

use super::cluster::everywhere;

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
