//! Decompresses and parses the embedded contract files, each once and only when it is used.

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::OnceLock;

use flate2::read::GzDecoder;
use serde::Deserialize;
use serde_json::Value;

use super::class::{Class, class_of};
use super::embedded::FILES;
use super::{BodyKind, Operation, PageLimit, Paging, Shape, Style};

/// One product version.
#[derive(Debug)]
pub(super) struct Product {
    pub(super) version: String,
    pub(super) sources: Vec<String>,
    pub(super) operations: BTreeMap<String, Operation>,
}

/// The product with this code. `None` too if its file cannot be read, so that every check fails closed; a test reads all files.
pub(super) fn product(code: &str) -> Option<&'static Product> {
    static PARSED: [OnceLock<Option<Product>>; FILES.len()] =
        [const { OnceLock::new() }; FILES.len()];
    let index = FILES
        .binary_search_by(|(known, _)| (*known).cmp(code))
        .ok()?;
    let (known, packed) = FILES.get(index)?;
    PARSED
        .get(index)?
        .get_or_init(|| parse(known, packed).ok())
        .as_ref()
}

#[derive(Debug, thiserror::Error)]
pub(super) enum LoadError {
    #[error("cannot decompress the contract file")]
    Decompress(#[from] std::io::Error),
    #[error("cannot parse the contract file")]
    Parse(#[from] serde_json::Error),
    #[error("the contract file is of product {0}")]
    OtherProduct(String),
    #[error("shape of {0} is not readable")]
    Shape(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    product: String,
    version: String,
    sources: Vec<String>,
    operations: BTreeMap<String, Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    style: String,
    method: String,
    path: String,
    #[serde(default)]
    host: Vec<String>,
    #[serde(default)]
    query: Option<Value>,
    #[serde(default)]
    body: Option<Value>,
    body_kind: String,
    #[serde(default)]
    response: Option<Value>,
    #[serde(default)]
    required: Vec<String>,
    #[serde(default)]
    paging: Option<PagingEntry>,
    #[serde(default)]
    class: Option<String>,
    #[serde(default, rename = "reason")]
    _reason: Option<String>,
}

#[derive(Deserialize)]
#[serde(tag = "mode", rename_all = "lowercase", deny_unknown_fields)]
enum PagingEntry {
    Page {
        page_param: String,
        size_param: String,
        total_out: String,
        max: Option<u32>,
        default: Option<u32>,
    },
    Token {
        size_param: Option<String>,
        token_param: String,
        token_out: String,
        max: Option<u32>,
        default: Option<u32>,
    },
    Marker {
        size_param: String,
        token_param: String,
        token_out: String,
        more_out: String,
        max: Option<u32>,
        default: Option<u32>,
    },
    Offset {
        offset_param: String,
        size_param: String,
        total_out: Option<String>,
        count_out: Option<String>,
        max: Option<u32>,
        default: Option<u32>,
    },
}

impl From<PagingEntry> for Paging {
    fn from(entry: PagingEntry) -> Self {
        match entry {
            PagingEntry::Page {
                page_param,
                size_param,
                total_out,
                max,
                default,
            } => Self::Page {
                number: page_param,
                size: size_param,
                total_answer: total_out,
                limit: PageLimit { max, default },
            },
            PagingEntry::Token {
                size_param,
                token_param,
                token_out,
                max,
                default,
            } => Self::Token {
                size: size_param,
                token: token_param,
                token_answer: token_out,
                limit: PageLimit { max, default },
            },
            PagingEntry::Marker {
                size_param,
                token_param,
                token_out,
                more_out,
                max,
                default,
            } => Self::Marker {
                size: size_param,
                marker: token_param,
                marker_answer: token_out,
                more_answer: more_out,
                limit: PageLimit { max, default },
            },
            PagingEntry::Offset {
                offset_param,
                size_param,
                total_out,
                count_out,
                max,
                default,
            } => Self::Offset {
                offset: offset_param,
                size: size_param,
                total_answer: total_out,
                count_answer: count_out,
                limit: PageLimit { max, default },
            },
        }
    }
}

/// Parses one file.
pub(super) fn parse(code: &'static str, packed: &[u8]) -> Result<Product, LoadError> {
    const LARGEST: u64 = 32 << 20;
    let mut text = String::new();
    GzDecoder::new(packed)
        .take(LARGEST)
        .read_to_string(&mut text)?;
    let file: File = serde_json::from_str(&text)?;
    if file.product != code {
        return Err(LoadError::OtherProduct(file.product));
    }
    let mut operations = BTreeMap::new();
    for (action, entry) in file.operations {
        let parsed = operation(code, &file.version, &action, entry)?;
        operations.insert(action, parsed);
    }
    Ok(Product {
        version: file.version,
        sources: file.sources,
        operations,
    })
}

fn operation(
    product: &'static str,
    version: &str,
    action: &str,
    entry: Entry,
) -> Result<Operation, LoadError> {
    let bad = || LoadError::Shape(action.to_owned());
    let shape = |stored: Option<Value>| match stored {
        None => Ok(Shape::Object(BTreeMap::new())),
        Some(stored) => Shape::parse(&stored).ok_or_else(bad),
    };
    let style = match entry.style.as_str() {
        "rpc" => Style::Rpc,
        "roa" => Style::Roa,
        "sls" => Style::Sls,
        "oss" => Style::Oss,
        _ => return Err(bad()),
    };
    let body_kind = match entry.body_kind.as_str() {
        "none" => BodyKind::None,
        "form" => BodyKind::Form,
        "json" => BodyKind::Json,
        "xml" => BodyKind::Xml,
        _ => return Err(bad()),
    };
    let class = match entry.class.as_deref() {
        None => class_of(action, style, &entry.method),
        Some("read") => Class::Read,
        Some("mutate") => Class::Mutate,
        Some(_) => return Err(bad()),
    };
    Ok(Operation {
        product,
        version: version.to_owned(),
        action: action.to_owned(),
        style,
        class,
        query: shape(entry.query)?,
        body: shape(entry.body)?,
        body_kind,
        response: entry
            .response
            .map(|stored| Shape::parse(&stored).ok_or_else(bad))
            .transpose()?,
        method: entry.method,
        path: entry.path,
        host: entry.host,
        required: entry.required,
        paging: entry.paging.map(Paging::from),
    })
}
