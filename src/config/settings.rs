//! The layers: a flag wins over the environment, that over the file, that over the default.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::environment::{self, Variable};
use super::error::{ConfigError, did_you_mean, shown};
use super::file::{AccountRules, ConfigFile};
use super::setting::{Provenance, Setting};
use crate::context::Context;
use crate::i18n::Language;
use crate::model::{AccountId, Region, Site};
use crate::openapi::endpoint::{self, EndpointType, Endpoints};
use crate::transport::ConnectTo;

/// Longest label of a host name (RFC 1035); regions stand in host names.
const LONGEST_LABEL: usize = 63;

/// What the command line says; `None` where a flag was not given.
#[derive(Clone, Debug, Default)]
pub struct Flags {
    /// `--profile`
    pub profile: Option<String>,
    /// `--site`
    pub site: Option<Site>,
    /// `--region`, as often as given; each may hold several, separated by commas.
    pub regions: Vec<String>,
    /// `--lang`
    pub language: Option<String>,
    /// `--endpoint`
    pub endpoint: Option<String>,
    /// `--endpoint-type`
    pub endpoint_type: Option<EndpointType>,
    /// `--ca-file`
    pub ca_file: Option<PathBuf>,
}

/// Where to connect instead of the official hosts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// As given, for a person.
    pub url: String,
    /// Where that is.
    pub connect_to: ConnectTo,
}

/// What the run is set to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Credential profile.
    pub profile: Option<Setting<String>>,
    /// Site of the account, where the user says it.
    pub site: Option<Setting<Site>>,
    /// Regions to look at; `None`: all.
    pub regions: Option<Setting<Vec<Region>>>,
    /// Language of texts.
    pub language: Setting<Language>,
    /// Where to connect instead of the official hosts. Never in the file: it would silently point every run elsewhere.
    pub endpoint: Option<Setting<Endpoint>>,
    /// Public or VPC hosts.
    pub endpoint_type: Setting<EndpointType>,
    /// Certificate authorities to trust besides the system's.
    pub ca_file: Option<Setting<PathBuf>>,
    /// Hosts of a private cloud by product.
    pub hosts: BTreeMap<String, Setting<String>>,
    /// Whether scans are kept in the history.
    pub history: Setting<bool>,
    /// What the file allows with accounts. Only the file: neither a flag nor a variable may widen it.
    pub accounts: BTreeMap<AccountId, AccountRules>,
}

/// A value that cannot be used, without where it stands.
#[derive(Debug)]
pub(super) struct Wrong {
    pub(super) what: String,
    pub(super) hint: Option<String>,
}

impl Wrong {
    fn new(what: String, hint: impl Into<String>) -> Self {
        Self {
            what,
            hint: Some(hint.into()),
        }
    }
}

/// Where the configuration file is: `$XDG_CONFIG_HOME/yunsweep/config.toml`, else below `~/.config`.
pub fn file_path(context: &Context) -> Option<PathBuf> {
    Some(folder(context, &environment::XDG_CONFIG_HOME, ".config")?.join("config.toml"))
}

/// Where runs are kept: `$XDG_STATE_HOME/yunsweep`, else below `~/.local/state`.
pub fn state_folder(context: &Context) -> Option<PathBuf> {
    folder(context, &environment::XDG_STATE_HOME, ".local/state")
}

/// Where the history is kept: `$XDG_DATA_HOME/yunsweep`, else below `~/.local/share`.
pub fn data_folder(context: &Context) -> Option<PathBuf> {
    folder(context, &environment::XDG_DATA_HOME, ".local/share")
}

/// Our folder in one of the user's base folders. A relative path in the variable counts as not set, as the XDG base directory
/// specification says.
fn folder(context: &Context, variable: &Variable, below_home: &str) -> Option<PathBuf> {
    let base = context
        .variable(variable.name)
        .map(PathBuf::from)
        .filter(|base| base.is_absolute())
        .or_else(|| Some(context.home.as_ref()?.join(below_home)))?;
    Some(base.join("yunsweep"))
}

impl Settings {
    /// Whether the user's file lists the account as one that may be torn down.
    pub fn may_tear_down(&self, account: &AccountId) -> bool {
        self.accounts
            .get(account)
            .and_then(|rules| rules.teardown.as_ref())
            .is_some_and(|flag| flag.value)
    }

    /// Puts the layers together.
    pub fn load(flags: &Flags, context: &Context) -> Result<Self, ConfigError> {
        let file = match file_path(context) {
            Some(path) => ConfigFile::read(&path)?,
            None => ConfigFile::default(),
        };
        Self::layered(flags, context, file)
    }

