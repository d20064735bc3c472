//! The embedded emulator: a small world that speaks the real protocols.

pub mod kubernetes;
pub mod scenario;
