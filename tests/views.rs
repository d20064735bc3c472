//! `lab ls` and `spot` as a user types them.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests are tests"
)]

#[path = "support/lab.rs"]
mod lab;

use lab::Lab;
use serde_json::{Value, json};

const CLUSTER: &str = "c7e1a0c5b2d94f6e8a3b1c0d9e8f70042";

fn page(lab: &Lab, arguments: &[&str], code: i32) -> String {
    let output = lab.run(arguments);
    let talk = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {talk}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn talk(lab: &Lab, arguments: &[&str], code: i32) -> String {
    let output = lab.run(arguments);
    let talk = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {talk}");
    talk
}

/// A scan of the lab, and the same after a change, as paths.
fn snapshot(lab: &Lab, change: impl FnOnce(&mut Value)) -> String {
    let path = |name: &str| lab.folder().join(name).display().to_string();
    let (before, after) = (path("before.json"), path("after.json"));
    lab.json(&["inventory", "--save", &before], 0);
    let mut snapshot: Value =
        serde_json::from_str(&std::fs::read_to_string(&before).unwrap()).unwrap();
    change(&mut snapshot["inventory"]);
    std::fs::write(&after, snapshot.to_string()).unwrap();
    after
}

fn resources(inventory: &mut Value) -> &mut Vec<Value> {
    inventory["resources"].as_array_mut().unwrap()
}

fn ids(values: &Value) -> Vec<&str> {
    let values = values.as_array().unwrap();
    values
        .iter()
        .map(|value| value["id"]["id"].as_str().unwrap())
        .collect()
}

#[test]
fn labs_are_told_by_tag_and_by_name_with_what_is_over_and_what_is_kept() {
    let lab = Lab::serve("ack-sop", &[]);
    let untagged = lab.json(&["lab", "ls"], 0);
    let labs = untagged["data"]["labs"].as_array().unwrap();
    assert_eq!(labs.len(), 1);
    assert!(labs[0]["name"].is_null());
    assert_eq!(labs[0]["clusters"][0]["id"], CLUSTER);
    let tagged = |end: &'static str| {
        snapshot(&lab, move |inventory| {
            for found in resources(inventory) {
                if found["id"]["type"] == "ack.cluster" {
                    found["tags"]["yunsweep.owner"] = "alice".into();
                    found["tags"]["yunsweep.expires-at"] = end.into();
                    found["tags"]["team"] = "blue".into();
                }
                if found["id"]["type"] == "ecs.instance" {
                    found["tags"]["yunsweep.protect"] = "true".into();
                }
            }
        })
    };
    let path = tagged("2020-01-01T00:00:00Z");
    let told = lab.json(&["lab", "ls", "--from", &path], 0);
    let one = &told["data"]["labs"][0];
    assert_eq!(one["name"], "alice");
    assert_eq!(one["owners"], json!(["alice"]));
    assert_eq!(one["is_expired"], true);
    assert_eq!(one["protected"], 2);
    let belongings = one["belongings"].as_array().unwrap().len();
    let owners = lab.json(&["inventory", "--by", "owner", "--from", &path], 0);
    let owned = &owners["data"]["holders"][0]["resources"];
    assert_eq!(belongings, owned.as_array().unwrap().len());
    for (language, words) in [("en", "(expired)"), ("zh-CN", "（已到期）")] {
        let shown = page(&lab, &["lab", "ls", "--from", &path, "--lang", language], 0);
        assert!(shown.contains(words) && shown.contains("alice"), "{shown}");
    }
    let other = lab.json(&["lab", "ls", "--from", &path, "--tag", "team"], 0);
    assert_eq!(other["data"]["labs"][0]["name"], "blue");
    let inventory = lab.json(&["inventory", "--from", &path], 0);
    let name = inventory["data"]["resources"]
        .as_array()
        .unwrap()
        .iter()
        .find(|found| found["id"]["type"] == "ack.cluster")
        .unwrap()["name"]
        .as_str()
        .unwrap()
        .to_owned();
    let prefix = name.chars().take(3).collect::<String>();
    let named = lab.json(&["lab", "ls", "--from", &path, "--name", &prefix], 0);
    assert_eq!(named["data"]["labs"][0]["name"], name.as_str());
    let none = lab.json(&["lab", "ls", "--from", &path, "--name", "zzz"], 0);
    assert!(none["data"]["labs"][0]["name"].is_null());
    let path = tagged("when it is done");
    let told = lab.json(&["lab", "ls", "--from", &path], 0);
    let one = &told["data"]["labs"][0];
    assert_eq!(one["is_expired"], false);
    assert_eq!(one["expires_at_unreadable"], "when it is done");
    assert!(talk(&lab, &["lab", "ls", "--tag", "a", "--name", "b"], 2).contains("--name"));
}

