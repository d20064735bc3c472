//! Requests that change objects: bodies and parameters in, the store's methods, the answer out.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use http::header::CONTENT_TYPE;
use http::{Request, Response, StatusCode};
use hyper::body::Bytes;
use serde_json::{Value, json};

use super::kind::Kind;
use super::status::{Failure, Target, json_response};
use super::store::{DeleteOptions, ListOptions, Part, Propagation, Refused, Store};

/// One request that changes something.
pub(super) struct Change<'c> {
    pub(super) store: &'c Store,
    pub(super) kind: &'c Kind,
    pub(super) target: &'c Target<'c>,
    pub(super) query: &'c BTreeMap<String, String>,
    pub(super) request: &'c Request<Bytes>,
    pub(super) part: Part,
    pub(super) now: DateTime<Utc>,
}

type Answer = Result<Response<Bytes>, Failure>;

impl Change<'_> {
    fn namespace(&self) -> &str {
        self.target.namespace.unwrap_or_default()
    }

    fn name(&self) -> &str {
        self.target.name.unwrap_or_default()
    }

    fn refused(&self, refused: &Refused) -> Failure {
        Failure::of_refusal(refused, self.target)
    }

    /// POST to a collection.
    pub(super) fn create(&self) -> Answer {
        let manifest = self.json_body()?;
        let dry_run = self.dry_run()?;
        let named = manifest
            .pointer("/metadata/name")
            .and_then(Value::as_str)
            .map(str::to_owned);
        let target = Target {
            name: named.as_deref(),
            ..*self.target
        };
        if self.kind.kind == "CustomResourceDefinition" && !dry_run {
            self.store.define(&manifest).ok_or_else(|| {
                self.refused(&Refused::BadRequest(
                    "the definition is incomplete".to_owned(),
                ))
            })?;
        }
        self.store
            .create(self.kind, self.namespace(), manifest, self.now, dry_run)
            .map(|object| json_response(StatusCode::CREATED, &object))
            .map_err(|refused| Failure::of_refusal(&refused, &target))
    }

    /// PUT.
    pub(super) fn replace(&self) -> Answer {
        let body = self.json_body()?;
        self.update(|_| Ok(body))
    }

    /// PATCH. Strategic merge patches need each kind's schema for lists, so that those with one are refused, and as on the real
    /// server all for custom kinds. Of the lists only finalizers are merged, which every kind has.
    pub(super) fn patch(&self) -> Answer {
        let content_type = self.content_type();
        let body = self.body()?;
        match content_type {
            "application/merge-patch+json" => self.update(|present| {
                let mut object = present.clone();
                json_patch::merge(&mut object, &body);
                Ok(object)
            }),
            "application/strategic-merge-patch+json"
                if !self.kind.custom && is_without_schema(&body) =>
            {
                self.update(|present| {
                    let mut object = present.clone();
                    json_patch::merge(&mut object, &with_present_finalizers(body, present));
                    Ok(object)
                })
            }
            "application/json-patch+json" => {
                let patch: json_patch::Patch = serde_json::from_value(body)
                    .map_err(|error| Failure::bad_request(error.to_string()))?;
                self.update(|present| {
                    let mut object = present.clone();
                    // A failed test or a missing path: 422 (`endpoints/handlers/patch.go`).
                    json_patch::patch(&mut object, &patch).map_err(|error| Refused::Invalid {
                        field: "patch",
                        message: error.to_string(),
                    })?;
                    Ok(object)
                })
            }
            other => Err(Failure::unsupported_media_type(format!(
                "the body of the request was in an unknown format - accepted media types include: \
                 application/json-patch+json, application/merge-patch+json; not {other:?} (the emulator takes strategic merge \
                 patches of built-in kinds without lists and directives)"
            ))),
        }
    }

    fn update(&self, change: impl FnOnce(&Value) -> Result<Value, Refused>) -> Answer {
        let dry_run = self.dry_run()?;
        self.store
            .update(
                self.kind,
                self.namespace(),
                self.name(),
                self.part,
                dry_run,
                change,
            )
            .map(|object| json_response(StatusCode::OK, &object))
            .map_err(|refused| self.refused(&refused))
    }

    /// DELETE of one object.
    pub(super) fn delete(&self) -> Answer {
        let options = self.delete_options()?;
        let deleted = self
            .store
            .delete(self.kind, self.namespace(), self.name(), &options, self.now)
            .map_err(|refused| self.refused(&refused))?;
        // 202 only for the old parameter; in all other cases 200 says nothing about whether it is gone
        // (`endpoints/handlers/delete.go`).
        let status = if !deleted.gone && options.orphan_dependents == Some(false) {
            StatusCode::ACCEPTED
        } else {
            StatusCode::OK
        };
        if !deleted.gone || RETURNED.contains(&self.target.plural) {
            return Ok(json_response(status, &deleted.object));
        }
        let mut details = json!({
            "name": self.name(),
            "kind": self.target.plural,
            "uid": deleted.object.pointer("/metadata/uid").cloned().unwrap_or_default(),
        });
        if let Some(details) = details.as_object_mut()
            && !self.target.group.is_empty()
        {
            details.insert("group".to_owned(), json!(self.target.group));
        }
        let body = json!({
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Success",
            "details": details,
        });
        Ok(json_response(status, &body))
    }

    /// DELETE of a collection: every object that the selectors choose, each as if it were deleted alone.
    pub(super) fn delete_collection(&self, options: &ListOptions) -> Answer {
        let delete = self.delete_options()?;
        let page = self
            .store
            .list(self.kind, options)
            .map_err(|error| Failure::bad_request(error.to_string()))?;
        for item in &page.items {
            let text = |field: &str| {
                item.pointer(&format!("/metadata/{field}"))
                    .and_then(Value::as_str)
                    .unwrap_or_default()
            };
            match self.store.delete(
                self.kind,
                text("namespace"),
                text("name"),
                &delete,
                self.now,
            ) {
                Ok(_) | Err(Refused::NotFound) => {}
                Err(refused) => return Err(self.refused(&refused)),
            }
        }
        let body = json!({
            "kind": format!("{}List", self.kind.kind),
            "apiVersion": self.kind.api_version(),
            "metadata": {"resourceVersion": page.resource_version.to_string()},
            "items": page.items,
        });
        Ok(json_response(StatusCode::OK, &body))
    }

    /// The body's media type without its parameters; empty where none is given.
    fn content_type(&self) -> &str {
        let header = self.request.headers().get(CONTENT_TYPE);
        let value = header
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        value.split(';').next().unwrap_or_default().trim()
    }

    /// A body that has to be JSON. kubectl sends protobuf for some commands; the real server takes that, and YAML, too.
    fn json_body(&self) -> Result<Value, Failure> {
        match self.content_type() {
            "" | "application/json" => self.body(),
            other => Err(Failure::unsupported_media_type(format!(
                "the emulator takes application/json only, not {other:?}"
            ))),
        }
    }

    fn body(&self) -> Result<Value, Failure> {
        serde_json::from_slice(self.request.body())
            .map_err(|error| Failure::bad_request(format!("the body is not JSON: {error}")))
    }

    /// `dryRun` of the query, which creations and changes go by.
    fn dry_run(&self) -> Result<bool, Failure> {
        match self.query.get("dryRun").map_or("", String::as_str) {
            "" => Ok(false),
            "All" => Ok(true),
            other => Err(self.refused(&bad_dry_run(other))),
        }
    }

    /// `DeleteOptions`: from the body where there is one, and only then from the query. With a body nothing in the query
    /// counts, not even `dryRun` (`staging/src/k8s.io/apiserver/pkg/endpoints/handlers/delete.go`).
    fn delete_options(&self) -> Result<DeleteOptions, Failure> {
        let options = if self.request.body().is_empty() {
            self.options_of_query()
        } else {
            options_of_body(&self.json_body()?)
        }
        .map_err(|refused| self.refused(&refused))?;
        if options.orphan_dependents.is_some() && options.propagation.is_some() {
            return Err(self.refused(&Refused::Invalid {
                field: "propagationPolicy",
                message: "orphanDependents and deletionPropagation cannot be both set".to_owned(),
            }));
        }
        Ok(options)
    }

    fn options_of_query(&self) -> Result<DeleteOptions, Refused> {
        let text = |name: &str| {
            self.query
                .get(name)
                .map(String::as_str)
                .filter(|text| !text.is_empty())
        };
        let unreadable = |name: &str| Refused::BadRequest(format!("{name} cannot be read"));
        Ok(DeleteOptions {
            grace_period_seconds: text("gracePeriodSeconds")
                .map(|text| text.parse().map_err(|_| unreadable("gracePeriodSeconds")))
                .transpose()?,
            orphan_dependents: text("orphanDependents")
                .map(|text| text.parse().map_err(|_| unreadable("orphanDependents")))
                .transpose()?,
            propagation: text("propagationPolicy").map(propagation).transpose()?,
            dry_run: match text("dryRun") {
                None => false,
                Some("All") => true,
                Some(other) => return Err(bad_dry_run(other)),
            },
            ..DeleteOptions::default()
        })
    }
}

