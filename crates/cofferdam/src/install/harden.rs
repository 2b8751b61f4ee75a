//! What the process denies itself and others.

use rustix::fs::Mode;
use rustix::process::{Resource, Rlimit, setrlimit, umask};

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

/// Whatever file or folder is made, its owner alone may touch it.
pub(crate) fn private_files() {
    umask(Mode::RWXG | Mode::RWXO);
}
