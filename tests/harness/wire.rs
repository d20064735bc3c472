//! Everything that a run sends and writes, in one order, and what goes wrong with it.
//!
//! Requests and journal lines are counted over all processes of a case. A process that died sends and writes nothing more,
//! whatever its future still does before it is dropped.

use std::io;
use std::sync::{Arc, Mutex};

use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use http::{Method, Request, Response, StatusCode};
use hyper::body::Bytes;
use serde_json::{Value, json};
use tokio::sync::watch;
use yunsweep::emulator::{Effect, Onlooker, SeenCall};
use yunsweep::kubernetes::Unreachable;
use yunsweep::teardown::journal::Log;
use yunsweep::transport::{
    HttpRequest, HttpResponse, Transport, TransportError, TransportErrorKind,
};

/// What goes wrong with a request.
#[derive(Clone, Debug)]
pub(crate) enum Trouble {
    /// The cloud answers so.
    Answers(Effect),
    /// The API server answers so: status and reason; without a reason, a text that is no `Status`.
    ServerAnswers(u16, Option<&'static str>),
    /// The answer is no JSON.
    Unreadable,
    /// There is no connection: nothing leaves.
    NoConnection,
    /// The connection breaks before anything is done.
    CutBefore,
    /// It is done, and the answer is lost.
    CutAfter,
    /// The process dies before anything is done.
    DiesBefore,
    /// It is done, and the process dies before it hears of it.
    DiesAfter,
}

/// What goes wrong with a line of the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LineTrouble {
    /// The process dies before the line is written.
    DiesBefore,
    /// The line is on the disk, and the process dies.
    DiesAfter,
    /// The process dies in the middle of the line.
    Torn,
}

/// One thing that goes wrong.
#[derive(Clone, Debug)]
pub(crate) enum Disturbance {
    /// With the n-th request, from 0.
    Request(usize, Trouble),
    /// With the n-th line, from 0.
    Line(usize, LineTrouble),
    /// With every request of that label: what it is answered.
    Always(String, Trouble),
}

/// What was sent.
#[derive(Clone, Debug)]
pub(crate) enum What {
    /// To the cloud, as it understood it; `None`: it never arrived.
    Cloud(String, Option<SeenCall>),
    /// To an API server: method, path with query, uid of the precondition.
    Object(Method, String, Option<String>),
}

/// What came of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It was answered with that status.
    Answered(u16),
    /// It was answered in place of the operation, with nothing done.
    Faked,
    /// Nothing was done, and no answer came.
    NeverArrived,
    /// It was done or refused, and no usable answer came.
    Lost,
}

/// One request.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    /// Whole lines of the journal by then.
    pub(crate) lines: usize,
    /// The world's time, where it arrived.
    pub(crate) at: Option<DateTime<Utc>>,
    pub(crate) what: What,
    pub(crate) fate: Fate,
}

impl Sent {
    /// Whether it is meant to change something.
    pub(crate) fn changes(&self) -> bool {
        match &self.what {
            What::Cloud(_, Some(seen)) => seen.changes,
            What::Cloud(label, None) => !is_read(label),
            What::Object(method, ..) => *method != Method::GET,
        }
    }

    /// For a person, and to tell kinds of requests apart.
    pub(crate) fn label(&self) -> String {
        match &self.what {
            What::Cloud(label, None) => label.clone(),
            What::Cloud(_, Some(seen)) => format!("{}:{}", seen.product, seen.action),
            What::Object(method, path, _) => format!("{method} {path}"),
        }
    }
}

fn is_read(label: &str) -> bool {
    ["Describe", "Get", "List", "Query", "GET "]
        .iter()
        .any(|begin| label.starts_with(begin))
}

