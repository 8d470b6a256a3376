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

    /// Whether there is a value, of whatever type, that is neither null nor empty text.
    pub(crate) fn says_something(&self) -> bool {
        match self.json {
            None | Some(Json::Null) => false,
            Some(Json::String(text)) => !text.trim().is_empty(),
            Some(_) => true,
        }
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

    /// Whether the value is an object or missing; an empty list passes for an object without members.
    pub(crate) fn may_be_object(&self) -> bool {
        match self.json {
            Some(Json::Array(elements)) => elements.is_empty(),
            Some(Json::Object(_)) => true,
            _ => !self.says_something(),
        }
    }

    /// The elements of a list, none of a missing one; a lone object is a list of one. `None` for another type.
    pub(crate) fn elements(&self) -> Option<Vec<Self>> {
        match self.json {
            Some(Json::Array(elements)) => {
                let node = |(index, json)| Node {
                    json: Some(json),
                    path: format!("{}[{index}]", self.path),
                };
                Some(elements.iter().enumerate().map(node).collect())
            }
            Some(Json::Object(_)) => Some(vec![Node {
                json: self.json,
                path: self.path.clone(),
            }]),
            _ => (!self.says_something()).then(Vec::new),
        }
    }

    /// Text without the white space around it; `None` for empty text.
    pub(crate) fn text(&self, account: &mut Account) -> Option<&'a str> {
        let text = self.text_if_any();
        if text.is_none() {
            self.note_unless_missing("not text", account);
        }
        text
    }

    /// Text as [`Node::text`] gives it, for callers that account for another type themselves.
    pub(crate) fn text_if_any(&self) -> Option<&'a str> {
        let text = self.json?.as_str()?.trim();
        (!text.is_empty()).then_some(text)
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
        if self.says_something() {
            account.note_place(&self.path, text);
        }
    }
}

#[cfg(test)]
#[path = "node_tests.rs"]
mod tests;
