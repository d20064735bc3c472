//! Reading a table of comma-separated values strictly: known columns only, every field accounted for, mistakes with their place.

use std::sync::Arc;

use chrono::NaiveDate;
use csv::StringRecord;
use rust_decimal::Decimal;

use super::error::{BookError, BookErrors, Problem};

/// One line of a table. Columns are numbered as in the list given to [`read`], whatever their order in the file.
pub(super) struct Fields<'a> {
    file: &'a Arc<str>,
    line: u64,
    columns: &'static [&'static str],
    positions: &'a [usize],
    record: &'a StringRecord,
}

impl Fields<'_> {
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    pub(super) fn text(&self, column: usize) -> &str {
        self.positions
            .get(column)
            .and_then(|position| self.record.get(*position))
            .unwrap_or_default()
    }

    pub(super) fn error(&self, column: usize, problem: Problem) -> BookError {
        BookError {
            file: Arc::clone(self.file),
            line: self.line,
            column: self.columns.get(column).map(|name| (*name).to_owned()),
            problem,
        }
    }

    pub(super) fn invalid(&self, column: usize, expected: &'static str) -> BookError {
        let value = self.text(column).to_owned();
        self.error(column, Problem::Invalid { value, expected })
    }

    pub(super) fn required(&self, column: usize) -> Result<&str, BookError> {
        match self.text(column) {
            "" => Err(self.error(column, Problem::Empty)),
            text => Ok(text),
        }
    }

    /// A plain decimal of at most 12 digits on each side of the point, so that later sums stay exact.
    pub(super) fn decimal(&self, column: usize) -> Result<Decimal, BookError> {
        let text = self.required(column)?;
        let digits =
            |part: &str| (1..=12).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        if let Some(positive) = text.strip_prefix('-') {
            let (whole, fraction) = positive.split_once('.').unwrap_or((positive, "0"));
            if digits(whole) && digits(fraction) {
                return Err(self.error(column, Problem::Negative(text.to_owned())));
            }
        }
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        if !digits(whole) || !digits(fraction) {
            return Err(self.invalid(column, "a plain decimal such as 0.147"));
        }
        Decimal::from_str_exact(text)
            .map_err(|_| self.invalid(column, "a plain decimal such as 0.147"))
    }

    pub(super) fn optional_decimal(&self, column: usize) -> Result<Option<Decimal>, BookError> {
        if self.text(column).is_empty() {
            Ok(None)
        } else {
            self.decimal(column).map(Some)
        }
    }

    pub(super) fn date(&self, column: usize) -> Result<NaiveDate, BookError> {
        let text = self.required(column)?;
        let number = |part: &str, digits: usize| {
            let is_number = part.len() == digits && part.bytes().all(|b| b.is_ascii_digit());
            is_number.then(|| part.parse::<u16>().ok()).flatten()
        };
        let mut parts = text.splitn(3, '-');
        let mut next = |digits| parts.next().and_then(|part| number(part, digits));
        if let (Some(year), Some(month), Some(day)) = (next(4), next(2), next(2))
            && let Some(date) = NaiveDate::from_ymd_opt(year.into(), month.into(), day.into())
        {
            return Ok(date);
        }
        Err(self.invalid(column, "a date such as 2026-01-15"))
    }

    pub(super) fn optional_date(&self, column: usize) -> Result<Option<NaiveDate>, BookError> {
        if self.text(column).is_empty() {
            Ok(None)
        } else {
            self.date(column).map(Some)
        }
    }
}

/// Reads every line after the header through `each`; lines with mistakes are left out and reported.
pub(super) fn read<T>(
    file: &Arc<str>,
    text: &str,
    columns: &'static [&'static str],
    errors: &mut Vec<BookError>,
    mut each: impl FnMut(Fields<'_>) -> Result<T, BookError>,
) -> Vec<T> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut record = StringRecord::new();
    let mut rows = Vec::new();
    let mut positions: Option<Vec<usize>> = None;
    let start = errors.len();
    loop {
        let (line, problem) = match reader.read_record(&mut record) {
            Ok(false) => break,
            Ok(true) => (record.position().map_or(0, csv::Position::line), None),
            Err(error) => (
                error.position().map_or(0, csv::Position::line),
                Some(Problem::Malformed(error.to_string())),
            ),
        };
        let at = |column: Option<&str>, problem| BookError {
            file: Arc::clone(file),
            line,
            column: column.map(str::to_owned),
            problem,
        };
        if let Some(problem) = problem {
            errors.push(at(None, problem));
            break;
        }
        let Some(positions) = &positions else {
            positions = Some(header(&record, columns, |column, problem| {
                errors.push(at(Some(column), problem));
            }));
            if errors.len() > start {
                return Vec::new();
            }
            continue;
        };
        if record.len() == columns.len() {
            let fields = Fields {
                file,
                line,
                columns,
                positions,
                record: &record,
            };
            match each(fields) {
                Ok(row) => rows.push(row),
                Err(error) => errors.push(error),
            }
        } else {
            let problem = Problem::FieldCount {
                expected: columns.len(),
                found: record.len(),
            };
            errors.push(at(None, problem));
        }
        if errors.len() - start >= BookErrors::LIMIT {
            errors.push(at(None, Problem::TooMany));
            break;
        }
    }
    if positions.is_none() && errors.len() == start {
        errors.push(BookError {
            file: Arc::clone(file),
            line: 1,
            column: columns.first().map(|name| (*name).to_owned()),
            problem: Problem::MissingColumn,
        });
    }
    rows
}

/// Where each of `columns` stands in the header.
fn header(
    record: &StringRecord,
    columns: &'static [&'static str],
    mut mistake: impl FnMut(&str, Problem),
) -> Vec<usize> {
    for (position, name) in record.iter().enumerate() {
        if !columns.contains(&name) {
            let nearest = columns
                .iter()
                .copied()
                .max_by(|a, b| strsim::jaro(a, name).total_cmp(&strsim::jaro(b, name)))
                .filter(|nearest| strsim::jaro(nearest, name) > 0.7);
            mistake(name, Problem::UnknownColumn { nearest });
        } else if record.iter().take(position).any(|earlier| earlier == name) {
            mistake(name, Problem::RepeatedColumn);
        }
    }
    columns
        .iter()
        .map(|column| {
            record
                .iter()
                .position(|name| name == *column)
                .unwrap_or_else(|| {
                    mistake(column, Problem::MissingColumn);
                    0
                })
        })
        .collect()
}