#[derive(Default)]
struct State {
    requests: usize,
    lines: usize,
    /// Whole lines on the disk.
    written: usize,
    disturbances: Vec<Disturbance>,
    sent: Vec<Sent>,
    /// Whether the request that the emulator hears now came over the wire.
    is_on_its_way: bool,
    /// What the emulator does with the request that is on its way.
    effect: Option<Effect>,
    /// How the emulator understood it, and the status that it answered.
    seen: Option<(SeenCall, Option<u16>)>,
}

/// The wire of one case.
#[derive(Default)]
pub(crate) struct Wire(Mutex<State>);

/// One process: alive until something kills it.
#[derive(Clone, Debug)]
pub(crate) struct Life {
    dead: watch::Sender<bool>,
}

impl Life {
    /// A new process.
    pub(crate) fn begin() -> Self {
        Self {
            dead: watch::Sender::new(false),
        }
    }

    fn die(&self) {
        self.dead.send_replace(true);
    }

    fn is_dead(&self) -> bool {
        *self.dead.borrow()
    }

    /// Returns when it dies.
    pub(crate) async fn death(&self) {
        let mut receiver = self.dead.subscribe();
        receiver.wait_for(|dead| *dead).await.unwrap();
    }
}

impl Wire {
    /// A wire on which these things go wrong.
    pub(crate) fn with(disturbances: Vec<Disturbance>) -> Arc<Self> {
        Arc::new(Self(Mutex::new(State {
            disturbances,
            ..State::default()
        })))
    }

    /// All requests so far.
    pub(crate) fn sent(&self) -> Vec<Sent> {
        self.0.lock().unwrap().sent.clone()
    }

    /// Lines so far.
    pub(crate) fn lines(&self) -> usize {
        self.0.lock().unwrap().lines
    }

    /// Counts a request and says what goes wrong with it.
    fn next_request(&self) -> Option<Trouble> {
        let mut state = self.0.lock().unwrap();
        let number = state.requests;
        state.requests += 1;
        let position = state
            .disturbances
            .iter()
            .position(|found| matches!(found, Disturbance::Request(at, _) if *at == number))?;
        match state.disturbances.swap_remove(position) {
            Disturbance::Request(_, trouble) => Some(trouble),
            Disturbance::Line(..) | Disturbance::Always(..) => None,
        }
    }

    fn next_line(&self) -> Option<LineTrouble> {
        let mut state = self.0.lock().unwrap();
        let number = state.lines;
        state.lines += 1;
        let position = state
            .disturbances
            .iter()
            .position(|found| matches!(found, Disturbance::Line(at, _) if *at == number))?;
        match state.disturbances.swap_remove(position) {
            Disturbance::Line(_, trouble) => Some(trouble),
            Disturbance::Request(..) | Disturbance::Always(..) => None,
        }
    }

    /// What goes wrong with every request of that label.
    fn always(&self, label: &str) -> Option<Trouble> {
        let state = self.0.lock().unwrap();
        state.disturbances.iter().find_map(|found| match found {
            Disturbance::Always(of, trouble) if of == label => Some(trouble.clone()),
            _ => None,
        })
    }

    fn note(&self, at: Option<DateTime<Utc>>, what: What, fate: Fate) {
        let mut state = self.0.lock().unwrap();
        let lines = state.written;
        state.sent.push(Sent {
            lines,
            at,
            what,
            fate,
        });
    }
}

impl Onlooker for Wire {
    fn arrives(&self, call: &SeenCall) -> Vec<Effect> {
        let always = self.always(&format!("{}:{}", call.product, call.action));
        let mut state = self.0.lock().unwrap();
        if !state.is_on_its_way {
            return Vec::new();
        }
        state.seen = Some((call.clone(), None));
        if let (None, Some(Trouble::Answers(effect))) = (&state.effect, always) {
            state.effect = Some(effect);
        }
        state.effect.clone().into_iter().collect()
    }

    fn is_done(&self, _call: &SeenCall, status: u16) {
        let mut state = self.0.lock().unwrap();
        if let Some((_, answered)) = &mut state.seen {
            *answered = Some(status);
        }
    }
}

