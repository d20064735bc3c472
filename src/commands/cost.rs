//! `yunsweep cost`

use chrono::NaiveDate;
use clap::Args;
use rust_decimal::Decimal;

use super::arguments::OutputArguments;
use super::failure::Failure;
use super::run::Run;
use super::scan::ScanArguments;
use crate::inventory::Inventory;
use crate::output::view::cost::answer;
use crate::output::{ExitStatus, Format};
use crate::pricing::{Charged, Estimate, Options, PriceBook, estimate};
use crate::resources::{Neighbours, find};

/// Arguments of `cost`.
#[derive(Debug, Default, Args)]
pub struct CostArguments {
    /// What to read.
    #[command(flatten)]
    pub scan: ScanArguments,
    /// How the month is counted.
    #[command(flatten)]
    pub month: MonthArguments,
    /// Exit with 4 where a price or quantity is unknown
    #[arg(long)]
    strict: bool,
    /// How to show it.
    #[command(flatten)]
    pub output: OutputArguments,
}

/// How a month is counted.
#[derive(Clone, Debug, Default, Args)]
pub struct MonthArguments {
    /// Hours of the month [default: 720, Alibaba Cloud's own 24 x 30]
    #[arg(long, value_name = "HOURS")]
    hours: Option<Decimal>,
    /// Day whose prices are taken, YYYY-MM-DD [default: the day of the scan]
    #[arg(long, value_name = "DATE")]
    as_of: Option<NaiveDate>,
}

impl MonthArguments {
    /// Prices everything that the inventory holds.
    pub fn estimate(&self, inventory: &Inventory) -> Result<Estimate, Failure> {
        let date = self
            .as_of
            .unwrap_or_else(|| inventory.scanned_at.date_naive());
        let sites = inventory
            .accounts
            .iter()
            .map(|account| (account.id.clone(), account.site))
            .collect();
        let mut options = Options::new(date, sites);
        if let Some(hours) = self.hours {
            options = options.with_hours(hours).map_err(Failure::usage)?;
        }
        let near = Neighbours::new(&inventory.resources);
        // A resource of a type that this version does not know (a newer snapshot) has charges that nobody can name:
        // without any it is shown as unknown.
        let charged = inventory.resources.iter().map(|resource| Charged {
            resource,
            charges: find(resource.id.type_id.as_str())
                .map(|resource_type| resource_type.charges(resource, &near))
                .unwrap_or_default(),
        });
        Ok(estimate(PriceBook::embedded(), charged, &options))
    }
}

/// Runs it.
pub(super) async fn run(run: &Run, arguments: &CostArguments) -> Result<ExitStatus, Failure> {
    let inventory = arguments.scan.inventory(run).await?;
    let priced = arguments.month.estimate(&inventory)?;
    let is_full = arguments.output.output == Format::Wide;
    let shown = answer(&priced, &inventory, is_full, &run.messages);
    let status = match arguments.scan.status(&inventory) {
        ExitStatus::Done if arguments.strict && priced.total.lines.unknown > 0 => {
            ExitStatus::Incomplete
        }
        status => status,
    };
    run.answer(&shown, arguments.output.output, status)
}
