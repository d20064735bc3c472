//! Files with a format and a version: JSON documents that say what they are.
//!
//! A reader refuses what is something else, a version that it does not know and a field that it does not know, with the place
//! in the file; it never repairs. The file is written beside its place and renamed: a reader sees a whole one or none.

use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{check_writable, write_new, write_whole};

/// One format of documents.
#[derive(Clone, Copy, Debug)]
pub struct Format {
    /// Stands in each file: `yunsweep-snapshot`.
    pub name: &'static str,
    /// What people call one: `snapshot`.
    pub what: &'static str,
    /// Version that is written, and the only one read.
    pub version: u32,
    /// The key of the content.
    pub key: &'static str,
    /// The command that makes one.
    pub made_by: &'static str,
}

/// A document that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// The file system.
    #[error("cannot {doing} the {what} {path}", path = path.display())]
    File {
        /// `read` or `write`.
        doing: &'static str,
        /// What people call it.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        cause: std::io::Error,
    },
    /// Something else.
    #[error("{path} is not a yunsweep {what}; make one with `{made_by}`", path = path.display())]
    NotOne {
        /// The file.
        path: PathBuf,
        /// What people call it.
        what: &'static str,
        /// The command that makes one.
        made_by: &'static str,
    },
    /// Written by another version of yunsweep.
    #[error("{path} has {what} format {found}; this yunsweep reads format {read}", path = path.display())]
    Version {
        /// The file.
        path: PathBuf,
        /// What people call it.
        what: &'static str,
        /// Its version.
        found: u64,
        /// The version that is read.
        read: u32,
    },
    /// Its content is damaged.
    #[error("{path} is damaged at `{at}` (line {line}, column {column})", path = path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Path within the document.
        at: String,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What the reader said.
        #[source]
        cause: serde_json::Error,
    },
}

impl DocumentError {
    /// Whether something is there already where a new file was to be.
    pub fn is_there_already(&self) -> bool {
        matches!(self, Self::File { cause, .. } if cause.kind() == std::io::ErrorKind::AlreadyExists)
    }
}

#[derive(Deserialize)]
struct Header {
    format: Option<String>,
    version: Option<u64>,
}

impl Format {
    fn failed(
        &self,
        doing: &'static str,
        path: &Path,
    ) -> impl FnOnce(std::io::Error) -> DocumentError {
        let (what, path) = (self.what, path.to_owned());
        move |cause| DocumentError::File {
            doing,
            what,
            path,
            cause,
        }
    }

    /// Whether one could be written there, before the work is done that it is to hold.
    pub fn check_writable(&self, path: &Path) -> Result<(), DocumentError> {
        check_writable(path).map_err(self.failed("write", path))
    }

    /// Writes one. The old file stays until the new one is complete.
    pub fn save(&self, content: &impl Serialize, path: &Path) -> Result<(), DocumentError> {
        let text = self
            .to_bytes(content)
            .map_err(|error| self.failed("write", path)(error.into()))?;
        write_whole(path, &text).map_err(self.failed("write", path))
    }

    /// Writes one where nothing is yet.
    pub fn save_new(&self, content: &impl Serialize, path: &Path) -> Result<(), DocumentError> {
        let text = self
            .to_bytes(content)
            .map_err(|error| self.failed("write", path)(error.into()))?;
        write_new(path, &text).map_err(self.failed("write", path))
    }

    /// The text of one.
    pub fn to_bytes(&self, content: &impl Serialize) -> serde_json::Result<Vec<u8>> {
        let mut text = Vec::new();
        let formatter = serde_json::ser::PrettyFormatter::new();
        let mut writer = serde_json::Serializer::with_formatter(&mut text, formatter);
        Written {
            format: self,
            content,
        }
        .serialize(&mut writer)?;
        text.push(b'\n');
        Ok(text)
    }

    /// Reads one.
    pub fn load<T: DeserializeOwned>(&self, path: &Path) -> Result<T, DocumentError> {
        let text = std::fs::read(path).map_err(self.failed("read", path))?;
        self.parse(&text, path)
    }

    /// Reads the text of one; `path` is where it stands, for errors.
    pub fn parse<T: DeserializeOwned>(&self, text: &[u8], path: &Path) -> Result<T, DocumentError> {
        let damaged = |at: String, cause: serde_json::Error| DocumentError::Damaged {
            path: path.to_owned(),
            at,
            line: cause.line(),
            column: cause.column(),
            cause,
        };
        match serde_json::from_slice::<Header>(text) {
            Ok(Header {
                format: Some(format),
                version: Some(version),
            }) if format == self.name => {
                if version != u64::from(self.version) {
                    return Err(DocumentError::Version {
                        path: path.to_owned(),
                        what: self.what,
                        found: version,
                        read: self.version,
                    });
                }
            }
            Err(cause) if !cause.is_data() && text.starts_with(b"{") => {
                return Err(damaged(".".into(), cause));
            }
            _ => {
                return Err(DocumentError::NotOne {
                    path: path.to_owned(),
                    what: self.what,
                    made_by: self.made_by,
                });
            }
        }
        let mut reader = serde_json::Deserializer::from_slice(text);
        let seed = Content {
            key: self.key,
            of: std::marker::PhantomData,
        };
        let mut track = serde_path_to_error::Track::new();
        let tracked = serde_path_to_error::Deserializer::new(&mut reader, &mut track);
        match serde::de::DeserializeSeed::deserialize(seed, tracked) {
            Ok(content) => reader
                .end()
                .map(|()| content)
                .map_err(|cause| damaged(".".into(), cause)),
            Err(cause) => Err(damaged(track.path().to_string(), cause)),
        }
    }
}

struct Written<'a, T> {
    format: &'a Format,
    content: &'a T,
}

impl<T: Serialize> Serialize for Written<'_, T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap as _;
        let mut map = serializer.serialize_map(Some(3))?;
        map.serialize_entry("format", self.format.name)?;
        map.serialize_entry("version", &self.format.version)?;
        map.serialize_entry(self.format.key, self.content)?;
        map.end()
    }
}

/// The content under its key, beside format and version and nothing else.
struct Content<T> {
    key: &'static str,
    of: std::marker::PhantomData<T>,
}

impl<'de, T: Deserialize<'de>> serde::de::DeserializeSeed<'de> for Content<T> {
    type Value = T;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, T: Deserialize<'de>> serde::de::Visitor<'de> for Content<T> {
    type Value = T;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "an object with format, version and {}", self.key)
    }

    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        use serde::de::Error as _;
        let mut content = None;
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "format" | "version" => {
                    map.next_value::<serde::de::IgnoredAny>()?;
                }
                known if known == self.key => {
                    if content.replace(map.next_value()?).is_some() {
                        return Err(A::Error::duplicate_field(self.key));
                    }
                }
                unknown => {
                    return Err(A::Error::custom(format_args!("unknown field `{unknown}`")));
                }
            }
        }
        content.ok_or_else(|| A::Error::missing_field(self.key))
    }
}
