//! The real client with a fixed clock, fixed ids and an invented key.
//!
//! Tests run on a paused clock, so that pauses between calls take no time. A paused clock jumps whenever nothing is left
//! to do, and would run a real exchange into its deadline: so exchanges happen in a runtime of their own, in real time,
//! and the jump is held back while one is under way.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex};

use futures::future::BoxFuture;
use secrecy::SecretString;
use yunsweep::context::{Context, OneTimeIds, SteppingClock};
use yunsweep::openapi::endpoint::parse_connect_to;
use yunsweep::openapi::{Client, Credential, Endpoints, Limiter, StaticCredential};
use yunsweep::resources::Reader;
use yunsweep::transport::{
    HttpRequest, HttpResponse, ReqwestTransport, Transport, TransportError, TransportOptions,
};

use super::mappings::{Seen, Served};

/// The invented key; real ones are longer.
pub(crate) const ACCESS_KEY_ID: &str = "LTAI0fixture";
/// Its secret.
pub(crate) const ACCESS_KEY_SECRET: &str = "secret-that-must-not-be-printed";

static NETWORK: LazyLock<tokio::runtime::Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap()
});

/// The network, outside of the test's clock.
struct OutsideOfTestTime(Arc<ReqwestTransport>);

impl Transport for OutsideOfTestTime {
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportError>> {
        let transport = Arc::clone(&self.0);
        Box::pin(async move {
            // A blocking task is what holds the paused clock back.
            tokio::task::spawn_blocking(move || NETWORK.block_on(transport.send(request)))
                .await
                .unwrap()
        })
    }
}

/// Answers from the mappings without a network, for tests of many thousand calls.
pub(crate) struct Direct {
    served: Served,
    /// What was asked.
    pub(crate) seen: Mutex<Vec<Seen>>,
}

impl Direct {
    /// Answers from these.
    pub(crate) fn new(served: Served) -> Arc<Self> {
        Arc::new(Self {
            served,
            seen: Mutex::default(),
        })
    }
}

impl Transport for Direct {
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportError>> {
        let seen = Seen::of_client(&request);
        let answer = self.served.answer(&seen);
        self.seen.lock().unwrap().push(seen.clone());
        Box::pin(async move {
            let answer = answer
                .unwrap_or_else(|| panic!("no fixture expects {} {}", seen.method, seen.path));
            let headers = answer.headers.into_iter();
            Ok(HttpResponse {
                status: answer.status,
                headers: headers
                    .map(|(name, value)| (name.to_ascii_lowercase(), value))
                    .collect(),
                body: answer.json_body.to_string().into_bytes(),
            })
        })
    }
}

#[derive(Default)]
struct CountedIds(AtomicU64);

impl OneTimeIds for CountedIds {
    fn next(&self) -> String {
        let number = self.0.fetch_add(1, Ordering::Relaxed);
        format!("00000000-0000-4000-8000-{number:012}")
    }
}

/// A run with that transport, at a time that stands still.
pub(crate) fn context(transport: Arc<dyn Transport>) -> Context {
    let clock = Arc::new(SteppingClock::new("2026-01-15T08:00:00Z".parse().unwrap()));
    let mut context = Context::system(BTreeMap::new(), transport);
    context.wall_clock = Arc::clone(&clock) as _;
    context.clock = clock;
    context.ids = Arc::new(CountedIds::default());
    context
}

/// A reader over HTTP that connects to the server at that URL, whatever host it asks for.
pub(crate) fn over_http(url: &str) -> Reader {
    yunsweep::tls::install();
    let network = NETWORK.enter();
    let transport = ReqwestTransport::new(&TransportOptions::default()).unwrap();
    drop(network);
    let endpoints = Endpoints {
        connect_to: Some(parse_connect_to(url).unwrap()),
        ..Endpoints::default()
    };
    reader(Arc::new(OutsideOfTestTime(Arc::new(transport))), endpoints)
}

/// A reader that is answered without a network.
pub(crate) fn in_process(direct: &Arc<Direct>) -> Reader {
    reader(Arc::clone(direct) as _, Endpoints::default())
}

fn reader(transport: Arc<dyn Transport>, endpoints: Endpoints) -> Reader {
    let credential = Credential {
        access_key_id: ACCESS_KEY_ID.to_owned(),
        secret: SecretString::from(ACCESS_KEY_SECRET),
        security_token: None,
        expires_at: None,
    };
    let client = Client::new(
        context(transport),
        endpoints,
        Arc::new(StaticCredential::new(credential, "test")),
        Arc::new(Limiter::default()),
        "0000000000000042",
    );
    Reader::new(yunsweep::openapi::Reader::new(Arc::new(client)))
}
