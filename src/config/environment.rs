//! Every environment variable that yunsweep reads, and the one place that reads them.
//!
//! The reference page of variables is made from [`ALL`]. Names and meanings of the `ALIBABA_CLOUD_*` variables are those of
//! the official SDKs and the aliyun CLI.

use std::collections::BTreeMap;

/// What a variable is about; the order of the reference page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Topic {
    /// Settings of yunsweep.
    Settings,
    /// Where credentials come from.
    Credentials,
    /// How hosts are reached.
    Network,
    /// Language and looks.
    Terminal,
    /// Where files are.
    Files,
}

/// One environment variable.
#[derive(Debug, PartialEq, Eq)]
pub struct Variable {
    /// Name.
    pub name: &'static str,
    /// What it does, for the reference page.
    pub meaning: &'static str,
    /// What it is about.
    pub topic: Topic,
    /// Whether its value must never be shown.
    pub is_secret: bool,
}

const fn variable(topic: Topic, name: &'static str, meaning: &'static str) -> Variable {
    Variable {
        name,
        meaning,
        topic,
        is_secret: false,
    }
}

const fn secret(name: &'static str, meaning: &'static str) -> Variable {
    Variable {
        name,
        meaning,
        topic: Topic::Credentials,
        is_secret: true,
    }
}

use Topic::{Credentials, Files, Network, Settings, Terminal};

/// Profile to use.
pub const PROFILE: Variable = variable(
    Settings,
    "YUNSWEEP_PROFILE",
    "credential profile to use, as --profile",
);
/// Site of the account.
pub const SITE: Variable = variable(
    Settings,
    "YUNSWEEP_SITE",
    "site of the account, china or international, as --site",
);
/// Regions to look at.
pub const REGION: Variable = variable(
    Settings,
    "YUNSWEEP_REGION",
    "regions to look at, separated by commas, as --region",
);
/// Language of texts.
pub const LANGUAGE: Variable = variable(
    Settings,
    "YUNSWEEP_LANGUAGE",
    "language of texts, en or zh-CN, as --lang",
);
/// Where to connect instead of the official hosts.
pub const ENDPOINT: Variable = variable(
    Settings,
    "YUNSWEEP_ENDPOINT",
    "where to connect instead of the official hosts, as --endpoint; plain http for loopback only",
);
/// Public or VPC hosts.
pub const ENDPOINT_TYPE: Variable = variable(
    Settings,
    "YUNSWEEP_ENDPOINT_TYPE",
    "hosts to ask, public or vpc, as --endpoint-type",
);
/// Extra certificate authorities.
pub const CA_FILE: Variable = variable(
    Settings,
    "YUNSWEEP_CA_FILE",
    "PEM file of certificate authorities to trust besides the system's, as --ca-file",
);

