//! Random tables, bands, join types, batch sizes and partitions, and values at the ends of their types: every strategy
//! answers what the nested loop over the same predicate answers, and the hash join.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, new_empty_array};
use datafusion::arrow::compute::{SortOptions, cast, sort_to_indices, take_record_batch};
use datafusion::arrow::datatypes::{DataType, Field, Schema, TimeUnit, UInt64Type};
use datafusion::common::ScalarValue;
use datafusion::datasource::MemTable;
use datafusion::prelude::{SessionContext, col};

use super::rows;
use crate::session::{BATCH_SIZES, random_session, session};
use crate::tables::{Random, column};

/// What a second is in units of a type.
fn second(data_type: &DataType) -> i64 {
    match data_type {
        DataType::Timestamp(TimeUnit::Millisecond, _) => 1_000,
        DataType::Timestamp(TimeUnit::Microsecond, _) => 1_000_000,
        DataType::Timestamp(TimeUnit::Nanosecond, _) => 1_000_000_000,
        _ => 1,
    }
}

/// Values close to each other, as many seconds apart as asked for; one in so many at an end of the type, if any.
fn times(
    data_type: &DataType,
    rows: usize,
    (nulls, extremes, step): (u64, u64, i64),
    random: &mut Random,
) -> ArrayRef {
    let ends = match data_type {
        DataType::Int16 => [i64::from(i16::MIN), i64::from(i16::MAX)],
        DataType::Int32 | DataType::Date32 => [i64::from(i32::MIN), i64::from(i32::MAX)],
        DataType::UInt32 => [0, i64::from(u32::MAX)],
        DataType::UInt64 => [0, i64::MAX],
        _ => [i64::MIN, i64::MAX],
    };
    let unsigned = matches!(data_type, DataType::UInt32 | DataType::UInt64);
    let values = (0..rows).map(|_| {
        if nulls > 0 && random.one_in(nulls) {
            return None;
        }
        if extremes > 0 && random.one_in(extremes) {
            let end = random.below(2) as usize;
            let inwards = random.below(4) as i64;
            return Some(if end == 0 {
                ends[0] + inwards
            } else {
                ends[1] - inwards
            });
        }
        let steps = match data_type {
            DataType::Timestamp(..) => step,
            _ => 1,
        };
        let base = random.below(30) as i64 * second(data_type) * steps;
        let jitter = random.pick(&[0, 0, 0, 1, -1]);
        Some(if unsigned {
            base.max(1) + jitter
        } else {
            base + jitter - 10
        })
    });
    let counts = Int64Array::from(values.collect::<Vec<_>>());
    match data_type {
        DataType::Float32 | DataType::Float64 => {
            // And those that are no count.
            let odd = [
                f64::NAN,
                -f64::NAN,
                -0.0,
                0.0,
                f64::INFINITY,
                f64::NEG_INFINITY,
                0.5,
            ];
            let mut number = |count: i64| match random.one_in(6) {
                true => random.pick(&odd),
                false => count as f64,
            };
            let numbers: Float64Array = counts.iter().map(|count| count.map(&mut number)).collect();
            cast(&numbers, data_type).unwrap()
        }
        DataType::UInt64 => {
            // The upper end is beyond what the counts above can say.
            let number = |count: i64| match i64::MAX - count {
                below @ 0..4 => u64::MAX - below as u64,
                _ => count as u64,
            };
            Arc::new(counts.unary::<_, UInt64Type>(number))
        }
        DataType::Date32 => cast(&cast(&counts, &DataType::Int32).unwrap(), data_type).unwrap(),
        _ => cast(&counts, data_type).unwrap(),
    }
}

/// Few keys, so that they meet; sometimes all of them NULL.
fn keys(data_type: &DataType, rows: usize, random: &mut Random) -> ArrayRef {
    if rows == 0 {
        return new_empty_array(data_type);
    }
    let nulls = random.pick(&[0, 9, 9, 1]);
    match data_type {
        DataType::FixedSizeBinary(_) | DataType::Utf8 | DataType::Float64 => {
            column(data_type, rows, nulls, random)
        }
        _ => {
            let few = random.pick(&[1, 2, 5]);
            let values = (0..rows).map(|_| {
                let key = ScalarValue::Int64(Some(random.below(few) as i64))
                    .cast_to(data_type)
                    .unwrap();
                match nulls > 0 && random.one_in(nulls) {
                    true => ScalarValue::try_from(data_type).unwrap(),
                    false => key,
                }
            });
            ScalarValue::iter_to_array(values.collect::<Vec<_>>()).unwrap()
        }
    }
}

