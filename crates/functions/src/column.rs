//! Arguments read row by row, whatever their encoding, and whether they are a scalar or an array.

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Float64Array, StringViewArray};
use datafusion::arrow::buffer::NullBuffer;
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Float64Type};
use datafusion::common::{Result, ScalarValue, plan_err};
use datafusion::logical_expr::{ColumnarValue, ReturnFieldArgs};

/// Whether values of this type are text: any string encoding, plain or in a dictionary.
pub(crate) fn is_text(data_type: &DataType) -> bool {
    match data_type {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Dictionary(_, values) => is_text(values),
        _ => false,
    }
}

/// The text of a literal, `None` for a NULL and for anything that is not text.
pub(crate) fn literal_text(value: &ScalarValue) -> Option<&str> {
    match value {
        ScalarValue::Dictionary(_, value) => literal_text(value),
        value => value.try_as_str().flatten(),
    }
}

/// An argument as an array, in which a scalar has one value that stands for every row.
pub(crate) struct Column {
    pub(crate) array: ArrayRef,
    /// Which values are NULL, also for encodings that do not mark it themselves (the NULL type, dictionaries).
    nulls: Option<NullBuffer>,
    scalar: bool,
}

impl Column {
    /// Reads an argument, cast to `data_type` if it is of another.
    pub(crate) fn try_new(value: &ColumnarValue, data_type: &DataType) -> Result<Self> {
        let column = Self::uncast(value)?;
        if column.array.data_type() == data_type {
            return Ok(column);
        }
        let array = cast(&column.array, data_type)?;
        Ok(column.with_array(array))
    }

    /// Reads an argument as it is.
    pub(crate) fn uncast(value: &ColumnarValue) -> Result<Self> {
        let array = value.to_array(1)?;
        Ok(Self {
            nulls: array.logical_nulls(),
            array,
            scalar: matches!(value, ColumnarValue::Scalar(_)),
        })
    }

    /// The same argument, its values re-encoded as `array`.
    pub(crate) fn with_array(self, array: ArrayRef) -> Self {
        Self {
            nulls: array.logical_nulls(),
            array,
            ..self
        }
    }

    /// Where in the array the value of a row stands; `None` if it is NULL.
    pub(crate) fn position(&self, row: usize) -> Option<usize> {
        let position = if self.scalar { 0 } else { row };
        let null = self.nulls.as_ref().is_some_and(|nulls| nulls.is_null(position));
        (!null).then_some(position)
    }
}

/// A text argument.
pub(crate) struct TextColumn {
    column: Column,
    values: StringViewArray,
}

impl TextColumn {
    /// Reads an argument of any string encoding, or of type NULL.
    pub(crate) fn try_new(value: &ColumnarValue) -> Result<Self> {
        let column = Column::try_new(value, &DataType::Utf8View)?;
        let values = column.array.as_string_view().clone();
        Ok(Self { column, values })
    }

    /// The text of a row.
    pub(crate) fn get(&self, row: usize) -> Option<&str> {
        self.column
            .position(row)
            .map(|position| self.values.value(position))
    }
}

/// Refuses an argument that holds no numbers.
///
/// # Errors
/// Planning errors.
pub(crate) fn check_number_argument(function: &str, args: &ReturnFieldArgs<'_>, index: usize) -> Result<()> {
    match args.arg_fields.get(index).map(|field| field.data_type()) {
        Some(data_type) if data_type.is_numeric() || data_type.is_null() => Ok(()),
        Some(data_type) => plan_err!(
            "{function}: argument {} must be a number, not {data_type}",
            index + 1
        ),
        None => plan_err!("{function}: argument {} is missing", index + 1),
    }
}

/// The number that a literal argument is; `None` for a NULL and for anything that is not a literal.
pub(crate) fn literal_number(args: &ReturnFieldArgs<'_>, index: usize) -> Option<f64> {
    let literal = args.scalar_arguments.get(index).copied().flatten()?;
    match literal.cast_to(&DataType::Float64).ok()? {
        ScalarValue::Float64(number) => number,
        _ => None,
    }
}

/// An argument of numbers.
pub(crate) struct NumberColumn {
    column: Column,
    values: Float64Array,
}

impl NumberColumn {
    /// Reads an argument of any numeric type, or of type NULL.
    pub(crate) fn try_new(value: &ColumnarValue) -> Result<Self> {
        let column = Column::try_new(value, &DataType::Float64)?;
        let values = column.array.as_primitive::<Float64Type>().clone();
        Ok(Self { column, values })
    }

    /// The number of a row.
    pub(crate) fn get(&self, row: usize) -> Option<f64> {
        self.column
            .position(row)
            .map(|position| self.values.value(position))
    }
}
