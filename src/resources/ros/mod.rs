//! Resource Orchestration Service, API version 2019-09-10.

mod stack;

pub use stack::Stack;
