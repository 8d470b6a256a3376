//! `tieline sql`: statements in order, results to stdout.

use std::fs;
use std::io::{self, IsTerminal, Read};

use tieline::datafusion::prelude::{DataFrame, SessionContext};
use tieline::{Case, session, split_statements};

use crate::args::{Script, SqlArgs};
use crate::failure::Failure;
use crate::output::Printer;

pub(crate) async fn sql(args: &SqlArgs, scripts: Vec<Script>) -> Result<(), Failure> {
    let source = match &args.case {
        Some(folder) => Source::Case(Box::new(Case::open_with(folder, args.case_options())?)),
        None => Source::Files(session(&args.limits.limits())?),
    };
    let mut printer = Printer::new(args.format);
    for text in texts(scripts)? {
        for statement in split_statements(&text)? {
            let frame = source.plan(&statement).await?;
            // DDL and SET have run by now and have no columns: they print nothing.
            if !frame.schema().fields().is_empty() {
                printer.print(frame).await?;
            }
        }
    }
    Ok(())
}

/// What the statements are about.
enum Source {
    Case(Box<Case>),
    Files(SessionContext),
}

impl Source {
    async fn plan(&self, statement: &str) -> Result<DataFrame, Failure> {
        match self {
            Self::Case(case) => Ok(case.sql(statement).await?),
            Self::Files(session) => Ok(session.sql(statement).await?),
        }
    }
}

fn texts(scripts: Vec<Script>) -> Result<Vec<String>, Failure> {
    if scripts.is_empty() {
        if io::stdin().is_terminal() {
            return Err(
                Failure::usage("no statement").hint("give one with -c \"SELECT …\", or a file with -f")
            );
        }
        let mut text = String::new();
        io::stdin().read_to_string(&mut text)?;
        return Ok(vec![text]);
    }
    let read = |script| match script {
        Script::Command(text) => Ok(text),
        Script::File(path) => {
            fs::read_to_string(&path).map_err(|error| Failure::new(format!("{}: {error}", path.display())))
        }
    };
    scripts.into_iter().map(read).collect()
}
