//! Lists: page by page, every object once.

use std::collections::HashSet;
use std::sync::Arc;

use futures::stream::{self, BoxStream, StreamExt as _};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use super::client::ClusterClient;
use super::error::{ErrorClass, KubernetesError};

/// Most pages of one list: two million objects at the default page size. More is a server that
/// never ends.
const PAGE_CAP: u32 = 4_000;

/// A kind as the API server addresses it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ApiResourceRef {
    /// API group; empty for the core group.
    pub group: &'static str,
    /// Version: `v1`.
    pub version: &'static str,
    /// Plural name in paths: `pods`.
    pub plural: &'static str,
    /// Kind: `Pod`.
    pub kind: &'static str,
    /// Whether objects live in a namespace.
    pub namespaced: bool,
    /// Whether a cluster may lack the kind: custom kinds that a component installs. Only there
    /// does 404 mean that nothing can be there.
    pub optional: bool,
}

impl ApiResourceRef {
    /// The resource with its group, as access rules name it: `pods`, `deployments.apps`.
    pub fn name(&self) -> String {
        if self.group.is_empty() {
            self.plural.to_owned()
        } else {
            format!("{}.{}", self.plural, self.group)
        }
    }

    /// The path of its objects; in every namespace where none is given.
    pub(super) fn path(&self, namespace: Option<&str>) -> String {
        let root = if self.group.is_empty() {
            format!("/api/{}", self.version)
        } else {
            format!("/apis/{}/{}", self.group, self.version)
        };
        match namespace.filter(|_| self.namespaced) {
            Some(namespace) => format!("{root}/namespaces/{}/{}", escape(namespace), self.plural),
            None => format!("{root}/{}", self.plural),
        }
    }
}

/// Which objects of a kind to list; the default is all.
#[derive(Clone, Debug, Default)]
pub struct ListQuery {
    /// Only this namespace.
    pub namespace: Option<String>,
    /// Only objects with these labels: `app=web,tier!=back`.
    pub label_selector: Option<String>,
    /// Only objects with these fields: `status.phase=Pending`.
    pub field_selector: Option<String>,
}

pub(super) fn escape(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

/// Where a list stands between two pages.
struct Progress {
    client: Arc<ClusterClient>,
    /// The path of the objects and the resource's name, as [`ApiResourceRef`] says them.
    path: String,
    name: String,
    optional: bool,
    query: ListQuery,
    next: Next,
    pages: u32,
    restarted: bool,
    seen: HashSet<String>,
}

enum Next {
    First,
    After(String),
    End,
}

impl ClusterClient {
    /// Every object of a kind, in pages of the options' size, as the server has them.
    ///
    /// When the server forgets the state of the list on the way (410), the list starts again,
    /// once; objects that were given already are not given twice. An error ends the stream, and a
    /// stream that ends without one has given everything. An optional kind that the server does not
    /// serve, by its own discovery, is [`ErrorClass::NotInstalled`].
    pub fn list(
        self: &Arc<Self>,
        resource: &ApiResourceRef,
        query: ListQuery,
    ) -> BoxStream<'static, Result<Value, KubernetesError>> {
        let path = resource.path(query.namespace.as_deref());
        self.list_at(path, resource.name(), resource.optional, query)
    }

    /// The same for a resource that only discovery knows.
    pub(super) fn list_at(
        self: &Arc<Self>,
        path: String,
        name: String,
        optional: bool,
        query: ListQuery,
    ) -> BoxStream<'static, Result<Value, KubernetesError>> {
        let progress = Progress {
            client: Arc::clone(self),
            path,
            name,
            optional,
            query,
            next: Next::First,
            pages: 0,
            restarted: false,
            seen: HashSet::new(),
        };
        stream::unfold(progress, |mut progress| async move {
            let items: Vec<Result<Value, KubernetesError>> = match progress.advance().await? {
                Ok(items) => items.into_iter().map(Ok).collect(),
                Err(error) => {
                    progress.next = Next::End;
                    vec![Err(error)]
                }
            };
            Some((stream::iter(items), progress))
        })
        .flatten()
        .boxed()
    }
}

