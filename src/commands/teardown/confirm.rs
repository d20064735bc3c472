//! The confirmation of a plan: its digest, typed on a terminal or given with `--confirm`. Nothing else confirms: no
//! environment variable, no configuration.

use std::io::IsTerminal as _;

use crate::commands::failure::Failure;
use crate::commands::run::Run;
use crate::output::ExitStatus;
use crate::teardown::PlanDigest;

/// A refusal in the user's language.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Refused(pub(super) String);

/// Holds what was given, or is typed now, against the digest of the plan.
pub(super) fn confirm(run: &Run, digest: &PlanDigest, given: Option<&str>) -> Result<(), Failure> {
    let typed;
    let given = match given {
        Some(given) => given,
        None if std::io::stdin().is_terminal() => {
            run.printer.talk(&run.messages.text("apply-prompt"));
            let mut line = String::new();
            std::io::stdin()
                .read_line(&mut line)
                .map_err(|error| Failure::new(ExitStatus::Internal, error))?;
            typed = line;
            &typed
        }
        None => {
            return Err(
                refused(run, "apply-refused-confirmation", digest).advice(told(
                    run,
                    "apply-refused-confirmation-hint",
                    digest,
                )),
            );
        }
    };
    if given.trim() == digest.as_str() {
        Ok(())
    } else {
        Err(refused(run, "apply-refused-mismatch", digest))
    }
}

fn told(run: &Run, key: &str, digest: &PlanDigest) -> String {
    run.messages
        .text_with(key, &[("digest", digest.as_str().into())])
}

fn refused(run: &Run, key: &str, digest: &PlanDigest) -> Failure {
    Failure::new(ExitStatus::Refused, Refused(told(run, key, digest)))
}
