//! `yunsweep lab`

use clap::{Args, Subcommand};

use super::accounts::AccountsArguments;
use super::arguments::OutputArguments;
use super::failure::Failure;
use super::run::Run;
use super::scan::SourceArguments;
use crate::inventory::labs::{LabBy, OWNER, labs};
use crate::output::ExitStatus;
use crate::output::view::lab::answer;

/// Arguments of `lab`.
#[derive(Debug, Args)]
pub struct LabArguments {
    /// What to do.
    #[command(subcommand)]
    command: LabCommand,
}

/// What to do with labs.
#[derive(Debug, Subcommand)]
enum LabCommand {
    /// List labs: clusters and what belongs to them, by a tag or by the names of the clusters
    Ls(LsArguments),
}

/// Arguments of `lab ls`.
#[derive(Debug, Args)]
struct LsArguments {
    /// Tag whose value names the lab
    #[arg(long, value_name = "KEY", default_value = OWNER, conflicts_with = "name")]
    tag: String,
    /// Make a lab of each cluster whose name begins so, whatever its tags
    #[arg(long, value_name = "PREFIX")]
    name: Option<String>,
    /// What to read.
    #[command(flatten)]
    source: SourceArguments,
    /// Of which accounts.
    #[command(flatten)]
    accounts: AccountsArguments,
    /// How to show it.
    #[command(flatten)]
    output: OutputArguments,
}

/// Runs it.
pub(super) async fn run(run: &Run, arguments: &LabArguments) -> Result<ExitStatus, Failure> {
    let LabCommand::Ls(arguments) = &arguments.command;
    let inventory = arguments
        .source
        .whole_inventory_of(run, &arguments.accounts)
        .await?;
    let by = match &arguments.name {
        Some(prefix) => LabBy::Name(prefix),
        None => LabBy::Tag(&arguments.tag),
    };
    let shown = answer(&labs(&inventory, &by), &by, &inventory, &run.messages);
    run.answer(
        &shown,
        arguments.output.output,
        arguments.source.status(&inventory),
    )
}
