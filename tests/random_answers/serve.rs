//! A server of random answers: pages as the contract says they are asked for, with one thing wrong at a time.

use std::sync::Mutex;

use futures::future::BoxFuture;
use serde_json::{Map, Value, json};
use yunsweep::contracts::{self, Operation, Paging, Shape};
use yunsweep::openapi::sign::encode;
use yunsweep::resources::Listing;
use yunsweep::transport::{HttpRequest, HttpResponse, Transport, TransportError};

use super::generate::{Habits, Random, odd_value, spoil, value};

/// Requests of one listing, after which it does not end: a few pages, twice, and what completes the items.
pub(crate) const MOST_REQUESTS: usize = 200;

/// The region of every cell; lists answer this region's items.
pub(crate) const REGION: &str = "cn-hangzhou";

/// What is wrong with the answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wrong {
    /// Nothing: what a server may answer.
    Nothing,
    /// Totals are texts, tokens are numbers.
    TextNumbers,
    /// No total, or one that is none.
    NoTotal,
    /// More in the total than there is.
    LargeTotal,
    /// The same page for ever, whatever is asked for.
    SamePage,
    /// The same, and no total that would say that it is not the end.
    SamePageWithoutTotal,
    /// The same token for ever.
    SameToken,
    /// Something else than a list.
    NoList,
    /// Something else than an item among the items.
    NoItem,
    /// An item without a readable id.
    NoId,
    /// Some places of the items.
    Items,
    /// Something else than an answer.
    NoAnswer,
    /// An error whose envelope is odd.
    OddError,
    /// The further operations.
    Details,
    /// A last page without the wrapper of its list, and with what else a page has.
    EmptyPages,
}

/// All of them.
pub(crate) const ALL: &[Wrong] = &[
    Wrong::Nothing,
    Wrong::TextNumbers,
    Wrong::NoTotal,
    Wrong::LargeTotal,
    Wrong::SamePage,
    Wrong::SamePageWithoutTotal,
    Wrong::SameToken,
    Wrong::NoList,
    Wrong::NoItem,
    Wrong::NoId,
    Wrong::Items,
    Wrong::NoAnswer,
    Wrong::OddError,
    Wrong::Details,
    Wrong::EmptyPages,
];

/// What a listing consists of, for the list operation of a type.
pub(crate) struct Server {
    operation: &'static Operation,
    listing: &'static Listing,
    wrong: Wrong,
    habits: Habits,
    pages: Vec<Vec<Value>>,
    state: Mutex<State>,
}

struct State {
    random: Random,
    requests: usize,
}

impl Server {
    /// A server with that wrong, as the seed decides.
    pub(crate) fn new(listing: &'static Listing, wrong: Wrong, seed: u64) -> Self {
        let mut random = Random::new(seed);
        let operation = contracts::operation(listing.product, listing.action).unwrap();
        let habits = Habits {
            without_zero: random.percent(50),
            missing: *random.one(&[0, 10, 50]),
        };
        let response = operation.response.as_ref().unwrap();
        let item = match response.at(listing.items) {
            Some(Shape::Array(item)) => item.as_ref(),
            other => panic!("{} is no list: {other:?}", listing.items),
        };
        let count = if operation.paging.is_none() {
            1
        } else {
            1 + random.below(3)
        };
        let mut number = 0;
        let pages = (0..count)
            .map(|_| {
                (0..=random.below(3))
                    .map(|_| {
                        number += 1;
                        identified(item, listing, number, &mut random, habits)
                    })
                    .collect()
            })
            .collect();
        let mut server = Self {
            operation,
            listing,
            wrong,
            habits,
            pages,
            state: Mutex::new(State {
                random: Random::new(seed ^ 0x5eed),
                requests: 0,
            }),
        };
        server.break_items(&mut random);
        server
    }

