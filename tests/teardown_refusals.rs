//! What `teardown apply` refuses or stops at, as a user types it, against a running emulator: the documented exit code,
//! nothing sent that changes anything, everything still there, and nothing called gone.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests are tests"
)]

#[path = "support/stage.rs"]
mod stage;

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};
use stage::{ACCOUNT, ALLOWED, CLUSTER, Stage};
use yunsweep::model::{AccountId, Region};
use yunsweep::output::ExitStatus;
use yunsweep::resources::teardown::Call;
use yunsweep::teardown::plan::Action;
use yunsweep::teardown::{Plan, plan_file};

/// A disk that is nobody's: a plan for it alone has one step.
const DISK: &str = "d-bp1laborphan00000001";

/// Runs a command that must end with that code and these words, and hold that nothing was changed and nothing called gone.
fn refused(stage: &Stage, arguments: &[&str], code: i32, says: &[&str]) {
    refused_with(stage, arguments, &[], code, says);
}

fn refused_with(
    stage: &Stage,
    arguments: &[&str],
    variables: &[(&str, &str)],
    code: i32,
    says: &[&str],
) {
    let before = stage.everything();
    let output = stage.run_with(arguments, variables);
    let talk = String::from_utf8_lossy(&output.stderr);
    let answer = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {talk}");
    for word in says {
        assert!(
            talk.contains(word) || answer.contains(word),
            "{arguments:?} does not say {word}: {talk}{answer}"
        );
    }
    assert_eq!(stage.running().changes_heard(), BTreeMap::new());
    assert_eq!(stage.everything(), before);
    assert!(!stage.says_gone(), "{arguments:?} called something gone");
}

/// Applies a plan file with the digest that it has, whatever it has become.
fn apply<'a>(path: &'a str, digest: &'a str) -> [&'a str; 5] {
    ["teardown", "apply", path, "--confirm", digest]
}

/// Saves a changed plan with a digest that fits, as whoever forges one would, and tells its path and digest.
fn forged(stage: &Stage, path: &str, change: impl FnOnce(&mut Plan)) -> (String, String) {
    let mut plan = plan_file::load(Path::new(path)).unwrap().plan;
    change(&mut plan);
    let forged = stage.path("forged.json");
    let digest = plan_file::save(&plan, Path::new(&forged)).unwrap();
    (forged, digest.to_string())
}

#[test]
fn without_the_digest_and_the_users_permission_nothing_is_sent() {
    let stage = Stage::open();
    let (path, digest) = stage.plan(&["--cluster", CLUSTER]);
    refused(&stage, &["teardown", "apply", &path], 5, &[&digest]);
    let shorter = &digest[..digest.len() - 1];
    for wrong in ["", shorter, "plan.json", &digest.to_uppercase()] {
        refused(&stage, &apply(&path, wrong), 5, &[&digest]);
    }
    let variables = [("YUNSWEEP_CONFIRM", digest.as_str())];
    let unconfirmed = ["teardown", "apply", path.as_str()];
    refused_with(&stage, &unconfirmed, &variables, 5, &[&digest]);
    for configuration in [
        "",
        "[accounts.\"0000000000000042\"]\nteardown = false\n",
        "[accounts.\"0000000000000043\"]\nteardown = true\n",
    ] {
        stage.configure(configuration);
        refused(&stage, &apply(&path, &digest), 5, &[ACCOUNT]);
    }
    let chinese = stage.run(&["teardown", "apply", &path, "--lang", "zh-CN"]);
    assert!(String::from_utf8_lossy(&chinese.stderr).contains("未列为可以清理的账号"));
}

