use chrono::TimeDelta;
use serde_json::json;

use super::super::testing::{Fake, all_text, assert_signed, parameters, sts_answer};
use super::*;
use crate::openapi::StaticCredential;
use crate::transport::ConnectTo;

const ARN: &str = "acs:ram::1234567890123456:role/reader";

fn base() -> Arc<dyn CredentialProvider> {
    let credential = key::credential(
        "base",
        Some("LTAI-base-key-id"),
        Some("base-s3cret"),
        None,
        None,
    );
    Arc::new(StaticCredential::new(credential.unwrap(), "base"))
}

fn role() -> RoleSettings {
    RoleSettings {
        arn: ARN.to_owned(),
        ..RoleSettings::default()
    }
}

fn make(fake: &Fake, role: &RoleSettings) -> Result<Arc<dyn CredentialProvider>, CredentialError> {
    let sts = StsSettings::default();
    provider(
        &fake.reach(),
        base(),
        role,
        &sts,
        "profile `assume`".to_owned(),
    )
}

#[tokio::test]
async fn a_role_is_assumed_with_a_signed_request_and_kept() {
    let fake = Fake::new();
    fake.network
        .will_answer(200, sts_answer("STS.role-1", 3600));
    let settings = RoleSettings {
        external_id: Some("from-outside".into()),
        policy: Some("{}".into()),
        duration_seconds: Some(900),
        session_name: Some("my.session".into()),
        ..role()
    };
    let provider = make(&fake, &settings).unwrap();
    let credential = provider.credential().await.unwrap();
    assert_eq!(credential.access_key_id, "STS.role-1");
    assert_eq!(credential.token(), Some("r0le-t0ken"));
    provider.credential().await.unwrap();
    assert_eq!(fake.network.count(), 1);

    let request = fake.network.request(0);
    assert_eq!(request.host, "sts.aliyuncs.com");
    assert_signed(&request, "LTAI-base-key-id", "base-s3cret");
    assert_eq!(request.header("x-acs-action"), Some("AssumeRole"));
    assert_eq!(request.header("x-acs-version"), Some("2015-04-01"));
    let sent = parameters(&request);
    for (name, value) in [
        ("RoleArn", ARN),
        ("RoleSessionName", "my.session"),
        ("DurationSeconds", "900"),
        ("ExternalId", "from-outside"),
        ("Policy", "{}"),
    ] {
        assert_eq!(sent[name], value, "{name}");
    }
}

#[tokio::test]
async fn it_is_assumed_again_before_its_end_and_when_the_server_says_so() {
    let fake = Fake::new();
    fake.network
        .will_answer(200, sts_answer("STS.role-1", 3600));
    fake.network
        .will_answer(200, sts_answer("STS.role-2", 7200));
    fake.network
        .will_answer(200, sts_answer("STS.role-3", 9000));
    let provider = make(&fake, &role()).unwrap();
    provider.credential().await.unwrap();
    fake.clock.advance(TimeDelta::seconds(3500));
    assert_eq!(
        provider.credential().await.unwrap().access_key_id,
        "STS.role-2"
    );
    fake.clock.advance(TimeDelta::seconds(100));
    let renewed = provider.renew().await.unwrap().unwrap();
    assert_eq!(renewed.access_key_id, "STS.role-3");
}

#[tokio::test]
async fn the_endpoint_override_is_connected_to_and_the_signed_host_stays() {
    let fake = Fake::new();
    fake.network
        .will_answer(200, sts_answer("STS.role-1", 3600));
    let mut reach = fake.reach();
    reach.endpoints.connect_to = Some(ConnectTo {
        scheme: "http",
        authority: "127.0.0.1:8080".into(),
    });
    let sts = StsSettings {
        region: Some("cn-beijing".into()),
        ..StsSettings::default()
    };
    let provider = provider(&reach, base(), &role(), &sts, "x".to_owned()).unwrap();
    provider.credential().await.unwrap();
    let request = fake.network.request(0);
    assert_eq!(request.host, "sts.cn-beijing.aliyuncs.com");
    assert_eq!(
        request.connect_to.as_ref().unwrap().authority,
        "127.0.0.1:8080"
    );
    assert_signed(&request, "LTAI-base-key-id", "base-s3cret");
}

