//! Sends one request: checked against its contract, paced, signed, sent, read, and where that is safe sent again.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::credential::{Credential, CredentialError, CredentialProvider};
use super::endpoint::Endpoints;
use super::error::answer;
use super::limit::{LimitKey, Limiter};
use super::retry::{Decision, RetryPolicy};
use super::sign::{Unsigned, acs3, encode, oss4, sha256_hex, sls4};
use super::{ApiError, ErrorClass, Request};
use crate::context::Context;
use crate::contracts::{self, Body, BodyKind, Class, ContractViolation, Operation, Style};
use crate::model::Region;
use crate::transport::HttpRequest;

/// Longest exchange of one call.
const CALL_TIMEOUT: Duration = Duration::from_mins(1);

/// Sends requests of one identity.
pub struct Client {
    context: Context,
    endpoints: Endpoints,
    credentials: Arc<dyn CredentialProvider>,
    limiter: Arc<Limiter>,
    retry: RetryPolicy,
    /// Whose budget is used: all identities of an account share it, so this is the account where known.
    account: String,
}

impl Client {
    /// A client of one identity. `account` names the rate budget that its calls use.
    pub fn new(
        context: Context,
        endpoints: Endpoints,
        credentials: Arc<dyn CredentialProvider>,
        limiter: Arc<Limiter>,
        account: impl Into<String>,
    ) -> Self {
        Self {
            context,
            endpoints,
            credentials,
            limiter,
            retry: RetryPolicy::default(),
            account: account.into(),
        }
    }

    /// The endpoints in use.
    pub fn endpoints(&self) -> &Endpoints {
        &self.endpoints
    }

    /// Sends a request and reads its answer.
    pub(super) async fn send(
        &self,
        operation: &'static Operation,
        request: &Request,
    ) -> Result<Value, ApiError> {
        let host = self.host(operation, request)?;
        let key = LimitKey {
            account: self.account.clone(),
            region: request.region.clone(),
            product: operation.product,
            action: request.action.clone(),
        };
        let clock = &*self.context.clock;
        let mut attempts = 0;
        let mut credential = self.credential(request, &host).await?;
        loop {
            attempts += 1;
            self.limiter.acquire(&key, clock).await;
            let outcome = self.attempt(operation, request, &host, &credential).await;
            let mut error = match outcome {
                Ok(answer) => {
                    self.limiter.succeeded(&key, clock).await;
                    return Ok(answer);
                }
                Err(error) => error,
            };
            error.attempts = attempts;
            if error.class == ErrorClass::Throttled {
                self.limiter.throttled(&key, error.retry_after, clock).await;
            } else {
                self.limiter.succeeded(&key, clock).await;
            }
            tracing::debug!(
                product = request.product, action = request.action, region = %request.region,
                attempt = attempts, code = error.code, http_status = error.http_status,
                request_id = error.request_id, "call failed"
            );
            let random = u32::from_str_radix(self.context.ids.next().get(..2).unwrap_or("0"), 16)
                .unwrap_or(0)
                * 4;
            match self
                .retry
                .decide(&error, operation.class == Class::Read, attempts, random)
            {
                Decision::GiveUp => return Err(error),
                Decision::Again(pause) => {
                    if !pause.is_zero() {
                        clock.sleep(pause).await;
                    }
                }
                Decision::RefreshCredential => match self.credentials.renew().await {
                    Ok(Some(renewed)) => credential = renewed,
                    Ok(None) => return Err(error),
                    Err(cause) => return Err(credential_error(request, &host, cause)),
                },
            }
        }
    }

    fn host(&self, operation: &Operation, request: &Request) -> Result<String, ApiError> {
        let host = self
            .endpoints
            .host(request.product, &request.region)
            .map_err(|cause| {
                let mut error = ApiError::local(ErrorClass::Invalid, request, "", "no endpoint");
                error.cause = Some(Box::new(cause));
                error
            })?;
        match (&request.host_prefix, operation.host.is_empty()) {
            (None, true) => Ok(host),
            (Some(prefix), false) if is_host_label(prefix) => Ok(format!("{prefix}.{host}")),
            (None, false) => {
                let what = format!(
                    "it needs {} in front of the host",
                    operation.host.join(", ")
                );
                Err(ApiError::local(ErrorClass::Invalid, request, &host, what))
            }
            (Some(_), _) => {
                let what = "the name in front of the host is not one";
                Err(ApiError::local(ErrorClass::Invalid, request, &host, what))
            }
        }
    }

    async fn credential(&self, request: &Request, host: &str) -> Result<Credential, ApiError> {
        self.credentials
            .credential()
            .await
            .map_err(|cause| credential_error(request, host, cause))
    }

