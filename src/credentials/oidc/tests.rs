use chrono::TimeDelta;
use serde_json::json;

use super::super::testing::{Fake, Reply, all_text, parameters, sts_answer};
use super::*;

const ROLE: &str = "acs:ram::1234567890123456:role/reader";
const PROVIDER: &str = "acs:ram::1234567890123456:oidc-provider/ack-rrsa-cexample";
const TOKEN: &str = "eyJ0.oidc-t0ken.c2ln";

fn pod(token: Option<&str>) -> Fake {
    let fake = Fake::new();
    let path = fake.home.path().join("token");
    if let Some(token) = token {
        std::fs::write(&path, token).unwrap();
    }
    let path = path.display().to_string();
    fake.variables(&[
        ("ALIBABA_CLOUD_ROLE_ARN", ROLE),
        ("ALIBABA_CLOUD_OIDC_PROVIDER_ARN", PROVIDER),
        ("ALIBABA_CLOUD_OIDC_TOKEN_FILE", &path),
    ])
}

fn made(fake: &Fake) -> Arc<dyn CredentialProvider> {
    find(&fake.reach()).unwrap().unwrap()
}

#[tokio::test]
async fn the_token_is_exchanged_unsigned_and_in_the_body() {
    let fake = pod(Some(&format!("{TOKEN}\n")));
    fake.network.will_answer(200, sts_answer("STS.pod", 3600));
    let credential = made(&fake).credential().await.unwrap();
    assert_eq!(credential.access_key_id, "STS.pod");
    let request = fake.network.request(0);
    assert_eq!(
        (request.method.as_str(), request.host.as_str()),
        ("POST", "sts.aliyuncs.com")
    );
    assert_eq!(request.header("authorization"), None);
    assert!(!request.target.contains("t0ken"), "{}", request.target);
    let sent = parameters(&request);
    for (name, value) in [
        ("Action", "AssumeRoleWithOIDC"),
        ("Version", "2015-04-01"),
        ("Format", "JSON"),
        ("Timestamp", "2026-11-25T12:00:00Z"),
        ("RoleArn", ROLE),
        ("OIDCProviderArn", PROVIDER),
        ("OIDCToken", TOKEN),
        ("RoleSessionName", "yunsweep"),
        ("DurationSeconds", "3600"),
    ] {
        assert_eq!(sent[name], value, "{name}");
    }
}

#[tokio::test]
async fn the_file_is_read_again_for_every_exchange() {
    let fake = pod(Some("first"));
    fake.network.will_answer(200, sts_answer("STS.1", 3600));
    fake.network.will_answer(200, sts_answer("STS.2", 7200));
    let provider = made(&fake);
    provider.credential().await.unwrap();
    std::fs::write(fake.home.path().join("token"), "second").unwrap();
    fake.clock.advance(TimeDelta::seconds(3500));
    provider.credential().await.unwrap();
    assert_eq!(parameters(&fake.network.request(1))["OIDCToken"], "second");
}

#[tokio::test]
async fn servers_and_networks_get_a_second_chance_and_tokens_none() {
    let fake = pod(Some(TOKEN));
    fake.network.will(Reply::Unreachable);
    fake.network
        .will_answer(503, json!({"Code": "ServiceUnavailable", "Message": "m"}));
    fake.network
        .will_answer(429, json!({"Code": "Throttling.User", "Message": "m"}));
    fake.network.will_answer(200, sts_answer("STS.pod", 3600));
    // The third failure is throttling, at which no further attempt is left to that class.
    let outcome = made(&fake).credential().await;
    assert!(outcome.is_err());
    assert_eq!(fake.network.count(), 3);

    let fake = pod(Some(TOKEN));
    let message = format!("token {TOKEN} is not valid");
    fake.network.will_answer(
        400,
        json!({"Code": "AuthenticationFail.OIDCToken.Invalid", "Message": message}),
    );
    let error = made(&fake).credential().await.unwrap_err();
    assert_eq!(fake.network.count(), 1);
    let text = all_text(&error);
    assert!(
        text.contains("AuthenticationFail.OIDCToken.Invalid"),
        "{text}"
    );
    assert!(!text.contains("oidc-t0ken"), "{text}");
}

#[tokio::test]
async fn a_token_file_that_holds_none_is_an_error_without_its_text() {
    for text in [
        None,
        Some(""),
        Some(" \n"),
        Some("t0ken with spaces"),
        Some("t0ken\u{e9}"),
    ] {
        let fake = pod(text);
        let error = made(&fake).credential().await.unwrap_err();
        assert!(error.what.contains("the token file"), "{error}");
        assert!(!all_text(&error).contains("t0ken"));
        assert_eq!(fake.network.count(), 0);
    }
}

#[test]
fn part_of_the_variables_is_broken_and_the_role_alone_is_nothing() {
    assert!(find(&Fake::new().reach()).unwrap().is_none());
    let role = [("ALIBABA_CLOUD_ROLE_ARN", ROLE)];
    assert!(
        find(&Fake::new().variables(&role).reach())
            .unwrap()
            .is_none()
    );
    let file = [("ALIBABA_CLOUD_OIDC_TOKEN_FILE", "/token")];
    let Err(error) = find(&Fake::new().variables(&file).reach()) else {
        panic!("half a configuration was taken");
    };
    assert_eq!(
        error.what,
        "ALIBABA_CLOUD_ROLE_ARN and ALIBABA_CLOUD_OIDC_PROVIDER_ARN is not set"
    );
}
