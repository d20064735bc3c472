//! Roles that an OIDC token stands for: RRSA in an ACK pod. STS `AssumeRoleWithOIDC`, which is sent without a signature: the
//! token is the proof.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use tokio::io::AsyncReadExt as _;

use super::failure::{broken, caused, of_role};
use super::renewing::{Renewing, Source};
use super::role::RoleSettings;
use super::sts::{self, StsSettings};
use super::{Reach, key};
use crate::config::environment as names;
use crate::contracts::{self, Body, Style};
use crate::model::Region;
use crate::openapi::error::answer;
use crate::openapi::retry::{Decision, RetryPolicy};
use crate::openapi::sign::encode;
use crate::openapi::{
    ApiError, Credential, CredentialError, CredentialProvider, Endpoints, Request,
};
use crate::transport::HttpRequest;

const ACTION: &str = "AssumeRoleWithOIDC";
/// Longest token file that is read; a service account token is about 1 KiB.
const TOKEN_LIMIT_BYTES: u64 = 64 << 10;
/// Longest exchange with STS (the SDKs wait 5 s for the connection and 10 s for the answer).
const TIMEOUT: Duration = Duration::from_secs(15);
/// Attempts and pauses after throttling, which has no shared budget here.
const THROTTLED_ATTEMPTS: u32 = 3;
const THROTTLED_PAUSE: Duration = Duration::from_secs(1);

/// What is exchanged, and for which role.
#[derive(Clone, Debug)]
pub(super) struct OidcSettings {
    /// ARN of the identity provider.
    pub(super) provider_arn: String,
    /// File with the token; read for every exchange, because the kubelet rotates it.
    pub(super) token_file: PathBuf,
    /// The role.
    pub(super) role: RoleSettings,
}

/// A role that a token stands for.
struct OidcRole {
    reach: Reach,
    endpoints: Endpoints,
    region: Region,
    settings: OidcSettings,
    name: String,
}

/// The provider that the environment configures, if it does. All three variables belong together; the role alone is not
/// enough to say that OIDC is meant.
pub(super) fn find(reach: &Reach) -> Result<Option<Arc<dyn CredentialProvider>>, CredentialError> {
    let read = |name: &str| reach.context.variable(name);
    let role = read(names::ROLE_ARN.name);
    let provider_arn = read(names::OIDC_PROVIDER_ARN.name);
    let token_file = read(names::OIDC_TOKEN_FILE.name);
    let name = format!("OIDC token ({})", names::OIDC_TOKEN_FILE.name);
    match (role, provider_arn, token_file) {
        (_, None, None) => Ok(None),
        (Some(role), Some(provider_arn), Some(token_file)) => {
            let settings = OidcSettings {
                provider_arn: provider_arn.to_owned(),
                token_file: PathBuf::from(token_file),
                role: RoleSettings {
                    arn: role.to_owned(),
                    ..RoleSettings::default()
                },
            };
            let sts_settings = StsSettings {
                profile_region: read(names::REGION_ID.name).map(str::to_owned),
                ..StsSettings::default()
            };
            provider(reach, settings, &sts_settings, name).map(Some)
        }
        _ => {
            let missing: Vec<&str> = [
                (role, names::ROLE_ARN.name),
                (provider_arn, names::OIDC_PROVIDER_ARN.name),
                (token_file, names::OIDC_TOKEN_FILE.name),
            ]
            .into_iter()
            .filter_map(|(value, name)| value.is_none().then_some(name))
            .collect();
            Err(broken(
                &name,
                format!("{} is not set", missing.join(" and ")),
                "set all three variables, as ack-pod-identity-webhook does, or none",
            ))
        }
    }
}

/// A provider of the role's credential.
pub(super) fn provider(
    reach: &Reach,
    settings: OidcSettings,
    sts_settings: &StsSettings,
    name: String,
) -> Result<Arc<dyn CredentialProvider>, CredentialError> {
    let (endpoints, region) = sts::endpoints(reach, &name, sts_settings)?;
    settings.role.parameters(reach, &name)?;
    let clock = Arc::clone(&reach.context.wall_clock);
    let source = OidcRole {
        reach: reach.clone(),
        endpoints,
        region,
        settings,
        name,
    };
    Ok(Arc::new(Renewing::new(source, clock)))
}