#[test]
fn a_plan_made_elsewhere_is_refused_with_both_values() {
    let stage = Stage::open();
    let (path, digest) = stage.plan(&["--cluster", CLUSTER]);
    let command = apply(&path, &digest);
    // The same account behind another address.
    let other = Stage::open();
    let (here, there) = (stage.running().endpoint(), other.running().endpoint());
    refused_with(
        &stage,
        &command,
        &[("YUNSWEEP_ENDPOINT", &there)],
        5,
        &["endpoint", &here, &there],
    );
    assert_eq!(other.running().changes_heard(), BTreeMap::new());
    // Other hosts and another type of hosts at the same address.
    let [teardown, verb, plan, flag, value] = command;
    let inside = [teardown, verb, plan, flag, value, "--endpoint-type", "vpc"];
    refused(&stage, &inside, 5, &["endpoint type", "public", "vpc"]);
    stage.configure(&format!(
        "{ALLOWED}\n[endpoints]\nslb = \"slb.cn-hangzhou.emulator.test\"\n"
    ));
    refused(
        &stage,
        &command,
        5,
        &["host of slb", "official", "slb.cn-hangzhou.emulator.test"],
    );
    let chinese = stage.run(&[&command[..], &["--lang", "zh-CN"]].concat());
    let said = String::from_utf8_lossy(&chinese.stderr).into_owned();
    assert!(said.contains("slb 的主机是 official"), "{said}");
    stage.configure(ALLOWED);
    // The other way round: planned with such a host, and applied without.
    let (forged_path, forged_digest) = forged(&stage, &path, |plan| {
        let host = "cs.cn-hangzhou.emulator.test".to_owned();
        plan.binding.endpoint.hosts.insert("cs".to_owned(), host);
    });
    refused(
        &stage,
        &apply(&forged_path, &forged_digest),
        5,
        &["host of cs", "cs.cn-hangzhou.emulator.test", "official"],
    );
}

#[test]
fn a_plan_of_another_account_or_identity_is_refused() {
    let mut stage = Stage::open();
    let (path, digest) = stage.plan(&["--cluster", CLUSTER]);
    let (forged_path, forged_digest) = forged(&stage, &path, |plan| {
        plan.binding.identity = "acs:ram::0000000000000042:user/other".to_owned();
    });
    let command = apply(&forged_path, &forged_digest);
    refused(&stage, &command, 5, &["identity", "user/other", "user/lab"]);
    let (forged_path, forged_digest) = forged(&stage, &path, |plan| {
        plan.binding.account = AccountId::new("0000000000000043");
    });
    refused(&stage, &apply(&forged_path, &forged_digest), 5, &[]);
    // Another account answers at the same address.
    stage.configure("[accounts.\"0000000000000043\"]\nteardown = true\n");
    stage.replace(
        |world| world["account"]["id"] = json!("0000000000000043"),
        &[],
    );
    let command = apply(&path, &digest);
    refused(
        &stage,
        &command,
        5,
        &["account", ACCOUNT, "0000000000000043"],
    );
}

