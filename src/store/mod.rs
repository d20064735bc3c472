//! Files of runs and scans: the one place where files are written that a run depends on.
//!
//! Writes are whole or not there (written beside, renamed), appends are on the disk before they return, and one run folder is
//! worked on by one process at a time. What the files say is their writers' business.

mod append;
mod atomic;
mod document;
mod history;
mod runs;

pub use append::AppendFile;
pub use atomic::{check_writable, write_new, write_whole};
pub use document::{DocumentError, Format};
pub use history::{Entry, History, HistoryError, Kept};
pub use runs::{Lock, RunFolder, Runs, StoreError};
