//! The shared credentials file of the SDKs, an INI file: `~/.alibabacloud/credentials` (Go), `credentials.ini` (Python).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::failure::broken;
use super::oidc::{self, OidcSettings};
use super::profile_file::read_text;
use super::role::{self, RoleSettings};
use super::sts::StsSettings;
use super::{Reach, ecs_metadata, key};
use crate::config::environment as names;
use crate::openapi::{CredentialError, CredentialProvider, StaticCredential};

const HINT: &str = "write lines like `type = access_key` below a line like `[default]`";

/// The file.
pub(super) struct SharedFile {
    /// Path, for a person.
    pub(super) shown: String,
    /// Path.
    pub(super) path: PathBuf,
    /// The sections, by name.
    pub(super) sections: BTreeMap<String, Section>,
}

/// One section.
#[derive(Default)]
pub(super) struct Section {
    source_name: String,
    fields: BTreeMap<String, String>,
}

impl SharedFile {
    /// Reads the file, if there is one.
    pub(super) fn find(reach: &Reach) -> Result<Option<Self>, CredentialError> {
        if let Some(path) = reach.context.variable(names::CREDENTIALS_FILE.name) {
            let path = PathBuf::from(path);
            return match Self::read(reach, &path)? {
                Some(file) => Ok(Some(file)),
                None => Err(broken(
                    &reach.shown(&path),
                    format!(
                        "{} names a file that does not exist",
                        names::CREDENTIALS_FILE.name
                    ),
                    "correct the variable, or unset it",
                )),
            };
        }
        let Some(home) = &reach.context.home else {
            return Ok(None);
        };
        for name in ["credentials", "credentials.ini"] {
            if let Some(file) = Self::read(reach, &home.join(".alibabacloud").join(name))? {
                return Ok(Some(file));
            }
        }
        Ok(None)
    }

    fn read(reach: &Reach, path: &Path) -> Result<Option<Self>, CredentialError> {
        let shown = reach.shown(path);
        let Some(text) = read_text(&shown, path, HINT)? else {
            return Ok(None);
        };
        let sections = parse(&shown, &text)?;
        Ok(Some(Self {
            shown,
            path: path.to_path_buf(),
            sections,
        }))
    }
}

/// Reads sections and `key = value` lines. A comment begins a line with `#` or `;`, or follows a value after a space, so that
/// a secret may contain either.
fn parse(shown: &str, text: &str) -> Result<BTreeMap<String, Section>, CredentialError> {
    let mut sections: BTreeMap<String, Section> = BTreeMap::new();
    let mut current: Option<String> = None;
    for (index, line) in text.lines().enumerate() {
        let wrong = |what: &str| broken(&format!("{shown}:{}", index + 1), what, HINT);
        let line = line.trim();
        if line.is_empty() || line.starts_with(['#', ';']) {
            continue;
        }
        if let Some(rest) = line.strip_prefix('[') {
            let Some((name, after)) = rest.split_once(']') else {
                return Err(wrong("the name of the section does not end"));
            };
            let after = after.trim();
            if !after.is_empty() && !after.starts_with(['#', ';']) {
                return Err(wrong("there is text after the name of the section"));
            }
            let name = name.trim().to_owned();
            if sections.contains_key(&name) {
                return Err(wrong("there is a section of that name already"));
            }
            let section = Section {
                source_name: format!("section `{name}` of {shown}"),
                ..Section::default()
            };
            sections.insert(name.clone(), section);
            current = Some(name);
            continue;
        }
        let Some((key, value)) = line.split_once('=') else {
            return Err(wrong("this line has no `=`"));
        };
        let Some(section) = current.as_ref().and_then(|name| sections.get_mut(name)) else {
            return Err(wrong("this line stands before any section"));
        };
        let value = [" #", " ;", "\t#", "\t;"]
            .iter()
            .filter_map(|mark| value.find(mark))
            .min()
            .and_then(|end| value.get(..end))
            .unwrap_or(value);
        let key = key.trim().to_ascii_lowercase();
        if section
            .fields
            .insert(key, value.trim().to_owned())
            .is_some()
        {
            return Err(wrong("this key is set a second time"));
        }
    }
    Ok(sections)
}

impl Section {
    /// The name, for errors.
    pub(super) fn source_name(&self) -> &str {
        &self.source_name
    }

    /// Whether `enable` says no. The current SDKs do not look at it, older ones do, and so do the people who wrote it.
    pub(super) fn is_disabled(&self) -> bool {
        self.text("enable")
            .is_some_and(|enable| enable.eq_ignore_ascii_case("false"))
    }

    fn text(&self, field: &str) -> Option<&str> {
        self.fields
            .get(field)
            .map(String::as_str)
            .filter(|text| !text.is_empty())
    }

    fn required(&self, field: &str) -> Result<&str, CredentialError> {
        self.text(field).ok_or_else(|| {
            broken(
                &self.source_name,
                format!("`{field}` is missing"),
                format!("add a line `{field} = ...` to the section"),
            )
        })
    }

    fn role(&self) -> Result<RoleSettings, CredentialError> {
        Ok(RoleSettings {
            arn: self.required("role_arn")?.to_owned(),
            session_name: self.text("role_session_name").map(str::to_owned),
            policy: self.text("policy").map(str::to_owned),
            ..RoleSettings::default()
        })
    }

    /// The provider that the section describes.
    pub(super) fn provider(
        &self,
        reach: &Reach,
    ) -> Result<Arc<dyn CredentialProvider>, CredentialError> {
        let name = self.source_name.clone();
        let keys = || {
            let (id, secret) = (self.text("access_key_id"), self.text("access_key_secret"));
            let credential = key::credential(&name, id, secret, None, None)?;
            Ok(Arc::new(StaticCredential::new(credential, &name)))
        };
        let sts_settings = StsSettings::default();
        let provider: Arc<dyn CredentialProvider> = match self.required("type")? {
            "access_key" => keys()?,
            "ram_role_arn" => {
                role::provider(reach, keys()?, &self.role()?, &sts_settings, name.clone())?
            }
            "ecs_ram_role" => ecs_metadata::provider(reach, self.text("role_name"), name)?,
            "oidc_role_arn" => {
                let settings = OidcSettings {
                    provider_arn: self.required("oidc_provider_arn")?.to_owned(),
                    token_file: PathBuf::from(self.required("oidc_token_file_path")?),
                    role: self.role()?,
                };
                oidc::provider(reach, settings, &sts_settings, name)?
            }
            other => {
                let shown: String = other.chars().take(40).collect();
                let reason = if other == "rsa_key_pair" {
                    "is not used: Alibaba Cloud has retired key pairs"
                } else {
                    "is not known"
                };
                return Err(broken(
                    &name,
                    format!("type `{}` {reason}", shown.escape_debug()),
                    "the types are access_key, ram_role_arn, ecs_ram_role, oidc_role_arn",
                ));
            }
        };
        Ok(provider)
    }
}

#[cfg(test)]
mod tests;
