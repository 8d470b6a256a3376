//! The bits of `quality_flags`: what is doubtful about a row that was loaded.

use tieline_index::{Address, is_special};

/// The advertising id is all zeros.
pub const ID_OPTED_OUT: i32 = 1;
/// There is no advertising id.
pub const ID_MISSING: i32 = 2;
/// The id has not the shape of a UUID; its pseudonym is kept.
pub const ID_MALFORMED: i32 = 4;
/// Both coordinates are exactly 0.
pub const NULL_ISLAND: i32 = 8;
/// With latitude and longitude exchanged, the position falls where most of the file lies, and as delivered it does not.
pub const POSSIBLY_SWAPPED: i32 = 16;
/// The time had no offset from UTC and was read as UTC.
pub const TIME_WITHOUT_OFFSET: i32 = 32;
/// Neither coordinate has more than two decimals.
pub const LOW_DECIMALS: i32 = 64;
/// The last octet of an IPv4 or the lower 64 bits of an IPv6 address are zero.
pub const POSSIBLY_TRUNCATED_IP: i32 = 128;
/// The address lies in a special-use block.
pub const SPECIAL_IP: i32 = 256;
/// The horizontal accuracy is negative, or below 0.1 m.
pub const DOUBTFUL_ACCURACY: i32 = 512;

/// Every flag with its name, in ascending order of bits.
pub const QUALITY_FLAGS: [(i32, &str); 10] = [
    (ID_OPTED_OUT, "id_opted_out"),
    (ID_MISSING, "id_missing"),
    (ID_MALFORMED, "id_malformed"),
    (NULL_ISLAND, "null_island"),
    (POSSIBLY_SWAPPED, "possibly_swapped"),
    (TIME_WITHOUT_OFFSET, "time_without_offset"),
    (LOW_DECIMALS, "low_decimals"),
    (POSSIBLY_TRUNCATED_IP, "possibly_truncated_ip"),
    (SPECIAL_IP, "special_ip"),
    (DOUBTFUL_ACCURACY, "doubtful_accuracy"),
];

/// The flags that an address earns by itself.
pub(crate) fn address_flags(address: Address) -> i32 {
    let host_bits = if address.family() == 4 {
        0xff
    } else {
        u128::from(u64::MAX)
    };
    let truncated = address.to_u128() & host_bits == 0;
    flag_if(truncated, POSSIBLY_TRUNCATED_IP) | flag_if(is_special(address), SPECIAL_IP)
}

/// The flag where the condition holds, else no flag.
pub(crate) const fn flag_if(condition: bool, flag: i32) -> i32 {
    if condition { flag } else { 0 }
}

/// How many rows carry each flag.
#[derive(Clone, Debug, Default)]
pub(crate) struct FlagCounts([u64; QUALITY_FLAGS.len()]);

impl FlagCounts {
    /// Counts the flags of one row.
    pub(crate) fn count(&mut self, flags: i32) {
        if flags == 0 {
            return;
        }
        for (count, (bit, _)) in self.0.iter_mut().zip(QUALITY_FLAGS) {
            *count += u64::from(flags & bit != 0);
        }
    }

    /// The names and counts of the flags that occurred.
    pub(crate) fn named(&self) -> Vec<(&'static str, u64)> {
        let pairs = QUALITY_FLAGS.iter().zip(self.0);
        pairs
            .filter(|(_, count)| *count > 0)
            .map(|((_, name), count)| (*name, count))
            .collect()
    }
}

#[cfg(test)]
#[path = "quality_tests.rs"]
mod tests;
