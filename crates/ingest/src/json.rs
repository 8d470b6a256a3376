//! JSON documents in which no object has a key twice.
//!
//! RFC 8259 leaves to the reader what a repeated key means, and most take the last value: what the first one held would be gone in silence.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value as Json};

/// Reads a document; what is wrong with it and where, without any of it.
pub(crate) fn parse(bytes: &[u8]) -> Result<Json, String> {
    match serde_json::from_slice(bytes) {
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
