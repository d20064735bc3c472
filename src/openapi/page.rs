//! Follows a list operation page by page, as its contract says pages are asked for.
//!
//! Numbered pages are no snapshot: items made or deleted meanwhile shift the rest. So items are told apart by id, and a
//! listing that ends before the distinct ids reach the total is listed once more; if they still do not add up, the last
//! item of the stream is an error of class [`ErrorClass::Incomplete`]. A stream that ends without error gave everything.

use std::collections::{HashSet, VecDeque};

use futures::StreamExt;
use futures::stream::{self, BoxStream};
use serde_json::Value;

use super::client::Reader;
use super::request::Request;
use super::{ApiError, ErrorClass};
use crate::contracts::{self, Paging};

/// Page size where the vendor documents no largest one; every list operation in the contracts accepts it.
const SAFE_PAGE_SIZE: u32 = 50;
/// No listing has more pages; one that does runs in a circle.
const MOST_PAGES: u32 = 20_000;

/// The pages of one list operation.
pub struct Pages<'a> {
    reader: &'a Reader,
    request: Request,
    items: &'a str,
    id: &'a str,
    paging: Option<&'static Paging>,
    cursor: Cursor,
    buffer: VecDeque<Value>,
    /// Ids given so far, over both passes.
    seen: HashSet<String>,
    /// Ids of this pass.
    seen_in_pass: HashSet<String>,
    is_second_pass: bool,
    tokens: HashSet<String>,
    /// Last total that a page of this pass named beside its token.
    named_total: Option<u64>,
    fetched: u32,
    /// Why the listing ended early; told after the items of the page that showed it.
    error: Option<ApiError>,
}

enum Cursor {
    First,
    Number(u64),
    Token(String),
    Done,
}

/// What a page gave.
#[derive(Clone, Copy)]
struct Page {
    items: usize,
    /// Whether one of them was not given before in this pass.
    has_news: bool,
}

/// What a page says about what follows.
enum Next {
    Page(Cursor),
    End,
    /// Less than the total; without a total: a page that gave nothing new, which a server that ignores the number gives for ever.
    Short {
        total: Option<u64>,
    },
}

impl<'a> Pages<'a> {
    /// Prepares the first page. `items` and `id` are dotted paths, of the list in the answer and of the id in an item.
    pub fn new(reader: &'a Reader, request: Request, items: &'a str, id: &'a str) -> Self {
        let paging = contracts::operation(request.product, &request.action)
            .and_then(|operation| operation.paging.as_ref());
        Self {
            reader,
            request,
            items,
            id,
            paging,
            cursor: Cursor::First,
            buffer: VecDeque::new(),
            seen: HashSet::new(),
            seen_in_pass: HashSet::new(),
            is_second_pass: false,
            tokens: HashSet::new(),
            named_total: None,
            fetched: 0,
            error: None,
        }
    }

