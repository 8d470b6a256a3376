//! Our own side of a race: a strategy in a process of its own, which answers the lines of [`tieline_bench::protocol`].

use std::collections::BTreeMap;
use std::io::{self, BufRead, Write};
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Instant;

use serde_json::Value;
use tieline::datafusion::DATAFUSION_VERSION;
use tieline::datafusion::arrow::array::{Array, AsArray, RecordBatch};
use tieline::datafusion::arrow::compute::cast;
use tieline::datafusion::arrow::datatypes::{DataType, Float64Type, Int64Type};
use tieline::datafusion::physical_plan::{ExecutionPlan, collect};
use tieline::datafusion::prelude::SessionContext;
use tieline::{Limits, session};
use tieline_bench::protocol::{Open, Opened, Query, QueryName, Ran, Request, Response};
use tieline_bench::{Strategy, peak_bytes};

use crate::args::BenchWorkerArgs;
use crate::failure::Failure;

pub(crate) async fn worker(args: &BenchWorkerArgs) -> Result<(), Failure> {
    let strategy = Strategy::of(&args.strategy)?;
    let mut opened: Option<Contestant> = None;
    for line in io::stdin().lock().lines() {
        let request = serde_json::from_str(&line?).map_err(Failure::new)?;
        let response = match (request, &opened) {
            (Request::Open(open), _) => match Contestant::open(strategy, &open).await {
                Ok(contestant) => {
                    let response = contestant.greeting().await;
                    opened = Some(contestant);
                    response
                }
                Err(failure) => Err(failure),
            },
            (Request::Run(name), Some(contestant)) => contestant.run(name).await.map(Response::Ran),
            (Request::Run(_), None) => Err(Failure::new("nothing is open")),
        };
        let response = response.unwrap_or_else(|failure| Response::Failed {
            error: failure.to_string(),
        });
        let mut out = io::stdout().lock();
        serde_json::to_writer(&mut out, &response).map_err(Failure::new)?;
        writeln!(out)?;
        out.flush()?;
    }
    Ok(())
}

/// A session with the tables of a case.
struct Contestant {
    session: SessionContext,
    queries: BTreeMap<QueryName, Vec<String>>,
}

impl Contestant {
    async fn open(strategy: &Strategy, open: &Open) -> Result<Self, Failure> {
        let session = session(&Limits {
            threads: NonZeroUsize::new(open.threads),
            ..Limits::default()
        })?;
        for (setting, value) in strategy.settings {
            session.sql(&format!("SET {setting} = '{value}'")).await?;
        }
        let mut queries = BTreeMap::new();
        let mut prepared = Vec::new();
        for (name, query) in &open.queries {
            let Query::Sql { before, timed, .. } = query else {
                return Err(Failure::new("our own side runs SQL alone"));
            };
            for statement in before {
                // The query and its bare read may name the same table.
                if !prepared.contains(&statement) {
                    session.sql(statement).await?.collect().await?;
                    prepared.push(statement);
                }
            }
            queries.insert(*name, timed.clone());
        }
        Ok(Self { session, queries })
    }

    /// Its version, and how it is going to run the question.
    async fn greeting(&self) -> Result<Response, Failure> {
        let mut operators = Vec::new();
        for statement in self.statements(QueryName::Join)? {
            joins(&self.plan(statement).await?, &mut operators);
        }
        Ok(Response::Opened {
            opened: Opened {
                version: format!(
                    "Tieline {}, DataFusion {DATAFUSION_VERSION}",
                    env!("CARGO_PKG_VERSION")
                ),
                operator: Some(operators.join(", ")).filter(|text| !text.is_empty()),
            },
        })
    }

    async fn run(&self, name: QueryName) -> Result<Ran, Failure> {
        let start = Instant::now();
        let mut bytes_read = 0;
        let mut batches = Vec::new();
        for statement in self.statements(name)? {
            let plan = self.plan(statement).await?;
            batches = collect(Arc::clone(&plan), self.session.task_ctx()).await?;
            bytes_read += bytes_scanned(&plan);
        }
        let seconds = start.elapsed().as_secs_f64();
        let mut answer = Vec::new();
        for batch in &batches {
            answer.extend(rows(batch)?);
        }
        Ok(Ran {
            seconds,
            answer,
            peak_bytes: peak_bytes(),
            bytes_read: Some(bytes_read),
        })
    }

    fn statements(&self, name: QueryName) -> Result<&[String], Failure> {
        let statements = self.queries.get(&name).map(Vec::as_slice);
        statements.ok_or_else(|| Failure::new("no such query was opened"))
    }

    async fn plan(&self, statement: &str) -> Result<Arc<dyn ExecutionPlan>, Failure> {
        Ok(self.session.sql(statement).await?.create_physical_plan().await?)
    }
}

/// The join operators of a plan, from the top, each kind once.
fn joins(plan: &Arc<dyn ExecutionPlan>, found: &mut Vec<String>) {
    let name = plan.name();
    // A merge and the buckets below a hash join are joins of ours by other names.
    let is_join = ["Join", "BandMerge", "BandBuckets"]
        .iter()
        .any(|part| name.contains(part));
    if is_join && !found.iter().any(|other| other == name) {
        found.push(name.to_owned());
    }
    plan.children().into_iter().for_each(|child| joins(child, found));
}

fn bytes_scanned(plan: &Arc<dyn ExecutionPlan>) -> u64 {
    let own = plan
        .metrics()
        .and_then(|metrics| metrics.sum_by_name("bytes_scanned"));
    let own = own.map_or(0, |bytes| bytes.as_usize() as u64);
    own + plan.children().into_iter().map(bytes_scanned).sum::<u64>()
}

/// Integers as integers, whatever their width; everything else as floating-point numbers.
fn rows(batch: &RecordBatch) -> Result<Vec<Vec<Value>>, Failure> {
    let mut rows = vec![Vec::with_capacity(batch.num_columns()); batch.num_rows()];
    for column in batch.columns() {
        let integer = column.data_type().is_integer();
        let wide = cast(
            column,
            if integer {
                &DataType::Int64
            } else {
                &DataType::Float64
            },
        )?;
        for (row, cells) in rows.iter_mut().enumerate() {
            cells.push(match (wide.is_null(row), integer) {
                (true, _) => Value::Null,
                (false, true) => wide.as_primitive::<Int64Type>().value(row).into(),
                (false, false) => wide.as_primitive::<Float64Type>().value(row).into(),
            });
        }
    }
    Ok(rows)
}
