//! Which calls were heard, and how often: for tests that say which calls a run may send. Counted when a call is understood,
//! before anything is checked or done, so that a refused call is heard too.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Counts by the name of the call.
#[derive(Debug, Default)]
pub(super) struct Tally(Mutex<BTreeMap<String, u64>>);

impl Tally {
    /// Counts a call.
    pub(super) fn add(&self, name: String) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.entry(name).or_default() += 1;
    }

    /// The counts so far.
    pub(super) fn counts(&self) -> BTreeMap<String, u64> {
        let counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counts.clone()
    }
}
