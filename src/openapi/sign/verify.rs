//! The server's side of signing: who says they signed a received request, and whether they did.
//!
//! The emulator uses it: [`Claim::read`] finds scheme and key id, the caller looks the secret up, [`Claim::verify`] signs the
//! request again with the very functions the client signs with. What is checked beyond the signature (clock, nonce, token)
//! is the caller's, who finds the values in the claim.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, NaiveDateTime, Utc};
use md5::{Digest, Md5};

use super::{
    Signature, Unsigned, acs3, encode, equal_in_constant_time, header, oss4, roa1, rpc1,
    sha256_hex, sls1, sls4,
};

/// A signature scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// `ACS3-HMAC-SHA256`, RPC and ROA.
    Acs3,
    /// RPC version 1.
    Rpc1,
    /// ROA version 1.
    Roa1,
    /// SLS version 1 with that digest.
    Sls1(sls1::Method),
    /// SLS version 4.
    Sls4,
    /// OSS version 4.
    Oss4,
}

/// Who a received request says it is from.
#[derive(Clone)]
pub struct Claim {
    /// The scheme.
    pub scheme: Scheme,
    /// Key id.
    pub access_key_id: String,
    /// Security token, as sent with a temporary credential.
    pub security_token: Option<String>,
    /// When it was signed; `None` when the date is missing or not in the scheme's format.
    pub signed_at: Option<DateTime<Utc>>,
    /// Nonce, in the schemes that have one.
    pub nonce: Option<String>,
    /// Region of the scope, in the schemes that have one.
    pub region: Option<String>,
    signature: String,
    authorization: String,
}

