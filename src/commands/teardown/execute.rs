//! What `apply` and `resume` share: who we are and may, the run folder, the executor, and what it says.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::commands::failure::Failure;
use crate::commands::run::Run;
use crate::commands::session::{ClusterAccess, Session};
use crate::config::settings;
use crate::openapi::Mutator;
use crate::output::view::run::{self as view, RunView};
use crate::output::{ExitStatus, Format};
use crate::resources::Reader;
use crate::store::{Lock, RunFolder, Runs};
use crate::teardown::journal::{self, Journal, Line};
use crate::teardown::place::{OFFICIAL, Place};
use crate::teardown::plan_file::{self, Here};
use crate::teardown::{Brake, Cloud, Executor, Outcome, Plan, PlanDigest};

use super::confirm::Refused;

/// The plan in its run folder.
pub(super) const PLAN_FILE: &str = "plan.json";
/// The ledger in its run folder.
pub(super) const LEDGER_FILE: &str = "ledger.json";

/// What is to be done, and how it is shown.
pub(super) struct Job<'a> {
    pub(super) plan: &'a Plan,
    pub(super) digest: &'a PlanDigest,
    pub(super) clusters: ClusterAccess,
    pub(super) output: Format,
    pub(super) command: &'static str,
}

/// The runs of this machine.
pub(super) fn runs(run: &Run) -> Result<Runs, Failure> {
    settings::state_folder(&run.context)
        .map(|folder| Runs::below(&folder))
        .ok_or_else(|| Failure::usage(Refused(run.messages.text("no-state-folder"))))
}

/// A fault of the program.
pub(super) fn internal(error: serde_json::Error) -> Failure {
    Failure::new(ExitStatus::Internal, error).hint("hint-report")
}

/// The place that plans are bound to.
pub(super) fn place(run: &Run) -> Place {
    let settings = &run.settings;
    let connect_to = settings.endpoint.as_ref().map_or_else(
        || OFFICIAL.to_owned(),
        |endpoint| endpoint.value.url.clone(),
    );
    let hosts = settings.hosts.iter();
    Place {
        connect_to,
        endpoint_type: settings.endpoint_type.value,
        hosts: hosts
            .map(|(product, host)| (product.clone(), host.value.clone()))
            .collect(),
    }
}

/// Finds out who we are, shows it, and refuses what may not be: another account, endpoint or identity, a stale plan, an
/// account that the user did not list. A plan is stale by `now`.
pub(super) async fn open(run: &Run, job: &Job<'_>, now: DateTime<Utc>) -> Result<Session, Failure> {
    let session = Session::open(run).await?;
    run.printer.talk(&view::announcement(
        job.plan,
        job.digest.as_str(),
        &run.messages,
    ));
    check_place(run, job, &session, now)?;
    if !run.settings.may_tear_down(&session.caller.account) {
        let account = session.caller.account.as_str();
        let path = settings::file_path(&run.context).map_or_else(
            || "config.toml".to_owned(),
            |path| path.display().to_string(),
        );
        let said = run
            .messages
            .text_with("apply-refused-account", &[("account", account.into())]);
        let hint = run.messages.text_with(
            "apply-refused-account-hint",
            &[("account", account.into()), ("path", path.into())],
        );
        return Err(Failure::new(ExitStatus::Refused, Refused(said)).advice(hint));
    }
    Ok(session)
}

/// Refuses a plan of another account, identity or endpoint, and one that is stale by `now`.
pub(super) fn check_place(
    run: &Run,
    job: &Job<'_>,
    session: &Session,
    now: DateTime<Utc>,
) -> Result<(), Failure> {
    let here = Here {
        account: session.caller.account.as_str(),
        identity: &session.caller.arn,
        place: &place(run),
        now,
    };
    Ok(plan_file::check(&job.plan.binding, &here)?)
}

/// Runs the plan from what its journal says until it ends or is interrupted.
pub(super) async fn execute(
    run: &Run,
    job: &Job<'_>,
    session: Session,
    folder: &RunFolder,
    lock: Lock,
) -> Result<ExitStatus, Failure> {
    let digest = job.digest.as_str();
    let bytes = folder.read(journal::FILE)?.unwrap_or_default();
    let replayed = journal::replay(&bytes, job.plan, digest)?;
    let log = folder.append(journal::FILE, replayed.length)?;
    let journal = Journal::resume(Box::new(log), digest, &replayed);
    let reader = Reader::new(session.reader.clone()).with_clusters(job.clusters.open(run));
    let cloud = Cloud::new(
        run.context.clone(),
        Arc::new(reader),
        Mutator::new(Arc::clone(&session.client)),
        Arc::clone(&session.found.provider),
        job.clusters.open(run),
        place(run),
    );
    let brake = Brake::default();
    let on_line = |line: &Line| {
        if job.output == Format::Jsonl {
            stream(run, line);
        }
        if let Some(said) = view::progress(job.plan, line, &run.messages) {
            run.printer.information(&said);
        }
    };
    let executor = Executor::new(job.plan, &cloud, journal, replayed.states, &brake, &on_line);
    let Some(outcome) = until_interrupted(run, executor, &brake, digest).await else {
        return Ok(ExitStatus::Interrupted);
    };
    drop(lock);
    let was_begun = folder
        .read(journal::FILE)?
        .is_some_and(|bytes| !bytes.is_empty());
    conclude(run, job, outcome, was_begun)
}

/// The first interruption stops the run in good order, the second leaves at once: then the journal says what was under way.
async fn until_interrupted(
    run: &Run,
    executor: Executor<'_>,
    brake: &Brake,
    digest: &str,
) -> Option<Outcome> {
    let mut running = std::pin::pin!(executor.run());
    loop {
        tokio::select! {
            outcome = &mut running => return Some(outcome),
            pressed = tokio::signal::ctrl_c() => {
                if pressed.is_err() || brake.is_pulled() {
                    return None;
                }
                brake.pull();
                let said = run.messages.text_with("run-interrupted", &[("digest", digest.into())]);
                run.printer.warning(&said, &run.messages);
            }
        }
    }
}

fn conclude(
    run: &Run,
    job: &Job<'_>,
    outcome: Outcome,
    was_begun: bool,
) -> Result<ExitStatus, Failure> {
    let shown = RunView {
        digest: job.digest.as_str(),
        plan: job.plan,
        states: &outcome.states,
        at: run.context.wall_clock.now(),
    };
    let status = if outcome.is_done() {
        ExitStatus::Done
    } else if outcome.was_interrupted {
        ExitStatus::Interrupted
    } else {
        ExitStatus::Unfinished
    };
    let answer = view::answer(&shown, job.command, &run.messages);
    let status = run.answer(&answer, job.output, status)?;
    match outcome.halt {
        None => Ok(status),
        Some(halt) => Err(Failure::halted(halt, was_begun)),
    }
}

/// One line of the journal as a record of `-o jsonl`, as it happens.
fn stream(run: &Run, line: &Line) {
    let record = serde_json::json!({ "record": "event", "value": line });
    // A reader that has gone must not stop a run half-way: the journal has the line.
    let _ = run.print(&format!(
        "{}\n",
        crate::output::sanitize::json(&record.to_string())
    ));
}
