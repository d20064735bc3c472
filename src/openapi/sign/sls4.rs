//! SLS signature version 4: `SLS4-HMAC-SHA256`, with a key derived from date and region.

use super::encode::encode;
use super::{Signature, Unsigned, hmac_sha256, selected_headers, sha256_hex};

/// Name of the scheme.
pub const ALGORITHM: &str = "SLS4-HMAC-SHA256";

/// Signs a request. `date` is the value of `x-log-date`, `yyyyMMddTHHmmssZ`; the body's hash is taken from
/// `x-log-content-sha256` where the header is there.
pub fn sign(
    request: &Unsigned<'_>,
    region: &str,
    date: &str,
    access_key_id: &str,
    secret: &str,
) -> Signature {
    let headers = selected_headers(request.headers, |name| {
        matches!(name, "host" | "content-type")
            || (name.starts_with("x-log-") && !name.starts_with("x-log-meta-"))
            || name.starts_with("x-acs-")
    });
    let signed_headers = super::header_names(&headers);
    let pairs: Vec<String> = super::sorted_query(request.query)
        .into_iter()
        .map(|(key, value)| match value.unwrap_or_default() {
            "" => key.to_owned(),
            value => format!("{key}={}", encode(value)),
        })
        .collect();
    let body_hash = super::header(request.headers, "x-log-content-sha256")
        .map_or_else(|| sha256_hex(request.body), str::to_owned);
    let canonical_request = format!(
        "{}\n{}\n{}\n{}\n{signed_headers}\n{body_hash}",
        request.method,
        request.path,
        pairs.join("&"),
        super::header_lines(&headers),
    );
    let (scope, signature, string_to_sign) =
        scoped_signature(ALGORITHM, "sls", region, date, &canonical_request, secret);
    let authorization =
        format!("{ALGORITHM} Credential={access_key_id}/{scope},Signature={signature}");
    Signature {
        canonical_request,
        signed_headers,
        string_to_sign,
        signature,
        authorization,
    }
}

/// Scope, signature and string to sign of the version-4 schemes of SLS and OSS.
pub(super) fn scoped_signature(
    algorithm: &str,
    service: &str,
    region: &str,
    date: &str,
    canonical_request: &str,
    secret: &str,
) -> (String, String, String) {
    let day = date.get(..8).unwrap_or(date);
    let scope = format!("{day}/{region}/{service}/aliyun_v4_request");
    let string_to_sign = format!(
        "{algorithm}\n{date}\n{scope}\n{}",
        sha256_hex(canonical_request.as_bytes())
    );
    let key = [day, region, service, "aliyun_v4_request"]
        .iter()
        .fold(format!("aliyun_v4{secret}").into_bytes(), |key, part| {
            hmac_sha256(&key, part.as_bytes())
        });
    let signature = hex::encode(hmac_sha256(&key, string_to_sign.as_bytes()));
    (scope, signature, string_to_sign)
}

/// The parts of a received `Authorization` of SLS v4 or OSS v4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Authorization<'a> {
    /// Key id.
    pub access_key_id: &'a str,
    /// Region in the scope.
    pub region: &'a str,
    /// Additional signed header names, joined with `;` (OSS).
    pub additional_headers: &'a str,
    /// Signature.
    pub signature: &'a str,
}

/// Reads a received `Authorization` of `algorithm`; `None` when it is of another scheme or not whole.
pub fn parse_authorization<'a>(algorithm: &str, value: &'a str) -> Option<Authorization<'a>> {
    let rest = value.strip_prefix(algorithm)?.trim_start();
    let (mut credential, mut signature, mut additional_headers) = (None, None, "");
    for part in rest.split(',') {
        let (key, value) = part.trim().split_once('=')?;
        match key {
            "Credential" => credential = Some(value),
            "Signature" => signature = Some(value),
            "AdditionalHeaders" => additional_headers = value,
            _ => {}
        }
    }
    let mut parts = credential?.split('/');
    let access_key_id = parts.next()?;
    let region = parts.nth(1)?;
    Some(Authorization {
        access_key_id,
        region,
        additional_headers,
        signature: signature?,
    })
}
