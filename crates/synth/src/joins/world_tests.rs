use std::fs::File;

use arrow::array::{Array, AsArray, FixedSizeBinaryArray};
use arrow::compute::concat_batches;
use arrow::datatypes::{Float64Type, Int64Type, TimestampMicrosecondType, UInt32Type};
use arrow::row::{RowConverter, SortField};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::{Compression, ZstdLevel};
use serde_json::{Value, json};

use super::super::fence::Fence;
use super::super::options::{Codec, Order};
use super::*;

type Anything = Box<dyn std::error::Error>;

fn options() -> JoinsOptions {
    JoinsOptions {
        seed: 11,
        scale: 0.0003,
        inside: 0.3,
        ..JoinsOptions::default()
    }
}

fn read(folder: &Path, stem: &str) -> Result<RecordBatch, Anything> {
    let file = File::open(folder.join(format!("{stem}.parquet")))?;
    let reader = ParquetRecordBatchReaderBuilder::try_new(file)?.build()?;
    let batches = reader.collect::<Result<Vec<_>, _>>()?;
    Ok(concat_batches(&batches[0].schema(), &batches)?)
}

fn integers(batch: &RecordBatch, name: &str) -> Vec<i64> {
    let column = batch
        .column_by_name(name)
        .map(|column| column.as_primitive::<Int64Type>().values().to_vec());
    column.unwrap_or_default()
}

fn floats(batch: &RecordBatch, name: &str) -> Vec<f64> {
    let column = batch
        .column_by_name(name)
        .map(|column| column.as_primitive::<Float64Type>().values().to_vec());
    column.unwrap_or_default()
}

fn moments_us(batch: &RecordBatch) -> Vec<i64> {
    let column = batch.column_by_name("observed_at");
    column.map_or_else(Vec::new, |column| {
        column
            .as_primitive::<TimestampMicrosecondType>()
            .values()
            .to_vec()
    })
}

fn addresses(batch: &RecordBatch, name: &str) -> Vec<u128> {
    let numbers = |array: &FixedSizeBinaryArray| {
        let bytes = (0..array.len()).map(|row| <[u8; 16]>::try_from(array.value(row)).unwrap_or_default());
        bytes.map(u128::from_be_bytes).collect()
    };
    batch
        .column_by_name(name)
        .map_or_else(Vec::new, |column| numbers(column.as_fixed_size_binary()))
}

/// The polygons of a file, from their bytes.
fn fences(batch: &RecordBatch) -> Vec<Fence> {
    let geometries = batch
        .column_by_name("geometry")
        .map(|column| column.as_binary::<i32>().clone());
    let number = |bytes: &[u8]| f64::from_le_bytes(bytes.try_into().unwrap_or_default());
    let fence = |wkb: &[u8]| {
        let ring: Vec<_> = wkb[13..]
            .chunks(16)
            .map(|point| (number(&point[..8]), number(&point[8..])))
            .collect();
        Fence {
            ring,
            bounds: [f64::MIN, f64::MIN, f64::MAX, f64::MAX],
        }
    };
    geometries
        .into_iter()
        .flat_map(|column| {
            (0..column.len())
                .map(|row| fence(column.value(row)))
                .collect::<Vec<_>>()
        })
        .collect()
}

fn naive_ranges(a_ip: &[u128], p: &RecordBatch) -> Value {
    let (first, last) = (addresses(p, "first_ip"), addresses(p, "last_ip"));
    let (mut matches, mut checksum) = (0, 0);
    for (event, ip) in a_ip.iter().enumerate() {
        for prefix in (0..first.len()).filter(|prefix| first[*prefix] <= *ip && *ip <= last[*prefix]) {
            matches += 1;
            checksum += prefix as i64 * (event as i64 % 1_009);
        }
    }
    json!([[matches, checksum]])
}

