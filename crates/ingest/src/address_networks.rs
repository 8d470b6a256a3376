//! The sources of `networks` merged, and the ranges that a case declares routable.

use std::collections::BTreeMap;

use arrow::array::{Array, AsArray, FixedSizeBinaryArray, Int64Array, RecordBatch, StringArray};
use arrow::compute::{cast, concat_batches};
use arrow::datatypes::{Int64Type, TimestampMicrosecondType};
use arrow::error::ArrowError;
use tieline_index::{Address, Cell, Row, overlay};

use crate::error::Error;
use crate::kind::Layout;
use crate::schema::Table;
use crate::table_rows::{TableRows, Value};

/// The order in which sources are asked for a value: by layout, then by name.
const PRECEDENCE: [Layout; 3] = [Layout::CidrList, Layout::Geolite2Asn, Layout::RirDelegated];

/// Merges the sources of `networks` into `address_networks`: one row per address and moment.
///
/// Each column is taken from the first source that has a value for it, in the order `cidr-list`, `geolite2-asn`,
/// `rir-delegated` and then by name. Where one source has two rows for an address and moment, as after two deliveries
/// without dates, the one counts that begins to hold later, or else comes later by file, row and then its values. The
/// order of the batches and of the rows in them does not matter.
///
/// # Errors
/// Where a batch has not the columns of `networks`.
pub fn address_networks(networks: &[RecordBatch]) -> Result<RecordBatch, Error> {
    let networks = Columns::new(networks).map_err(Error::schema(Table::Networks))?;
    let sources = networks.sources();
    let layers: Vec<Vec<Row>> = sources
        .iter()
        .map(|(_, rows)| rows.iter().map(|row| networks.range(*row)).collect())
        .collect();
    let mut merged = TableRows::new(Table::AddressNetworks);
    for cell in overlay(&layers) {
        networks.push_merged(&mut merged, &sources, &cell)?;
    }
    merged.take_batch()
}

/// A range of addresses that a case's settings declare routable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoutableRange {
    /// The first address.
    pub first: Address,
    /// The last address, included.
    pub last: Address,
    /// The prefix that the settings name.
    pub source_prefix: String,
}

/// The rows of `routable_ranges`.
///
/// # Errors
/// Where the rows do not fit the schema, which no range causes.
pub fn routable_ranges(ranges: &[RoutableRange]) -> Result<RecordBatch, Error> {
    let mut rows = TableRows::new(Table::RoutableRanges);
    for RoutableRange {
        first,
        last,
        source_prefix,
    } in ranges
    {
        rows.push(&[
            Value::Address(*first),
            Value::Address(*last),
            Value::Text(source_prefix),
        ])?;
    }
    rows.take_batch()
}

/// A source's name and the positions of its rows.
type Source<'a> = (&'a str, Vec<usize>);

/// The columns of `networks` that the merge reads.
struct Columns {
    first_ip: FixedSizeBinaryArray,
    last_ip: FixedSizeBinaryArray,
    asn: Int64Array,
    organisation: StringArray,
    country: StringArray,
    kind: StringArray,
    source: StringArray,
    valid_from: Vec<i64>,
    valid_to: Vec<i64>,
    source_file: StringArray,
    source_row: Int64Array,
}

