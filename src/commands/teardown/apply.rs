//! `yunsweep teardown apply`

use std::path::PathBuf;

use clap::Args;

use super::confirm::{self, Refused};
use super::execute::{self, Job};
use crate::commands::arguments::OutputArguments;
use crate::commands::failure::Failure;
use crate::commands::run::Run;
use crate::commands::scan::ApiServerArguments;
use crate::i18n::Messages;
use crate::output::ExitStatus;
use crate::store::{Lock, RunFolder};
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
    refuse_begun(&folder, &run.messages)?;
    confirm::confirm(run, &file.digest, arguments.confirm.as_deref())?;
    // A person may have read for hours: the plan is older now.
    execute::check_place(run, &job, &session, run.context.wall_clock.now())?;
    let lock = take(&folder, &run.messages)?;
    // The plan as it was confirmed: whatever becomes of the user's file, a resume goes by this one.
    let text = plan_file::document(&file.plan).map_err(execute::internal)?;
    folder.write(execute::PLAN_FILE, &text)?;
    let ledger = serde_json::to_vec_pretty(&file.plan.ledger).map_err(execute::internal)?;
    folder.write(execute::LEDGER_FILE, &ledger)?;
    execute::execute(run, &job, session, &folder, lock).await
}

/// Takes the run for this process, unless another apply has begun it, or ended it, while this one waited at its prompt.
fn take(folder: &RunFolder, messages: &Messages) -> Result<Lock, Failure> {
    folder.create()?;
    let lock = folder.lock()?;
    refuse_begun(folder, messages)?;
    Ok(lock)
}

/// A run that was begun is resumed, and not applied a second time.
fn refuse_begun(folder: &RunFolder, messages: &Messages) -> Result<(), Failure> {
    let is_begun = folder
        .read(crate::teardown::journal::FILE)?
        .is_some_and(|bytes| !bytes.is_empty());
    if !is_begun {
        return Ok(());
    }
    let begun = Refused(messages.text("apply-begun"));
    let digest = folder.digest().into();
    let hint = messages.text_with("apply-begun-hint", &[("digest", digest)]);
    Err(Failure::new(ExitStatus::Refused, begun).advice(hint))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Language;
    use crate::store::Runs;

    #[test]
    fn who_waited_at_its_prompt_while_another_began_is_refused_under_the_lock() {
        let state = tempfile::tempdir().unwrap();
        let folder = Runs::below(state.path()).of("0123456789abcdef").unwrap();
        let messages = Messages::new(Language::English);
        // Both have passed the check before their prompts.
        refuse_begun(&folder, &messages).unwrap();
        let first = take(&folder, &messages).unwrap();
        assert!(take(&folder, &messages).is_err());
        folder
            .write(crate::teardown::journal::FILE, b"{}\n")
            .unwrap();
        drop(first);
        let refused = take(&folder, &messages).unwrap_err();
        assert_eq!(refused.status, ExitStatus::Refused);
        // Nor does it hold on to the run.
        assert!(folder.lock().is_ok());
    }
}
