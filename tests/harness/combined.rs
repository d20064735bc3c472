//! Several things go wrong in one run, chosen by a number that is printed with a case that ends wrong.

use super::case::Tally;
use super::reference::{CLUSTER_ONLY, Reference, WITH_ALL};
use super::troubles::{cuts, failures, is_whole};
use super::wire::{Disturbance, LineTrouble, Sent, Trouble};

/// Numbers from a seed, the same on every machine (splitmix64).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// One of so many.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(bound).unwrap()).unwrap()
    }

    fn of<T: Clone>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())].clone()
    }
}

fn disturbance(reference: &Reference, random: &mut Random) -> Disturbance {
    if random.below(3) == 0 {
        let troubles = [
            LineTrouble::DiesBefore,
            LineTrouble::DiesAfter,
            LineTrouble::Torn,
        ];
        return Disturbance::Line(random.below(reference.lines), random.of(&troubles));
    }
    // Half of them strike a change: there are many more looks.
    let numbered: Vec<(usize, &Sent)> = reference.sent.iter().enumerate().collect();
    let changes: Vec<(usize, &Sent)> = numbered
        .iter()
        .filter(|(_, sent)| sent.changes())
        .copied()
        .collect();
    let (number, sent) = if random.below(2) == 0 {
        random.of(&changes)
    } else {
        random.of(&numbered)
    };
    let trouble = match random.below(3) {
        0 => random.of(&failures(sent)),
        1 => random.of(&cuts()),
        _ => random.of(&[Trouble::DiesBefore, Trouble::DiesAfter]),
    };
    Disturbance::Request(number, trouble)
}

fn cases(reference: &Reference, seeds: std::ops::Range<u64>) -> Vec<(String, Vec<Disturbance>)> {
    let case = |seed| {
        let mut random = Random(seed);
        let count = 2 + random.below(2);
        let disturbances: Vec<Disturbance> = (0..count)
            .map(|_| disturbance(reference, &mut random))
            .collect();
        (format!("seed {seed} {disturbances:?}"), disturbances)
    };
    seeds.map(case).collect()
}

#[test]
fn several_things_go_wrong_in_one_run() {
    let each = if is_whole() { 2500 } else { 40 };
    Tally::of("combine", &CLUSTER_ONLY, &cases(&CLUSTER_ONLY, 0..each)).hold_at_the_end();
    Tally::of("combine", &WITH_ALL, &cases(&WITH_ALL, each..2 * each)).hold_at_the_end();
}
