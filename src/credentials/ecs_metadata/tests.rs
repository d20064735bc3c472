use super::super::testing::{Fake, Reply, all_text, key_answer};
use super::*;

fn named(fake: &Fake, role: Option<&str>) -> Arc<dyn CredentialProvider> {
    provider(&fake.reach(), role, "ECS metadata service".to_owned()).unwrap()
}

#[tokio::test]
async fn a_named_role_takes_a_token_and_goes_through_no_proxy() {
    let fake = Fake::new();
    fake.network.will_answer(200, "metadata-t0ken\n");
    fake.network.will_answer(200, key_answer("STS.node", 3600));
    let credential = named(&fake, Some("Worker")).credential().await.unwrap();
    assert_eq!(credential.access_key_id, "STS.node");
    let (token, role) = (fake.network.request(0), fake.network.request(1));
    assert_eq!(
        (token.method.as_str(), token.target.as_str()),
        ("PUT", TOKEN_PATH)
    );
    assert_eq!(token.header(TOKEN_TTL_HEADER), Some("21600"));
    assert_eq!(role.target, format!("{ROLE_PATH}Worker"));
    assert_eq!(role.header(TOKEN_HEADER), Some("metadata-t0ken"));
    for request in [token, role] {
        assert!(request.bypass_proxy);
        assert_eq!(
            (request.scheme, request.host.as_str()),
            ("http", "100.100.100.200")
        );
        assert_eq!(request.connect_to, None);
    }
}

#[tokio::test]
async fn without_a_name_the_service_says_the_role() {
    let fake = Fake::new();
    fake.network.will_answer(200, "token");
    fake.network.will_answer(200, "Worker\n");
    fake.network.will_answer(200, key_answer("STS.node", 3600));
    named(&fake, None).credential().await.unwrap();
    assert_eq!(fake.network.request(2).target, format!("{ROLE_PATH}Worker"));
}

#[tokio::test]
async fn without_a_token_it_goes_on_unless_that_is_forbidden() {
    for first in [Reply::Http(404, String::new()), Reply::Unreachable] {
        let fake = Fake::new();
        fake.network.will(first);
        fake.network.will_answer(200, key_answer("STS.node", 3600));
        named(&fake, Some("Worker")).credential().await.unwrap();
        assert_eq!(fake.network.request(1).header(TOKEN_HEADER), None);
    }
    for first in [Reply::Http(404, String::new()), Reply::Unreachable] {
        let fake = Fake::new().variables(&[("ALIBABA_CLOUD_IMDSV1_DISABLED", "true")]);
        fake.network.will(first);
        assert!(named(&fake, Some("Worker")).credential().await.is_err());
        assert_eq!(fake.network.count(), 1);
    }
}

#[tokio::test]
async fn what_is_broken_is_said_without_the_answer() {
    for (status, body, what) in [
        (404, "s3cret", "no such role"),
        (500, "s3cret", "HTTP 500"),
        (200, "s3cret", "no JSON"),
        (
            200,
            r#"{"Code":"Failed","AccessKeySecret":"s3cret"}"#,
            "not `Success`",
        ),
        (
            200,
            r#"{"Code":"Success","AccessKeySecret":"s3cret"}"#,
            "no usable `Expiration`",
        ),
    ] {
        let fake = Fake::new();
        fake.network.will_answer(200, "metadata-t0ken");
        fake.network.will_answer(status, body);
        let error = named(&fake, Some("Worker")).credential().await.unwrap_err();
        assert!(error.what.contains(what), "{error}");
        let text = all_text(&error);
        assert!(
            !text.contains("s3cret") && !text.contains("t0ken"),
            "{text}"
        );
    }
    let fake = Fake::new();
    fake.network.will_answer(200, "token");
    fake.network.will_answer(200, key_answer("STS.node", -1));
    let error = named(&fake, Some("Worker")).credential().await.unwrap_err();
    assert!(error.what.contains("ended at"), "{error}");
}

#[tokio::test]
async fn looking_for_it_is_never_an_error() {
    let nothing = async |replies: Vec<Reply>| {
        let fake = Fake::new();
        for reply in replies {
            fake.network.will(reply);
        }
        match probe(&fake.reach()).await {
            Probe::Nothing(why) => why,
            Probe::Role(provider) => panic!("{} was found", provider.describe()),
        }
    };
    let token = || Reply::Http(200, "token".to_owned());
    assert_eq!(nothing(vec![Reply::Unreachable]).await, "not reachable");
    let no_role = vec![token(), Reply::Http(404, String::new())];
    assert!(nothing(no_role).await.contains("no such role"));
    let portal = vec![token(), Reply::Http(200, "<html>log in</html>".to_owned())];
    assert_eq!(nothing(portal).await, "it named no role");

    let fake = Fake::new();
    fake.network.will(token());
    fake.network.will_answer(200, "Worker");
    match probe(&fake.reach()).await {
        Probe::Role(provider) => {
            assert_eq!(provider.describe(), "ECS metadata service (role `Worker`)");
        }
        Probe::Nothing(why) => panic!("{why}"),
    }
}

#[test]
fn names_that_would_change_the_path_are_refused() {
    let fake = Fake::new();
    for role in [
        "../../user-data",
        "a/b",
        "..",
        "",
        "a?b",
        "acs:ram::1:role/r",
    ] {
        assert!(
            provider(&fake.reach(), Some(role), "x".into()).is_err(),
            "{role}"
        );
    }
}
