//! Signatures against vectors that the official SDKs produced (sources inside the file), step by step.
//!
//! `YUNSWEEP_VECTORS=FILE` adds a file of the same format.

#![expect(clippy::expect_used, reason = "a test stops where its data is broken")]

use std::collections::BTreeMap;

use base64::Engine;
use serde_json::Value;
use yunsweep::openapi::sign::verify::Claim;
use yunsweep::openapi::sign::{Signature, Unsigned, acs3, oss4, roa1, rpc1, sls1, sls4};

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_default()
}

/// Some vectors write numbers as JSON numbers.
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn pairs(value: &Value) -> Vec<(String, Option<String>)> {
    value
        .as_object()
        .map(|object| object.iter().map(|(k, v)| (k.clone(), scalar(v))).collect())
        .unwrap_or_default()
}

fn headers(value: &Value) -> Vec<(String, String)> {
    value
        .as_object()
        .expect("headers")
        .iter()
        .map(|(name, value)| (name.clone(), value.as_str().expect("text").to_owned()))
        .collect()
}

fn body(input: &Value) -> Vec<u8> {
    match (&input["body"], &input["body_base64"]) {
        (Value::String(text), _) => text.clone().into_bytes(),
        (_, Value::String(coded)) => base64::engine::general_purpose::STANDARD
            .decode(coded)
            .expect("Base64"),
        _ => Vec::new(),
    }
}

fn sign(vector: &Value) -> Result<Signature, String> {
    let input = &vector["input"];
    let (id, secret) = (
        text(input, "access_key_id"),
        text(input, "access_key_secret"),
    );
    let body = body(input);
    let scheme = text(vector, "scheme");
    if scheme == "rpc-v1" {
        return Ok(rpc1::sign(
            text(input, "method"),
            &pairs(&input["signed_params"]),
            secret,
        ));
    }
    let headers = headers(&input["headers"]);
    let query = pairs(if input["query"].is_object() {
        &input["query"]
    } else {
        &input["params"]
    });
    let path = if input["path"].is_string() {
        text(input, "path")
    } else {
        text(input, "resource")
    };
    let request = Unsigned {
        method: text(input, "method"),
        path,
        query: &query,
        headers: &headers,
        body: &body,
    };
    Ok(match scheme {
        "acs3-rpc" | "acs3-roa" if text(&vector["source"], "entry").contains("(all headers") => {
            acs3::sign_headers(&request, |_| true, id, secret)
        }
        "acs3-rpc" | "acs3-roa" => acs3::sign(&request, id, secret),
        "roa-v1" => {
            let is_core = text(&vector["source"], "package").starts_with("aliyun-python-sdk-core");
            let empty = if is_core {
                roa1::EmptyValue::KeyEquals
            } else {
                roa1::EmptyValue::KeyOnly
            };
            roa1::sign(&request, empty, id, secret)
        }
        "sls-v1" => sls1::sign(&request, sls1::Method::HmacSha1, id, secret),
        "sls-v1-sha256" => sls1::sign(&request, sls1::Method::HmacSha256, id, secret),
        "sls-v4" => sls4::sign(
            &request,
            text(input, "region"),
            text(input, "date"),
            id,
            secret,
        ),
        "oss-v4" => {
            let additional: Vec<String> = input["additional_headers"]
                .as_array()
                .map(|names| {
                    names
                        .iter()
                        .filter_map(|name| name.as_str().map(str::to_owned))
                        .collect()
                })
                .unwrap_or_default();
            let request = oss4::OssRequest {
                method: text(input, "method"),
                bucket: input["bucket"].as_str(),
                key: input["key"].as_str(),
                query: &query,
                headers: &headers,
                additional_headers: &additional,
            };
            oss4::sign(
                &request,
                text(input, "region"),
                text(input, "date"),
                id,
                secret,
            )
        }
        other => return Err(format!("unknown scheme {other}")),
    })
}

/// The steps in which a vector and our signature differ.
fn differences(vector: &Value) -> Vec<String> {
    let ours = match sign(vector) {
        Ok(ours) => ours,
        Err(problem) => return vec![problem],
    };
    let hashed = |text: &str| yunsweep::openapi::sign::sha256_hex(text.as_bytes());
    let steps = [
        ("canonical_request", ours.canonical_request.clone()),
        ("hashed_canonical_request", hashed(&ours.canonical_request)),
        ("signed_headers", ours.signed_headers.clone()),
        ("string_to_sign", ours.string_to_sign.clone()),
        ("signature", ours.signature.clone()),
        ("authorization", ours.authorization.clone()),
        (
            "hashed_payload",
            yunsweep::openapi::sign::sha256_hex(&body(&vector["input"])),
        ),
    ];
    let expected = &vector["expect"];
    assert!(
        expected["signature"].is_string(),
        "{}: a vector without signature proves nothing",
        vector["id"]
    );
    steps
        .iter()
        .filter(|(step, ours)| {
            expected[*step]
                .as_str()
                .is_some_and(|theirs| theirs != ours)
        })
        .map(|(step, ours)| {
            format!(
                "{} {step}:\n  official {}\n  ours     {ours:?}",
                vector["id"], expected[*step]
            )
        })
        .collect()
}

