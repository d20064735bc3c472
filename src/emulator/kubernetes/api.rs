//! Requests to the emulated API server: who asks, what for, and the answer.
//!
//! In the order of the real server: authentication (401), access (403), then the object (404).

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use http::header::AUTHORIZATION;
use http::{Method, Request, Response, StatusCode};
use hyper::body::Bytes;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};

use super::access::User;
use super::change::Change;
use super::controllers::{Controllers, Infrastructure};
use super::discovery;
use super::kind::Kind;
use super::selector::{FieldSelector, LabelSelector};
use super::status::{Failure, Target, json_response, path_not_found};
use super::store::{ListError, ListOptions, Part, Store};
use crate::context::{Clock, SystemClock};
use crate::emulator::tally::Tally;

/// The emulated API server without its socket.
pub struct KubernetesApi {
    store: Store,
    users: Vec<User>,
    git_version: String,
    clock: Arc<dyn Clock>,
    sessions: Mutex<HashMap<String, Session>>,
    controllers: Mutex<Controllers>,
    infrastructure: Option<Infrastructure>,
    gone: AtomicBool,
    tally: Tally,
}

/// Whom a temporary token logs in, and until when.
struct Session {
    user: String,
    until: DateTime<Utc>,
}

/// Name of the user whose client certificate the TLS layer verified. Put into the extensions of a
/// request by [`super::KubernetesServer`].
#[derive(Debug, Clone)]
pub struct PeerUser(pub String);

/// What a path names.
enum Path<'a> {
    Version,
    CoreVersions,
    Groups,
    Group(&'a str),
    Resources {
        group: &'a str,
        version: &'a str,
    },
    Objects {
        version: &'a str,
        target: Target<'a>,
        part: Part,
    },
    Unknown,
}

impl KubernetesApi {
    /// An API server over these objects. `git_version` is what `/version` says: `v1.34.1-aliyun.1`.
    pub fn new(store: Store, users: Vec<User>, git_version: &str) -> Self {
        Self {
            store,
            users,
            git_version: git_version.to_owned(),
            clock: Arc::new(SystemClock),
            sessions: Mutex::default(),
            controllers: Mutex::default(),
            infrastructure: None,
            gone: AtomicBool::new(false),
            tally: Tally::default(),
        }
    }

    /// The same with the cloud that the cluster's controllers act on; the objects' time is the cloud's then.
    #[must_use]
    pub(in crate::emulator) fn with_infrastructure(
        mut self,
        infrastructure: Infrastructure,
    ) -> Self {
        self.infrastructure = Some(infrastructure);
        self
    }

    /// The time that objects and controllers go by.
    fn now(&self) -> DateTime<Utc> {
        self.infrastructure
            .as_ref()
            .map_or_else(|| self.clock.now(), Infrastructure::now)
    }

    /// Lets the controllers do what is due.
    pub(in crate::emulator) fn run_controllers(&self) {
        if self.gone.load(Ordering::Relaxed) {
            return;
        }
        self.controllers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .run(&self.store, self.infrastructure.as_ref(), self.now());
    }

    /// Ends the cluster: nothing acts and nothing answers any more, and no finalizer has run.
    pub(in crate::emulator) fn end(&self) {
        self.gone.store(true, Ordering::Relaxed);
    }

    /// The same by another clock; temporary tokens go by it.
    #[must_use]
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Lets this token log the user in until then.
    pub fn admit(&self, token: String, user: &str, until: DateTime<Utc>) {
        let session = Session {
            user: user.to_owned(),
            until,
        };
        self.sessions
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(token, session);
    }

    /// The objects.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The calls about objects that were heard, and how often: `delete apps/deployments`.
    pub fn heard(&self) -> BTreeMap<String, u64> {
        self.tally.counts()
    }

    /// The user of this name.
    pub fn user(&self, name: &str) -> Option<&User> {
        self.users.iter().find(|user| user.name == name)
    }

    /// Answers one request. Every failure is a `Status` body, except for unknown paths.
    pub fn handle(&self, request: &Request<Bytes>) -> Response<Bytes> {
        match &self.infrastructure {
            // Tells all listeners that time has moved, of which this cluster is one.
            Some(infrastructure) => infrastructure.settle(),
            None => self.run_controllers(),
        }
        if self.gone.load(Ordering::Relaxed) {
            return Failure::unavailable().into_response();
        }
        let Some(user) = self.authenticate(request) else {
            return Failure::unauthorized().into_response();
        };
        let segments: Vec<String> = request
            .uri()
            .path()
            .split('/')
            .filter(|segment| !segment.is_empty())
            .map(|segment| percent_decode_str(segment).decode_utf8_lossy().into_owned())
            .collect();
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        let path = read_path(&segments);
        if let Path::Objects {
            version,
            target,
            part,
        } = path
        {
            return self
                .objects(request, user, version, &target, part)
                .unwrap_or_else(Failure::into_response);
        }
        // An unknown path is not found by any method: clients read a 405 as "there, but not like this".
        if request.method() != Method::GET && !matches!(path, Path::Unknown) {
            let message = format!("{} is not served here", request.method());
            return Failure::method_not_allowed(message).into_response();
        }
        let kinds = self.store.kinds();
        let document = match path {
            Path::Version => Some(discovery::version(&self.git_version)),
            Path::CoreVersions => Some(discovery::core_versions()),
            Path::Groups => Some(discovery::groups(&kinds)),
            Path::Group(name) => discovery::group(&kinds, name),
            Path::Resources { group, version } => discovery::resources(&kinds, group, version),
            Path::Objects { .. } | Path::Unknown => None,
        };
        document.map_or_else(path_not_found, |document| {
            json_response(StatusCode::OK, &document)
        })
    }

