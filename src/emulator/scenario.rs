//! Scenarios: the worlds that the emulator starts with, as data files (`scenarios/`, format in its README.md).

use std::collections::BTreeMap;
use std::path::Path;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::identities::Principal;

/// The scenarios that come with the program: name and text.
const BUILT_IN: &[(&str, &str)] = &[
    ("ack-sop", include_str!("scenarios/ack-sop.json")),
    ("ack-sop-pro", include_str!("scenarios/ack-sop-pro.json")),
    ("ack-sop-spot", include_str!("scenarios/ack-sop-spot.json")),
];

/// A world.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Name, as on the command line.
    pub name: String,
    /// One line for people.
    pub title: Title,
    /// The account that everything belongs to.
    pub account: Account,
    /// The region that answers when a request names none, and where items that name no region are.
    pub region: String,
    /// What `DescribeRegions` lists.
    pub regions: Vec<String>,
    /// The world's clock at the start; the real time where absent. Never used for signatures or tokens.
    #[serde(default)]
    pub now: Option<DateTime<Utc>>,
    /// Items by collection (`ecs/disk`), each with the fields of the operations that answer it; what begins with `_` is the
    /// emulator's own.
    #[serde(default)]
    pub collections: BTreeMap<String, Vec<Map<String, Value>>>,
    /// ACK clusters.
    #[serde(default)]
    pub clusters: Vec<Cluster>,
}

/// A line in both languages.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Title {
    /// English.
    pub en: String,
    /// Simplified Chinese.
    #[serde(rename = "zh-CN")]
    pub zh_cn: String,
}

/// An account and the RAM user whose keys the emulator hands out.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// Account id; starts with zeros, as no real one does.
    pub id: String,
    /// Id of the RAM user.
    pub user_id: String,
    /// Name of the RAM user.
    pub name: String,
}

impl Account {
    /// Its RAM user.
    pub(super) fn user(&self) -> Principal {
        Principal::User {
            id: self.user_id.clone(),
            name: self.name.clone(),
        }
    }
}

/// A cluster.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cluster {
    /// As `DescribeClusterDetail` answers it.
    pub detail: Map<String, Value>,
    /// Items of `DescribeClusterNodePools`.
    #[serde(default)]
    pub nodepools: Vec<Map<String, Value>>,
    /// Items of `DescribeClusterNodes`.
    #[serde(default)]
    pub nodes: Vec<Map<String, Value>>,
    /// Rows of `DescribeClusterResources`.
    #[serde(default)]
    pub resources: Vec<Map<String, Value>>,
    /// What is inside.
    #[serde(default)]
    pub kubernetes: Kubernetes,
}

impl Cluster {
    /// The cluster's id.
    pub fn id(&self) -> Option<&str> {
        self.detail.get("cluster_id").and_then(Value::as_str)
    }
}

/// The inside of a cluster.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kubernetes {
    /// Manifests.
    #[serde(default)]
    pub objects: Vec<Value>,
}

/// Why a scenario cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ScenarioError {
    /// Neither a built-in name nor a file.
    #[error("no scenario {name}; there are {known}, or give the path of a file")]
    Unknown {
        /// What was asked for.
        name: String,
        /// The built-in names.
        known: String,
    },
    /// The file cannot be read.
    #[error("cannot read scenario {path}")]
    Read {
        /// Its path.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// The text is no JSON.
    #[error("scenario {name} is not JSON")]
    Json {
        /// Its name or path.
        name: String,
        /// Where and why.
        source: serde_json::Error,
    },
    /// The JSON is no scenario.
    #[error("scenario {name} is not valid")]
    Format {
        /// Its name or path.
        name: String,
        /// Where and why.
        source: serde_path_to_error::Error<serde_json::Error>,
    },
    /// `set` names a place that the extended scenario does not have.
    #[error("scenario {name} sets {pointer}, which {base} does not have")]
    Pointer {
        /// Its name or path.
        name: String,
        /// The JSON pointer.
        pointer: String,
        /// The scenario that it extends.
        base: String,
    },
    /// The account could be a real one.
    #[error("scenario {name}: account id {id} must be 16 digits that start with 0000")]
    Account {
        /// Its name or path.
        name: String,
        /// The id.
        id: String,
    },
}

