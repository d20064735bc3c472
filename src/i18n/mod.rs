//! Everything that people read and act on, in English and Simplified Chinese.
//!
//! Texts live in `en.ftl` and `zh-CN.ftl` beside this file; code names them by key. What programs read (JSON, CSV headers,
//! error codes) is never translated, nor is what the cloud said.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};

use crate::model::Said;

/// A language that every message exists in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Simplified Chinese.
    Chinese,
}

/// The text names no language that we speak.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not a language of yunsweep (en or zh-CN)")]
pub struct LanguageError(String);

impl FromStr for Language {
    type Err = LanguageError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::of_tag(text).ok_or_else(|| LanguageError(text.to_owned()))
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.tag())
    }
}

impl Language {
    /// Every language.
    pub const ALL: [Language; 2] = [Language::English, Language::Chinese];

    /// The language's tag: `en`, `zh-CN`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh-CN",
        }
    }

    /// The language of the environment: the first of `LC_ALL`, `LC_MESSAGES` and `LANG` that is set decides, as POSIX
    /// says; what we do not speak becomes English.
    pub fn detect(environment: &BTreeMap<String, String>) -> Self {
        ["LC_ALL", "LC_MESSAGES", "LANG"]
            .iter()
            .find_map(|name| environment.get(*name).filter(|value| !value.is_empty()))
            .and_then(|locale| Self::of_tag(locale))
            .unwrap_or_default()
    }

    /// Reads `zh_CN.UTF-8`, `zh-Hans`, `en`... Any Chinese is answered in the one that we have.
    fn of_tag(tag: &str) -> Option<Self> {
        let language = tag.split(['-', '_', '.', '@']).next().unwrap_or_default();
        match language.to_ascii_lowercase().as_str() {
            "en" => Some(Self::English),
            "zh" => Some(Self::Chinese),
            _ => None,
        }
    }

    fn source(self) -> &'static str {
        match self {
            Self::English => include_str!("en.ftl"),
            Self::Chinese => include_str!("zh-CN.ftl"),
        }
    }
}

/// The messages of one language.
pub struct Messages {
    language: Language,
    bundle: FluentBundle<FluentResource>,
}

impl fmt::Debug for Messages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Messages").field(&self.language).finish()
    }
}

impl Messages {
    /// The messages of that language.
    ///
    /// A message file with a mistake would lose single messages, never the run; tests hold that there is none.
    pub fn new(language: Language) -> Self {
        let locales = language.tag().parse().into_iter().collect();
        let mut bundle = FluentBundle::new_concurrent(locales);
        // The marks that isolate arguments from right-to-left text show as garbage on many terminals; remote text is
        // stripped of such characters where it is printed.
        bundle.set_use_isolating(false);
        let resource = FluentResource::try_new(language.source().to_owned())
            .unwrap_or_else(|(resource, _mistakes)| resource);
        bundle.add_resource_overriding(resource);
        Self { language, bundle }
    }

    /// Their language.
    pub fn language(&self) -> Language {
        self.language
    }

    /// A text that was written in both languages where the fact is known.
    pub fn said<'a>(&self, said: &'a Said) -> &'a str {
        match self.language {
            Language::English => said.en(),
            Language::Chinese => said.zh(),
        }
    }

    /// The text of a key.
    pub fn text(&self, key: &str) -> String {
        self.text_with(key, &[])
    }

    /// The text of a key with its arguments. Numbers decide plural forms.
    pub fn text_with(&self, key: &str, arguments: &[(&str, Argument<'_>)]) -> String {
        let Some(pattern) = self
            .bundle
            .get_message(key)
            .and_then(|message| message.value())
        else {
            return key.to_owned();
        };
        let arguments: FluentArgs<'_> = arguments
            .iter()
            .map(|(name, value)| (*name, FluentValue::from(value)))
            .collect();
        let mut mistakes = Vec::new();
        self.bundle
            .format_pattern(pattern, Some(&arguments), &mut mistakes)
            .into_owned()
    }
}

/// An argument of a message.
#[derive(Clone, Debug)]
pub enum Argument<'a> {
    /// A text.
    Text(&'a str),
    /// A text made for the message.
    Owned(String),
    /// A number of things.
    Count(usize),
}

impl<'a> From<&'a str> for Argument<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a String> for Argument<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text)
    }
}

