//! What work with keys leaves on the stack.

use std::hint::black_box;

/// More than the frames below one call take here, the library's own included.
const ROOM: usize = 16 * 1024;

/// Does `work`, then overwrites the stack that it used: a value that is moved leaves a copy where it was, and nobody wipes that.
///
/// What `work` returns is moved too, so let it be a box or nothing secret.
#[inline(never)]
pub(crate) fn leaving_nothing<T>(work: impl FnOnce() -> T) -> T {
    let done = apart(work);
    overwrite();
    done
}

#[inline(never)]
fn apart<T>(work: impl FnOnce() -> T) -> T {
    work()
}

#[inline(never)]
fn overwrite() {
    let mut room = [0_u8; ROOM];
    black_box(&mut room);
}
