//! Signatures: every scheme is taken, and nothing else.

use super::*;
use crate::openapi::sign::{oss4, roa1, rpc1, sls1, sls4};

const HERE: (&str, &str) = ("RegionId", "cn-hangzhou");

#[tokio::test]
async fn a_request_that_is_not_what_was_signed_is_refused() {
    let running = start(&[]).await;
    let keys = running.keys();
    let call = |headers: Pairs<'_>| signed(keys, "DescribeDisks", &[HERE], headers);
    let wrong = Keys {
        access_key_secret: "another".to_owned(),
        ..keys.clone()
    };
    let request = signed(&wrong, "DescribeDisks", &[HERE], &[]);
    assert_eq!(
        outcome(&running, request).await,
        code(400, "SignatureDoesNotMatch")
    );
    let unknown = Keys {
        access_key_id: "nobody".to_owned(),
        ..keys.clone()
    };
    let request = signed(&unknown, "DescribeDisks", &[HERE], &[]);
    assert_eq!(
        outcome(&running, request).await,
        code(404, "InvalidAccessKeyId.NotFound")
    );
    // The query, a header and the body are changed after signing.
    let mut request = call(&[]);
    request.target.push_str("&PageSize=50");
    assert_eq!(
        outcome(&running, request).await,
        code(400, "SignatureDoesNotMatch")
    );
    let mut request = call(&[]);
    for (name, value) in &mut request.headers {
        if name == "x-acs-action" {
            *value = "DescribeSnapshots".to_owned();
        }
    }
    assert_eq!(
        outcome(&running, request).await,
        code(400, "SignatureDoesNotMatch")
    );
    let mut request = call(&[]);
    request.body = b"PageSize=50".to_vec();
    assert_eq!(
        outcome(&running, request).await,
        code(400, "SignatureDoesNotMatch")
    );
    // Another host than the signed one, as behind a proxy that rewrites it.
    let mut request = call(&[]);
    request.host = "ecs-vpc.cn-hangzhou.aliyuncs.com".to_owned();
    assert_eq!(
        outcome(&running, request).await,
        code(400, "SignatureDoesNotMatch")
    );
    let mut request = call(&[]);
    request
        .headers
        .push(("x-acs-extra".to_owned(), "1".to_owned()));
    assert_eq!(
        outcome(&running, request).await,
        code(400, "IncompleteSignature")
    );
    let mut request = call(&[]);
    request.headers.retain(|(name, _)| name != "authorization");
    assert_eq!(
        outcome(&running, request).await,
        code(400, "IncompleteSignature")
    );
    // After all that the nonce is still unused; a second time it is not.
    assert_eq!(outcome(&running, call(&[])).await, code(200, ""));
    assert_eq!(
        outcome(&running, call(&[])).await,
        code(400, "SignatureNonceUsed")
    );
}

#[tokio::test]
async fn the_signed_time_is_held_against_the_real_clock() {
    let running = start(&[]).await;
    for (date, expected) in [
        ("2026-11-25T11:45:00Z", code(200, "")),
        ("2026-11-25T12:15:00Z", code(200, "")),
        (
            "2026-11-25T11:44:59Z",
            code(400, "InvalidTimeStamp.Expired"),
        ),
        (
            "2026-11-25T12:15:01Z",
            code(400, "InvalidTimeStamp.Expired"),
        ),
        // The time of the scenario's world.
        (
            "2026-02-14T02:00:00Z",
            code(400, "InvalidTimeStamp.Expired"),
        ),
        ("yesterday", code(400, "InvalidTimeStamp.Format")),
    ] {
        let headers = [("x-acs-date", date), ("x-acs-signature-nonce", date)];
        let request = signed(running.keys(), "DescribeDisks", &[HERE], &headers);
        assert_eq!(outcome(&running, request).await, expected, "{date}");
    }
}

