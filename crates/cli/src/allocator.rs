//! Where memory comes from.
//!
//! Buffers of a scan and tables of an index come and go by the megabyte. With the system's allocator, and by default with
//! this one too, the kernel takes them back and zeroes them again for the next statement: up to a fifth of a join's time.

use std::ffi::c_long;

use libmimalloc_sys::{mi_option_large_os_pages, mi_option_set, mi_option_set_enabled, mi_option_t};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// `mi_option_purge_delay`, which the binding does not name.
const PURGE_DELAY: mi_option_t = 15;
const NEVER: c_long = -1;

/// Keeps freed memory for the statements to come, in large pages where the system has them, until the process ends.
///
/// To be called first. The environment (`MIMALLOC_PURGE_DELAY` in milliseconds) is overruled.
#[expect(unsafe_code, reason = "options of the allocator have no safe interface")]
pub(crate) fn keep_memory() {
    // SAFETY: sets two numbers in the allocator's table of options, which are read atomically.
    unsafe {
        mi_option_set_enabled(mi_option_large_os_pages, true);
        mi_option_set(PURGE_DELAY, NEVER);
    }
}
