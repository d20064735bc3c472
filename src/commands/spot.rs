//! `yunsweep spot`

use clap::Args;

use super::accounts::AccountsArguments;
use super::arguments::OutputArguments;
use super::cost::MonthArguments;
use super::failure::Failure;
use super::run::Run;
use super::scan::SourceArguments;
use crate::inventory::Inventory;
use crate::inventory::spot::spot;
use crate::model::ChargeType;
use crate::output::ExitStatus;
use crate::output::view::spot::answer;

/// Arguments of `spot`.
#[derive(Debug, Default, Args)]
pub struct SpotArguments {
    /// What to read.
    #[command(flatten)]
    source: SourceArguments,
    /// Of which accounts.
    #[command(flatten)]
    accounts: AccountsArguments,
    /// How the month is counted.
    #[command(flatten)]
    month: MonthArguments,
    /// How to show it.
    #[command(flatten)]
    output: OutputArguments,
}

/// Runs it.
pub(super) async fn run(run: &Run, arguments: &SpotArguments) -> Result<ExitStatus, Failure> {
    let inventory = arguments
        .source
        .whole_inventory_of(run, &arguments.accounts)
        .await?;
    let found = spot(&inventory);
    let on_demand = arguments.month.estimate(&on_demand(&inventory))?;
    let shown = answer(&found, &on_demand, &inventory, &run.messages);
    run.answer(
        &shown,
        arguments.output.output,
        arguments.source.status(&inventory),
    )
}

/// The same instances as if they ran on demand.
fn on_demand(inventory: &Inventory) -> Inventory {
    let instances = spot(inventory).instances.into_iter();
    let resources = instances.cloned().map(|mut instance| {
        instance.charge_type = ChargeType::PayAsYouGo;
        instance.attributes.set_text("spot_strategy", "NoSpot");
        instance.status = Some("Running".to_owned());
        instance
    });
    Inventory {
        resources: resources.collect(),
        ..inventory.clone()
    }
}
