//! What the teardown commands answer and how they end: exit codes, the proof and its certificate, and the least policy.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests are tests"
)]

#[path = "support/stage.rs"]
mod stage;

use std::collections::BTreeSet;

use serde_json::{Value, json};
use stage::{CLUSTER, Stage};
use yunsweep::contracts;
use yunsweep::openapi::endpoint::ram_code;
use yunsweep::output::ExitStatus;

/// The fields with the ids of the collections that a plan for the cluster alone takes things from.
const IDS: &[(&str, &str)] = &[
    ("alb/load_balancer", "LoadBalancerId"),
    ("alb/server_group", "ServerGroupId"),
    ("ecs/disk", "DiskId"),
    ("ecs/instance", "InstanceId"),
    ("ecs/network_interface", "NetworkInterfaceId"),
    ("ecs/security_group", "SecurityGroupId"),
    ("ess/scaling_group", "ScalingGroupId"),
    ("slb/load_balancer", "LoadBalancerId"),
    ("vpc/eip", "AllocationId"),
    ("vpc/nat_gateway", "NatGatewayId"),
];

/// The ids of the steps of a saved plan.
fn planned_ids(path: &str) -> BTreeSet<String> {
    let plan: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let steps = plan["plan"]["steps"].as_array().unwrap();
    let ids = steps.iter().map(|step| &step["fingerprint"]["id"]["id"]);
    ids.map(|id| id.as_str().unwrap().to_owned()).collect()
}

/// Takes out of a world what a plan takes down, as if that had been done.
fn without(world: &mut Value, ids: &BTreeSet<String>) {
    world["clusters"] = json!([]);
    for (collection, key) in IDS {
        let items = world["collections"][collection].as_array_mut().unwrap();
        items.retain(|item| !ids.contains(item[key].as_str().unwrap()));
    }
}

#[test]
fn a_plan_with_accepted_holes_is_incomplete() {
    let denied = vec!["ecs:DescribeSnapshots=deny".to_owned()];
    let stage = Stage::with(|_| {}, &denied);
    let plan = ["teardown", "plan", "--cluster", CLUSTER];
    stage.text(&plan, 5);
    let path = stage.path("plan.json");
    let accepted = [&plan[..], &["--allow-incomplete", "--save", &path]].concat();
    let answer = stage.json(&accepted, 4);
    let holes = answer["data"]["plan"]["holes"].as_array().unwrap();
    assert!(!holes.is_empty());
    assert_eq!(answer["warnings"][0]["code"], "incomplete");
    assert!(std::path::Path::new(&path).exists());
}

#[test]
fn status_says_which_run_is_damaged_and_how() {
    let stage = Stage::open();
    let unknown = "0".repeat(64);
    let output = stage.run(&["teardown", "status", &unknown]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains(&unknown));
    let output = stage.run(&["teardown", "status", "../plan"]);
    assert_eq!(output.status.code(), Some(2));
    let (path, digest) = stage.plan(&["--cluster", CLUSTER]);
    let folder = stage.runs().join(&digest);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::copy(&path, folder.join("plan.json")).unwrap();
    let whole = stage.json(&["teardown", "status", &digest], 0);
    assert_eq!(whole["data"]["digest"], json!(digest));
    let header = json!({ "format": "yunsweep-journal", "version": 1, "plan": digest });
    for (journal, said) in [
        (format!("{header}\nnonsense\n"), "line 2"),
        ("nonsense\n".to_owned(), "not a yunsweep journal"),
        (
            header.to_string().replace("\"version\":1", "\"version\":9") + "\n",
            "format 9",
        ),
    ] {
        std::fs::write(folder.join("journal.jsonl"), journal).unwrap();
        for command in [
            &["teardown", "status", digest.as_str()][..],
            &["teardown", "status"],
        ] {
            let answer = stage.json(command, 4);
            let damaged = &answer["data"]["damaged"][0];
            assert_eq!(damaged["digest"], json!(digest));
            let what = damaged["what"].as_str().unwrap();
            assert!(what.contains(said), "{what}");
            let shown = stage.text(command, 4);
            assert!(
                shown.contains(&digest) && shown.contains("journal"),
                "{shown}"
            );
        }
        let resumed = stage.run(&["teardown", "resume", &digest]);
        assert_eq!(resumed.status.code(), Some(5));
    }
    // A journal without its plan, and a plan in the folder of another.
    std::fs::remove_file(folder.join("plan.json")).unwrap();
    let answer = stage.json(&["teardown", "status"], 4);
    let what = answer["data"]["damaged"][0]["what"].to_string();
    assert!(what.contains("no plan"), "{what}");
    let stranger = stage.runs().join(&unknown);
    std::fs::create_dir_all(&stranger).unwrap();
    std::fs::copy(&path, stranger.join("plan.json")).unwrap();
    let answer = stage.json(&["teardown", "status", &unknown], 4);
    let what = answer["data"]["damaged"][0]["what"].to_string();
    assert!(what.contains(&digest), "{what}");
}

