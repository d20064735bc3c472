//! Teardown: scope -> plan -> apply (journal) -> verify.
//!
//! The plan holds every decision. The executor has no choices left; where the world differs from the plan it stops that
//! branch, and it never adds a target. Accepted is not deleted: only a later look that proves absence ends a step.

pub mod fingerprint;
pub mod plan;

pub use fingerprint::Fingerprint;
pub use plan::{Plan, Step, StepId};
