//! The formats of `--output`, and one function that renders an answer in any of them.

use super::answer::{Answer, Block};
use super::color::Style;
use super::table::Shown;
use super::width::{width, wrap};
use super::{csv_file, json, markdown, sanitize, terminal};

/// `--output`
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Fits the terminal; long ids are shortened.
    #[default]
    Table,
    /// Everything, nothing shortened.
    Wide,
    /// One document: {schema, command, `generated_at`, coverage, data, warnings}.
    Json,
    /// One JSON value a line.
    Jsonl,
    /// For spreadsheets.
    Csv,
    /// For issues and chats.
    Markdown,
}

/// The place where an answer is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Surface {
    /// Columns.
    pub width: usize,
    /// Whether colour is on.
    pub is_colored: bool,
}

impl Surface {
    /// Where nothing is known: a pipe, a file.
    pub const PLAIN: Surface = Surface {
        width: 120,
        is_colored: false,
    };
}

/// An answer that cannot be written in the wanted format: a fault of the program.
#[derive(Debug, thiserror::Error)]
pub enum FormatError {
    /// JSON.
    #[error("the answer cannot be written as JSON")]
    Json(#[from] serde_json::Error),
    /// CSV.
    #[error("the answer cannot be written as CSV")]
    Csv(#[from] csv::Error),
}

/// The answer in a format.
pub fn render(
    answer: &Answer<'_>,
    format: Format,
    surface: Surface,
) -> Result<String, FormatError> {
    Ok(match format {
        Format::Table => page(&answer.page.get(), false, surface),
        Format::Wide => page(&answer.page.get(), true, surface),
        Format::Json => json::document(answer)?,
        Format::Jsonl => json::lines(answer)?,
        Format::Csv => csv_file::render(&answer.rows.get())?,
        Format::Markdown => markdown::render(&answer.page.get()),
    })
}

/// A page for a terminal. Blocks are set apart by blank lines; a heading stays with what follows.
pub fn page(blocks: &[Block], is_wide: bool, surface: Surface) -> String {
    let mut text = String::new();
    let mut after_heading = true;
    for block in blocks {
        if !after_heading {
            text.push('\n');
        }
        text.push_str(&self::block(block, is_wide, surface));
        text.push('\n');
        after_heading = matches!(block, Block::Heading(_));
    }
    text
}

fn block(block: &Block, is_wide: bool, surface: Surface) -> String {
    let prose = |text: &str| wrap(&sanitize::lines(text), surface.width, "");
    match block {
        Block::Heading(text) => Style::Heading.paint(&prose(text), surface.is_colored),
        Block::Text(text) => prose(text),
        Block::Warning(text) => Style::Warning.paint(&prose(text), surface.is_colored),
        Block::List(items) => items
            .iter()
            .map(|item| {
                wrap(
                    &format!("- {}", sanitize::terminal(item)),
                    surface.width,
                    "  ",
                )
            })
            .collect::<Vec<_>>()
            .join("\n"),
        Block::Pairs(pairs) => {
            let name_width = pairs.iter().map(|(name, _)| width(name)).max().unwrap_or(0);
            pairs
                .iter()
                .map(|(name, value)| {
                    let gap = " ".repeat(name_width - width(name) + 2);
                    let line = format!("{name}{gap}{}", sanitize::terminal(value.as_str()));
                    wrap(&line, surface.width, &" ".repeat(name_width + 2))
                })
                .collect::<Vec<_>>()
                .join("\n")
        }
        Block::Table(table) if is_wide => {
            let shown = table.select(|column| column.shown != Shown::Csv);
            terminal::render(&shown.without_empty_columns(), None, surface.is_colored)
        }
        Block::Table(table) => {
            let shown = table.select(|column| column.shown.is_brief());
            let shown = shown.without_empty_columns();
            terminal::render(&shown, Some(surface.width), surface.is_colored)
        }
    }
}
