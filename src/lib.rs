//! yunsweep
