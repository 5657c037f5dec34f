//! The time axis of charts.

use chrono::{Datelike as _, NaiveDate, Weekday};

use crate::report::model::partial::PartialDay;
use crate::report::model::series::{Point, Series};

/// The widths of a chart, for wide and narrow screens.
pub const WIDTHS: [f64; 2] = [1240.0, 560.0];
pub const HEIGHT: f64 = 220.0;
pub const LEFT: f64 = 64.0;
pub const RIGHT: f64 = 10.0;
pub const TOP: f64 = 12.0;
pub const BOTTOM: f64 = 26.0;

/// Positions of the points of a chart.
pub struct Axis {
    /// The width of the chart.
    pub chart: f64,
    /// The middle of each point, and its width.
    places: Vec<(f64, f64)>,
    /// True if a point begins where the one before it ended.
    pub follows: Vec<bool>,
}

impl Axis {
    pub fn new(series: &Series, chart: f64) -> Self {
        let seconds = |time: chrono::DateTime<chrono::Utc>| time.timestamp() as f64;
        let points = &series.points;
        let first = points.first().map_or(0.0, |point| seconds(point.start));
        let last = points.iter().map(|point| seconds(point.end));
        let last = last.fold(first + 1.0, f64::max);
        let scale = (chart - LEFT - RIGHT) / (last - first);
        let places = points.iter().map(|point| {
            let (start, end) = (seconds(point.start) - first, seconds(point.end) - first);
            (LEFT + (start + end) / 2.0 * scale, (end - start) * scale)
        });
        let before = points.iter().map(|point| Some(point.end));
        let before = std::iter::once(None).chain(before);
        Self {
            chart,
            places: places.collect(),
            follows: points
                .iter()
                .zip(before)
                .map(|(point, before)| Some(point.start) == before)
                .collect(),
        }
    }

    /// The middle of a point.
    pub fn x(&self, point: usize) -> f64 {
        self.places.get(point).map_or(LEFT, |(x, _)| *x)
    }

    pub fn width(&self, point: usize) -> f64 {
        self.places.get(point).map_or(0.0, |(_, width)| *width)
    }

    /// Bands behind the points: every other day, and times without data.
    pub fn bands(&self, series: &Series) -> String {
        let mut svg = String::new();
        for (class, spans) in [("band", self.days(series)), ("hole", self.holes(series))] {
            for (from, until) in spans {
                svg.push_str(&format!(
                    "<rect class=\"{class}\" x=\"{from:.1}\" y=\"{TOP}\" width=\"{:.1}\" height=\"{:.1}\"/>",
                    until - from,
                    HEIGHT - TOP - BOTTOM
                ));
                if class == "hole" && until - from > 50.0 {
                    svg.push_str(&format!(
                        "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">no data</text>",
                        (from + until) / 2.0,
                        TOP + 16.0
                    ));
                }
            }
        }
        svg
    }

    /// Points that follow one another and have the same key, as places on the axis.
    fn runs<K: PartialEq>(&self, series: &Series, key: impl Fn(usize) -> K) -> Vec<(K, f64, f64)> {
        let mut runs: Vec<(K, f64, f64)> = Vec::new();
        for at in 0..series.points.len() {
            let (own, x, half) = (key(at), self.x(at), self.width(at) / 2.0);
            match runs.last_mut() {
                Some((known, _, until)) if *known == own => *until = x + half,
                _ => runs.push((own, x - half, x + half)),
            }
        }
        runs
    }

    /// Every other day, where points are shorter than a day; weekends of days.
    fn days(&self, series: &Series) -> Vec<(f64, f64)> {
        if series.is_daily() {
            let is_rest = |at: usize| series.points.get(at).is_some_and(is_weekend);
            let runs = self.runs(series, is_rest).into_iter();
            return runs.filter(|it| it.0).map(|it| (it.1, it.2)).collect();
        }
        let date = |at: usize| series.points.get(at).map(|it| it.local.date());
        let runs = self.runs(series, date);
        match runs.len() < series.points.len() {
            true => runs
                .into_iter()
                .step_by(2)
                .map(|(_, from, until)| (from, until))
                .collect(),
            false => Vec::new(),
        }
    }

