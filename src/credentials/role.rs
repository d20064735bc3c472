//! Roles that another identity assumes: STS `AssumeRole`.
//!
//! The contracts class `AssumeRole` as a read, because it changes nothing in the account; so it goes through the same
//! [`Reader`] as everything else, with its own rate budget, and no sending code stands here.

use std::sync::Arc;

use futures::future::BoxFuture;
use serde_json::Value;

use super::failure::{broken, of_role};
use super::renewing::{Renewing, Source};
use super::sts::{self, StsSettings};
use super::{Reach, key};
use crate::config::environment as names;
use crate::openapi::{
    Client, Credential, CredentialError, CredentialProvider, Limiter, Reader, Request,
};

/// Name of a session where nobody gives one.
const SESSION_NAME: &str = "yunsweep";
/// Life of a session where nobody says how long (default of the SDKs).
const DURATION_SECONDS: i64 = 3600;
/// Limits of STS: 15 minutes, and the longest that a role can be set to.
const DURATIONS: std::ops::RangeInclusive<i64> = 900..=43_200;

/// Which role, and how.
#[derive(Clone, Debug, Default)]
pub(super) struct RoleSettings {
    /// ARN of the role.
    pub(super) arn: String,
    /// Name of the session.
    pub(super) session_name: Option<String>,
    /// What the trust policy may ask for.
    pub(super) external_id: Option<String>,
    /// Policy that narrows the session.
    pub(super) policy: Option<String>,
    /// Life of the session.
    pub(super) duration_seconds: Option<i64>,
}

impl RoleSettings {
    /// The parameters that both STS operations take; refuses what STS would refuse.
    pub(super) fn parameters(
        &self,
        reach: &Reach,
        source_name: &str,
    ) -> Result<Vec<(&'static str, String)>, CredentialError> {
        let is_arn = self.arn.strip_prefix("acs:ram::").is_some_and(|rest| {
            rest.split_once(":role/").is_some_and(|(account, name)| {
                !account.is_empty()
                    && account.chars().all(|c| c.is_ascii_digit())
                    && !name.is_empty()
                    && name.chars().all(|c| c.is_ascii_graphic())
            })
        });
        if !is_arn {
            return Err(broken(
                source_name,
                "the role is not an ARN",
                "write it like acs:ram::1234567890123456:role/reader",
            ));
        }
        let session_name = self
            .session_name
            .as_deref()
            .or_else(|| reach.context.variable(names::ROLE_SESSION_NAME.name))
            .unwrap_or(SESSION_NAME);
        let is_session_name = (2..=64).contains(&session_name.len())
            && session_name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '@' | '-' | '_'));
        if !is_session_name {
            return Err(broken(
                source_name,
                "the session name is not one",
                "take 2 to 64 letters, digits or any of . @ - _",
            ));
        }
        let duration = self.duration_seconds.unwrap_or(DURATION_SECONDS);
        if !DURATIONS.contains(&duration) {
            return Err(broken(
                source_name,
                format!("a session of {duration} s is not possible"),
                "take 900 to 43200 seconds, at most what the role allows",
            ));
        }
        let mut parameters = vec![
            ("RoleArn", self.arn.clone()),
            ("RoleSessionName", session_name.to_owned()),
            ("DurationSeconds", duration.to_string()),
        ];
        if let Some(policy) = &self.policy {
            parameters.push(("Policy", policy.clone()));
        }
        Ok(parameters)
    }
}

/// A role that another identity assumes.
pub(super) struct AssumedRole {
    reader: Reader,
    request: Request,
    arn: String,
    name: String,
}

/// A provider of the role's credential.
pub(super) fn provider(
    reach: &Reach,
    base: Arc<dyn CredentialProvider>,
    role: &RoleSettings,
    sts_settings: &StsSettings,
    name: String,
) -> Result<Arc<dyn CredentialProvider>, CredentialError> {
    let (endpoints, region) = sts::endpoints(reach, &name, sts_settings)?;
    let mut request = Request::new(sts::PRODUCT, "AssumeRole", &region);
    for (parameter, value) in role.parameters(reach, &name)? {
        request = request.argument(parameter, value);
    }
    if let Some(external_id) = &role.external_id {
        request = request.argument("ExternalId", external_id);
    }
    let client = Client::new(
        reach.context.clone(),
        endpoints,
        base,
        Arc::new(Limiter::default()),
        role.arn.clone(),
    );
    let source = AssumedRole {
        reader: Reader::new(Arc::new(client)),
        request,
        arn: role.arn.clone(),
        name,
    };
    let clock = Arc::clone(&reach.context.wall_clock);
    Ok(Arc::new(Renewing::new(source, clock)))
}

impl Source for AssumedRole {
    fn fetch(&self) -> BoxFuture<'_, Result<Credential, CredentialError>> {
        Box::pin(async {
            let answer = self
                .reader
                .read(self.request.clone())
                .await
                .map_err(|error| of_role(&self.name, &self.arn, error, &[]))?;
            let credentials = answer.get("Credentials").unwrap_or(&Value::Null);
            key::from_answer(&self.name, credentials)
        })
    }

    fn name(&self) -> &str {
        &self.name
    }
}

#[cfg(test)]
mod tests;
