//! The table of the scenario, held against the emulator's own state: what a teardown takes, what it leaves, and what somebody
//! leaves who only calls `DeleteCluster`. And the oracle of the harness, held against what it must find.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use yunsweep::model::Region;
use yunsweep::openapi::Request;

use super::case::say;
use super::laboratory::{CLUSTER, Contents, Ended, Laboratory, in_its_own_time};
use super::oracle::Moment;
use super::reference::{CLUSTER_ONLY, Reference, WITH_ALL};
use super::wire::{Disk, Disturbance, Sent, Trouble, What};

/// What belongs to something else, has no row of its own in the table and is not counted: tasks, parts, empty bookkeeping.
const NOT_IN_THE_TABLE: &[&str] = &[
    "cs/kubernetes_version",
    "cs/task",
    "cr-personal/tag",
    "ecs/snapshot_link",
];

/// Rows 1, 2, 23 and 19 to 22: what is not the cluster's.
const NOT_ITS_OWN: &[(&str, &[&str])] = &[
    ("vpc/vpc", &["vpc-bp1labnetwork00000001"]),
    (
        "vpc/vswitch",
        &["vsw-bp1labzoneh0000000001", "vsw-bp1labzonei0000000002"],
    ),
    ("vpc/route_table", &["vtb-bp1labroutes000000001"]),
    ("ecs/security_group", &["sg-bp1labdefault0000001"]),
    ("cr-personal/namespace", &["my-namespace"]),
    ("cr-personal/repository", &["my-app"]),
    (
        "ecs/snapshot",
        &["s-bp1labimage000000001", "s-bp1labmanual00000001"],
    ),
    ("ecs/image", &["m-bp1labimage000000001"]),
    ("ecs/disk", &["d-bp1laborphan00000001"]),
];

/// Rows 17 and 18: logs and metrics.
const DATA: &[(&str, &[&str])] = &[
    (
        "sls/project",
        &["k8s-log-c7e1a0c5b2d94f6e8a3b1c0d9e8f70042"],
    ),
    (
        "sls/logstore",
        &["audit-c7e1a0c5b2d94f6e8a3b1c0d9e8f70042", "k8s-event"],
    ),
    ("arms/environment", &["env-labsop000000000042"]),
];

/// Rows 12, 14, 15 and 16: what stays and bills where only `DeleteCluster` is called.
const LEFT_BEHIND: &[(&str, &[&str])] = &[
    (
        "vpc/eip",
        &[
            "eip-bp1labalb000000000001",
            "eip-bp1labalb000000000002",
            "eip-bp1labnat000000000001",
        ],
    ),
    ("alb/load_balancer", &["alb-labsop000000000042"]),
    ("alb/server_group", &["sgp-labsop000000000001"]),
    ("ecs/disk", &["d-bp1labvolume00000001"]),
];

type Ids = BTreeMap<String, BTreeSet<String>>;

fn expected(rows: &[&[(&str, &[&str])]]) -> Ids {
    let mut ids = Ids::new();
    for (collection, of) in rows.iter().copied().flatten() {
        let all = ids.entry((*collection).to_owned()).or_default();
        all.extend(of.iter().map(|id| (*id).to_owned()));
    }
    ids
}

fn found(contents: &Contents) -> Ids {
    let in_the_table = contents
        .iter()
        .filter(|(name, items)| !NOT_IN_THE_TABLE.contains(&name.as_str()) && !items.is_empty());
    in_the_table
        .map(|(name, items)| (name.clone(), items.keys().cloned().collect()))
        .collect()
}

#[test]
fn columns_a_and_b_are_what_the_world_has_afterwards() {
    assert_eq!(found(&CLUSTER_ONLY.after), expected(&[NOT_ITS_OWN, DATA]));
    assert_eq!(found(&WITH_ALL.after), Ids::new());
    for reference in [&*CLUSTER_ONLY, &*WITH_ALL] {
        let changes = reference.sent.iter().filter(|sent| sent.changes()).count();
        say(&format!(
            "harness undisturbed ({}): {} steps, {} requests, {changes} of them changes, {} lines",
            reference.column,
            reference.planned.plan.steps.len(),
            reference.sent.len(),
            reference.lines,
        ));
    }
}

/// Where the one change of that operation stands in a run, by a text that is in its arguments.
fn place(reference: &Reference, action: &str, argument: &str) -> usize {
    let is_it = |sent: &Sent| match &sent.what {
        What::Cloud(_, Some(seen)) => {
            seen.action == action
                && seen
                    .arguments
                    .values()
                    .any(|value| value.contains(argument))
        }
        _ => false,
    };
    reference.sent.iter().position(is_it).unwrap()
}

