//! `gcagg report`: key figures as text, Markdown, HTML, Excel, CSV or JSON.

use std::io::{self, IsTerminal as _, Write};

use crate::cli::args::{AbsentArg, ReportArgs};
use crate::cli::options::{self, Shared};
use crate::cli::output;
use crate::output::{OutputFiles, Sink};
use crate::{
    Dataset, Error, ExitStatus, Inputs, Look, Page, REPORT_FORMATS, ReportFormat, TableSpec,
};

use super::gather;
use super::ledger::Ledger;
use super::manifest::ManifestFile;

/// Runs the command.
pub fn run(shared: &Shared, args: ReportArgs) -> Result<ExitStatus, Error> {
    let page = page(&args)?;
    check(shared, &args)?;
    let formats = formats(&args, &page)?;
    if args.detail {
        let help = "--detail prints ids and times of the inputs unchanged; remove this option";
        shared.refuse_typed(["names"], "has no effect with --detail", help)?;
        if args.filter.from.is_none() && args.filter.until.is_none() {
            shared.refuse_typed(["timezone"], "has no effect with --detail", help)?;
        }
    }
    let (inputs, compared) = inputs(shared, &args, None)?;
    let mut read = gather::files(shared, (&inputs, &args.inputs), &args.names.files)?;
    read.extend(compared.iter().flat_map(Inputs::found_files));
    let mut outputs = OutputFiles::beside(&read);
    args.output
        .iter()
        .chain(&args.data.rejects)
        .chain(&args.data.manifest)
        .try_for_each(|output| outputs.add(output))?;
    let mut manifest = ManifestFile::open(shared, "report", &args.data, (&read, &args.output))?;
    let mut all = Vec::new();
    for inputs in std::iter::once(inputs).chain(compared) {
        let is_first = all.is_empty();
        let names = |dataset: &Dataset| match is_first {
            true => dataset.check_names(&page),
            false => Ok(()),
        };
        let stopped = "nothing was reported";
        match gather::checked_for(shared, inputs, all.first(), stopped, names)? {
            Ok(dataset) => all.push(dataset),
            Err(status) => return Ok(status),
        }
    }
    let [dataset, before @ ..] = all.as_slice() else {
        return Ok(ExitStatus::Success);
    };
    let is_shown =
        args.output.iter().any(|it| it.as_os_str() == "-") && shared.stdout_is_terminal();
    let width = match args.detail && !is_shown {
        // Only a terminal cuts names.
        true => usize::MAX,
        false => shared.stdout_width(),
    };
    manifest.content.fact("width", &width.to_string());
    let mut ledger = Ledger::write(args.data.rejects.as_deref(), &all)?;
    let mut sinks = Vec::new();
    for (path, format) in args.output.iter().zip(&formats) {
        sinks.push(match format.is_binary {
            true => Sink::open(path)?,
            false => Sink::open_styled(path)?,
        });
    }
    let reports = args.output.iter().zip(&formats).zip(&mut sinks);
    let reports = reports.map(|((path, format), sink)| {
        let look = Look {
            width,
            colors: shared.colors() && path.as_os_str() == "-",
        };
        (*format, look, sink as &mut dyn Write)
    });
    let notes = dataset.reports(&page, before.first(), reports.collect())?;
    ledger.finish()?;
    // All are written: now they appear.
    let mut plain = Vec::new();
    for (path, sink) in args.output.iter().zip(sinks) {
        let is_plain = args.format.is_none() && path.extension().is_none();
        plain.extend((is_plain && sink.is_atomic()).then(|| path.display()));
        sink.finish()?;
    }
    let written = args.output.iter().map(|path| (path.clone(), None));
    manifest.finish(&all, &[], &written.collect::<Vec<_>>())?;
    shared.say_all(dataset.name_warnings());
    for shown in plain {
        shared.say(&format!(
            "note: {shown} is text, because it has no extension: -o {shown}.xlsx writes a workbook, -o {shown}.html a page"
        ));
    }
    for note in notes {
        shared.say(&format!("note: {note}"));
    }
    let has_files = args.output.iter().any(|path| path.as_os_str() != "-");
    for (at, dataset) in all.iter().enumerate() {
        gather::details(shared, dataset);
        shared.say_all(dataset.repeats_in_words());
        let summary = gather::summary(dataset, dataset.summary()?, None);
        match dataset.bad_parts() {
            0 if at == 0 && (shared.verbose || has_files) => shared.say(&summary),
            _ => gather::say_bad_parts(shared, dataset, &args.data, &summary),
        }
    }
    Ok(ExitStatus::Success)
}

