//! `yunsweep types`

use clap::Args;

use super::arguments::OutputArguments;
use super::failure::Failure;
use super::run::Run;
use crate::output::ExitStatus;
use crate::output::view::types::answer;
use crate::resources::RESOURCE_TYPES;

/// Arguments of `types`.
#[derive(Debug, Default, Args)]
pub struct TypesArguments {
    #[command(flatten)]
    output: OutputArguments,
}

/// Runs it.
pub(super) fn run(run: &Run, arguments: &TypesArguments) -> Result<ExitStatus, Failure> {
    let now = run.context.wall_clock.now();
    let shown = answer(RESOURCE_TYPES, now, &run.messages);
    run.answer(&shown, arguments.output.output, ExitStatus::Done)
}
