//! Charts as SVG. Everything in them is numbers, times and names of figures.

use crate::model::catalog::figure::FigureUnit;
use crate::report::model::Model;
use crate::report::model::measure::{HandleParts, Measure};
use crate::report::model::series::Series;
use crate::report::words;

/// A chart.
pub struct Chart {
    pub title: String,
    pub keys: Vec<Key>,
    pub height: u32,
    /// What it shows, in words.
    pub alternative: String,
    pub svg: String,
}

/// An entry of the legend.
pub struct Key {
    pub label: String,
    pub svg: String,
}

const WIDTH: f64 = 800.0;
const HEIGHT: f64 = 220.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 10.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 26.0;
/// Up to so many points have a dot each.
const DOTS: usize = 60;

/// The charts of a series: volume, a share with its target, and the parts of the handle time.
pub fn all(model: &Model, series: &Series) -> Vec<Chart> {
    let mut charts = Vec::new();
    let counts = ["Offered", "Answered", "Abandoned"].into_iter();
    let counts = counts.filter_map(Measure::key);
    let mut volume: Vec<Measure> = counts.filter(|it| series.place(it).is_some()).collect();
    if volume.is_empty() {
        let counts = series.measures.iter();
        let counts = counts.filter(|it| it.unit() == FigureUnit::Count);
        volume = counts.take(3).cloned().collect();
    }
    if volume.is_empty() {
        volume.extend(series.measures.first().cloned());
    }
    charts.extend(lines(series, &volume, None));
    let mut shares = series.measures.iter();
    let level = Measure::key("Service level").filter(|it| series.place(it).is_some());
    let share = level.or_else(|| shares.find(|it| it.unit() == FigureUnit::Share).cloned());
    if let Some(share) = share {
        let mut headline = model.headline.iter();
        let target = headline.find(|(measure, _)| *measure == share);
        let target = target.and_then(|(_, cell)| cell.target);
        charts.extend(lines(series, &[share], target.map(|it| it.approximate())));
    }
    if model.parts.is_some() {
        charts.extend(handle_time(series));
    }
    charts
}

/// The scale from zero to a round number above the greatest value, in some steps.
struct Scale {
    top: f64,
    step: f64,
    unit: FigureUnit,
}

impl Scale {
    fn new(greatest: f64, unit: FigureUnit) -> Self {
        let steps: &[f64] = match unit {
            // Seconds, minutes and hours.
            FigureUnit::Time => &[
                1e3, 2e3, 5e3, 1e4, 1.5e4, 3e4, 6e4, 1.2e5, 3e5, 6e5, 9e5, 1.8e6, 3.6e6, 7.2e6,
                1.08e7, 2.16e7, 4.32e7, 8.64e7,
            ],
            FigureUnit::Share => &[0.05, 0.1, 0.2, 0.25, 0.5],
            _ => &[1.0, 2.0, 5.0, 10.0, 20.0, 25.0, 50.0],
        };
        let mut factor = 1.0;
        let step = loop {
            let fits = |step: &&f64| greatest / (**step * factor) <= 5.0;
            if let Some(step) = steps.iter().find(fits) {
                break step * factor;
            }
            factor *= 10.0;
        };
        let top = (greatest / step).ceil().max(1.0) * step;
        Self { top, step, unit }
    }

    fn y(&self, value: f64) -> f64 {
        TOP + (HEIGHT - TOP - BOTTOM) * (1.0 - value / self.top)
    }

    fn label(&self, value: f64) -> String {
        match self.unit {
            FigureUnit::Share => format!("{:.0} %", value * 100.0),
            FigureUnit::Time => words::clock(value as i128),
            _ => format!("{value}"),
        }
    }

    fn grid(&self) -> String {
        let mut svg = String::new();
        let lines = (self.top / self.step).round() as usize;
        for line in 0..=lines {
            let value = line as f64 * self.step;
            let (y, right) = (self.y(value), WIDTH - RIGHT);
            svg.push_str(&format!(
                "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{right}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/><text x=\"{:.0}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
                LEFT - 6.0,
                y + 4.0,
                self.label(value)
            ));
        }
        svg
    }
}

/// Where the points are: they may have gaps between them.
struct Axis {
    /// The middle of each point, and its width.
    places: Vec<(f64, f64)>,
    /// Whether a point begins where the one before it ended.
    follows: Vec<bool>,
}