fn check(file: &str, document: &Value) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    let mut wrong = Vec::new();
    for part in ["vectors", "published"] {
        for vector in document[part].as_array().into_iter().flatten() {
            wrong.extend(differences(vector));
            *counts.entry(text(vector, "scheme").to_owned()).or_default() += 1;
        }
    }
    assert!(wrong.is_empty(), "{file}:\n{}", wrong.join("\n"));
    counts
}

#[test]
fn vectors_of_the_official_sdks() {
    let document: Value = serde_json::from_str(include_str!("vectors/vectors.json")).expect("JSON");
    let counts = check("vectors.json", &document);
    println!("vectors per scheme: {counts:?}");
    for scheme in [
        "rpc-v1",
        "roa-v1",
        "acs3-rpc",
        "acs3-roa",
        "sls-v1",
        "sls-v1-sha256",
        "sls-v4",
        "oss-v4",
    ] {
        assert!(
            counts.get(scheme).is_some_and(|count| *count > 0),
            "no vector of {scheme}"
        );
    }
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "a switch of this test, which has no Context"
)]
fn vectors_from_the_environment() {
    let Some(path) = std::env::var_os("YUNSWEEP_VECTORS") else {
        return;
    };
    let file = std::fs::read_to_string(&path).expect("the file named by YUNSWEEP_VECTORS");
    let document: Value = serde_json::from_str(&file).expect("JSON");
    let counts = check(&path.to_string_lossy(), &document);
    assert!(!counts.is_empty(), "the file has no vectors");
    println!("vectors per scheme: {counts:?}");
}

#[test]
fn vectors_notice_a_changed_byte() {
    let document: Value = serde_json::from_str(include_str!("vectors/vectors.json")).expect("JSON");
    for vector in document["vectors"].as_array().expect("vectors") {
        let mut changed = vector.clone();
        changed["input"]["access_key_secret"] = "another".into();
        assert!(!differences(&changed).is_empty(), "{}", vector["id"]);
    }
}

/// A vector as a server receives it: the signature in `Authorization`, or in the query for RPC v1.
struct Received {
    path: String,
    query: Vec<(String, Option<String>)>,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

fn received(vector: &Value) -> Received {
    let input = &vector["input"];
    let signed = sign(vector).expect("a known scheme");
    if text(vector, "scheme") == "rpc-v1" {
        let mut query = pairs(&input["signed_params"]);
        query.push(("Signature".into(), Some(signed.signature)));
        return Received {
            path: "/".into(),
            query,
            headers: Vec::new(),
            body: Vec::new(),
        };
    }
    let mut headers = headers(&input["headers"]);
    headers.push(("Authorization".into(), signed.authorization));
    let part =
        |names: [&'static str; 2]| names.into_iter().find(move |name| !input[*name].is_null());
    let mut path = part(["path", "resource"])
        .map(|name| text(input, name).to_owned())
        .unwrap_or_default();
    if text(vector, "scheme") == "oss-v4" {
        let (host, rest) = text(input, "url")
            .trim_start_matches("https://")
            .split_once('/')
            .expect("a URL with a path");
        if !headers.iter().any(|(name, _)| name == "host") {
            headers.push(("host".into(), host.to_owned()));
        }
        path = format!("/{}", rest.split('?').next().unwrap_or_default());
    }
    Received {
        path,
        query: part(["query", "params"])
            .map(|name| pairs(&input[name]))
            .unwrap_or_default(),
        headers,
        body: body(input),
    }
}

#[test]
fn vectors_are_accepted_by_the_verifying_side_and_only_with_their_secret() {
    let document: Value = serde_json::from_str(include_str!("vectors/vectors.json")).expect("JSON");
    for vector in document["vectors"].as_array().expect("vectors") {
        let input = &vector["input"];
        let received = received(vector);
        let request = Unsigned {
            method: text(input, "method"),
            path: &received.path,
            query: &received.query,
            headers: &received.headers,
            body: &received.body,
        };
        let claim =
            Claim::read(&request).unwrap_or_else(|refused| panic!("{}: {refused}", vector["id"]));
        assert_eq!(claim.access_key_id, text(input, "access_key_id"));
        assert_eq!(
            claim.verify(&request, text(input, "access_key_secret")),
            Ok(()),
            "{}",
            vector["id"]
        );
        assert!(
            claim.verify(&request, "another").is_err(),
            "{}: accepted with another secret",
            vector["id"]
        );
    }
}
