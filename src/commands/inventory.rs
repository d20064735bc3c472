//! `yunsweep inventory`

use clap::{Args, ValueEnum};

use super::arguments::OutputArguments;
use super::failure::Failure;
use super::run::Run;
use super::scan::ScanArguments;
use crate::output::ExitStatus;
use crate::output::view::{holdings, inventory as list};

/// Arguments of `inventory`.
#[derive(Debug, Default, Args)]
pub struct InventoryArguments {
    /// What to read.
    #[command(flatten)]
    pub scan: ScanArguments,
    /// Show who holds what, and what is held by nobody, instead of one row after the other
    #[arg(long, value_name = "WHAT", value_enum)]
    pub by: Option<By>,
    /// How to show it.
    #[command(flatten)]
    pub output: OutputArguments,
}

/// What an inventory is grouped by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum By {
    /// Clusters, also those that are gone, with their node pools and objects
    Owner,
}

/// Runs it.
pub(super) async fn run(run: &Run, arguments: &InventoryArguments) -> Result<ExitStatus, Failure> {
    let inventory = arguments.scan.inventory(run).await?;
    let shown = match arguments.by {
        None => list::answer(&inventory, &run.messages),
        Some(By::Owner) => holdings::answer(&inventory, &run.messages),
    };
    run.answer(
        &shown,
        arguments.output.output,
        arguments.scan.status(&inventory),
    )
}
