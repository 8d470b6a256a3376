//! How a document says that it has nothing to say: null, nothing, an empty list, a list that is null.

use serde::{Serialize, Serializer};

/// A field of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Field<T> {
    Value(T),
    Null,
    /// Not written at all; structures skip it.
    Absent,
}

impl<T> Field<T> {
    pub(super) fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    pub(super) fn map<U>(self, convert: impl FnOnce(T) -> U) -> Field<U> {
        match self {
            Self::Value(value) => Field::Value(convert(value)),
            Self::Null => Field::Null,
            Self::Absent => Field::Absent,
        }
    }
}

impl<T: Serialize> Serialize for Field<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Value(value) => value.serialize(serializer),
            Self::Null | Self::Absent => serializer.serialize_none(),
        }
    }
}

/// Random bits that decide between the ways of saying nothing.
#[derive(Debug)]
pub(super) struct Gaps(u64);

impl Gaps {
    pub(super) fn new(bits: u64) -> Self {
        Self(bits)
    }

    /// So many bits; the same ones come again after 64.
    pub(super) fn bits(&mut self, count: u32) -> u64 {
        let bits = self.0 & ((1 << count) - 1);
        self.0 = self.0.rotate_right(count);
        bits
    }

    /// The value; where there is none, null or nothing. Two in three fields are nothing.
    pub(super) fn field<T>(&mut self, value: Option<T>) -> Field<T> {
        match value {
            Some(value) => Field::Value(value),
            None if self.bits(2) == 0 => Field::Null,
            None => Field::Absent,
        }
    }

    /// A list that stands inside an object of its own: where it is empty, it or the object may be null.
    pub(super) fn list<T>(&mut self, items: Vec<T>) -> Field<Field<Vec<T>>> {
        if !items.is_empty() {
            return Field::Value(Field::Value(items));
        }
        match self.bits(3) {
            0 => Field::Value(Field::Value(items)),
            1 => Field::Value(Field::Null),
            2 => Field::Null,
            _ => Field::Absent,
        }
    }
}
