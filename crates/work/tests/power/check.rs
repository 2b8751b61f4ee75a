//! Holds what a disk has against what everybody was told.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use cofferdam_model::{AssignmentId, Compartment, Entry, Fact, LabId, TaskId};

use crate::day::{OVERLAP, Told, gate};

/// What a ledger says of what somebody may have been told; how often.
fn recorded(entries: &[Entry]) -> HashMap<Told, usize> {
    let mut recorded = HashMap::new();
    for entry in entries {
        let told = match &entry.fact {
            Fact::TaskReleased { task, assignment, .. } => Told::Input(*assignment, *task),
            Fact::SubmissionReceived {
                submission,
                assignment,
                ..
            } => Told::Submitted(*submission, *assignment),
            Fact::TimerStopped { timer, .. } => Told::Stopped(*timer),
            Fact::ReviewReleased {
                review, submission, ..
            } => Told::ForReview(*review, *submission),
            Fact::ReviewGiven { review, .. } => Told::Judged(*review),
            _ => continue,
        };
        *recorded.entry(told).or_default() += 1;
    }
    recorded
}

/// Opens what a power cut left, and holds it against what was told until then.
pub(crate) async fn whole(folder: &Path, lab: LabId, told: &[Told]) {
    let gate = gate(folder).await;
    assert_eq!(gate.closed().len(), 0, "{:?}", gate.closed());
    gate.integrate().await.unwrap();
    let health = gate.examine().await.unwrap();
    assert!(health.findings.is_empty(), "{:?}", health.findings);
    let entries = gate
        .entries_before(Compartment::Lab(lab), u64::MAX, u32::MAX)
        .await
        .unwrap();
    let recorded = recorded(&entries);
    let mut times: HashMap<Told, usize> = HashMap::new();
    for told in told {
        *times.entry(*told).or_default() += 1;
    }
    for (told, times) in times {
        // A timer that stands still is shown again and again as it stopped once.
        let times = if matches!(told, Told::Stopped(_)) {
            1
        } else {
            times
        };
        let known = recorded.get(&told).copied().unwrap_or(0);
        assert!(
            known >= times,
            "told {times} times, and recorded {known} times: {told:?}"
        );
    }
    let mut holds: HashMap<TaskId, HashSet<AssignmentId>> = HashMap::new();
    for told in recorded.keys() {
        if let Told::Input(assignment, task) = told {
            holds.entry(*task).or_default().insert(*assignment);
        }
    }
    assert!(
        holds.values().all(|holds| holds.len() <= OVERLAP),
        "a task went to too many"
    );
}
