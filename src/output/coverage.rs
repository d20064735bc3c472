//! What a scan could not read, as a summary, a page, rows and an exit status.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::answer::{Block, Warning};
use super::exit::ExitStatus;
use super::table::{Cell, Column, Shown, Shrink, Table};
use crate::i18n::Messages;
use crate::model::{CoverageRow, CoverageState};

/// How many cells ended how.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// All cells.
    pub total: usize,
    /// Cells in which something may exist that the scan did not see.
    pub holes: usize,
    /// Cells by the code of their state.
    pub states: BTreeMap<&'static str, usize>,
    /// Resources that were seen.
    #[serde(skip)]
    seen: usize,
}

impl Summary {
    /// Counts the rows.
    pub fn of(rows: &[CoverageRow]) -> Self {
        let mut summary = Self {
            total: rows.len(),
            ..Self::default()
        };
        for row in rows {
            *summary.states.entry(row.state.as_str()).or_default() += 1;
            summary.holes += usize::from(row.state.is_hole());
            summary.seen += row.count;
        }
        summary
    }

    /// Whether nothing can exist that the scan did not see, as far as the user asked. Where no cell was asked, nothing was
    /// seen: that is no answer, and not an empty one.
    pub fn is_complete(&self) -> bool {
        self.holes == 0 && self.total > 0
    }

    /// Whether not a single cell could be read.
    pub fn is_nothing_readable(&self) -> bool {
        !self.is_complete()
            && self.seen == 0
            && self.holes + self.count(CoverageState::Skipped) == self.total
    }

    /// The exit status of an answer that rests on these cells.
    pub fn exit_status(&self) -> ExitStatus {
        if self.is_complete() {
            ExitStatus::Done
        } else if self.is_nothing_readable() {
            ExitStatus::NoAccess
        } else {
            ExitStatus::Incomplete
        }
    }

    fn count(&self, state: CoverageState) -> usize {
        self.states.get(state.as_str()).copied().unwrap_or(0)
    }
}

/// What CSV and JSON say of an answer that rests on no cell; the page has the same as a message.
const NOTHING_ASKED: &str = "not a single type x region cell was asked: what exists is not known";

/// The warning that every format carries while something could not be read.
pub fn warning(rows: &[CoverageRow]) -> Option<Warning> {
    let summary = Summary::of(rows);
    (!summary.is_complete()).then(|| Warning {
        code: "incomplete_coverage",
        message: if rows.is_empty() {
            NOTHING_ASKED.to_owned()
        } else {
            format!(
                "{} of {} type x region cells could not be read; resources there are not in the answer",
                summary.holes, summary.total
            )
        },
    })
}

/// The part of the page that says what is missing; nothing where everything was read.
pub fn page(rows: &[CoverageRow], messages: &Messages) -> Vec<Block> {
    let summary = Summary::of(rows);
    let skipped = summary.count(CoverageState::Skipped);
    if summary.is_complete() && skipped == 0 {
        return Vec::new();
    }
    let mut page = vec![Block::Heading(messages.text("coverage-heading"))];
    if skipped > 0 {
        page.push(Block::Text(messages.text_with(
            "coverage-skipped",
            &[("count", skipped.into()), ("total", summary.total.into())],
        )));
        page.extend(reasons_to_skip(rows).map(Block::Text));
    }
    if summary.is_complete() {
        return page;
    }
    if rows.is_empty() {
        page.push(Block::Warning(messages.text("coverage-nothing")));
        return page;
    }
    page.push(Block::Warning(messages.text_with(
        "coverage-holes",
        &[
            ("count", summary.holes.into()),
            ("total", summary.total.into()),
        ],
    )));
    let table = holes(rows, messages);
    let asks_for_permission = rows
        .iter()
        .any(|row| row.state.is_hole() && row.missing_permission.is_some());
    page.push(Block::Table(table));
    if asks_for_permission {
        page.push(Block::Text(messages.text("coverage-permission-hint")));
    }
    page
}

