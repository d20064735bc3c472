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
mod tests {
    use super::*;
    use crate::contracts::operation;
    use crate::emulator::errors::Family;
    use crate::emulator::products::products;
    use std::collections::BTreeMap;

    fn call(product: &str, action: &str, query: &[(&str, &str)]) -> Call {
        let operation = operation(product, action).unwrap();
        Call {
            operation,
            family: Family::of(operation.product, operation.style),
            region: "cn-hangzhou".into(),
            named: BTreeMap::new(),
            query: query
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            form: Vec::new(),
            json: None,
        }
    }

    fn habits(product: &str) -> &'static Habits {
        products().habits(product)
    }

    fn ask(product: &str, action: &str, query: &[(&str, &str)], total: usize) -> Page {
        page(&call(product, action, query), total, habits(product)).unwrap()
    }

    fn echoed<'a>(page: &'a Page, path: &str) -> Option<&'a Value> {
        page.echo
            .iter()
            .find(|(known, _)| known == path)
            .map(|(_, value)| value)
    }

    #[test]
    fn numbered_pages_say_number_size_and_total_where_the_contract_has_them() {
        let first = ask(
            "vpc",
            "DescribeVpcs",
            &[("PageNumber", "2"), ("PageSize", "4")],
            9,
        );
        assert_eq!(first.range, 4..8);
        assert_eq!(echoed(&first, "TotalCount"), Some(&json!(9)));
        assert_eq!(echoed(&first, "PageNumber"), Some(&json!(2)));
        assert_eq!(echoed(&first, "PageSize"), Some(&json!(4)));
        assert_eq!(
            ask("vpc", "DescribeVpcs", &[("PageNumber", "9")], 9).range,
            9..9
        );
        let clusters = ask("cs", "DescribeClustersV1", &[("page_size", "2")], 3);
        assert_eq!(echoed(&clusters, "page_info.total_count"), Some(&json!(3)));
        assert_eq!(echoed(&clusters, "page_info.page_size"), Some(&json!(2)));
    }

    /// Walks all pages by token.
    fn walk(product: &str, action: &str, size: &str, total: usize) -> Vec<Range<usize>> {
        let mut token = String::new();
        let mut ranges = Vec::new();
        loop {
            let page = ask(
                product,
                action,
                &[("MaxResults", size), ("NextToken", &token)],
                total,
            );
            let next = echoed(&page, "NextToken")
                .and_then(Value::as_str)
                .unwrap_or("");
            ranges.push(page.range.clone());
            if next.is_empty() {
                return ranges;
            }
            next.clone_into(&mut token);
        }
    }

    #[test]
    fn tokens_lead_through_all_items() {
        assert_eq!(walk("alb", "ListLoadBalancers", "2", 5), [0..2, 2..4, 4..5]);
        assert_eq!(walk("alb", "ListLoadBalancers", "5", 5), vec![0..5; 1]);
        assert_eq!(walk("alb", "ListLoadBalancers", "5", 0), vec![0..0; 1]);
    }

    #[test]
    fn ecs_pages_by_token_only_when_the_first_call_has_max_results() {
        let numbered = ask("ecs", "DescribeDisks", &[], 12);
        assert_eq!(numbered.range, 0..10);
        assert_eq!(echoed(&numbered, "TotalCount"), Some(&json!(12)));
        assert_eq!(echoed(&numbered, "NextToken"), None);
        let token = ask("ecs", "DescribeDisks", &[("MaxResults", "10")], 12);
        assert_eq!(echoed(&token, "TotalCount"), None);
        assert!(echoed(&token, "NextToken").is_some());
        assert_eq!(walk("ecs", "DescribeDisks", "10", 12), [0..10, 10..12]);
    }

    #[test]
    fn ecs_max_results_below_ten_acts_like_ten() {
        assert_eq!(walk("ecs", "DescribeDisks", "3", 12), [0..10, 10..12]);
    }

    #[test]
    fn a_token_is_taken_back_only_for_the_same_question() {
        let first = ask("ecs", "DescribeDisks", &[("MaxResults", "10")], 30);
        let token = echoed(&first, "NextToken").unwrap().as_str().unwrap();
        let again =
            |query: &[(&str, &str)]| page(&call("ecs", "DescribeDisks", query), 30, habits("ecs"));
        assert_eq!(again(&[("NextToken", token)]).unwrap().range, 10..20);
        assert_eq!(
            again(&[("MaxResults", "20"), ("NextToken", token)])
                .unwrap()
                .range,
            10..30
        );
        for query in [
            &[("NextToken", token), ("Status", "Available")][..],
            &[("NextToken", "rubbish"), ("MaxResults", "10")],
        ] {
            assert_eq!(again(query).unwrap_err().code, "InvalidNextToken");
        }
    }

    #[test]
    fn sizes_beyond_the_documented_ones_are_refused() {
        for (product, action, query, code) in [
            (
                "ecs",
                "DescribeInstances",
                ("MaxResults", "101"),
                "InvalidParameter",
            ),
            (
                "vpc",
                "DescribeVpcs",
                ("PageSize", "51"),
                "InvalidParameter",
            ),
            ("vpc", "DescribeVpcs", ("PageSize", "0"), "InvalidParameter"),
            (
                "vpc",
                "DescribeVpcs",
                ("PageNumber", "0"),
                "InvalidParameter",
            ),
            (
                "polardb",
                "DescribeDBClusters",
                ("PageSize", "40"),
                "InvalidParameter",
            ),
            (
                "slb",
                "DescribeLoadBalancers",
                ("PageSize", "40"),
                "InvalidParameter",
            ),
            ("sls", "ListProject", ("size", "501"), "ParameterInvalid"),
        ] {
            let refused = page(&call(product, action, &[query]), 3, habits(product)).unwrap_err();
            assert_eq!(
                (refused.status, refused.code.as_str()),
                (400, code),
                "{action} {query:?}"
            );
        }
    }

    #[test]
    fn offset_marker_and_limit_styles() {
        let offset = ask("sls", "ListProject", &[("offset", "2"), ("size", "2")], 5);
        assert_eq!(offset.range, 2..4);
        assert_eq!(echoed(&offset, "total"), Some(&json!(5)));
        assert_eq!(echoed(&offset, "count"), Some(&json!(2)));
        let first = ask("ram", "ListRoles", &[("MaxItems", "3")], 5);
        assert_eq!(echoed(&first, "IsTruncated"), Some(&json!(true)));
        let marker = echoed(&first, "Marker").unwrap().as_str().unwrap();
        let second = ask(
            "ram",
            "ListRoles",
            &[("MaxItems", "3"), ("Marker", marker)],
            5,
        );
        assert_eq!(second.range, 3..5);
        assert_eq!(echoed(&second, "IsTruncated"), Some(&json!(false)));
        let limit = ask("eci", "DescribeContainerGroups", &[("Limit", "4")], 5);
        assert_eq!(limit.range, 0..4);
        assert!(echoed(&limit, "NextToken").is_some());
    }

    #[test]
    fn what_is_not_paged_comes_whole() {
        let page = ask("arms", "ListEnvironments", &[], 300);
        assert_eq!(page.range, 0..300);
        assert_eq!(echoed(&page, "Data.Total"), Some(&json!(300)));
    }
}
