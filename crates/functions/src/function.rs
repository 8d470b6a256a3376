//! The one implementation of DataFusion's function trait that every function of this crate shares.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use datafusion::arrow::array::ArrayRef;
use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::{Result, ScalarValue, internal_err, plan_err};
use datafusion::logical_expr::simplify::{ExprSimplifyResult, SimplifyContext};
use datafusion::logical_expr::{
    ColumnarValue, Documentation, Expr, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl,
    Signature, Volatility,
};

/// What a call is rewritten to when its arguments allow it; see [`ScalarUDFImpl::simplify`].
pub(crate) type Simplify = fn(Vec<Expr>, &SimplifyContext) -> Result<ExprSimplifyResult>;

/// One SQL function: its name, what it takes and returns, and how a batch is computed.
pub(crate) struct SqlFunction {
    /// The SQL name, lower case.
    pub(crate) name: &'static str,
    /// What DataFusion coerces the arguments to.
    pub(crate) signature: Signature,
    /// The returned field; refuses arguments of a wrong type or a malformed literal.
    pub(crate) return_field: fn(&ReturnFieldArgs<'_>) -> Result<Field>,
    /// One value per row.
    pub(crate) evaluate: fn(&Arguments) -> Result<ArrayRef>,
    /// A rewrite of the call, if it has one.
    pub(crate) simplify: Option<Simplify>,
    /// The function's entry on the generated page.
    pub(crate) documentation: Documentation,
}

/// The arguments of one call over one batch.
pub(crate) struct Arguments {
    /// One value per argument, each a scalar or an array of `rows` values.
    pub(crate) values: Vec<ColumnarValue>,
    /// One field per argument, with its metadata.
    pub(crate) fields: Vec<FieldRef>,
    /// How many values the result must have.
    pub(crate) rows: usize,
}

/// Whether a function is one of this crate's, and not another one of the same name.
pub fn is_ours(function: &ScalarUDF) -> bool {
    function.inner().downcast_ref::<SqlFunction>().is_some()
}

/// A signature of `count` arguments of any type; the function itself checks them.
pub(crate) fn any(count: usize) -> Signature {
    Signature::any(count, Volatility::Immutable)
}

/// The field of the argument at `index`, counted from 0.
///
/// # Errors
/// A planning error where there is none.
pub(crate) fn argument<'a>(
    function: &str,
    args: &'a ReturnFieldArgs<'_>,
    index: usize,
) -> Result<&'a FieldRef> {
    match args.arg_fields.get(index) {
        Some(field) => Ok(field),
        None => plan_err!("{function}: argument {} is missing", index + 1),
    }
}

impl ScalarUDFImpl for SqlFunction {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arg_types: &[DataType]) -> Result<DataType> {
        internal_err!("{} declares its field, not only its type", self.name)
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        let field = (self.return_field)(&args)?;
        Ok(Arc::new(field.with_name(self.name)))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        // A call with scalars only is computed as a batch of one row, so that both paths are the same code.
        let constant = args
            .args
            .iter()
            .all(|value| matches!(value, ColumnarValue::Scalar(_)));
        let arguments = Arguments {
            values: args.args,
            fields: args.arg_fields,
            rows: if constant { 1 } else { args.number_rows },
        };
        let result = (self.evaluate)(&arguments)?;
        if constant {
            Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(&result, 0)?))
        } else {
            Ok(ColumnarValue::Array(result))
        }
    }

    fn simplify(&self, args: Vec<Expr>, info: &SimplifyContext) -> Result<ExprSimplifyResult> {
        match self.simplify {
            Some(simplify) => simplify(args, info),
            None => Ok(ExprSimplifyResult::Original(args)),
        }
    }

    fn documentation(&self) -> Option<&Documentation> {
        Some(&self.documentation)
    }
}

// A name stands for one function only (a test of the registry sees to it), so names decide equality.
impl PartialEq for SqlFunction {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for SqlFunction {}

impl Hash for SqlFunction {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl fmt::Debug for SqlFunction {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("SqlFunction").field(&self.name).finish()
    }
}
