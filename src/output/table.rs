//! A table as data. Commands build rows; every format renders the same rows.

use rust_decimal::Decimal;

use crate::model::{Money, time};
use chrono::{DateTime, Utc};

/// A cell. Texts may come from outside and are made safe by whatever prints them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// There is nothing to say here.
    Empty,
    /// It should be known, and is not: `?` in every format, because unknown is never blank and never zero.
    Unknown,
    /// A text.
    Text(String),
    /// A number of ours: never taken for a formula.
    Number(String),
}

impl Cell {
    /// A text, or nothing.
    pub fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() {
            Self::Empty
        } else {
            Self::Text(text)
        }
    }

    /// A text that may be absent.
    pub fn maybe(text: Option<&str>) -> Self {
        text.map_or(Self::Empty, Self::text)
    }

    /// A point in time.
    pub fn time(time: Option<DateTime<Utc>>) -> Self {
        time.map_or(Self::Empty, |time| Self::Text(time::format(time)))
    }

    /// A number of things.
    pub fn count(count: usize) -> Self {
        Self::Number(count.to_string())
    }

    /// An exact decimal.
    pub fn decimal(number: Decimal) -> Self {
        Self::Number(number.normalize().to_string())
    }

    /// An amount, rounded for reading; the currency stands in another column or in the title.
    pub fn rounded(money: Money) -> Self {
        Self::Number(money.rounded().to_string())
    }

    /// The cell's text, not yet made safe.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Empty => "",
            Self::Unknown => "?",
            Self::Text(text) | Self::Number(text) => text,
        }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::text(text)
    }
}

/// How a column gives way on a narrow terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shrink {
    /// Never.
    Never,
    /// The middle is left out, down to that many columns: ids.
    Middle(usize),
    /// The end is left out, down to that many columns: names.
    End(usize),
}

/// Where a column is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// In every format.
    Always,
    /// In every format, but left out of `table` where the terminal is too narrow; the highest number goes first.
    IfRoom(u8),
    /// Like [`Shown::IfRoom`], but not in `csv`, which has the same in columns of its own.
    Page(u8),
    /// Not in `table` and `markdown`.
    Wide,
    /// Only in `csv`.
    Csv,
}

/// One column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Name in CSV; never translated.
    pub key: &'static str,
    /// Title for people.
    pub title: String,
    /// Whether it holds amounts, which stand on the right.
    pub is_number: bool,
    /// How it gives way.
    pub shrink: Shrink,
    /// Where it is shown.
    pub shown: Shown,
}

impl Shown {
    /// Whether `table` and `markdown` have the column.
    pub fn is_brief(self) -> bool {
        matches!(self, Self::Always | Self::IfRoom(_) | Self::Page(_))
    }
}

impl Column {
    /// A column of codes that is always shown whole.
    pub fn new(key: &'static str, title: impl Into<String>) -> Self {
        Self {
            key,
            title: title.into(),
            is_number: false,
            shrink: Shrink::Never,
            shown: Shown::Always,
        }
    }

    /// A column of numbers.
    #[must_use]
    pub fn number(mut self) -> Self {
        self.is_number = true;
        self
    }

    /// How it gives way.
    #[must_use]
    pub fn shrink(mut self, shrink: Shrink) -> Self {
        self.shrink = shrink;
        self
    }

    /// Where it is shown.
    #[must_use]
    pub fn shown(mut self, shown: Shown) -> Self {
        self.shown = shown;
        self
    }
}

/// Columns and rows. Every row has a cell for each column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
}

impl Table {
    /// An empty table.
    pub fn new(columns: Vec<Column>) -> Self {
        Self {
            columns,
            rows: Vec::new(),
        }
    }

    /// Adds a row; cells that are missing are empty, cells too many are left out.
    pub fn push(&mut self, mut row: Vec<Cell>) {
        debug_assert_eq!(row.len(), self.columns.len(), "one cell for each column");
        row.resize(self.columns.len(), Cell::Empty);
        self.rows.push(row);
    }

    /// Adds a row by the names of its columns; the others are empty.
    pub fn push_named(&mut self, cells: &[(&str, Cell)]) {
        let row = self
            .columns
            .iter()
            .map(|column| {
                cells
                    .iter()
                    .find(|(key, _)| *key == column.key)
                    .map_or(Cell::Empty, |(_, cell)| cell.clone())
            })
            .collect();
        self.rows.push(row);
    }

    /// The columns.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The rows.
    pub fn rows(&self) -> &[Vec<Cell>] {
        &self.rows
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The same table with only those columns.
    #[must_use]
    pub fn select(&self, keep: impl Fn(&Column) -> bool) -> Table {
        fn only<T: Clone>(items: &[T], kept: &[bool]) -> Vec<T> {
            items
                .iter()
                .zip(kept)
                .filter(|(_, kept)| **kept)
                .map(|(item, _)| item.clone())
                .collect()
        }
        let kept: Vec<bool> = self.columns.iter().map(keep).collect();
        Table {
            columns: only(&self.columns, &kept),
            rows: self.rows.iter().map(|row| only(row, &kept)).collect(),
        }
    }

    /// The same table without columns in which no row has anything. Columns that are always shown stay.
    #[must_use]
    pub fn without_empty_columns(&self) -> Table {
        let used: Vec<bool> = (0..self.columns.len())
            .map(|index| {
                self.rows
                    .iter()
                    .any(|row| row.get(index).is_some_and(|cell| *cell != Cell::Empty))
            })
            .collect();
        let keys: Vec<&str> = self
            .columns
            .iter()
            .zip(used)
            .filter(|(column, used)| *used || column.shown == Shown::Always)
            .map(|(column, _)| column.key)
            .collect();
        self.select(|column| keys.contains(&column.key))
    }
}
