use serde_json::json;

use super::super::testing::{Fake, all_text, in_seconds};
use super::*;

fn made(fake: &Fake, command: &str) -> Result<Arc<dyn CredentialProvider>, CredentialError> {
    provider(&fake.reach(), command, "profile `helper`".to_owned()).map(|(provider, _)| provider)
}

async fn answer_of(answer: &serde_json::Value) -> Result<Credential, CredentialError> {
    let fake = Fake::new();
    let path = fake.write("answer.json", &answer.to_string());
    made(&fake, &format!("cat '{}'", path.display()))
        .unwrap()
        .credential()
        .await
}

#[tokio::test]
async fn keys_and_temporary_keys_are_read() {
    let key = json!({"mode": "AK", "access_key_id": "LTAI-x", "access_key_secret": "s3cret"});
    let credential = answer_of(&key).await.unwrap();
    assert_eq!((credential.secret(), credential.token()), ("s3cret", None));
    let temporary = json!({"mode": "StsToken", "access_key_id": "STS.x", "access_key_secret": "s3cret",
        "sts_token": "t0ken", "expiration": in_seconds(3600)});
    let credential = answer_of(&temporary).await.unwrap();
    assert_eq!(credential.token(), Some("t0ken"));
    assert!(credential.expires_at.is_some());
}

#[tokio::test]
async fn no_shell_runs() {
    let fake = Fake::new();
    let folder = fake.home.path().display();
    let command = format!("echo $HOME `touch {folder}/a` ; touch {folder}/b > {folder}/c");
    let error = made(&fake, &command)
        .unwrap()
        .credential()
        .await
        .unwrap_err();
    assert!(error.what.contains("no JSON"), "{error}");
    assert_eq!(std::fs::read_dir(fake.home.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn failures_name_the_program_and_nothing_that_it_wrote() {
    let fake = Fake::new();
    let script = fake.write("helper.sh", "echo s3cret; echo t0ken >&2; exit 3\n");
    let command = format!("sh {} --password arg-s3cret", script.display());
    let error = made(&fake, &command)
        .unwrap()
        .credential()
        .await
        .unwrap_err();
    assert!(
        error.what.contains("`sh` failed (exit status: 3)"),
        "{error}"
    );
    assert!(!all_text(&error).contains("s3cret") && !all_text(&error).contains("t0ken"));

    let error = made(&fake, "/nonexistent/helper s3cret")
        .unwrap()
        .credential()
        .await
        .unwrap_err();
    assert!(error.what.contains("does not start"), "{error}");
    assert!(!all_text(&error).contains("s3cret"));

    for (answer, what) in [
        (json!("s3cret"), "neither AK nor StsToken"),
        (
            json!({"mode": "RamRoleArn", "access_key_secret": "s3cret"}),
            "neither AK nor StsToken",
        ),
        (
            json!({"mode": "AK", "access_key_secret": "s3cret"}),
            "id is missing",
        ),
        (
            json!({"mode": "StsToken", "access_key_id": "STS.x", "access_key_secret": "s3cret"}),
            "no `sts_token`",
        ),
        (
            json!({"mode": "StsToken", "access_key_id": "STS.x", "access_key_secret": "s3cret",
                "sts_token": "t0ken", "expiration": "s3cret"}),
            "`expiration` that is no time",
        ),
        (
            json!({"mode": "StsToken", "access_key_id": "STS.x", "access_key_secret": "s3cret",
                "sts_token": "t0ken", "expiration": in_seconds(-5)}),
            "ended at",
        ),
    ] {
        let error = answer_of(&answer).await.unwrap_err();
        assert!(error.what.contains(what), "{error}");
        assert!(!all_text(&error).contains("s3cret") && !all_text(&error).contains("t0ken"));
    }
}

#[tokio::test]
async fn a_program_that_does_not_end_is_ended() {
    let external = External {
        program: "sleep".to_owned(),
        arguments: vec!["600".to_owned()],
        timeout: Duration::from_millis(50),
        name: "profile `helper`".to_owned(),
    };
    let error = external.fetch().await.unwrap_err();
    assert!(error.what.contains("did not end within"), "{error}");
}

#[test]
fn commands_that_are_none_and_forbidden_ones_are_refused() {
    let fake = Fake::new();
    for command in ["", "  ", "a 'b", "''"] {
        assert!(made(&fake, command).is_err(), "{command}");
    }
    let fake = Fake::new().variables(&[("ALIBABA_CLOUD_DISABLE_EXTERNAL_PROCESS", "1")]);
    let Err(error) = made(&fake, "true") else {
        panic!("a forbidden program was taken");
    };
    assert!(
        error
            .what
            .contains("ALIBABA_CLOUD_DISABLE_EXTERNAL_PROCESS"),
        "{error}"
    );
}
