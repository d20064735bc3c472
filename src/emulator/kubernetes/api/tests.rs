use super::super::{Denial, Store};
use super::*;
use http::header::CONTENT_TYPE;

fn api() -> KubernetesApi {
    let manifests = [
        json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "my-app"}}),
        json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "namespace": "my-app",
            "labels": {"app": "web"}}, "status": {"phase": "Running"}}),
        json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "b", "namespace": "my-app"},
            "status": {"phase": "Pending"}}),
        json!({"apiVersion": "alibabacloud.com/v1", "kind": "AlbConfig",
            "metadata": {"name": "alb"}}),
    ];
    let created = "2026-01-15T08:00:00Z".parse().unwrap();
    let store = Store::from_manifests("c", created, &manifests).unwrap();
    let mut limited = User::new("limited", "limited-token").without("list", "nodes");
    limited.denials.push(Denial {
        verb: "*".to_owned(),
        group: String::new(),
        resource: "pods".to_owned(),
        namespace: Some("kube-system".to_owned()),
    });
    let users = vec![User::new("admin", "admin-token"), limited];
    KubernetesApi::new(store, users, "v1.34.1-aliyun.1")
}

fn ask(method: Method, token: &str, path: &str) -> (u16, Value) {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(AUTHORIZATION, format!("Bearer {token}"))
        .body(Bytes::new())
        .unwrap();
    let response = api().handle(&request);
    let body = serde_json::from_slice(response.body()).unwrap_or(Value::Null);
    (response.status().as_u16(), body)
}

fn get(path: &str) -> (u16, Value) {
    ask(Method::GET, "admin-token", path)
}

#[test]
fn a_request_without_a_known_token_is_unauthorized() {
    let request = Request::get("/version").body(Bytes::new()).unwrap();
    assert_eq!(api().handle(&request).status(), StatusCode::UNAUTHORIZED);
    let (code, status) = ask(Method::GET, "wrong", "/api/v1/pods");
    assert_eq!(code, 401);
    assert_eq!(status["kind"], "Status");
    assert_eq!(status["reason"], "Unauthorized");
}

#[test]
fn a_temporary_token_logs_in_until_it_ends_and_only_its_user() {
    use crate::context::SteppingClock;
    let now: DateTime<Utc> = "2026-11-25T12:00:00Z".parse().unwrap();
    let api = api().with_clock(Arc::new(SteppingClock::new(now)));
    let code = |token: &str| {
        let request = Request::get("/api/v1/nodes")
            .header(AUTHORIZATION, format!("Bearer {token}"))
            .body(Bytes::new())
            .unwrap();
        api.handle(&request).status().as_u16()
    };
    assert_eq!(code("new"), 401);
    api.admit("new".into(), "admin", now + chrono::TimeDelta::seconds(1));
    api.admit("ended".into(), "admin", now);
    api.admit("others".into(), "limited", now + chrono::TimeDelta::days(1));
    api.admit("nobodys".into(), "nobody", now + chrono::TimeDelta::days(1));
    let codes = ["new", "ended", "others", "nobodys"].map(code);
    assert_eq!(codes, [200, 401, 403, 401]);
}

#[test]
fn denials_are_forbidden_with_the_verb_and_the_resource() {
    let (code, status) = ask(Method::GET, "limited-token", "/api/v1/nodes");
    assert_eq!(code, 403);
    assert_eq!(status["reason"], "Forbidden");
    assert_eq!(status["details"]["kind"], "nodes");
    let message = status["message"].as_str().unwrap();
    assert!(
        message.contains("cannot list resource \"nodes\""),
        "{message}"
    );
    let code = |path: &str| ask(Method::GET, "limited-token", path).0;
    assert_eq!(code("/api/v1/nodes/n"), 404);
    assert_eq!(code("/api/v1/pods"), 200);
    assert_eq!(code("/api/v1/namespaces/kube-system/pods"), 403);
    assert_eq!(code("/api/v1/namespaces/my-app/pods"), 200);
}

