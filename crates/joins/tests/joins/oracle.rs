//! Random tables, predicates, join types, sides, batch sizes and partitions: every strategy answers what the nested loop
//! answers.

use crate::session::{BATCH_SIZES, answer, session};
use crate::tables::{Random, key_types, register};

/// `p` has points, `n` has intervals; each query as a whole, with the condition in its place.
const QUERIES: [&str; 11] = [
    "SELECT p.id, n.id FROM p JOIN n ON {on}",
    "SELECT n.id, p.id, p.x FROM n JOIN p ON {on}",
    "SELECT p.id, n.id FROM p LEFT JOIN n ON {on}",
    "SELECT p.id, n.id, n.k FROM p RIGHT JOIN n ON {on}",
    "SELECT p.id, n.id FROM p FULL JOIN n ON {on}",
    "SELECT p.id FROM p LEFT SEMI JOIN n ON {on}",
    "SELECT p.id, p.x FROM p LEFT ANTI JOIN n ON {on}",
    "SELECT n.id FROM p RIGHT SEMI JOIN n ON {on}",
    "SELECT n.id FROM p RIGHT ANTI JOIN n ON {on}",
    "SELECT p.id FROM p WHERE p.id < 3 OR EXISTS (SELECT 1 FROM n WHERE {on})",
    "SELECT count(*) FROM p, n WHERE {on}",
];

fn condition(random: &mut Random) -> String {
    let mut conditions = vec![
        random
            .pick(&["p.x >= n.lo", "p.x > n.lo", "n.lo <= p.x", "n.lo < p.x"])
            .to_owned(),
        random
            .pick(&["p.x <= n.hi", "p.x < n.hi", "n.hi >= p.x", "n.hi > p.x"])
            .to_owned(),
    ];
    if random.one_in(3) {
        conditions.push("p.k = n.k".to_owned());
    }
    if random.one_in(8) {
        conditions.push("p.k IS NOT DISTINCT FROM n.k".to_owned());
    }
    if random.one_in(3) {
        conditions.push(
            random
                .pick(&[
                    "p.id % 3 <> n.id % 2",
                    "p.id + n.id > 9",
                    "p.id <> n.id OR n.k IS NULL",
                ])
                .to_owned(),
        );
    }
    let first = random.below(conditions.len() as u64) as usize;
    conditions.rotate_left(first);
    conditions
        .into_iter()
        .map(|condition| format!("({condition})"))
        .collect::<Vec<_>>()
        .join(" AND ")
}

async fn compare(seed: u64) {
    let mut random = Random(seed);
    let data_type = random.pick(&key_types());
    let partitions = random.pick(&[1, 2, 3, 5]);
    let context = session(random.pick(&BATCH_SIZES), partitions);
    let sizes = [0, 1, 2, 5, 20, 60, 150];
    let (points, intervals) = (random.pick(&sizes), random.pick(&sizes));
    let parts = random.pick(&[1, 2, 4]);
    register(&context, "p", (&["x"], &data_type), (points, parts), &mut random);
    register(
        &context,
        "n",
        (&["lo", "hi"], &data_type),
        (intervals, parts),
        &mut random,
    );
    let on = condition(&mut random);
    for query in QUERIES {
        let sql = query.replace("{on}", &on);
        let expected = answer(&context, "nested_loop", &sql).await;
        assert!(!expected.plan.contains("IndexJoinExec"));
        for strategy in ["auto", "segments", "sorted"] {
            let got = answer(&context, strategy, &sql).await;
            let place = format!(
                "seed {seed}, {strategy}, {points} points, {intervals} intervals, {data_type}: {sql}"
            );
            let missing = expected.rows.iter().find(|row| !got.rows.contains(row));
            let added = got.rows.iter().find(|row| !expected.rows.contains(row));
            assert!(
                got.rows == expected.rows,
                "{place}: missing {missing:?}, added {added:?}\n{}",
                got.plan
            );
            let batch_size = context.copied_config().batch_size();
            let ours = got.plan.contains("IndexJoinExec");
            assert!(
                !ours || got.largest_batch <= batch_size,
                "{place}: a batch of {} rows",
                got.largest_batch
            );
            if strategy != "auto" {
                let forced = format!("index=[range strategy={strategy}");
                assert!(
                    got.plan.contains(&forced) || got.plan.contains("EmptyExec"),
                    "{place}\n{}",
                    got.plan
                );
            }
        }
    }
}

#[tokio::test]
async fn every_strategy_answers_what_the_nested_loop_answers() {
    for seed in 0..60 {
        compare(seed).await;
    }
}