impl Columns {
    /// Takes the columns by name and as the types of the schema, whichever text type a reader chose.
    fn new(batches: &[RecordBatch]) -> Result<Self, ArrowError> {
        let schema = Table::Networks.schema();
        let batches = batches.iter().map(|batch| {
            let columns = schema.fields().iter().map(|field| {
                let missing = || ArrowError::SchemaError(format!("no column {}", field.name()));
                let column = batch.column_by_name(field.name()).ok_or_else(missing)?;
                cast(column, field.data_type())
            });
            RecordBatch::try_new(schema.clone(), columns.collect::<Result<_, _>>()?)
        });
        let rows = concat_batches(&schema, &batches.collect::<Result<Vec<_>, _>>()?)?;
        let column = |name: &str| {
            let missing = || ArrowError::SchemaError(format!("no column {name}"));
            rows.column_by_name(name).ok_or_else(missing)
        };
        let times = |name: &str| {
            let times = column(name)?.as_primitive::<TimestampMicrosecondType>();
            Ok::<_, ArrowError>(times.values().to_vec())
        };
        Ok(Self {
            first_ip: column("first_ip")?.as_fixed_size_binary().clone(),
            last_ip: column("last_ip")?.as_fixed_size_binary().clone(),
            asn: column("asn")?.as_primitive::<Int64Type>().clone(),
            organisation: column("organisation")?.as_string().clone(),
            country: column("country")?.as_string().clone(),
            kind: column("kind")?.as_string().clone(),
            source: column("source")?.as_string().clone(),
            valid_from: times("valid_from")?,
            valid_to: times("valid_to")?,
            source_file: column("source_file")?.as_string().clone(),
            source_row: column("source_row")?.as_primitive::<Int64Type>().clone(),
        })
    }

    /// The sources in the order of their precedence.
    fn sources(&self) -> Vec<Source<'_>> {
        let mut by_name: BTreeMap<(usize, &str), Vec<usize>> = BTreeMap::new();
        for row in 0..self.source.len() {
            let name = self.source.value(row);
            let layout = name.split(':').next().unwrap_or_default();
            let rank = PRECEDENCE
                .iter()
                .position(|known| known.name() == layout)
                .unwrap_or(PRECEDENCE.len());
            by_name.entry((rank, name)).or_default().push(row);
        }
        let ordered = |mut rows: Vec<usize>| {
            rows.sort_by(|one, other| self.order(*one).cmp(&self.order(*other)));
            rows
        };
        by_name
            .into_iter()
            .map(|((_, name), rows)| (name, ordered(rows)))
            .collect()
    }

    /// Of two rows of a source for one address and moment, the one that is later in this order counts.
    fn order(&self, row: usize) -> impl Ord {
        let place = (
            self.source_file.value(row),
            self.source_row.value(row),
            address(&self.first_ip, row),
        );
        let names = (
            text(&self.organisation, row),
            text(&self.country, row),
            text(&self.kind, row),
        );
        (self.valid_from[row], place, self.asn(row), names)
    }

    fn asn(&self, row: usize) -> Option<i64> {
        self.asn.is_valid(row).then(|| self.asn.value(row))
    }

    fn range(&self, row: usize) -> Row {
        Row {
            first: address(&self.first_ip, row),
            last: address(&self.last_ip, row),
            from: self.valid_from[row],
            to: self.valid_to[row],
        }
    }

    fn push_merged(&self, merged: &mut TableRows, sources: &[Source<'_>], cell: &Cell) -> Result<(), Error> {
        let knowing = || {
            sources
                .iter()
                .zip(&cell.rows)
                .filter_map(|((name, rows), row)| Some((*name, rows[(*row)?])))
        };
        let names: Vec<_> = knowing().map(|(name, _)| name).collect();
        let first_text = |column| knowing().find_map(|(_, row)| text(column, row));
        merged.push(&[
            Value::Address(cell.first.into()),
            Value::Address(cell.last.into()),
            Value::int64(knowing().find_map(|(_, row)| self.asn(row))),
            Value::text(first_text(&self.organisation)),
            Value::text(first_text(&self.country)),
            Value::text(first_text(&self.kind)),
            Value::Text(&names.join(", ")),
            Value::Time(cell.from),
            Value::Time(cell.to),
        ])
    }
}

fn text(column: &StringArray, row: usize) -> Option<&str> {
    column.is_valid(row).then(|| column.value(row))
}

fn address(addresses: &FixedSizeBinaryArray, row: usize) -> u128 {
    <[u8; 16]>::try_from(addresses.value(row)).map_or(0, |bytes| Address::from_bytes(bytes).to_u128())
}

#[cfg(test)]
#[path = "address_networks_tests.rs"]
mod tests;
