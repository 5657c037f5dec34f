//! Fills an entity from its bytes, without a tape. `None` everywhere means: the schema may not hold, a
//! property is unknown or has another spelling, or the text has escapes.

use crate::json::Span;
use crate::record::cursor::Cursor;
use crate::record::slice::ARENA;
use crate::record::template::FigureSlot;
use crate::record::{Interner, Number, Scalar, Slice};

use super::Entity;
use crate::record::value::Value;

/// Reads the entity at `span` into `entity`.
pub(super) fn entity(
    entity: &mut Entity,
    text: &str,
    span: Span,
    interner: &mut Interner,
) -> Option<()> {
    entity.clear(span);
    // Slices are 32-bit offsets below those of the arena.
    if span.len() >= ARENA as usize {
        return None;
    }
    let mut cursor = Cursor::new(text.get(span.start..)?);
    let (mut division, mut metrics) = (false, false);
    let mut more = cursor.open(b'{', b'}')?;
    while more {
        match cursor.key()? {
            b"id" if entity.id == Scalar::Absent => {
                let id = cursor.string().filter(|id| !id.is_empty())?;
                entity.id = Scalar::Text(id);
            }
            b"division" if !division => {
                division = true;
                read_division(entity, &mut cursor)?;
            }
            b"metrics" if !metrics => {
                metrics = true;
                values(entity, &mut cursor, interner)?;
            }
            _ => return None,
        }
        more = cursor.next(b'}')?;
    }
    let end = cursor.at;
    entity.arena.clear(Span::new(span.start, span.start + end));
    // White space may follow the bracket within the span.
    if end < span.len() {
        cursor.blank();
    }
    let is_valid = metrics && entity.id != Scalar::Absent;
    (is_valid && end <= span.len() && cursor.at >= span.len()).then_some(())
}

fn read_division(entity: &mut Entity, cursor: &mut Cursor<'_>) -> Option<()> {
    if let Some(id) = cursor.string_or_null() {
        entity.division = id;
        return Some(());
    }
    let mut more = cursor.open(b'{', b'}')?;
    while more {
        let property = match cursor.key()? {
            b"id" => &mut entity.division,
            b"name" => &mut entity.division_name,
            _ => return None,
        };
        if *property != Scalar::Absent {
            return None;
        }
        *property = cursor.string_or_null()?;
        more = cursor.next(b'}')?;
    }
    Some(())
}

/// The metrics.
fn values(entity: &mut Entity, cursor: &mut Cursor<'_>, interner: &mut Interner) -> Option<()> {
    if cursor.null() {
        return Some(());
    }
    let mut more = cursor.open(b'{', b'}')?;
    while more {
        let (value, id) = named_value(entity.values.len(), cursor, interner)?;
        if !entity.is_new(id) {
            return None;
        }
        entity.values.push(value);
        more = cursor.next(b'}')?;
    }
    Some(())
}

/// A metric, and the number of its name. It is at this index.
fn named_value(
    index: usize,
    cursor: &mut Cursor<'_>,
    interner: &mut Interner,
) -> Option<(Value, u32)> {
    cursor.blank();
    let start = cursor.at;
    let mut number = [Number::default()];
    let known = interner.values.read(cursor, &mut number, |_| true);
    if let Some((template, (value, id))) = known {
        let value = Value { template, ..value };
        return Some((value.with(number[0]), id));
    }
    let name = cursor.string()?;
    let bytes = name.bytes(cursor.bytes);
    let (id, facts) = interner.value_names.of(index, bytes)?;
    // It may be another spelling of a name: the tape compares those.
    if !facts.plain || bytes.first().is_some_and(u8::is_ascii_uppercase) {
        return None;
    }
    cursor.colon()?;
    let value = value(name, cursor)?;
    let figure = value.number().map(|number| FigureSlot {
        literal: number.literal,
        rank: 0,
        is_integer: false,
    });
    let learned = interner
        .values
        .learn((value, id), cursor, start, figure.into_iter());
    let template = learned.unwrap_or(u32::MAX);
    Some((Value { template, ..value }, id))
}

fn value(name: Slice, cursor: &mut Cursor<'_>) -> Option<Value> {
    let from = |start: usize, cursor: &Cursor<'_>| Slice {
        start: start as u32,
        len: (cursor.at - start) as u32,
    };
    cursor.blank();
    let start = cursor.at;
    let is_null = cursor.null();
    let [mut value, mut unit, mut label] = [Scalar::Absent; 3];
    let mut whole = None;
    let (mut place, mut unit_place) = (None, None);
    let mut more = !is_null && cursor.open(b'{', b'}')?;
    while more {
        let key = cursor.key()?;
        cursor.blank();
        let start = cursor.at;
        match key {
            b"value" if place.is_none() => {
                value = Scalar::Null;
                if !cursor.null() {
                    let number = cursor.number()?;
                    (value, whole) = (Scalar::Number(number.literal), number.whole);
                }
                place = Some(from(start, cursor));
            }
            b"unit" if unit_place.is_none() => {
                unit = cursor.string_or_null()?;
                unit_place = Some(from(start, cursor));
            }
            b"label" if label == Scalar::Absent => label = cursor.string_or_null()?,
            _ => return None,
        }
        more = cursor.next(b'}')?;
    }
    // An object needs a value.
    if !is_null && place.is_none() {
        return None;
    }
    let place = place.unwrap_or_else(|| from(start, cursor));
    Some(Value {
        name,
        value,
        unit,
        label,
        whole,
        template: u32::MAX,
        is_object: !is_null,
        is_null,
        place,
        unit_place: unit_place.unwrap_or(place),
    })
}
