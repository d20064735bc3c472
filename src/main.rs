//! yunsweep
fn main() {}