#[test]
fn every_path_has_its_answer() {
    let cases = [
        ("/version", 200),
        ("/api", 200),
        ("/api/v1", 200),
        ("/apis", 200),
        ("/apis/apps", 200),
        ("/apis/apps/v1", 200),
        ("/apis/apps/v2", 404),
        ("/apis/none", 404),
        ("/nowhere", 404),
        ("/api/v1/namespaces", 200),
        ("/api/v1/namespaces/my-app", 200),
        ("/api/v1/namespaces/none", 404),
        ("/api/v1/namespaces/my-app/pods/a", 200),
        ("/api/v1/namespaces/my-app/pods/c", 404),
        ("/api/v1/namespaces/none/pods", 200),
        ("/api/v1/pods/a", 404),
        ("/api/v1/things", 404),
        ("/api/v1/namespaces/my-app/nodes", 404),
        ("/apis/alibabacloud.com/v1/albconfigs/alb", 200),
        (
            "/apis/alibabacloud.com/v1/namespaces/my-app/albconfigs",
            404,
        ),
        ("/api/v1/namespaces/my-app/pods/a/log", 404),
        ("/api/v1/pods?limit=x", 400),
        ("/api/v1/pods?continue=garbage", 400),
        ("/api/v1/pods?labelSelector=a%20b", 400),
        ("/api/v1/pods?fieldSelector=spec.x%3D1", 400),
        ("/api/v1/pods?watch=true", 405),
        ("/api/v1/pods?watch=false", 200),
    ];
    for (path, expected) in cases {
        assert_eq!(get(path).0, expected, "{path}");
    }
}

#[test]
fn a_missing_object_is_a_status_and_an_unknown_path_is_text() {
    let (_, status) = get("/api/v1/namespaces/my-app/pods/c");
    assert_eq!(status["reason"], "NotFound");
    assert_eq!(status["details"], json!({"name": "c", "kind": "pods"}));
    assert_eq!(get("/apis/none/v1/things"), (404, Value::Null));
    // The eviction of a Pod is such a path here: not "there, but not with this method".
    let eviction = "/api/v1/namespaces/my-app/pods/a/eviction";
    assert_eq!(
        ask(Method::POST, "admin-token", eviction),
        (404, Value::Null)
    );
}

#[test]
fn a_strategic_merge_patch_that_needs_a_schema_is_refused_and_changes_nothing() {
    let api = api();
    let pod = "/api/v1/namespaces/my-app/pods/a";
    let send = |path: &str, patch: &Value| {
        let request = Request::patch(path)
            .header(AUTHORIZATION, "Bearer admin-token")
            .header(CONTENT_TYPE, "application/strategic-merge-patch+json")
            .body(Bytes::from(patch.to_string()))
            .unwrap();
        api.handle(&request).status().as_u16()
    };
    let before = api.store().view().objects().len();
    for (path, patch, expected) in [
        (pod, json!({"spec": {"containers": [{"name": "a"}]}}), 415),
        (pod, json!({"spec": {"volumes": []}}), 415),
        (pod, json!({"spec": {"$patch": "delete"}}), 415),
        (
            pod,
            json!({"metadata": {"$deleteFromPrimitiveList/finalizers": ["a"]}}),
            415,
        ),
        (pod, json!({"metadata": {"finalizers": [1]}}), 415),
        (pod, json!([]), 415),
        // Custom kinds take none at all, as on the real server.
        (
            "/apis/alibabacloud.com/v1/albconfigs/alb",
            json!({"spec": {}}),
            415,
        ),
        (pod, json!({"metadata": {"labels": {"app": "api"}}}), 200),
    ] {
        assert_eq!(send(path, &patch), expected, "{patch}");
    }
    assert_eq!(api.store().view().objects().len(), before);
}

