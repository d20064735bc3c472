//! `yunsweep policy`

use clap::Args;

use super::failure::Failure;
use super::run::Run;
use crate::output::ExitStatus;
use crate::output::view::policy::read_only;
use crate::resources::RESOURCE_TYPES;

/// Arguments of `policy`.
#[derive(Debug, Default, Args)]
pub struct PolicyArguments {}

/// Prints the policy as the RAM console takes it: the document and nothing else.
pub(super) fn run(run: &Run, _arguments: &PolicyArguments) -> Result<ExitStatus, Failure> {
    run.print(&format!("{:#}\n", read_only(RESOURCE_TYPES)))?;
    Ok(ExitStatus::Done)
}
