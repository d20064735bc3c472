//! The journal: what a run was about to do, written before it did it, and what came of it, written before it went on.
//!
//! JSON Lines. The first line says what the file is and whose plan it belongs to; every further one has the next sequence
//! number. A last line without its line break was torn by a crash, and nothing that follows from it can have been sent: it is
//! dropped. Anything else that is odd makes the whole journal unusable: a run that guesses may delete twice.

use std::collections::BTreeMap;
use std::io;

use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::Mutex;

use super::plan::{Plan, Step, StepId};
use super::state::{Event, IllegalEvent, StepState};
use crate::model::time;
use crate::store::AppendFile;

/// Name of the file in its run folder.
pub const FILE: &str = "journal.jsonl";
const FORMAT: &str = "yunsweep-journal";
/// Version that is written, and the only one read.
const VERSION: u64 = 1;

/// The first line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    format: String,
    version: u64,
    /// Digest of the plan.
    plan: String,
}

/// What a newer version is told apart by, whatever else its header has.
#[derive(Debug, Deserialize)]
struct AnyHeader {
    format: Option<String>,
    version: Option<u64>,
}

/// One line after the first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// Counts from 1.
    pub sequence: u64,
    /// When it was written.
    pub at: DateTime<Utc>,
    /// What happened.
    pub entry: Entry,
}

/// What a line says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "snake_case", deny_unknown_fields)]
pub enum Entry {
    /// A process began to work on the run.
    Opened {
        /// The identity that it works with.
        identity: String,
        /// The program's version.
        program: String,
    },
    /// It ended in good order.
    Closed {
        /// Whether it was interrupted.
        interrupted: bool,
    },
    /// Something happened to a step.
    Step {
        /// Which.
        step: StepId,
        /// What.
        event: Event,
    },
}

/// A journal that cannot be gone on with.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// Not a journal.
    #[error("the file is not a yunsweep journal")]
    NotAJournal,
    /// Written by another version.
    #[error("the journal has format {found}, and this yunsweep reads format {VERSION}")]
    Version {
        /// Its version.
        found: u64,
    },
    /// Of another plan.
    #[error("the journal belongs to the plan {found}")]
    OtherPlan {
        /// That plan's digest.
        found: String,
    },
    /// A line that cannot be read, or an event that this version does not know.
    #[error("line {line} of the journal cannot be read")]
    Unreadable {
        /// Line, from 1.
        line: usize,
        /// Why.
        #[source]
        cause: serde_json::Error,
    },
    /// A line that says more than this version understands.
    #[error("line {line} of the journal has something that this yunsweep does not know")]
    Unknown {
        /// Line, from 1.
        line: usize,
    },
    /// A line is missing or there twice.
    #[error("line {line} of the journal has number {found} in place of {expected}")]
    Sequence {
        /// Line, from 1.
        line: usize,
        /// Its number.
        found: u64,
        /// What it should be.
        expected: u64,
    },
    /// A step that the plan does not have.
    #[error("line {line} of the journal is about `{step}`, which is no step of the plan")]
    UnknownStep {
        /// Line, from 1.
        line: usize,
        /// The step.
        step: StepId,
    },
    /// An event that cannot follow what stands before it.
    #[error("line {line} of the journal does not follow from those before it")]
    Illegal {
        /// Line, from 1.
        line: usize,
        /// Why.
        #[source]
        cause: IllegalEvent,
    },
    /// It could not be written; nothing may be sent any more.
    #[error("the journal cannot be written")]
    Write(#[source] io::Error),
}

/// What a journal says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replayed {
    /// What each step of the plan has come to.
    pub states: BTreeMap<StepId, StepState>,
    /// Its lines.
    pub lines: Vec<Line>,
    /// Bytes that count; what stands after them was torn.
    pub length: u64,
}

/// Replays a journal of that plan. An empty file is a journal that was not begun.
pub fn replay(bytes: &[u8], plan: &Plan, digest: &str) -> Result<Replayed, JournalError> {
    let mut replayed = Replayed {
        states: plan
            .steps
            .iter()
            .map(|step| (step.id.clone(), StepState::default()))
            .collect(),
        lines: Vec::new(),
        length: 0,
    };
    let steps: BTreeMap<&StepId, &Step> = plan.steps.iter().map(|step| (&step.id, step)).collect();
    for (index, text) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
        if !text.ends_with(b"\n") {
            break;
        }
        if index == 0 {
            check_header(text, digest)?;
        } else {
            take_in(&mut replayed, &steps, index + 1, text)?;
        }
        replayed.length += text.len() as u64;
    }
    Ok(replayed)
}

