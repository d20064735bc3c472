//! A client for one cluster's API server. It can only read.

use std::error::Error;
use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use chrono::{DateTime, Utc};
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::Bytes;
use kube::client::{AuthError, Body, ClientBuilder};
use kube::config::Kubeconfig;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;

use super::error::{self, ErrorClass, KubernetesError, Unreachable};
use super::kubeconfig::{self, KubeconfigError};
use super::list::{ApiResourceRef, escape};
use super::plugin;
use super::proxy::ProxySettings;
use crate::context::{Clock, Context};

/// Longest answer that is read. A page of 500 large objects has some 20 MiB; more is a fault.
const ANSWER_LIMIT_BYTES: usize = 128 << 20;

/// Attempts of one read, the first included.
const ATTEMPTS: u32 = 3;

/// Longest wait that a server may ask for between two attempts.
const WAIT_LIMIT: Duration = Duration::from_secs(10);

/// How a cluster is read.
#[derive(Clone)]
pub struct ClientOptions {
    /// Longest time until a TLS session stands.
    pub connect_timeout: Duration,
    /// Longest silence while an answer is read.
    pub read_timeout: Duration,
    /// Objects asked for in one page.
    pub page_size: u32,
    /// Proxies.
    pub proxy: ProxySettings,
    /// Makes the waits between attempts.
    pub clock: Arc<dyn Clock>,
}

impl ClientOptions {
    /// 5 s to connect, 30 s of silence, pages of 500 (kubectl's), proxies and clock of the run.
    pub fn new(context: &Context) -> Self {
        Self {
            connect_timeout: Duration::from_secs(5),
            read_timeout: Duration::from_secs(30),
            page_size: 500,
            proxy: ProxySettings::from_variables(&context.environment),
            clock: Arc::clone(&context.clock),
        }
    }
}

/// What `/version` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiServerVersion {
    /// Whole version: `v1.34.1-aliyun.1`.
    pub git_version: String,
    /// Platform: `linux/amd64`.
    pub platform: Option<String>,
}

/// An API server in this process: the emulator, called without a socket. An answer that has an [`Unreachable`] among its
/// extensions did not come, for that reason.
pub type InProcessServer = Arc<dyn Fn(Request<Bytes>) -> Response<Bytes> + Send + Sync>;

enum Transport {
    Network(kube::Client),
    InProcess(InProcessServer, SecretString),
}

/// Reads one cluster. Cheap to share, not to make.
pub struct ClusterClient {
    transport: Transport,
    server: String,
    page_size: u32,
    clock: Arc<dyn Clock>,
    /// Until when the login is good, where it says so.
    good_until: Option<DateTime<Utc>>,
    /// Whether the server did not accept the login.
    is_rejected: AtomicBool,
}

impl fmt::Debug for ClusterClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClusterClient")
            .field("server", &self.server)
            .finish_non_exhaustive()
    }
}

impl ClusterClient {
    /// A client from the kubeconfig text that ACK's `DescribeClusterUserKubeconfig` answers in
    /// `config`. Text from the network may hold data only, see [`KubeconfigError::Refused`].
    pub async fn from_remote_kubeconfig(
        text: &str,
        options: &ClientOptions,
    ) -> Result<Self, KubeconfigError> {
        Self::connect(kubeconfig::from_remote_text(text)?, None, options).await
    }

    /// A client from a kubeconfig of this machine, by this context or the current one. Its
    /// credential plugin runs, as with kubectl.
    pub async fn from_file(
        path: &Path,
        context: Option<&str>,
        options: &ClientOptions,
    ) -> Result<Self, KubeconfigError> {
        Self::connect(kubeconfig::from_file(path)?, context, options).await
    }

    /// A client of a server in this process, logged in with this token.
    pub fn in_process(
        server: InProcessServer,
        token: SecretString,
        options: &ClientOptions,
    ) -> Self {
        Self {
            transport: Transport::InProcess(server, token),
            server: "in-process".to_owned(),
            page_size: options.page_size,
            clock: Arc::clone(&options.clock),
            good_until: None,
            is_rejected: AtomicBool::new(false),
        }
    }

    /// As [`ClusterClient::from_remote_kubeconfig`], with a server in this process in place of the address in the text.
    pub fn from_remote_kubeconfig_in_process(
        text: &str,
        server: InProcessServer,
        options: &ClientOptions,
    ) -> Result<Self, KubeconfigError> {
        let token = kubeconfig::token(kubeconfig::from_remote_text(text)?)?;
        Ok(Self::in_process(server, token, options))
    }

