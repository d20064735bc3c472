//! Text from outside (names, tags, messages of the cloud) made safe to print.
//!
//! A name may hold escape sequences that move the cursor, characters that reverse the reading direction, or line breaks
//! that forge a row of a table. All of these are shown as escapes. CSV cells may not begin a formula, and Markdown cells
//! hold no markup.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Whether a character acts on the terminal or the reading direction, or cannot be seen, instead of showing itself.
///
/// C0, DEL and C1 controls; line and paragraph separator; the marks, embeddings, overrides and isolates of the Unicode
/// bidirectional algorithm (UAX 9); zero-width space, word joiner, byte order mark; tag characters.
pub fn is_unsafe(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{061c}'
                | '\u{200b}'
                | '\u{200e}'
                | '\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

/// Text for a terminal or a table: unsafe characters as `\n`, `\t`, `\u{1b}`.
pub fn terminal(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match character {
            '\n' => safe.push_str("\\n"),
            '\r' => safe.push_str("\\r"),
            '\t' => safe.push_str("\\t"),
            unsafe_one if is_unsafe(unsafe_one) => {
                // Writing to a String cannot fail.
                let _ = write!(safe, "\\u{{{:x}}}", unsafe_one as u32);
            }
            plain => safe.push(plain),
        }
    }
    Cow::Owned(safe)
}

/// Text of several lines: like [`terminal`], but line breaks stay.
pub fn lines(text: &str) -> String {
    text.split('\n')
        .map(terminal)
        .collect::<Vec<_>>()
        .join("\n")
}

/// A text cell of a CSV file: no unsafe characters, and nothing that a spreadsheet takes for a formula.
pub fn csv(text: &str) -> Cow<'_, str> {
    const FORMULA_STARTS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
    let starts_formula = text
        .trim_start()
        .starts_with(|c: char| FORMULA_STARTS.contains(&c))
        || text.starts_with(['\t', '\r', '\n']);
    let safe = terminal(text);
    if starts_formula {
        Cow::Owned(format!("'{safe}"))
    } else {
        safe
    }
}

/// Text within Markdown: no unsafe characters and no markup.
pub fn markdown(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '#' | '!' | '$' => {
                safe.push('\\');
                safe.push(character);
            }
            unsafe_one if is_unsafe(unsafe_one) => {
                let _ = write!(safe, "\\\\u{{{:x}}}", unsafe_one as u32);
            }
            plain => safe.push(plain),
        }
    }
    safe
}

/// JSON text whose unsafe characters are `\u` escapes: the same data, safe to look at.
pub fn json(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        // Outside strings a JSON text holds no unsafe character but line breaks, and within strings it holds none.
        if character == '\n' || !is_unsafe(character) {
            safe.push(character);
        } else {
            for unit in character.encode_utf16(&mut [0; 2]) {
                let _ = write!(safe, "\\u{unit:04x}");
            }
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_on_a_terminal_is_shown_instead() {
        for (text, expected) in [
            ("plain 云 é ✓", "plain 云 é ✓"),
            ("a\nb\tc\r", "a\\nb\\tc\\r"),
            ("\u{1b}[31mred\u{1b}[0m", "\\u{1b}[31mred\\u{1b}[0m"),
            ("\u{9b}31m", "\\u{9b}31m"),
            ("safe\u{202e}txt.exe", "safe\\u{202e}txt.exe"),
            ("\u{2066}a\u{2069}", "\\u{2066}a\\u{2069}"),
            ("a\u{200b}b\u{feff}", "a\\u{200b}b\\u{feff}"),
            ("\u{2028}", "\\u{2028}"),
            ("\u{e0041}", "\\u{e0041}"),
        ] {
            assert_eq!(terminal(text), expected);
        }
    }

    #[test]
    fn csv_cells_never_start_a_formula() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "\r=1", "＝1"] {
            let cell = csv(text);
            assert!(cell.starts_with('\''), "{text:?} became {cell:?}");
        }
        assert_eq!(csv("my-vpc"), "my-vpc");
    }

    #[test]
    fn markdown_cells_hold_no_markup() {
        assert_eq!(
            markdown("a|b <script> [x](y) `c` *d* \n"),
            "a\\|b &lt;script&gt; \\[x\\](y) \\`c\\` \\*d\\* \\\\u{a}"
        );
    }

    #[test]
    fn json_stays_the_same_data() {
        let value = serde_json::json!({"name": "a\u{202e}b\u{9b}c\u{1b}\n云\u{e0041}"});
        let printed = json(&serde_json::to_string_pretty(&value).unwrap());
        assert!(
            !printed.chars().any(|c| c != '\n' && is_unsafe(c)),
            "{printed}"
        );
        let again: serde_json::Value = serde_json::from_str(&printed).unwrap();
        assert_eq!(again, value);
    }
}
