//! Ledger entries: canonical JSON, and what it says.

#![no_main]

use cofferdam_fuzz::is_readable;
use cofferdam_ledger::canonical::{MAX_ENTRY_BYTES, check_canonical, parse_canonical, to_canonical};
use cofferdam_ledger::entry::read_head;
use cofferdam_model::Entry;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fn canonical(data: &[u8]) {
    let checked = check_canonical(data);
    match parse_canonical(data) {
        Ok(value) => {
            assert_eq!(checked, Ok(()));
            assert_eq!(
                to_canonical(&value).as_deref(),
                Ok(data),
                "two byte strings for one value"
            );
        }
        Err(error) => {
            is_readable(&error.to_string());
            assert!(checked.is_err() || data.len() > MAX_ENTRY_BYTES, "{error}");
        }
    }
    if let Ok(value) = serde_json::from_slice::<Value>(data)
        && let Ok(bytes) = to_canonical(&value)
    {
        assert_eq!(check_canonical(&bytes), Ok(()));
        assert_eq!(check_canonical(data).is_ok(), bytes == data);
    }
}

fuzz_target!(|data: &[u8]| {
    canonical(data);
    let head = read_head(data);
    match &head {
        Ok(head) => {
            let value = parse_canonical(data).expect("what has a head is canonical");
            assert_eq!(
                (value["n"].as_u64(), value["t"].as_i64()),
                (Some(head.index), Some(head.time))
            );
        }
        Err(error) => is_readable(&error.to_string()),
    }
    let Ok(entry) = serde_json::from_slice::<Entry>(data) else {
        return;
    };
    let Ok(written) = to_canonical(&entry) else { return };
    let again: Entry = serde_json::from_slice(&written).expect("what is written is read");
    assert_eq!(again, entry);
    let written_head = read_head(&written).expect("an entry has a head");
    assert_eq!(
        (written_head.index, written_head.time),
        (entry.n, entry.t.as_micros())
    );
    let _ = (
        entry.fact.authorises(),
        entry.fact.project(),
        entry.fact.objects(),
        entry.fact.released(),
    );
});
