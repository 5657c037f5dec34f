//! The library writes what the command line writes.

use gcagg::{Inputs, Layout, Page, Rollup, TableSpec};

use crate::work::{Work, response, sample};

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).expect("text")
}

#[test]
fn findings_are_those_of_the_command() {
    let work = Work::new();
    let samples = ["M001-min-above-max.json", "S001-wrong-type.json"]
        .map(|name| sample(&format!("bad/{name}")));
    let inputs = samples.iter().fold(Inputs::new(), Inputs::path);
    let checked = inputs.validate().expect("checked");
    assert!(!checked.is_ok());
    for format in ["text", "json", "ndjson"] {
        let mut out = Vec::new();
        checked
            .write_findings(format, None, &mut out)
            .expect("written");
        let ran = work.run(&[
            "validate",
            "--format",
            format,
            "--max-shown",
            "0",
            &samples[0],
            &samples[1],
        ]);
        assert_eq!(text(out), ran.exits(1).stdout, "{format}");
    }
    let error = checked
        .write_findings("yaml", None, &mut Vec::new())
        .expect_err("no such format");
    assert!(
        error
            .suggestion()
            .is_some_and(|help| help.contains("sarif")),
        "{error}"
    );
}

#[test]
fn reports_and_roll_ups_are_those_of_the_command() {
    let work = Work::new();
    let day = sample("queue-day.json");
    let checked = Inputs::new().path(&day).check().expect("checked");
    let page = Page::new()
        .by(["queueId"])
        .top(2)
        .timezone("Europe/Berlin")
        .expect("a zone");
    for format in ["text", "markdown"] {
        let mut out = Vec::new();
        checked
            .report(&page, format, Some(&checked), &mut out)
            .expect("written");
        let ran = work.run(&[
            "report",
            &day,
            "--by",
            "queueId",
            "--top",
            "2",
            "--timezone",
            "Europe/Berlin",
            "--format",
            format,
            "--compare",
            &day,
        ]);
        assert_eq!(text(out), ran.exits(0).stdout, "{format}");
    }
    let error = checked.report(&Page::new().detail(), "json", None, &mut Vec::new());
    assert!(error.is_err());

    let rollup = Rollup::new()
        .by(["mediaType"])
        .every("1w")
        .expect("a period");
    let rollup = rollup
        .timezone("Europe/Berlin")
        .expect("a zone")
        .week_start("sunday")
        .expect("a day");
    let rolled = checked.rollup(&rollup).expect("joined");
    let ran = work.run(&[
        "rollup",
        &day,
        "--by",
        "mediaType",
        "--every",
        "1w",
        "--timezone",
        "Europe/Berlin",
        "--week-start",
        "sunday",
    ]);
    assert!(rolled.is_ok());
    let mut document = Vec::new();
    rolled.write(&mut document).expect("written");
    assert_eq!(text(document), ran.exits(0).stdout);
    let unknown = checked
        .rollup(&Rollup::new().by(["quueId"]))
        .expect_err("no such dimension");
    assert!(
        unknown
            .suggestion()
            .is_some_and(|help| help.contains("queueId")),
        "{unknown}"
    );
}

