//! What the deleting client sends, and what it makes of answers that no emulator gives.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests are tests"
)]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::{Request, Response, StatusCode};
use hyper::body::Bytes;
use serde_json::{Value, json};
use yunsweep::context::SteppingClock;
use yunsweep::kubernetes::{
    ClientOptions, ClusterEditor, DeleteOutcome, ErrorClass, InProcessServer, ObjectRef,
    Propagation, ProxySettings,
};

/// Method, path with query, body.
type Asked = Arc<Mutex<Vec<(String, String, Value)>>>;

/// A server that gives these answers, one after the other, and notes what was asked.
fn scripted(answers: Vec<(u16, Value)>) -> (ClusterEditor, Asked) {
    let asked = Asked::default();
    let calls = AtomicUsize::new(0);
    let log = Arc::clone(&asked);
    let server: InProcessServer = Arc::new(move |request: Request<Bytes>| {
        log.lock().unwrap().push((
            request.method().to_string(),
            request.uri().to_string(),
            serde_json::from_slice(request.body()).unwrap_or(Value::Null),
        ));
        let (code, body) = &answers[calls.fetch_add(1, Ordering::SeqCst)];
        let mut response = Response::new(Bytes::from(body.to_string()));
        *response.status_mut() = StatusCode::from_u16(*code).unwrap();
        response
    });
    let options = ClientOptions {
        connect_timeout: Duration::from_secs(5),
        read_timeout: Duration::from_secs(30),
        page_size: 2,
        proxy: ProxySettings::default(),
        clock: Arc::new(SteppingClock::new("2026-01-15T08:00:00Z".parse().unwrap())),
    };
    (
        ClusterEditor::in_process(server, "token".to_owned().into(), &options),
        asked,
    )
}

fn namespace() -> ObjectRef {
    ObjectRef {
        group: String::new(),
        version: "v1".to_owned(),
        plural: "namespaces".to_owned(),
        namespace: None,
        name: "app".to_owned(),
    }
}

fn status(code: u16, reason: &str) -> (u16, Value) {
    (
        code,
        json!({"kind": "Status", "code": code, "reason": reason}),
    )
}

async fn delete(answers: Vec<(u16, Value)>) -> (Result<DeleteOutcome, ErrorClass>, usize) {
    let (editor, asked) = scripted(answers);
    let outcome = editor
        .delete(&namespace(), "u", Propagation::Foreground)
        .await;
    let count = asked.lock().unwrap().len();
    (outcome.map_err(|error| error.class), count)
}

#[tokio::test]
async fn a_deletion_names_uid_and_policy_in_the_body_and_nothing_in_the_query() {
    let accepted = (200, json!({"kind": "Status", "status": "Success"}));
    let (editor, asked) = scripted(vec![accepted.clone(), accepted]);
    editor
        .delete(&namespace(), "u", Propagation::Foreground)
        .await
        .unwrap();
    editor
        .try_delete(&namespace(), "u", Propagation::Background)
        .await
        .unwrap();
    let asked = asked.lock().unwrap().clone();
    for (method, path, body) in &asked {
        assert_eq!(
            (method.as_str(), path.as_str()),
            ("DELETE", "/api/v1/namespaces/app")
        );
        assert_eq!(body["preconditions"], json!({"uid": "u"}));
    }
    assert_eq!(asked[0].2["propagationPolicy"], "Foreground");
    assert_eq!(asked[0].2.get("dryRun"), None);
    assert_eq!(asked[1].2["dryRun"], json!(["All"]));
}

#[tokio::test]
async fn a_deletion_is_sent_once_whatever_comes() {
    for (answer, class) in [
        (status(500, "InternalError"), ErrorClass::Server),
        (status(503, "ServiceUnavailable"), ErrorClass::Server),
        (status(429, "TooManyRequests"), ErrorClass::Throttled),
        (status(401, "Unauthorized"), ErrorClass::Unauthorized),
        (status(422, "Invalid"), ErrorClass::Unexpected),
        ((404, json!("404 page not found")), ErrorClass::NotFound),
    ] {
        let (outcome, count) = delete(vec![answer]).await;
        assert_eq!((outcome, count), (Err(class), 1));
    }
    let (outcome, _) = delete(vec![status(403, "Forbidden")]).await;
    let denied = ErrorClass::Denied {
        verb: "delete",
        resource: "namespaces".to_owned(),
    };
    assert_eq!(outcome, Err(denied));
}

#[tokio::test]
async fn a_conflict_is_explained_by_the_object() {
    let conflict = || status(409, "Conflict");
    let object = |metadata: Value| (200, json!({"metadata": metadata}));
    let deleting = json!({"uid": "u", "deletionTimestamp": "2026-01-15T08:00:00Z"});
    for (answer, expected) in [
        (
            object(json!({"uid": "v"})),
            Ok(DeleteOutcome::Replaced {
                uid: "v".to_owned(),
            }),
        ),
        // Older servers answer so while a namespace empties itself.
        (object(deleting), Ok(DeleteOutcome::Accepted)),
        (object(json!({"uid": "u"})), Err(ErrorClass::Conflict)),
        (object(json!({})), Err(ErrorClass::Conflict)),
        (status(404, "NotFound"), Ok(DeleteOutcome::Gone)),
        (
            status(403, "Forbidden"),
            Err(ErrorClass::Denied {
                verb: "get",
                resource: "namespaces".to_owned(),
            }),
        ),
    ] {
        let (outcome, count) = delete(vec![conflict(), answer]).await;
        assert_eq!((outcome, count), (expected, 2));
    }
}

#[tokio::test]
async fn a_kind_that_cannot_be_read_is_no_proof_of_emptiness() {
    let versions = (200, json!({"versions": ["v1"]}));
    let groups = |version: &str| {
        let version = json!({"version": version});
        (
            200,
            json!({"groups": [{"name": "metrics.example.com", "versions": [version], "preferredVersion": version}]}),
        )
    };
    let pods =
        json!({"name": "pods", "kind": "Pod", "namespaced": true, "verbs": ["list", "delete"]});
    let resources = (200, json!({"resources": [pods]}));
    let down = || status(503, "ServiceUnavailable");
    let (editor, _) = scripted(vec![
        versions.clone(),
        groups("v1"),
        resources.clone(),
        down(),
        down(),
        down(),
        (200, json!({"items": []})),
    ]);
    let contents = editor.reader().contents("app").await.unwrap();
    assert!(contents.objects.is_empty());
    assert!(!contents.is_proven_empty(), "a group did not answer");
    let none = (200, json!({"groups": []}));
    let (editor, asked) = scripted(vec![
        versions.clone(),
        none.clone(),
        resources.clone(),
        status(403, "Forbidden"),
    ]);
    let contents = editor.reader().contents("app").await.unwrap();
    assert!(!contents.is_proven_empty(), "a list was denied");
    assert_eq!(
        asked.lock().unwrap()[3].1,
        "/api/v1/namespaces/app/pods?limit=2"
    );
    let (editor, _) = scripted(vec![versions, none, resources, (200, json!({"items": []}))]);
    assert!(
        editor
            .reader()
            .contents("app")
            .await
            .unwrap()
            .is_proven_empty()
    );
}
