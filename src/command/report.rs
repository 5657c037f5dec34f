//! `gcagg report`: figures to read.

use crate::cli::args::{AbsentArg, ReportArgs};
use crate::cli::options::{self, Shared};
use crate::cli::output;
use crate::output::{OutputFiles, Sink};
use crate::{
    Error, ExitStatus, Inputs, Look, Page, Purpose, REPORT_FORMATS, ReportFormat, TableSpec,
};

use super::gather;
use super::ledger::Ledger;

/// Runs the command.
///
/// # Errors
/// A wrong command line, or an output that cannot be written.
pub fn run(shared: &Shared, args: ReportArgs) -> Result<ExitStatus, Error> {
    let named = output::format(&args.output, "report", &ReportFormat::by_extension())?;
    let format = args.format.or(named).unwrap_or(&REPORT_FORMATS[0]);
    let page = page(&args)?;
    page.check(format)?;
    if args.detail {
        let help = "--detail prints ids and times as the inputs have them: leave it out";
        shared.refuse_typed(["names"], "has no effect with --detail", help)?;
        if args.filter.from.is_none() && args.filter.until.is_none() {
            shared.refuse_typed(["timezone"], "has no effect with --detail", help)?;
        }
    }
    let levels = shared.levels(&args.levels)?;
    let spec = TableSpec::new().absent_counters(args.absent != Some(AbsentArg::Keep), false);
    let zone = args.timezone.as_deref();
    let spec = options::filtered(spec, zone, &args.filter, &args.names.files)?;
    let inputs = shared.inputs(&args.inputs.inputs, "report")?.levels(levels);
    let inputs = inputs.table_spec(spec).purpose(Purpose::Sums);
    let inputs = gather::using(inputs, &args.data)?;
    let compared = match args.compare.as_slice() {
        [] => None,
        paths => Some(inputs.with_same_settings().paths(paths)),
    };
    let read = compared.iter().flat_map(Inputs::found_files);
    let mut outputs = OutputFiles::beside(
        gather::files(&inputs, &args.names.files)
            .into_iter()
            .chain(read),
    );
    [&args.output]
        .into_iter()
        .chain(&args.data.rejects)
        .try_for_each(|output| outputs.add(output))?;
    let mut all = Vec::new();
    for inputs in std::iter::once(inputs).chain(compared) {
        match gather::checked(shared, inputs, "nothing was reported")? {
            Ok(dataset) => all.push(dataset),
            Err(status) => return Ok(status),
        }
    }
    let [dataset, before @ ..] = all.as_slice() else {
        return Ok(ExitStatus::Success);
    };
    let mut ledger = Ledger::write(args.data.rejects.as_deref(), &all)?;
    let mut sink = Sink::open_styled(&args.output)?;
    let look = Look {
        width: shared.stdout_width(),
        colors: shared.colors() && args.output.as_os_str() == "-",
    };
    dataset.report_as(&page, format, look, before.first(), &mut sink)?;
    ledger.finish()?;
    sink.finish()?;
    for dataset in &all {
        gather::details(shared, dataset);
        dataset
            .repeats_in_words()
            .iter()
            .for_each(|it| shared.say(it));
        let summary = gather::summary(dataset, dataset.summary()?, None);
        gather::say_bad_parts(shared, dataset, &args.data, &summary);
    }
    Ok(ExitStatus::Success)
}

/// The rows, the order and the time zone that are asked for.
fn page(args: &ReportArgs) -> Result<Page, Error> {
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
    Ok(match args.detail {
        true => page.detail(),
        false => page,
    })
}
