//! Every join type, side and strategy, beside equal keys and other conditions.

use std::sync::Arc;

use datafusion::common::{JoinSide, JoinType, NullEquality};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::prelude::SessionContext;
use tieline_joins::{BandKind, BandMergeExec, BandMergeParts, IndexJoinExec, IndexJoinParts};

use crate::sent::{check, run, sent, session, worker};

/// `p` has twelve points, `n` has five intervals, `few` has two points: fewer than there are intervals.
async fn tables() -> SessionContext {
    let context = session(2);
    run(
        &context,
        &[
            "CREATE TABLE p AS SELECT value AS id, value * 10 AS x, value % 3 AS k, 'p' || value AS name,
                ip('203.0.113.' || value) AS ip FROM generate_series(0, 11)",
            "CREATE TABLE n AS SELECT column1 AS id, column2 AS lo, column3 AS hi, column4 AS k, column5 AS cidr FROM (VALUES
                (1, 0, 30, 0, '203.0.113.0/30'), (2, 25, 75, 1, '203.0.113.8/29'), (3, 75, 25, 2, 'none'),
                (4, NULL, 90, NULL, NULL), (5, 500, 600, 0, '2001:db8::/32'))",
            "CREATE TABLE few AS SELECT * FROM p WHERE id IN (2, 7)",
        ],
    )
    .await;
    context
}

async fn set(context: &SessionContext, strategy: &str) {
    run(context, &[&format!("SET tieline.range_strategy = '{strategy}'")]).await;
}

fn join(plan: &dyn ExecutionPlan) -> Option<&IndexJoinParts> {
    match plan.downcast_ref::<IndexJoinExec>() {
        Some(join) => Some(join.parts()),
        None => plan.children().into_iter().find_map(|child| join(child.as_ref())),
    }
}

/// Each with the condition in its place, and the join type that the planner makes of it.
const JOINS: [(&str, JoinType); 11] = [
    ("SELECT p.id, n.id FROM p JOIN n ON {on}", JoinType::Inner),
    ("SELECT p.id, n.id FROM p LEFT JOIN n ON {on}", JoinType::Left),
    (
        "SELECT p.id, n.id, n.lo FROM p RIGHT JOIN n ON {on}",
        JoinType::Right,
    ),
    ("SELECT p.name, n.id FROM p FULL JOIN n ON {on}", JoinType::Full),
    ("SELECT p.id FROM p LEFT SEMI JOIN n ON {on}", JoinType::LeftSemi),
    (
        "SELECT p.id, p.name FROM p LEFT ANTI JOIN n ON {on}",
        JoinType::LeftAnti,
    ),
    (
        "SELECT n.id FROM p RIGHT SEMI JOIN n ON {on}",
        JoinType::RightSemi,
    ),
    (
        "SELECT n.id, n.k FROM p RIGHT ANTI JOIN n ON {on}",
        JoinType::RightAnti,
    ),
    (
        "SELECT p.id FROM p WHERE p.id < 3 OR EXISTS (SELECT 1 FROM n WHERE {on})",
        JoinType::LeftMark,
    ),
    ("SELECT n.hi, p.name, p.id FROM n JOIN p ON {on}", JoinType::Inner),
    ("SELECT count(*) FROM p JOIN n ON {on}", JoinType::Inner),
];

/// The range alone, beside an equal key, a condition over both sides, both of them, and as a prefix.
const CONDITIONS: [&str; 6] = [
    "p.x BETWEEN n.lo AND n.hi",
    "p.x > n.lo AND p.x < n.hi AND p.k = n.k",
    "p.x >= n.lo AND p.x < n.hi AND p.id + n.id > 4",
    "p.x > n.lo AND p.x <= n.hi AND p.k = n.k AND (p.id <> n.id OR n.k IS NULL)",
    "p.x BETWEEN n.lo AND n.hi AND p.k IS NOT DISTINCT FROM n.k",
    "ip_in_cidr(p.ip, n.cidr)",
];

