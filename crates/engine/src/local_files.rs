//! Local files, of which no more is asked for than there is.
//!
//! `object_store` 0.13 takes the memory for a range before it reads: the footer of a Parquet file that lies about the length of a column
//! would end the process. And it takes and clears new memory for each range, which [`ReadBuffers`] does not, and has each read by another
//! thread, which takes longer than to copy what is in the cache of pages. Everything else is left to it.

use std::fs::File;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::{fmt, io};

use async_trait::async_trait;
use bytes::Bytes;
use datafusion::object_store::local::LocalFileSystem;
use datafusion::object_store::path::Path;
use datafusion::object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, RenameOptions, Result,
};
use futures::stream::BoxStream;
use tokio::task::{consume_budget, spawn_blocking, yield_now};

use crate::read_buffers::{ReadBuffers, Room};

/// So much is read from the cache of pages before a read waits for its turn. To wait takes as long as to copy some tens of kilobytes.
const BYTES_OF_A_TURN: u64 = 4 << 20;

/// The local file system.
#[derive(Debug, Default)]
pub(crate) struct LocalFiles {
    files: LocalFileSystem,
    buffers: Arc<ReadBuffers>,
    /// How many bytes have been asked for.
    asked: AtomicU64,
}

impl LocalFiles {
    /// Lets others go first, now and then. A scan of which all is in the cache would wait for nothing else, so that its query could not be
    /// ended, and those that it has woken not begin.
    async fn turn(&self, ranges: &[Range<u64>]) {
        let lengths = ranges.iter().map(|range| range.end.saturating_sub(range.start));
        let bytes = lengths.fold(0_u64, u64::saturating_add);
        let before = self.asked.fetch_add(bytes, Ordering::Relaxed);
        match before == 0 || before % BYTES_OF_A_TURN + bytes.min(BYTES_OF_A_TURN) >= BYTES_OF_A_TURN {
            true => yield_now().await,
            false => consume_budget().await,
        }
    }
}

impl fmt::Display for LocalFiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.files.fmt(f)
    }
}

#[async_trait]
impl ObjectStore for LocalFiles {
    async fn get_ranges(&self, location: &Path, ranges: &[Range<u64>]) -> Result<Vec<Bytes>> {
        let path = self.files.path_to_filesystem(location)?;
        self.turn(ranges).await;
        match read(&path, ranges, &self.buffers).await {
            Ok(Some(read)) => Ok(read),
            Ok(None) => Err(Error::Generic {
                store: "LocalFiles",
                source: format!("{location}: the file is shorter than what is to be read of it").into(),
            }),
            // Of a file that is not there, or cannot be read, the other one has an error.
            Err(_) => self.files.get_ranges(location, ranges).await,
        }
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        self.files.get_opts(location, options).await
    }

    async fn put_opts(&self, location: &Path, payload: PutPayload, options: PutOptions) -> Result<PutResult> {
        self.files.put_opts(location, payload, options).await
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.files.put_multipart_opts(location, options).await
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        self.files.delete_stream(locations)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.files.list(prefix)
    }

    fn list_with_offset(
        &self,
        prefix: Option<&Path>,
        offset: &Path,
    ) -> BoxStream<'static, Result<ObjectMeta>> {
        self.files.list_with_offset(prefix, offset)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.files.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.files.copy_opts(from, to, options).await
    }

    async fn rename_opts(&self, from: &Path, to: &Path, options: RenameOptions) -> Result<()> {
        self.files.rename_opts(from, to, options).await
    }
}

/// The ranges of a file; `None` where it is shorter.
///
/// What is in the cache of pages is copied at once, by the thread that has opened the file. For a copy, a thread of its own is no help: there
/// are about as many workers as processors, the one that waits for it has nothing else to do, and to have it run elsewhere takes the system
/// now and then longer than the copy.
async fn read(
    path: &std::path::Path,
    ranges: &[Range<u64>],
    buffers: &Arc<ReadBuffers>,
) -> io::Result<Option<Vec<Bytes>>> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    let is_there = |range: &Range<u64>| range.start <= range.end && range.end <= length;
    if !ranges.iter().all(is_there) {
        return Ok(None);
    }
    let rooms = ranges.iter().map(|range| buffers.room(range));
    let mut rooms = rooms.collect::<io::Result<Vec<Room>>>()?;
    let missing = rooms.iter_mut().position(|room| !room.fill_from_cache(&file));
    if let Some(missing) = missing {
        let fill = move || {
            rooms[missing..]
                .iter_mut()
                .try_for_each(|room| room.fill(&mut file))?;
            Ok::<_, io::Error>(rooms)
        };
        rooms = spawn_blocking(fill).await??;
    }
    Ok(Some(rooms.into_iter().map(Room::filled).collect()))
}

#[cfg(test)]
#[path = "local_files_tests.rs"]
mod tests;