#[test]
fn bad_parts_are_left_out_and_listed() {
    let work = Work::new();
    let good = response("q1", 8..10, r#"{"metric":"nOffered","stats":{"count":12}}"#);
    let bad = response(
        "q2",
        8..9,
        r#"{"metric":"nOffered","stats":{"count":"12"}}"#,
    );
    work.write("a.ndjson", format!("{good}\n{bad}\n"));
    let path = work.path("a.ndjson");
    let refused = Inputs::new().path(&path).check().expect("checked");
    assert!(refused.table().is_err());
    let checked = Inputs::new()
        .path(&path)
        .skip_bad_parts()
        .check()
        .expect("checked");
    let mut csv = Vec::new();
    assert_eq!(
        checked
            .table()
            .expect("a table")
            .write("csv", &mut csv)
            .expect("written"),
        2
    );
    let mut rejects = Vec::new();
    assert_eq!(checked.rejects(&mut rejects).expect("written"), 1);
    let ran = work.run(&[
        "convert",
        "a.ndjson",
        "--on-error",
        "skip",
        "--rejects",
        "bad.ndjson",
        "-o",
        "a.csv",
    ]);
    ran.exits(0);
    assert_eq!(text(csv), text(work.read("a.csv")));
    let listed = text(work.read("bad.ndjson"))
        .replace("\"a.ndjson\"", &format!("{:?}", path.display().to_string()));
    assert_eq!(text(rejects), listed);
    // What was not read is no bad part.
    let missing = Inputs::new()
        .path(work.path("none.json"))
        .skip_bad_parts()
        .check()
        .expect("checked");
    assert!(missing.table().is_err());
}

#[test]
fn buckets_left_out_because_they_overlap_are_no_rows() {
    let work = Work::new();
    let metric = r#"{"metric":"nOffered","stats":{"count":12}}"#;
    work.write("a.json", response("q1", 8..10, metric));
    work.write("b.json", response("q1", 9..12, metric));
    let inputs = Inputs::new()
        .path(work.path("a.json"))
        .path(work.path("b.json"));
    let checked = inputs.skip_bad_parts().check().expect("checked");
    let mut csv = Vec::new();
    let rows = checked
        .table()
        .expect("a table")
        .write("csv", &mut csv)
        .expect("written");
    assert_eq!((checked.rows(), rows), (4, 4));
    // They were not left out by a limit.
    let ran = work.run(&[
        "convert",
        "a.json",
        "b.json",
        "--on-error",
        "skip",
        "--limit",
        "9",
        "-o",
        "a.csv",
    ]);
    let said = ran.exits(0).stderr;
    assert!(!said.contains("--limit"), "{said}");
}

#[test]
fn a_run_that_is_stopped_reads_no_more_until_it_goes_on() {
    let inputs = Inputs::new().path(sample("queue-day.json"));
    let size = inputs.size();
    let progress = inputs.progress();
    progress.stop();
    let checked = inputs.check().expect("checked");
    assert!(!checked.is_ok());
    assert_eq!(progress.bytes(), 0);
    progress.resume();
    let shape = TableSpec::new().layout(Layout::Wide);
    let inputs = Inputs::new()
        .path(sample("queue-day.json"))
        .table_spec(shape);
    let progress = inputs.progress();
    assert!(inputs.check().expect("checked").is_ok());
    assert_eq!(Some(progress.bytes()), size);
}

/// A caller that takes batches of one pass while another is open must not wait for itself.
#[test]
fn passes_over_one_table_can_be_open_together() {
    use std::sync::mpsc::sync_channel;

    use gcagg::ArrowTypes;

    let buckets: Vec<String> = (0..40_000)
        .map(|bucket| {
            format!(
                "{{\"interval\":\"2026-03-02T00:00:00.{bucket:05}Z/2026-03-02T00:00:00.{:05}Z\",\
                 \"metrics\":[{{\"metric\":\"nOffered\",\"stats\":{{\"count\":{bucket}}}}}]}}",
                bucket + 1
            )
        })
        .collect();
    let text = format!(
        "{{\"results\":[{{\"group\":{{}},\"data\":[{}]}}]}}",
        buckets.join(",")
    );
    let checked = Inputs::new()
        .bytes("a.json", text.into_bytes())
        .threads(2)
        .check()
        .expect("checked");
    assert!(checked.is_ok(), "{:?}", checked.findings());
    std::thread::scope(|scope| {
        let passes: Vec<_> = (0..6)
            .map(|_| {
                let (sender, receiver) = sync_channel(0);
                let checked = &checked;
                scope.spawn(move || {
                    let table = checked.table().expect("a table");
                    let mut hand = |batch: arrow_array::RecordBatch| {
                        sender.send(batch.num_rows()).map_err(std::io::Error::other)
                    };
                    table
                        .batches(ArrowTypes::Plain, &mut hand)
                        .expect("batches");
                });
                receiver
            })
            .collect();
        for pass in passes {
            assert_eq!(pass.iter().sum::<usize>(), 40_000);
        }
    });
}
