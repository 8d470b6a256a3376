//! Investigations: `.sql` files with a header, run in order, each result a table for the files after it.

mod bind;
mod cautions;
mod header;
mod investigation;
mod latest;
mod parameter;
mod reads;
mod results;
mod run;
mod run_manifest;

pub use self::cautions::CAUTIONS;
pub use self::header::{ColumnType, Header, OutputColumns, ReadsTable, ReturnsColumn};
pub use self::investigation::{Investigation, Step};
pub(crate) use self::latest::register_latest;
pub use self::parameter::{Parameter, Params, Value, ValueType};
pub use self::run::Run;
pub use self::run_manifest::{RunManifest, StepRecord};
