use std::path::Path;

use super::*;

const PATH: &str = "/home/me/.config/yunsweep/config.toml";

fn parse(text: &str) -> Result<ConfigFile, ConfigError> {
    ConfigFile::parse(Path::new(PATH), text)
}

/// The problems as `line:column what | hint`.
fn problems(text: &str) -> Vec<String> {
    parse(text)
        .unwrap_err()
        .problems
        .iter()
        .map(|problem| {
            let place = problem.place.strip_prefix(PATH).unwrap();
            let hint = problem.hint.as_deref().unwrap_or("-");
            format!("{place} {} | {hint}", problem.what)
        })
        .collect()
}

#[test]
fn a_whole_file_is_read_with_the_line_of_each_value() {
    let file = parse(
        r#"# the lab
profile = "lab"
site = "international"
regions = ["cn-hangzhou", "ap-southeast-1", "cn-hangzhou"]
language = "zh-CN"
endpoint_type = "vpc"
ca_file = "/etc/ssl/own.pem"

[endpoints]
ecs = "ecs.{region}.cloud.example"
sts = "sts.cloud.example:8443"
"#,
    )
    .unwrap();
    let at = |line| Provenance::File {
        path: PATH.into(),
        line,
    };
    assert_eq!(file.profile, Some(Setting::new("lab".to_owned(), at(2))));
    assert_eq!(file.site, Some(Setting::new(Site::International, at(3))));
    assert_eq!(
        file.regions,
        Some(Setting::new(
            vec![Region::new("cn-hangzhou"), Region::new("ap-southeast-1")],
            at(4)
        ))
    );
    assert_eq!(file.language, Some(Setting::new(Language::Chinese, at(5))));
    assert_eq!(
        file.endpoint_type,
        Some(Setting::new(EndpointType::Vpc, at(6)))
    );
    assert_eq!(
        file.ca_file,
        Some(Setting::new("/etc/ssl/own.pem".into(), at(7)))
    );
    assert_eq!(
        file.endpoints["ecs"],
        Setting::new("ecs.{region}.cloud.example".to_owned(), at(10))
    );
    assert_eq!(file.endpoints["sts"].value, "sts.cloud.example:8443");
}

#[test]
fn an_empty_file_says_nothing() {
    assert_eq!(parse("").unwrap(), ConfigFile::default());
    assert_eq!(parse("# only words\n").unwrap(), ConfigFile::default());
}

#[test]
fn unknown_keys_and_products_are_errors_that_name_the_nearest() {
    assert_eq!(
        problems("profil = \"lab\"\n"),
        [":1:1 unknown key `profil` | did you mean `profile`?"]
    );
    assert_eq!(
        problems("site = \"china\"\n  endpoint = \"https://x\"\n"),
        [":2:3 unknown key `endpoint` | did you mean `endpoints`?"]
    );
    assert_eq!(
        problems("\n[endpoints]\nalbs = \"x.example\"\n"),
        [":3:1 unknown product `albs` | did you mean `alb`?"]
    );
    let far = problems("quux = 1");
    assert!(
        far[0].starts_with(":1:1 unknown key `quux` | the keys are profile, site"),
        "{far:?}"
    );
}

#[test]
fn wrong_types_are_named_in_words() {
    assert_eq!(
        problems("profile = 1"),
        [":1:11 `profile` must be text, and this is a number | put it in quotes"]
    );
    assert_eq!(
        problems("regions = \"cn-hangzhou\""),
        [
            ":1:11 `regions` must be a list, and this is text | write it like regions = [\"cn-hangzhou\"]"
        ]
    );
    assert_eq!(
        problems("regions = [\"cn-hangzhou\", true]"),
        [":1:27 `regions` must be text, and this is true or false | put it in quotes"]
    );
    assert!(
        problems("endpoints = []")[0]
            .starts_with(":1:1 `endpoints` must be a table, and this is a list")
    );
    assert!(problems("site = 2026-01-01")[0].contains("this is a date"));
    assert!(problems("[profile]\nx = 1")[0].contains("this is a table"));
}

#[test]
fn bad_values_are_refused_with_what_to_write() {
    for (text, what) in [
        ("profile = \" \"", ":1:11 the profile is empty"),
        ("site = \"intl\"", ":1:8 `intl` is not a site"),
        ("site = \"China\"", "did you mean `china`?"),
        ("language = \"fr\"", ":1:12 `fr` is not a language"),
        (
            "endpoint_type = \"private\"",
            "`private` is not a type of endpoint | write public or vpc",
        ),
        ("ca_file = \"own.pem\"", "`own.pem` is not an absolute path"),
        ("regions = []", ":1:11 `regions` is empty"),
        (
            "regions = [\"cn-hangzou.evil.example/\"]",
            "is not a region",
        ),
        ("regions = [\"CN-Hangzhou\"]", "did you mean `cn-hangzhou`?"),
        (
            "[endpoints]\necs = \"https://x\"",
            ":2:7 `https://x` is a URL, not a host",
        ),
        ("[endpoints]\necs = \"u:p@x\"", "has a port that is none"),
        ("[endpoints]\necs = \"x..example\"", "is not a host"),
        ("[endpoints]\necs = \"{zone}.example\"", "is not a host"),
        (
            "[endpoints]\necs = \"x.example:99999\"",
            "has a port that is none",
        ),
    ] {
        let found = problems(text);
        assert!(
            found.len() == 1 && found[0].contains(what),
            "{text}: {found:?}"
        );
    }
}

