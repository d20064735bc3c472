//! The history: scans kept in one SQLite file, to be looked at and compared later.
//!
//! It keeps what it is given, compressed; what a snapshot says is its writer's business. Several processes may use the file at
//! once: each statement is a transaction, and one waits for the other.

use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{DateTime, Utc};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use rusqlite::{Connection, OptionalExtension as _, Row};

/// Version of the tables, kept in `user_version`. A file of another one is left alone.
const VERSION: i64 = 1;
/// How long one process waits for another.
const PATIENCE: Duration = Duration::from_secs(10);

const TABLES: &str = "
    BEGIN IMMEDIATE;
    CREATE TABLE IF NOT EXISTS scan (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        scanned_at TEXT NOT NULL,
        accounts TEXT NOT NULL,
        regions TEXT NOT NULL,
        resources INTEGER NOT NULL,
        holes INTEGER NOT NULL,
        snapshot BLOB NOT NULL
    );
    CREATE INDEX IF NOT EXISTS scan_by_time ON scan (scanned_at);
    PRAGMA user_version = 1;
    COMMIT;
";

/// A history that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// The database.
    #[error("cannot {doing} the history {path}", path = path.display())]
    Database {
        /// `open`, `read` or `write`.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        #[source]
        cause: rusqlite::Error,
    },
    /// The file system.
    #[error("cannot {doing} the history {path}", path = path.display())]
    File {
        /// `make` or `read`.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        cause: io::Error,
    },
    /// Written by another version of yunsweep.
    #[error("the history {path} has format {found}; this yunsweep uses format {VERSION}", path = path.display())]
    Version {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: i64,
    },
}

/// What is known of a scan without reading it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When it began.
    pub scanned_at: DateTime<Utc>,
    /// The accounts asked, sorted, separated by commas.
    pub accounts: String,
    /// The regions asked, sorted, separated by commas.
    pub regions: String,
    /// Resources seen.
    pub resources: u64,
    /// Cells that could not be read.
    pub holes: u64,
}

/// A scan that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Its number, for ever: numbers are not used twice.
    pub number: i64,
    /// What is known of it.
    pub entry: Entry,
}

/// The history.
#[derive(Debug)]
pub struct History {
    connection: Connection,
    path: PathBuf,
}

impl History {
    /// Opens the history below the program's folder of data, or begins one.
    pub fn open(data: &Path) -> Result<Self, HistoryError> {
        let path = Self::path_below(data);
        let failed = |cause| HistoryError::File {
            doing: "make",
            path: path.clone(),
            cause,
        };
        make_folder(data).map_err(failed)?;
        make_file(&path).map_err(failed)?;
        Self::connect(path)
    }

    /// Opens the history if there is one.
    pub fn find(data: &Path) -> Result<Option<Self>, HistoryError> {
        let path = Self::path_below(data);
        match path.try_exists() {
            Ok(false) => Ok(None),
            Ok(true) => Self::connect(path).map(Some),
            Err(cause) => Err(HistoryError::File {
                doing: "read",
                path,
                cause,
            }),
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn path_below(data: &Path) -> PathBuf {
        data.join("history.db")
    }

    fn connect(path: PathBuf) -> Result<Self, HistoryError> {
        let prepared = Connection::open(&path).and_then(|connection| {
            connection.busy_timeout(PATIENCE)?;
            let found: i64 =
                connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
            if found == 0 {
                connection.execute_batch(TABLES)?;
            }
            Ok((connection, if found == 0 { VERSION } else { found }))
        });
        match prepared {
            Ok((connection, VERSION)) => Ok(Self { connection, path }),
            Ok((_, found)) => Err(HistoryError::Version { path, found }),
            Err(cause) => Err(HistoryError::Database {
                doing: "open",
                path,
                cause,
            }),
        }
    }

    /// Keeps a snapshot.
    pub fn keep(&self, entry: &Entry, snapshot: &[u8]) -> Result<i64, HistoryError> {
        let packed = pack(snapshot).map_err(|cause| self.file_failed("read", cause))?;
        let count = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        self.connection
            .execute(
                "INSERT INTO scan (scanned_at, accounts, regions, resources, holes, snapshot)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                (
                    written(entry.scanned_at),
                    &entry.accounts,
                    &entry.regions,
                    count(entry.resources),
                    count(entry.holes),
                    packed,
                ),
            )
            .map_err(|cause| self.failed("write", cause))?;
        Ok(self.connection.last_insert_rowid())
    }

    /// Every scan, the oldest first.
    pub fn all(&self) -> Result<Vec<Kept>, HistoryError> {
        let read = || -> rusqlite::Result<Vec<Kept>> {
            let mut statement = self.connection.prepare(
                "SELECT number, scanned_at, accounts, regions, resources, holes FROM scan
                 ORDER BY scanned_at, number",
            )?;
            statement.query_map((), kept)?.collect()
        };
        read().map_err(|cause| self.failed("read", cause))
    }

    /// The snapshot of a scan.
    pub fn snapshot(&self, number: i64) -> Result<Option<Vec<u8>>, HistoryError> {
        let packed: Option<Vec<u8>> = self
            .connection
            .query_row(
                "SELECT snapshot FROM scan WHERE number = ?1",
                [number],
                |row| row.get(0),
            )
            .optional()
            .map_err(|cause| self.failed("read", cause))?;
        packed
            .map(|packed| unpack(&packed).map_err(|cause| self.file_failed("read", cause)))
            .transpose()
    }

    /// Forgets the scans that began before a time, and gives the room back. Answers how many these were.
    pub fn forget_before(&self, time: DateTime<Utc>) -> Result<usize, HistoryError> {
        let forget = || {
            let count = self
                .connection
                .execute("DELETE FROM scan WHERE scanned_at < ?1", [written(time)])?;
            if count > 0 {
                self.connection.execute_batch("VACUUM")?;
            }
            Ok(count)
        };
        forget().map_err(|cause| self.failed("write", cause))
    }

    fn failed(&self, doing: &'static str, cause: rusqlite::Error) -> HistoryError {
        HistoryError::Database {
            doing,
            path: self.path.clone(),
            cause,
        }
    }

    fn file_failed(&self, doing: &'static str, cause: io::Error) -> HistoryError {
        HistoryError::File {
            doing,
            path: self.path.clone(),
            cause,
        }
    }
}

/// Times of one length sort as texts.
fn written(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string()
}

fn kept(row: &Row<'_>) -> rusqlite::Result<Kept> {
    let scanned_at: String = row.get(1)?;
    let scanned_at = scanned_at.parse().map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(1, rusqlite::types::Type::Text, Box::new(error))
    })?;
    let count = |index: usize| -> rusqlite::Result<u64> {
        let number: i64 = row.get(index)?;
        u64::try_from(number)
            .map_err(|_negative| rusqlite::Error::IntegralValueOutOfRange(index, number))
    };
    Ok(Kept {
        number: row.get(0)?,
        entry: Entry {
            scanned_at,
            accounts: row.get(2)?,
            regions: row.get(3)?,
            resources: count(4)?,
            holes: count(5)?,
        },
    })
}

