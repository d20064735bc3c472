//! A request as data: which operation, where, with what. Nothing here is signed or sent.

use serde_json::Value;

use super::client::{self, Place};
use crate::model::Region;

/// A call of one operation. Method, path, style and version come from the contract when it is sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// Product code: `ecs`, `cr-personal`.
    pub product: &'static str,
    /// Operation: `DescribeDisks`.
    pub action: String,
    /// Region whose endpoint is asked.
    pub region: Region,
    /// Values of the path's `{names}`, not encoded.
    pub path: Vec<(String, String)>,
    /// Query parameters, flattened (`Tag.1.Key`), not encoded.
    pub query: Vec<(String, String)>,
    /// Parameters that the contract places in a form body, flattened, not encoded.
    pub form: Vec<(String, String)>,
    /// JSON body.
    pub body: Option<Value>,
    /// What the host is prefixed with: the SLS project, the OSS bucket.
    pub host_prefix: Option<String>,
}

impl Request {
    /// A request without parameters.
    pub fn new(product: &'static str, action: impl Into<String>, region: &Region) -> Self {
        Self {
            product,
            action: action.into(),
            region: region.clone(),
            path: Vec::new(),
            query: Vec::new(),
            form: Vec::new(),
            body: None,
            host_prefix: None,
        }
    }

    /// Adds a query parameter.
    #[must_use]
    pub fn query(mut self, name: &str, value: impl Into<String>) -> Self {
        self.query.push((name.to_owned(), value.into()));
        self
    }

    /// Sets the value of a `{name}` in the path.
    #[must_use]
    pub fn path(mut self, name: &str, value: impl Into<String>) -> Self {
        self.path.push((name.to_owned(), value.into()));
        self
    }

    /// Adds a parameter of the form body.
    #[must_use]
    pub fn form(mut self, name: &str, value: impl Into<String>) -> Self {
        self.form.push((name.to_owned(), value.into()));
        self
    }

    /// Sets a parameter wherever the contract places it: in the path, the query, the form or the host.
    #[must_use]
    pub fn argument(self, name: &str, value: impl Into<String>) -> Self {
        match client::place(self.product, &self.action, name) {
            Place::Path => self.path(name, value),
            Place::Form => self.form(name, value),
            Place::Host => self.host_prefix(value),
            Place::Query => self.query(name, value),
        }
    }

    /// Prefixes the host with an SLS project or OSS bucket.
    #[must_use]
    pub fn host_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.host_prefix = Some(prefix.into());
        self
    }
}
