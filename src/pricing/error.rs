//! What can be wrong with a price table, and where.

use std::fmt;
use std::sync::Arc;

/// One mistake in a price table.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {}{problem}", column_prefix(column.as_deref()))]
pub struct BookError {
    /// Name of the table as it was handed in.
    pub file: Arc<str>,
    /// Line, the first being 1; 0 where the mistake is the absence of a line.
    pub line: u64,
    /// Column by name, where one is at fault.
    pub column: Option<String>,
    /// What is wrong.
    pub problem: Problem,
}

fn column_prefix(column: Option<&str>) -> String {
    column
        .map(|name| format!("column `{name}`: "))
        .unwrap_or_default()
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The header names a column that the format does not have.
    #[error("no such column")]
    UnknownColumn {
        /// The nearest column that exists.
        nearest: Option<&'static str>,
    },
    /// The header lacks a column.
    #[error("the column is missing")]
    MissingColumn,
    /// The header names a column twice.
    #[error("the column is there twice")]
    RepeatedColumn,
    /// The line cannot be split into fields.
    #[error("not a line of comma-separated values: {0}")]
    Malformed(String),
    /// The line has too many or too few fields.
    #[error("{found} fields where the header has {expected}")]
    FieldCount {
        /// Columns of the header.
        expected: usize,
        /// Fields of the line.
        found: usize,
    },
    /// A field that must be filled is empty.
    #[error("must not be empty")]
    Empty,
    /// A field holds something that its column does not allow.
    #[error("`{value}` is not {expected}")]
    Invalid {
        /// What stands there.
        value: String,
        /// What may stand there.
        expected: &'static str,
    },
    /// A negative price.
    #[error("`{0}` is negative")]
    Negative(String),
    /// A currency that the site's price list does not use.
    #[error("`{currency}` is not the currency of the {site} site")]
    Currency {
        /// What stands there.
        currency: String,
        /// The row's site.
        site: &'static str,
    },
    /// A source id that `sources.csv` does not have.
    #[error("`{0}` is not in sources.csv")]
    UnknownSource(String),
    /// The range ends before it begins.
    #[error("`{to}` is not above `{from}`")]
    EmptyRange {
        /// Begin of the range.
        from: String,
        /// End of the range.
        to: String,
    },
    /// The same key a second time.
    #[error("the same site, region, product, item, specification, tier and validity as line {0}")]
    Duplicate(u64),
    /// Two tiers hold the same quantity.
    #[error("the tier overlaps that of line {0}")]
    OverlappingTiers(u64),
    /// No tier holds some quantity.
    #[error("the tiers of this key leave out the quantities from {0} on")]
    TierGap(String),
    /// Two prices hold on the same day.
    #[error("the validity overlaps that of line {0}")]
    OverlappingValidity(u64),
    /// Tiers of one key in different units or currencies.
    #[error("unit or currency differ from line {0}, which has the same key")]
    MixedUnits(u64),
    /// The row stands in the wrong table.
    #[error("`{product}` `{item}` belongs {belongs}")]
    WrongTable {
        /// Product of the row.
        product: String,
        /// Item of the row.
        item: String,
        /// Where it belongs.
        belongs: &'static str,
    },
    /// Two tables of the same name, or a table that must be there is not.
    #[error("{0}")]
    Tables(&'static str),
    /// More mistakes follow than are worth listing.
    #[error("more mistakes follow; they are not listed")]
    TooMany,
}

impl BookError {
    /// What to do about it.
    pub fn hint(&self) -> String {
        let text = match &self.problem {
            Problem::UnknownColumn {
                nearest: Some(nearest),
            } => {
                return format!("rename the column to `{nearest}`, or remove it");
            }
            Problem::UnknownColumn { nearest: None } => {
                "remove the column; pricing/units.md lists the columns"
            }
            Problem::MissingColumn => {
                "add the column to the header; pricing/units.md lists the columns"
            }
            Problem::RepeatedColumn => "remove one of the two",
            Problem::Malformed(_) => {
                "quote fields that hold commas, quotes or line ends, and double quotes inside them"
            }
            Problem::FieldCount { .. } => {
                "give every column a field (an empty one between two commas), and quote fields that hold commas"
            }
            Problem::Empty => "fill it in, or remove the row: a price without it cannot be used",
            Problem::Invalid { .. } => "correct it; pricing/units.md says what each column holds",
            Problem::Negative(_) => "a price is zero or more; write a discount as a lower price",
            Problem::Currency { .. } => {
                "the china site bills in CNY, the international site in USD; prices are never converted"
            }
            Problem::UnknownSource(_) => "add the source to sources.csv, or correct the id",
            Problem::EmptyRange { .. } => "swap the two, or leave one empty for no bound",
            Problem::Duplicate(_) => {
                "keep one of the two as `used` and mark the other `confirms` or `disputed`"
            }
            Problem::OverlappingTiers(_) => "let each tier begin where the one before ends",
            Problem::TierGap(_) => {
                "let the first tier begin at 0, each other where the one before ends, and leave the last without end"
            }
            Problem::OverlappingValidity(_) => "let one price end the day before the other begins",
            Problem::MixedUnits(_) => "use one unit and one currency for all tiers of a key",
            Problem::WrongTable { .. } => "move the row",
            Problem::Tables(_) => "hand in each table once, and sources.csv with them",
            Problem::TooMany => "correct those listed first",
        };
        text.to_owned()
    }
}

/// All mistakes found in a set of tables, in the order of the tables and lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookErrors(pub Vec<BookError>);

impl BookErrors {
    /// Mistakes listed before the loader gives up on a table.
    pub(super) const LIMIT: usize = 50;
}

impl fmt::Display for BookErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, rest @ ..] = self.0.as_slice() else {
            return f.write_str("the price book cannot be used");
        };
        write!(f, "{first}")?;
        if rest.is_empty() {
            Ok(())
        } else {
            write!(f, " (and {} more)", rest.len())
        }
    }
}

impl std::error::Error for BookErrors {}
