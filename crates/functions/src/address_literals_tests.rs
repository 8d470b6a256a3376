use std::panic::AssertUnwindSafe;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::Schema;
use datafusion::execution::session_state::SessionStateBuilder;
use datafusion::prelude::{SessionContext, col, in_list, lit, when};
use tieline_index::Address;

use super::*;
use crate::address::{address_array, address_field};

const PLAIN: &str = "203.0.113.7";

fn context() -> SessionContext {
    let builder = SessionStateBuilder::new().with_default_features();
    SessionContext::new_with_state(crate::configure(builder).build())
}

fn table() -> RecordBatch {
    let addresses = [Address::parse(PLAIN), Address::parse("2001:db8::1"), None];
    let schema = Schema::new(vec![address_field("ip", true)]);
    RecordBatch::try_new(
        Arc::new(schema),
        vec![address_array(addresses.into_iter()).unwrap()],
    )
    .unwrap()
}

async fn count(predicate: Expr) -> Result<usize> {
    context().read_batch(table())?.filter(predicate)?.count().await
}

#[tokio::test]
async fn expressions_built_without_sql_are_compared_as_addresses() {
    assert_eq!(count(col("ip").eq(lit(PLAIN))).await.unwrap(), 1);
    assert_eq!(count(lit("::ffff:203.0.113.7").eq(col("ip"))).await.unwrap(), 1);
    assert_eq!(
        count(col("ip").between(lit("0.0.0.0"), lit("2001:db8::f")))
            .await
            .unwrap(),
        2
    );
    assert_eq!(
        count(in_list(col("ip"), vec![lit(PLAIN), lit("::2")], false))
            .await
            .unwrap(),
        1
    );
    let case = when(col("ip").gt(lit(PLAIN)), lit(true))
        .otherwise(lit(false))
        .unwrap();
    assert_eq!(count(case).await.unwrap(), 1);
}

#[tokio::test]
async fn a_malformed_literal_is_an_error_that_does_not_hold_it() {
    for predicate in [
        col("ip").eq(lit("secret")),
        col("ip").between(lit(PLAIN), lit("secret")),
        in_list(col("ip"), vec![lit("secret")], false),
    ] {
        let error = count(predicate).await.unwrap_err().to_string();
        assert!(error.contains("not an IP address"), "{error}");
        assert!(!error.contains("secret"), "{error}");
    }
}

#[tokio::test]
async fn a_parameter_is_read_as_an_address() {
    let context = context();
    context.register_batch("t", table()).unwrap();
    let plan = context.sql("SELECT ip FROM t WHERE ip = $address").await.unwrap();
    let bound = plan
        .with_param_values(vec![("address", datafusion::common::ScalarValue::from(PLAIN))])
        .unwrap();
    assert_eq!(bound.count().await.unwrap(), 1);
}

#[tokio::test]
async fn column_names_are_kept() {
    let context = context();
    context.register_batch("t", table()).unwrap();
    let sql = "SELECT ip IN ('203.0.113.7'), ip = '203.0.113.7' AS same FROM t";
    let batches = context.sql(sql).await.unwrap().collect().await.unwrap();
    let schema = batches[0].schema();
    assert_eq!(schema.field(0).name(), "t.ip IN Utf8(\"203.0.113.7\")");
    assert_eq!(schema.field(1).name(), "same");
}

#[tokio::test]
async fn a_literal_becomes_bytes_before_the_scan_sees_it() {
    let context = context();
    context.register_batch("t", table()).unwrap();
    for predicate in [
        "ip = '203.0.113.7'",
        "ip_in_cidr(ip, '203.0.113.0/24')",
        "ip_in_range(ip, '::1', '::2')",
    ] {
        let sql = format!("SELECT ip FROM t WHERE {predicate}");
        let plan = context
            .sql(&sql)
            .await
            .unwrap()
            .into_optimized_plan()
            .unwrap()
            .to_string();
        assert!(!plan.contains("ip(") && !plan.contains("ip_in"), "{plan}");
        assert!(plan.contains("FixedSizeBinary"), "{plan}");
    }
}

/// The defect of DataFusion 55.2 for which a simple `CASE` is rewritten.
#[test]
fn a_case_over_fixed_size_binary_panics() {
    let planned = std::panic::catch_unwind(AssertUnwindSafe(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let sql = "SELECT CASE a WHEN arrow_cast(X'01', 'FixedSizeBinary(1)') THEN 1 \
                       WHEN arrow_cast(X'02', 'FixedSizeBinary(1)') THEN 2 END \
                       FROM (SELECT arrow_cast(v, 'FixedSizeBinary(1)') AS a FROM (VALUES (X'01')) AS t (v)) AS t";
            SessionContext::new().sql(sql).await?.collect().await
        })
    }));
    assert!(planned.is_err(), "fixed: rewrite_simple_case can go");
}
