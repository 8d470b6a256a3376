//! What a page holds is what the library reads of it, whether it lies there as in memory or not.

use std::sync::Arc;

use bytes::Bytes;
use datafusion::arrow::array::{Array, Float64Array};
use datafusion::parquet::basic::{Encoding, Repetition, Type as PhysicalType};
use datafusion::parquet::column::page::Page;
use datafusion::parquet::schema::types::{ColumnDescPtr, ColumnDescriptor, ColumnPath, Type};

use super::{MOST_VALUES, as_numbers, in_place, numbers, one_run_of_ones};

fn column(is_optional: bool) -> ColumnDescPtr {
    let repetition = match is_optional {
        true => Repetition::OPTIONAL,
        false => Repetition::REQUIRED,
    };
    let builder = Type::primitive_type_builder("lat", PhysicalType::DOUBLE);
    let field = builder.with_repetition(repetition).build().unwrap();
    let path = ColumnPath::from("lat");
    Arc::new(ColumnDescriptor::new(
        Arc::new(field),
        i16::from(is_optional),
        0,
        path,
    ))
}

const NUMBERS: [f64; 9] = [
    0.5,
    -0.0,
    f64::NAN,
    f64::INFINITY,
    f64::NEG_INFINITY,
    179.999_999_9,
    f64::MIN_POSITIVE,
    5e-324,
    -90.0,
];

fn plain(numbers: &[f64]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

/// Of either version: with these levels and these values.
fn pages(rows: u32, levels: Option<&[u8]>, values: &[u8], encoding: Encoding) -> [Page; 2] {
    let length = levels.map(|levels| (levels.len() as u32).to_le_bytes());
    let levels = levels.unwrap_or_default();
    let first = [length.as_ref().map_or(&[][..], |length| length), levels, values].concat();
    let second = [levels, values].concat();
    [
        Page::DataPage {
            buf: first.into(),
            num_values: rows,
            encoding,
            def_level_encoding: Encoding::RLE,
            rep_level_encoding: Encoding::RLE,
            statistics: None,
        },
        Page::DataPageV2 {
            buf: second.into(),
            num_values: rows,
            encoding,
            num_nulls: 0,
            num_rows: rows,
            def_levels_byte_len: levels.len() as u32,
            rep_levels_byte_len: 0,
            is_compressed: false,
            statistics: None,
        },
    ]
}

/// Bit by bit: NaN is not itself.
fn bits(numbers: &Float64Array) -> Vec<Option<u64>> {
    numbers.iter().map(|number| number.map(f64::to_bits)).collect()
}

fn expected(numbers: &[Option<f64>]) -> Vec<Option<u64>> {
    numbers.iter().map(|number| number.map(f64::to_bits)).collect()
}

#[test]
fn a_page_with_nothing_but_numbers_is_taken_as_it_lies() {
    let (all, values) = (one_run_of_ones(9), plain(&NUMBERS));
    for levels in [None, Some(all.as_slice())] {
        for page in pages(9, levels, &values, Encoding::PLAIN) {
            let bytes = in_place(&page, levels.is_some()).unwrap();
            assert_eq!(bytes, values);
            // Not a copy of them.
            assert_eq!(bytes.as_ptr_range().end, page.buffer().as_ptr_range().end);
            let read = numbers(page, &column(levels.is_some())).unwrap();
            assert_eq!(bits(&read), expected(&NUMBERS.map(Some)));
        }
    }
}

#[test]
fn numbers_are_copied_only_where_they_are_not_aligned() {
    // The bytes of an array of numbers are aligned.
    let owner = bytes_of(vec![0.0, 1.5, -2.5]);
    for shift in 0..8 {
        let read = as_numbers(owner.slice(shift..shift + 16));
        assert_eq!(
            read.inner().as_ptr() == owner[shift..].as_ptr(),
            shift == 0,
            "{shift}"
        );
        let expected: Vec<_> = owner[shift..shift + 16]
            .chunks(8)
            .map(|bytes| u64::from_le_bytes(bytes.try_into().unwrap()))
            .collect();
        let read: Vec<_> = read.iter().map(|number| number.to_bits()).collect();
        assert_eq!(read, expected);
    }
}

fn bytes_of(numbers: Vec<f64>) -> Bytes {
    struct Owner(Vec<f64>, Vec<u8>);
    impl AsRef<[u8]> for Owner {
        fn as_ref(&self) -> &[u8] {
            let start = self.1.as_ptr().align_offset(8);
            &self.1[start..start + self.0.len() * 8]
        }
    }
    let mut bytes = vec![0; numbers.len() * 8 + 8];
    let start = bytes.as_ptr().align_offset(8);
    bytes[start..start + numbers.len() * 8].copy_from_slice(&plain(&numbers));
    Bytes::from_owner(Owner(numbers, bytes))
}

/// Levels, values, and what they say.
type Case<'a> = (&'a [u8], &'a [u8], &'a [Option<f64>]);

