//! `ACS3-HMAC-SHA256`: RPC and ROA products behind the common gateway. The default scheme.
//!
//! Source: the official signature page "V3", and tea-openapi 0.4.6.

use super::encode::encode;
use super::{Signature, Unsigned, hmac_sha256, selected_headers, sha256_hex};

/// Name of the scheme.
pub const ALGORITHM: &str = "ACS3-HMAC-SHA256";

/// Signs `host`, `content-type` and every `x-acs-*` header: what the documentation asks for.
pub fn sign(request: &Unsigned<'_>, access_key_id: &str, secret: &str) -> Signature {
    let is_signed =
        |name: &str| matches!(name, "host" | "content-type") || name.starts_with("x-acs-");
    sign_headers(request, is_signed, access_key_id, secret)
}

/// Signs the headers that `is_signed` names (lower case); servers take the list from the caller's `Authorization`.
pub fn sign_headers(
    request: &Unsigned<'_>,
    is_signed: impl Fn(&str) -> bool,
    access_key_id: &str,
    secret: &str,
) -> Signature {
    let headers = selected_headers(request.headers, is_signed);
    let signed_headers = super::header_names(&headers);
    let canonical_query: Vec<String> = super::sorted_query(request.query)
        .into_iter()
        .map(|(key, value)| format!("{key}={}", encode(value.unwrap_or_default())))
        .collect();
    let canonical_request = format!(
        "{}\n{}\n{}\n{}\n{signed_headers}\n{}",
        request.method,
        if request.path.is_empty() {
            "/"
        } else {
            request.path
        },
        canonical_query.join("&"),
        super::header_lines(&headers),
        sha256_hex(request.body),
    );
    let string_to_sign = format!("{ALGORITHM}\n{}", sha256_hex(canonical_request.as_bytes()));
    let signature = hex::encode(hmac_sha256(secret.as_bytes(), string_to_sign.as_bytes()));
    let authorization = format!(
        "{ALGORITHM} Credential={access_key_id},SignedHeaders={signed_headers},Signature={signature}"
    );
    Signature {
        canonical_request,
        signed_headers,
        string_to_sign,
        signature,
        authorization,
    }
}

/// The parts of a received `Authorization`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Authorization<'a> {
    /// Key id.
    pub access_key_id: &'a str,
    /// Signed header names, joined with `;`.
    pub signed_headers: &'a str,
    /// Signature.
    pub signature: &'a str,
}

/// Reads a received `Authorization`; `None` when it is not of this scheme or not whole.
pub fn parse_authorization(value: &str) -> Option<Authorization<'_>> {
    let rest = value.strip_prefix(ALGORITHM)?.trim_start();
    let (mut access_key_id, mut signed_headers, mut signature) = (None, None, None);
    for part in rest.split(',') {
        let (key, value) = part.trim().split_once('=')?;
        match key {
            "Credential" => access_key_id = Some(value),
            "SignedHeaders" => signed_headers = Some(value),
            "Signature" => signature = Some(value),
            _ => {}
        }
    }
    Some(Authorization {
        access_key_id: access_key_id?,
        signed_headers: signed_headers?,
        signature: signature?,
    })
}

/// Signs a received request again over the headers its sender listed, to compare.
pub fn resign(request: &Unsigned<'_>, received: &Authorization<'_>, secret: &str) -> Signature {
    let listed: Vec<&str> = received.signed_headers.split(';').collect();
    sign_headers(
        request,
        |name| listed.contains(&name),
        received.access_key_id,
        secret,
    )
}
