//! The shim: SQLite's own file system, with a look at what passes.
//!
//! Every file of SQLite is a [`Shim`] with the real file behind it in the same allocation. All that a file can do is
//! passed on, shared memory too; writes, cuts and syncs of watched files go through [`Watched`].

#![expect(unsafe_code, reason = "SQLite's file systems are tables of C functions")]

use std::ffi::{CStr, OsStr, c_char, c_int, c_void};
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::sync::atomic::{AtomicPtr, Ordering};
use std::sync::{Arc, OnceLock};
use std::{mem, ptr, slice};

use anyhow::{Result, anyhow};
use rusqlite::ffi::{
    self, SQLITE_IOERR, SQLITE_OK, SQLITE_OPEN_CREATE, SQLITE_OPEN_MAIN_JOURNAL, SQLITE_OPEN_SUPER_JOURNAL,
    SQLITE_OPEN_WAL, sqlite3_file, sqlite3_int64, sqlite3_io_methods, sqlite3_vfs,
};

use super::log::FileId;
use super::watched::{self, Watched};

/// The file system beneath; set once, before the shim is registered.
static REAL: AtomicPtr<sqlite3_vfs> = AtomicPtr::new(ptr::null_mut());
static INSTALLED: OnceLock<c_int> = OnceLock::new();

/// Makes the shim the process's default file system.
pub(super) fn install() -> Result<()> {
    match *INSTALLED.get_or_init(register) {
        SQLITE_OK => Ok(()),
        code => Err(anyhow!("SQLite takes no file system: {code}")),
    }
}

fn register() -> c_int {
    // SAFETY: SQLite may be initialised from any thread, any number of times; a null name asks for the default.
    let real = unsafe {
        ffi::sqlite3_initialize();
        ffi::sqlite3_vfs_find(ptr::null())
    };
    if real.is_null() {
        return SQLITE_IOERR;
    }
    REAL.store(real, Ordering::Release);
    // SAFETY: SQLite never frees nor changes a file system but for `pNext`, which is set anew below. What is not
    // replaced takes no notice of which file system it is called with, other than `pAppData`, which is copied.
    let mut shim = unsafe { *real };
    shim.pNext = ptr::null_mut();
    shim.zName = c"cofferdam-disk".as_ptr();
    shim.szOsFile += mem::size_of::<Shim>() as c_int;
    shim.xOpen = Some(open);
    shim.xDelete = Some(delete);
    // SAFETY: it lives for ever, as SQLite asks, and is registered once.
    unsafe { ffi::sqlite3_vfs_register(Box::into_raw(Box::new(shim)), 1) }
}

/// What SQLite sees of a file. The real one follows in memory: SQLite allocated `szOsFile` bytes, enough for both, and
/// this is as long as a multiple of the alignment of pointers.
#[repr(C)]
struct Shim {
    base: sqlite3_file,
    /// Null for files that nobody watches.
    open: *mut Open,
}

/// A watched file.
struct Open {
    watched: Arc<Watched>,
    name: String,
    file: FileId,
    /// The next sync is the first of a journal, which syncs the folder as well.
    folder: bool,
}

/// The real file behind one that [`open`] was given.
///
/// # Safety
/// `file` must be an allocation of SQLite for a file of this file system.
unsafe fn beneath(file: *mut sqlite3_file) -> *mut sqlite3_file {
    // SAFETY: see `Shim`: the allocation goes on behind it.
    unsafe { file.cast::<Shim>().add(1).cast() }
}

/// What is known of a file, if it is watched.
///
/// # Safety
/// `file` must have been opened by [`open`] and not closed. SQLite uses a file from one thread at a time.
unsafe fn watching<'a>(file: *mut sqlite3_file) -> Option<&'a mut Open> {
    // SAFETY: `open` left null or a box that lives until the file is closed.
    unsafe { (*file.cast::<Shim>()).open.as_mut() }
}

unsafe extern "C" fn open(
    _: *mut sqlite3_vfs,
    name: *const c_char,
    file: *mut sqlite3_file,
    flags: c_int,
    out: *mut c_int,
) -> c_int {
    let vfs = REAL.load(Ordering::Acquire);
    // SAFETY: SQLite hands in a fresh allocation of `szOsFile` bytes, and a name that lives as long as the file; the real
    // file system is given its own part of the allocation.
    unsafe {
        let shim = file.cast::<Shim>();
        (*shim).base.pMethods = ptr::null();
        (*shim).open = ptr::null_mut();
        let real = beneath(file);
        (*real).pMethods = ptr::null();
        let answer = (*vfs)
            .xOpen
            .map_or(SQLITE_IOERR, |open| open(vfs, name, real, flags, out));
        // A file that has methods is closed, also when it could not be opened.
        if !(*real).pMethods.is_null() {
            (*shim).base.pMethods = &METHODS;
        }
        if answer == SQLITE_OK
            && let Some((watched, name)) = named(name)
        {
            let journal = SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_WAL;
            let file = watched.opened(&name);
            let folder = flags & SQLITE_OPEN_CREATE != 0 && flags & journal != 0;
            (*shim).open = Box::into_raw(Box::new(Open {
                watched,
                name,
                file,
                folder,
            }));
        }
        answer
    }
}

/// Who watches the file of that name; temporary files have none.
///
/// # Safety
/// `name` must be null or a C string.
unsafe fn named(name: *const c_char) -> Option<(Arc<Watched>, String)> {
    if name.is_null() {
        return None;
    }
    // SAFETY: it is not null.
    let name = unsafe { CStr::from_ptr(name) };
    watched::of(Path::new(OsStr::from_bytes(name.to_bytes())))
}

