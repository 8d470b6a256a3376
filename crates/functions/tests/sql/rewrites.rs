//! A rewrite is only a faster call: the call with literals, which becomes comparisons, answers what the call over columns
//! does, which is computed row by row.

use std::fmt::Write;

use crate::session::{rows, session};

const ADDRESSES: [&str; 16] = [
    "0.0.0.0",
    "9.255.255.255",
    "10.0.0.0",
    "10.255.255.255",
    "11.0.0.0",
    "203.0.112.255",
    "203.0.113.0",
    "203.0.113.7",
    "203.0.113.255",
    "255.255.255.255",
    "::",
    "::fffe:ffff:ffff",
    "::1:0:0:0",
    "2001:db8::",
    "2001:db8::1",
    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
];

const PREFIXES: [&str; 12] = [
    "0.0.0.0/0",
    "::/0",
    "::/8",
    "::/80",
    "10.0.0.0/8",
    "203.0.113.0/24",
    "203.0.113.7",
    "203.0.113.7/32",
    "::ffff:203.0.113.0/120",
    "2001:db8::/32",
    "2001:db8::1/128",
    "8000::/1",
];

/// Every address, and NULL, as the column `ip` of a table `t`; every prefix as `cidr` of `p`.
async fn tables() -> datafusion::prelude::SessionContext {
    let context = session();
    let column = |values: &[&str]| {
        values.iter().fold("(NULL)".to_owned(), |mut text, value| {
            write!(text, ", ('{value}')").unwrap();
            text
        })
    };
    for sql in [
        format!(
            "CREATE TABLE t AS SELECT ip(a) AS ip FROM (VALUES {}) AS v (a)",
            column(&ADDRESSES)
        ),
        format!(
            "CREATE TABLE p AS SELECT c AS cidr FROM (VALUES {}) AS v (c)",
            column(&PREFIXES)
        ),
    ] {
        context.sql(&sql).await.unwrap().collect().await.unwrap();
    }
    context
}

/// Whether a function of the column is still in the plan that runs.
async fn calls(context: &datafusion::prelude::SessionContext, function: &str, sql: &str) -> bool {
    let plan = rows(context, &format!("EXPLAIN FORMAT INDENT {sql}"))
        .await
        .unwrap()
        .concat()
        .concat();
    let (_, physical) = plan.split_once("physical_plan").unwrap();
    physical.contains(&format!("{function}(ip@"))
}

#[tokio::test]
async fn a_literal_prefix_answers_what_a_column_of_prefixes_does() {
    let context = tables().await;
    for prefix in PREFIXES {
        let fast = format!("SELECT ip, ip_in_cidr(ip, '{prefix}') FROM t ORDER BY ip");
        let slow = format!("SELECT ip, ip_in_cidr(ip, cidr) FROM t JOIN p ON cidr = '{prefix}' ORDER BY ip");
        assert_eq!(
            rows(&context, &fast).await.unwrap(),
            rows(&context, &slow).await.unwrap(),
            "{prefix}"
        );

        assert!(
            !calls(&context, "ip_in_cidr", &fast).await,
            "{prefix} is not rewritten"
        );
        assert!(
            calls(&context, "ip_in_cidr", &slow).await,
            "{prefix} is rewritten on both sides"
        );
    }
}