    /// Times without data that last a day or longer, as places on the axis.
    fn holes(&self, series: &Series) -> Vec<(f64, f64)> {
        /// The seconds of the shortest day.
        const DAY: i64 = 23 * 3600;
        let mut next = 0;
        let runs = series.points.chunk_by(|a, b| a.is_missing == b.is_missing);
        let holes = runs.filter_map(|run| {
            let (from, until) = (next, next + run.len() - 1);
            next += run.len();
            let (first, last) = (run.first()?, run.last()?);
            let is_long = (last.end - first.start).num_seconds() >= DAY;
            (first.is_missing && is_long).then(|| {
                (
                    self.x(from) - self.width(from) / 2.0,
                    self.x(until) + self.width(until) / 2.0,
                )
            })
        });
        holes.collect()
    }
}

fn is_weekend(day: &Point) -> bool {
    matches!(day.local.weekday(), Weekday::Sat | Weekday::Sun)
}

/// Labels below the chart: days if there is room, else times; if there are many days, only Mondays. Above them, marks.
pub fn labels(series: &Series, axis: &Axis) -> String {
    /// The room of a label.
    const ROOM: f64 = 92.0;
    /// The room of a character.
    const CHARACTER: f64 = 6.5;
    let mut svg = String::new();
    let date = |at: usize| series.points.get(at).map(|it| it.local.date());
    let runs = axis.runs(series, date);
    let is_one_day = runs.len() <= 1;
    let mut free = 0.0;
    let mut label = |x: f64, text: String| {
        if x < free || x > axis.chart - RIGHT - 30.0 && free > 0.0 && x < free + 10.0 {
            return;
        }
        free = x + ROOM;
        let x = x.min(axis.chart - RIGHT - 36.0);
        svg.push_str(&format!(
            "<text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{text}</text>",
            HEIGHT - 8.0
        ));
    };
    match is_one_day {
        true => {
            for (at, point) in series.points.iter().enumerate() {
                label(axis.x(at), point.local.format("%H:%M").to_string());
            }
        }
        false => {
            let is_short = runs.len() <= 62;
            let has_mondays = series.is_daily() && runs.len() > 14;
            let is_shown = |date: &Option<NaiveDate>| {
                !has_mondays || date.is_some_and(|it| it.weekday() == Weekday::Mon)
            };
            for (date, from, until) in runs.iter().filter(|it| is_shown(&it.0)) {
                let text = match (date, is_short) {
                    (None, _) => String::new(),
                    (Some(date), true) => date.format("%a %-d %b").to_string(),
                    (Some(date), false) => date.format("%-d %b %Y").to_string(),
                };
                label((from + until) / 2.0, text);
            }
        }
    }
    // The marks of partial days, as in the table: their low figures are no fall of the volume. A mark without
    // room is left out.
    let mut free = 0.0;
    for (at, point) in series.points.iter().enumerate() {
        let partial = point.partial.as_ref().filter(|_| !point.is_missing);
        let Some(mark) = partial.map(PartialDay::words) else {
            continue;
        };
        let half = CHARACTER * mark.chars().count() as f64 / 2.0;
        let (least, most) = (LEFT + half, axis.chart - RIGHT - half);
        let x = axis.x(at).min(most).max(least);
        if x - half >= free && least <= most {
            free = x + half;
            svg.push_str(&format!(
                "<text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{mark}</text>",
                TOP + 12.0
            ));
        }
    }
    // From where on figures are incomplete.
    if let Some(at) = series.points.iter().position(|it| it.is_incomplete) {
        let x = axis.x(at) - axis.width(at) / 2.0;
        svg.push_str(&format!(
            "<line class=\"mark\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{TOP}\" y2=\"{:.1}\"/><text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">incomplete</text>",
            HEIGHT - BOTTOM,
            axis.chart - RIGHT,
            TOP + 8.0
        ));
    }
    svg
}
