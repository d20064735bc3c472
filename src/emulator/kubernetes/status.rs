//! Answers that are not objects: `Status` bodies and the plain text of unknown paths.
//!
//! Shapes follow kubernetes/kubernetes `staging/src/k8s.io/apimachinery/pkg/api/errors/errors.go`;
//! the sentences are ours, because clients decide on code and reason.

use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response, StatusCode};
use hyper::body::Bytes;
use serde_json::{Map, Value, json};

use super::store::Refused;

/// A failure as the API server reports it.
#[derive(Debug, Clone)]
pub(super) struct Failure {
    code: StatusCode,
    reason: &'static str,
    message: String,
    details: Map<String, Value>,
    continue_token: Option<String>,
}

impl Failure {
    fn new(code: StatusCode, reason: &'static str, message: String) -> Self {
        Self {
            code,
            reason,
            message,
            details: Map::new(),
            continue_token: None,
        }
    }

    /// 401: no token, or one that no user has.
    pub(super) fn unauthorized() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "Unauthorized",
            "Unauthorized".to_owned(),
        )
    }

    /// 403: the user may not do this.
    pub(super) fn forbidden(user: &str, verb: &str, target: &Target<'_>) -> Self {
        let Target {
            group,
            plural,
            namespace,
            name,
        } = target;
        let place = namespace.map_or_else(
            || "at the cluster scope".to_owned(),
            |namespace| format!("in the namespace {namespace:?}"),
        );
        let mut failure = Self::new(
            StatusCode::FORBIDDEN,
            "Forbidden",
            format!(
                "{plural} is forbidden: User {user:?} cannot {verb} resource {plural:?} \
                 in API group {group:?} {place}"
            ),
        );
        failure.details = details(group, plural, *name);
        failure
    }

    /// 404 for an object.
    pub(super) fn not_found(target: &Target<'_>) -> Self {
        let Target {
            group,
            plural,
            name,
            ..
        } = target;
        let mut failure = Self::new(
            StatusCode::NOT_FOUND,
            "NotFound",
            format!("{plural} {:?} not found", name.unwrap_or_default()),
        );
        failure.details = details(group, plural, *name);
        failure
    }

    /// 400: the request cannot be read.
    pub(super) fn bad_request(message: String) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BadRequest", message)
    }

    /// 405: the emulator does not do this.
    pub(super) fn method_not_allowed(message: String) -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", message)
    }

    /// What a change that the store refuses is for the client.
    pub(super) fn of_refusal(refused: &Refused, target: &Target<'_>) -> Self {
        let Target {
            group,
            plural,
            namespace,
            name,
        } = target;
        let named = name.unwrap_or_default();
        let with = |code, reason, message: String| {
            let mut failure = Self::new(code, reason, message);
            failure.details = details(group, plural, *name);
            failure
        };
        match refused {
            Refused::NotFound => Self::not_found(target),
            Refused::NamespaceMissing => {
                let target = Target {
                    group: "",
                    plural: "namespaces",
                    namespace: None,
                    name: *namespace,
                };
                Self::not_found(&target)
            }
            // `plugin/pkg/admission/namespace/lifecycle`: only the cause tells it from a missing permission.
            Refused::NamespaceTerminating => {
                let namespace = namespace.unwrap_or_default();
                let mut failure = with(
                    StatusCode::FORBIDDEN,
                    "Forbidden",
                    format!(
                        "{plural} {named:?} is forbidden: namespace {namespace} is being terminated"
                    ),
                );
                let cause = json!([{
                    "reason": "NamespaceTerminating",
                    "message": format!("namespace {namespace} is being terminated"),
                    "field": "metadata.namespace",
                }]);
                failure.details.insert("causes".to_owned(), cause);
                failure
            }
            Refused::AlreadyExists => with(
                StatusCode::CONFLICT,
                "AlreadyExists",
                format!("{plural} {named:?} already exists"),
            ),
            Refused::Conflict(message) => with(
                StatusCode::CONFLICT,
                "Conflict",
                format!("operation on {plural} {named:?} cannot be done: {message}"),
            ),
            Refused::Invalid { field, message } => {
                let mut failure = with(
                    StatusCode::UNPROCESSABLE_ENTITY,
                    "Invalid",
                    format!("{plural} {named:?} is invalid: {field}: {message}"),
                );
                let cause =
                    json!([{"reason": "FieldValueInvalid", "message": message, "field": field}]);
                failure.details.insert("causes".to_owned(), cause);
                failure
            }
            Refused::BadRequest(message) => Self::bad_request(message.clone()),
        }
    }

    /// 503: the cluster has ended, for callers without a socket.
    pub(super) fn unavailable() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "ServiceUnavailable",
            "the cluster is gone".to_owned(),
        )
    }

    /// 415: a patch of a type that is not taken.
    pub(super) fn unsupported_media_type(message: String) -> Self {
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "UnsupportedMediaType",
            message,
        )
    }

    /// 410: the continue token is too old; `restart` is a token for an inconsistent rest.
    pub(super) fn expired(message: String, restart: String) -> Self {
        let mut failure = Self::new(StatusCode::GONE, "Expired", message);
        failure.continue_token = Some(restart);
        failure
    }

    pub(super) fn into_response(self) -> Response<Bytes> {
        let mut metadata = Map::new();
        if let Some(token) = self.continue_token {
            metadata.insert("continue".to_owned(), json!(token));
        }
        let body = json!({
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": metadata,
            "status": "Failure",
            "message": self.message,
            "reason": self.reason,
            "details": self.details,
            "code": self.code.as_u16(),
        });
        json_response(self.code, &body)
    }
}

/// What a request is about.
#[derive(Debug, Clone, Copy)]
pub(super) struct Target<'a> {
    pub(super) group: &'a str,
    pub(super) plural: &'a str,
    pub(super) namespace: Option<&'a str>,
    pub(super) name: Option<&'a str>,
}

fn details(group: &str, plural: &str, name: Option<&str>) -> Map<String, Value> {
    let fields = [
        ("name", name.unwrap_or_default()),
        ("group", group),
        ("kind", plural),
    ];
    fields
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(field, value)| (field.to_owned(), json!(value)))
        .collect()
}

pub(super) fn json_response(code: StatusCode, body: &Value) -> Response<Bytes> {
    response(code, "application/json", body.to_string())
}

/// The answer for a path that nothing serves, also for a custom kind that is not installed: text,
/// not a `Status` (`staging/src/k8s.io/apiserver/pkg/server/mux/pathrecorder.go` ends in Go's
/// `http.NotFound`).
pub(super) fn path_not_found() -> Response<Bytes> {
    response(
        StatusCode::NOT_FOUND,
        "text/plain; charset=utf-8",
        "404 page not found\n".to_owned(),
    )
}

fn response(code: StatusCode, content_type: &'static str, body: String) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = code;
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}
