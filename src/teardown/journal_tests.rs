//! Journals are read back whole, torn or not at all.

use proptest::prelude::*;

use super::*;
use crate::teardown::testing::{DIGEST, Disk, Disturbance, Double, plan, run};

/// The journal of an undisturbed run.
fn journal() -> Vec<u8> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(async {
        let (world, plan, disk) = (Double::new(), plan(), Disk::default());
        let outcome = run(&world, &plan, &disk, Disturbance::None).await.unwrap();
        assert!(outcome.is_done());
        disk.0.lock().unwrap().clone()
    })
}

fn load(bytes: &[u8]) -> Result<Replayed, JournalError> {
    replay(bytes, &plan(), DIGEST)
}

#[test]
fn every_prefix_loads_up_to_its_last_whole_line() {
    let whole = journal();
    for length in 0..=whole.len() {
        let prefix = &whole[..length];
        let replayed = load(prefix).unwrap_or_else(|error| panic!("{length}: {error}"));
        let kept = prefix.iter().rposition(|byte| *byte == b'\n');
        assert_eq!(replayed.length, kept.map_or(0, |at| at as u64 + 1));
        assert_eq!(
            replayed.lines.len(),
            prefix
                .split(|byte| *byte == b'\n')
                .count()
                .saturating_sub(2)
        );
    }
    let all = load(&whole).unwrap();
    assert!(
        all.states
            .values()
            .all(|state| state.status == crate::teardown::state::Status::Gone)
    );
}

#[test]
fn a_line_that_is_missing_doubled_or_swapped_is_noticed() {
    let whole = journal();
    let lines: Vec<&[u8]> = whole.split_inclusive(|byte| *byte == b'\n').collect();
    for index in 1..lines.len() {
        if index + 1 < lines.len() {
            let mut missing = lines.clone();
            missing.remove(index);
            assert!(load(&missing.concat()).is_err(), "without line {index}");
            let mut swapped = lines.clone();
            swapped.swap(index, index + 1);
            assert!(load(&swapped.concat()).is_err(), "line {index} swapped");
        }
        let mut doubled = lines.clone();
        doubled.insert(index, lines[index]);
        assert!(load(&doubled.concat()).is_err(), "line {index} twice");
    }
}

#[test]
fn another_plans_newer_or_other_files_are_refused() {
    let whole = String::from_utf8(journal()).unwrap();
    let error = |text: &str| load(text.as_bytes()).unwrap_err();
    assert!(matches!(
        replay(whole.as_bytes(), &plan(), "fedcba9876543210"),
        Err(JournalError::OtherPlan { .. })
    ));
    assert!(matches!(
        error(&whole.replacen("\"version\":1", "\"version\":2,\"new\":true", 1)),
        JournalError::Version { found: 2 }
    ));
    assert!(matches!(error("{}\n"), JournalError::NotAJournal));
    assert!(matches!(error("\n"), JournalError::NotAJournal));
    assert!(matches!(
        error(&whole.replacen("\"gone\"", "\"vanished\"", 1)),
        JournalError::Unreadable { .. }
    ));
    assert!(matches!(
        error(&whole.replacen("{\"event\":\"gone\"}", "{\"event\":\"gone\",\"x\":1}", 1)),
        JournalError::Unknown { .. }
    ));
    assert!(matches!(
        error(&whole.replace("vpc.eip/eip-1", "vpc.eip/eip-2")),
        JournalError::UnknownStep { .. }
    ));
    assert!(matches!(
        error(&whole.replacen("\"accepted\"", "\"gone\"", 1)),
        JournalError::Unknown { .. }
    ));
}

proptest! {
    /// Whatever a disk makes of it, a journal loads or is refused, and what loads is a prefix that was written.
    #[test]
    fn damage_is_refused_or_changes_nothing(at in 0_usize..4000, byte in any::<u8>()) {
        let mut bytes = WHOLE.clone();
        let at = at % bytes.len();
        bytes[at] = byte;
        if let Ok(replayed) = load(&bytes) {
            prop_assert!(replayed.length <= bytes.len() as u64);
        }
    }

    #[test]
    fn rubbish_never_loads_as_lines(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(replayed) = load(&bytes) {
            prop_assert_eq!(replayed.length, 0);
        }
    }
}

static WHOLE: std::sync::LazyLock<Vec<u8>> = std::sync::LazyLock::new(journal);
