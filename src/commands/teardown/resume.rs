//! `yunsweep teardown resume`

use clap::Args;

use super::confirm::Refused;
use super::execute::{self, Job};
use crate::commands::arguments::OutputArguments;
use crate::commands::failure::Failure;
use crate::commands::run::Run;
use crate::commands::scan::ApiServerArguments;
use crate::output::ExitStatus;
use crate::teardown::{guard, plan_file};

/// Arguments of `teardown resume`.
#[derive(Debug, Args)]
pub struct ResumeArguments {
    /// Digest of the run's plan, as the run said it and `teardown status` shows it; all of it, as it confirms
    #[arg(value_name = "DIGEST")]
    digest: String,
    /// How API servers are reached.
    #[command(flatten)]
    api_servers: ApiServerArguments,
    /// How to show it.
    #[command(flatten)]
    output: OutputArguments,
}

/// Runs it.
pub(super) async fn run(run: &Run, arguments: &ResumeArguments) -> Result<ExitStatus, Failure> {
    let folder = execute::runs(run)?.of(&arguments.digest)?;
    let Some(text) = folder.read(execute::PLAN_FILE)? else {
        return Err(super::status::unknown(run, &arguments.digest));
    };
    let file = plan_file::parse(&text, &folder.file(execute::PLAN_FILE))?;
    if file.digest.as_str() != folder.digest() {
        let digest = file.digest.as_str().into();
        let said = run
            .messages
            .text_with("apply-refused-mismatch", &[("digest", digest)]);
        return Err(Failure::new(ExitStatus::Refused, Refused(said)));
    }
    guard::check_shape(&file.plan)?;
    let job = Job {
        plan: &file.plan,
        digest: &file.digest,
        clusters: arguments.api_servers.access(),
        output: arguments.output.output,
        command: "teardown resume",
    };
    // What was begun in time may be finished whenever: every call is held against the resource as it is then.
    let session = execute::open(run, &job, file.plan.binding.read_at).await?;
    let lock = folder.lock()?;
    execute::execute(run, &job, session, &folder, lock).await
}
