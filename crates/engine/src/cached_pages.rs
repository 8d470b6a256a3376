//! What a file has in the system's cache of pages, which can be copied without waiting for a disk.

use std::fs::File;

/// Copies what the file has from a place on, as much as there is room for. False where some of it is not in the cache, or the system
/// cannot tell: what is in the room is then anything.
#[cfg(target_os = "linux")]
pub(crate) fn read(file: &File, mut room: &mut [u8], mut from: u64) -> bool {
    use std::io::IoSliceMut;

    use rustix::io::{ReadWriteFlags, preadv2};

    while !room.is_empty() {
        // A page that is not there ends the read, or is an error if it is the first.
        match preadv2(file, &mut [IoSliceMut::new(room)], from, ReadWriteFlags::NOWAIT) {
            Ok(0) | Err(_) => return false,
            Ok(read) => {
                room = &mut room[read..];
                from += read as u64;
            }
        }
    }
    true
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn read(_file: &File, room: &mut [u8], _from: u64) -> bool {
    room.is_empty()
}

#[cfg(test)]
#[path = "cached_pages_tests.rs"]
mod tests;
