//! The embedded emulator: a small world that speaks the real protocols.
//!
//! A [`Scenario`] says what exists. [`Emulator::start`] puts it behind the signed OpenAPI, on a loopback
//! socket and in process, and each cluster's Kubernetes API behind TLS. Signatures, contracts, paging, limits and error envelopes
//! are those of the cloud; the rows of `products.json` say what each operation answers from, so that a new resource type needs a
//! row and no code. What can be changed is in `changes/`, most of it rows too.
//!
//! Used by commands and tests only. Of the client it uses the signature code and nothing else.

mod accounts;
mod assumptions;
mod authenticate;
mod changes;
mod clusters;
mod direct;
mod errors;
mod faults;
mod filters;
mod hosts;
mod identities;
pub mod kubernetes;
mod lookup;
mod onlooker;
mod operations;
mod paging;
mod products;
mod received;
mod route;
mod running;
pub mod scenario;
mod server;
mod service;
mod tally;
mod throttle;
mod world;
mod xml;

#[cfg(test)]
mod tests;

pub use assumptions::{Assumption, assumptions};
pub use clusters::ClusterError;
pub use direct::DirectTransport;
pub use faults::{Effect, Fault, FaultError};
pub use identities::{Keys, TemporaryKeys};
pub use onlooker::{Onlooker, SeenCall};
pub use running::{Emulator, EmulatorError, Options, Running};
pub use scenario::{Scenario, ScenarioError};
pub use throttle::Throttling;
pub use world::WorldError;
