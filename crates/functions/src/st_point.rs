//! `st_point(lon, lat)`: a point.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Float64Array, StructArray};
use datafusion::arrow::buffer::NullBuffer;
use datafusion::arrow::datatypes::{DataType, Field, Float64Type};
use datafusion::common::{Result, internal_err};
use datafusion::logical_expr::{ReturnFieldArgs, ScalarUDF, Signature, Volatility};

use crate::documentation::{Entry, GEOMETRIES};
use crate::function::{Arguments, SqlFunction};
use crate::geometry::point_field;

const NAME: &str = "st_point";

/// `st_point(lon, lat)`: two numbers to a point.
pub(crate) fn st_point() -> ScalarUDF {
    SqlFunction {
        name: NAME,
        signature: Signature::exact(vec![DataType::Float64, DataType::Float64], Volatility::Immutable),
        return_field,
        evaluate,
        simplify: None,
        documentation: Entry {
            section: GEOMETRIES,
            description: "The point at a longitude and a latitude; NULL if either is. Returned as `geoarrow.point`, a \
                          struct of `x` and `y`, so that no bytes are written and read for each row.",
            syntax: "st_point(lon, lat)",
            arguments: &[
                ("lon", "longitude in degrees, `Float64`"),
                ("lat", "latitude in degrees, `Float64`"),
            ],
            example: "SELECT st_astext(st_point(150.5, -20.25))",
            result: "POINT(150.5 -20.25)",
            source: "PostGIS `ST_Point`",
        }
        .into(),
    }
    .into()
}

fn return_field(_: &ReturnFieldArgs<'_>) -> Result<Field> {
    Ok(point_field(NAME))
}

fn evaluate(arguments: &Arguments) -> Result<ArrayRef> {
    let DataType::Struct(fields) = point_field(NAME).data_type().clone() else {
        return internal_err!("{NAME} returns a struct");
    };
    let x = arguments.values[0].to_array(arguments.rows)?;
    let y = arguments.values[1].to_array(arguments.rows)?;
    let nulls = NullBuffer::union(x.logical_nulls().as_ref(), y.logical_nulls().as_ref());
    // Coordinates of a point are never NULL by themselves: the point is.
    let coordinates = [x, y].map(|coordinate| {
        let values = coordinate.as_primitive::<Float64Type>().values().clone();
        Arc::new(Float64Array::new(values, None)) as ArrayRef
    });
    Ok(Arc::new(StructArray::try_new(
        fields,
        coordinates.to_vec(),
        nulls,
    )?))
}
