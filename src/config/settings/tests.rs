use std::sync::Arc;

use super::*;
use crate::context::{RandomIds, SteppingClock};
use crate::transport::{HttpRequest, HttpResponse, Transport, TransportError};
use futures::future::BoxFuture;

struct NoNetwork;

impl Transport for NoNetwork {
    fn send(&self, _: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportError>> {
        unreachable!("settings talk to nobody")
    }
}

fn context(home: &Path, variables: &[(&str, &str)]) -> Context {
    let clock = Arc::new(SteppingClock::new(chrono::DateTime::UNIX_EPOCH));
    Context {
        wall_clock: clock.clone(),
        clock,
        ids: Arc::new(RandomIds),
        environment: Arc::new(
            variables
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
        ),
        home: Some(home.to_path_buf()),
        transport: Arc::new(NoNetwork),
    }
}

fn home_with(text: &str) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join(".config/yunsweep");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("config.toml"), text).unwrap();
    home
}

const FILE: &str = r#"
profile = "from-file"
site = "china"
regions = ["cn-beijing"]
language = "zh-CN"
endpoint_type = "vpc"
ca_file = "/from/file.pem"
[endpoints]
ecs = "ecs.{region}.cloud.example"
"#;

#[test]
fn flags_win_over_the_environment_over_the_file_over_defaults() {
    let home = home_with(FILE);
    let file = Settings::load(&Flags::default(), &context(home.path(), &[])).unwrap();
    assert_eq!(file.profile.as_ref().unwrap().value, "from-file");
    assert!(!file.profile.as_ref().unwrap().provenance.is_of_this_run());
    assert_eq!(file.language.value, Language::Chinese);
    assert_eq!(file.endpoint_type.value, EndpointType::Vpc);
    assert_eq!(file.endpoints().hosts["ecs"], "ecs.{region}.cloud.example");
    let provenance = file.site.unwrap().provenance.to_string();
    assert!(
        provenance.ends_with("yunsweep/config.toml:3"),
        "{provenance}"
    );

    let variables = [
        ("YUNSWEEP_PROFILE", "from-environment"),
        ("YUNSWEEP_SITE", "international"),
        ("YUNSWEEP_REGION", "cn-shanghai, cn-shenzhen"),
        ("YUNSWEEP_LANGUAGE", "en"),
        ("YUNSWEEP_ENDPOINT", "http://127.0.0.1:8080/"),
        ("YUNSWEEP_ENDPOINT_TYPE", "public"),
        ("YUNSWEEP_CA_FILE", "/from/environment.pem"),
    ];
    let context = context(home.path(), &variables);
    let environment = Settings::load(&Flags::default(), &context).unwrap();
    let from = |name| Provenance::Environment(name);
    assert_eq!(
        environment.profile,
        Some(Setting::new(
            "from-environment".to_owned(),
            from("YUNSWEEP_PROFILE")
        ))
    );
    assert_eq!(
        environment.site,
        Some(Setting::new(Site::International, from("YUNSWEEP_SITE")))
    );
    assert_eq!(
        environment.regions.as_ref().unwrap().value,
        [Region::new("cn-shanghai"), Region::new("cn-shenzhen")]
    );
    assert_eq!(environment.language.value, Language::English);
    assert_eq!(environment.endpoint_type.value, EndpointType::Public);
    assert_eq!(
        environment.endpoint.as_ref().unwrap().value.url,
        "http://127.0.0.1:8080"
    );
    assert_eq!(
        environment.endpoints().connect_to,
        Some(ConnectTo {
            scheme: "http",
            authority: "127.0.0.1:8080".into()
        })
    );
    assert_eq!(
        environment.ca_file.unwrap().value,
        Path::new("/from/environment.pem")
    );

    let flags = Flags {
        profile: Some("from-flag".into()),
        site: Some(Site::China),
        regions: vec!["cn-hangzhou,cn-beijing".into(), "cn-hangzhou".into()],
        language: Some("zh-CN".into()),
        endpoint: Some("https://10.0.0.1:8443".into()),
        endpoint_type: Some(EndpointType::Vpc),
        ca_file: Some("relative.pem".into()),
    };
    let flagged = Settings::load(&flags, &context).unwrap();
    assert_eq!(
        flagged.profile,
        Some(Setting::new(
            "from-flag".to_owned(),
            Provenance::Flag("--profile")
        ))
    );
    assert_eq!(
        flagged.site,
        Some(Setting::new(Site::China, Provenance::Flag("--site")))
    );
    assert_eq!(
        flagged.regions.unwrap().value,
        [Region::new("cn-hangzhou"), Region::new("cn-beijing")]
    );
    assert_eq!(flagged.language.value, Language::Chinese);
    assert_eq!(
        flagged.endpoint_type.provenance,
        Provenance::Flag("--endpoint-type")
    );
    assert_eq!(flagged.endpoint.unwrap().value.connect_to.scheme, "https");
    assert_eq!(flagged.ca_file.unwrap().value, Path::new("relative.pem"));
}

