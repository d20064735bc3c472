//! Which part of a list a call gets, and what the answer says about the rest. The styles and names come from the contract.

use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::errors::Refusal;
use super::route::Call;
use crate::contracts::{PageLimit, Paging};

/// Page size where neither the call nor the vendor's documentation names one.
const USUAL_SIZE: usize = 10;

/// One page.
#[derive(Debug, PartialEq)]
pub(super) struct Page {
    /// The items.
    pub(super) range: Range<usize>,
    /// What the answer says beside them: path and value. Paths that the contract does not know are left out by the caller.
    pub(super) echo: Vec<(String, Value)>,
}

/// What a product does that its contract does not say.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Habits {
    /// Smaller token pages are made this large (ECS: 10).
    pub(super) smallest_token_page: usize,
    /// The only page sizes taken (`PolarDB`).
    pub(super) sizes: Vec<usize>,
    /// Number and size come together or not at all (CLB).
    pub(super) number_with_size: bool,
}

/// The page that a call asks for, out of `total` items.
pub(super) fn page(call: &Call, total: usize, habits: &Habits) -> Result<Page, Refusal> {
    let Some(paging) = &call.operation.paging else {
        return Ok(whole(call, total));
    };
    match paging {
        Paging::Page {
            number,
            size,
            total_answer,
            limit,
        } => numbered(call, total, (number, size, total_answer), *limit, habits),
        Paging::Token {
            size,
            token,
            token_answer,
            limit,
        } => {
            let starts = size
                .as_deref()
                .is_some_and(|size| call.argument(size).is_some());
            let both = token_or_number(call);
            if let Some((number, number_size)) = both
                && !starts
                && call.argument(token).is_none_or(str::is_empty)
            {
                return numbered(
                    call,
                    total,
                    (number, number_size, "TotalCount"),
                    *limit,
                    habits,
                );
            }
            by_token(
                call,
                total,
                (size.as_deref(), token, token_answer),
                *limit,
                habits,
                both.is_some(),
            )
        }
        Paging::Marker {
            size,
            marker,
            marker_answer,
            more_answer,
            limit,
        } => {
            let size = self::size(call, size, *limit, habits)?;
            let start = position(call, marker, total)?;
            let end = total.min(start + size);
            let mut echo = vec![(more_answer.clone(), json!(end < total))];
            if end < total {
                echo.push((marker_answer.clone(), json!(token_at(call, marker, end))));
            }
            Ok(Page {
                range: start..end,
                echo,
            })
        }
        Paging::Offset {
            offset,
            size,
            total_answer,
            count_answer,
            limit,
        } => {
            let size = self::size(call, size, *limit, habits)?;
            let start = whole_number(call, offset)?.unwrap_or(0).min(total);
            let end = total.min(start + size);
            let mut echo = Vec::new();
            if let Some(path) = total_answer {
                echo.push((path.clone(), json!(total)));
            }
            if let Some(path) = count_answer {
                echo.push((path.clone(), json!(end - start)));
            }
            Ok(Page {
                range: start..end,
                echo,
            })
        }
    }
}

/// The same place in the list without its items: total and token still say that there are some.
pub(super) fn emptied(call: &Call, mut page: Page, total: usize) -> Page {
    let start = page.range.start;
    page.range = start..start;
    if let Some(Paging::Token {
        token,
        token_answer,
        ..
    }) = &call.operation.paging
        && start < total
    {
        page.echo.retain(|(path, _)| path != token_answer);
        page.echo
            .push((token_answer.clone(), json!(token_at(call, token, start))));
    }
    page
}

/// A list that is not paged; some say how long they are all the same.
fn whole(call: &Call, total: usize) -> Page {
    let echo = ["TotalCount", "Total", "Data.Total", "Data.TotalCount"]
        .into_iter()
        .filter(|path| knows(call, path))
        .map(|path| (path.to_owned(), json!(total)))
        .collect();
    Page {
        range: 0..total,
        echo,
    }
}

fn numbered(
    call: &Call,
    total: usize,
    (number_name, size_name, total_answer): (&str, &str, &str),
    limit: PageLimit,
    habits: &Habits,
) -> Result<Page, Refusal> {
    let given = (call.argument(number_name), call.argument(size_name));
    if habits.number_with_size && matches!(given, (Some(_), None) | (None, Some(_))) {
        return Err(Refusal::invalid_parameter(
            call.family,
            format!("{number_name} and {size_name} must be given together."),
        ));
    }
    let size = size(call, size_name, limit, habits)?;
    let number = whole_number(call, number_name)?.unwrap_or(1);
    if number == 0 {
        return Err(Refusal::invalid_parameter(
            call.family,
            format!("The specified {number_name} is not valid: pages are counted from 1."),
        ));
    }
    let start = total.min((number - 1).saturating_mul(size));
    let end = total.min(start + size);
    let parent = total_answer
        .rsplit_once('.')
        .map_or("", |(parent, _)| parent);
    let beside = |name: &str| {
        if parent.is_empty() {
            name.to_owned()
        } else {
            format!("{parent}.{name}")
        }
    };
    let mut echo = Vec::new();
    for name in [total_answer, "TotalRecordCount"] {
        echo.push((name.to_owned(), json!(total)));
    }
    for name in [number_name, "page_number", "page"] {
        echo.push((beside(name), json!(number)));
    }
    for name in [size_name, "page_size", "pageSize"] {
        echo.push((beside(name), json!(size)));
    }
    echo.push((beside("PageRecordCount"), json!(end - start)));
    echo.retain(|(path, _)| knows(call, path));
    Ok(Page {
        range: start..end,
        echo,
    })
}

