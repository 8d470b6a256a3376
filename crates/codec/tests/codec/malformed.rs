//! Bytes that are no plan are an error, and never a panic.

use std::sync::Arc;

use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::physical_plan::{ExecutionPlan, collect};
use datafusion::prelude::SessionContext;
use datafusion_proto::physical_plan::PhysicalExtensionCodec;
use tieline_codec::{PlanConverter, TielineCodec, plan_from_bytes, plan_to_bytes};
use tieline_joins::IndexJoinExec;

use crate::sent::{plan, run, session};

/// A join with all that one can have.
async fn join() -> (SessionContext, Arc<dyn ExecutionPlan>) {
    join_by("segments").await
}

/// The same with a range strategy; beside an equal key `auto` makes a band of it.
async fn join_by(strategy: &str) -> (SessionContext, Arc<dyn ExecutionPlan>) {
    let context = session(1);
    run(
        &context,
        &[
            "CREATE TABLE p AS SELECT value AS id, value AS x, value % 3 AS k FROM generate_series(0, 9)",
            "CREATE TABLE n AS SELECT * FROM (VALUES (1, 2, 6, 1), (2, 3, 5, 0)) AS n (id, lo, hi, k)",
            &format!("SET tieline.range_strategy = '{strategy}'"),
        ],
    )
    .await;
    let sql =
        "SELECT p.id, n.hi FROM p JOIN n ON p.x >= n.lo AND p.x < n.hi AND p.k = n.k AND p.id + n.id > 3";
    let plan = plan(&context, sql).await.unwrap();
    (context, plan)
}

/// Our operator's own bytes, and its inputs.
fn operator(plan: &Arc<dyn ExecutionPlan>) -> (Vec<u8>, Vec<Arc<dyn ExecutionPlan>>) {
    let mut found = None;
    plan.apply(|node| {
        if node.is::<IndexJoinExec>() {
            found = Some(Arc::clone(node));
            return Ok(TreeNodeRecursion::Stop);
        }
        Ok(TreeNodeRecursion::Continue)
    })
    .unwrap();
    let join = found.unwrap();
    let inputs = join.children().into_iter().cloned().collect();
    let mut bytes = Vec::new();
    TielineCodec::default()
        .try_encode(join, &mut bytes, &PlanConverter)
        .unwrap();
    (bytes, inputs)
}

#[tokio::test]
async fn a_plan_that_is_cut_off() {
    let (context, plan) = join().await;
    let bytes = plan_to_bytes(&plan).unwrap();
    for length in 0..bytes.len() {
        let read = plan_from_bytes(&bytes[..length], &context.task_ctx());
        assert!(read.is_err(), "cut to {length} of {} bytes", bytes.len());
    }
    assert!(plan_from_bytes(&bytes, &context.task_ctx()).is_ok());
}

#[tokio::test]
async fn an_operator_that_is_cut_off_or_changed() {
    for strategy in ["segments", "auto"] {
        cut_off_or_changed(join_by(strategy).await).await;
    }
}

async fn cut_off_or_changed((context, plan): (SessionContext, Arc<dyn ExecutionPlan>)) {
    let (bytes, inputs) = operator(&plan);
    let codec = TielineCodec::default();
    let context = context.task_ctx();
    let read = |bytes: &[u8], inputs: &[Arc<dyn ExecutionPlan>]| {
        codec.try_decode(bytes, inputs, &context, &PlanConverter)
    };
    assert!(read(&bytes, &inputs).is_ok());
    for length in 0..bytes.len() {
        let error = read(&bytes[..length], &inputs).unwrap_err().to_string();
        assert!(!error.contains('\n'), "{error}");
    }
    // Another value is an error, or another plan that runs or fails.
    for position in 0..bytes.len() {
        for flip in [1, 2, 4, 8, 16, 32, 64, 128, 255] {
            let mut changed = bytes.clone();
            changed[position] ^= flip;
            if let Ok(join) = read(&changed, &inputs) {
                let _ = collect(join, Arc::clone(&context)).await;
            }
        }
    }
    for inputs in [&inputs[..1], &[]] {
        let error = read(&bytes, inputs).unwrap_err().to_string();
        assert!(error.contains("a join has two inputs"), "{error}");
    }
    // Over inputs of other columns.
    let narrow = crate::sent::plan(&SessionContext::new(), "SELECT 1 AS one")
        .await
        .unwrap();
    let inputs = [Arc::clone(&narrow), narrow];
    let error = read(&bytes, &inputs).unwrap_err().to_string();
    assert!(error.contains("a column that is not there"), "{error}");
}

#[tokio::test]
async fn pieces_in_the_wrong_place() {
    let (context, plan) = join().await;
    let (bytes, inputs) = operator(&plan);
    let codec = TielineCodec::default();
    let mut function = Vec::new();
    codec
        .try_encode_udf(&tieline_functions::functions()[0], &mut function)
        .unwrap();
    let context = context.task_ctx();
    for error in [
        codec
            .try_decode(&function, &inputs, &context, &PlanConverter)
            .unwrap_err(),
        codec
            .try_decode(&[], &inputs, &context, &PlanConverter)
            .unwrap_err(),
        codec.try_decode_udf("ip", &bytes).unwrap_err(),
        codec.try_decode_udf("ip", &function[..1]).unwrap_err(),
        plan_from_bytes(&bytes, &context).unwrap_err(),
        plan_from_bytes(b"SELECT 1", &context).unwrap_err(),
    ] {
        let error = error.to_string();
        assert!(
            error.contains("malformed plan") || error.contains("format 0"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn another_format() {
    let (context, plan) = join().await;
    let mut bytes = plan_to_bytes(&plan).unwrap();
    // The first field of every envelope: its tag, then its number.
    assert_eq!(bytes[..2], [8, 2]);
    bytes[1] = 3;
    let error = plan_from_bytes(&bytes, &context.task_ctx())
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("the plan is of format 3, this build reads format 2: run the same version"),
        "{error}"
    );
}
