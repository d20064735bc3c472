//! `yunsweep whoami`

use clap::Args;

use super::arguments::OutputArguments;
use super::failure::Failure;
use super::run::Run;
use super::session::Session;
use crate::output::ExitStatus;
use crate::output::view::whoami::{WhoAmI, answer};

/// Arguments of `whoami`.
#[derive(Debug, Default, Args)]
pub struct WhoamiArguments {
    #[command(flatten)]
    output: OutputArguments,
}

/// Runs it.
pub(super) async fn run(run: &Run, arguments: &WhoamiArguments) -> Result<ExitStatus, Failure> {
    let session = Session::open(run).await?;
    let credential = session.found.provider.credential().await?;
    let caller = &session.caller;
    let endpoint = run.settings.endpoint.as_ref();
    let who = WhoAmI {
        account: caller.account.clone(),
        identity: caller.arn.clone(),
        kind: caller.kind.clone(),
        source: session.found.provider.describe(),
        access_key_id: credential.masked_id(),
        site: session.site.site,
        is_site_assumed: session.site.is_assumed,
        expires_at: credential.expires_at,
        endpoint: endpoint.map(|endpoint| endpoint.value.url.clone()),
    };
    let now = run.context.wall_clock.now();
    let shown = answer(&who, now, &run.messages);
    run.answer(&shown, arguments.output.output, ExitStatus::Done)
}
