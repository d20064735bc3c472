//! The service on a socket: plain HTTP/1.1, for the client itself, for official SDKs and for curl.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures::stream;
use http::{HeaderName, HeaderValue, Request, Response, StatusCode};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full, Limited, StreamBody};
use hyper::body::{Bytes, Frame, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

use super::accounts::Accounts;
use super::service::Outcome;
use crate::transport::{HttpRequest, HttpResponse};

/// Largest request body that is read.
const BODY_LIMIT: usize = 8 * 1024 * 1024;
/// How long answers that are under way may take when the server is told to stop.
const LAST_ANSWERS: Duration = Duration::from_secs(5);

type Body = BoxBody<Bytes, io::Error>;

/// A running server. Dropping it closes its socket and connections.
pub(super) struct Server {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Server {
    /// Listens there (port 0: any) and serves until stopped or dropped.
    pub(super) async fn start(accounts: Arc<Accounts>, listen: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(listen).await?;
        let address = listener.local_addr()?;
        let (stop, stopped) = watch::channel(false);
        let task = tokio::spawn(accept(listener, accounts, stopped));
        Ok(Self {
            address,
            stop,
            task,
        })
    }

    /// Where it listens.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Takes no more requests and lets the answers under way out.
    pub(super) async fn stop(mut self) {
        self.stop.send_replace(true);
        // It ends by itself within `LAST_ANSWERS`; an error means that it panicked, which is logged where it happened.
        let _ended = (&mut self.task).await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, accounts: Arc<Accounts>, stopped: watch::Receiver<bool>) {
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = told(stopped.clone()) => break,
        };
        match accepted {
            Ok((stream, _)) => {
                connections.spawn(serve(stream, Arc::clone(&accounts), stopped.clone()));
            }
            Err(error) => {
                // Out of file descriptors, or the peer is gone already: the next one may work.
                tracing::debug!(%error, "emulator: accept failed");
                tokio::task::yield_now().await;
            }
        }
    }
    drop(listener);
    let all = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(LAST_ANSWERS, all).await.is_err() {
        tracing::debug!("emulator: connections were still open and are closed");
    }
}

/// Waits for the word to stop, or for the server to be gone.
async fn told(mut stopped: watch::Receiver<bool>) {
    let _gone = stopped.wait_for(|stopped| *stopped).await;
}

async fn serve(stream: TcpStream, accounts: Arc<Accounts>, stopped: watch::Receiver<bool>) {
    let answer = service_fn(move |request| answer(request, Arc::clone(&accounts)));
    let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), answer);
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = told(stopped) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "emulator: connection ended");
    }
}

/// An error closes the connection without an answer.
async fn answer(
    request: Request<Incoming>,
    accounts: Arc<Accounts>,
) -> Result<Response<Body>, io::Error> {
    let request = match read(request).await {
        Ok(request) => request,
        Err(status) => {
            let mut refusal = Response::new(whole(Bytes::new()));
            *refusal.status_mut() = status;
            return Ok(refusal);
        }
    };
    let reply = accounts.handle(request);
    if !reply.delay.is_zero() {
        accounts.clock.sleep(reply.delay).await;
    }
    let broken = || io::Error::new(io::ErrorKind::ConnectionAborted, "as the fault plan says");
    match reply.outcome {
        Outcome::Whole(response) => {
            let body = whole(Bytes::from(response.body.clone()));
            Ok(write(&response, body))
        }
        Outcome::Cut(response) => {
            let half = response.body.get(..response.body.len() / 2);
            let half = Bytes::copy_from_slice(half.unwrap_or_default());
            let frames = [Ok(Frame::data(half)), Err(broken())];
            let body = BodyExt::boxed(StreamBody::new(stream::iter(frames)));
            let mut cut = write(&response, body);
            cut.headers_mut()
                .insert(http::header::CONTENT_LENGTH, response.body.len().into());
            Ok(cut)
        }
        Outcome::Nothing => Err(broken()),
    }
}

/// A request as it came over the wire; the status to refuse it with where it is none.
async fn read(request: Request<Incoming>) -> Result<HttpRequest, StatusCode> {
    let (parts, body) = request.into_parts();
    let target = parts
        .uri
        .path_and_query()
        .map_or("/", http::uri::PathAndQuery::as_str);
    let mut headers = Vec::with_capacity(parts.headers.len());
    for (name, value) in &parts.headers {
        let value = std::str::from_utf8(value.as_bytes()).map_err(|_| StatusCode::BAD_REQUEST)?;
        headers.push((name.as_str().to_owned(), value.to_owned()));
    }
    let host = headers
        .iter()
        .find(|(name, _)| name == "host")
        .map(|(_, value)| value.clone())
        .or_else(|| parts.uri.authority().map(ToString::to_string))
        .ok_or(StatusCode::BAD_REQUEST)?;
    headers.retain(|(name, _)| name != "host");
    let body = Limited::new(body, BODY_LIMIT)
        .collect()
        .await
        .map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?;
    let mut read = HttpRequest::new(parts.method.as_str(), "http", host, target);
    read.headers = headers;
    read.body = body.to_bytes().to_vec();
    Ok(read)
}

fn whole(bytes: Bytes) -> Body {
    Full::new(bytes).map_err(|never| match never {}).boxed()
}

fn write(response: &HttpResponse, body: Body) -> Response<Body> {
    let mut written = Response::new(body);
    *written.status_mut() =
        StatusCode::from_u16(response.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in &response.headers {
        if let (Ok(name), Ok(value)) = (
            HeaderName::from_bytes(name.as_bytes()),
            HeaderValue::from_str(value),
        ) {
            written.headers_mut().append(name, value);
        }
    }
    written
}