/// `[[pairs, sum of the gaps in milliseconds]]` of the same address within so many microseconds.
fn naive_bands(o: (&[u128], &[i64]), a: (&[u128], &[i64]), width_us: i64) -> Value {
    let (mut pairs, mut gaps) = (0, 0);
    for row in 0..o.0.len() {
        for event in (0..a.0.len()).filter(|event| a.0[*event] == o.0[row]) {
            let gap_us = o.1[row] - a.1[event];
            if gap_us.abs() <= width_us {
                pairs += 1;
                gaps += gap_us / 1_000;
            }
        }
    }
    json!([[pairs, gaps]])
}

/// The rows inside each fence.
fn naive_rows(fences: &[Fence], lon: &[f64], lat: &[f64]) -> Vec<Vec<usize>> {
    let inside = |fence: &Fence| {
        (0..lat.len())
            .filter(|row| fence.contains(lon[*row], lat[*row]))
            .collect()
    };
    fences.iter().map(inside).collect()
}

fn naive_counts(rows: &[Vec<usize>]) -> Value {
    let counted = rows.iter().enumerate().filter(|(_, rows)| !rows.is_empty());
    counted.map(|(fence, rows)| json!([fence, rows.len()])).collect()
}

/// `[[fences with a row, pairs, sum of fence × rows, sum of squared rows]]`.
fn naive_sums(rows: &[Vec<usize>]) -> Value {
    let counts: Vec<_> = rows.iter().map(|rows| rows.len() as u64).collect();
    let matched = counts.iter().filter(|count| **count > 0).count();
    let by_fence: u64 = counts
        .iter()
        .enumerate()
        .map(|(fence, count)| fence as u64 * count)
        .sum();
    let squares: u64 = counts.iter().map(|count| count * count).sum();
    json!([[matched, counts.iter().sum::<u64>(), by_fence, squares]])
}

fn distinct(values: impl Iterator<Item = i64>) -> usize {
    values.collect::<std::collections::BTreeSet<_>>().len()
}

/// The answers by comparing everything with everything.
fn naive(folder: &Path) -> Result<Value, Anything> {
    let (o, a, p) = (
        read(folder, "observations")?,
        read(folder, "report_addresses")?,
        read(folder, "prefixes")?,
    );
    let (o_ip, o_us, device) = (addresses(&o, "ip"), moments_us(&o), integers(&o, "device_id"));
    let (a_ip, a_us, report) = (addresses(&a, "ip"), moments_us(&a), integers(&a, "report_id"));
    let (lat, lon) = (floats(&o, "lat"), floats(&o, "lon"));
    let mut answers = serde_json::Map::new();
    answers.insert("ranges".into(), naive_ranges(&a_ip, &p));
    for (name, width_us) in [
        ("bands_5min", 300_000_000),
        ("bands_hour", 3_600_000_000),
        ("bands_day", 86_400_000_000_i64),
    ] {
        answers.insert(name.into(), naive_bands((&o_ip, &o_us), (&a_ip, &a_us), width_us));
    }
    for stem in ["fences_many", "fences_most"] {
        let rows = naive_rows(&fences(&read(folder, stem)?), &lon, &lat);
        answers.insert(stem.into(), naive_sums(&rows));
    }
    let rows = naive_rows(&fences(&read(folder, "fences_few")?), &lon, &lat);
    answers.insert("fences_few".into(), naive_counts(&rows));
    let mut nexus = Vec::new();
    for (fence, rows) in rows.iter().enumerate() {
        let near = |row: usize, event: usize| {
            o_ip[row] == a_ip[event] && (o_us[row] - a_us[event]).abs() <= 86_400_000_000
        };
        let pairs: Vec<_> = rows
            .iter()
            .flat_map(|row| (0..a_ip.len()).map(move |event| (*row, event)))
            .filter(|(row, event)| near(*row, *event))
            .collect();
        let reports = distinct(pairs.iter().map(|(_, event)| report[*event]));
        let devices = distinct(pairs.iter().map(|(row, _)| device[*row]));
        if !pairs.is_empty() {
            nexus.push(json!([fence, pairs.len(), reports, devices]));
        }
    }
    answers.insert("nexus".into(), nexus.into());
    Ok(answers.into())
}

