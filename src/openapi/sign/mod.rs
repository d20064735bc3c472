//! The signature schemes of Alibaba Cloud, one file each.
//!
//! Pure functions: date, nonce and key come in, every intermediate step comes out. The client signs with them and the
//! emulator verifies with them; both are pinned by vectors that the official SDKs produced (`tests/vectors.rs`).

pub mod acs3;
pub mod encode;
pub mod oss4;
pub mod roa1;
pub mod rpc1;
pub mod sls1;
pub mod sls4;

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256};

/// SHA-256 of no bytes, in lower-case hex.
pub const EMPTY_SHA256: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// What is signed: a request before it has an `Authorization`.
#[derive(Clone, Copy, Debug)]
pub struct Unsigned<'a> {
    /// Method in capitals.
    pub method: &'a str,
    /// Path as on the wire (already percent-encoded where it needs to be).
    pub path: &'a str,
    /// Query, decoded; `None` stands for a parameter without value.
    pub query: &'a [(String, Option<String>)],
    /// Headers, `host` among them; names in any case.
    pub headers: &'a [(String, String)],
    /// Body.
    pub body: &'a [u8],
}

/// A signature with every step that led to it. Schemes without a canonical request leave it empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Signature {
    /// The canonical request.
    pub canonical_request: String,
    /// Names of the signed headers, joined with `;`.
    pub signed_headers: String,
    /// What the key was applied to. Contains the security token with RPC v1: never log it.
    pub string_to_sign: String,
    /// The signature.
    pub signature: String,
    /// Value of the `Authorization` header; empty for RPC v1, which signs in the query.
    pub authorization: String,
}

/// Lower-case hex of SHA-256.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

fn hmac_sha256(key: &[u8], text: &[u8]) -> Vec<u8> {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(text);
    mac.finalize().into_bytes().to_vec()
}

fn hmac_sha1(key: &[u8], text: &[u8]) -> Vec<u8> {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
    let mut mac = Hmac::<Sha1>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(text);
    mac.finalize().into_bytes().to_vec()
}

/// Whether two signatures are equal, in a time that does not depend on where they differ.
pub fn equal_in_constant_time(a: &str, b: &str) -> bool {
    a.len() == b.len()
        && a.bytes()
            .zip(b.bytes())
            .fold(0, |difference, (x, y)| difference | (x ^ y))
            == 0
}

/// Headers under lower-case names, values trimmed, sorted by name, those that `keep` wants.
fn selected_headers(
    headers: &[(String, String)],
    keep: impl Fn(&str) -> bool,
) -> Vec<(String, &str)> {
    let mut selected: Vec<(String, &str)> = headers
        .iter()
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim()))
        .filter(|(name, _)| keep(name))
        .collect();
    selected.sort();
    selected
}

/// `name:value` and a line feed for each.
fn header_lines(headers: &[(String, &str)]) -> String {
    headers
        .iter()
        .fold(String::new(), |mut lines, (name, value)| {
            for part in [
                name.as_str(),
                ":",
                value,
                "
",
            ] {
                lines.push_str(part);
            }
            lines
        })
}

fn header_names(headers: &[(String, &str)]) -> String {
    let names: Vec<&str> = headers.iter().map(|(name, _)| name.as_str()).collect();
    names.join(";")
}

fn sorted_query(query: &[(String, Option<String>)]) -> Vec<(&str, Option<&str>)> {
    let mut sorted: Vec<(&str, Option<&str>)> = query
        .iter()
        .map(|(key, value)| (key.as_str(), value.as_deref()))
        .collect();
    sorted.sort_unstable();
    sorted
}

/// The first header of that name, in any case.
fn header<'h>(headers: &'h [(String, String)], name: &str) -> Option<&'h str> {
    headers
        .iter()
        .find(|(candidate, _)| candidate.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constant_time_comparison_compares() {
        assert!(equal_in_constant_time("abc", "abc"));
        assert!(!equal_in_constant_time("abc", "abd"));
        assert!(!equal_in_constant_time("abc", "abcd"));
        assert_eq!(sha256_hex(b""), EMPTY_SHA256);
    }
}
