//! Files, values and properties that do not fit, and the words about them.

use crate::work::{OFFERED, Work, response};

#[test]
fn what_is_in_the_way_in_a_folder_can_be_left_out() {
    let work = Work::new();
    work.write("in/a.json", response("q", 8..9, OFFERED));
    work.write("in/tsconfig.json", r#"{"compilerOptions":{}}"#);
    let found = work.run(&["validate", "in"]).exits(1).stdout;
    assert!(found.contains("--exclude GLOB leaves out files"), "{found}");
    let arguments = ["validate", "in", "--exclude", "tsconfig.json"];
    work.run(&arguments).exits(0);
}

#[test]
fn several_summaries_are_one_table_with_one_unit_in_each_column() {
    let work = Work::new();
    let entity = |id: &str, value: u32, unit: &str| {
        format!(r#"{{"id":"{id}","metrics":{{"talkTime":{{"value":{value},"unit":"{unit}"}}}}}}"#)
    };
    let all = [entity("a", 90_000, "ms"), entity("b", 7200, "s")].join(",");
    work.write("a.json", format!(r#"{{"entities":[{all}]}}"#));
    let text = work.run(&["report", "a.json"]).exits(0).stdout;
    let expected = "   talkTime, h:mm:ss\na            0:01:30\nb            2:00:00\n";
    assert!(text.starts_with(expected), "{text}");
    work.run(&["report", "a.json", "-q", "-o", "a.md", "-o", "a.html"])
        .exits(0);
    let [markdown, page] = ["a.md", "a.html"].map(|name| work.read(name));
    let markdown = String::from_utf8(markdown).expect("text");
    assert!(markdown.contains("| a | 0:01:30 |"), "{markdown}");
    let page = String::from_utf8(page).expect("text");
    assert!(page.contains("<th scope=\"row\">a</th><td>0:01:30</td>"));
}

#[test]
fn values_and_properties_that_do_not_fit_are_named_with_their_place() {
    let work = Work::new();
    let bucket = r#"{"metric":"nOffered","stats":{"count":1.5,"x":1}}"#;
    work.write("a.json", response("q", 8..9, bucket));
    let table = ["convert", "a.json", "--columns", "all", "-o", "a.parquet"];
    let found = work.run(&table).exits(1).stderr;
    let words = "column `count` is an integer of 64 bits; 1.5 does not fit";
    assert!(
        found.contains(words) && found.contains("a.json:1:"),
        "{found}"
    );
    let found = work.run(&["validate", "a.json"]).exits(1).stdout;
    assert!(
        found.contains("unknown property `x` in the stats"),
        "{found}"
    );
    let schema = ["schema", "table", "--format", "arrow-json", "nosuch.json"];
    let found = work.run(&schema).exits(3).stderr;
    assert!(found.contains("no such file"), "{found}");
}

#[cfg(feature = "fetch")]
#[test]
fn a_response_is_not_a_query() {
    let work = Work::new();
    work.write("a.json", response("q", 8..9, OFFERED));
    let ran = work.run(&["fetch", "--query", "a.json", "--dry-run"]);
    let said = ran.exits(2).stderr;
    assert!(said.contains("this is a response, not a query"), "{said}");
}
