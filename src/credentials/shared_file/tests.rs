use super::super::testing::{Fake, all_text, assert_signed, key_answer, parameters, sts_answer};
use super::*;

const FILE: &str = "
# keys
[default]
enable = true
type = access_key
access_key_id = LTAI-default   # the lab
access_key_secret = s3cret#1;2

[assume]
type = ram_role_arn
access_key_id = LTAI-assume
access_key_secret = s3cret
role_arn = acs:ram::1234567890123456:role/reader
role_session_name = tool
policy =

[node] ; the instance
type = ecs_ram_role
role_name = Worker
";

fn read(fake: &Fake) -> SharedFile {
    SharedFile::find(&fake.reach()).unwrap().unwrap()
}

fn error(text: &str) -> CredentialError {
    let fake = Fake::new();
    fake.write(".alibabacloud/credentials", text);
    match SharedFile::find(&fake.reach()) {
        Ok(_) => panic!("{text} was taken"),
        Err(error) => error,
    }
}

#[tokio::test]
async fn each_type_gives_its_credential() {
    let fake = Fake::new();
    fake.write(".alibabacloud/credentials", FILE);
    let file = read(&fake);
    let reach = fake.reach();
    let provider = |name: &str| file.sections[name].provider(&reach).unwrap();

    let credential = provider("default").credential().await.unwrap();
    assert_eq!(
        (credential.access_key_id.as_str(), credential.secret()),
        ("LTAI-default", "s3cret#1;2")
    );

    fake.network.will_answer(200, sts_answer("STS.role", 3600));
    let assumed = provider("assume").credential().await.unwrap();
    assert_eq!(assumed.access_key_id, "STS.role");
    assert_signed(&fake.network.request(0), "LTAI-assume", "s3cret");
    let sent = parameters(&fake.network.request(0));
    assert_eq!(sent["RoleSessionName"], "tool");
    assert!(!sent.contains_key("Policy"));

    fake.network.will_answer(200, "token");
    fake.network.will_answer(200, key_answer("STS.node", 3600));
    assert_eq!(
        provider("node").credential().await.unwrap().access_key_id,
        "STS.node"
    );
}

#[tokio::test]
async fn tokens_are_exchanged() {
    let fake = Fake::new();
    let token = fake.write("token", "oidc-t0ken");
    let text = format!(
        "[pod]\ntype = oidc_role_arn\noidc_provider_arn = acs:ram::1:oidc-provider/x\noidc_token_file_path = {}\nrole_arn = acs:ram::1:role/r\n",
        token.display()
    );
    fake.write(".alibabacloud/credentials.ini", &text);
    fake.network.will_answer(200, sts_answer("STS.pod", 3600));
    let file = read(&fake);
    assert_eq!(file.shown, "~/.alibabacloud/credentials.ini");
    let provider = file.sections["pod"].provider(&fake.reach()).unwrap();
    assert_eq!(
        provider.credential().await.unwrap().access_key_id,
        "STS.pod"
    );
}

#[test]
fn malformed_lines_are_located_and_never_quoted() {
    for (text, line, what) in [
        ("[default]\naccess_key_secret s3cret\n", 2, "has no `=`"),
        ("\naccess_key_secret = s3cret\n", 2, "before any section"),
        ("[s3cret\n", 1, "does not end"),
        ("[a] s3cret\n", 1, "after the name"),
        ("[a]\n[b]\n[a]\n", 3, "already"),
        ("[a]\nk = s3cret\nK = s3cret\n", 3, "second time"),
    ] {
        let error = error(text);
        assert_eq!(
            error.source_name,
            format!("~/.alibabacloud/credentials:{line}")
        );
        assert!(error.what.contains(what), "{error}");
        assert!(!all_text(&error).contains("s3cret"));
    }
}

#[test]
fn sections_that_are_broken_say_so() {
    for (text, what) in [
        ("[a]\naccess_key_id = x\n", "`type` is missing"),
        (
            "[a]\ntype = access_key\naccess_key_secret = s3cret\n",
            "id is missing",
        ),
        (
            "[a]\ntype = rsa_key_pair\nprivate_key_file = s3cret\n",
            "`rsa_key_pair` is not used",
        ),
        ("[a]\ntype = magic\nx = s3cret\n", "`magic` is not known"),
        (
            "[a]\ntype = ram_role_arn\naccess_key_id = x\naccess_key_secret = s3cret\n",
            "`role_arn` is missing",
        ),
        (
            "[a]\ntype = oidc_role_arn\n",
            "`oidc_provider_arn` is missing",
        ),
    ] {
        let fake = Fake::new();
        fake.write(".alibabacloud/credentials", text);
        let Err(error) = read(&fake).sections["a"].provider(&fake.reach()) else {
            panic!("{text} was taken");
        };
        assert!(error.what.contains(what), "{error}");
        assert!(
            error
                .source_name
                .contains("section `a` of ~/.alibabacloud/credentials")
        );
        assert!(!all_text(&error).contains("s3cret"));
    }
}

#[test]
fn a_file_that_is_named_must_be_there() {
    assert!(SharedFile::find(&Fake::new().reach()).unwrap().is_none());
    let fake = Fake::new().variables(&[("ALIBABA_CLOUD_CREDENTIALS_FILE", "/nonexistent/x")]);
    assert!(SharedFile::find(&fake.reach()).is_err());
}

#[test]
fn enable_says_no_only_with_false() {
    for (text, is_disabled) in [
        ("enable = false", true),
        ("enable = FALSE", true),
        ("enable = true", false),
        ("", false),
    ] {
        let fake = Fake::new();
        fake.write(".alibabacloud/credentials", &format!("[default]\n{text}\n"));
        assert_eq!(read(&fake).sections["default"].is_disabled(), is_disabled);
    }
}

proptest::proptest! {
    #[test]
    fn what_is_written_is_read_back(name in "[a-z]{1,8}", key in "[a-z_]{1,12}", value in "[!-~]([ -\"$-:<-~]{0,20}[!-\"$-:<-~])?") {
        let sections = parse("x", &format!("[{name}]\n{key}={value}\n")).unwrap();
        proptest::prop_assert_eq!(sections[&name].fields[&key].as_str(), value.as_str());
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "(.|\n|\\[|\\]|=){0,60}") {
        let _ = parse("x", &text);
    }
}