#[tokio::test]
async fn refusals_say_what_to_do_and_hold_no_secret() {
    for (status, code, hint) in [
        (403, "NoPermission", "trust policy"),
        (404, "EntityNotExist.Role", "there is no acs:ram::"),
        (404, "InvalidAccessKeyId.NotFound", "not accepted"),
        (400, "InvalidTimeStamp.Expired", "clock"),
        (
            400,
            "InvalidParameter.DurationSeconds",
            "settings of the session",
        ),
    ] {
        let fake = Fake::new();
        let body = json!({"Code": code, "Message": "refused", "RequestId": "R-1"});
        fake.network.will_answer(status, body);
        let error = make(&fake, &role())
            .unwrap()
            .credential()
            .await
            .unwrap_err();
        assert!(
            error.hint.as_ref().unwrap().contains(hint),
            "{code}: {:?}",
            error.hint
        );
        let text = all_text(&error);
        assert!(text.contains(code) && text.contains("R-1"), "{text}");
        assert!(!text.contains("base-s3cret"), "{text}");
    }
}

#[tokio::test]
async fn an_answer_without_a_credential_is_an_error() {
    for body in [
        json!({}),
        json!({"Credentials": {"AccessKeyId": "STS.x"}}),
        json!({"Credentials": 7}),
    ] {
        let fake = Fake::new();
        fake.network.will_answer(200, &body);
        let error = make(&fake, &role())
            .unwrap()
            .credential()
            .await
            .unwrap_err();
        assert!(error.what.contains("the answer has no usable"), "{error}");
    }
}

#[test]
fn what_sts_would_refuse_is_refused_before() {
    let fake = Fake::new();
    for (settings, what) in [
        (
            RoleSettings {
                arn: "reader".into(),
                ..role()
            },
            "not an ARN",
        ),
        (
            RoleSettings {
                arn: "acs:ram::x:role/r".into(),
                ..role()
            },
            "not an ARN",
        ),
        (
            RoleSettings {
                arn: "acs:ram::1:user/u".into(),
                ..role()
            },
            "not an ARN",
        ),
        (
            RoleSettings {
                session_name: Some("a b".into()),
                ..role()
            },
            "session name",
        ),
        (
            RoleSettings {
                session_name: Some("a".into()),
                ..role()
            },
            "session name",
        ),
        (
            RoleSettings {
                duration_seconds: Some(899),
                ..role()
            },
            "899 s",
        ),
        (
            RoleSettings {
                duration_seconds: Some(-1),
                ..role()
            },
            "-1 s",
        ),
    ] {
        let Err(error) = make(&fake, &settings) else {
            panic!("{settings:?} was taken");
        };
        assert!(error.what.contains(what), "{error}");
    }
}

#[tokio::test]
async fn the_error_of_the_base_is_the_cause() {
    struct Broken;
    impl CredentialProvider for Broken {
        fn credential(&self) -> BoxFuture<'_, Result<Credential, CredentialError>> {
            Box::pin(async { Err(broken("the base", "it is broken", "repair the base")) })
        }
        fn renew(&self) -> BoxFuture<'_, Result<Option<Credential>, CredentialError>> {
            Box::pin(async { Ok(None) })
        }
        fn describe(&self) -> String {
            "the base".into()
        }
    }
    let fake = Fake::new();
    let sts = StsSettings::default();
    let provider = provider(&fake.reach(), Arc::new(Broken), &role(), &sts, "x".into()).unwrap();
    let error = provider.credential().await.unwrap_err();
    assert_eq!(error.hint.as_deref(), Some("repair the base"));
    assert!(all_text(&error).contains("the base: it is broken"));
    assert_eq!(fake.network.count(), 0);
}