/// Where a list of names stands that strategic merge patches add to (`patchStrategy` in apimachinery
/// `pkg/apis/meta/v1/types.go`).
const FINALIZERS: &str = "/metadata/finalizers";

/// Whether a strategic merge patch means what a merge patch of the same text means, its finalizers aside: it has no directive
/// (`$patch` and its like) and no list.
fn is_without_schema(patch: &Value) -> bool {
    fn is_plain(value: &Value, path: &str) -> bool {
        match value {
            Value::Array(list) => path == FINALIZERS && list.iter().all(Value::is_string),
            Value::Object(fields) => fields.iter().all(|(name, value)| {
                !name.starts_with('$') && is_plain(value, &format!("{path}/{name}"))
            }),
            _ => true,
        }
    }
    patch.is_object() && is_plain(patch, "")
}

/// The patch with the finalizers that the object has before those that it adds.
fn with_present_finalizers(mut patch: Value, present: &Value) -> Value {
    if let Some(added) = patch.pointer_mut(FINALIZERS).and_then(Value::as_array_mut) {
        let known = present.pointer(FINALIZERS).and_then(Value::as_array);
        let mut all = known.cloned().unwrap_or_default();
        for finalizer in added.drain(..) {
            if !all.contains(&finalizer) {
                all.push(finalizer);
            }
        }
        *added = all;
    }
    patch
}

