//! OSS signature version 4: `OSS4-HMAC-SHA256`, payload unsigned.

use super::encode::{encode, encode_path};
use super::sls4::scoped_signature;
use super::{Signature, selected_headers};

/// Name of the scheme.
pub const ALGORITHM: &str = "OSS4-HMAC-SHA256";

/// What OSS v4 signs. The path is made of bucket and key, even where the host carries the bucket.
#[derive(Clone, Copy, Debug)]
pub struct OssRequest<'a> {
    /// Method in capitals.
    pub method: &'a str,
    /// Bucket, for bucket and object requests.
    pub bucket: Option<&'a str>,
    /// Object key, not encoded.
    pub key: Option<&'a str>,
    /// Query, decoded.
    pub query: &'a [(String, Option<String>)],
    /// Headers.
    pub headers: &'a [(String, String)],
    /// Lower-case names of further headers to sign.
    pub additional_headers: &'a [String],
}

/// Signs a request. `date` is the value of `x-oss-date`, `yyyyMMddTHHmmssZ`.
pub fn sign(
    request: &OssRequest<'_>,
    region: &str,
    date: &str,
    access_key_id: &str,
    secret: &str,
) -> Signature {
    let is_default =
        |name: &str| name.starts_with("x-oss-") || matches!(name, "content-type" | "content-md5");
    let mut additional: Vec<&str> = request
        .additional_headers
        .iter()
        .map(String::as_str)
        .filter(|name| !is_default(name) && super::header(request.headers, name).is_some())
        .collect();
    additional.sort_unstable();
    let headers = selected_headers(request.headers, |name| {
        is_default(name) || additional.contains(&name)
    });
    let path = match (request.bucket, request.key) {
        (None, _) => "/".to_owned(),
        (Some(bucket), key) => format!("/{bucket}/{}", encode_path(key.unwrap_or_default())),
    };
    let mut pairs: Vec<(String, String)> = request
        .query
        .iter()
        .map(|(key, value)| (encode(key), encode(value.as_deref().unwrap_or_default())))
        .collect();
    pairs.sort();
    let pairs: Vec<String> = pairs
        .into_iter()
        .map(|(key, value)| {
            if value.is_empty() {
                key
            } else {
                format!("{key}={value}")
            }
        })
        .collect();
    let signed_headers = additional.join(";");
    let canonical_request = format!(
        "{}\n{path}\n{}\n{}\n{signed_headers}\nUNSIGNED-PAYLOAD",
        request.method,
        pairs.join("&"),
        super::header_lines(&headers),
    );
    let (scope, signature, string_to_sign) =
        scoped_signature(ALGORITHM, "oss", region, date, &canonical_request, secret);
    let more = if signed_headers.is_empty() {
        String::new()
    } else {
        format!(",AdditionalHeaders={signed_headers}")
    };
    let authorization =
        format!("{ALGORITHM} Credential={access_key_id}/{scope}{more},Signature={signature}");
    Signature {
        canonical_request,
        signed_headers,
        string_to_sign,
        signature,
        authorization,
    }
}
