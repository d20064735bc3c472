//! The tree of names and types of a request or an answer.

use std::collections::BTreeMap;

use serde_json::Value;

use super::violation::nearest;

/// A node of the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// Fields by name; no others.
    Object(BTreeMap<String, Shape>),
    /// Any field names, all of one shape.
    Map(Box<Shape>),
    /// A list.
    Array(Box<Shape>),
    /// One value.
    Scalar(Scalar),
    /// A string that holds a JSON document of this shape.
    JsonString(Box<Shape>),
    /// Anything.
    Any,
}

/// The type of one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scalar {
    /// Text.
    String,
    /// A whole number of at most 64 bits.
    Integer,
    /// Any number.
    Number,
    /// True or false.
    Boolean,
}

/// What does not fit, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    /// JSON path, `$` for the whole document.
    pub(super) path: String,
    pub(super) kind: FaultKind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum FaultKind {
    Unknown {
        nearest: Option<String>,
    },
    Type {
        expected: &'static str,
        found: &'static str,
    },
}

impl Shape {
    /// Reads the stored form: a type name, `[item]`, `{"*": item}`, `{"json_string": document}` or `{field: shape}`.
    pub(super) fn parse(stored: &Value) -> Option<Self> {
        Some(match stored {
            Value::String(name) => match name.as_str() {
                "string" | "bytes" => Self::Scalar(Scalar::String),
                "integer" => Self::Scalar(Scalar::Integer),
                "number" => Self::Scalar(Scalar::Number),
                "boolean" => Self::Scalar(Scalar::Boolean),
                "object" => Self::Map(Box::new(Self::Any)),
                "any" => Self::Any,
                _ => return None,
            },
            Value::Array(items) => match items.as_slice() {
                [item] => Self::Array(Box::new(Self::parse(item)?)),
                _ => return None,
            },
            Value::Object(fields) => {
                match (fields.len(), fields.get("*"), fields.get("json_string")) {
                    (1, Some(item), _) => Self::Map(Box::new(Self::parse(item)?)),
                    (1, _, Some(document)) => Self::JsonString(Box::new(Self::parse(document)?)),
                    _ => Self::Object(
                        fields
                            .iter()
                            .map(|(name, shape)| Some((name.clone(), Self::parse(shape)?)))
                            .collect::<Option<_>>()?,
                    ),
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => return None,
        })
    }

    /// The names of the fields of an object; none for other shapes.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        match self {
            Self::Object(fields) => Some(fields.keys().map(String::as_str)),
            _ => None,
        }
        .into_iter()
        .flatten()
    }

    /// The shape of one field of an object, or of the items of a list of objects.
    pub fn field(&self, name: &str) -> Option<&Shape> {
        match self {
            Self::Object(fields) => fields.get(name),
            Self::Map(item) => Some(item),
            Self::Array(item) => item.field(name),
            _ => None,
        }
    }

    /// The shape at a dotted path as in `Instances.Instance`, entering lists without an index.
    pub fn at(&self, path: &str) -> Option<&Shape> {
        path.split('.')
            .filter(|name| !name.is_empty())
            .try_fold(self, |shape, name| shape.field(name.trim_end_matches("[]")))
    }

    /// The shape that a flattened parameter name (`Tag.1.Key`) leads to. List positions count from 1.
    pub fn flattened(&self, name: &str) -> Option<&Shape> {
        match self {
            Self::Object(fields) => fields.iter().find_map(|(field, shape)| {
                match name.strip_prefix(field.as_str())? {
                    // a list or an object itself cannot be a flattened value
                    "" => shape.takes_text().then_some(shape),
                    rest => shape.flattened(rest.strip_prefix('.')?),
                }
            }),
            Self::Array(item) => {
                let (index, rest) = name
                    .split_once('.')
                    .map_or((name, None), |(i, r)| (i, Some(r)));
                if !is_position(index) {
                    return None;
                }
                match rest {
                    None => item.takes_text().then_some(&**item),
                    Some(rest) => item.flattened(rest),
                }
            }
            Self::Map(item) => (!name.is_empty() && item.takes_text()).then_some(&**item),
            Self::Any => Some(self),
            Self::Scalar(_) | Self::JsonString(_) => None,
        }
    }

