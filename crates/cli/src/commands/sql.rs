//! `tieline sql`: statements in order, results to stdout.

use std::fs;
use std::io::{self, IsTerminal, Read};
use std::path::PathBuf;

use tieline::datafusion::prelude::{DataFrame, SessionContext};
use tieline::{Case, plan, session, split_statements};

use crate::args::{Script, SqlArgs};
use crate::failure::Failure;
use crate::output::{Printer, note};

pub(crate) async fn sql(args: &SqlArgs, scripts: Vec<Script>) -> Result<(), Failure> {
    let source = match &args.case {
        Some(folder) => {
            let case = Case::open_with(folder, args.case_options())?;
            case.notes()
                .iter()
                .for_each(|text| note(&format!("note: {text}")));
            Source::Case(Box::new(case))
        }
        None => Source::Files(session(&args.limits.limits())?.enable_url_table()),
    };
    let mut printer = Printer::new(args.format);
    for (place, text) in texts(scripts)? {
        for (position, statement) in split_statements(&text)?.iter().enumerate() {
            let answered = answer(&source, statement, &mut printer).await;
            answered.map_err(|failure| match &place {
                Some(file) => failure.at(format!("{}, statement {}", file.display(), position + 1)),
                None => failure,
            })?;
        }
    }
    Ok(())
}

/// Runs a statement and prints its rows. DDL and SET have run once they are planned, have no columns and print nothing.
async fn answer(source: &Source, statement: &str, printer: &mut Printer) -> Result<(), Failure> {
    let frame = source.plan(statement).await?;
    if frame.schema().fields().is_empty() {
        return Ok(());
    }
    printer.print(frame).await
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
            Self::Files(session) => Ok(plan(session, statement).await?),
        }
    }
}

/// The texts in order, each with its file if it has one.
fn texts(scripts: Vec<Script>) -> Result<Vec<(Option<PathBuf>, String)>, Failure> {
    if scripts.is_empty() {
        if io::stdin().is_terminal() {
            return Err(
                Failure::usage("no statement").hint("give one with -c \"SELECT …\", or a file with -f")
            );
        }
        let mut text = String::new();
        io::stdin().read_to_string(&mut text)?;
        return Ok(vec![(None, text)]);
    }
    let read = |script| match script {
        Script::Command(text) => Ok((None, text)),
        Script::File(path) => match fs::read_to_string(&path) {
            Ok(text) => Ok((Some(path), text)),
            Err(error) => Err(Failure::new(format!("{}: {error}", path.display()))),
        },
    };
    scripts.into_iter().map(read).collect()
}
