//! Functions, metadata, subqueries and what DataFusion's own converters lose.

use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::logical_expr::{ColumnarValue, Volatility, create_udf};
use datafusion::physical_plan::coalesce_partitions::CoalescePartitionsExec;
use datafusion::physical_plan::{ExecutionPlan, collect};
use datafusion_proto::physical_plan::PhysicalExtensionCodec;
use tieline_codec::{TielineCodec, plan_to_bytes};
use tieline_functions::is_address;

use crate::sent::{check, plan, rows, run, sent, session, text, worker};

#[test]
fn every_function_comes_back_by_its_name() {
    let codec = TielineCodec::default();
    for function in tieline_functions::functions() {
        let mut bytes = Vec::new();
        codec.try_encode_udf(&function, &mut bytes).unwrap();
        assert!(!bytes.is_empty());
        assert_eq!(codec.try_decode_udf(function.name(), &bytes).unwrap(), function);
    }
    let error = codec.try_decode_udf("no_such_function", &[]).unwrap_err();
    assert!(error.to_string().contains("run the same version"), "{error}");
}

/// Another session may have a function of the same name, such as another library's `st_contains`.
#[tokio::test]
async fn a_function_is_never_another_one_of_its_name() {
    let wrong = create_udf(
        "ip_family",
        vec![DataType::Utf8],
        DataType::Int8,
        Volatility::Volatile,
        Arc::new(|values: &[ColumnarValue]| Ok(values[0].clone())),
    );
    let codec = TielineCodec::default();
    let mut bytes = Vec::new();
    codec.try_encode_udf(&wrong, &mut bytes).unwrap();
    assert!(bytes.is_empty());
    let context = session(1);
    run(&context, &["CREATE TABLE t AS VALUES ('203.0.113.7'), ('::1')"]).await;
    let here = plan(&context, "SELECT ip_family(column1) FROM t").await.unwrap();
    let worker = worker(&context);
    worker.register_udf(wrong);
    let elsewhere = sent(&here, &worker);
    assert_eq!(
        rows(elsewhere, &worker).await.unwrap(),
        rows(here, &context).await.unwrap()
    );
}

/// Of literals and of calls, wherever they stand.
#[tokio::test]
async fn addresses_and_geometries_stay_what_they_are() {
    let context = session(2);
    run(
        &context,
        &["CREATE TABLE t AS VALUES ('203.0.113.7', 1.5), ('::1', 2.5)"],
    )
    .await;
    for sql in [
        "SELECT ip('203.0.113.7') AS ip",
        "SELECT ip(column1) AS ip FROM t",
        "SELECT ip_network(ip(column1), 24) AS ip FROM t WHERE ip(column1) > ip('10.0.0.0')",
        "SELECT max(ip(column1)) AS ip FROM t GROUP BY column2",
        "SELECT ip(column1) AS ip, count(*) FROM t GROUP BY ip(column1) ORDER BY ip DESC",
        "SELECT CASE WHEN column2 > 2 THEN ip(column1) END AS ip FROM t",
        "SELECT ip(column1) AS ip FROM t UNION ALL SELECT ip('::')",
    ] {
        let (plan, _) = check(&context, sql).await;
        assert!(is_address(plan.schema().field(0)), "{sql}");
    }
    let (plan, _) = check(&context, "SELECT st_point(column2, column2) AS point FROM t").await;
    assert!(!plan.schema().field(0).metadata().is_empty());
}

#[tokio::test]
async fn functions_that_the_analyzer_puts_into_a_copy() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("addresses.csv");
    let context = session(1);
    let sql = format!("COPY (SELECT ip('203.0.113.7') AS ip) TO '{}'", file.display());
    let here = plan(&context, &sql).await.unwrap();
    let worker = worker(&context);
    collect(sent(&here, &worker), worker.task_ctx()).await.unwrap();
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "ip\n203.0.113.7\n");
}

/// Within our operator's condition, of which DataFusion's own message for extensions says nothing.
#[tokio::test]
async fn a_subquery_in_the_condition_of_a_join() {
    let context = session(2);
    run(
        &context,
        &[
            "CREATE TABLE p AS SELECT value AS x FROM generate_series(0, 20)",
            "CREATE TABLE n AS SELECT * FROM (VALUES (3, 9), (5, 15)) AS n (lo, hi)",
            "SET tieline.range_strategy = 'segments'",
        ],
    )
    .await;
    let sql = "SELECT p.x, n.lo FROM p JOIN n ON p.x BETWEEN n.lo AND n.hi AND p.x + n.lo > (SELECT avg(lo) * 3 FROM n)
               ORDER BY p.x, n.lo";
    let (plan, rows) = check(&context, sql).await;
    let text = text(&plan);
    assert!(
        text.contains("IndexJoinExec") && text.contains("ScalarSubqueryExec"),
        "{text}"
    );
    assert!(rows.len() > 4, "{rows:?}");
}

/// DataFusion's own dynamic filters are shared by number, and stay shared.
#[tokio::test]
async fn dynamic_filters_of_datafusion_are_linked() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("t.parquet");
    let context = session(1);
    let write = format!(
        "COPY (SELECT value AS x FROM generate_series(0, 9999)) TO '{}' STORED AS PARQUET",
        file.display()
    );
    let read = format!(
        "CREATE EXTERNAL TABLE t STORED AS PARQUET LOCATION '{}'",
        file.display()
    );
    run(&context, &[&write, &read, "CREATE TABLE few AS VALUES (7), (8)"]).await;
    let here = plan(&context, "SELECT t.x FROM few JOIN t ON few.column1 = t.x")
        .await
        .unwrap();
    assert!(text(&here).contains("DynamicFilter"), "{}", text(&here));
    let worker = worker(&context);
    let elsewhere = sent(&here, &worker);
    assert_eq!(rows(Arc::clone(&elsewhere), &worker).await.unwrap().len(), 2 + 4);
    let filled = text(&elsewhere);
    assert!(!filled.contains("DynamicFilter [ empty ]"), "{filled}");
}

#[tokio::test]
async fn what_cannot_be_sent_is_said_without_values() {
    let context = session(1);
    run(&context, &["CREATE TABLE t AS VALUES ('secret')"]).await;
    for (sql, operator) in [
        ("INSERT INTO t VALUES ('secret')", "DataSinkExec"),
        (
            "WITH RECURSIVE r AS (SELECT 'secret' AS s UNION ALL SELECT s || 'x' FROM r WHERE length(s) < 9) SELECT * FROM r",
            "RecursiveQueryExec",
        ),
    ] {
        let here = plan(&context, sql).await.unwrap();
        let error = plan_to_bytes(&here).unwrap_err().to_string();
        assert!(error.contains(&format!("{operator} cannot be sent")), "{error}");
        assert!(!error.contains("secret") && !error.contains('\n'), "{error}");
    }
}

/// Messages may be nested a hundred deep. Where a plan is deeper, the sender says so, not the reader.
#[tokio::test]
async fn a_plan_that_is_too_deep() {
    let context = session(1);
    let leaf = plan(&context, "SELECT 1 AS one").await.unwrap();
    let deep = |levels: usize| {
        (0..levels).fold(Arc::clone(&leaf), |plan, _| {
            Arc::new(CoalescePartitionsExec::new(plan)) as Arc<dyn ExecutionPlan>
        })
    };
    sent(&deep(40), &worker(&context));
    let error = plan_to_bytes(&deep(60)).unwrap_err().to_string();
    assert!(error.contains("nested too deeply"), "{error}");
}