/// What a random table is made of.
struct Spec {
    key: DataType,
    /// Of `a` and of `b`.
    times: [DataType; 2],
    /// One in so many values is near an end of its type; none if 0.
    extremes: u64,
    parts: usize,
    /// Whether there are NULLs among the times.
    nulls: bool,
    order: Order,
}

impl Spec {
    /// How many seconds there are between timestamps: where they meet dates, a day.
    fn step(&self) -> i64 {
        let [a, b] = &self.times;
        let has_dates = a != b && self.times.contains(&DataType::Date32);
        if has_dates { 86_400 } else { 1 }
    }
}

/// What the tables say of the order of their rows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    Unknown,
    ByKey,
    /// By key, which is not so.
    Wrong,
}

/// `name` with `id`, `k` (key), `j` (another), `t` (time) and `u`, some of which are later.
fn register(context: &SessionContext, name: &str, count: usize, spec: &Spec, random: &mut Random) {
    let time = &spec.times[usize::from(name == "b")];
    let schema = Arc::new(Schema::new(vec![
        Field::new("id", DataType::Int64, false),
        Field::new("k", spec.key.clone(), true),
        Field::new("j", DataType::Int32, true),
        Field::new("t", time.clone(), true),
        Field::new("u", time.clone(), true),
    ]));
    let nulls = if spec.nulls { random.pick(&[0, 7, 7, 1]) } else { 0 };
    let arrays = vec![
        Arc::new(Int64Array::from_iter_values(0..count as i64)) as ArrayRef,
        keys(&spec.key, count, random),
        keys(&DataType::Int32, count, random),
        times(time, count, (nulls, spec.extremes, spec.step()), random),
        times(time, count, (nulls, spec.extremes, spec.step()), random),
    ];
    let mut all = RecordBatch::try_new(Arc::clone(&schema), arrays).unwrap();
    let nulls_last = SortOptions::new(false, false);
    if spec.order == Order::ByKey {
        let order = sort_to_indices(all.column(1), Some(nulls_last), None).unwrap();
        all = take_record_batch(&all, &order).unwrap();
    }
    let part = count.div_ceil(spec.parts).max(1);
    let parts = (0..spec.parts).map(|position| {
        let start = (position * part).min(count);
        vec![all.slice(start, part.min(count - start))]
    });
    let mut table = MemTable::try_new(schema, parts.collect()).unwrap();
    if spec.order != Order::Unknown {
        table = table.with_sort_order(vec![vec![col("k").sort(true, false)]]);
    }
    context.register_table(name, Arc::new(table)).unwrap();
}

fn key_types() -> Vec<DataType> {
    vec![
        DataType::FixedSizeBinary(16),
        DataType::Int32,
        DataType::Int64,
        DataType::UInt16,
        DataType::Date32,
        DataType::Timestamp(TimeUnit::Millisecond, None),
        DataType::Decimal128(20, 2),
        DataType::Float64,
        DataType::Utf8,
    ]
}

fn time_types() -> Vec<DataType> {
    vec![
        DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        DataType::Timestamp(TimeUnit::Second, None),
        DataType::Timestamp(TimeUnit::Millisecond, Some("+05:30".into())),
        DataType::Timestamp(TimeUnit::Nanosecond, None),
        DataType::Date32,
        DataType::Int64,
        DataType::Int32,
        DataType::Int16,
        DataType::UInt32,
        DataType::UInt64,
        DataType::Float32,
        DataType::Float64,
    ]
}

