//! Each object that goes with the cluster refuses to go, one at a time: the run stops at it, and `teardown verify` as a user
//! types it exits with 7 and names it.

use std::process::Stdio;

use serde_json::Value;
use yunsweep::teardown::{Place, Verdict, plan_file};

use super::case::say;
use super::laboratory::{
    CLUSTER, Ended, FEW_LOOKS, Laboratory, collection, in_its_own_time, planned,
};
use super::oracle::Moment;
use super::reference::{CLUSTER_ONLY, Reference};
use super::wire::Disk;

/// Rows 5 to 16 of the table, by type and id; `C` is the cluster's.
const OBJECTS: &[(u8, &str, &str)] = &[
    (5, "ecs.instance", "i-bp1labworker00000001"),
    (5, "ecs.instance", "i-bp1labworker00000002"),
    (6, "ecs.disk", "d-bp1labsystem00000001"),
    (6, "ecs.disk", "d-bp1labsystem00000002"),
    (7, "ess.scaling_group", "asg-bp1labpool0000000001"),
    (8, "ecs.security_group", "sg-bp1labcluster0000001"),
    (9, "ecs.network_interface", "eni-bp1labterway00000001"),
    (9, "ecs.network_interface", "eni-bp1labterway00000002"),
    (10, "slb.load_balancer", "lb-bp1labapiserver000001"),
    (11, "vpc.nat_gateway", "ngw-bp1labnat000000000001"),
    (12, "vpc.eip", "eip-bp1labnat000000000001"),
    (13, "k8s.namespace", "C/my-app"),
    (13, "k8s.deployment", "C/my-app/my-app"),
    (13, "k8s.service", "C/my-app/my-app"),
    (13, "k8s.ingress", "C/my-app/my-app"),
    (13, "k8s.ingress_class", "C/alb"),
    (13, "k8s.alb_config", "C/alb"),
    (14, "alb.load_balancer", "alb-labsop000000000042"),
    (14, "alb.server_group", "sgp-labsop000000000001"),
    (15, "vpc.eip", "eip-bp1labalb000000000001"),
    (15, "vpc.eip", "eip-bp1labalb000000000002"),
    (16, "k8s.persistent_volume_claim", "C/my-app/my-app-data"),
    (16, "k8s.persistent_volume", "C/d-bp1labvolume00000001"),
    (16, "ecs.disk", "d-bp1labvolume00000001"),
];

/// What is wrong with the case of one object.
async fn faults(row: u8, type_id: &str, id: &str) -> Vec<String> {
    let id = id.replace("C/", &format!("{CLUSTER}/"));
    let all = &CLUSTER_ONLY.planned.plan.steps;
    let step = all
        .iter()
        .find(|step| step.id.as_str() == format!("{type_id}/{id}"));
    let target = step.unwrap().fingerprint.id.clone();
    let kept = collection(&target);
    let undeletable: Vec<(&str, &str)> = kept
        .iter()
        .map(|(collection, id)| (collection.as_str(), id.as_str()))
        .collect();
    let mut laboratory = Laboratory::start(Vec::new(), &undeletable).await;
    laboratory.endpoint = Place::at(&laboratory.running.endpoint());
    if kept.is_none() {
        laboratory.hold_object(type_id, &id);
    }
    let before = laboratory.running.contents();
    let planned = planned(
        &laboratory.scan().await,
        &[],
        &laboratory.endpoint,
        FEW_LOOKS,
    );
    let reference = Reference {
        column: CLUSTER_ONLY.column,
        planned,
        sent: Vec::new(),
        lines: 0,
        before,
        after: CLUSTER_ONLY.after.clone(),
    };
    let disk = Disk::default();
    let Ended::By(outcome) = laboratory.process(&reference.planned, &disk).await else {
        panic!("nothing was to die");
    };
    let moment = Moment {
        reference: &reference,
        laboratory: &laboratory,
        disk: &disk,
    };
    let mut faults = moment.faults_of_stop(&outcome);
    let (proof, of_proof) = moment.proven(&reference.planned.plan).await;
    faults.extend(moment.faults_of_run());
    faults.extend(of_proof);
    if outcome.is_done() {
        faults.push("the run says it is done".to_owned());
    }
    if !laboratory.has(&laboratory.running.contents(), &target) {
        faults.push("it went".to_owned());
    }
    if proof.verdict() != Verdict::LeftOvers || !proof.left.iter().any(|left| left.id == target) {
        faults.push(format!("the proof does not name it: {:?}", proof.left));
    }
    faults.extend(verified(&laboratory, &reference, type_id, &id).await);
    faults
        .iter()
        .map(|fault| format!("row {row} {target}: {fault}"))
        .collect()
}

/// What is wrong with what `teardown verify` says, as a process of its own.
async fn verified(
    laboratory: &Laboratory,
    reference: &Reference,
    type_id: &str,
    id: &str,
) -> Vec<String> {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("plan.json");
    plan_file::save(&reference.planned.plan, &path).unwrap();
    let output = tokio::process::Command::new(env!("CARGO_BIN_EXE_yunsweep"))
        .args(["teardown", "verify", "-o", "json"])
        .arg(&path)
        .env_clear()
        .env("HOME", home.path())
        .envs(laboratory.running.environment())
        .stdin(Stdio::null())
        .output()
        .await
        .unwrap();
    let mut faults = Vec::new();
    if output.status.code() != Some(7) {
        let talk = String::from_utf8_lossy(&output.stderr);
        faults.push(format!("verify ended with {}: {talk}", output.status));
    }
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    let left = answer["data"]["verification"]["left"].as_array();
    let is_it = |left: &Value| left["id"]["type"] == type_id && left["id"]["id"] == id;
    if !left.is_some_and(|left| left.iter().any(is_it)) {
        faults.push(format!("verify does not name it: {left:?}"));
    }
    faults
}

#[test]
fn each_object_that_does_not_go_is_named() {
    std::sync::LazyLock::force(&CLUSTER_ONLY);
    let mut wrong = Vec::new();
    for (row, type_id, id) in OBJECTS {
        wrong.extend(in_its_own_time(faults(*row, type_id, id)));
    }
    say(&format!(
        "harness undeletable (a): {} cases, each stopped at its object and named by verify with exit code 7, {} wrong",
        OBJECTS.len(),
        wrong.len()
    ));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
