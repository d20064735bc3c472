//! Text in the columns of a terminal, where a Chinese character takes two.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Stands for what was left out.
const ELLIPSIS: char = '…';

/// Columns that a text takes.
pub fn width(text: &str) -> usize {
    text.width()
}

/// The text in at most `limit` columns, the end left out.
pub fn shorten_end(text: &str, limit: usize) -> String {
    if width(text) <= limit {
        return text.to_owned();
    }
    let mut kept = take(text.chars(), limit.saturating_sub(1));
    kept.push(ELLIPSIS);
    kept
}

/// The text in at most `limit` columns, the middle left out: ids are told apart by both their ends.
pub fn shorten_middle(text: &str, limit: usize) -> String {
    if width(text) <= limit {
        return text.to_owned();
    }
    let room = limit.saturating_sub(1);
    let tail_room = room / 3;
    let mut kept = take(text.chars(), room - tail_room);
    kept.push(ELLIPSIS);
    let tail: Vec<char> = take(text.chars().rev(), tail_room).chars().collect();
    kept.extend(tail.into_iter().rev());
    kept
}

fn take(characters: impl Iterator<Item = char>, limit: usize) -> String {
    let mut used = 0;
    characters
        .take_while(|character| {
            used += character.width().unwrap_or(0);
            used <= limit
        })
        .collect()
}

/// The text broken at spaces (and between Chinese characters) into lines of at most `limit` columns.
pub fn wrap(text: &str, limit: usize, indent: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for paragraph in text.split('\n') {
        let mut line = String::new();
        let mut is_fresh = true;
        for word in words(paragraph) {
            if !is_fresh && width(&line) + width(word.trim_end()) > limit {
                lines.push(line.trim_end().to_owned());
                indent.clone_into(&mut line);
            }
            line.push_str(word);
            is_fresh = false;
        }
        lines.push(line.trim_end().to_owned());
    }
    lines.join("\n")
}

/// Pieces that a line may be broken after: words with their spaces, and single wide characters.
fn words(text: &str) -> Vec<&str> {
    // Closing punctuation never begins a line.
    const STAYS: &str = "，。、；：）」！？";
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut characters = text.char_indices().peekable();
    while let Some((index, character)) = characters.next() {
        let end = index + character.len_utf8();
        let next = characters.peek().map(|(_, next)| *next);
        let is_wide = |c: char| c.width() == Some(2);
        let breaks = match next {
            None => true,
            Some(next) => {
                (character == ' ' && next != ' ')
                    || ((is_wide(character) || is_wide(next))
                        && next != ' '
                        && !STAYS.contains(next))
            }
        };
        if breaks {
            pieces.push(text.get(start..end).unwrap_or_default());
            start = end;
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_keep_both_ends() {
        let id = "c1a2b3c4d5e6f7081920a1b2c3d4e5f60";
        let short = shorten_middle(id, 13);
        assert_eq!(short, "c1a2b3c4…5f60");
        assert_eq!(width(&short), 13);
        assert_eq!(shorten_middle("eip-1", 13), "eip-1");
    }

    #[test]
    fn wide_characters_count_two() {
        assert_eq!(width("云盘"), 4);
        assert_eq!(shorten_end("生产环境的云盘", 7), "生产环…");
        assert!(width(&shorten_middle("生产环境的云盘", 8)) <= 8);
    }

    #[test]
    fn lines_break_between_words_and_between_chinese_characters() {
        assert_eq!(
            wrap("one two three four", 9, "  "),
            "one two\n  three\n  four"
        );
        assert_eq!(wrap("一二三四五六", 8, ""), "一二三四\n五六");
        assert_eq!(wrap("一二三四，五六", 8, ""), "一二三\n四，五六");
        assert_eq!(wrap("short", 80, ""), "short");
    }
}