#[test]
fn an_altered_plan_is_refused_whatever_was_altered() {
    let stage = Stage::open();
    let (path, digest) = stage.plan(&["--cluster", CLUSTER]);
    let whole: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    let first_with = |pointer: &str| {
        let steps = whole["plan"]["steps"].as_array().unwrap();
        let index = steps
            .iter()
            .position(|step| step.pointer(pointer).is_some());
        format!("/plan/steps/{}{pointer}", index.unwrap())
    };
    let action = "/action/calls/0/call/action";
    let amount = "/cost/monthly/0/amount";
    for (pointer, value) in [
        (first_with(action), json!("DeleteInstances")),
        (
            first_with("/action/calls/0/call/region"),
            json!("cn-shanghai"),
        ),
        (first_with("/action/calls/0/purpose"), json!("unprotect")),
        (first_with("/fingerprint/id/id"), json!("d-another")),
        (first_with("/fingerprint/id/region"), json!("cn-shanghai")),
        (
            first_with("/fingerprint/born"),
            json!("2020-01-01T00:00:00Z"),
        ),
        (
            first_with("/fingerprint/charge_type"),
            json!("subscription"),
        ),
        (first_with("/deadline_seconds"), json!(1)),
        (first_with(amount), json!("0.01")),
        ("/plan/kept/0/cost/unknown".to_owned(), json!(7)),
        (
            "/plan/kept/0/refusal/kept".to_owned(),
            json!("unless_named"),
        ),
        (
            "/plan/binding/account".to_owned(),
            json!("0000000000000043"),
        ),
        (
            "/plan/binding/identity".to_owned(),
            json!("acs:ram::1:root"),
        ),
        (
            "/plan/binding/endpoint/connect_to".to_owned(),
            json!("official"),
        ),
        (
            "/plan/binding/endpoint/endpoint_type".to_owned(),
            json!("vpc"),
        ),
        (
            "/plan/binding/read_at".to_owned(),
            json!("2030-01-01T00:00:00Z"),
        ),
        ("/plan/scope/0".to_owned(), json!("--cluster c2")),
        ("/plan/ledger/owned/0/id/id".to_owned(), json!("other")),
        ("/digest".to_owned(), json!("0".repeat(64))),
    ] {
        let mut altered = whole.clone();
        let place = altered.pointer_mut(&pointer);
        let place = place.unwrap_or_else(|| panic!("no {pointer}"));
        let changes = *place != value;
        *place = value;
        if !changes {
            continue;
        }
        hold_altered(&stage, &altered, &digest);
    }
    let mut shorter = whole.clone();
    shorter["plan"]["steps"].as_array_mut().unwrap().remove(0);
    hold_altered(&stage, &shorter, &digest);
    let mut forgetful = whole;
    forgetful["plan"]["kept"] = json!([]);
    hold_altered(&stage, &forgetful, &digest);
}

fn hold_altered(stage: &Stage, altered: &Value, digest: &str) {
    let path = stage.path("altered.json");
    std::fs::write(&path, altered.to_string()).unwrap();
    refused(stage, &apply(&path, digest), 5, &["altered", digest]);
}

#[test]
fn a_forged_plan_whose_digest_fits_has_to_make_sense_all_the_same() {
    let stage = Stage::open();
    let (path, _) = stage.plan(&["--cluster", CLUSTER]);
    let elsewhere = || Region::new("cn-shanghai");
    // The right id in another region: looked for there, it would be taken for gone.
    for moves_calls in [false, true] {
        let (forged_path, digest) = forged(&stage, &path, |plan| {
            let step = plan
                .steps
                .iter_mut()
                .find(|step| step.fingerprint.id.type_id.as_str() == "ack.cluster")
                .unwrap();
            step.fingerprint.id.region = elsewhere();
            if let Action::Calls { calls } = &mut step.action
                && moves_calls
            {
                for planned in calls {
                    for call in std::iter::once(&mut planned.call).chain(&mut planned.undo) {
                        if let Call::Cloud(call) = call {
                            call.region = elsewhere();
                        }
                    }
                }
            }
        });
        let said = if moves_calls {
            "waits for one"
        } else {
            "region"
        };
        refused(&stage, &apply(&forged_path, &digest), 5, &["region", said]);
    }
    let (forged_path, digest) = forged(&stage, &path, |plan| {
        let kept = plan.kept[0].id.clone();
        plan.steps[0].id = yunsweep::teardown::StepId::of(&kept);
        plan.steps[0].fingerprint.id = kept;
    });
    refused(&stage, &apply(&forged_path, &digest), 5, &["kept"]);
}

#[test]
fn a_stale_plan_is_refused() {
    let stage = Stage::open();
    let (path, _) = stage.plan(&["--cluster", CLUSTER]);
    for (hours, said) in [(-25, "stale"), (2, "check the clock")] {
        let (forged_path, digest) = forged(&stage, &path, |plan| {
            plan.binding.read_at += chrono::TimeDelta::hours(hours);
        });
        refused(&stage, &apply(&forged_path, &digest), 5, &[said]);
    }
}

