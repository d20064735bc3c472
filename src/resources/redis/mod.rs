//! Tair and Redis (product code `r-kvstore`), API version 2015-01-01.

mod instance;

pub use instance::Instance;
