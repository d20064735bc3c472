//! Reads the mapping files that the real WireMock loads, and answers requests as it would.
//!
//! Only the part of the format that the files use is known; anything else in a file is refused, so that no condition is
//! silently ignored here that the real server would apply.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex};

use serde::Deserialize;
use serde_json::Value;
use yunsweep::openapi::sign::encode;
use yunsweep::transport::HttpRequest;

/// The state that every WireMock scenario begins in.
const STARTED: &str = "Started";

/// One mapping file.
#[derive(Debug)]
pub(crate) struct MappingFile {
    /// Product folder; empty for the catch-all.
    pub(crate) product: String,
    /// Operation.
    pub(crate) action: String,
    /// Case.
    pub(crate) case: String,
    /// Its mappings.
    pub(crate) stubs: Vec<Stub>,
}

/// A stub mapping.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Stub {
    /// Name, unique over all files.
    pub(crate) name: String,
    /// Smaller wins.
    pub(crate) priority: u8,
    /// The scenario whose state decides whether this stub answers.
    #[serde(default)]
    pub(crate) scenario_name: Option<String>,
    /// The state in which it answers.
    #[serde(default)]
    pub(crate) required_scenario_state: Option<String>,
    /// The state after it answered.
    #[serde(default)]
    pub(crate) new_scenario_state: Option<String>,
    /// Which requests.
    pub(crate) request: Pattern,
    /// The answer.
    pub(crate) response: Answer,
    /// Where it comes from and what a reader sees in it.
    #[serde(default)]
    pub(crate) metadata: Value,
}

/// Which requests a stub answers.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Pattern {
    method: String,
    #[serde(default)]
    url_path: Option<String>,
    #[serde(default)]
    url_path_template: Option<String>,
    #[serde(default, rename = "urlPattern")]
    any_url: Option<String>,
    #[serde(default)]
    path_parameters: BTreeMap<String, Matcher>,
    #[serde(default)]
    headers: BTreeMap<String, Matcher>,
    #[serde(default)]
    query_parameters: BTreeMap<String, Matcher>,
}

/// A condition on one value.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Matcher {
    EqualTo(String),
    Contains(String),
    Absent(bool),
    Not(Box<Matcher>),
}

/// What a stub answers.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Answer {
    /// Status.
    pub(crate) status: u16,
    /// Headers.
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, String>,
    /// Body.
    pub(crate) json_body: Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Mappings {
    mappings: Vec<Stub>,
}

/// A request as the stubs look at it.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    /// Method in capitals.
    pub(crate) method: String,
    /// Path as on the wire.
    pub(crate) path: String,
    /// Query, decoded.
    pub(crate) query: Vec<(String, Option<String>)>,
    /// Headers, `host` among them; names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    /// Body.
    pub(crate) body: Vec<u8>,
}

impl Seen {
    /// What the client hands to a transport.
    pub(crate) fn of_client(request: &HttpRequest) -> Self {
        let (path, query) = request
            .target
            .split_once('?')
            .unwrap_or((&request.target, ""));
        let mut headers = request.headers.clone();
        headers.push(("host".to_owned(), request.host.clone()));
        Self {
            method: request.method.clone(),
            path: path.to_owned(),
            query: encode::parse_query(query),
            headers,
            body: request.body.clone(),
        }
    }

    /// What a server received.
    pub(crate) fn of_server(request: &wiremock::Request) -> Self {
        Self {
            method: request.method.to_string(),
            path: request.url.path().to_owned(),
            query: encode::parse_query(request.url.query().unwrap_or_default()),
            headers: request
                .headers
                .iter()
                .map(|(name, value)| {
                    (
                        name.to_string(),
                        value.to_str().unwrap_or_default().to_owned(),
                    )
                })
                .collect(),
            body: request.body.clone(),
        }
    }

    /// The first header of that (lower-case) name.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(candidate, _)| candidate == name)
            .map(|(_, value)| value.as_str())
    }
}

impl Matcher {
    fn accepts(&self, value: Option<&str>) -> bool {
        match self {
            Self::EqualTo(wanted) => value == Some(wanted),
            Self::Contains(part) => value.is_some_and(|value| value.contains(part)),
            Self::Not(matcher) => !matcher.accepts(value),
            Self::Absent(absent) => value.is_none() == *absent,
        }
    }
}

impl Pattern {
    /// Whether it accepts any request at all.
    pub(crate) fn accepts_anything(&self) -> bool {
        self.method == "ANY"
            && self.any_url.as_deref() == Some(".*")
            && self.headers.is_empty()
            && self.query_parameters.is_empty()
    }

    fn accepts(&self, seen: &Seen) -> bool {
        let path_fits = match (&self.url_path, &self.url_path_template) {
            (Some(path), _) => *path == seen.path,
            (None, Some(template)) => self.template_accepts(template, &seen.path),
            (None, None) => false,
        };
        let query = |name: &str| {
            seen.query
                .iter()
                .find(|(candidate, _)| candidate == name)
                .map(|(_, value)| value.as_deref().unwrap_or_default())
        };
        self.method == seen.method
            && path_fits
            && self
                .headers
                .iter()
                .all(|(name, matcher)| matcher.accepts(seen.header(&name.to_ascii_lowercase())))
            && self
                .query_parameters
                .iter()
                .all(|(name, matcher)| matcher.accepts(query(name)))
    }

