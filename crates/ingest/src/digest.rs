//! What identifies a source file: the SHA-256 of its bytes and its size.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use sha2::{Digest as _, Sha256};

/// The SHA-256 and the size of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileDigest {
    /// 64 hex digits, lower case.
    pub sha256: String,
    /// The number of bytes.
    pub size_bytes: u64,
}

impl FileDigest {
    /// Reads a file once and returns its digest.
    ///
    /// # Errors
    /// Where the file cannot be opened or read to its end.
    pub fn of(path: &Path) -> io::Result<Self> {
        let mut file = File::open(path)?;
        let mut hasher = Sha256::new();
        let mut buffer = vec![0; 1 << 16];
        let mut size_bytes = 0;
        loop {
            match file.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => {
                    hasher.update(&buffer[..count]);
                    size_bytes += count as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(Self {
            sha256: hex(&hasher.finalize()),
            size_bytes,
        })
    }
}

/// Passes bytes on to a writer and knows the digest of all that were passed on.
pub(crate) struct DigestWriter<W> {
    writer: W,
    hasher: Sha256,
    size_bytes: u64,
}

impl<W> DigestWriter<W> {
    pub(crate) fn new(writer: W) -> Self {
        Self {
            writer,
            hasher: Sha256::new(),
            size_bytes: 0,
        }
    }

    /// The writer, and the digest of what was written to it.
    pub(crate) fn finish(self) -> (W, FileDigest) {
        let digest = FileDigest {
            sha256: hex(&self.hasher.finalize()),
            size_bytes: self.size_bytes,
        };
        (self.writer, digest)
    }
}

impl<W: Write> Write for DigestWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.writer.write(bytes)?;
        self.hasher.update(&bytes[..count]);
        self.size_bytes += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

/// The SHA-256 of a file's bytes as 64 hex digits, by which a case knows the files it has.
///
/// # Errors
/// Where the file cannot be opened or read to its end.
pub fn sha256_of(path: &Path) -> io::Result<String> {
    FileDigest::of(path).map(|digest| digest.sha256)
}

/// The bytes as lower-case hex digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits
        .map(|digit| char::from(DIGITS[usize::from(digit)]))
        .collect()
}

#[cfg(test)]
#[path = "digest_tests.rs"]
mod tests;