#[test]
fn the_network_of_the_user_goes_last() {
    let last = |action, argument| place(&WITH_ALL, action, argument);
    let order = [
        last("DeleteCluster", CLUSTER),
        last("DeleteVSwitch", "vsw-bp1labzoneh0000000001"),
        last("DeleteVSwitch", "vsw-bp1labzonei0000000002"),
        last("DeleteSecurityGroup", "sg-bp1labdefault0000001"),
        last("DeleteVpc", "vpc-bp1labnetwork00000001"),
    ];
    assert!(order.is_sorted(), "{order:?}");
}

#[test]
fn column_c_is_what_stays_where_only_the_cluster_is_deleted() {
    in_its_own_time(async {
        let laboratory = Laboratory::start(Vec::new(), &[]).await;
        let region = Region::new("cn-hangzhou");
        let delete = Request::new("cs", "DeleteCluster", &region).path("cluster_id", CLUSTER);
        laboratory.somebody_sends(delete).await;
        for _ in 0..120 {
            laboratory
                .running
                .clock()
                .sleep(Duration::from_mins(1))
                .await;
        }
        let mut found = found(&laboratory.running.contents());
        // Parts of the load balancer that stays.
        for part in ["alb/listener", "alb/rule"] {
            found.remove(part);
        }
        assert_eq!(found, expected(&[NOT_ITS_OWN, DATA, LEFT_BEHIND]));
    });
}

/// What the oracle finds in a run of one plan when it is held against another, or when the world was changed behind it.
fn judged(ran: &Reference, against: &Reference, disturbances: Vec<Disturbance>) -> Vec<String> {
    in_its_own_time(async {
        let laboratory = Laboratory::start(disturbances, &[]).await;
        let disk = Disk::default();
        let ended = laboratory.process(&ran.planned, &disk).await;
        assert!(matches!(ended, Ended::By(_)));
        let moment = Moment {
            reference: against,
            laboratory: &laboratory,
            disk: &disk,
        };
        let (_, mut faults) = moment.proven(&ran.planned.plan).await;
        faults.extend(moment.faults_of_run());
        faults.extend(moment.faults_at_the_end());
        faults
    })
}

#[test]
fn the_oracle_finds_what_is_wrong() {
    assert_eq!(judged(&CLUSTER_ONLY, &CLUSTER_ONLY, Vec::new()), [""; 0]);
    let more = judged(&WITH_ALL, &CLUSTER_ONLY, Vec::new()).join("\n");
    for found in [
        "outside the plan",
        "DeleteVpc",
        "not in the plan and touched: ecs/disk d-bp1laborphan",
        "not in the plan and touched: sls/project",
        "vpc/vpc ended as",
    ] {
        assert!(more.contains(found), "{found} in {more}");
    }
    let less = judged(&CLUSTER_ONLY, &WITH_ALL, Vec::new()).join("\n");
    for found in ["proof of vpc.vpc", "sls/project ended as"] {
        assert!(less.contains(found), "{found} in {less}");
    }
}

#[test]
fn a_disturbance_strikes_the_request_that_it_names() {
    let arrived = |label: &str| label.rsplit(':').next().unwrap().to_owned();
    let first_change = WITH_ALL.sent.iter().position(super::wire::Sent::changes);
    let number = first_change.unwrap();
    let sent = in_its_own_time(async {
        let cut = vec![Disturbance::Request(number, Trouble::CutBefore)];
        let laboratory = Laboratory::start(cut, &[]).await;
        let ended = laboratory
            .process(&WITH_ALL.planned, &Disk::default())
            .await;
        assert!(matches!(ended, Ended::By(_)));
        laboratory.wire.sent()
    });
    // Up to there every run is the same, request by request.
    let labels = |sent: &[Sent]| -> Vec<String> {
        sent.iter()
            .take(number + 1)
            // What never arrived says its action and no product.
            .map(|sent| arrived(&sent.label()))
            .collect()
    };
    assert_eq!(labels(&sent), labels(&WITH_ALL.sent));
    assert_ne!(sent[number].fate, WITH_ALL.sent[number].fate);
}

#[test]
fn a_run_that_is_done_changes_nothing_more() {
    for reference in [&*CLUSTER_ONLY, &*WITH_ALL] {
        in_its_own_time(async {
            let laboratory = Laboratory::start(Vec::new(), &[]).await;
            let disk = Disk::default();
            for _ in 0..2 {
                let Ended::By(outcome) = laboratory.process(&reference.planned, &disk).await else {
                    panic!("nothing was to die");
                };
                assert!(outcome.is_done());
            }
            let changes = |sent: &[Sent]| sent.iter().filter(|sent| sent.changes()).count();
            assert_eq!(changes(&laboratory.wire.sent()), changes(&reference.sent));
        });
    }
}
