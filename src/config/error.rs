//! A setting that cannot be used: where it stands, what is wrong, what to do.

use std::fmt;
use std::ops::Range;
use std::path::Path;

/// Most characters of a wrong value that a message repeats.
const MOST_SHOWN: usize = 60;

/// One thing wrong with a setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where: `/home/me/.config/yunsweep/config.toml:3:1`, or a flag or variable.
    pub place: String,
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub hint: Option<String>,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.what)
    }
}

/// Settings that cannot be used; every problem of a file at once.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub struct ConfigError {
    /// The problems, at least one.
    pub problems: Vec<Problem>,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

impl ConfigError {
    /// One problem.
    pub fn one(
        place: impl Into<String>,
        what: impl Into<String>,
        hint: Option<impl Into<String>>,
    ) -> Self {
        Self {
            problems: vec![Problem {
                place: place.into(),
                what: what.into(),
                hint: hint.map(Into::into),
            }],
        }
    }

    /// What to do, one sentence for each problem that has one.
    pub fn hints(&self) -> impl Iterator<Item = &str> {
        self.problems
            .iter()
            .filter_map(|problem| problem.hint.as_deref())
    }
}

/// `file:line:column` of a byte range; both count from 1, columns in characters.
pub(super) fn place(path: &Path, text: &str, span: &Range<usize>) -> String {
    let (line, column) = line_and_column(text, span.start);
    format!("{}:{line}:{column}", path.display())
}

/// Line and column of a byte offset, from 1.
pub(super) fn line_and_column(text: &str, offset: usize) -> (usize, usize) {
    let mut end = offset.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let before = text.get(..end).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before
        .rsplit('\n')
        .next()
        .unwrap_or_default()
        .chars()
        .count()
        + 1;
    (line, column)
}

/// A text as a message repeats it: short, control characters escaped.
pub(super) fn shown(text: &str) -> String {
    let mut short: String = text.chars().take(MOST_SHOWN).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    format!("`{}`", short.escape_debug())
}

/// "did you mean" for the nearest of the known words, if one is near.
pub(crate) fn did_you_mean<'a>(
    word: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    const NEAR: f64 = 0.6;
    known
        .into_iter()
        .map(|candidate| {
            (
                strsim::normalized_damerau_levenshtein(word, candidate),
                candidate,
            )
        })
        .filter(|(likeness, _)| *likeness >= NEAR)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| format!("did you mean `{candidate}`?"))
}
