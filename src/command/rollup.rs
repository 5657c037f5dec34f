//! `gcagg rollup`: documents joined, and aggregated by dimensions and periods.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::Weekday;
use chrono_tz::Tz;

use crate::check::Checker;
use crate::cli::args::{RollupArgs, WeekStart};
use crate::cli::options::{self, Shared};
use crate::cli::output;
use crate::diagnostic::collect::Collection;
use crate::diagnostic::{Code, Diagnostic, Located};
use crate::error::Error;
use crate::exit::ExitStatus;
use crate::input::discover::{Found, Input};
use crate::json::text::printable;
use crate::model::Dialect;
use crate::model::catalog::{self, nearest};
use crate::model::period::{PERIODS, Period};
use crate::model::stat::Merge;
use crate::pipeline::batch::Changed;
use crate::pipeline::visit::{self, Elements};
use crate::pipeline::{Run, locate, survey, survey_all};
use crate::record::Element;
use crate::rollup::buckets::{BucketCollector, Buckets, Scope, Unplaced};
use crate::rollup::document;
use crate::rollup::every::Every;
use crate::table::{Filter, Shaping};
use crate::write::Format;

use super::convert::{self, Ledger};
use super::gather::{self, Gathered};
use super::table_plan::TablePlan;
use super::{messages, names};
use crate::diagnostic::words::counted;

/// How many buckets of one kind are named.
const NAMED: usize = 5;

/// Runs the command.
///
/// # Errors
/// A wrong command line, or an output that cannot be written.
pub fn run(shared: &Shared, args: &RollupArgs) -> Result<ExitStatus, Error> {
    let plan = table_plan(args)?;
    let zone = options::zone(args.table.timezone.as_deref())?.unwrap_or(Tz::UTC);
    let scope = scope(args, zone)?;
    let mut levels = options::levels(&args.levels, &shared.config()?)?;
    if args.dedupe {
        // Buckets that come twice overlap; whether others do is found out afterwards.
        levels = levels.without(Code::OverlappingBuckets);
    }
    let names = plan.as_ref().and_then(|it| it.shape.shaping.names.clone());
    let shaping = Shaping {
        filter: options::filter(&args.filter, Some(zone))?,
        names,
        ..Shaping::default()
    };
    let discovery = options::inputs(&args.inputs.inputs, "rollup")?;
    let mut inputs = gather::paths(&discovery);
    inputs.extend(args.table.names.files.iter().cloned());
    gather::refuse_overwrite(&args.output, &inputs)?;
    let checker = Checker::new()?;
    let run = shared.run(&checker, &shaping, &levels);
    let checked = gather::checked(shared, &run, discovery, "nothing was written")?;
    let (gathered, collection) = match checked {
        Ok(checked) => checked,
        Err(status) => return Ok(status),
    };
    check_dialect(&gathered)?;
    check_dimensions(args, &gathered, &collection)?;
    let (buckets, unplaced) = buckets(&run, &gathered, &scope, &shaping.filter)?;
    let mut buckets = match refused(&run, &gathered, unplaced, &buckets) {
        Some(refused) => {
            messages::errors(shared, &refused)?;
            shared.say("nothing was written");
            return Ok(ExitStatus::BadData);
        }
        None => finished(buckets, &scope)?,
    };
    buckets.count_beyond();
    if buckets.repeated > 0 {
        let repeated = counted(buckets.repeated, "bucket");
        shared.say(&format!("{repeated} came twice and counted once"));
    }
    say_left_out(shared, &run, &gathered, &buckets)?;
    match plan {
        None => write_document(args, &buckets)?,
        Some(plan) => write_table(shared, &run, args, &plan, &buckets)?,
    }
    gathered.details(shared);
    Ok(ExitStatus::Success)
}

/// The plan of the table, where one was asked for; a name that ends in `.json` is the document's.
fn table_plan(args: &RollupArgs) -> Result<Option<TablePlan>, Error> {
    let named = output::format(&args.output, "rollup", &Format::by_extension())?;
    if args.table.to.is_none() && named.is_none_or(|format| format.name == "json") {
        if args.table.kpi {
            return Err(Error::usage("--kpi needs a table")
                .help("add a format and the layout: -t csv --layout wide"));
        }
        for (set, name) in [
            (!args.table.sort.is_empty(), "--sort"),
            (args.table.limit.is_some(), "--limit"),
            (!args.table.names.files.is_empty(), "--names"),
        ] {
            if set {
                return Err(Error::usage(format!("{name} is for tables"))
                    .help("write one: -t csv, or -o FILE.csv"));
            }
        }
        return Ok(None);
    }
    let output = Some(args.output.as_path());
    TablePlan::new("rollup", &args.table, &args.filter, output).map(Some)
}

