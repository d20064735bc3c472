//! The official API contracts: what operations exist, what they take and what they answer.
//!
//! The client looks method, path, style and version up here and checks every request before it is sent; the emulator checks
//! what it receives and what it answers. The data is read out of the official SDK packages by program (see README.md in this
//! folder); each product's file is decompressed and parsed when it is first used.
//!
//! This module must not know what an operation means: only names, types, and whether it changes anything.

mod class;
mod embedded;
mod load;
mod paths;
mod shape;
mod violation;

use std::collections::{BTreeMap, HashSet};
use std::sync::OnceLock;

use serde_json::Value;

pub use class::Class;
pub use shape::{Scalar, Shape};
pub use violation::ContractViolation;

use violation::nearest;

/// How an operation is addressed and signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Style {
    /// Action, version and parameters as query or form fields.
    Rpc,
    /// Method and path, parameters in query and JSON body.
    Roa,
    /// Simple Log Service: like ROA, with the project in the host and its own signature.
    Sls,
    /// Object Storage Service: like ROA, with the bucket in the host, XML and its own signature.
    Oss,
}

/// What the body of a request is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BodyKind {
    /// No body.
    None,
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `application/json`.
    Json,
    /// `application/xml` (OSS).
    Xml,
}

/// How the pages of a list operation are asked for. Names are parameter names; `*_answer` are dotted paths in the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Paging {
    /// Page number from 1 and page size.
    Page {
        /// Parameter with the page number.
        number: String,
        /// Parameter with the page size.
        size: String,
        /// Where the answer says how many items there are.
        total_answer: String,
        /// Page sizes.
        limit: PageLimit,
    },
    /// An opaque token until it is empty or absent.
    Token {
        /// Parameter with the page size, where there is one.
        size: Option<String>,
        /// Parameter with the token.
        token: String,
        /// Where the answer has the next token.
        token_answer: String,
        /// Page sizes.
        limit: PageLimit,
    },
    /// A marker while the answer says that there is more.
    Marker {
        /// Parameter with the page size.
        size: String,
        /// Parameter with the marker.
        marker: String,
        /// Where the answer has the next marker.
        marker_answer: String,
        /// Where the answer says whether there is more.
        more_answer: String,
        /// Page sizes.
        limit: PageLimit,
    },
    /// Offset of the first item and page size.
    Offset {
        /// Parameter with the offset.
        offset: String,
        /// Parameter with the page size.
        size: String,
        /// Where the answer says how many items there are, if it does.
        total_answer: Option<String>,
        /// Where the answer says how many items this page has, if it does.
        count_answer: Option<String>,
        /// Page sizes.
        limit: PageLimit,
    },
}

/// Page sizes that the vendor documents; `None` where it does not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PageLimit {
    /// The largest page.
    pub max: Option<u32>,
    /// The page size when none is sent.
    pub default: Option<u32>,
}

/// One operation of one product version.
#[derive(Debug, Clone)]
pub struct Operation {
    /// Product code as in host names where possible (`cr-personal` for Container Registry 2016-06-07).
    pub product: &'static str,
    /// API version.
    pub version: String,
    /// Action name, as signed and as in RAM policies of most products.
    pub action: String,
    /// Addressing and signing.
    pub style: Style,
    /// HTTP method that the official SDK uses.
    pub method: String,
    /// Path with `{parameter}` segments; `/` for RPC.
    pub path: String,
    /// Parameters that are a label in front of the host (`project`, `bucket`).
    pub host: Vec<String>,
    /// Whether it can change anything.
    pub class: Class,
    /// Query parameters.
    pub query: Shape,
    /// Body parameters.
    pub body: Shape,
    /// Encoding of the body.
    pub body_kind: BodyKind,
    /// The answer; `None` where there is none or no official source models it.
    pub response: Option<Shape>,
    /// Query or body parameters that must be present.
    pub required: Vec<String>,
    /// How its pages are asked for; `None`: not paged, or not known.
    pub paging: Option<Paging>,
}

/// Where a parameter is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Place {
    /// A `{parameter}` segment of the path.
    Path,
    /// A label in front of the host.
    Host,
    /// The query.
    Query,
    /// The body, in the operation's [`BodyKind`].
    Body,
}

