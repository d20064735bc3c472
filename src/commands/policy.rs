//! `yunsweep policy`

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde_json::Value;

use super::failure::Failure;
use super::run::Run;
use crate::inventory::snapshot;
use crate::output::ExitStatus;
use crate::output::view::policy::{allowing, cluster_role, of_plan, read_only};
use crate::resources::RESOURCE_TYPES;
use crate::teardown::{Needs, guard, plan_file};

/// Arguments of `policy`.
#[derive(Debug, Default, Args)]
pub struct PolicyArguments {
    /// What the identity is to do
    #[arg(long = "for", value_name = "WHAT", value_enum, default_value_t, conflicts_with_all = ["plan", "from_coverage"])]
    what: Purpose,
    /// What exactly this plan needs, from planning to the proof, instead of what reading needs. Example: plan.json
    #[arg(long, value_name = "FILE")]
    plan: Option<PathBuf>,
    /// Only what the identity lacked in a scan, as the coverage of its snapshot says. Example: scan.json
    #[arg(long, value_name = "FILE", conflicts_with = "plan")]
    from_coverage: Option<PathBuf>,
    /// What is needed inside of clusters, as a cluster role for `kubectl apply -f -`, instead of the RAM policy
    #[arg(long)]
    kubernetes: bool,
}

/// What an identity is to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Purpose {
    /// Read everything
    #[default]
    Inventory,
    /// Estimate costs, which needs what the inventory needs: prices come with yunsweep
    Cost,
    /// Plan, apply and verify any teardown; `--plan` is narrower
    Teardown,
}

/// Prints the document as the RAM console or `kubectl` takes it, and nothing else.
pub(super) fn run(run: &Run, arguments: &PolicyArguments) -> Result<ExitStatus, Failure> {
    if let Some(path) = &arguments.from_coverage {
        return of_coverage(run, path, arguments.kubernetes);
    }
    let needs = match &arguments.plan {
        Some(path) => {
            let file = plan_file::load(path)?;
            guard::check_shape(&file.plan)?;
            Some(Needs::of(&file.plan))
        }
        None => (arguments.what == Purpose::Teardown).then(Needs::of_any_plan),
    };
    let document = match (&needs, arguments.kubernetes) {
        (None, false) => read_only(RESOURCE_TYPES),
        (None, true) => cluster_role("yunsweep-read", &Needs::reading()),
        (Some(needs), false) => of_plan(needs),
        (Some(needs), true) => cluster_role("yunsweep-teardown", needs),
    };
    print(run, &document)?;
    if needs.is_some_and(|needs| needs.reaches_clusters) && !arguments.kubernetes {
        let key = match arguments.plan {
            Some(_) => "policy-kubernetes-too",
            None => "policy-kubernetes-any",
        };
        run.printer.information(&run.messages.text(key));
    }
    Ok(ExitStatus::Done)
}

/// What was denied in a scan. A document that allows nothing is none: where nothing was lacking, that is said instead.
fn of_coverage(run: &Run, path: &Path, kubernetes: bool) -> Result<ExitStatus, Failure> {
    let lacking = Needs::lacking(&snapshot::load(path)?.coverage);
    let say = |key: &str| run.printer.information(&run.messages.text(key));
    if kubernetes {
        if lacking.objects.objects.is_empty() {
            say("policy-lacks-nothing");
        } else {
            print(run, &cluster_role("yunsweep-missing", &lacking.objects))?;
        }
    } else if lacking.actions.is_empty() {
        say("policy-lacks-nothing");
    } else {
        print(run, &allowing(&lacking.actions))?;
        if !lacking.derived.is_empty() {
            let actions: Vec<&str> = lacking.derived.iter().map(String::as_str).collect();
            let arguments = [("actions", actions.join(", ").into())];
            run.printer
                .information(&run.messages.text_with("policy-derived", &arguments));
        }
    }
    if !kubernetes && !lacking.objects.objects.is_empty() {
        say("policy-lacks-in-clusters");
    }
    Ok(ExitStatus::Done)
}

fn print(run: &Run, document: &Value) -> Result<(), Failure> {
    run.print(&format!("{document:#}\n"))
}
