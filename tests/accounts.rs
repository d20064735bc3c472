//! One run over several accounts: profiles, roles, members of a Resource Directory. Both worlds have the same ids, so that what
//! is told apart by its account alone is.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests are tests"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use yunsweep::emulator::{Emulator, Options, Running, Scenario};

const WORLD: &str = include_str!("../src/emulator/scenarios/ack-sop.json");
const OWN: &str = "0000000000000042";
const OTHER: &str = "0000000000000043";
const ABSENT: &str = "0000000000000044";

struct Organisation {
    runtime: tokio::runtime::Runtime,
    running: Option<Running>,
    home: tempfile::TempDir,
}

fn scenario(folder: &Path, name: &str, world: &Value) -> Scenario {
    let path = folder.join(name);
    std::fs::write(&path, world.to_string()).unwrap();
    Scenario::load(path.to_str().unwrap()).unwrap()
}

impl Organisation {
    /// Two accounts; the directory of the first has both, and one that cannot be entered.
    fn start() -> Self {
        let home = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let mut own: Value = serde_json::from_str(WORLD).unwrap();
        let member =
            |id: &str| json!({"AccountId": id, "DisplayName": "member", "Status": "CreateSuccess"});
        own["collections"]["resourcemanager/account"] =
            json!([member(OWN), member(OTHER), member(ABSENT)]);
        own["collections"]["resourcecenter/resource"] = json!([
            {"ResourceType": "ACS::ECS::Instance", "ResourceId": "i-1", "RegionId": "cn-hangzhou"},
        ]);
        let other: Value = serde_json::from_str(&WORLD.replace(OWN, OTHER)).unwrap();
        let options = Options {
            others: vec![scenario(home.path(), "other.json", &other)],
            time_scale: 0,
            ..Options::default()
        };
        let own = scenario(home.path(), "own.json", &own);
        let running = runtime.block_on(Emulator::start(own, options)).unwrap();
        let keys = running.keys_of(OTHER);
        let profiles = json!({"current": "default", "profiles": [
            {"name": "second", "mode": "AK", "access_key_id": keys.access_key_id, "access_key_secret": keys.access_key_secret},
            {"name": "broken", "mode": "AK", "access_key_id": "nobody", "access_key_secret": "nothing"},
        ]});
        let folder = home.path().join(".aliyun");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("config.json"), profiles.to_string()).unwrap();
        Self {
            runtime,
            running: Some(running),
            home,
        }
    }

    /// What a command prints, and what it says on stderr; it must exit with that code.
    fn run(&self, arguments: &[&str], code: i32) -> (String, String) {
        let environment: BTreeMap<&str, String> = self
            .running
            .as_ref()
            .unwrap()
            .environment()
            .into_iter()
            .collect();
        let output = Command::new(env!("CARGO_BIN_EXE_yunsweep"))
            .args(arguments)
            .env_clear()
            .env("HOME", self.home.path())
            .envs(environment)
            .output()
            .unwrap();
        let talk = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {talk}");
        (String::from_utf8(output.stdout).unwrap(), talk)
    }

    fn json(&self, arguments: &[&str], code: i32) -> Value {
        let (text, _) = self.run(&[arguments, &["-o", "json"]].concat(), code);
        serde_json::from_str(&text).unwrap()
    }
}

impl Drop for Organisation {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            self.runtime.block_on(running.stop());
        }
    }
}

/// How many resources each account has.
fn counts(answer: &Value) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for resource in answer["data"]["resources"].as_array().unwrap() {
        let account = resource["id"]["account"].as_str().unwrap().to_owned();
        *counts.entry(account).or_default() += 1;
    }
    counts
}

fn role(account: &str) -> String {
    format!("acs:ram::{account}:role/reader")
}

