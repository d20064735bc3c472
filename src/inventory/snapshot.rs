//! Snapshot files: an inventory on disk, format version 1.
//!
//! A reader refuses a version it does not know; a writer never writes an older one. The file is written beside its place
//! and renamed, so that a reader sees a whole snapshot or none. It holds no secrets: resource types keep declared fields only.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::Inventory;
use crate::store;

/// Says what the file is, so that a plan or a report is not taken for one.
const FORMAT: &str = "yunsweep-snapshot";
/// Version that is written, and the only one read.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Written<'a> {
    format: &'a str,
    version: u32,
    inventory: &'a Inventory,
}

#[derive(Deserialize)]
struct Header {
    format: Option<String>,
    version: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Read {
    #[serde(rename = "format")]
    _format: String,
    #[serde(rename = "version")]
    _version: u64,
    inventory: Inventory,
}

/// A snapshot file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// The file system.
    #[error("cannot {doing} the snapshot {path}", path = path.display())]
    File {
        /// `read` or `write`.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        cause: std::io::Error,
    },
    /// Not a snapshot at all.
    #[error("{path} is not a yunsweep snapshot; make one with `yunsweep inventory --save FILE`", path = path.display())]
    NotASnapshot {
        /// The file.
        path: PathBuf,
    },
    /// Written by another version of yunsweep.
    #[error("{path} has snapshot format {found}; this yunsweep reads format {VERSION}", path = path.display())]
    Version {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: u64,
    },
    /// A snapshot that holds one resource twice.
    #[error("{path} is damaged: {id} stands in it twice", path = path.display())]
    Twice {
        /// The file.
        path: PathBuf,
        /// The resource.
        id: String,
    },
    /// A snapshot whose content is damaged.
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

/// Whether a snapshot could be written there, before the work is done that it is to hold.
pub fn check_writable(path: &Path) -> Result<(), SnapshotError> {
    store::check_writable(path).map_err(|cause| SnapshotError::File {
        doing: "write",
        path: path.to_owned(),
        cause,
    })
}

/// Writes a snapshot. The old file stays until the new one is complete.
pub fn save(inventory: &Inventory, path: &Path) -> Result<(), SnapshotError> {
    let failed = |cause| SnapshotError::File {
        doing: "write",
        path: path.to_owned(),
        cause,
    };
    let text = to_bytes(inventory).map_err(|error| failed(error.into()))?;
    store::write_whole(path, &text).map_err(failed)
}

/// The text of a snapshot.
pub fn to_bytes(inventory: &Inventory) -> serde_json::Result<Vec<u8>> {
    let document = Written {
        format: FORMAT,
        version: VERSION,
        inventory,
    };
    let mut text = serde_json::to_vec_pretty(&document)?;
    text.push(b'\n');
    Ok(text)
}

/// Reads a snapshot.
pub fn load(path: &Path) -> Result<Inventory, SnapshotError> {
    let text = std::fs::read(path).map_err(|cause| SnapshotError::File {
        doing: "read",
        path: path.to_owned(),
        cause,
    })?;
    parse(&text, path)
}

/// Reads the text of a snapshot; `path` is where it stands, for errors.
pub fn parse(text: &[u8], path: &Path) -> Result<Inventory, SnapshotError> {
    let file = path.to_owned();
    let path = path.to_owned();
    match serde_json::from_slice::<Header>(text) {
        Ok(Header {
            format: Some(format),
            version: Some(version),
        }) if format == FORMAT => {
            if version != u64::from(VERSION) {
                return Err(SnapshotError::Version {
                    path,
                    found: version,
                });
            }
        }
        Err(cause) if !cause.is_data() && text.starts_with(b"{") => {
            let (line, column) = (cause.line(), cause.column());
            return Err(SnapshotError::Damaged {
                path,
                at: ".".into(),
                line,
                column,
                cause,
            });
        }
        _ => return Err(SnapshotError::NotASnapshot { path }),
    }
    let mut reader = serde_json::Deserializer::from_slice(text);
    let read: Read = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let at = error.path().to_string();
        let cause = error.into_inner();
        SnapshotError::Damaged {
            path,
            at,
            line: cause.line(),
            column: cause.column(),
            cause,
        }
    })?;
    let mut inventory = read.inventory;
    // Lookups rely on the order, and a person may have edited the file.
    inventory.resources.sort_by(|a, b| a.id.cmp(&b.id));
    // What stands twice would be counted, and billed, twice.
    let twice = inventory
        .resources
        .iter()
        .zip(inventory.resources.iter().skip(1))
        .find(|(one, next)| one.id == next.id)
        .map(|(one, _)| one.id.to_string());
    match twice {
        None => Ok(inventory),
        Some(id) => Err(SnapshotError::Twice { path: file, id }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AccountId, Attribute, Region, Resource, ResourceId, TypeId};

    fn inventory() -> Inventory {
        let id = ResourceId {
            account: AccountId::from_static("0000000000000042"),
            region: Region::new("cn-hangzhou"),
            type_id: TypeId::from_static("ecs.disk"),
            id: "d-1".into(),
        };
        let mut resource = Resource::new(id);
        resource.attributes.set("size_gib", Attribute::Integer(40));
        resource
            .attributes
            .set("price_limit", Attribute::Decimal("0.034".parse().unwrap()));
        Inventory {
            scanned_at: "2026-02-01T00:00:00Z".parse().unwrap(),
            accounts: Vec::new(),
            resources: vec![resource],
            links: Vec::new(),
            coverage: Vec::new(),
            observations: Vec::new(),
        }
    }

    #[test]
    fn what_is_saved_is_what_is_loaded() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("scan.json");
        save(&inventory(), &path).unwrap();
        assert_eq!(load(&path).unwrap(), inventory());
        save(&inventory(), &path).unwrap();
        assert_eq!(
            std::fs::read_dir(folder.path()).unwrap().count(),
            1,
            "no temporary file stays"
        );
    }

    #[test]
    fn hostile_files_are_refused_with_what_and_where() {
        let path = Path::new("scan.json");
        let refuse = |text: &str| parse(text.as_bytes(), path).unwrap_err().to_string();
        assert!(refuse("").contains("not a yunsweep snapshot"));
        assert!(refuse("[]").contains("not a yunsweep snapshot"));
        assert!(refuse(r#"{"schema":"yunsweep.inventory/1"}"#).contains("not a yunsweep snapshot"));
        assert!(refuse(r#"{"format":"yunsweep-snapshot","version":2}"#).contains("format 2"));
        assert!(
            refuse(r#"{"format":"yunsweep-snapshot","version":1,"inventory":{"#).contains("line 1")
        );
        let text = serde_json::to_string(&Written {
            format: FORMAT,
            version: 1,
            inventory: &inventory(),
        })
        .unwrap();
        let wrong = text.replace("\"integer\":40", "\"integer\":\"many\"");
        let message = refuse(&wrong);
        assert!(
            message.contains("inventory.resources[0].attributes"),
            "{message}"
        );
        assert!(refuse(&text.replace("\"links\"", "\"lynx\"")).contains("damaged"));
        let mut doubled = inventory();
        doubled.resources.push(doubled.resources[0].clone());
        let doubled = serde_json::to_string(&Written {
            format: FORMAT,
            version: 1,
            inventory: &doubled,
        })
        .unwrap();
        assert!(refuse(&doubled).contains("twice"), "{}", refuse(&doubled));
    }
}
