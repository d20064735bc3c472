//! One case: a run with things that go wrong, resumed until it is done, and held against the oracle each time that it stops.

use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::Mutex;

use super::laboratory::{Ended, Laboratory, in_its_own_time};
use super::oracle::Moment;
use super::reference::Reference;
use super::troubles::is_whole;
use super::wire::{Disk, Disturbance};

/// Processes that one case may take: each disturbance can end one, and a step that ended is tried again by the next.
const PROCESSES: usize = 8;

/// Of so many cases one is proven by a scan although it ended as the reference.
const PROVEN: usize = 8;

/// How a case ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// As the reference, in one go.
    AtOnce,
    /// As the reference, resumed.
    Resumed,
    /// Stopped at something that it names, resumed or not.
    Blocked(String),
    /// Not as it must.
    Wrong(Vec<String>),
}

/// Runs one case, with that many processes at most. Where it stops it is always proven by a scan; a run that ends where the
/// reference ends has the reference's world, and its proof is only made where that is asked for.
fn run(
    reference: &Reference,
    disturbances: &[Disturbance],
    processes: usize,
    is_proven_at_the_end: bool,
) -> End {
    in_its_own_time(async {
        let laboratory = Laboratory::start(disturbances.to_vec(), &[]).await;
        let disk = Disk::default();
        let moment = Moment {
            reference,
            laboratory: &laboratory,
            disk: &disk,
        };
        let mut blocker = String::new();
        let mut faults = Vec::new();
        for process in 1..=processes {
            match laboratory.process(&reference.planned, &disk).await {
                Ended::Died => "died".clone_into(&mut blocker),
                Ended::Unreadable(error) => return End::Wrong(vec![error]),
                Ended::By(outcome) => {
                    faults.extend(moment.faults_of_stop(&outcome));
                    if outcome.is_done() {
                        faults.extend(moment.faults_at_the_end());
                        faults.extend(moment.faults_of_run());
                        if is_proven_at_the_end {
                            faults.extend(moment.proven(&reference.planned.plan).await.1);
                        }
                        return match (faults.is_empty(), process) {
                            (false, _) => End::Wrong(faults),
                            (true, 1) => End::AtOnce,
                            (true, _) => End::Resumed,
                        };
                    }
                    blocker = format!("{:?} {:?}", outcome.halt, stops(&outcome));
                }
            }
            faults.extend(moment.faults_of_run());
            faults.extend(moment.proven(&reference.planned.plan).await.1);
            if !faults.is_empty() {
                return End::Wrong(faults);
            }
        }
        End::Blocked(blocker)
    })
}

fn stops(outcome: &yunsweep::teardown::Outcome) -> Vec<String> {
    use yunsweep::teardown::state::Status;
    let ended = outcome
        .states
        .iter()
        .filter_map(|(step, state)| match &state.status {
            Status::Ended { stop, .. } => {
                Some(format!("{step}: {:?} {:?}", stop.cause, stop.facts))
            }
            _ => None,
        });
    ended.collect()
}

/// The ends of many cases.
#[derive(Default)]
pub(crate) struct Tally {
    at_once: usize,
    resumed: usize,
    blocked: Vec<String>,
    wrong: Vec<String>,
}

/// Says something although the test passes.
#[expect(
    clippy::explicit_write,
    reason = "the test program swallows what `eprintln!` says in a test that passes"
)]
pub(crate) fn say(text: &str) {
    writeln!(std::io::stderr(), "{text}").unwrap();
}

impl Tally {
    /// Runs all cases, says how they ended, and fails where one ended wrong.
    pub(crate) fn of(
        title: &str,
        reference: &Reference,
        cases: &[(String, Vec<Disturbance>)],
    ) -> Self {
        Self::within(PROCESSES, title, reference, cases)
    }

    /// The same with that many processes at most.
    pub(crate) fn within(
        processes: usize,
        title: &str,
        reference: &Reference,
        cases: &[(String, Vec<Disturbance>)],
    ) -> Self {
        let tally = Mutex::new(Self::default());
        for (number, (name, disturbances)) in cases.iter().enumerate() {
            let is_proven = is_whole() || number % PROVEN == 0;
            let end = run(reference, disturbances, processes, is_proven);
            let mut tally = tally.lock().unwrap();
            let named =
                |what: &dyn std::fmt::Debug| format!("({}) {name}: {what:?}", reference.column);
            match end {
                End::AtOnce => tally.at_once += 1,
                End::Resumed => tally.resumed += 1,
                End::Blocked(by) => tally.blocked.push(named(&by)),
                End::Wrong(faults) => tally.wrong.push(named(&faults)),
            }
        }
        let tally = tally.into_inner().unwrap();
        say(&format!(
            "harness {title} ({}): {} cases, {} as the reference at once, {} after resuming, {} stopped at a named blocker, {} wrong",
            reference.column,
            cases.len(),
            tally.at_once,
            tally.resumed,
            tally.blocked.len(),
            tally.wrong.len(),
        ));
        tally
    }

    /// Fails where a case did not end as the reference.
    pub(crate) fn hold_at_the_end(&self) {
        self.hold();
        let blocked = self.blocked.join("\n");
        assert!(self.blocked.is_empty(), "not at the end:\n{blocked}");
    }

    /// Fails where a case ended wrong.
    pub(crate) fn hold(&self) {
        let mut text = String::new();
        for wrong in &self.wrong {
            writeln!(text, "{wrong}").unwrap();
        }
        assert!(
            self.wrong.is_empty(),
            "{} ended wrong:\n{text}",
            self.wrong.len()
        );
    }
}