    fn layered(flags: &Flags, context: &Context, file: ConfigFile) -> Result<Self, ConfigError> {
        let layers = Layers { context };
        let given_regions = (!flags.regions.is_empty()).then(|| flags.regions.join(","));
        let ca_flag = flags
            .ca_file
            .as_ref()
            .map(|path| path.display().to_string());
        Ok(Self {
            profile: layers
                .text(
                    "--profile",
                    flags.profile.as_deref(),
                    &environment::PROFILE,
                    profile,
                )?
                .or(file.profile),
            site: layers
                .typed("--site", flags.site, &environment::SITE, site)?
                .or(file.site),
            regions: layers
                .text(
                    "--region",
                    given_regions.as_deref(),
                    &environment::REGION,
                    regions,
                )?
                .or(file.regions),
            language: layers
                .text(
                    "--lang",
                    flags.language.as_deref(),
                    &environment::LANGUAGE,
                    language,
                )?
                .or(file.language)
                .unwrap_or_else(|| {
                    let detected = Language::detect(&context.environment);
                    Setting::new(detected, Provenance::Default)
                }),
            endpoint: layers.text(
                "--endpoint",
                flags.endpoint.as_deref(),
                &environment::ENDPOINT,
                endpoint,
            )?,
            endpoint_type: layers
                .typed(
                    "--endpoint-type",
                    flags.endpoint_type,
                    &environment::ENDPOINT_TYPE,
                    endpoint_type,
                )?
                .or(file.endpoint_type)
                .unwrap_or_else(|| Setting::new(EndpointType::default(), Provenance::Default)),
            ca_file: layers
                .text(
                    "--ca-file",
                    ca_flag.as_deref(),
                    &environment::CA_FILE,
                    |text| non_empty("path", text).map(PathBuf::from),
                )?
                .or(file.ca_file),
            hosts: file.endpoints,
            history: file
                .history
                .unwrap_or_else(|| Setting::new(true, Provenance::Default)),
            accounts: file.accounts,
        })
    }

    /// The endpoints that these settings make.
    pub fn endpoints(&self) -> Endpoints {
        let hosts = self.hosts.iter();
        Endpoints {
            endpoint_type: self.endpoint_type.value,
            hosts: hosts
                .map(|(product, host)| (product.clone(), host.value.clone()))
                .collect(),
            connect_to: self
                .endpoint
                .as_ref()
                .map(|endpoint| endpoint.value.connect_to.clone()),
        }
    }

    /// The certificate authorities of `ca_file`, as PEM.
    pub fn ca_pem(&self) -> Result<Option<Vec<u8>>, ConfigError> {
        let Some(file) = &self.ca_file else {
            return Ok(None);
        };
        let wrong = |what: String| {
            ConfigError::one(
                file.provenance.to_string(),
                what,
                Some("name a PEM file with the certificates of your authority"),
            )
        };
        let path = file.value.display();
        let pem = std::fs::read(&file.value)
            .map_err(|error| wrong(format!("{path} cannot be read: {error}")))?;
        let begin = b"-----BEGIN CERTIFICATE-----";
        if pem.windows(begin.len()).any(|window| window == begin) {
            Ok(Some(pem))
        } else {
            Err(wrong(format!("{path} holds no certificate")))
        }
    }
}

struct Layers<'a> {
    context: &'a Context,
}

impl Layers<'_> {
    /// A setting whose flag is still text.
    fn text<T>(
        &self,
        flag: &'static str,
        given: Option<&str>,
        variable: &Variable,
        read: impl Fn(&str) -> Result<T, Wrong>,
    ) -> Result<Option<Setting<T>>, ConfigError> {
        let (text, provenance) = match (given, self.context.variable(variable.name)) {
            (Some(text), _) => (text, Provenance::Flag(flag)),
            (None, Some(text)) => (text, Provenance::Environment(variable.name)),
            (None, None) => return Ok(None),
        };
        match read(text) {
            Ok(value) => Ok(Some(Setting::new(value, provenance))),
            Err(wrong) => Err(ConfigError::one(
                provenance.to_string(),
                wrong.what,
                wrong.hint,
            )),
        }
    }

    /// A setting whose flag was read by the command line already.
    fn typed<T>(
        &self,
        flag: &'static str,
        given: Option<T>,
        variable: &Variable,
        read: impl Fn(&str) -> Result<T, Wrong>,
    ) -> Result<Option<Setting<T>>, ConfigError> {
        match given {
            Some(value) => Ok(Some(Setting::new(value, Provenance::Flag(flag)))),
            None => self.text(flag, None, variable, read),
        }
    }
}

