//! The aliyun CLI's `config.json`, as a file: profiles and their fields. What a mode means is in `profile`.
//!
//! Unknown fields are tolerated, as the CLI adds some with every release. Errors name the place and never the text: the whole
//! file is secret.

use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::failure::{broken, caused};
use super::{Reach, Warning};
use crate::config::environment as names;
use crate::openapi::CredentialError;

/// Largest file that is read.
const LIMIT_BYTES: u64 = 4 << 20;
const HINT: &str = "repair the file, or write it anew with `aliyun configure`";

/// The file.
pub(super) struct ProfileFile {
    /// Path, for a person.
    pub(super) shown: String,
    /// Path.
    pub(super) path: PathBuf,
    /// `current`
    pub(super) current: Option<String>,
    /// The profiles, in order.
    pub(super) profiles: Vec<Profile>,
}

/// One profile.
pub(super) struct Profile {
    /// `name`
    pub(super) name: String,
    /// For errors: "profile `lab` of ~/.aliyun/config.json".
    pub(super) source_name: String,
    fields: Map<String, Value>,
}

/// The variables that name a profile of the vendor's files, newest spelling first.
pub(super) fn named_by_environment(reach: &Reach) -> Option<&str> {
    [
        names::CLOUD_PROFILE.name,
        names::CLOUD_PROFILE_2.name,
        names::CLOUD_PROFILE_3.name,
    ]
    .into_iter()
    .find_map(|name| reach.context.variable(name))
}

/// The file's path, and whether a variable names it.
pub(super) fn path(reach: &Reach) -> Option<(PathBuf, bool)> {
    if let Some(path) = reach.context.variable(names::CONFIG_FILE.name) {
        return Some((PathBuf::from(path), true));
    }
    let home = reach.context.home.as_ref()?;
    Some((home.join(".aliyun").join("config.json"), false))
}

/// Reads a file with secrets; `None` where there is none.
pub(super) fn read_text(
    shown: &str,
    path: &Path,
    hint: &str,
) -> Result<Option<String>, CredentialError> {
    let unreadable = |error: std::io::Error| {
        caused(
            shown,
            "the file cannot be read",
            "check that it is a file, and its permissions",
            error,
        )
    };
    match std::fs::metadata(path) {
        Ok(metadata) if metadata.is_file() => {}
        Ok(_) => return Err(broken(shown, "it is no file", hint)),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(error)),
    }
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(LIMIT_BYTES + 1).read_to_end(&mut bytes))
        .map_err(unreadable)?;
    if bytes.len() as u64 > LIMIT_BYTES {
        return Err(broken(shown, "the file is larger than 4 MiB", hint));
    }
    // Windows editors begin a file with a byte order mark.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(Some(text.to_owned())),
        Err(error) => {
            let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let line = before.split(|byte| *byte == b'\n').count();
            Err(broken(shown, format!("line {line} is not UTF-8"), hint))
        }
    }
}

/// Warns where others can read a file with secrets.
pub(super) fn warn_of_readers(path: &Path, warnings: &mut Vec<Warning>) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        const OTHERS: u32 = 0o077;
        let is_open = std::fs::metadata(path)
            .is_ok_and(|metadata| metadata.permissions().mode() & OTHERS != 0);
        let warning = Warning::ReadableByOthers(path.to_path_buf());
        if is_open && !warnings.contains(&warning) {
            warnings.push(warning);
        }
    }
    #[cfg(not(unix))]
    let _ = (path, warnings);
}

impl ProfileFile {
    /// Reads the file, if there is one.
    pub(super) fn find(reach: &Reach) -> Result<Option<Self>, CredentialError> {
        let Some((path, is_named)) = path(reach) else {
            return Ok(None);
        };
        let file = Self::read(reach, &path)?;
        if file.is_none() && is_named {
            return Err(broken(
                &reach.shown(&path),
                format!(
                    "{} names a file that does not exist",
                    names::CONFIG_FILE.name
                ),
                "correct the variable, or unset it",
            ));
        }
        Ok(file)
    }