#[test]
fn a_file_that_is_no_plan_is_not_usable() {
    let stage = Stage::open();
    let (path, digest) = stage.plan(&["--cluster", CLUSTER]);
    let whole = std::fs::read_to_string(&path).unwrap();
    let newer = whole.replacen("\"version\": 1", "\"version\": 2", 1);
    assert_ne!(newer, whole);
    let stranger = whole.replacen("\"format\": \"yunsweep-plan\"", "\"format\": \"x\"", 1);
    let half = &whole[..whole.floor_char_boundary(whole.len() / 2)];
    let unknown = whole.replacen("\"scope\":", "\"surprise\": 1,\n    \"scope\":", 1);
    for (text, said) in [
        ("", "not a yunsweep plan"),
        ("{}", "not a yunsweep plan"),
        ("null", "not a yunsweep plan"),
        ("hello", "not a yunsweep plan"),
        (stranger.as_str(), "not a yunsweep plan"),
        (newer.as_str(), "format 2"),
        (half, "damaged"),
        (unknown.as_str(), "damaged"),
    ] {
        let wrong = stage.path("wrong.json");
        std::fs::write(&wrong, text).unwrap();
        refused(&stage, &apply(&wrong, &digest), 2, &[said, "wrong.json"]);
        refused(&stage, &["teardown", "verify", &wrong], 2, &[said]);
    }
    let missing = stage.path("missing.json");
    refused(&stage, &apply(&missing, &digest), 2, &["missing.json"]);
    // A snapshot is none either.
    let snapshot = stage.path("lab.json");
    stage.text(&["inventory", "--save", &snapshot, "--type", "ecs"], 0);
    refused(
        &stage,
        &apply(&snapshot, &digest),
        2,
        &["not a yunsweep plan"],
    );
}

/// Changes one item of a collection of the world.
fn item<'w>(world: &'w mut Value, collection: &str, key: &str, id: &str) -> &'w mut Value {
    let items = world["collections"][collection].as_array_mut().unwrap();
    items.iter_mut().find(|item| item[key] == id).unwrap()
}

#[test]
fn a_resource_that_is_not_as_planned_stops_its_step() {
    for (change, said) in [
        (
            (|disk| disk["DiskChargeType"] = json!("PrePaid")) as fn(&mut Value),
            "charge_type",
        ),
        (
            |disk| disk["CreationTime"] = json!("2026-02-01T00:00:00Z"),
            "born",
        ),
        (
            |disk| {
                let tag = json!({"TagKey": "ack.aliyun.com", "TagValue": "another"});
                disk["Tags"] = json!({ "Tag": [tag] });
            },
            "ack.aliyun.com",
        ),
    ] {
        let mut stage = Stage::open();
        let (path, digest) = stage.plan(&["--id", DISK]);
        stage.replace(|world| change(item(world, "ecs/disk", "DiskId", DISK)), &[]);
        refused(&stage, &apply(&path, &digest), 7, &[DISK, said]);
        let verified = stage.json(&["teardown", "verify", &path], 7);
        assert_eq!(verified["data"]["verdict"], "left_overs");
        assert_eq!(verified["data"]["verification"]["gone"], json!([]));
    }
}

