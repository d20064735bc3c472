//! The emulated API server on a socket: TLS, connections, and kubeconfigs that lead to it.

use std::collections::HashMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;

use super::api::{KubernetesApi, PeerUser};
use super::certificate::{Authority, CertificateError};

/// Largest request body that is read, as the real server's for objects (3 MiB).
const BODY_LIMIT: usize = 3 * 1024 * 1024;

/// A server that cannot start, or a kubeconfig that cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The socket cannot be opened.
    #[error("cannot listen on {address}")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// No certificate.
    #[error("cannot set up TLS")]
    Certificate(#[from] CertificateError),
    /// The user has no token of its own.
    #[error("the user {name:?} of the emulated cluster has no token of its own")]
    NoToken {
        /// The name.
        name: String,
    },
    /// No user of this name.
    #[error("the emulated cluster has no user {name:?}")]
    UnknownUser {
        /// The name.
        name: String,
    },
}

/// Which address a kubeconfig names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Endpoint {
    /// The server's own.
    Reachable,
    /// One where connections are refused at once.
    Refused,
    /// One that accepts connections and never says a word, as behind a network that drops packets.
    Silent,
}

/// Client certificates handed out: DER bytes to user name.
type Issued = Arc<Mutex<HashMap<Vec<u8>, String>>>;

/// A running server. Dropping it closes its sockets and connections.
pub struct KubernetesServer {
    api: Arc<KubernetesApi>,
    address: SocketAddr,
    authority: Authority,
    issued: Issued,
    task: JoinHandle<()>,
    refused: (TcpSocket, SocketAddr),
    silent: (TcpListener, SocketAddr),
}