/// The way of one process to the cloud.
pub(crate) struct Wired {
    pub(crate) wire: Arc<Wire>,
    pub(crate) life: Life,
    pub(crate) inner: Arc<dyn Transport>,
}

impl Wired {
    async fn exchange(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        if self.life.is_dead() {
            return std::future::pending().await;
        }
        let host = request.host.clone();
        let failed = |kind| Err(TransportError::new(kind, host, None));
        let label = request.header("x-acs-action").map_or_else(
            || format!("{} {}", request.method, request.target),
            str::to_owned,
        );
        let trouble = self.wire.next_request();
        let absent = |fate| {
            let what = What::Cloud(label.clone(), None);
            self.wire.note(None, what, fate);
        };
        match &trouble {
            Some(Trouble::DiesBefore) => {
                absent(Fate::NeverArrived);
                self.life.die();
                return std::future::pending().await;
            }
            Some(Trouble::NoConnection) => {
                absent(Fate::NeverArrived);
                return failed(TransportErrorKind::NotConnected);
            }
            Some(Trouble::CutBefore) => {
                absent(Fate::NeverArrived);
                return failed(TransportErrorKind::Broken);
            }
            Some(Trouble::Answers(effect)) => {
                self.wire.0.lock().unwrap().effect = Some(effect.clone());
            }
            Some(Trouble::Unreadable) => {
                self.wire.0.lock().unwrap().effect = Some(Effect::Garbage);
            }
            _ => {}
        }
        self.wire.0.lock().unwrap().is_on_its_way = true;
        let answer = self.inner.send(request).await;
        let (seen, effect) = {
            let mut state = self.wire.0.lock().unwrap();
            state.is_on_its_way = false;
            (state.seen.take(), state.effect.take())
        };
        let (seen, status) = seen.map_or((None, None), |(seen, status)| (Some(seen), status));
        let fate = match (&trouble, status) {
            _ if effect.as_ref().is_some_and(is_refusal) => Fate::Faked,
            _ if effect.as_ref().is_some_and(is_no_answer) => Fate::Lost,
            (Some(Trouble::CutAfter | Trouble::DiesAfter), _) => Fate::Lost,
            (_, Some(status)) => Fate::Answered(status),
            (_, None) => Fate::NeverArrived,
        };
        let at = seen.as_ref().map(|seen| seen.at);
        let what = What::Cloud(label, seen);
        self.wire.note(at, what, fate);
        match trouble {
            Some(Trouble::CutAfter) => failed(TransportErrorKind::Broken),
            Some(Trouble::DiesAfter) => {
                self.life.die();
                std::future::pending().await
            }
            _ => answer,
        }
    }
}

/// Whether whoever hears it knows that nothing was done.
fn is_refusal(effect: &Effect) -> bool {
    matches!(
        effect,
        Effect::Code { .. } | Effect::Throttle | Effect::Deny | Effect::ExpiredToken
    )
}

/// Whether whoever hears it cannot know whether it was done.
fn is_no_answer(effect: &Effect) -> bool {
    matches!(
        effect,
        Effect::ServerError | Effect::Html | Effect::Garbage | Effect::Cut
    )
}

impl Transport for Wired {
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportError>> {
        Box::pin(self.exchange(request))
    }
}

