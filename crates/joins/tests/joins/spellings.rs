//! However a range is written, it is the operator that runs it, and the answer is the nested loop's.

use crate::session::{answer, run, session};

async fn tables() -> datafusion::prelude::SessionContext {
    let context = session(8, 2);
    for sql in [
        "CREATE TABLE p AS SELECT column1 AS id, ip(column2) AS ip, column2 AS text, column3 AS at FROM (VALUES
            (1, '203.0.113.7', DATE '2025-01-05'), (2, '203.0.113.200', DATE '2025-02-01'), (3, '198.51.100.1', DATE '2025-03-01'),
            (4, '2001:db8::5', DATE '2025-01-01'), (5, NULL, NULL), (6, '10.0.0.1', DATE '2025-12-31'), (7, '::1', DATE '2025-06-01'))",
        "CREATE TABLE n AS SELECT column1 AS id, column2 AS cidr, ip(column3) AS first_ip, ip(column4) AS last_ip,
            column5 AS valid_from, column6 AS valid_to FROM (VALUES
            (1, '203.0.113.0/24', '203.0.113.0', '203.0.113.255', DATE '2025-01-01', DATE '2025-02-01'),
            (2, '203.0.113.128/25', '203.0.113.128', '203.0.113.255', DATE '2025-01-01', DATE '2026-01-01'),
            (3, '2001:db8::/32', '2001:db8::', '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff', DATE '2025-01-01', DATE '2026-01-01'),
            (4, '::/0', '::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', DATE '2025-01-01', DATE '2026-01-01'),
            (5, '10.0.0.0/33', '10.0.0.5', '10.0.0.1', DATE '2025-01-01', DATE '2024-01-01'),
            (6, NULL, NULL, '10.0.0.1', NULL, DATE '2024-01-01'),
            (7, '10.0.0.1', '10.0.0.1', '10.0.0.1', DATE '2025-12-31', DATE '2026-01-01'))",
    ] {
        run(&context, sql).await;
    }
    context
}

/// The operator runs it, under every strategy, and the answer is the nested loop's.
async fn check(context: &datafusion::prelude::SessionContext, sql: &str) -> Vec<String> {
    let expected = answer(context, "nested_loop", sql).await;
    assert!(!expected.plan.contains("IndexJoinExec"), "{}", expected.plan);
    for strategy in ["auto", "segments", "sorted"] {
        let got = answer(context, strategy, sql).await;
        assert!(got.plan.contains("IndexJoinExec"), "{sql}\n{}", got.plan);
        assert!(!got.plan.contains("NestedLoopJoinExec"), "{sql}\n{}", got.plan);
        assert_eq!(got.rows, expected.rows, "{strategy}: {sql}");
    }
    expected.rows
}

#[tokio::test]
async fn a_range_of_addresses_in_any_spelling() {
    let context = tables().await;
    let mut answers = Vec::new();
    for sql in [
        "SELECT p.id, n.id FROM p JOIN n ON p.ip BETWEEN n.first_ip AND n.last_ip",
        "SELECT p.id, n.id FROM p JOIN n ON p.ip >= n.first_ip AND p.ip <= n.last_ip",
        "SELECT p.id, n.id FROM p JOIN n ON n.last_ip >= p.ip AND n.first_ip <= p.ip",
        "SELECT p.id, n.id FROM p CROSS JOIN n WHERE p.ip BETWEEN n.first_ip AND n.last_ip",
        "SELECT p.id, n.id FROM p, n WHERE n.first_ip <= p.ip AND p.ip <= n.last_ip",
        "SELECT p.id, n.id FROM p, n WHERE ip_in_range(p.ip, n.first_ip, n.last_ip)",
        "SELECT p.id, n.id FROM p JOIN n ON ip_in_range(p.ip, n.first_ip, n.last_ip)",
        "SELECT p.id, n.id FROM p JOIN n ON NOT (p.ip < n.first_ip OR p.ip > n.last_ip)",
        "SELECT p.id, n.id FROM p JOIN n ON ip_in_range(p.text, n.first_ip, n.last_ip)",
    ] {
        answers.push(check(&context, sql).await);
    }
    assert!(answers[0].len() > 7);
    assert!(answers.iter().all(|answer| *answer == answers[0]));
}

#[tokio::test]
async fn a_column_of_prefixes_never_matches_across_families() {
    let context = tables().await;
    for sql in [
        "SELECT p.id, n.id FROM p JOIN n ON ip_in_cidr(p.ip, n.cidr)",
        "SELECT p.id, n.id FROM n JOIN p ON ip_in_cidr(p.ip, n.cidr) AND p.id < 5",
        "SELECT p.id, n.id FROM p LEFT JOIN n ON ip_in_cidr(p.ip, n.cidr) AND n.id <> 1",
        "SELECT p.id FROM p WHERE NOT EXISTS (SELECT 1 FROM n WHERE ip_in_cidr(p.ip, n.cidr))",
    ] {
        check(&context, sql).await;
    }
    let rows = check(
        &context,
        "SELECT p.id FROM p JOIN n ON ip_in_cidr(p.ip, n.cidr) WHERE n.cidr = '::/0'",
    )
    .await;
    assert_eq!(rows, ["| 4  |", "| 7  |"]);
}

#[tokio::test]
async fn validity_beside_other_conditions() {
    let context = tables().await;
    for sql in [
        "SELECT p.id, n.id FROM p JOIN n ON p.at >= n.valid_from AND p.at < n.valid_to",
        "SELECT p.id, n.id FROM p JOIN n ON p.at >= n.valid_from AND p.at < n.valid_to AND p.id = n.id",
        "SELECT p.id, n.id FROM p JOIN n ON p.id = n.id AND p.ip BETWEEN n.first_ip AND n.last_ip AND p.at < n.valid_to",
        "SELECT p.id, n.id FROM p LEFT JOIN n ON p.ip BETWEEN n.first_ip AND n.last_ip AND p.at >= n.valid_from AND p.at < n.valid_to",
        "SELECT p.id, n.id FROM p JOIN n ON p.id > n.id - 2 AND p.id <= n.id + 1",
        "SELECT p.id, n.id FROM p JOIN n ON CAST(p.id AS DOUBLE) >= n.id AND CAST(p.id AS DOUBLE) < n.id + 0.5",
    ] {
        check(&context, sql).await;
    }
}

#[tokio::test]
async fn a_self_join_keeps_its_sides_apart() {
    let context = tables().await;
    let sql = "SELECT a.id, b.id FROM n AS a JOIN n AS b ON a.first_ip BETWEEN b.first_ip AND b.last_ip AND a.id <> b.id
               WHERE a.cidr IS NULL OR a.id > b.id";
    check(&context, sql).await;
}

#[tokio::test]
async fn what_an_index_cannot_answer_stays_with_datafusion() {
    let context = tables().await;
    for sql in [
        "SELECT p.id, n.id FROM p JOIN n ON p.ip BETWEEN n.first_ip AND n.last_ip OR p.id = n.id",
        "SELECT p.id, n.id FROM p JOIN n ON p.ip >= n.first_ip",
        "SELECT p.id FROM p WHERE p.ip NOT IN (SELECT n.first_ip FROM n WHERE n.first_ip IS NOT NULL AND n.valid_from <= p.at AND p.at < n.valid_to)",
    ] {
        let expected = answer(&context, "nested_loop", sql).await;
        let got = answer(&context, "auto", sql).await;
        assert_eq!(got.rows, expected.rows);
        assert!(!got.plan.contains("IndexJoinExec"), "{sql}\n{}", got.plan);
    }
}