impl From<String> for Argument<'_> {
    fn from(text: String) -> Self {
        Self::Owned(text)
    }
}

impl From<usize> for Argument<'_> {
    fn from(count: usize) -> Self {
        Self::Count(count)
    }
}

impl<'a> From<&'a Argument<'_>> for FluentValue<'a> {
    fn from(argument: &'a Argument<'_>) -> Self {
        match argument {
            Argument::Text(text) => FluentValue::from(*text),
            Argument::Owned(text) => FluentValue::from(text.as_str()),
            Argument::Count(count) => FluentValue::from(*count),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// Keys with the names of their arguments, read from the file's text.
    fn keys(language: Language) -> BTreeMap<String, BTreeSet<String>> {
        let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut current = String::new();
        for line in language.source().lines() {
            let starts_message = line.starts_with(|c: char| c.is_ascii_lowercase());
            if starts_message {
                let (key, _) = line.split_once('=').expect("`key = text`");
                current = key.trim().to_owned();
                assert!(
                    found.insert(current.clone(), BTreeSet::new()).is_none(),
                    "{language}: `{current}` is there twice"
                );
            }
            for piece in line.split('$').skip(1) {
                let name: String = piece
                    .chars()
                    .take_while(|c| c.is_ascii_alphanumeric() || *c == '_' || *c == '-')
                    .collect();
                found.get_mut(&current).expect("a key").insert(name);
            }
        }
        found
    }

    #[test]
    fn both_languages_have_the_same_keys_and_arguments() {
        let english = keys(Language::English);
        assert!(!english.is_empty());
        assert_eq!(english, keys(Language::Chinese));
    }

    #[test]
    fn message_files_have_no_mistakes() {
        for language in Language::ALL {
            if let Err((_, mistakes)) = FluentResource::try_new(language.source().to_owned()) {
                panic!("{language}: {mistakes:?}");
            }
        }
    }

    #[test]
    fn chinese_messages_are_chinese() {
        let messages = Messages::new(Language::Chinese);
        let wanting: Vec<String> = keys(Language::Chinese)
            .into_keys()
            .filter(|key| !messages.text(key).chars().any(|c| c as u32 >= 0x2e80))
            // Messages without a word of their own.
            .filter(|key| !matches!(key.as_str(), "column-id" | "column-status-ok"))
            .collect();
        assert_eq!(wanting, Vec::<String>::new());
    }

    #[test]
    fn the_first_locale_variable_that_is_set_decides() {
        let detect = |pairs: &[(&str, &str)]| {
            Language::detect(
                &pairs
                    .iter()
                    .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                    .collect(),
            )
        };
        assert_eq!(detect(&[]), Language::English);
        assert_eq!(detect(&[("LANG", "zh_CN.UTF-8")]), Language::Chinese);
        assert_eq!(detect(&[("LANG", "de_DE.UTF-8")]), Language::English);
        assert_eq!(
            detect(&[("LANG", "zh_CN.UTF-8"), ("LC_ALL", "C")]),
            Language::English
        );
        assert_eq!(
            detect(&[("LANG", "en_US.UTF-8"), ("LC_MESSAGES", "zh_CN")]),
            Language::Chinese
        );
        assert_eq!(
            detect(&[("LANG", "zh_CN.UTF-8"), ("LC_ALL", "")]),
            Language::Chinese
        );
    }

    #[test]
    fn plurals_follow_the_language() {
        let english = Messages::new(Language::English);
        let one = english.text_with(
            "coverage-holes",
            &[("count", 1.into()), ("total", 26.into())],
        );
        let two = english.text_with(
            "coverage-holes",
            &[("count", 2.into()), ("total", 26.into())],
        );
        assert!(
            one.contains("1 of 26") && two.contains("2 of 26"),
            "{one} {two}"
        );
    }
}
