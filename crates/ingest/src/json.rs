//! JSON documents in which no object has a key twice.
//!
//! RFC 8259 leaves to the reader what a repeated key means, and most take the last value: what the first one held would be gone in silence.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value as Json};

/// Reads a document; what is wrong with it and where, without any of it.
///
/// Half of a surrogate pair, as programs write that cut a text off in the middle of a character, is U+FFFD.
pub(crate) fn parse(bytes: &[u8]) -> Result<Json, String> {
    let read = serde_json::from_slice(bytes).or_else(|error| match with_whole_characters(bytes) {
        Some(bytes) => serde_json::from_slice(&bytes),
        None => Err(error),
    });
    match read {
        Ok(Unique(json)) => Ok(json),
        Err(error) => {
            let what = match error.classify() {
                serde_json::error::Category::Eof => "JSON ends too early",
                // Every JSON value is read, so that nothing else is of this category.
                serde_json::error::Category::Data => "a key occurs twice in one object",
                _ => "broken JSON",
            };
            Err(format!(
                "{what} at line {}, column {}",
                error.line(),
                error.column()
            ))
        }
    }
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

struct Unique(Json);

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Values)
    }
}

struct Values;

impl<'de> Visitor<'de> for Values {
    type Value = Unique;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Unique, E> {
        Ok(Unique(Json::Null))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Unique, E> {
        Ok(Unique(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Unique, E> {
        Ok(Unique(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Unique, E> {
        Ok(Unique(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Unique, E> {
        Ok(Unique(Number::from_f64(value).map_or(Json::Null, Json::Number)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Unique, E> {
        Ok(Unique(value.into()))
    }

    fn visit_string<E>(self, value: String) -> Result<Unique, E> {
        Ok(Unique(value.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Unique, A::Error> {
        let mut elements = Vec::new();
        while let Some(Unique(element)) = sequence.next_element()? {
            elements.push(element);
        }
        Ok(Unique(Json::Array(elements)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Unique, A::Error> {
        let mut members = Map::new();
        while let Some(key) = object.next_key::<String>()? {
            let Unique(value) = object.next_value()?;
            if members.insert(key, value).is_some() {
                return Err(A::Error::custom("a key is there twice"));
            }
        }
        Ok(Unique(Json::Object(members)))
    }
}

#[cfg(test)]
#[path = "json_tests.rs"]
mod tests;
