//! The tape as `jsonschema` sees it, so that one parse serves tables, rules and the schema.

use std::borrow::Cow;

use jsonschema::JsonType;
use jsonschema::json::{self, Json, JsonNumber, NodeIdentity};
use serde_json::Value;

use super::tape::{Elements, Members, Node};
use super::{TokenKind, number::Decimal, spelling};

/// The JSON representation "token tape".
///
/// One type serves the embedded schemas and those of users: the command contains the code of `jsonschema`
/// once for each representation.
#[derive(Debug)]
pub struct TapeJson;

/// A value on a tape, or a property name that the schema checks as if it were one.
#[derive(Debug, Clone)]
pub enum Instance<'a> {
    Value(Spelled<Node<'a>>),
    Name(&'a str),
}

/// A value on a tape or its members or elements, and how properties are found.
#[derive(Debug, Clone, Copy)]
pub struct Spelled<T> {
    node: T,
    /// True if properties in other spellings have the names of the API.
    any_spelling: bool,
}

impl<'a> Instance<'a> {
    /// A value; with `any_spelling`, properties in other spellings have the names of the API.
    pub fn new(node: Node<'a>, any_spelling: bool) -> Self {
        Self::Value(Spelled { node, any_spelling })
    }
}

impl Json for TapeJson {
    type Node<'a> = Instance<'a>;
    type PreparedKey = String;
    type StringBuffer = String;
    const KEYS_PER_LOOKUP: usize = 8;

    fn prepare_key(key: &str) -> String {
        key.to_owned()
    }

    fn with_string_node<T>(
        buffer: &mut String,
        string: &str,
        f: impl FnOnce(Instance<'_>) -> T,
    ) -> T {
        buffer.clear();
        buffer.push_str(string);
        f(Instance::Name(buffer))
    }
}

/// A number's literal.
#[derive(Debug, Clone, Copy)]
pub struct Literal<'a>(&'a str);

impl JsonNumber for Literal<'_> {
    fn as_u64(&self) -> Option<u64> {
        self.0.parse().ok()
    }

    fn as_i64(&self) -> Option<i64> {
        self.0.parse().ok()
    }

    fn as_f64(&self) -> Option<f64> {
        self.0.parse().ok()
    }

    fn as_str(&self) -> Cow<'_, str> {
        Cow::Borrowed(self.0)
    }

    fn to_number(&self) -> Cow<'_, serde_json::Number> {
        // Beyond f64 (1e400) the words of an error are all that asks; the nearest finite will do.
        let number = serde_json::from_str(self.0)
            .ok()
            .or_else(|| serde_json::Number::from_f64(f64::MAX))
            .unwrap_or_else(|| 0.into());
        Cow::Owned(number)
    }

    fn is_integer(&self) -> bool {
        !self.0.contains(['.', 'e', 'E']) || Decimal::is_whole(self.0)
    }

    fn is_written_as_integer(&self) -> bool {
        !self.0.contains(['.', 'e', 'E'])
    }
}

