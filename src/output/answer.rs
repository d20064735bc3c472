//! The answer of a command, before it has a format.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;

use super::table::{Cell, Table};
use crate::model::CoverageRow;

/// A piece of the page that people read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// A heading.
    Heading(String),
    /// A paragraph; line breaks stay.
    Text(String),
    /// A paragraph that should not be overlooked.
    Warning(String),
    /// A list of sentences.
    List(Vec<String>),
    /// Names with values.
    Pairs(Vec<(String, Cell)>),
    /// A table.
    Table(Table),
}

/// Something the user should know that is not part of the data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Warning {
    /// Stable code.
    pub code: &'static str,
    /// English, as everything that programs read.
    pub message: String,
}

/// One line of `-o jsonl`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Record {
    /// What the line is: `resource`, `line`, `total`.
    pub record: &'static str,
    /// The thing itself.
    pub value: Value,
}

/// A part of an answer. One that grows with the account is made only where its format is asked for.
pub enum Part<'a, T> {
    /// It is there.
    Made(T),
    /// It is made when it is asked for.
    Later(Box<dyn Fn() -> T + 'a>),
}

impl<'a, T: Clone> Part<'a, T> {
    /// One that is made when it is asked for.
    pub fn later(make: impl Fn() -> T + 'a) -> Self {
        Self::Later(Box::new(make))
    }

    /// The part; made anew each time where it was not.
    pub fn get(&self) -> Cow<'_, T> {
        match self {
            Self::Made(part) => Cow::Borrowed(part),
            Self::Later(make) => Cow::Owned(make()),
        }
    }
}

impl<T> From<T> for Part<'_, T> {
    fn from(part: T) -> Self {
        Self::Made(part)
    }
}

/// The answer of a command: the same facts as a page for people, rows for a spreadsheet and data for programs.
pub struct Answer<'a> {
    /// Name and version of the shape of `data`: `yunsweep.inventory/1`.
    pub schema: &'static str,
    /// The command that answers.
    pub command: &'static str,
    /// When the facts were read: of a saved inventory, when it was made.
    pub generated_at: DateTime<Utc>,
    /// What could and could not be read, for answers that rest on a scan.
    pub coverage: Option<Vec<CoverageRow>>,
    /// The page.
    pub page: Part<'a, Vec<Block>>,
    /// The rows of `-o csv`.
    pub rows: Part<'a, Table>,
    /// The data of `-o json`.
    pub data: Part<'a, Value>,
    /// The lines of `-o jsonl`.
    pub records: Part<'a, Vec<Record>>,
    /// Warnings.
    pub warnings: Vec<Warning>,
}
