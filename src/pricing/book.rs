//! The price book: the tables of `pricing/`, built into the binary or handed in as text.
//!
//! Built-in tables are read when a price is first asked for, and the large one (ECS instances) only when an instance is
//! priced, so that commands that need no price pay nothing. Tables of a user are read and checked at once.

use std::borrow::Cow;
use std::sync::{Arc, LazyLock, OnceLock};

use super::error::{BookError, BookErrors, Problem};
use super::lookup::{self, Lookup, Query, Reason};
use super::note::{self, Notes};
use super::quota::{self, Quota};
use super::row::{Row, Status};
use super::row_set::{INSTANCES, RowSet};
use super::source::{self, Source, Sources};
use crate::model::Said;

/// A table by name, with its text.
#[derive(Clone, Debug)]
pub struct TableText {
    /// File name or path; mistakes are reported under it, its last part tells what the table is.
    pub name: Cow<'static, str>,
    /// Content.
    pub text: Cow<'static, str>,
}

macro_rules! embedded {
    ($($file:literal),* $(,)?) => {
        &[$((concat!("pricing/", $file), include_str!(concat!("../../pricing/", $file)))),*]
    };
}

static EMBEDDED: &[(&str, &str)] = embedded![
    "ack.csv",
    "disk.csv",
    "eci.csv",
    "ecs-instance.csv",
    "free-quota.csv",
    "load-balancer.csv",
    "network.csv",
    "notes.csv",
    "oss.csv",
    "sls.csv",
    "snapshot.csv",
    "sources.csv",
];

const SOURCES: &str = "sources.csv";
const FREE_QUOTA: &str = "free-quota.csv";
const NOTES: &str = "notes.csv";

pub(super) struct Table {
    pub(super) file: Arc<str>,
    pub(super) text: Cow<'static, str>,
}

impl Table {
    fn is(&self, name: &str) -> bool {
        self.file.rsplit(['/', '\\']).next() == Some(name)
    }
}

type Parsed<T> = OnceLock<Result<T, BookErrors>>;

/// Price tables, ready to be asked.
pub struct PriceBook {
    tables: Vec<Table>,
    sources: Parsed<Sources>,
    quotas: Parsed<Vec<Quota>>,
    notes: Parsed<Notes>,
    instances: Parsed<RowSet>,
    others: Parsed<RowSet>,
}

impl std::fmt::Debug for PriceBook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names = self.tables.iter().map(|table| &table.file);
        f.debug_tuple("PriceBook")
            .field(&names.collect::<Vec<_>>())
            .finish()
    }
}

