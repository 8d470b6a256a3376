//! All functions at once, over malformed and random input: no panic and no error; a scalar gives what an array gives;
//! every encoding of text gives the same.
//!
//! `PROPTEST_CASES=100000 cargo test -p tieline-functions properties` makes it a fuzzer.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, BinaryArray, FixedSizeBinaryArray, Float64Array, Int64Array, StringArray,
    TimestampMicrosecondArray, UInt32Array,
};
use arrow::compute::{cast, take};
use arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::ScalarValue;
use datafusion::config::ConfigOptions;
use datafusion::logical_expr::{ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF};
use proptest::prelude::*;
use tieline_functions::{address_field, functions, geometry_field};

const ROWS: usize = 6;

#[derive(Clone, Copy)]
enum Kind {
    Address,
    Cidr,
    Length,
    /// A number that is often one that a distance, a longitude or a latitude can be.
    Metres,
    Moment,
    Number,
    Geometry,
    Wkt,
    Wkb,
}

/// What each function takes. A function that is missing here fails the tests.
fn kinds(name: &str) -> Vec<Kind> {
    match name {
        "ip" | "ip_text" | "ip_family" | "ip_is_special" => vec![Kind::Address],
        "ip_in_cidr" => vec![Kind::Address, Kind::Cidr],
        "ip_in_range" => vec![Kind::Address; 3],
        "ip_network" => vec![Kind::Address, Kind::Length],
        "time_gap" => vec![Kind::Moment; 2],
        "st_point" => vec![Kind::Number; 2],
        "st_geomfromtext" => vec![Kind::Wkt],
        "st_geomfromwkb" => vec![Kind::Wkb],
        "st_contains"
        | "st_within"
        | "st_covers"
        | "st_coveredby"
        | "st_intersects"
        | "st_disjoint"
        | "st_distance"
        | "st_distancespheroid" => vec![Kind::Geometry; 2],
        "st_dwithin" | "st_dwithinspheroid" => vec![Kind::Geometry, Kind::Geometry, Kind::Metres],
        "geofence_relation" => vec![Kind::Geometry, Kind::Metres, Kind::Metres, Kind::Metres],
        "st_area" | "st_asbinary" | "st_astext" | "st_centroid" | "st_envelope" | "st_isvalid" | "st_x"
        | "st_y" => vec![Kind::Geometry],
        other => panic!("{other}: add it to the property tests"),
    }
}

type Argument = (FieldRef, ArrayRef);

fn argument(kind: Kind) -> BoxedStrategy<Argument> {
    match kind {
        Kind::Address => prop_oneof![texts(address_text()), addresses()].boxed(),
        Kind::Cidr => texts(cidr_text()),
        Kind::Length => rows(prop_oneof![4 => 0..=130_i64, 1 => any::<i64>()])
            .prop_map(|values| plain(Arc::new(Int64Array::from(values))))
            .boxed(),
        Kind::Moment => rows(any::<i64>())
            .prop_map(|values| {
                plain(Arc::new(
                    TimestampMicrosecondArray::from(values).with_timezone("UTC"),
                ))
            })
            .boxed(),
        Kind::Metres => {
            rows(prop_oneof![4 => (-2..3_i8).prop_map(f64::from), 2 => 0.0..1e6_f64, 1 => any::<f64>()])
                .prop_map(|values| plain(Arc::new(Float64Array::from(values))))
                .boxed()
        }
        Kind::Number => rows(any::<f64>())
            .prop_map(|values| plain(Arc::new(Float64Array::from(values))))
            .boxed(),
        Kind::Geometry => prop_oneof![texts(damaged(wkt())), geometries(), points()].boxed(),
        Kind::Wkt => texts(damaged(wkt())),
        Kind::Wkb => geometries(),
    }
}

fn plain(array: ArrayRef) -> Argument {
    (Arc::new(Field::new("a", array.data_type().clone(), true)), array)
}

fn rows<T: std::fmt::Debug + Clone>(
    value: impl Strategy<Value = T>,
) -> impl Strategy<Value = Vec<Option<T>>> {
    // Runs of equal values, because geometries are kept over a run.
    prop::collection::vec((prop::option::weighted(0.9, value), 1..3_usize), ROWS).prop_map(|runs| {
        let mut rows: Vec<_> = runs
            .into_iter()
            .flat_map(|(value, times)| vec![value; times])
            .collect();
        rows.truncate(ROWS);
        rows
    })
}

fn texts(text: impl Strategy<Value = String> + 'static) -> BoxedStrategy<Argument> {
    rows(text)
        .prop_map(|values| plain(Arc::new(StringArray::from(values))))
        .boxed()
}

fn addresses() -> BoxedStrategy<Argument> {
    rows(any::<[u8; 16]>())
        .prop_map(|values| {
            let array = FixedSizeBinaryArray::try_from_sparse_iter_with_size(values.into_iter(), 16).unwrap();
            (Arc::new(address_field("a", true)), Arc::new(array) as ArrayRef)
        })
        .boxed()
}

