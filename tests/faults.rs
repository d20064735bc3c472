//! What a user reads, and the exit status, when something is wrong on the way: each fault over real HTTP.
#![expect(clippy::unwrap_used, reason = "helpers of tests are tests")]

#[path = "support/lab.rs"]
mod lab;

use std::process::Output;

use lab::Lab;

/// Standard output and error, with everything that differs between runs taken out.
fn said(output: &Output) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (text(&output.stdout), text(&output.stderr))
}

#[track_caller]
fn expect(output: &Output, code: i32, on_stdout: &[&str], on_stderr: &[&str]) {
    let (stdout, stderr) = said(output);
    assert_eq!(output.status.code(), Some(code), "{stdout}\n{stderr}");
    for part in on_stdout {
        assert!(stdout.contains(part), "`{part}` is not in:\n{stdout}");
    }
    for part in on_stderr {
        assert!(stderr.contains(part), "`{part}` is not in:\n{stderr}");
    }
}

#[test]
fn a_wrong_secret_is_said_and_nothing_is_printed() {
    let mut lab = Lab::serve("ack-sop", &[]);
    lab.set("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "not-the-secret");
    for command in ["whoami", "inventory", "cost"] {
        let output = lab.run(&[command]);
        expect(
            &output,
            6,
            &[],
            &["error:", "SignatureDoesNotMatch", "hint:"],
        );
        assert!(output.stdout.is_empty(), "{command}");
        assert!(!said(&output).1.contains("not-the-secret"));
    }
}

#[test]
fn without_any_credential_the_places_looked_at_are_named() {
    let mut lab = Lab::serve("ack-sop", &[]);
    lab.set("ALIBABA_CLOUD_ACCESS_KEY_ID", "");
    lab.set("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "");
    lab.set("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true");
    let output = lab.run(&["whoami"]);
    expect(
        &output,
        6,
        &[],
        &[
            "ALIBABA_CLOUD_ACCESS_KEY_ID",
            ".aliyun/config.json",
            "hint:",
        ],
    );
}

#[test]
fn an_expired_token_is_said() {
    let lab = Lab::serve("ack-sop", &["sts:GetCallerIdentity=expired-token"]);
    expect(&lab.run(&["inventory"]), 6, &[], &["SecurityToken.Expired"]);
}

#[test]
fn a_denied_action_is_a_hole_that_names_the_permission() {
    let lab = Lab::serve("ack-sop", &["ecs:DescribeDisks=deny"]);
    let output = lab.run(&["inventory"]);
    expect(
        &output,
        4,
        &["ecs.disk", "denied", "ecs:DescribeDisks", "yunsweep policy"],
        &[],
    );
    let cost = lab.json(&["cost"], 4);
    assert_eq!(cost["data"]["total_is_at_least"], true);
    assert_eq!(cost["warnings"][0]["code"], "incomplete_coverage");
    let csv = lab.run(&["cost", "-o", "csv"]);
    expect(&csv, 4, &["ecs.disk", "denied"], &[]);
}

#[test]
fn where_everything_is_denied_nothing_was_readable() {
    let lab = Lab::serve(
        "ack-sop",
        &[
            "alb:*=deny",
            "arms:*=deny",
            "cbn:*=deny",
            "cr:*=deny",
            "cr-personal:*=deny",
            "cs:*=deny",
            "dds:*=deny",
            "eci:*=deny",
            "ecs:*=deny",
            "ess:*=deny",
            "kms:*=deny",
            "nas:*=deny",
            "nlb:*=deny",
            "oss:*=deny",
            "polardb:*=deny",
            "privatelink:*=deny",
            "pvtz:*=deny",
            "r-kvstore:*=deny",
            "ram:*=deny",
            "rds:*=deny",
            "resourcecenter:*=deny",
            "ros:*=deny",
            "servicemesh:*=deny",
            "slb:*=deny",
            "sls:*=deny",
            "vpc:*=deny",
        ],
    );
    let output = lab.run(&["inventory", "--region", "cn-hangzhou"]);
    expect(&output, 6, &["denied"], &[]);
}

#[test]
fn a_cut_connection_is_tried_again() {
    let lab = Lab::serve("ack-sop", &["vpc:DescribeVpcs#1=cut"]);
    expect(&lab.run(&["inventory"]), 0, &["my-vpc"], &[]);
}

#[test]
fn a_connection_that_is_always_cut_is_a_hole() {
    let lab = Lab::serve("ack-sop", &["vpc:DescribeVpcs=cut"]);
    expect(
        &lab.run(&["inventory"]),
        4,
        &["vpc.vpc", "unreachable"],
        &[],
    );
}

#[test]
fn an_unreachable_api_server_is_a_hole_and_no_error() {
    let lab = Lab::serve(
        "ack-sop",
        &["cs:DescribeClusterUserKubeconfig=api-server-refused"],
    );
    let output = lab.run(&["inventory"]);
    expect(&output, 4, &["k8s.pod", "unreachable", "my-cluster"], &[]);
}

#[test]
fn without_a_server_there_is_no_access() {
    let mut lab = Lab::serve("ack-sop", &[]);
    lab.set("YUNSWEEP_ENDPOINT", "http://127.0.0.1:1");
    expect(&lab.run(&["whoami"]), 6, &[], &["no connection"]);
    lab.set("YUNSWEEP_ENDPOINT", "http://ecs.example.com");
    expect(
        &lab.run(&["whoami"]),
        2,
        &[],
        &["http://ecs.example.com", "https"],
    );
}

#[test]
fn a_snapshot_that_cannot_be_written_or_read_is_wrong_usage() {
    let lab = Lab::serve("ack-sop", &[]);
    let nowhere = lab.folder().join("no/such/folder/lab.json");
    let nowhere = nowhere.to_str().unwrap();
    expect(
        &lab.run(&["inventory", "--save", nowhere]),
        2,
        &[],
        &[nowhere],
    );
    expect(&lab.run(&["cost", "--from", nowhere]), 2, &[], &[nowhere]);
}

#[test]
fn a_misspelt_region_is_no_empty_answer() {
    let lab = Lab::serve("ack-sop", &[]);
    let output = lab.run(&["inventory", "--region", "cn-hangzou"]);
    expect(
        &output,
        2,
        &[],
        &["cn-hangzou", "did you mean `cn-hangzhou`?"],
    );
    assert!(output.stdout.is_empty());
}

#[test]
fn regions_that_could_not_be_listed_are_a_hole() {
    let lab = Lab::serve("ack-sop", &["ecs:DescribeRegions=deny"]);
    let types = ["--type", "vpc.vpc"];
    let output = lab.run(&[&["inventory"], &types[..]].concat());
    expect(
        &output,
        4,
        &["my-vpc", "ecs.region", "ecs:DescribeRegions"],
        &["warning:"],
    );
    // Whoever names the regions needs no list of them.
    let named = [&["inventory", "--region", "cn-hangzhou"], &types[..]].concat();
    expect(&lab.run(&named), 0, &["my-vpc"], &[]);
}

#[test]
fn a_snapshot_is_never_cut_down_in_silence() {
    let lab = Lab::serve("ack-sop", &["ecs:DescribeInstances=deny"]);
    let file = lab.folder().join("lab.json");
    let file = file.to_str().unwrap();
    let save = ["inventory", "--region", "cn-hangzhou", "--save", file];
    expect(&lab.run(&save), 4, &[], &[]);
    let cut = ["cost", "--from", file, "--region", "cn-shanghai"];
    expect(&lab.run(&cut), 2, &[], &["--region", "--from"]);
    let unread = ["why", "--from", file, "i-bp1labworker00000001"];
    expect(
        &lab.run(&unread),
        2,
        &[],
        &["i-bp1labworker00000001", "could not be read"],
    );
}
