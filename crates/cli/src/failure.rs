//! How a command fails: one line on stderr, with a hint where one is known, and an exit code that means something.

use std::fmt;
use std::io::{self, Write};

use crate::output::words::defused;
use crate::signals::Told;

/// Why a command ended early.
#[derive(Debug)]
pub(crate) struct Failure {
    kind: Kind,
    message: String,
    hint: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// The reader of stdout has gone: no failure at all.
    BrokenPipe,
    /// A statement, a plan or an input.
    Work,
    /// The command line.
    Usage,
    /// Input that a person should look at.
    Doubtful,
    /// Memory, time or disk.
    Limit,
    /// An answer that is not the right one.
    Wrong,
    /// What the process was told to end by.
    Told(Told),
}

impl Failure {
    pub(crate) fn new(message: impl fmt::Display) -> Self {
        Self {
            kind: Kind::Work,
            message: message.to_string(),
            hint: None,
        }
    }

    pub(crate) fn usage(message: impl fmt::Display) -> Self {
        Self {
            kind: Kind::Usage,
            ..Self::new(message)
        }
    }

    pub(crate) fn doubtful(message: impl fmt::Display) -> Self {
        Self {
            kind: Kind::Doubtful,
            ..Self::new(message)
        }
    }

    pub(crate) fn limit(message: impl fmt::Display) -> Self {
        Self {
            kind: Kind::Limit,
            ..Self::new(message)
        }
    }

    pub(crate) fn wrong(message: impl fmt::Display) -> Self {
        Self {
            kind: Kind::Wrong,
            ..Self::new(message)
        }
    }

    pub(crate) fn hint(self, hint: impl Into<String>) -> Self {
        Self {
            hint: Some(hint.into()),
            ..self
        }
    }

    /// Says where it happened.
    pub(crate) fn at(self, place: impl fmt::Display) -> Self {
        Self {
            message: format!("{place}: {}", self.message),
            ..self
        }
    }

    /// The exit code.
    pub(crate) const fn code(&self) -> u8 {
        match self.kind {
            Kind::BrokenPipe => 0,
            Kind::Work => 1,
            Kind::Usage => 2,
            Kind::Doubtful => 3,
            Kind::Limit => 4,
            Kind::Wrong => 5,
            // As shells have it: 128 and the signal's number.
            Kind::Told(Told::Interrupt) => 130,
            Kind::Told(Told::Terminate) => 143,
        }
    }

    /// Prints the line and returns the exit code.
    pub(crate) fn report(self) -> u8 {
        let code = self.code();
        if self.kind == Kind::BrokenPipe {
            return code;
        }
        let message = defused(&self.to_string());
        let line = match self.hint {
            Some(hint) => format!("error: {message} (hint: {})\n", one_line(&hint)),
            None => format!("error: {message}\n"),
        };
        // Nobody is left to tell when stderr is gone too.
        let _ = io::stderr().write_all(line.as_bytes());
        code
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&one_line(&self.message))
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl From<Told> for Failure {
    fn from(told: Told) -> Self {
        let message = match told {
            Told::Interrupt => "interrupted",
            Told::Terminate => "told to end by SIGTERM",
        };
        Self {
            kind: Kind::Told(told),
            ..Self::new(message)
        }
    }
}

impl From<tieline::Error> for Failure {
    fn from(error: tieline::Error) -> Self {
        let kind = match &error {
            tieline::Error::Parameter { .. } | tieline::Error::UnknownInvestigation { .. } => Kind::Usage,
            error if error.is_limit() => Kind::Limit,
            _ => Kind::Work,
        };
        Self {
            kind,
            message: error.to_string(),
            hint: error.hint(),
        }
    }
}

impl From<tieline::datafusion::error::DataFusionError> for Failure {
    fn from(error: tieline::datafusion::error::DataFusionError) -> Self {
        tieline::Error::from(error).into()
    }
}

impl From<tieline::datafusion::arrow::error::ArrowError> for Failure {
    fn from(error: tieline::datafusion::arrow::error::ArrowError) -> Self {
        tieline::datafusion::error::DataFusionError::from(error).into()
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self {
                kind: Kind::BrokenPipe,
                ..Self::new("")
            },
            _ => Self::new(error),
        }
    }
}

impl From<tieline_bench::Error> for Failure {
    fn from(error: tieline_bench::Error) -> Self {
        match error {
            tieline_bench::Error::Unknown { .. } => Self::usage(error),
            _ => Self::new(error),
        }
    }
}

impl From<clap::Error> for Failure {
    fn from(error: clap::Error) -> Self {
        Self::usage(error)
    }
}
