//! The configuration file, `yunsweep/config.toml` in the user's configuration folder.
//!
//! Read as a tree with positions, not into a struct, so that every problem is reported with line and column, all at once, in
//! our words. An unknown key is an error: a misspelt restriction that is silently ignored would widen what a run touches.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::{ConfigError, Problem, did_you_mean, line_and_column, place, shown};
use super::setting::{Provenance, Setting};
use super::settings;
use crate::i18n::Language;
use crate::model::{AccountId, Region, Site};
use crate::openapi::{EndpointType, endpoint};

/// Largest file that is read: it holds a handful of keys.
const LIMIT_BYTES: u64 = 1 << 20;

/// The keys of the top level.
pub const KEYS: &[&str] = &[
    "profile",
    "site",
    "regions",
    "language",
    "endpoint_type",
    "ca_file",
    "history",
    "endpoints",
    "accounts",
];

/// The keys of one account.
pub const ACCOUNT_KEYS: &[&str] = &["teardown"];

/// What the file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConfigFile {
    /// `profile`: credential profile to use.
    pub profile: Option<Setting<String>>,
    /// `site`: site of the account.
    pub site: Option<Setting<Site>>,
    /// `regions`: regions to look at.
    pub regions: Option<Setting<Vec<Region>>>,
    /// `language`: language of texts.
    pub language: Option<Setting<Language>>,
    /// `endpoint_type`: public or VPC hosts.
    pub endpoint_type: Option<Setting<EndpointType>>,
    /// `ca_file`: certificate authorities to trust besides the system's.
    pub ca_file: Option<Setting<PathBuf>>,
    /// `history`: whether scans are kept.
    pub history: Option<Setting<bool>>,
    /// `[endpoints]`: hosts of a private cloud by product.
    pub endpoints: BTreeMap<String, Setting<String>>,
    /// `[accounts.<id>]`: what is allowed with an account.
    pub accounts: BTreeMap<AccountId, AccountRules>,
}

/// What the user allows with one account. What is not said is not allowed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountRules {
    /// `teardown`: whether things in it may be taken down.
    pub teardown: Option<Setting<bool>>,
}

impl ConfigFile {
    /// Reads the file; one that does not exist says nothing.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let unreadable = |what: String| {
            ConfigError::one(
                path.display().to_string(),
                what,
                Some("make it a readable file, or remove it"),
            )
        };
        let metadata = match std::fs::metadata(path) {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(unreadable(format!("it cannot be read: {error}"))),
        };
        if !metadata.is_file() {
            return Err(unreadable("it is no file".to_owned()));
        }
        let mut bytes = Vec::new();
        File::open(path)
            .and_then(|file| file.take(LIMIT_BYTES + 1).read_to_end(&mut bytes))
            .map_err(|error| unreadable(format!("it cannot be read: {error}")))?;
        if bytes.len() as u64 > LIMIT_BYTES {
            return Err(unreadable("it is larger than 1 MiB".to_owned()));
        }
        match String::from_utf8(bytes) {
            Ok(text) => Self::parse(path, &text),
            Err(error) => {
                let valid = error.utf8_error().valid_up_to();
                let text = String::from_utf8_lossy(error.as_bytes());
                Err(ConfigError::one(
                    place(path, &text, &(valid..valid)),
                    "the file is not UTF-8",
                    Some("save it as UTF-8"),
                ))
            }
        }
    }

    /// Reads the text of a file.
    pub fn parse(path: &Path, text: &str) -> Result<Self, ConfigError> {
        let mut reader = Reader {
            path,
            text,
            problems: Vec::new(),
        };
        let (table, mut errors) = DeTable::parse_recoverable(text);
        errors.sort_by_key(|error| error.span().map_or(0, |span| span.start));
        for error in errors {
            let span = error.span().unwrap_or(0..0);
            reader.problem(&span, error.message().to_owned(), None);
        }
        let mut file = Self::default();
        if reader.problems.is_empty() {
            for (key, value) in table.get_ref() {
                reader.top(&mut file, key, value);
            }
        }
        if reader.problems.is_empty() {
            Ok(file)
        } else {
            Err(ConfigError {
                problems: reader.problems,
            })
        }
    }
}

struct Reader<'a> {
    path: &'a Path,
    text: &'a str,
    problems: Vec<Problem>,
}

type Key<'i> = Spanned<std::borrow::Cow<'i, str>>;
type Value<'i> = Spanned<DeValue<'i>>;