fn by_token(
    call: &Call,
    total: usize,
    (size_name, token_name, token_answer): (Option<&str>, &str, &str),
    limit: PageLimit,
    habits: &Habits,
    both: bool,
) -> Result<Page, Refusal> {
    let size = match size_name {
        Some(name) => size(call, name, limit, habits)?.max(habits.smallest_token_page),
        None => limit.default.map_or(USUAL_SIZE, |size| size as usize),
    };
    let start = position(call, token_name, total)?;
    let end = total.min(start + size);
    let mut echo = Vec::new();
    if end < total {
        echo.push((
            token_answer.to_owned(),
            json!(token_at(call, token_name, end)),
        ));
    } else if both {
        // ECS ends with an empty token, the flat products with none.
        echo.push((token_answer.to_owned(), json!("")));
    }
    if let Some(name) = size_name {
        echo.push((name.to_owned(), json!(size)));
    }
    if !both {
        // Where both styles exist the total means nothing in token mode: ECS answers 0 or leaves it out.
        echo.push(("TotalCount".to_owned(), json!(total)));
    }
    echo.retain(|(path, _)| knows(call, path));
    Ok(Page {
        range: start..end,
        echo,
    })
}

/// The page-number parameters of an operation whose contract pages by token but knows both.
fn token_or_number(call: &Call) -> Option<(&'static str, &'static str)> {
    let knows = |name| call.operation.query.field(name).is_some();
    (knows("PageNumber") && knows("PageSize")).then_some(("PageNumber", "PageSize"))
}

fn knows(call: &Call, path: &str) -> bool {
    let mut shape = call.operation.response.as_ref();
    for name in path.split('.') {
        shape = shape.and_then(|shape| shape.field(name));
    }
    shape.is_some()
}

fn size(call: &Call, name: &str, limit: PageLimit, habits: &Habits) -> Result<usize, Refusal> {
    let largest = limit.max.map(|size| size as usize);
    let refuse = |size: usize| {
        Err(Refusal::invalid_parameter(
            call.family,
            format!("The specified {name} is not valid: {size}."),
        ))
    };
    match whole_number(call, name)? {
        None => {
            let usual = limit.default.map_or(USUAL_SIZE, |size| size as usize);
            Ok(if habits.number_with_size && limit.default.is_none() {
                largest.unwrap_or(usual)
            } else {
                usual
            })
        }
        Some(0) => refuse(0),
        Some(size) if largest.is_some_and(|largest| size > largest) => refuse(size),
        Some(size) if !habits.sizes.is_empty() && !habits.sizes.contains(&size) => refuse(size),
        Some(size) => Ok(size),
    }
}

fn whole_number(call: &Call, name: &str) -> Result<Option<usize>, Refusal> {
    match call.argument(name).filter(|text| !text.is_empty()) {
        None => Ok(None),
        Some(text) => text.parse().map(Some).map_err(|_| {
            Refusal::invalid_parameter(
                call.family,
                format!("The specified {name} is not valid: {text}."),
            )
        }),
    }
}

/// Where a token continues. Only a token that this operation gave for the same filters is taken.
fn position(call: &Call, token_name: &str, total: usize) -> Result<usize, Refusal> {
    let Some(token) = call.argument(token_name).filter(|token| !token.is_empty()) else {
        return Ok(0);
    };
    let invalid = || Refusal::invalid_token(call.family);
    let text = URL_SAFE_NO_PAD
        .decode(token)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .ok_or_else(invalid)?;
    let (print, start) = text.split_once('.').ok_or_else(invalid)?;
    if print != fingerprint(call, token_name) {
        return Err(invalid());
    }
    let start: usize = start.parse().map_err(|_| invalid())?;
    Ok(start.min(total))
}

fn token_at(call: &Call, token_name: &str, start: usize) -> String {
    URL_SAFE_NO_PAD.encode(format!("{}.{start}", fingerprint(call, token_name)))
}

/// Operation, region and parameters without the token and the size.
fn fingerprint(call: &Call, token_name: &str) -> String {
    let size = match &call.operation.paging {
        Some(Paging::Token { size, .. }) => size.as_deref().unwrap_or_default(),
        Some(Paging::Marker { size, .. }) => size,
        _ => "",
    };
    let mut named: Vec<(&str, &str)> = call
        .pairs()
        .chain(
            call.named
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str())),
        )
        .filter(|(name, _)| *name != token_name && *name != size)
        .collect();
    named.sort_unstable();
    let mut hash = Sha256::new();
    hash.update(call.operation.label());
    hash.update([0]);
    hash.update(&call.region);
    for (name, value) in named {
        hash.update([0]);
        hash.update(name);
        hash.update([1]);
        hash.update(value);
    }
    hex::encode(hash.finalize()).chars().take(12).collect()
}

#[cfg(test)]
mod tests;
