//! The tape as `jsonschema` sees it, so that one parse serves tables, rules and the schema.

use std::borrow::Cow;

use jsonschema::JsonType;
use jsonschema::json::{self, Json, JsonNumber, NodeIdentity};
use serde_json::Value;

use super::tape::{Elements, Members, Node};
use super::{TokenKind, number::Decimal, spelling};

/// The JSON representation "token tape"; where it is `RESPELLED`, properties in other spellings have
/// the names of the API.
#[derive(Debug)]
pub struct TapeJson<const RESPELLED: bool = false>;

/// A value on a tape, or a property name that the schema checks as if it were one.
#[derive(Debug, Clone)]
pub enum Instance<'a> {
    Value(Node<'a>),
    Name(&'a str),
}

impl<const RESPELLED: bool> Json for TapeJson<RESPELLED> {
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

impl<'a, const RESPELLED: bool> json::Node<'a, TapeJson<RESPELLED>> for Instance<'a> {
    type Object = Node<'a>;
    type Array = Node<'a>;
    type Number = Literal<'a>;

    fn as_object(&self) -> Option<Node<'a>> {
        match self {
            Self::Value(node) if node.is_object() => Some(*node),
            _ => None,
        }
    }

    fn as_array(&self) -> Option<Node<'a>> {
        match self {
            Self::Value(node) if node.is_array() => Some(*node),
            _ => None,
        }
    }

    fn as_string(&self) -> Option<Cow<'a, str>> {
        match self {
            Self::Value(node) => node.string(),
            Self::Name(name) => Some(Cow::Borrowed(name)),
        }
    }

    fn as_number(&self) -> Option<Literal<'a>> {
        match self {
            Self::Value(node) => node.number().map(Literal),
            Self::Name(_) => None,
        }
    }

    fn as_boolean(&self) -> Option<bool> {
        match self {
            Self::Value(node) => match node.kind() {
                TokenKind::True => Some(true),
                TokenKind::False => Some(false),
                _ => None,
            },
            Self::Name(_) => None,
        }
    }

    fn is_null(&self) -> bool {
        matches!(self, Self::Value(node) if node.is_null())
    }

    fn json_type(&self) -> JsonType {
        match self {
            Self::Name(_) => JsonType::String,
            Self::Value(node) => match node.kind() {
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
            Self::Value(node) => to_value(*node),
        })
    }

    fn identity(&self) -> Option<NodeIdentity> {
        match self {
            // The bytes of a tape's text are its own, and no two values begin at the same byte.
            Self::Value(node) => Some(NodeIdentity::new(node.raw().as_ptr() as usize)),
            Self::Name(_) => None,
        }
    }
}

impl<'a, const RESPELLED: bool> json::Object<'a, TapeJson<RESPELLED>> for Node<'a> {
    type Node = Instance<'a>;
    type MemberName = Cow<'a, str>;
    type MembersIter = NamedMembers<'a, RESPELLED>;

    fn len(&self) -> usize {
        Node::members(*self).count()
    }

    fn get(&self, key: &String) -> Option<Instance<'a>> {
        match RESPELLED {
            true => Node::get(*self, key),
            false => self.get_exact(key),
        }
        .map(Instance::Value)
    }

    fn members(&self) -> NamedMembers<'a, RESPELLED> {
        NamedMembers(Node::members(*self))
    }
}

/// Members with their names unescaped.
#[derive(Debug)]
pub struct NamedMembers<'a, const RESPELLED: bool>(Members<'a>);

impl<'a, const RESPELLED: bool> Iterator for NamedMembers<'a, RESPELLED> {
    type Item = (Cow<'a, str>, Instance<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let (key, value) = self.0.next()?;
        let name = key.string().unwrap_or_default();
        let name = match spelling::camel(&name) {
            Cow::Owned(camel) if RESPELLED => Cow::Owned(camel),
            _ => name,
        };
        Some((name, Instance::Value(value)))
    }
}

impl<'a, const RESPELLED: bool> json::Array<'a, TapeJson<RESPELLED>> for Node<'a> {
    type Node = Instance<'a>;
    type ElementsIter = std::iter::Map<Elements<'a>, fn(Node<'a>) -> Instance<'a>>;

    fn len(&self) -> usize {
        Node::elements(*self).count()
    }

    fn elements(&self) -> Self::ElementsIter {
        Node::elements(*self).map(Instance::Value)
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