/// Why a request is not accepted as signed.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Nothing in the request says who signed it.
    #[error("the request is not signed")]
    NotSigned,
    /// A part of the signature is missing or unreadable.
    #[error("the signature is not complete: {0}")]
    Incomplete(&'static str),
    /// A header that has to be signed is not listed as signed.
    #[error("the header `{0}` is sent but not signed")]
    HeaderNotSigned(String),
    /// The body is not the one whose hash was sent.
    #[error("the body does not match `{0}`")]
    BodyChanged(&'static str),
    /// The signature is not the one of this request and secret.
    #[error("the signature does not match")]
    Mismatch {
        /// What this side signed. Holds the security token with RPC v1.
        string_to_sign: String,
    },
}

impl Claim {
    /// Reads who signed a received request. Query and headers are given as received, decoded.
    pub fn read(request: &Unsigned<'_>) -> Result<Self, Refused> {
        match header(request.headers, "authorization") {
            Some(value) => Self::read_header(request, value.trim()),
            None => Self::read_parameters(request),
        }
    }

    fn read_header(request: &Unsigned<'_>, authorization: &str) -> Result<Self, Refused> {
        let sent = |name: &str| header(request.headers, name).map(|value| value.trim().to_owned());
        let claim = |scheme, access_key_id: &str, signature: &str| Self {
            scheme,
            access_key_id: access_key_id.to_owned(),
            security_token: sent("x-acs-security-token"),
            signed_at: None,
            nonce: None,
            region: None,
            signature: signature.to_owned(),
            authorization: authorization.to_owned(),
        };
        let unreadable = Refused::Incomplete("Authorization");
        if authorization.starts_with(acs3::ALGORITHM) {
            let parts = acs3::parse_authorization(authorization).ok_or(unreadable)?;
            Ok(Self {
                signed_at: sent("x-acs-date").as_deref().and_then(iso_date),
                nonce: sent("x-acs-signature-nonce"),
                ..claim(Scheme::Acs3, parts.access_key_id, parts.signature)
            })
        } else if authorization.starts_with(sls4::ALGORITHM) {
            let parts =
                sls4::parse_authorization(sls4::ALGORITHM, authorization).ok_or(unreadable)?;
            Ok(Self {
                signed_at: sent("x-log-date").as_deref().and_then(basic_date),
                region: Some(parts.region.to_owned()),
                ..claim(Scheme::Sls4, parts.access_key_id, parts.signature)
            })
        } else if authorization.starts_with(oss4::ALGORITHM) {
            let parts =
                sls4::parse_authorization(oss4::ALGORITHM, authorization).ok_or(unreadable)?;
            Ok(Self {
                security_token: sent("x-oss-security-token"),
                signed_at: sent("x-oss-date").as_deref().and_then(basic_date),
                region: Some(parts.region.to_owned()),
                ..claim(Scheme::Oss4, parts.access_key_id, parts.signature)
            })
        } else if let Some(pair) = authorization.strip_prefix("LOG ") {
            let (id, signature) = pair.split_once(':').ok_or(unreadable)?;
            let method = match sent("x-log-signaturemethod").as_deref() {
                Some("hmac-sha1") => sls1::Method::HmacSha1,
                Some("hmac-sha256") => sls1::Method::HmacSha256,
                _ => return Err(Refused::Incomplete("x-log-signaturemethod")),
            };
            Ok(Self {
                signed_at: sent("date").as_deref().and_then(http_date),
                ..claim(Scheme::Sls1(method), id, signature)
            })
        } else if let Some(pair) = authorization.strip_prefix("acs ") {
            let (id, signature) = pair.split_once(':').ok_or(unreadable)?;
            Ok(Self {
                signed_at: sent("date").as_deref().and_then(http_date),
                nonce: sent("x-acs-signature-nonce"),
                ..claim(Scheme::Roa1, id, signature)
            })
        } else {
            Err(unreadable)
        }
    }

    fn read_parameters(request: &Unsigned<'_>) -> Result<Self, Refused> {
        let parameters = rpc_parameters(request);
        let get = |wanted: &str| {
            parameters
                .iter()
                .find(|(key, _)| key == wanted)
                .and_then(|(_, value)| value.clone())
        };
        let (id, signature) = match (get("AccessKeyId"), get("Signature")) {
            (Some(id), Some(signature)) => (id, signature),
            (None, None) => return Err(Refused::NotSigned),
            (None, _) => return Err(Refused::Incomplete("AccessKeyId")),
            (_, None) => return Err(Refused::Incomplete("Signature")),
        };
        if get("SignatureMethod").as_deref() != Some("HMAC-SHA1") {
            return Err(Refused::Incomplete("SignatureMethod"));
        }
        if get("SignatureVersion").as_deref() != Some("1.0") {
            return Err(Refused::Incomplete("SignatureVersion"));
        }
        Ok(Self {
            scheme: Scheme::Rpc1,
            access_key_id: id,
            security_token: get("SecurityToken"),
            signed_at: get("Timestamp").as_deref().and_then(iso_date),
            nonce: get("SignatureNonce"),
            region: None,
            signature,
            authorization: String::new(),
        })
    }

    /// Signs the received request again with the secret of the claimed key, and compares in constant time.
    pub fn verify(&self, request: &Unsigned<'_>, secret: &str) -> Result<(), Refused> {
        let mut expected = match self.scheme {
            Scheme::Acs3 => vec![self.acs3(request, secret)?],
            Scheme::Rpc1 => vec![rpc1::sign(request.method, &rpc_parameters(request), secret)],
            Scheme::Roa1 => {
                check_md5(request, |hash| STANDARD.encode(hash))?;
                // Official clients differ in how they sign an empty query value; the server takes both.
                [roa1::EmptyValue::KeyEquals, roa1::EmptyValue::KeyOnly]
                    .map(|empty| roa1::sign(request, empty, &self.access_key_id, secret))
                    .to_vec()
            }
            Scheme::Sls1(method) => {
                if !request.body.is_empty() && sent_md5(request).is_none() {
                    return Err(Refused::Incomplete("Content-MD5"));
                }
                check_md5(request, hex::encode_upper)?;
                vec![sls1::sign(request, method, &self.access_key_id, secret)]
            }
            Scheme::Sls4 => vec![self.sls4(request, secret)?],
            Scheme::Oss4 => vec![self.oss4(request, secret)?],
        };
        if expected
            .iter()
            .any(|ours| equal_in_constant_time(&ours.signature, &self.signature))
        {
            return Ok(());
        }
        Err(Refused::Mismatch {
            string_to_sign: expected.swap_remove(0).string_to_sign,
        })
    }

    fn acs3(&self, request: &Unsigned<'_>, secret: &str) -> Result<Signature, Refused> {
        let parts = acs3::parse_authorization(&self.authorization)
            .ok_or(Refused::Incomplete("Authorization"))?;
        let listed: Vec<&str> = parts.signed_headers.split(';').collect();
        for (name, _) in request.headers {
            let name = name.to_ascii_lowercase();
            let has_to_be_signed = name == "host" || name.starts_with("x-acs-");
            if has_to_be_signed && !listed.contains(&name.as_str()) {
                return Err(Refused::HeaderNotSigned(name));
            }
        }
        check_sha256(request, "x-acs-content-sha256")?;
        Ok(acs3::resign(request, &parts, secret))
    }

    fn sls4(&self, request: &Unsigned<'_>, secret: &str) -> Result<Signature, Refused> {
        let date =
            header(request.headers, "x-log-date").ok_or(Refused::Incomplete("x-log-date"))?;
        check_sha256(request, "x-log-content-sha256")?;
        let region = self.region.as_deref().unwrap_or_default();
        let ours = sls4::sign(request, region, date, &self.access_key_id, secret);
        self.same_scope(ours)
    }

    fn oss4(&self, request: &Unsigned<'_>, secret: &str) -> Result<Signature, Refused> {
        let date =
            header(request.headers, "x-oss-date").ok_or(Refused::Incomplete("x-oss-date"))?;
        let parts = sls4::parse_authorization(oss4::ALGORITHM, &self.authorization)
            .ok_or(Refused::Incomplete("Authorization"))?;
        let additional: Vec<String> = parts
            .additional_headers
            .split(';')
            .filter(|name| !name.is_empty())
            .map(str::to_owned)
            .collect();
        let host = header(request.headers, "host").unwrap_or_default();
        let (bucket, key) = bucket_and_key(host, request.path);
        let oss = oss4::OssRequest {
            method: request.method,
            bucket: bucket.as_deref(),
            key: key.as_deref(),
            query: request.query,
            headers: request.headers,
            additional_headers: &additional,
        };
        let ours = oss4::sign(&oss, parts.region, date, &self.access_key_id, secret);
        self.same_scope(ours)
    }

    /// The scope itself is not in the signed headers: day, region and product have to be the ones that were signed.
    fn same_scope(&self, ours: Signature) -> Result<Signature, Refused> {
        let credential = |authorization: &str| {
            authorization
                .split_once("Credential=")
                .and_then(|(_, rest)| rest.split(',').next())
                .map(|text| text.trim().to_owned())
        };
        if credential(&ours.authorization) == credential(&self.authorization) {
            Ok(ours)
        } else {
            Err(Refused::Mismatch {
                string_to_sign: ours.string_to_sign,
            })
        }
    }
}

impl std::fmt::Debug for Claim {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Claim")
            .field("scheme", &self.scheme)
            .field("access_key_id", &self.access_key_id)
            .field("is_temporary", &self.security_token.is_some())
            .field("signed_at", &self.signed_at)
            .finish_non_exhaustive()
    }
}

