//! Each request fails once with each class, or loses its connection before or after it was done; then the run goes on.

use std::collections::BTreeSet;

use super::case::Tally;
use super::reference::{CLUSTER_ONLY, Reference, WITH_ALL};
use super::troubles::{cuts, failures, is_whole};
use super::wire::{Disturbance, Sent, Trouble};

/// One case for each request that is chosen and each trouble that it can have.
fn cases(
    reference: &Reference,
    is_chosen: impl Fn(&Sent) -> bool,
    troubles: impl Fn(&Sent) -> Vec<Trouble>,
) -> Vec<(String, Vec<Disturbance>)> {
    let numbered = reference.sent.iter().enumerate();
    numbered
        .filter(|(_, sent)| is_chosen(sent))
        .flat_map(|(number, sent)| {
            troubles(sent).into_iter().map(move |trouble| {
                let name = format!("request {number} {} {trouble:?}", sent.label());
                (name, vec![Disturbance::Request(number, trouble)])
            })
        })
        .collect()
}

/// Every so many of the troubles of a change, and of a read, are run each time. The whole harness takes all.
const OF_CHANGES: usize = 3;
const OF_READS: usize = 9;

/// Some of the troubles of a request, in turn, so that each trouble strikes as many of the requests.
fn some(sent: &Sent, troubles: Vec<Trouble>, every: usize) -> Vec<Trouble> {
    if is_whole() {
        return troubles;
    }
    let turn = sent.label().bytes().map(usize::from).sum::<usize>();
    let numbered = troubles.into_iter().enumerate();
    numbered
        .filter(|(index, _)| (index + turn).is_multiple_of(every))
        .map(|(_, trouble)| trouble)
        .collect()
}

/// The reads that stand for all: the first of each operation, with some of the troubles each. The whole harness takes every
/// read with every trouble.
fn reads(
    reference: &Reference,
    troubles: fn(&Sent) -> Vec<Trouble>,
) -> Vec<(String, Vec<Disturbance>)> {
    if is_whole() {
        return cases(reference, |sent| !sent.changes(), troubles);
    }
    let seen = std::cell::RefCell::new(BTreeSet::new());
    let is_chosen = |sent: &Sent| !sent.changes() && seen.borrow_mut().insert(sent.label());
    cases(reference, is_chosen, |sent| {
        some(sent, troubles(sent), OF_READS)
    })
}

#[test]
fn each_change_fails_once_with_each_class() {
    let some_failures = |sent: &Sent| some(sent, failures(sent), OF_CHANGES);
    let changes = |reference| cases(reference, Sent::changes, some_failures);
    Tally::of("fail each change", &WITH_ALL, &changes(&WITH_ALL)).hold_at_the_end();
    if is_whole() {
        Tally::of("fail each change", &CLUSTER_ONLY, &changes(&CLUSTER_ONLY)).hold_at_the_end();
    }
}

#[test]
fn each_read_fails_once_with_each_class() {
    Tally::of("fail each read", &WITH_ALL, &reads(&WITH_ALL, failures)).hold_at_the_end();
    if is_whole() {
        Tally::of(
            "fail each read",
            &CLUSTER_ONLY,
            &reads(&CLUSTER_ONLY, failures),
        )
        .hold_at_the_end();
    }
}

#[test]
fn each_connection_breaks_once_before_and_after() {
    for reference in [&CLUSTER_ONLY, &WITH_ALL] {
        let mut all = cases(reference, Sent::changes, |_| cuts());
        if reference.column == "b" || is_whole() {
            all.extend(reads(reference, |_| cuts()));
        }
        Tally::of("cut each connection", reference, &all).hold_at_the_end();
    }
}
