//! What a person reads when a run fails: what failed, why, and what to type next.

use std::error::Error;

use super::color::Style;
use super::sanitize;
use crate::i18n::Messages;
use crate::model::causes;

/// A failure, ready to be printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// What failed, then its causes, outermost first.
    chain: Vec<String>,
    /// What to do about it.
    hints: Vec<String>,
}

impl Report {
    /// The report of an error and its sources.
    pub fn new(error: &dyn Error, hints: Vec<String>) -> Self {
        Self {
            chain: causes(error),
            hints,
        }
    }

    /// The same with another text for the error itself: that of the user's language.
    #[must_use]
    pub fn saying(mut self, text: String) -> Self {
        if let Some(first) = self.chain.first_mut() {
            *first = text;
        }
        self
    }

    /// The error and its causes in one line.
    pub fn line(&self) -> String {
        self.chain.join(": ")
    }

    /// `error:`, indented causes, a blank line, `hint:`.
    pub fn render(&self, messages: &Messages, is_colored: bool) -> String {
        let mut lines = Vec::new();
        for (depth, part) in self.chain.iter().enumerate() {
            let part = sanitize::lines(part);
            lines.push(if depth == 0 {
                let label = Style::Error.paint(&messages.text("label-error"), is_colored);
                format!("{label} {part}")
            } else {
                let label = messages.text("label-caused-by");
                format!("{}{label} {part}", "  ".repeat(depth))
            });
        }
        if !self.hints.is_empty() {
            lines.push(String::new());
        }
        for hint in &self.hints {
            let label = Style::Hint.paint(&messages.text("label-hint"), is_colored);
            lines.push(format!("{label} {}", sanitize::lines(hint)));
        }
        lines.join("\n") + "\n"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Language;

    #[derive(Debug, thiserror::Error)]
    #[error("cannot read the profile `lab`")]
    struct Outer(#[source] std::io::Error);

    #[test]
    fn causes_are_indented_and_hints_stand_apart() {
        let error = Outer(std::io::Error::other("no such\u{1b} file"));
        let report = Report::new(&error, vec!["run `yunsweep whoami`".to_owned()]);
        assert_eq!(
            report.render(&Messages::new(Language::English), false),
            "error: cannot read the profile `lab`\n  caused by: no such\\u{1b} file\n\nhint: run `yunsweep whoami`\n"
        );
        assert!(
            report
                .render(&Messages::new(Language::Chinese), false)
                .starts_with("错误：")
        );
    }
}
