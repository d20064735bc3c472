//! A URL that answers with a temporary AccessKey.

use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use http::Uri;
use serde_json::Value;

use super::failure::{broken, caused};
use super::renewing::{Renewing, Source};
use super::{Reach, key};
use crate::config::environment as names;
use crate::openapi::endpoint::is_loopback;
use crate::openapi::{Credential, CredentialError, CredentialProvider};
use crate::transport::HttpRequest;

/// Longest exchange.
const TIMEOUT: Duration = Duration::from_secs(10);
const HINT: &str = "check the credentials URI and what serves it";

struct CredentialsUri {
    reach: Reach,
    scheme: &'static str,
    authority: String,
    target: String,
    is_local: bool,
    name: String,
}

/// The provider that the environment configures, if it does.
pub(super) fn find(reach: &Reach) -> Result<Option<Arc<dyn CredentialProvider>>, CredentialError> {
    let Some(uri) = reach.context.variable(names::CREDENTIALS_URI.name) else {
        return Ok(None);
    };
    let name = format!("credentials URI ({})", names::CREDENTIALS_URI.name);
    provider(reach, uri, name).map(Some)
}

/// A provider that asks this URL. Errors do not repeat it: its query may be what protects it.
pub(super) fn provider(
    reach: &Reach,
    uri: &str,
    name: String,
) -> Result<Arc<dyn CredentialProvider>, CredentialError> {
    let wrong = |what: &str| {
        broken(
            &name,
            what,
            "write http://localhost:PORT/PATH, or https:// for another machine",
        )
    };
    let parsed: Uri = uri
        .parse()
        .map_err(|_text| wrong("the credentials URI is no URL"))?;
    let (Some(scheme), Some(authority)) = (parsed.scheme_str(), parsed.authority()) else {
        return Err(wrong("the credentials URI is no URL"));
    };
    if authority.as_str().contains('@') {
        return Err(wrong("the credentials URI holds a user name"));
    }
    let host = authority.host();
    let is_local = is_loopback(host.trim_start_matches('[').trim_end_matches(']'));
    let scheme = match scheme {
        "https" => "https",
        "http" if is_local => "http",
        "http" => {
            return Err(wrong(
                "the credentials URI is plain http to another machine",
            ));
        }
        _ => return Err(wrong("the credentials URI is neither http nor https")),
    };
    let clock = Arc::clone(&reach.context.wall_clock);
    let source = CredentialsUri {
        reach: reach.clone(),
        scheme,
        authority: authority.to_string(),
        target: parsed
            .path_and_query()
            .map_or_else(|| "/".to_owned(), ToString::to_string),
        is_local,
        name,
    };
    Ok(Arc::new(Renewing::new(source, clock)))
}

impl Source for CredentialsUri {
    fn fetch(&self) -> BoxFuture<'_, Result<Credential, CredentialError>> {
        Box::pin(async {
            let mut http = HttpRequest::new(
                "GET",
                self.scheme,
                self.authority.clone(),
                self.target.clone(),
            );
            http.headers = vec![("accept".to_owned(), "application/json".to_owned())];
            http.bypass_proxy = self.is_local;
            http.timeout = TIMEOUT;
            let answer = self.reach.context.transport.send(http).await;
            let answer =
                answer.map_err(|error| caused(&self.name, "it did not answer", HINT, error))?;
            if answer.status != 200 {
                let what = format!("it answered HTTP {}", answer.status);
                return Err(broken(&self.name, what, HINT));
            }
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

#[cfg(test)]
mod tests;
