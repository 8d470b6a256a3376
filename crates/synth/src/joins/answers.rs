//! The right answers, by sorting, prefix sums and exact arithmetic.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::fence_grid::FenceGrid;
use super::observation::Observation;
use super::prefixes::Prefix;
use super::report_address::ReportAddress;

/// The half widths of the bands, in milliseconds, by the names of their questions.
const BANDS: [(&str, i64); 3] = [
    ("bands_5min", 300_000),
    ("bands_hour", 3_600_000),
    ("bands_day", DAY_MS),
];
const DAY_MS: i64 = 86_400_000;

/// What the checksum of the ranges is taken modulo.
const EVENT_MODULUS: i64 = 1_009;

/// What every observation is compared with.
#[derive(Debug)]
pub(super) struct Questions {
    addresses: SortedAddresses,
    few: FenceGrid,
    many: FenceGrid,
    most: FenceGrid,
}

/// Addresses of reports by address and time.
#[derive(Debug)]
struct SortedAddresses {
    /// Address, milliseconds, event, report.
    rows: Vec<(u128, i64, u64, i64)>,
    /// The sums of the milliseconds before each position.
    sums_ms: Vec<i128>,
    /// Where the addresses with each value of their high bits begin: 2^16 of them, by the 28 bits that IPv4 has.
    directory: Vec<u32>,
}

const DIRECTORY_BITS: u32 = 16;

/// The part of an address that the directory goes by: ascending with the address among IPv4, and 0 or the last elsewhere.
fn slot(address: u128) -> usize {
    let v4 = 0xffff_f000_0000_u128;
    let offset = address.saturating_sub(v4) >> (super::addresses::V4_FREE_BITS - DIRECTORY_BITS);
    (offset.min((1 << DIRECTORY_BITS) - 1)) as usize
}

impl SortedAddresses {
    fn new(rows: impl Iterator<Item = ReportAddress>) -> Self {
        let rows = rows.enumerate();
        let mut rows: Vec<_> = rows
            .map(|(event, row)| (row.address, row.at_ms, event as u64, row.report))
            .collect();
        rows.sort_unstable();
        let mut sums_ms = Vec::with_capacity(rows.len() + 1);
        let mut sum = 0;
        sums_ms.push(0);
        for (_, at_ms, _, _) in &rows {
            sum += i128::from(*at_ms);
            sums_ms.push(sum);
        }
        let mut directory = vec![0u32; (1 << DIRECTORY_BITS) + 1];
        rows.iter()
            .for_each(|(address, ..)| directory[slot(*address) + 1] += 1);
        for slot in 0..1 << DIRECTORY_BITS {
            directory[slot + 1] += directory[slot];
        }
        Self {
            rows,
            sums_ms,
            directory,
        }
    }

    /// The rows of an address, as positions.
    fn of(&self, address: u128) -> std::ops::Range<usize> {
        let slot = slot(address);
        let (start, end) = (self.directory[slot] as usize, self.directory[slot + 1] as usize);
        let rows = &self.rows[start..end];
        let first = start + rows.partition_point(|row| row.0 < address);
        let count = self.rows[first..end].partition_point(|row| row.0 == address);
        first..first + count
    }

    /// Those of `range`, which is of one address, from one moment to another, both included.
    fn within(&self, range: &std::ops::Range<usize>, from_ms: i64, to_ms: i64) -> std::ops::Range<usize> {
        let rows = &self.rows[range.clone()];
        let start = rows.partition_point(|row| row.1 < from_ms);
        let end = rows.partition_point(|row| row.1 <= to_ms);
        range.start + start..range.start + end
    }
}

/// What some of the observations add to the answers.
#[derive(Debug, Clone)]
pub(super) struct Tally {
    observations: u64,
    sum_lat: f64,
    sum_lon: f64,
    /// Pairs, and the sum of their gaps.
    bands: [(u64, i128); BANDS.len()],
    few: Vec<u64>,
    many: Vec<u64>,
    most: Vec<u64>,
    /// Fence, report, device of each pair of the nexus.
    nexus: Vec<(u32, i64, i64)>,
}

impl Questions {
    pub(super) fn new(report_addresses: impl Iterator<Item = ReportAddress>, fences: [FenceGrid; 3]) -> Self {
        let [few, many, most] = fences;
        Self {
            addresses: SortedAddresses::new(report_addresses),
            few,
            many,
            most,
        }
    }

    pub(super) fn tally(&self) -> Tally {
        Tally {
            observations: 0,
            sum_lat: 0.0,
            sum_lon: 0.0,
            bands: Default::default(),
            few: vec![0; self.few.fences().len()],
            many: vec![0; self.many.fences().len()],
            most: vec![0; self.most.fences().len()],
            nexus: Vec::new(),
        }
    }