impl<'a> json::Node<'a, TapeJson> for Instance<'a> {
    type Object = Spelled<Node<'a>>;
    type Array = Spelled<Node<'a>>;
    type Number = Literal<'a>;

    fn as_object(&self) -> Option<Spelled<Node<'a>>> {
        match self {
            Self::Value(it) if it.node.is_object() => Some(*it),
            _ => None,
        }
    }

    fn as_array(&self) -> Option<Spelled<Node<'a>>> {
        match self {
            Self::Value(it) if it.node.is_array() => Some(*it),
            _ => None,
        }
    }

    fn as_string(&self) -> Option<Cow<'a, str>> {
        match self {
            Self::Value(it) => it.node.string(),
            Self::Name(name) => Some(Cow::Borrowed(name)),
        }
    }

    fn as_number(&self) -> Option<Literal<'a>> {
        match self {
            Self::Value(it) => it.node.number().map(Literal),
            Self::Name(_) => None,
        }
    }

    fn as_boolean(&self) -> Option<bool> {
        match self {
            Self::Value(it) => match it.node.kind() {
                TokenKind::True => Some(true),
                TokenKind::False => Some(false),
                _ => None,
            },
            Self::Name(_) => None,
        }
    }

    fn is_null(&self) -> bool {
        matches!(self, Self::Value(it) if it.node.is_null())
    }

    fn json_type(&self) -> JsonType {
        match self {
            Self::Name(_) => JsonType::String,
            Self::Value(it) => match it.node.kind() {
                TokenKind::Object => JsonType::Object,
                TokenKind::Array => JsonType::Array,
                TokenKind::String | TokenKind::Escaped => JsonType::String,
                TokenKind::Number => JsonType::Number,
                TokenKind::True | TokenKind::False => JsonType::Boolean,
                TokenKind::Null => JsonType::Null,
            },
        }
    }

    fn to_value(&self) -> Cow<'a, Value> {
        Cow::Owned(match self {
            Self::Name(name) => Value::String((*name).to_owned()),
            Self::Value(it) => to_value(it.node),
        })
    }

    fn identity(&self) -> Option<NodeIdentity> {
        match self {
            // The bytes of a tape's text are its own, and no two values begin at the same byte.
            Self::Value(it) => Some(NodeIdentity::new(it.node.raw().as_ptr() as usize)),
            Self::Name(_) => None,
        }
    }
}

impl<'a> json::Object<'a, TapeJson> for Spelled<Node<'a>> {
    type Node = Instance<'a>;
    type MemberName = Cow<'a, str>;
    type MembersIter = Spelled<Members<'a>>;

    fn len(&self) -> usize {
        self.node.members().count()
    }

    fn get(&self, key: &String) -> Option<Instance<'a>> {
        let value = match self.any_spelling {
            true => self.node.get(key),
            false => self.node.get_exact(key),
        };
        value.map(|node| Instance::new(node, self.any_spelling))
    }

    fn members(&self) -> Spelled<Members<'a>> {
        Spelled {
            node: self.node.members(),
            any_spelling: self.any_spelling,
        }
    }
}

impl<'a> Iterator for Spelled<Members<'a>> {
    /// A member with its name unescaped.
    type Item = (Cow<'a, str>, Instance<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let (key, value) = self.node.next()?;
        let name = key.string().unwrap_or_default();
        let name = match spelling::camel(&name) {
            Cow::Owned(camel) if self.any_spelling => Cow::Owned(camel),
            _ => name,
        };
        Some((name, Instance::new(value, self.any_spelling)))
    }
}

impl<'a> Iterator for Spelled<Elements<'a>> {
    type Item = Instance<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        let node = self.node.next()?;
        Some(Instance::new(node, self.any_spelling))
    }
}

impl<'a> json::Array<'a, TapeJson> for Spelled<Node<'a>> {
    type Node = Instance<'a>;
    type ElementsIter = Spelled<Elements<'a>>;

    fn len(&self) -> usize {
        self.node.elements().count()
    }

    fn elements(&self) -> Spelled<Elements<'a>> {
        Spelled {
            node: self.node.elements(),
            any_spelling: self.any_spelling,
        }
    }
}

/// The value as a tree, for the words of an error.
fn to_value(node: Node<'_>) -> Value {
    match node.kind() {
        TokenKind::Null => Value::Null,
        TokenKind::True => Value::Bool(true),
        TokenKind::False => Value::Bool(false),
        TokenKind::Number => Value::Number(Literal(node.raw()).to_number().into_owned()),
        TokenKind::String | TokenKind::Escaped => {
            Value::String(node.string().unwrap_or_default().into_owned())
        }
        TokenKind::Array => node.elements().map(to_value).collect(),
        TokenKind::Object => node
            .members()
            .map(|(key, value)| {
                (
                    key.string().unwrap_or_default().into_owned(),
                    to_value(value),
                )
            })
            .collect(),
    }
}
