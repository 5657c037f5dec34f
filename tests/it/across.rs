//! What is found by looking at many buckets, groups and files together: `T003`, `T004`, `T009`, `G002`.

use crate::work::{Work, joined as response};

/// A container with a bucket for each of these half hours of a day, the first being 00:00.
fn container(group: &str, halves: &[u32], metric: &str) -> String {
    let time = |half: u32| {
        let (day, half) = (2 + half / 48, half % 48);
        format!(
            "2026-03-{day:02}T{:02}:{:02}:00.000Z",
            half / 2,
            half % 2 * 30
        )
    };
    let bucket = |half: &u32| {
        format!(
            r#"{{"interval":"{}/{}","metrics":[{{"metric":"{metric}","stats":{{"count":1}}}}]}}"#,
            time(*half),
            time(half + 1)
        )
    };
    let buckets: Vec<String> = halves.iter().map(bucket).collect();
    format!(r#"{{"group":{{{group}}},"data":[{}]}}"#, buckets.join(","))
}

/// The findings of a code: file, pointer and message.
fn found(work: &Work, code: &str, inputs: &[&str]) -> Vec<[String; 3]> {
    let mut arguments = vec!["validate", "--format", "ndjson", "--select", code];
    arguments.extend(inputs);
    let ran = work.run(&arguments);
    ran.stdout
        .lines()
        .map(|line| {
            let finding: serde_json::Value = serde_json::from_str(line).expect("JSON");
            ["file", "pointer", "message"]
                .map(|key| finding[key].as_str().expect("a string").to_owned())
        })
        .collect()
}

const QUEUE: &str = r#""mediaType":"voice","queueId":"a""#;

#[test]
fn the_first_hole_in_an_even_grid_is_told_and_the_others_counted() {
    let work = Work::new();
    let halves = [16, 17, 20, 21, 22, 24];
    let groups = ["b", "c", "d"].map(|queue| {
        let halves: &[u32] = if queue == "d" {
            &[16, 17]
        } else {
            &[16, 17, 19]
        };
        container(
            &format!(r#""mediaType":"voice","queueId":"{queue}""#),
            halves,
            "nOffered",
        )
    });
    let all = [&[container(QUEUE, &halves, "nOffered")], &groups[..]].concat();
    work.write("a.json", response(&all));
    let [[file, pointer, message]] = found(&work, "T004", &["a.json"]).try_into().expect("one");
    assert_eq!(
        (file.as_str(), pointer.as_str()),
        ("a.json", "/results/0/data/2/interval")
    );
    assert_eq!(
        message,
        "3 buckets of 30 min missing in a group: nothing from 2026-03-02T09:00:00Z to \
         2026-03-02T10:00:00Z, and one more hole; 2 more groups with holes too, of 2 buckets"
    );
}

#[test]
fn what_is_sparse_or_of_several_lengths_has_no_grid() {
    let work = Work::new();
    // More is missing than there is; other groups count for themselves.
    let sparse = container(QUEUE, &[16, 20, 40], "nOffered");
    let whole = container(
        r#""mediaType":"chat","queueId":"a""#,
        &[16, 17, 18],
        "nOffered",
    );
    work.write("sparse.json", response(&[sparse, whole]));
    assert!(found(&work, "T004", &["sparse.json"]).is_empty());
    let mixed = r#"{"group":{"mediaType":"voice"},"data":[
        {"interval":"2026-03-02T08:00:00Z/2026-03-02T08:30:00Z","metrics":[]},
        {"interval":"2026-03-02T09:00:00Z/2026-03-02T11:00:00Z","metrics":[]},
        {"interval":"2026-03-02T12:00:00Z/2026-03-02T12:30:00Z","metrics":[]}]}"#;
    work.write("mixed.json", response(&[mixed.to_owned()]));
    assert!(found(&work, "T004", &["mixed.json"]).is_empty());
}

