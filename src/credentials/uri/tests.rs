use super::super::testing::{Fake, Reply, all_text, key_answer};
use super::*;

fn with(uri: &str) -> Fake {
    Fake::new().variables(&[("ALIBABA_CLOUD_CREDENTIALS_URI", uri)])
}

fn made(fake: &Fake) -> Arc<dyn CredentialProvider> {
    find(&fake.reach()).unwrap().unwrap()
}

#[tokio::test]
async fn a_local_server_is_asked_without_proxy() {
    let fake = with("http://localhost:6666/credentials?key=url-s3cret");
    fake.network.will_answer(200, key_answer("STS.uri", 3600));
    assert_eq!(
        made(&fake).credential().await.unwrap().access_key_id,
        "STS.uri"
    );
    let request = fake.network.request(0);
    assert_eq!(
        (request.scheme, request.host.as_str()),
        ("http", "localhost:6666")
    );
    assert_eq!(request.target, "/credentials?key=url-s3cret");
    assert!(request.bypass_proxy);
    assert!(find(&Fake::new().reach()).unwrap().is_none());
}

#[tokio::test]
async fn another_machine_needs_https_and_may_be_behind_a_proxy() {
    let fake = with("https://keys.example");
    fake.network.will_answer(200, key_answer("STS.uri", 3600));
    made(&fake).credential().await.unwrap();
    let request = fake.network.request(0);
    assert_eq!((request.scheme, request.target.as_str()), ("https", "/"));
    assert!(!request.bypass_proxy);
}

#[test]
fn other_urls_are_refused_and_not_repeated() {
    for uri in [
        "http://keys.example/?k=s3cret",
        "http://127.0.0.1.evil.example/s3cret",
        "ftp://localhost/s3cret",
        "https://me:s3cret@keys.example/",
        "/s3cret",
        "s3cret",
        "http://",
    ] {
        let Err(error) = find(&with(uri).reach()) else {
            panic!("{uri} was taken");
        };
        assert!(!all_text(&error).contains("s3cret"), "{uri}");
    }
}

#[tokio::test]
async fn failures_are_told_without_the_answer_or_the_url() {
    for (reply, what) in [
        (Reply::Unreachable, "did not answer"),
        (Reply::Http(401, "s3cret".into()), "HTTP 401"),
        (Reply::Http(302, "s3cret".into()), "HTTP 302"),
        (Reply::Http(200, "s3cret".into()), "no JSON"),
        (
            Reply::Http(200, r#"{"Code":"Nope","x":"s3cret"}"#.into()),
            "not `Success`",
        ),
        (
            Reply::Http(
                200,
                r#"{"Code":"Success","AccessKeySecret":"s3cret"}"#.into(),
            ),
            "no usable",
        ),
    ] {
        let fake = with("http://127.0.0.1:1/?k=url-s3cret");
        fake.network.will(reply);
        let error = made(&fake).credential().await.unwrap_err();
        assert!(error.what.contains(what), "{error}");
        assert!(!all_text(&error).contains("s3cret"), "{}", all_text(&error));
    }
}