#[tokio::test]
async fn every_join_type_condition_and_strategy() {
    let context = tables().await;
    for strategy in ["segments", "sorted"] {
        set(&context, strategy).await;
        for (query, join_type) in JOINS {
            for on in CONDITIONS {
                let sql = query.replace("{on}", on);
                let (plan, _) = check(&context, &sql).await;
                let parts = join(plan.as_ref()).unwrap();
                assert_eq!(parts.join_type, join_type, "{sql}");
                assert_eq!(parts.index.strategy(), strategy);
            }
        }
    }
}

#[tokio::test]
async fn points_that_are_built() {
    let context = tables().await;
    for sql in [
        "SELECT few.id, n.id FROM few JOIN n ON few.x BETWEEN n.lo AND n.hi",
        "SELECT few.id, n.id FROM n LEFT JOIN few ON few.x > n.lo AND few.x < n.hi",
        "SELECT n.id FROM n LEFT ANTI JOIN few ON few.x BETWEEN n.lo AND n.hi AND few.id + n.id > 4",
    ] {
        let (plan, _) = check(&context, sql).await;
        let parts = join(plan.as_ref()).unwrap();
        assert_eq!(parts.index.strategy(), "points", "{sql}");
    }
}

/// Everything that a join is made of comes back, not only what is printed of it.
#[tokio::test]
async fn every_part_comes_back() {
    let context = tables().await;
    set(&context, "sorted").await;
    let condition = "p.x > n.lo AND p.x <= n.hi AND (p.k IS NOT DISTINCT FROM n.k) AND p.id + n.id > 4";
    for (tables, side) in [("p JOIN n", JoinSide::Right), ("n JOIN p", JoinSide::Left)] {
        let sql = format!("SELECT n.hi, p.name FROM {tables} ON {condition}");
        let (plan, rows) = check(&context, &sql).await;
        assert!(rows.len() > 3, "{rows:?}");
        let read = sent(&plan, &worker(&context));
        let (there, here) = (join(read.as_ref()).unwrap(), join(plan.as_ref()).unwrap());
        assert_eq!((there.build_side, here.build_side), (side, side));
        assert_eq!(there.null_equality, NullEquality::NullEqualsNull);
        assert_eq!((&there.on, there.on.len()), (&here.on, 1));
        let (filter, sent_filter) = (here.filter.as_ref().unwrap(), there.filter.as_ref().unwrap());
        assert_eq!(sent_filter.schema(), filter.schema());
        assert_eq!(sent_filter.column_indices(), filter.column_indices());
        assert_eq!(sent_filter.expression(), filter.expression());
        assert_eq!((&there.projection, &there.why), (&here.projection, &here.why));
        assert!(there.projection.is_some());
        assert_eq!(there.index.build_keys(), here.index.build_keys());
        assert_eq!(there.index.probe_keys(), here.index.probe_keys());
        assert_eq!(there.shared.id(), here.shared.id());
        // Nothing has been sampled of two tables.
        assert_eq!((there.share, here.share), (None, None));
        let sampled = IndexJoinParts {
            share: Some(1e-9),
            ..here.clone()
        };
        let plan: Arc<dyn ExecutionPlan> = Arc::new(IndexJoinExec::try_new(sampled).unwrap());
        let read = sent(&plan, &worker(&context));
        assert_eq!(join(read.as_ref()).unwrap().share, Some(1e-9));
    }
}

