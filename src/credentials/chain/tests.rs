use serde_json::{Value, json};

use super::super::testing::{Fake, Reply, all_text, key_answer};
use super::*;
use crate::config::Provenance;

const ENVIRONMENT: [(&str, &str); 2] = [
    ("ALIBABA_CLOUD_ACCESS_KEY_ID", "LTAI-environment"),
    ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "env-s3cret"),
];

fn key(name: &str, id: &str) -> Value {
    json!({"name": name, "mode": "AK", "access_key_id": id, "access_key_secret": "s3cret", "region_id": "cn-beijing"})
}

fn section(name: &str, id: &str) -> String {
    format!("[{name}]\ntype = access_key\naccess_key_id = {id}\naccess_key_secret = s3cret\n")
}

async fn search(fake: &Fake) -> Result<Found, CredentialError> {
    find(&fake.context(), &Endpoints::default(), None).await
}

async fn search_for(
    fake: &Fake,
    name: &str,
    provenance: Provenance,
) -> Result<Found, CredentialError> {
    let profile = Setting::new(name.to_owned(), provenance);
    find(&fake.context(), &Endpoints::default(), Some(&profile)).await
}

async fn id(found: &Found) -> String {
    found.provider.credential().await.unwrap().access_key_id
}

fn flag() -> Provenance {
    Provenance::Flag("--profile")
}

fn from_file() -> Provenance {
    Provenance::File {
        path: "config.toml".into(),
        line: 1,
    }
}

/// A machine where everything is configured, less the first `missing` sources.
fn machine(missing: usize) -> Fake {
    let mut fake = Fake::new();
    if missing < 1 {
        fake = fake.variables(&ENVIRONMENT);
    }
    if missing < 2 {
        let token = fake.write("token", "oidc-t0ken");
        fake = fake.variables(&[
            ("ALIBABA_CLOUD_ROLE_ARN", "acs:ram::1:role/r"),
            (
                "ALIBABA_CLOUD_OIDC_PROVIDER_ARN",
                "acs:ram::1:oidc-provider/p",
            ),
            ("ALIBABA_CLOUD_OIDC_TOKEN_FILE", token.to_str().unwrap()),
        ]);
    }
    if missing < 3 {
        fake.profiles("default", &json!([key("default", "LTAI-profile")]));
    }
    if missing < 4 {
        fake.write(
            ".alibabacloud/credentials",
            &section("default", "LTAI-shared"),
        );
    }
    if missing < 5 {
        fake.network.will_answer(200, "token");
        fake.network.will_answer(200, "Worker");
    } else {
        fake.network.will(Reply::Unreachable);
    }
    if missing < 6 {
        fake = fake.variables(&[("ALIBABA_CLOUD_CREDENTIALS_URI", "http://localhost:1/x")]);
    }
    fake
}

#[tokio::test]
async fn the_order_is_that_of_the_sdks() {
    let expected = [
        "environment (ALIBABA_CLOUD_ACCESS_KEY_ID)",
        "OIDC token (ALIBABA_CLOUD_OIDC_TOKEN_FILE)",
        "profile `default` of ~/.aliyun/config.json",
        "section `default` of ~/.alibabacloud/credentials",
        "ECS metadata service (role `Worker`)",
        "credentials URI (ALIBABA_CLOUD_CREDENTIALS_URI)",
    ];
    for (missing, source) in expected.into_iter().enumerate() {
        let found = search(&machine(missing)).await.unwrap();
        assert_eq!(found.provider.describe(), source);
    }
    let error = search(&machine(6)).await.unwrap_err();
    for place in [
        "environment",
        "OIDC",
        "~/.aliyun/config.json (there is no such file)",
        "~/.alibabacloud/credentials",
        "ECS metadata service (not reachable)",
        "credentials URI",
    ] {
        assert!(error.what.contains(place), "{error}");
    }
    assert!(error.hint.unwrap().contains("aliyun configure"));
}

