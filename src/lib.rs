//! yunsweep
pub mod emulator;
pub mod tls;
