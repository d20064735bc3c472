//! `yunsweep diff`

use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;

use super::arguments::OutputArguments;
use super::cost::MonthArguments;
use super::failure::Failure;
use super::history::{self, Moment};
use super::run::Run;
use crate::inventory::diff::difference;
use crate::inventory::{Inventory, snapshot};
use crate::output::ExitStatus;
use crate::output::coverage::Summary;
use crate::output::view::diff::{Side, answer};

/// Arguments of `diff`.
#[derive(Debug, Args)]
pub struct DiffArguments {
    /// Scan to compare with: a snapshot file, or a scan of the history by day, time or number [default: the one before the last]
    #[arg(value_name = "BEFORE")]
    before: Option<Operand>,
    /// Scan to look at, in the same ways [default: the last one of the history]
    #[arg(value_name = "AFTER")]
    after: Option<Operand>,
    /// How the month is counted.
    #[command(flatten)]
    month: MonthArguments,
    /// How to show it.
    #[command(flatten)]
    output: OutputArguments,
}

/// A scan to compare.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Operand {
    /// Of the history.
    Kept(Moment),
    /// A snapshot file.
    File(PathBuf),
}

impl FromStr for Operand {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text.parse() {
            Ok(moment) => Self::Kept(moment),
            Err(_no_moment) => Self::File(text.into()),
        })
    }
}

impl Operand {
    fn inventory(&self, run: &Run) -> Result<Inventory, Failure> {
        match self {
            Self::Kept(moment) => history::scan_of(run, moment),
            Self::File(path) => Ok(snapshot::load(path)?),
        }
    }
}

/// Two scans that have nothing to do with each other.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct NotComparable(String);

/// Runs it.
pub(super) fn run(run: &Run, arguments: &DiffArguments) -> Result<ExitStatus, Failure> {
    let (before, after) = match (&arguments.before, &arguments.after) {
        (None, _) => history::last_two(run)?,
        (Some(before), None) => (before.inventory(run)?, history::last(run)?),
        (Some(before), Some(after)) => (before.inventory(run)?, after.inventory(run)?),
    };
    let shares_account = before
        .accounts
        .iter()
        .any(|account| after.accounts.iter().any(|other| other.id == account.id));
    if !shares_account {
        let said = run.messages.text("diff-no-common-account");
        return Err(Failure::usage(NotComparable(said)));
    }
    let estimates = (
        arguments.month.estimate(&before)?,
        arguments.month.estimate(&after)?,
    );
    let found = difference(&before, &after);
    let is_whole = found.unseen_before.is_empty()
        && found.unseen_after.is_empty()
        && [&before, &after]
            .iter()
            .all(|inventory| Summary::of(&inventory.coverage).is_complete());
    let shown = answer(
        &found,
        &Side::new(&before, &estimates.0),
        &Side::new(&after, &estimates.1),
        &run.messages,
    );
    let status = if is_whole {
        ExitStatus::Done
    } else {
        ExitStatus::Incomplete
    };
    run.answer(&shown, arguments.output.output, status)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_moment_is_a_file() {
        let operand = |text: &str| text.parse::<Operand>().unwrap();
        assert_eq!(operand("3"), Operand::Kept(Moment::Number(3)));
        assert!(matches!(operand("2026-11-01"), Operand::Kept(_)));
        assert_eq!(operand("./3"), Operand::File("./3".into()));
        assert_eq!(operand("scan.json"), Operand::File("scan.json".into()));
    }
}
