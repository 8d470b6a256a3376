//! Which files a query reads: where one cannot be read, DataFusion's readers say what is wrong, and of text in which line, but not the file.

use std::collections::BTreeSet;
use std::error::Error;
use std::fmt;
use std::sync::Arc;

use datafusion::arrow::error::ArrowError;
use datafusion::datasource::physical_plan::FileScanConfig;
use datafusion::datasource::source::DataSourceExec;
use datafusion::error::DataFusionError;
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::object_store::local::LocalFileSystem;
use datafusion::object_store::path::Path;
use datafusion::physical_plan::ExecutionPlan;

use crate::without_values::without_values;

/// So many files are named where it can be any of several.
const NAMED_FILES: usize = 3;

/// The files that a plan reads, by their readers.
pub(crate) struct ScannedFiles {
    csv: Files,
    json: Files,
    parquet: Files,
}

#[derive(Default)]
struct Files {
    names: BTreeSet<String>,
    /// Whether parts of a file are read on their own: the readers count a part's lines from where it begins.
    in_parts: bool,
}

impl ScannedFiles {
    pub(crate) fn of(plan: &Arc<dyn ExecutionPlan>) -> Self {
        let mut files = Self {
            csv: Files::default(),
            json: Files::default(),
            parquet: Files::default(),
        };
        let mut left = vec![plan];
        while let Some(plan) = left.pop() {
            left.extend(plan.children());
            let source = plan.downcast_ref::<DataSourceExec>();
            if let Some(scan) =
                source.and_then(|source| source.data_source().downcast_ref::<FileScanConfig>())
            {
                match scan.file_source().file_type() {
                    "csv" => files.csv.add(scan),
                    "json" => files.json.add(scan),
                    "parquet" => files.parquet.add(scan),
                    _ => {}
                }
            }
        }
        files
    }

    /// The error of a query, with the files that it can be about where a reader has said it.
    pub(crate) fn name(&self, error: DataFusionError) -> DataFusionError {
        match self.read_by(&error).and_then(Files::said) {
            None => error,
            Some(files) => DataFusionError::External(Box::new(InFiles { files, source: error })),
        }
    }

    /// Whether a reader has said it, so that the files are worth knowing.
    pub(crate) fn may_name(error: &DataFusionError) -> bool {
        Reader::of(error).is_some()
    }

    fn read_by(&self, error: &DataFusionError) -> Option<&Files> {
        Some(match Reader::of(error)? {
            Reader::Csv => &self.csv,
            Reader::Json => &self.json,
            Reader::Parquet => &self.parquet,
        })
    }
}

enum Reader {
    Csv,
    Json,
    Parquet,
}

/// What the reader of CSV says: of a value that is not of its column's type, as casts say other things of other text, and of a line, as
/// the writer says other things of what it is to write.
const SAID_BY_CSV: [&str; 4] = [
    "Error while parsing value ",
    "Error parsing column ",
    "incorrect number of fields for line ",
    "Encountered ",
];

impl Reader {
    /// The reader that an error is from; `None` where it is another's.
    fn of(error: &DataFusionError) -> Option<Self> {
        let error = match error.find_root() {
            DataFusionError::ArrowError(error, _) => error,
            DataFusionError::ParquetError(_) => return Some(Self::Parquet),
            _ => return None,
        };
        match error.as_ref() {
            ArrowError::CsvError(text) | ArrowError::ParseError(text)
                if SAID_BY_CSV.iter().any(|said| text.starts_with(said)) =>
            {
                Some(Self::Csv)
            }
            ArrowError::JsonError(_) => Some(Self::Json),
            ArrowError::ParquetError(_) => Some(Self::Parquet),
            _ => None,
        }
    }
}

impl Files {
    fn add(&mut self, scan: &FileScanConfig) {
        for file in scan.file_groups.iter().flat_map(|group| group.iter()) {
            let name = name(&scan.object_store_url, &file.object_meta.location);
            self.names.insert(name);
            // The others speak of no line.
            let has_lines = scan.file_source().file_type() == "csv";
            self.in_parts |= has_lines && file.range.as_ref().is_some_and(|range| range.start > 0);
        }
    }

    /// The files, as the beginning of a message.
    fn said(&self) -> Option<String> {
        let mut names: Vec<&str> = self.names.iter().map(String::as_str).take(NAMED_FILES).collect();
        let more = self.names.len() - names.len();
        let more_text = format!("{more} more");
        if more > 0 {
            names.push(&more_text);
        }
        let (last, others) = names.split_last()?;
        let names = match others {
            [] => (*last).to_owned(),
            others => format!("one of {} and {last}", others.join(", ")),
        };
        Some(match self.in_parts {
            true => format!("{names}, its lines counted from the beginning of a part"),
            false => names,
        })
    }
}

/// A file by its path, elsewhere than here by its address.
fn name(store: &ObjectStoreUrl, location: &Path) -> String {
    let path = match *store == ObjectStoreUrl::local_filesystem() {
        true => LocalFileSystem::new().path_to_filesystem(location).ok(),
        false => None,
    };
    path.map_or_else(
        || format!("{}{location}", store.as_str()),
        |path| path.display().to_string(),
    )
}

/// An error of reading, and the files that were read.
#[derive(Debug)]
pub(crate) struct InFiles {
    files: String,
    source: DataFusionError,
}

impl fmt::Display for InFiles {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.files, without_values(&self.source))
    }
}

impl Error for InFiles {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.source)
    }
}

#[cfg(test)]
#[path = "scanned_files_tests.rs"]
mod tests;