unsafe extern "C" fn delete(_: *mut sqlite3_vfs, name: *const c_char, sync: c_int) -> c_int {
    let vfs = REAL.load(Ordering::Acquire);
    // SAFETY: the real file system is given what SQLite gave.
    let (answer, watched) = unsafe {
        let answer = (*vfs).xDelete.map_or(SQLITE_IOERR, |delete| delete(vfs, name, 0));
        (answer, named(name))
    };
    if let (SQLITE_OK, Some((watched, name))) = (answer, watched) {
        watched.deleted(name, sync != 0);
    }
    answer
}

unsafe extern "C" fn close(file: *mut sqlite3_file) -> c_int {
    // SAFETY: `open` left null or a box, and SQLite closes a file once.
    unsafe {
        let open = mem::replace(&mut (*file.cast::<Shim>()).open, ptr::null_mut());
        let answer = pass_close(file);
        if !open.is_null() {
            let open = Box::from_raw(open);
            open.watched.closed(&open.name, open.file);
        }
        answer
    }
}

unsafe extern "C" fn write(
    file: *mut sqlite3_file,
    data: *const c_void,
    amount: c_int,
    offset: sqlite3_int64,
) -> c_int {
    // SAFETY: SQLite hands in `amount` bytes, and an open file.
    unsafe {
        let Some(open) = watching(file) else {
            return pass_write(file, data, amount, offset);
        };
        let bytes = slice::from_raw_parts(data.cast::<u8>(), amount as usize);
        open.watched.write(open.file, offset as u64, bytes, |part| {
            pass_write(file, part.as_ptr().cast(), part.len() as c_int, offset)
        })
    }
}

unsafe extern "C" fn truncate(file: *mut sqlite3_file, size: sqlite3_int64) -> c_int {
    // SAFETY: SQLite hands in an open file.
    unsafe {
        match watching(file) {
            None => pass_truncate(file, size),
            Some(open) => open
                .watched
                .truncate(open.file, size as u64, || pass_truncate(file, size)),
        }
    }
}

unsafe extern "C" fn sync(file: *mut sqlite3_file, _: c_int) -> c_int {
    // SAFETY: SQLite hands in an open file.
    unsafe {
        let Some(open) = watching(file) else {
            return SQLITE_OK;
        };
        let answer = open.watched.sync(open.file, open.folder, |offset, bytes| {
            let amount = bytes.len() as c_int;
            pass_write(file, bytes.as_ptr().cast(), amount, offset as sqlite3_int64)
        });
        open.folder &= answer != SQLITE_OK;
        answer
    }
}

unsafe extern "C" fn barrier(file: *mut sqlite3_file) {
    // SAFETY: as in `pass!`.
    unsafe {
        let real = beneath(file);
        if let Some(barrier) = (*(*real).pMethods).xShmBarrier {
            barrier(real);
        }
    }
}

/// Functions that ask the real file.
macro_rules! pass {
    ($($name:ident => $method:ident ($($arg:ident: $type:ty),*);)*) => {$(
        unsafe extern "C" fn $name(file: *mut sqlite3_file $(, $arg: $type)*) -> c_int {
            // SAFETY: SQLite calls only files that have methods, and those have a real file with methods behind them,
            // which is given what SQLite gave.
            unsafe {
                let real = beneath(file);
                match (*(*real).pMethods).$method {
                    Some(method) => method(real $(, $arg)*),
                    None => SQLITE_IOERR,
                }
            }
        }
    )*};
}

pass! {
    pass_close => xClose();
    pass_read => xRead(into: *mut c_void, amount: c_int, offset: sqlite3_int64);
    pass_write => xWrite(from: *const c_void, amount: c_int, offset: sqlite3_int64);
    pass_truncate => xTruncate(size: sqlite3_int64);
    pass_file_size => xFileSize(size: *mut sqlite3_int64);
    pass_lock => xLock(level: c_int);
    pass_unlock => xUnlock(level: c_int);
    pass_reserved => xCheckReservedLock(out: *mut c_int);
    pass_control => xFileControl(op: c_int, arg: *mut c_void);
    pass_sector_size => xSectorSize();
    pass_characteristics => xDeviceCharacteristics();
    pass_shm_map => xShmMap(page: c_int, size: c_int, extend: c_int, out: *mut *mut c_void);
    pass_shm_lock => xShmLock(offset: c_int, n: c_int, flags: c_int);
    pass_shm_unmap => xShmUnmap(delete: c_int);
    pass_fetch => xFetch(offset: sqlite3_int64, amount: c_int, out: *mut *mut c_void);
    pass_unfetch => xUnfetch(offset: sqlite3_int64, page: *mut c_void);
}

static METHODS: sqlite3_io_methods = sqlite3_io_methods {
    iVersion: 3,
    xClose: Some(close),
    xRead: Some(pass_read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(pass_file_size),
    xLock: Some(pass_lock),
    xUnlock: Some(pass_unlock),
    xCheckReservedLock: Some(pass_reserved),
    xFileControl: Some(pass_control),
    xSectorSize: Some(pass_sector_size),
    xDeviceCharacteristics: Some(pass_characteristics),
    xShmMap: Some(pass_shm_map),
    xShmLock: Some(pass_shm_lock),
    xShmBarrier: Some(barrier),
    xShmUnmap: Some(pass_shm_unmap),
    xFetch: Some(pass_fetch),
    xUnfetch: Some(pass_unfetch),
};
