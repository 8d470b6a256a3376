//! JSON documents in which no object has a key twice, and no array more elements than anybody writes.
//!
//! RFC 8259 leaves to the reader what a repeated key means, and most take the last value: what the first one held would be gone in silence.
//! How large an array may be it leaves to the reader too. An element takes up to a hundred bytes of memory, and as few as two of the file: one
//! outline, or one list, is kept from taking all there is. Many objects together still may, as far as a document may be large.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;
use serde_json::{Map, Number, Value as Json};

/// An array has at most so many elements.
pub(crate) const MOST_ELEMENTS: usize = 1_000_000;
/// That it has more.
pub(crate) const TOO_MANY_ELEMENTS: &str = "an array has more than 1,000,000 elements";
/// An array and those in it, up to the next object, have at most so many elements together: a ring of the most positions, of four numbers
/// each, has fewer.
const MOST_NESTED: usize = 6 * MOST_ELEMENTS;
/// That they have more.
pub(crate) const TOO_MANY_NESTED: &str =
    "an array and those in it have more than 6,000,000 elements together";
const KEY_TWICE: &str = "a key occurs twice in one object";

/// Reads a document; what is wrong with it and where, without any of it.
///
/// Half of a surrogate pair, as programs write that cut a text off in the middle of a character, is U+FFFD.
pub(crate) fn parse(bytes: &[u8]) -> Result<Json, String> {
    read(bytes, Values::of_document(false))
}

/// The same of a document whose parts are taken or rejected one by one: of an array with more than [`MOST_ELEMENTS`], and of arrays in one
/// another with more than [`MOST_NESTED`], it has enough to show that. The others are passed over: no more is known of them than that they
/// are JSON.
pub(crate) fn parse_parts(bytes: &[u8]) -> Result<Json, String> {
    read(bytes, Values::of_document(true))
}

/// Why an array that is in no other has been cut off, if it has, or one in it by the limit that is for all of them.
pub(crate) fn reason_cut_off(array: &Json) -> Option<&'static str> {
    let elements = array.as_array().map_or(0, Vec::len);
    if elements > MOST_ELEMENTS {
        return Some(TOO_MANY_ELEMENTS);
    }
    (nested_elements(array) > MOST_NESTED).then_some(TOO_MANY_NESTED)
}

/// How many elements an array and those in it have, up to the next object.
fn nested_elements(json: &Json) -> usize {
    let elements = json.as_array().map(Vec::as_slice).unwrap_or_default();
    elements.len() + elements.iter().map(nested_elements).sum::<usize>()
}

fn read(bytes: &[u8], values: Values<'_>) -> Result<Json, String> {
    let document = |bytes: &[u8]| {
        let mut reader = serde_json::Deserializer::from_slice(bytes);
        let json = values.deserialize(&mut reader)?;
        reader.end().map(|()| json)
    };
    let read = document(bytes).or_else(|error| match with_whole_characters(bytes) {
        Some(bytes) => document(&bytes),
        None => Err(error),
    });
    read.map_err(|error| {
        let what = match error.classify() {
            Category::Eof => "JSON ends too early",
            // Every JSON value is read, so that nothing else is of this category.
            Category::Data => {
                let (known, error) = ([KEY_TWICE, TOO_MANY_NESTED], error.to_string());
                let known = known.into_iter().find(|what| error.starts_with(what));
                known.unwrap_or(TOO_MANY_ELEMENTS)
            }
            _ => "broken JSON",
        };
        format!("{what} at line {}, column {}", error.line(), error.column())
    })
}

/// The document with what stands for U+FFFD in place of every half of a surrogate pair, if there is any; as long as before, so that
/// places in it stay.
fn with_whole_characters(bytes: &[u8]) -> Option<Vec<u8>> {
    let unit = |at: usize| -> Option<u32> {
        let digits = bytes.get(at..at + 6)?.strip_prefix(b"\\u")?;
        u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
    };
    let (mut whole, mut at) = (None, 0);
    while at < bytes.len() {
        if bytes[at] != b'\\' {
            at += 1;
            continue;
        }
        at += match (unit(at), unit(at + 6)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => 12,
            (Some(0xd800..=0xdfff), _) => {
                let whole: &mut Vec<u8> = whole.get_or_insert_with(|| bytes.to_vec());
                whole[at..at + 6].copy_from_slice(b"\\ufffd");
                6
            }
            // A backslash and what it escapes.
            _ => 2,
        };
    }
    whole
}

/// Reads any value.
#[derive(Clone, Copy)]
struct Values<'a> {
    /// Whether an array that is too long is read as far as to show it.
    cut_off: bool,
    /// How many elements the arrays may still have that this value lies in, if it does.
    room: Option<&'a Cell<usize>>,
}

impl Values<'_> {
    fn of_document(cut_off: bool) -> Self {
        Self { cut_off, room: None }
    }
}

impl<'de> DeserializeSeed<'de> for Values<'_> {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Values<'_> {
    type Value = Json;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
        Ok(Number::from_f64(value).map_or(Json::Null, Json::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Json, A::Error> {
        let outermost = Cell::new(MOST_NESTED);
        let room = self.room.unwrap_or(&outermost);
        let within = Values {
            room: Some(room),
            ..self
        };
        let mut elements = Vec::new();
        while let Some(element) = sequence.next_element_seed(within)? {
            elements.push(element);
            let too_many = match room.get().checked_sub(1) {
                None => Some(TOO_MANY_NESTED),
                Some(less) => {
                    room.set(less);
                    (elements.len() > MOST_ELEMENTS).then_some(TOO_MANY_ELEMENTS)
                }
            };
            let Some(too_many) = too_many else { continue };
            if !self.cut_off {
                return Err(A::Error::custom(too_many));
            }
            while sequence.next_element::<IgnoredAny>()?.is_some() {}
            break;
        }
        Ok(Json::Array(elements))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Json, A::Error> {
        let values = Values::of_document(self.cut_off);
        let mut members = Map::new();
        while let Some(key) = object.next_key::<String>()? {
            let value = object.next_value_seed(values)?;
            if members.insert(key, value).is_some() {
                return Err(A::Error::custom(KEY_TWICE));
            }
        }
        Ok(Json::Object(members))
    }
}

#[cfg(test)]
#[path = "json_tests.rs"]
mod tests;