    async fn attempt(
        &self,
        operation: &Operation,
        request: &Request,
        host: &str,
        credential: &Credential,
    ) -> Result<Value, ApiError> {
        let now = self.context.wall_clock.now();
        let http = sign(
            operation,
            request,
            host,
            credential,
            now,
            &self.context.ids.next(),
            &self.endpoints,
        )
        .map_err(|violation| invalid(request, host, violation))?;
        let answer = self
            .context
            .transport
            .send(http)
            .await
            .map_err(|error| ApiError::transport(request, host, error))?;
        tracing::debug!(
            product = request.product, action = request.action, region = %request.region,
            http_status = answer.status, bytes = answer.body.len(), "call answered"
        );
        answer::read(request, operation.style, host, &answer).map_err(|mut error| {
            if error.class == ErrorClass::ClockSkew
                && let Some(skew) = answer.header("date").and_then(|date| clock_skew(date, now))
            {
                error.message = Some(skew);
            }
            error.message = error
                .message
                .map(|message| without_secrets(message, credential));
            error
        })
    }
}

/// A server that does not accept a signature may repeat what it computed, the signed token among it. Whatever the words
/// around, neither token nor secret goes any further.
fn without_secrets(message: String, credential: &Credential) -> String {
    const LONGEST_CHARS: usize = 2000;
    let secrets = [Some(credential.secret()), credential.token()];
    let message = secrets
        .into_iter()
        .flatten()
        .flat_map(|secret| [secret.to_owned(), encode::encode(secret)])
        .filter(|secret| !secret.is_empty())
        .fold(message, |message, secret| {
            message.replace(&secret, "(left out)")
        });
    message.chars().take(LONGEST_CHARS).collect()
}

fn credential_error(request: &Request, host: &str, cause: CredentialError) -> ApiError {
    let mut error = ApiError::local(
        ErrorClass::Credentials,
        request,
        host,
        "no credential to sign with",
    );
    error.cause = Some(Box::new(cause));
    error
}

pub(super) fn invalid(request: &Request, host: &str, violation: ContractViolation) -> ApiError {
    let mut error = ApiError::local(
        ErrorClass::Invalid,
        request,
        host,
        "the request breaks the official contract",
    );
    error.cause = Some(Box::new(violation));
    error
}

fn is_host_label(label: &str) -> bool {
    !label.is_empty()
        && label.len() <= 63
        && label
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_'))
}

/// Says how far this machine's clock is off, by the `Date` of the server's answer.
fn clock_skew(date: &str, now: DateTime<Utc>) -> Option<String> {
    let server = DateTime::parse_from_rfc2822(date).ok()?.with_timezone(&Utc);
    let seconds = (now - server).num_seconds();
    let direction = if seconds < 0 { "behind" } else { "ahead of" };
    Some(format!(
        "this machine's clock is {} s {direction} the server's; signatures are accepted within 15 minutes: set the clock",
        seconds.abs()
    ))
}

