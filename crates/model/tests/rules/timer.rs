//! Timers: no second is counted that was not worked.

use cofferdam_model::Timestamp;
use cofferdam_model::timer::{HEARTBEAT_LIMIT_SECONDS, NotRunning, StopCause, Timer};
use proptest::prelude::*;
use proptest::sample::select;

use crate::arbitrary::at;

/// Seconds between signs of life, about the limit and far from it; now and then a clock that goes back.
fn any_gap() -> impl Strategy<Value = i64> {
    prop_oneof![
        6 => 0..HEARTBEAT_LIMIT_SECONDS,
        2 => HEARTBEAT_LIMIT_SECONDS - 1..HEARTBEAT_LIMIT_SECONDS + 2,
        1 => 0i64..100_000,
        1 => -50i64..0,
    ]
}

fn any_cause() -> impl Strategy<Value = StopCause> {
    select(vec![
        StopCause::Stopped,
        StopCause::Halted,
        StopCause::EngagementEnded,
    ])
}

/// A timer driven through heartbeats, with what is known of it from outside.
#[derive(Debug)]
struct Driven {
    timer: Timer,
    started: Timestamp,
    last_beat: Timestamp,
    now: Timestamp,
    latest: Timestamp,
    until: Option<Timestamp>,
}

/// Drives one under an engagement that was granted for so many seconds, or without an end.
fn drive(gaps: &[(i64, bool)], granted: Option<i64>) -> Driven {
    let start = at(1_000_000);
    let until = granted.map(|seconds| start.plus_seconds(seconds));
    let mut d = Driven {
        timer: Timer::start(start, until),
        until,
        started: start,
        last_beat: start,
        now: start,
        latest: start,
    };
    for (gap, is_beat) in gaps {
        d.now = d.now.plus_seconds(*gap);
        d.latest = d.latest.max(d.now);
        if !is_beat {
            d.timer = d.timer.settle(d.now);
        } else if let Ok(beaten) = d.timer.beat(d.now) {
            d.timer = beaten;
            d.last_beat = d.last_beat.max(d.now);
        }
    }
    d
}

fn any_drive() -> impl Strategy<Value = Driven> {
    let gaps = proptest::collection::vec((any_gap(), any::<bool>()), 0..20);
    let granted = proptest::option::of(1i64..2_000);
    (gaps, granted).prop_map(|(gaps, granted)| drive(&gaps, granted))
}

fn counted(timer: Timer) -> Option<(Timestamp, Timestamp, StopCause)> {
    match timer {
        Timer::Running { .. } => None,
        Timer::Stopped { from, to, cause, .. } => Some((from, to, cause)),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn it_never_counts_more_than_passed_nor_past_the_last_beat_and_the_limit(
        d in any_drive(), gap in any_gap(), cause in any_cause(),
    ) {
        let at = d.now.plus_seconds(gap);
        let stopped = d.timer.stop(at, cause).unwrap_or(d.timer);
        let (from, to, _) = counted(stopped).unwrap();
        prop_assert_eq!(from, d.started);
        prop_assert!(to >= from);
        prop_assert!(to <= d.latest.max(at));
        prop_assert!(to <= d.last_beat.plus_seconds(HEARTBEAT_LIMIT_SECONDS));
        prop_assert!(d.until.is_none_or(|until| to <= until));
    }

    #[test]
    fn a_halt_ends_it_at_the_halt_to_the_second_whatever_beats_came_since(
        gaps in proptest::collection::vec(0..=HEARTBEAT_LIMIT_SECONDS, 1..20), back in 0i64..4_000,
    ) {
        let beats: Vec<_> = gaps.iter().map(|gap| (*gap, true)).collect();
        let d = drive(&beats, None);
        let halt = d.now.plus_seconds(-back).max(d.started);
        for cause in [StopCause::Halted, StopCause::EngagementEnded] {
            let stopped = d.timer.stop(halt, cause).unwrap();
            prop_assert_eq!(counted(stopped), Some((d.started, halt, cause)));
        }
        let ahead = d.last_beat.plus_seconds(HEARTBEAT_LIMIT_SECONDS);
        let stopped = d.timer.stop(ahead, StopCause::Halted).unwrap();
        prop_assert_eq!(counted(stopped), Some((d.started, ahead, StopCause::Halted)));
    }

    #[test]
    fn without_beats_it_ended_at_the_last_one_or_with_its_engagement(d in any_drive(), late in 1i64..1_000_000) {
        let limit = d.last_beat.plus_seconds(HEARTBEAT_LIMIT_SECONDS);
        let at = limit.plus_seconds(late);
        let settled = d.timer.settle(at);
        let (to, cause) = match d.until {
            Some(until) if until <= limit => (until, StopCause::EngagementEnded),
            _ => (d.last_beat, StopCause::HeartbeatsCeased),
        };
        prop_assert_eq!(counted(settled), Some((d.started, to, cause)));
        prop_assert_eq!(d.timer.beat(at), Err(NotRunning));
    }

    #[test]
    fn what_was_counted_stays_counted(d in any_drive(), gap in any_gap(), later in any_gap(), cause in any_cause()) {
        let stopped = d.timer.stop(d.now.plus_seconds(gap), cause).unwrap_or(d.timer);
        let at = d.now.plus_seconds(gap + later);
        prop_assert_eq!(stopped.settle(at), stopped);
        prop_assert_eq!(stopped.beat(at), Err(NotRunning));
        prop_assert_eq!(stopped.stop(at, StopCause::Halted), Err(NotRunning));
    }

    #[test]
    fn looking_at_it_changes_nothing_that_follows(d in any_drive(), look in 0i64..200, gap in 0i64..400) {
        let looked = d.timer.settle(d.now.plus_seconds(look));
        let at = d.now.plus_seconds(look + gap);
        prop_assert_eq!(looked.settle(at), d.timer.settle(at));
    }
}