#[test]
fn spot_capacity_is_shown_with_what_is_known_of_its_price() {
    let lab = Lab::serve("ack-sop-spot", &[]);
    let told = lab.json(&["spot"], 0);
    let data = &told["data"];
    assert_eq!(data["pools"].as_array().unwrap().len(), 1);
    assert_eq!(data["pools"][0]["spot_strategy"], "SpotAsPriceGo");
    let instances = data["instances"].as_array().unwrap();
    assert_eq!(instances.len(), 2);
    let plain = Lab::serve("ack-sop", &[]);
    let cost = plain.json(&["cost"], 0);
    let line = cost["data"]["estimate"]["lines"]
        .as_array()
        .unwrap()
        .iter()
        .find(|line| line["product"] == "ecs" && line["item"] == "instance")
        .unwrap();
    let monthly: rust_decimal::Decimal = line["outcome"]["monthly"]["amount"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    for instance in instances {
        // Unknown is never zero, and the on-demand price is the one that the estimate has.
        assert!(instance["spot_price_per_hour"].is_null());
        let hourly: rust_decimal::Decimal = instance["on_demand_price_per_hour"]["amount"]
            .as_str()
            .unwrap()
            .parse()
            .unwrap();
        assert_eq!(hourly * rust_decimal::Decimal::from(720), monthly);
    }
    assert_eq!(data["left_behind"], json!([]));
    assert_eq!(told["warnings"][0]["code"], "spot_price_unknown");
    let nothing = plain.json(&["spot"], 0);
    assert_eq!(nothing["data"]["pools"], json!([]));
    assert_eq!(nothing["data"]["instances"], json!([]));
    assert_eq!(nothing["warnings"], json!([]));
}

#[test]
fn what_is_taken_back_and_what_was_left_is_told_in_both_languages() {
    let lab = Lab::serve("ack-sop-spot", &[]);
    let path = snapshot(&lab, |inventory| {
        let pool = resources(inventory)
            .iter()
            .find(|found| found["id"]["type"] == "ack.node_pool")
            .unwrap()["id"]["id"]
            .clone();
        let mut instances = 0;
        for found in resources(inventory) {
            if found["id"]["type"] == "ecs.instance" {
                instances += 1;
                let locks = if instances == 1 {
                    json!({"text_list": ["Recycling"]})
                } else {
                    json!({"text_list": []})
                };
                found["attributes"]["operation_locks"] = locks;
            }
        }
        let disk = resources(inventory)
            .iter()
            .position(|found| found["id"]["type"] == "ecs.disk")
            .unwrap();
        let mut left = resources(inventory)[disk].clone();
        left["id"]["id"] = "d-left".into();
        left["status"] = "Available".into();
        left["tags"] = json!({"ack.alibabacloud.com/nodepool-id": pool});
        let resources = resources(inventory);
        resources.push(left);
        resources.sort_by_key(|found| {
            let id = &found["id"];
            [&id["account"], &id["region"], &id["type"], &id["id"]]
                .map(|part| part.as_str().unwrap().to_owned())
        });
    });
    let told = lab.json(&["spot", "--from", &path], 0);
    let reclaimed: Vec<bool> = told["data"]["instances"]
        .as_array()
        .unwrap()
        .iter()
        .map(|instance| instance["is_reclaimed"].as_bool().unwrap())
        .collect();
    assert_eq!(reclaimed, [true, false]);
    assert_eq!(ids(&told["data"]["left_behind"]), ["d-left"]);
    for (language, words) in [
        ("en", ["is being taken back", "d-left", "not known"]),
        ("zh-CN", ["正被回收（操作锁", "d-left", "当前价格未知"]),
    ] {
        let shown = page(&lab, &["spot", "--from", &path, "--lang", language], 0);
        for words in words {
            assert!(shown.contains(words), "{shown}");
        }
    }
}
