//! Where prices come from: the rows of `sources.csv`.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use super::error::{BookError, Problem};
use super::table::{self, Fields};

/// How much a source carries, see `pricing/units.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Grade {
    /// An official price list.
    A,
    /// An official example.
    B,
    /// Somebody who quotes an official page.
    C,
}

/// One source of prices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Short name, used in the tables.
    pub id: String,
    /// Who published it.
    pub publisher: String,
    /// What it is.
    pub title: String,
    /// Address of the page or repository; empty where none is known.
    pub url: String,
    /// File in the repository; empty for pages.
    pub path: String,
    /// Commit of the repository; empty for pages.
    pub commit: String,
    /// Date of the commit or page, or a text that begins with `undated`.
    pub date: String,
    /// Licence, or how much of it may be used.
    pub licence: String,
    /// Grade.
    pub grade: Grade,
    /// What to know about it.
    pub note: String,
}

pub(super) type Sources = BTreeMap<String, Source>;

const COLUMNS: &[&str] = &[
    "id",
    "publisher",
    "title",
    "url",
    "path",
    "commit",
    "date",
    "licence",
    "grade",
    "note",
];

pub(super) fn parse(file: &Arc<str>, text: &str, errors: &mut Vec<BookError>) -> Sources {
    let mut sources = Sources::new();
    let mut lines: BTreeMap<String, u64> = BTreeMap::new();
    let rows = table::read(file, text, COLUMNS, errors, |fields| {
        Ok((fields.line(), source(&fields)?))
    });
    for (line, source) in rows {
        if let Some(first) = lines.insert(source.id.clone(), line) {
            errors.push(BookError {
                file: Arc::clone(file),
                line,
                column: Some("id".to_owned()),
                problem: Problem::Duplicate(first),
            });
        }
        sources.insert(source.id.clone(), source);
    }
    sources
}

fn source(fields: &Fields<'_>) -> Result<Source, BookError> {
    let grade = match fields.required(8)? {
        "A" => Grade::A,
        "B" => Grade::B,
        "C" => Grade::C,
        _ => return Err(fields.invalid(8, "a grade (A, B or C)")),
    };
    Ok(Source {
        id: fields.required(0)?.to_owned(),
        publisher: fields.required(1)?.to_owned(),
        title: fields.required(2)?.to_owned(),
        url: fields.text(3).to_owned(),
        path: fields.text(4).to_owned(),
        commit: fields.text(5).to_owned(),
        date: fields.required(6)?.to_owned(),
        licence: fields.required(7)?.to_owned(),
        grade,
        note: fields.text(9).to_owned(),
    })
}
