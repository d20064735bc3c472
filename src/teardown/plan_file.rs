//! Plan files: a plan on disk, format version 1, with a digest over all of it.
//!
//! The digest is what a person confirms, so that it covers format, version and every field of the plan. A reader refuses
//! a version that it does not know, a field that it does not know, and a digest that does not fit; it never repairs. The
//! file is written beside its place and renamed, so that a reader sees a whole plan or none.

use std::fmt;
use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::place::{Difference, Place};
use super::plan::{Binding, Plan};
use crate::model::time;
use crate::store;

/// Says what the file is, so that a snapshot or a report is not taken for one.
const FORMAT: &str = "yunsweep-plan";
/// Version that is written, and the only one read.
const VERSION: u32 = 1;
/// How old an inventory may be when its plan is applied.
pub const LONGEST_AGE: TimeDelta = TimeDelta::hours(24);
/// How far the clock of the planning machine may have been ahead.
const CLOCK_TOLERANCE: TimeDelta = TimeDelta::minutes(5);

/// SHA-256 over the canonical JSON of a plan, as 64 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PlanDigest(String);

impl PlanDigest {
    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PlanDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// A plan as it was read, with the digest that it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanFile {
    /// The plan.
    pub plan: Plan,
    /// Its digest.
    pub digest: PlanDigest,
}

#[derive(Serialize)]
struct Written<'a> {
    format: &'a str,
    version: u32,
    digest: &'a PlanDigest,
    plan: &'a Plan,
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
    digest: PlanDigest,
    plan: Plan,
}

/// A plan file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PlanFileError {
    /// The file system.
    #[error("cannot {doing} the plan {path}", path = path.display())]
    File {
        /// `read` or `write`.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        cause: std::io::Error,
    },
    /// Not a plan at all.
    #[error("{path} is not a yunsweep plan; make one with `yunsweep teardown plan --save FILE`", path = path.display())]
    NotAPlan {
        /// The file.
        path: PathBuf,
    },
    /// Written by another version of yunsweep.
    #[error("{path} has plan format {found}; this yunsweep reads format {VERSION}", path = path.display())]
    Version {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: u64,
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
    /// Its content is not what was planned.
    #[error("{path} was altered after it was planned: its digest is {found}, and it says {said}", path = path.display())]
    Altered {
        /// The file.
        path: PathBuf,
        /// The digest that it says.
        said: PlanDigest,
        /// The digest that it has.
        found: PlanDigest,
    },
    /// A plan that no JSON can hold: a fault of the program.
    #[error("the plan cannot be written as JSON")]
    Json(#[from] serde_json::Error),
}

/// A plan that must not be applied here and now.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// Its inventory is too old.
    #[error(
        "the plan is stale: what it rests on was read at {read_at}, more than 24 hours ago",
        read_at = time::format(*read_at)
    )]
    Stale {
        /// When that was read.
        read_at: DateTime<Utc>,
    },
    /// Its inventory was read later than now.
    #[error(
        "the plan says that what it rests on was read at {read_at}, which has not come yet: check the clock",
        read_at = time::format(*read_at)
    )]
    FromTheFuture {
        /// When that was read.
        read_at: DateTime<Utc>,
    },
    /// It was made for something else.
    #[error("the plan was made for {what} {planned}, and this is {found}")]
    Elsewhere {
        /// In what they differ.
        what: Difference,
        /// What it was made for.
        planned: String,
        /// What is here.
        found: String,
    },
}

/// Where and when a plan is to be applied.
#[derive(Clone, Copy, Debug)]
pub struct Here<'a> {
    /// The account that the credential belongs to.
    pub account: &'a str,
    /// The identity, as an ARN.
    pub identity: &'a str,
    /// Where the calls would go.
    pub place: &'a Place,
    /// Now.
    pub now: DateTime<Utc>,
}

/// Whether a plan may be applied here and now.
pub fn check(binding: &Binding, here: &Here<'_>) -> Result<(), Unfit> {
    let elsewhere = |what, planned: &str, found: &str| Unfit::Elsewhere {
        what,
        planned: planned.to_owned(),
        found: found.to_owned(),
    };
    let account = binding.account.as_str();
    if account != here.account {
        return Err(elsewhere(Difference::Account, account, here.account));
    }
    if let Some((what, planned, found)) = binding.endpoint.difference(here.place) {
        return Err(elsewhere(what, &planned, &found));
    }
    if lasting(&binding.identity) != lasting(here.identity) {
        return Err(elsewhere(
            Difference::Identity,
            &binding.identity,
            here.identity,
        ));
    }
    let age = here.now.signed_duration_since(binding.read_at);
    let read_at = binding.read_at;
    if age > LONGEST_AGE {
        return Err(Unfit::Stale { read_at });
    }
    if age < -CLOCK_TOLERANCE {
        return Err(Unfit::FromTheFuture { read_at });
    }
    Ok(())
}