fn made(options: &JoinsOptions, threads: usize) -> Result<(tempfile::TempDir, JoinsSummary), Anything> {
    let folder = tempfile::tempdir()?;
    let summary = write_joins_world(options, threads, folder.path())?;
    Ok((folder, summary))
}

fn answers(folder: &Path) -> Result<Value, Anything> {
    let all: Value = serde_json::from_slice(&fs::read(folder.join("answers.json"))?)?;
    Ok(all["answers"].clone())
}

#[test]
fn the_answers_are_those_of_comparing_everything_with_everything() -> Result<(), Anything> {
    let variants = [
        options(),
        JoinsOptions {
            skew: 0.2,
            crowded_addresses: 3,
            ..options()
        },
        JoinsOptions {
            ipv6_share: 0.4,
            order: Order::Address,
            ..options()
        },
        JoinsOptions {
            overlap: 0.0,
            order: Order::Place,
            ..options()
        },
        JoinsOptions {
            overlap: 1.0,
            order: Order::Time,
            seed: 12,
            ..options()
        },
    ];
    for options in variants {
        let (folder, _) = made(&options, 2)?;
        let answers = answers(folder.path())?;
        assert_eq!(answers, naive(folder.path())?, "{options:?}");
        assert_ne!(answers["bands_5min"][0][0], 0, "{options:?}");
        assert_ne!(answers["nexus"], json!([]), "{options:?}");
    }
    Ok(())
}

#[test]
fn the_ranges_are_those_of_comparing_every_address_with_every_prefix() -> Result<(), Anything> {
    for ipv6_share in [0.0, 0.5] {
        let (folder, _) = made(
            &JoinsOptions {
                scale: 0.005,
                ipv6_share,
                ..options()
            },
            2,
        )?;
        let ips = addresses(&read(folder.path(), "report_addresses")?, "ip");
        let ranges = &answers(folder.path())?["ranges"];
        assert_eq!(*ranges, naive_ranges(&ips, &read(folder.path(), "prefixes")?));
        assert!(ranges[0][0].as_u64() > Some(100), "{ranges}");
    }
    Ok(())
}

#[test]
fn the_same_options_give_the_same_bytes_with_any_number_of_threads() -> Result<(), Anything> {
    // More than two row groups.
    let options = JoinsOptions {
        scale: 0.12,
        ..options()
    };
    let ((one, summary), (three, other)) = (made(&options, 1)?, made(&options, 3)?);
    assert_eq!(summary, other);
    for entry in fs::read_dir(one.path())? {
        let name = entry?.file_name();
        assert!(
            fs::read(one.path().join(&name))? == fs::read(three.path().join(&name))?,
            "{name:?}"
        );
    }
    Ok(())
}

#[test]
fn a_codec_changes_the_bytes_of_all_columns_and_nothing_else() -> Result<(), Anything> {
    let (usual, _) = made(&options(), 1)?;
    for (codec, wanted) in [
        (Codec::Snappy, Compression::SNAPPY),
        (Codec::Lz4, Compression::LZ4_RAW),
        // A file does not say of what level.
        (Codec::Zstd, Compression::ZSTD(ZstdLevel::default())),
    ] {
        let (folder, summary) = made(&JoinsOptions { codec, ..options() }, 1)?;
        for stem in summary.rows.keys() {
            assert_eq!(read(folder.path(), stem)?, read(usual.path(), stem)?, "{stem}");
            let file = File::open(folder.path().join(format!("{stem}.parquet")))?;
            let reader = ParquetRecordBatchReaderBuilder::try_new(file)?;
            for group in reader.metadata().row_groups() {
                let mut codecs = group.columns().iter().map(|column| column.compression());
                assert!(codecs.all(|codec| codec == wanted), "{stem}: {wanted}");
                // What LZ4 makes hardly smaller is stored as it is; the others compress all.
                let sizes = |name: &str| {
                    let columns = group.columns().iter();
                    let mut columns = columns.filter(|column| column.column_path().string() == name);
                    columns
                        .next()
                        .map(|column| (column.compressed_size(), column.uncompressed_size()))
                };
                let as_it_is = sizes("lat").map(|(stored, expanded)| stored == expanded);
                let expected = (stem == "observations").then_some(codec == Codec::Lz4);
                assert_eq!(as_it_is, expected, "{stem}: {wanted}");
                let smaller = sizes("ip").is_none_or(|(stored, expanded)| stored < expanded);
                assert!(smaller, "{stem}: {wanted}");
            }
        }
        assert_eq!(
            fs::read(folder.path().join("answers.json"))?,
            fs::read(usual.path().join("answers.json"))?
        );
    }
    Ok(())
}