    /// The items of all pages.
    pub fn into_stream(self) -> BoxStream<'a, Result<Value, ApiError>> {
        stream::unfold(self, |mut pages| async move {
            loop {
                if let Some(item) = pages.buffer.pop_front() {
                    return Some((Ok(item), pages));
                }
                if let Some(error) = pages.error.take() {
                    return Some((Err(error), pages));
                }
                if matches!(pages.cursor, Cursor::Done) {
                    return None;
                }
                if let Err(error) = pages.fetch().await {
                    pages.cursor = Cursor::Done;
                    pages.error = Some(error);
                }
            }
        })
        .boxed()
    }

    /// Reads the next page into the buffer and moves the cursor.
    async fn fetch(&mut self) -> Result<(), ApiError> {
        self.fetched += 1;
        if self.fetched > MOST_PAGES {
            return Err(self.incomplete("the listing does not end"));
        }
        let answer = self.reader.read(self.page_request()).await?;
        let items = items_at(&answer, self.items, self.total(&answer))
            .ok_or_else(|| self.unreadable(&answer))?;
        let count = items.len();
        let before = self.seen_in_pass.len();
        for item in items {
            let id = id_of(&item, self.id);
            if let Some(id) = &id {
                self.seen_in_pass.insert(id.clone());
            }
            // An item without id is handed on: reading it fails, and that is a hole which must be seen.
            if id.is_none_or(|id| self.seen.insert(id)) {
                self.buffer.push_back(item);
            }
        }
        let page = Page {
            items: count,
            has_news: self.seen_in_pass.len() > before,
        };
        match self.next(&answer, page)? {
            Next::Page(cursor) => self.cursor = cursor,
            Next::End => self.cursor = Cursor::Done,
            Next::Short { .. } if !self.is_second_pass => {
                self.is_second_pass = true;
                self.seen_in_pass.clear();
                self.tokens.clear();
                self.named_total = None;
                self.cursor = Cursor::First;
            }
            Next::Short { total } => {
                let seen = self.seen_in_pass.len();
                let what = match total {
                    Some(total) => {
                        format!("twice {seen} items were listed where the total says {total}")
                    }
                    None => format!(
                        "after {seen} items a page came again, and no total says whether there are more"
                    ),
                };
                return Err(self.incomplete(&what));
            }
        }
        Ok(())
    }

    fn page_size(&self) -> u32 {
        let limit = match self.paging {
            Some(
                Paging::Page { limit, .. }
                | Paging::Token { limit, .. }
                | Paging::Marker { limit, .. }
                | Paging::Offset { limit, .. },
            ) => limit.max,
            None => None,
        };
        limit.unwrap_or(SAFE_PAGE_SIZE)
    }

    fn page_request(&self) -> Request {
        let size = self.page_size().to_string();
        let mut request = self.request.clone();
        match self.paging {
            None => {}
            Some(Paging::Page {
                number,
                size: size_name,
                ..
            }) => {
                let page = if let Cursor::Number(page) = self.cursor {
                    page
                } else {
                    1
                };
                request = request
                    .argument(number, page.to_string())
                    .argument(size_name, size);
            }
            Some(Paging::Offset {
                offset,
                size: size_name,
                ..
            }) => {
                let start = if let Cursor::Number(start) = self.cursor {
                    start
                } else {
                    0
                };
                request = request
                    .argument(offset, start.to_string())
                    .argument(size_name, size);
            }
            Some(Paging::Token {
                token,
                size: size_name,
                ..
            }) => {
                if let Some(size_name) = size_name {
                    request = request.argument(size_name, size);
                }
                if let Cursor::Token(value) = &self.cursor {
                    request = request.argument(token, value);
                }
            }
            Some(Paging::Marker {
                marker,
                size: size_name,
                ..
            }) => {
                request = request.argument(size_name, size);
                if let Cursor::Token(value) = &self.cursor {
                    request = request.argument(marker, value);
                }
            }
        }
        request
    }

    fn total(&self, answer: &Value) -> Option<u64> {
        let path = match self.paging {
            Some(Paging::Page { total_answer, .. }) => total_answer,
            Some(Paging::Offset {
                total_answer: Some(total_answer),
                ..
            }) => total_answer,
            _ => return None,
        };
        number_at(answer, path)
    }

    /// `TotalCount` beside the token, where the contract has it. With tokens it may be 0 or absent whatever exists (ECS),
    /// which says nothing; more than was listed says that something is missing.
    fn total_beside(&self, token_answer: &str, answer: &Value) -> Option<u64> {
        let path = match token_answer.rsplit_once('.') {
            Some((parent, _)) => format!("{parent}.TotalCount"),
            None => "TotalCount".to_owned(),
        };
        let operation = contracts::operation(self.request.product, &self.request.action)?;
        operation.response.as_ref()?.at(&path)?;
        number_at(answer, &path).filter(|total| *total > 0)
    }

    fn next(&mut self, answer: &Value, given: Page) -> Result<Next, ApiError> {
        let total = self.total(answer);
        let reached = self.seen_in_pass.len() as u64;
        match self.paging {
            None => Ok(Next::End),
            Some(Paging::Page { .. }) => {
                let page = if let Cursor::Number(page) = self.cursor {
                    page
                } else {
                    1
                };
                Ok(numbered(given, reached, total, Cursor::Number(page + 1)))
            }
            Some(Paging::Offset { .. }) => {
                let start = if let Cursor::Number(start) = self.cursor {
                    start
                } else {
                    0
                };
                Ok(numbered(
                    given,
                    reached,
                    total,
                    Cursor::Number(start + given.items as u64),
                ))
            }
            Some(Paging::Token { token_answer, .. }) => {
                if let Some(total) = self.total_beside(token_answer, answer) {
                    self.named_total = Some(total);
                }
                match (
                    self.follow(text_at(answer, token_answer))?,
                    self.named_total,
                ) {
                    (Next::End, Some(total)) if total > reached => {
                        Ok(Next::Short { total: Some(total) })
                    }
                    (next, _) => Ok(next),
                }
            }
            Some(Paging::Marker {
                marker_answer,
                more_answer,
                ..
            }) => {
                let marker = text_at(answer, marker_answer);
                match (flag_at(answer, more_answer), marker) {
                    (Some(false), _) => Ok(Next::End),
                    (Some(true), None) => {
                        Err(self.incomplete("the server has more and gives no marker to it"))
                    }
                    (_, marker) => self.follow(marker),
                }
            }
        }
    }

    /// A token is opaque: only an empty or absent one ends the listing, and one seen before would never end it.
    fn follow(&mut self, token: Option<String>) -> Result<Next, ApiError> {
        match token {
            None => Ok(Next::End),
            Some(token) if self.tokens.insert(token.clone()) => {
                Ok(Next::Page(Cursor::Token(token)))
            }
            Some(_) => Err(self.incomplete("the server gave the same page token twice")),
        }
    }

    fn incomplete(&self, what: &str) -> ApiError {
        ApiError::local(ErrorClass::Incomplete, &self.request, "", what)
    }

    fn unreadable(&self, answer: &Value) -> ApiError {
        let keys: Vec<&str> = answer
            .as_object()
            .map(|object| object.keys().map(String::as_str).collect())
            .unwrap_or_default();
        let what = format!(
            "the answer has no list at `{}` (it has: {})",
            self.items,
            keys.join(", ")
        );
        ApiError::local(ErrorClass::Decode, &self.request, "", what)
    }
}