    fn template_accepts(&self, template: &str, path: &str) -> bool {
        let wanted: Vec<&str> = template.split('/').collect();
        let given: Vec<&str> = path.split('/').collect();
        wanted.len() == given.len()
            && wanted.iter().zip(&given).all(|(wanted, given)| {
                match wanted
                    .strip_prefix('{')
                    .and_then(|rest| rest.strip_suffix('}'))
                {
                    Some(name) => self
                        .path_parameters
                        .get(name)
                        .is_none_or(|matcher| matcher.accepts(Some(&encode::decode(given)))),
                    None => wanted == given,
                }
            })
    }
}

/// The folder of the fixtures.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("wiremock-fixtures")
}

/// Every mapping file, by path. Read once.
pub(crate) fn all() -> &'static [MappingFile] {
    static FILES: LazyLock<Vec<MappingFile>> = LazyLock::new(read_all);
    &FILES
}

fn read_all() -> Vec<MappingFile> {
    let mut files = Vec::new();
    let mut open = vec![folder().join("mappings")];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                files.push(read(&path));
            }
        }
    }
    files.sort_by(|a, b| (&a.product, &a.action, &a.case).cmp(&(&b.product, &b.action, &b.case)));
    files
}

fn read(path: &Path) -> MappingFile {
    let text = std::fs::read_to_string(path).unwrap();
    let Mappings { mappings } =
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let relative = path.strip_prefix(folder().join("mappings")).unwrap();
    let product = relative.parent().unwrap().to_str().unwrap().to_owned();
    let name = path.file_stem().unwrap().to_str().unwrap();
    let (action, case) = name.split_once('.').unwrap_or((name, ""));
    MappingFile {
        product,
        action: action.to_owned(),
        case: case.to_owned(),
        stubs: mappings,
    }
}

/// What pages after the first answer.
pub(crate) struct Further {
    /// Parameter with the number or offset of the page.
    pub(crate) parameter: String,
    /// Its value for the first page.
    pub(crate) first: String,
    /// What any other page answers.
    pub(crate) rest: Value,
}

/// Mappings with the states of their scenarios, as a running server holds them.
pub(crate) struct Served {
    stubs: Vec<Stub>,
    states: Mutex<BTreeMap<String, String>>,
}

impl Served {
    /// The mappings of all operations, each in its first case.
    pub(crate) fn new(files: &[MappingFile]) -> Self {
        let stubs = files
            .iter()
            .filter(|file| !file.product.is_empty())
            .flat_map(|file| file.stubs.iter().cloned())
            .collect();
        Self {
            stubs,
            states: Mutex::default(),
        }
    }

    /// Chooses the case of an operation.
    #[must_use]
    pub(crate) fn with_case(self, file: &MappingFile) -> Self {
        if let Stub {
            scenario_name: Some(scenario),
            required_scenario_state: Some(state),
            ..
        } = &file.stubs[0]
        {
            self.states
                .lock()
                .unwrap()
                .insert(scenario.clone(), state.clone());
        }
        self
    }

    /// Replaces what a stub answers. With a paging parameter and its first value: only there; further pages are `rest`.
    #[must_use]
    pub(crate) fn with_body(mut self, stub: &str, body: Value, further: Option<Further>) -> Self {
        let found = self
            .stubs
            .iter_mut()
            .find(|held| held.name == stub)
            .unwrap();
        found.response.json_body = body;
        if let Some(Further {
            parameter,
            first,
            rest,
        }) = further
        {
            let mut other = found.clone();
            let is_first = Matcher::EqualTo(first);
            let conditions = &mut other.request.query_parameters;
            conditions.insert(parameter.clone(), Matcher::Not(Box::new(is_first.clone())));
            found.request.query_parameters.insert(parameter, is_first);
            other.response.json_body = rest;
            self.stubs.push(other);
        }
        self
    }

    /// Whether something answers this.
    pub(crate) fn expects(&self, seen: &Seen) -> bool {
        self.find(seen).is_some()
    }

    /// The answer; moves the state of the scenario.
    pub(crate) fn answer(&self, seen: &Seen) -> Option<Answer> {
        let stub = self.find(seen)?;
        if let (Some(scenario), Some(state)) = (&stub.scenario_name, &stub.new_scenario_state) {
            self.states
                .lock()
                .unwrap()
                .insert(scenario.clone(), state.clone());
        }
        Some(stub.response.clone())
    }

    fn find(&self, seen: &Seen) -> Option<&Stub> {
        let states = self.states.lock().unwrap();
        let is_on = |stub: &&Stub| match (&stub.scenario_name, &stub.required_scenario_state) {
            (Some(scenario), Some(required)) => {
                states.get(scenario).map_or(STARTED, String::as_str) == required
            }
            _ => true,
        };
        let fitting: Vec<&Stub> = self
            .stubs
            .iter()
            .filter(is_on)
            .filter(|stub| stub.request.accepts(seen))
            .collect();
        // The real server would take the one that was loaded last; the files must not depend on that.
        assert!(
            fitting.len() <= 1,
            "{} mappings answer {} {}",
            fitting.len(),
            seen.method,
            seen.path
        );
        fitting.first().copied()
    }
}
