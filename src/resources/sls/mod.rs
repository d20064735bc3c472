//! Simple Log Service, API version 2020-12-30.

mod logstore;
mod project;

pub use logstore::Logstore;
pub use project::Project;