    async fn connect(
        kubeconfig: Kubeconfig,
        context: Option<&str>,
        options: &ClientOptions,
    ) -> Result<Self, KubeconfigError> {
        let mut config = kubeconfig::connection(kubeconfig, context, options).await?;
        let good_until = plugin::log_in(&mut config.auth_info, plugin::DEADLINE).await?;
        let host = config.cluster_url.host().unwrap_or_default().to_owned();
        let port = config.cluster_url.port_u16().unwrap_or(443);
        // Files of the login are read in here.
        let client = tokio::task::spawn_blocking(move || {
            ClientBuilder::try_from(config).map(ClientBuilder::build)
        })
        .await
        .map_err(|_| KubeconfigError::Unusable)?
        .map_err(|error| kubeconfig::explain_client(&error))?;
        Ok(Self {
            transport: Transport::Network(client),
            server: format!("{host}:{port}"),
            page_size: options.page_size,
            clock: Arc::clone(&options.clock),
            good_until,
            is_rejected: AtomicBool::new(false),
        })
    }

    /// The server, `host:port`.
    pub fn server(&self) -> &str {
        &self.server
    }

    /// Until when its login is good, where that is known.
    pub fn good_until(&self) -> Option<DateTime<Utc>> {
        self.good_until
    }

    /// Whether the server has answered that it does not accept the login: then it will not accept it later either.
    pub fn is_rejected(&self) -> bool {
        self.is_rejected.load(Ordering::Relaxed)
    }

    pub(super) fn page_size(&self) -> u32 {
        self.page_size
    }

    /// The server's version. Also the cheapest proof that it can be reached and accepts the login.
    pub async fn version(&self) -> Result<ApiServerVersion, KubernetesError> {
        let answer = self.read_path("get", "version", "/version").await?;
        let text = |field: &str| answer.get(field).and_then(Value::as_str).map(str::to_owned);
        let Some(git_version) = text("gitVersion") else {
            return Err(self.error(ErrorClass::Decode, "get version"));
        };
        Ok(ApiServerVersion {
            git_version,
            platform: text("platform"),
        })
    }

    /// One object. The namespace is ignored for cluster-scoped kinds.
    pub async fn get(
        &self,
        resource: &ApiResourceRef,
        namespace: &str,
        name: &str,
    ) -> Result<Value, KubernetesError> {
        let path = format!("{}/{}", resource.path(Some(namespace)), escape(name));
        self.read_path("get", &resource.name(), &path).await
    }

    pub(super) async fn read_path(
        &self,
        verb: &'static str,
        resource: &str,
        path: &str,
    ) -> Result<Value, KubernetesError> {
        let mut attempt = 1;
        loop {
            let (mut error, wait) = match self.try_read(verb, resource, path).await {
                Ok(value) => return Ok(value),
                Err(failure) => failure,
            };
            error.attempts = attempt;
            if attempt == ATTEMPTS || !error.is_transient() {
                return Err(error);
            }
            tracing::debug!(%error, attempt, "reading again");
            let wait = wait.unwrap_or_else(|| Duration::from_millis(250) * 2_u32.pow(attempt));
            self.clock.sleep(wait.min(WAIT_LIMIT)).await;
            attempt += 1;
        }
    }

    /// One attempt. With an error comes the wait that the server asks for.
    async fn try_read(
        &self,
        verb: &'static str,
        resource: &str,
        path: &str,
    ) -> Result<Value, (KubernetesError, Option<Duration>)> {
        let request = (Method::GET, path, Bytes::new());
        self.attempt(verb, resource, request).await
    }

    /// One attempt of any request; a body is JSON. Callers outside the reading methods answer for it that it is not repeated.
    pub(super) async fn attempt(
        &self,
        verb: &'static str,
        resource: &str,
        request: (Method, &str, Bytes),
    ) -> Result<Value, (KubernetesError, Option<Duration>)> {
        let asked = format!("{verb} {resource}");
        let (status, headers, body) = self
            .send(request, &asked)
            .await
            .map_err(|error| (error, None))?;
        if status.is_success() {
            return serde_json::from_slice(&body).map_err(|cause| {
                let error = self.error(ErrorClass::Decode, &asked);
                (error.with_cause(Box::new(cause)), None)
            });
        }
        let class = match status {
            StatusCode::UNAUTHORIZED => ErrorClass::Unauthorized,
            StatusCode::FORBIDDEN => ErrorClass::Denied {
                verb,
                resource: resource.to_owned(),
            },
            StatusCode::NOT_FOUND => ErrorClass::NotFound,
            StatusCode::CONFLICT => ErrorClass::Conflict,
            StatusCode::GONE => ErrorClass::Expired,
            StatusCode::TOO_MANY_REQUESTS => ErrorClass::Throttled,
            // 408 comes from what stands in front of a server: it may have done its work.
            status if status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT => {
                ErrorClass::Server
            }
            _ => ErrorClass::Unexpected,
        };
        if class == ErrorClass::Unauthorized {
            self.is_rejected.store(true, Ordering::Relaxed);
        }
        let mut error = self.error(class, &asked);
        error.http_status = Some(status.as_u16());
        // Not every failure has a `Status`: unknown paths and proxies answer with text.
        if let Ok(answer) = serde_json::from_slice::<Value>(&body)
            && answer.get("kind").and_then(Value::as_str) == Some("Status")
        {
            let text = |field: &str| answer.get(field).and_then(Value::as_str).map(str::to_owned);
            error.reason = text("reason");
            error.message = text("message");
        }
        Err((error, retry_after(&headers)))
    }

