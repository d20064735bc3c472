//! The emulator as its clients see it.

mod access;
mod budget;
mod changes;
mod controllers;
mod faults;
mod lists;
mod requests;
mod sts;

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::StreamExt as _;
use secrecy::SecretString;
use serde_json::{Value, json};

use super::{Emulator, Fault, Keys, Options, Running, Scenario, Throttling};
use crate::context::{Context, SteppingClock};
use crate::model::Region;
use crate::openapi::page::Pages;
use crate::openapi::sign::encode::query_string;
use crate::openapi::sign::{Unsigned, acs3, sha256_hex};
use crate::openapi::{
    ApiError, Client, Credential, Endpoints, Limiter, Reader, Request, StaticCredential,
};
use crate::transport::{HttpRequest, HttpResponse, Transport as _};

/// The real time of these tests.
const NOW: &str = "2026-11-25T12:00:00Z";
const CLUSTER: &str = "c7e1a0c5b2d94f6e8a3b1c0d9e8f70042";

fn options() -> Options {
    Options {
        throttling: Throttling::Off,
        clock: Arc::new(SteppingClock::new(NOW.parse().unwrap())),
        ..Options::default()
    }
}

async fn start(faults: &[&str]) -> Running {
    start_with(Scenario::load("ack-sop").unwrap(), faults).await
}

async fn start_with(scenario: Scenario, faults: &[&str]) -> Running {
    let options = Options {
        faults: faults
            .iter()
            .map(|fault| fault.parse::<Fault>().unwrap())
            .collect(),
        ..options()
    };
    Emulator::start(scenario, options).await.unwrap()
}

fn region(name: &str) -> Region {
    Region::new(name)
}

/// The context of a client that reaches the emulator in process and never waits.
fn context(running: &Running) -> Context {
    let mut context = Context::system(BTreeMap::new(), Arc::new(running.transport()));
    context.wall_clock = Arc::new(SteppingClock::new(NOW.parse().unwrap()));
    context.clock = Arc::clone(&context.wall_clock);
    context
}

fn credential(running: &Running) -> Credential {
    let keys = running.keys();
    Credential {
        access_key_id: keys.access_key_id.clone(),
        secret: SecretString::from(keys.access_key_secret.clone()),
        security_token: None,
        expires_at: None,
    }
}

fn reader_with(running: &Running, credential: Credential) -> Reader {
    let client = Client::new(
        context(running),
        Endpoints::default(),
        Arc::new(StaticCredential::new(credential, "test")),
        Arc::new(Limiter::default()),
        running.account(),
    );
    Reader::new(Arc::new(client))
}

fn reader(running: &Running) -> Reader {
    reader_with(running, credential(running))
}

async fn read(running: &Running, request: Request) -> Result<Value, ApiError> {
    reader(running).read(request).await
}

fn request(product: &'static str, action: &str) -> Request {
    Request::new(product, action, &region("cn-hangzhou"))
}

/// All items of a list, page by page.
async fn pages(reader: &Reader, request: Request, items: &str, id: &str) -> Vec<Value> {
    Pages::new(reader, request, items, id)
        .into_stream()
        .map(Result::unwrap)
        .collect()
        .await
}

type Pairs<'p> = &'p [(&'p str, &'p str)];

fn owned(pairs: Pairs<'_>) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

/// An ECS call as the client signs it, for tests that go beyond the client. `headers` replace those of the same name before
/// signing.
fn signed(keys: &Keys, action: &str, query: Pairs<'_>, headers: Pairs<'_>) -> HttpRequest {
    let host = "ecs.cn-hangzhou.aliyuncs.com";
    let query: Vec<(String, Option<String>)> = owned(query)
        .into_iter()
        .map(|(name, value)| (name, Some(value)))
        .collect();
    let mut all = owned(&[
        ("host", host),
        ("x-acs-action", action),
        ("x-acs-version", "2014-05-26"),
        ("x-acs-date", NOW),
        ("x-acs-signature-nonce", "nonce"),
        ("x-acs-content-sha256", &sha256_hex(b"")),
    ]);
    all.retain(|(name, _)| !headers.iter().any(|(other, _)| other == name));
    all.extend(owned(headers));
    let unsigned = Unsigned {
        method: "POST",
        path: "/",
        query: &query,
        headers: &all,
        body: b"",
    };
    let authorization =
        acs3::sign(&unsigned, &keys.access_key_id, &keys.access_key_secret).authorization;
    let mut request =
        HttpRequest::new("POST", "https", host, format!("/?{}", query_string(&query)));
    all.push(("authorization".to_owned(), authorization));
    all.retain(|(name, _)| name != "host");
    request.headers = all;
    request
}

async fn send(running: &Running, request: HttpRequest) -> HttpResponse {
    running.transport().send(request).await.unwrap()
}

fn body(response: &HttpResponse) -> Value {
    serde_json::from_slice(&response.body).unwrap()
}

/// Status and code of an answer.
async fn outcome(running: &Running, request: HttpRequest) -> (u16, String) {
    let response = send(running, request).await;
    let body = body(&response);
    let code = ["Code", "code", "errorCode"]
        .iter()
        .find_map(|name| body[*name].as_str())
        .unwrap_or_default();
    (response.status, code.to_owned())
}

fn code(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

/// A scenario with these items in place of a collection's.
fn scenario_with(collection: &str, items: Vec<Value>) -> Scenario {
    let mut scenario = Scenario::load("ack-sop").unwrap();
    let items = items
        .into_iter()
        .map(|item| item.as_object().unwrap().clone())
        .collect();
    scenario.collections.insert(collection.to_owned(), items);
    scenario
}

fn numbered(id: &str, count: usize) -> Vec<Value> {
    (0..count)
        .map(|number| json!({ id: format!("x-{number:04}") }))
        .collect()
}
