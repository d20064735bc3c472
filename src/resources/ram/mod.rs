//! Resource Access Management, API version 2015-05-01.

mod role;

pub use role::Role;
