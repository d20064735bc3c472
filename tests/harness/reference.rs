//! The run that nothing disturbs: what all others are held against.

use std::sync::LazyLock;

use yunsweep::teardown::scope::With;

use super::laboratory::{
    ALL, Contents, Ended, FEW_LOOKS, Laboratory, Planned, in_its_own_time, planned,
};
use super::wire::{Disk, Sent};

/// A plan, and what became of it undisturbed.
pub(crate) struct Reference {
    /// Name of the column of the table.
    pub(crate) column: &'static str,
    pub(crate) planned: Planned,
    /// All requests of the run.
    pub(crate) sent: Vec<Sent>,
    /// Lines of its journal.
    pub(crate) lines: usize,
    /// The world before.
    pub(crate) before: Contents,
    /// The world afterwards.
    pub(crate) after: Contents,
}

/// Column (a): the cluster.
pub(crate) static CLUSTER_ONLY: LazyLock<Reference> = LazyLock::new(|| Reference::of("a", &[]));
/// Column (b): with all that flags take in.
pub(crate) static WITH_ALL: LazyLock<Reference> = LazyLock::new(|| Reference::of("b", ALL));

impl Reference {
    fn of(column: &'static str, with: &[With]) -> Self {
        in_its_own_time(async {
            let laboratory = Laboratory::start(Vec::new(), &[]).await;
            let before = laboratory.running.contents();
            let planned = planned(
                &laboratory.scan().await,
                with,
                &laboratory.endpoint,
                FEW_LOOKS,
            );
            let Ended::By(outcome) = laboratory.process(&planned, &Disk::default()).await else {
                panic!("nothing was to die");
            };
            assert!(outcome.is_done(), "{outcome:#?}");
            Self {
                column,
                sent: laboratory.wire.sent(),
                lines: laboratory.wire.lines(),
                before,
                after: laboratory.running.contents(),
                planned,
            }
        })
    }
}
