//! HTTP over the network, with reqwest and rustls (aws-lc-rs).

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::{HttpRequest, HttpResponse, Transport, TransportError, TransportErrorKind};

/// Longest answer that is read. The largest official answers are some MiB; more is a fault, not data.
const ANSWER_LIMIT_BYTES: usize = 64 << 20;

/// How connections are made.
#[derive(Clone, Debug)]
pub struct TransportOptions {
    /// Longest time until a connection stands.
    pub connect_timeout: Duration,
    /// Sent as `User-Agent`.
    pub user_agent: String,
    /// Certificate authorities to trust besides the system's, as PEM.
    pub extra_authorities: Option<Vec<u8>>,
}

impl Default for TransportOptions {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(5),
            user_agent: concat!("yunsweep/", env!("CARGO_PKG_VERSION")).to_owned(),
            extra_authorities: None,
        }
    }
}

/// The network.
#[derive(Debug)]
pub struct ReqwestTransport {
    /// For official hosts: proxies of the environment and the system's trust store apply.
    outside: reqwest::Client,
    /// For the metadata service and for connect-to addresses: HTTP/1.1 (the `Host` header is ours), no proxy.
    direct: reqwest::Client,
}

#[derive(Debug, thiserror::Error)]
#[error("the name `{0}` does not resolve")]
struct Unresolved(String, #[source] std::io::Error);

/// Resolves with the system, and marks failures with a type of our own so that they can be told apart.
struct SystemResolver;

impl Resolve for SystemResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let host = name.as_str().to_owned();
        Box::pin(async move {
            let found = tokio::net::lookup_host((host.as_str(), 0))
                .await
                .map(Iterator::collect::<Vec<SocketAddr>>);
            match found {
                Ok(addresses) => Ok(Box::new(addresses.into_iter()) as Addrs),
                Err(error) => Err(Box::new(Unresolved(host, error)) as _),
            }
        })
    }
}

impl ReqwestTransport {
    /// Prepares the clients. Fails where the trust store, the extra authorities or the proxy settings cannot be used.
    pub fn new(options: &TransportOptions) -> Result<Self, reqwest::Error> {
        let extra_authorities = match &options.extra_authorities {
            Some(pem) => reqwest::Certificate::from_pem_bundle(pem)?,
            None => Vec::new(),
        };
        let builder = || {
            reqwest::Client::builder()
                .connect_timeout(options.connect_timeout)
                .redirect(reqwest::redirect::Policy::none())
                .dns_resolver(Arc::new(SystemResolver))
                .user_agent(options.user_agent.clone())
                .tls_certs_merge(extra_authorities.clone())
        };
        Ok(Self {
            outside: builder().build()?,
            direct: builder().http1_only().no_proxy().build()?,
        })
    }

    async fn exchange(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let (scheme, authority, direct) = match &request.connect_to {
            Some(to) => (to.scheme, to.authority.as_str(), true),
            None => (request.scheme, request.host.as_str(), request.bypass_proxy),
        };
        let url = format!("{scheme}://{authority}{}", request.target);
        let failed = |error: reqwest::Error| {
            let kind = classify(&error);
            // `without_url`: the query can carry a token.
            TransportError::new(
                kind,
                authority.to_owned(),
                Some(Box::new(error.without_url())),
            )
        };
        let invalid = |cause: Box<dyn std::error::Error + Send + Sync>| {
            TransportError::new(
                TransportErrorKind::NotConnected,
                authority.to_owned(),
                Some(cause),
            )
        };
        let method = reqwest::Method::from_bytes(request.method.as_bytes())
            .map_err(|error| invalid(Box::new(error)))?;
        let client = if direct { &self.direct } else { &self.outside };
        let mut builder = client.request(method, url).timeout(request.timeout);
        if request.connect_to.is_some() {
            builder = builder.header("host", &request.host);
        }
        for (name, value) in &request.headers {
            let mut value = reqwest::header::HeaderValue::from_str(value)
                .map_err(|error| invalid(Box::new(error)))?;
            value.set_sensitive(is_sensitive(name));
            builder = builder.header(name.as_str(), value);
        }
        if !request.body.is_empty() {
            builder = builder.body(request.body);
        }
        let mut answer = builder.send().await.map_err(failed)?;
        let status = answer.status().as_u16();
        let headers = answer
            .headers()
            .iter()
            .map(|(name, value)| {
                (
                    name.as_str().to_owned(),
                    String::from_utf8_lossy(value.as_bytes()).into_owned(),
                )
            })
            .collect();
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(failed)? {
            if body.len() + chunk.len() > ANSWER_LIMIT_BYTES {
                return Err(TransportError::new(
                    TransportErrorKind::Broken,
                    authority.to_owned(),
                    None,
                ));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(HttpResponse {
            status,
            headers,
            body,
        })
    }
}

impl Transport for ReqwestTransport {
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportError>> {
        Box::pin(self.exchange(request))
    }
}

fn is_sensitive(header: &str) -> bool {
    matches!(
        header,
        "authorization" | "x-acs-security-token" | "x-oss-security-token"
    ) || header.contains("token")
}

fn classify(error: &reqwest::Error) -> TransportErrorKind {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(current) = cause {
        if current.is::<Unresolved>() {
            return TransportErrorKind::NameNotResolved;
        }
        if current.is::<rustls::Error>() {
            return TransportErrorKind::Tls;
        }
        // An `io::Error` hides what it wraps from `source`.
        if let Some(inner) = current
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref)
            && inner.is::<rustls::Error>()
        {
            return TransportErrorKind::Tls;
        }
        cause = current.source();
    }
    if error.is_connect() || error.is_builder() {
        TransportErrorKind::NotConnected
    } else if error.is_timeout() {
        TransportErrorKind::TimedOut
    } else {
        TransportErrorKind::Broken
    }
}
