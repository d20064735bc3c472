//! What a request or an answer does that the contract does not know.

use super::shape::Fault;

/// A breach of a contract. Messages hold names and types, never values: a value may be a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ContractViolation {
    /// No contract for this product.
    #[error("no contract for product {product}{}", did_you_mean(.nearest.as_deref()))]
    UnknownProduct {
        /// The product code asked for.
        product: String,
        /// The nearest known code.
        nearest: Option<String>,
    },
    /// The product has no such operation.
    #[error("{product} has no operation {action}{}", did_you_mean(.nearest.as_deref()))]
    UnknownOperation {
        /// Product code.
        product: String,
        /// The action asked for.
        action: String,
        /// The nearest known action.
        nearest: Option<String>,
    },
    /// The operation has no such parameter.
    #[error("{operation} has no parameter {name}{}", did_you_mean(.nearest.as_deref()))]
    UnknownParameter {
        /// Product and action.
        operation: String,
        /// The parameter as it was sent.
        name: String,
        /// The nearest known parameter.
        nearest: Option<String>,
    },
    /// A parameter's value is not of its type.
    #[error("parameter {name} of {operation} takes {expected}")]
    ParameterType {
        /// Product and action.
        operation: String,
        /// The parameter as it was sent.
        name: String,
        /// The type that it takes.
        expected: &'static str,
    },
    /// A required parameter is not there.
    #[error("{operation} needs parameter {name}")]
    MissingParameter {
        /// Product and action.
        operation: String,
        /// The parameter.
        name: String,
    },
    /// A parameter is there twice.
    #[error("parameter {name} of {operation} is there more than once")]
    RepeatedParameter {
        /// Product and action.
        operation: String,
        /// The parameter.
        name: String,
    },
    /// A body where the operation takes none, or one of another kind.
    #[error("{operation} takes no body of this kind")]
    UnexpectedBody {
        /// Product and action.
        operation: String,
    },
    /// A path parameter is missing, unknown, or would change what the path addresses.
    #[error("path parameter {name} of {operation} is missing, unknown or not usable")]
    PathParameter {
        /// Product and action.
        operation: String,
        /// The parameter.
        name: String,
    },
    /// A field that the official model does not know.
    #[error("{operation}: the official model knows no field {path}{}", did_you_mean(.nearest.as_deref()))]
    UnknownField {
        /// Product and action.
        operation: String,
        /// JSON path of the field.
        path: String,
        /// The nearest known field beside it.
        nearest: Option<String>,
    },
    /// A field of another type than the official model's.
    #[error("{operation}: field {path} takes {expected}, found {found}")]
    FieldType {
        /// Product and action.
        operation: String,
        /// JSON path of the field.
        path: String,
        /// The type in the official model.
        expected: &'static str,
        /// The type found.
        found: &'static str,
    },
    /// An answer where no official source says what it looks like.
    #[error("{operation}: no official source says what the answer looks like")]
    NoAnswerModel {
        /// Product and action.
        operation: String,
    },
}

impl ContractViolation {
    /// The violation that a fault in a JSON document of `operation` is.
    pub(super) fn field(operation: String, fault: Fault) -> Self {
        let path = shown(&fault.path);
        match fault.kind {
            super::shape::FaultKind::Unknown { nearest } => Self::UnknownField {
                operation,
                path,
                nearest,
            },
            super::shape::FaultKind::Type { expected, found } => Self::FieldType {
                operation,
                path,
                expected,
                found,
            },
        }
    }
}

fn did_you_mean(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |name| format!(" (did you mean {name}?)"))
}

/// A name that came from outside, made safe to show: escaped and cut.
pub(super) fn shown(name: &str) -> String {
    const LONGEST: usize = 120;
    let mut text: String = name
        .chars()
        .take(LONGEST)
        .flat_map(char::escape_debug)
        .collect();
    if name.chars().nth(LONGEST).is_some() {
        text.push_str("...");
    }
    text
}

/// The known name that `wanted` is most likely a slip of.
pub(super) fn nearest<'a>(wanted: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    const LONGEST: usize = 80;
    if wanted.len() > LONGEST {
        return None;
    }
    let folded = wanted.to_lowercase();
    known
        .map(|name| {
            (
                strsim::damerau_levenshtein(&folded, &name.to_lowercase()),
                name,
            )
        })
        .filter(|(distance, _)| *distance <= 1 + wanted.chars().count() / 4)
        .min()
        .map(|(_, name)| name.to_owned())
}