#[test]
fn without_anything_set_there_are_defaults_and_the_locale() {
    let home = tempfile::tempdir().unwrap();
    let variables = [("LANG", "zh_CN.UTF-8"), ("YUNSWEEP_PROFILE", "")];
    let settings = Settings::load(&Flags::default(), &context(home.path(), &variables)).unwrap();
    assert_eq!(settings.profile, None);
    assert_eq!(settings.regions, None);
    assert_eq!(
        settings.language,
        Setting::new(Language::Chinese, Provenance::Default)
    );
    assert_eq!(settings.endpoints().connect_to, None);
    assert_eq!(settings.ca_pem().unwrap(), None);
}

#[test]
fn bad_flags_and_variables_are_named() {
    let home = tempfile::tempdir().unwrap();
    let load = |flags: Flags, variables: &[(&str, &str)]| {
        Settings::load(&flags, &context(home.path(), variables))
            .unwrap_err()
            .to_string()
    };
    let flags = Flags {
        endpoint: Some("https://me:secret@host".into()),
        ..Flags::default()
    };
    let error = load(flags, &[]);
    assert!(
        error.starts_with("--endpoint: ") && !error.contains("secret"),
        "{error}"
    );
    for (name, value, what) in [
        ("YUNSWEEP_ENDPOINT", "http://10.1.1.1", "plain http"),
        ("YUNSWEEP_ENDPOINT", "https://h/p", "path or query"),
        ("YUNSWEEP_ENDPOINT", "unix:///run/x", "not a scheme"),
        ("YUNSWEEP_REGION", "cn-hangzhou,,", "is not a region"),
        ("YUNSWEEP_REGION", "a b", "is not a region"),
        ("YUNSWEEP_SITE", "cn", "is not a site"),
        ("YUNSWEEP_ENDPOINT_TYPE", "intranet", "public or vpc"),
        ("YUNSWEEP_LANGUAGE", "tlh", "not a language"),
    ] {
        let error = load(Flags::default(), &[(name, value)]);
        let hinted = Settings::load(&Flags::default(), &context(home.path(), &[(name, value)]))
            .unwrap_err()
            .problems;
        let hint = hinted[0].hint.clone().unwrap_or_default();
        assert!(error.starts_with(&format!("{name}: ")), "{error}");
        assert!(format!("{error} {hint}").contains(what), "{error} {hint}");
    }
}

#[test]
fn the_file_is_in_the_configuration_folder_and_never_in_the_current_one() {
    let home = Path::new("/home/me");
    let path = |variables: &[(&str, &str)]| file_path(&context(home, variables)).unwrap();
    assert_eq!(
        path(&[]),
        Path::new("/home/me/.config/yunsweep/config.toml")
    );
    assert_eq!(
        path(&[("XDG_CONFIG_HOME", "/else")]),
        Path::new("/else/yunsweep/config.toml")
    );
    for relative in [".", "config", "./x"] {
        assert_eq!(
            path(&[("XDG_CONFIG_HOME", relative)]),
            Path::new("/home/me/.config/yunsweep/config.toml")
        );
    }
    let homeless = Context {
        home: None,
        ..context(home, &[])
    };
    assert_eq!(file_path(&homeless), None);
}

#[test]
fn a_file_of_certificates_must_hold_one() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("ca.pem");
    let load = || {
        let flags = Flags {
            ca_file: Some(path.clone()),
            ..Flags::default()
        };
        Settings::load(&flags, &context(home.path(), &[]))
            .unwrap()
            .ca_pem()
    };
    let missing = load().unwrap_err().to_string();
    assert!(
        missing.starts_with("--ca-file: ") && missing.contains("cannot be read"),
        "{missing}"
    );
    std::fs::write(&path, "nothing").unwrap();
    assert!(
        load()
            .unwrap_err()
            .to_string()
            .contains("holds no certificate")
    );
    std::fs::write(&path, "-----BEGIN CERTIFICATE-----\nx\n").unwrap();
    assert!(load().unwrap().is_some());
}
