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

/// Operations of every style: product, action, size parameter and its largest value.
const WALKED: &[(&str, &str, &str, usize)] = &[
    ("vpc", "DescribeVpcs", "PageSize", 50),
    ("slb", "DescribeLoadBalancers", "PageSize", 100),
    ("ecs", "DescribeDisks", "MaxResults", 500),
    ("alb", "ListLoadBalancers", "MaxResults", 100),
    ("eci", "DescribeContainerGroups", "Limit", 20),
    ("ram", "ListRoles", "MaxItems", 100),
    ("sls", "ListProject", "size", 500),
    ("cs", "DescribeClustersV1", "page_size", 50),
];

/// The parameters of the page after this one; `None` after the last.
fn next(call: &Call, page: &Page, number: usize) -> Option<(String, String)> {
    let text = |path: &str| {
        echoed(page, path)
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
    };
    match call.operation.paging.as_ref()? {
        Paging::Page {
            number: name,
            total_answer,
            ..
        } => {
            let total = echoed(page, total_answer)?.as_u64()?;
            (page.range.end < usize::try_from(total).ok()?)
                .then(|| (name.clone(), (number + 1).to_string()))
        }
        Paging::Token {
            token,
            token_answer,
            ..
        } => text(token_answer).map(|next| (token.clone(), next.to_owned())),
        Paging::Marker {
            marker,
            marker_answer,
            ..
        } => text(marker_answer).map(|next| (marker.clone(), next.to_owned())),
        Paging::Offset { offset, .. } => {
            (!page.range.is_empty()).then(|| (offset.clone(), page.range.end.to_string()))
        }
    }
}

proptest::proptest! {
    #[test]
    fn every_style_gives_each_item_once_and_in_order(
        style in 0..WALKED.len(),
        total in 0_usize..700,
        share in 1_usize..=100,
    ) {
        let (product, action, size, largest) = WALKED[style];
        let wanted = (largest * share).div_ceil(100).to_string();
        let mut more: Option<(String, String)> = None;
        let mut seen = Vec::new();
        for number in 1..=1000 {
            let mut query = vec![(size, wanted.as_str())];
            let asked: Option<(String, String)> = more.take();
            if let Some((name, value)) = &asked {
                query.push((name, value));
            } else if product == "slb" || product == "vpc" {
                query.push(("PageNumber", "1"));
            }
            let call = call(product, action, &query);
            let page = page(&call, total, habits(product)).unwrap();
            seen.extend(page.range.clone());
            more = next(&call, &page, number);
            if more.is_none() {
                break;
            }
        }
        proptest::prop_assert_eq!(more, None);
        proptest::prop_assert_eq!(seen, (0..total).collect::<Vec<_>>());
    }
}
