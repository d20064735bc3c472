//! Who calls, and temporary keys.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;

use super::super::TemporaryKeys;
use super::*;
use crate::openapi::ErrorClass;

fn temporary(keys: &TemporaryKeys) -> Credential {
    Credential {
        access_key_id: keys.access_key_id.clone(),
        secret: SecretString::from(keys.access_key_secret.clone()),
        security_token: Some(SecretString::from(keys.security_token.clone())),
        expires_at: None,
    }
}

fn identity() -> Request {
    request("sts", "GetCallerIdentity")
}

#[tokio::test]
async fn the_caller_is_the_user_of_the_scenario() {
    let running = start(&[]).await;
    let answer = read(&running, identity()).await.unwrap();
    assert_eq!(answer["AccountId"], "0000000000000042");
    assert_eq!(answer["Arn"], "acs:ram::0000000000000042:user/lab");
    assert_eq!(answer["IdentityType"], "RAMUser");
    assert_eq!(answer["UserId"], answer["PrincipalId"]);
    assert_eq!(answer.get("RoleId"), None);
}

fn assume_role(keys: &Keys, query: Pairs<'_>) -> HttpRequest {
    let mut all = vec![
        ("RoleArn", "acs:ram::0000000000000042:role/reader"),
        ("RoleSessionName", "me"),
    ];
    all.retain(|(name, _)| !query.iter().any(|(other, _)| other == name));
    all.extend_from_slice(query);
    let mut request = signed(
        keys,
        "AssumeRole",
        &all,
        &[
            ("host", "sts.aliyuncs.com"),
            ("x-acs-version", "2015-04-01"),
            ("x-acs-signature-nonce", &format!("{query:?}")),
        ],
    );
    request.host = "sts.aliyuncs.com".to_owned();
    request
}

fn keys_of(answer: &Value) -> TemporaryKeys {
    let text = |name: &str| answer["Credentials"][name].as_str().unwrap().to_owned();
    TemporaryKeys {
        access_key_id: text("AccessKeyId"),
        access_key_secret: text("AccessKeySecret"),
        security_token: text("SecurityToken"),
        expires: text("Expiration").parse().unwrap(),
    }
}

#[tokio::test]
async fn an_assumed_role_signs_and_is_known_by_its_session() {
    let running = start(&[]).await;
    let request = assume_role(running.keys(), &[("DurationSeconds", "900")]);
    let answer = body(&send(&running, request).await);
    assert_eq!(
        answer["AssumedRoleUser"]["Arn"],
        "acs:ram::0000000000000042:role/reader/me"
    );
    assert_eq!(answer["Credentials"]["Expiration"], "2026-11-25T12:15:00Z");
    let keys = keys_of(&answer);
    assert!(keys.access_key_id.starts_with("STS."));
    let reader = reader_with(&running, temporary(&keys));
    let who = reader.read(identity()).await.unwrap();
    assert_eq!(who["IdentityType"], "AssumedRoleUser");
    assert_eq!(
        who["Arn"],
        "acs:ram::0000000000000042:assumed-role/reader/me"
    );
    let without = Credential {
        security_token: None,
        ..temporary(&keys)
    };
    let error = reader_with(&running, without)
        .read(identity())
        .await
        .unwrap_err();
    assert_eq!(error.code.as_deref(), Some("MissingSecurityToken"));
    let mut mixed = running.temporary_keys(TimeDelta::hours(1));
    mixed.security_token = keys.security_token;
    let error = reader_with(&running, temporary(&mixed))
        .read(identity())
        .await
        .unwrap_err();
    assert_eq!(
        error.code.as_deref(),
        Some("InvalidSecurityToken.MismatchWithAccessKey")
    );
}

#[tokio::test]
async fn a_role_that_cannot_be_assumed_is_refused() {
    let running = start(&[]).await;
    for (query, expected) in [
        (
            ("RoleArn", "acs:ram::0000000000000043:role/reader"),
            code(404, "EntityNotExist.Role"),
        ),
        (
            ("RoleSessionName", "x"),
            code(400, "InvalidParameter.RoleSessionName"),
        ),
        (
            ("RoleSessionName", "a b"),
            code(400, "InvalidParameter.RoleSessionName"),
        ),
        (
            ("DurationSeconds", "899"),
            code(400, "InvalidParameter.DurationSeconds"),
        ),
        (
            ("DurationSeconds", "43201"),
            code(400, "InvalidParameter.DurationSeconds"),
        ),
    ] {
        let request = assume_role(running.keys(), &[query]);
        assert_eq!(outcome(&running, request).await, expected, "{query:?}");
    }
}

#[tokio::test]
async fn temporary_keys_end() {
    let running = start(&[]).await;
    let good = running.temporary_keys(TimeDelta::seconds(1));
    assert!(
        reader_with(&running, temporary(&good))
            .read(identity())
            .await
            .is_ok()
    );
    let expired = running.temporary_keys(TimeDelta::zero());
    let error = reader_with(&running, temporary(&expired))
        .read(identity())
        .await
        .unwrap_err();
    assert_eq!(error.class, ErrorClass::Credentials);
    assert_eq!(error.code.as_deref(), Some("InvalidSecurityToken.Expired"));
}

/// As the SDKs send it: no signature, the token in a form.
fn with_oidc(claims: &Value, provider: &str) -> HttpRequest {
    let token = format!("e30.{}.x", URL_SAFE_NO_PAD.encode(claims.to_string()));
    let form: Vec<(String, Option<String>)> = owned(&[
        ("RoleArn", "acs:ram::0000000000000042:role/reader"),
        ("RoleSessionName", "pod"),
        ("OIDCProviderArn", provider),
        ("OIDCToken", &token),
    ])
    .into_iter()
    .map(|(name, value)| (name, Some(value)))
    .collect();
    let mut request = HttpRequest::new(
        "POST",
        "https",
        "sts.aliyuncs.com",
        "/?Action=AssumeRoleWithOIDC&Version=2015-04-01&Format=JSON&Timestamp=2026-11-25T12%3A00%3A00Z",
    );
    request.headers = owned(&[("content-type", "application/x-www-form-urlencoded")]);
    request.body = query_string(&form).into_bytes();
    request
}

#[tokio::test]
async fn a_pod_gets_keys_for_its_token() {
    let running = start(&[]).await;
    let provider = "acs:ram::0000000000000042:oidc-provider/ack-rrsa-c1";
    let claims = json!({"iss": "https://issuer", "sub": "system:serviceaccount:a:b", "aud": ["sts.aliyuncs.com"],
        "iat": 1_795_000_000, "exp": 1_999_999_999});
    let answer = body(&send(&running, with_oidc(&claims, provider)).await);
    assert_eq!(
        answer["OIDCTokenInfo"]["Subject"],
        "system:serviceaccount:a:b"
    );
    assert_eq!(answer["OIDCTokenInfo"]["ClientIds"], "sts.aliyuncs.com");
    let who = reader_with(&running, temporary(&keys_of(&answer)))
        .read(identity())
        .await
        .unwrap();
    assert_eq!(
        who["Arn"],
        "acs:ram::0000000000000042:assumed-role/reader/pod"
    );
    let expired = json!({"exp": 1_700_000_000});
    let refused = outcome(&running, with_oidc(&expired, provider)).await;
    assert_eq!(refused, code(400, "InvalidParameter.OIDCToken"));
    let other = with_oidc(&claims, "acs:ram::0000000000000043:oidc-provider/x");
    assert_eq!(
        outcome(&running, other).await,
        code(400, "InvalidParameter.OIDCProviderArn")
    );
}