#[tokio::test]
async fn a_broken_source_stops_the_search_at_every_place() {
    let half = machine(1).variables(&[("ALIBABA_CLOUD_ACCESS_KEY_ID", "LTAI-x")]);
    let oidc = machine(2).variables(&[("ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "x")]);
    let profile = machine(3);
    profile.write(".aliyun/config.json", "{");
    let current = machine(3);
    current.profiles("gone", &json!([key("default", "LTAI-x")]));
    let shared = machine(4);
    shared.write(".alibabacloud/credentials", "[default]\ntype = magic\n");
    let metadata = machine(5).variables(&[("ALIBABA_CLOUD_ECS_METADATA", "a/b")]);
    let uri = machine(6).variables(&[("ALIBABA_CLOUD_CREDENTIALS_URI", "http://else.example")]);
    for (fake, source) in [
        (half, "environment"),
        (oidc, "OIDC"),
        (profile, "config.json:1:"),
        (current, "profile `gone`"),
        (shared, "section `default`"),
        (metadata, "ECS metadata"),
        (uri, "credentials URI"),
    ] {
        let error = search(&fake).await.unwrap_err();
        assert!(error.source_name.contains(source), "{error}");
        assert!(!error.what.contains("none are configured"), "{error}");
        assert!(error.hint.is_some());
        assert!(!all_text(&error).contains("s3cret"));
    }
}

#[tokio::test]
async fn a_profile_named_for_the_run_is_used_and_nothing_else() {
    let fake = machine(0);
    fake.profiles(
        "default",
        &json!([key("default", "LTAI-profile"), key("lab", "LTAI-lab")]),
    );
    for provenance in [flag(), Provenance::Environment("YUNSWEEP_PROFILE")] {
        let found = search_for(&fake, "lab", provenance).await.unwrap();
        assert_eq!(id(&found).await, "LTAI-lab");
        assert_eq!(found.region, Some(Region::new("cn-beijing")));
    }
    let error = search_for(&fake, "lba", flag()).await.unwrap_err();
    assert_eq!(error.source_name, "profile `lba`");
    assert_eq!(error.hint.as_deref(), Some("did you mean `lab`?"));
    let error = search_for(&fake, "zzz", flag()).await.unwrap_err();
    assert_eq!(error.hint.as_deref(), Some("the profiles are default, lab"));
    assert!(search_for(&Fake::new(), "lab", flag()).await.is_err());
}

#[tokio::test]
async fn a_named_profile_may_be_a_section_of_the_other_file() {
    let fake = Fake::new();
    fake.profiles("default", &json!([key("default", "LTAI-profile")]));
    fake.write(".alibabacloud/credentials", &section("lab", "LTAI-shared"));
    let found = search_for(&fake, "lab", flag()).await.unwrap();
    assert_eq!(id(&found).await, "LTAI-shared");
    let chosen = fake.variables(&[("ALIBABA_CLOUD_PROFILE", "lab")]);
    assert_eq!(id(&search(&chosen).await.unwrap()).await, "LTAI-shared");
    chosen.write(".alibabacloud/credentials", "[lab]\nenable = false\n");
    assert!(
        search(&chosen)
            .await
            .unwrap_err()
            .what
            .contains("enable = false")
    );
}

#[tokio::test]
async fn a_profile_of_the_configuration_file_stands_below_the_environment() {
    let profiles = json!([
        key("default", "LTAI-default"),
        key("lab", "LTAI-lab"),
        key("other", "LTAI-other")
    ]);
    let fake = Fake::new();
    fake.profiles("default", &profiles);
    assert_eq!(
        id(&search_for(&fake, "lab", from_file()).await.unwrap()).await,
        "LTAI-lab"
    );
    let fake = fake.variables(&[("ALIBABA_CLOUD_PROFILE", "other")]);
    assert_eq!(
        id(&search_for(&fake, "lab", from_file()).await.unwrap()).await,
        "LTAI-other"
    );
    let fake = fake.variables(&ENVIRONMENT);
    let found = search_for(&fake, "lab", from_file()).await.unwrap();
    assert_eq!(id(&found).await, "LTAI-environment");
    let two = Warning::TwoIdentities {
        used: "environment (ALIBABA_CLOUD_ACCESS_KEY_ID)".into(),
        other: "profile `other` of ~/.aliyun/config.json".into(),
    };
    assert_eq!(found.warnings, [two]);
}

#[tokio::test]
async fn a_profile_that_a_variable_names_must_exist() {
    let fake = machine(3).variables(&[("ALIBABA_CLOUD_PROFILE", "lab")]);
    let error = search(&fake).await.unwrap_err();
    assert_eq!(error.source_name, "profile `lab`");
}

#[tokio::test]
async fn an_empty_default_profile_is_skipped_unless_it_is_named() {
    let fake = machine(3);
    let empty =
        json!([{"name": "default", "mode": "AK", "access_key_id": "", "access_key_secret": ""}]);
    fake.profiles("default", &empty);
    assert_eq!(id(&search(&fake).await.unwrap()).await, "LTAI-shared");
    let error = search_for(&fake, "default", flag()).await.unwrap_err();
    assert!(error.what.contains("no key yet"), "{error}");
}

#[tokio::test]
async fn sources_can_be_switched_off() {
    for name in [
        "ALIBABA_CLOUD_CLI_PROFILE_DISABLED",
        "ALIBABA_CLOUD_IGNORE_PROFILE",
    ] {
        let fake = machine(2).variables(&[(name, "TRUE")]);
        assert_eq!(id(&search(&fake).await.unwrap()).await, "LTAI-shared");
    }
    let fake = machine(4).variables(&[("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true")]);
    let found = search(&fake).await.unwrap();
    assert_eq!(
        found.provider.describe(),
        "credentials URI (ALIBABA_CLOUD_CREDENTIALS_URI)"
    );
    assert_eq!(fake.network.count(), 0);
}

#[tokio::test]
async fn a_named_instance_role_is_not_looked_for_but_used() {
    let fake = Fake::new().variables(&[("ALIBABA_CLOUD_ECS_METADATA", "Worker")]);
    let found = search(&fake).await.unwrap();
    assert_eq!(fake.network.count(), 0);
    fake.network.will_answer(200, "token");
    fake.network.will_answer(200, key_answer("STS.node", 3600));
    assert_eq!(id(&found).await, "STS.node");
}

#[tokio::test]
async fn region_and_site_come_from_the_profile_then_from_the_environment() {
    let fake = Fake::new().variables(&[("ALIBABA_CLOUD_REGION_ID", "cn-shanghai")]);
    let login = |site: &str| json!([{"name": "default", "mode": "OAuth", "oauth_site_type": site, "sts_token": "t", "sts_expiration": 1}]);
    fake.profiles("default", &login("INTL"));
    let found = search(&fake).await.unwrap();
    assert_eq!(found.region, Some(Region::new("cn-shanghai")));
    assert_eq!(found.site, Some(Site::International));
    fake.profiles("default", &login("CN"));
    assert_eq!(search(&fake).await.unwrap().site, Some(Site::China));
    fake.profiles("default", &json!([key("default", "LTAI-x")]));
    let found = search(&fake).await.unwrap();
    assert_eq!(
        (found.region, found.site),
        (Some(Region::new("cn-beijing")), None)
    );

    let mut odd = key("default", "LTAI-x");
    odd["region_id"] = json!("evil.example/");
    fake.profiles("default", &json!([odd]));
    assert!(search(&fake).await.unwrap_err().what.contains("region"));
}

#[tokio::test]
async fn nothing_that_can_be_printed_holds_a_secret() {
    let found = search(&machine(0)).await.unwrap();
    let credential = found.provider.credential().await.unwrap();
    let text = format!("{found:?} {credential:?} {}", found.provider.describe());
    assert!(!text.contains("s3cret"), "{text}");
}

#[cfg(unix)]
#[tokio::test]
async fn files_that_others_can_read_are_warned_of() {
    use std::os::unix::fs::PermissionsExt as _;
    let fake = Fake::new();
    let path = fake.profiles("default", &json!([key("default", "LTAI-x")]));
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
    let found = search(&fake).await.unwrap();
    assert_eq!(found.warnings, [Warning::ReadableByOthers(path)]);
    assert!(found.warnings[0].to_string().contains("chmod 600"));
}
