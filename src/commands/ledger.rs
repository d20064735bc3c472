//! `yunsweep ledger`: what clusters own, kept for when nobody can ask them any more.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::arguments::OutputArguments;
use super::failure::Failure;
use super::run::Run;
use super::scan::SourceArguments;
use crate::inventory::ledger::{Became, SavedLedger, clusters};
use crate::model::{ResourceId, time};
use crate::output::ExitStatus;
use crate::output::coverage::Summary;
use crate::output::view::ledger::{checked, saved};

/// Arguments of `ledger`.
#[derive(Debug, Args)]
pub struct LedgerArguments {
    #[command(subcommand)]
    command: LedgerCommand,
}

/// What to do with a ledger.
#[derive(Debug, Subcommand)]
enum LedgerCommand {
    /// Save what clusters own, with the evidence
    Save(SaveArguments),
    /// Say what became of each resource of a saved ledger
    Check(CheckArguments),
}

/// Arguments of `ledger save`.
#[derive(Debug, Args)]
struct SaveArguments {
    /// Cluster, by id or name, or by the id of one that is gone; repeat it for several
    #[arg(long = "cluster", value_name = "CLUSTER_ID", required = true)]
    clusters: Vec<String>,
    /// The file to write
    #[arg(long, value_name = "FILE")]
    save: PathBuf,
    /// What to read.
    #[command(flatten)]
    source: SourceArguments,
    /// How to show it.
    #[command(flatten)]
    output: OutputArguments,
}

/// Arguments of `ledger check`.
#[derive(Debug, Args)]
struct CheckArguments {
    /// The saved ledger
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// What to read.
    #[command(flatten)]
    source: SourceArguments,
    /// How to show it.
    #[command(flatten)]
    output: OutputArguments,
}

/// Runs it.
pub(super) async fn run(run: &Run, arguments: &LedgerArguments) -> Result<ExitStatus, Failure> {
    match &arguments.command {
        LedgerCommand::Save(arguments) => save(run, arguments).await,
        LedgerCommand::Check(arguments) => check(run, arguments).await,
    }
}

async fn save(run: &Run, arguments: &SaveArguments) -> Result<ExitStatus, Failure> {
    // A ledger that cannot be saved is found out before the scan. A link that leads nowhere is something, too.
    SavedLedger::check_writable(&arguments.save)?;
    if arguments.save.symlink_metadata().is_ok() {
        return Err(is_there_already(run, &arguments.save));
    }
    let inventory = arguments.source.whole_inventory(run).await?;
    let mut named: Vec<ResourceId> = Vec::new();
    for text in &arguments.clusters {
        let found = clusters(&inventory, text);
        if found.is_empty() {
            let said = run
                .messages
                .text_with("ledger-no-cluster", &[("cluster", text.into())]);
            return Err(Failure::usage(Refused(said)));
        }
        named.extend(found);
    }
    named.sort();
    named.dedup();
    let ledger = SavedLedger::of(&inventory, named);
    match ledger.save(&arguments.save) {
        Err(error) if error.is_there_already() => {
            return Err(is_there_already(run, &arguments.save));
        }
        saved => saved?,
    }
    let shown = saved(&ledger, &arguments.save, &inventory, &run.messages);
    let status = Summary::of(&inventory.coverage).exit_status();
    run.answer(&shown, arguments.output.output, status)
}

async fn check(run: &Run, arguments: &CheckArguments) -> Result<ExitStatus, Failure> {
    let ledger = SavedLedger::load(&arguments.file)?;
    let inventory = arguments.source.whole_inventory(run).await?;
    if inventory.scanned_at < ledger.scanned_at {
        let times = [
            ("scan", time::format(inventory.scanned_at).into()),
            ("ledger", time::format(ledger.scanned_at).into()),
        ];
        let said = run.messages.text_with("ledger-older-scan", &times);
        return Err(Failure::usage(Refused(said)));
    }
    let found = ledger.check(&inventory);
    // What nobody could read then may be there as well.
    let is_unclear = found.iter().any(|(_, became)| *became == Became::Unclear)
        || ledger.relevant_holes().next().is_some();
    let shown = checked(&ledger, &found, &inventory, &run.messages);
    let status = match Summary::of(&inventory.coverage).exit_status() {
        // Holes elsewhere say nothing of what stands in the ledger.
        ExitStatus::Incomplete | ExitStatus::Done if !is_unclear => ExitStatus::Done,
        ExitStatus::Done => ExitStatus::Incomplete,
        status => status,
    };
    run.answer(&shown, arguments.output.output, status)
}

fn is_there_already(run: &Run, path: &Path) -> Failure {
    let path = path.display().to_string();
    let said = run
        .messages
        .text_with("ledger-exists", &[("path", path.into())]);
    Failure::new(ExitStatus::Refused, Refused(said)).hint("ledger-exists-hint")
}

#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Refused(String);
