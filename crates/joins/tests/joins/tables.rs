//! Random tables of points and intervals.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Int64Array, RecordBatch};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field, Schema, TimeUnit};
use datafusion::common::ScalarValue;
use datafusion::datasource::MemTable;
use datafusion::prelude::SessionContext;

/// A stream of numbers that is the same each time (splitmix64).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    pub(crate) fn one_in(&mut self, odds: u64) -> bool {
        self.below(odds) == 0
    }

    pub(crate) fn pick<T: Clone>(&mut self, items: &[T]) -> T {
        items[self.below(items.len() as u64) as usize].clone()
    }
}

/// Every type of key, each once.
pub(crate) fn key_types() -> Vec<DataType> {
    vec![
        DataType::Int8,
        DataType::Int32,
        DataType::Int64,
        DataType::UInt16,
        DataType::UInt64,
        DataType::Date32,
        DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        DataType::Timestamp(TimeUnit::Second, None),
        DataType::Decimal128(20, 2),
        DataType::Float32,
        DataType::Float64,
        DataType::Utf8,
        DataType::Utf8View,
        DataType::Binary,
        DataType::FixedSizeBinary(16),
        DataType::FixedSizeBinary(5),
    ]
}

/// A value of a type, from a few so that bounds and points meet; sometimes NULL, sometimes as far out as the type goes.
pub(crate) fn value(data_type: &DataType, nulls: u64, random: &mut Random) -> ScalarValue {
    if nulls > 0 && random.one_in(nulls) {
        return ScalarValue::try_from(data_type).unwrap();
    }
    let small = random.below(40) as i64;
    match data_type {
        DataType::Float32 | DataType::Float64 => {
            let odd = [f64::NAN, -f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0, 0.0];
            let number = if random.one_in(6) {
                random.pick(&odd)
            } else {
                small as f64 / 2.0 - 5.0
            };
            ScalarValue::Float64(Some(number)).cast_to(data_type).unwrap()
        }
        DataType::Utf8 | DataType::Utf8View | DataType::Binary => {
            let text = random.pick(&["", "a", "ab", "abc", "b", "ba", "z", "ä", "zz"]);
            ScalarValue::Utf8(Some(text.to_owned()))
                .cast_to(data_type)
                .unwrap()
        }
        DataType::FixedSizeBinary(16) => {
            // IPv4, the ends of its block, and IPv6 around it.
            let v4 = 0xffff_0000_0000_u128;
            let bases = [
                v4 + 0xcb00_7100,
                v4,
                v4 + 0xffff_ffe0,
                v4 - 20,
                v4 + (1 << 32),
                0x2001_0db8 << 96,
                u128::MAX - 40,
            ];
            let address = random.pick(&bases) + small as u128;
            ScalarValue::FixedSizeBinary(16, Some(address.to_be_bytes().to_vec()))
        }
        DataType::FixedSizeBinary(width) => {
            ScalarValue::FixedSizeBinary(*width, Some(vec![small as u8; *width as usize]))
        }
        DataType::UInt16 | DataType::UInt64 => {
            let number = if random.one_in(10) {
                ScalarValue::UInt16(Some(u16::MAX))
            } else {
                ScalarValue::Int64(Some(small))
            };
            number.cast_to(data_type).unwrap()
        }
        DataType::Date32 => ScalarValue::Int32(Some(small as i32 - 10))
            .cast_to(data_type)
            .unwrap(),
        DataType::Int64 if random.one_in(10) => ScalarValue::Int64(Some(random.pick(&[i64::MIN, i64::MAX]))),
        DataType::Decimal128(precision, scale) => {
            ScalarValue::Decimal128(Some(i128::from(small) * 25 - 300), *precision, *scale)
        }
        _ => ScalarValue::Int64(Some(small - 10)).cast_to(data_type).unwrap(),
    }
}

pub(crate) fn column(data_type: &DataType, rows: usize, nulls: u64, random: &mut Random) -> ArrayRef {
    let values: Vec<_> = (0..rows).map(|_| value(data_type, nulls, random)).collect();
    if values.is_empty() {
        return datafusion::arrow::array::new_empty_array(data_type);
    }
    ScalarValue::iter_to_array(values).unwrap()
}

/// Registers `name` with the columns `id`, `k` (an equal key) and keys of a type, in so many partitions.
pub(crate) fn register(
    context: &SessionContext,
    name: &str,
    (columns, data_type): (&[&str], &DataType),
    (rows, partitions): (usize, usize),
    random: &mut Random,
) {
    // All NULL now and then.
    let nulls = random.pick(&[0, 7, 7, 7, 1]);
    let mut fields = vec![
        Field::new("id", DataType::Int64, false),
        Field::new("k", DataType::Int32, true),
    ];
    let ids = Int64Array::from_iter_values(0..rows as i64);
    let equal = column(&DataType::Int64, rows, 9, random);
    let equal = cast(
        &datafusion::arrow::compute::kernels::numeric::rem(&equal, &Int64Array::new_scalar(3)).unwrap(),
        &DataType::Int32,
    );
    let mut arrays: Vec<ArrayRef> = vec![Arc::new(ids), equal.unwrap()];
    for name in columns {
        fields.push(Field::new(*name, data_type.clone(), true));
        arrays.push(column(data_type, rows, nulls, random));
    }
    let schema = Arc::new(Schema::new(fields));
    let all = RecordBatch::try_new(Arc::clone(&schema), arrays).unwrap();
    let part = rows.div_ceil(partitions).max(1);
    let parts = (0..partitions).map(|position| {
        let start = (position * part).min(rows);
        vec![all.slice(start, part.min(rows - start))]
    });
    let table = MemTable::try_new(schema, parts.collect()).unwrap();
    context.register_table(name, Arc::new(table)).unwrap();
}
