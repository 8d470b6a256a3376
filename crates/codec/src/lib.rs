//! Plans as bytes, so that a plan made by one process can run in another.
//!
//! DataFusion writes its own operators and expressions; [`TielineCodec`] writes ours: the index join with its index's kind, the
//! filter by which the index prunes the scan of the probe side, and the SQL functions. It goes wherever DataFusion takes a
//! [`PhysicalExtensionCodec`](datafusion_proto::physical_plan::PhysicalExtensionCodec); where nothing else decides how a plan
//! is written, [`plan_to_bytes`] and [`plan_from_bytes`] do it all.
//!
//! ```
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! use datafusion::execution::SessionStateBuilder;
//! use datafusion::physical_plan::{collect, displayable};
//! use datafusion::prelude::SessionContext;
//! use tieline_codec::{plan_from_bytes, plan_to_bytes};
//!
//! let builder = tieline_functions::configure(SessionStateBuilder::new().with_default_features());
//! let session = SessionContext::new_with_state(tieline_joins::configure(builder).build());
//! session.sql("CREATE TABLE shifts AS VALUES (8, 12, 'early'), (12, 20, 'late')").await?.collect().await?;
//! session.sql("CREATE TABLE calls AS VALUES (9), (12), (21)").await?.collect().await?;
//! let joined = "SELECT c.column1, s.column3 FROM calls c JOIN shifts s ON c.column1 >= s.column1 AND c.column1 < s.column2";
//! let plan = session.sql(joined).await?.create_physical_plan().await?;
//!
//! let bytes = plan_to_bytes(&plan)?;
//!
//! // Elsewhere: a session needs neither the functions nor the joins to run what was planned with them.
//! let worker = SessionContext::new();
//! let decoded = plan_from_bytes(&bytes, &worker.task_ctx())?;
//! let text = displayable(decoded.as_ref()).indent(false).to_string();
//! assert!(text.contains("IndexJoinExec"));
//! assert_eq!(text, displayable(plan.as_ref()).indent(false).to_string());
//! let rows = collect(decoded, worker.task_ctx()).await?;
//! assert_eq!(rows.iter().map(|batch| batch.num_rows()).sum::<usize>(), 2);
//! # Ok::<(), datafusion::error::DataFusionError>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What the bytes are good for
//!
//! For a plan on its way to another process of the same build, not for keeping: [`FORMAT`] changes with our messages and with
//! DataFusion's, and bytes of another format are refused. They hold the query's literals and the rows of tables in memory: keep
//! them as safe as the data.
//!
//! # How a filter finds its index again
//!
//! While a query runs, the operator puts its index where the filters that it pushed down to its probe side look for it. Every
//! such place has a number, which travels with the operator and with its filters. DataFusion decodes inputs first: a decoded
//! filter has an empty place of its own; the operator, decoded last, looks through its probe side for filters of its number and
//! will fill their places with its own. So the link follows from the decoded tree alone: there is no registry to outlive a
//! plan, and two decodings of the same bytes, as two tasks make them, are two plans with an index each. A filter that is
//! decoded without its operator, because another process runs that, keeps every row, which is slower and as right.

mod codec;
mod converter;
mod error;
mod expressions;
mod filter;
mod functions;
mod kinds;
mod marks;
mod merge;
mod operator;
mod pages;
mod wire;

pub use codec::TielineCodec;
pub use converter::{PlanConverter, plan_from_bytes, plan_to_bytes};
pub use wire::FORMAT;
