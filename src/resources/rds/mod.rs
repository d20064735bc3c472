//! ApsaraDB RDS, API version 2014-08-15.

mod instance;

pub use instance::Instance;