fn pack(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    packer.write_all(bytes)?;
    packer.finish()
}

fn unpack(packed: &[u8]) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    GzDecoder::new(packed).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// For its owner's eyes only: scans say what an account has.
fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn make_file(path: &Path) -> io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(day: u32) -> Entry {
        Entry {
            scanned_at: format!("2026-02-{day:02}T08:00:00Z").parse().unwrap(),
            accounts: "0000000000000042".into(),
            regions: "cn-hangzhou".into(),
            resources: 48,
            holes: 1,
        }
    }

    #[test]
    fn what_is_kept_is_found_again_oldest_first() {
        let folder = tempfile::tempdir().unwrap();
        let history = History::open(folder.path()).unwrap();
        let late = history.keep(&entry(9), b"nine").unwrap();
        let early = history.keep(&entry(1), b"one").unwrap();
        drop(history);
        let history = History::find(folder.path()).unwrap().unwrap();
        let all = history.all().unwrap();
        assert_eq!(
            all.iter().map(|kept| kept.number).collect::<Vec<_>>(),
            [early, late]
        );
        assert_eq!(all[0].entry, entry(1));
        assert_eq!(history.snapshot(late).unwrap().unwrap(), b"nine");
        assert_eq!(history.snapshot(99).unwrap(), None);
    }

    #[test]
    fn what_is_forgotten_gives_its_number_to_nobody() {
        let folder = tempfile::tempdir().unwrap();
        let history = History::open(folder.path()).unwrap();
        history.keep(&entry(1), b"one").unwrap();
        let last = history.keep(&entry(2), b"two").unwrap();
        assert_eq!(
            history.forget_before(entry(2).scanned_at).unwrap(),
            1,
            "the scan of that very time stays"
        );
        assert_eq!(history.forget_before(entry(3).scanned_at).unwrap(), 1);
        assert!(history.all().unwrap().is_empty());
        assert!(history.keep(&entry(4), b"four").unwrap() > last);
    }

    #[test]
    fn a_history_of_another_version_or_no_history_at_all_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        assert!(History::find(folder.path()).unwrap().is_none());
        let history = History::open(folder.path()).unwrap();
        history
            .connection
            .pragma_update(None, "user_version", 2)
            .unwrap();
        drop(history);
        let refused = History::open(folder.path()).unwrap_err();
        assert!(
            matches!(refused, HistoryError::Version { found: 2, .. }),
            "{refused}"
        );
        let path = folder.path().join("history.db");
        std::fs::write(&path, "this is a text, and long enough to be told from a database, which begins with a header of a hundred bytes").unwrap();
        let refused = History::open(folder.path()).unwrap_err();
        assert!(refused.to_string().contains("history.db"), "{refused}");
        assert!(
            std::fs::read_to_string(&path)
                .unwrap()
                .starts_with("this is a text")
        );
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_reads_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("yunsweep");
        let history = History::open(&data).unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&data), 0o700);
        assert_eq!(mode(history.path()), 0o600);
    }
}
