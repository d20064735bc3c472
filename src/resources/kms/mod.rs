//! Key Management Service, API version 2016-01-20.

mod instance;

pub use instance::Instance;