#[test]
fn days_around_a_clock_change_and_months_are_even() {
    let work = Work::new();
    let days = |intervals: &[&str]| {
        let bucket = |interval: &&str| format!(r#"{{"interval":"{interval}","metrics":[]}}"#);
        let buckets: Vec<String> = intervals.iter().map(bucket).collect();
        response(&[format!(
            r#"{{"group":{{}},"data":[{}]}}"#,
            buckets.join(",")
        )])
    };
    let whole = [
        "2026-03-27T23:00:00.000Z/2026-03-28T23:00:00.000Z",
        "2026-03-28T23:00:00.000Z/2026-03-29T22:00:00.000Z",
        "2026-03-29T22:00:00.000Z/2026-03-30T22:00:00.000Z",
    ];
    work.write("days.json", days(&whole));
    assert!(found(&work, "T004", &["days.json"]).is_empty());
    // Whole days are looked for over all groups together.
    work.write("hole.json", days(&[whole[0], whole[2]]));
    assert!(found(&work, "T004", &["hole.json"]).is_empty());
    let utc = [2, 3, 5, 6].map(|day| {
        format!(
            "2026-03-{day:02}T00:00:00Z/2026-03-{:02}T00:00:00Z",
            day + 1
        )
    });
    work.write("utc.json", days(&utc.each_ref().map(String::as_str)));
    assert!(found(&work, "T004", &["utc.json"]).is_empty());
    assert_eq!(found(&work, "T009", &["utc.json"]).len(), 1);
    // A day of which only the ends have buckets.
    let ends: Vec<String> = ["02T00:00/03-02T00:30", "02T23:30/03-03T00:00"]
        .into_iter()
        .map(str::to_owned)
        .chain((0..60).map(|half| {
            let time = |half: u32| {
                format!(
                    "{:02}T{:02}:{:02}",
                    3 + half / 48,
                    half / 2 % 24,
                    half % 2 * 30
                )
            };
            format!("{}/03-{}", time(half), time(half + 1))
        }))
        .map(|times| format!("2026-03-{}", times.replace("/", ":00Z/2026-") + ":00Z"))
        .collect();
    let ends: Vec<&str> = ends.iter().map(String::as_str).collect();
    work.write("ends.json", days(&ends));
    assert_eq!(found(&work, "T004", &["ends.json"]).len(), 1);
    let short = [
        "2026-03-02T00:00:00Z/2026-03-02T23:59:59Z",
        "2026-03-03T00:00:00Z/2026-03-03T23:59:59Z",
    ];
    work.write("short.json", days(&short));
    assert!(found(&work, "T004", &["short.json"]).is_empty());
    let months = [
        "2026-01-01T00:00:00Z/2026-02-01T00:00:00Z",
        "2026-02-01T00:00:00Z/2026-03-01T00:00:00Z",
        "2026-04-01T00:00:00Z/2026-05-01T00:00:00Z",
    ];
    work.write("months.json", days(&months));
    assert!(found(&work, "T004", &["months.json"]).is_empty());
    let [[_, pointer, message]] = found(&work, "T009", &["months.json"])
        .try_into()
        .expect("one");
    assert_eq!(pointer, "/results/0/data/2/interval");
    assert!(
        message.starts_with("no data on 31 days: 2026-03-01 (Sun), "),
        "{message}"
    );
}

#[test]
fn hours_that_are_lost_between_two_files_are_a_gap_with_both_places() {
    let work = Work::new();
    work.write(
        "1.json",
        response(&[container(QUEUE, &[16, 17, 18], "nOffered")]),
    );
    work.write(
        "2.json",
        response(&[container(QUEUE, &[20, 21, 22], "nOffered")]),
    );
    let ran = work.run(&["validate", "--select", "T004", "1.json", "2.json"]);
    assert_eq!(ran.code, Some(0));
    let said = ran.stdout;
    assert!(
        said.contains("at 2.json:1:78 (/results/0/data/0/interval)"),
        "{said}"
    );
    let before = "related: the bucket before it: 1.json:1:";
    assert!(
        said.contains(before) && said.contains("(/results/0/data/2/interval)"),
        "{said}"
    );
    // The files in between fill it, in whatever order they come.
    work.write("0.json", response(&[container(QUEUE, &[19], "nOffered")]));
    for order in [
        ["0.json", "1.json", "2.json"],
        ["2.json", "1.json", "0.json"],
    ] {
        assert!(found(&work, "T004", &order).is_empty());
    }
}

#[test]
fn hours_from_midnight_on_are_no_gap_in_two_files() {
    let work = Work::new();
    let days = [16..48, 64..96].map(Vec::from_iter);
    for (name, halves) in ["1.json", "2.json"].iter().zip(&days) {
        work.write(name, response(&[container(QUEUE, halves, "nOffered")]));
    }
    assert!(found(&work, "T004", &["1.json", "2.json"]).is_empty());
}

#[test]
fn a_gap_is_within_a_day_of_the_time_zone() {
    let work = Work::new();
    // From 18:00 to 20:00 in New York there is nothing.
    let groups = ["a", "b"].map(|queue| {
        let halves: Vec<u32> = (40..46).chain(50..56).collect();
        container(
            &format!(r#""mediaType":"voice","queueId":"{queue}""#),
            &halves,
            "nOffered",
        )
    });
    for (name, groups) in [
        ("1.json", &groups[..1]),
        ("2.json", &groups[1..]),
        ("3.json", &groups[..]),
    ] {
        work.write(name, response(groups));
        let none: [[String; 3]; 0] = [];
        assert_eq!(found(&work, "T004", &[name]), none);
        let local = found(&work, "T004", &[name, "--timezone", "America/New_York"]);
        assert_eq!(local.len(), 1, "{name}");
    }
    // Between two documents of a file.
    let documents = [40..46, 50..56].map(|halves| {
        let halves = Vec::from_iter(halves);
        response(&[container(QUEUE, &halves, "nOffered")])
    });
    work.write("4.ndjson", documents.join("\n"));
    assert!(found(&work, "T004", &["4.ndjson"]).is_empty());
    let local = ["4.ndjson", "--timezone", "America/New_York"];
    assert_eq!(found(&work, "T004", &local).len(), 1);
}

#[test]
fn windows_and_threads_find_the_same_gaps_and_lacks() {
    let work = Work::new();
    let groups = (0..40).map(|queue| {
        let halves: Vec<u32> = (0..48)
            .filter(|half| half % 11 != queue % 11 || *half == 0)
            .collect();
        let media = if queue % 9 == 4 {
            ""
        } else {
            r#""mediaType":"voice","#
        };
        container(
            &format!(r#"{media}"queueId":"{queue}""#),
            &halves,
            "nOffered",
        )
    });
    let text = response(&groups.collect::<Vec<_>>());
    work.write("a.json", text);
    for code in ["T004", "G002"] {
        let plain = found(&work, code, &["a.json"]);
        assert_eq!(
            plain.len(),
            if code == "T004" { 1 } else { 4 },
            "{code}: {plain:?}"
        );
        for window in ["700", "3000", "20000"] {
            for more in [&["-j", "1"][..], &["-j", "3"], &["--paranoid"]] {
                let mut arguments = vec!["a.json", "--window", window];
                arguments.extend(more);
                assert_eq!(found(&work, code, &arguments), plain, "{arguments:?}");
            }
        }
    }
}

#[test]
fn a_group_that_lacks_a_dimension_of_others_is_told() {
    let work = Work::new();
    let lacks = container(r#""queueId":"b""#, &[16], "nOffered");
    let other = container(r#""queueId":"c","mediaType":"chat""#, &[16], "nOffered");
    let groups = [container(QUEUE, &[16], "nOffered"), lacks, other];
    work.write("a.json", response(&groups));
    let [[_, pointer, message]] = found(&work, "G002", &["a.json"]).try_into().expect("one");
    assert_eq!(pointer, "/results/1/group");
    assert_eq!(
        message,
        "a group lacks the dimension `mediaType`, which others have"
    );
    let ran = work.run(&["validate", "a.json"]);
    assert_eq!(ran.code, Some(0));
    let related = "related: one that has it: a.json:1:22 (/results/0/group)";
    assert!(ran.stdout.contains(related), "{}", ran.stdout);
}

#[test]
fn files_are_compared_where_they_share_a_metric() {
    let work = Work::new();
    work.write("a.json", response(&[container(QUEUE, &[16], "nOffered")]));
    let by_media = |half, metric| response(&[container(r#""mediaType":"voice""#, &[half], metric)]);
    work.write("b.json", by_media(17, "nOffered"));
    work.write("c.json", by_media(17, "tHandle"));
    let [[file, pointer, _]] = found(&work, "G002", &["a.json", "b.json"])
        .try_into()
        .expect("one");
    assert_eq!(
        (file.as_str(), pointer.as_str()),
        ("b.json", "/results/0/group")
    );
    // Those are two queries.
    assert!(found(&work, "G002", &["a.json", "c.json"]).is_empty());
}

#[test]
fn of_very_many_groups_the_first_are_told_and_the_others_counted() {
    let work = Work::new();
    let mut groups = vec![container(QUEUE, &[16], "nOffered")];
    let lacks = |queue: u32| container(&format!(r#""queueId":"{queue}""#), &[16], "nOffered");
    groups.extend((0..1500).map(lacks));
    work.write("a.json", response(&groups));
    let reported = found(&work, "G002", &["a.json"]);
    assert_eq!(reported.len(), 1000);
    let last = &reported[999][2];
    assert!(
        last.ends_with("; 500 more groups of this input also lack it"),
        "{last}"
    );
}