/// The parameters of an RPC call: those of the query and those of a form body.
pub fn rpc_parameters(request: &Unsigned<'_>) -> Vec<(String, Option<String>)> {
    let mut parameters = request.query.to_vec();
    let is_form = header(request.headers, "content-type").is_some_and(|kind| {
        kind.trim()
            .to_ascii_lowercase()
            .starts_with("application/x-www-form-urlencoded")
    });
    if is_form {
        parameters.extend(encode::parse_query(&String::from_utf8_lossy(request.body)));
    }
    parameters
}

/// Bucket and object key of an OSS request: the bucket is a label of the host, or the first segment of the path.
fn bucket_and_key(host: &str, path: &str) -> (Option<String>, Option<String>) {
    let is_service = |host: &str| host.starts_with("oss-") || host.starts_with("oss.");
    let path = encode::decode(path.trim_start_matches('/'));
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    match host.split_once('.') {
        Some((bucket, rest)) if is_service(rest) => (Some(bucket.to_owned()), some(&path)),
        _ => match path.split_once('/') {
            Some((bucket, key)) => (some(bucket), some(key)),
            None => (some(&path), None),
        },
    }
}

fn check_sha256(request: &Unsigned<'_>, name: &'static str) -> Result<(), Refused> {
    match header(request.headers, name) {
        None => Err(Refused::Incomplete(name)),
        Some(sent) if sent.trim() == sha256_hex(request.body) => Ok(()),
        Some(_) => Err(Refused::BodyChanged(name)),
    }
}

