use chrono::TimeDelta;
use serde_json::{Value, json};

use super::super::testing::{Fake, NOW, all_text};
use super::*;

fn session(id: &str, ends_in: i64) -> Value {
    json!([{"name": "sso", "mode": "CloudSSO", "access_token": "login-t0ken", "access_key_id": id,
        "access_key_secret": "s3cret", "sts_token": "sts-t0ken", "sts_expiration": NOW + ends_in}])
}

fn made(fake: &Fake, login: Login) -> Arc<dyn CredentialProvider> {
    let reach = fake.reach();
    let file = ProfileFile::find(&reach).unwrap().unwrap();
    provider(&reach, &file, &file.profiles[0], login)
}

#[tokio::test]
async fn the_session_of_the_cli_is_used_and_read_again_near_its_end() {
    let fake = Fake::new();
    fake.profiles("sso", &session("STS.1", 3600));
    let provider = made(&fake, Login::CloudSso);
    let credential = provider.credential().await.unwrap();
    assert_eq!(
        (credential.access_key_id.as_str(), credential.token()),
        ("STS.1", Some("sts-t0ken"))
    );
    fake.clock.advance(TimeDelta::seconds(3500));
    assert_eq!(provider.credential().await.unwrap().access_key_id, "STS.1");
    // The CLI has renewed it.
    fake.profiles("sso", &session("STS.2", 7200));
    fake.clock.advance(TimeDelta::seconds(60));
    assert_eq!(provider.credential().await.unwrap().access_key_id, "STS.2");
}

#[tokio::test]
async fn an_ended_session_says_how_to_log_in_again() {
    for (login, mode) in [(Login::CloudSso, "CloudSSO"), (Login::OAuth, "OAuth")] {
        let fake = Fake::new();
        fake.profiles("sso", &session("STS.1", -1));
        let error = made(&fake, login).credential().await.unwrap_err();
        assert!(
            error.what.contains("ended at 2026-11-25T11:59:59Z"),
            "{error}"
        );
        let hint = error.hint.clone().unwrap();
        assert!(
            hint.contains(&format!("aliyun configure --profile sso --mode {mode}")),
            "{hint}"
        );
        let text = all_text(&error);
        assert!(
            !text.contains("s3cret") && !text.contains("t0ken"),
            "{text}"
        );
    }
}

#[tokio::test]
async fn without_a_session_nobody_is_logged_in() {
    let fake = Fake::new();
    for profile in [
        json!([{"name": "sso", "mode": "CloudSSO"}]),
        json!([{"name": "sso", "sts_token": "t0ken", "sts_expiration": 0}]),
        json!([{"name": "sso", "sts_expiration": NOW + 60}]),
    ] {
        fake.profiles("sso", &profile);
        let error = made(&fake, Login::OAuth).credential().await.unwrap_err();
        assert!(error.what.contains("nobody is logged in"), "{error}");
    }
    fake.profiles("sso", &session("STS.1", 3600));
    let provider = made(&fake, Login::OAuth);
    fake.profiles("sso", &json!([]));
    assert!(
        provider
            .credential()
            .await
            .unwrap_err()
            .what
            .contains("no longer")
    );
}

#[tokio::test]
async fn the_file_is_never_written() {
    let fake = Fake::new();
    let path = fake.profiles("sso", &session("STS.1", 3600));
    let before = std::fs::read(&path).unwrap();
    let provider = made(&fake, Login::CloudSso);
    provider.credential().await.unwrap();
    fake.clock.advance(TimeDelta::minutes(1));
    assert!(
        provider.renew().await.unwrap().is_none(),
        "the same session again"
    );
    assert_eq!(std::fs::read(&path).unwrap(), before);
}
