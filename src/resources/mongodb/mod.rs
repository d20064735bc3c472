//! ApsaraDB for MongoDB (product code `dds`), API version 2015-12-01.

mod instance;

pub use instance::Instance;