/// The types of the times of both sides: one, or two that are compared in a unit that one of them does not have, or by another zone.
fn pair_of_types(seed: u64, random: &mut Random) -> [DataType; 2] {
    use DataType::{Date32, Timestamp};
    use TimeUnit::{Microsecond, Millisecond, Nanosecond, Second};
    let utc = || Some("UTC".into());
    let time = random.pick(&time_types());
    let mut of_pairs = Random(seed.wrapping_mul(7_919));
    if of_pairs.one_in(3) {
        let mut pair = of_pairs.pick(&[
            [Timestamp(Microsecond, None), Timestamp(Microsecond, utc())],
            [Timestamp(Millisecond, utc()), Timestamp(Microsecond, utc())],
            [Timestamp(Nanosecond, None), Timestamp(Microsecond, utc())],
            [Timestamp(Second, None), Timestamp(Nanosecond, None)],
            [
                Timestamp(Millisecond, Some("+05:30".into())),
                Timestamp(Second, utc()),
            ],
            [Date32, Timestamp(Microsecond, None)],
            [Date32, Timestamp(Millisecond, None)],
        ]);
        if of_pairs.one_in(2) {
            pair.reverse();
        }
        return pair;
    }
    [time.clone(), time]
}

/// Bands between `a` and `b` that are recognised of types of time.
fn bands(types: &[DataType; 2]) -> Vec<&'static str> {
    let mut bands = vec![
        "a.t BETWEEN b.t AND b.u",
        "b.t >= a.t AND b.t < a.u",
        "b.t > a.u AND a.t >= b.t",
    ];
    let [one, _] = types;
    bands.extend(match one {
        DataType::UInt32 | DataType::UInt64 => &[][..],
        // Of half the width it would be compared as itself, and as a wider number.
        DataType::Float32 => &["a.t BETWEEN b.t - 3.5 AND b.t + 4"][..],
        DataType::Float64 => &[
            "a.t BETWEEN b.t - 3.5 AND b.t + 4",
            "a.t <= b.t + 2.25 AND a.t > b.t",
        ][..],
        DataType::Int16 | DataType::Int32 | DataType::Int64 => &[
            "a.t BETWEEN b.t - 3 AND b.t + 4",
            "a.t - b.t BETWEEN -2 AND 5",
            "abs(b.t - a.t) < 4",
            "abs(a.t - b.t) <= 3",
            "a.t - b.t >= -3 AND b.t - a.t > 1",
            "a.t <= b.t + 2 AND b.t < a.t + 5",
            "a.t > b.t + 2 AND a.t <= b.u + 5",
        ][..],
        _ if types.contains(&DataType::Date32) => &[
            "a.t BETWEEN b.t - INTERVAL '3 days' AND b.t + INTERVAL '4 days'",
            "a.t <= b.t + INTERVAL '2 days' AND b.t < a.t + INTERVAL '5 days'",
            "time_gap(a.t, b.t) <= 172800",
        ][..],
        _ => &[
            "a.t BETWEEN b.t - INTERVAL '3 seconds' AND b.t + INTERVAL '4 seconds'",
            "a.t - b.t BETWEEN INTERVAL '-2 seconds' AND INTERVAL '5 seconds'",
            "a.t <= b.t + INTERVAL '2 seconds' AND b.t < a.t + INTERVAL '5 seconds'",
            "a.t > b.t + INTERVAL '1 second' AND a.t <= b.u + INTERVAL '2 seconds'",
            "time_gap(a.t, b.t) < 4",
        ][..],
    });
    if let [
        DataType::Timestamp(unit, zone),
        DataType::Timestamp(other_unit, other_zone),
    ] = types
        && unit != other_unit
        && zone != other_zone
    {
        // A difference of times of two units and two zones has no type.
        bands.retain(|band| !band.contains("a.t - b.t"));
    }
    bands
}

const QUERIES: [&str; 11] = [
    "SELECT a.id, b.id FROM a JOIN b ON {on}",
    "SELECT b.id, a.id, a.t FROM b JOIN a ON {on}",
    "SELECT a.id, b.id FROM a LEFT JOIN b ON {on}",
    "SELECT a.id, b.id, b.k FROM a RIGHT JOIN b ON {on}",
    "SELECT a.id, b.id FROM a FULL JOIN b ON {on}",
    "SELECT a.id FROM a LEFT SEMI JOIN b ON {on}",
    "SELECT a.id, a.t FROM a LEFT ANTI JOIN b ON {on}",
    "SELECT b.id FROM a RIGHT SEMI JOIN b ON {on}",
    "SELECT b.id FROM a RIGHT ANTI JOIN b ON {on}",
    "SELECT a.id FROM a WHERE a.id < 3 OR EXISTS (SELECT 1 FROM b WHERE {on})",
    "SELECT count(*) FROM a, b WHERE {on}",
];

