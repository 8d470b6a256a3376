//! Calls of our functions in conditions.

use datafusion::logical_expr::Expr;
use datafusion::logical_expr::expr::ScalarFunction;
use tieline_functions::is_ours;

/// The name and the arguments of a call of one of our functions with so many.
pub(crate) fn call<const N: usize>(expr: &Expr) -> Option<(&str, [&Expr; N])> {
    let Expr::ScalarFunction(ScalarFunction { func, args }) = expr else {
        return None;
    };
    let arguments = <[&Expr; N]>::try_from(args.iter().collect::<Vec<_>>()).ok()?;
    // Another library's function of the same name may mean something else.
    is_ours(func).then(|| (func.name(), arguments))
}

/// Longitude and latitude of `st_point(lon, lat)`.
pub(crate) fn point(expr: &Expr) -> Option<[&Expr; 2]> {
    match call(expr) {
        Some(("st_point", coordinates)) => Some(coordinates),
        _ => None,
    }
}
