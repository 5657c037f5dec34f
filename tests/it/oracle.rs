//! Summary, Days, Hours, Figures and Distributions of a workbook, cell by cell, against sums that this
//! test computes from the buckets.

use std::collections::{BTreeMap, BTreeSet};

use calamine::{Data, Reader as _, Xlsx};

use crate::work::Work;

/// A bucket of an hour, in local time.
#[derive(Debug, Clone, Copy)]
struct Bucket {
    media: &'static str,
    queue: &'static str,
    day: u64,
    hour: u64,
    offered: u64,
    answered: u64,
    abandoned: u64,
    wait: u64,
    talk: u64,
    held: u64,
    acw: u64,
    handle: u64,
    met: u64,
}

/// Nine days from Monday, 2026-03-02, with different hours; Thursday is missing.
fn buckets() -> Vec<Bucket> {
    let mut state: u64 = 7;
    let mut random = |below: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let mut all = Vec::new();
    for day in (2..11).filter(|day| *day != 5) {
        for hour in 7..19 {
            for (media, size) in [("voice", 40), ("email", 9)] {
                for queue in ["q1", "q2", "q3"] {
                    if random(5) == 0 {
                        continue;
                    }
                    let offered = 1 + random(size);
                    let abandoned = random(offered.min(4));
                    let answered = offered - abandoned;
                    let [wait, talk, held, acw] =
                        [9_000, 200_000, 30_000, 45_000].map(|most| answered * random(most));
                    all.push(Bucket {
                        media,
                        queue,
                        day,
                        hour,
                        offered,
                        answered,
                        abandoned,
                        wait,
                        talk,
                        held,
                        acw,
                        handle: talk + held + acw + answered * random(2_000),
                        met: random(answered + 1),
                    });
                }
            }
        }
    }
    all
}

