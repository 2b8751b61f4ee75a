//! What the process denies itself.

use rustix::process::{Resource, Rlimit, setrlimit};

/// A core dump would hold keys and plaintext: none is written, whatever happens.
pub(crate) fn no_core_dumps() {
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    if let Err(error) = setrlimit(Resource::Core, none) {
        tracing::warn!(%error, "core dumps could not be turned off; a crash could write keys to the disk");
    }
}
