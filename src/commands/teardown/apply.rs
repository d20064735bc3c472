//! `yunsweep teardown apply`

use std::path::PathBuf;

use clap::Args;

use super::confirm::{self, Refused};
use super::execute::{self, Job};
use crate::commands::arguments::OutputArguments;
use crate::commands::failure::Failure;
use crate::commands::run::Run;
use crate::commands::scan::ApiServerArguments;
use crate::output::ExitStatus;
use crate::teardown::{guard, plan_file};

/// Arguments of `teardown apply`.
#[derive(Debug, Args)]
pub struct ApplyArguments {
    /// Plan, as `teardown plan --save` wrote it
    #[arg(value_name = "PLAN")]
    plan: PathBuf,
    /// Digest of the plan, which says that it was read; without it the digest is asked for on a terminal
    #[arg(long, value_name = "DIGEST")]
    confirm: Option<String>,
    /// How API servers are reached.
    #[command(flatten)]
    api_servers: ApiServerArguments,
    /// How to show it.
    #[command(flatten)]
    output: OutputArguments,
}

/// Runs it.
pub(super) async fn run(run: &Run, arguments: &ApplyArguments) -> Result<ExitStatus, Failure> {
    let file = plan_file::load(&arguments.plan)?;
    guard::check_shape(&file.plan)?;
    let job = Job {
        plan: &file.plan,
        digest: &file.digest,
        clusters: arguments.api_servers.access(),
        output: arguments.output.output,
        command: "teardown apply",
    };
    let session = execute::open(run, &job, run.context.wall_clock.now()).await?;
    let folder = execute::runs(run)?.of(file.digest.as_str())?;
    if folder
        .read(crate::teardown::journal::FILE)?
        .is_some_and(|bytes| !bytes.is_empty())
    {
        let begun = Refused(run.messages.text("apply-begun"));
        let digest = file.digest.as_str().into();
        return Err(Failure::new(ExitStatus::Refused, begun).advice(
            run.messages
                .text_with("apply-begun-hint", &[("digest", digest)]),
        ));
    }
    confirm::confirm(run, &file.digest, arguments.confirm.as_deref())?;
    folder.create()?;
    let lock = folder.lock()?;
    // The plan as it was confirmed: whatever becomes of the user's file, a resume goes by this one.
    let text = plan_file::document(&file.plan).map_err(execute::internal)?;
    folder.write(execute::PLAN_FILE, &text)?;
    let ledger = serde_json::to_vec_pretty(&file.plan.ledger).map_err(execute::internal)?;
    folder.write(execute::LEDGER_FILE, &ledger)?;
    execute::execute(run, &job, session, &folder, lock).await
}
