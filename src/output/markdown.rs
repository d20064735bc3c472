//! Pages as GitHub-flavoured Markdown.

use super::answer::Block;
use super::sanitize;
use super::table::Table;

/// The page as Markdown.
pub(super) fn render(page: &[Block]) -> String {
    let mut parts = Vec::new();
    for block in page {
        match block {
            Block::Heading(text) => parts.push(format!("## {}", sanitize::markdown(text))),
            Block::Text(text) | Block::Warning(text) => parts.push(paragraph(text)),
            Block::List(items) => parts.push(
                items
                    .iter()
                    .map(|item| format!("- {}", sanitize::markdown(item)))
                    .collect::<Vec<_>>()
                    .join("\n"),
            ),
            Block::Pairs(pairs) => parts.push(
                pairs
                    .iter()
                    .map(|(name, value)| {
                        format!(
                            "- **{}**: {}",
                            sanitize::markdown(name),
                            sanitize::markdown(value.as_str())
                        )
                    })
                    .collect::<Vec<_>>()
                    .join("\n"),
            ),
            Block::Table(table) => parts.push(self::table(table)),
        }
    }
    parts.join("\n\n") + "\n"
}

fn paragraph(text: &str) -> String {
    text.split('\n')
        .map(sanitize::markdown)
        .collect::<Vec<_>>()
        .join("  \n")
}

fn table(table: &Table) -> String {
    let shown = table
        .select(|column| column.shown.is_brief())
        .without_empty_columns();
    let line = |cells: Vec<String>| format!("| {} |", cells.join(" | "));
    let titles = shown.columns().iter();
    let mut lines = vec![
        line(
            titles
                .clone()
                .map(|column| sanitize::markdown(&column.title))
                .collect(),
        ),
        line(
            titles
                .map(|column| if column.is_number { "---:" } else { "---" }.to_owned())
                .collect(),
        ),
    ];
    for row in shown.rows() {
        lines.push(line(
            row.iter()
                .map(|cell| sanitize::markdown(cell.as_str()))
                .collect(),
        ));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::table::Column;

    #[test]
    fn remote_text_cannot_break_the_table() {
        let mut table = Table::new(vec![Column::new("a", "A"), Column::new("b", "B").number()]);
        table.push(vec!["x|y\n| z |".into(), "1".into()]);
        assert_eq!(
            render(&[Block::Heading("T".into()), Block::Table(table)]),
            "## T\n\n| A | B |\n| --- | ---: |\n| x\\|y\\\\u{a}\\| z \\| | 1 |\n"
        );
    }
}
