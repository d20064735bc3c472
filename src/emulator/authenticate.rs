//! Who sent a request, and whether they signed it: every scheme of the official SDKs, verified with the code that the client
//! signs with (both are pinned by vectors of the official packages).
//!
//! Times are the real ones always: the world's clock has no say over signatures and tokens.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use md5::{Digest as _, Md5};
use percent_encoding::percent_decode_str;

use super::errors::{Family, Refusal};
use super::identities::{Identities, Identity, Principal};
use super::received::Received;
use super::route::Call;
use crate::contracts::Style;
use crate::openapi::sign::{
    Signature, Unsigned, acs3, equal_in_constant_time, oss4, roa1, rpc1, sha256_hex, sls1, sls4,
};

/// How far signed times may be off (official signature pages).
const ALLOWED_SKEW: TimeDelta = TimeDelta::minutes(15);

/// Nonces seen within the allowed time. Two generations, so that old ones are forgotten without looking at each.
#[derive(Debug, Default)]
pub(super) struct Nonces {
    seen: Mutex<Generations>,
}

#[derive(Debug, Default)]
struct Generations {
    since: Option<DateTime<Utc>>,
    current: HashSet<u64>,
    previous: HashSet<u64>,
}

impl Nonces {
    /// Remembers a nonce; false if it was there.
    fn take(&self, access_key_id: &str, nonce: &str, now: DateTime<Utc>) -> bool {
        let mut hasher = DefaultHasher::new();
        (access_key_id, nonce).hash(&mut hasher);
        let print = hasher.finish();
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let since = *seen.since.get_or_insert(now);
        if now - since > ALLOWED_SKEW * 2 {
            seen.previous = std::mem::take(&mut seen.current);
            seen.since = Some(now);
        }
        !seen.previous.contains(&print) && seen.current.insert(print)
    }
}

/// What a request says about its sender, before any of it is believed.
struct Claim<'a> {
    access_key_id: &'a str,
    token: Option<&'a str>,
    time: Option<DateTime<Utc>>,
    nonce: Option<&'a str>,
    scheme: Scheme<'a>,
}