fn scope(args: &RollupArgs, zone: Tz) -> Result<Scope, Error> {
    let every = match &args.every {
        None => None,
        Some(text) => {
            let period = Period::parse(text).ok_or_else(|| {
                Error::usage(format!("--every {text}: not a period")).help(PERIODS)
            })?;
            let first = match args.week_start {
                WeekStart::Monday => Weekday::Mon,
                WeekStart::Saturday => Weekday::Sat,
                WeekStart::Sunday => Weekday::Sun,
            };
            let every = Every::new(period, zone, first).ok_or_else(|| {
                Error::usage(format!("--every {text}: its boundaries would wander"))
                    .help("use a part of a day, days, weeks, or months that divide a year")
            })?;
            Some(every)
        }
    };
    let by = args.by.as_ref().map(|names| {
        let names = names.iter().map(|name| name.trim().to_owned());
        names.filter(|name| !name.is_empty()).collect()
    });
    Ok(Scope {
        by,
        every,
        dedupe: args.dedupe,
    })
}

fn check_dialect(gathered: &Gathered) -> Result<(), Error> {
    let mut inputs = gathered.inputs.iter();
    match inputs.find(|input| input.dialects.contains(&Dialect::Summary)) {
        None => Ok(()),
        Some(input) => Err(Error::data(format!(
            "{}: a summary has no buckets to join",
            input.name
        ))
        .help("rollup reads aggregates responses; `gcagg convert` and `gcagg report` read summaries, too")),
    }
}

/// Refuses dimensions that no input has, and dropping one of which a conversation can have several
/// values: it would count once for each of them.
fn check_dimensions(
    args: &RollupArgs,
    gathered: &Gathered,
    collection: &Collection,
) -> Result<(), Error> {
    let Some(by) = &args.by else { return Ok(()) };
    let inputs = gathered.inputs.iter();
    let mut known: Vec<&str> = inputs
        .flat_map(|input| input.survey.dimensions.keys().map(String::as_str))
        .collect();
    known.sort_unstable();
    known.dedup();
    let named = by.iter().map(|name| name.trim());
    for name in named.filter(|name| !name.is_empty() && !known.is_empty()) {
        if !known.contains(&name) && !catalog::is_dimension(name) {
            let failure = Error::usage(format!("--by {name}: no group has this dimension"));
            return Err(match nearest(name, known.iter().copied()) {
                Some(near) => failure.help(format!("did you mean `{near}`?")),
                None => failure.help("`gcagg inspect` lists the dimensions"),
            });
        }
    }
    let several = collection.groups();
    let several = several
        .iter()
        .map(|group| &group.first.diagnostic)
        .filter(|it| it.code == Code::MultivaluedDimension)
        .map(|it| it.common());
    for name in several {
        let is_kept = by.iter().any(|kept| kept.trim() == name);
        let is_allowed = args.drop_multivalued.iter().any(|it| *it == *name);
        if !is_kept && !is_allowed {
            return Err(Error::data(format!(
                "--by drops `{name}`, of which one conversation can have several values: it would count once for each"
            ))
            .help(format!(
                "query with flattenMultivaluedDimensions, keep the dimension, or allow it: --drop-multivalued {name}"
            )));
        }
    }
    Ok(())
}

/// Findings of inputs, by their index.
type Unjoined = BTreeMap<usize, Vec<Diagnostic>>;

/// The buckets of all inputs, and those that cannot be joined.
fn buckets(
    run: &Run<'_>,
    gathered: &Gathered,
    scope: &Scope,
    filter: &Filter,
) -> Result<(Buckets, Unjoined), Error> {
    let mut all = Buckets::default();
    let mut unjoined = Unjoined::new();
    visit::elements(
        run,
        &gathered.inputs,
        |_| true,
        &|elements| part(elements, scope, filter),
        &mut |(index, buckets, findings): (usize, Buckets, Vec<Diagnostic>)| {
            all.merge(buckets, scope.dedupe);
            if !findings.is_empty() {
                unjoined.entry(index).or_default().extend(findings);
            }
            Ok(())
        },
    )?;
    Ok((all, unjoined))
}

fn part(
    elements: &Elements<'_>,
    scope: &Scope,
    filter: &Filter,
) -> Result<(usize, Buckets, Vec<Diagnostic>), Changed> {
    let mut collector = BucketCollector::new(scope, filter);
    let mut findings = Vec::new();
    elements.each(|visit| {
        let Element::Container(view) = visit.element else {
            return;
        };
        collector.add(view, |index, why| {
            let Some(bucket) = view.buckets().get(index as usize) else {
                return;
            };
            let number = visit.first_bucket() + index as usize;
            let pointer = format!("{}/data/{number}", visit.pointer());
            let span = visit.outward(view.bucket_span(bucket));
            let interval = view.interval(bucket).map(printable);
            findings.push(unplaced(interval.as_deref(), why).at(span, pointer));
        });
    })?;
    Ok((elements.index, collector.finish(), findings))
}

