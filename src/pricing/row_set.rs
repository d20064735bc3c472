//! The rows of several tables: read together, checked against each other, and found again.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use rust_decimal::Decimal;

use super::book::Table;
use super::error::{BookError, BookErrors, Problem};
use super::row::{self, Row, Specification, Status};
use super::source::Sources;
use super::table;
use crate::model::Site;

/// The one table that is read on its own; it holds this product and item, and no other table does.
pub(super) const INSTANCES: (&str, &str, &str) = ("ecs-instance.csv", "ecs", "instance");

/// Rows by product and item.
pub(super) struct RowSet {
    rows: Vec<Row>,
    index: HashMap<String, Rows>,
}

/// The rows of one product and item, by number.
#[derive(Default)]
struct Rows {
    by_region: BTreeMap<Box<str>, Vec<usize>>,
    /// Those that price nothing: the few that confirm or dispute.
    beside: Vec<usize>,
}

/// What makes two rows speak of the same price.
type Key<'a> = (Site, &'a str, &'a str, &'a str, &'a Specification);

impl RowSet {
    pub(super) fn parse<'t>(
        tables: impl Iterator<Item = &'t Table>,
        sources: &Sources,
        instances: bool,
    ) -> Result<Self, BookErrors> {
        let mut errors = Vec::new();
        let mut rows = Vec::new();
        for table in tables {
            rows.extend(table::read(
                &table.file,
                &table.text,
                row::COLUMNS,
                &mut errors,
                |fields| {
                    let row = Row::parse(&fields, &table.file, sources)?;
                    let (_, product, item) = INSTANCES;
                    if (&*row.product == product && &*row.item == item) == instances {
                        return Ok(row);
                    }
                    let belongs = if instances {
                        "into another table than ecs-instance.csv"
                    } else {
                        "into ecs-instance.csv"
                    };
                    let problem = Problem::WrongTable {
                        product: row.product.into(),
                        item: row.item.into(),
                        belongs,
                    };
                    Err(BookError {
                        file: Arc::clone(&table.file),
                        line: fields.line(),
                        column: None,
                        problem,
                    })
                },
            ));
        }
        if !errors.is_empty() {
            return Err(BookErrors(errors));
        }
        let mut index: HashMap<String, Rows> = HashMap::new();
        for (number, row) in rows.iter().enumerate() {
            let same = index.entry(index_key(&row.product, &row.item)).or_default();
            if row.status != Status::Used {
                same.beside.push(number);
            }
            match same.by_region.get_mut(&row.region) {
                Some(numbers) => numbers.push(number),
                None => {
                    same.by_region.insert(row.region.clone(), vec![number]);
                }
            }
        }
        Ok(Self { rows, index })
    }

    /// Every row.
    pub(super) fn all(&self) -> &[Row] {
        &self.rows
    }

    /// All rows of a product and item.
    pub(super) fn of(&self, product: &str, item: &str) -> impl Iterator<Item = &Row> {
        let rows = self.index.get(&index_key(product, item));
        self.numbered(
            rows.into_iter()
                .flat_map(|rows| rows.by_region.values())
                .flatten(),
        )
    }

    /// The rows of a product and item that confirm or dispute a price.
    pub(super) fn beside(&self, product: &str, item: &str) -> impl Iterator<Item = &Row> {
        let rows = self.index.get(&index_key(product, item));
        self.numbered(rows.into_iter().flat_map(|rows| &rows.beside))
    }

    /// The rows of a product and item that name one of these regions.
    pub(super) fn in_regions<'a, 'q>(
        &'a self,
        product: &str,
        item: &str,
        regions: impl Iterator<Item = &'q str>,
    ) -> impl Iterator<Item = &'a Row> {
        let rows = self.index.get(&index_key(product, item));
        self.numbered(
            regions
                .filter_map(move |region| rows?.by_region.get(region))
                .flatten(),
        )
    }

    fn numbered<'a>(
        &'a self,
        numbers: impl Iterator<Item = &'a usize>,
    ) -> impl Iterator<Item = &'a Row> {
        numbers.filter_map(|number| self.rows.get(*number))
    }

    /// No key may have two prices for one quantity on one day, nor leave a quantity out.
    pub(super) fn check(&self) -> Result<(), BookErrors> {
        let errors = check_keys(&self.rows);
        if errors.is_empty() {
            Ok(())
        } else {
            Err(BookErrors(errors))
        }
    }
}

