//! Files that only grow, line by line, each line on the disk before the caller goes on.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

use super::atomic::sync_folder;

/// A file that lines are added to.
#[derive(Debug)]
pub struct AppendFile {
    file: File,
    /// After a failed write nobody knows what the file ends with: nothing more is written to it.
    is_broken: bool,
}

impl AppendFile {
    /// Opens the file, or makes it, and cuts it to its first `length` bytes: what a crash left behind goes.
    pub fn open(path: &Path, length: u64) -> io::Result<Self> {
        let is_new = !path.exists();
        let mut options = OpenOptions::new();
        options.create(true).append(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path)?;
        if file.metadata()?.len() != length {
            file.set_len(length)?;
            file.sync_all()?;
        }
        if is_new && let Some(folder) = path.parent() {
            sync_folder(folder)?;
        }
        Ok(Self {
            file,
            is_broken: false,
        })
    }

    /// Adds bytes and brings them to the disk.
    pub fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.is_broken {
            return Err(io::Error::other("an earlier write to this file failed"));
        }
        let written = self
            .file
            .write_all(bytes)
            .and_then(|()| self.file.sync_data());
        self.is_broken = written.is_err();
        written
    }
}
