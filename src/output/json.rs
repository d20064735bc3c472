//! JSON: one versioned envelope. Never translated, stable order, money as decimal text, times in RFC 3339 UTC.

use serde::Serialize;
use serde_json::{Value, json};

use super::answer::{Answer, Record, Warning};
use super::coverage::Summary;
use super::sanitize;
use crate::model::{CoverageRow, time};

#[derive(Serialize)]
struct Envelope<'a> {
    schema: &'a str,
    command: &'a str,
    generated_at: String,
    coverage: Option<Coverage<'a>>,
    data: &'a Value,
    warnings: &'a [Warning],
}

#[derive(Serialize)]
struct Coverage<'a> {
    complete: bool,
    summary: Summary,
    rows: &'a [CoverageRow],
}

fn coverage<'a>(answer: &'a Answer<'_>) -> Option<Coverage<'a>> {
    answer.coverage.as_deref().map(|rows| {
        let summary = Summary::of(rows);
        Coverage {
            complete: summary.is_complete(),
            summary,
            rows,
        }
    })
}

/// The answer as one document.
pub(super) fn document(answer: &Answer<'_>) -> Result<String, serde_json::Error> {
    let envelope = Envelope {
        schema: answer.schema,
        command: answer.command,
        generated_at: time::format(answer.generated_at),
        coverage: coverage(answer),
        data: &answer.data.get(),
        warnings: &answer.warnings,
    };
    Ok(sanitize::json(&serde_json::to_string_pretty(&envelope)?) + "\n")
}

/// The answer as lines: a header, the records, what could not be read, the warnings.
pub(super) fn lines(answer: &Answer<'_>) -> Result<String, serde_json::Error> {
    let header = Record {
        record: "header",
        value: json!({
            "schema": answer.schema,
            "command": answer.command,
            "generated_at": time::format(answer.generated_at),
            "complete": coverage(answer).map(|coverage| coverage.complete),
        }),
    };
    let mut lines = vec![serde_json::to_string(&header)?];
    for record in answer.records.get().iter() {
        lines.push(serde_json::to_string(record)?);
    }
    for row in answer.coverage.iter().flatten() {
        let value = serde_json::to_value(row)?;
        lines.push(serde_json::to_string(&Record {
            record: "coverage",
            value,
        })?);
    }
    for warning in &answer.warnings {
        let value = serde_json::to_value(warning)?;
        lines.push(serde_json::to_string(&Record {
            record: "warning",
            value,
        })?);
    }
    Ok(sanitize::json(&lines.join("\n")) + "\n")
}