#[test]
fn a_folder_that_cannot_be_used_is_no_fault_of_the_program() {
    let stage = Stage::open();
    let (path, digest) = stage.plan(&["--cluster", CLUSTER]);
    let state = stage.folder().join(".local/state/yunsweep");
    std::fs::create_dir_all(&state).unwrap();
    std::fs::write(stage.runs(), "no folder").unwrap();
    for (language, hint) in [("en", "hint:"), ("zh-CN", "提示")] {
        let apply = [
            "teardown",
            "apply",
            &path,
            "--confirm",
            &digest,
            "--lang",
            language,
        ];
        let output = stage.run(&apply);
        let talk = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{talk}");
        assert!(talk.contains("yunsweep/runs"), "{talk}");
        assert!(talk.contains(hint), "{talk}");
        assert!(!talk.contains("please report"), "{talk}");
    }
    assert!(stage.running().changes_heard().is_empty());
    // A certificate that cannot be written is found out before anything is asked.
    let nowhere = stage.path("missing/gone.md");
    let verify = ["teardown", "verify", &path, "--certificate", &nowhere];
    let output = stage.run(&verify);
    let talk = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{talk}");
    assert!(talk.contains("gone.md"), "{talk}");
}

#[test]
fn what_cannot_be_looked_at_is_named_with_the_missing_permission_and_counts_as_billed() {
    let mut stage = Stage::open();
    let (path, _) = stage.plan(&["--cluster", CLUSTER]);
    let ids = planned_ids(&path);
    stage.replace(|world| without(world, &ids), &[]);
    let clean = stage.json(&["teardown", "verify", &path], 0);
    assert_eq!(clean["data"]["verdict"], "clean");
    let denied = vec!["vpc:DescribeEipAddresses=deny".to_owned()];
    stage.replace(|world| without(world, &ids), &denied);
    let found = stage.json(&["teardown", "verify", &path], 4);
    assert_eq!(found["data"]["verdict"], "incomplete");
    let unproven = found["data"]["verification"]["unproven"]
        .as_array()
        .unwrap();
    let named: BTreeSet<&str> = unproven
        .iter()
        .map(|one| one["id"]["id"].as_str().unwrap())
        .collect();
    let expected = [
        "eip-bp1labalb000000000001",
        "eip-bp1labalb000000000002",
        "eip-bp1labnat000000000001",
    ];
    assert_eq!(named, BTreeSet::from(expected));
    for one in unproven {
        assert_eq!(
            one["unread"][0]["missing_permission"],
            "vpc:DescribeEipAddresses"
        );
        assert_eq!(one["unread"][0]["state"], "denied");
    }
    let now = |answer: &Value| {
        let text = answer["data"]["verification"]["after"]["monthly"]["CNY"].as_str();
        text.unwrap().parse::<rust_decimal::Decimal>().unwrap()
    };
    assert!(now(&found) > now(&clean), "{} {}", now(&found), now(&clean));
    let page = stage.text(&["teardown", "verify", &path, "-o", "wide"], 4);
    for word in ["eip-bp1labnat000000000001", "vpc:DescribeEipAddresses"] {
        assert!(page.contains(word), "{page}");
    }
    let lines = stage.text(&["teardown", "verify", &path, "-o", "jsonl"], 4);
    let records: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let of = |record: &'static str| records.iter().filter(move |line| line["record"] == record);
    let verdict = of("verification").next().unwrap();
    assert_eq!(verdict["value"]["verdict"], "incomplete");
    assert_eq!(of("unproven").count(), 3);
    assert!(of("gone").count() > 10);
    let rows = stage.text(&["teardown", "verify", &path, "-o", "csv"], 4);
    assert!(
        rows.contains("verdict,") && rows.contains("incomplete"),
        "{rows}"
    );
}

