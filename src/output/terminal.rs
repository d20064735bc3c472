//! Tables on a terminal: aligned, in as many columns as fit.

use tabled::builder::Builder;
use tabled::settings::object::Columns;
use tabled::settings::{Alignment, Padding, Style as Borders};

use super::color::Style;
use super::sanitize;
use super::table::{Column, Shown, Shrink, Table};
use super::width::{shorten_end, shorten_middle, width};

/// Columns between two columns.
const GAP: usize = 2;

/// The table in at most `limit` columns, as far as its columns give way; without a limit everything is shown whole.
pub(super) fn render(table: &Table, limit: Option<usize>, is_colored: bool) -> String {
    let mut shown = table.clone();
    let mut widths = natural_widths(&shown);
    if let Some(limit) = limit {
        loop {
            if fit(shown.columns(), &mut widths, limit) {
                break;
            }
            let Some(victim) = next_to_leave_out(shown.columns()) else {
                break;
            };
            shown = shown.select(|column| column.key != victim);
            widths = natural_widths(&shown);
        }
    }
    draw(&shown, &widths, is_colored)
}

fn natural_widths(table: &Table) -> Vec<usize> {
    table
        .columns()
        .iter()
        .enumerate()
        .map(|(index, column)| {
            table
                .rows()
                .iter()
                .filter_map(|row| row.get(index))
                .map(|cell| width(&sanitize::terminal(cell.as_str())))
                .max()
                .unwrap_or(0)
                .max(width(&column.title))
        })
        .collect()
}

/// Takes from the widest column that can give, until the table fits.
fn fit(columns: &[Column], widths: &mut [usize], limit: usize) -> bool {
    let gaps = GAP * columns.len().saturating_sub(1);
    loop {
        let total: usize = widths.iter().sum::<usize>() + gaps;
        if total <= limit {
            return true;
        }
        let floor = |column: &Column| match column.shrink {
            Shrink::Never => usize::MAX,
            Shrink::Middle(least) | Shrink::End(least) => least.max(width(&column.title)),
        };
        let widest = widths
            .iter_mut()
            .zip(columns)
            .filter(|(width, column)| **width > floor(column))
            .max_by_key(|(width, _)| **width);
        match widest {
            Some((width, _)) => *width -= 1,
            None => return false,
        }
    }
}

fn next_to_leave_out(columns: &[Column]) -> Option<&'static str> {
    columns
        .iter()
        .filter_map(|column| match column.shown {
            Shown::IfRoom(rank) | Shown::Page(rank) => Some((rank, column.key)),
            _ => None,
        })
        .max()
        .map(|(_, key)| key)
}

fn draw(table: &Table, widths: &[usize], is_colored: bool) -> String {
    let mut builder = Builder::default();
    builder.push_record(table.columns().iter().map(|column| column.title.clone()));
    for row in table.rows() {
        let cells = row.iter().zip(table.columns()).zip(widths);
        builder.push_record(cells.map(|((cell, column), width)| {
            let text = sanitize::terminal(cell.as_str());
            match column.shrink {
                Shrink::Never => text.into_owned(),
                Shrink::Middle(_) => shorten_middle(&text, *width),
                Shrink::End(_) => shorten_end(&text, *width),
            }
        }));
    }
    let mut drawn = builder.build();
    drawn
        .with(Borders::empty())
        .with(Padding::new(0, GAP, 0, 0));
    for (index, column) in table.columns().iter().enumerate() {
        if column.is_number {
            drawn.modify(Columns::one(index), Alignment::right());
        }
    }
    let mut lines = Vec::new();
    for (number, line) in drawn.to_string().lines().enumerate() {
        let line = line.trim_end();
        if number == 0 {
            lines.push(Style::Heading.paint(line, is_colored));
        } else {
            lines.push(line.to_owned());
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::table::Cell;

    fn sample() -> Table {
        let mut table = Table::new(vec![
            Column::new("type", "TYPE"),
            Column::new("id", "ID").shrink(Shrink::Middle(12)),
            Column::new("name", "NAME").shrink(Shrink::End(8)),
            Column::new("created", "CREATED").shown(Shown::IfRoom(1)),
            Column::new("cost", "COST").number(),
        ]);
        table.push(vec![
            "ack.cluster".into(),
            "c1a2b3c4d5e6f7081920a1b2c3d4e5f60".into(),
            "生产环境集群".into(),
            "2026-01-15T08:00:00Z".into(),
            Cell::Number("460.80".into()),
        ]);
        table.push(vec![
            "ecs.disk".into(),
            "d-1".into(),
            "evil\u{1b}[2J\nname".into(),
            Cell::Empty,
            Cell::Unknown,
        ]);
        table
    }

    #[test]
    fn columns_are_aligned_also_with_wide_characters() {
        let drawn = render(&sample(), None, false);
        let lines: Vec<_> = drawn.lines().collect();
        assert_eq!(lines.len(), 3, "{drawn}");
        assert!(
            lines.iter().all(|line| width(line) == width(lines[0])),
            "{drawn}"
        );
        assert!(lines[1].contains("c1a2b3c4d5e6f7081920a1b2c3d4e5f60"));
        assert!(lines[2].contains("evil\\u{1b}[2J\\nname"));
        assert!(lines[2].ends_with('?'));
    }

    #[test]
    fn a_narrow_terminal_shortens_ids_and_leaves_out_what_it_may() {
        for limit in [100, 80, 60, 50] {
            let drawn = render(&sample(), Some(limit), false);
            assert!(
                drawn.lines().all(|line| width(line) <= limit),
                "{limit}\n{drawn}"
            );
            assert!(drawn.contains("460.80"));
        }
        assert!(render(&sample(), Some(100), false).contains("CREATED"));
        assert!(!render(&sample(), Some(50), false).contains("CREATED"));
    }
}
