//! Presences of an organization have the names of a listing, or those that the responses give them.

use crate::work::{Work, response};

/// A response with these presences, which maps two of four.
fn mapped(presences: &[&str]) -> String {
    let entry = |id: &&str| {
        format!(r#"{{"metric":"tOrganizationPresence","qualifier":"{id}","stats":{{"sum":60}}}}"#)
    };
    let mut metrics: Vec<String> = presences.iter().map(entry).collect();
    metrics
        .push(r#"{"metric":"tSystemPresence","qualifier":"AWAY","stats":{"sum":60}}"#.to_owned());
    let document = response("u", 8..9, &metrics.join(",")).replace("queueId", "userId");
    let mappings = r#"{"systemToOrganizationMappings":{"AWAY":["p1","p2"],"MEAL":["p3"]},"#;
    document.replacen('{', mappings, 1)
}

fn header(work: &Work, arguments: &[&str]) -> String {
    let ran = work.run(arguments).exits(0);
    let line = ran.stdout.lines().next().unwrap_or_default();
    line.to_owned()
}

#[test]
fn the_names_of_a_response_need_no_option() {
    let work = Work::new();
    work.write("a.json", mapped(&["p1", "p3", "p9"]));
    let columns = ["--columns", "metric,qualifier,qualifier_name"];
    let rows = "tOrganizationPresence,p1,AWAY\n\
                tOrganizationPresence,p3,MEAL\n\
                tOrganizationPresence,p9,\n\
                tSystemPresence,AWAY,\n";
    for command in [
        &["convert", "a.json"][..],
        &["rollup", "a.json", "-t", "csv"],
    ] {
        let ran = work.run(&[command, &columns].concat()).exits(0);
        assert_eq!(
            ran.stdout,
            format!("metric,qualifier,qualifier_name\n{rows}")
        );
        assert_eq!(ran.stderr, "");
        assert_eq!(
            header(&work, &[command, &["--layout", "wide"]].concat()),
            "userId,interval_start,interval_end,tOrganizationPresence_AWAY_sum,\
             tOrganizationPresence_MEAL_sum,tOrganizationPresence_p9_sum,tSystemPresence_AWAY_sum"
        );
        let long = header(&work, command);
        assert!(long.contains(",qualifier,qualifier_name,"), "{long}");
    }
    // Columns that are the same every day do not depend on what a response names: a part of a large
    // file, which Spark reads by itself, names nothing.
    let all = header(&work, &["convert", "a.json", "--columns", "all"]);
    assert!(!all.contains("qualifier_name"), "{all}");
    let all = header(
        &work,
        &["convert", "a.json", "--columns", "all", "--layout", "wide"],
    );
    assert!(all.contains(",tOrganizationPresence_p1_sum,"), "{all}");
    // A column of an id that is asked for is still found.
    let by_id = [
        "--layout",
        "wide",
        "--columns",
        "tOrganizationPresence_p3_sum,tOrganizationPresence_AWAY_sum",
    ];
    let ran = work
        .run(&[&["convert", "a.json"][..], &by_id].concat())
        .exits(0);
    assert_eq!(
        ran.stdout,
        "tOrganizationPresence_p3_sum,tOrganizationPresence_AWAY_sum\n60,60\n"
    );
    let report = work.run(&["report", "a.json"]).exits(0).stdout;
    let lines = report
        .lines()
        .skip_while(|line| !line.contains("organization presence"));
    let names: Vec<&str> = lines
        .skip(1)
        .take(3)
        .map(|line| line.split_whitespace().next().unwrap_or_default())
        .collect();
    assert_eq!(names, ["Away", "Meal", "p9"], "{report}");
}

#[test]
fn a_name_that_several_presences_have_is_followed_by_their_ids() {
    let work = Work::new();
    work.write("a.json", mapped(&["p1", "p2", "p3"]));
    assert_eq!(
        header(&work, &["convert", "a.json", "--layout", "wide"]),
        "userId,interval_start,interval_end,tOrganizationPresence_AWAY_p1_sum,\
         tOrganizationPresence_AWAY_p2_sum,tOrganizationPresence_MEAL_sum,tSystemPresence_AWAY_sum"
    );
    let one = "tOrganizationPresence_AWAY_sum";
    let ran = work
        .run(&["convert", "a.json", "--layout", "wide", "--columns", one])
        .exits(2);
    let near = "did you mean `tOrganizationPresence_AWAY_p1_sum`?";
    assert!(ran.stderr.contains(near), "{}", ran.stderr);
    let report = work.run(&["report", "a.json"]).exits(0).stdout;
    assert!(
        report.contains("AWAY (p1)") && report.contains("AWAY (p2)"),
        "{report}"
    );
}

#[test]
fn names_come_from_any_input_and_only_where_there_are_some() {
    let work = Work::new();
    let plain = mapped(&["p1"]).replace("systemToOrganizationMappings", "other");
    work.write(
        "plain.json",
        plain.replace("T08", "T06").replace("T09", "T07"),
    );
    work.write("mapped.json", mapped(&["p3"]));
    let ran = work
        .run(&["convert", "plain.json", "--allow", "S003"])
        .exits(0);
    assert!(!ran.stdout.contains("qualifier_name"), "{}", ran.stdout);
    let both = [
        "convert",
        "plain.json",
        "mapped.json",
        "--columns",
        "qualifier_name",
        "--allow",
        "S003",
    ];
    let ran = work.run(&both).exits(0);
    assert_eq!(ran.stdout, "qualifier_name\nAWAY\n\"\"\nMEAL\n\"\"\n");
    let ran = work
        .run(&[
            "convert",
            "plain.json",
            "--columns",
            "metric,qualifier_name",
            "--allow",
            "S003",
        ])
        .exits(0);
    assert_eq!(
        ran.stdout,
        "metric,qualifier_name\ntOrganizationPresence,\ntSystemPresence,\n"
    );
    // Of a metric without presences, nothing changes.
    work.write("other.json", mapped(&[]));
    let ran = work.run(&["convert", "other.json"]).exits(0);
    assert!(!ran.stdout.contains("qualifier_name"), "{}", ran.stdout);
}

#[test]
fn the_library_names_presences_of_each_check() {
    let shape = gcagg::TableSpec::new().layout(gcagg::Layout::Wide);
    let columns = |text: String| -> Vec<String> {
        let inputs = gcagg::Inputs::new()
            .bytes("a", text.into_bytes())
            .table_spec(shape.clone());
        let checked = inputs.check().expect("checked");
        let table = checked.table().expect("a table");
        table
            .columns()
            .into_iter()
            .map(|column| column.name)
            .collect()
    };
    assert!(columns(mapped(&["p1"])).contains(&"tOrganizationPresence_AWAY_sum".to_owned()));
    // Another organization has other presences.
    let other = mapped(&["p1"]).replace("\"AWAY\":[", "\"IDLE\":[");
    assert!(columns(other).contains(&"tOrganizationPresence_IDLE_sum".to_owned()));
}

#[test]
fn presences_have_names_by_listing_and_by_mapping() {
    let work = Work::new();
    let metrics: Vec<String> = ["p1", "p2", "p3", "p4"]
        .iter()
        .map(|id| {
            format!(
                r#"{{"metric":"tOrganizationPresence","qualifier":"{id}","stats":{{"sum":60}}}}"#
            )
        })
        .chain([r#"{"metric":"tSystemPresence","qualifier":"MEAL","stats":{"sum":60}}"#.to_owned()])
        .collect();
    let document = response("q", 8..9, &metrics.join(",")).replace("queueId", "userId");
    work.write(
        "a.json",
        document.replacen(
            '{',
            r#"{"systemToOrganizationMappings":{"MEAL":["p3","p1"]},"#,
            1,
        ),
    );
    work.write(
        "presences.json",
        r#"{"total":2,"entities":[{"id":"p1","name":"Lunch","systemPresence":"Meal"},
            {"id":"p2","languageLabels":{"de":"Pause","en_US":"Coffee"},"systemPresence":"Break"}]}"#,
    );
    let arguments = [
        "convert",
        "a.json",
        "--names",
        "presences.json",
        "--columns",
        "metric,qualifier,qualifier_name",
    ];
    let ran = work.run(&arguments).exits(0);
    assert_eq!(
        ran.stdout,
        "metric,qualifier,qualifier_name\n\
         tOrganizationPresence,p1,Lunch\n\
         tOrganizationPresence,p2,Coffee\n\
         tOrganizationPresence,p3,MEAL\n\
         tOrganizationPresence,p4,\n\
         tSystemPresence,MEAL,\n"
    );
    assert!(
        ran.stderr
            .contains("1 id of qualifier has no name in --names, the first is p4"),
        "{}",
        ran.stderr
    );
    let ran = work
        .run(&[
            "rollup",
            "a.json",
            "-t",
            "csv",
            "--names",
            "presences.json",
            "--columns",
            "qualifier_name",
        ])
        .exits(0);
    assert!(
        ran.stdout.contains("Lunch\nCoffee\nMEAL\n"),
        "{}",
        ran.stdout
    );
}

/// The same with other mappings.
fn with_mappings(hour: u8, mappings: &str) -> String {
    let metric = r#"{"metric":"tOrganizationPresence","qualifier":"p1","stats":{"sum":60}}"#;
    let document = response("u", hour..hour + 1, metric).replace("queueId", "userId");
    let mappings = format!(r#"{{"systemToOrganizationMappings":{mappings},"#);
    document.replacen('{', &mappings, 1)
}

#[test]
fn rollup_keeps_the_mappings_of_all_inputs() {
    let work = Work::new();
    work.write(
        "a.json",
        with_mappings(8, r#"{"AWAY":["p2","p1"],"IDLE":[]}"#),
    );
    work.write(
        "b.json",
        with_mappings(9, r#"{"MEAL":["p3"],"AWAY":["p4","p1"]}"#),
    );
    let all = "\n],\n\"systemToOrganizationMappings\":{\n\
               \"AWAY\":[\"p1\",\"p2\",\"p4\"],\n\"IDLE\":[],\n\"MEAL\":[\"p3\"]\n}}\n";
    let rolled = work
        .run(&["rollup", "a.json", "b.json", "--every", "1d"])
        .exits(0);
    assert!(rolled.stdout.ends_with(all), "{}", rolled.stdout);
    let turned = work
        .run(&["rollup", "b.json", "a.json", "--every", "1d"])
        .exits(0);
    assert_eq!(rolled.stdout, turned.stdout);
    work.write("rolled.json", &rolled.stdout);
    let again = work.run(&["rollup", "rolled.json"]).exits(0);
    assert_eq!(again.stdout, rolled.stdout);
    // The names survive, and nothing that was not read does.
    let columns = ["--columns", "qualifier,qualifier_name,sum"];
    let named = work
        .run(&[&["convert", "rolled.json"][..], &columns].concat())
        .exits(0);
    assert_eq!(named.stdout, "qualifier,qualifier_name,sum\np1,AWAY,120\n");
    work.write("plain.json", response("q", 8..9, crate::work::OFFERED));
    let plain = work.run(&["rollup", "plain.json"]).exits(0);
    assert!(!plain.stdout.contains("Mappings"), "{}", plain.stdout);
}

#[test]
fn a_presence_of_two_system_presences_is_named_and_has_neither() {
    let work = Work::new();
    work.write("a.json", with_mappings(8, r#"{"AWAY":["p1"]}"#));
    work.write("b.json", with_mappings(9, r#"{"MEAL":["p1"]}"#));
    for order in [["a.json", "b.json"], ["b.json", "a.json"]] {
        let [first, second] = order;
        let run = |command: &[&str]| work.run(&[command, &order].concat()).exits(0);
        let found = run(&["validate"]).stderr + &run(&["validate"]).stdout;
        for words in [
            "warning[G005]".to_owned(),
            format!("at {second}:1:"),
            format!("related: {first}:1:"),
            format!(" at {first}:1:"),
            "`p1` is mapped to ".to_owned(),
        ] {
            assert!(found.contains(&words), "{words}: {found}");
        }
        let table = run(&["convert", "--layout", "wide"]);
        assert!(
            table.stdout.contains("tOrganizationPresence_p1_sum"),
            "{}",
            table.stdout
        );
        assert!(table.stderr.contains("G005"), "{}", table.stderr);
        let rolled = run(&["rollup", "--by", "userId"]);
        assert!(
            rolled
                .stdout
                .contains("\"AWAY\":[\"p1\"],\n\"MEAL\":[\"p1\"]"),
            "{}",
            rolled.stdout
        );
        assert!(rolled.stderr.contains("G005"), "{}", rolled.stderr);
        let hidden = run(&["convert", "--ignore", "G005", "--layout", "wide"]);
        assert_eq!(hidden.stdout, table.stdout);
    }
    // Within one response, too.
    work.write(
        "both.json",
        with_mappings(8, r#"{"AWAY":["p1"],"MEAL":["p1"]}"#),
    );
    let found = work.run(&["validate", "both.json"]).exits(0).stdout;
    assert!(
        found.contains("/systemToOrganizationMappings/MEAL/0"),
        "{found}"
    );
    assert!(
        found.contains("/systemToOrganizationMappings/AWAY/0"),
        "{found}"
    );
}

#[test]
fn presences_are_shares_of_the_time_that_agents_are_logged_in() {
    let work = Work::new();
    let presence = |metric: &str, qualifier: &str, sum: u32| {
        format!(r#"{{"metric":"{metric}","qualifier":"{qualifier}","stats":{{"sum":{sum}}}}}"#)
    };
    let all = [
        ("OFFLINE", "p1", 900_000),
        ("AWAY", "p2", 100_000),
        ("MEAL", "p3", 300_000),
    ];
    let metrics = all.iter().flat_map(|(system, organization, sum)| {
        [
            presence("tSystemPresence", system, *sum),
            presence("tOrganizationPresence", organization, *sum),
        ]
    });
    let metrics: Vec<String> = metrics.collect();
    work.write(
        "a.json",
        format!(
            r#"{{"results":[{{"group":{{"userId":"u"}},"data":[{{"interval":"2026-03-02T08:00:00Z/2026-03-02T09:00:00Z","metrics":[{}]}}]}}],"systemToOrganizationMappings":{{"OFFLINE":["p1"],"AWAY":["p2"],"MEAL":["p3"]}}}}"#,
            metrics.join(",")
        ),
    );
    let text = work.run(&["report", "a.json"]).exits(0).stdout;
    for title in [
        "Logged-in time by system presence",
        "Logged-in time by organization presence",
    ] {
        let lines = text.lines().skip_while(|line| !line.starts_with(title));
        let shares: Vec<&str> = lines.skip(1).take(3).collect();
        assert!(
            shares[0].contains("Meal") && shares[0].contains("75.0 %"),
            "{text}"
        );
        assert!(
            shares[1].contains("Away") && shares[1].contains("25.0 %"),
            "{text}"
        );
        assert_eq!(shares[2], "", "{text}");
    }
    // Nothing is lost.
    assert!(text.contains("tSystemPresence [OFFLINE]"), "{text}");
    assert!(text.contains("tOrganizationPresence [p1]"), "{text}");
}