#[test]
fn methods_that_a_path_does_not_take_are_refused_with_a_status() {
    for (method, path) in [
        (Method::POST, "/api/v1/namespaces/my-app/pods/a"),
        (Method::PUT, "/api/v1/namespaces/my-app/pods"),
        (Method::PATCH, "/api/v1/namespaces/my-app/pods"),
        (Method::DELETE, "/api/v1/pods"),
        (Method::DELETE, "/api/v1/namespaces"),
        (Method::DELETE, "/api/v1/namespaces/my-app/pods/a/status"),
        (Method::PUT, "/api/v1/namespaces/my-app/pods/a/finalize"),
    ] {
        let (code, status) = ask(method, "admin-token", path);
        assert_eq!(code, 405, "{path}");
        assert_eq!(status["reason"], "MethodNotAllowed");
    }
}

#[test]
fn the_status_is_written_through_its_own_path_only() {
    let api = api();
    let send = |path: &str, body: &Value| {
        let request = Request::builder()
            .method(Method::PATCH)
            .uri(path)
            .header(AUTHORIZATION, "Bearer admin-token")
            .header("content-type", "application/merge-patch+json")
            .body(Bytes::from(body.to_string()))
            .unwrap();
        let response = api.handle(&request);
        assert_eq!(response.status(), StatusCode::OK);
        serde_json::from_slice::<Value>(response.body()).unwrap()
    };
    let path = "/api/v1/namespaces/my-app/pods/a";
    let patch = json!({"metadata": {"labels": {"app": "new"}}, "status": {"phase": "Failed"}});
    let after = send(path, &patch);
    assert_eq!(after["status"]["phase"], "Running");
    assert_eq!(after["metadata"]["labels"]["app"], "new");
    let after = send(
        &format!("{path}/status"),
        &json!({"metadata": {"labels": null}, "status": {"phase": "Failed"}}),
    );
    assert_eq!(after["status"]["phase"], "Failed");
    assert_eq!(after["metadata"]["labels"]["app"], "new");
}

#[test]
fn lists_select_and_page() {
    let names = |path: &str| -> Vec<String> {
        get(path).1["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["metadata"]["name"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names("/api/v1/pods"), ["a", "b"]);
    assert_eq!(names("/api/v1/pods?labelSelector=app%3Dweb"), ["a"]);
    assert_eq!(names("/api/v1/pods?labelSelector=app+in+(web)"), ["a"]);
    assert_eq!(
        names("/api/v1/pods?fieldSelector=status.phase%3DPending"),
        ["b"]
    );
    let (_, list) = get("/api/v1/pods?limit=1");
    assert_eq!(list["metadata"]["remainingItemCount"], 1);
    let token = list["metadata"]["continue"].as_str().unwrap();
    assert_eq!(
        names(&format!("/api/v1/pods?limit=1&continue={token}")),
        ["b"]
    );
}

/// Observed on API servers: `kubectl get --raw /api/v1/pods` has items without a type, the same for
/// a custom resource has items with it.
#[test]
fn only_items_of_custom_kinds_carry_their_type() {
    let (_, list) = get("/api/v1/pods");
    assert_eq!(
        (&list["kind"], &list["apiVersion"]),
        (&json!("PodList"), &json!("v1"))
    );
    assert_eq!(list["items"][0].get("kind"), None);
    let (_, list) = get("/apis/alibabacloud.com/v1/albconfigs");
    assert_eq!(list["items"][0]["kind"], "AlbConfig");
    let (_, pod) = get("/api/v1/namespaces/my-app/pods/a");
    assert_eq!(pod["kind"], "Pod");
}

#[test]
fn a_verified_certificate_logs_in_without_a_token() {
    let mut request = Request::get("/version").body(Bytes::new()).unwrap();
    request
        .extensions_mut()
        .insert(PeerUser("admin".to_owned()));
    assert_eq!(api().handle(&request).status(), StatusCode::OK);
    request
        .extensions_mut()
        .insert(PeerUser("nobody".to_owned()));
    assert_eq!(api().handle(&request).status(), StatusCode::UNAUTHORIZED);
}