#[test]
fn every_problem_is_told_at_once() {
    let found = problems("profil = 1\nsite = \"mars\"\nlanguage = 3\n");
    assert_eq!(found.len(), 3, "{found:?}");
}

#[test]
fn broken_toml_is_told_by_line_and_column() {
    for (text, place) in [
        ("profile = \"lab\nsite = \"china\"\n", ":1:"),
        ("a = 1\nb = [1,\n", ":2:"),
        ("profile = \"x\"\nprofile = \"y\"\n", ":2:1"),
        ("= 1", ":1:1"),
        ("profile = \"\\q\"", ":1:1"),
        ("\u{0}", ":1:1"),
        ("[endpoints", ":1:"),
    ] {
        let found = problems(text);
        assert!(found[0].starts_with(place), "{text:?}: {found:?}");
    }
}

#[test]
fn hostile_files_are_refused_and_not_repeated_at_length() {
    let deep = format!("x = {}1{}", "[".repeat(10_000), "]".repeat(10_000));
    assert!(parse(&deep).is_err());
    let long = format!("{} = 1", "k".repeat(100_000));
    let error = parse(&long).unwrap_err().to_string();
    assert!(error.len() < 300, "{}", error.len());
    let control = parse("\"a\\u001b[31m\" = 1").unwrap_err().to_string();
    assert!(!control.contains('\u{1b}'), "{control}");
    let wide = problems("# 云扫\n\"云\" = 1\n");
    assert!(wide[0].starts_with(":2:1 unknown key `云`"), "{wide:?}");
}

#[test]
fn files_that_are_not_there_say_nothing_and_others_must_be_readable() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.toml");
    assert_eq!(ConfigFile::read(&path).unwrap(), ConfigFile::default());

    let error = ConfigFile::read(folder.path()).unwrap_err();
    assert!(error.to_string().ends_with("it is no file"), "{error}");

    std::fs::write(&path, b"profile = \"lab\"\nsite = \"\xff\"\n").unwrap();
    let error = ConfigFile::read(&path).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("config.toml:2:9: the file is not UTF-8"),
        "{error}"
    );

    std::fs::write(&path, vec![b'#'; (1 << 20) + 1]).unwrap();
    let error = ConfigFile::read(&path).unwrap_err();
    assert!(error.to_string().contains("larger than 1 MiB"), "{error}");
    assert_eq!(error.hints().count(), 1);
}

proptest::proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in ".*", key in "[a-z_]{1,12}", value in "\\PC{0,20}") {
        let _ = parse(&text);
        let _ = parse(&format!("{key} = {value}\n[endpoints]\n{value} = \"{key}\""));
        for key in KEYS {
            let _ = parse(&format!("{key} = {value}"));
            let quoted = toml::Value::String(value.clone());
            let _ = parse(&format!("{key} = {quoted}"));
        }
    }
}

#[test]
fn accounts_that_may_be_torn_down_are_listed_by_id() {
    let file = parse(
        "[accounts.\"0000000000000042\"]\nteardown = true\n[accounts.1234567890123456]\nteardown = false\n",
    )
    .unwrap();
    let allowed: Vec<(&str, Option<bool>)> = file
        .accounts
        .iter()
        .map(|(id, rules)| (id.as_str(), rules.teardown.as_ref().map(|flag| flag.value)))
        .collect();
    assert_eq!(
        allowed,
        [
            ("0000000000000042", Some(true)),
            ("1234567890123456", Some(false))
        ]
    );
}

#[test]
fn what_is_wrong_about_an_account_is_refused_with_its_place() {
    for (text, place) in [
        ("accounts = true", ":1:1 "),
        ("[accounts.lab]\nteardown = true", ":1:11 "),
        ("[accounts.\"0000000000000042\"]\nteardwon = true", ":2:1 "),
        (
            "[accounts.\"0000000000000042\"]\nteardown = \"true\"",
            ":2:12 ",
        ),
        ("[accounts]\n\"0000000000000042\" = true", ":2:1 "),
    ] {
        let found = problems(text);
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        assert!(found[0].starts_with(place), "{text}: {found:?}");
    }
    assert!(problems("[accounts.\"0000000000000042\"]\nteardwon = true")[0].contains("teardown"));
}
