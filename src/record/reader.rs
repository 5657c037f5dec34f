//! Reads elements one after another, each in the fastest way.

use std::cell::Cell;

use crate::json::{Node, Span, SyntaxError, Tape};
use crate::model::Dialect;

use super::entity::{Entity, EntityView};
use super::{Container, Interner, View};

/// One element of a document.
#[derive(Debug, Clone, Copy)]
pub enum Element<'a> {
    Container(View<'a>),
    Entity(EntityView<'a>),
}

impl Element<'_> {
    /// Number of rows in the long layout, without any filter.
    pub fn rows(self) -> u64 {
        match self {
            Self::Container(view) => view.rows(),
            Self::Entity(view) => {
                let values = view.values().iter();
                values.filter(|value| value.gives_row()).count() as u64
            }
        }
    }
}

/// Reads elements into records that serve for one after another.
#[derive(Debug, Default)]
pub struct RecordReader {
    pub container: Container,
    pub entity: Entity,
    pub interner: Interner,
    /// True if every container is read from a tape, as tests ask.
    pub always_tape: bool,
}

thread_local! {
    static KEPT: Cell<Option<Box<RecordReader>>> = const { Cell::new(None) };
}

impl RecordReader {
    /// The reader that this thread has kept, with its buffers and names.
    pub fn kept() -> Self {
        *KEPT.take().unwrap_or_default()
    }

    /// Reads the element at `span`, which lies `depth` deep in its document; [`RecordReader::element`] has
    /// it then.
    ///
    /// # Errors
    /// It is not JSON.
    pub fn load(
        &mut self,
        dialect: Dialect,
        text: &str,
        span: Span,
        depth: usize,
    ) -> Result<(), SyntaxError> {
        if self.always_tape || !self.read(dialect, text, span) {
            self.fill(dialect, Tape::read(text, span, depth)?.root());
        }
        Ok(())
    }

    /// Reads the element at `span` from its bytes; `false` where only a tape shows what it is.
    pub fn read(&mut self, dialect: Dialect, text: &str, span: Span) -> bool {
        match dialect {
            Dialect::Aggregates => self.container.read(text, span, &mut self.interner),
            Dialect::Summary => self.entity.read(text, span, &mut self.interner),
        }
    }

    /// Reads an element from a tape.
    pub fn fill(&mut self, dialect: Dialect, node: Node<'_>) {
        match dialect {
            Dialect::Aggregates => self.container.fill(node, &mut self.interner),
            Dialect::Summary => self.entity.fill(node),
        }
    }

    /// The element that was read last.
    pub fn element<'a>(&'a self, dialect: Dialect, text: &'a str) -> Element<'a> {
        match dialect {
            Dialect::Aggregates => Element::Container(self.container.view(text)),
            Dialect::Summary => Element::Entity(self.entity.view(text)),
        }
    }

    /// Keeps the reader for this thread, unless one large input has made it large.
    pub fn keep(self) {
        if self.interner.is_small() && self.container.is_small() && self.entity.is_small() {
            KEPT.set(Some(Box::new(self)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_kept(dialect: Dialect, text: &str) -> bool {
        let mut reader = RecordReader::default();
        let span = Span::new(0, text.len());
        reader.load(dialect, text, span, 0).unwrap();
        reader.keep();
        KEPT.take().is_some()
    }

    #[test]
    fn a_reader_that_an_element_made_large_is_not_kept() {
        let list = |part: &str, count| vec![part; count].join(",");
        for (count, expected) in [(2, true), (1 << 17, false)] {
            let buckets = list(r#"{"metrics":[]}"#, count);
            let entries = list(r#"{"metric":"nOffered","stats":{"count":1}}"#, count);
            for text in [
                format!(r#"{{"group":{{}},"data":[{buckets}]}}"#),
                format!(r#"{{"group":{{}},"data":[{{"metrics":[{entries}]}}]}}"#),
                format!(
                    r#"{{"group":{{"queueId":"{}"}},"data":[]}}"#,
                    r"\u00e9".repeat(8 * count)
                ),
            ] {
                assert_eq!(is_kept(Dialect::Aggregates, &text), expected, "{count}");
            }
            let metrics = list(r#""m":{"value":1}"#, count);
            let entity = format!(r#"{{"id":"e","metrics":{{{metrics}}}}}"#);
            assert_eq!(is_kept(Dialect::Summary, &entity), expected, "{count}");
        }
    }
}
