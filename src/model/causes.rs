//! What an error says and why, for a person: an error names what failed, its causes say why, and both are needed.

use std::error::Error;

/// The texts of an error and its causes, outermost first. Errors of other libraries often repeat their cause in their own
/// text; what was said is not said again.
pub fn causes(error: &dyn Error) -> Vec<String> {
    let mut texts = vec![error.to_string()];
    let mut source = error.source();
    while let Some(cause) = source {
        let text = cause.to_string();
        if !text.is_empty() && !texts.iter().any(|said| said.contains(&text)) {
            texts.push(text);
        }
        source = cause.source();
    }
    texts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("{text}")]
    struct Layer {
        text: &'static str,
        #[source]
        cause: Option<Box<Layer>>,
    }

    fn chain(texts: &[&'static str]) -> Layer {
        let (text, rest) = texts.split_first().unwrap();
        Layer {
            text,
            cause: (!rest.is_empty()).then(|| Box::new(chain(rest))),
        }
    }

    #[test]
    fn each_cause_is_said_once() {
        let error = chain(&[
            "cannot read: no disk",
            "no disk",
            "",
            "power is off",
            "no disk",
        ]);
        assert_eq!(causes(&error), ["cannot read: no disk", "power is off"]);
    }
}
