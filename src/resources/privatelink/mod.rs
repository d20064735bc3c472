//! PrivateLink, API version 2020-04-15.

mod endpoint;

pub use endpoint::Endpoint;
