//! How large a number may be: a ledger's entries hold what JSON carries exactly, and no more.

use cofferdam_model::{Budget, Timestamp};

use super::WorkError;

/// The largest integer of RFC 8785: 2^53 - 1. In microseconds since 1970 it ends in June of the year 2255.
const MOST: u64 = (1 << 53) - 1;

/// A time that an entry can hold.
pub(super) fn check_until(until: Option<Timestamp>) -> Result<(), WorkError> {
    match until {
        Some(until) if !until.is_recordable() => Err(WorkError::invalid(
            "/until",
            "a time from 1970 to 2254 is needed; leave it out for no end",
        )),
        _ => Ok(()),
    }
}

/// A budget that an entry can hold, and under which something can be read.
pub(super) fn check_budget(budget: &Budget) -> Result<(), WorkError> {
    let ceilings = [
        ("objects_per_hour", budget.objects_per_hour),
        ("objects_per_day", budget.objects_per_day),
        ("bytes_per_hour", budget.bytes_per_hour),
        ("bytes_per_day", budget.bytes_per_day),
    ];
    let wrong = |ceiling| match ceiling {
        0 => {
            Some("at least 1 is needed: to stop somebody from reading, halt or end the engagement".to_owned())
        }
        1..=MOST => None,
        _ => Some(format!("at most {MOST} is possible")),
    };
    let found = ceilings
        .into_iter()
        .find_map(|(name, ceiling)| Some((name, wrong(ceiling)?)));
    match found {
        Some((name, reason)) => Err(WorkError::invalid(format!("/budget/{name}"), reason)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_entry_cannot_hold_is_told_as_bad_input() {
        let most = i64::try_from(MOST).unwrap();
        for fits in [None, Some(most), Some(-most), Some(0)] {
            assert!(check_until(fits.map(Timestamp::from_micros)).is_ok(), "{fits:?}");
        }
        for beyond in [most + 1, -most - 1, i64::MAX, i64::MIN] {
            let refused = check_until(Some(Timestamp::from_micros(beyond))).unwrap_err();
            let told = "/until: a time from 1970 to 2254 is needed; leave it out for no end";
            assert_eq!(refused.to_string(), told);
        }
        let fits = Budget {
            bytes_per_day: MOST,
            ..Budget::JOB
        };
        assert!(check_budget(&fits).is_ok());
        let beyond = Budget {
            bytes_per_day: MOST + 1,
            ..Budget::JOB
        };
        let refused = check_budget(&beyond).unwrap_err();
        let told = "/budget/bytes_per_day: at most 9007199254740991 is possible";
        assert_eq!(refused.to_string(), told);
        let nothing = Budget {
            objects_per_hour: 0,
            ..Budget::JOB
        };
        let refused = check_budget(&nothing).unwrap_err().to_string();
        assert!(
            refused.starts_with("/budget/objects_per_hour: at least 1 is needed"),
            "{refused}"
        );
    }
}