/// Bands around a value and between two, by the key itself and by groups, with either side built.
#[tokio::test]
async fn bands_beside_equal_keys() {
    let context = tables().await;
    run(&context, &["SET tieline.band_strategy = 'sorted'"]).await;
    for (query, join_type) in JOINS {
        for on in [
            "p.k = n.k AND p.x BETWEEN n.lo - 20 AND n.lo + 30",
            "p.k = n.k AND p.x >= n.lo AND p.x < n.hi AND p.id + n.id > 4",
            "p.k = n.k AND p.name <> n.cidr AND p.id % 3 = n.id % 3 AND abs(p.x - n.lo) <= 40",
            "p.k = n.k AND p.ip = ip('203.0.113.' || n.id) AND p.x - n.lo BETWEEN -20 AND 20",
            "p.k = n.k AND time_gap(arrow_cast(p.x, 'Timestamp(ms)'), arrow_cast(n.lo, 'Timestamp(s, \"UTC\")')) <= 12.5",
        ] {
            let sql = query.replace("{on}", on);
            let (plan, _) = check(&context, &sql).await;
            let parts = join(plan.as_ref()).unwrap();
            assert_eq!(parts.join_type, join_type, "{sql}");
            let read = sent(&plan, &worker(&context));
            let (there, here) = (join(read.as_ref()).unwrap(), parts);
            let (there, here) = (there.index.as_any(), here.index.as_any());
            let there: &BandKind = there.downcast_ref().unwrap();
            let here: &BandKind = here.downcast_ref().unwrap();
            assert_eq!((&there.build, &there.probe), (&here.build, &here.probe));
            assert_eq!(
                (there.low, there.high, there.safe),
                (here.low, here.high, here.safe)
            );
            assert_eq!(
                (there.keyed, there.in_order, there.builds_point),
                (here.keyed, here.in_order, here.builds_point)
            );
            assert_eq!(there.check, here.check);
            assert_eq!((there.unit, &there.probe_times), (here.unit, &here.probe_times));
            assert_eq!(here.unit.is_some(), on.contains("time_gap"), "{sql}");
            // These tables have no order to be found.
            let in_order = IndexJoinParts {
                index: Arc::new(BandKind {
                    in_order: true,
                    ..here.clone()
                }),
                ..parts.clone()
            };
            let plan: Arc<dyn ExecutionPlan> = Arc::new(IndexJoinExec::try_new(in_order).unwrap());
            let read = sent(&plan, &worker(&context));
            let there = join(read.as_ref()).unwrap().index.as_any();
            assert!(!here.in_order && there.downcast_ref::<BandKind>().unwrap().in_order);
        }
    }
}

/// Merged bands, with either side held, by the key and by groups.
#[tokio::test]
async fn merged_bands() {
    let context = tables().await;
    run(&context, &["SET tieline.band_strategy = 'merge'"]).await;
    for (query, join_type) in JOINS {
        for on in [
            "p.k = n.k AND p.x BETWEEN n.lo - 20 AND n.lo + 30",
            "p.k = n.k AND p.x >= n.lo AND p.x < n.hi AND p.id + n.id > 4",
            "(p.k IS NOT DISTINCT FROM n.k) AND p.id % 3 = n.id % 3 AND abs(p.x - n.lo) <= 40",
            "p.k = n.k AND time_gap(arrow_cast(p.x, 'Timestamp(µs)'), arrow_cast(n.lo, 'Timestamp(ns)')) <= 12.5",
        ] {
            let sql = query.replace("{on}", on);
            let (plan, _) = check(&context, &sql).await;
            let read = sent(&plan, &worker(&context));
            let (there, here) = (merge(read.as_ref()).unwrap(), merge(plan.as_ref()).unwrap());
            assert_eq!((there.join_type, here.join_type), (join_type, join_type), "{sql}");
            assert_eq!(
                (there.window_side, there.null_equality),
                (here.window_side, here.null_equality)
            );
            assert_eq!(there.on, here.on);
            assert_eq!((there.far_first, there.single), (here.far_first, here.single));
            assert_eq!((&there.projection, &there.why), (&here.projection, &here.why));
            assert_eq!(there.filter.is_some(), here.filter.is_some());
            assert_eq!(
                (&there.band.build, &there.band.probe),
                (&here.band.build, &here.band.probe)
            );
            assert_eq!(there.band.check, here.band.check);
            assert_eq!(there.band.unit, here.band.unit);
        }
    }
}

fn merge(plan: &dyn ExecutionPlan) -> Option<&BandMergeParts> {
    match plan.downcast_ref::<BandMergeExec>() {
        Some(join) => Some(join.parts()),
        None => plan
            .children()
            .into_iter()
            .find_map(|child| merge(child.as_ref())),
    }
}
