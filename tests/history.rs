//! `history`, `diff` and `--at` as a user types them.
#![expect(clippy::unwrap_used, reason = "helpers of tests are tests")]

#[path = "support/lab.rs"]
mod lab;

use lab::Lab;
use serde_json::Value;

fn talk(lab: &Lab, arguments: &[&str], code: i32) -> String {
    let output = lab.run(arguments);
    let talk = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {talk}");
    talk
}

#[test]
fn whole_scans_are_kept_and_can_be_read_again_without_the_account() {
    let mut lab = Lab::serve("ack-sop", &[]);
    assert!(talk(&lab, &["diff"], 2).contains("No scan is kept"));
    let first = lab.json(&["inventory"], 0);
    assert!(talk(&lab, &["diff"], 2).contains("no other scan"));
    // A look at one type is none to come back to.
    lab.json(&["inventory", "--type", "ecs.disk"], 0);
    lab.json(&["cost"], 0);
    let kept = lab.json(&["history"], 0);
    let scans = kept["data"]["scans"].as_array().unwrap();
    assert_eq!(scans.len(), 2);
    assert_eq!(scans[0]["accounts"][0], "0000000000000042");
    assert_eq!(
        scans[0]["resources"].as_u64().unwrap(),
        first["data"]["resources"].as_array().unwrap().len() as u64
    );
    // Nobody listens there: what is read again needs no network.
    lab.set("YUNSWEEP_ENDPOINT", "http://127.0.0.1:1");
    assert_eq!(
        lab.json(&["inventory", "--at", "1"], 0)["data"],
        first["data"]
    );
    assert_eq!(
        lab.json(&["inventory", "--at", "2099-01-01"], 0)["data"]["resources"],
        first["data"]["resources"]
    );
    assert!(talk(&lab, &["cost", "--at", "2020-01-01"], 2).contains("No scan is kept"));
    assert!(talk(&lab, &["cost", "--at", "7"], 2).contains("no scan 7"));
    assert!(talk(&lab, &["cost", "--at", "yesterday"], 2).contains("2026-11-01"));
    assert!(talk(&lab, &["inventory", "--at", "1", "--from", "x"], 2).contains("--from"));
    let alike = lab.json(&["diff"], 0);
    assert_eq!(alike["data"]["differences"], Value::Array(Vec::new()));
    let words = talk(&lab, &["history", "prune", "--before", "2099-01-01"], 0);
    assert!(words.contains("2 scans were forgotten"), "{words}");
    let kept = lab.json(&["history"], 0);
    assert_eq!(kept["data"]["scans"], Value::Array(Vec::new()));
}

#[test]
fn who_wants_no_history_gets_none() {
    let lab = Lab::serve("ack-sop", &[]);
    let folder = lab.folder().join(".config/yunsweep");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("config.toml"), "history = false\n").unwrap();
    lab.json(&["inventory"], 0);
    assert!(!lab.folder().join(".local/share/yunsweep").exists());
}

#[test]
fn a_history_that_cannot_be_written_is_told_and_costs_no_answer() {
    let lab = Lab::serve("ack-sop", &[]);
    let folder = lab.folder().join(".local/share/yunsweep");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("history.db"), "no database, but a text that somebody put there and that must not be lost: it is longer than the hundred bytes of a header").unwrap();
    let words = talk(&lab, &["inventory"], 0);
    assert!(
        words.contains("was not kept") && words.contains("history.db"),
        "{words}"
    );
    assert!(talk(&lab, &["history"], 2).contains("history.db"));
    let text = std::fs::read_to_string(folder.join("history.db")).unwrap();
    assert!(text.starts_with("no database"));
}

#[test]
fn a_difference_is_told_with_money_and_with_what_nobody_saw() {
    let lab = Lab::serve("ack-sop", &[]);
    let path = |name: &str| lab.folder().join(name).display().to_string();
    let (before, after) = (path("before.json"), path("after.json"));
    lab.json(&["inventory", "--save", &before], 0);
    let edit = |change: &dyn Fn(&mut Value)| {
        let mut snapshot: Value =
            serde_json::from_str(&std::fs::read_to_string(&before).unwrap()).unwrap();
        change(&mut snapshot["inventory"]);
        std::fs::write(&after, snapshot.to_string()).unwrap();
    };
    edit(&|inventory| {
        let resources = inventory["resources"].as_array_mut().unwrap();
        resources.retain(|resource| resource["id"]["type"] != "vpc.nat_gateway");
        for resource in resources {
            if resource["id"]["type"] == "vpc.vpc" {
                resource["status"] = "Pending".into();
            }
        }
    });
    let told = lab.json(&["diff", &before, &after], 0);
    let differences = told["data"]["differences"].as_array().unwrap();
    let of = |what: &str| {
        differences
            .iter()
            .filter(|row| row["difference"] == what)
            .collect::<Vec<_>>()
    };
    let gone = of("vanished");
    assert_eq!(gone.len(), 1);
    assert_eq!(gone[0]["id"]["type"], "vpc.nat_gateway");
    assert!(gone[0]["monthly_before"]["sums"]["CNY"].is_string());
    assert!(gone[0]["monthly_after"].is_null());
    assert!(of("appeared").is_empty());
    assert!(of("changed").iter().any(
        |row| row["changes"][0]["field"] == "status" && row["changes"][0]["after"] == "Pending"
    ));
    // The same without sight: nobody says that it vanished.
    edit(&|inventory| {
        let resources = inventory["resources"].as_array_mut().unwrap();
        resources.retain(|resource| resource["id"]["type"] != "vpc.nat_gateway");
        for row in inventory["coverage"].as_array_mut().unwrap() {
            if row["type"] == "vpc.nat_gateway" {
                row["state"] = "denied".into();
            }
        }
    });
    let told = lab.json(&["diff", &before, &after], 4);
    let differences = told["data"]["differences"].as_array().unwrap();
    assert!(
        differences
            .iter()
            .any(|row| row["difference"] == "unseen_after")
    );
    assert!(
        !differences
            .iter()
            .any(|row| row["difference"] == "vanished")
    );
}