fn points() -> BoxedStrategy<Argument> {
    rows(prop_oneof![(-2..3_i8).prop_map(f64::from), any::<f64>()])
        .prop_map(|values| {
            let lon: ArrayRef = Arc::new(Float64Array::from(values));
            let lat = take(
                &lon,
                &UInt32Array::from((0..ROWS as u32).rev().collect::<Vec<_>>()),
                None,
            )
            .unwrap();
            let point = functions()
                .into_iter()
                .find(|function| function.name() == "st_point")
                .unwrap();
            let (field, value) = invoke(&point, &[column(&plain(lon)), column(&plain(lat))], ROWS);
            (field, value.into_array(ROWS).unwrap())
        })
        .boxed()
}

fn geometries() -> BoxedStrategy<Argument> {
    let bytes = prop_oneof![
        8 => (wkt(), prop::option::weighted(0.3, (any::<prop::sample::Index>(), any::<u8>()))).prop_map(
            |(text, damage)| {
                let mut bytes = as_wkb(&text);
                if let Some((at, value)) = damage.filter(|_| !bytes.is_empty()) {
                    let at = at.index(bytes.len());
                    bytes[at] = value;
                }
                bytes
            }
        ),
        1 => prop::collection::vec(any::<u8>(), 0..40),
    ];
    rows(bytes)
        .prop_map(|values| {
            let array = BinaryArray::from_iter(values);
            (Arc::new(geometry_field("a", true)), Arc::new(array) as ArrayRef)
        })
        .boxed()
}

fn as_wkb(text: &str) -> Vec<u8> {
    let function = functions()
        .into_iter()
        .find(|function| function.name() == "st_asbinary")
        .unwrap();
    let field = Arc::new(Field::new("a", DataType::Utf8, true));
    match invoke(&function, &[(field, ScalarValue::from(text).into())], 1).1 {
        ColumnarValue::Scalar(ScalarValue::Binary(bytes)) => bytes.unwrap_or_default(),
        other => panic!("{other:?}"),
    }
}

fn address_text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<[u8; 4]>().prop_map(|bytes| std::net::Ipv4Addr::from(bytes).to_string()),
        any::<[u8; 16]>().prop_map(|bytes| std::net::Ipv6Addr::from(bytes).to_string()),
        "[0-9a-f:.%/\\[\\] ]{0,20}",
        any::<String>(),
    ]
}

fn cidr_text() -> impl Strategy<Value = String> {
    prop_oneof![
        (any::<u32>(), 0..34_u32).prop_map(|(bits, length)| {
            let network = bits & u32::MAX.checked_shl(32_u32.saturating_sub(length)).unwrap_or(0);
            format!("{}/{length}", std::net::Ipv4Addr::from(network))
        }),
        (address_text(), "/?[0-9]{0,3}").prop_map(|(address, length)| address + &length),
    ]
}

/// A text, now and then cut short or with a character exchanged.
fn damaged(text: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    (
        text,
        prop::option::weighted(0.2, (any::<prop::sample::Index>(), "[ (),.0-9A-Z-]?")),
    )
        .prop_map(|(text, damage)| match damage {
            Some((at, with)) if !text.is_empty() => {
                let at = at.index(text.len());
                format!(
                    "{}{with}{}",
                    &text[..at],
                    if with.is_empty() { "" } else { &text[at + 1..] }
                )
            }
            _ => text,
        })
}

/// Geometries on a grid so coarse that most are degenerate, invalid or touch one another.
fn wkt() -> impl Strategy<Value = String> {
    let position = || (-2..3_i8, -2..3_i8).prop_map(|(x, y)| format!("{x} {y}"));
    let line =
        move || prop::collection::vec(position(), 2..5).prop_map(|line| format!("({})", line.join(", ")));
    let ring = move || {
        prop::collection::vec(position(), 3..6).prop_map(|ring| format!("({}, {})", ring.join(", "), ring[0]))
    };
    let polygon =
        move || prop::collection::vec(ring(), 1..3).prop_map(|rings| format!("({})", rings.join(", ")));
    let several =
        |parts: BoxedStrategy<String>| prop::collection::vec(parts, 1..4).prop_map(|parts| parts.join(", "));
    let simple = prop_oneof![
        3 => position().prop_map(|at| format!("POINT({at})")),
        2 => line().prop_map(|line| format!("LINESTRING{line}")),
        4 => polygon().prop_map(|polygon| format!("POLYGON{polygon}")),
        1 => several(position().boxed()).prop_map(|points| format!("MULTIPOINT({points})")),
        1 => several(line().boxed()).prop_map(|lines| format!("MULTILINESTRING({lines})")),
        2 => several(polygon().boxed()).prop_map(|polygons| format!("MULTIPOLYGON({polygons})")),
        1 => prop::sample::select(vec!["POINT", "LINESTRING", "POLYGON", "MULTIPOLYGON", "GEOMETRYCOLLECTION"])
            .prop_map(|name| format!("{name} EMPTY")),
    ]
    .boxed();
    prop_oneof![
        9 => simple.clone(),
        1 => prop::collection::vec(simple, 1..4)
            .prop_map(|members| format!("GEOMETRYCOLLECTION({})", members.join(", "))),
    ]
}

