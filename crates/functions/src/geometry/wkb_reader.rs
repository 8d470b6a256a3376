//! A reader of WKB that takes any bytes.
//!
//! Own, because the reader of the `wkb` crate (0.9) panics where a member of a multipoint has a damaged type, and reads
//! the members in the byte order and the dimensions of the whole instead of their own.

use geo::{Coord, Geometry, MultiLineString, MultiPolygon};

use super::decode::{MAX_NESTING, collection, line, multi_point, point, polygon};

const EXTENDED_Z: u32 = 0x8000_0000;
const EXTENDED_M: u32 = 0x4000_0000;
const EXTENDED_SRID: u32 = 0x2000_0000;

/// The geometry of a WKB value, in two dimensions; ISO and EWKB, both byte orders.
///
/// An empty point is a point whose coordinates are NaN, as in WKB itself. Empty parts of a collection are left out.
/// Bytes after the geometry are ignored, as PostGIS does. `None` for malformed bytes.
///
/// # Source
/// OGC Simple Features 8 (ISO 13249-3), PostGIS `ZMSgeoms.txt` (EWKB).
pub(crate) fn from_wkb(bytes: &[u8]) -> Option<Geometry> {
    Reader { bytes }.geometry(MAX_NESTING)
}

/// What is left to read.
struct Reader<'a> {
    bytes: &'a [u8],
}

/// What the head of a geometry says.
struct Head {
    little_endian: bool,
    kind: u32,
    dimensions: usize,
}

impl Reader<'_> {
    fn geometry(&mut self, nesting: usize) -> Option<Geometry> {
        let nesting = nesting.checked_sub(1)?;
        let head = self.head()?;
        Some(match head.kind {
            1 => Geometry::Point(point(self.position(&head)?)?),
            2 => Geometry::LineString(line(self.positions(&head)?)?),
            3 => {
                let rings = self.many(&head, |reader| reader.positions(&head))?;
                Geometry::Polygon(polygon(rings)?)
            }
            4 => Geometry::MultiPoint(multi_point(self.members(&head, nesting)?)),
            5 => Geometry::MultiLineString(MultiLineString::new(self.members(&head, nesting)?)),
            6 => Geometry::MultiPolygon(MultiPolygon::new(self.members(&head, nesting)?)),
            7 => collection(self.many(&head, |reader| reader.geometry(nesting))?),
            _ => return None,
        })
    }

    fn head(&mut self) -> Option<Head> {
        let little_endian = match self.take::<1>()? {
            [0] => false,
            [1] => true,
            _ => return None,
        };
        let code = self.count(little_endian)?;
        if code & EXTENDED_SRID != 0 {
            self.count(little_endian)?;
        }
        let plain = code & !(EXTENDED_Z | EXTENDED_M | EXTENDED_SRID);
        let (has_z, has_m) = match plain / 1000 {
            0 => (code & EXTENDED_Z != 0, code & EXTENDED_M != 0),
            1 => (true, false),
            2 => (false, true),
            3 => (true, true),
            _ => return None,
        };
        Some(Head {
            little_endian,
            kind: plain % 1000,
            dimensions: 2 + usize::from(has_z) + usize::from(has_m),
        })
    }

    /// Members that are geometries of one kind, each with a head of its own.
    fn members<T: TryFrom<Geometry>>(&mut self, head: &Head, nesting: usize) -> Option<Vec<T>> {
        self.many(head, |reader| T::try_from(reader.geometry(nesting)?).ok())
    }

    /// As many items as a count says. Nothing is reserved for a count that the bytes may not hold.
    fn many<T>(&mut self, head: &Head, mut read: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let count = self.count(head.little_endian)?;
        (0..count).map(|_| read(self)).collect()
    }

    fn positions(&mut self, head: &Head) -> Option<Vec<Coord>> {
        self.many(head, |reader| reader.position(head))
    }

    fn position(&mut self, head: &Head) -> Option<Coord> {
        let position = Coord {
            x: self.number(head)?,
            y: self.number(head)?,
        };
        for _ in 2..head.dimensions {
            self.number(head)?;
        }
        Some(position)
    }

    fn number(&mut self, head: &Head) -> Option<f64> {
        let bytes = self.take::<8>()?;
        Some(if head.little_endian {
            f64::from_le_bytes(bytes)
        } else {
            f64::from_be_bytes(bytes)
        })
    }

    fn count(&mut self, little_endian: bool) -> Option<u32> {
        let bytes = self.take::<4>()?;
        Some(if little_endian {
            u32::from_le_bytes(bytes)
        } else {
            u32::from_be_bytes(bytes)
        })
    }

    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (bytes, rest) = self.bytes.split_first_chunk::<N>()?;
        self.bytes = rest;
        Some(*bytes)
    }
}

#[cfg(test)]
#[path = "wkb_reader_tests.rs"]
mod tests;