/// Key id.
pub const ACCESS_KEY_ID: Variable = variable(
    Credentials,
    "ALIBABA_CLOUD_ACCESS_KEY_ID",
    "AccessKey id; needs the secret beside it",
);
/// Secret.
pub const ACCESS_KEY_SECRET: Variable =
    secret("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "AccessKey secret");
/// Token of a temporary key.
pub const SECURITY_TOKEN: Variable = secret(
    "ALIBABA_CLOUD_SECURITY_TOKEN",
    "security token of a temporary AccessKey (id STS.*)",
);
/// Older spelling.
pub const ACCESS_KEY_ID_2: Variable = variable(
    Credentials,
    "ALIBABACLOUD_ACCESS_KEY_ID",
    "older spelling of ALIBABA_CLOUD_ACCESS_KEY_ID",
);
/// Older spelling.
pub const ACCESS_KEY_SECRET_2: Variable = secret(
    "ALIBABACLOUD_ACCESS_KEY_SECRET",
    "older spelling of ALIBABA_CLOUD_ACCESS_KEY_SECRET",
);
/// Older spelling.
pub const SECURITY_TOKEN_2: Variable = secret(
    "ALIBABACLOUD_SECURITY_TOKEN",
    "older spelling of ALIBABA_CLOUD_SECURITY_TOKEN",
);
/// Older spelling.
pub const ACCESS_KEY_ID_3: Variable = variable(
    Credentials,
    "ALICLOUD_ACCESS_KEY_ID",
    "older spelling of ALIBABA_CLOUD_ACCESS_KEY_ID",
);
/// Older spelling.
pub const ACCESS_KEY_SECRET_3: Variable = secret(
    "ALICLOUD_ACCESS_KEY_SECRET",
    "older spelling of ALIBABA_CLOUD_ACCESS_KEY_SECRET",
);
/// Older spelling.
pub const SECURITY_TOKEN_3: Variable = secret(
    "ALICLOUD_SECURITY_TOKEN",
    "older spelling of ALIBABA_CLOUD_SECURITY_TOKEN",
);
/// Profile of the vendor's files.
pub const CLOUD_PROFILE: Variable = variable(
    Credentials,
    "ALIBABA_CLOUD_PROFILE",
    "profile of ~/.aliyun/config.json, or section of ~/.alibabacloud/credentials",
);
/// Older spelling.
pub const CLOUD_PROFILE_2: Variable = variable(
    Credentials,
    "ALIBABACLOUD_PROFILE",
    "older spelling of ALIBABA_CLOUD_PROFILE",
);
/// Older spelling.
pub const CLOUD_PROFILE_3: Variable = variable(
    Credentials,
    "ALICLOUD_PROFILE",
    "older spelling of ALIBABA_CLOUD_PROFILE",
);
/// The CLI's file.
pub const CONFIG_FILE: Variable = variable(
    Credentials,
    "ALIBABA_CLOUD_CONFIG_FILE",
    "path of the aliyun CLI's config.json",
);
/// The INI file.
pub const CREDENTIALS_FILE: Variable = variable(
    Credentials,
    "ALIBABA_CLOUD_CREDENTIALS_FILE",
    "path of the shared credentials file",
);
/// Skips the CLI's file.
pub const CLI_PROFILE_DISABLED: Variable = variable(
    Credentials,
    "ALIBABA_CLOUD_CLI_PROFILE_DISABLED",
    "true: the aliyun CLI's config.json is not read",
);
/// Skips the CLI's file, in the CLI's own words.
pub const IGNORE_PROFILE: Variable = variable(
    Credentials,
    "ALIBABA_CLOUD_IGNORE_PROFILE",
    "true: the aliyun CLI's config.json is not read",
);
/// Role for OIDC.
pub const ROLE_ARN: Variable = variable(
    Credentials,
    "ALIBABA_CLOUD_ROLE_ARN",
    "role that a pod's OIDC token is exchanged for (RRSA)",
);
/// Identity provider.
pub const OIDC_PROVIDER_ARN: Variable = variable(
    Credentials,
    "ALIBABA_CLOUD_OIDC_PROVIDER_ARN",
    "identity provider of the OIDC token",
);
/// Token file.
pub const OIDC_TOKEN_FILE: Variable = variable(
    Credentials,
    "ALIBABA_CLOUD_OIDC_TOKEN_FILE",
    "file with the OIDC token",
);
/// Session name.
pub const ROLE_SESSION_NAME: Variable = variable(
    Credentials,
    "ALIBABA_CLOUD_ROLE_SESSION_NAME",
    "session name of assumed roles, where a profile names none",
);
/// Role of the instance.
pub const ECS_METADATA: Variable = variable(
    Credentials,
    "ALIBABA_CLOUD_ECS_METADATA",
    "name of the ECS instance's RAM role",
);
/// Skips the metadata service.
pub const ECS_METADATA_DISABLED: Variable = variable(
    Credentials,
    "ALIBABA_CLOUD_ECS_METADATA_DISABLED",
    "true: the ECS metadata service is not looked for",
);
/// No metadata without token.
pub const IMDSV1_DISABLED: Variable = variable(
    Credentials,
    "ALIBABA_CLOUD_IMDSV1_DISABLED",
    "true: the ECS metadata service is not asked without its token",
);
/// URL of credentials. It may carry a secret in its query.
pub const CREDENTIALS_URI: Variable = secret(
    "ALIBABA_CLOUD_CREDENTIALS_URI",
    "URL that answers with a temporary AccessKey",
);
/// Region of STS.
pub const STS_REGION: Variable = variable(
    Credentials,
    "ALIBABA_CLOUD_STS_REGION",
    "region whose STS host is asked, instead of the central one",
);
/// Host of STS.
pub const STS_ENDPOINT: Variable = variable(
    Credentials,
    "ALIBABA_CLOUD_STS_ENDPOINT",
    "STS host that is asked for roles",
);
/// VPC hosts for STS.
pub const VPC_ENDPOINT_ENABLED: Variable = variable(
    Credentials,
    "ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED",
    "true: STS is asked at its VPC host",
);
/// Default region.
pub const REGION_ID: Variable = variable(
    Credentials,
    "ALIBABA_CLOUD_REGION_ID",
    "region, where neither yunsweep's settings nor the profile name one",
);
/// No external programs.
pub const DISABLE_EXTERNAL_PROCESS: Variable = variable(
    Credentials,
    "ALIBABA_CLOUD_DISABLE_EXTERNAL_PROCESS",
    "true: profiles of mode External are refused",
);

/// Proxy for https.
pub const HTTPS_PROXY: Variable = variable(
    Network,
    "HTTPS_PROXY",
    "proxy for https hosts; also in lower case",
);
/// Proxy for http.
pub const HTTP_PROXY: Variable = variable(
    Network,
    "HTTP_PROXY",
    "proxy for http hosts; also in lower case",
);
/// Proxy for both.
pub const ALL_PROXY: Variable = variable(
    Network,
    "ALL_PROXY",
    "proxy where no other is set; also in lower case",
);
/// Hosts without proxy.
pub const NO_PROXY: Variable = variable(
    Network,
    "NO_PROXY",
    "hosts and networks that are reached without a proxy; also in lower case",
);

/// No colour.
pub const NO_COLOR: Variable = variable(Terminal, "NO_COLOR", "set to anything: no colour");
/// Colour always.
pub const CLICOLOR_FORCE: Variable = variable(
    Terminal,
    "CLICOLOR_FORCE",
    "set and not 0: colour also where the output is no terminal",
);
/// Colour off.
pub const CLICOLOR: Variable = variable(Terminal, "CLICOLOR", "0: no colour");
/// Kind of terminal.
pub const TERM: Variable = variable(Terminal, "TERM", "dumb: no colour, no progress");
/// Width.
pub const COLUMNS: Variable = variable(Terminal, "COLUMNS", "width of tables");
/// Locale.
pub const LC_ALL: Variable = variable(
    Terminal,
    "LC_ALL",
    "language of texts where nothing else says it; before LC_MESSAGES and LANG",
);
/// Locale of messages.
pub const LC_MESSAGES: Variable = variable(Terminal, "LC_MESSAGES", "as LC_ALL, which comes first");
/// Locale.
pub const LANG: Variable = variable(
    Terminal,
    "LANG",
    "as LC_ALL and LC_MESSAGES, which come first",
);

/// Home folder.
pub const HOME: Variable = variable(Files, "HOME", "the home folder");
/// Home folder on Windows.
pub const USERPROFILE: Variable = variable(
    Files,
    "USERPROFILE",
    "the home folder, where HOME is not set",
);
/// Configuration folder.
pub const XDG_CONFIG_HOME: Variable = variable(
    Files,
    "XDG_CONFIG_HOME",
    "folder of yunsweep/config.toml; ~/.config by default",
);

/// Folder of run journals.
pub const XDG_STATE_HOME: Variable = variable(
    Files,
    "XDG_STATE_HOME",
    "folder of yunsweep/runs, the journals of teardowns; ~/.local/state by default",
);

/// Base of the history's folder.
pub const XDG_DATA_HOME: Variable = variable(
    Files,
    "XDG_DATA_HOME",
    "folder of yunsweep/history.db, the scans that are kept; ~/.local/share by default",
);

/// Every variable that is read.
pub const ALL: &[Variable] = &[
    PROFILE,
    SITE,
    REGION,
    LANGUAGE,
    ENDPOINT,
    ENDPOINT_TYPE,
    CA_FILE,
    ACCESS_KEY_ID,
    ACCESS_KEY_SECRET,
    SECURITY_TOKEN,
    ACCESS_KEY_ID_2,
    ACCESS_KEY_SECRET_2,
    SECURITY_TOKEN_2,
    ACCESS_KEY_ID_3,
    ACCESS_KEY_SECRET_3,
    SECURITY_TOKEN_3,
    CLOUD_PROFILE,
    CLOUD_PROFILE_2,
    CLOUD_PROFILE_3,
    CONFIG_FILE,
    CREDENTIALS_FILE,
    CLI_PROFILE_DISABLED,
    IGNORE_PROFILE,
    ROLE_ARN,
    OIDC_PROVIDER_ARN,
    OIDC_TOKEN_FILE,
    ROLE_SESSION_NAME,
    ECS_METADATA,
    ECS_METADATA_DISABLED,
    IMDSV1_DISABLED,
    CREDENTIALS_URI,
    STS_REGION,
    STS_ENDPOINT,
    VPC_ENDPOINT_ENABLED,
    REGION_ID,
    DISABLE_EXTERNAL_PROCESS,
    HTTPS_PROXY,
    HTTP_PROXY,
    ALL_PROXY,
    NO_PROXY,
    NO_COLOR,
    CLICOLOR_FORCE,
    CLICOLOR,
    TERM,
    COLUMNS,
    LC_ALL,
    LC_MESSAGES,
    LANG,
    HOME,
    USERPROFILE,
    XDG_CONFIG_HOME,
    XDG_STATE_HOME,
    XDG_DATA_HOME,
];

/// Whether a switch is on: `true`, `1`, `yes` in any case. The SDKs know `true`, the CLI `1` and `TRUE` as well.
pub fn is_on(value: Option<&str>) -> bool {
    value.is_some_and(|value| {
        ["true", "1", "yes"]
            .iter()
            .any(|on| value.trim().eq_ignore_ascii_case(on))
    })
}

/// The environment, as `main` hands it to the [`Context`](crate::context::Context).
///
/// A value that is no UTF-8 is kept, with its odd bytes replaced: dropping it would make a configured credential look as if
/// there were none, and another identity would be used in its place.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place that reads the environment"
)]
pub fn read() -> BTreeMap<String, String> {
    std::env::vars_os()
        .filter_map(|(name, value)| {
            let name = name.into_string().ok()?;
            Some((name, value.to_string_lossy().into_owned()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_unique_and_secrets_are_marked() {
        let names: BTreeSet<_> = ALL.iter().map(|variable| variable.name).collect();
        assert_eq!(names.len(), ALL.len());
        for variable in ALL {
            assert!(!variable.meaning.is_empty(), "{}", variable.name);
            let sounds_secret =
                variable.name.ends_with("SECRET") || variable.name.ends_with("_TOKEN");
            assert!(variable.is_secret || !sounds_secret, "{}", variable.name);
        }
    }

    #[test]
    fn every_variable_of_this_file_is_listed() {
        let declared = include_str!("environment.rs")
            .lines()
            .filter(|line| line.starts_with("pub const ") && line.contains(": Variable ="))
            .count();
        assert_eq!(declared, ALL.len());
    }

    /// Collects the Rust files below a folder.
    fn sources(folder: &std::path::Path, files: &mut Vec<std::path::PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, files);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }

    #[test]
    fn code_names_no_variable_that_is_not_listed() {
        const PREFIXES: &[&str] = &[
            "YUNSWEEP_",
            "ALIBABA_CLOUD_",
            "ALIBABACLOUD_",
            "ALICLOUD_",
            "XDG_",
            "CLICOLOR",
            "NO_COLOR",
        ];
        let mut files = Vec::new();
        sources(
            &std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
            &mut files,
        );
        assert!(files.len() > 100, "the sources were not found");
        for path in files {
            let text = std::fs::read_to_string(&path).unwrap();
            for literal in text.split('"') {
                let is_name = literal
                    .chars()
                    .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
                    && PREFIXES
                        .iter()
                        .any(|prefix| literal.starts_with(prefix) && literal != *prefix);
                let is_listed = ALL.iter().any(|variable| variable.name == literal);
                assert!(
                    !is_name || is_listed || PREFIXES.contains(&literal),
                    "{} names {literal}",
                    path.display()
                );
            }
        }
    }

    #[test]
    fn switches_are_on_in_the_words_of_the_sdks_and_the_cli() {
        for value in ["true", "TRUE", "1", "yes"] {
            assert!(is_on(Some(value)), "{value}");
        }
        for value in [None, Some(""), Some("0"), Some("false"), Some("on?")] {
            assert!(!is_on(value), "{value:?}");
        }
    }
}