    fn break_items(&mut self, random: &mut Random) {
        let at = random.below(self.pages.len());
        let page = &mut self.pages[at];
        let which = random.below(page.len());
        match self.wrong {
            Wrong::NoItem => {
                page[which] = random
                    .one(&[
                        Value::Null,
                        json!({}),
                        json!([]),
                        json!([[]]),
                        json!(true),
                        json!({"Unknown": "x"}),
                    ])
                    .clone();
            }
            Wrong::NoId => {
                let unreadable = random
                    .one(&[
                        Value::Null,
                        json!(""),
                        json!({}),
                        json!(["id"]),
                        json!(false),
                        json!(format!("KubernetesWorkerRole-{}", "9".repeat(10_000))),
                    ])
                    .clone();
                put(&mut page[which], self.listing.id, unreadable);
            }
            Wrong::Items => {
                for _ in 0..=random.below(4) {
                    // The id stays: what becomes of an item without one is the business of `NoId`. So does the region, by which
                    // lists of other regions' items are told apart.
                    let kept = [self.listing.id, "region_id", "RegionId"]
                        .map(|path| (path, at_path(&page[which], path).cloned()));
                    spoil(&mut page[which], random);
                    if !page[which].is_object() {
                        page[which] = json!({});
                    }
                    for (path, value) in kept {
                        if let Some(value) = value {
                            put(&mut page[which], path, value);
                        }
                    }
                }
            }
            _ => {}
        }
    }

    /// The ids of the items that are there and have a readable one.
    pub(crate) fn ids(&self) -> Vec<String> {
        self.pages
            .iter()
            .flatten()
            .filter_map(|item| match item {
                Value::String(name) => Some(name.clone()),
                item => Some(at_path(item, self.listing.id)?.as_str()?.to_owned()),
            })
            .filter(|id| !id.is_empty() && id.len() < 100)
            .collect()
    }

    /// How many items have none.
    pub(crate) fn without_id(&self) -> usize {
        self.pages.iter().flatten().count() - self.ids().len()
    }

    /// Whether an answer says how many items there are.
    pub(crate) fn says_total(&self) -> bool {
        !total_paths(self.operation).is_empty()
    }

    /// Whether the operation is paged by number or offset.
    pub(crate) fn is_numbered(&self) -> bool {
        matches!(
            self.operation.paging,
            Some(Paging::Page { .. } | Paging::Offset { .. })
        )
    }

    /// Whether it is paged by token or marker.
    pub(crate) fn has_token(&self) -> bool {
        matches!(
            self.operation.paging,
            Some(Paging::Token { .. } | Paging::Marker { .. })
        )
    }

    /// How many pages it has.
    pub(crate) fn pages(&self) -> usize {
        self.pages.len()
    }

    /// How often it was asked.
    pub(crate) fn requests(&self) -> usize {
        self.state.lock().unwrap().requests
    }

    /// Whether what comes out may not be zero.
    pub(crate) fn is_without_zero(&self) -> bool {
        self.habits.without_zero
    }

    fn answer(&self, request: &HttpRequest) -> (u16, Vec<u8>) {
        let mut state = self.state.lock().unwrap();
        state.requests += 1;
        assert!(state.requests <= MOST_REQUESTS, "the listing does not end");
        let asked = asked(request, self.operation.product);
        let random = &mut state.random;
        if !std::ptr::eq(asked, self.operation) {
            return self.detail(asked, request, random);
        }
        match self.wrong {
            Wrong::NoAnswer => return (200, no_answer(random)),
            Wrong::OddError => return odd_error(random),
            _ => {}
        }
        let is_same = matches!(self.wrong, Wrong::SamePage | Wrong::SamePageWithoutTotal);
        let index = if is_same { 0 } else { self.index(request) };
        (200, self.page(index, random).to_string().into_bytes())
    }