type Value = (FieldRef, ColumnarValue);

fn column((field, array): &Argument) -> Value {
    (Arc::clone(field), Arc::clone(array).into())
}

fn scalar((field, array): &Argument, row: usize) -> Value {
    (
        Arc::clone(field),
        ScalarValue::try_from_array(array, row).unwrap().into(),
    )
}

fn invoke(function: &ScalarUDF, values: &[Value], rows: usize) -> (FieldRef, ColumnarValue) {
    let (arg_fields, args): (Vec<_>, Vec<_>) = values.iter().cloned().unzip();
    let planned = ReturnFieldArgs {
        arg_fields: &arg_fields,
        scalar_arguments: &vec![None; args.len()],
    };
    let return_field = function.return_field_from_args(planned).unwrap();
    let call = ScalarFunctionArgs {
        args,
        arg_fields,
        number_rows: rows,
        return_field: Arc::clone(&return_field),
        config_options: Arc::new(ConfigOptions::new()),
    };
    (return_field, function.invoke_with_args(call).unwrap())
}

fn evaluated(function: &ScalarUDF, values: &[Value]) -> ArrayRef {
    let (_, result) = invoke(function, values, ROWS);
    let array = result.into_array(ROWS).unwrap();
    assert_eq!(array.len(), ROWS, "{}", function.name());
    array
}

fn assert_same(function: &ScalarUDF, left: &ArrayRef, right: &ArrayRef, what: &str) {
    assert!(left == right, "{}: {what}\n{left:?}\n{right:?}", function.name());
}

fn check(function: &ScalarUDF, arguments: &[Argument]) {
    let columns: Vec<Value> = arguments.iter().map(column).collect();
    let whole = evaluated(function, &columns);
    for row in 0..ROWS {
        let scalars: Vec<Value> = arguments.iter().map(|argument| scalar(argument, row)).collect();
        let (_, single) = invoke(function, &scalars, ROWS);
        assert!(
            matches!(single, ColumnarValue::Scalar(_)),
            "{}: scalars give an array",
            function.name()
        );
        assert_same(
            function,
            &single.into_array(1).unwrap(),
            &whole.slice(row, 1),
            "scalars and arrays differ",
        );
    }
    for constant in 0..arguments.len() {
        let (field, array) = &arguments[constant];
        let repeated = take(array, &UInt32Array::from(vec![0; ROWS]), None).unwrap();
        let mut mixed = columns.clone();
        mixed[constant] = (Arc::clone(field), repeated.into());
        let expected = evaluated(function, &mixed);
        mixed[constant] = scalar(&arguments[constant], 0);
        let actual = evaluated(function, &mixed);
        assert_same(function, &actual, &expected, "a scalar among arrays differs");
    }
    let encodings = [
        DataType::LargeUtf8,
        DataType::Utf8View,
        DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8)),
    ];
    for encoding in encodings {
        let encoded: Vec<Argument> = arguments
            .iter()
            .map(|argument| match argument.1.data_type() {
                DataType::Utf8 => plain(cast(&argument.1, &encoding).unwrap()),
                _ => argument.clone(),
            })
            .collect();
        let columns: Vec<Value> = encoded.iter().map(column).collect();
        assert_same(
            function,
            &evaluated(function, &columns),
            &whole,
            &format!("{encoding} differs"),
        );
        let scalars: Vec<Value> = encoded.iter().map(|argument| scalar(argument, 0)).collect();
        let (_, single) = invoke(function, &scalars, ROWS);
        assert_same(
            function,
            &single.into_array(1).unwrap(),
            &whole.slice(0, 1),
            "an encoded scalar differs",
        );
    }
}

/// Fewer than usual: one case calls every function some thirty times.
fn config() -> ProptestConfig {
    let asked = std::env::var_os("PROPTEST_CASES").is_some();
    let usual = ProptestConfig::default();
    ProptestConfig {
        cases: if asked { usual.cases } else { 64 },
        failure_persistence: None,
        ..usual
    }
}

proptest! {
    #![proptest_config(config())]
    #[test]
    fn no_input_fails_and_every_encoding_gives_the_same(
        calls in functions()
            .into_iter()
            .map(|function| kinds(function.name()).into_iter().map(argument).collect::<Vec<_>>())
            .collect::<Vec<_>>()
    ) {
        for (function, arguments) in functions().iter().zip(&calls) {
            check(function, arguments);
        }
    }
}

#[test]
fn null_in_is_null_out() {
    for function in functions() {
        let nulls: Vec<Value> = kinds(function.name())
            .into_iter()
            .map(|kind| match kind {
                // Coerced by DataFusion before the function sees it.
                Kind::Number => (
                    Arc::new(Field::new("a", DataType::Float64, true)),
                    ScalarValue::Float64(None).into(),
                ),
                _ => (
                    Arc::new(Field::new("a", DataType::Null, true)),
                    ScalarValue::Null.into(),
                ),
            })
            .collect();
        let array = evaluated(&function, &nulls);
        assert_eq!(array.logical_null_count(), ROWS, "{}", function.name());
    }
}