    fn authenticate(&self, request: &Request<Bytes>) -> Option<&User> {
        if let Some(PeerUser(name)) = request.extensions().get() {
            return self.user(name);
        }
        let token = request
            .headers()
            .get(AUTHORIZATION)?
            .to_str()
            .ok()?
            .strip_prefix("Bearer ")?;
        let sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(session) = sessions.get(token) {
            return (session.until > self.clock.now())
                .then(|| self.user(&session.user))
                .flatten();
        }
        self.users
            .iter()
            .find(|user| user.token.as_deref() == Some(token))
    }

    fn objects(
        &self,
        request: &Request<Bytes>,
        user: &User,
        version: &str,
        target: &Target<'_>,
        part: Part,
    ) -> Result<Response<Bytes>, Failure> {
        let query = read_query(request.uri().query().unwrap_or(""));
        let watch = query
            .get("watch")
            .is_some_and(|value| !matches!(value.as_str(), "false" | "0"));
        let verb = match (request.method(), target.name) {
            (&Method::PATCH | &Method::PUT, None) => {
                let message = format!("{} needs the name of an object", request.method());
                return Err(Failure::method_not_allowed(message));
            }
            (&Method::GET, None) if watch => "watch",
            (&Method::GET, None) => "list",
            (&Method::GET, Some(_)) => "get",
            (&Method::POST, _) => "create",
            (&Method::PUT, _) => "update",
            (&Method::PATCH, _) => "patch",
            (&Method::DELETE, None) => "deletecollection",
            (&Method::DELETE, Some(_)) => "delete",
            (method, _) => {
                let message = format!("{method} is not a method of objects");
                return Err(Failure::method_not_allowed(message));
            }
        };
        self.tally
            .add(format!("{verb} {}/{}", target.group, target.plural));
        if !user.may(verb, target) {
            return Err(Failure::forbidden(&user.name, verb, target));
        }
        let Some(kind) = self.store.kind(target.group, version, target.plural) else {
            return Ok(path_not_found());
        };
        match verb {
            "get" if kind.namespaced == target.namespace.is_some() => self.get(&kind, target),
            "list" if kind.namespaced || target.namespace.is_none() => {
                self.list(&kind, target, &query)
            }
            "get" | "list" => Ok(path_not_found()),
            "watch" => Err(Failure::method_not_allowed(
                "watch is not supported by the emulator".to_owned(),
            )),
            _ => self.change(&kind, target, &query, request, (verb, part)),
        }
    }

    fn change(
        &self,
        kind: &Kind,
        target: &Target<'_>,
        query: &BTreeMap<String, String>,
        request: &Request<Bytes>,
        (verb, part): (&str, Part),
    ) -> Result<Response<Bytes>, Failure> {
        let everywhere = verb == "deletecollection" && target.namespace.is_none();
        let misplaced = kind.namespaced != target.namespace.is_some();
        let unknown = !kind.verbs().contains(&verb)
            || (verb == "create" && target.name.is_some())
            || (part == Part::Status && !kind.has_status())
            || (part == Part::Finalize && kind.kind != "Namespace")
            || (part != Part::Main && !matches!(verb, "update" | "patch"));
        if unknown || (everywhere && kind.namespaced) {
            let message = format!("the server does not allow this method on {}", kind.plural);
            return Err(Failure::method_not_allowed(message));
        }
        if misplaced {
            return Ok(path_not_found());
        }
        let change = Change {
            store: &self.store,
            kind,
            target,
            query,
            request,
            part,
            now: self.now(),
        };
        let answer = match verb {
            "create" => change.create(),
            "update" => change.replace(),
            "patch" => change.patch(),
            "delete" => change.delete(),
            _ => change.delete_collection(&list_options(target, query)?),
        };
        self.run_controllers();
        answer
    }

    fn get(&self, kind: &Kind, target: &Target<'_>) -> Result<Response<Bytes>, Failure> {
        let namespace = target.namespace.unwrap_or("");
        self.store
            .get(kind, namespace, target.name.unwrap_or_default())
            .map(|object| json_response(StatusCode::OK, &object))
            .ok_or_else(|| Failure::not_found(target))
    }