#[test]
fn both_sides_of_a_band_are_in_the_order_of_the_world_and_say_so() -> Result<(), Anything> {
    for (order, by) in [
        (Order::Random, &[][..]),
        (Order::Place, &[]),
        (Order::Time, &["observed_at"]),
        (Order::Address, &["ip", "observed_at"]),
    ] {
        let (folder, _) = made(&JoinsOptions { order, ..options() }, 2)?;
        for stem in ["observations", "report_addresses"] {
            let rows = read(folder.path(), stem)?;
            let fields = by.iter().map(|name| rows.schema().field_with_name(name).cloned());
            let fields = fields.map(|field| Ok(SortField::new(field?.data_type().clone())));
            let columns: Vec<_> = by
                .iter()
                .filter_map(|name| rows.column_by_name(name).cloned())
                .collect();
            if !by.is_empty() {
                let keys =
                    RowConverter::new(fields.collect::<Result<_, Anything>>()?)?.convert_columns(&columns)?;
                assert!(keys.iter().is_sorted(), "{stem} by {order}");
            }
            let file = File::open(folder.path().join(format!("{stem}.parquet")))?;
            let reader = ParquetRecordBatchReaderBuilder::try_new(file)?;
            for group in reader.metadata().row_groups() {
                let said = group.sorting_columns().into_iter().flatten();
                let said = said.map(|column| rows.schema().field(column.column_idx as usize).name().clone());
                assert_eq!(said.collect::<Vec<_>>(), by, "{stem} by {order}");
            }
        }
    }
    Ok(())
}

#[test]
fn orders_and_codecs_are_called_the_same_on_the_command_line_and_in_the_world() -> Result<(), Anything> {
    for (name, order) in [
        ("random", Order::Random),
        ("time", Order::Time),
        ("address", Order::Address),
        ("place", Order::Place),
    ] {
        assert_eq!((name.parse(), order.to_string()), (Ok(order), name.to_owned()));
        assert_eq!(serde_json::to_value(order)?, name);
    }
    for (name, codec) in [
        ("snappy", Codec::Snappy),
        ("lz4", Codec::Lz4),
        ("zstd", Codec::Zstd),
    ] {
        assert_eq!((name.parse(), codec.to_string()), (Ok(codec), name.to_owned()));
        assert_eq!(serde_json::to_value(codec)?, name);
    }
    assert!("gzip".parse::<Codec>().is_err());
    Ok(())
}

#[test]
fn a_world_of_before_there_was_a_choice_is_snappy_and_has_3_170_000_report_addresses() -> Result<(), Anything>
{
    let before_there_was_a_choice = JoinsOptions {
        codec: Codec::Snappy,
        ..options()
    };
    let mut json = serde_json::to_value(&before_there_was_a_choice)?;
    for (name, before) in [("codec", json!("snappy")), ("report_addresses", json!(3_170_000))] {
        let said = json.as_object_mut().and_then(|fields| fields.remove(name));
        assert_eq!(said, Some(before));
    }
    assert_eq!(
        serde_json::from_value::<JoinsOptions>(json)?,
        before_there_was_a_choice
    );
    Ok(())
}

