//! The client and the resource types against the answers in `wiremock-fixtures/`, which the real WireMock loads too.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests are tests"
)]

mod support;

#[path = "fixtures/account.rs"]
mod account;
#[path = "fixtures/files.rs"]
mod files;
#[path = "fixtures/links.rs"]
mod links;
#[path = "fixtures/malformed.rs"]
mod malformed;
#[path = "fixtures/malformed_lists.rs"]
mod malformed_lists;
#[path = "fixtures/paging.rs"]
mod paging;
#[path = "fixtures/reasons.rs"]
mod reasons;
#[path = "fixtures/requests.rs"]
mod requests;
#[path = "fixtures/samples.rs"]
mod samples;
