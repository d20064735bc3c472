//! File Storage NAS, API version 2017-06-26.

mod file_system;

pub use file_system::FileSystem;