#[test]
fn another_of_the_same_name_is_not_the_planned_one() {
    // A log project made anew.
    let project = format!("k8s-log-{CLUSTER}");
    let mut stage = Stage::open();
    let (path, digest) = stage.plan(&["--id", &project]);
    stage.replace(
        |world| {
            let found = item(world, "sls/project", "projectName", &project);
            found["createTime"] = json!("1770000000");
            world["collections"]["sls/logstore"] = json!([]);
        },
        &[],
    );
    let steps = plan_file::load(Path::new(&path)).unwrap().plan.steps.len();
    let output = stage.run(&apply(&path, &digest));
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(7), "{said}");
    assert!(said.contains("another of the same name"), "{said}");
    assert_eq!(stage.running().holds("sls/project"), [project.as_str()]);
    assert_eq!(stage.running().changes_heard(), BTreeMap::new());
    let verified = stage.json(&["teardown", "verify", &path], 7);
    let left = &verified["data"]["verification"]["left"];
    assert_eq!(left[0]["id"]["id"], json!(project), "{steps} steps");
    assert_eq!(left[0]["because"], "recreated");
    // A Service made anew.
    let service = format!("k8s.service/{CLUSTER}/my-app/my-app");
    let mut stage = Stage::open();
    let (path, _) = stage.plan(&["--cluster", CLUSTER]);
    let (path, digest) = forged(&stage, &path, |plan| {
        // Only that step, so that nothing else is changed on the way.
        plan.steps.retain(|step| step.id.as_str() == service);
        for step in &mut plan.steps {
            step.after.clear();
        }
    });
    stage.replace(
        |world| {
            let objects = world["clusters"][0]["kubernetes"]["objects"]
                .as_array_mut()
                .unwrap();
            let found = objects
                .iter_mut()
                .find(|object| object["kind"] == "Service")
                .unwrap();
            found["metadata"]["uid"] = json!("00000000-0000-4000-8000-000000000099");
        },
        &[],
    );
    refused(
        &stage,
        &apply(&path, &digest),
        7,
        &["another of the same name"],
    );
    let verified = stage.json(&["teardown", "verify", &path], 7);
    let left = verified["data"]["verification"]["left"].as_array().unwrap();
    let because = |left: &Value| (left["id"]["id"].clone(), left["because"].clone());
    let expected = (
        json!(format!("{CLUSTER}/my-app/my-app")),
        json!("recreated"),
    );
    assert!(
        left.iter().map(because).any(|one| one == expected),
        "{left:?}"
    );
}

/// An object of the cluster in the world's file.
fn object<'w>(world: &'w mut Value, kind: &str) -> &'w mut Value {
    let objects = world["clusters"][0]["kubernetes"]["objects"]
        .as_array_mut()
        .unwrap();
    let found = objects.iter_mut().find(|object| object["kind"] == kind);
    found.unwrap()
}

#[test]
fn a_volume_that_is_no_longer_retained_stops_the_deletion_of_its_claim() {
    let disk = "d-bp1labvolume00000001";
    let retain = |world: &mut Value| {
        object(world, "PersistentVolume")["spec"]["persistentVolumeReclaimPolicy"] =
            json!("Retain");
    };
    let mut stage = Stage::with(retain, &[]);
    let (path, _) = stage.plan(&["--cluster", CLUSTER]);
    let claim = format!("k8s.persistent_volume_claim/{CLUSTER}/my-app/my-app-data");
    let (path, digest) = forged(&stage, &path, |plan| {
        assert!(plan.kept.iter().any(|kept| kept.id.id == disk));
        plan.steps.retain(|step| step.id.as_str() == claim);
        for step in &mut plan.steps {
            step.after.clear();
        }
    });
    stage.replace(|_| {}, &[]);
    refused(&stage, &apply(&path, &digest), 7, &[disk, &claim]);
    // The same where the claim goes along with its namespace.
    let namespace = format!("k8s.namespace/{CLUSTER}/my-app");
    let mut stage = Stage::with(retain, &[]);
    let (path, digest) = stage.plan(&["--id", &namespace]);
    stage.replace(|_| {}, &[]);
    refused(&stage, &apply(&path, &digest), 7, &[disk, &namespace]);
}

