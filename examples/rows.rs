//! Walks a saved response with the library: a line a metric, with its count.
//!
//! `cargo run --example rows -- samples/queue-day.json`

use std::error::Error;
use std::io::{self, Write};

use gcagg::document::aggregates::{Container, halves};
use gcagg::json::{Node, Tape};
use gcagg::source::{Dialect, Input, content::Content, frame::frame};

fn main() -> Result<(), Box<dyn Error>> {
    let mut out = io::stdout().lock();
    let path = std::env::args_os()
        .nth(1)
        .unwrap_or_else(|| "samples/queue-day.json".into());
    // The text: decompressed, without BOM, in UTF-8.
    let mut text = String::new();
    Content::open(&Input::File(path.into()), None)?.fill(&mut text, usize::MAX)?;
    // The documents in it, whatever is wrapped around them.
    let framed = frame(&text);
    for finding in &framed.findings {
        eprintln!("{}: {}", finding.code.id(), finding.message);
    }
    for document in &framed.documents {
        let Some(Dialect::Aggregates) = document.dialect else {
            continue;
        };
        let depth = document.opened(Dialect::Aggregates).depth();
        for element in &document.elements {
            let tape =
                Tape::read(document.text(&text), *element, depth).map_err(|error| error.message)?;
            print(Container(tape.root()), &mut out)?;
        }
    }
    Ok(())
}

/// A line for each metric of each bucket.
fn print(container: Container<'_>, out: &mut impl Write) -> io::Result<()> {
    for bucket in container.buckets() {
        let interval = bucket.interval().and_then(Node::string).unwrap_or_default();
        let (start, _) = halves(&interval);
        for metric in bucket.metrics() {
            // The literal as it stood in the input: nothing was parsed.
            let count = metric.stat("count").unwrap_or("-");
            writeln!(out, "{start}  {:<24} {count:>8}", metric.name())?;
        }
    }
    Ok(())
}