impl Axis {
    fn new(series: &Series) -> Self {
        let seconds = |time: chrono::DateTime<chrono::Utc>| time.timestamp() as f64;
        let points = &series.points;
        let first = points.first().map_or(0.0, |point| seconds(point.start));
        let last = points.iter().map(|point| seconds(point.end));
        let last = last.fold(first + 1.0, f64::max);
        let scale = (WIDTH - LEFT - RIGHT) / (last - first);
        let places = points.iter().map(|point| {
            let (start, end) = (seconds(point.start) - first, seconds(point.end) - first);
            (LEFT + (start + end) / 2.0 * scale, (end - start) * scale)
        });
        let before = points.iter().map(|point| Some(point.end));
        let before = std::iter::once(None).chain(before);
        Self {
            places: places.collect(),
            follows: points
                .iter()
                .zip(before)
                .map(|(point, before)| Some(point.start) == before)
                .collect(),
        }
    }

    /// The middle of a point.
    fn x(&self, point: usize) -> f64 {
        self.places.get(point).map_or(LEFT, |(x, _)| *x)
    }

    fn width(&self, point: usize) -> f64 {
        self.places.get(point).map_or(0.0, |(_, width)| *width)
    }
}

/// Labels below the chart: the time, and the date where it changes or where all begin at midnight.
fn labels(series: &Series, axis: &Axis) -> String {
    /// The room of a label.
    const ROOM: f64 = 92.0;
    let mut free = 0.0;
    let is_daily = series.points.iter().all(|it| it.label.ends_with("00:00"));
    let one_day = {
        let mut dates = series.points.iter().map(|it| it.label.get(..10));
        let first = dates.next();
        dates.all(|date| Some(date) == first)
    };
    let mut svg = String::new();
    for (at, point) in series.points.iter().enumerate() {
        // The last one stays within the picture.
        let x = axis.x(at).min(WIDTH - RIGHT - 36.0);
        if x < free {
            continue;
        }
        free = x + ROOM;
        let label = match (is_daily, one_day) {
            (true, _) => point.label.get(..10),
            (_, true) => point.label.get(11..),
            _ => point.label.get(5..),
        };
        svg.push_str(&format!(
            "<text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
            HEIGHT - 8.0,
            label.unwrap_or_default()
        ));
    }
    // From where on figures are incomplete.
    if let Some(at) = series.points.iter().position(|it| it.is_incomplete) {
        let x = axis.x(at) - axis.width(at) / 2.0;
        svg.push_str(&format!(
            "<line class=\"mark\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{TOP}\" y2=\"{:.1}\"/><text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">incomplete</text>",
            HEIGHT - BOTTOM,
            WIDTH - RIGHT,
            TOP + 8.0
        ));
    }
    svg
}

fn lines(series: &Series, measures: &[Measure], target: Option<f64>) -> Option<Chart> {
    let unit = measures.first()?.unit();
    let values: Vec<Vec<Option<f64>>> = measures
        .iter()
        .filter_map(|measure| Some(series.values(series.place(measure)?)))
        .collect();
    let all = values.iter().flatten().flatten().copied().chain(target);
    let greatest = all.fold(0.0, f64::max);
    let scale = Scale::new(greatest, unit);
    let axis = Axis::new(series);
    let mut svg = scale.grid();
    svg.push_str(&labels(series, &axis));
    if let Some(target) = target {
        let (y, right) = (scale.y(target), WIDTH - RIGHT);
        svg.push_str(&format!(
            "<line class=\"target\" x1=\"{LEFT}\" x2=\"{right}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>"
        ));
    }
    for (number, values) in values.iter().enumerate() {
        svg.push_str(&line(number, values, &scale, &axis));
    }
    let names: Vec<String> = measures.iter().map(Measure::label).collect();
    let mut keys: Vec<Key> = names
        .iter()
        .enumerate()
        .map(|(number, label)| Key {
            label: label.clone(),
            svg: format!("<line class=\"s s{number}\" x2=\"26\" y1=\"6\" y2=\"6\"/>"),
        })
        .collect();
    if target.is_some() {
        keys.push(Key {
            label: "Target".to_owned(),
            svg: "<line class=\"target\" x2=\"26\" y1=\"6\" y2=\"6\"/>".to_owned(),
        });
    }
    let title = names.join(", ");
    Some(Chart {
        alternative: alternative(&title, series, &values, &names, unit),
        title: format!("{title} by {}", series.by()),
        keys,
        height: HEIGHT as u32,
        svg,
    })
}

