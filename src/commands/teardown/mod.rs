//! `yunsweep teardown`: plan a teardown, apply it, prove it. One file per subcommand.

mod apply;
mod confirm;
mod execute;
mod plan;
mod resume;
mod status;
mod verify;

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
    /// Take down what a plan says, and nothing else
    Apply(apply::ApplyArguments),
    /// Go on with a run that was interrupted or that stopped
    Resume(resume::ResumeArguments),
    /// Show the runs of this machine and what each step has come to
    Status(status::StatusArguments),
    /// Prove by a full rescan what is gone, and name what is not
    Verify(verify::VerifyArguments),
}

impl TeardownArguments {
    /// Whether an interruption is the command's own business.
    pub(super) fn ends_by_itself(&self) -> bool {
        matches!(
            self.command,
            TeardownCommand::Apply(_) | TeardownCommand::Resume(_)
        )
    }
}

/// Runs it.
pub(super) async fn run(run: &Run, arguments: &TeardownArguments) -> Result<ExitStatus, Failure> {
    match &arguments.command {
        TeardownCommand::Plan(arguments) => plan::run(run, arguments).await,
        TeardownCommand::Apply(arguments) => apply::run(run, arguments).await,
        TeardownCommand::Resume(arguments) => resume::run(run, arguments).await,
        TeardownCommand::Status(arguments) => status::run(run, arguments),
        TeardownCommand::Verify(arguments) => verify::run(run, arguments).await,
    }
}