/// Puts a request together and signs it. Everything that is sent is what was signed.
fn sign(
    operation: &Operation,
    request: &Request,
    host: &str,
    credential: &Credential,
    now: DateTime<Utc>,
    nonce: &str,
    endpoints: &Endpoints,
) -> Result<HttpRequest, ContractViolation> {
    let body_for_check = match (&request.body, request.form.is_empty()) {
        (Some(document), _) => Body::Json(document),
        (None, false) => Body::Form(&request.form),
        (None, true) => Body::None,
    };
    let query_for_check = request
        .query
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    operation.check_parameters(query_for_check, body_for_check)?;
    let path_parameters: Vec<(&str, &str)> = request
        .path
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let path = operation.expand_path(&path_parameters)?;
    let query: Vec<(String, Option<String>)> = request
        .query
        .iter()
        .map(|(name, value)| (name.clone(), Some(value.clone())))
        .collect();
    let form: Vec<(String, Option<String>)> = request
        .form
        .iter()
        .map(|(name, value)| (name.clone(), Some(value.clone())))
        .collect();
    let (body, content_type) = match &request.body {
        Some(document) => (
            document.to_string().into_bytes(),
            Some("application/json; charset=utf-8"),
        ),
        None if form.is_empty() => (Vec::new(), None),
        None => (
            encode::query_string(&form).into_bytes(),
            Some("application/x-www-form-urlencoded"),
        ),
    };
    let mut headers: Vec<(String, String)> = vec![("host".into(), host.to_owned())];
    if let Some(content_type) = content_type {
        headers.push(("content-type".into(), content_type.to_owned()));
    }
    let (id, secret) = (credential.access_key_id.as_str(), credential.secret());
    let basic_date = now.format("%Y%m%dT%H%M%SZ").to_string();
    let mut push = |name: &str, value: &str| headers.push((name.to_owned(), value.to_owned()));
    let authorization = match operation.style {
        Style::Rpc | Style::Roa => {
            push("x-acs-action", &operation.action);
            push("x-acs-version", &operation.version);
            push("x-acs-date", &now.format("%Y-%m-%dT%H:%M:%SZ").to_string());
            push("x-acs-signature-nonce", nonce);
            push("x-acs-content-sha256", &sha256_hex(&body));
            if let Some(token) = credential.token() {
                push("x-acs-accesskey-id", id);
                push("x-acs-security-token", token);
            }
            let unsigned = Unsigned {
                method: &operation.method,
                path: &path,
                query: &query,
                headers: &headers,
                body: &body,
            };
            acs3::sign(&unsigned, id, secret).authorization
        }
        Style::Sls => {
            push("x-log-apiversion", "0.6.0");
            push("x-log-bodyrawsize", &body.len().to_string());
            push("x-log-date", &basic_date);
            push("x-log-content-sha256", &sha256_hex(&body));
            if let Some(token) = credential.token() {
                push("x-acs-security-token", token);
            }
            let unsigned = Unsigned {
                method: &operation.method,
                path: &path,
                query: &query,
                headers: &headers,
                body: &body,
            };
            sls4::sign(&unsigned, request.region.as_str(), &basic_date, id, secret).authorization
        }
        Style::Oss => {
            push("x-oss-date", &basic_date);
            push("x-oss-content-sha256", "UNSIGNED-PAYLOAD");
            if let Some(token) = credential.token() {
                push("x-oss-security-token", token);
            }
            let oss = oss4::OssRequest {
                method: &operation.method,
                bucket: request.host_prefix.as_deref(),
                key: None,
                query: &query,
                headers: &headers,
                additional_headers: &[],
            };
            oss4::sign(&oss, request.region.as_str(), &basic_date, id, secret).authorization
        }
    };
    headers.push(("accept".into(), "application/json".into()));
    headers.push(("authorization".into(), authorization));
    headers.retain(|(name, _)| name != "host");
    let query_string = encode::query_string(&query);
    let target = if query_string.is_empty() {
        path
    } else {
        format!("{path}?{query_string}")
    };
    let mut http = HttpRequest::new(&operation.method, "https", host, target);
    http.headers = headers;
    http.body = body;
    http.connect_to.clone_from(&endpoints.connect_to);
    http.timeout = CALL_TIMEOUT;
    Ok(http)
}

/// A client that sends only operations classed as reads. It holds no way to send a mutation.
#[derive(Clone)]
pub struct Reader {
    client: Arc<Client>,
}

impl Reader {
    /// Reads through a client.
    pub fn new(client: Arc<Client>) -> Self {
        Self { client }
    }

    /// Sends one read. Everything that the official contracts do not class as a read is refused before it is signed.
    pub async fn read(&self, request: Request) -> Result<Value, ApiError> {
        let operation = contracts::require(request.product, &request.action)
            .map_err(|violation| invalid(&request, "", violation))?;
        if operation.class != Class::Read {
            let what = "it changes something, and this command only reads";
            return Err(ApiError::local(ErrorClass::Invalid, &request, "", what));
        }
        self.client.send(operation, &request).await
    }

    /// Whether the product has an endpoint in that region.
    pub fn is_offered(&self, product: &str, region: &Region) -> bool {
        self.client.endpoints.is_offered(product, region)
    }
}

/// Where the contract of an operation places a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Path,
    Query,
    Form,
    Host,
}

/// Finds where a parameter goes; what the contract does not know is left to the query, where the check refuses it.
pub(super) fn place(product: &str, action: &str, name: &str) -> Place {
    let Some(operation) = contracts::operation(product, action) else {
        return Place::Query;
    };
    if operation.path.contains(&format!("{{{name}}}")) {
        Place::Path
    } else if operation.host.iter().any(|host| host == name) {
        Place::Host
    } else if operation.body_kind == BodyKind::Form
        && operation.body.flattened(name).is_some()
        && operation.query.flattened(name).is_none()
    {
        Place::Form
    } else {
        Place::Query
    }
}

#[cfg(test)]
mod tests {
    use secrecy::SecretString;

    use super::*;

    #[test]
    fn an_error_repeats_no_secret() {
        let credential = Credential {
            access_key_id: "LTAI0".to_owned(),
            secret: SecretString::from("top/secret"),
            security_token: Some(SecretString::from("CAIS+token=")),
            expires_at: None,
        };
        let said = "canonical request: x-acs-security-token:CAIS+token= or CAIS%2Btoken%3D, top/secret, top%2Fsecret";
        let shown = without_secrets(said.to_owned(), &credential);
        for secret in ["CAIS", "top"] {
            assert!(!shown.contains(secret), "{shown}");
        }
        assert!(shown.contains("canonical request"));
        let endless = without_secrets("x".repeat(1 << 20), &credential);
        assert!(endless.len() <= 2000);
    }
}
