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

/// `staging/src/k8s.io/apimachinery/pkg/api/validation/objectmeta.go`: times are compared as times. The Python client writes
/// `+00:00` for what it read as `Z`.
#[tokio::test]
async fn a_put_may_write_the_same_time_in_another_way() {
    everywhere(|cluster| async move {
        cluster.create("a", json!({})).await;
        let path = format!("{}/a", cluster.path("configmaps"));
        let mut object = cluster.find(&cluster.config("a")).await.unwrap();
        let created = object["metadata"]["creationTimestamp"].clone();
        let other_way = created.as_str().unwrap().replace('Z', "+00:00");
        assert_ne!(created, other_way);
        object["metadata"]["creationTimestamp"] = json!(other_way);
        object["data"]["a"] = json!("2");
        let answer = cluster.expect(200, Method::PUT, &path, &object).await;
        assert_eq!(answer["metadata"]["creationTimestamp"], created);
        assert_eq!(answer["data"]["a"], "2");
        object["metadata"]["creationTimestamp"] = json!("2001-01-01T00:00:00Z");
        object["metadata"]["resourceVersion"] = Value::Null;
        let answer = cluster.expect(422, Method::PUT, &path, &object).await;
        assert_eq!(answer["reason"], "Invalid");
        cluster
    })
    .await;
}

/// `staging/src/k8s.io/apimachinery/pkg/util/strategicpatch`: what kubectl and the Python client send unless told otherwise. An
/// empty list of finalizers takes none away.
#[tokio::test]
async fn a_strategic_merge_patch_adds_finalizers_and_takes_fields_away_that_are_null() {
    everywhere(|cluster| async move {
        cluster
            .create("a", json!({"finalizers": ["example.com/one"]}))
            .await;
        let object = cluster.config("a");
        let path = format!("{}/a", cluster.path("configmaps"));
        let send = async |patch: Value| {
            let kind = "application/strategic-merge-patch+json";
            let body = patch.to_string();
            cluster
                .send(Method::PATCH, &path, kind, body.as_bytes())
                .await
        };
        let (status, changed) =
            send(json!({"data": {"b": "2", "a": null}, "metadata": {"labels": {"x": "y"}}})).await;
        assert_eq!(status, 200, "{}: {changed}", cluster.label);
        assert_eq!(changed["data"], json!({"b": "2"}));
        assert_eq!(changed["metadata"]["labels"], json!({"x": "y"}));
        let finalizers = |object: &Value| object["metadata"]["finalizers"].clone();
        let (_, changed) = send(json!({"metadata": {"finalizers": []}})).await;
        assert_eq!(finalizers(&changed), json!(["example.com/one"]));
        let (_, changed) = send(json!({"metadata": {"finalizers": ["example.com/two"]}})).await;
        let mut both: Vec<String> = serde_json::from_value(finalizers(&changed)).unwrap();
        both.sort_unstable();
        assert_eq!(both, ["example.com/one", "example.com/two"]);
        let (_, changed) = send(json!({"metadata": {"finalizers": null}})).await;
        assert_eq!(finalizers(&changed), Value::Null);
        assert_eq!(cluster.find(&object).await.unwrap()["data"]["b"], "2");
        cluster
    })
    .await;
}
