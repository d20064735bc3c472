//! `yunsweep history`, and how the other commands keep and find scans in it.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use clap::{Args, Subcommand};

use super::arguments::OutputArguments;
use super::failure::Failure;
use super::run::Run;
use crate::config::settings;
use crate::inventory::{Inventory, snapshot};
use crate::model::{Region, causes};
use crate::output::ExitStatus;
use crate::output::view::history::answer;
use crate::store::{Entry, History, HistoryError, Kept};

/// Arguments of `history`.
#[derive(Debug, Args)]
pub struct HistoryArguments {
    #[command(subcommand)]
    command: Option<HistoryCommand>,
    /// How to show it.
    #[command(flatten)]
    output: OutputArguments,
}

/// What to do with it.
#[derive(Debug, Subcommand)]
enum HistoryCommand {
    /// Forget old scans
    Prune(PruneArguments),
}

/// Arguments of `history prune`.
#[derive(Debug, Args)]
struct PruneArguments {
    /// Forget the scans that began before this day (UTC), YYYY-MM-DD
    #[arg(long, value_name = "DATE")]
    before: NaiveDate,
}

/// A point of the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Moment {
    /// A scan by its number.
    Number(i64),
    /// The last scan that began before a time.
    Before(DateTime<Utc>),
}

impl FromStr for Moment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Ok(number) = text.parse() {
            return Ok(Self::Number(number));
        }
        if let Ok(day) = text.parse::<NaiveDate>()
            && let Some(next) = day.checked_add_days(Days::new(1))
        {
            return Ok(Self::Before(next.and_time(NaiveTime::MIN).and_utc()));
        }
        // The scan that began at that very time is meant, too.
        text.parse::<DateTime<Utc>>()
            .ok()
            .and_then(|time| time.checked_add_signed(chrono::TimeDelta::microseconds(1)))
            .map(Self::Before)
            .ok_or_else(|| {
                "write a day (2026-11-01), a time (2026-11-01T12:00:00Z) or the number of a scan"
                    .to_owned()
            })
    }
}

/// A scan that the history does not have, or that it has more than once.
#[derive(Debug)]
struct NotKept(String);

impl fmt::Display for NotKept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NotKept {}

/// Runs it.
pub(super) fn run(run: &Run, arguments: &HistoryArguments) -> Result<ExitStatus, Failure> {
    let history = History::find(&folder(run)?)?;
    if let Some(HistoryCommand::Prune(prune)) = &arguments.command {
        let begin = prune.before.and_time(NaiveTime::MIN).and_utc();
        let count = match &history {
            Some(history) => history.forget_before(begin)?,
            None => 0,
        };
        run.printer.information(
            &run.messages
                .text_with("history-forgotten", &[("count", count.into())]),
        );
    }
    let all = match &history {
        Some(history) => history.all()?,
        None => Vec::new(),
    };
    let shown = answer(&all, run.context.wall_clock.now(), &run.messages);
    run.answer(&shown, arguments.output.output, ExitStatus::Done)
}

/// Keeps a scan. The answer that it was made for stands without it: what goes wrong is told and stops nothing.
pub(super) fn keep(run: &Run, inventory: &Inventory) {
    if !run.settings.history.value {
        return;
    }
    let Some(folder) = settings::data_folder(&run.context) else {
        return;
    };
    let kept = snapshot::to_bytes(inventory)
        .map_err(|error| Box::new(error) as Box<dyn std::error::Error>)
        .and_then(|text| {
            History::open(&folder)?.keep(&entry(inventory), &text)?;
            Ok(())
        });
    if let Err(error) = kept {
        let said = causes(&*error);
        run.printer.warning(
            &run.messages
                .text_with("history-not-kept", &[("reason", said.join(": ").into())]),
            &run.messages,
        );
    }
}

fn entry(inventory: &Inventory) -> Entry {
    let accounts = inventory.accounts.iter();
    let regions = accounts.clone().flat_map(|account| &account.regions);
    Entry {
        scanned_at: inventory.scanned_at,
        accounts: listed(accounts.map(|account| account.id.as_str())),
        regions: listed(regions.map(Region::as_str)),
        resources: u64::try_from(inventory.resources.len()).unwrap_or(u64::MAX),
        holes: u64::try_from(inventory.holes().count()).unwrap_or(u64::MAX),
    }
}

fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let sorted: std::collections::BTreeSet<&str> = names.collect();
    sorted.into_iter().collect::<Vec<_>>().join(",")
}

/// The inventory of a point of the history.
pub(super) fn scan_of(run: &Run, moment: &Moment) -> Result<Inventory, Failure> {
    let history = existing(run)?;
    let all = history.all()?;
    let number = match moment {
        Moment::Number(number) => *number,
        Moment::Before(time) => last_before(run, &all, *time)?.number,
    };
    load(run, &history, number)
}

/// The last scan.
pub(super) fn last(run: &Run) -> Result<Inventory, Failure> {
    let history = existing(run)?;
    let all = history.all()?;
    let last = last_before(run, &all, DateTime::<Utc>::MAX_UTC)?;
    load(run, &history, last.number)
}

/// The last two scans that looked at the same accounts and regions.
pub(super) fn last_two(run: &Run) -> Result<(Inventory, Inventory), Failure> {
    let history = existing(run)?;
    let all = history.all()?;
    let Some(last) = all.last() else {
        return Err(nothing(run));
    };
    let is_alike = |kept: &&Kept| {
        kept.number != last.number
            && kept.entry.accounts == last.entry.accounts
            && kept.entry.regions == last.entry.regions
    };
    let Some(before) = all.iter().rev().find(is_alike) else {
        let said = run.messages.text_with(
            "history-nothing-alike",
            &[("number", last.number.to_string().into())],
        );
        return Err(Failure::usage(NotKept(said)).hint("history-nothing-alike-hint"));
    };
    Ok((
        load(run, &history, before.number)?,
        load(run, &history, last.number)?,
    ))
}

fn last_before<'a>(run: &Run, all: &'a [Kept], time: DateTime<Utc>) -> Result<&'a Kept, Failure> {
    let mut earlier = all.iter().rev().filter(|kept| kept.entry.scanned_at < time);
    let Some(last) = earlier.next() else {
        return Err(nothing(run));
    };
    // Which of several accounts is meant cannot be guessed.
    match earlier.find(|kept| kept.entry.accounts != last.entry.accounts) {
        None => Ok(last),
        Some(other) => {
            let said = run.messages.text_with(
                "history-several-accounts",
                &[
                    ("one", last.entry.accounts.as_str().into()),
                    ("other", other.entry.accounts.as_str().into()),
                ],
            );
            Err(Failure::usage(NotKept(said)).hint("history-hint"))
        }
    }
}

fn load(run: &Run, history: &History, number: i64) -> Result<Inventory, Failure> {
    let Some(text) = history.snapshot(number)? else {
        let said = run.messages.text_with(
            "history-no-such-scan",
            &[("number", number.to_string().into())],
        );
        return Err(Failure::usage(NotKept(said)).hint("history-hint"));
    };
    let place = format!("{}#{number}", history.path().display());
    Ok(snapshot::parse(&text, &PathBuf::from(place))?)
}

fn existing(run: &Run) -> Result<History, Failure> {
    History::find(&folder(run)?)?.ok_or_else(|| nothing(run))
}

fn nothing(run: &Run) -> Failure {
    Failure::usage(NotKept(run.messages.text("history-nothing"))).hint("history-hint")
}

fn folder(run: &Run) -> Result<PathBuf, Failure> {
    settings::data_folder(&run.context)
        .ok_or_else(|| Failure::usage(NotKept(run.messages.text("no-data-folder"))))
}

impl From<HistoryError> for Failure {
    fn from(error: HistoryError) -> Self {
        Self::usage(error).hint("history-unusable-hint")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_a_day_a_time_or_a_number() {
        let time = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        assert_eq!("12".parse(), Ok(Moment::Number(12)));
        // The whole day counts.
        assert_eq!(
            "2026-11-01".parse(),
            Ok(Moment::Before(time("2026-11-02T00:00:00Z")))
        );
        let Ok(Moment::Before(end)) = "2026-11-01T12:00:00Z".parse() else {
            panic!("a time is a moment");
        };
        assert!(time("2026-11-01T12:00:00Z") < end && end < time("2026-11-01T12:00:01Z"));
        for wrong in ["", "yesterday", "2026-13-01", "scan.json"] {
            assert!(wrong.parse::<Moment>().is_err(), "{wrong}");
        }
    }
}
