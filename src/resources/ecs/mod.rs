//! Elastic Compute Service, API version 2014-05-26.

mod disk;

pub use disk::Disk;
