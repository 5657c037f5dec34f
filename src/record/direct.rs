//! Fills a record from the bytes of a container, without a tape. `None` everywhere means: the
//! schema may not hold, or the text has escapes.

use crate::json::Span;
use crate::model::stat::{Stat, StatSet};
use crate::model::time;

use super::cursor::Cursor;
use super::number_buffer::{NumberRoom, put};
use super::slice::ARENA;
use super::template::FigureSlot;
use super::{Bucket, Container, Dimension, Entry, Interner, Scalar, Slice};

/// Groups have a handful of dimensions; the tape compares the names of more.
const MOST_DIMENSIONS: usize = 24;

/// Reads the container at `span` into `record`.
pub(super) fn container(
    record: &mut Container,
    text: &str,
    span: Span,
    interner: &mut Interner,
) -> Option<()> {
    record.clear(span);
    // Slices are 32-bit offsets below those of the arena.
    if span.len() >= ARENA as usize {
        return None;
    }
    let mut cursor = Cursor::new(text.get(span.start..)?);
    let (mut group, mut data) = (false, false);
    let mut more = cursor.open(b'{', b'}')?;
    while more {
        match cursor.key()? {
            b"group" | b"Group" if !group => {
                group = true;
                cursor.blank();
                record.begin = cursor.at as u32;
                dimensions(record, &mut cursor, interner)?;
            }
            b"data" | b"Data" if !data => {
                data = true;
                if !cursor.null() {
                    let mut more = cursor.open(b'[', b']')?;
                    while more {
                        bucket(record, &mut cursor, interner)?;
                        more = cursor.next(b']')?;
                    }
                }
            }
            _ => return None,
        }
        more = cursor.next(b'}')?;
    }
    record.negative = cursor.has_minus();
    let end = cursor.at;
    record.arena.clear(Span::new(span.start, span.start + end));
    // White space may follow the bracket within the span.
    if end < span.len() {
        cursor.blank();
    }
    ((group || data) && end <= span.len() && cursor.at >= span.len()).then_some(())
}

fn dimensions(
    record: &mut Container,
    cursor: &mut Cursor<'_>,
    interner: &mut Interner,
) -> Option<()> {
    if cursor.null() {
        return Some(());
    }
    let mut more = cursor.open(b'{', b'}')?;
    while more {
        let name = cursor.string()?;
        let bytes = name.bytes(cursor.bytes);
        let twice = record
            .group
            .iter()
            .any(|other| other.name.bytes(cursor.bytes) == bytes);
        if twice || record.group.len() == MOST_DIMENSIONS {
            return None;
        }
        let (id, facts) = interner.dimensions.of(record.group.len(), bytes)?;
        // An underscore may be another spelling of a name: the tape compares those.
        if !facts.plain {
            return None;
        }
        record.notable |= facts.notable;
        cursor.colon()?;
        let value = cursor.string_or_null()?;
        record.group.push(Dimension { name, value, id });
        more = cursor.next(b'}')?;
    }
    Some(())
}

fn bucket(record: &mut Container, cursor: &mut Cursor<'_>, interner: &mut Interner) -> Option<()> {
    let first = record.entries.len() as u32;
    let mut interval = Scalar::Absent;
    let (mut metrics, mut views) = (false, false);
    cursor.blank();
    let start = cursor.at as u32;
    let mut more = cursor.open(b'{', b'}')?;
    while more {
        match cursor.key()? {
            b"interval" | b"Interval" if interval == Scalar::Absent => {
                interval = cursor.string_or_null()?
            }
            // Metrics come before views in tables, so they must do so here.
            b"metrics" | b"Metrics" if !metrics && !views => {
                metrics = true;
                entries(record, cursor, interner, false)?;
            }
            b"views" | b"Views" if !views => {
                views = true;
                entries(record, cursor, interner, true)?;
            }
            _ => return None,
        }
        more = cursor.next(b'}')?;
    }
    let (times, plain) = match interval {
        Scalar::Text(slice) => times(cursor.text, slice),
        _ => (None, true),
    };
    record.buckets.push(Bucket {
        index: record.buckets.len() as u32,
        span: (start, cursor.at as u32),
        interval,
        times,
        plain,
        entries: first..record.entries.len() as u32,
    });
    Some(())
}

