//! Errors of a running query whose text is written in the code, and so holds no value of the data.

use std::error::Error;
use std::fmt;

use datafusion::error::DataFusionError;

/// What an operator or a function of ours says of the data without a value of it. A text that is formatted could hold one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plain(pub &'static str);

impl fmt::Display for Plain {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0)
    }
}

impl Error for Plain {}

impl From<Plain> for DataFusionError {
    fn from(error: Plain) -> Self {
        Self::External(Box::new(error))
    }
}