fn check_header(text: &[u8], digest: &str) -> Result<(), JournalError> {
    let any: AnyHeader = serde_json::from_slice(text).map_err(|_| JournalError::NotAJournal)?;
    if any.format.as_deref() != Some(FORMAT) {
        return Err(JournalError::NotAJournal);
    }
    match any.version {
        Some(VERSION) => {}
        Some(found) => return Err(JournalError::Version { found }),
        None => return Err(JournalError::NotAJournal),
    }
    let header: Header = serde_json::from_slice(text)
        .map_err(|cause| JournalError::Unreadable { line: 1, cause })?;
    if header.plan == digest {
        Ok(())
    } else {
        Err(JournalError::OtherPlan { found: header.plan })
    }
}

fn take_in(
    replayed: &mut Replayed,
    steps: &BTreeMap<&StepId, &Step>,
    number: usize,
    text: &[u8],
) -> Result<(), JournalError> {
    let unreadable = |cause| JournalError::Unreadable {
        line: number,
        cause,
    };
    let line: Line = serde_json::from_slice(text).map_err(unreadable)?;
    // Serde overlooks unknown fields of variants without any: what is read must say all that is written.
    let written: Value = serde_json::from_slice(text).map_err(unreadable)?;
    if serde_json::to_value(&line).map_err(unreadable)? != written {
        return Err(JournalError::Unknown { line: number });
    }
    let expected = replayed.lines.len() as u64 + 1;
    if line.sequence != expected {
        return Err(JournalError::Sequence {
            line: number,
            found: line.sequence,
            expected,
        });
    }
    if let Entry::Step { step, event } = &line.entry {
        let unknown = || JournalError::UnknownStep {
            line: number,
            step: step.clone(),
        };
        let planned = steps.get(step).ok_or_else(unknown)?;
        let state = replayed.states.get_mut(step).ok_or_else(unknown)?;
        state
            .apply(event, planned.calls())
            .map_err(|cause| JournalError::Illegal {
                line: number,
                cause,
            })?;
    }
    replayed.lines.push(line);
    Ok(())
}

/// Where the lines of a journal go.
pub trait Log: Send + Sync {
    /// Adds a line, with its line break. When it returns, the line is on the disk.
    fn append<'a>(&'a mut self, line: &'a str) -> BoxFuture<'a, io::Result<()>>;
}

impl Log for AppendFile {
    fn append<'a>(&'a mut self, line: &'a str) -> BoxFuture<'a, io::Result<()>> {
        // Short, rare, and nothing else may go on meanwhile: not worth a thread of its own.
        let written = AppendFile::append(self, line.as_bytes());
        Box::pin(async move { written })
    }
}

/// A journal that is being written.
pub struct Journal {
    digest: String,
    inner: Mutex<Inner>,
}

struct Inner {
    log: Box<dyn Log>,
    /// Lines written after the header.
    written: u64,
    has_header: bool,
    is_broken: bool,
}

impl Journal {
    /// Goes on with a journal that was replayed; `log` adds to the bytes that count.
    pub fn resume(log: Box<dyn Log>, digest: &str, replayed: &Replayed) -> Self {
        Self {
            digest: digest.to_owned(),
            inner: Mutex::new(Inner {
                log,
                written: replayed.lines.len() as u64,
                has_header: replayed.length > 0,
                is_broken: false,
            }),
        }
    }

    /// Writes an entry. Nothing may follow a failed write.
    pub async fn append(&self, at: DateTime<Utc>, entry: Entry) -> Result<Line, JournalError> {
        let mut inner = self.inner.lock().await;
        if inner.is_broken {
            let cause = io::Error::other("an earlier write failed");
            return Err(JournalError::Write(cause));
        }
        // Also where this future is dropped half-way, which a caller that is stopped does.
        inner.is_broken = true;
        if !inner.has_header {
            let header = Header {
                format: FORMAT.to_owned(),
                version: VERSION,
                plan: self.digest.clone(),
            };
            inner.write(&header).await?;
            inner.has_header = true;
        }
        let line = Line {
            sequence: inner.written + 1,
            at: whole_seconds(at),
            entry,
        };
        inner.write(&line).await?;
        inner.written += 1;
        inner.is_broken = false;
        Ok(line)
    }
}

impl Inner {
    async fn write<T: Serialize>(&mut self, line: &T) -> Result<(), JournalError> {
        let mut text =
            serde_json::to_string(line).map_err(|error| JournalError::Write(error.into()))?;
        text.push('\n');
        self.log.append(&text).await.map_err(JournalError::Write)
    }
}

/// Times are told to the second everywhere.
fn whole_seconds(at: DateTime<Utc>) -> DateTime<Utc> {
    time::parse(&time::format(at)).unwrap_or(at)
}

#[cfg(test)]
#[path = "journal_tests.rs"]
mod tests;
