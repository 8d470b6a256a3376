//! Memory that files are read into, which is kept for the next read.
//!
//! A column of a row group has some megabytes. To be given so much by the system and to clear it takes about as long as to copy the file's
//! content there from the cache of pages. A page of it is cleared in the processor's cache, and still takes a fifth as long.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

use crate::cached_pages;

/// Less is not kept: allocators have it at hand.
const LEAST_BYTES: usize = 64 << 10;
/// From here on it is taken for columns, below for pages of them. Neither is kept in the place of the other.
const LEAST_OF_A_COLUMN: usize = 2 << 20;
/// So much is kept of each, at most. It is beside a session's memory limit, as is what is being read.
const MOST_BYTES_OF_PAGES: usize = 16 << 20;
const MOST_BYTES_OF_COLUMNS: usize = 64 << 20;

/// The memory that is free at the moment.
#[derive(Debug)]
pub(crate) struct ReadBuffers {
    pages: Mutex<Free>,
    columns: Mutex<Free>,
}

impl Default for ReadBuffers {
    fn default() -> Self {
        let at_most = |most| {
            Mutex::new(Free {
                buffers: Vec::new(),
                bytes: 0,
                most,
            })
        };
        Self {
            pages: at_most(MOST_BYTES_OF_PAGES),
            columns: at_most(MOST_BYTES_OF_COLUMNS),
        }
    }
}

/// In the order in which they became free.
#[derive(Debug)]
struct Free {
    buffers: Vec<Vec<u8>>,
    bytes: usize,
    most: usize,
}

impl ReadBuffers {
    /// Memory for a range of a file, which does not end before it begins. It comes back when it is dropped.
    ///
    /// To be called where the bytes are used. Of the threads that wait for a disk there are many, and they come and go: with memory that
    /// each of them takes for itself, what an allocator keeps for one thread is of no use to the next, and a process grows with every query.
    ///
    /// # Errors
    /// Where there can be no range so long.
    pub(crate) fn room(self: &Arc<Self>, range: &Range<u64>) -> io::Result<Room> {
        let length = usize::try_from(range.end - range.start).map_err(io::Error::other)?;
        let kept = length >= LEAST_BYTES;
        let bytes = match kept {
            true => self.take(length),
            false => vec![0; length],
        };
        Ok(Room {
            bytes,
            length,
            from: range.start,
            home: kept.then(|| Arc::clone(self)),
        })
    }

    /// The smallest that is free and has so many bytes, though not many more; else a new one.
    fn take(&self, length: usize) -> Vec<u8> {
        // By a sixteenth at most, so that the next row group, of which a column is hardly ever as long to the byte, finds it long enough.
        let length = length.next_multiple_of(length.next_power_of_two() / 32);
        self.locked(length, |free| free.take(length))
            .unwrap_or_else(|| vec![0; length])
    }

    /// Those of which one of that length is.
    fn locked<T>(&self, length: usize, with: impl FnOnce(&mut Free) -> T) -> T {
        let free = match length < LEAST_OF_A_COLUMN {
            true => &self.pages,
            false => &self.columns,
        };
        with(&mut free.lock().unwrap_or_else(PoisonError::into_inner))
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
        if buffer.len() > self.most {
            return vec![buffer];
        }
        self.bytes += buffer.len();
        self.buffers.push(buffer);
        let mut rest = self.bytes;
        let oldest = self.buffers.iter().take_while(|buffer| {
            let too_much = rest > self.most;
            rest -= if too_much { buffer.len() } else { 0 };
            too_much
        });
        let oldest = oldest.count();
        self.bytes = rest;
        self.buffers.drain(..oldest).collect()
    }
}

/// Memory in use, for a range of a file.
#[derive(Debug)]
pub(crate) struct Room {
    bytes: Vec<u8>,
    /// How much of it is for the range.
    length: usize,
    /// Where the range begins.
    from: u64,
    /// Where it comes back to, if it is kept.
    home: Option<Arc<ReadBuffers>>,
}

impl Room {
    /// Copies the range, if all of it is in the system's cache of pages.
    pub(crate) fn fill_from_cache(&mut self, file: &File) -> bool {
        cached_pages::read(file, &mut self.bytes[..self.length], self.from)
    }

    /// Reads the range, which may take as long as a disk does.
    ///
    /// # Errors
    /// Where the file cannot be read, or ends before the range does.
    pub(crate) fn fill(&mut self, file: &mut File) -> io::Result<()> {
        file.seek(SeekFrom::Start(self.from))?;
        file.read_exact(&mut self.bytes[..self.length])
    }

    /// What has been read.
    pub(crate) fn filled(self) -> Bytes {
        Bytes::from_owner(self)
    }
}

impl AsRef<[u8]> for Room {
    fn as_ref(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        let Some(home) = &self.home else { return };
        let buffer = std::mem::take(&mut self.bytes);
        // Freed when nobody waits for the lock any more.
        drop(home.locked(buffer.len(), |free| free.give(buffer)));
    }
}

#[cfg(test)]
#[path = "read_buffers_tests.rs"]
mod tests;
