//! `teardown apply`, `resume`, `status` and `verify` as a user types them: what is refused, and that nothing was sent then.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests are tests"
)]

#[path = "support/lab.rs"]
mod lab;

use std::path::PathBuf;

use lab::Lab;
use serde_json::Value;

const ALLOWED: &str = "[accounts.\"0000000000000042\"]\nteardown = true\n";

/// A served lab with a saved plan for its cluster.
fn planned(configuration: &str) -> (Lab, PathBuf, String) {
    let lab = Lab::serve("ack-sop", &[]);
    configure(&lab, configuration);
    let inventory = lab.json(&["inventory", "--type", "ack.cluster"], 0);
    let cluster = inventory["data"]["resources"][0]["id"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = lab.folder().join("plan.json");
    let saved = path.display().to_string();
    let plan = lab.json(
        &["teardown", "plan", "--cluster", &cluster, "--save", &saved],
        0,
    );
    let digest = plan["data"]["digest"].as_str().unwrap().to_owned();
    (lab, path, digest)
}

fn configure(lab: &Lab, text: &str) {
    let folder = lab.folder().join(".config/yunsweep");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("config.toml"), text).unwrap();
}

/// Runs it and holds status and talk.
fn refused(lab: &Lab, arguments: &[&str], code: i32, says: &str) {
    let output = lab.run(arguments);
    let talk = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {talk}");
    assert!(talk.contains(says), "{arguments:?}: {talk}");
    assert!(!lab.folder().join(".local/state/yunsweep/runs").exists());
}

#[test]
fn what_is_not_confirmed_and_allowed_sends_nothing() {
    let (mut lab, path, digest) = planned("");
    let plan = path.display().to_string();
    let apply = |lab: &Lab, more: &[&str], code, says: &str| {
        let arguments = [&["teardown", "apply", plan.as_str()], more].concat();
        refused(lab, &arguments, code, says);
    };
    let confirmed = ["--confirm", digest.as_str()];
    apply(&lab, &confirmed, 5, "0000000000000042");
    configure(&lab, "[accounts.\"0000000000000042\"]\nteardown = false\n");
    apply(&lab, &confirmed, 5, "0000000000000042");
    configure(&lab, ALLOWED);
    // Standard input is no terminal here: nothing is asked, and nothing else confirms.
    apply(&lab, &[], 5, &digest);
    lab.set("YUNSWEEP_CONFIRM", &digest);
    apply(&lab, &[], 5, &digest);
    let shorter = &digest[..16];
    apply(&lab, &["--confirm", shorter], 5, &digest);
    apply(&lab, &["--confirm", ""], 5, &digest);
    refused(&lab, &["teardown", "resume", &digest], 2, &digest);
    let status = lab.json(&["teardown", "status"], 0);
    assert_eq!(status["data"]["runs"], Value::Array(Vec::new()));
    // Nothing is gone: every step of the plan is still there.
    let verified = lab.json(&["teardown", "verify", &plan], 7);
    assert_eq!(
        verified["data"]["verification"]["gone"],
        Value::Array(Vec::new())
    );
    assert_eq!(verified["data"]["verdict"], "left_overs");
}

#[test]
fn an_altered_or_foreign_plan_is_refused() {
    let (mut lab, path, digest) = planned(ALLOWED);
    let text = std::fs::read_to_string(&path).unwrap();
    let altered = lab.folder().join("altered.json");
    std::fs::write(
        &altered,
        text.replacen("\"deadline_seconds\": ", "\"deadline_seconds\": 1", 1),
    )
    .unwrap();
    let arguments = |path: &std::path::Path| {
        let path = path.display().to_string();
        [
            "teardown".into(),
            "apply".into(),
            path,
            "--confirm".into(),
            digest.clone(),
        ]
    };
    let run = |lab: &Lab, path: &std::path::Path, says: &str| {
        let arguments: [String; 5] = arguments(path);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        refused(lab, &arguments, 5, says);
    };
    run(&lab, &altered, "altered");
    // Another emulator is another place, whatever account it says.
    let other = Lab::serve("ack-sop", &[]);
    let elsewhere = String::from_utf8(other.run(&["whoami", "-o", "json"]).stdout).unwrap();
    let endpoint: Value = serde_json::from_str(&elsewhere).unwrap();
    let endpoint = endpoint["data"]["endpoint"].as_str().unwrap().to_owned();
    lab.set("YUNSWEEP_ENDPOINT", &endpoint);
    run(&lab, &path, "endpoint");
}
