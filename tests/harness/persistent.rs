//! What does not get better by itself: a change that is refused each time, a read that fails each time. The run stops at it and
//! names it, the rest goes on, and neither the run nor the proof calls gone what nobody could look at.

use std::collections::BTreeSet;

use yunsweep::emulator::Effect;
use yunsweep::teardown::verify;

use super::case::{Tally, say};
use super::laboratory::{Laboratory, in_its_own_time};
use super::reference::{CLUSTER_ONLY, Reference, WITH_ALL};
use super::troubles::{failures, is_whole};
use super::wire::{Disturbance, Sent, Trouble};

/// Lists that say neither a total nor a next page: an empty one is an answer like any other, and nothing tells that it lies.
const WITHOUT_TOTAL: &[&str] = &["arms:ListEnvironments", "cr-personal:GetNamespaceList"];

/// One case for each kind of request that is chosen, and each trouble that is taken of those that it can have.
fn cases(
    sent: &[Sent],
    is_chosen: impl Fn(&Sent) -> bool,
    takes: impl Fn(usize, &Trouble) -> bool,
) -> Vec<(String, Vec<Disturbance>)> {
    let mut labels = BTreeSet::new();
    let mut cases = Vec::new();
    for one in sent {
        let label = one.label();
        if !is_chosen(one) || !labels.insert(label.clone()) {
            continue;
        }
        let turn = label.bytes().map(usize::from).sum::<usize>();
        for (index, trouble) in failures(one).into_iter().enumerate() {
            let lies = matches!(trouble, Trouble::Answers(Effect::EmptyPage));
            if takes(index + turn, &trouble) && !(lies && WITHOUT_TOTAL.contains(&label.as_str())) {
                let name = format!("always {label} {trouble:?}");
                cases.push((name, vec![Disturbance::Always(label.clone(), trouble)]));
            }
        }
    }
    cases
}

/// Refused for the moment: the step is tried until its deadline, which takes hundreds of looks.
fn is_tried_again(trouble: &Trouble) -> bool {
    match trouble {
        Trouble::Answers(Effect::Code { code, .. }) => {
            ["OperationConflict", "DependencyViolation"].contains(&code.as_str())
                || code.contains("NotFound")
                || code.contains("NOT_EXIST")
                || code.contains("NotExist")
        }
        Trouble::Answers(Effect::Deny) => false,
        Trouble::ServerAnswers(status, _) => ![403, 422].contains(status),
        _ => true,
    }
}

#[test]
#[ignore = "steps are tried until their deadlines, which takes minutes in debug: `cargo test --release --test harness -- --ignored`"]
fn each_change_that_is_always_refused_is_named() {
    let all = cases(&WITH_ALL.sent, Sent::changes, |turn, trouble| {
        is_whole() || turn.is_multiple_of(if is_tried_again(trouble) { 24 } else { 3 })
    });
    Tally::within(2, "refuse always", &WITH_ALL, &all).hold();
}

#[test]
fn each_look_that_always_fails_leaves_it_open() {
    let all = cases(
        &CLUSTER_ONLY.sent,
        |sent| !sent.changes(),
        |turn, _| is_whole() || turn.is_multiple_of(48),
    );
    Tally::within(2, "blind always", &CLUSTER_ONLY, &all).hold();
}

/// Proves the plan over a wire on which a read fails each time; what is wrong with the proof.
fn proof(reference: &Reference, disturbances: &[Disturbance]) -> Vec<String> {
    in_its_own_time(async {
        let laboratory = Laboratory::start(disturbances.to_vec(), &[]).await;
        let inventory = laboratory.scan_by(true).await;
        let plan = &reference.planned.plan;
        let proof = verify::verify(plan, &inventory, &[]);
        let contents = laboratory.running.contents();
        let mut faults = Vec::new();
        for step in &plan.steps {
            let is_there = laboratory.has(&contents, &step.fingerprint.id);
            if is_there && proof.gone.iter().any(|gone| gone.step == step.id) {
                faults.push(format!("{} is called gone", step.id));
            }
        }
        if proof.verdict() == verify::Verdict::Clean {
            faults.push("clean".to_owned());
        }
        faults
    })
}

#[test]
fn no_proof_says_gone_of_what_it_could_not_see() {
    let sent = in_its_own_time(async {
        let laboratory = Laboratory::start(Vec::new(), &[]).await;
        laboratory.scan_by(true).await;
        laboratory.wire.sent()
    });
    let all = cases(
        &sent,
        |_| true,
        |turn, _| is_whole() || turn.is_multiple_of(12),
    );
    std::sync::LazyLock::force(&WITH_ALL);
    let mut wrong = Vec::new();
    for (name, disturbances) in &all {
        let faults = proof(&WITH_ALL, disturbances);
        wrong.extend(faults.iter().map(|fault| format!("{name}: {fault}")));
    }
    say(&format!(
        "harness blind proof (b): {} cases, {} wrong",
        all.len(),
        wrong.len()
    ));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
