//! Tables as CSV (RFC 4180 with line feeds): untranslated column names, whole ids, no formulas.

use super::sanitize;
use super::table::{Cell, Shown, Table};

/// The table as CSV text.
pub(super) fn render(table: &Table) -> Result<String, csv::Error> {
    let table = table.select(|column| !matches!(column.shown, Shown::Page(_)));
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(table.columns().iter().map(|column| column.key))?;
    for row in table.rows() {
        writer.write_record(row.iter().map(|cell| match cell {
            Cell::Text(text) => sanitize::csv(text).into_owned(),
            other => other.as_str().to_owned(),
        }))?;
    }
    let bytes = writer
        .into_inner()
        .map_err(|error| csv::Error::from(std::io::Error::other(error.to_string())))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::table::Column;

    #[test]
    fn cells_are_quoted_and_hold_no_formula() {
        let mut table = Table::new(vec![
            Column::new("name", "NAME"),
            Column::new("amount", "AMOUNT").number(),
        ]);
        table.push(vec![
            "=HYPERLINK(\"x\")".into(),
            Cell::Number("-1.50".into()),
        ]);
        table.push(vec!["a,b\nc".into(), Cell::Unknown]);
        assert_eq!(
            render(&table).unwrap(),
            "name,amount\n\"'=HYPERLINK(\"\"x\"\")\",-1.50\n\"a,b\\nc\",?\n"
        );
    }
}
