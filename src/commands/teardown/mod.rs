//! `yunsweep teardown`: plan a teardown, and what comes after the plan. One file per subcommand.

mod plan;

use clap::{Args, Subcommand};

use super::failure::Failure;
use super::run::Run;
use crate::output::ExitStatus;

/// Arguments of `teardown`.
#[derive(Debug, Args)]
pub struct TeardownArguments {
    /// What to do.
    #[command(subcommand)]
    pub command: TeardownCommand,
}

/// The subcommands of `teardown`.
#[derive(Debug, Subcommand)]
pub enum TeardownCommand {
    /// Say what would be taken down, in which order, by which calls, and what stays; changes nothing
    Plan(plan::PlanArguments),
}

/// Runs it.
pub(super) async fn run(run: &Run, arguments: &TeardownArguments) -> Result<ExitStatus, Failure> {
    match &arguments.command {
        TeardownCommand::Plan(arguments) => plan::run(run, arguments).await,
    }
}