enum Scheme<'a> {
    Acs3(acs3::Authorization<'a>),
    Rpc1 { signature: &'a str },
    Roa1 { signature: &'a str },
    Sls1 { signature: &'a str },
    Sls4(sls4::Authorization<'a>),
    Oss4(sls4::Authorization<'a>),
}

/// Verifies the signature of a request; `None` where the operation is called without one.
pub(super) fn authenticate(
    received: &Received,
    call: &Call,
    identities: &Identities,
    nonces: &Nonces,
    now: DateTime<Utc>,
) -> Result<Option<Principal>, Refusal> {
    let family = call.family;
    if call.operation.action == "AssumeRoleWithOIDC" && received.header("authorization").is_none() {
        return Ok(None);
    }
    let claim = claim(received, call)?;
    let identity = identities
        .find(claim.access_key_id)
        .ok_or_else(|| Refusal::unknown_key(family, claim.access_key_id))?;
    check_token(family, &claim, &identity, now)?;
    let time = claim.time.ok_or_else(|| Refusal::malformed_time(family))?;
    if (now - time).abs() > ALLOWED_SKEW {
        return Err(Refusal::expired_time(family));
    }
    check_content(received, family, &claim.scheme)?;
    verify(received, call, &claim, &identity.secret)?;
    let needs_nonce = matches!(
        claim.scheme,
        Scheme::Acs3(_) | Scheme::Rpc1 { .. } | Scheme::Roa1 { .. }
    );
    match claim.nonce {
        Some(nonce) if needs_nonce && !nonces.take(claim.access_key_id, nonce, now) => {
            Err(Refusal::used_nonce())
        }
        None if needs_nonce => Err(Refusal::incomplete_signature(family, "no signature nonce")),
        _ => Ok(Some(identity.principal)),
    }
}

/// Reads which scheme, key, time and nonce a request claims.
fn claim<'a>(received: &'a Received, call: &Call) -> Result<Claim<'a>, Refusal> {
    let family = call.family;
    let incomplete = |what: &str| Refusal::incomplete_signature(family, what);
    let authorization = received.header("authorization").unwrap_or_default();
    let header = |name: &str| received.header(name).filter(|value| !value.is_empty());
    let acs_token = header("x-acs-security-token");
    let claimed = match call.operation.style {
        Style::Rpc | Style::Roa if authorization.starts_with(acs3::ALGORITHM) => {
            let parsed = acs3::parse_authorization(authorization)
                .ok_or_else(|| incomplete("the authorization is not whole"))?;
            Claim {
                access_key_id: parsed.access_key_id,
                token: acs_token,
                time: header("x-acs-date").and_then(iso_time),
                nonce: header("x-acs-signature-nonce"),
                scheme: Scheme::Acs3(parsed),
            }
        }
        Style::Rpc if received.parameter("Signature").is_some() => {
            let of = |name: &str| received.parameter(name).filter(|value| !value.is_empty());
            if of("SignatureMethod") != Some("HMAC-SHA1") || of("SignatureVersion") != Some("1.0") {
                return Err(incomplete("SignatureMethod HMAC-SHA1 and SignatureVersion 1.0 are needed"));
            }
            if of("Format").is_none_or(|format| !format.eq_ignore_ascii_case("json")) {
                return Err(Refusal::not_emulated(
                    "without Format=JSON several products answer XML, which the emulator does not write",
                ));
            }
            Claim {
                access_key_id: of("AccessKeyId").unwrap_or_default(),
                token: of("SecurityToken"),
                time: of("Timestamp").and_then(iso_time),
                nonce: of("SignatureNonce"),
                scheme: Scheme::Rpc1 {
                    signature: of("Signature").unwrap_or_default(),
                },
            }
        }
        Style::Roa if authorization.starts_with("acs ") => {
            let (access_key_id, signature) = id_and_signature(authorization, "acs ")
                .ok_or_else(|| incomplete("the authorization is not whole"))?;
            Claim {
                access_key_id,
                token: acs_token,
                time: header("date").and_then(http_time),
                nonce: header("x-acs-signature-nonce"),
                scheme: Scheme::Roa1 { signature },
            }
        }
        Style::Sls if authorization.starts_with("LOG ") => {
            let (access_key_id, signature) = id_and_signature(authorization, "LOG ")
                .ok_or_else(|| incomplete("the authorization is not whole"))?;
            Claim {
                access_key_id,
                token: acs_token,
                time: header("x-log-date").or(header("date")).and_then(http_time),
                nonce: None,
                scheme: Scheme::Sls1 { signature },
            }
        }
        Style::Sls if authorization.starts_with(sls4::ALGORITHM) => {
            let parsed = sls4::parse_authorization(sls4::ALGORITHM, authorization)
                .ok_or_else(|| incomplete("the authorization is not whole"))?;
            Claim {
                access_key_id: parsed.access_key_id,
                token: acs_token,
                time: header("x-log-date").and_then(compact_time),
                nonce: None,
                scheme: Scheme::Sls4(parsed),
            }
        }
        Style::Oss if authorization.starts_with(oss4::ALGORITHM) => {
            let parsed = sls4::parse_authorization(oss4::ALGORITHM, authorization)
                .ok_or_else(|| incomplete("the authorization is not whole"))?;
            Claim {
                access_key_id: parsed.access_key_id,
                token: header("x-oss-security-token"),
                time: header("x-oss-date").and_then(compact_time),
                nonce: None,
                scheme: Scheme::Oss4(parsed),
            }
        }
        _ => return Err(incomplete("no signature of a scheme that this product takes")),
    };
    if call.operation.style == Style::Sls && header("x-log-apiversion").is_none() {
        return Err(Refusal::new(
            400,
            "MissingAPIVersion",
            "x-log-apiversion does not exist in http header when it is required.",
        ));
    }
    Ok(claimed)
}

fn check_token(
    family: Family,
    claim: &Claim<'_>,
    identity: &Identity,
    now: DateTime<Utc>,
) -> Result<(), Refusal> {
    match (&identity.security_token, claim.token) {
        (None, None) => Ok(()),
        (Some(_), None) => Err(Refusal::missing_token(family)),
        (Some(own), Some(token)) if equal_in_constant_time(own, token) => {
            if identity.expires.is_some_and(|expires| expires <= now) {
                Err(Refusal::expired_token(family))
            } else {
                Ok(())
            }
        }
        (_, Some(_)) => Err(Refusal::wrong_token(family)),
    }
}

/// Holds the body against the digest that the headers claim.
fn check_content(received: &Received, family: Family, scheme: &Scheme<'_>) -> Result<(), Refusal> {
    let header = |name: &str| received.header(name).filter(|value| !value.is_empty());
    let md5 = || Md5::digest(&received.body);
    let fits = match scheme {
        Scheme::Acs3(_) => {
            header("x-acs-content-sha256") == Some(sha256_hex(&received.body).as_str())
        }
        Scheme::Sls4(_) => {
            header("x-log-content-sha256") == Some(sha256_hex(&received.body).as_str())
        }
        Scheme::Roa1 { .. } => {
            header("content-md5").is_none_or(|digest| digest == STANDARD.encode(md5()))
        }
        Scheme::Sls1 { .. } => {
            header("content-md5").is_none_or(|digest| digest == hex::encode_upper(md5()))
        }
        Scheme::Oss4(_) => header("x-oss-content-sha256") == Some("UNSIGNED-PAYLOAD"),
        Scheme::Rpc1 { .. } => true,
    };
    if fits {
        Ok(())
    } else {
        Err(Refusal::signature(family, None))
    }
}

/// Signs the request once more and compares.
fn verify(
    received: &Received,
    call: &Call,
    claim: &Claim<'_>,
    secret: &str,
) -> Result<(), Refusal> {
    let unsigned = Unsigned {
        method: &received.method,
        path: &received.path,
        query: &received.query,
        headers: &received.headers,
        body: &received.body,
    };
    let id = claim.access_key_id;
    let (given, computed): (&str, Vec<Signature>) = match &claim.scheme {
        Scheme::Acs3(parsed) => {
            let listed: Vec<&str> = parsed.signed_headers.split(';').collect();
            let must = |name: &str| {
                matches!(name, "host" | "content-type") || name.starts_with("x-acs-")
            };
            if let Some((name, _)) = received
                .headers
                .iter()
                .find(|(name, _)| must(name) && !listed.contains(&name.as_str()))
            {
                let what = format!("header {name} is not signed");
                return Err(Refusal::incomplete_signature(call.family, &what));
            }
            (parsed.signature, vec![acs3::resign(&unsigned, parsed, secret)])
        }
        Scheme::Rpc1 { signature } => {
            let mut parameters = received.query.clone();
            let form = received.form.iter();
            parameters.extend(form.map(|(name, value)| (name.clone(), Some(value.clone()))));
            (signature, vec![rpc1::sign(&received.method, &parameters, secret)])
        }
        Scheme::Roa1 { signature } => {
            // Official SDKs disagree on empty query values; the gateway takes both.
            let both = [roa1::EmptyValue::KeyOnly, roa1::EmptyValue::KeyEquals]
                .map(|empty| roa1::sign(&unsigned, empty, id, secret));
            (signature, both.to_vec())
        }
        Scheme::Sls1 { signature } => {
            let method = match received.header("x-log-signaturemethod") {
                Some("hmac-sha256") => sls1::Method::HmacSha256,
                _ => sls1::Method::HmacSha1,
            };
            // aliyun-log-python-sdk adds `x-log-date` after signing.
            let without: Vec<(String, String)> = received
                .headers
                .iter()
                .filter(|(name, _)| name != "x-log-date")
                .cloned()
                .collect();
            let unsigned_date = Unsigned {
                headers: &without,
                ..unsigned
            };
            let both = [unsigned_date, unsigned].map(|request| sls1::sign(&request, method, id, secret));
            (signature, both.to_vec())
        }
        Scheme::Sls4(parsed) => {
            let date = received.header("x-log-date").unwrap_or_default();
            let made = sls4::sign(&unsigned, &call.region, date, id, secret);
            (parsed.signature, vec![made])
        }
        Scheme::Oss4(parsed) => {
            let additional: Vec<String> = parsed
                .additional_headers
                .split(';')
                .filter(|name| !name.is_empty())
                .map(str::to_owned)
                .collect();
            let bucket = call.named.get("bucket").map(String::as_str);
            let path = percent_decode_str(received.path.trim_start_matches('/')).decode_utf8_lossy();
            let request = oss4::OssRequest {
                method: &received.method,
                bucket,
                key: Some(path.as_ref()).filter(|key| !key.is_empty()),
                query: &received.query,
                headers: &received.headers,
                additional_headers: &additional,
            };
            let date = received.header("x-oss-date").unwrap_or_default();
            let made = oss4::sign(&request, &call.region, date, id, secret);
            (parsed.signature, vec![made])
        }
    };
    if computed
        .iter()
        .any(|own| equal_in_constant_time(&own.signature, given))
    {
        return Ok(());
    }
    // Version 4 of SLS and OSS, and a region in the scope that is not the endpoint's, end here too.
    let own = computed.first().map(|own| {
        if own.canonical_request.is_empty() {
            own.string_to_sign.as_str()
        } else {
            own.canonical_request.as_str()
        }
    });
    Err(Refusal::signature(call.family, own))
}

fn id_and_signature<'a>(authorization: &'a str, prefix: &str) -> Option<(&'a str, &'a str)> {
    let (id, signature) = authorization.strip_prefix(prefix)?.split_once(':')?;
    (!id.is_empty() && !signature.is_empty()).then_some((id, signature))
}

/// `yyyy-MM-ddTHH:mm:ssZ`
fn iso_time(text: &str) -> Option<DateTime<Utc>> {
    at(text, "%Y-%m-%dT%H:%M:%SZ")
}

/// `yyyyMMddTHHmmssZ`
fn compact_time(text: &str) -> Option<DateTime<Utc>> {
    at(text, "%Y%m%dT%H%M%SZ")
}

/// RFC 1123
fn http_time(text: &str) -> Option<DateTime<Utc>> {
    at(text, "%a, %d %b %Y %H:%M:%S GMT")
}

fn at(text: &str, form: &str) -> Option<DateTime<Utc>> {
    NaiveDateTime::parse_from_str(text, form)
        .ok()
        .map(|time| time.and_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nonces_are_taken_once_and_forgotten_after_the_allowed_time() {
        let nonces = Nonces::default();
        let now = DateTime::UNIX_EPOCH;
        assert!(nonces.take("id", "n", now));
        assert!(!nonces.take("id", "n", now + TimeDelta::minutes(1)));
        assert!(nonces.take("other", "n", now));
        // One turn on it is still known; two turns on its time is long over.
        assert!(!nonces.take("id", "n", now + TimeDelta::minutes(31)));
        assert!(nonces.take("id", "m", now + TimeDelta::minutes(62)));
        assert!(nonces.take("id", "n", now + TimeDelta::minutes(93)));
    }

    #[test]
    fn times_are_read_as_each_scheme_writes_them() {
        let time = iso_time("2024-05-06T07:08:09Z");
        assert!(time.is_some());
        assert_eq!(time, compact_time("20240506T070809Z"));
        assert_eq!(time, http_time("Mon, 06 May 2024 07:08:09 GMT"));
        for text in ["", "2024-05-06", "2024-05-06T07:08:09+08:00"] {
            assert_eq!(iso_time(text), None);
        }
    }
}