    /// Adds one observation.
    pub(super) fn count(&self, observation: &Observation, tally: &mut Tally) {
        let Observation { lon, lat, .. } = *observation;
        tally.observations += 1;
        tally.sum_lat += lat;
        tally.sum_lon += lon;
        self.many
            .containing(lon, lat)
            .for_each(|fence| tally.many[fence] += 1);
        self.most
            .containing(lon, lat)
            .for_each(|fence| tally.most[fence] += 1);
        let same = self.addresses.of(observation.address);
        let at_ms = observation.at_ms;
        if !same.is_empty() {
            for ((_, width_ms), (pairs, gaps_ms)) in BANDS.iter().zip(&mut tally.bands) {
                let rows = self.addresses.within(&same, at_ms - width_ms, at_ms + width_ms);
                *pairs += rows.len() as u64;
                let sum_ms = self.addresses.sums_ms[rows.end] - self.addresses.sums_ms[rows.start];
                *gaps_ms += i128::from(at_ms) * rows.len() as i128 - sum_ms;
            }
        }
        for fence in self.few.containing(lon, lat) {
            tally.few[fence] += 1;
            let rows = self.addresses.within(&same, at_ms - DAY_MS, at_ms + DAY_MS);
            let pairs = self.addresses.rows[rows].iter();
            tally
                .nexus
                .extend(pairs.map(|(_, _, _, report)| (fence as u32, *report, observation.device)));
        }
    }

    /// All answers, from what the whole table adds.
    pub(super) fn answers(&self, prefixes: &[Prefix], total: Tally) -> Value {
        let mut answers = Map::new();
        answers.insert("ranges".to_owned(), self.ranges(prefixes));
        let few = total.few.iter().enumerate().filter(|(_, count)| **count > 0);
        answers.insert(
            "fences_few".to_owned(),
            few.map(|(fence, count)| json!([fence, count])).collect(),
        );
        answers.insert("fences_many".to_owned(), summed(&total.many));
        answers.insert("fences_most".to_owned(), summed(&total.most));
        for ((name, _), (pairs, gaps_ms)) in BANDS.iter().zip(&total.bands) {
            // At most a day times the pairs: far from the end of 64 bits.
            answers.insert((*name).to_owned(), json!([[pairs, *gaps_ms as i64]]));
        }
        answers.insert("nexus".to_owned(), nexus(&total.nexus));
        let addresses = self.addresses.rows.len();
        let scans = json!({
            "ranges": [[addresses, prefixes.len()]],
            "fences": [[total.sum_lat, total.sum_lon]],
            "bands": [[total.observations, addresses]],
            "nexus": [[total.sum_lat, total.sum_lon, total.observations, addresses]],
        });
        json!({"format": 1, "answers": answers, "scans": scans})
    }

    /// Every prefix is two binary searches among the addresses.
    fn ranges(&self, prefixes: &[Prefix]) -> Value {
        let rows = &self.addresses.rows;
        let mut sums = Vec::with_capacity(rows.len() + 1);
        let mut sum = 0i64;
        sums.push(0);
        for (_, _, event, _) in rows {
            sum += *event as i64 % EVENT_MODULUS;
            sums.push(sum);
        }
        let (mut matches, mut checksum) = (0u64, 0i64);
        for (id, prefix) in prefixes.iter().enumerate() {
            let start = rows.partition_point(|row| row.0 < prefix.first);
            let end = rows.partition_point(|row| row.0 <= prefix.last);
            matches += (end - start) as u64;
            checksum += id as i64 * (sums[end] - sums[start]);
        }
        json!([[matches, checksum]])
    }
}

impl Tally {
    pub(super) fn add(&mut self, other: Self) {
        self.observations += other.observations;
        self.sum_lat += other.sum_lat;
        self.sum_lon += other.sum_lon;
        for ((pairs, gaps_ms), (more_pairs, more_gaps_ms)) in self.bands.iter_mut().zip(other.bands) {
            *pairs += more_pairs;
            *gaps_ms += more_gaps_ms;
        }
        for (counts, more) in [
            (&mut self.few, other.few),
            (&mut self.many, other.many),
            (&mut self.most, other.most),
        ] {
            counts
                .iter_mut()
                .zip(more)
                .for_each(|(count, more)| *count += more);
        }
        self.nexus.extend(other.nexus);
    }
}

/// Fences with a match, their matches, and two sums that tell which fence had how many.
fn summed(counts: &[u64]) -> Value {
    let matched = counts.iter().filter(|count| **count > 0).count();
    let sum: u64 = counts.iter().sum();
    let by_fence: u64 = counts
        .iter()
        .enumerate()
        .map(|(fence, count)| fence as u64 * count)
        .sum();
    let squares: u64 = counts.iter().map(|count| count * count).sum();
    json!([[matched, sum, by_fence, squares]])
}

/// Pairs, distinct reports and distinct devices of each fence.
fn nexus(pairs: &[(u32, i64, i64)]) -> Value {
    let mut fences: BTreeMap<u32, (u64, BTreeSet<i64>, BTreeSet<i64>)> = BTreeMap::new();
    for (fence, report, device) in pairs {
        let (count, reports, devices) = fences.entry(*fence).or_default();
        *count += 1;
        reports.insert(*report);
        devices.insert(*device);
    }
    let rows = fences
        .iter()
        .map(|(fence, (count, reports, devices))| json!([fence, count, reports.len(), devices.len()]));
    rows.collect()
}
