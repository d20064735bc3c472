//! `yunsweep completions`

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::arguments::Arguments;
use super::failure::Failure;
use super::run::Run;
use crate::output::ExitStatus;

/// Arguments of `completions`.
#[derive(Debug, Args)]
pub struct CompletionsArguments {
    /// The shell
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

/// Runs it.
pub(super) fn run(run: &Run, arguments: &CompletionsArguments) -> Result<ExitStatus, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(
        arguments.shell,
        &mut Arguments::command(),
        "yunsweep",
        &mut script,
    );
    run.print(&String::from_utf8_lossy(&script))?;
    Ok(ExitStatus::Done)
}
