//! Local files, read into memory that nobody has cleared.
//!
//! `object_store` 0.13 fills the memory of every range with zeros before it reads into it: an eighth of the processor time of a scan over
//! plain numbers. Everything else is left to it.

use std::fmt;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path;

use async_trait::async_trait;
use bytes::Bytes;
use datafusion::object_store::local::LocalFileSystem;
use datafusion::object_store::path::Path;
use datafusion::object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, RenameOptions, Result,
};
use futures::stream::BoxStream;
use tokio::task::spawn_blocking;

/// The local file system.
#[derive(Debug, Default)]
pub(crate) struct LocalFiles {
    files: LocalFileSystem,
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
        let ranges = ranges.to_vec();
        let read = spawn_blocking(move || read_all(&path, ranges)).await?;
        read.map_err(|source| match source.kind() {
            io::ErrorKind::NotFound => Error::NotFound {
                path: location.to_string(),
                source: source.into(),
            },
            _ => Error::Generic {
                store: "LocalFiles",
                source: format!("{location}: {source}").into(),
            },
        })
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

fn read_all(path: &path::Path, ranges: Vec<Range<u64>>) -> io::Result<Vec<Bytes>> {
    let mut file = File::open(path)?;
    // A footer that lies would have so much memory asked for.
    let end = file.metadata()?.len();
    let within = |range: &Range<u64>| range.start <= range.end && range.end <= end;
    if !ranges.iter().all(within) {
        return Err(shorter());
    }
    ranges.into_iter().map(|range| read(&mut file, range)).collect()
}

/// All bytes of the range, or an error.
fn read(file: &mut File, range: Range<u64>) -> io::Result<Bytes> {
    let length = range.end - range.start;
    let mut bytes = Vec::new();
    let room = usize::try_from(length).map_err(|_| io::ErrorKind::OutOfMemory)?;
    bytes
        .try_reserve_exact(room)
        .map_err(|_| io::ErrorKind::OutOfMemory)?;
    file.seek(SeekFrom::Start(range.start))?;
    match file.take(length).read_to_end(&mut bytes)? == room {
        true => Ok(bytes.into()),
        false => Err(shorter()),
    }
}

fn shorter() -> io::Error {
    io::Error::new(
        io::ErrorKind::UnexpectedEof,
        "the file is shorter than what is to be read of it",
    )
}

#[cfg(test)]
#[path = "local_files_tests.rs"]
mod tests;