/// Why cells were not asked, each reason once.
fn reasons_to_skip(rows: &[CoverageRow]) -> impl Iterator<Item = String> {
    let reasons: BTreeSet<&str> = rows
        .iter()
        .filter(|row| row.state == CoverageState::Skipped)
        .filter_map(|row| row.reason.as_deref())
        .collect();
    reasons.into_iter().map(str::to_owned)
}

/// The holes, equal ones of several places in one row.
fn holes(rows: &[CoverageRow], messages: &Messages) -> Table {
    let mut groups: BTreeMap<(String, CoverageState, String, String), Vec<&CoverageRow>> =
        BTreeMap::new();
    for row in rows.iter().filter(|row| row.state.is_hole()) {
        let key = (
            row.type_id.to_string(),
            row.state,
            row.reason.clone().unwrap_or_default(),
            permission(row, messages),
        );
        groups.entry(key).or_default().push(row);
    }
    let title = |key: &str| messages.text(key);
    let mut table = Table::new(vec![
        Column::new("type", title("column-type")),
        Column::new("where", title("column-where")).shrink(Shrink::Middle(12)),
        Column::new("state", title("column-state")),
        Column::new("permission", title("column-permission")).shrink(Shrink::End(20)),
        Column::new("reason", title("column-reason")).shrink(Shrink::End(16)),
        Column::new("request_id", title("column-request-id")).shown(Shown::Wide),
    ]);
    for ((type_id, state, reason, permission), rows) in groups {
        let mut places: Vec<String> = rows.iter().map(|row| place(row)).collect();
        places.sort();
        places.dedup();
        let place = match places.as_slice() {
            [first, _, _, ..] => messages.text_with(
                "coverage-places",
                &[("first", first.into()), ("more", (places.len() - 1).into())],
            ),
            few => few.join(", "),
        };
        let request_id = rows.iter().find_map(|row| row.request_id.as_deref());
        table.push(vec![
            type_id.into(),
            place.into(),
            messages.text(state_key(state)).into(),
            permission.into(),
            reason.into(),
            Cell::maybe(request_id),
        ]);
    }
    table
}

/// A cell's place: its region, or its parent where the type is listed per parent.
pub fn place(row: &CoverageRow) -> String {
    match &row.cell.parent {
        Some(parent) => format!("{} ({})", parent.id, row.cell.region),
        None => row.cell.region.to_string(),
    }
}

fn permission(row: &CoverageRow, messages: &Messages) -> String {
    missing(
        row.missing_permission.as_deref(),
        row.permission_confirmed,
        messages,
    )
}

/// A missing permission, with whether the vendor named it.
pub(super) fn missing(
    permission: Option<&str>,
    is_confirmed: Option<bool>,
    messages: &Messages,
) -> String {
    match (permission, is_confirmed) {
        (None, _) => String::new(),
        (Some(action), Some(true)) => action.to_owned(),
        (Some(action), _) => {
            messages.text_with("coverage-permission-derived", &[("action", action.into())])
        }
    }
}

/// The key of a state's name.
pub(super) fn state_key(state: CoverageState) -> &'static str {
    match state {
        CoverageState::Ok => "state-ok",
        CoverageState::NotOffered => "state-not-offered",
        CoverageState::NotActivated => "state-not-activated",
        CoverageState::Skipped => "state-skipped",
        CoverageState::Denied => "state-denied",
        CoverageState::Throttled => "state-throttled",
        CoverageState::Unreachable => "state-unreachable",
        CoverageState::Incomplete => "state-incomplete",
        CoverageState::Failed => "state-failed",
    }
}

/// Adds to the rows of a CSV file what could not be read, so that a spreadsheet cannot be mistaken for the whole.
///
/// The table must have the columns `record`, `type`, `region`, `status` and `note`.
pub fn append_to_csv(table: &mut Table, rows: &[CoverageRow]) {
    if rows.is_empty() {
        table.push_named(&[
            ("record", "not_read".into()),
            ("id", Cell::Unknown),
            ("status", CoverageState::Failed.as_str().into()),
            ("note", NOTHING_ASKED.into()),
        ]);
    }
    append_holes(table, "not_read", rows);
}