/// Numbered pages and offsets end when the distinct ids reach the total, or, without a total, at an empty page. Ids beyond
/// the total prove it wrong: then only a page without news ends the listing. So does a page that came before, which a server
/// that ignores the number gives for ever.
fn numbered(given: Page, reached: u64, total: Option<u64>, next: Cursor) -> Next {
    match total {
        Some(total) if reached == total => Next::End,
        Some(total) if reached > total && !given.has_news => Next::End,
        None if given.items == 0 => Next::End,
        _ if !given.has_news => Next::Short { total },
        _ => Next::Page(next),
    }
}

/// The items of an answer; `None` where the answer does not have the shape of a list.
fn items_at(answer: &Value, path: &str, total: Option<u64>) -> Option<Vec<Value>> {
    if path.is_empty() {
        return answer.as_array().cloned();
    }
    match value_at(answer, path) {
        Some(Value::Array(items)) => Some(items.clone()),
        // Old products answer a list of one as a single object.
        Some(single @ Value::Object(_)) => Some(vec![single.clone()]),
        Some(Value::Null) | None => {
            let wrapper = path
                .rsplit_once('.')
                .and_then(|(wrapper, _)| value_at(answer, wrapper)?.as_object());
            (wrapper.is_some_and(is_empty_list) || total == Some(0)).then(Vec::new)
        }
        Some(_) => None,
    }
}

/// Whether a wrapper without its list is the vendor's way to write an empty one (`{"Disks": {}}`): it holds nothing that could
/// be the list by another name, and no total above zero.
fn is_empty_list(wrapper: &serde_json::Map<String, Value>) -> bool {
    wrapper.iter().all(|(name, value)| {
        let is_total = ["total", "totalcount"].contains(&name.to_ascii_lowercase().as_str());
        match value {
            Value::Null => true,
            Value::Array(_) | Value::Object(_) => false,
            _ => !is_total || number(value) == Some(0),
        }
    })
}

fn value_at<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    path.split('.').try_fold(value, |value, key| value.get(key))
}

fn text_at(value: &Value, path: &str) -> Option<String> {
    match value_at(value, path)? {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn flag_at(value: &Value, path: &str) -> Option<bool> {
    match value_at(value, path)? {
        Value::Bool(flag) => Some(*flag),
        Value::String(text) => text.trim().to_ascii_lowercase().parse().ok(),
        _ => None,
    }
}

fn number_at(value: &Value, path: &str) -> Option<u64> {
    value_at(value, path).and_then(number)
}

fn number(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

fn id_of(item: &Value, path: &str) -> Option<String> {
    // ListLogStores answers plain names.
    if let Value::String(name) = item {
        return Some(name.clone());
    }
    // What has no id of its own is told apart by several fields together: `LoadBalancerId+ListenerPort`.
    let parts: Option<Vec<String>> = path.split('+').map(|path| text_at(item, path)).collect();
    parts.map(|parts| parts.join("+"))
}
