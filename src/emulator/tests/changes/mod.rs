//! What changes when something is deleted, protected, detached: calls as a client signs them, and the world's own state.

mod clock;
mod clusters;
mod compute;
mod controllers;
mod gateways;
mod idempotence;
mod load_balancers;
mod network;
mod registries;

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::*;
use crate::contracts::{self, BodyKind, Place, Style};
use crate::openapi::sign::sls4;

const HERE: (&str, &str) = ("RegionId", "cn-hangzhou");

/// The lab with these fields of one item changed; `path` is dotted.
fn lab_with(collection: &str, id: (&str, &str), path: &str, value: Value) -> Scenario {
    let mut scenario = Scenario::load("ack-sop").unwrap();
    let (name, id) = id;
    let item = scenario
        .collections
        .get_mut(collection)
        .unwrap()
        .iter_mut()
        .find(|item| item[name] == id)
        .unwrap();
    let mut changed = Value::Object(item.clone());
    super::super::lookup::set(&mut changed, path, value);
    *item = changed.as_object().unwrap().clone();
    scenario
}

/// The lab with one more item of a collection.
fn lab_and(collection: &str, item: &Value) -> Scenario {
    let mut scenario = Scenario::load("ack-sop").unwrap();
    let items = scenario
        .collections
        .entry(collection.to_owned())
        .or_default();
    items.push(item.as_object().unwrap().clone());
    scenario
}

/// The lab without its cluster and what ACK deletes with it.
async fn after_the_cluster() -> Running {
    let running = start(&[]).await;
    good(&running, "cs", "DeleteCluster", &[("cluster_id", CLUSTER)]).await;
    wait(&running, 600).await;
    assert!(running.holds("cs/cluster").is_empty());
    running
}

/// Lets the world's time pass.
async fn wait(running: &Running, seconds: u64) {
    running.clock().sleep(Duration::from_secs(seconds)).await;
}

/// A signed call of any operation; what it answers.
async fn call_with(
    running: &Running,
    product: &'static str,
    action: &str,
    arguments: Pairs<'_>,
    document: Option<Value>,
) -> HttpResponse {
    static CALLS: AtomicU64 = AtomicU64::new(0);
    let operation = contracts::operation(product, action).unwrap();
    let endpoint = Endpoints::default()
        .host(product, &region("cn-hangzhou"))
        .unwrap();
    let mut host = endpoint.clone();
    let (mut query, mut form, mut path) = (Vec::new(), Vec::new(), Vec::new());
    for (name, value) in arguments {
        let pair = ((*name).to_owned(), Some((*value).to_owned()));
        match operation.place(name) {
            Some(Place::Path) => path.push((*name, *value)),
            Some(Place::Host) => host = format!("{value}.{endpoint}"),
            Some(Place::Body) => form.push(pair),
            _ => query.push(pair),
        }
    }
    let path = operation.expand_path(&path).unwrap();
    let (kind, body) = match (&document, operation.body_kind) {
        (Some(document), _) => ("application/json", document.to_string().into_bytes()),
        (None, BodyKind::Form) => (
            "application/x-www-form-urlencoded",
            query_string(&form).into_bytes(),
        ),
        _ => ("", Vec::new()),
    };
    let nonce = CALLS.fetch_add(1, Ordering::Relaxed).to_string();
    let (keys, hash) = (running.keys(), sha256_hex(&body));
    let (id, secret) = (keys.access_key_id.as_str(), keys.access_key_secret.as_str());
    let mut headers = owned(&[("host", &host), ("content-type", kind)]);
    let authorization = if operation.style == Style::Sls {
        let date = "20261125T120000Z";
        headers.extend(owned(&[
            ("x-log-apiversion", "0.6.0"),
            ("x-log-bodyrawsize", &body.len().to_string()),
            ("x-log-date", date),
            ("x-log-content-sha256", &hash),
        ]));
        let unsigned = unsigned(operation, &path, &query, &headers, &body);
        sls4::sign(&unsigned, "cn-hangzhou", date, id, secret).authorization
    } else {
        headers.extend(owned(&[
            ("x-acs-action", action),
            ("x-acs-version", &operation.version),
            ("x-acs-date", NOW),
            ("x-acs-signature-nonce", &nonce),
            ("x-acs-content-sha256", &hash),
        ]));
        acs3::sign(
            &unsigned(operation, &path, &query, &headers, &body),
            id,
            secret,
        )
        .authorization
    };
    headers.push(("authorization".to_owned(), authorization));
    headers.retain(|(name, _)| name != "host");
    let target = format!("{path}?{}", query_string(&query));
    let mut request = HttpRequest::new(&operation.method, "https", host, target);
    request.headers = headers;
    request.body = body;
    send(running, request).await
}

fn unsigned<'u>(
    operation: &'u contracts::Operation,
    path: &'u str,
    query: &'u [(String, Option<String>)],
    headers: &'u [(String, String)],
    body: &'u [u8],
) -> Unsigned<'u> {
    Unsigned {
        method: &operation.method,
        path,
        query,
        headers,
        body,
    }
}

/// Calls, and says status and code; the code of a success is empty.
async fn said(
    running: &Running,
    product: &'static str,
    action: &str,
    arguments: Pairs<'_>,
) -> (u16, String) {
    let response = call_with(running, product, action, arguments, None).await;
    let body: Value = serde_json::from_slice(&response.body).unwrap();
    // Container Registry Enterprise and ARMS have a code in good answers too.
    let is_good = response.status == 200 && body["IsSuccess"] != false;
    let code = ["Code", "code", "errorCode"]
        .iter()
        .find_map(|name| body[*name].as_str())
        .filter(|_| !is_good);
    (response.status, code.unwrap_or_default().to_owned())
}

/// Calls something that is accepted.
async fn good(
    running: &Running,
    product: &'static str,
    action: &str,
    arguments: Pairs<'_>,
) -> Value {
    let response = call_with(running, product, action, arguments, None).await;
    let body: Value = serde_json::from_slice(&response.body).unwrap();
    assert_eq!(response.status, 200, "{product} {action}: {body}");
    body
}

fn accepted() -> (u16, String) {
    code(200, "")
}

/// A field of an item as the world has it.
fn field(running: &Running, collection: &str, id: &str, path: &str) -> Value {
    running.service.cloud.settle();
    let item = running.service.cloud.item(collection, id).unwrap();
    path.split('.')
        .fold(item, |value, name| value[name].clone())
}