const EQUALITIES: [&str; 4] = [
    "a.k = b.k",
    "b.k = a.k",
    "a.k IS NOT DISTINCT FROM b.k",
    "a.j = b.j",
];

fn condition(types: &[DataType; 2], random: &mut Random) -> String {
    let mut conditions = vec![random.pick(&bands(types)).to_owned()];
    conditions.push(random.pick(&EQUALITIES[..3]).to_owned());
    if random.one_in(3) {
        conditions.push(EQUALITIES[3].to_owned());
    }
    if random.one_in(3) {
        let residual = random.pick(&[
            "a.id % 3 <> b.id % 2",
            "a.id + b.id > 9",
            "a.id <> b.id OR b.j IS NULL",
        ]);
        conditions.push(format!("({residual})"));
    }
    let first = random.below(conditions.len() as u64) as usize;
    conditions.rotate_left(first);
    let conditions = conditions.iter().map(|condition| format!("({condition})"));
    conditions.collect::<Vec<_>>().join(" AND ")
}

/// The condition with no equal key that DataFusion knows of: the nested loop is left.
fn without_equal_keys(on: &str) -> String {
    EQUALITIES.iter().fold(on.to_owned(), |on, equality| {
        on.replace(equality, &format!("({equality}) IS TRUE"))
    })
}

/// Returns how many of the plans have an index that is probed in order.
async fn compare(seed: u64) -> usize {
    let mut random = Random(seed);
    let batch_size = random.pick(&BATCH_SIZES);
    let context = session(batch_size, random.pick(&[1, 2, 3, 5]));
    let spec = Spec {
        key: random.pick(&key_types()),
        times: pair_of_types(seed, &mut random),
        extremes: 0,
        parts: random.pick(&[1, 2, 4]),
        nulls: true,
        order: random.pick(&[Order::Unknown, Order::ByKey]),
    };
    for name in ["a", "b"] {
        let count = random.pick(&[0, 1, 2, 5, 20, 60, 150, 600]);
        register(&context, name, count, &spec, &mut random);
    }
    let on = condition(&spec.times, &mut random);
    // Some plans have such a key as a condition.
    let no_equal_key = !on.contains(" = ");
    let mut in_order = 0;
    for query in QUERIES {
        let sql = query.replace("{on}", &on);
        let nested_loop = query.replace("{on}", &without_equal_keys(&on));
        let (expected, plan) = rows(&context, "hash", &nested_loop).await.unwrap();
        let only = plan.contains("NestedLoopJoinExec") && !plan.contains("HashJoinExec");
        assert!(only || plan.contains("EmptyExec"), "{nested_loop}\n{plan}");
        for strategy in ["hash", "auto", "sorted", "merge", "bucket"] {
            let (got, plan) = rows(&context, strategy, &sql).await.unwrap();
            let place = format!("seed {seed}, {strategy}, {} {:?}: {sql}", spec.key, spec.times);
            in_order += usize::from(plan.contains("probed in order"));
            let missing = expected.iter().find(|row| !got.contains(row));
            let added = got.iter().find(|row| !expected.contains(row));
            assert!(
                got == expected,
                "{place}: missing {missing:?}, added {added:?}\n{plan}"
            );
            let operator = match (strategy, &spec.key) {
                ("merge", DataType::Float64) | ("sorted", _) => "index=[band strategy=sorted: ",
                ("merge", _) => "BandMergeExec",
                // Both sides are kept, or the bounds are two.
                ("bucket", _)
                    if query.contains("FULL") || on.contains(".u") || spec.times[0].is_floating() =>
                {
                    "index=[band strategy=sorted: "
                }
                ("bucket", _) => "BandBucketsExec",
                ("hash", _) => "HashJoinExec",
                _ => "",
            };
            let ours = plan.contains(operator) || plan.contains("EmptyExec") || no_equal_key;
            assert!(ours, "{place}\n{plan}");
        }
    }
    in_order
}

#[tokio::test]
async fn every_strategy_answers_what_the_nested_loop_answers() {
    let mut in_order = 0;
    for seed in 0..50 {
        in_order += compare(seed).await;
    }
    assert!(in_order > 50, "{in_order}");
}