#[tokio::test]
async fn a_temporary_key_is_never_taken_without_its_token() {
    let running = start(&[]).await;
    let request = signed(
        running.keys(),
        "DescribeDisks",
        &[HERE],
        &[("x-acs-security-token", "surplus")],
    );
    let refused = outcome(&running, request).await;
    assert_eq!(
        refused,
        code(400, "InvalidSecurityToken.MismatchWithAccessKey")
    );
}

fn query(pairs: Pairs<'_>) -> Vec<(String, Option<String>)> {
    owned(pairs)
        .into_iter()
        .map(|(name, value)| (name, Some(value)))
        .collect()
}

/// A request with these headers and the authorization that `sign` makes of it.
fn finished(
    host: &str,
    path: &str,
    query: &[(String, Option<String>)],
    headers: Pairs<'_>,
    sign: impl Fn(&Unsigned<'_>) -> String,
) -> HttpRequest {
    let mut headers = owned(headers);
    headers.push(("host".to_owned(), host.to_owned()));
    let unsigned = Unsigned {
        method: "GET",
        path,
        query,
        headers: &headers,
        body: b"",
    };
    let authorization = sign(&unsigned);
    headers.push(("authorization".to_owned(), authorization));
    headers.retain(|(name, _)| name != "host");
    let target = format!("{path}?{}", query_string(query));
    let mut request = HttpRequest::new("GET", "https", host, target.trim_end_matches('?'));
    request.headers = headers;
    request
}

#[tokio::test]
async fn rpc_version_one_signs_in_the_query() {
    let running = start(&[]).await;
    let keys = running.keys();
    let call = |nonce: &str, secret: &str| {
        let mut query = query(&[
            ("Action", "DescribeVpcs"),
            ("Version", "2016-04-28"),
            HERE,
            ("AccessKeyId", &keys.access_key_id),
            ("Format", "JSON"),
            ("SignatureMethod", "HMAC-SHA1"),
            ("SignatureVersion", "1.0"),
            ("SignatureNonce", nonce),
            ("Timestamp", NOW),
        ]);
        let signature = rpc1::sign("GET", &query, secret).signature;
        query.push(("Signature".to_owned(), Some(signature)));
        let target = format!("/?{}", query_string(&query));
        HttpRequest::new("GET", "https", "vpc.aliyuncs.com", target)
    };
    let good = call("1", &keys.access_key_secret);
    assert_eq!(outcome(&running, good.clone()).await, code(200, ""));
    assert_eq!(
        outcome(&running, good).await,
        code(400, "SignatureNonceUsed")
    );
    let wrong = call("2", "another");
    assert_eq!(
        outcome(&running, wrong).await,
        code(400, "SignatureDoesNotMatch")
    );
}

#[tokio::test]
async fn roa_version_one_signs_in_a_header() {
    let running = start(&[]).await;
    let keys = running.keys();
    let headers = [
        ("accept", "application/json"),
        ("date", "Wed, 25 Nov 2026 12:00:00 GMT"),
        ("x-acs-version", "2015-12-15"),
        ("x-acs-signature-nonce", "1"),
        ("x-acs-signature-method", "HMAC-SHA1"),
        ("x-acs-signature-version", "1.0"),
    ];
    let call = |secret: &str| {
        finished(
            "cs.cn-hangzhou.aliyuncs.com",
            "/api/v1/clusters",
            &query(&[("name", "my-cluster")]),
            &headers,
            |unsigned| {
                roa1::sign(
                    unsigned,
                    roa1::EmptyValue::KeyOnly,
                    &keys.access_key_id,
                    secret,
                )
                .authorization
            },
        )
    };
    assert_eq!(
        outcome(&running, call("another")).await,
        code(400, "SignatureDoesNotMatch")
    );
    let response = send(&running, call(&keys.access_key_secret)).await;
    assert_eq!(body(&response)["clusters"][0]["cluster_id"], CLUSTER);
}

#[tokio::test]
async fn sls_takes_its_two_schemes_and_wants_its_version() {
    let running = start(&[]).await;
    let keys = running.keys();
    let host = "cn-hangzhou.log.aliyuncs.com";
    let version = ("x-log-apiversion", "0.6.0");
    let one = |headers: Pairs<'_>, secret: &str| {
        finished(host, "/", &query(&[("size", "10")]), headers, |unsigned| {
            sls1::sign(
                unsigned,
                sls1::Method::HmacSha1,
                &keys.access_key_id,
                secret,
            )
            .authorization
        })
    };
    let dated = ("date", "Wed, 25 Nov 2026 12:00:00 GMT");
    let method = ("x-log-signaturemethod", "hmac-sha1");
    let secret = keys.access_key_secret.as_str();
    let good = one(&[version, dated, method], secret);
    let response = send(&running, good.clone()).await;
    assert_eq!(
        (response.status, &body(&response)["total"]),
        (200, &json!(1))
    );
    assert!(response.header("x-log-requestid").is_some());
    // aliyun-log-python-sdk adds this one after signing.
    let mut python = good.clone();
    python
        .headers
        .push(("x-log-date".to_owned(), dated.1.to_owned()));
    assert_eq!(outcome(&running, python).await, code(200, ""));
    assert_eq!(
        outcome(&running, one(&[version, dated, method], "another")).await,
        code(401, "SignatureNotMatch")
    );
    assert_eq!(
        outcome(&running, one(&[dated, method], secret)).await,
        code(400, "MissingAPIVersion")
    );
    let four = |region: &str| {
        let hash = sha256_hex(b"");
        let headers = [
            version,
            ("x-log-date", "20261125T120000Z"),
            ("x-log-content-sha256", &hash),
        ];
        finished(host, "/", &query(&[]), &headers, |unsigned| {
            sls4::sign(
                unsigned,
                region,
                "20261125T120000Z",
                &keys.access_key_id,
                secret,
            )
            .authorization
        })
    };
    assert_eq!(outcome(&running, four("cn-hangzhou")).await, code(200, ""));
    assert_eq!(
        outcome(&running, four("cn-beijing")).await,
        code(401, "SignatureNotMatch")
    );
}

