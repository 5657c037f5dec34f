//! The charts of the summary, over the figures of the sheet of days.

use rust_xlsxwriter::{
    Chart, ChartEmptyCells, ChartFont, ChartFormat, ChartLegendPosition, ChartLine,
    ChartLineDashType, ChartMarker, ChartMarkerType, ChartSolidFill, ChartType, Color,
};

use crate::model::catalog::figure::FigureUnit;
use crate::report::model::measure::Measure;
use crate::report::model::media::MediaFigures;
use crate::report::model::series::{Point, Series};

use super::days::DayRanges;
use super::style::{CLOCK, COUNT, LINE, SERIES, SOFT, TEXT};
use crate::report::column::Column;
use crate::report::words;

/// The size of a chart in pixels.
pub const WIDTH: u32 = 420;
pub const HEIGHT: u32 = 250;
/// The most points that have a label.
const LABELS: usize = 10;

/// The rows of a media type in the sheet of days.
#[derive(Debug, Clone, Copy)]
struct Range<'t> {
    table: &'t DayRanges,
    first: u32,
    last: u32,
}

impl Range<'_> {
    /// The column of the compared period, and the name of its series.
    fn earlier(self, measure: &Measure) -> Option<(u16, String)> {
        let is = |it: &Column| matches!(it, Column::Before(own, _) if own == measure);
        Some((
            self.table.column(is)?,
            format!("{} before", measure.label()),
        ))
    }

    fn of(self, column: u16) -> (&'static str, u32, u16, u32, u16) {
        (self.table.name, self.first, column, self.last, column)
    }
}

/// The charts of a media type: volume, service level and handle time.
pub fn all(table: &DayRanges, media: &MediaFigures, (first, count): (u32, u32)) -> Vec<Chart> {
    let Some(days) = media.days.as_ref().filter(|days| days.points.len() > 1) else {
        return Vec::new();
    };
    let range = Range {
        table,
        first,
        last: first + count - 1,
    };
    let charts = [
        volume(range, days, media),
        level(range, days, media),
        handle_time(range, days, media),
    ];
    charts.into_iter().flatten().collect()
}

fn font(size: f64, color: u32) -> ChartFont {
    let mut font = ChartFont::new();
    font.set_name("Calibri")
        .set_size(size)
        .set_color(Color::RGB(color));
    font
}

fn new(kind: ChartType, title: &str, days: &Series, media: &MediaFigures) -> Chart {
    let mut chart = Chart::new(kind);
    let mut bold = font(11.0, TEXT);
    bold.set_bold();
    chart
        .title()
        .set_name(title)
        .set_font(&bold)
        .set_overlay(false);
    chart.set_width(WIDTH).set_height(HEIGHT);
    chart
        .legend()
        .set_position(ChartLegendPosition::Bottom)
        .set_font(&font(9.0, SOFT));
    let dates = match &*days.period {
        "1 day" => "ddd d",
        "1 hour" | "30 minutes" | "15 minutes" => "hh:mm",
        _ => "d mmm",
    };
    chart
        .x_axis()
        .set_text_axis(true)
        .set_num_format(dates)
        .set_font(&font(9.0, SOFT));
    let mut grid = ChartLine::new();
    grid.set_color(Color::RGB(LINE)).set_width(0.75);
    chart
        .y_axis()
        .set_font(&font(9.0, SOFT))
        .set_major_gridlines_line(&grid);
    chart.show_empty_cells_as(ChartEmptyCells::Gaps);
    let (first, last) = (days.points.first(), days.points.last());
    let label = |point: Option<&Point>| point.map(|it| it.label.clone()).unwrap_or_default();
    chart.set_alt_text(format!(
        "{}: {title}, by {} from {} to {}. The sheet of days has the figures.",
        media.title(),
        days.by(),
        label(first),
        label(last)
    ));
    chart
}

fn values(days: &Series, measure: &Measure) -> Vec<f64> {
    let place = days.place(measure);
    place
        .map(|at| days.values(at).into_iter().flatten().collect())
        .unwrap_or_default()
}

fn fill(color: u32) -> ChartFormat {
    let mut format = ChartFormat::new();
    format.set_solid_fill(ChartSolidFill::new().set_color(Color::RGB(color)));
    format
}

fn volume(range: Range<'_>, days: &Series, media: &MediaFigures) -> Option<Chart> {
    let known = ["Offered", "Answered", "Abandoned"]
        .into_iter()
        .filter_map(Measure::key);
    let has = |measure: &Measure| !values(days, measure).is_empty();
    let mut shown: Vec<Measure> = known.filter(has).collect();
    if shown.is_empty() {
        let counts = days
            .measures
            .iter()
            .filter(|it| it.unit() == FigureUnit::Count);
        shown = counts.filter(|it| has(it)).take(3).cloned().collect();
    }
    let title: Vec<String> = shown.iter().map(Measure::label).collect();
    let mut chart = new(ChartType::Column, &sentence(&title), days, media);
    chart.y_axis().set_num_format(COUNT).set_min(0);
    let mut is_any = false;
    for (measure, color) in shown.iter().zip(SERIES) {
        let Some(column) = range.table.figure(measure) else {
            continue;
        };
        is_any = true;
        chart
            .add_series()
            .set_name(&*measure.label())
            .set_categories(range.of(1))
            .set_values(range.of(column))
            .set_gap(60)
            .set_overlap(0)
            .set_format(&mut fill(color));
    }
    let earlier = shown.first().and_then(|it| range.earlier(it));
    if let Some((column, name)) = earlier {
        chart
            .add_series()
            .set_name(&*name)
            .set_categories(range.of(1))
            .set_values(range.of(column))
            .set_gap(60)
            .set_overlap(0)
            .set_format(&mut fill(SERIES[4]));
    }
    is_any.then_some(chart)
}