/// An index that is laid out for rows in order answers the same where the order was claimed and is not there.
#[tokio::test]
async fn an_order_that_is_not_there() {
    let mut in_order = 0;
    for seed in 0..20 {
        let mut random = Random(seed);
        let context = random_session(&mut random);
        let spec = Spec {
            key: random.pick(&[DataType::FixedSizeBinary(16), DataType::Int64]),
            times: pair_of_types(seed, &mut random),
            extremes: 0,
            parts: random.pick(&[1, 2, 4]),
            nulls: true,
            order: Order::Wrong,
        };
        for name in ["a", "b"] {
            let count = random.pick(&[5, 60, 2000]);
            register(&context, name, count, &spec, &mut random);
        }
        let on = format!("a.k = b.k AND {}", random.pick(&bands(&spec.times)));
        for query in QUERIES {
            let sql = query.replace("{on}", &on);
            let (expected, _) = rows(&context, "hash", &sql).await.unwrap();
            let (got, plan) = rows(&context, "sorted", &sql).await.unwrap();
            in_order += usize::from(plan.contains("probed in order"));
            assert!(got == expected, "seed {seed}: {sql}\n{plan}");
        }
    }
    assert!(in_order > 100, "{in_order}");
}

/// Arithmetic that wraps or fails. It wraps alike; and where the hash join answers, so does every strategy, and where the
/// nested loop does, the same. A hash join may also fail of a pair that the other bound has settled, depending on what it is
/// batched with, and the nested loop of any pair.
#[tokio::test]
async fn values_at_the_ends_of_their_types() {
    let (mut failed, mut answered, mut settled, mut compared) = (0, 0, 0, 0);
    for seed in 0..200 {
        let mut random = Random(seed);
        // One batch, so that a failure of the hash join is the same each time.
        let context = session(100_000, 1);
        let spec = Spec {
            key: random.pick(&[DataType::FixedSizeBinary(16), DataType::Int32, DataType::Utf8]),
            times: pair_of_types(seed, &mut random),
            extremes: random.pick(&[3, 20, 60]),
            parts: 1,
            // SQL computes a bound also where it is compared with NULL.
            nulls: false,
            order: Order::Unknown,
        };
        for name in ["a", "b"] {
            let count = random.pick(&[5, 20, 60]);
            register(&context, name, count, &spec, &mut random);
        }
        // Nothing beside the band: what fails depends on what is settled before.
        let on = random.pick(&bands(&spec.times));
        let on = format!("a.k = b.k AND {on}");
        let sql = random.pick(&QUERIES).replace("{on}", &on);
        let expected = rows(&context, "hash", &sql).await;
        let nested_loop = rows(&context, "hash", &without_equal_keys(&sql)).await;
        if let Ok((nested_loop, _)) = nested_loop {
            let (expected, plan) = expected.as_ref().unwrap();
            assert_eq!(expected, &nested_loop, "seed {seed}: {sql}\n{plan}");
            compared += 1;
        }
        let small = random_session(&mut random);
        for name in ["a", "b"] {
            let table = context.table_provider(name).await.unwrap();
            small.register_table(name, table).unwrap();
        }
        for (strategy, context) in [
            ("sorted", &context),
            ("sorted", &small),
            ("merge", &context),
            ("merge", &small),
            ("bucket", &small),
        ] {
            let got = rows(context, strategy, &sql).await;
            // Buckets say that another strategy is needed; they never answer otherwise.
            let refused =
                "a time is too far out for the buckets of a band: set tieline.band_strategy = 'sorted'";
            if strategy == "bucket"
                && got
                    .as_ref()
                    .is_err_and(|error| error.to_string().contains(refused))
            {
                continue;
            }
            let batch_size = context.copied_config().batch_size();
            let place = format!(
                "seed {seed}, {strategy}, {batch_size}, {} {:?}: {sql}",
                spec.key, spec.times
            );
            match (&expected, got) {
                (Ok((expected, _)), got) => {
                    answered += 1;
                    let (got, plan) = got.unwrap_or_else(|error| panic!("{place}: {error}"));
                    assert_eq!(&got, expected, "{place}\n{plan}");
                }
                (Err(_), Err(_)) => failed += 1,
                // What failed there was of a pair that another bound had settled.
                (Err(_), Ok(_)) => settled += 1,
            }
        }
    }
    assert!(
        failed > 30 && answered > 150 && settled < failed && compared > 50,
        "{failed} failed, {answered} answered, {settled} failed in the other plan alone; {compared} by the nested loop"
    );
}