fn non_empty<'t>(what: &str, text: &'t str) -> Result<&'t str, Wrong> {
    if text.trim().is_empty() {
        return Err(Wrong {
            what: format!("the {what} is empty"),
            hint: None,
        });
    }
    Ok(text)
}

pub(super) fn profile(text: &str) -> Result<String, Wrong> {
    non_empty("profile", text).map(str::to_owned)
}

pub(super) fn site(text: &str) -> Result<Site, Wrong> {
    text.parse().map_err(|_unknown| {
        let hint = did_you_mean(text, ["china", "international"]);
        Wrong::new(
            format!("{} is not a site", shown(text)),
            hint.unwrap_or_else(|| {
                "write china (aliyun.com) or international (alibabacloud.com)".into()
            }),
        )
    })
}

pub(super) fn language(text: &str) -> Result<Language, Wrong> {
    text.parse().map_err(|_unknown| {
        Wrong::new(
            format!("{} is not a language of yunsweep", shown(text)),
            "write en or zh-CN",
        )
    })
}

pub(super) fn endpoint_type(text: &str) -> Result<EndpointType, Wrong> {
    match text {
        "public" => Ok(EndpointType::Public),
        "vpc" => Ok(EndpointType::Vpc),
        _ => Err(Wrong::new(
            format!("{} is not a type of endpoint", shown(text)),
            "write public or vpc",
        )),
    }
}

/// A region, as it can stand in a host name. Regions that the tables do not know are newer than they are, or a private cloud's.
pub(super) fn region(text: &str) -> Result<Region, Wrong> {
    let is_label = |text: &str| {
        text.len() <= LONGEST_LABEL
            && text.contains('-')
            && !text.starts_with('-')
            && !text.ends_with('-')
            && text
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    };
    if is_label(text) {
        return Ok(Region::new(text));
    }
    let known: Vec<Region> = endpoint::public_regions().collect();
    let hint = did_you_mean(text, known.iter().map(Region::as_str));
    Err(Wrong::new(
        format!("{} is not a region", shown(text)),
        hint.unwrap_or_else(|| "write a region id such as cn-hangzhou".into()),
    ))
}

fn regions(text: &str) -> Result<Vec<Region>, Wrong> {
    let mut regions = Vec::new();
    for name in text.split(',') {
        let region = region(name.trim())?;
        if !regions.contains(&region) {
            regions.push(region);
        }
    }
    Ok(regions)
}

/// A path of the file: absolute, because a relative one would depend on the current directory.
pub(super) fn ca_file(text: &str) -> Result<PathBuf, Wrong> {
    let path = Path::new(non_empty("path", text)?);
    if path.is_absolute() {
        Ok(path.to_path_buf())
    } else {
        Err(Wrong::new(
            format!("{} is not an absolute path", shown(text)),
            "write the whole path, from /",
        ))
    }
}

/// A host of `[endpoints]`: a name, perhaps with `{region}` and a port.
pub(super) fn host_pattern(text: &str) -> Result<String, Wrong> {
    let wrong = |what: &str| {
        Wrong::new(
            format!("{} {what}", shown(text)),
            "write a host such as ecs.{region}.cloud.example",
        )
    };
    if text.contains("://") || text.contains('/') {
        return Err(wrong("is a URL, not a host"));
    }
    let plain = text.replace("{region}", "r");
    let (host, port) = match plain.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (plain.as_str(), None),
    };
    if port.is_some_and(|port| port.parse::<u16>().is_err() || port.starts_with('+')) {
        return Err(wrong("has a port that is none"));
    }
    let is_host = host.split('.').all(|label| {
        !label.is_empty()
            && label.len() <= LONGEST_LABEL
            && label
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    });
    if is_host {
        Ok(text.to_owned())
    } else {
        Err(wrong("is not a host"))
    }
}

fn endpoint(text: &str) -> Result<Endpoint, Wrong> {
    let connect_to = endpoint::parse_connect_to(text).map_err(|error| Wrong {
        what: error.to_string(),
        hint: None,
    })?;
    Ok(Endpoint {
        url: format!("{}://{}", connect_to.scheme, connect_to.authority),
        connect_to,
    })
}

#[cfg(test)]
mod tests;