    /// Which page is asked for.
    fn index(&self, request: &HttpRequest) -> usize {
        let argument = |name: &str| argument(request, name).unwrap_or_default();
        match &self.operation.paging {
            None => 0,
            Some(Paging::Page { number, .. }) => argument(number).parse::<usize>().unwrap() - 1,
            Some(Paging::Offset { offset, .. }) => {
                let start: usize = argument(offset).parse().unwrap();
                let mut before = 0;
                let page = self.pages.iter().position(|page| {
                    before += page.len();
                    before > start
                });
                page.unwrap_or(self.pages.len())
            }
            Some(Paging::Token { token, .. } | Paging::Marker { marker: token, .. }) => {
                let token = argument(token);
                if token.is_empty() {
                    0
                } else {
                    token.trim_start_matches("token-").parse().unwrap_or(1)
                }
            }
        }
    }

    fn page(&self, index: usize, random: &mut Random) -> Value {
        let response = self.operation.response.as_ref().unwrap();
        let items = self.pages.get(index).cloned().unwrap_or_default();
        if self.listing.items.is_empty() {
            return Value::from(items);
        }
        let mut answer = value(response, random, self.habits, 6);
        succeed(&mut answer, response);
        put(&mut answer, self.listing.items, Value::from(items));
        let count: usize = self.pages.iter().map(Vec::len).sum();
        let total = match self.wrong {
            Wrong::TextNumbers => json!(count.to_string()),
            Wrong::NoTotal | Wrong::SamePageWithoutTotal => random
                .one(&[Value::Null, json!("many"), json!({}), json!(-1), json!(1.5)])
                .clone(),
            Wrong::LargeTotal => random
                .one(&[json!(count + 1), json!(1_000_000), json!(u64::MAX)])
                .clone(),
            _ => json!(count),
        };
        for path in total_paths(self.operation) {
            put(&mut answer, &path, total.clone());
        }
        if let Some(
            Paging::Token { token_answer, .. }
            | Paging::Marker {
                marker_answer: token_answer,
                ..
            },
        ) = &self.operation.paging
        {
            let is_last = index + 1 >= self.pages.len();
            let token = match (self.wrong, is_last) {
                (Wrong::SameToken, _) => json!("token-0"),
                (_, true) => random.one(&[Value::Null, json!("")]).clone(),
                (Wrong::TextNumbers, false) => json!(index + 1),
                (_, false) => json!(format!("token-{}", index + 1)),
            };
            if let Some(Paging::Marker { more_answer, .. }) = &self.operation.paging {
                put(
                    &mut answer,
                    more_answer,
                    json!(!is_last || self.wrong == Wrong::SameToken),
                );
            }
            put(&mut answer, token_answer, token);
        }
        match self.wrong {
            Wrong::NoList => self.spoil_list(&mut answer, random),
            Wrong::EmptyPages if index > 0 => {
                put(&mut answer, self.listing.items, Value::Null);
            }
            _ => {}
        }
        answer
    }

    fn spoil_list(&self, answer: &mut Value, random: &mut Random) {
        let keys: Vec<&str> = self.listing.items.split('.').collect();
        let depth = 1 + random.below(keys.len());
        let place = keys[..depth].join(".");
        let instead = random
            .one(&[
                Value::Null,
                json!("text"),
                json!(7),
                json!(true),
                json!({"Unknown": [{"Unknown": 1}]}),
                json!([[]]),
            ])
            .clone();
        if !instead.is_null() || (place == self.listing.items && self.says_total()) {
            put(answer, &place, instead);
        } else if let Value::Object(answer) = answer {
            // An empty list in a wrapper may be written as nothing at all, and only a total tells it from a lost one.
            answer.remove(keys[0]);
        }
    }

