//! What the process denies itself and others.

use rustix::fs::Mode;
#[cfg(target_os = "linux")]
use rustix::process::{DumpableBehavior, set_dumpable_behavior};
use rustix::process::{Resource, Rlimit, setrlimit, umask};

/// A core dump would hold keys and plaintext: none is written, whatever happens, nor given to a program that the system
/// has for them, which no limit stops; and nobody but root may trace this process or read its memory.
pub(crate) fn no_core_dumps() {
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    if let Err(error) = setrlimit(Resource::Core, none) {
        tracing::warn!(%error, "core dumps could not be turned off; a crash could write keys to the disk");
    }
    #[cfg(target_os = "linux")]
    if let Err(error) = set_dumpable_behavior(DumpableBehavior::NotDumpable) {
        tracing::warn!(%error, "this process could not be kept from being traced");
    }
}

/// Whatever file or folder is made, its owner alone may touch it.
pub(crate) fn private_files() {
    umask(Mode::RWXG | Mode::RWXO);
}
