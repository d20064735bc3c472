//! A text that people act on, in every language that yunsweep speaks, written where the fact is known.
//!
//! Reasons that are born in code beside the fact that they explain (why a charge is free, why a price is not known) are
//! [`Said`]; fixed texts of commands are messages of `i18n`. A [`Said`] is computed anew from what a snapshot keeps, so it
//! stands in no file that is read back: it can be written, and not read.

use std::borrow::Cow;

use serde::{Serialize, Serializer};

/// One text in English and Simplified Chinese. What programs read (JSON, CSV) is the English one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Said {
    en: Cow<'static, str>,
    zh: Cow<'static, str>,
}

impl Said {
    /// A fixed text.
    pub const fn new(en: &'static str, zh: &'static str) -> Self {
        Self {
            en: Cow::Borrowed(en),
            zh: Cow::Borrowed(zh),
        }
    }

    /// A text made from what was found: ids, names, numbers.
    pub const fn made(en: String, zh: String) -> Self {
        Self {
            en: Cow::Owned(en),
            zh: Cow::Owned(zh),
        }
    }

    /// That an answer lacks a field, under the vendor's name of it.
    pub fn not_in_answer(field: &str) -> Self {
        Self::made(
            format!("the answer does not say `{field}`"),
            format!("返回结果中没有可用的 `{field}`"),
        )
    }

    /// A text put together from other texts: `make` is called once per language, with what picks it out of a part.
    pub fn both(make: impl Fn(fn(&Said) -> &str) -> String) -> Self {
        Self::made(make(Self::en), make(Self::zh))
    }

    /// English.
    pub fn en(&self) -> &str {
        &self.en
    }

    /// Simplified Chinese.
    pub fn zh(&self) -> &str {
        &self.zh
    }
}

impl Serialize for Said {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.en())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_read_english() {
        let said = Said::new("an image costs nothing", "镜像不收费");
        assert_eq!(
            serde_json::to_value(&said).unwrap(),
            "an image costs nothing"
        );
    }

    #[test]
    fn a_made_text_equals_a_fixed_one() {
        let made = Said::made("free".into(), "免费".into());
        assert_eq!(made, Said::new("free", "免费"));
        assert_eq!((made.en(), made.zh()), ("free", "免费"));
    }

    #[test]
    fn parts_are_put_together_in_each_language() {
        let unit = Said::new("hour", "小时");
        let said = Said::both(|of| format!("720 {}", of(&unit)));
        assert_eq!(said, Said::new("720 hour", "720 小时"));
    }

    #[test]
    fn both_languages_name_the_field() {
        let said = Said::not_in_answer("Size");
        assert!(said.en().contains("`Size`") && said.zh().contains("`Size`"));
    }
}
