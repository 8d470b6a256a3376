//! Local files, of which no more is asked for than there is.
//!
//! `object_store` 0.13 takes the memory for a range before it reads: the footer of a Parquet file that lies about the length of a column
//! would end the process. And it takes and clears new memory for each range, which [`ReadBuffers`] does not. Everything else is left to it.

use std::fs::File;
use std::ops::Range;
use std::sync::Arc;
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
use tokio::task::spawn_blocking;

use crate::read_buffers::{ReadBuffers, Wanted};

/// The local file system.
#[derive(Debug, Default)]
pub(crate) struct LocalFiles {
    files: LocalFileSystem,
    buffers: Arc<ReadBuffers>,
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
        let (buffers, wanted) = (Arc::clone(&self.buffers), Wanted::of(ranges));
        match spawn_blocking(move || read(&path, wanted, &buffers)).await? {
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
fn read(
    path: &std::path::Path,
    wanted: Vec<Wanted>,
    buffers: &Arc<ReadBuffers>,
) -> io::Result<Option<Vec<Bytes>>> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    let is_there = |Wanted { range, .. }: &Wanted| range.start <= range.end && range.end <= length;
    if !wanted.iter().all(is_there) {
        return Ok(None);
    }
    let read = wanted.into_iter().map(|wanted| buffers.read(&mut file, wanted));
    read.collect::<io::Result<_>>().map(Some)
}

#[cfg(test)]
#[path = "local_files_tests.rs"]
mod tests;
