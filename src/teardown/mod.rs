//! Teardown: scope -> plan -> apply (journal) -> verify.
//!
//! The plan holds every decision. The executor has no choices left; where the world differs from the plan it stops that
//! branch, and it never adds a target. Accepted is not deleted: only a later look that proves absence ends a step.

pub mod cloud;
mod cluster_options;
mod egress;
pub mod executor;
pub mod fingerprint;
pub mod foresight;
pub mod guard;
mod guards;
pub mod history;
mod holes;
mod inside_only;
pub mod journal;
mod left_overs;
mod namespace_contents;
pub mod needs;
mod nodes;
mod objects;
pub mod outside;
pub mod place;
pub mod plan;
pub mod plan_file;
pub mod planner;
pub mod recovery;
mod registry_images;
pub mod scope;
pub mod state;
mod surroundings;
mod takers;
#[cfg(test)]
pub(crate) mod testing;
mod unplanned;
pub mod verify;
mod world;

pub use cloud::Cloud;
pub use executor::{Brake, Executor, Halt, Outcome};
pub use fingerprint::Fingerprint;
pub use history::History;
pub use needs::Needs;
pub use outside::{CallError, Judgement, Outside, Receipt, Whereabouts};
pub use place::Place;
pub use plan::{Plan, Step, StepId};
pub use plan_file::{PlanDigest, PlanFile};
pub use planner::PlanError;
pub use verify::{Verdict, Verification};