    /// An example of a flattened name below `name`: `Tag.1.Key`.
    pub(super) fn example(&self, name: String) -> String {
        match self {
            Self::Array(item) => item.example(name + ".1"),
            Self::Object(fields) => match fields.first_key_value() {
                Some((field, shape)) => shape.example(format!("{name}.{field}")),
                None => name,
            },
            Self::Map(_) => name + ".name",
            Self::Scalar(_) | Self::JsonString(_) | Self::Any => name,
        }
    }

    fn takes_text(&self) -> bool {
        matches!(self, Self::Scalar(_) | Self::JsonString(_) | Self::Any)
    }

    /// Whether a parameter's text is of this type. Booleans in any case: the official Python SDK sends `True`.
    pub(super) fn accepts_text(&self, text: &str) -> bool {
        match self {
            Self::Scalar(Scalar::String) | Self::Any => true,
            Self::Scalar(Scalar::Integer) => is_whole(text) && text.parse::<i64>().is_ok(),
            Self::Scalar(Scalar::Number) => text.parse::<f64>().is_ok_and(f64::is_finite),
            Self::Scalar(Scalar::Boolean) => {
                text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false")
            }
            Self::JsonString(document) => {
                serde_json::from_str(text).is_ok_and(|value| document.check(&value).is_ok())
            }
            Self::Object(_) | Self::Map(_) | Self::Array(_) => false,
        }
    }

    /// The type in words.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Object(_) | Self::Map(_) => "an object",
            Self::Array(_) => "a list",
            Self::Scalar(Scalar::String) => "a string",
            Self::Scalar(Scalar::Integer) => "a whole number",
            Self::Scalar(Scalar::Number) => "a number",
            Self::Scalar(Scalar::Boolean) => "true or false",
            Self::JsonString(_) => "a JSON document of the official form",
            Self::Any => "anything",
        }
    }

    /// Whether `value` fits. Null counts as absent; the depth of the walk is bounded by this shape.
    pub(super) fn check(&self, value: &Value) -> Result<(), Fault> {
        let mut path = vec!["$".to_owned()];
        self.walk(value, &mut path)
    }

    fn walk(&self, value: &Value, path: &mut Vec<String>) -> Result<(), Fault> {
        let fits = match (self, value) {
            (_, Value::Null) | (Self::Any, _) => true,
            (Self::Object(fields), Value::Object(given)) => {
                for (name, item) in given {
                    path.push(format!(".{name}"));
                    let Some(shape) = fields.get(name) else {
                        return Err(Fault {
                            path: path.concat(),
                            kind: FaultKind::Unknown {
                                nearest: nearest(name, fields.keys().map(String::as_str)),
                            },
                        });
                    };
                    shape.walk(item, path)?;
                    path.pop();
                }
                true
            }
            (Self::Map(shape), Value::Object(given)) => {
                for (name, item) in given {
                    path.push(format!(".{name}"));
                    shape.walk(item, path)?;
                    path.pop();
                }
                true
            }
            (Self::Array(shape), Value::Array(given)) => {
                for (index, item) in given.iter().enumerate() {
                    path.push(format!("[{index}]"));
                    shape.walk(item, path)?;
                    path.pop();
                }
                true
            }
            (Self::Scalar(Scalar::String), Value::String(_)) => true,
            (Self::Scalar(Scalar::Integer), Value::Number(number)) => {
                number.is_i64() || number.is_u64()
            }
            (Self::Scalar(Scalar::Number), Value::Number(_)) => true,
            (Self::Scalar(Scalar::Boolean), Value::Bool(_)) => true,
            (Self::JsonString(_), Value::String(text)) => self.accepts_text(text),
            _ => false,
        };
        if fits {
            return Ok(());
        }
        Err(Fault {
            path: path.concat(),
            kind: FaultKind::Type {
                expected: self.kind(),
                found: type_of(value),
            },
        })
    }
}

/// A list position: 1, 2, ... without sign or leading zero, and of a sane size.
fn is_position(text: &str) -> bool {
    !text.starts_with('0')
        && (1..=6).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_whole(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(number) if number.is_f64() => "a number",
        Value::Number(_) => "a whole number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
