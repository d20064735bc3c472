//! Builders of answers: pure functions from the inventory, and what was computed from it, to an [`Answer`](super::Answer).

mod accounts;
mod certificate;
pub mod cost;
pub mod diff;
pub mod graph;
pub mod history;
pub mod holdings;
pub mod inventory;
pub mod lab;
pub mod ledger;
mod owner;
pub mod plan;
pub mod policy;
pub mod run;
pub mod spot;
pub mod types;
pub mod verify;
pub mod whoami;
pub mod why;