#[test]
fn what_was_kept_and_has_vanished_is_not_clean() {
    let mut stage = Stage::open();
    let (path, _) = stage.plan(&["--cluster", CLUSTER]);
    let ids = planned_ids(&path);
    let disk = "d-bp1laborphan00000001";
    let with_the_disk: BTreeSet<String> = ids.iter().cloned().chain([disk.to_owned()]).collect();
    stage.replace(|world| without(world, &with_the_disk), &[]);
    let found = stage.json(&["teardown", "verify", &path], 3);
    assert_eq!(found["data"]["verdict"], "kept_missing");
    assert_eq!(found["data"]["verification"]["left"], json!([]));
    assert_eq!(found["warnings"][0]["code"], "kept_missing");
    for (language, said) in [("en", "not there any more"), ("zh-CN", "已不存在")] {
        let page = stage.text(&["teardown", "verify", &path, "--lang", language], 3);
        assert!(page.contains(said) && page.contains(disk), "{page}");
    }
}

#[test]
fn a_certificate_tells_a_stranger_what_is_proven_and_what_is_not() {
    let protected = |world: &mut Value| {
        world["clusters"][0]["detail"]["deletion_protection"] = json!(true);
    };
    let stage = Stage::with(protected, &[]);
    // What is protected goes only where it is named.
    let (path, digest) = stage.plan(&["--cluster", CLUSTER, "--id", CLUSTER]);
    let applied = stage.run_here(&["teardown", "apply", &path, "--confirm", &digest, "-q"]);
    assert_eq!(applied, ExitStatus::Done);
    let file = stage.path("gone.md");
    let verify = ["teardown", "verify", &path, "--certificate", &file];
    let proven = stage.json(&verify, 0);
    let certificate = std::fs::read_to_string(&file).unwrap();
    for wanted in [
        digest.as_str(),
        "0000000000000042",
        "acs:ram::0000000000000042:user/lab",
        "not_listed",
        "parent_gone",
        "DeleteCluster",
        "request id",
        "docs/unverified.md",
        "made by the user",
        "cn-hangzhou",
        "gone since",
    ] {
        assert!(
            certificate.replace('\\', "").contains(wanted),
            "{wanted}: {certificate}"
        );
    }
    for id in planned_ids(&path) {
        let last = id.rsplit('/').next().unwrap().to_owned();
        assert!(certificate.contains(&last), "{id}: {certificate}");
    }
    // Each step that sent something has the vendor's request id of it.
    let steps = proven["data"]["run"]["steps"].as_object().unwrap();
    let cluster = &steps[&format!("ack.cluster/{CLUSTER}")];
    let answer = &cluster["sent"].as_array().unwrap().last().unwrap()["answer"];
    let request_id = answer["request_id"].as_str().unwrap();
    assert!(certificate.contains(request_id), "{certificate}");
    let chinese = stage.text(
        &[
            "teardown", "verify", &path, "-o", "markdown", "--lang", "zh-CN",
        ],
        0,
    );
    for wanted in ["清理证明", "证明方法", "本证明未涵盖的内容", "已受理"] {
        assert!(chinese.contains(wanted), "{chinese}");
    }
    // On another machine nobody knows the calls, and the certificate says so.
    std::fs::remove_dir_all(stage.runs()).unwrap();
    let stranger = stage.text(&["teardown", "verify", &path, "-o", "markdown"], 0);
    assert!(stranger.contains("has no journal"), "{stranger}");
    assert!(stranger.contains("not known here"), "{stranger}");
}

