//! Holds a received request against the official contracts and its signature, independently of the client's own check.

use yunsweep::contracts::{self, Body, Operation, Style};
use yunsweep::model::Region;
use yunsweep::openapi::Endpoints;
use yunsweep::openapi::endpoint::public_regions;
use yunsweep::openapi::sign::Unsigned;
use yunsweep::openapi::sign::verify::Claim;

use super::client::{ACCESS_KEY_ID, ACCESS_KEY_SECRET};
use super::mappings::Seen;

/// What a request breaks, if anything.
pub(crate) fn check(seen: &Seen) -> Result<&'static Operation, String> {
    let operation = operation(seen)?;
    let method = &operation.method;
    if *method != seen.method {
        return Err(format!(
            "{} is a {method}, not a {}",
            operation.label(),
            seen.method
        ));
    }
    let query: Vec<(&str, &str)> = seen
        .query
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_deref().unwrap_or_default()))
        .collect();
    let form;
    let document;
    let body = if seen.body.is_empty() {
        Body::None
    } else if seen.header("content-type") == Some("application/x-www-form-urlencoded") {
        let text = std::str::from_utf8(&seen.body).map_err(|error| error.to_string())?;
        let fields = yunsweep::openapi::sign::encode::parse_query(text);
        form = fields
            .into_iter()
            .map(|(name, value)| (name, value.unwrap_or_default()))
            .collect::<Vec<_>>();
        Body::Form(&form)
    } else {
        document = serde_json::from_slice(&seen.body).map_err(|error| error.to_string())?;
        Body::Json(&document)
    };
    operation
        .check_parameters(query, body)
        .map_err(|violation| violation.to_string())?;
    let unsigned = Unsigned {
        method: &seen.method,
        path: &seen.path,
        query: &seen.query,
        headers: &seen.headers,
        body: &seen.body,
    };
    let claim = Claim::read(&unsigned).map_err(|refused| refused.to_string())?;
    if claim.access_key_id != ACCESS_KEY_ID {
        return Err("signed with another key".to_owned());
    }
    claim
        .verify(&unsigned, ACCESS_KEY_SECRET)
        .map_err(|refused| refused.to_string())?;
    Ok(operation)
}

/// The operation that host, version, action, method and path name together.
fn operation(seen: &Seen) -> Result<&'static Operation, String> {
    let host = seen.header("host").ok_or("no host")?;
    if host.ends_with(".log.aliyuncs.com") {
        let labels = host
            .trim_end_matches(".log.aliyuncs.com")
            .split('.')
            .count();
        let names: Vec<&str> = seen.query.iter().map(|(name, _)| name.as_str()).collect();
        return contracts::match_path("sls", &seen.method, &seen.path, labels == 2, &names)
            .map(|found| found.operation)
            .ok_or_else(|| format!("sls has no {} {}", seen.method, seen.path));
    }
    if host.starts_with("oss-") {
        let names: Vec<&str> = seen.query.iter().map(|(name, _)| name.as_str()).collect();
        return contracts::match_path("oss", &seen.method, &seen.path, false, &names)
            .map(|found| found.operation)
            .ok_or_else(|| format!("oss has no {} {}", seen.method, seen.path));
    }
    let action = seen.header("x-acs-action").ok_or("no x-acs-action")?;
    let version = seen.header("x-acs-version").ok_or("no x-acs-version")?;
    let product = contracts::products()
        .iter()
        .copied()
        .filter(|product| contracts::version(product) == Some(version))
        .find(|product| is_host_of(product, host))
        .ok_or_else(|| format!("{host} serves no product of version {version}"))?;
    let operation = contracts::require(product, action).map_err(|error| error.to_string())?;
    let path_names_it = match operation.style {
        Style::Roa => contracts::match_path(product, &seen.method, &seen.path, false, &[])
            .is_some_and(|found| found.operation.action == operation.action),
        _ => seen.path == "/",
    };
    if path_names_it {
        Ok(operation)
    } else {
        Err(format!(
            "{} is not at {} {}",
            operation.label(),
            seen.method,
            seen.path
        ))
    }
}

fn is_host_of(product: &str, host: &str) -> bool {
    let endpoints = Endpoints::default();
    public_regions()
        .chain([Region::GLOBAL])
        .any(|region| endpoints.host(product, &region).as_deref() == Ok(host))
}
