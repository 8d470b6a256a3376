//! Which way three points turn, in whole numbers: for coordinates so large or small that products of them are not finite
//! or not normal.

use std::cmp::Ordering;

use super::outlines::Vertex;

/// Enough for any number of 64 bits in units of the smallest one, 2^-1074, for its sign, and for a difference.
const LIMBS: usize = 34;

/// A whole number in two's complement, the lowest 64 bits first.
type Whole = [u64; LIMBS];

/// As [`super::edges`] has it: positive for a turn to the left, zero for none.
#[cold]
pub(super) fn exact_turn(a: Vertex, b: Vertex, c: Vertex) -> f64 {
    let difference = |from: f64, to: f64| magnitude(difference(&whole(from), &whole(to)));
    let left = product(difference(a[0], c[0]), difference(b[1], c[1]));
    let right = product(difference(a[1], c[1]), difference(b[0], c[0]));
    match compare(&left, &right) {
        Ordering::Less => -1.0,
        Ordering::Equal => 0.0,
        Ordering::Greater => 1.0,
    }
}

/// A finite number in units of 2^-1074.
fn whole(number: f64) -> Whole {
    let bits = number.to_bits();
    let (exponent, fraction) = ((bits >> 52 & 0x7ff) as usize, bits & ((1 << 52) - 1));
    let (digits, shift) = match exponent {
        0 => (fraction, 0),
        _ => (fraction | 1 << 52, exponent - 1),
    };
    let digits = u128::from(digits) << (shift % 64);
    let mut whole = [0; LIMBS];
    whole[shift / 64] = digits as u64;
    whole[shift / 64 + 1] = (digits >> 64) as u64;
    match number < 0.0 {
        true => difference(&[0; LIMBS], &whole),
        false => whole,
    }
}

fn difference(a: &Whole, b: &Whole) -> Whole {
    let (mut result, mut borrow) = ([0; LIMBS], false);
    for (limb, (a, b)) in result.iter_mut().zip(a.iter().zip(b)) {
        let (one, first) = a.overflowing_sub(*b);
        let (one, second) = one.overflowing_sub(u64::from(borrow));
        (*limb, borrow) = (one, first | second);
    }
    result
}

/// Whether a number is negative, and the number without its sign.
fn magnitude(number: Whole) -> (bool, Whole) {
    match number[LIMBS - 1] >> 63 {
        0 => (false, number),
        _ => (true, difference(&[0; LIMBS], &number)),
    }
}

fn product((negative_a, a): (bool, Whole), (negative_b, b): (bool, Whole)) -> (bool, [u64; 2 * LIMBS]) {
    let mut result = [0_u64; 2 * LIMBS];
    for (place, a) in a.iter().enumerate() {
        let mut carry = 0;
        for (limb, b) in result[place..].iter_mut().zip(&b) {
            let sum = u128::from(*a) * u128::from(*b) + u128::from(*limb) + carry;
            (*limb, carry) = (sum as u64, sum >> 64);
        }
        result[place + LIMBS] = carry as u64;
    }
    (negative_a != negative_b, result)
}

fn compare(a: &(bool, [u64; 2 * LIMBS]), b: &(bool, [u64; 2 * LIMBS])) -> Ordering {
    let zero = |one: &(bool, [u64; 2 * LIMBS])| one.1.iter().all(|&limb| limb == 0);
    let by_size = a.1.iter().rev().cmp(b.1.iter().rev());
    match (a.0 && !zero(a), b.0 && !zero(b)) {
        (false, false) => by_size,
        (true, true) => by_size.reverse(),
        (false, true) => Ordering::Greater,
        (true, false) => Ordering::Less,
    }
}
