use serde_json::{Value, json};

use super::super::testing::{Fake, all_text, assert_signed, key_answer, parameters, sts_answer};
use super::*;

const ARN: &str = "acs:ram::1234567890123456:role/reader";

type Made = Result<Option<Arc<dyn CredentialProvider>>, CredentialError>;

/// The provider of the first of these profiles.
fn made(fake: &Fake, profiles: &Value) -> Made {
    made_with_warnings(fake, profiles).0
}

fn made_with_warnings(fake: &Fake, profiles: &Value) -> (Made, Vec<Warning>) {
    fake.profiles("", profiles);
    let reach = fake.reach();
    let file = ProfileFile::find(&reach).unwrap().unwrap();
    let mut warnings = Vec::new();
    let provider = Profiles {
        reach: &reach,
        file: &file,
        warnings: &mut warnings,
    }
    .provider(&file.profiles[0]);
    (provider, warnings)
}

fn provider(fake: &Fake, profiles: &Value) -> Arc<dyn CredentialProvider> {
    made(fake, profiles).unwrap().unwrap()
}

fn refusal(fake: &Fake, profiles: &Value) -> CredentialError {
    match made(fake, profiles) {
        Ok(_) => panic!("{profiles} was taken"),
        Err(error) => error,
    }
}

#[tokio::test]
async fn keys_and_temporary_keys_stand_in_the_profile() {
    let fake = Fake::new();
    for mode in ["AK", "ak", ""] {
        let profile = json!([{"name": "a", "mode": mode, "access_key_id": "LTAI-x", "access_key_secret": "s3cret"}]);
        let provider = provider(&fake, &profile);
        assert_eq!(provider.credential().await.unwrap().secret(), "s3cret");
        assert!(provider.renew().await.unwrap().is_none());
        assert_eq!(provider.describe(), "profile `a` of ~/.aliyun/config.json");
    }
    for mode in ["StsToken", ""] {
        let profile = json!([{"name": "a", "mode": mode, "access_key_id": "STS.x",
            "access_key_secret": "s3cret", "sts_token": "t0ken"}]);
        let credential = provider(&fake, &profile).credential().await.unwrap();
        assert_eq!(credential.token(), Some("t0ken"));
    }
}

#[tokio::test]
async fn roles_are_assumed_by_keys_of_the_profile_with_its_token() {
    for mode in ["RamRoleArn", ""] {
        let fake = Fake::new();
        fake.network.will_answer(200, sts_answer("STS.role", 900));
        let profile = json!([{"name": "a", "mode": mode, "access_key_id": "STS.x", "access_key_secret": "s3cret",
            "sts_token": "t0ken", "ram_role_arn": ARN, "ram_session_name": "cli", "expired_seconds": 900,
            "external_id": "", "sts_region": "cn-beijing", "enable_vpc": true}]);
        let credential = provider(&fake, &profile).credential().await.unwrap();
        assert_eq!(credential.access_key_id, "STS.role");
        let request = fake.network.request(0);
        assert_eq!(request.host, "sts-vpc.cn-beijing.aliyuncs.com");
        assert_signed(&request, "STS.x", "s3cret");
        assert_eq!(request.header("x-acs-security-token"), Some("t0ken"));
        let sent = parameters(&request);
        assert_eq!(
            (
                sent["RoleSessionName"].as_str(),
                sent["DurationSeconds"].as_str()
            ),
            ("cli", "900")
        );
        assert!(!sent.contains_key("ExternalId"));
    }
}

#[tokio::test]
async fn chained_roles_are_assumed_one_after_the_other() {
    let fake = Fake::new();
    fake.network.will_answer(200, sts_answer("STS.inner", 3600));
    fake.network.will_answer(200, sts_answer("STS.outer", 3600));
    let profiles = json!([
        {"name": "outer", "mode": "ChainableRamRoleArn", "source_profile": "inner", "ram_role_arn": ARN},
        {"name": "inner", "mode": "RamRoleArn", "access_key_id": "LTAI-x", "access_key_secret": "s3cret", "ram_role_arn": ARN},
    ]);
    let credential = provider(&fake, &profiles).credential().await.unwrap();
    assert_eq!(credential.access_key_id, "STS.outer");
    assert_signed(&fake.network.request(0), "LTAI-x", "s3cret");
    assert_signed(&fake.network.request(1), "STS.inner", "r0le-s3cret");
}

#[test]
fn chains_must_end() {
    let chained = |name: &str, source: &str| json!({"name": name, "mode": "ChainableRamRoleArn", "source_profile": source, "ram_role_arn": ARN});
    let fake = Fake::new();
    for profiles in [
        json!([chained("a", "a")]),
        json!([chained("a", "b"), chained("b", "a")]),
    ] {
        assert!(refusal(&fake, &profiles).what.contains("circle"));
    }
    let missing = refusal(&fake, &json!([chained("a", "b")]));
    assert!(
        missing.what.contains("no `source_profile` `b`"),
        "{missing}"
    );
    let empty = refusal(&fake, &json!([chained("a", "b"), {"name": "b"}]));
    assert!(empty.what.contains("no key yet"), "{empty}");
}