/// NULLs, and levels that say in another way that there are none.
#[test]
fn other_pages_are_decoded() {
    // Eight levels in a byte: 1, 0, 1, 1, 0, 0, 1, 1.
    let some = [0b11, 0b1100_1101];
    let five = plain(&NUMBERS[..5]);
    let [a, b, c, d, e] = [0, 1, 2, 3, 4].map(|at| Some(NUMBERS[at]));
    let with_nulls = [a, None, b, c, None, None, d, e];
    // Two runs of four, and eight in a byte, all 1.
    let (runs, packed) = ([8, 1, 8, 1], [0b11, 0xff]);
    let none = [16, 0];
    let eight = plain(&NUMBERS[..8]);
    let all: Vec<_> = NUMBERS[..8].iter().copied().map(Some).collect();
    let cases: [Case<'_>; 4] = [
        (&some, &five, &with_nulls),
        (&runs, &eight, &all),
        (&packed, &eight, &all),
        (&none, &[], &[None; 8]),
    ];
    for (levels, values, numbers_there) in cases {
        for page in pages(8, Some(levels), values, Encoding::PLAIN) {
            assert_eq!(in_place(&page, true), None);
            let read = numbers(page, &column(true)).unwrap();
            assert_eq!(bits(&read), expected(numbers_there));
        }
    }
}

#[test]
fn a_page_that_is_not_what_its_header_says_is_an_error() {
    let eight = plain(&NUMBERS[..8]);
    let all = one_run_of_ones(9);
    let short = [
        pages(9, None, &eight, Encoding::PLAIN),
        pages(9, Some(&all), &eight, Encoding::PLAIN),
        pages(9, Some(&[]), &eight, Encoding::PLAIN),
        pages(8, None, &eight, Encoding::RLE_DICTIONARY),
        pages(8, None, &eight, Encoding::BYTE_STREAM_SPLIT),
        pages(MOST_VALUES as u32 + 1, None, &eight, Encoding::PLAIN),
        pages(
            u32::MAX,
            Some(&[0xfe, 0xff, 0xff, 0xff, 0x1f, 0]),
            &[],
            Encoding::PLAIN,
        ),
    ];
    let optional = [false, true, true, false, false, false, true];
    for (number, (pages, is_optional)) in short.into_iter().zip(optional).enumerate() {
        for page in pages {
            assert_eq!(in_place(&page, is_optional), None);
            assert!(numbers(page, &column(is_optional)).is_err(), "{number}");
        }
    }
    // Levels that are longer than the page.
    let [first, _] = pages(8, Some(&all), &eight, Encoding::PLAIN);
    let Page::DataPage {
        buf,
        num_values,
        encoding,
        def_level_encoding,
        rep_level_encoding,
        statistics,
    } = first
    else {
        unreachable!("the first is of version 1");
    };
    let mut bytes = buf.to_vec();
    bytes[..4].copy_from_slice(&u32::MAX.to_le_bytes());
    let page = Page::DataPage {
        buf: bytes.into(),
        num_values,
        encoding,
        def_level_encoding,
        rep_level_encoding,
        statistics,
    };
    assert_eq!(in_place(&page, true), None);
    assert!(numbers(page, &column(true)).is_err());
}

/// As the library writes it.
#[test]
fn one_run_is_as_it_is_written() {
    for (rows, run) in [
        (1, vec![2, 1]),
        (63, vec![126, 1]),
        (64, vec![128, 1, 1]),
        (20_000, vec![0xc0, 0xb8, 0x02, 1]),
        (u32::MAX, vec![0xfe, 0xff, 0xff, 0xff, 0x1f, 1]),
    ] {
        assert_eq!(one_run_of_ones(rows), run, "{rows}");
    }
    let read = Float64Array::from(vec![1.0; 3]);
    assert_eq!(read.null_count(), 0);
}
