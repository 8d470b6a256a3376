//! Values that are further from zero than it is safe to compute with.

/// Whether any is more than so far from zero.
pub(super) fn some_are_far(values: &[i64], limit: u64) -> bool {
    some_may_be_far(values, limit) && values.iter().any(|value| is_far(*value, limit))
}

/// Whether a value is more than so far from zero.
#[inline]
pub(super) const fn is_far(value: i64, limit: u64) -> bool {
    value.unsigned_abs() > limit
}

/// False where all values are surely at most so far from zero: so it is of most columns, and takes an addition each to see.
fn some_may_be_far(values: &[i64], limit: u64) -> bool {
    let Some(bits) = limit.checked_ilog2() else {
        return true;
    };
    // Of numbers within 2^bits of zero the sum with that has no bit beyond.
    let sums = values.iter().fold(0, |sums, value| {
        sums | value.cast_unsigned().wrapping_add(1 << bits)
    });
    sums >> bits > 1
}

#[cfg(test)]
#[path = "far_tests.rs"]
mod tests;
