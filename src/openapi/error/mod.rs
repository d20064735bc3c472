//! Errors of the API, classified by vendor code, then HTTP status; never by message text.

pub mod answer;
pub mod classify;

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::model::Region;
use crate::transport::{TransportError, TransportErrorKind};

/// What an error means for the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorClass {
    /// Too many calls; all callers of the action pause.
    Throttled,
    /// The server failed; the same read may work in a moment.
    Server,
    /// Another change is running on the resource.
    Busy,
    /// Something else must go first.
    WaitDependency,
    /// Deletion or modification protection.
    Protected,
    /// Money: overdue account, unpaid order, subscription.
    Billing,
    /// A cloud service manages the resource; users may not change it.
    ServiceManaged,
    /// The resource does not exist (any more).
    Gone,
    /// The identity may not do this.
    Denied,
    /// The credential itself is not accepted: every further call would fail alike.
    Credentials,
    /// The signed time is too far from the server's: every further call would fail alike.
    ClockSkew,
    /// The product is not in this region.
    NotOffered,
    /// The account never opened the product.
    NotActivated,
    /// A dry run passed its checks.
    DryRunOk,
    /// The request is wrong: a fault of this program or of a value that the user gave.
    Invalid,
    /// Nothing was sent.
    TransportBeforeSend,
    /// Something was sent, the answer is lost.
    TransportAmbiguous,
    /// An answer arrived that cannot be read.
    Decode,
    /// Pages that do not add up.
    Incomplete,
    /// A code that we do not know.
    Unexpected,
}

/// What the server said about a refused permission.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MissingPermission {
    /// RAM action: `ecs:DescribeDisks`.
    pub action: String,
    /// Whether the server named it; otherwise it is derived from the operation's name.
    pub confirmed: bool,
    /// An explicit deny or a control policy: adding a policy does not help.
    pub explicit_deny: bool,
}

/// A call that did not work.
#[derive(Debug)]
pub struct ApiError {
    /// What it means.
    pub class: ErrorClass,
    /// Product code asked.
    pub product: &'static str,
    /// Operation asked.
    pub action: String,
    /// Region asked.
    pub region: Region,
    /// Host that was asked.
    pub host: String,
    /// HTTP status, where there was an answer.
    pub http_status: Option<u16>,
    /// The vendor's code, where there was one.
    pub code: Option<String>,
    /// The vendor's message; untrusted text, never used for decisions.
    pub message: Option<String>,
    /// The vendor's request id.
    pub request_id: Option<String>,
    /// For [`ErrorClass::Denied`]: what is missing.
    pub missing_permission: Option<MissingPermission>,
    /// How long the server asked to wait.
    pub retry_after: Option<Duration>,
    /// Attempts made, counting this one.
    pub attempts: u32,
    /// What lies beneath.
    pub cause: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl ApiError {
    /// An error of a request that got no answer or a local one.
    pub fn local(
        class: ErrorClass,
        request: &super::Request,
        host: &str,
        message: impl Into<String>,
    ) -> Self {
        Self {
            class,
            product: request.product,
            action: request.action.clone(),
            region: request.region.clone(),
            host: host.to_owned(),
            http_status: None,
            code: None,
            message: Some(message.into()),
            request_id: None,
            missing_permission: None,
            retry_after: None,
            attempts: 1,
            cause: None,
        }
    }

    /// An error of the transport.
    pub fn transport(request: &super::Request, host: &str, error: TransportError) -> Self {
        let class = if error.kind.is_before_send() {
            ErrorClass::TransportBeforeSend
        } else {
            ErrorClass::TransportAmbiguous
        };
        let mut made = Self::local(class, request, host, "");
        made.message = None;
        made.cause = Some(Box::new(error));
        made
    }

    /// What kind of transport failure lies beneath, if one does.
    pub fn transport_kind(&self) -> Option<TransportErrorKind> {
        self.cause
            .as_ref()
            .and_then(|cause| cause.downcast_ref::<TransportError>())
            .map(|error| error.kind)
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} in {} ", self.product, self.action, self.region)?;
        match (&self.code, self.http_status) {
            (Some(code), Some(status)) => write!(f, "was answered with {code} (HTTP {status})")?,
            (Some(code), None) => write!(f, "was answered with {code}")?,
            (None, Some(status)) => write!(f, "was answered with HTTP {status}")?,
            (None, None) => f.write_str("failed")?,
        }
        if let Some(message) = &self.message {
            write!(f, ": {message}")?;
        }
        if let Some(request_id) = &self.request_id {
            write!(f, " [request id {request_id}]")?;
        }
        if self.attempts > 1 {
            write!(f, " after {} attempts", self.attempts)?;
        }
        Ok(())
    }
}

impl std::error::Error for ApiError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause.as_ref().map(|cause| cause.as_ref() as _)
    }
}