/// The instants of an interval, and whether nothing of it needs a second look.
fn times(text: &str, slice: Slice) -> (Option<(i64, i64)>, bool) {
    if let Some(times) = time::plain_interval(slice.bytes(text.as_bytes())) {
        return (Some(times), true);
    }
    let start = slice.start();
    let interval = text.get(start..start + slice.len()).unwrap_or_default();
    (super::tape::instants(interval), false)
}

fn entries(
    record: &mut Container,
    cursor: &mut Cursor<'_>,
    interner: &mut Interner,
    view: bool,
) -> Option<()> {
    if cursor.null() {
        return Some(());
    }
    let mut more = cursor.open(b'[', b']')?;
    while more {
        entry(record, cursor, interner, view)?;
        more = cursor.next(b']')?;
    }
    Some(())
}

fn entry(
    record: &mut Container,
    cursor: &mut Cursor<'_>,
    interner: &mut Interner,
    view: bool,
) -> Option<()> {
    cursor.blank();
    let room = record.numbers.room()?;
    let known = interner
        .entries
        .read(cursor, room, |entry| entry.view == view);
    if let Some((template, known)) = known {
        record.entries.push(Entry {
            template,
            first: record.numbers.keep(known.numbers),
            ..known
        });
        return Some(());
    }
    let start = cursor.at;
    let mut name = None;
    let mut qualifier = Scalar::Absent;
    let mut stats = false;
    let (mut numbers, mut nulls) = (StatSet::default(), StatSet::default());
    let mut more = cursor.open(b'{', b'}')?;
    while more {
        match cursor.key()? {
            b"metric" | b"Metric" if !view && name.is_none() => name = Some(cursor.string()?),
            b"name" | b"Name" if view && name.is_none() => name = Some(cursor.string()?),
            b"qualifier" | b"Qualifier" if !view && qualifier == Scalar::Absent => {
                qualifier = cursor.string_or_null()?;
            }
            b"stats" | b"Stats" if !stats => {
                stats = true;
                if !cursor.null() {
                    (numbers, nulls) = figures(room, cursor)?;
                }
            }
            _ => return None,
        }
        more = cursor.next(b'}')?;
    }
    let name = name.filter(|name| !name.is_empty())?;
    let text = cursor.text.get(name.start()..name.start() + name.len())?;
    let slots = (0..).zip(numbers.iter()).zip(&*room);
    let slots = slots.map(|((rank, stat), number)| FigureSlot {
        literal: number.literal,
        rank,
        is_integer: stat.is_integer(),
    });
    let entry = Entry {
        view,
        name,
        id: interner.number(text),
        qualifier,
        numbers,
        nulls,
        template: u32::MAX,
        first: 0,
    };
    let template = interner.entries.learn(entry, cursor, start, slots);
    record.entries.push(Entry {
        template: template.unwrap_or(u32::MAX),
        first: record.numbers.keep(numbers),
        ..entry
    });
    Some(())
}

/// The statistics of an entry: which of them are numbers, and which are null.
fn figures(room: &mut NumberRoom, cursor: &mut Cursor<'_>) -> Option<(StatSet, StatSet)> {
    let (mut numbers, mut nulls) = (StatSet::default(), StatSet::default());
    let mut more = cursor.open(b'{', b'}')?;
    while more {
        let stat = Stat::of_key(std::str::from_utf8(cursor.key()?).ok()?)?;
        if numbers.or(nulls).contains(stat) {
            return None;
        }
        if cursor.null() {
            nulls.insert(stat);
        } else {
            let number = cursor.number()?;
            if stat.is_integer() && number.whole.is_none() {
                return None;
            }
            put(room, &mut numbers, stat, number);
        }
        more = cursor.next(b'}')?;
    }
    Some((numbers, nulls))
}
