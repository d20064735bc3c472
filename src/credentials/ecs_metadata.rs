//! The RAM role of the ECS instance that this runs on, from the metadata service.
//!
//! In a pod this is the role of the node, which is seldom what the user means; so with RRSA configured, that comes first.

use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use serde_json::Value;

use super::failure::{broken, caused};
use super::renewing::{Renewing, Source};
use super::{Reach, key};
use crate::config::environment as names;
use crate::openapi::{Credential, CredentialError, CredentialProvider};
use crate::transport::{HttpRequest, HttpResponse, TransportError};

const HOST: &str = "100.100.100.200";
const TOKEN_PATH: &str = "/latest/api/token";
const ROLE_PATH: &str = "/latest/meta-data/ram/security-credentials/";
const TOKEN_TTL_HEADER: &str = "x-aliyun-ecs-metadata-token-ttl-seconds";
const TOKEN_HEADER: &str = "x-aliyun-ecs-metadata-token";
const TOKEN_TTL_SECONDS: &str = "21600";
/// Longest wait for one answer. The service is on the same host; the SDKs give it a second.
const TIMEOUT: Duration = Duration::from_secs(1);
const HINT: &str = "check that this is an ECS instance with that RAM role attached";

/// The metadata service.
pub(super) struct EcsMetadata {
    reach: Reach,
    /// The role, where it is named; otherwise the service is asked.
    role: Option<String>,
    name: String,
}

/// What looking for the service found.
pub(super) enum Probe {
    /// A role.
    Role(Arc<dyn CredentialProvider>),
    /// None, and why.
    Nothing(String),
}

/// A provider of the named role, or of the one that the instance has.
pub(super) fn provider(
    reach: &Reach,
    role: Option<&str>,
    name: String,
) -> Result<Arc<dyn CredentialProvider>, CredentialError> {
    if role.is_some_and(|role| !is_role_name(role)) {
        return Err(broken(
            &name,
            "the name of the role is not one",
            "write only the name, not the ARN",
        ));
    }
    let clock = Arc::clone(&reach.context.wall_clock);
    let source = EcsMetadata {
        reach: reach.clone(),
        role: role.map(str::to_owned),
        name,
    };
    Ok(Arc::new(Renewing::new(source, clock)))
}

/// Looks whether the service is there and has a role. Nobody named it, so whatever it does instead is no error.
pub(super) async fn probe(reach: &Reach) -> Probe {
    let mut service = EcsMetadata {
        reach: reach.clone(),
        role: None,
        name: "ECS metadata service".to_owned(),
    };
    let token = match service.ask_token().await {
        Ok(token) => token,
        Err(Refused::Unreachable(_)) => return Probe::Nothing("not reachable".to_owned()),
        Err(Refused::Status(status)) => {
            return Probe::Nothing(format!("it gave no token (HTTP {status})"));
        }
    };
    match service.ask_role(token.as_deref()).await {
        Ok(role) => {
            service.name = format!("ECS metadata service (role `{role}`)");
            service.role = Some(role);
            let clock = Arc::clone(&reach.context.wall_clock);
            Probe::Role(Arc::new(Renewing::new(service, clock)))
        }
        Err(error) => Probe::Nothing(error.what),
    }
}

enum Refused {
    Unreachable(TransportError),
    Status(u16),
}

impl EcsMetadata {
    async fn ask(
        &self,
        method: &str,
        path: String,
        header: Option<(&str, &str)>,
    ) -> Result<HttpResponse, TransportError> {
        let mut http = HttpRequest::new(method, "http", HOST, path);
        http.bypass_proxy = true;
        http.timeout = TIMEOUT;
        http.headers = header
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into_iter()
            .collect();
        self.reach.context.transport.send(http).await
    }

    /// The token that protects against forged requests; `None` where the service knows none and may be asked without.
    async fn ask_token(&self) -> Result<Option<String>, Refused> {
        let is_needed = names::is_on(self.reach.context.variable(names::IMDSV1_DISABLED.name));
        let header = Some((TOKEN_TTL_HEADER, TOKEN_TTL_SECONDS));
        let answer = self
            .ask("PUT", TOKEN_PATH.to_owned(), header)
            .await
            .map_err(Refused::Unreachable)?;
        let token = String::from_utf8_lossy(&answer.body).trim().to_owned();
        let is_token = !token.is_empty() && token.chars().all(|c| c.is_ascii_graphic());
        match answer.status {
            200 if is_token => Ok(Some(token)),
            status if is_needed => Err(Refused::Status(status)),
            _ => Ok(None),
        }
    }

    async fn get(
        &self,
        path: String,
        token: Option<&str>,
    ) -> Result<HttpResponse, CredentialError> {
        let header = token.map(|token| (TOKEN_HEADER, token));
        let answer = self
            .ask("GET", path, header)
            .await
            .map_err(|error| caused(&self.name, "it did not answer", HINT, error))?;
        match answer.status {
            200 => Ok(answer),
            404 => Err(broken(
                &self.name,
                "no such role is attached to the instance",
                HINT,
            )),
            status => Err(broken(
                &self.name,
                format!("it answered HTTP {status}"),
                HINT,
            )),
        }
    }

    async fn ask_role(&self, token: Option<&str>) -> Result<String, CredentialError> {
        let answer = self.get(ROLE_PATH.to_owned(), token).await?;
        let role = String::from_utf8_lossy(&answer.body).trim().to_owned();
        if is_role_name(&role) {
            Ok(role)
        } else {
            Err(broken(&self.name, "it named no role", HINT))
        }
    }
}

impl Source for EcsMetadata {
    fn fetch(&self) -> BoxFuture<'_, Result<Credential, CredentialError>> {
        Box::pin(async {
            let is_v1_refused =
                names::is_on(self.reach.context.variable(names::IMDSV1_DISABLED.name));
            let token = match self.ask_token().await {
                Ok(token) => token,
                // The answer to the token request travels fewer hops than others; the SDKs go on without it as well.
                Err(Refused::Unreachable(_)) if !is_v1_refused => None,
                Err(Refused::Unreachable(error)) => {
                    return Err(caused(&self.name, "it is not reachable", HINT, error));
                }
                Err(Refused::Status(status)) => {
                    let what = format!("it gave no token (HTTP {status})");
                    return Err(broken(&self.name, what, HINT));
                }
            };
            let role = match &self.role {
                Some(role) => role.clone(),
                None => self.ask_role(token.as_deref()).await?,
            };
            let answer = self
                .get(format!("{ROLE_PATH}{role}"), token.as_deref())
                .await?;
            let body: Value = serde_json::from_slice(&answer.body)
                .map_err(|_text| broken(&self.name, "its answer is no JSON", HINT))?;
            if body.get("Code").and_then(Value::as_str) != Some("Success") {
                return Err(broken(&self.name, "its answer is not `Success`", HINT));
            }
            key::from_answer(&self.name, &body)
        })
    }

    fn name(&self) -> &str {
        &self.name
    }
}

/// Role names stand in a path, so nothing else may.
fn is_role_name(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text != "."
        && text != ".."
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '@' | '-' | '_'))
}

#[cfg(test)]
mod tests;
