//! `yunsweep why`

use clap::Args;

use super::arguments::OutputArguments;
use super::cost::MonthArguments;
use super::failure::Failure;
use super::run::Run;
use super::scan::ScanArguments;
use crate::inventory::Inventory;
use crate::model::Resource;
use crate::output::ExitStatus;
use crate::output::view::why::answer;

/// Arguments of `why`.
#[derive(Debug, Args)]
pub struct WhyArguments {
    /// Id, name, or last part of an id (`ecs.disk/d-...` where an id alone is ambiguous)
    #[arg(value_name = "ID")]
    pub id: String,
    /// What to read.
    #[command(flatten)]
    pub scan: ScanArguments,
    /// How the month is counted.
    #[command(flatten)]
    pub month: MonthArguments,
    /// How to show it.
    #[command(flatten)]
    pub output: OutputArguments,
}

/// Runs it.
pub(super) async fn run(run: &Run, arguments: &WhyArguments) -> Result<ExitStatus, Failure> {
    let inventory = arguments.scan.inventory(run).await?;
    let resource = only(&inventory, &arguments.id, run)?;
    let priced = arguments.month.estimate(&inventory)?;
    let lines: Vec<_> = priced
        .lines
        .iter()
        .filter(|line| line.resource == resource.id)
        .collect();
    let shown = answer(&inventory, resource, &lines, &run.messages);
    run.answer(
        &shown,
        arguments.output.output,
        arguments.scan.status(&inventory),
    )
}

#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct NotOne(String);

/// The one resource that a text names.
pub(super) fn only<'a>(
    inventory: &'a Inventory,
    text: &'a str,
    run: &Run,
) -> Result<&'a Resource, Failure> {
    match inventory.named(text).as_slice() {
        [one] => Ok(one),
        [] => {
            let said = run
                .messages
                .text_with("why-not-found", &[("text", text.into())]);
            let failure = Failure::usage(NotOne(said)).hint("why-not-found-hint");
            // What was not read may well exist.
            match inventory.holes().count() {
                0 => Err(failure),
                holes => Err(failure.advice(run.messages.text_with(
                    "why-not-found-holes",
                    &[("count", holes.into()), ("text", text.into())],
                ))),
            }
        }
        several => {
            let ids: Vec<String> = several
                .iter()
                .map(|resource| format!("{}/{}", resource.id.type_id, resource.id.id))
                .collect();
            let said = run.messages.text_with(
                "why-several",
                &[
                    ("text", text.into()),
                    ("count", ids.len().into()),
                    ("ids", ids.join(", ").into()),
                ],
            );
            let failure = Failure::usage(NotOne(said));
            // Of things with one name a cluster is what is mostly meant: others are named after it.
            let meant = ids
                .iter()
                .find(|id| id.starts_with("ack.cluster/"))
                .or(ids.first());
            Err(match meant {
                Some(id) => failure.advice(
                    run.messages
                        .text_with("why-several-hint", &[("id", id.into())]),
                ),
                None => failure,
            })
        }
    }
}
