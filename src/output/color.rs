//! Colour: decided once for each stream, and never needed to understand a line.

use std::collections::BTreeMap;

/// What the user asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum ColorChoice {
    /// Colour on terminals that want it.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Whether a stream gets colour: the flag decides, then `NO_COLOR`, `CLICOLOR_FORCE`, `TERM=dumb`, `CLICOLOR=0`, then
/// whether it is a terminal (<https://no-color.org>, <https://bixense.com/clicolors>).
pub fn is_colored(
    choice: ColorChoice,
    is_terminal: bool,
    environment: &BTreeMap<String, String>,
) -> bool {
    let set = |name: &str| {
        environment
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    };
    match choice {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto => {
            if set("NO_COLOR").is_some() {
                false
            } else if set("CLICOLOR_FORCE").is_some_and(|value| value != "0") {
                true
            } else if set("TERM") == Some("dumb") || set("CLICOLOR") == Some("0") {
                false
            } else {
                is_terminal
            }
        }
    }
}

/// What a piece of text is, as far as colour goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// A heading or a column title.
    Heading,
    /// The word `error`.
    Error,
    /// The word `warning`, and what is incomplete.
    Warning,
    /// The word `hint`, and commands to type.
    Hint,
    /// What matters less.
    Dim,
}

impl Style {
    fn start(self) -> &'static str {
        match self {
            Self::Heading => "\u{1b}[1m",
            Self::Error => "\u{1b}[1;31m",
            Self::Warning => "\u{1b}[1;33m",
            Self::Hint => "\u{1b}[1;36m",
            Self::Dim => "\u{1b}[2m",
        }
    }

    /// The text, coloured where colour is on.
    pub fn paint(self, text: &str, is_colored: bool) -> String {
        if is_colored && !text.is_empty() {
            format!("{}{text}\u{1b}[0m", self.start())
        } else {
            text.to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decide(choice: ColorChoice, is_terminal: bool, pairs: &[(&str, &str)]) -> bool {
        let environment = pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        is_colored(choice, is_terminal, &environment)
    }

    #[test]
    fn the_flag_beats_the_environment_and_the_environment_the_terminal() {
        use ColorChoice::{Always, Auto, Never};
        for (choice, terminal, pairs, expected) in [
            (Auto, true, &[][..], true),
            (Auto, false, &[], false),
            (Auto, true, &[("NO_COLOR", "1")], false),
            (Auto, true, &[("NO_COLOR", "")], true),
            (Auto, false, &[("CLICOLOR_FORCE", "1")], true),
            (Auto, false, &[("CLICOLOR_FORCE", "0")], false),
            (
                Auto,
                false,
                &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")],
                false,
            ),
            (Auto, true, &[("TERM", "dumb")], false),
            (Auto, true, &[("CLICOLOR", "0")], false),
            (Always, false, &[("NO_COLOR", "1")], true),
            (Never, true, &[("CLICOLOR_FORCE", "1")], false),
        ] {
            assert_eq!(
                decide(choice, terminal, pairs),
                expected,
                "{choice:?} {terminal} {pairs:?}"
            );
        }
    }

    #[test]
    fn without_colour_the_text_is_untouched() {
        assert_eq!(Style::Error.paint("error", false), "error");
        assert_eq!(
            Style::Error.paint("error", true),
            "\u{1b}[1;31merror\u{1b}[0m"
        );
    }
}
