//! `yunsweep teardown plan`

use std::path::PathBuf;

use clap::Args;

use super::execute;
use crate::commands::arguments::OutputArguments;
use crate::commands::cost::MonthArguments;
use crate::commands::failure::Failure;
use crate::commands::run::Run;
use crate::commands::scan::SourceArguments;
use crate::commands::session::Session;
use crate::model::causes;
use crate::output::ExitStatus;
use crate::output::view::plan::answer;
use crate::resources::Reader;
use crate::teardown::foresight::{self, Kind};
use crate::teardown::planner::{self, Input, Registry};
use crate::teardown::scope::{Selection, With};
use crate::teardown::{Plan, PlanError, plan_file};

/// Arguments of `teardown plan`.
#[derive(Debug, Args)]
pub struct PlanArguments {
    /// Cluster to take down with everything that is its own, by id; repeat it for several
    #[arg(long = "cluster", value_name = "CLUSTER_ID")]
    clusters: Vec<String>,
    /// What else goes that is not the cluster's own or holds data
    #[arg(long, value_name = "WHAT", value_delimiter = ',')]
    with: Vec<With>,
    /// One more resource, by its id (`ecs.disk/d-...` where an id alone is ambiguous); repeat it for several
    #[arg(long = "id", value_name = "ID")]
    ids: Vec<String>,
    /// Write the plan to a file, for `teardown apply`
    #[arg(long, value_name = "FILE")]
    save: Option<PathBuf>,
    /// Plan although something near the scope could not be read
    #[arg(long)]
    allow_incomplete: bool,
    /// What to read.
    #[command(flatten)]
    source: SourceArguments,
    /// How the month is counted.
    #[command(flatten)]
    month: MonthArguments,
    /// How to show it.
    #[command(flatten)]
    output: OutputArguments,
}

/// Runs it.
pub(super) async fn run(run: &Run, arguments: &PlanArguments) -> Result<ExitStatus, Failure> {
    // A plan that cannot be saved is found out before it is made.
    if let Some(path) = &arguments.save {
        plan_file::check_writable(path)?;
    }
    let inventory = arguments.source.whole_inventory(run).await?;
    let priced = arguments.month.estimate(&inventory)?;
    let selection = Selection {
        clusters: arguments.clusters.clone(),
        with: arguments.with.iter().copied().collect(),
        ids: arguments.ids.clone(),
        allow_incomplete: arguments.allow_incomplete,
    };
    let plan = planner::plan(&Input {
        inventory: &inventory,
        lines: &priced.lines,
        selection: &selection,
        endpoint: &execute::place(run),
        types: &Registry,
    })
    .map_err(|error| failure(error, run))?;
    let is_unread = refuse_obstacles(run, arguments, &plan).await?;
    let digest = plan_file::digest(&plan).map_err(internal)?;
    if let Some(path) = &arguments.save {
        plan_file::save(&plan, path)?;
    }
    let shown = answer(&plan, &digest, arguments.save.as_deref(), &run.messages);
    // What was accepted unread is in no plan: a script must not take the answer for the whole.
    let status = if plan.holes.is_empty() && !is_unread {
        ExitStatus::Done
    } else {
        ExitStatus::Incomplete
    };
    run.answer(&shown, arguments.output.output, status)
}

/// Refuses a plan whose namespaces could not end, and tells whether the user accepted that nobody can say it of one. A saved scan
/// cannot be asked what else they hold; `apply` does.
async fn refuse_obstacles(
    run: &Run,
    arguments: &PlanArguments,
    plan: &Plan,
) -> Result<bool, Failure> {
    let source = &arguments.source;
    let has_namespaces = plan
        .steps
        .iter()
        .any(|step| step.fingerprint.id.type_id.as_str() == "k8s.namespace");
    if !has_namespaces || source.is_saved() {
        return Ok(false);
    }
    let session = Session::open(run).await?;
    let clusters = source.cluster_access().open(run);
    let reader = Reader::new(session.reader).with_clusters(clusters);
    let (mut refused, mut accepted) = (Vec::new(), Vec::new());
    for obstacle in foresight::obstacles(&reader, plan).await {
        let is_unread = matches!(obstacle.kind, Kind::Unread(_));
        let (key, what) = match obstacle.kind {
            Kind::Holds(objects) => ("plan-namespace-holds", objects.join(", ")),
            Kind::Serves(apis) => ("plan-namespace-serves", apis.join(", ")),
            Kind::Unread(error) => ("plan-namespace-unread", causes(&error).join(": ")),
        };
        let named = [
            ("namespace", obstacle.namespace.to_string().into()),
            ("what", what.into()),
        ];
        let said = run.messages.text_with(key, &named);
        if is_unread && arguments.allow_incomplete {
            accepted.push(said);
        } else {
            refused.push(said);
        }
    }
    for said in &accepted {
        run.printer.warning(said, &run.messages);
    }
    if refused.is_empty() {
        return Ok(!accepted.is_empty());
    }
    let refused = Refused(refused.join("\n"));
    Err(Failure::new(ExitStatus::Refused, refused).hint("plan-namespace-hint"))
}

