//! The notes of price rows in Chinese: `notes.csv`. The tables themselves have them in English.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::error::{BookError, Problem};
use super::table;

/// Chinese by English.
pub(super) type Notes = BTreeMap<String, String>;

const COLUMNS: &[&str] = &["en", "zh"];

pub(super) fn parse(file: &Arc<str>, text: &str, errors: &mut Vec<BookError>) -> Notes {
    let mut notes = Notes::new();
    let rows = table::read(file, text, COLUMNS, errors, |fields| {
        let (en, zh) = (fields.required(0)?, fields.required(1)?);
        Ok((fields.line(), en.to_owned(), zh.to_owned()))
    });
    let mut lines: BTreeMap<String, u64> = BTreeMap::new();
    for (line, en, zh) in rows {
        if let Some(first) = lines.insert(en.clone(), line) {
            errors.push(BookError {
                file: Arc::clone(file),
                line,
                column: Some("en".to_owned()),
                problem: Problem::Duplicate(first),
            });
        }
        notes.insert(en, zh);
    }
    notes
}