/// Adds what could not be read, under a name of its own.
pub fn append_holes(table: &mut Table, record: &'static str, rows: &[CoverageRow]) {
    for row in rows.iter().filter(|row| row.state.is_hole()) {
        let mut note = row.reason.clone().unwrap_or_default();
        if let Some(permission) = &row.missing_permission {
            note = format!("{note} [{permission}]");
        }
        table.push_named(&[
            ("record", record.into()),
            ("account", row.cell.account.as_str().into()),
            ("region", row.cell.region.as_str().into()),
            ("type", row.type_id.as_str().into()),
            (
                "parent",
                Cell::maybe(row.cell.parent.as_ref().map(|parent| parent.id.as_str())),
            ),
            ("id", Cell::Unknown),
            ("status", row.state.as_str().into()),
            ("note", note.trim().into()),
        ]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Language;
    use crate::model::{AccountId, Cell as ScanCell, Region, TypeId};
    use crate::output::format::{Surface, page as render_page};

    pub(crate) fn row(type_id: &'static str, region: &str, state: CoverageState) -> CoverageRow {
        CoverageRow {
            type_id: TypeId::from_static(type_id),
            cell: ScanCell {
                account: AccountId::from_static("0000000000000042"),
                region: Region::new(region),
                parent: None,
            },
            state,
            count: usize::from(state == CoverageState::Ok),
            reason: state
                .is_hole()
                .then(|| "the identity may not do this".to_owned()),
            missing_permission: state.is_hole().then(|| "ecs:DescribeDisks".to_owned()),
            permission_confirmed: Some(region != "cn-beijing"),
            code: None,
            request_id: None,
        }
    }

    #[test]
    fn one_denied_cell_is_4_and_nothing_readable_is_6() {
        use CoverageState::{Denied, NotActivated, NotOffered, Ok, Skipped, Unreachable};
        for (states, expected) in [
            (&[][..], ExitStatus::NoAccess),
            (&[Ok, NotOffered, NotActivated, Skipped], ExitStatus::Done),
            (&[Ok, Denied], ExitStatus::Incomplete),
            (&[NotActivated, Denied], ExitStatus::Incomplete),
            (&[Denied, Unreachable], ExitStatus::NoAccess),
            (&[Denied, Skipped], ExitStatus::NoAccess),
        ] {
            let rows: Vec<_> = states
                .iter()
                .map(|state| row("ecs.disk", "cn-hangzhou", *state))
                .collect();
            assert_eq!(Summary::of(&rows).exit_status(), expected, "{states:?}");
        }
    }

    #[test]
    fn a_complete_scan_says_nothing_about_coverage() {
        let messages = Messages::new(Language::English);
        let rows = [row("ecs.disk", "cn-hangzhou", CoverageState::Ok)];
        assert!(page(&rows, &messages).is_empty());
        assert_eq!(warning(&rows), None);
    }

    #[test]
    fn without_a_single_cell_every_format_says_that_nothing_is_known() {
        for language in [Language::English, Language::Chinese] {
            let messages = Messages::new(language);
            let shown = render_page(&page(&[], &messages), true, Surface::PLAIN);
            assert!(
                shown.contains(&messages.text("coverage-nothing")),
                "{shown}"
            );
        }
        assert!(warning(&[]).unwrap().message.contains("not known"));
        let names = ["record", "id", "status", "note"];
        let mut table = Table::new(names.map(|name| Column::new(name, "")).to_vec());
        append_to_csv(&mut table, &[]);
        assert_eq!(table.rows().len(), 1);
    }

    #[test]
    fn equal_holes_of_many_regions_are_one_row() {
        let messages = Messages::new(Language::English);
        let rows: Vec<_> = ["cn-hangzhou", "cn-shanghai", "cn-shenzhen", "cn-beijing"]
            .iter()
            .map(|region| row("ecs.disk", region, CoverageState::Denied))
            .collect();
        let shown = render_page(&page(&rows, &messages), true, Surface::PLAIN);
        assert!(shown.contains("4 of 4"), "{shown}");
        assert!(shown.contains("cn-hangzhou and 2 more"), "{shown}");
        assert!(shown.contains("ecs:DescribeDisks (probably)"), "{shown}");
    }
}
