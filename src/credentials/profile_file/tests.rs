use super::super::testing::{Fake, all_text};
use super::*;

fn read(text: &str) -> Result<ProfileFile, CredentialError> {
    let fake = Fake::new();
    fake.write(".aliyun/config.json", text);
    ProfileFile::find(&fake.reach()).map(Option::unwrap)
}

fn error(text: &str) -> CredentialError {
    match read(text) {
        Ok(_) => panic!("{text} was taken"),
        Err(error) => error,
    }
}

#[test]
fn profiles_are_read_and_unknown_fields_tolerated() {
    let file = read(
        "\u{feff}{\"current\": \"lab\", \"new\": 1, \"profiles\": [{\"name\": \"lab\", \"mode\": \"AK\", \"expired_seconds\": 900, \"zero\": 0, \"empty\": \"\", \"what\": []}]}",
    )
    .unwrap();
    assert_eq!(file.shown, "~/.aliyun/config.json");
    assert_eq!(file.current.as_deref(), Some("lab"));
    let lab = file.profile("lab").unwrap();
    assert_eq!(lab.source_name, "profile `lab` of ~/.aliyun/config.json");
    assert_eq!(lab.text("mode").unwrap(), Some("AK"));
    assert_eq!(lab.text("empty").unwrap(), None);
    assert_eq!(lab.number("expired_seconds").unwrap(), Some(900));
    assert_eq!(lab.number("zero").unwrap(), None);
    assert!(lab.text("expired_seconds").is_err());
    assert!(lab.number("mode").is_err());
    assert!(lab.is_on("mode").is_err());
    assert!(lab.required("nothing").is_err());
}

#[test]
fn malformed_files_are_located_and_never_quoted() {
    let broken = error("{\n  \"profiles\": [\n    {\"access_key_secret\": \"s3cret\" \"x\"}\n");
    assert_eq!(broken.source_name, "~/.aliyun/config.json:3:36");
    assert!(!all_text(&broken).contains("s3cret"));
    for (text, what) in [
        ("", "not JSON"),
        ("s3cret", "not JSON"),
        ("\"s3cret\"", "no JSON object"),
        (r#"{"profiles": "s3cret"}"#, "`profiles` is not a list"),
        (r#"{"profiles": ["s3cret"]}"#, "`profiles[0]` is no object"),
        (
            r#"{"profiles": [{"access_key_secret": "s3cret"}]}"#,
            "`profiles[0]` has no name",
        ),
        (r#"{"current": 7}"#, "`current` is not text"),
        (
            r#"{"profiles": [{"name": "a"}, {"name": "a", "x": "s3cret"}]}"#,
            "two profiles `a`",
        ),
    ] {
        let error = error(text);
        assert!(error.what.contains(what), "{error}");
        assert!(!all_text(&error).contains("s3cret"), "{}", all_text(&error));
    }
}

#[test]
fn files_that_cannot_be_read_are_not_taken_for_missing_ones() {
    let fake = Fake::new();
    assert!(ProfileFile::find(&fake.reach()).unwrap().is_none());
    std::fs::create_dir_all(fake.home.path().join(".aliyun/config.json")).unwrap();
    assert!(ProfileFile::find(&fake.reach()).is_err());

    let named = Fake::new().variables(&[("ALIBABA_CLOUD_CONFIG_FILE", "/nonexistent/config.json")]);
    let Err(error) = ProfileFile::find(&named.reach()) else {
        panic!("a missing file that is named was skipped");
    };
    assert!(error.what.contains("ALIBABA_CLOUD_CONFIG_FILE"), "{error}");

    let binary = Fake::new();
    let path = binary.write(".aliyun/config.json", "");
    std::fs::write(&path, b"{\n\n\"\xff\"}").unwrap();
    let Err(error) = ProfileFile::find(&binary.reach()) else {
        panic!("bytes were taken for text");
    };
    assert!(error.what.contains("line 3"), "{error}");
}

#[cfg(unix)]
#[test]
fn a_file_below_something_that_is_no_folder_is_an_error() {
    let fake = Fake::new();
    let file = fake.write("file", "");
    let path = file.join("config.json").display().to_string();
    let fake = fake.variables(&[("ALIBABA_CLOUD_CONFIG_FILE", &path)]);
    assert!(ProfileFile::find(&fake.reach()).is_err());
}

#[cfg(unix)]
#[test]
fn files_that_others_can_read_are_warned_of_once() {
    use std::os::unix::fs::PermissionsExt as _;
    let fake = Fake::new();
    let path = fake.write("x", "");
    let mut warnings = Vec::new();
    warn_of_readers(&path, &mut warnings);
    assert!(warnings.is_empty());
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    warn_of_readers(&path, &mut warnings);
    warn_of_readers(&path, &mut warnings);
    assert_eq!(warnings, [Warning::ReadableByOthers(path)]);
}

proptest::proptest! {
    #[test]
    fn no_text_is_ever_quoted(noise in "[\\[\\]{}:,\" a-z]{0,20}") {
        let text = format!("{{\"profiles\": [{{\"name\": \"a\", \"x\": \"s3cret\" {noise}}}]}}");
        if let Err(error) = ProfileFile::parse("f".into(), Path::new("f"), &text) {
            proptest::prop_assert!(!all_text(&error).contains("s3cret"));
        }
    }
}
