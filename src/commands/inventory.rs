//! `yunsweep inventory`

use clap::Args;

use super::arguments::OutputArguments;
use super::failure::Failure;
use super::run::Run;
use super::scan::ScanArguments;
use crate::output::ExitStatus;
use crate::output::view::inventory::answer;

/// Arguments of `inventory`.
#[derive(Debug, Default, Args)]
pub struct InventoryArguments {
    /// What to read.
    #[command(flatten)]
    pub scan: ScanArguments,
    /// How to show it.
    #[command(flatten)]
    pub output: OutputArguments,
}

/// Runs it.
pub(super) async fn run(run: &Run, arguments: &InventoryArguments) -> Result<ExitStatus, Failure> {
    let inventory = arguments.scan.inventory(run).await?;
    let shown = answer(&inventory, &run.messages);
    run.answer(
        &shown,
        arguments.output.output,
        arguments.scan.status(&inventory),
    )
}
