//! What tests need that run the real client against the mapping files of `wiremock-fixtures/`.

pub(crate) mod client;
pub(crate) mod contract;
pub(crate) mod mappings;
pub(crate) mod server;
