//! `yunsweep teardown status`

use clap::Args;

use super::confirm::Refused;
use super::execute;
use crate::commands::arguments::OutputArguments;
use crate::commands::failure::Failure;
use crate::commands::run::Run;
use crate::i18n::{Language, Messages};
use crate::output::ExitStatus;
use crate::output::view::run::{self as view, Damaged, RunView};
use crate::store::RunFolder;
use crate::teardown::journal::{self, Replayed};
use crate::teardown::{PlanFile, plan_file};

/// Arguments of `teardown status`.
#[derive(Debug, Args)]
pub struct StatusArguments {
    /// Digest of one run's plan, to see its steps [default: all runs]
    #[arg(value_name = "DIGEST")]
    digest: Option<String>,
    /// How to show it.
    #[command(flatten)]
    output: OutputArguments,
}

/// What a run folder says.
enum Found {
    /// A run.
    Run(Box<(PlanFile, Replayed)>),
    /// Nothing was ever sent for it: it has no journal, and no plan.
    Nothing,
}

/// A run whose plan is not that of its folder.
#[derive(Debug, thiserror::Error)]
#[error("the plan in the folder of the run has the digest {0}")]
struct OtherPlan(String);

/// A run that has a journal and no plan.
#[derive(Debug, thiserror::Error)]
#[error("the run has a journal and no plan")]
struct WithoutPlan;

/// Runs it. Reads this machine's files only.
pub(super) fn run(run: &Run, arguments: &StatusArguments) -> Result<ExitStatus, Failure> {
    let runs = execute::runs(run)?;
    let folders = match &arguments.digest {
        Some(digest) => vec![runs.of(digest)?],
        None => runs.all()?,
    };
    let english = Messages::new(Language::English);
    let mut loaded = Vec::new();
    let mut damaged = Vec::new();
    for folder in &folders {
        match load(folder) {
            Ok(Found::Run(found)) => loaded.push(found),
            Ok(Found::Nothing) if arguments.digest.is_some() => {
                return Err(unknown(run, folder.digest()));
            }
            Ok(Found::Nothing) => {}
            // One damaged run must not hide the others.
            Err(failure) => damaged.push(Damaged {
                digest: folder.digest().to_owned(),
                said: failure.report(&run.messages).line(),
                what: failure.report(&english).line(),
            }),
        }
    }
    let at = run.context.wall_clock.now();
    let views: Vec<RunView<'_>> = loaded
        .iter()
        .map(|found| {
            let (file, replayed) = found.as_ref();
            RunView {
                digest: file.digest.as_str(),
                plan: &file.plan,
                states: &replayed.states,
                at,
            }
        })
        .collect();
    let answer = match (&arguments.digest, views.as_slice()) {
        (Some(_), [one]) => view::answer(one, "teardown status", &run.messages),
        _ => view::status_answer(&views, &damaged, at, &run.messages),
    };
    // What a damaged run has come to is not known: the answer is there, and it is not whole.
    let status = if damaged.is_empty() {
        ExitStatus::Done
    } else {
        ExitStatus::Incomplete
    };
    run.answer(&answer, arguments.output.output, status)
}

fn load(folder: &RunFolder) -> Result<Found, Failure> {
    let bytes = folder.read(journal::FILE)?.unwrap_or_default();
    let Some(text) = folder.read(execute::PLAN_FILE)? else {
        return if bytes.is_empty() {
            Ok(Found::Nothing)
        } else {
            Err(Failure::new(ExitStatus::Incomplete, WithoutPlan))
        };
    };
    let file = plan_file::parse(&text, &folder.file(execute::PLAN_FILE))?;
    if file.digest.as_str() != folder.digest() {
        let other = OtherPlan(file.digest.to_string());
        return Err(Failure::new(ExitStatus::Incomplete, other));
    }
    let replayed = journal::replay(&bytes, &file.plan, folder.digest())?;
    Ok(Found::Run(Box::new((file, replayed))))
}

/// There is no run of that plan here.
pub(super) fn unknown(run: &Run, digest: &str) -> Failure {
    let unknown = run
        .messages
        .text_with("resume-unknown", &[("digest", digest.into())]);
    Failure::usage(Refused(unknown)).hint("resume-unknown-hint")
}