/// A request body, as the checks want it.
#[derive(Debug, Clone, Copy)]
pub enum Body<'a> {
    /// No body.
    None,
    /// Form fields, flattened like a query.
    Form(&'a [(String, String)]),
    /// A JSON document.
    Json(&'a Value),
}

/// What RPC signatures v1 add to the parameters. (Signature version 3 has these in headers.)
const RPC_PROTOCOL: &[&str] = &[
    "AccessKeyId",
    "Action",
    "Format",
    "SecurityToken",
    "Signature",
    "SignatureMethod",
    "SignatureNonce",
    "SignatureType",
    "SignatureVersion",
    "Timestamp",
    "Version",
];

/// The codes of all products, sorted.
pub fn products() -> &'static [&'static str] {
    static CODES: OnceLock<Vec<&'static str>> = OnceLock::new();
    CODES.get_or_init(|| embedded::FILES.iter().map(|(code, _)| *code).collect())
}

/// The contract of `product`'s `action`, if there is one.
pub fn operation(product: &str, action: &str) -> Option<&'static Operation> {
    load::product(product)?.operations.get(action)
}

/// Like [`operation`]; the error names the nearest known operation or product.
pub fn require(product: &str, action: &str) -> Result<&'static Operation, ContractViolation> {
    let Some(known) = load::product(product) else {
        return Err(ContractViolation::UnknownProduct {
            product: violation::shown(product),
            nearest: nearest(product, products().iter().copied()),
        });
    };
    known
        .operations
        .get(action)
        .ok_or_else(|| ContractViolation::UnknownOperation {
            product: product.to_owned(),
            action: violation::shown(action),
            nearest: nearest(action, known.operations.keys().map(String::as_str)),
        })
}

/// All operations of `product`, by action name; none for an unknown product.
pub fn operations(product: &str) -> impl Iterator<Item = &'static Operation> {
    load::product(product)
        .into_iter()
        .flat_map(|known| known.operations.values())
}

/// The API version of `product`.
pub fn version(product: &str) -> Option<&'static str> {
    load::product(product).map(|known| known.version.as_str())
}

/// The SDK packages and other sources that the contract of `product` was read from.
pub fn sources(product: &str) -> &'static [String] {
    load::product(product).map_or(&[], |known| known.sources.as_slice())
}

/// The product with this code prefix and API version, as a server finds it when only `x-acs-version` tells two products of one
/// host apart (Container Registry: `cr` and `cr-personal`).
pub fn product_of_version(code: &str, wanted: &str) -> Option<&'static str> {
    products().iter().copied().find(|candidate| {
        (*candidate == code
            || candidate
                .strip_prefix(code)
                .is_some_and(|rest| rest.starts_with('-')))
            && version(candidate) == Some(wanted)
    })
}

/// An operation found by its method and path, for servers.
#[derive(Debug, Clone)]
pub struct PathMatch {
    /// The operation.
    pub operation: &'static Operation,
    /// The decoded values of the `{parameter}` segments.
    pub parameters: BTreeMap<String, String>,
}

/// Finds the operation of `product` that `method` and `path` (without query) address.
///
/// `in_host` says whether the host carried a label in front of the product's (an SLS project, an OSS bucket); `query_names` tell
/// OSS sub-resources apart. Literal segments win over parameters, more required parameters present over fewer, then the action's
/// name decides (`GetRegion` and `GetRegionList` of `cr-personal` are the only ones alike).
pub fn match_path(
    product: &str,
    method: &str,
    path: &str,
    in_host: bool,
    query_names: &[&str],
) -> Option<PathMatch> {
    let mut best: Option<((usize, usize), PathMatch)> = None;
    for operation in operations(product) {
        if !operation.method.eq_ignore_ascii_case(method) || operation.host.is_empty() == in_host {
            continue;
        }
        let Some((literals, parameters)) = paths::matches(&operation.path, path) else {
            continue;
        };
        let present = operation
            .required
            .iter()
            .filter(|name| query_names.contains(&name.as_str()))
            .count();
        let rank = (literals, present);
        if best.as_ref().is_none_or(|(held, _)| rank > *held) {
            best = Some((
                rank,
                PathMatch {
                    operation,
                    parameters,
                },
            ));
        }
    }
    best.map(|(_, found)| found)
}

impl Operation {
    /// `product action`, for messages.
    pub fn label(&self) -> String {
        format!("{} {}", self.product, self.action)
    }

    /// Where the parameter `name` (flattened or not) belongs; `None` if the operation has none of that name.
    pub fn place(&self, name: &str) -> Option<Place> {
        let first = name.split('.').next().unwrap_or(name);
        if self
            .path
            .split('/')
            .any(|segment| paths::parameter(segment) == Some(name))
        {
            Some(Place::Path)
        } else if self.host.iter().any(|label| label == name) {
            Some(Place::Host)
        } else if self.query.field(first).is_some() {
            Some(Place::Query)
        } else if self.body.field(first).is_some() {
            Some(Place::Body)
        } else {
            None
        }
    }

