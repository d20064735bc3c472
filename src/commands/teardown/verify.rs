//! `yunsweep teardown verify`

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;

use super::execute;
use crate::commands::arguments::OutputArguments;
use crate::commands::cost::MonthArguments;
use crate::commands::failure::Failure;
use crate::commands::run::Run;
use crate::commands::scan::{ApiServerArguments, scan_account};
use crate::commands::session::Session;
use crate::output::format::{Surface, render};
use crate::output::view::verify::answer;
use crate::output::{ExitStatus, Format};
use crate::resources::RESOURCE_TYPES;
use crate::store::write_whole;
use crate::teardown::plan_file::{self, Here};
use crate::teardown::{PlanFile, Verdict, journal, verify};

/// Arguments of `teardown verify`.
#[derive(Debug, Args)]
pub struct VerifyArguments {
    /// Plan, as `teardown plan --save` wrote it
    #[arg(value_name = "PLAN")]
    plan: PathBuf,
    /// Write the certificate, in Markdown, to a file
    #[arg(long, value_name = "FILE")]
    certificate: Option<PathBuf>,
    /// How the month is counted.
    #[command(flatten)]
    month: MonthArguments,
    /// How API servers are reached.
    #[command(flatten)]
    api_servers: ApiServerArguments,
    /// How to show it.
    #[command(flatten)]
    output: OutputArguments,
}

/// Runs it.
pub(super) async fn run(run: &Run, arguments: &VerifyArguments) -> Result<ExitStatus, Failure> {
    let file = plan_file::load(&arguments.plan)?;
    let session = Session::open(run).await?;
    // A plan may be proven long after it was made, but nowhere else.
    let here = Here {
        account: session.caller.account.as_str(),
        identity: &file.plan.binding.identity,
        endpoint: &execute::endpoint(run),
        now: file.plan.binding.read_at,
    };
    plan_file::check(&file.plan.binding, &here)?;
    let mut account = session.account(run, arguments.api_servers.access()).await?;
    // The scope's own regions, whatever the settings say: a narrower look would prove less than it says.
    account.regions = verify::regions(&file.plan);
    let inventory = scan_account(run, account, RESOURCE_TYPES.to_vec()).await;
    let priced = arguments.month.estimate(&inventory)?;
    let found = verify::verify(&file.plan, &inventory, &priced.lines);
    let states = states(run, &file).unwrap_or_default();
    let shown = answer(
        &file.plan,
        file.digest.as_str(),
        &found,
        &states,
        &run.messages,
    );
    if let Some(path) = &arguments.certificate {
        let text = render(&shown, Format::Markdown, Surface::PLAIN)
            .map_err(|error| Failure::new(ExitStatus::Internal, error))?;
        write_whole(path, text.as_bytes()).map_err(Failure::usage)?;
        let path = path.display().to_string();
        let said = run
            .messages
            .text_with("verify-saved", &[("path", path.into())]);
        run.printer.information(&said);
    }
    let status = match found.verdict() {
        Verdict::Clean => ExitStatus::Done,
        Verdict::LeftOvers => ExitStatus::Unfinished,
        Verdict::Incomplete if inventory.is_blind() => ExitStatus::NoAccess,
        Verdict::Incomplete => ExitStatus::Incomplete,
    };
    run.answer(&shown, arguments.output.output, status)
}

/// What the run on this machine says, for the ids of a ticket. The proof does not rest on it.
fn states(
    run: &Run,
    file: &PlanFile,
) -> Option<BTreeMap<crate::teardown::StepId, crate::teardown::state::StepState>> {
    let folder = execute::runs(run).ok()?.of(file.digest.as_str()).ok()?;
    let bytes = folder.read(journal::FILE).ok()??;
    let replayed = journal::replay(&bytes, &file.plan, file.digest.as_str()).ok()?;
    Some(replayed.states)
}