#[tokio::test]
async fn a_literal_range_answers_what_columns_of_bounds_do() {
    let context = tables().await;
    for (first, last) in [
        ("10.0.0.0", "10.255.255.255"),
        ("203.0.113.7", "203.0.113.7"),
        ("203.0.113.7", "10.0.0.0"),
        ("::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
        ("203.0.113.0", "2001:db8::"),
    ] {
        let fast = format!("SELECT ip, ip_in_range(ip, ip('{first}'), ip('{last}')) FROM t ORDER BY ip");
        let between = format!("SELECT ip, ip BETWEEN '{first}' AND '{last}' FROM t ORDER BY ip");
        // Texts are not rewritten.
        let slow = format!("SELECT ip, ip_in_range(ip_text(ip), '{first}', '{last}') FROM t ORDER BY ip");
        let expected = rows(&context, &slow).await.unwrap();
        assert_eq!(rows(&context, &fast).await.unwrap(), expected, "{first} {last}");
        assert_eq!(
            rows(&context, &between).await.unwrap(),
            expected,
            "{first} {last}"
        );
    }
}

#[tokio::test]
async fn a_network_compared_with_a_literal_answers_what_a_column_of_networks_does() {
    let context = tables().await;
    for (network, length) in [
        ("0.0.0.0", 0),
        ("10.0.0.0", 8),
        ("203.0.113.0", 24),
        ("203.0.113.7", 32),
        ("::", 0),
        ("::", 8),
        ("::", 80),
        ("2001:db8::", 32),
        ("2001:db8::1", 128),
        ("8000::", 1),
    ] {
        let condition = format!("ip_network(ip, {length}) = '{network}'");
        let fast = format!("SELECT ip FROM t WHERE {condition} ORDER BY ip");
        // In a select list NULL is not false, so nothing is rewritten there.
        let slow = format!(
            "SELECT ip FROM (SELECT ip, {condition} AS holds FROM t) WHERE holds IS TRUE ORDER BY ip"
        );
        let expected = rows(&context, &slow).await.unwrap();
        assert_eq!(rows(&context, &fast).await.unwrap(), expected, "{condition}");
        assert!(!expected.is_empty(), "{condition}");
        assert!(
            !calls(&context, "ip_network", &fast).await,
            "{condition} is not rewritten"
        );
        assert!(
            calls(&context, "ip_network", &slow).await,
            "{condition} is rewritten on both sides"
        );
        let either = format!("SELECT ip FROM t WHERE {condition} OR ip = '::' ORDER BY ip");
        assert!(!calls(&context, "ip_network", &either).await, "{either}");
    }
}

#[tokio::test]
async fn where_null_is_not_false_a_network_is_not_rewritten() {
    let context = tables().await;
    for condition in [
        "(ip_network(ip, 64) = '2001:db8::') IS NULL",
        "(ip_network(ip, 64) = '2001:db8::') IS NOT TRUE",
        "ip_network(ip, 64) <> '2001:db8::'",
        "ip_network(ip, 64) < '2001:db8::'",
        "ip_network(ip, 24) = '203.0.113.7'",
        "ip_network(ip, 33) = '203.0.113.0'",
    ] {
        let sql = format!("SELECT ip FROM t WHERE {condition}");
        assert!(
            calls(&context, "ip_network", &sql).await,
            "{condition} is rewritten"
        );
    }
    let nulls = rows(
        &context,
        "SELECT count(*) FROM t WHERE (ip_network(ip, 64) = '2001:db8::') IS NULL",
    );
    assert_eq!(nulls.await.unwrap(), [["11"]]);
}

#[tokio::test]
async fn a_network_of_a_text_is_not_rewritten() {
    let context = tables().await;
    let texts = "CREATE TABLE texts AS SELECT ip_text(ip) AS ip FROM t";
    context.sql(texts).await.unwrap().collect().await.unwrap();
    let of = |table: &str| {
        format!("SELECT ip(ip) AS ip FROM {table} WHERE ip_network(ip, 24) = '203.0.113.0' ORDER BY ip")
    };
    let texts = rows(&context, &of("texts")).await.unwrap();
    assert_eq!(texts, rows(&context, &of("t")).await.unwrap());
    assert_eq!(texts.len(), 3);
}

#[tokio::test]
async fn a_network_in_the_condition_of_a_join_keeps_the_rows_without_a_match() {
    let context = tables().await;
    let join = |condition: &str| {
        format!(
            "SELECT a.ip, count(b.ip) FROM t AS a LEFT JOIN t AS b ON {condition} AND b.ip > '2001:db8::' GROUP BY a.ip ORDER BY a.ip"
        )
    };
    // For the rows of IPv4 the one is false and the other NULL.
    let fast = join("ip_network(a.ip, 64) = '2001:db8::'");
    let slow = join("(ip_network(a.ip, 64) = '2001:db8::') IS TRUE");
    let expected = rows(&context, &slow).await.unwrap();
    assert_eq!(rows(&context, &fast).await.unwrap(), expected);
    assert_eq!(expected.len(), ADDRESSES.len() + 1);
}