impl KubernetesServer {
    /// Listens on `listen` (port 0 = any) and serves until dropped.
    pub async fn start(api: Arc<KubernetesApi>, listen: SocketAddr) -> Result<Self, ServerError> {
        let failed = |source| ServerError::Listen {
            address: listen,
            source,
        };
        let authority = Authority::new()?;
        let config = authority.server_config(listen.ip())?;
        let listener = TcpListener::bind(listen).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let beside = SocketAddr::new(listen.ip(), 0);
        // Bound and never listening: the system refuses connections and gives the port to nobody.
        let refused = if listen.is_ipv4() {
            TcpSocket::new_v4()
        } else {
            TcpSocket::new_v6()
        }
        .map_err(failed)?;
        refused.bind(beside).map_err(failed)?;
        let refused_address = refused.local_addr().map_err(failed)?;
        // Listening and never accepting: the system completes the connection, nobody answers.
        let silent = TcpListener::bind(beside).await.map_err(failed)?;
        let silent_address = silent.local_addr().map_err(failed)?;
        let issued = Issued::default();
        let task = tokio::spawn(accept(
            listener,
            TlsAcceptor::from(Arc::new(config)),
            Arc::clone(&api),
            Arc::clone(&issued),
        ));
        Ok(Self {
            api,
            address,
            authority,
            issued,
            task,
            refused: (refused, refused_address),
            silent: (silent, silent_address),
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The certificate that clients must trust.
    pub fn ca_pem(&self) -> &str {
        self.authority.pem()
    }

    /// Ends the cluster: connections break, new ones are refused, and its controllers act no more.
    pub(in crate::emulator) fn close(&self) {
        self.api.end();
        self.task.abort();
    }

    /// What is served.
    pub fn api(&self) -> &Arc<KubernetesApi> {
        &self.api
    }

    /// A kubeconfig in YAML that logs this user in with the bearer token.
    pub fn kubeconfig(&self, user: &str, endpoint: Endpoint) -> Result<String, ServerError> {
        let token = self
            .user(user)?
            .token
            .as_deref()
            .ok_or_else(|| ServerError::NoToken {
                name: user.to_owned(),
            })?;
        Ok(self.write_kubeconfig(user, endpoint, &format!("token: {token:?}")))
    }

    /// A kubeconfig in YAML that logs this user in with this new bearer token, until then.
    pub fn temporary_kubeconfig(
        &self,
        user: &str,
        endpoint: Endpoint,
        token: String,
        until: DateTime<Utc>,
    ) -> Result<String, ServerError> {
        self.user(user)?;
        let credentials = format!("token: {token:?}");
        self.api.admit(token, user, until);
        Ok(self.write_kubeconfig(user, endpoint, &credentials))
    }

    /// A kubeconfig in YAML that logs this user in with a client certificate, as ACK's do.
    pub fn kubeconfig_with_certificate(
        &self,
        user: &str,
        endpoint: Endpoint,
    ) -> Result<String, ServerError> {
        self.user(user)?;
        let identity = self.authority.client(user)?;
        self.issued
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(identity.certificate_der.clone(), user.to_owned());
        let certificate = STANDARD.encode(identity.certificate_pem);
        let key = STANDARD.encode(identity.key_pem);
        let credentials =
            format!("client-certificate-data: {certificate}\n    client-key-data: {key}");
        Ok(self.write_kubeconfig(user, endpoint, &credentials))
    }

    fn user(&self, name: &str) -> Result<&super::User, ServerError> {
        self.api.user(name).ok_or_else(|| ServerError::UnknownUser {
            name: name.to_owned(),
        })
    }

    fn write_kubeconfig(&self, user: &str, endpoint: Endpoint, credentials: &str) -> String {
        let address = match endpoint {
            Endpoint::Reachable => self.address,
            Endpoint::Refused => self.refused.1,
            Endpoint::Silent => self.silent.1,
        };
        let authority = STANDARD.encode(self.ca_pem());
        format!(
            "apiVersion: v1
kind: Config
clusters:
- name: kubernetes
  cluster:
    server: https://{address}
    certificate-authority-data: {authority}
users:
- name: {user:?}
  user:
    {credentials}
contexts:
- name: kubernetes
  context:
    cluster: kubernetes
    user: {user:?}
current-context: kubernetes
preferences: {{}}
"
        )
    }
}

impl Drop for KubernetesServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Accepts until aborted; the connections end with it.
async fn accept(listener: TcpListener, tls: TlsAcceptor, api: Arc<KubernetesApi>, issued: Issued) {
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        match listener.accept().await {
            Ok((stream, _)) => {
                let (tls, api, issued) = (tls.clone(), Arc::clone(&api), Arc::clone(&issued));
                connections.spawn(serve(stream, tls, api, issued));
            }
            Err(error) => {
                // Out of file descriptors, or the peer is gone already: the next one may work.
                tracing::debug!(%error, "emulated API server: accept failed");
                tokio::task::yield_now().await;
            }
        }
    }
}

async fn serve(stream: TcpStream, tls: TlsAcceptor, api: Arc<KubernetesApi>, issued: Issued) {
    let stream = match tls.accept(stream).await {
        Ok(stream) => stream,
        Err(error) => {
            tracing::debug!(%error, "emulated API server: TLS handshake failed");
            return;
        }
    };
    let peer = stream
        .get_ref()
        .1
        .peer_certificates()
        .and_then(<[_]>::first)
        .and_then(|certificate| {
            let issued = issued.lock().unwrap_or_else(PoisonError::into_inner);
            issued.get(certificate.as_ref()).cloned()
        })
        .map(PeerUser);
    let service = service_fn(|request| answer(request, peer.clone(), Arc::clone(&api)));
    if let Err(error) = http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await
    {
        tracing::debug!(%error, "emulated API server: connection ended");
    }
}

async fn answer(
    request: Request<Incoming>,
    peer: Option<PeerUser>,
    api: Arc<KubernetesApi>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (parts, body) = request.into_parts();
    let Ok(body) = Limited::new(body, BODY_LIMIT).collect().await else {
        let mut refusal = Response::new(Full::default());
        *refusal.status_mut() = StatusCode::PAYLOAD_TOO_LARGE;
        return Ok(refusal);
    };
    let mut request = Request::from_parts(parts, body.to_bytes());
    if let Some(peer) = peer {
        request.extensions_mut().insert(peer);
    }
    Ok(api.handle(&request).map(Full::new))
}