    /// The answer to another operation of the type: of its official shape, about the item that was asked for.
    fn detail(
        &self,
        asked: &'static Operation,
        request: &HttpRequest,
        random: &mut Random,
    ) -> (u16, Vec<u8>) {
        if self.wrong == Wrong::Details {
            match random.below(5) {
                0 => return (200, no_answer(random)),
                1 => return odd_error(random),
                2 => return (200, odd_value(random).to_string().into_bytes()),
                _ => {}
            }
        }
        let Some(shape) = &asked.response else {
            return (200, b"{}".to_vec());
        };
        let mut answer = value(shape, random, self.habits, 3);
        succeed(&mut answer, shape);
        if let Shape::Object(fields) = shape {
            // What it is about: the arguments of the request.
            for name in fields.keys() {
                if let Some(said) = argument(request, name) {
                    put(&mut answer, name, json!(said));
                }
            }
        }
        if let Some(paging) = &asked.paging {
            end_after_one_page(&mut answer, paging, asked, request);
        }
        if self.wrong == Wrong::Details {
            spoil(&mut answer, random);
            succeed(&mut answer, shape);
        }
        (200, answer.to_string().into_bytes())
    }
}

impl Transport for Server {
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportError>> {
        let (status, body) = self.answer(&request);
        Box::pin(std::future::ready(Ok(HttpResponse {
            status,
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            body,
        })))
    }
}

/// An item with a readable id of its own, in the region that is listed.
fn identified(
    shape: &Shape,
    listing: &Listing,
    number: usize,
    random: &mut Random,
    habits: Habits,
) -> Value {
    let name = if listing.action == "ListRoles" {
        // Only roles of such names are anybody's business here.
        format!("KubernetesWorkerRole-{number}")
    } else {
        format!("item-{number}")
    };
    let mut item = value(shape, random, habits, 2);
    if !item.is_object() {
        return json!(name);
    }
    put(&mut item, listing.id, json!(name));
    if shape.field("Deleted").is_some() {
        put(&mut item, "Deleted", json!(false));
    }
    // Container Registry tells items apart by an id and names them otherwise.
    for id in ["NamespaceId", "RepoId"] {
        if shape.field(id).is_some() {
            put(&mut item, id, json!(name));
        }
    }
    for region in ["region_id", "RegionId", "regionId", "region"] {
        if shape.field(region).is_some() {
            put(&mut item, region, json!(REGION));
        }
    }
    item
}

/// Makes an answer of a list one of a list with a single page. Random totals, tokens and items would say of every page that there
/// is another one, and a client that believes them asks for ever.
fn end_after_one_page(
    answer: &mut Value,
    paging: &Paging,
    operation: &Operation,
    request: &HttpRequest,
) {
    for path in total_paths(operation) {
        put(answer, &path, Value::Null);
    }
    let place = match paging {
        Paging::Page { number, .. } => number,
        Paging::Offset { offset, .. } => offset,
        Paging::Token { token_answer, .. } => return put(answer, token_answer, Value::Null),
        Paging::Marker {
            marker_answer,
            more_answer,
            ..
        } => {
            put(answer, marker_answer, Value::Null);
            return put(answer, more_answer, json!(false));
        }
    };
    let first = if matches!(paging, Paging::Page { .. }) {
        "1"
    } else {
        "0"
    };
    if argument(request, place).is_some_and(|asked| asked != first) {
        empty_lists(answer);
    }
}

fn empty_lists(value: &mut Value) {
    match value {
        Value::Array(items) => items.clear(),
        Value::Object(fields) => fields.values_mut().for_each(empty_lists),
        _ => {}
    }
}

/// The operation that a request is for.
fn asked(request: &HttpRequest, product: &str) -> &'static Operation {
    if let Some(action) = request.header("x-acs-action") {
        let version = request.header("x-acs-version").unwrap();
        return contracts::products()
            .iter()
            .filter_map(|product| contracts::operation(product, action))
            .find(|operation| operation.version == version)
            .unwrap();
    }
    let (path, query) = request
        .target
        .split_once('?')
        .unwrap_or((&request.target, ""));
    let query = encode::parse_query(query);
    let names: Vec<&str> = query.iter().map(|(name, _)| name.as_str()).collect();
    let in_host = request.host.starts_with("a-project.");
    contracts::match_path(product, &request.method, path, in_host, &names)
        .unwrap()
        .operation
}