fn unplaced(interval: Option<&str>, why: Unplaced) -> Diagnostic {
    let message = match (interval, why) {
        (None, _) => "a bucket without an interval lies in no period of --every".to_owned(),
        (Some(text), Unplaced::NoTime) => format!("the bucket {text} lies in no period of --every"),
        (Some(text), Unplaced::Straddles) => {
            format!("the bucket {text} lasts beyond the end of its period of --every")
        }
    };
    Diagnostic::new(Code::StraddlingBucket, message)
        .cause("period")
        .label("not in one period")
        .help(
            "use periods that are as long as the buckets or longer, and the time zone of the query",
        )
}

/// The findings for which nothing is written, if any.
fn refused(
    run: &Run<'_>,
    gathered: &Gathered,
    unjoined: Unjoined,
    buckets: &Buckets,
) -> Option<Collection> {
    let mut collection = Collection::new(true);
    for (index, mut findings) in unjoined {
        run.levels.apply_from(&mut findings, 0);
        let input = gathered.inputs.get(index)?;
        let located = locate::locate(input, findings);
        located.iter().for_each(|it| collection.push(it));
    }
    let differing = buckets.differing.iter().take(NAMED);
    let findings = differing.map(|shown| {
        let shown = printable(shown);
        Diagnostic::new(
            Code::DifferingBuckets,
            format!("a bucket came twice with different figures: {shown}"),
        )
        .cause("different")
        .help("one of the two was fetched before its time was over; leave the older file out")
    });
    for finding in findings.filter_map(|it| run.levels.apply(it)) {
        collection.push(&about_all(gathered, finding)?);
    }
    let is_refused = gather::status(&collection) != ExitStatus::Success;
    is_refused.then_some(collection)
}

/// A finding about all inputs together.
fn about_all(gathered: &Gathered, diagnostic: Diagnostic) -> Option<Located> {
    let input = gathered.inputs.first()?;
    Some(Located {
        diagnostic,
        file: input.name.clone(),
        place: None,
        excerpt: None,
    })
}

/// The buckets in the scope that was asked for.
fn finished(buckets: Buckets, scope: &Scope) -> Result<Buckets, Error> {
    if !scope.dedupe {
        return Ok(buckets);
    }
    if let Some((first, second)) = buckets.overlap() {
        return Err(Error::data(format!(
            "buckets of one group overlap: {first} and {second}"
        ))
        .help("--dedupe counts equal buckets once; these differ in their length"));
    }
    buckets.narrowed(scope).map_err(|(bucket, why)| {
        let finding = unplaced(Some(&bucket), why);
        Error::data(format!(
            "{} {}: {}",
            finding.code.id(),
            finding.code.name(),
            finding.message
        ))
    })
}

/// Says which statistics were left out.
fn say_left_out(
    shared: &Shared,
    run: &Run<'_>,
    gathered: &Gathered,
    buckets: &Buckets,
) -> Result<(), Error> {
    let mut collection = Collection::new(true);
    for (stat, times) in &buckets.left_out {
        let (name, times) = (stat.name(), counted(*times, "entry"));
        let (why, help) = match stat.merge() {
            Merge::Never => (
                "cannot be merged and",
                "ask the API for the percentile of the whole period",
            ),
            _ => (
                "has a figure of more than 4,096 digits and",
                "such a figure is no measurement; look for it in the input",
            ),
        };
        let message = format!("`{name}` {why} was left out of {times}");
        let finding = Diagnostic::new(Code::UnmergeableStatistic, message)
            .cause(name)
            .help(help);
        if let Some(finding) = run.levels.apply(finding)
            && let Some(located) = about_all(gathered, finding)
        {
            collection.push(&located);
        }
    }
    messages::warnings(shared, &collection);
    Ok(())
}

fn write_document(args: &RollupArgs, buckets: &Buckets) -> Result<(), Error> {
    let failed = |error: std::io::Error| Error::writing(&options::shown(&args.output), &error);
    let mut sink = options::sink(&args.output)?;
    document::write(buckets, &mut sink).map_err(failed)?;
    sink.finish().map_err(failed)
}

/// Writes the result as a table: it is read as any other document.
fn write_table(
    shared: &Shared,
    run: &Run<'_>,
    args: &RollupArgs,
    plan: &TablePlan,
    buckets: &Buckets,
) -> Result<(), Error> {
    let mut bytes = Vec::new();
    document::write(buckets, &mut bytes).map_err(|error| Error::io(error.to_string()))?;
    let shaping = Shaping {
        filter: Filter::default(),
        ..plan.shape.shaping.clone()
    };
    let run = Run {
        shaping: &shaping,
        ..*run
    };
    let found = Found {
        input: Input::Memory("rollup".to_owned(), bytes.into()),
        relative: PathBuf::from("rollup"),
    };
    let inputs = survey_all(&run, vec![found]);
    let survey = survey::merged(&inputs);
    let mut ledger = Ledger::default();
    let output = args.output.as_path();
    let written = convert::write(&run, plan, &survey, &inputs, output, &mut ledger)?;
    plan.say_left_out(shared, &survey);
    names::say(shared, &shaping, &survey);
    convert::say_changed(shared, written);
    if shared.verbose || output != Path::new("-") {
        shared.say(&counted(written.rows, "row"));
    }
    Ok(())
}
