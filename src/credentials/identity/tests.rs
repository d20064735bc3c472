use std::sync::Arc;

use serde_json::json;

use super::super::testing::{Fake, assert_signed};
use super::*;
use crate::openapi::{Client, ErrorClass, Limiter, StaticCredential};

fn reader(fake: &Fake, endpoints: &Endpoints) -> Reader {
    let credential = super::super::key::credential("x", Some("LTAI-x"), Some("s3cret"), None, None);
    let provider = Arc::new(StaticCredential::new(credential.unwrap(), "x"));
    Reader::new(Arc::new(Client::new(
        fake.context(),
        endpoints.clone(),
        provider,
        Arc::new(Limiter::default()),
        "account",
    )))
}

async fn ask(fake: &Fake) -> Result<Caller, IdentityError> {
    caller(
        &reader(fake, &Endpoints::default()),
        &Region::new("cn-hangzhou"),
    )
    .await
}

#[tokio::test]
async fn sts_says_who_calls() {
    let fake = Fake::new();
    fake.network.will_answer(
        200,
        json!({"AccountId": "1234567890123456", "Arn": "acs:ram::1234567890123456:user/me",
            "IdentityType": "RAMUser", "PrincipalId": "p", "UserId": "u", "RequestId": "r"}),
    );
    assert_eq!(
        ask(&fake).await.unwrap(),
        Caller {
            account: AccountId::new("1234567890123456"),
            arn: "acs:ram::1234567890123456:user/me".into(),
            kind: "RAMUser".into(),
        }
    );
    let request = fake.network.request(0);
    assert_eq!(request.host, "sts.cn-hangzhou.aliyuncs.com");
    assert_eq!(request.header("x-acs-action"), Some("GetCallerIdentity"));
    assert_signed(&request, "LTAI-x", "s3cret");
}

#[tokio::test]
async fn answers_that_do_not_say_it_are_errors() {
    for answer in [
        json!({}),
        json!({"AccountId": "../../x", "Arn": "a", "IdentityType": "RAMUser"}),
        json!({"AccountId": "1", "Arn": "", "IdentityType": "RAMUser"}),
    ] {
        let fake = Fake::new();
        fake.network.will_answer(200, &answer);
        assert!(
            matches!(ask(&fake).await, Err(IdentityError::Unreadable(_))),
            "{answer}"
        );
    }
    let fake = Fake::new();
    fake.network.will_answer(
        404,
        json!({"Code": "InvalidAccessKeyId.NotFound", "Message": "m"}),
    );
    match ask(&fake).await {
        Err(IdentityError::Api(error)) => assert_eq!(error.class, ErrorClass::Credentials),
        other => panic!("{other:?}"),
    }
}

async fn find_site(status: u16, answer: serde_json::Value) -> SiteFound {
    let fake = Fake::new();
    fake.network.will_answer(status, answer);
    let endpoints = Endpoints::default();
    let found = site(&reader(&fake, &endpoints), &endpoints, None).await;
    assert_eq!(fake.network.request(0).host, "business.aliyuncs.com");
    found
}

#[tokio::test]
async fn the_billing_api_tells_the_site() {
    let china = find_site(200, json!({"Code": "Success", "Success": true, "Data": {}})).await;
    assert_eq!((china.site, china.is_assumed), (Site::China, false));
    let refused = json!({"Code": "NotApplicable", "Message": "m", "Success": false});
    for status in [200, 400] {
        let international = find_site(status, refused.clone()).await;
        assert_eq!(
            (international.site, international.is_assumed),
            (Site::International, false)
        );
    }
    let denied = find_site(403, json!({"Code": "NotAuthorized", "Message": "m"})).await;
    assert_eq!((denied.site, denied.is_assumed), (Site::China, true));
}

#[tokio::test]
async fn what_is_stated_is_not_asked_and_a_private_cloud_never_is() {
    let fake = Fake::new();
    let endpoints = Endpoints::default();
    let stated = site(
        &reader(&fake, &endpoints),
        &endpoints,
        Some(Site::International),
    )
    .await;
    assert_eq!(
        (stated.site, stated.is_assumed),
        (Site::International, false)
    );
    let mut private = Endpoints::default();
    private
        .hosts
        .insert("ecs".into(), "ecs.cloud.example".into());
    let assumed = site(&reader(&fake, &private), &private, None).await;
    assert!(assumed.is_assumed);
    assert_eq!(fake.network.count(), 0);
}
