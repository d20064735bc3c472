//! PolarDB, API version 2017-08-01.

mod cluster;

pub use cluster::Cluster;
