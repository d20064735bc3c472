//! The table of the scenario `ack-sop`, held against the commands over real HTTP: what is there, whose it is, what it costs.
#![expect(clippy::unwrap_used, reason = "helpers of tests are tests")]

#[path = "support/lab.rs"]
mod lab;

use std::collections::{BTreeMap, BTreeSet};

use lab::Lab;
use rust_decimal::Decimal;
use serde_json::Value;

fn text<'v>(value: &'v Value, pointer: &str) -> &'v str {
    value
        .pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_else(|| panic!("{pointer} in {value:#}"))
}

fn list<'v>(value: &'v Value, pointer: &str) -> &'v [Value] {
    value.pointer(pointer).and_then(Value::as_array).unwrap()
}

/// Amounts by type of the priced lines.
fn amounts(cost: &Value) -> BTreeMap<String, Decimal> {
    let mut sums = BTreeMap::new();
    for line in list(cost, "/data/estimate/lines") {
        if text(line, "/outcome/state") == "priced" {
            let amount: Decimal = text(line, "/outcome/monthly/amount").parse().unwrap();
            let key = text(line, "/resource/type").to_owned();
            *sums.entry(key).or_default() += amount;
        }
    }
    sums
}

fn table(rows: &[(&str, &str)]) -> BTreeMap<String, Decimal> {
    rows.iter()
        .map(|(type_id, amount)| ((*type_id).to_owned(), amount.parse().unwrap()))
        .collect()
}

/// Objects 5, 6 + 16 + 22, 10, 11, 12 + 15, 14, 17, 20 + 21 of the table.
const PRICED: &[(&str, &str)] = &[
    ("alb.load_balancer", "35.28"),
    ("ecs.disk", "90.72"),
    ("ecs.instance", "587.08656"),
    ("ecs.snapshot", "4.80"),
    ("slb.load_balancer", "105.84"),
    ("sls.logstore", "3.56"),
    ("vpc.eip", "43.20"),
    ("vpc.nat_gateway", "165.60"),
];

fn total(cost: &Value) -> Decimal {
    text(cost, "/data/estimate/total/sums/CNY").parse().unwrap()
}

#[test]
fn cost_equals_the_table_with_the_unknown_listed() {
    let lab = Lab::serve("ack-sop", &[]);
    let cost = lab.json(&["cost"], 0);
    assert_eq!(amounts(&cost), table(PRICED));
    assert_eq!(total(&cost), "1036.08656".parse().unwrap());
    let unknown: Vec<&str> = list(&cost, "/data/estimate/lines")
        .iter()
        .filter(|line| text(line, "/outcome/state") == "unknown")
        .map(|line| text(line, "/resource/type"))
        .collect();
    assert_eq!(unknown, ["arms.environment"]);
    assert_eq!(cost["data"]["total_is_at_least"], true);
    let strict = lab.run(&["cost", "--strict"]);
    assert_eq!(strict.status.code(), Some(4));
}

#[test]
fn a_pro_cluster_costs_460_80_more() {
    let lab = Lab::serve("ack-sop-pro", &[]);
    let cost = lab.json(&["cost"], 0);
    let mut expected = table(PRICED);
    expected.insert("ack.cluster".to_owned(), "460.80".parse().unwrap());
    assert_eq!(amounts(&cost), expected);
    assert_eq!(total(&cost), "1496.88656".parse().unwrap());
}

#[test]
fn spot_nodes_have_no_list_price() {
    let lab = Lab::serve("ack-sop-spot", &[]);
    let cost = lab.json(&["cost"], 0);
    let mut expected = table(PRICED);
    expected.remove("ecs.instance");
    assert_eq!(amounts(&cost), expected);
    let unknown = list(&cost, "/data/estimate/lines")
        .iter()
        .filter(|line| text(line, "/outcome/state") == "unknown")
        .filter(|line| text(line, "/resource/type") == "ecs.instance")
        .count();
    assert_eq!(unknown, 2);
}

/// What each type's resources are owned by, as `kind name`, with the table's ids in words.
fn owners(inventory: &Value) -> BTreeMap<String, BTreeSet<String>> {
    let cluster = list(inventory, "/data/resources")
        .iter()
        .find(|resource| text(resource, "/id/type") == "ack.cluster")
        .map(|resource| text(resource, "/id/id").to_owned())
        .unwrap();
    let mut owners: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for resource in list(inventory, "/data/resources") {
        let kind = text(resource, "/owner/kind");
        let of_cluster = match resource.pointer("/owner/cluster").and_then(Value::as_str) {
            Some(id) if id == cluster => " of the cluster",
            Some(_) => " of another cluster",
            None => "",
        };
        let name = match kind {
            "kubernetes_object" => format!(" {}", text(resource, "/owner/name")),
            _ => String::new(),
        };
        owners
            .entry(text(resource, "/id/type").to_owned())
            .or_default()
            .insert(format!("{kind}{name}{of_cluster}"));
    }
    owners
}

