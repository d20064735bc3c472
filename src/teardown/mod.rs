//! Teardown: scope -> plan -> apply (journal) -> verify.
//!
//! The plan holds every decision. The executor has no choices left; where the world differs from the plan it stops that
//! branch, and it never adds a target. Accepted is not deleted: only a later look that proves absence ends a step.

mod cluster_options;
pub mod fingerprint;
mod guards;
mod holes;
mod objects;
pub mod plan;
pub mod plan_file;
pub mod planner;
mod registry_images;
pub mod scope;
mod world;

pub use fingerprint::Fingerprint;
pub use plan::{Plan, Step, StepId};
pub use plan_file::{PlanDigest, PlanFile};
pub use planner::PlanError;