/// `Content-MD5`; without a body, gateway-sls 0.4.2 sends it empty.
fn sent_md5<'a>(request: &Unsigned<'a>) -> Option<&'a str> {
    header(request.headers, "content-md5")
        .map(str::trim)
        .filter(|sent| !sent.is_empty())
}

fn check_md5(request: &Unsigned<'_>, write: impl Fn(Vec<u8>) -> String) -> Result<(), Refused> {
    match sent_md5(request) {
        Some(sent) if sent != write(Md5::digest(request.body).to_vec()) => {
            Err(Refused::BodyChanged("Content-MD5"))
        }
        _ => Ok(()),
    }
}

fn iso_date(text: &str) -> Option<DateTime<Utc>> {
    let date = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%SZ").ok()?;
    Some(date.and_utc())
}

fn basic_date(text: &str) -> Option<DateTime<Utc>> {
    let date = NaiveDateTime::parse_from_str(text, "%Y%m%dT%H%M%SZ").ok()?;
    Some(date.and_utc())
}

fn http_date(text: &str) -> Option<DateTime<Utc>> {
    let date = DateTime::parse_from_rfc2822(text).ok()?;
    Some(date.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ISO: &str = "2024-05-06T07:08:09Z";

    fn headers(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    fn signed_acs3(body: &[u8]) -> Vec<(String, String)> {
        let mut headers = headers(&[
            ("host", "ecs.cn-hangzhou.aliyuncs.com"),
            ("x-acs-action", "DescribeDisks"),
            ("x-acs-version", "2014-05-26"),
            ("x-acs-date", ISO),
            ("x-acs-signature-nonce", "n1"),
            ("x-acs-content-sha256", &sha256_hex(body)),
            ("x-acs-security-token", "token"),
        ]);
        let request = unsigned(&headers, body);
        let authorization = acs3::sign(&request, "STS.id", "secret").authorization;
        headers.push(("Authorization".into(), authorization));
        headers
    }

    fn unsigned<'a>(headers: &'a [(String, String)], body: &'a [u8]) -> Unsigned<'a> {
        Unsigned {
            method: "POST",
            path: "/",
            query: &[],
            headers,
            body,
        }
    }

    #[test]
    fn a_claim_names_key_token_date_and_nonce() {
        let headers = signed_acs3(b"{}");
        let request = unsigned(&headers, b"{}");
        let claim = Claim::read(&request).unwrap();
        assert_eq!(claim.scheme, Scheme::Acs3);
        assert_eq!(claim.access_key_id, "STS.id");
        assert_eq!(claim.security_token.as_deref(), Some("token"));
        assert_eq!(claim.signed_at, iso_date(ISO));
        assert_eq!(claim.nonce.as_deref(), Some("n1"));
        assert_eq!(claim.verify(&request, "secret"), Ok(()));
        assert!(!format!("{claim:?}").contains("\"token\""));
    }

    #[test]
    fn tampering_and_a_wrong_secret_are_noticed() {
        let original = signed_acs3(b"{}");
        let request = unsigned(&original, b"{}");
        let claim = Claim::read(&request).unwrap();
        assert!(matches!(
            claim.verify(&request, "Secret"),
            Err(Refused::Mismatch { .. })
        ));
        assert_eq!(
            claim.verify(&unsigned(&original, b"{ }"), "secret"),
            Err(Refused::BodyChanged("x-acs-content-sha256"))
        );
        let mut action = original.clone();
        action[1].1 = "DeleteDisk".into();
        assert!(matches!(
            claim.verify(&unsigned(&action, b"{}"), "secret"),
            Err(Refused::Mismatch { .. })
        ));
        let mut added = original.clone();
        added.push(("X-Acs-Extra".into(), "1".into()));
        assert_eq!(
            claim.verify(&unsigned(&added, b"{}"), "secret"),
            Err(Refused::HeaderNotSigned("x-acs-extra".into()))
        );
        let query = [("DiskIds".to_owned(), Some("[]".to_owned()))];
        let with_query = Unsigned {
            query: &query,
            ..request
        };
        assert!(matches!(
            claim.verify(&with_query, "secret"),
            Err(Refused::Mismatch { .. })
        ));
        let other_path = Unsigned {
            path: "/clusters",
            ..request
        };
        assert!(matches!(
            claim.verify(&other_path, "secret"),
            Err(Refused::Mismatch { .. })
        ));
    }

    #[test]
    fn nobody_signs_without_saying_so() {
        let host = headers(&[("host", "ecs.aliyuncs.com")]);
        assert_eq!(
            Claim::read(&unsigned(&host, b"")).unwrap_err(),
            Refused::NotSigned
        );
        for value in [
            "ACS3-HMAC-SHA256 Credential=a,Signature=b",
            "ACS3-HMAC-SHA256",
            "acs only-an-id",
            "Bearer x",
            "SLS4-HMAC-SHA256 Credential=a,Signature=b",
        ] {
            let headers = headers(&[("host", "ecs.aliyuncs.com"), ("authorization", value)]);
            assert_eq!(
                Claim::read(&unsigned(&headers, b"")).unwrap_err(),
                Refused::Incomplete("Authorization"),
                "{value}"
            );
        }
    }

    #[test]
    fn rpc_parameters_of_a_form_are_part_of_the_signature() {
        let parameter = |key: &str, value: &str| (key.to_owned(), Some(value.to_owned()));
        let query = vec![
            parameter("AccessKeyId", "id"),
            parameter("SignatureMethod", "HMAC-SHA1"),
            parameter("SignatureVersion", "1.0"),
        ];
        let mut all = query.clone();
        all.push(parameter("Name", "a b"));
        let mut sent = query;
        sent.push(parameter(
            "Signature",
            &rpc1::sign("POST", &all, "secret").signature,
        ));
        let headers = headers(&[("content-type", "application/x-www-form-urlencoded")]);
        let mut request = unsigned(&headers, b"Name=a+b");
        request.query = &sent;
        let claim = Claim::read(&request).unwrap();
        assert_eq!(claim.verify(&request, "secret"), Ok(()));
        request.body = b"Name=a+c";
        assert!(matches!(
            claim.verify(&request, "secret"),
            Err(Refused::Mismatch { .. })
        ));
    }

    #[test]
    fn a_bucket_is_found_in_host_or_path() {
        let found = |host, path| {
            let (bucket, key) = bucket_and_key(host, path);
            (bucket.unwrap_or_default(), key.unwrap_or_default())
        };
        let service = "oss-cn-hangzhou.aliyuncs.com";
        let bucket = "b.oss-cn-hangzhou.aliyuncs.com";
        assert_eq!(found(service, "/"), (String::new(), String::new()));
        assert_eq!(found(bucket, "/"), ("b".into(), String::new()));
        assert_eq!(found(bucket, "/x%20y/z"), ("b".into(), "x y/z".into()));
        assert_eq!(found(service, "/b/k"), ("b".into(), "k".into()));
    }
}