/// Kinds whose deletion answers the object and not a `Status` (`ReturnDeletedObject` in `pkg/registry/core/*/storage/storage.go`).
const RETURNED: &[&str] = &[
    "namespaces",
    "persistentvolumeclaims",
    "persistentvolumes",
    "pods",
    "serviceaccounts",
    "services",
];

fn options_of_body(body: &Value) -> Result<DeleteOptions, Refused> {
    let wrong =
        |field: &str| Refused::BadRequest(format!("{field} of the DeleteOptions cannot be read"));
    let Some(body) = body.as_object() else {
        return Err(wrong("the type"));
    };
    if body.get("kind").is_some_and(|kind| kind != "DeleteOptions") {
        return Err(wrong("kind"));
    }
    let field = |name: &str| body.get(name).filter(|value| !value.is_null());
    let precondition = |name: &'static str| {
        field("preconditions")
            .and_then(|preconditions| preconditions.get(name))
            .filter(|value| !value.is_null())
            .map(|value| value.as_str().map(str::to_owned).ok_or_else(|| wrong(name)))
            .transpose()
    };
    let dry_run = match field("dryRun") {
        None => false,
        Some(Value::Array(values)) => {
            if let Some(other) = values.iter().find(|value| *value != "All") {
                return Err(bad_dry_run(&other.to_string()));
            }
            !values.is_empty()
        }
        Some(_) => return Err(wrong("dryRun")),
    };
    Ok(DeleteOptions {
        grace_period_seconds: field("gracePeriodSeconds")
            .map(|value| value.as_i64().ok_or_else(|| wrong("gracePeriodSeconds")))
            .transpose()?,
        uid: precondition("uid")?,
        resource_version: precondition("resourceVersion")?,
        orphan_dependents: field("orphanDependents")
            .map(|value| value.as_bool().ok_or_else(|| wrong("orphanDependents")))
            .transpose()?,
        propagation: field("propagationPolicy")
            .map(|value| propagation(value.as_str().unwrap_or_default()))
            .transpose()?,
        dry_run,
    })
}

fn propagation(text: &str) -> Result<Propagation, Refused> {
    match text {
        "Orphan" => Ok(Propagation::Orphan),
        "Background" => Ok(Propagation::Background),
        "Foreground" => Ok(Propagation::Foreground),
        other => Err(Refused::Invalid {
            field: "propagationPolicy",
            message: format!("{other} is not Foreground, Background, Orphan or nil"),
        }),
    }
}

fn bad_dry_run(value: &str) -> Refused {
    Refused::Invalid {
        field: "dryRun",
        message: format!("unsupported value {value}: supported values: All"),
    }
}
