//! Snapshot files: an inventory on disk, format version 1.
//!
//! A reader refuses a version it does not know; a writer never writes an older one. The file is written beside its place
//! and renamed, so that a reader sees a whole snapshot or none. It holds no secrets: resource types keep declared fields only.

use std::path::{Path, PathBuf};

use super::Inventory;
use crate::store::{DocumentError, Format};

/// What the files say of themselves.
const SNAPSHOT: Format = Format {
    name: "yunsweep-snapshot",
    what: "snapshot",
    version: 1,
    key: "inventory",
    made_by: "yunsweep inventory --save FILE",
};

/// A snapshot file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// The file, or what is in it.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// A snapshot that holds one resource twice.
    #[error("{path} is damaged: {id} stands in it twice", path = path.display())]
    Twice {
        /// The file.
        path: PathBuf,
        /// The resource.
        id: String,
    },
}

/// Whether a snapshot could be written there, before the work is done that it is to hold.
pub fn check_writable(path: &Path) -> Result<(), SnapshotError> {
    Ok(SNAPSHOT.check_writable(path)?)
}

/// Writes a snapshot. The old file stays until the new one is complete.
pub fn save(inventory: &Inventory, path: &Path) -> Result<(), SnapshotError> {
    Ok(SNAPSHOT.save(inventory, path)?)
}

/// The text of a snapshot.
pub fn to_bytes(inventory: &Inventory) -> serde_json::Result<Vec<u8>> {
    SNAPSHOT.to_bytes(inventory)
}

/// Reads a snapshot.
pub fn load(path: &Path) -> Result<Inventory, SnapshotError> {
    checked(SNAPSHOT.load(path)?, path)
}

/// Reads the text of a snapshot; `path` is where it stands, for errors.
pub fn parse(text: &[u8], path: &Path) -> Result<Inventory, SnapshotError> {
    checked(SNAPSHOT.parse(text, path)?, path)
}

fn checked(mut inventory: Inventory, path: &Path) -> Result<Inventory, SnapshotError> {
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
        Some(id) => Err(SnapshotError::Twice {
            path: path.to_owned(),
            id,
        }),
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
        let written = |inventory: &Inventory| {
            let text = String::from_utf8(to_bytes(inventory).unwrap()).unwrap();
            text.replace("\": ", "\":")
        };
        let text = written(&inventory());
        let wrong = text.replace("\"integer\":40", "\"integer\":\"many\"");
        let message = refuse(&wrong);
        assert!(
            message.contains("inventory.resources[0].attributes"),
            "{message}"
        );
        assert!(refuse(&text.replace("\"links\"", "\"lynx\"")).contains("damaged"));
        assert!(refuse(&text.replace("\"inventory\"", "\"inventar\"")).contains("damaged"));
        assert!(refuse(&format!("{text} {{}}")).contains("damaged"));
        let mut doubled = inventory();
        doubled.resources.push(doubled.resources[0].clone());
        let doubled = written(&doubled);
        assert!(refuse(&doubled).contains("twice"), "{}", refuse(&doubled));
    }
}