impl OidcRole {
    async fn token(&self) -> Result<SecretString, CredentialError> {
        let path = &self.settings.token_file;
        let hint = "check that the pod's service account has RRSA, and that the file is readable";
        let mut text = String::new();
        let read = async {
            let file = tokio::fs::File::open(path).await?;
            file.take(TOKEN_LIMIT_BYTES).read_to_string(&mut text).await
        };
        read.await.map_err(|error| {
            let what = format!("the token file {} cannot be read", path.display());
            caused(&self.name, what, hint, error)
        })?;
        let token = text.trim();
        if token.is_empty() || token.chars().any(|c| !c.is_ascii_graphic()) {
            let what = format!("the token file {} holds no token", path.display());
            return Err(broken(&self.name, what, hint));
        }
        Ok(SecretString::from(token.to_owned()))
    }

    /// One exchange. The token goes in the body, which proxies do not log, as in the Go SDK.
    async fn exchange(&self, token: &SecretString) -> Result<Value, ApiError> {
        let request = Request::new(sts::PRODUCT, ACTION, &self.region);
        let invalid = |message: String| {
            ApiError::local(crate::openapi::ErrorClass::Invalid, &request, "", message)
        };
        let host = self
            .endpoints
            .host(sts::PRODUCT, &self.region)
            .map_err(|error| invalid(error.to_string()))?;
        let operation = contracts::require(sts::PRODUCT, ACTION)
            .map_err(|violation| invalid(violation.to_string()))?;
        let mut form: Vec<(String, Option<String>)> = self
            .settings
            .role
            .parameters(&self.reach, &self.name)
            .map_err(|error| invalid(error.what))?
            .into_iter()
            .map(|(name, value)| (name.to_owned(), Some(value)))
            .collect();
        form.push((
            "OIDCProviderArn".to_owned(),
            Some(self.settings.provider_arn.clone()),
        ));
        form.push((
            "OIDCToken".to_owned(),
            Some(token.expose_secret().to_owned()),
        ));
        let checked = form
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_deref().unwrap_or_default()));
        operation
            .check_parameters(checked, Body::None)
            .map_err(|violation| invalid(violation.to_string()))?;
        let now = self.reach.context.wall_clock.now();
        let query: Vec<(String, Option<String>)> = [
            ("Action", ACTION.to_owned()),
            ("Version", operation.version.clone()),
            ("Format", "JSON".to_owned()),
            ("Timestamp", now.format("%Y-%m-%dT%H:%M:%SZ").to_string()),
            ("SignatureNonce", self.reach.context.ids.next()),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), Some(value)))
        .collect();
        let target = format!("/?{}", encode::query_string(&query));
        let mut http = HttpRequest::new("POST", "https", host.clone(), target);
        http.headers = vec![
            (
                "content-type".to_owned(),
                "application/x-www-form-urlencoded".to_owned(),
            ),
            ("accept".to_owned(), "application/json".to_owned()),
        ];
        http.body = encode::query_string(&form).into_bytes();
        http.connect_to.clone_from(&self.endpoints.connect_to);
        http.timeout = TIMEOUT;
        let answered = self.reach.context.transport.send(http).await;
        let answered = answered.map_err(|error| ApiError::transport(&request, &host, error))?;
        answer::read(&request, Style::Rpc, &host, &answered)
    }
}

impl Source for OidcRole {
    fn fetch(&self) -> BoxFuture<'_, Result<Credential, CredentialError>> {
        Box::pin(async {
            let token = self.token().await?;
            let policy = RetryPolicy {
                throttled_attempts: THROTTLED_ATTEMPTS,
                ..RetryPolicy::default()
            };
            let mut attempts = 0;
            loop {
                attempts += 1;
                let mut error = match self.exchange(&token).await {
                    Ok(answer) => {
                        let credentials = answer.get("Credentials").unwrap_or(&Value::Null);
                        return key::from_answer(&self.name, credentials);
                    }
                    Err(error) => error,
                };
                error.attempts = attempts;
                match policy.decide(&error, true, attempts, 0) {
                    Decision::Again(pause) => {
                        let pause = if pause.is_zero() {
                            THROTTLED_PAUSE
                        } else {
                            pause
                        };
                        self.reach.context.wall_clock.sleep(pause).await;
                    }
                    Decision::GiveUp | Decision::RefreshCredential => {
                        let arn = &self.settings.role.arn;
                        let secrets = [token.expose_secret()];
                        return Err(of_role(&self.name, arn, error, &secrets));
                    }
                }
            }
        })
    }

    fn name(&self) -> &str {
        &self.name
    }
}

#[cfg(test)]
mod tests;