    /// Checks the parameters of a request: every name known, every value of its type, every required one there, none twice.
    ///
    /// Names arrive flattened (`Tag.1.Key`). For RPC it does not matter whether a parameter comes in the query or in a form, and
    /// the fields of signature version 1 are skipped. Values are never part of the error: they may be secrets.
    pub fn check_parameters<'a>(
        &self,
        query: impl IntoIterator<Item = (&'a str, &'a str)>,
        body: Body<'a>,
    ) -> Result<(), ContractViolation> {
        let mut seen: HashSet<&str> = HashSet::new();
        for (name, value) in query {
            self.check_parameter(name, value, false)?;
            if !seen.insert(name) {
                return Err(self.repeated(name));
            }
        }
        let mut top: HashSet<&str> = HashSet::new();
        match body {
            Body::None => {}
            Body::Form(_) if self.style != Style::Rpc => return Err(self.unexpected_body()),
            Body::Form(fields) => {
                for (name, value) in fields {
                    self.check_parameter(name, value, true)?;
                    if !seen.insert(name) {
                        return Err(self.repeated(name));
                    }
                }
            }
            Body::Json(document) => {
                if self.body_kind != BodyKind::Json {
                    return Err(self.unexpected_body());
                }
                self.body
                    .check(document)
                    .map_err(|fault| ContractViolation::field(self.label(), fault))?;
                if let Value::Object(fields) = document {
                    top.extend(
                        fields
                            .iter()
                            .filter(|(_, value)| !value.is_null())
                            .map(|(name, _)| name.as_str()),
                    );
                }
            }
        }
        for name in &self.required {
            let there = top.contains(name.as_str())
                || seen.iter().any(|sent| {
                    sent.strip_prefix(name.as_str())
                        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
                });
            if !there {
                return Err(ContractViolation::MissingParameter {
                    operation: self.label(),
                    name: name.clone(),
                });
            }
        }
        Ok(())
    }

    /// Checks an answer: a field that the official model does not know, or of another type, is reported with its JSON path.
    ///
    /// Null counts as absent. Where no answer is modelled, only an empty one passes.
    pub fn check_answer(&self, answer: &Value) -> Result<(), ContractViolation> {
        match &self.response {
            Some(shape) => shape
                .check(answer)
                .map_err(|fault| ContractViolation::field(self.label(), fault)),
            None if answer.is_null()
                || answer.as_object().is_some_and(serde_json::Map::is_empty) =>
            {
                Ok(())
            }
            None => Err(ContractViolation::NoAnswerModel {
                operation: self.label(),
            }),
        }
    }

    /// Fills the `{parameter}` segments of the path, percent-encoded.
    ///
    /// Refuses a parameter that is missing, not in the path, or would change what the path addresses (empty, `.`, `..`).
    pub fn expand_path(&self, parameters: &[(&str, &str)]) -> Result<String, ContractViolation> {
        paths::expand(&self.path, parameters).map_err(|name| ContractViolation::PathParameter {
            operation: self.label(),
            name: violation::shown(&name),
        })
    }

    fn check_parameter(
        &self,
        name: &str,
        value: &str,
        in_form: bool,
    ) -> Result<(), ContractViolation> {
        if self.style == Style::Rpc && RPC_PROTOCOL.contains(&name) {
            return Ok(());
        }
        let shapes: &[&Shape] = if self.style == Style::Rpc {
            &[&self.query, &self.body]
        } else if in_form {
            &[&self.body]
        } else {
            &[&self.query]
        };
        let Some(leaf) = shapes.iter().find_map(|shape| shape.flattened(name)) else {
            let known = shapes.iter().flat_map(|shape| shape.names());
            let first = name.split('.').next().unwrap_or(name);
            return Err(ContractViolation::UnknownParameter {
                operation: self.label(),
                name: violation::shown(name),
                nearest: nearest(first, known).map(|found| {
                    let shape = shapes.iter().find_map(|shape| shape.field(&found));
                    shape.map_or(found.clone(), |shape| shape.example(found))
                }),
            });
        };
        if leaf.accepts_text(value) {
            Ok(())
        } else {
            Err(ContractViolation::ParameterType {
                operation: self.label(),
                name: violation::shown(name),
                expected: leaf.kind(),
            })
        }
    }

    fn repeated(&self, name: &str) -> ContractViolation {
        ContractViolation::RepeatedParameter {
            operation: self.label(),
            name: violation::shown(name),
        }
    }

    fn unexpected_body(&self) -> ContractViolation {
        ContractViolation::UnexpectedBody {
            operation: self.label(),
        }
    }
}

#[cfg(test)]
mod tests;
