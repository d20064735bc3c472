//! Teardown: scope -> plan -> apply (journal) -> verify.
//!
//! The plan holds every decision. The executor has no choices left; where the world differs from the plan it stops that
//! branch, and it never adds a target. Accepted is not deleted: only a later look that proves absence ends a step.

pub mod executor;
pub mod fingerprint;
pub mod guard;
pub mod journal;
pub mod outside;
pub mod plan;
pub mod recovery;
pub mod state;
#[cfg(test)]
pub(crate) mod testing;

pub use executor::{Brake, Executor, Halt, Outcome};
pub use fingerprint::Fingerprint;
pub use outside::{CallError, Outside, Receipt, Whereabouts};
pub use plan::{Plan, Step, StepId};
