//! A value of a JSON document together with its place.

use serde_json::Value as Json;

use crate::outcome::Account;

/// A value that may be missing, and its path.
///
/// In this format every level may be null or missing. A value of another type than expected counts as missing, which is
/// noted in the account, because something may have been lost by it.
pub(crate) struct Node<'a> {
    json: Option<&'a Json>,
    path: String,
}

impl<'a> Node<'a> {
    pub(crate) fn root(json: &'a Json) -> Self {
        Self {
            json: Some(json),
            path: String::new(),
        }
    }

    /// Where the value stands, as in `reportedInformation.uploadedFiles.uploadedFiles[0]`.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// Whether there is a value, of whatever type, that is not null.
    pub(crate) fn is_present(&self) -> bool {
        self.json.is_some_and(|json| !json.is_null())
    }

    /// The member with this key.
    pub(crate) fn get(&self, key: &str, account: &mut Account) -> Self {
        let json = match self.json {
            Some(Json::Object(members)) => members.get(key),
            _ => {
                self.note_unless_missing("not an object", account);
                None
            }
        };
        let path = if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.path)
        };
        Self { json, path }
    }

    /// The member at the end of a path of keys.
    pub(crate) fn descend(&self, keys: &[&str], account: &mut Account) -> Self {
        let mut node = Self {
            json: self.json,
            path: self.path.clone(),
        };
        for key in keys {
            node = node.get(key, account);
        }
        node
    }

    /// The elements of an array.
    pub(crate) fn elements(&self, account: &mut Account) -> Vec<Self> {
        let Some(Json::Array(elements)) = self.json else {
            self.note_unless_missing("not an array", account);
            return Vec::new();
        };
        let numbered = elements.iter().enumerate();
        numbered
            .map(|(index, json)| Node {
                json: Some(json),
                path: format!("{}[{index}]", self.path),
            })
            .collect()
    }

    /// Text without the white space around it; `None` for empty text.
    pub(crate) fn text(&self, account: &mut Account) -> Option<&'a str> {
        match self.json {
            Some(Json::String(text)) => Some(text.trim()).filter(|text| !text.is_empty()),
            _ => {
                self.note_unless_missing("not text", account);
                None
            }
        }
    }

    /// Text, or an integer as text.
    pub(crate) fn identifier(&self, account: &mut Account) -> Option<String> {
        match self.json {
            Some(Json::Number(number)) if !number.is_f64() => Some(number.to_string()),
            _ => self.text(account).map(str::to_owned),
        }
    }

    /// `true` or `false`, also as text.
    pub(crate) fn boolean(&self, account: &mut Account) -> Option<bool> {
        match self.json {
            Some(Json::Bool(value)) => Some(*value),
            Some(Json::String(text)) if text.trim().eq_ignore_ascii_case("true") => Some(true),
            Some(Json::String(text)) if text.trim().eq_ignore_ascii_case("false") => Some(false),
            _ => {
                self.note_unless_missing("neither true nor false", account);
                None
            }
        }
    }

    /// A port number from 1 to 65535, also as text.
    pub(crate) fn port(&self, account: &mut Account) -> Option<u16> {
        let port = match self.json {
            Some(Json::Number(number)) => number.as_u64().and_then(|number| u16::try_from(number).ok()),
            Some(Json::String(text)) => text.trim().parse().ok(),
            _ => None,
        };
        let port = port.filter(|port| *port > 0);
        if port.is_none() {
            self.note_unless_missing("not a port number", account);
        }
        port
    }

    /// Notes what the value is not, unless there is none.
    pub(crate) fn note_unless_missing(&self, text: &'static str, account: &mut Account) {
        let empty_text = matches!(self.json, Some(Json::String(text)) if text.trim().is_empty());
        if self.is_present() && !empty_text {
            account.note(&self.path, text);
        }
    }
}

#[cfg(test)]
#[path = "node_tests.rs"]
mod tests;
