//! `yunsweep teardown status`

use clap::Args;

use super::execute;
use crate::commands::arguments::OutputArguments;
use crate::commands::failure::Failure;
use crate::commands::run::Run;
use crate::output::ExitStatus;
use crate::output::view::run::{self as view, RunView};
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

/// Runs it. Reads this machine's files only.
pub(super) fn run(run: &Run, arguments: &StatusArguments) -> Result<ExitStatus, Failure> {
    let runs = execute::runs(run)?;
    let folders = match &arguments.digest {
        Some(digest) => vec![runs.of(digest)?],
        None => runs.all()?,
    };
    let mut loaded = Vec::new();
    for folder in &folders {
        match load(folder) {
            Ok(Some(found)) => loaded.push(found),
            Ok(None) => {}
            Err(failure) if arguments.digest.is_some() => return Err(failure),
            // One damaged run must not hide the others.
            Err(failure) => {
                run.printer
                    .error(&failure.report(&run.messages), &run.messages);
            }
        }
    }
    let at = run.context.wall_clock.now();
    let views: Vec<RunView<'_>> = loaded
        .iter()
        .map(|(file, replayed)| RunView {
            digest: file.digest.as_str(),
            plan: &file.plan,
            states: &replayed.states,
            at,
        })
        .collect();
    let answer = match (&arguments.digest, views.as_slice()) {
        (Some(_), [one]) => view::answer(one, "teardown status", &run.messages),
        _ => view::status_answer(&views, at, &run.messages),
    };
    run.answer(&answer, arguments.output.output, ExitStatus::Done)
}

fn load(folder: &RunFolder) -> Result<Option<(PlanFile, Replayed)>, Failure> {
    let Some(text) = folder.read(execute::PLAN_FILE)? else {
        return Ok(None);
    };
    let file = plan_file::parse(&text, &folder.file(execute::PLAN_FILE))?;
    let bytes = folder.read(journal::FILE)?.unwrap_or_default();
    let replayed = journal::replay(&bytes, &file.plan, folder.digest())?;
    Ok(Some((file, replayed)))
}
