//! A file of an archive that somebody sends: of rows, or of those who acted. It is refused in one short line, or its rows are in order; and
//! what the library beneath makes of it does no harm.

#![no_main]

use std::sync::Once;

use bytes::Bytes;
use cofferdam_archive::{actors, each_group};
use cofferdam_fuzz::{choice, is_readable};
use libfuzzer_sys::fuzz_target;

/// A panic of the library beneath is caught, and an error: only one of ours is a fault.
static HOOK: Once = Once::new();

fn quiet() {
    let default = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if panic.location().is_none_or(|at| !at.file().contains("parquet-")) {
            default(panic);
        }
    }));
}

fuzz_target!(|data: &[u8]| {
    HOOK.call_once(quiet);
    let Some((first, file)) = choice(data) else { return };
    let file = Bytes::copy_from_slice(file);
    let read = match first & 1 {
        0 => actors(&file).map(|_| ()),
        _ => {
            let mut groups = 0;
            each_group(file, &mut |rows| {
                groups += 1;
                assert!(rows.is_sorted_by_key(|row| (row.t, row.n)));
                assert!(
                    rows.iter()
                        .all(|row| row.object.is_some() == row.version.is_some())
                );
                groups < 4
            })
        }
    };
    if let Err(damage) = read {
        is_readable(&damage.to_string());
    }
});