/// A scenario that is another one with some values changed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Variant {
    name: String,
    title: Value,
    /// Name of a built-in scenario.
    extends: String,
    /// New values by JSON pointer (RFC 6901); every place must exist.
    set: BTreeMap<String, Value>,
}

/// The names of the scenarios that come with the program.
pub fn built_in_names() -> impl Iterator<Item = &'static str> {
    BUILT_IN.iter().map(|(name, _)| *name)
}

impl Scenario {
    /// A built-in scenario by its name, or the one in the file of that path.
    pub fn load(name_or_path: &str) -> Result<Self, ScenarioError> {
        if let Some(text) = built_in(name_or_path) {
            return Self::parse(name_or_path, text);
        }
        let path = Path::new(name_or_path);
        if !path.is_file() {
            return Err(unknown(name_or_path));
        }
        let text = std::fs::read_to_string(path).map_err(|source| ScenarioError::Read {
            path: name_or_path.to_owned(),
            source,
        })?;
        Self::parse(name_or_path, &text)
    }

    /// Reads a scenario or a variant of a built-in one; `label` names it in errors.
    pub fn parse(label: &str, text: &str) -> Result<Self, ScenarioError> {
        let document: Value = decode(label, text)?;
        let scenario: Self = from_value(label, resolve(label, document)?)?;
        let id = &scenario.account.id;
        let digits = id.len() == 16 && id.bytes().all(|byte| byte.is_ascii_digit());
        if !digits || !id.starts_with("0000") {
            return Err(ScenarioError::Account {
                name: label.to_owned(),
                id: id.clone(),
            });
        }
        Ok(scenario)
    }

    /// The items of a collection; none where the scenario has no such collection.
    pub fn items(&self, collection: &str) -> &[Map<String, Value>] {
        self.collections.get(collection).map_or(&[], Vec::as_slice)
    }
}

fn built_in(name: &str) -> Option<&'static str> {
    BUILT_IN
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, text)| *text)
}

fn unknown(name: &str) -> ScenarioError {
    ScenarioError::Unknown {
        name: name.to_owned(),
        known: built_in_names().collect::<Vec<_>>().join(", "),
    }
}

/// Applies a variant to the scenario that it extends.
fn resolve(label: &str, document: Value) -> Result<Value, ScenarioError> {
    if document.get("extends").is_none() {
        return Ok(document);
    }
    let variant: Variant = from_value(label, document)?;
    let text = built_in(&variant.extends).ok_or_else(|| unknown(&variant.extends))?;
    let mut base: Value = decode(&variant.extends, text)?;
    let changes = [
        ("/name".to_owned(), Value::String(variant.name)),
        ("/title".to_owned(), variant.title),
    ];
    for (pointer, value) in changes.into_iter().chain(variant.set) {
        match base.pointer_mut(&pointer) {
            Some(place) => *place = value,
            None => {
                return Err(ScenarioError::Pointer {
                    name: label.to_owned(),
                    pointer,
                    base: variant.extends,
                });
            }
        }
    }
    Ok(base)
}

fn decode(label: &str, text: &str) -> Result<Value, ScenarioError> {
    serde_json::from_str(text).map_err(|source| ScenarioError::Json {
        name: label.to_owned(),
        source,
    })
}

fn from_value<T: serde::de::DeserializeOwned>(
    label: &str,
    value: Value,
) -> Result<T, ScenarioError> {
    serde_path_to_error::deserialize(value).map_err(|source| ScenarioError::Format {
        name: label.to_owned(),
        source,
    })
}

#[cfg(test)]
mod tests;
