//! Errors of the Kubernetes API, classified by HTTP status and by what broke below HTTP; never by
//! message text.

use std::error::Error;
use std::fmt;
use std::io::ErrorKind;

/// What an error means for the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ErrorClass {
    /// No answer from the API server: private endpoint, access control list, network, TLS.
    Unreachable(Unreachable),
    /// The login is not accepted (401): expired or revoked kubeconfig.
    Unauthorized,
    /// The credential could not be had: a plugin or a token file of a local kubeconfig failed.
    Credentials,
    /// The user may not do this (403).
    Denied {
        /// `list`, `get`.
        verb: &'static str,
        /// Resource with its group: `pods`, `deployments.apps`.
        resource: String,
    },
    /// The object is not there (404). When listing: a kind that every cluster has was not found,
    /// so this may be no API server.
    NotFound,
    /// The listed kind is not installed in this cluster (404), so none of it can be there.
    NotInstalled,
    /// The object is in another state than the request says, or a change is under way (409).
    Conflict,
    /// The list changed too much while it was read, twice (410).
    Expired,
    /// Too many requests (429), still after retries.
    Throttled,
    /// The server failed (5xx), still after retries.
    Server,
    /// An answer that cannot be read.
    Decode,
    /// A list without an end.
    Endless,
    /// A status that such a request never has.
    Unexpected,
}

/// Why no answer came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreachable {
    /// The name of the server does not resolve.
    NameNotResolved,
    /// The connection was refused.
    Refused,
    /// No connection, or no answer, in time: typical for a private address and for an access
    /// control list, both of which drop packets.
    TimedOut,
    /// No route to the address.
    NoRoute,
    /// No trusted TLS session: another authority, an expired or a foreign certificate.
    Tls,
    /// The connection broke.
    Broken,
    /// No connection for another reason, such as a proxy that refuses.
    NotConnected,
}

impl Unreachable {
    fn as_str(self) -> &'static str {
        match self {
            Self::NameNotResolved => "its name does not resolve",
            Self::Refused => "it refused the connection",
            Self::TimedOut => "it did not answer in time",
            Self::NoRoute => "there is no route to it",
            Self::Tls => "no trusted TLS session with it",
            Self::Broken => "the connection broke",
            Self::NotConnected => "no connection to it",
        }
    }
}

/// A request to an API server that did not work.
#[derive(Debug)]
pub struct KubernetesError {
    /// What it means.
    pub class: ErrorClass,
    /// Server that was asked, `host:port`.
    pub server: String,
    /// What was asked for: `list pods`, `get deployments.apps`.
    pub request: String,
    /// HTTP status, where there was an answer.
    pub http_status: Option<u16>,
    /// The machine-readable reason of the server's `Status`.
    pub reason: Option<String>,
    /// The message of the server's `Status`; untrusted text, never used for decisions.
    pub message: Option<String>,
    /// Attempts made.
    pub attempts: u32,
    cause: Option<Box<dyn Error + Send + Sync>>,
}

impl KubernetesError {
    pub(super) fn new(class: ErrorClass, server: &str, request: &str) -> Self {
        Self {
            class,
            server: server.to_owned(),
            request: request.to_owned(),
            http_status: None,
            reason: None,
            message: None,
            attempts: 1,
            cause: None,
        }
    }

    pub(super) fn with_cause(mut self, cause: Box<dyn Error + Send + Sync>) -> Self {
        self.cause = Some(cause);
        self
    }

    /// Whether the same read may work in a moment.
    pub(super) fn is_transient(&self) -> bool {
        matches!(
            self.class,
            ErrorClass::Throttled
                | ErrorClass::Server
                | ErrorClass::Unreachable(Unreachable::Broken)
        )
    }

    /// The missing permission, as `kubectl auth can-i` takes it: `list pods`.
    pub fn missing_permission(&self) -> Option<String> {
        match &self.class {
            ErrorClass::Denied { verb, resource } => Some(format!("{verb} {resource}")),
            _ => None,
        }
    }
}