#[tokio::test]
async fn buckets_are_answered_in_xml() {
    let items = vec![
        json!({"Name": "lab", "Region": "cn-hangzhou"}),
        json!({"Name": "other"}),
    ];
    let running = start_with(scenario_with("oss/bucket", items), &[]).await;
    let keys = running.keys();
    let call = |secret: &str| {
        let query = query(&[("prefix", "la")]);
        let headers = [
            ("x-oss-date", "20261125T120000Z"),
            ("x-oss-content-sha256", "UNSIGNED-PAYLOAD"),
        ];
        finished(
            "oss-cn-hangzhou.aliyuncs.com",
            "/",
            &query,
            &headers,
            |unsigned| {
                let request = oss4::OssRequest {
                    method: "GET",
                    bucket: None,
                    key: None,
                    query: unsigned.query,
                    headers: unsigned.headers,
                    additional_headers: &[],
                };
                oss4::sign(
                    &request,
                    "cn-hangzhou",
                    "20261125T120000Z",
                    &keys.access_key_id,
                    secret,
                )
                .authorization
            },
        )
    };
    let response = send(&running, call(&keys.access_key_secret)).await;
    let text = String::from_utf8(response.body.clone()).unwrap();
    assert_eq!(response.status, 200, "{text}");
    assert!(text.contains("<Buckets><Bucket><Name>lab</Name>"), "{text}");
    assert!(!text.contains("other"));
    assert_eq!(response.header("content-type"), Some("application/xml"));
    let response = send(&running, call("another")).await;
    assert_eq!(response.status, 403);
    assert!(
        String::from_utf8(response.body)
            .unwrap()
            .contains("<Code>SignatureDoesNotMatch</Code>")
    );
}
