//! The teardown of the laboratory in every way in which it can be disturbed: it ends where an undisturbed run ends, or with a
//! named blocker, and never sends what is not in its plan.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests are tests"
)]

#[path = "harness/binary.rs"]
mod binary;
#[path = "harness/case.rs"]
mod case;
#[path = "harness/combined.rs"]
mod combined;
#[path = "harness/failures.rs"]
mod failures;
#[path = "harness/kills.rs"]
mod kills;
#[path = "harness/laboratory.rs"]
mod laboratory;
#[path = "harness/oracle.rs"]
mod oracle;
#[path = "harness/persistent.rs"]
mod persistent;
#[path = "harness/reference.rs"]
mod reference;
#[path = "harness/table.rs"]
mod table;
#[path = "harness/troubles.rs"]
mod troubles;
#[path = "harness/undeletable.rs"]
mod undeletable;
#[path = "harness/wire.rs"]
mod wire;