/// The part of an ARN that stays from run to run: an assumed role's session name
/// (`acs:ram::<account>:assumed-role/<role>/<session>`) does not.
fn lasting(arn: &str) -> &str {
    match arn.rsplit_once('/') {
        Some((role, _session)) if arn.contains(":assumed-role/") => role,
        _ => arn,
    }
}

/// The digest of a plan.
pub fn digest(plan: &Plan) -> Result<PlanDigest, serde_json::Error> {
    let mut document = serde_json::Map::new();
    document.insert("format".into(), FORMAT.into());
    document.insert("version".into(), VERSION.into());
    document.insert("plan".into(), serde_json::to_value(plan)?);
    let text = canonical(&Value::Object(document));
    Ok(PlanDigest(hex::encode(Sha256::digest(text))))
}

/// JSON without spaces, keys sorted: equal values have equal texts, whatever order a map keeps.
fn canonical(value: &Value) -> String {
    match value {
        Value::Object(map) => {
            let mut fields: Vec<_> = map.iter().collect();
            fields.sort_by_key(|(key, _)| *key);
            let fields: Vec<String> = fields
                .into_iter()
                .map(|(key, value)| format!("{}:{}", Value::String(key.clone()), canonical(value)))
                .collect();
            format!("{{{}}}", fields.join(","))
        }
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(canonical).collect();
            format!("[{}]", items.join(","))
        }
        plain => plain.to_string(),
    }
}

/// Whether a plan could be written there, before the work is done that it is to hold.
pub fn check_writable(path: &Path) -> Result<(), PlanFileError> {
    store::check_writable(path).map_err(|cause| PlanFileError::File {
        doing: "write",
        path: path.to_owned(),
        cause,
    })
}

/// The text of a plan file.
pub fn document(plan: &Plan) -> Result<Vec<u8>, serde_json::Error> {
    let digest = digest(plan)?;
    let document = Written {
        format: FORMAT,
        version: VERSION,
        digest: &digest,
        plan,
    };
    let mut text = serde_json::to_vec_pretty(&document)?;
    text.push(b'\n');
    Ok(text)
}

/// Writes a plan and tells its digest. The old file stays until the new one is complete.
pub fn save(plan: &Plan, path: &Path) -> Result<PlanDigest, PlanFileError> {
    let text = document(plan)?;
    store::write_whole(path, &text).map_err(|cause| PlanFileError::File {
        doing: "write",
        path: path.to_owned(),
        cause,
    })?;
    Ok(digest(plan)?)
}

/// Reads a plan and holds it against its digest.
pub fn load(path: &Path) -> Result<PlanFile, PlanFileError> {
    let text = std::fs::read(path).map_err(|cause| PlanFileError::File {
        doing: "read",
        path: path.to_owned(),
        cause,
    })?;
    parse(&text, path)
}

/// Reads a plan from the text of a file.
pub fn parse(text: &[u8], path: &Path) -> Result<PlanFile, PlanFileError> {
    let path = path.to_owned();
    let damaged = |path, at: String, cause: serde_json::Error| PlanFileError::Damaged {
        path,
        at,
        line: cause.line(),
        column: cause.column(),
        cause,
    };
    match serde_json::from_slice::<Header>(text) {
        Ok(Header {
            format: Some(format),
            version: Some(version),
        }) if format == FORMAT => {
            if version != u64::from(VERSION) {
                return Err(PlanFileError::Version {
                    path,
                    found: version,
                });
            }
        }
        Err(cause) if !cause.is_data() && text.starts_with(b"{") => {
            return Err(damaged(path, ".".into(), cause));
        }
        _ => return Err(PlanFileError::NotAPlan { path }),
    }
    let mut reader = serde_json::Deserializer::from_slice(text);
    let read: Read = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let at = error.path().to_string();
        damaged(path.clone(), at, error.into_inner())
    })?;
    reader
        .end()
        .map_err(|cause| damaged(path.clone(), ".".into(), cause))?;
    let found = digest(&read.plan)?;
    if found != read.digest {
        return Err(PlanFileError::Altered {
            path,
            said: read.digest,
            found,
        });
    }
    Ok(PlanFile {
        plan: read.plan,
        digest: found,
    })
}

#[cfg(test)]
#[path = "plan_file_tests.rs"]
mod tests;