impl fmt::Display for KubernetesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            server, request, ..
        } = self;
        match &self.class {
            ErrorClass::Unreachable(why) => {
                write!(f, "API server {server} cannot be reached: {}", why.as_str())?;
            }
            ErrorClass::Unauthorized => write!(f, "API server {server} does not accept the login")?,
            ErrorClass::Credentials => {
                write!(
                    f,
                    "the kubeconfig for API server {server} gave no usable credential"
                )?;
            }
            ErrorClass::Denied { verb, resource } => {
                write!(f, "API server {server} does not allow to {verb} {resource}")?;
            }
            ErrorClass::NotFound => write!(f, "API server {server} has nothing to {request}")?,
            ErrorClass::NotInstalled => {
                write!(f, "API server {server} does not know the kind to {request}")?;
            }
            ErrorClass::Conflict => {
                write!(
                    f,
                    "API server {server} has another state than expected to {request}"
                )?;
            }
            ErrorClass::Expired => {
                write!(f, "API server {server} changed too much to {request}")?;
            }
            ErrorClass::Throttled => write!(f, "API server {server} throttles: {request}")?,
            ErrorClass::Server => write!(f, "API server {server} failed to {request}")?,
            ErrorClass::Decode => {
                write!(
                    f,
                    "API server {server} gave an unreadable answer to {request}"
                )?;
            }
            ErrorClass::Endless => write!(f, "API server {server} does not end to {request}")?,
            ErrorClass::Unexpected => {
                write!(
                    f,
                    "API server {server} gave an unexpected answer to {request}"
                )?;
            }
        }
        if let Some(status) = self.http_status {
            write!(f, " (HTTP {status})")?;
        }
        if let Some(message) = &self.message {
            write!(f, ": {message}")?;
        }
        if self.attempts > 1 {
            write!(f, " after {} attempts", self.attempts)?;
        }
        Ok(())
    }
}

impl Error for KubernetesError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause.as_ref().map(|cause| cause.as_ref() as _)
    }
}

/// What broke below HTTP; `None` when the errors on the way name nothing we know.
pub(super) fn unreachable(error: &(dyn Error + 'static)) -> Option<Unreachable> {
    let mut found = None;
    for cause in causes(error) {
        if cause.is::<rustls::Error>() {
            return Some(Unreachable::Tls);
        }
        if let Some(io) = cause.downcast_ref::<std::io::Error>() {
            found = found.or(match io.kind() {
                ErrorKind::ConnectionRefused => Some(Unreachable::Refused),
                ErrorKind::TimedOut => Some(Unreachable::TimedOut),
                ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => {
                    Some(Unreachable::NoRoute)
                }
                ErrorKind::ConnectionReset
                | ErrorKind::ConnectionAborted
                | ErrorKind::BrokenPipe
                | ErrorKind::UnexpectedEof => Some(Unreachable::Broken),
                _ => None,
            });
        }
    }
    found
}

/// The error and everything below it. An `io::Error` hides what it wraps from `source`, so it is
/// looked into.
pub(super) fn causes<'a>(
    error: &'a (dyn Error + 'static),
) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&current| {
        current
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref)
            .map(|inner| inner as &(dyn Error + 'static))
            .or_else(|| current.source())
    })
    // No error is nested this deep; a cycle would never end.
    .take(32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn io_errors_are_told_apart_and_tls_inside_them_is_seen() {
        let io = |kind| std::io::Error::from(kind);
        for (kind, expected) in [
            (ErrorKind::ConnectionRefused, Some(Unreachable::Refused)),
            (ErrorKind::TimedOut, Some(Unreachable::TimedOut)),
            (ErrorKind::HostUnreachable, Some(Unreachable::NoRoute)),
            (ErrorKind::ConnectionReset, Some(Unreachable::Broken)),
            (ErrorKind::Other, None),
        ] {
            assert_eq!(unreachable(&io(kind)), expected, "{kind}");
        }
        let tls = rustls::Error::InvalidCertificate(rustls::CertificateError::UnknownIssuer);
        let wrapped = std::io::Error::new(ErrorKind::InvalidData, tls);
        assert_eq!(unreachable(&wrapped), Some(Unreachable::Tls));
    }

    #[test]
    fn display_names_server_and_request_and_not_the_cause() {
        let denied = ErrorClass::Denied {
            verb: "list",
            resource: "deployments.apps".to_owned(),
        };
        let mut error = KubernetesError::new(denied, "10.0.0.1:6443", "list deployments.apps")
            .with_cause("the cause".into());
        error.http_status = Some(403);
        assert_eq!(
            error.to_string(),
            "API server 10.0.0.1:6443 does not allow to list deployments.apps (HTTP 403)"
        );
        assert_eq!(
            error.missing_permission().as_deref(),
            Some("list deployments.apps")
        );
        assert_eq!(error.source().unwrap().to_string(), "the cause");
    }
}