/// The actions of a RAM policy, and of its second statement alone.
fn actions(policy: &Value) -> (BTreeSet<String>, BTreeSet<String>) {
    let of = |statement: &Value| -> BTreeSet<String> {
        let actions = statement["Action"].as_array().unwrap();
        let texts = actions.iter().map(|action| action.as_str().unwrap());
        texts.map(str::to_owned).collect()
    };
    let statements = policy["Statement"].as_array().unwrap();
    (
        statements.iter().flat_map(&of).collect(),
        of(&statements[1]),
    )
}

/// What a role of Kubernetes allows, as `delete apps/deployments`.
fn verbs(role: &Value) -> BTreeSet<String> {
    let mut verbs = BTreeSet::new();
    for rule in role["rules"].as_array().unwrap() {
        for resource in rule["resources"].as_array().unwrap() {
            for verb in rule["verbs"].as_array().unwrap() {
                let text = |value: &Value| value.as_str().unwrap().to_owned();
                let group = text(&rule["apiGroups"][0]);
                verbs.insert(format!("{} {group}/{}", text(verb), text(resource)));
            }
        }
    }
    verbs
}

/// Every call of a plan file, by the names that RAM has for them.
fn calls_of(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            if let (Some(product), Some(action)) = (map.get("product"), map.get("action")) {
                let code = ram_code(product.as_str().unwrap());
                found.insert(format!("{code}:{}", action.as_str().unwrap()));
            }
            map.values().for_each(|value| calls_of(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| calls_of(value, found)),
        _ => {}
    }
}

#[test]
fn an_identity_with_the_policy_of_a_plan_and_nothing_else_can_apply_and_verify_it() {
    let mut stage = Stage::open();
    let (path, digest) = stage.plan(&[
        "--cluster",
        CLUSTER,
        "--with",
        "vpc,acr,sls,prometheus,snapshots,images,disks",
    ]);
    let text = stage.text(&["policy", "--plan", &path], 0);
    let (granted, changes) = actions(&serde_json::from_str(&text).unwrap());
    let plan: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    let mut expected = BTreeSet::new();
    calls_of(&plan["plan"]["steps"], &mut expected);
    assert_eq!(changes, expected, "nothing that the plan does not send");
    let name = |product: &str, action: &str| format!("{}:{action}", ram_code(product));
    let denied: Vec<String> = contracts::products()
        .iter()
        .flat_map(|product| contracts::operations(product))
        .filter(|operation| !granted.contains(&name(operation.product, &operation.action)))
        .map(|operation| format!("{}:{}=deny", operation.product, operation.action))
        .collect();
    assert!(denied.len() > 50, "only {} are denied", denied.len());
    stage.replace(|_| {}, &denied);
    let applied = stage.run_here(&["teardown", "apply", &path, "--confirm", &digest, "-q"]);
    assert_eq!(applied, ExitStatus::Done);
    let verified = stage.json(&["teardown", "verify", &path], 0);
    assert_eq!(verified["data"]["verdict"], "clean");
    let role: Value =
        serde_json::from_str(&stage.text(&["policy", "--plan", &path, "--kubernetes"], 0)).unwrap();
    let verbs = verbs(&role);
    // Asked to find out the account's site, and not needed: `--site` says it.
    let optional = "bssopenapi:QueryAvailableInstances";
    let heard = stage.running().heard();
    for heard in heard.keys().filter(|heard| *heard != optional) {
        let is_allowed = match heard.split_once(':') {
            Some((product, action)) => granted.contains(&name(product, action)),
            None => {
                verbs.contains(heard) || (heard.starts_with("list ") && verbs.contains("list */*"))
            }
        };
        assert!(is_allowed, "{heard} was sent and is not granted");
    }
    let deleting = |names: &mut dyn Iterator<Item = String>| -> BTreeSet<String> {
        names.filter(|name| name.starts_with("delete ")).collect()
    };
    let mut heard = stage.running().heard().into_keys();
    let mut role = verbs.into_iter();
    let (sent, granted) = (deleting(&mut heard), deleting(&mut role));
    assert!(sent.is_subset(&granted), "{sent:?} {granted:?}");
    // The call of a fall-back: the Deployment takes its ReplicaSet along.
    let spare: Vec<&String> = granted.difference(&sent).collect();
    assert_eq!(spare, ["delete apps/replicasets"]);
}