    fn list(
        &self,
        kind: &Kind,
        target: &Target<'_>,
        query: &BTreeMap<String, String>,
    ) -> Result<Response<Bytes>, Failure> {
        let bad = |error: &dyn std::fmt::Display| Failure::bad_request(error.to_string());
        let options = list_options(target, query)?;
        let page = self
            .store
            .list(kind, &options)
            .map_err(|error| match &error {
                ListError::Expired { restart } => {
                    Failure::expired(error.to_string(), restart.clone())
                }
                ListError::InvalidContinue | ListError::FieldNotSupported { .. } => bad(&error),
            })?;
        let mut metadata = Map::new();
        metadata.insert(
            "resourceVersion".to_owned(),
            json!(page.resource_version.to_string()),
        );
        if let Some(token) = page.continue_token {
            metadata.insert("continue".to_owned(), json!(token));
        }
        if let Some(remaining) = page.remaining {
            metadata.insert("remainingItemCount".to_owned(), json!(remaining));
        }
        let items: Vec<Value> = page
            .items
            .into_iter()
            .map(|item| {
                if kind.custom {
                    item
                } else {
                    without_type(item)
                }
            })
            .collect();
        let body = json!({
            "kind": format!("{}List", kind.kind),
            "apiVersion": kind.api_version(),
            "metadata": metadata,
            "items": items,
        });
        Ok(json_response(StatusCode::OK, &body))
    }
}

fn list_options(
    target: &Target<'_>,
    query: &BTreeMap<String, String>,
) -> Result<ListOptions, Failure> {
    let parameter = |name: &str| query.get(name).map_or("", String::as_str);
    let bad = |error: &dyn std::fmt::Display| Failure::bad_request(error.to_string());
    let limit = match parameter("limit") {
        "" => None,
        text => Some(text.parse().map_err(|error| bad(&error))?),
    };
    Ok(ListOptions {
        namespace: target.namespace.map(str::to_owned),
        labels: LabelSelector::parse(parameter("labelSelector")).map_err(|e| bad(&e))?,
        fields: FieldSelector::parse(parameter("fieldSelector")).map_err(|e| bad(&e))?,
        limit,
        continue_token: query.get("continue").cloned(),
    })
}

/// Items in lists of built-in kinds carry no type of their own: the list's says it.
fn without_type(mut item: Value) -> Value {
    if let Some(object) = item.as_object_mut() {
        object.remove("apiVersion");
        object.remove("kind");
    }
    item
}

fn read_path<'a>(segments: &[&'a str]) -> Path<'a> {
    match segments {
        ["version"] => Path::Version,
        ["api"] => Path::CoreVersions,
        ["apis"] => Path::Groups,
        ["apis", group] => Path::Group(group),
        ["api", version] => Path::Resources { group: "", version },
        ["apis", group, version] => Path::Resources { group, version },
        ["api", version, rest @ ..] => object_path("", version, rest),
        ["apis", group, version, rest @ ..] => object_path(group, version, rest),
        _ => Path::Unknown,
    }
}

fn object_path<'a>(group: &'a str, version: &'a str, rest: &[&'a str]) -> Path<'a> {
    let (rest, part) = match rest {
        ["namespaces", _, "status" | "finalize"] => split_part(rest),
        ["namespaces", _, _, _, _] => split_part(rest),
        [first, _, _] if *first != "namespaces" => split_part(rest),
        _ => (rest, Part::Main),
    };
    let (plural, namespace, name) = match *rest {
        // A namespace itself is read below /namespaces, as are the objects in it.
        ["namespaces"] => ("namespaces", None, None),
        ["namespaces", name] => ("namespaces", None, Some(name)),
        ["namespaces", namespace, plural] => (plural, Some(namespace), None),
        ["namespaces", namespace, plural, name] => (plural, Some(namespace), Some(name)),
        [plural] => (plural, None, None),
        [plural, name] => (plural, None, Some(name)),
        // Other subresources (log, scale ...) are not emulated.
        _ => return Path::Unknown,
    };
    let target = Target {
        group,
        plural,
        namespace,
        name,
    };
    Path::Objects {
        version,
        target,
        part,
    }
}

/// Takes a subresource off the end of a path; a path with an unknown one stays whole, and so leads nowhere.
fn split_part<'p, 'a>(path: &'p [&'a str]) -> (&'p [&'a str], Part) {
    match path {
        [rest @ .., "status"] => (rest, Part::Status),
        [rest @ .., "finalize"] => (rest, Part::Finalize),
        _ => (path, Part::Main),
    }
}

fn read_query(query: &str) -> BTreeMap<String, String> {
    let decode = |text: &str| {
        let text = text.replace('+', " ");
        percent_decode_str(&text).decode_utf8_lossy().into_owned()
    };
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        })
        .collect()
}

#[cfg(test)]
mod tests;