/// A query parameter, a form field or a segment of the path.
fn argument(request: &HttpRequest, name: &str) -> Option<String> {
    let query = request
        .target
        .split_once('?')
        .map_or("", |(_, query)| query);
    let form = String::from_utf8_lossy(&request.body);
    [query, &form]
        .iter()
        .flat_map(|text| encode::parse_query(text))
        .find(|(found, _)| found == name)
        .and_then(|(_, value)| value)
}

/// Every place where the contract's answer has the total.
fn total_paths(operation: &Operation) -> Vec<String> {
    let response = operation.response.as_ref().unwrap();
    let mut paths = Vec::new();
    match &operation.paging {
        Some(Paging::Page { total_answer, .. }) => paths.push(total_answer.clone()),
        Some(Paging::Offset {
            total_answer: Some(total_answer),
            ..
        }) => paths.push(total_answer.clone()),
        Some(Paging::Token { token_answer, .. }) => {
            let beside = match token_answer.rsplit_once('.') {
                Some((parent, _)) => format!("{parent}.TotalCount"),
                None => "TotalCount".to_owned(),
            };
            if response.at(&beside).is_some() {
                paths.push(beside);
            }
        }
        _ => {}
    }
    paths
}

/// Makes an answer one that says of itself that it is none of a failure.
fn succeed(answer: &mut Value, shape: &Shape) {
    let Value::Object(object) = answer else {
        return;
    };
    for name in ["IsSuccess", "Success"] {
        if shape.field(name).is_some() {
            object.insert(name.to_owned(), json!(true));
        }
    }
    for name in ["Code", "code", "errorCode"] {
        object.remove(name);
    }
}

fn no_answer(random: &mut Random) -> Vec<u8> {
    let nested = "[".repeat(100_000);
    let texts: &[&[u8]] = &[
        b"",
        b"   ",
        b"null",
        b"true",
        b"7",
        b"\"text\"",
        b"{",
        b"{\"RequestId\": \"x\"",
        b"[]",
        b"{}",
        b"<html><body>proxy</body></html>",
        b"<?xml version=\"1.0\"?><Error><Code>x</Code></Error>",
        b"\xff\xfe\x00",
        b"\xef\xbb\xbf{}",
        nested.as_bytes(),
        b"{\"a\": 1e999999}",
        b"{\"a\": \"\\ud800\"}",
    ];
    random.one(texts).to_vec()
}

fn odd_error(random: &mut Random) -> (u16, Vec<u8>) {
    let status = *random.one(&[301, 400, 401, 403, 404, 405, 409, 418, 422, 499]);
    let body = random
        .one(&[
            json!({}),
            json!([]),
            json!(null),
            json!("text"),
            json!({"Code": 7, "Message": ["x"]}),
            json!({"Code": null, "Message": null}),
            json!({"Code": "", "Message": "\u{202e}x\u{1b}[2J", "RequestId": {"a": 1}}),
            json!({"Code": "Forbidden.RAM", "AccessDeniedDetail": "{not json"}),
            json!({"Code": "Forbidden.RAM", "AccessDeniedDetail": [1]}),
            json!({"code": "StatusForbidden", "message": "9".repeat(100_000)}),
            json!({"errorCode": "Unauthorized", "errorMessage": 5}),
            json!({"Error": {"Code": "x"}}),
        ])
        .clone();
    (status, body.to_string().into_bytes())
}

pub(crate) fn at_path<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    path.split('.').try_fold(value, |value, key| value.get(key))
}

/// Sets the value at a dotted path, and makes the objects on the way.
pub(crate) fn put(value: &mut Value, path: &str, new: Value) {
    let (key, rest) = path.split_once('.').unwrap_or((path, ""));
    if !value.is_object() {
        *value = Value::Object(Map::new());
    }
    let place = value
        .as_object_mut()
        .unwrap()
        .entry(key.to_owned())
        .or_insert(Value::Null);
    if rest.is_empty() {
        *place = new;
    } else {
        put(place, rest, new);
    }
}
