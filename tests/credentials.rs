//! Credential sources against the emulator: what STS hands out must be accepted by everything else, signatures checked.

#![expect(
    clippy::unwrap_used,
    reason = "what these tests prepare must work; a failure is theirs"
)]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use yunsweep::config::{Provenance, Setting};
use yunsweep::context::{Context, SteppingClock};
use yunsweep::credentials::{self, Caller, IdentityError, identity};
use yunsweep::emulator::{Emulator, Options, Running, Scenario};
use yunsweep::model::Region;
use yunsweep::openapi::{Client, Endpoints, ErrorClass, Limiter, Reader};

const NOW: &str = "2026-11-25T12:00:00Z";

fn now() -> DateTime<Utc> {
    NOW.parse().unwrap()
}

async fn start() -> Running {
    let options = Options {
        clock: Arc::new(SteppingClock::new(now())),
        ..Options::default()
    };
    Emulator::start(Scenario::load("ack-sop").unwrap(), options)
        .await
        .unwrap()
}

fn context(running: &Running, home: &Path, variables: &[(&str, &str)]) -> Context {
    let environment: BTreeMap<String, String> = variables
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    let mut context = Context::system(environment, Arc::new(running.transport()));
    context.home = Some(home.to_path_buf());
    context.wall_clock = Arc::new(SteppingClock::new(now()));
    context.clock = Arc::clone(&context.wall_clock);
    context
}

/// Who the identity is that is found there.
async fn whoami(context: &Context, profile: Option<&str>) -> Result<Caller, IdentityError> {
    let endpoints = Endpoints::default();
    let profile = profile.map(|name| Setting::new(name.to_owned(), Provenance::Flag("--profile")));
    let found = credentials::find(context, &endpoints, profile.as_ref())
        .await
        .unwrap();
    let client = Client::new(
        context.clone(),
        endpoints,
        found.provider,
        Arc::new(Limiter::default()),
        "",
    );
    identity::caller(&Reader::new(Arc::new(client)), &Region::new("cn-hangzhou")).await
}

fn write_profiles(home: &Path, profiles: &Value) {
    std::fs::create_dir_all(home.join(".aliyun")).unwrap();
    let document = json!({"current": "default", "profiles": profiles});
    std::fs::write(home.join(".aliyun/config.json"), document.to_string()).unwrap();
}

#[tokio::test]
async fn keys_roles_and_roles_of_roles_are_who_they_say() {
    let running = start().await;
    let home = tempfile::tempdir().unwrap();
    let account = running.account();
    let keys = running.keys();
    let role = |name: &str| format!("acs:ram::{account}:role/{name}");
    write_profiles(
        home.path(),
        &json!([
            {"name": "default", "mode": "AK", "access_key_id": keys.access_key_id, "access_key_secret": keys.access_key_secret},
            {"name": "role", "mode": "ChainableRamRoleArn", "source_profile": "default", "ram_role_arn": role("reader"), "ram_session_name": "lab"},
            {"name": "outer", "mode": "ChainableRamRoleArn", "source_profile": "role", "ram_role_arn": role("outer")},
            {"name": "wrong", "mode": "AK", "access_key_id": keys.access_key_id, "access_key_secret": "another"},
        ]),
    );
    let context = context(
        &running,
        home.path(),
        &[("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true")],
    );
    let of = async |profile| whoami(&context, profile).await.unwrap();
    assert_eq!(of(None).await.kind, "RAMUser");
    assert_eq!(of(None).await.account.as_str(), account);
    assert_eq!(
        of(Some("role")).await.arn,
        format!("acs:ram::{account}:assumed-role/reader/lab")
    );
    let outer = of(Some("outer")).await;
    assert_eq!(outer.kind, "AssumedRoleUser");
    assert_eq!(
        outer.arn,
        format!("acs:ram::{account}:assumed-role/outer/yunsweep")
    );
    match whoami(&context, Some("wrong")).await {
        Err(IdentityError::Api(error)) => assert_eq!(error.class, ErrorClass::Credentials),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn temporary_keys_of_the_environment_work_until_they_end() {
    let running = start().await;
    let home = tempfile::tempdir().unwrap();
    for (lifetime, is_accepted) in [(TimeDelta::hours(1), true), (TimeDelta::zero(), false)] {
        let keys = running.temporary_keys(lifetime);
        let variables = [
            ("ALIBABA_CLOUD_ACCESS_KEY_ID", keys.access_key_id.as_str()),
            ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", &keys.access_key_secret),
            ("ALIBABA_CLOUD_SECURITY_TOKEN", &keys.security_token),
        ];
        let context = context(&running, home.path(), &variables);
        match whoami(&context, None).await {
            Ok(_) => assert!(is_accepted),
            Err(IdentityError::Api(error)) => {
                assert!(!is_accepted);
                assert_eq!(error.code.as_deref(), Some("InvalidSecurityToken.Expired"));
            }
            Err(error) => panic!("{error}"),
        }
    }
}

#[tokio::test]
async fn a_pod_is_the_role_of_its_token() {
    let running = start().await;
    let home = tempfile::tempdir().unwrap();
    let account = running.account();
    let claims = json!({"iss": "https://issuer", "sub": "system:serviceaccount:lab:sweeper",
        "aud": ["sts.aliyuncs.com"], "iat": now().timestamp(), "exp": now().timestamp() + 3600});
    let token = format!("e30.{}.x", URL_SAFE_NO_PAD.encode(claims.to_string()));
    let file = home.path().join("token");
    std::fs::write(&file, token).unwrap();
    let role = format!("acs:ram::{account}:role/reader");
    let provider = format!("acs:ram::{account}:oidc-provider/ack-rrsa-c1");
    let variables = [
        ("ALIBABA_CLOUD_ROLE_ARN", role.as_str()),
        ("ALIBABA_CLOUD_OIDC_PROVIDER_ARN", &provider),
        ("ALIBABA_CLOUD_OIDC_TOKEN_FILE", file.to_str().unwrap()),
        ("ALIBABA_CLOUD_ROLE_SESSION_NAME", "pod"),
        ("ALIBABA_CLOUD_STS_REGION", "cn-hangzhou"),
    ];
    let caller = whoami(&context(&running, home.path(), &variables), None)
        .await
        .unwrap();
    assert_eq!(
        caller.arn,
        format!("acs:ram::{account}:assumed-role/reader/pod")
    );
}