impl PriceBook {
    /// The tables built into the binary. A test holds that they are without mistakes; nothing is read here.
    pub fn embedded() -> &'static PriceBook {
        static BOOK: LazyLock<PriceBook> = LazyLock::new(|| {
            PriceBook::new(EMBEDDED.iter().map(|(name, text)| TableText {
                name: Cow::Borrowed(name),
                text: Cow::Borrowed(text),
            }))
        });
        &BOOK
    }

    /// A book of these tables, all checked now.
    ///
    /// # Errors
    /// Every mistake in the tables, with file, line, column and what to do.
    pub fn from_tables(
        tables: impl IntoIterator<Item = TableText>,
    ) -> Result<PriceBook, BookErrors> {
        let book = PriceBook::new(tables);
        book.check()?;
        Ok(book)
    }

    fn new(tables: impl IntoIterator<Item = TableText>) -> Self {
        let tables = tables
            .into_iter()
            .map(|table| Table {
                file: Arc::from(table.name.as_ref()),
                text: table.text,
            })
            .collect();
        Self {
            tables,
            sources: OnceLock::new(),
            quotas: OnceLock::new(),
            notes: OnceLock::new(),
            instances: OnceLock::new(),
            others: OnceLock::new(),
        }
    }

    /// Reads all tables.
    ///
    /// # Errors
    /// Every mistake in the tables.
    pub fn check(&self) -> Result<(), BookErrors> {
        let mut errors = Vec::new();
        for (index, table) in self.tables.iter().enumerate() {
            if self
                .tables
                .iter()
                .take(index)
                .any(|earlier| earlier.file == table.file)
            {
                errors.extend(tables_error(&table.file, "the table is handed in twice").0);
            }
        }
        let mut collect = |result: Result<(), BookErrors>| {
            errors.extend(result.err().into_iter().flat_map(|all| all.0));
        };
        if let Err(all) = self.sources() {
            collect(Err(all.clone()));
        } else {
            collect(self.quotas().map(|_| ()).map_err(Clone::clone));
            collect(self.notes().map(|_| ()).map_err(Clone::clone));
            for rows in [self.rows(true), self.rows(false)] {
                collect(rows.map_err(Clone::clone).and_then(RowSet::check));
            }
        }
        finish((), errors)
    }

    /// The price for a query.
    pub fn look_up(&self, query: &Query<'_>) -> Lookup<'_> {
        let (_, product, item) = INSTANCES;
        match self.rows(query.product == product && query.item == item) {
            Ok(rows) => lookup::look_up(rows, query),
            Err(errors) => query.missing(Reason::Broken(errors.to_string())),
        }
    }

    /// Whether any site and region has a price for this product and item; the test of the registry asks.
    pub fn prices(&self, product: &str, item: &str) -> bool {
        let instances = (product, item) == (INSTANCES.1, INSTANCES.2);
        self.rows(instances)
            .is_ok_and(|rows| rows.of(product, item).any(|row| row.status == Status::Used))
    }

    /// The source of this id.
    pub fn source(&self, id: &str) -> Option<&Source> {
        self.sources().ok()?.get(id)
    }

    /// What a table says about a row, in both languages; `None` where it says nothing. A note without translation, which
    /// only tables of a user have, is shown as it was written.
    pub(super) fn note(&self, note: &str) -> Option<Said> {
        if note.is_empty() {
            return None;
        }
        let translated = self.notes().ok().and_then(|notes| notes.get(note));
        let zh = translated.map_or(note, String::as_str);
        Some(Said::made(note.to_owned(), zh.to_owned()))
    }

    fn notes(&self) -> Result<&Notes, &BookErrors> {
        let parsed = self.notes.get_or_init(|| {
            let mut errors = Vec::new();
            let mut notes = Notes::new();
            for table in self.tables.iter().filter(|table| table.is(NOTES)) {
                notes.extend(note::parse(&table.file, &table.text, &mut errors));
            }
            finish(notes, errors)
        });
        parsed.as_ref()
    }

    /// Quantities that are free once for an account.
    pub(super) fn quotas(&self) -> Result<&[Quota], &BookErrors> {
        let parsed = self.quotas.get_or_init(|| {
            let sources = self.sources().map_err(Clone::clone)?;
            let mut errors = Vec::new();
            let mut quotas = Vec::new();
            for table in self.tables.iter().filter(|table| table.is(FREE_QUOTA)) {
                quotas.extend(quota::parse(&table.file, &table.text, sources, &mut errors));
            }
            finish(quotas, errors)
        });
        parsed.as_deref()
    }

    /// Every row, for listings and tests.
    pub fn all_rows(&self) -> impl Iterator<Item = &Row> {
        [self.rows(true), self.rows(false)]
            .into_iter()
            .flatten()
            .flat_map(RowSet::all)
    }

    fn sources(&self) -> Result<&Sources, &BookErrors> {
        let parsed = self.sources.get_or_init(|| {
            let Some(table) = self.tables.iter().find(|table| table.is(SOURCES)) else {
                return Err(tables_error(
                    &Arc::from(SOURCES),
                    "the table of sources is missing",
                ));
            };
            let mut errors = Vec::new();
            let sources = source::parse(&table.file, &table.text, &mut errors);
            finish(sources, errors)
        });
        parsed.as_ref()
    }

    fn rows(&self, instances: bool) -> Result<&RowSet, &BookErrors> {
        let slot = if instances {
            &self.instances
        } else {
            &self.others
        };
        let parsed = slot.get_or_init(|| {
            let sources = self.sources().map_err(Clone::clone)?;
            let tables = self.tables.iter().filter(|table| {
                ![SOURCES, FREE_QUOTA, NOTES]
                    .iter()
                    .any(|name| table.is(name))
                    && table.is(INSTANCES.0) == instances
            });
            RowSet::parse(tables, sources, instances)
        });
        parsed.as_ref()
    }
}

fn finish<T>(value: T, errors: Vec<BookError>) -> Result<T, BookErrors> {
    if errors.is_empty() {
        Ok(value)
    } else {
        Err(BookErrors(errors))
    }
}

fn tables_error(file: &Arc<str>, text: &'static str) -> BookErrors {
    BookErrors(vec![BookError {
        file: Arc::clone(file),
        line: 0,
        column: None,
        problem: Problem::Tables(text),
    }])
}
