//! What each part of the work costs, by bytes of input: `cargo bench`.

use divan::counter::BytesCount;
use divan::{Bencher, black_box};

use gcagg::Inputs;
use gcagg::internals::check::rules::RuleMemory;
use gcagg::internals::check::{self, rules};
use gcagg::internals::diagnostic::levels::{Levels, LintLevels};
use gcagg::internals::diagnostic::sink::{FindingLimit, Findings};
use gcagg::internals::input::cut;
use gcagg::internals::json::structure::Structure;
use gcagg::internals::json::{Path, Span, Tape};
use gcagg::internals::model::Dialect;
use gcagg::internals::record::{Container, Element, Interner};

/// A response of a few hundred kilobytes: eight queues with two days of half hours.
fn response() -> String {
    let metrics: Vec<String> = ["tHandle", "tTalk", "tAcw", "tWait", "tAbandon", "tAnswered"]
        .iter()
        .enumerate()
        .map(|(at, name)| {
            format!(
                r#"{{"metric":"{name}","stats":{{"max":{},"min":1017,"count":{},"sum":{}}}}}"#,
                90_000 + at,
                7 + at,
                200_000 + at
            )
        })
        .collect();
    let buckets: Vec<String> = (0..96)
        .map(|half| {
            let (day, from) = (1 + half / 48, half % 48);
            let time = |half: i32| {
                format!(
                    "2026-03-{:02}T{:02}:{:02}:00.000Z",
                    day + half / 48,
                    half % 48 / 2,
                    half % 2 * 30
                )
            };
            format!(
                r#"{{"interval":"{}/{}","metrics":[{}]}}"#,
                time(from),
                time(from + 1),
                metrics.join(",")
            )
        })
        .collect();
    let containers: Vec<String> = (0..8)
        .map(|queue| format!(r#"{{"group":{{"mediaType":"voice","queueId":"3fd6cc0c-0000-4f2b-9a50-00000000000{queue}"}},"data":[{}]}}"#, buckets.join(",")))
        .collect();
    format!(r#"{{"results":[{}]}}"#, containers.join(","))
}

/// Benches `work` over each container of the response.
fn each_container(bencher: Bencher<'_, '_>, mut work: impl FnMut(&str, Span)) {
    let text = response();
    let framed = cut::frame(&text);
    let documents = framed.documents();
    let elements: Vec<Span> = documents.flat_map(|it| it.elements.clone()).collect();
    assert_eq!(elements.len(), 8);
    bencher
        .counter(BytesCount::new(text.len()))
        .bench_local(|| elements.iter().for_each(|span| work(&text, *span)));
}

#[divan::bench]
fn structural_scan(bencher: Bencher<'_, '_>) {
    let text = response();
    bencher
        .counter(BytesCount::new(text.len()))
        .bench_local(|| Structure::new().end(black_box(text.as_bytes()), 0));
}

#[divan::bench]
fn framing(bencher: Bencher<'_, '_>) {
    let text = response();
    bencher
        .counter(BytesCount::new(text.len()))
        .bench_local(|| cut::frame(black_box(&text)).documents().count());
}

#[divan::bench]
fn direct_record(bencher: Bencher<'_, '_>) {
    let (mut record, mut interner) = (Container::default(), Interner::default());
    each_container(bencher, |text, span| {
        assert!(record.read(text, span, &mut interner));
    });
}

#[divan::bench]
fn direct_record_with_rules(bencher: Bencher<'_, '_>) {
    let levels = Levels::resolve(&LintLevels::default()).unwrap_or_else(|_| unreachable!());
    let mut wanted = FindingLimit::new(&levels, true);
    let (mut record, mut interner) = (Container::default(), Interner::default());
    let (mut found, mut state, path) = (Vec::new(), RuleMemory::default(), |path| path);
    each_container(bencher, |text, span| {
        assert!(record.read(text, span, &mut interner));
        let mut out = Findings::new(&mut found, &mut wanted, &path);
        let element = Element::Container(record.view(text));
        rules::element(element, &interner, i64::MAX, &mut state, &mut out);
    });
    assert!(found.is_empty(), "{found:?}");
}

#[divan::bench]
fn tape(bencher: Bencher<'_, '_>) {
    each_container(bencher, |text, span| {
        black_box(Tape::read(text, span, 2).is_ok());
    });
}

#[divan::bench]
fn tape_with_schema(bencher: Bencher<'_, '_>) {
    let mut found = Vec::new();
    each_container(bencher, |text, span| {
        if let Ok(tape) = Tape::read(text, span, 2) {
            check::element(
                Dialect::Aggregates,
                tape.root(),
                &Path::default(),
                &mut found,
            );
        }
    });
    assert!(found.is_empty(), "{found:?}");
}

#[divan::bench]
fn serde_json_value(bencher: Bencher<'_, '_>) {
    each_container(bencher, |text, span| {
        let value: Result<serde_json::Value, _> = serde_json::from_str(&text[span.start..span.end]);
        black_box(value.is_ok());
    });
}

/// A small document from memory through the public interface: one queue with nine half hours.
fn small_document() -> String {
    let text = response();
    let (start, rest) = text.split_at(text.find(r#"{"interval""#).unwrap_or(0));
    let buckets: Vec<&str> = rest.split_inclusive("]}").take(9).collect();
    format!("{start}{}]}}]}}", buckets.concat())
}

#[divan::bench]
fn small_document_is_read(bencher: Bencher<'_, '_>) {
    let text = small_document();
    bencher
        .counter(BytesCount::new(text.len()))
        .bench_local(|| {
            let read = Inputs::new().bytes("small.json", text.as_bytes()).check();
            assert!(black_box(read).is_ok_and(|it| it.is_ok()));
        });
}

#[divan::bench]
fn small_document_to_csv(bencher: Bencher<'_, '_>) {
    let text = small_document();
    bencher
        .counter(BytesCount::new(text.len()))
        .bench_local(|| {
            let mut csv = Vec::with_capacity(16 << 10);
            let read = Inputs::new().bytes("small.json", text.as_bytes()).check();
            let rows = read.and_then(|it| it.table()?.write("csv", &mut csv));
            assert_eq!(rows.ok(), Some(54));
            black_box(csv);
        });
}

fn main() {
    divan::main();
}
