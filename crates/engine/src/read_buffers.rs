//! Memory that files are read into, which is kept for the next read.
//!
//! A column of a row group has some megabytes. To be given so much by the system and to clear it takes about as long as to copy the file's
//! content there from the cache of pages.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

/// Less is not kept: it is cleared in a cache, and allocators have it at hand.
const LEAST_BYTES: usize = 2 << 20;
/// So much is kept at most. It is beside a session's memory limit, as is what is being read.
const MOST_BYTES: usize = 64 << 20;
/// So much of what is not kept is taken before it is known how long the file is.
const MOST_BYTES_AHEAD: usize = 64 << 20;

/// The memory that is free at the moment.
#[derive(Debug, Default)]
pub(crate) struct ReadBuffers {
    free: Mutex<Free>,
}

/// In the order in which they became free.
#[derive(Debug, Default)]
struct Free {
    buffers: Vec<Vec<u8>>,
    bytes: usize,
}

/// A range of a file, with memory for it if it is small.
#[derive(Debug)]
pub(crate) struct Wanted {
    pub(crate) range: Range<u64>,
    memory: Vec<u8>,
}

impl Wanted {
    /// Those of a file.
    ///
    /// To be called where the bytes are used. Files are read by threads of which there are many, and which come and go: with memory that
    /// each of them takes for itself, what an allocator keeps for one thread is of no use to the next, and a process grows with every query.
    pub(crate) fn of(ranges: &[Range<u64>]) -> Vec<Self> {
        let mut left = MOST_BYTES_AHEAD;
        let wanted = ranges.iter().map(|range| {
            let length = usize::try_from(range.end.saturating_sub(range.start)).unwrap_or(usize::MAX);
            let ahead = match length < LEAST_BYTES && length <= left {
                true => length,
                false => 0,
            };
            left -= ahead;
            Self {
                range: range.clone(),
                memory: vec![0; ahead],
            }
        });
        wanted.collect()
    }
}

impl ReadBuffers {
    /// What a file has at a range, which does not end before it begins. The memory comes back when it is dropped.
    ///
    /// # Errors
    /// Where the file cannot be read, or ends before the range does.
    pub(crate) fn read(self: &Arc<Self>, file: &mut File, wanted: Wanted) -> io::Result<Bytes> {
        let Wanted { range, mut memory } = wanted;
        let length = usize::try_from(range.end - range.start).map_err(io::Error::other)?;
        file.seek(SeekFrom::Start(range.start))?;
        if length < LEAST_BYTES {
            memory.resize(length, 0);
            file.read_exact(&mut memory)?;
            return Ok(memory.into());
        }
        let mut buffer = Buffer {
            bytes: self.take(length),
            length,
            home: Arc::clone(self),
        };
        file.read_exact(&mut buffer.bytes[..length])?;
        Ok(Bytes::from_owner(buffer))
    }

    /// The smallest that is free and has so many bytes, though not many more; else a new one.
    fn take(&self, length: usize) -> Vec<u8> {
        // By a sixteenth at most, so that the next row group, of which a column is hardly ever as long to the byte, finds it long enough.
        let length = length.next_multiple_of(length.next_power_of_two() / 32);
        self.locked(|free| free.take(length))
            .unwrap_or_else(|| vec![0; length])
    }

    fn locked<T>(&self, with: impl FnOnce(&mut Free) -> T) -> T {
        with(&mut self.free.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Free {
    fn take(&mut self, length: usize) -> Option<Vec<u8>> {
        // The last of equals: the longer ago it was used, the less of it is in a cache.
        let fitting = self.buffers.iter().enumerate().rev();
        let fitting = fitting.filter(|(_, buffer)| (length..=length + length / 4).contains(&buffer.len()));
        let (at, _) = fitting.min_by_key(|(_, buffer)| buffer.len())?;
        let buffer = self.buffers.remove(at);
        self.bytes -= buffer.len();
        Some(buffer)
    }

    /// Keeps memory, and returns what is then too much.
    fn give(&mut self, buffer: Vec<u8>) -> Vec<Vec<u8>> {
        if buffer.len() > MOST_BYTES {
            return vec![buffer];
        }
        self.bytes += buffer.len();
        self.buffers.push(buffer);
        let mut rest = self.bytes;
        let oldest = self.buffers.iter().take_while(|buffer| {
            let too_much = rest > MOST_BYTES;
            rest -= if too_much { buffer.len() } else { 0 };
            too_much
        });
        let oldest = oldest.count();
        self.bytes = rest;
        self.buffers.drain(..oldest).collect()
    }
}

/// Memory in use.
struct Buffer {
    bytes: Vec<u8>,
    /// How much of it has been read.
    length: usize,
    home: Arc<ReadBuffers>,
}

impl AsRef<[u8]> for Buffer {
    fn as_ref(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        let buffer = std::mem::take(&mut self.bytes);
        // Freed when nobody waits for the lock any more.
        drop(self.home.locked(|free| free.give(buffer)));
    }
}

#[cfg(test)]
#[path = "read_buffers_tests.rs"]
mod tests;
