//! The transport seam: how one HTTP request reaches a server.
//!
//! Two implementations: [`reqwest_transport::ReqwestTransport`] over the network, and the embedded emulator's service, called directly.
//! A request arrives here signed and complete; a transport changes nothing in it.

pub mod reqwest_transport;

use std::fmt;
use std::time::Duration;

use futures::future::BoxFuture;

pub use reqwest_transport::{ReqwestTransport, TransportOptions};

/// One HTTP request, byte for byte as it goes out.
#[derive(Clone)]
pub struct HttpRequest {
    /// Method in capitals.
    pub method: String,
    /// `https`, or `http` for the metadata service and loopback.
    pub scheme: &'static str,
    /// Host (and port) that the request is for; sent as `Host` even where [`HttpRequest::connect_to`] says another address.
    pub host: String,
    /// Origin-form target: path and query exactly as signed.
    pub target: String,
    /// Headers without `Host`; names in lower case.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Vec<u8>,
    /// Where to connect instead of [`HttpRequest::host`].
    pub connect_to: Option<ConnectTo>,
    /// Never through a proxy (metadata service).
    pub bypass_proxy: bool,
    /// Deadline for the whole exchange.
    pub timeout: Duration,
}

/// An address to connect to in place of the official host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectTo {
    /// `https`, or `http` where the host is loopback.
    pub scheme: &'static str,
    /// `host:port`.
    pub authority: String,
}

impl HttpRequest {
    /// A request without body or headers.
    pub fn new(
        method: &str,
        scheme: &'static str,
        host: impl Into<String>,
        target: impl Into<String>,
    ) -> Self {
        Self {
            method: method.to_owned(),
            scheme,
            host: host.into(),
            target: target.into(),
            headers: Vec::new(),
            body: Vec::new(),
            connect_to: None,
            bypass_proxy: false,
            timeout: Duration::from_secs(30),
        }
    }

    /// The first header of that (lower-case) name.
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }
}

impl fmt::Debug for HttpRequest {
    /// Shows no query, header or body: they may carry secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.target.split('?').next().unwrap_or_default();
        f.debug_struct("HttpRequest")
            .field("method", &self.method)
            .field("host", &self.host)
            .field("path", &path)
            .finish_non_exhaustive()
    }
}

/// One HTTP answer.
#[derive(Clone)]
pub struct HttpResponse {
    /// Status code.
    pub status: u16,
    /// Headers; names in lower case.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Vec<u8>,
}

impl HttpResponse {
    /// The first header of that (lower-case) name.
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }
}

impl fmt::Debug for HttpResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpResponse")
            .field("status", &self.status)
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

fn header<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers
        .iter()
        .find(|(candidate, _)| candidate == name)
        .map(|(_, value)| value.as_str())
}

/// What went wrong below HTTP, and whether the server may have acted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransportErrorKind {
    /// The name did not resolve; nothing was sent. Says nothing about whether the product exists: the resolver may be down.
    NameNotResolved,
    /// No connection; nothing was sent.
    NotConnected,
    /// No trusted TLS session; nothing was sent.
    Tls,
    /// The deadline passed after sending began; the server may have acted.
    TimedOut,
    /// The connection broke after sending began; the server may have acted.
    Broken,
}

impl TransportErrorKind {
    /// Whether the server cannot have seen the request.
    pub fn is_before_send(self) -> bool {
        matches!(self, Self::NameNotResolved | Self::NotConnected | Self::Tls)
    }
}

/// A request that got no HTTP answer.
#[derive(Debug, thiserror::Error)]
#[error("{what} ({host})")]
pub struct TransportError {
    /// What kind of failure.
    pub kind: TransportErrorKind,
    /// Host or address that was tried.
    pub host: String,
    what: &'static str,
    #[source]
    cause: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl TransportError {
    /// A failure of that kind.
    pub fn new(
        kind: TransportErrorKind,
        host: impl Into<String>,
        cause: Option<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        let what = match kind {
            TransportErrorKind::NameNotResolved => "the host name does not resolve",
            TransportErrorKind::NotConnected => "no connection to the host",
            TransportErrorKind::Tls => "no trusted TLS session with the host",
            TransportErrorKind::TimedOut => "the host did not answer in time",
            TransportErrorKind::Broken => "the connection broke before the answer was complete",
        };
        Self {
            kind,
            host: host.into(),
            what,
            cause,
        }
    }
}

/// Sends requests.
pub trait Transport: Send + Sync {
    /// Sends one request and reads the whole answer. Follows no redirect and retries nothing.
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportError>>;
}