fn internal(error: serde_json::Error) -> Failure {
    Failure::new(ExitStatus::Internal, error).hint("hint-report")
}

/// A refusal in the user's language.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Refused(String);

fn failure(error: PlanError, run: &Run) -> Failure {
    match error {
        PlanError::Refused { id, refusal } => {
            let reason = run
                .messages
                .text(&format!("kept-{}", refusal.code.replace('_', "-")));
            let said = run.messages.text_with(
                "plan-refused",
                &[
                    ("id", id.to_string().into()),
                    ("reason", reason.into()),
                    ("because", refusal.because.into()),
                ],
            );
            Failure::new(ExitStatus::Refused, Refused(said))
        }
        PlanError::TakenAlong { id, refusal, taker } => {
            let reason = run
                .messages
                .text(&format!("kept-{}", refusal.code.replace('_', "-")));
            let said = run.messages.text_with(
                "plan-taken-along",
                &[
                    ("id", id.to_string().into()),
                    ("reason", reason.into()),
                    ("because", refusal.because.into()),
                    ("taker", taker.to_string().into()),
                ],
            );
            Failure::new(ExitStatus::Refused, Refused(said)).hint("plan-taken-along-hint")
        }
        PlanError::Held { claim, pod } => {
            let arguments = [
                ("claim", claim.to_string().into()),
                ("pod", pod.to_string().into()),
            ];
            let said = run.messages.text_with("plan-held", &arguments);
            Failure::new(ExitStatus::Refused, Refused(said)).hint("plan-held-hint")
        }
        PlanError::HeldAgain { claim, pod, makers } => {
            let arguments = [
                ("claim", claim.to_string().into()),
                ("pod", pod.to_string().into()),
                ("makers", makers.join(", ").into()),
            ];
            let said = run.messages.text_with("plan-held-again", &arguments);
            Failure::new(ExitStatus::Refused, Refused(said)).hint("plan-made-again-hint")
        }
        PlanError::MadeAgain { object, makers } => {
            let arguments = [
                ("object", object.to_string().into()),
                ("makers", makers.join(", ").into()),
            ];
            let said = run.messages.text_with("plan-made-again", &arguments);
            Failure::new(ExitStatus::Refused, Refused(said)).hint("plan-made-again-hint")
        }
        PlanError::Incomplete { holes } => {
            let said = run
                .messages
                .text_with("plan-incomplete", &[("holes", holes.join("; ").into())]);
            Failure::new(ExitStatus::Refused, Refused(said)).hint("plan-incomplete-hint")
        }
        PlanError::Cycle(cycle) => {
            let said = run
                .messages
                .text_with("plan-cycle", &[("cycle", cycle.to_string().into())]);
            Failure::new(ExitStatus::Refused, Refused(said))
        }
        PlanError::NothingSelected => Failure::usage(Refused(run.messages.text("plan-nothing"))),
        PlanError::WithoutCluster => {
            Failure::usage(Refused(run.messages.text("plan-without-cluster")))
        }
        PlanError::SeveralAccounts => {
            Failure::usage(Refused(run.messages.text("plan-several-accounts")))
        }
        PlanError::NotFound { text } => {
            let said = run
                .messages
                .text_with("plan-not-found", &[("text", text.into())]);
            Failure::usage(Refused(said))
        }
        PlanError::Several { text, ids } => {
            let arguments = [
                ("text", text.into()),
                ("count", ids.len().into()),
                ("ids", ids.join(", ").into()),
            ];
            Failure::usage(Refused(run.messages.text_with("plan-several", &arguments)))
        }
    }
}
