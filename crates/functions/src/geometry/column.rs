//! Geometry arguments read row by row, whatever their encoding, each run of equal values decoded once.

use datafusion::arrow::array::{ArrayRef, AsArray, BinaryViewArray, Float64Array, StringViewArray};
use datafusion::arrow::datatypes::{DataType, Field};
use datafusion::common::{DataFusionError, Result, plan_err};
use datafusion::logical_expr::ReturnFieldArgs;
use geo::{Coord, Geometry};
use geoarrow_array::GeoArrowArray;
use geoarrow_array::array::from_arrow_array;
use geoarrow_array::cast::to_wkb_view;
use geoarrow_schema::{CoordType, Dimension, GeoArrowType};

use super::decode::{from_wkt, point};
use super::prepared::Prepared;
use super::wkb_reader::from_wkb;
use crate::column::{Column, is_text, literal_text};
use crate::function::Arguments;
use crate::plain::Plain;

/// How the values of an argument are encoded.
enum Encoding {
    Points,
    Wkb,
    Wkt,
    GeoArrow,
}

/// Finds the encoding; `None` if the field holds no geometries.
fn encoding(field: &Field) -> Option<Encoding> {
    if field.data_type().is_null() || is_text(field.data_type()) {
        return Some(Encoding::Wkt);
    }
    match GeoArrowType::from_arrow_field(field).ok()? {
        GeoArrowType::Point(points)
            if points.coord_type() == CoordType::Separated && points.dimension() == Dimension::XY =>
        {
            Some(Encoding::Points)
        }
        GeoArrowType::Wkb(_) | GeoArrowType::LargeWkb(_) | GeoArrowType::WkbView(_) => Some(Encoding::Wkb),
        GeoArrowType::Wkt(_) | GeoArrowType::LargeWkt(_) | GeoArrowType::WktView(_) => Some(Encoding::Wkt),
        _ => Some(Encoding::GeoArrow),
    }
}

/// Refuses an argument that holds no geometries, and a literal text that is none: a mistyped fence must not match nothing
/// in silence.
///
/// # Errors
/// Planning errors, which do not hold the value.
pub(crate) fn check_geometry_argument(
    function: &str,
    args: &ReturnFieldArgs<'_>,
    index: usize,
) -> Result<()> {
    match args.arg_fields.get(index) {
        Some(field) if encoding(field).is_some() => {
            match args
                .scalar_arguments
                .get(index)
                .copied()
                .flatten()
                .and_then(literal_text)
            {
                Some(text) if from_wkt(text).is_none() => {
                    plan_err!("{function}: argument {} is not a geometry in WKT", index + 1)
                }
                _ => Ok(()),
            }
        }
        Some(field) => plan_err!(
            "{function}: argument {} must be a geometry (WKB, WKT or GeoArrow), not {}",
            index + 1,
            field.data_type()
        ),
        None => plan_err!("{function}: argument {} is missing", index + 1),
    }
}

/// A geometry argument.
pub(crate) struct GeometryColumn {
    column: Column,
    values: Values,
    /// The geometry read last and where it stands, so that a run of equal values is decoded once.
    last: Option<(usize, Option<Prepared>)>,
}

enum Values {
    Points { x: Float64Array, y: Float64Array },
    Wkb(BinaryViewArray),
    Wkt(StringViewArray),
}

impl GeometryColumn {
    /// Reads the argument at `index`.
    pub(crate) fn try_new(arguments: &Arguments, index: usize) -> Result<Self> {
        let (value, field) = (&arguments.values[index], &arguments.fields[index]);
        let mut column = Column::uncast(value)?;
        let values = match encoding(field) {
            Some(Encoding::Points) => points(&column.array),
            Some(Encoding::Wkb) => {
                column = Column::try_new(value, &DataType::BinaryView)?;
                Some(Values::Wkb(column.array.as_binary_view().clone()))
            }
            Some(Encoding::Wkt) => {
                column = Column::try_new(value, &DataType::Utf8View)?;
                Some(Values::Wkt(column.array.as_string_view().clone()))
            }
            Some(Encoding::GeoArrow) => {
                let geometries = from_arrow_array(column.array.as_ref(), field).map_err(unreadable)?;
                let wkb = to_wkb_view(geometries.as_ref())
                    .map_err(unreadable)?
                    .into_array_ref();
                column = column.with_array(wkb);
                Some(Values::Wkb(column.array.as_binary_view().clone()))
            }
            None => None,
        };
        match values {
            Some(values) => Ok(Self {
                column,
                values,
                last: None,
            }),
            None => plan_err!("expected a geometry, found {}", field.data_type()),
        }
    }

    /// The geometry of a row; `None` where it is NULL or malformed.
    pub(crate) fn get(&mut self, row: usize) -> Option<&Prepared> {
        let position = self.column.position(row)?;
        let known = self
            .last
            .as_ref()
            .is_some_and(|(last, _)| self.values.equal(*last, position));
        if known {
            if let Some((last, _)) = &mut self.last {
                *last = position;
            }
        } else {
            self.last = Some((position, self.values.decode(position).map(Prepared::new)));
        }
        self.last.as_ref().and_then(|(_, geometry)| geometry.as_ref())
    }
}

impl Values {
    fn decode(&self, at: usize) -> Option<Geometry> {
        match self {
            Self::Points { x, y } => point(Coord {
                x: x.value(at),
                y: y.value(at),
            })
            .map(Geometry::Point),
            Self::Wkb(values) => from_wkb(values.value(at)),
            Self::Wkt(values) => from_wkt(values.value(at)),
        }
    }

    /// Whether two values are the same, bit by bit.
    fn equal(&self, a: usize, b: usize) -> bool {
        a == b
            || match self {
                // A point is cheaper to read than to compare.
                Self::Points { .. } => false,
                Self::Wkb(values) => values.value(a) == values.value(b),
                Self::Wkt(values) => values.value(a) == values.value(b),
            }
    }
}

fn points(array: &ArrayRef) -> Option<Values> {
    let [x, y] = array.as_struct_opt()?.columns() else {
        return None;
    };
    Some(Values::Points {
        x: x.as_primitive_opt()?.clone(),
        y: y.as_primitive_opt()?.clone(),
    })
}

/// An array that contradicts its own metadata; a message of the reader could hold values, so it is left out.
fn unreadable(_: geoarrow_schema::error::GeoArrowError) -> DataFusionError {
    Plain("a GeoArrow array does not match its metadata").into()
}

#[cfg(test)]
#[path = "column_tests.rs"]
mod tests;