#[tokio::test]
async fn instance_roles_and_roles_that_they_assume() {
    let fake = Fake::new();
    fake.network.will_answer(200, "token");
    fake.network.will_answer(200, key_answer("STS.node", 3600));
    let profile = json!([{"name": "a", "mode": "EcsRamRole", "ram_role_name": "Worker"}]);
    let credential = provider(&fake, &profile).credential().await.unwrap();
    assert_eq!(credential.access_key_id, "STS.node");

    let fake = Fake::new();
    fake.network.will_answer(200, "token");
    fake.network.will_answer(200, key_answer("STS.node", 3600));
    fake.network.will_answer(200, sts_answer("STS.role", 3600));
    let profile = json!([{"name": "a", "mode": "RamRoleArnWithRoleName", "ram_role_name": "Worker", "ram_role_arn": ARN}]);
    let credential = provider(&fake, &profile).credential().await.unwrap();
    assert_eq!(credential.access_key_id, "STS.role");
    assert_signed(&fake.network.request(2), "STS.node", "answered-s3cret");
}

#[tokio::test]
async fn tokens_programs_and_urls() {
    let fake = Fake::new();
    let token = fake.write("token", "oidc-t0ken");
    fake.network.will_answer(200, sts_answer("STS.pod", 3600));
    let profile = json!([{"name": "a", "mode": "OIDC", "oidc_provider_arn": "acs:ram::1:oidc-provider/x",
        "oidc_token_file": token, "ram_role_arn": ARN, "role_session_name": "python"}]);
    provider(&fake, &profile).credential().await.unwrap();
    assert_eq!(
        parameters(&fake.network.request(0))["RoleSessionName"],
        "python"
    );

    fake.network.will_answer(200, key_answer("STS.uri", 3600));
    let profile = json!([{"name": "a", "mode": "CredentialsURI", "credentials_uri": "http://localhost:6666/x"}]);
    assert_eq!(
        provider(&fake, &profile)
            .credential()
            .await
            .unwrap()
            .access_key_id,
        "STS.uri"
    );

    let answer = fake.write(
        "answer",
        r#"{"mode":"AK","access_key_id":"LTAI-x","access_key_secret":"s3cret"}"#,
    );
    let profile = json!([{"name": "a", "mode": "External", "process_command": format!("cat {}", answer.display())}]);
    let (provider, warnings) = made_with_warnings(&fake, &profile);
    let credential = provider.unwrap().unwrap().credential().await.unwrap();
    assert_eq!(credential.access_key_id, "LTAI-x");
    let runs = Warning::RunsProgram {
        profile: "a".into(),
        program: "cat".into(),
    };
    assert_eq!(warnings, [runs]);
}

#[test]
fn a_profile_without_any_key_is_not_configured_and_half_a_key_is_broken() {
    let fake = Fake::new();
    for empty in [
        json!([{"name": "default", "mode": "AK", "access_key_id": "", "access_key_secret": "", "region_id": "cn-hangzhou"}]),
        json!([{"name": "default"}]),
    ] {
        assert!(made(&fake, &empty).unwrap().is_none());
    }
    let half = refusal(
        &fake,
        &json!([{"name": "a", "mode": "AK", "access_key_secret": "s3cret"}]),
    );
    assert!(half.what.contains("id is missing"), "{half}");
}

#[test]
fn every_mode_says_which_field_it_misses() {
    let fake = Fake::new();
    for (mode, field) in [
        ("StsToken", "sts_token"),
        ("RamRoleArn", "AccessKey id"),
        ("ChainableRamRoleArn", "source_profile"),
        ("RamRoleArnWithRoleName", "ram_role_name"),
        ("OIDC", "oidc_provider_arn"),
        ("External", "process_command"),
        ("CredentialsURI", "credentials_uri"),
    ] {
        let error = refusal(&fake, &json!([{"name": "a", "mode": mode}]));
        assert!(error.what.contains(field), "{mode}: {error}");
        assert!(error.source_name.contains("profile `a`"));
    }
}

#[test]
fn other_modes_are_refused_by_name_with_a_hint() {
    let fake = Fake::new();
    for mode in [
        "RsaKeyPair",
        "BearerToken",
        "Anonymous",
        "Quantum",
        "a\u{1b}[31m",
    ] {
        let profile =
            json!([{"name": "a", "mode": mode, "private_key": "s3cret", "bearer_token": "t0ken"}]);
        let error = refusal(&fake, &profile);
        assert!(
            error.what.contains(mode.split('\u{1b}').next().unwrap()),
            "{error}"
        );
        assert!(error.hint.as_ref().unwrap().contains("--profile"));
        let text = all_text(&error);
        assert!(!text.contains("s3cret") && !text.contains("t0ken") && !text.contains('\u{1b}'));
    }
    let inferred = refusal(&fake, &json!([{"name": "a", "bearer_token": "t0ken"}]));
    assert!(inferred.what.contains("BearerToken"));
}

#[test]
fn fields_of_a_wrong_type_are_named() {
    let fake = Fake::new();
    let profile =
        json!([{"name": "a", "mode": "AK", "access_key_id": "LTAI-x", "access_key_secret": 12345}]);
    let error = refusal(&fake, &profile);
    assert!(
        error.what.contains("`access_key_secret` is not text"),
        "{error}"
    );
    assert!(!all_text(&error).contains("12345"));
}