impl Reader<'_> {
    fn problem(&mut self, span: &Range<usize>, what: String, hint: Option<String>) {
        self.problems.push(Problem {
            place: place(self.path, self.text, span),
            what,
            hint,
        });
    }

    fn setting<T>(&self, value: T, span: &Range<usize>) -> Setting<T> {
        let (line, _) = line_and_column(self.text, span.start);
        let path = self.path.to_path_buf();
        Setting::new(value, Provenance::File { path, line })
    }

    fn top(&mut self, file: &mut ConfigFile, key: &Key<'_>, value: &Value<'_>) {
        match key.get_ref().as_ref() {
            "profile" => file.profile = self.one(key, value, settings::profile),
            "site" => file.site = self.one(key, value, settings::site),
            "regions" => file.regions = self.regions(key, value),
            "language" => file.language = self.one(key, value, settings::language),
            "endpoint_type" => {
                file.endpoint_type = self.one(key, value, settings::endpoint_type);
            }
            "ca_file" => file.ca_file = self.one(key, value, settings::ca_file),
            "history" => file.history = self.flag(key, value),
            "endpoints" => self.endpoints(file, key, value),
            "accounts" => self.accounts(file, key, value),
            unknown => {
                let hint = did_you_mean(unknown, KEYS.iter().copied())
                    .unwrap_or_else(|| format!("the keys are {}", KEYS.join(", ")));
                let what = format!("unknown key {}", shown(unknown));
                self.problem(&key.span(), what, Some(hint));
            }
        }
    }

    fn text(&mut self, name: &str, value: &Value<'_>) -> Option<String> {
        let text = value.get_ref().as_str().map(str::to_owned);
        if text.is_none() {
            let what = format!(
                "{} must be text, and this is {}",
                shown(name),
                type_name(value.get_ref())
            );
            self.problem(&value.span(), what, Some("put it in quotes".to_owned()));
        }
        text
    }

    fn one<T>(
        &mut self,
        key: &Key<'_>,
        value: &Value<'_>,
        read: impl Fn(&str) -> Result<T, settings::Wrong>,
    ) -> Option<Setting<T>> {
        let text = self.text(key.get_ref(), value)?;
        match read(&text) {
            Ok(read) => Some(self.setting(read, &value.span())),
            Err(wrong) => {
                self.problem(&value.span(), wrong.what, wrong.hint);
                None
            }
        }
    }

    fn regions(&mut self, key: &Key<'_>, value: &Value<'_>) -> Option<Setting<Vec<Region>>> {
        let Some(items) = value.get_ref().as_array() else {
            let what = format!(
                "`regions` must be a list, and this is {}",
                type_name(value.get_ref())
            );
            let hint = "write it like regions = [\"cn-hangzhou\"]".to_owned();
            self.problem(&value.span(), what, Some(hint));
            return None;
        };
        let mut regions = Vec::new();
        for item in items {
            if let Some(region) = self.one(key, item, settings::region)
                && !regions.contains(&region.value)
            {
                regions.push(region.value);
            }
        }
        if items.is_empty() {
            let hint = "name a region, or remove the key to look at all".to_owned();
            self.problem(&value.span(), "`regions` is empty".to_owned(), Some(hint));
            return None;
        }
        Some(self.setting(regions, &value.span()))
    }

    fn endpoints(&mut self, file: &mut ConfigFile, key: &Key<'_>, value: &Value<'_>) {
        let Some(table) = value.get_ref().as_table() else {
            let what = format!(
                "`endpoints` must be a table, and this is {}",
                type_name(value.get_ref())
            );
            let hint =
                "write [endpoints], and below it lines like ecs = \"ecs.{region}.cloud.example\""
                    .to_owned();
            self.problem(&key.span(), what, Some(hint));
            return;
        };
        for (product, pattern) in table {
            let name = product.get_ref().as_ref();
            if endpoint::products().all(|known| known != name) {
                let hint = did_you_mean(name, endpoint::products()).unwrap_or_else(|| {
                    let known: Vec<&str> = endpoint::products().collect();
                    format!("the products are {}", known.join(", "))
                });
                let what = format!("unknown product {}", shown(name));
                self.problem(&product.span(), what, Some(hint));
            } else if let Some(pattern) = self.one(product, pattern, settings::host_pattern) {
                file.endpoints.insert(name.to_owned(), pattern);
            }
        }
    }
}

impl Reader<'_> {
    /// A wrong account here would allow a teardown where none is wanted: everything about it is checked.
    fn accounts(&mut self, file: &mut ConfigFile, key: &Key<'_>, value: &Value<'_>) {
        let how = "write [accounts.\"1234567890123456\"], and below it teardown = true";
        let Some(table) = value.get_ref().as_table() else {
            let what = format!(
                "`accounts` must be a table, and this is {}",
                type_name(value.get_ref())
            );
            self.problem(&key.span(), what, Some(how.to_owned()));
            return;
        };
        for (account, rules) in table {
            let name = account.get_ref().as_ref();
            if name.len() != 16 || !name.bytes().all(|byte| byte.is_ascii_digit()) {
                let what = format!("{} is not the id of an account", shown(name));
                let hint = "it is the 16 digits that `yunsweep whoami` shows".to_owned();
                self.problem(&account.span(), what, Some(hint));
                continue;
            }
            let Some(rules) = rules.get_ref().as_table() else {
                let what = format!(
                    "an account must be a table, and this is {}",
                    type_name(rules.get_ref())
                );
                self.problem(&account.span(), what, Some(how.to_owned()));
                continue;
            };
            let mut read = AccountRules::default();
            for (key, value) in rules {
                if key.get_ref() == "teardown" {
                    read.teardown = self.flag(key, value);
                } else {
                    let hint = did_you_mean(key.get_ref(), ACCOUNT_KEYS.iter().copied())
                        .unwrap_or_else(|| format!("the keys are {}", ACCOUNT_KEYS.join(", ")));
                    let what = format!("unknown key {}", shown(key.get_ref()));
                    self.problem(&key.span(), what, Some(hint));
                }
            }
            file.accounts.insert(AccountId::new(name), read);
        }
    }

    fn flag(&mut self, key: &Key<'_>, value: &Value<'_>) -> Option<Setting<bool>> {
        if let DeValue::Boolean(flag) = value.get_ref() {
            return Some(self.setting(*flag, &value.span()));
        }
        let what = format!(
            "{} must be true or false, and this is {}",
            shown(key.get_ref()),
            type_name(value.get_ref())
        );
        let hint = "write true or false, without quotes".to_owned();
        self.problem(&value.span(), what, Some(hint));
        None
    }
}

/// A type in words that follow "this is".
fn type_name(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

#[cfg(test)]
mod tests;