/// A line that is interrupted where there is no value.
fn line(number: usize, values: &[Option<f64>], scale: &Scale, axis: &Axis) -> String {
    let mut svg = String::new();
    let place = |at: usize, value: f64| (axis.x(at), scale.y(value));
    let mut points: Vec<(f64, f64)> = Vec::new();
    let mut parts: Vec<Vec<(f64, f64)>> = Vec::new();
    for (at, value) in values.iter().enumerate() {
        if axis.follows.get(at) == Some(&false) {
            parts.push(std::mem::take(&mut points));
        }
        match value {
            Some(value) => points.push(place(at, *value)),
            None => parts.push(std::mem::take(&mut points)),
        }
    }
    parts.push(points);
    for part in parts.iter().filter(|part| !part.is_empty()) {
        let places = part.iter().map(|(x, y)| format!("{x:.1},{y:.1}"));
        let places: Vec<String> = places.collect();
        svg.push_str(&format!(
            "<polyline class=\"s s{number}\" points=\"{}\"/>",
            places.join(" ")
        ));
        if values.len() <= DOTS || part.len() == 1 {
            for (x, y) in part {
                svg.push_str(&format!(
                    "<circle class=\"p{number}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"2.5\"/>"
                ));
            }
        }
    }
    svg
}

/// The parts of the handle time of one interaction, stacked.
fn handle_time(series: &Series) -> Option<Chart> {
    let axis = Axis::new(series);
    let parts: Vec<[Option<f64>; 4]> = series
        .points
        .iter()
        .map(|point| {
            point
                .parts
                .list()
                .map(|part| part.map(|it| it.approximate()))
        })
        .collect();
    let sums = parts
        .iter()
        .map(|parts| parts.iter().flatten().sum::<f64>());
    let greatest = sums.fold(0.0, f64::max);
    if greatest <= 0.0 {
        return None;
    }
    let scale = Scale::new(greatest, FigureUnit::Time);
    let mut svg = scale.grid();
    svg.push_str(&labels(series, &axis));
    for (at, parts) in parts.iter().enumerate() {
        let width = (axis.width(at) * 0.8).clamp(1.0, 60.0);
        let mut below = 0.0;
        for (number, part) in parts.iter().enumerate() {
            let Some(part) = part.filter(|part| *part > 0.0) else {
                continue;
            };
            let (y, bottom) = (scale.y(below + part), scale.y(below));
            svg.push_str(&format!(
                "<rect class=\"p{number}\" x=\"{:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{:.1}\"/>",
                axis.x(at) - width / 2.0,
                bottom - y
            ));
            below += part;
        }
    }
    let values: Vec<Vec<Option<f64>>> = (0..4)
        .map(|number| {
            parts
                .iter()
                .map(|it| it.get(number).copied().flatten())
                .collect()
        })
        .collect();
    let names = HandleParts::NAMES.map(str::to_owned);
    let used = |number: usize| {
        let mut all = values.iter().skip(number).take(1).flatten();
        all.any(Option::is_some)
    };
    let keys = names.iter().enumerate().filter(|(number, _)| used(*number));
    let keys = keys.map(|(number, label)| Key {
        label: label.clone(),
        svg: format!("<rect class=\"p{number}\" width=\"26\" height=\"12\"/>"),
    });
    Some(Chart {
        keys: keys.collect(),
        alternative: alternative(
            "Parts of the average handle time",
            series,
            &values,
            &names,
            FigureUnit::Time,
        ),
        title: format!(
            "AHT by {}: parts of the handle time per handled interaction",
            series.by()
        ),
        height: HEIGHT as u32,
        svg,
    })
}

/// What a chart shows, for those who do not see it.
fn alternative(
    title: &str,
    series: &Series,
    values: &[Vec<Option<f64>>],
    names: &[String],
    unit: FigureUnit,
) -> String {
    let scale = Scale {
        top: 1.0,
        step: 1.0,
        unit,
    };
    let label = |value: f64| match unit {
        FigureUnit::Points => format!("{value:.1}"),
        _ => scale.label(value),
    };
    let first = series.points.first().map(|it| it.label.as_str());
    let last = series.points.last().map(|it| it.label.as_str());
    let mut text = format!(
        "{title}, {} points from {} to {}.",
        series.points.len(),
        first.unwrap_or_default(),
        last.unwrap_or_default()
    );
    for (name, values) in names.iter().zip(values) {
        let all = values.iter().flatten().copied();
        let (least, greatest) = all.fold((f64::MAX, f64::MIN), |(least, greatest), value| {
            (least.min(value), greatest.max(value))
        });
        if greatest >= least {
            text.push_str(&format!(
                " {name}: {} to {}.",
                label(least),
                label(greatest)
            ));
        }
    }
    text.push_str(" The table below the charts has the figures.");
    text
}
