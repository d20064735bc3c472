//! ROA signature version 1: HMAC-SHA1 in an `acs` header. Older tools and private clouds.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{Signature, Unsigned, header, hmac_sha1, selected_headers};

/// How an empty query value is signed: official implementations differ, so never send one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmptyValue {
    /// `key`: tea-openapi of Python and Go.
    KeyOnly,
    /// `key=`: tea-openapi of TypeScript, and the legacy core SDKs.
    KeyEquals,
}

/// Signs a request.
pub fn sign(
    request: &Unsigned<'_>,
    empty: EmptyValue,
    access_key_id: &str,
    secret: &str,
) -> Signature {
    let acs_headers = selected_headers(request.headers, |name| name.starts_with("x-acs-"));
    let value = |name: &str| header(request.headers, name).unwrap_or_default();
    let pairs: Vec<String> = super::sorted_query(request.query)
        .into_iter()
        .map(|(key, value)| match value.unwrap_or_default() {
            "" if empty == EmptyValue::KeyOnly => key.to_owned(),
            value => format!("{key}={value}"),
        })
        .collect();
    let resource = if pairs.is_empty() {
        request.path.to_owned()
    } else {
        format!("{}?{}", request.path, pairs.join("&"))
    };
    let string_to_sign = format!(
        "{}\n{}\n{}\n{}\n{}\n{}{resource}",
        request.method,
        value("accept"),
        value("content-md5"),
        value("content-type"),
        value("date"),
        super::header_lines(&acs_headers),
    );
    let signature = STANDARD.encode(hmac_sha1(secret.as_bytes(), string_to_sign.as_bytes()));
    let authorization = format!("acs {access_key_id}:{signature}");
    Signature {
        string_to_sign,
        signature,
        authorization,
        ..Signature::default()
    }
}
