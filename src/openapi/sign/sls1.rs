//! SLS signature version 1: the `LOG` header. HMAC-SHA1, or HMAC-SHA256 as the 2020-12-30 SDK writes it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{Signature, Unsigned, header, hmac_sha1, hmac_sha256, selected_headers};

/// The digest, as named in `x-log-signaturemethod`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// `hmac-sha1`
    HmacSha1,
    /// `hmac-sha256`
    HmacSha256,
}

/// Signs a request; `path` is the resource below the host, without the project.
pub fn sign(
    request: &Unsigned<'_>,
    method: Method,
    access_key_id: &str,
    secret: &str,
) -> Signature {
    let headers = selected_headers(request.headers, |name| {
        (name.starts_with("x-log-") || name.starts_with("x-acs-"))
            && !name.starts_with("x-log-meta-")
    });
    let value = |name: &str| header(request.headers, name).unwrap_or_default();
    let pairs: Vec<String> = super::sorted_query(request.query)
        .into_iter()
        .map(|(key, value)| format!("{key}={}", value.unwrap_or_default()))
        .collect();
    let resource = if pairs.is_empty() {
        request.path.to_owned()
    } else {
        format!("{}?{}", request.path, pairs.join("&"))
    };
    let string_to_sign = format!(
        "{}\n{}\n{}\n{}\n{}{resource}",
        request.method,
        value("content-md5"),
        value("content-type"),
        value("date"),
        super::header_lines(&headers),
    );
    let key = secret.as_bytes();
    let signature = STANDARD.encode(match method {
        Method::HmacSha1 => hmac_sha1(key, string_to_sign.as_bytes()),
        Method::HmacSha256 => hmac_sha256(key, string_to_sign.as_bytes()),
    });
    let authorization = format!("LOG {access_key_id}:{signature}");
    Signature {
        string_to_sign,
        signature,
        authorization,
        ..Signature::default()
    }
}
