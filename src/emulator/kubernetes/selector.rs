//! Label and field selectors, as the API server reads them.
//!
//! Source: kubernetes/kubernetes `staging/src/k8s.io/apimachinery/pkg/labels/selector.go` and
//! `pkg/fields/selector.go`. The numeric label operators `>` and `<` are not supported.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// A selector that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unable to parse requirement {requirement:?}: {reason}")]
pub struct SelectorError {
    requirement: String,
    reason: &'static str,
}

fn refuse(requirement: &str, reason: &'static str) -> SelectorError {
    SelectorError {
        requirement: requirement.to_owned(),
        reason,
    }
}

/// Requirements on labels; all must hold. The empty selector matches everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LabelSelector(Vec<(String, Operator)>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Operator {
    Exists,
    Missing,
    In(BTreeSet<String>),
    NotIn(BTreeSet<String>),
}

impl LabelSelector {
    /// Reads `a=b,c!=d,e in (f,g),h notin (i),j,!k`.
    pub fn parse(text: &str) -> Result<Self, SelectorError> {
        split_requirements(text)
            .into_iter()
            .map(parse_label_requirement)
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Whether it selects everything.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether an object with these labels is selected. A label that is not there satisfies `!=`
    /// and `notin`, as on the real server.
    pub fn matches(&self, labels: Option<&Map<String, Value>>) -> bool {
        self.0.iter().all(|(key, operator)| {
            let value = labels
                .and_then(|labels| labels.get(key))
                .and_then(Value::as_str);
            match (operator, value) {
                (Operator::Exists, value) => value.is_some(),
                (Operator::Missing, value) => value.is_none(),
                (Operator::In(values), Some(value)) => values.contains(value),
                (Operator::In(_), None) => false,
                (Operator::NotIn(values), Some(value)) => !values.contains(value),
                (Operator::NotIn(_), None) => true,
            }
        })
    }
}

/// Splits at commas outside of parentheses; blank text has no requirement.
fn split_requirements(text: &str) -> Vec<&str> {
    if text.trim().is_empty() {
        return Vec::new();
    }
    let mut depth = 0_usize;
    text.split(|character| {
        match character {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        character == ',' && depth == 0
    })
    .map(str::trim)
    .collect()
}

fn parse_label_requirement(text: &str) -> Result<(String, Operator), SelectorError> {
    let one = |value: &str| BTreeSet::from([value.trim().to_owned()]);
    let (key, operator) = if let Some(key) = text.strip_prefix('!') {
        (key, Operator::Missing)
    } else if let Some((key, value)) = text.split_once("!=") {
        (key, Operator::NotIn(one(value)))
    } else if let Some((key, value)) = text.split_once("==").or_else(|| text.split_once('=')) {
        (key, Operator::In(one(value)))
    } else if let Some((head, values)) = text.split_once('(') {
        let values = values
            .strip_suffix(')')
            .ok_or_else(|| refuse(text, "the list of values is not closed"))?
            .split(',')
            .map(|value| value.trim().to_owned())
            .collect();
        match head.split_whitespace().collect::<Vec<_>>().as_slice() {
            [key, "in"] => (*key, Operator::In(values)),
            [key, "notin"] => (*key, Operator::NotIn(values)),
            _ => return Err(refuse(text, "expected 'in' or 'notin' before a list")),
        }
    } else {
        (text, Operator::Exists)
    };
    let key = key.trim();
    let legal = |character: char| character.is_ascii_alphanumeric() || "-_./".contains(character);
    if key.is_empty() || !key.chars().all(legal) {
        return Err(refuse(text, "not a label key"));
    }
    Ok((key.to_owned(), operator))
}

/// Requirements on fields; all must hold. The empty selector matches everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldSelector(Vec<FieldRequirement>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct FieldRequirement {
    path: String,
    value: String,
    equal: bool,
}

impl FieldSelector {
    /// Reads `status.phase=Running,metadata.name!=x`.
    pub fn parse(text: &str) -> Result<Self, SelectorError> {
        if text.trim().is_empty() {
            return Ok(Self::default());
        }
        text.split(',')
            .map(|part| {
                let (path, value, equal) = if let Some((path, value)) = part.split_once("!=") {
                    (path, value, false)
                } else if let Some((path, value)) =
                    part.split_once("==").or_else(|| part.split_once('='))
                {
                    (path, value, true)
                } else {
                    return Err(refuse(part, "expected '=', '==' or '!='"));
                };
                Ok(FieldRequirement {
                    path: path.trim().to_owned(),
                    value: value.trim().to_owned(),
                    equal,
                })
            })
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Whether it selects everything.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The paths it asks about.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|requirement| requirement.path.as_str())
    }

    /// Whether the object is selected; a field that is not there counts as empty.
    pub fn matches(&self, object: &Value) -> bool {
        self.0.iter().all(|requirement| {
            let pointer = format!("/{}", requirement.path.replace('.', "/"));
            let found = match object.pointer(&pointer) {
                Some(Value::String(text)) => text.clone(),
                Some(Value::Bool(flag)) => flag.to_string(),
                Some(Value::Number(number)) => number.to_string(),
                _ => String::new(),
            };
            (found == requirement.value) == requirement.equal
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn label_selectors_match_as_the_server_does() {
        let labels = json!({"app": "web", "tier": "front", "empty": ""});
        let cases = [
            ("", true),
            ("  ", true),
            ("app=web", true),
            ("app==web", true),
            ("app = web", true),
            ("app=db", false),
            ("app!=db", true),
            ("app!=web", false),
            ("missing!=x", true),
            ("app", true),
            ("missing", false),
            ("!missing", true),
            ("!app", false),
            ("empty=", true),
            ("app=", false),
            ("app in (web,db)", true),
            ("app in (db)", false),
            ("app in ( web , db ),tier=front", true),
            ("missing in (x)", false),
            ("app notin (db,cache)", true),
            ("app notin (web)", false),
            ("missing notin (x)", true),
            ("app=web,tier=back", false),
            ("app in(web)", true),
        ];
        for (text, expected) in cases {
            let selector = LabelSelector::parse(text).unwrap();
            assert_eq!(selector.matches(labels.as_object()), expected, "{text}");
        }
    }

    #[test]
    fn an_object_without_labels_matches_only_negative_requirements() {
        for (text, expected) in [("a", false), ("a=b", false), ("a!=b", true), ("!a", true)] {
            assert_eq!(
                LabelSelector::parse(text).unwrap().matches(None),
                expected,
                "{text}"
            );
        }
    }

    #[test]
    fn broken_label_selectors_are_refused() {
        for text in [
            "=x",
            "app in (web",
            "app near (web)",
            "a b",
            ",",
            "app=web,",
            "a>1",
        ] {
            assert!(LabelSelector::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn field_selectors_match_as_the_server_does() {
        let pod = json!({
            "metadata": {"name": "p", "namespace": "n"},
            "spec": {"nodeName": "node-1", "hostNetwork": true},
            "status": {"phase": "Running"},
        });
        let cases = [
            ("", true),
            ("metadata.name=p", true),
            ("metadata.name==p,metadata.namespace=n", true),
            ("status.phase!=Running", false),
            ("status.phase!=Pending,spec.nodeName=node-1", true),
            ("spec.hostNetwork=true", true),
            ("status.podIP=", true),
            ("status.podIP=10.0.0.1", false),
        ];
        for (text, expected) in cases {
            assert_eq!(
                FieldSelector::parse(text).unwrap().matches(&pod),
                expected,
                "{text}"
            );
        }
        assert!(FieldSelector::parse("metadata.name").is_err());
    }
}