    async fn send(
        &self,
        (method, path, body): (Method, &str, Bytes),
        asked: &str,
    ) -> Result<(StatusCode, HeaderMap, Bytes), KubernetesError> {
        let json = HeaderValue::from_static("application/json");
        let mut request = Request::new(body);
        *request.method_mut() = method;
        if !request.body().is_empty() {
            request.headers_mut().insert(CONTENT_TYPE, json.clone());
        }
        *request.uri_mut() = path
            .parse()
            .map_err(|_| self.error(ErrorClass::Unexpected, asked))?;
        request.headers_mut().insert(ACCEPT, json);
        match &self.transport {
            Transport::InProcess(server, token) => {
                let mut value = HeaderValue::from_str(&format!("Bearer {}", token.expose_secret()))
                    .map_err(|_| self.error(ErrorClass::Credentials, asked))?;
                value.set_sensitive(true);
                request.headers_mut().insert(AUTHORIZATION, value);
                let (parts, body) = server(request).into_parts();
                if let Some(why) = parts.extensions.get::<Unreachable>() {
                    return Err(self.error(ErrorClass::Unreachable(*why), asked));
                }
                Ok((parts.status, parts.headers, body))
            }
            Transport::Network(client) => {
                let response = match client.send(request.map(Body::from)).await {
                    Ok(response) => response,
                    Err(cause) => return Err(self.classify(cause, asked).await),
                };
                let (parts, body) = response.into_parts();
                match Limited::new(body, ANSWER_LIMIT_BYTES).collect().await {
                    Ok(body) => Ok((parts.status, parts.headers, body.to_bytes())),
                    Err(cause) if cause.is::<LengthLimitError>() => {
                        Err(self.error(ErrorClass::Decode, asked).with_cause(cause))
                    }
                    Err(cause) => {
                        let why = error::unreachable(cause.as_ref()).unwrap_or(Unreachable::Broken);
                        let class = ErrorClass::Unreachable(why);
                        Err(self.error(class, asked).with_cause(cause))
                    }
                }
            }
        }
    }

    /// What an error below HTTP means.
    async fn classify(&self, cause: kube::Error, asked: &str) -> KubernetesError {
        let is_credential = error::causes(&cause).any(<dyn Error>::is::<AuthError>);
        if is_credential {
            // The cause is dropped: that of a failed plugin quotes the plugin's output.
            return self.error(ErrorClass::Credentials, asked);
        }
        let why = match error::unreachable(&cause) {
            Some(why) => why,
            None if !is_connect(&cause) => Unreachable::Broken,
            None if self.name_resolves().await => Unreachable::NotConnected,
            None => Unreachable::NameNotResolved,
        };
        self.error(ErrorClass::Unreachable(why), asked)
            .with_cause(Box::new(cause))
    }

    /// Asks the resolver again, because the connector's error does not say in a type that a name
    /// was the problem.
    async fn name_resolves(&self) -> bool {
        match tokio::net::lookup_host(&self.server).await {
            Ok(mut addresses) => addresses.next().is_some(),
            Err(_) => false,
        }
    }

    pub(super) fn error(&self, class: ErrorClass, asked: &str) -> KubernetesError {
        KubernetesError::new(class, &self.server, asked)
    }
}

fn is_connect(error: &kube::Error) -> bool {
    error::causes(error).any(|cause| {
        cause
            .downcast_ref::<hyper_util::client::legacy::Error>()
            .is_some_and(hyper_util::client::legacy::Error::is_connect)
    })
}

/// The wait that the server asks for, in seconds; a date is not used by API servers.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds))
}
