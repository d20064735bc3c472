//! `yunsweep policy`

use std::path::PathBuf;

use clap::Args;

use super::failure::Failure;
use super::run::Run;
use crate::output::ExitStatus;
use crate::output::view::policy::{cluster_role, of_plan, read_only};
use crate::resources::RESOURCE_TYPES;
use crate::teardown::{Needs, guard, plan_file};

/// Arguments of `policy`.
#[derive(Debug, Default, Args)]
pub struct PolicyArguments {
    /// What exactly this plan needs, from planning to the proof, instead of what reading needs. Example: plan.json
    #[arg(long, value_name = "FILE")]
    plan: Option<PathBuf>,
    /// What is needed inside of clusters, as a cluster role for `kubectl apply -f -`, instead of the RAM policy
    #[arg(long)]
    kubernetes: bool,
}

/// Prints the document as the RAM console or `kubectl` takes it, and nothing else.
pub(super) fn run(run: &Run, arguments: &PolicyArguments) -> Result<ExitStatus, Failure> {
    let needs = match &arguments.plan {
        Some(path) => {
            let file = plan_file::load(path)?;
            guard::check_shape(&file.plan)?;
            Some(Needs::of(&file.plan))
        }
        None => None,
    };
    let document = match (&needs, arguments.kubernetes) {
        (None, false) => read_only(RESOURCE_TYPES),
        (None, true) => cluster_role("yunsweep-read", &Needs::reading()),
        (Some(needs), false) => of_plan(needs),
        (Some(needs), true) => cluster_role("yunsweep-teardown", needs),
    };
    run.print(&format!("{document:#}\n"))?;
    if needs.is_some_and(|needs| needs.reaches_clusters) && !arguments.kubernetes {
        run.printer
            .information(&run.messages.text("policy-kubernetes-too"));
    }
    Ok(ExitStatus::Done)
}
