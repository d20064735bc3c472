//! A process that dies: before and after each line of the journal, in the middle of each, and before and after each request.

use super::case::Tally;
use super::reference::{CLUSTER_ONLY, Reference, WITH_ALL};
use super::troubles::is_whole;
use super::wire::{Disturbance, LineTrouble, Trouble};

fn at_lines(reference: &Reference) -> Vec<(String, Vec<Disturbance>)> {
    let mut cases = Vec::new();
    for line in 0..reference.lines {
        for trouble in [
            LineTrouble::DiesBefore,
            LineTrouble::DiesAfter,
            LineTrouble::Torn,
        ] {
            // A torn line is dropped as if it had never been begun.
            if trouble == LineTrouble::Torn && line % 3 != 0 && !is_whole() {
                continue;
            }
            let name = format!("line {line} {trouble:?}");
            cases.push((name, vec![Disturbance::Line(line, trouble)]));
        }
    }
    cases
}

fn at_requests(reference: &Reference) -> Vec<(String, Vec<Disturbance>)> {
    let mut cases = Vec::new();
    for (number, sent) in reference.sent.iter().enumerate() {
        if !sent.changes() && !is_whole() {
            continue;
        }
        for trouble in [Trouble::DiesBefore, Trouble::DiesAfter] {
            let name = format!("request {number} {} {trouble:?}", sent.label());
            cases.push((name, vec![Disturbance::Request(number, trouble)]));
        }
    }
    cases
}

#[test]
fn a_process_that_dies_at_a_line_is_gone_on_with() {
    Tally::of("kill at each line", &WITH_ALL, &at_lines(&WITH_ALL)).hold_at_the_end();
}

#[test]
fn a_process_that_dies_at_a_request_is_gone_on_with() {
    for reference in [&CLUSTER_ONLY, &WITH_ALL] {
        Tally::of("kill at each request", reference, &at_requests(reference)).hold_at_the_end();
    }
}
