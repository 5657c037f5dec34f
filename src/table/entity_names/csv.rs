//! Names in CSV: a header with `id` and `name`, and rows with as many fields. Other columns are
//! attributes of the id.

use std::borrow::Cow;

use crate::error::Error;
use crate::json::text::printable;

use super::{FORMS, ListedNames, NamesFault};

/// The advice for a quote in a wrong place.
const QUOTES: &str =
    "put the whole field in quotes, and double each quote in it: \"a \"\"b\"\" c\"";

/// Adds the names of a text.
pub(super) fn read(text: &str, names: &mut ListedNames) -> Result<(), NamesFault> {
    let line = text.lines().next().unwrap_or_default();
    let mut records = Records {
        text,
        at: 0,
        delimiter: delimiter(line),
    };
    let header = records.next().transpose()?;
    let (_, header) = header.unwrap_or_default();
    let place = |wanted: &str| {
        let mut titles = header.iter();
        titles.position(|title| title.trim().eq_ignore_ascii_case(wanted))
    };
    let (Some(id), Some(name)) = (place("id"), place("name")) else {
        let missing = match (place("id"), place("name")) {
            (None, None) => "columns `id` and `name`",
            (None, _) => "column `id`",
            _ => "column `name`",
        };
        let has = headings(&header);
        let message = format!("the first line has no {missing}: it has {has}");
        let offset = text.len() - text.trim_start().len();
        return Err((offset, Error::usage(message).help(FORMS)));
    };
    let others = header.iter().enumerate();
    let others = others.filter(|(at, title)| ![id, name].contains(at) && !title.trim().is_empty());
    let others: Vec<(usize, usize)> = others
        .map(|(at, title)| (at, names.column(title.trim())))
        .collect();
    for record in records {
        let (offset, fields) = record?;
        let field = |at: usize| fields.get(at).map(|it| it.trim());
        let field = |at| field(at).filter(|it| !it.is_empty());
        if fields.iter().all(|field| field.trim().is_empty()) {
            continue;
        }
        refuse_ragged(offset, &fields, header.len())?;
        for (at, column) in &others {
            if let (Some(id), Some(value)) = (field(id), field(*at)) {
                names.add_attribute(id, *column, value);
            }
        }
        match (field(id), field(name)) {
            (Some(id), Some(name)) => names.add(id, name),
            // An id may have no name.
            (Some(_), None) | (None, None) => {}
            (None, Some(name)) => {
                let error = Error::usage(format!("the name `{name}` has no id"));
                return Err((
                    offset,
                    error.help("fill in the column id, or remove the row"),
                ));
            }
        }
    }
    Ok(())
}

/// The headings that were found, the first few of them.
fn headings(header: &[Cow<'_, str>]) -> String {
    const SHOWN: usize = 6;
    const LONGEST: usize = 40;
    let shown = header.iter().filter(|it| !it.trim().is_empty()).take(SHOWN);
    let shown = shown.map(|it| {
        let short: String = it.trim().chars().take(LONGEST).collect();
        format!("`{}`", printable(&short))
    });
    match shown.collect::<Vec<_>>().join(", ") {
        none if none.is_empty() => "no text".to_owned(),
        all => all,
    }
}

/// The delimiter of a header: that of which it has the most.
fn delimiter(header: &str) -> char {
    let count = |delimiter: char| header.matches(delimiter).count();
    let mut best = ',';
    for other in [';', '\t'] {
        if count(other) > count(best) {
            best = other;
        }
    }
    best
}

/// The offset where a row begins, and its fields.
type Record<'t> = (usize, Vec<Cow<'t, str>>);

/// Refuses a row with more or fewer fields than the header; empty ones at its end do not count.
fn refuse_ragged(offset: usize, fields: &[Cow<'_, str>], wanted: usize) -> Result<(), NamesFault> {
    let mut beyond = fields.iter().skip(wanted);
    let has_more = beyond.any(|field| !field.trim().is_empty());
    let found = fields.len();
    if found >= wanted && !has_more {
        return Ok(());
    }
    let message = match found < wanted {
        true => format!("the row has {found} of {wanted} fields"),
        false => format!("the row has {found} fields, and the first line has {wanted}"),
    };
    let help =
        "write as many fields as in the first line, and put a field with a delimiter in quotes";
    Err((offset, Error::usage(message).help(help)))
}

/// The rows of a text. Empty lines are none.
struct Records<'t> {
    text: &'t str,
    at: usize,
    delimiter: char,
}

impl<'t> Iterator for Records<'t> {
    type Item = Result<Record<'t>, NamesFault>;

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches(['\n', '\r']).len();
        (self.at < self.text.len()).then(|| self.record())
    }
}

impl<'t> Records<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn record(&mut self) -> Result<Record<'t>, NamesFault> {
        let offset = self.at;
        let mut fields = Vec::new();
        loop {
            fields.push(match self.rest().starts_with('"') {
                true => self.quoted()?,
                false => self.plain()?,
            });
            match self.rest().strip_prefix(self.delimiter) {
                Some(rest) => self.at = self.text.len() - rest.len(),
                None => return Ok((offset, fields)),
            }
        }
    }

    /// A field without quotes.
    fn plain(&mut self) -> Result<Cow<'t, str>, NamesFault> {
        let rest = self.rest();
        let end = rest.find(['\n', '\r', self.delimiter]);
        let field = &rest[..end.unwrap_or(rest.len())];
        if let Some(quote) = field.find('"') {
            let error = Error::usage("a quote within a field").help(QUOTES);
            return Err((self.at + quote, error));
        }
        self.at += field.len();
        Ok(Cow::Borrowed(field))
    }

    /// A field in quotes, up to the delimiter or the end of the line behind it.
    fn quoted(&mut self) -> Result<Cow<'t, str>, NamesFault> {
        let open = self.at;
        let mut field = String::new();
        loop {
            self.at += 1;
            let rest = self.rest();
            let Some(length) = rest.find('"') else {
                let error = Error::usage("this quote has no closing quote").help(QUOTES);
                return Err((open, error));
            };
            field.push_str(&rest[..length]);
            self.at += length + 1;
            if !self.rest().starts_with('"') {
                break;
            }
            field.push('"');
        }
        let is_blank = |char| char != self.delimiter && matches!(char, ' ' | '\t');
        let behind = self.rest().trim_start_matches(is_blank);
        if behind.is_empty() || behind.starts_with(['\n', '\r', self.delimiter]) {
            self.at = self.text.len() - behind.len();
            return Ok(Cow::Owned(field));
        }
        // Where the field has several lines, it is the opening quote that is not closed.
        let (offset, message) = match self.text[open..self.at].contains('\n') {
            true => (open, "this quote has no closing quote on its line"),
            false => (self.at, "text behind a closing quote"),
        };
        Err((offset, Error::usage(message).help(QUOTES)))
    }
}
