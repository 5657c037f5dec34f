//! `--names`: columns with the names of ids.

use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::work::{OFFERED, Work, response, sample};

/// A listing as the API returns it.
fn listing(entities: &[(&str, &str)]) -> String {
    let entities: Vec<String> = entities
        .iter()
        .map(|(id, name)| format!(r#"{{"id":"{id}","name":"{name}","selfUri":"/x"}}"#))
        .collect();
    format!(
        r#"{{"entities":[{}],"pageSize":25,"pageNumber":1,"total":2,"pageCount":1}}"#,
        entities.join(",")
    )
}

/// Two queues of one user, and their names.
fn work() -> Work {
    let work = Work::new();
    let both = format!(
        "{}\n{}",
        response("q1", 8..9, OFFERED),
        response("q2", 8..9, OFFERED)
    );
    let both = both.replace("\"queueId\"", "\"userId\":\"u1\",\"queueId\"");
    work.write("a.ndjson", both);
    work.write("queues.csv", "id,name\nq1,Sales\nq2,\"Service, 2nd\"\n");
    work
}

const COLUMNS: [&str; 2] = ["--columns", "queueId,queue_name"];

fn rows(work: &Work, names: &[&str]) -> String {
    let mut arguments = vec!["convert", "a.ndjson", "--allow", "all"];
    arguments.extend(COLUMNS);
    for file in names {
        arguments.extend(["--names", file]);
    }
    work.run(&arguments).exits(0).stdout
}

#[test]
fn names_stand_behind_their_ids_in_both_layouts() {
    let work = work();
    for (layout, rest) in [
        ("long", "interval_start,interval_end,metric,count"),
        ("wide", "interval_start,interval_end,nOffered_count"),
    ] {
        let arguments = [
            "convert",
            "a.ndjson",
            "--layout",
            layout,
            "--names",
            "queues.csv",
            "--allow",
            "all",
        ];
        let ran = work.run(&arguments).exits(0);
        let lines: Vec<&str> = ran.stdout.lines().collect();
        assert_eq!(lines[0], format!("queueId,queue_name,userId,{rest}"));
        assert!(lines[1].starts_with("q1,Sales,u1,2026-"), "{}", lines[1]);
        assert!(
            lines[2].starts_with("q2,\"Service, 2nd\",u1,"),
            "{}",
            lines[2]
        );
        assert_eq!(
            ran.stderr, "",
            "an id of a dimension without any name is no warning"
        );
    }
}

#[test]
fn every_form_of_a_file_gives_the_same_names() {
    let work = work();
    let expected = "queueId,queue_name\nq1,Sales\nq2,Süd\n";
    let both = [("q1", "Sales"), ("q2", "Süd")];
    let page = listing(&both);
    let entities =
        page[page.find('[').expect("an array")..=page.rfind(']').expect("its end")].to_owned();
    let (one, two) = (listing(&both[..1]), listing(&both[1..]));
    let utf16: Vec<u8> = format!("\u{feff}{page}")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    for (name, bytes) in [
        ("plain.csv", b"id,name\nq1,Sales\nq2,S\xc3\xbcd\n".to_vec()),
        (
            "order.csv",
            "\u{feff}Division;Name;ID\r\nx;Sales;q1\r\ny;\"Süd\";q2\r\n\r\n".into(),
        ),
        ("tab.csv", "id\tname\nq1\tSales\nq2\tSüd\n".into()),
        ("page.json", page.clone().into_bytes()),
        ("utf16.json", utf16),
        ("array.json", entities.into_bytes()),
        ("pages.json", format!("[{one},{two}]").into_bytes()),
        (
            "one-after-another.json",
            format!("{one}\n{two}\n{{\"entities\":null}}").into_bytes(),
        ),
        (
            "entities.ndjson",
            "{\"id\":\"q1\",\"name\":\"Sales\"}\n{\"id\":\"q2\",\"name\":\"S\\u00fcd\"}\n".into(),
        ),
        (
            "packed.json.zst",
            zstd::encode_all(page.as_bytes(), 0).expect("packed"),
        ),
    ] {
        work.write(name, bytes);
        assert_eq!(rows(&work, &[name]), expected, "{name}");
    }
    work.write("names/users.json", listing(&[("u1", "Ann")]));
    work.write("names/queues.json", &page);
    work.write("names/readme.txt", "not a list");
    work.write("names/.hidden.json", "nothing");
    assert_eq!(rows(&work, &["names"]), expected);
    work.write("gcagg.toml", "[convert]\nnames = \"names/\"\n");
    assert_eq!(rows(&work, &[]), expected);
    let ran = work.run(&[
        "rollup",
        "a.ndjson",
        "-t",
        "csv",
        "--by",
        "queueId",
        "--names",
        "names",
        "--columns",
        "queue_name",
    ]);
    assert_eq!(ran.exits(0).stdout, "queue_name\nSales\nSüd\n");
    let ran = work
        .run(&["rollup", "a.ndjson", "--names", "names"])
        .exits(2);
    assert!(
        ran.stderr.contains("--names is for tables"),
        "{}",
        ran.stderr
    );
}

#[test]
fn ids_without_a_name_are_empty_and_counted_once() {
    let work = work();
    work.write("one.csv", "id,name\nq2,Two\n");
    let arguments = [
        "convert",
        "a.ndjson",
        "--names",
        "one.csv",
        "--columns",
        "queueId,queue_name",
    ];
    for threads in ["1", "3"] {
        let ran = work
            .run(&[&arguments[..], &["-j", threads]].concat())
            .exits(0);
        assert_eq!(ran.stdout, "queueId,queue_name\nq1,\nq2,Two\n");
        assert!(
            ran.stderr
                .contains("warning: 1 id of queueId has no name in --names, the first is q1\n"),
            "{}",
            ran.stderr
        );
    }
    work.write("none.csv", "id,name\nother,Other\n");
    let ran = work
        .run(&["convert", "a.ndjson", "--names", "none.csv"])
        .exits(0);
    assert!(
        ran.stdout.starts_with("queueId,userId,interval_start,"),
        "{}",
        ran.stdout
    );
    assert!(ran.stderr.contains("no name for any id"), "{}", ran.stderr);
    work.write("two.csv", "id,name\nq1,A\nq2,B\nq1,C\nq2,B\n");
    let ran = work
        .run(&[
            "convert",
            "a.ndjson",
            "--names",
            "two.csv",
            "--columns",
            "queue_name",
        ])
        .exits(0);
    assert_eq!(ran.stdout, "queue_name\nC\nB\n");
    assert!(
        ran.stderr.contains(
            "1 id has two names in --names, and the last one is used: q1 is `A`, then `C`"
        ),
        "{}",
        ran.stderr
    );
}

#[test]
fn ids_without_a_name_are_counted_up_to_a_limit() {
    let work = Work::new();
    let groups = |count: usize| {
        let groups = (0..count).map(|at| response(&format!("q{at}"), 8..9, OFFERED));
        groups.collect::<Vec<String>>().join("\n")
    };
    work.write("names.csv", "id,name\nq0,Billing\n");
    for (count, words) in [
        (10_001, "warning: 10000 ids of queueId have no name"),
        (
            10_002,
            "warning: more than 10000 ids of queueId have no name",
        ),
        (
            10_003,
            "warning: more than 10000 ids of queueId have no name",
        ),
    ] {
        work.write("a.ndjson", groups(count));
        let run = ["convert", "a.ndjson", "--names", "names.csv", "-o", "t.csv"];
        let ran = work.run(&run).exits(0);
        assert!(ran.stderr.contains(words), "{count}: {}", ran.stderr);
    }
}

#[test]
fn entities_of_a_summary_are_found_by_name() {
    let work = Work::new();
    let entity = |id| format!(r#"{{"id":"{id}","metrics":{{"x":{{"value":1,"unit":"s"}}}}}}"#);
    let entities = ["e1", "e2"].map(entity).join(",");
    work.write("a.json", format!(r#"{{"entities":[{entities}]}}"#));
    work.write("names.csv", "id,name\ne1,Billing\ne2,Sales\n");
    let run = ["convert", "a.json", "--names", "names.csv", "--columns=id"];
    let ran = work.run(&[&run[..], &["--where", "id=billing"]].concat());
    assert_eq!(ran.exits(0).stdout, "id\ne1\n");
}

#[test]
fn stable_columns_have_a_name_for_every_id() {
    let work = work();
    work.write("none.csv", "id,name\nother,Other\n");
    let header = |more: &[&str]| {
        let arguments = [
            "convert", "a.ndjson", "--names", "none.csv", "--allow", "all", "-q",
        ];
        let ran = work.run(&[&arguments[..], more].concat()).exits(0);
        ran.stdout.lines().next().expect("a header").to_owned()
    };
    assert!(header(&["--columns", "all"]).starts_with("queueId,queue_name,userId,user_name,interval_start,interval_end,metric,view,qualifier,qualifier_name,count"));
    assert!(
        header(&["--columns", "all", "--dims", "mediaType,queueId"])
            .starts_with("mediaType,queueId,queue_name,interval_start")
    );
    assert_eq!(
        header(&["--columns", "user_name,wrapUpCode_name"]),
        "user_name,wrapUpCode_name"
    );
    let ran = work
        .run(&[
            "convert",
            "a.ndjson",
            "--names",
            "none.csv",
            "--columns",
            "quue_name",
        ])
        .exits(2);
    assert!(
        ran.stderr.contains("did you mean `queue_name`"),
        "{}",
        ran.stderr
    );
    // Without names there are no such columns.
    work.run(&["convert", "a.ndjson", "--columns", "queue_name"])
        .exits(2);
}

#[test]
fn a_name_that_is_taken_gets_a_number() {
    let work = work();
    let text = String::from_utf8(work.read("a.ndjson")).expect("text");
    work.write("a.ndjson", text.replace("\"userId\"", "\"queue_name\""));
    let arguments = [
        "convert",
        "a.ndjson",
        "--names",
        "queues.csv",
        "--allow",
        "all",
    ];
    let ran = work.run(&arguments).exits(0);
    assert!(
        ran.stdout
            .starts_with("queueId,queue_name_2,queue_name,interval_start"),
        "{}",
        ran.stdout
    );
    assert!(ran.stdout.contains("\nq1,Sales,u1,"), "{}", ran.stdout);
}

#[test]
fn broken_files_are_named_with_their_place() {
    let work = work();
    for (name, text, place, words) in [
        (
            "a.csv",
            "queue,name\nq1,Sales\n",
            "a.csv:1:1",
            "no column `id`",
        ),
        ("b.csv", "id,name\nq1,A\nq2\n", "b.csv:3:1", "1 of 2 fields"),
        (
            "c.csv",
            "id,name\n,Sales\n",
            "c.csv:2:1",
            "`Sales` has no id",
        ),
        (
            "d.json",
            "{\"entities\":[{\"id\":\"q1\"},\n {\"name\":\"x\"}]}",
            "d.json:2:2",
            "not an entity with an `id`",
        ),
        (
            "e.json",
            "{\"entities\":[{\"id\":\"q1\",}]}",
            "e.json:1:24",
            "not JSON",
        ),
        (
            "f.json",
            "{\"results\":[]}",
            "f.json:1:1",
            "not an entity with an `id`",
        ),
        ("g.json", "{\"entities\":{}}", "g.json:1:13", "not an array"),
        ("h.csv", "", "h.csv:1:1", "no columns `id` and `name`"),
        ("i.csv", "id;title\nq1;A\n", "i.csv:1:1", "no column `name`"),
        (
            "j.csv",
            "id,name\nq1,\"Foo\nq2,Bar\n",
            "j.csv:2:4",
            "this quote has no closing quote",
        ),
        (
            "k.csv",
            "id,name\nq1,\"Foo\nq2,Bar\nq3,\"Baz\"\n",
            "k.csv:2:4",
            "this quote has no closing quote on its line",
        ),
        (
            "l.csv",
            "id,name\nq1,A\nq2,the \"best\" one\n",
            "l.csv:3:8",
            "a quote within a field",
        ),
        (
            "m.csv",
            "id;name\r\nq1;\"A\" B\r\n",
            "m.csv:2:7",
            "text behind a closing quote",
        ),
        (
            "n.csv",
            "id,name\nq1,A\n\nq2,Foo, Inc.\n",
            "n.csv:4:1",
            "3 fields, and the first line has 2",
        ),
        (
            "o.csv",
            "id,name,brand\nq1,A\n",
            "o.csv:2:1",
            "2 of 3 fields",
        ),
        ("p.csv", "\"id,name\n", "p.csv:1:1", "no closing quote"),
    ] {
        work.write(name, text);
        let ran = work.run(&["convert", "a.ndjson", "--names", name]).exits(2);
        assert!(ran.stdout.is_empty(), "{name}");
        assert!(
            ran.stderr.contains(place) && ran.stderr.contains(words),
            "{name}: {}",
            ran.stderr
        );
    }
    let ran = work
        .run(&["convert", "a.ndjson", "--names", "nothing.csv"])
        .exits(3);
    assert!(ran.stderr.contains("nothing.csv"), "{}", ran.stderr);
    work.write("i.csv", b"id,name\nq1,\xff\n");
    work.run(&["convert", "a.ndjson", "--names", "i.csv"])
        .exits(2);
    work.write("folder/x.txt", "");
    work.run(&["convert", "a.ndjson", "--names", "folder"])
        .exits(2);
    let ran = work
        .run(&[
            "convert",
            "a.ndjson",
            "--names",
            "queues.csv",
            "-o",
            "queues.csv",
        ])
        .exits(2);
    assert!(ran.stderr.contains("also an input"), "{}", ran.stderr);
}

#[test]
fn fields_in_quotes_are_read_as_they_were_written() {
    let work = work();
    for (text, name) in [
        ("id,name\nq1,\"A \"\"B\"\", C\"\n", "\"A \"\"B\"\", C\""),
        ("\"id\",\"name\"\r\n\"q1\",\"A\"\r\n", "A"),
        ("id\tname\rq1\t\"A\"\r", "A"),
        ("name;id;\n\"A\" ;q1;\n ; ;\n", "A"),
        ("id\tname\nq1 \t\"A\" \t\n", "A"),
        ("id,name\n\nq2,\nq1,A", "A"),
        ("id,name,x\nq1,\"two\nlines\",\"\"\n", "\"two\nlines\""),
    ] {
        work.write("q.csv", text);
        let found = rows(&work, &["q.csv"]);
        assert!(found.contains(&format!("q1,{name}\n")), "{text}: {found}");
    }
}

#[test]
fn several_ids_in_one_cell_have_several_names() {
    let work = Work::new();
    work.write(
        "a.json",
        response("s1,s2,s3", 8..9, OFFERED).replace("queueId", "requestedRoutingSkillIds"),
    );
    work.write("skills.csv", "id,name\ns1,English\ns3,Billing\n");
    let arguments = [
        "convert",
        "a.json",
        "--names",
        "skills.csv",
        "--columns",
        "requestedRoutingSkill_name",
    ];
    let ran = work
        .run(&[&arguments[..], &["--allow", "all"]].concat())
        .exits(0);
    assert_eq!(
        ran.stdout,
        "requestedRoutingSkill_name\nEnglish; s2; Billing\n"
    );
    assert!(
        ran.stderr
            .contains("1 id of requestedRoutingSkillIds has no name"),
        "{}",
        ran.stderr
    );
}

#[test]
fn every_format_has_the_names() {
    let work = work();
    let arguments = [
        "convert",
        "a.ndjson",
        "--names",
        "queues.csv",
        "--allow",
        "all",
        "-o",
    ];
    for name in ["t.ndjson", "t.parquet", "t.xlsx"] {
        work.run(&[&arguments[..], &[name]].concat()).exits(0);
    }
    let ndjson = String::from_utf8(work.read("t.ndjson")).expect("text");
    assert!(
        ndjson.starts_with(r#"{"queueId":"q1","queue_name":"Sales","userId":"u1","#),
        "{ndjson}"
    );
    let file = std::fs::File::open(work.path("t.parquet")).expect("a file");
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).expect("Parquet");
    let schema = reader.schema();
    let types: Vec<String> = ["queueId", "queue_name"]
        .iter()
        .map(|name| {
            schema
                .field_with_name(name)
                .expect("a column")
                .data_type()
                .to_string()
        })
        .collect();
    assert_eq!(types[0], types[1]);
    let mut book: calamine::Xlsx<_> =
        calamine::open_workbook(work.path("t.xlsx")).expect("a workbook");
    let sheet = calamine::Reader::worksheet_range_at(&mut book, 0)
        .expect("a sheet")
        .expect("read");
    assert_eq!(
        sheet.get_value((2, 1)).map(ToString::to_string).as_deref(),
        Some("Service, 2nd")
    );
    let sorted = work.run(&[
        "convert",
        "a.ndjson",
        "--names",
        "queues.csv",
        "--columns",
        "queue_name",
        "--sort",
        "queue_name:desc",
    ]);
    assert_eq!(
        sorted.exits(0).stdout,
        "queue_name\n\"Service, 2nd\"\nSales\n"
    );
}

#[test]
fn the_library_adds_names() {
    let work = work();
    let shape = || gcagg::TableSpec::new().columns(["queueId", "queue_name"]);
    let path = work.path("a.ndjson").display().to_string();
    let named = shape().names([work.path("queues.csv")]).expect("names");
    let checked = gcagg::Inputs::new()
        .path(path)
        .table_spec(named)
        .check()
        .expect("checked");
    let mut csv = Vec::new();
    checked
        .table()
        .expect("a table")
        .write("csv", &mut csv)
        .expect("written");
    assert_eq!(
        String::from_utf8(csv).expect("text"),
        "queueId,queue_name\nq1,Sales\nq2,\"Service, 2nd\"\n"
    );
    let error = shape()
        .names([sample("no-such-file")])
        .expect_err("no such file");
    assert_eq!(error.kind(), gcagg::ErrorKind::Io);
}
