//! Run folders: `runs/<plan digest>/{plan.json,journal.jsonl,lock,ledger.json}`.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::append::AppendFile;
use super::atomic::{sync_folder, write_whole};

/// A run folder that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process works on it.
    #[error("another yunsweep works on the run {digest} right now")]
    Busy {
        /// Its plan.
        digest: String,
    },
    /// A name that is no digest: it would lead out of the folder.
    #[error("`{0}` is not the digest of a plan")]
    NotADigest(String),
    /// The file system.
    #[error("cannot {doing} {path}", path = path.display())]
    File {
        /// What was tried: `read`, `write`, `lock`.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        cause: io::Error,
    },
}

/// The folder of all runs.
#[derive(Clone, Debug)]
pub struct Runs {
    folder: PathBuf,
}

/// The folder of one run.
#[derive(Clone, Debug)]
pub struct RunFolder {
    path: PathBuf,
    digest: String,
}

/// Held while a process works on a run; given back when it ends, however it ends.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Runs {
    /// Runs below the program's folder of state.
    pub fn below(state: &Path) -> Self {
        Self {
            folder: state.join("runs"),
        }
    }

    /// The folder of the run with that plan; it need not exist.
    pub fn of(&self, digest: &str) -> Result<RunFolder, StoreError> {
        if !is_digest(digest) {
            return Err(StoreError::NotADigest(digest.to_owned()));
        }
        Ok(RunFolder {
            path: self.folder.join(digest),
            digest: digest.to_owned(),
        })
    }

    /// Every run that there is, by digest.
    pub fn all(&self) -> Result<Vec<RunFolder>, StoreError> {
        let entries = match std::fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(cause) => return Err(failed("read", &self.folder, cause)),
        };
        let mut found = Vec::new();
        for entry in entries {
            let entry = entry.map_err(|cause| failed("read", &self.folder, cause))?;
            let name = entry.file_name();
            if let Some(digest) = name.to_str().filter(|name| is_digest(name)) {
                found.push(RunFolder {
                    path: entry.path(),
                    digest: digest.to_owned(),
                });
            }
        }
        found.sort_by(|a, b| a.digest.cmp(&b.digest));
        Ok(found)
    }
}

impl RunFolder {
    /// Digest of its plan.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where a file of it is.
    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Makes the folder, for its owner's eyes only: plans and journals name what an account has.
    pub fn create(&self) -> Result<(), StoreError> {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder
            .create(&self.path)
            .and_then(|()| self.path.parent().map_or(Ok(()), sync_folder))
            .map_err(|cause| failed("write", &self.path, cause))
    }

    /// Takes the run for this process.
    pub fn lock(&self) -> Result<Lock, StoreError> {
        let path = self.file("lock");
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(|cause| failed("lock", &path, cause))?;
        match file.try_lock() {
            Ok(()) => Ok(Lock { _file: file }),
            Err(TryLockError::WouldBlock) => Err(StoreError::Busy {
                digest: self.digest.clone(),
            }),
            Err(TryLockError::Error(cause)) => Err(failed("lock", &path, cause)),
        }
    }

    /// Reads a file; `None` where there is none.
    pub fn read(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let path = self.file(name);
        match std::fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(cause) => Err(failed("read", &path, cause)),
        }
    }

    /// Writes a file, whole or not at all.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        let path = self.file(name);
        write_whole(&path, bytes).map_err(|cause| failed("write", &path, cause))
    }

    /// Opens a file to add to it, keeping its first `length` bytes.
    pub fn append(&self, name: &str, length: u64) -> Result<AppendFile, StoreError> {
        let path = self.file(name);
        AppendFile::open(&path, length).map_err(|cause| failed("write", &path, cause))
    }
}

fn failed(doing: &'static str, path: &Path, cause: io::Error) -> StoreError {
    StoreError::File {
        doing,
        path: path.to_owned(),
        cause,
    }
}

/// Digests are lower-case hexadecimal. Anything else might lead out of the folder.
fn is_digest(text: &str) -> bool {
    (8..=128).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGEST: &str = "0123456789abcdef";

    fn run() -> (tempfile::TempDir, RunFolder) {
        let state = tempfile::tempdir().unwrap();
        let folder = Runs::below(state.path()).of(DIGEST).unwrap();
        folder.create().unwrap();
        (state, folder)
    }

    #[test]
    fn one_process_at_a_time() {
        let (_state, folder) = run();
        let first = folder.lock().unwrap();
        assert!(matches!(folder.lock(), Err(StoreError::Busy { .. })));
        drop(first);
        assert!(folder.lock().is_ok());
    }

    #[test]
    fn names_do_not_lead_out_of_the_folder() {
        let runs = Runs::below(Path::new("state"));
        for wrong in ["", "..", "../../x", "ABCDEF0123", "0123456", "0123456/"] {
            assert!(
                matches!(runs.of(wrong), Err(StoreError::NotADigest(_))),
                "{wrong}"
            );
        }
    }

    #[test]
    fn runs_are_found_again() {
        let (state, folder) = run();
        let runs = Runs::below(state.path());
        std::fs::create_dir(state.path().join("runs/else")).unwrap();
        let all: Vec<String> = runs
            .all()
            .unwrap()
            .iter()
            .map(|run| run.digest().to_owned())
            .collect();
        assert_eq!(all, [DIGEST]);
        assert_eq!(folder.read("plan.json").unwrap(), None);
        folder.write("plan.json", b"{}").unwrap();
        assert_eq!(
            folder.read("plan.json").unwrap().as_deref(),
            Some(&b"{}"[..])
        );
        let empty = tempfile::tempdir().unwrap();
        assert!(Runs::below(empty.path()).all().unwrap().is_empty());
    }

    #[test]
    fn appending_goes_on_after_what_is_kept() {
        let (_state, folder) = run();
        let mut file = folder.append("journal.jsonl", 0).unwrap();
        file.append(b"one\ntwo\nthr").unwrap();
        drop(file);
        let mut file = folder.append("journal.jsonl", 8).unwrap();
        file.append(b"three\n").unwrap();
        assert_eq!(
            folder.read("journal.jsonl").unwrap().as_deref(),
            Some(&b"one\ntwo\nthree\n"[..])
        );
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_reads_a_run() {
        use std::os::unix::fs::PermissionsExt as _;
        let (_state, folder) = run();
        let mode = std::fs::metadata(folder.path())
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o700);
    }
}
