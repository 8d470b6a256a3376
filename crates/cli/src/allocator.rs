//! Where memory comes from.
//!
//! Buffers of a scan and tables of an index come and go by the megabyte. With the system's allocator, and by default with
//! this one too, the kernel takes them back and zeroes them again for the next statement: up to a fifth of a join's time.

use std::ffi::c_long;

use libmimalloc_sys::{mi_option_set, mi_option_t};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// `mi_option_purge_delay`, which the binding does not name: the number is that of the version in `Cargo.toml`.
const PURGE_DELAY: mi_option_t = 15;
const NEVER: c_long = -1;

/// Keeps freed memory for the statements to come, until the process ends; whatever `MIMALLOC_PURGE_DELAY` says.
///
/// To be called before there is another thread.
#[expect(unsafe_code, reason = "options of the allocator have no safe interface")]
pub(crate) fn keep_memory() {
    // SAFETY: writes a number into the allocator's table of options, which no other thread reads yet.
    unsafe { mi_option_set(PURGE_DELAY, NEVER) };
}