impl Progress {
    /// The new objects of the next page; `None` after the last.
    async fn advance(&mut self) -> Option<Result<Vec<Value>, KubernetesError>> {
        let token = match &self.next {
            Next::End => return None,
            Next::First => None,
            Next::After(token) => Some(token.clone()),
        };
        if self.pages == PAGE_CAP {
            return Some(Err(self.error(ErrorClass::Endless)));
        }
        self.pages += 1;
        let path = self.request_path(token.as_deref());
        let answer = match self.client.read_path("list", &self.name, &path).await {
            Ok(answer) => answer,
            Err(error) if error.class == ErrorClass::Expired && !self.restarted => {
                self.restarted = true;
                self.next = Next::First;
                return Some(Ok(Vec::new()));
            }
            Err(mut error) => {
                if error.class == ErrorClass::NotFound
                    && self.optional
                    && matches!(self.client.is_not_served(&self.path).await, Ok(true))
                {
                    error.class = ErrorClass::NotInstalled;
                }
                return Some(Err(error));
            }
        };
        let Some(page) = read_page(answer) else {
            return Some(Err(self.error(ErrorClass::Decode)));
        };
        self.next = match page.continue_token {
            // The same token again would never end.
            Some(next) if Some(&next) == token.as_ref() => {
                return Some(Err(self.error(ErrorClass::Endless)));
            }
            Some(next) => Next::After(next),
            None => Next::End,
        };
        let mut items = page.items;
        items.retain(|item| identity(item).is_none_or(|identity| self.seen.insert(identity)));
        Some(Ok(items))
    }

    fn error(&self, class: ErrorClass) -> KubernetesError {
        let request = format!("list {}", self.name);
        KubernetesError::new(class, self.client.server(), &request)
    }

    fn request_path(&self, token: Option<&str>) -> String {
        let mut path = format!("{}?limit={}", self.path, self.client.page_size());
        let parameters = [
            ("labelSelector", self.query.label_selector.as_deref()),
            ("fieldSelector", self.query.field_selector.as_deref()),
            ("continue", token),
        ];
        for (name, value) in parameters {
            if let Some(value) = value {
                path.extend(["&", name, "=", escape(value).as_str()]);
            }
        }
        path
    }
}

struct ListPage {
    items: Vec<Value>,
    continue_token: Option<String>,
}

/// Takes a list apart. A list of nothing may be `null` (a nil slice in Go); no list at all, or a
/// token that is no text, cannot be read.
fn read_page(answer: Value) -> Option<ListPage> {
    let Value::Object(mut answer) = answer else {
        return None;
    };
    let items = match answer.remove("items")? {
        Value::Array(items) => items,
        Value::Null => Vec::new(),
        _ => return None,
    };
    let continue_token = match answer.get("metadata").and_then(|m| m.get("continue")) {
        None | Some(Value::Null) => None,
        Some(Value::String(token)) if token.is_empty() => None,
        Some(Value::String(token)) => Some(token.clone()),
        Some(_) => return None,
    };
    Some(ListPage {
        items,
        continue_token,
    })
}

/// What tells two objects apart; `None` for an item without metadata, which is kept for the reader
/// to complain about.
fn identity(item: &Value) -> Option<String> {
    let metadata = item.get("metadata")?;
    let text = |field: &str| metadata.get(field).and_then(Value::as_str);
    text("uid").map(str::to_owned).or_else(|| {
        let namespace = text("namespace").unwrap_or_default();
        Some(format!("{namespace}/{}", text("name")?))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn paths_follow_group_and_scope() {
        let pods = ApiResourceRef {
            group: "",
            version: "v1",
            plural: "pods",
            kind: "Pod",
            namespaced: true,
            optional: false,
        };
        assert_eq!(pods.path(None), "/api/v1/pods");
        assert_eq!(
            pods.path(Some("my-app")),
            "/api/v1/namespaces/my%2Dapp/pods"
        );
        let configs = ApiResourceRef {
            group: "alibabacloud.com",
            plural: "albconfigs",
            kind: "AlbConfig",
            namespaced: false,
            ..pods
        };
        assert_eq!(
            configs.path(Some("x")),
            "/apis/alibabacloud.com/v1/albconfigs"
        );
        assert_eq!(
            (pods.name(), configs.name()),
            ("pods".into(), "albconfigs.alibabacloud.com".into())
        );
    }

    #[test]
    fn pages_that_are_no_lists_are_not_empty_lists() {
        for (answer, items) in [
            (json!({"items": [{}, {}]}), Some(2)),
            (
                json!({"items": null, "metadata": {"continue": ""}}),
                Some(0),
            ),
            (json!({"metadata": {}}), None),
            (json!({"items": {}}), None),
            (json!({"items": [], "metadata": {"continue": 5}}), None),
            (json!([]), None),
            (json!("x"), None),
        ] {
            assert_eq!(
                read_page(answer.clone()).map(|page| page.items.len()),
                items,
                "{answer}"
            );
        }
    }

    #[test]
    fn objects_are_told_apart_by_uid_then_by_name() {
        let one = json!({"metadata": {"uid": "u", "name": "n"}});
        assert_eq!(identity(&one), Some("u".to_owned()));
        let two = json!({"metadata": {"namespace": "a", "name": "n"}});
        assert_eq!(identity(&two), Some("a/n".to_owned()));
        assert_eq!(identity(&json!({"metadata": {}})), None);
        assert_eq!(identity(&json!(5)), None);
    }
}