#[test]
fn the_policy_of_reading_needs_no_plan() {
    let stage = Stage::open();
    let policy: Value = serde_json::from_str(&stage.text(&["policy"], 0)).unwrap();
    assert_eq!(policy["Statement"].as_array().unwrap().len(), 1);
    let role: Value = serde_json::from_str(&stage.text(&["policy", "--kubernetes"], 0)).unwrap();
    assert_eq!(role["kind"], "ClusterRole");
    for rule in role["rules"].as_array().unwrap() {
        assert_eq!(rule["verbs"], json!(["list"]));
    }
    let missing = stage.path("missing.json");
    stage.text(&["policy", "--plan", &missing], 2);
    stage.text(&["policy", "--from-coverage", &missing], 2);
    stage.text(&["policy", "--for", "cost", "--plan", &missing], 2);
}

#[test]
fn the_policy_of_any_teardown_allows_what_a_plan_needs() {
    let stage = Stage::open();
    let path = stage.path("plan.json");
    stage.text(
        &["teardown", "plan", "--cluster", CLUSTER, "--save", &path],
        0,
    );
    for kubernetes in [&[][..], &["--kubernetes"]] {
        let print = |arguments: &[&str]| -> Value {
            let arguments = [arguments, kubernetes].concat();
            serde_json::from_str(&stage.text(&arguments, 0)).unwrap()
        };
        let (of_plan, of_any) = (
            print(&["policy", "--plan", &path]),
            print(&["policy", "--for", "teardown"]),
        );
        if kubernetes.is_empty() {
            let (needed, allowed) = (actions(&of_plan).0, actions(&of_any).0);
            assert!(needed.is_subset(&allowed), "{needed:?} {allowed:?}");
            assert!(allowed.contains("ecs:DeleteDisk"));
        } else {
            let (needed, allowed) = (verbs(&of_plan), verbs(&of_any));
            assert!(needed.is_subset(&allowed), "{needed:?} {allowed:?}");
        }
    }
    let reading = stage.text(&["policy"], 0);
    assert_eq!(stage.text(&["policy", "--for", "cost"], 0), reading);
}

#[test]
fn the_policy_of_a_coverage_allows_what_was_denied_and_nothing_else() {
    let faults = ["ecs:DescribeDisks=deny", "sls:ListProject=deny"].map(str::to_owned);
    let stage = Stage::with(|_| {}, &faults);
    let path = stage.path("scan.json");
    stage.text(&["inventory", "--save", &path], 4);
    let policy: Value =
        serde_json::from_str(&stage.text(&["policy", "--from-coverage", &path], 0)).unwrap();
    assert_eq!(
        policy["Statement"],
        json!([{ "Effect": "Allow", "Action": ["ecs:DescribeDisks", "log:ListProject"], "Resource": "*" }])
    );
    let role = stage.text(&["policy", "--from-coverage", &path, "--kubernetes"], 0);
    assert_eq!(role, "", "nothing was denied in clusters");
}

#[test]
fn a_namespace_that_was_named_ends_with_all_that_was_planned() {
    let stage = Stage::open();
    let (path, digest) = stage.plan(&["--id", &format!("k8s.namespace/{CLUSTER}/my-app")]);
    let planned = planned_ids(&path);
    let disk = "d-bp1labvolume00000001";
    for id in ["my-app", "my-app/my-app-data", disk] {
        let is_planned = |planned: &String| planned.ends_with(id);
        assert!(planned.iter().any(is_planned), "{id}: {planned:?}");
    }
    let status = stage.run_here(&["teardown", "apply", &path, "--confirm", &digest, "-q"]);
    assert_eq!(status, ExitStatus::Done);
    assert!(
        !stage
            .running()
            .holds("ecs/disk")
            .iter()
            .any(|id| id == disk)
    );
    let verified = stage.json(&["teardown", "verify", &path], 0);
    assert_eq!(verified["data"]["verification"]["left"], json!([]));
    assert_eq!(stage.running().holds("alb/load_balancer").len(), 1);
}