#[test]
fn profiles_roles_and_members_are_read_in_one_run() {
    let organisation = Organisation::start();
    let alone = counts(&organisation.json(&["inventory"], 0));
    let of_own = alone[OWN];
    assert_eq!(alone.len(), 1);
    let both = BTreeMap::from([(OWN.to_owned(), of_own), (OTHER.to_owned(), of_own)]);
    let second = role(OTHER);
    for flags in [["--also-profile", "second"], ["--also-role", &second]] {
        let answer = organisation.json(&[&["inventory"], &flags[..]].concat(), 0);
        assert_eq!(counts(&answer), both, "{flags:?}");
        let identities: BTreeSet<&str> = answer["data"]["accounts"]
            .as_array()
            .unwrap()
            .iter()
            .map(|account| account["id"].as_str().unwrap())
            .collect();
        assert_eq!(identities, BTreeSet::from([OWN, OTHER]));
    }
    // Each cluster's own, although both clusters have the same id.
    let path = organisation.home.path().join("both.json");
    let path = path.to_str().unwrap();
    organisation.run(&["inventory", "--also-role", &second, "--save", path], 0);
    let saved: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let links = saved["inventory"]["links"].as_array().unwrap();
    assert!(links.len() > 100, "{}", links.len());
    for link in links {
        assert_eq!(link["from"]["account"], link["to"]["account"]);
    }
    let cost = |arguments: &[&str]| {
        let answer = organisation.json(arguments, 0);
        let total = &answer["data"]["estimate"]["total"]["sums"]["CNY"];
        let total: rust_decimal::Decimal = total.as_str().unwrap().parse().unwrap();
        total
    };
    let one = cost(&["cost"]);
    assert!(one > rust_decimal::Decimal::ZERO);
    assert_eq!(cost(&["cost", "--also-role", &second]), one + one);
    let (_, talk) = organisation.run(&["inventory", "--also-role", "reader"], 2);
    assert!(
        talk.contains("acs:ram::1234567890123456:role/reader"),
        "{talk}"
    );
    // The same account twice is read once, and said.
    let (_, talk) = organisation.run(&["inventory", "--also-role", &role(OWN)], 0);
    assert!(talk.contains("is read already"), "{talk}");
}

#[test]
fn an_account_that_cannot_be_opened_is_a_hole_and_stops_no_other() {
    let organisation = Organisation::start();
    let answer = organisation.json(&["inventory", "--members", "reader"], 4);
    assert_eq!(counts(&answer).len(), 2, "both that can be entered");
    let hole = |answer: &Value, account: &str, word: &str| {
        let rows = answer["coverage"]["rows"].as_array().unwrap();
        let found = rows.iter().find(|row| {
            row["type"] == "ram.identity" && row["cell"]["account"].as_str() == Some(account)
        });
        let found = found.unwrap_or_else(|| panic!("no hole for {account}: {answer}"));
        let reason = found["reason"].as_str().unwrap();
        assert!(reason.contains(word), "{reason}");
    };
    hole(&answer, ABSENT, &role(ABSENT));
    let answer = organisation.json(
        &[
            "inventory",
            "--also-profile",
            "broken",
            "--also-profile",
            "second",
        ],
        4,
    );
    assert_eq!(counts(&answer).len(), 2);
    hole(&answer, OWN, "profile broken");
    // The page names it, and so does a spreadsheet.
    let (page, _) = organisation.run(&["inventory", "--also-profile", "broken"], 4);
    assert!(page.contains("profile broken"), "{page}");
    let (csv, _) = organisation.run(&["inventory", "--also-profile", "broken", "-o", "csv"], 4);
    assert!(csv.contains("ram.identity"), "{csv}");
}

#[test]
fn a_quick_look_asks_only_where_the_index_lists_something_and_says_so() {
    let organisation = Organisation::start();
    let whole = organisation.json(&["inventory"], 0);
    let quick = organisation.json(&["inventory", "--quick"], 4);
    assert_eq!(counts(&quick), counts(&whole), "all is in one region");
    let regions = |answer: &Value| -> BTreeSet<String> {
        let rows = answer["coverage"]["rows"].as_array().unwrap().iter();
        rows.map(|row| row["cell"]["region"].as_str().unwrap().to_owned())
            .collect()
    };
    assert!(regions(&whole).contains("cn-beijing"));
    let asked = BTreeSet::from(["cn-hangzhou".to_owned(), "global".to_owned()]);
    assert_eq!(regions(&quick), asked);
    // Without an index every region is asked.
    let (_, talk) = organisation.run(&["inventory", "--quick", "--also-role", &role(OTHER)], 4);
    assert!(talk.contains("keeps no index"), "{talk}");
    let (page, _) = organisation.run(&["inventory", "--quick"], 4);
    assert!(page.contains("--quick: not asked"), "{page}");
    let (wide, _) = organisation.run(&["inventory", "--quick", "-o", "wide"], 4);
    assert!(wide.contains("lists nothing there: cn-beijing"), "{wide}");
}
