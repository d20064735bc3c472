//! `inventory --by owner` and `ledger` as a user types them.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests are tests"
)]

#[path = "support/stage.rs"]
mod stage;

use std::collections::BTreeMap;

use serde_json::{Value, json};
use stage::{CLUSTER, Stage};
use yunsweep::output::ExitStatus;

/// How many resources each holder has, by state and cluster.
fn held(answer: &Value) -> BTreeMap<(String, String), usize> {
    let holders = answer["data"]["holders"].as_array().unwrap();
    holders
        .iter()
        .map(|holder| {
            let state = holder["state"].as_str().unwrap().to_owned();
            let cluster = holder["cluster"].as_str().unwrap_or_default().to_owned();
            (
                (state, cluster),
                holder["resources"].as_array().unwrap().len(),
            )
        })
        .collect()
}

#[test]
fn the_inventory_by_owner_tells_clusters_that_are_there_from_those_that_are_gone() {
    let mut stage = Stage::open();
    let before = held(&stage.json(&["inventory", "--by", "owner"], 0));
    let cluster = CLUSTER.to_owned();
    assert!(
        before[&("there".to_owned(), cluster.clone())] > 15,
        "{before:?}"
    );
    assert!(before[&("nobody".to_owned(), String::new())] > 5);
    // The cluster is deleted in a console: column (c) of the laboratory.
    stage.replace(|world| world["clusters"] = json!([]), &[]);
    let after = held(&stage.json(&["inventory", "--by", "owner"], 0));
    assert!(
        after[&("not_listed".to_owned(), cluster.clone())] > 3,
        "{after:?}"
    );
    assert!(!after.contains_key(&("there".to_owned(), cluster.clone())));
    let page = stage.text(&["inventory", "--by", "owner", "--lang", "zh-CN"], 0);
    assert!(page.contains("已不存在"), "{page}");
    // Where clusters cannot be listed, nobody says that one is gone.
    stage.replace(
        |world| world["clusters"] = json!([]),
        &["cs:*=deny".to_owned()],
    );
    let blind = held(&stage.json(&["inventory", "--by", "owner"], 4));
    assert!(
        blind.contains_key(&("unclear".to_owned(), cluster)),
        "{blind:?}"
    );
}

#[test]
fn a_ledger_says_after_a_teardown_what_is_gone_and_what_is_still_there() {
    let stage = Stage::open();
    let ledger = stage.path("ledger.json");
    let saved = stage.json(
        &[
            "ledger",
            "save",
            "--cluster",
            "my-cluster",
            "--save",
            &ledger,
        ],
        0,
    );
    let owned = saved["data"]["owned"].as_array().unwrap().len();
    assert!(owned > 15, "{owned}");
    let (plan, digest) = stage.plan(&["--cluster", CLUSTER]);
    let applied = stage.run_here(&["teardown", "apply", &plan, "--confirm", &digest, "-q"]);
    assert_eq!(applied, ExitStatus::Done);
    let checked = stage.json(&["ledger", "check", &ledger], 0);
    let mut became: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for row in checked["data"]["owned"].as_array().unwrap() {
        let state = row["became"].as_str().unwrap();
        let type_id = row["owned"]["id"]["type"].as_str().unwrap();
        became.entry(state).or_default().push(type_id);
    }
    assert!(became["gone"].contains(&"ack.cluster"), "{became:?}");
    // What holds data stays without its flag.
    assert!(became["there"].contains(&"sls.project"), "{became:?}");
    assert!(!became.contains_key("unclear"), "{became:?}");
    // A cluster that is gone is still known by what it left.
    let left = stage.path("left.json");
    stage.text(
        &["ledger", "save", "--cluster", CLUSTER, "--save", &left],
        0,
    );
    stage.text(
        &["ledger", "save", "--cluster", CLUSTER, "--save", &left],
        5,
    );
    let other = stage.path("other.json");
    stage.text(
        &["ledger", "save", "--cluster", "nope", "--save", &other],
        2,
    );
    stage.text(&["ledger", "check", &plan], 2);
    // An older scan does not say what became of anything.
    let scan = stage.path("scan.json");
    stage.text(&["inventory", "--save", &scan], 0);
    let mut old: Value = serde_json::from_slice(&std::fs::read(&scan).unwrap()).unwrap();
    old["inventory"]["scanned_at"] = json!("2020-01-01T00:00:00Z");
    std::fs::write(&scan, old.to_string()).unwrap();
    let output = stage.run(&["ledger", "check", &ledger, "--from", &scan]);
    let talk = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{talk}");
    assert!(
        talk.contains("2020-01-01T00:00:00Z is older than the ledger"),
        "{talk}"
    );
    let csv = stage.text(&["ledger", "check", &ledger, "-o", "csv"], 0);
    assert!(
        csv.starts_with("record,account,became,type,id,name,region,cluster"),
        "{csv}"
    );
    #[cfg(unix)]
    {
        let nowhere = stage.path("nowhere.json");
        std::os::unix::fs::symlink(stage.path("missing.json"), &nowhere).unwrap();
        stage.text(
            &["ledger", "save", "--cluster", CLUSTER, "--save", &nowhere],
            5,
        );
    }
}

#[test]
fn what_could_not_be_read_when_a_ledger_was_saved_is_said_whenever_it_is_checked() {
    let mut stage = Stage::with(|_| {}, &["ecs:DescribeSnapshots=deny".to_owned()]);
    let ledger = stage.path("ledger.json");
    stage.text(
        &["ledger", "save", "--cluster", CLUSTER, "--save", &ledger],
        4,
    );
    stage.replace(|_| {}, &[]);
    let checked = stage.json(&["ledger", "check", &ledger], 4);
    let holes = checked["data"]["holes"].as_array().unwrap();
    assert!(
        holes.iter().any(|hole| hole["type"] == "ecs.snapshot"),
        "{holes:?}"
    );
    assert!(checked["data"]["clusters"][0]["id"] == CLUSTER);
    let csv = stage.text(&["ledger", "check", &ledger, "-o", "csv"], 4);
    assert!(
        csv.contains(
            "
not_read_then,"
        ),
        "{csv}"
    );
}

#[test]
fn a_region_where_nobody_looks_and_one_where_nobody_expects_anything_are_pointed_out() {
    let mut stage = Stage::open();
    let talk = |stage: &Stage, arguments: &[&str]| {
        let output = stage.run(arguments);
        let talk = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(0), "{talk}");
        talk
    };
    assert_eq!(
        talk(&stage, &["inventory", "--region", "cn-hangzhou", "-q"]),
        ""
    );
    let queue = json!({
        "ResourceType": "ACS::AliKafka::Instance", "ResourceId": "alikafka-1", "RegionId": "cn-shanghai",
    });
    stage.replace(
        |world| world["collections"]["resourcecenter/resource"] = json!([queue]),
        &[],
    );
    let said = talk(&stage, &["inventory", "--region", "cn-hangzhou"]);
    assert!(said.contains("cn-shanghai, which is not asked"), "{said}");
    let said = talk(&stage, &["inventory"]);
    assert!(said.contains("cn-shanghai has one resource"), "{said}");
    let found = stage.json(&["inventory", "--type", "resourcecenter"], 0);
    let unmodelled = &found["data"]["resources"][0];
    assert_eq!(unmodelled["id"]["id"], "ACS::AliKafka::Instance/alikafka-1");
    let cost = stage.json(&["cost", "--region", "cn-hangzhou"], 0);
    assert!(
        cost.to_string().contains("unmodelled"),
        "its cost is unknown, and said"
    );
}