/// The inputs, and those that they are compared with. `time` is that of a run that is repeated.
pub(super) fn inputs(
    shared: &Shared,
    args: &ReportArgs,
    time: Option<&str>,
) -> Result<(Inputs, Option<Inputs>), Error> {
    let spec = match args.absent {
        Some(AbsentArg::Keep) => TableSpec::new().keep_absent(),
        _ => TableSpec::new(),
    };
    let zone = args.timezone.as_deref();
    let spec = match time {
        Some(time) => spec.loaded_at(time)?,
        None => spec.source_date_epoch()?,
    };
    let spec = options::filtered(spec, zone, &args.filter, &args.names.files)?;
    let inputs = gather::inputs(shared, "report", &args.inputs, (&args.data, &args.levels))?;
    let before = spec.clone().period_before();
    let mut inputs = inputs.table_spec(spec).for_report();
    let compared = match args.compare.as_slice() {
        [] => None,
        paths => {
            let exclude = &args.inputs.exclude;
            let compared = gather::compared(&mut inputs, "--compare", paths, exclude)?;
            Some(compared.table_spec(before))
        }
    };
    Ok((inputs, compared))
}

/// Refuses options that cannot be combined.
pub(super) fn check(shared: &Shared, args: &ReportArgs) -> Result<(), Error> {
    let page = match args.detail {
        true => Page::new().detail(),
        false => Page::new(),
    };
    let formats = named_formats(args, &page)?;
    let is_named = formats.iter().any(|(_, is_named)| *is_named);
    shared.refuse_default_format("format", args.format.is_some() && is_named)?;
    // An option has an effect if one of the outputs uses it.
    let first = formats.first().map(|(format, _)| *format);
    first.map_or(Ok(()), |first| {
        let unused = first.unused.iter().copied();
        let unused = unused.filter(|it| formats.iter().all(|(of, _)| of.unused.contains(it)));
        let needs = format!("has no effect in a report as {}", first.name);
        let help = "remove it, or write another format: -o report.html";
        shared.refuse_typed(unused, &needs, help)
    })
}

/// The formats of the outputs.
pub(super) fn formats(args: &ReportArgs, page: &Page) -> Result<Vec<&'static ReportFormat>, Error> {
    let formats = named_formats(args, page)?.into_iter();
    let formats: Vec<&ReportFormat> = formats.map(|(format, _)| format).collect();
    let mut outputs = args.output.iter().zip(&formats);
    let is_shown = outputs.any(|(path, format)| format.is_binary && path.as_os_str() == "-");
    if is_shown && io::stdout().is_terminal() {
        return Err(
            Error::usage("a workbook is not for a terminal").help("name a file: -o report.xlsx")
        );
    }
    Ok(formats)
}

/// The formats of the outputs, each with true if the extension names one.
fn named_formats(
    args: &ReportArgs,
    page: &Page,
) -> Result<Vec<(&'static ReportFormat, bool)>, Error> {
    if args.format.is_some() && args.output.len() > 1 {
        return Err(Error::usage("--format is for one output")
            .help("leave it out: each output has the format of its extension"));
    }
    let mut formats = Vec::new();
    for path in &args.output {
        let known = ReportFormat::by_extension();
        let named = output::format(path, "report", &known, args.format.is_some())?;
        let format = args.format.or(named).unwrap_or(&REPORT_FORMATS[0]);
        page.check(format)?;
        let extension = path.extension().and_then(|it| it.to_str());
        let is_packed = extension.is_some_and(|it| matches!(&*it.to_lowercase(), "gz" | "zst"));
        if format.is_binary && is_packed {
            return Err(
                Error::usage("a workbook is compressed already").help("name the output .xlsx")
            );
        }
        formats.push((format, named.is_some()));
    }
    Ok(formats)
}

/// The settings of the report, from its options.
pub(super) fn page(args: &ReportArgs) -> Result<Page, Error> {
    let mut page = Page::new();
    if let Some(by) = &args.by {
        page = page.by(by);
    }
    if let Some(top) = args.top {
        page = page.top(top);
    }
    if let Some(figure) = &args.sort {
        page = page.sort(figure);
    }
    if let Some(zone) = &args.timezone {
        page = page.timezone(zone)?;
    }
    if let Some(title) = &args.title {
        page = page.title(title);
    }
    if let Some(period) = &args.every {
        page = page.every(period)?;
    }
    Ok(match args.detail {
        true => page.detail(),
        false => page,
    })
}
