//! Texts that are written in the source in both languages really are: none is a copy of the other, none is empty.
//!
//! Reads the source, so that a reason which no fixture leads to is held, too.
#![expect(clippy::expect_used, reason = "helpers of tests are tests")]

use std::path::{Path, PathBuf};

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder of the source") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The text literals inside the parentheses that `text` begins after.
fn literals(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut depth = 1_usize;
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '(' => depth += 1,
            ')' if depth == 1 => break,
            ')' => depth -= 1,
            '"' => {
                let mut literal = String::new();
                loop {
                    match characters.next() {
                        Some('\\') => literal.extend(characters.next()),
                        Some('"') | None => break,
                        Some(other) => literal.push(other),
                    }
                }
                found.push(literal);
            }
            _ => {}
        }
    }
    found
}

fn is_chinese(text: &str) -> bool {
    text.contains(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
}

/// Code without its tests: by the order of a file, they are its end.
fn code(text: &str) -> &str {
    text.split("#[cfg(test)]\nmod tests {")
        .next()
        .unwrap_or(text)
}

fn is_test(path: &Path) -> bool {
    path.components().any(|part| {
        let name = part.as_os_str().to_string_lossy();
        let name = name.trim_end_matches(".rs");
        name == "tests" || name == "testing" || name.ends_with("_tests")
    })
}

#[test]
fn what_is_said_in_two_languages_is_not_one_text_twice() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&root, &mut files);
    let mut looked_at = 0;
    let mut wanting = Vec::new();
    for path in files.iter().filter(|path| !is_test(path)) {
        let text = std::fs::read_to_string(path).expect("a source file");
        let code = code(&text);
        for call in ["Said::new(", "Said::made("] {
            for (at, _) in code.match_indices(call) {
                let literals = literals(&code[at + call.len()..]);
                // Parts that are joined, and signs such as `GiB`, have no words.
                let has_words = |text: &String| {
                    let words = text.split_whitespace();
                    words
                        .filter(|word| word.chars().all(char::is_alphabetic))
                        .count()
                        > 1
                };
                if !literals.iter().any(has_words) {
                    continue;
                }
                looked_at += 1;
                let chinese = literals.iter().filter(|text| is_chinese(text)).count();
                if chinese == 0 || chinese == literals.len() {
                    let line = code[..at].lines().count();
                    wanting.push(format!("{}:{line}: {literals:?}", path.display()));
                }
            }
        }
    }
    assert!(wanting.is_empty(), "{wanting:#?}");
    assert!(looked_at > 60, "{looked_at}");
}

#[test]
fn a_text_without_chinese_is_found() {
    assert_eq!(literals("\"a \\\"b\", \"中（\"), \"c\""), ["a \"b", "中（"]);
    assert!(!is_chinese("free of charge") && is_chinese("免费"));
}