/// One document; local time is an hour ahead of UTC.
fn document(buckets: &[Bucket]) -> String {
    let mut groups: BTreeMap<(&str, &str), Vec<String>> = BTreeMap::new();
    for it in buckets {
        let Bucket {
            day,
            hour,
            offered,
            answered,
            abandoned,
            wait,
            talk,
            held,
            acw,
            handle,
            met,
            ..
        } = it;
        let abandons = match abandoned {
            0 => String::new(),
            _ => {
                format!(r#"{{"metric":"tAbandon","stats":{{"count":{abandoned},"sum":{wait}}}}},"#)
            }
        };
        let timers = match answered {
            0 => String::new(),
            _ => [
                ("tAnswered", wait),
                ("tTalkComplete", talk),
                ("tHeldComplete", held),
                ("tAcw", acw),
                ("tHandle", handle),
            ]
            .map(|(name, sum)| {
                format!(r#"{{"metric":"{name}","stats":{{"count":{answered},"sum":{sum}}}}},"#)
            })
            .concat(),
        };
        let bucket = format!(
            r#"{{"interval":"2026-03-{day:02}T{:02}:00:00.000Z/2026-03-{day:02}T{hour:02}:00:00.000Z","metrics":[{abandons}{timers}{{"metric":"nOffered","stats":{{"count":{offered}}}}},{{"metric":"oServiceLevel","stats":{{"numerator":{met},"denominator":{offered},"ratio":0,"target":0.8}}}}]}}"#,
            hour - 1
        );
        groups.entry((it.media, it.queue)).or_default().push(bucket);
    }
    let groups = groups.iter().map(|((media, queue), data)| {
        format!(
            r#"{{"group":{{"mediaType":"{media}","queueId":"{queue}"}},"data":[{}]}}"#,
            data.join(",")
        )
    });
    format!(
        r#"{{"results":[{}]}}"#,
        groups.collect::<Vec<_>>().join(",")
    )
}

/// The sum of a number over the buckets.
fn sum<'b>(buckets: impl IntoIterator<Item = &'b Bucket>, of: impl Fn(&Bucket) -> u64) -> u64 {
    buckets.into_iter().map(of).sum()
}

/// A figure of buckets by its name: counts, shares, and times in days of whole seconds.
fn figure(name: &str, of: &[&Bucket]) -> Option<f64> {
    let all = |number: fn(&Bucket) -> u64| sum(of.iter().copied(), number);
    let count = |number: u64| Some(number as f64);
    let share = |above: u64, below: u64| (below > 0).then(|| above as f64 / below as f64);
    // Half a second counts as one.
    let time = |above: u64, below: u64| {
        (below > 0).then(|| ((2 * above + 1000 * below) / (2000 * below)) as f64 / 86_400.0)
    };
    let answered = all(|it| it.answered);
    match name {
        "Offered" => count(all(|it| it.offered)),
        "Answered" | "Handled" => count(answered),
        "Abandoned" => count(all(|it| it.abandoned)),
        "Answered %" => share(answered, all(|it| it.offered)),
        "Abandoned %" => share(all(|it| it.abandoned), all(|it| it.offered)),
        "Service level" => share(all(|it| it.met), all(|it| it.offered)),
        "ASA" | "Speed of answer (ASA)" => time(all(|it| it.wait), answered),
        "AHT" | "Handle time (AHT)" => time(all(|it| it.handle), answered),
        "Talk" | "AHT: talk" => time(all(|it| it.talk), answered),
        "Hold" | "Hold handled" | "AHT: hold" => time(all(|it| it.held), answered),
        "Wrap-up" | "AHT: wrap-up" => time(all(|it| it.acw), answered),
        "AHT: other" => time(all(|it| it.handle - it.talk - it.held - it.acw), answered),
        "Target" => Some(0.8),
        _ => None,
    }
}

type Sheet = Vec<Vec<Data>>;

fn sheet(book: &mut Xlsx<std::io::BufReader<std::fs::File>>, name: &str) -> Sheet {
    let range = book.worksheet_range(name).expect(name);
    // A range begins at its first cell with a value.
    let (rows, columns) = range.start().unwrap_or_default();
    assert_eq!(columns, 0, "{name}");
    let above = (0..rows).map(|_| Vec::new());
    above.chain(range.rows().map(<[Data]>::to_vec)).collect()
}

fn text(cell: Option<&Data>) -> String {
    cell.map(ToString::to_string).unwrap_or_default()
}

#[track_caller]
fn same(cell: Option<&Data>, wanted: Option<f64>, what: &str) {
    let found = match cell {
        Some(Data::Float(number)) => Some(*number),
        Some(Data::Int(number)) => Some(*number as f64),
        Some(Data::DateTime(time)) => Some(time.as_f64()),
        _ => None,
    };
    match (found, wanted) {
        (Some(found), Some(wanted)) => {
            assert!(
                (found - wanted).abs() < 1e-12 * wanted.max(1.0),
                "{what}: {found} {wanted}"
            );
        }
        (None, None) => {}
        other => panic!("{what}: {other:?}"),
    }
}

const MEDIA: [(&str, &str); 2] = [("Voice", "voice"), ("Email", "email")];

fn of(all: &[Bucket], wanted: impl Fn(&Bucket) -> bool) -> Vec<&Bucket> {
    all.iter().filter(|it| wanted(it)).collect()
}

/// The headline of each media type.
fn check_summary(rows: &Sheet, all: &[Bucket]) -> usize {
    let head = rows
        .iter()
        .find(|row| row.iter().any(|cell| cell == "Handle time (AHT)"))
        .expect("a head");
    let mut compared = 0;
    for (title, media) in MEDIA {
        let row = rows
            .iter()
            .find(|row| text(row.first()) == title)
            .expect(title);
        let own = of(all, |it| it.media == media);
        for (at, group) in head.iter().enumerate() {
            let group = group.to_string();
            if figure(&group, &own).is_some() {
                same(
                    row.get(at),
                    figure(&group, &own),
                    &format!("Summary, {title}, {group}"),
                );
                compared += 1;
            }
        }
    }
    let row = rows
        .iter()
        .find(|row| text(row.first()) == "All")
        .expect("All");
    let offered = head
        .iter()
        .position(|cell| cell == "Offered")
        .expect("Offered");
    same(
        row.get(offered),
        Some(sum(all, |it| it.offered) as f64),
        "Summary, All",
    );
    compared
}

/// A row for each day of each media type, and the sums of weeks and of all.
fn check_days(rows: &Sheet, all: &[Bucket]) -> usize {
    let heads = rows.get(2).expect("heads");
    let mut compared = 0;
    for (title, media) in MEDIA {
        let own: Vec<_> = rows
            .iter()
            .skip(3)
            .filter(|row| text(row.first()) == title)
            .collect();
        // The second of March 2026 is a Monday.
        let sums = [2..=8, 9..=10, 2..=10];
        let spans: Vec<_> = (2..=10).map(|day| day..=day).chain(sums).collect();
        assert_eq!(
            own.len(),
            spans.len(),
            "nine days, two weeks, and the total"
        );
        for (span, row) in spans.iter().zip(&own) {
            let buckets = of(all, |it| it.media == media && span.contains(&it.day));
            for (head, cell) in heads.iter().zip(*row) {
                let head = head.to_string();
                if figure(&head, &of(all, |_| true)).is_some() {
                    let wanted = (!buckets.is_empty())
                        .then(|| figure(&head, &buckets))
                        .flatten();
                    same(
                        Some(cell),
                        wanted,
                        &format!("Days, {title}, {span:?}, {head}"),
                    );
                    compared += 1;
                }
            }
        }
    }
    compared
}

/// Averages per day, and the service level, by weekday and hour.
fn check_hours(rows: &Sheet, all: &[Bucket]) -> usize {
    let days: BTreeSet<u64> = all.iter().map(|it| it.day).collect();
    let (first, last) = (days.first().expect("a day"), days.last().expect("a day"));
    let from = all
        .iter()
        .filter(|it| it.day == *first)
        .map(|it| it.hour)
        .min()
        .expect("an hour");
    let until = all
        .iter()
        .filter(|it| it.day == *last)
        .map(|it| it.hour)
        .max()
        .expect("an hour");
    let mut compared = 0;
    for (title, media) in MEDIA {
        for (name, unit) in [("Offered", "per day"), ("Service level", "of the hour")] {
            let title = format!("{title}: {name} {unit}");
            let at = rows
                .iter()
                .position(|row| text(row.first()) == title)
                .expect("a map");
            for weekday in 0..7 {
                // 2026-03-02 is a Monday.
                let own: Vec<u64> = days
                    .iter()
                    .copied()
                    .filter(|day| (day - 2) % 7 == weekday)
                    .collect();
                let row = rows.get(at + 2 + weekday as usize).expect("a weekday");
                for hour in 0..24 {
                    let buckets = of(all, |it| {
                        it.media == media && own.contains(&it.day) && it.hour == hour
                    });
                    let with = own.iter().filter(|day| {
                        !(*day == first && hour < from || *day == last && hour > until)
                    });
                    let count = with.count() as f64;
                    let wanted = (!buckets.is_empty())
                        .then(|| figure(name, &buckets))
                        .flatten();
                    let wanted = wanted.map(|it| if name == "Offered" { it / count } else { it });
                    same(
                        row.get(1 + hour as usize),
                        wanted,
                        &format!("{title}, {weekday}, {hour}"),
                    );
                    compared += usize::from(wanted.is_some());
                }
            }
        }
    }
    compared
}

/// Every figure of each media type.
fn check_figures(rows: &Sheet, all: &[Bucket]) -> usize {
    let heads = rows.get(2).expect("heads");
    let mut compared = 0;
    for row in rows.iter().skip(3) {
        let name = text(row.first());
        if figure(&name, &of(all, |_| true)).is_none() {
            continue;
        }
        for (at, head) in heads.iter().enumerate().skip(1) {
            let known = MEDIA.iter().find(|(title, _)| head == title);
            let Some((title, media)) = known else {
                continue;
            };
            let own = of(all, |it| it.media == *media);
            same(
                row.get(at),
                figure(&name, &own),
                &format!("Figures, {title}, {name}"),
            );
            compared += 1;
        }
    }
    compared
}

/// The media types by what was offered.
fn check_distributions(rows: &Sheet, all: &[Bucket]) -> usize {
    let whole = sum(all, |it| it.offered) as f64;
    let mut compared = 0;
    for (title, media) in MEDIA {
        let row = rows
            .iter()
            .find(|row| text(row.first()) == title)
            .expect(title);
        let own = sum(all.iter().filter(|it| it.media == media), |it| it.offered) as f64;
        same(row.get(1), Some(own), media);
        let share = row.get(2).and_then(|cell| match cell {
            Data::Float(share) => Some(*share),
            _ => None,
        });
        let share = share.expect("a share");
        assert!(
            (share - own / whole).abs() < 5.1e-4,
            "{media}: {share} {}",
            own / whole
        );
        compared += 1;
    }
    compared
}

#[test]
fn every_cell_is_that_of_an_independent_computation() {
    let work = Work::new();
    let all = buckets();
    work.write("week.json", document(&all));
    work.run(&[
        "report",
        "week.json",
        "--timezone",
        "Europe/Berlin",
        "-q",
        "-o",
        "week.xlsx",
    ])
    .exits(0);
    let mut book: Xlsx<_> = calamine::open_workbook(work.path("week.xlsx")).expect("a workbook");
    let compared = [
        check_summary(&sheet(&mut book, "Summary"), &all),
        check_days(&sheet(&mut book, "Days"), &all),
        check_hours(&sheet(&mut book, "Hours"), &all),
        check_figures(&sheet(&mut book, "Figures"), &all),
        check_distributions(&sheet(&mut book, "Distributions"), &all),
    ];
    let least = [12, 200, 150, 20, 2];
    for (at, (compared, least)) in compared.iter().zip(least).enumerate() {
        assert!(
            *compared >= least,
            "sheet {at}: {compared} cells were compared"
        );
    }
}
