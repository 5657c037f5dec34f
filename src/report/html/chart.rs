//! Charts as SVG. Everything in them is numbers, times and names of figures.

use super::axis::{Axis, BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTHS, labels};
use crate::model::catalog::figure::FigureUnit;
use crate::report::model::measure::{HandleParts, Measure};
use crate::report::model::media::MediaFigures;
use crate::report::model::series::Series;
use crate::report::words::{self, separated};

/// A chart.
pub struct Chart {
    pub title: String,
    pub keys: Vec<LegendEntry>,
    pub height: u32,
    /// A description.
    pub alternative: String,
    pub svg: String,
    /// The same for narrow screens.
    pub narrow: String,
}

/// An entry of the legend.
pub struct LegendEntry {
    pub label: String,
    pub svg: String,
}

/// Up to so many points have a dot each.
const DOTS: usize = 60;

/// Averages and shares of fewer interactions say little.
const ENOUGH: f64 = 30.0;

/// For each point, true if it is shorter than a day and has few interactions, where others have enough.
fn few(series: &Series) -> Vec<bool> {
    let mut measures = series.measures.iter();
    let count = measures.position(|it| it.unit() == FigureUnit::Count);
    let counts = count.map(|at| series.values(at)).unwrap_or_default();
    let mut points = series.points.iter();
    let is_short = points.all(|it| (it.end - it.start).num_hours() < 23);
    let has_enough = counts.iter().flatten().any(|it| *it >= ENOUGH);
    let few = counts.iter().map(|it| {
        let count = it.filter(|_| is_short && has_enough);
        count.is_some_and(|it| it < ENOUGH)
    });
    match counts.is_empty() {
        false => few.collect(),
        true => vec![false; series.points.len()],
    }
}

/// The end of the title of a chart that leaves points out.
fn of_enough(few: &[bool]) -> String {
    match few.contains(&true) {
        true => format!(", of {ENOUGH} or more interactions"),
        false => String::new(),
    }
}

