//! When a message is tried again.

/// Seconds to wait after the first, the second, … attempt that failed. After the last one it is given up.
const WAITS: [u32; 9] = [5, 30, 120, 600, 1_800, 3_600, 10_800, 21_600, 43_200];

/// How often a message is tried.
#[cfg(test)]
pub(crate) const MOST: u32 = WAITS.len() as u32 + 1;

/// How long a message may wait in all; then it is of no more use. (Where many wait for one receiver, the first is tried, and they wait
/// for it.)
pub(crate) const TOO_OLD_MICROS: i64 = 3 * 86_400 * 1_000_000;

/// Microseconds until the next attempt after so many failed, or none: it is given up. `dice` spreads them by up to a fifth, so that
/// what failed together is not tried together.
pub(crate) fn after(failed: u32, dice: u16) -> Option<i64> {
    let wait = i64::from(*WAITS.get(failed.saturating_sub(1) as usize)?) * 1_000_000;
    Some(wait + wait / 5 * i64::from(dice) / i64::from(u16::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_from_seconds_to_half_a_day_and_end() {
        let waits: Vec<i64> = (1..MOST).map(|n| after(n, 0).unwrap()).collect();
        assert!(waits.is_sorted());
        assert_eq!((waits[0], waits[8]), (5_000_000, 43_200_000_000));
        assert_eq!((waits.len(), after(MOST, 0)), (9, None));
        assert_eq!(after(1, u16::MAX), Some(6_000_000));
    }
}