    /// Reads this file.
    pub(super) fn read(reach: &Reach, path: &Path) -> Result<Option<Self>, CredentialError> {
        let shown = reach.shown(path);
        match read_text(&shown, path, HINT)? {
            Some(text) => Self::parse(shown, path, &text).map(Some),
            None => Ok(None),
        }
    }

    fn parse(shown: String, path: &Path, text: &str) -> Result<Self, CredentialError> {
        let document: Value = serde_json::from_str(text).map_err(|error| {
            // Not the error's own text: it can repeat a value.
            let place = format!("{shown}:{}:{}", error.line(), error.column());
            broken(&place, "the file is not JSON from here on", HINT)
        })?;
        let wrong = |what: &str| broken(&shown, what, HINT);
        let Value::Object(document) = document else {
            return Err(wrong("the file is no JSON object"));
        };
        let current = match document.get("current") {
            None | Some(Value::Null) => None,
            Some(Value::String(name)) => Some(name.clone()).filter(|name| !name.is_empty()),
            Some(_) => return Err(wrong("`current` is not text")),
        };
        let listed = match document.get("profiles") {
            None | Some(Value::Null) => &Vec::new(),
            Some(Value::Array(profiles)) => profiles,
            Some(_) => return Err(wrong("`profiles` is not a list")),
        };
        let mut profiles: Vec<Profile> = Vec::new();
        for (index, profile) in listed.iter().enumerate() {
            let Value::Object(fields) = profile else {
                return Err(wrong(&format!("`profiles[{index}]` is no object")));
            };
            let Some(name) = fields.get("name").and_then(Value::as_str) else {
                return Err(wrong(&format!("`profiles[{index}]` has no name")));
            };
            if profiles.iter().any(|known| known.name == name) {
                return Err(wrong(&format!("there are two profiles `{name}`")));
            }
            profiles.push(Profile {
                name: name.to_owned(),
                source_name: format!("profile `{name}` of {shown}"),
                fields: fields.clone(),
            });
        }
        Ok(Self {
            shown,
            path: path.to_path_buf(),
            current,
            profiles,
        })
    }

    /// The profile of that name.
    pub(super) fn profile(&self, name: &str) -> Option<&Profile> {
        self.profiles.iter().find(|profile| profile.name == name)
    }
}

impl Profile {
    /// A text field; empty counts as not set.
    pub(super) fn text(&self, field: &str) -> Result<Option<&str>, CredentialError> {
        match self.fields.get(field) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.as_str()).filter(|text| !text.is_empty())),
            Some(_) => Err(self.wrong(format!("`{field}` is not text"))),
        }
    }

    /// A text field that the mode needs.
    pub(super) fn required(&self, field: &str) -> Result<&str, CredentialError> {
        self.text(field)?
            .ok_or_else(|| self.wrong(format!("`{field}` is missing")))
    }

    /// A number; zero counts as not set.
    pub(super) fn number(&self, field: &str) -> Result<Option<i64>, CredentialError> {
        match self.fields.get(field) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => match value.as_i64() {
                Some(number) => Ok(Some(number).filter(|number| *number != 0)),
                None => Err(self.wrong(format!("`{field}` is not a whole number"))),
            },
        }
    }

    /// A switch.
    pub(super) fn is_on(&self, field: &str) -> Result<bool, CredentialError> {
        match self.fields.get(field) {
            None | Some(Value::Null) => Ok(false),
            Some(Value::Bool(on)) => Ok(*on),
            Some(_) => Err(self.wrong(format!("`{field}` is not true or false"))),
        }
    }

    /// This profile cannot be used.
    pub(super) fn wrong(&self, what: impl Into<String>) -> CredentialError {
        broken(
            &self.source_name,
            what,
            format!("repair it with `aliyun configure --profile {}`", self.name),
        )
    }
}

#[cfg(test)]
mod tests;