/// The charts of a media type: volume, a share with its target, and the parts of the handle time.
pub fn all(media: &MediaFigures, series: &Series) -> Vec<Chart> {
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
        let target = media.cell(&share).and_then(|cell| cell.target);
        let level = Measure::key("Service level");
        let lowest = media.targets.filter(|_| level.as_ref() == Some(&share));
        let target = target.or(lowest.map(|it| it.lowest));
        let label = match lowest.filter(|it| !it.are_equal()) {
            Some(targets) => format!("Lowest target ({})", targets.range()),
            None => format!(
                "Target {}",
                target.and_then(words::target).unwrap_or_default()
            ),
        };
        let target = target.map(|it| (it.approximate(), label));
        charts.extend(lines(series, &[share], target));
    }
    if media.parts.talk.is_some() {
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
            unit => separated(unit, format!("{value}")),
        }
    }

    fn grid(&self, width: f64) -> String {
        let mut svg = String::new();
        let lines = (self.top / self.step).round() as usize;
        for line in 0..=lines {
            let value = line as f64 * self.step;
            let (y, right) = (self.y(value), width - RIGHT);
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

fn lines(series: &Series, measures: &[Measure], target: Option<(f64, String)>) -> Option<Chart> {
    let (target, target_label) = target.unzip();
    let unit = measures.first()?.unit();
    let mut values: Vec<Vec<Option<f64>>> = measures
        .iter()
        .filter_map(|measure| Some(series.values(series.place(measure)?)))
        .collect();
    let few = match unit {
        FigureUnit::Count => Vec::new(),
        _ => few(series),
    };
    let earlier = series
        .place(measures.first()?)
        .map(|at| series.earlier_values(at));
    let mut earlier = earlier.unwrap_or_default();
    for values in values.iter_mut().chain([&mut earlier]) {
        let values = values.iter_mut().zip(&few).filter(|(_, few)| **few);
        values.for_each(|(value, _)| *value = None);
    }
    let all = values.iter().flatten().chain(&earlier);
    let all = all.flatten().copied().chain(target);
    let greatest = all.fold(0.0, f64::max);
    let greatest = match target {
        Some(_) => greatest.max(1.0),
        None => greatest,
    };
    let scale = Scale::new(greatest, unit);
    let [svg, narrow] = drawings(series, &scale, |axis, svg| {
        if let Some(target) = target {
            for values in &values {
                svg.push_str(&below(values, target, &scale, axis));
            }
            let (y, right) = (scale.y(target), axis.chart - RIGHT);
            svg.push_str(&format!(
                "<line class=\"target\" x1=\"{LEFT}\" x2=\"{right}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>"
            ));
        }
        if !earlier.is_empty() {
            svg.push_str(&line("e", &earlier, &scale, axis));
        }
        for (number, values) in values.iter().enumerate() {
            svg.push_str(&line(&number.to_string(), values, &scale, axis));
        }
    });
    let names: Vec<String> = measures.iter().map(Measure::label).collect();
    let mut keys: Vec<LegendEntry> = names
        .iter()
        .enumerate()
        .map(|(number, label)| LegendEntry {
            label: label.clone(),
            svg: format!("<line class=\"s s{number}\" x2=\"26\" y1=\"6\" y2=\"6\"/>"),
        })
        .collect();
    if let Some(first) = names.first().filter(|_| !earlier.is_empty()) {
        keys.push(LegendEntry {
            label: format!("{first} before"),
            svg: "<line class=\"s se\" x2=\"26\" y1=\"6\" y2=\"6\"/>".to_owned(),
        });
    }
    if let Some(label) = target_label {
        keys.push(LegendEntry {
            label,
            svg: "<line class=\"target\" x2=\"26\" y1=\"6\" y2=\"6\"/>".to_owned(),
        });
    }
    let title = names.join(", ");
    Some(Chart {
        alternative: alternative(&title, series, &values, &names, unit),
        title: format!("{title} by {}{}", series.by(), of_enough(&few)),
        keys,
        height: HEIGHT as u32,
        svg,
        narrow,
    })
}

/// A chart for wide and for narrow screens.
fn drawings(series: &Series, scale: &Scale, draw: impl Fn(&Axis, &mut String)) -> [String; 2] {
    WIDTHS.map(|width| {
        let axis = Axis::new(series, width);
        let mut svg = axis.bands(series);
        svg.push_str(&scale.grid(width));
        svg.push_str(&labels(series, &axis));
        draw(&axis, &mut svg);
        svg
    })
}

/// The area between a target and the values below it.
fn below(values: &[Option<f64>], target: f64, scale: &Scale, axis: &Axis) -> String {
    let mut svg = String::new();
    let top = scale.y(target);
    for part in runs(values, scale, axis).iter().filter(|it| it.len() > 1) {
        let mut places: Vec<(f64, f64)> = Vec::new();
        for (at, (x, y)) in part.iter().enumerate() {
            let before = at.checked_sub(1).and_then(|at| part.get(at));
            if let Some((from, of)) = before.filter(|(_, of)| (of - top) * (y - top) < 0.0) {
                places.push((from + (x - from) * (top - of) / (y - of), top));
            }
            places.push((*x, y.max(top)));
        }
        if places.iter().any(|(_, y)| *y > top) {
            let ends = [part.last(), part.first()];
            places.extend(ends.into_iter().flatten().map(|(x, _)| (*x, top)));
            let places = self::places(&places);
            svg.push_str(&format!("<polygon class=\"below\" points=\"{places}\"/>"));
        }
    }
    svg
}

fn places(all: &[(f64, f64)]) -> String {
    let all = all.iter().map(|(x, y)| format!("{x:.1},{y:.1}"));
    all.collect::<Vec<_>>().join(" ")
}

/// The places of values, without those that are absent between them.
fn runs(values: &[Option<f64>], scale: &Scale, axis: &Axis) -> Vec<Vec<(f64, f64)>> {
    let mut parts: Vec<Vec<(f64, f64)>> = vec![Vec::new()];
    for (at, value) in values.iter().enumerate() {
        if value.is_none() || axis.follows.get(at) == Some(&false) {
            parts.push(Vec::new());
        }
        if let (Some(value), Some(part)) = (value, parts.last_mut()) {
            part.push((axis.x(at), scale.y(*value)));
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}

/// A line that is interrupted where there is no value.
fn line(number: &str, values: &[Option<f64>], scale: &Scale, axis: &Axis) -> String {
    let mut svg = String::new();
    for part in runs(values, scale, axis) {
        let places = self::places(&part);
        svg.push_str(&format!(
            "<polyline class=\"s s{number}\" points=\"{places}\"/>"
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
    let few = few(series);
    let parts = series.points.iter().zip(&few).map(|(point, few)| {
        let parts = point.parts.list();
        parts.map(|part| Some(part.filter(|_| !few)?.approximate()))
    });
    let parts: Vec<[Option<f64>; 4]> = parts.collect();
    let sums = parts
        .iter()
        .map(|parts| parts.iter().flatten().sum::<f64>());
    let greatest = sums.fold(0.0, f64::max);
    if greatest <= 0.0 {
        return None;
    }
    let scale = Scale::new(greatest, FigureUnit::Time);
    let [svg, narrow] = drawings(series, &scale, |axis, svg| {
        for (at, parts) in parts.iter().enumerate() {
            svg.push_str(&stacked(at, parts, &scale, axis));
        }
    });
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
    let keys = keys.map(|(number, label)| LegendEntry {
        label: label.clone(),
        svg: format!("<rect class=\"t{number}\" width=\"26\" height=\"12\"/>"),
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
            "AHT by {}: parts of the handle time per handled interaction{}",
            series.by(),
            of_enough(&few)
        ),
        height: HEIGHT as u32,
        svg,
        narrow,
    })
}

/// The parts at a point.
fn stacked(at: usize, parts: &[Option<f64>; 4], scale: &Scale, axis: &Axis) -> String {
    let mut svg = String::new();
    let width = (axis.width(at) * 0.8).clamp(1.0, 60.0);
    let mut below = 0.0;
    for (number, part) in parts.iter().enumerate() {
        let Some(part) = part.filter(|part| *part > 0.0) else {
            continue;
        };
        let (y, bottom) = (scale.y(below + part), scale.y(below));
        svg.push_str(&format!(
            "<rect class=\"t{number}\" x=\"{:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{:.1}\"/>",
            axis.x(at) - width / 2.0,
            bottom - y
        ));
        below += part;
    }
    svg
}

/// Describes a chart for screen readers.
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