#[test]
fn a_network_that_others_came_into_keeps_its_gateway_and_the_cluster_that_takes_it_along() {
    let mut stage = Stage::open();
    let (path, digest) = stage.plan(&["--cluster", CLUSTER]);
    stage.replace(
        |world| {
            let instances = world["collections"]["ecs/instance"].as_array_mut().unwrap();
            let mut other = instances[0].clone();
            other["InstanceId"] = json!("i-bp1stranger000000001");
            other["InstanceName"] = json!("somebody-else");
            other["Tags"] = json!({ "Tag": [] });
            other["NetworkInterfaces"] = json!({ "NetworkInterface": [] });
            instances.push(other);
        },
        &[],
    );
    let status = stage.run_here(&["teardown", "apply", &path, "--confirm", &digest, "-q"]);
    assert_eq!(status, ExitStatus::Unfinished);
    let gateways = stage.running().holds("vpc/nat_gateway");
    assert_eq!(gateways, ["ngw-bp1labnat000000000001"]);
    assert!(
        !stage
            .running()
            .changes_heard()
            .contains_key("cs:DeleteCluster")
    );
    let told = stage.json(&["teardown", "status", &digest], 0);
    assert!(
        told.to_string().contains("i-bp1stranger000000001"),
        "{told}"
    );
}

#[test]
fn a_node_that_its_user_protected_since_keeps_the_cluster_that_would_take_it_along() {
    let node = "i-bp1labworker00000001";
    let mut stage = Stage::open();
    let (path, digest) = stage.plan(&["--cluster", CLUSTER]);
    stage.replace(
        |world| {
            let node = item(world, "ecs/instance", "InstanceId", node);
            node["DeletionProtection"] = json!(true);
        },
        &[],
    );
    let status = stage.run_here(&["teardown", "apply", &path, "--confirm", &digest, "-q"]);
    assert_eq!(status, ExitStatus::Unfinished);
    let changes = stage.running().changes_heard();
    assert!(!changes.contains_key("cs:DeleteCluster"), "{changes:?}");
    let told = stage.json(&["teardown", "status", &digest], 0).to_string();
    assert!(
        told.contains(node) && told.contains("DeletionProtection is on"),
        "{told}"
    );
}

/// One more object of the cluster in the world's file.
fn add(world: &mut Value, object: Value) {
    let objects = &mut world["clusters"][0]["kubernetes"]["objects"];
    objects.as_array_mut().unwrap().push(object);
}

#[test]
fn what_would_stop_a_namespace_is_said_before_anything_is_deleted() {
    let custom = |world: &mut Value| {
        add(
            world,
            json!({"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
                "metadata": {"name": "clusters.db.io", "uid": "u-crd"},
                "spec": {"group": "db.io", "scope": "Namespaced",
                    "names": {"plural": "clusters", "singular": "cluster", "kind": "Cluster"},
                    "versions": [{"name": "v1", "served": true, "storage": true}]}}),
        );
        add(
            world,
            json!({"apiVersion": "db.io/v1", "kind": "Cluster",
                "metadata": {"name": "main", "namespace": "my-app", "uid": "u-main"}}),
        );
    };
    // kubernetes.io/docs/concepts/extend-kubernetes/api-extension/apiserver-aggregation
    let served = |world: &mut Value| {
        add(
            world,
            json!({"apiVersion": "apiregistration.k8s.io/v1", "kind": "APIService",
                "metadata": {"name": "v1beta1.external.metrics.k8s.io", "uid": "u-api"},
                "spec": {"group": "external.metrics.k8s.io", "version": "v1beta1",
                    "service": {"namespace": "my-app", "name": "keda"}}}),
        );
    };
    let namespace = format!("k8s.namespace {CLUSTER}/my-app");
    for (change, names) in [
        (&custom as &dyn Fn(&mut Value), "clusters.db.io/main"),
        (&served, "v1beta1.external.metrics.k8s.io"),
    ] {
        let stage = Stage::with(change, &[]);
        let path = stage.path("plan.json");
        let plan = ["teardown", "plan", "--cluster", CLUSTER, "--save", &path];
        refused(&stage, &plan, 5, &[names, &namespace]);
        assert!(!Path::new(&path).exists(), "{names}");
    }
}
