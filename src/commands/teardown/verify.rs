//! `yunsweep teardown verify`

use std::path::{Path, PathBuf};

use clap::Args;

use super::execute;
use crate::commands::arguments::OutputArguments;
use crate::commands::cost::MonthArguments;
use crate::commands::failure::Failure;
use crate::commands::run::Run;
use crate::commands::scan::{ApiServerArguments, scan_accounts};
use crate::commands::session::Session;
use crate::output::format::{Surface, render};
use crate::output::view::verify::{VerifyView, answer, certificate};
use crate::output::{Answer, ExitStatus, Format};
use crate::resources::RESOURCE_TYPES;
use crate::store::{self, StoreError, write_whole};
use crate::teardown::plan_file::{self, Here};
use crate::teardown::{History, PlanFile, Verdict, journal, verify};

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
    // A certificate that cannot be written is found out before anything is looked at.
    if let Some(path) = &arguments.certificate {
        store::check_writable(path).map_err(|cause| StoreError::File {
            doing: "write",
            path: path.clone(),
            cause,
        })?;
    }
    let session = Session::open(run).await?;
    // A plan may be proven long after it was made, but nowhere else.
    let here = Here {
        account: session.caller.account.as_str(),
        identity: &file.plan.binding.identity,
        place: &execute::place(run),
        now: file.plan.binding.read_at,
    };
    plan_file::check(&file.plan.binding, &here)?;
    let mut account = session.account(run, arguments.api_servers.access()).await?;
    // The scope's own regions, whatever the settings say: a narrower look would prove less than it says.
    account.regions = verify::regions(&file.plan);
    account.is_every_region = false;
    let inventory = scan_accounts(run, &[account], RESOURCE_TYPES.to_vec()).await;
    let priced = arguments.month.estimate(&inventory)?;
    let found = verify::verify(&file.plan, &inventory, &priced.lines);
    let history = history(run, &file);
    let view = VerifyView {
        plan: &file.plan,
        digest: file.digest.as_str(),
        found: &found,
        history: history.as_ref(),
        verifier: &session.caller.arn,
    };
    if let Some(path) = &arguments.certificate {
        write(run, &certificate(&view, &run.messages), path)?;
    }
    // What is pasted elsewhere has to say all of it; a terminal shows the short page.
    let shown = match arguments.output.output {
        Format::Markdown => certificate(&view, &run.messages),
        _ => answer(&view, &run.messages),
    };
    let status = match found.verdict() {
        Verdict::Clean => ExitStatus::Done,
        Verdict::LeftOvers => ExitStatus::Unfinished,
        // Nothing is left over and all could be read, so that 7 and 4 would send a script the wrong way: to resume a run
        // that is done, or to look for a permission. It is no 0 either, because what the plan promised to keep is part of
        // what is verified. A whole answer with something in it that a person must look at is 3.
        Verdict::KeptMissing => ExitStatus::Findings,
        Verdict::Incomplete if inventory.is_blind() => ExitStatus::NoAccess,
        Verdict::Incomplete => ExitStatus::Incomplete,
    };
    run.answer(&shown, arguments.output.output, status)
}

fn write(run: &Run, certificate: &Answer<'_>, path: &Path) -> Result<(), Failure> {
    let text = render(certificate, Format::Markdown, Surface::PLAIN)
        .map_err(|error| Failure::new(ExitStatus::Internal, error))?;
    write_whole(path, text.as_bytes()).map_err(|cause| StoreError::File {
        doing: "write",
        path: path.to_owned(),
        cause,
    })?;
    let path = path.display().to_string();
    let said = run
        .messages
        .text_with("verify-saved", &[("path", path.into())]);
    run.printer.information(&said);
    Ok(())
}

/// What the run on this machine says: calls, times, the ids of a ticket. The proof does not rest on it. A journal that
/// cannot be read is said, and leaves the proof as it is.
fn history(run: &Run, file: &PlanFile) -> Option<History> {
    let folder = execute::runs(run).ok()?.of(file.digest.as_str()).ok()?;
    let told = folder
        .read(journal::FILE)
        .map_err(Failure::from)
        .and_then(|bytes| match bytes {
            Some(bytes) if !bytes.is_empty() => {
                let replayed = journal::replay(&bytes, &file.plan, file.digest.as_str())?;
                Ok(Some(History::of(&file.plan, &replayed.lines)))
            }
            _ => Ok(None),
        });
    told.unwrap_or_else(|failure| {
        let said = failure.report(&run.messages).line();
        run.printer.warning(&said, &run.messages);
        None
    })
}