/// The way of one process to an API server. It answers at once, so that a process that dies here hears something: it does
/// nothing with it, as its journal and its other ways are closed by then.
pub(crate) fn wired_server(
    wire: &Arc<Wire>,
    life: &Life,
    handle: impl Fn(&Request<Bytes>) -> Response<Bytes> + Send + Sync + 'static,
    now: impl Fn() -> DateTime<Utc> + Send + Sync + 'static,
) -> Arc<dyn Fn(Request<Bytes>) -> Response<Bytes> + Send + Sync> {
    let (wire, life) = (Arc::clone(wire), life.clone());
    Arc::new(move |request| {
        let silence = |why: Unreachable| {
            let mut response = Response::new(Bytes::new());
            response.extensions_mut().insert(why);
            response
        };
        // This cannot wait for ever. A dead process does nothing with the answer.
        if life.is_dead() {
            return silence(Unreachable::Broken);
        }
        let uid = serde_json::from_slice::<Value>(request.body())
            .ok()
            .and_then(|body| Some(body.pointer("/preconditions/uid")?.as_str()?.to_owned()));
        let what = What::Object(request.method().clone(), request.uri().to_string(), uid);
        let note = |fate| wire.note(Some(now()), what.clone(), fate);
        let trouble = wire
            .next_request()
            .or_else(|| wire.always(&format!("{} {}", request.method(), request.uri())));
        match trouble {
            Some(Trouble::DiesBefore) => {
                note(Fate::NeverArrived);
                life.die();
                return silence(Unreachable::Broken);
            }
            Some(Trouble::NoConnection) => {
                note(Fate::NeverArrived);
                return silence(Unreachable::Refused);
            }
            Some(Trouble::CutBefore) => {
                note(Fate::NeverArrived);
                return silence(Unreachable::Broken);
            }
            Some(Trouble::ServerAnswers(status, reason)) => {
                note(if status < 500 {
                    Fate::Faked
                } else {
                    Fate::Lost
                });
                return server_answer(status, reason);
            }
            _ => {}
        }
        let response = handle(&request);
        match trouble {
            Some(Trouble::CutAfter) => {
                note(Fate::Lost);
                silence(Unreachable::Broken)
            }
            Some(Trouble::DiesAfter) => {
                note(Fate::Lost);
                life.die();
                silence(Unreachable::Broken)
            }
            Some(Trouble::Unreadable) => {
                note(Fate::Lost);
                Response::new(Bytes::from_static(b"<html>"))
            }
            _ => {
                note(Fate::Answered(response.status().as_u16()));
                response
            }
        }
    })
}

fn server_answer(status: u16, reason: Option<&str>) -> Response<Bytes> {
    let body = match reason {
        Some(reason) => json!({
            "kind": "Status", "apiVersion": "v1", "status": "Failure", "code": status,
            "reason": reason, "message": "As the harness says.",
        })
        .to_string(),
        None => "no healthy upstream".to_owned(),
    };
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    response
}

/// A disk that outlives the processes that write to it.
#[derive(Clone, Default)]
pub(crate) struct Disk(Arc<Mutex<Vec<u8>>>);

impl Disk {
    /// What is on it.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.0.lock().unwrap().clone()
    }

    /// Keeps the first bytes.
    pub(crate) fn truncate(&self, length: u64) {
        let length = usize::try_from(length).unwrap();
        self.0.lock().unwrap().truncate(length);
    }
}

/// The journal of one process on that disk.
pub(crate) struct WiredLog {
    pub(crate) wire: Arc<Wire>,
    pub(crate) life: Life,
    pub(crate) disk: Disk,
}

impl WiredLog {
    async fn write(&self, line: &str) -> io::Result<()> {
        if self.life.is_dead() {
            return std::future::pending().await;
        }
        let trouble = self.wire.next_line();
        let written = match trouble {
            Some(LineTrouble::DiesBefore) => "",
            Some(LineTrouble::Torn) => &line[..line.len() / 2],
            Some(LineTrouble::DiesAfter) | None => line,
        };
        let bytes = written.as_bytes();
        if bytes.ends_with(b"\n") {
            self.wire.0.lock().unwrap().written += 1;
        }
        self.disk.0.lock().unwrap().extend_from_slice(bytes);
        if trouble.is_some() {
            self.life.die();
            return std::future::pending().await;
        }
        Ok(())
    }
}

impl Log for WiredLog {
    fn append<'a>(&'a mut self, line: &'a str) -> BoxFuture<'a, io::Result<()>> {
        Box::pin(self.write(line))
    }
}