/// Names with commas, of which only the first begins with a capital letter. Names of metrics and
/// abbreviations are as they are.
fn sentence(names: &[String]) -> String {
    let names = names.iter().enumerate().map(|(at, name)| match at {
        1.. if !name.chars().skip(1).any(char::is_uppercase) => name.to_lowercase(),
        _ => name.clone(),
    });
    names.collect::<Vec<_>>().join(", ")
}

fn level(range: Range<'_>, days: &Series, media: &MediaFigures) -> Option<Chart> {
    let measure = Measure::key("Service level")?;
    let column = range.table.figure(&measure)?;
    if values(days, &measure).is_empty() {
        return None;
    }
    let target = media.cell(&measure).and_then(|cell| cell.target);
    // One axis for all media types, so that their charts can be compared.
    let mut chart = new(ChartType::Line, "Service level", days, media);
    chart
        .y_axis()
        .set_num_format("0 %")
        .set_min(0)
        .set_max(1)
        .set_major_unit(0.2);
    let mut line = ChartFormat::new();
    line.set_line(
        ChartLine::new()
            .set_color(Color::RGB(SERIES[0]))
            .set_width(2.25),
    );
    let mut marker = ChartMarker::new();
    marker
        .set_type(ChartMarkerType::Circle)
        .set_size(6)
        .set_format(&mut fill(SERIES[0]));
    let series = chart.add_series();
    series
        .set_name("Service level")
        .set_categories(range.of(1))
        .set_values(range.of(column))
        .set_format(&mut line)
        .set_marker(&marker);
    if days.points.len() <= LABELS {
        let mut label = rust_xlsxwriter::ChartDataLabel::new();
        label
            .show_value()
            .set_num_format("0 %")
            .set_position(rust_xlsxwriter::ChartDataLabelPosition::Above);
        label.set_font(&font(9.0, TEXT));
        series.set_data_label(&label);
    }
    if let Some((column, name)) = range.earlier(&measure) {
        let mut gray = ChartFormat::new();
        gray.set_line(
            ChartLine::new()
                .set_color(Color::RGB(SERIES[4]))
                .set_width(1.5),
        );
        let mut none = ChartMarker::new();
        none.set_none();
        chart
            .add_series()
            .set_name(&*name)
            .set_categories(range.of(1))
            .set_values(range.of(column))
            .set_format(&mut gray)
            .set_marker(&none);
    }
    let place = days.place(&measure)?;
    let levels = days.points.iter().filter_map(|it| it.cells.get(place));
    let mut levels = levels.filter(|it| it.value.is_some());
    let column = range.table.column(|it| matches!(it, Column::Target(_)));
    let is_everywhere = levels.all(|it| it.target.is_some());
    if let Some(column) = column.filter(|_| is_everywhere) {
        let mut dashed = ChartFormat::new();
        dashed.set_line(
            ChartLine::new()
                .set_color(Color::RGB(SERIES[2]))
                .set_width(1.5)
                .set_dash_type(ChartLineDashType::Dash),
        );
        let name = match target.and_then(words::target) {
            Some(target) => format!("Target {target}"),
            None => "Target".to_owned(),
        };
        let mut none = ChartMarker::new();
        none.set_none();
        chart
            .add_series()
            .set_name(&*name)
            .set_categories(range.of(1))
            .set_values(range.of(column))
            .set_marker(&none)
            .set_format(&mut dashed);
    }
    Some(chart)
}

fn handle_time(range: Range<'_>, days: &Series, media: &MediaFigures) -> Option<Chart> {
    /// Steps of the axis in minutes.
    const STEPS: [f64; 14] = [
        0.5, 1.0, 2.0, 3.0, 4.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 240.0, 480.0, 1440.0,
    ];
    let parts = days.points.iter().map(|point| point.parts.list());
    let parts: Vec<_> = parts.collect();
    let sums = parts
        .iter()
        .map(|it| it.iter().flatten().map(|it| it.approximate()).sum::<f64>());
    let greatest = sums.fold(0.0, f64::max) / 60_000.0;
    if greatest <= 0.0 {
        return None;
    }
    let mut chart = new(
        ChartType::ColumnStacked,
        "Handle time per interaction",
        days,
        media,
    );
    let step = STEPS
        .iter()
        .copied()
        .find(|step| greatest / step <= 6.0)
        .unwrap_or(1440.0);
    chart
        .y_axis()
        .set_num_format(CLOCK)
        .set_min(0)
        .set_max((greatest / step).ceil().max(1.0) * step / 1440.0)
        .set_major_unit(step / 1440.0);
    let names = [("Talk", 0), ("Hold", 3), ("Wrap-up", 1), ("Other", 4)];
    let mut has_series = false;
    for (part, (name, color)) in names.into_iter().enumerate() {
        let is_shown = parts.iter().any(|it| {
            let part = it.get(part).copied().flatten();
            // Less than half a second is invisible.
            part.is_some_and(|it| it.approximate() >= 500.0)
        });
        let column = range.table.column(|it| *it == Column::Part(part));
        let Some(column) = column.filter(|_| is_shown) else {
            continue;
        };
        let color = SERIES.get(color).copied().unwrap_or(SOFT);
        chart
            .add_series()
            .set_name(name)
            .set_categories(range.of(1))
            .set_values(range.of(column))
            .set_gap(60)
            .set_format(&mut fill(color));
        has_series = true;
    }
    // Days have the parts of the handle time only where the talk time is one of them.
    has_series.then_some(chart)
}