#[test]
fn knobs_do_what_they_say() -> Result<(), Anything> {
    let options = JoinsOptions {
        scale: 0.01,
        report_addresses: 4_000_000,
        skew: 0.1,
        crowded_addresses: 5,
        ipv6_share: 0.25,
        order: Order::Address,
        ..options()
    };
    let (folder, summary) = made(&options, 2)?;
    assert_eq!(
        (
            summary.rows["observations"],
            summary.rows["report_addresses"],
            summary.rows["prefixes"]
        ),
        (200_000, 40_000, 4_000)
    );
    let observations = read(folder.path(), "observations")?;
    let ips = addresses(&observations, "ip");
    assert!(ips.is_sorted());
    assert_eq!(
        integers(&observations, "observation_id"),
        (0..200_000).collect::<Vec<_>>()
    );
    let mut counts: BTreeMap<u128, usize> = BTreeMap::new();
    ips.iter().for_each(|ip| *counts.entry(*ip).or_default() += 1);
    let mut counts: Vec<_> = counts.into_values().collect();
    counts.sort_unstable_by(|one, other| other.cmp(one));
    let crowded: usize = counts[..5].iter().sum();
    assert!(crowded.abs_diff(20_000) < 1_000 && counts[5] < 50, "{crowded}");
    let v4 = observations
        .column_by_name("ipv4")
        .map(|column| column.as_primitive::<UInt32Type>().clone());
    // Families are drawn by address: the crowded ones weigh.
    let v6 = v4.iter().map(Array::null_count).sum::<usize>() as f64 / 200_000.0;
    assert!((0.2..0.4).contains(&v6), "{v6}");
    let inside: u64 = answers(folder.path())?["fences_few"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|row| row[1].as_u64())
        .sum();
    assert!((58_000..62_000).contains(&inside), "{inside}");
    let time = JoinsOptions {
        order: Order::Time,
        ..options
    };
    let (folder, _) = made(&time, 1)?;
    assert!(moments_us(&read(folder.path(), "observations")?).is_sorted());
    Ok(())
}

#[test]
fn prefixes_nest_repeat_and_touch() {
    let prefixes = prefixes(&JoinsOptions {
        scale: 0.05,
        ..options()
    });
    let mut ranges: Vec<_> = prefixes
        .iter()
        .map(|prefix| (prefix.first, prefix.last))
        .collect();
    ranges.sort_unstable();
    let pairs = || ranges.windows(2);
    assert!(pairs().any(|pair| pair[0] == pair[1]));
    assert!(pairs().any(|pair| pair[0].1 + 1 == pair[1].0));
    let nested = pairs().filter(|pair| pair[1].1 <= pair[0].1).count();
    assert!(nested > ranges.len() / 4, "{nested} of {}", ranges.len());
    assert!(prefixes.iter().all(|prefix| (8..=28).contains(&prefix.length)));
    assert!(
        prefixes
            .iter()
            .all(|prefix| prefix.last - prefix.first + 1 == 1 << (32 - prefix.length))
    );
}

#[test]
fn what_cannot_be_is_refused_and_leaves_nothing() -> Result<(), Anything> {
    let folder = tempfile::tempdir()?;
    for options in [
        JoinsOptions {
            scale: 0.0,
            ..options()
        },
        JoinsOptions {
            scale: f64::NAN,
            ..options()
        },
        JoinsOptions {
            skew: 1.5,
            ..options()
        },
        JoinsOptions {
            crowded_addresses: 0,
            ..options()
        },
        JoinsOptions {
            report_addresses: 0,
            ..options()
        },
    ] {
        assert!(
            matches!(
                write_joins_world(&options, 1, folder.path()),
                Err(Error::Invalid(_))
            ),
            "{options:?}"
        );
    }
    assert_eq!(fs::read_dir(folder.path())?.count(), 0);
    fs::write(folder.path().join("something"), "")?;
    assert!(matches!(
        write_joins_world(&options(), 1, folder.path()),
        Err(Error::NotEmpty { .. })
    ));
    Ok(())
}