#[test]
fn owners_equal_the_table() {
    let lab = Lab::serve("ack-sop", &[]);
    let inventory = lab.json(&["inventory"], 0);
    let owners = owners(&inventory);
    let shown =
        |type_id: &str| -> Vec<&str> { owners[type_id].iter().map(String::as_str).collect() };
    let cluster = "cluster of the cluster";
    let pool = "node_pool of the cluster";
    for (type_id, expected) in [
        ("vpc.vpc", &["none"][..]),
        ("vpc.vswitch", &["none"]),
        ("ack.cluster", &["itself of the cluster"]),
        ("ack.node_pool", &[cluster]),
        ("ecs.instance", &[pool]),
        (
            "ecs.disk",
            &[
                "kubernetes_object PersistentVolumeClaim my-app/my-app-data of the cluster",
                pool,
                "none",
            ],
        ),
        ("ess.scaling_group", &[pool]),
        ("ecs.security_group", &[cluster, "resource"]),
        ("ecs.network_interface", &[cluster]),
        ("slb.load_balancer", &[cluster]),
        ("vpc.nat_gateway", &[cluster]),
        ("vpc.eip", &[cluster, "resource of the cluster"]),
        (
            "alb.load_balancer",
            &["kubernetes_object AlbConfig alb of the cluster"],
        ),
        (
            "alb.server_group",
            &["kubernetes_object Service my-app/my-app of the cluster"],
        ),
        ("sls.project", &[cluster]),
        ("arms.environment", &[cluster]),
        ("cr.namespace", &["none"]),
        ("cr.repository", &["none"]),
        ("ecs.snapshot", &["none"]),
        ("ecs.image", &["none"]),
    ] {
        let mut expected = expected.to_vec();
        expected.sort_unstable();
        assert_eq!(shown(type_id), expected, "{type_id}");
    }
}

#[test]
fn a_saved_inventory_gives_the_same_answers_without_a_network() {
    let lab = Lab::serve("ack-sop", &[]);
    let path = lab.folder().join("lab.json");
    let path = path.to_str().unwrap();
    let live = lab.json(&["inventory", "--save", path], 0);
    let mut offline = Lab::serve("ack-sop", &[]);
    offline.set("YUNSWEEP_ENDPOINT", "http://127.0.0.1:1");
    assert_eq!(offline.json(&["inventory", "--from", path], 0), live);
    let once = offline.json(&["cost", "--from", path], 0);
    assert_eq!(once, offline.json(&["cost", "--from", path], 0));
    assert_eq!(total(&once), "1036.08656".parse().unwrap());
    for format in ["table", "wide", "jsonl", "csv", "markdown"] {
        let output = offline.run(&["cost", "--from", path, "-o", format]);
        assert_eq!(output.status.code(), Some(0), "{format}");
        assert!(!output.stdout.is_empty(), "{format}");
    }
}

fn only<'v>(inventory: &'v Value, type_id: &str) -> &'v Value {
    list(inventory, "/data/resources")
        .iter()
        .find(|resource| text(resource, "/id/type") == type_id)
        .unwrap()
}

#[test]
fn a_cluster_says_what_it_is_how_long_it_is_supported_and_where_to_look_at_it() {
    let lab = Lab::serve("ack-sop", &[]);
    let path = lab.folder().join("lab.json");
    let path = path.to_str().unwrap();
    let cluster_of = |inventory: &Value| only(inventory, "ack.cluster").clone();
    let assumed = lab.json(&["inventory"], 0);
    // Nothing tells on which site the emulator's account is.
    assert!(cluster_of(&assumed).get("console_url").is_none());
    let scan = ["inventory", "--site", "china", "--save", path];
    let inventory = lab.json(&scan, 0);
    let cluster = only(&inventory, "ack.cluster");
    for (name, expected) in [
        ("cluster_kind/text", "managed"),
        ("edition/text", "basic"),
        (
            "intranet_api_server_endpoint/text",
            "https://192.168.0.10:6443",
        ),
        ("version_ends/time", "2026-09-30T00:00:00Z"),
    ] {
        assert_eq!(text(cluster, &format!("/attributes/{name}")), expected);
    }
    assert!(list(cluster, "/attributes/upgrades/text_list").is_empty());
    let pool = only(&inventory, "ack.node_pool");
    let zones = list(pool, "/attributes/zones/text_list");
    assert_eq!(zones, ["cn-hangzhou-h", "cn-hangzhou-i"]);
    let page = format!(
        "https://cs.console.aliyun.com/#/k8s/cluster/{}/v2/info/overview",
        text(cluster, "/id/id")
    );
    assert_eq!(text(cluster, "/console_url"), page);
    assert!(pool.get("console_url").is_none());

    let saved = std::fs::read_to_string(path).unwrap();
    assert!(!saved.contains("console"), "a link follows from the rest");
    let id = text(cluster, "/id/id");
    let why = lab.json(&["why", id, "--from", path], 0);
    assert_eq!(text(&why, "/data/resource/console_url"), page);
    for arguments in [
        &["why", id, "--from", path, "-o", "csv"][..],
        &["why", id, "--from", path, "--lang", "zh-CN"],
        &["inventory", "--from", path, "-o", "wide"],
        &["inventory", "--from", path, "-o", "csv"],
        &["inventory", "--from", path, "-o", "jsonl"],
    ] {
        let output = lab.run(arguments);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        let shown = String::from_utf8(output.stdout).unwrap();
        assert!(shown.contains(&page), "{arguments:?}: {shown}");
    }
}

#[test]
fn a_version_that_nobody_may_ask_about_is_not_known_and_stands_in_the_way_of_nothing() {
    let lab = Lab::serve("ack-sop", &["cs:DescribeKubernetesVersionMetadata=deny"]);
    let inventory = lab.json(&["inventory", "--type", "ack.cluster"], 0);
    let cluster = only(&inventory, "ack.cluster");
    for name in ["version_ends", "upgrades"] {
        assert!(cluster["attributes"].get(name).is_none(), "{name}");
    }
    let row = list(&inventory, "/coverage/rows")
        .iter()
        .find(|row| text(row, "/type") == "ack.cluster" && row.get("reason").is_some())
        .unwrap();
    assert_eq!(text(row, "/state"), "ok");
    assert_eq!(
        text(row, "/missing_permission"),
        "cs:DescribeKubernetesVersionMetadata"
    );
    // It tells people more, and decides nothing.
    lab.json(&["teardown", "plan", "--cluster", "my-cluster"], 0);
}