fn index_key(product: &str, item: &str) -> String {
    format!("{product} {item}")
}

fn check_keys(rows: &[Row]) -> Vec<BookError> {
    let mut keys: HashMap<Key<'_>, Vec<&Row>> = HashMap::with_capacity(rows.len());
    for row in rows {
        let key = (
            row.site,
            &*row.region,
            &*row.product,
            &*row.item,
            &row.specification,
        );
        keys.entry(key).or_default().push(row);
    }
    let mut found = Vec::new();
    for same in keys.values() {
        let others: Vec<&Row> = same
            .iter()
            .copied()
            .filter(|row| row.status != Status::Used)
            .collect();
        let repeated = |a: &Row, b: &Row| {
            (a.source == b.source
                && a.status == b.status
                && a.tier_overlaps(b)
                && a.validity_overlaps(b))
            .then_some(Problem::Duplicate(a.place.line))
        };
        each_pair(&others, repeated, &mut found);
        let used: Vec<&Row> = same
            .iter()
            .copied()
            .filter(|row| row.status == Status::Used)
            .collect();
        each_pair(&used, conflict, &mut found);
        check_tiers(&used, &mut found);
    }
    found.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
    found.truncate(BookErrors::LIMIT);
    found
}

fn each_pair(
    rows: &[&Row],
    problem: impl Fn(&Row, &Row) -> Option<Problem>,
    found: &mut Vec<BookError>,
) {
    for (number, later) in rows.iter().enumerate() {
        let first = rows
            .iter()
            .take(number)
            .find_map(|earlier| problem(earlier, later));
        found.extend(first.map(|problem| at(later, problem)));
    }
}

fn conflict(a: &Row, b: &Row) -> Option<Problem> {
    let line = a.place.line;
    if !a.validity_overlaps(b) {
        None
    } else if (a.valid_from, a.valid_to) != (b.valid_from, b.valid_to) {
        Some(Problem::OverlappingValidity(line))
    } else if (a.tier_from, a.tier_to) == (b.tier_from, b.tier_to) {
        Some(Problem::Duplicate(line))
    } else if a.tier_overlaps(b) {
        Some(Problem::OverlappingTiers(line))
    } else if a.unit != b.unit || a.currency != b.currency {
        Some(Problem::MixedUnits(line))
    } else {
        None
    }
}

/// The tiers of one validity begin at 0, follow each other and have no end.
fn check_tiers(used: &[&Row], found: &mut Vec<BookError>) {
    let mut by_validity: BTreeMap<_, Vec<&Row>> = BTreeMap::new();
    for row in used {
        by_validity
            .entry((row.valid_from, row.valid_to))
            .or_default()
            .push(row);
    }
    for tiers in by_validity.values_mut() {
        tiers.sort_by_key(|row| row.tier_from);
        let mut reached = Some(Decimal::ZERO);
        for row in tiers.iter() {
            if reached.is_some_and(|reached| reached < row.tier_from) {
                found.push(at(
                    row,
                    Problem::TierGap(reached.unwrap_or_default().to_string()),
                ));
            }
            reached = row.tier_to;
        }
        if let (Some(reached), Some(last)) = (reached, tiers.last()) {
            found.push(at(last, Problem::TierGap(reached.to_string())));
        }
    }
}

fn at(row: &Row, problem: Problem) -> BookError {
    BookError {
        file: Arc::clone(&row.place.file),
        line: row.place.line,
        column: None,
        problem,
    }
}
