//! The top of the page: the headline figures of each media type.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::model::catalog::figure::FigureUnit;
use crate::model::catalog::formula::Quotient;
use crate::report::model::Model;
use crate::report::model::cell::Cell;
use crate::report::model::measure::{HandleParts, Measure};
use crate::report::model::media::MediaFigures;
use crate::report::{lines, words};

use super::marks;
use super::tables;

/// A service level with its target.
pub struct TargetLevel {
    pub value: String,
    /// The comparison with the target: met, missed, or between several targets.
    pub verdict: String,
    /// The class of the verdict.
    pub class: &'static str,
    pub bullet: String,
    /// The labels below a wide bullet.
    pub scale: String,
    /// The text alternative of the bullet.
    pub alternative: String,
    pub caption: String,
}

/// A figure with its change.
pub struct Headline {
    pub label: String,
    /// Its short name, where it has one.
    pub short: &'static str,
    /// The unit of a time.
    pub unit: &'static str,
    pub value: String,
    pub change: String,
    pub caption: String,
    /// Bars of its days.
    pub bars: String,
}

/// The figures of a media type.
pub struct Card {
    pub title: String,
    /// The days with data, where media types have different ones.
    pub dates: String,
    pub level: Option<TargetLevel>,
    pub figures: Vec<Headline>,
}

/// Headline figures with their labels and short names.
const FIGURES: [(&str, &str, &str); 5] = [
    ("Offered", "Offered", ""),
    ("Abandoned %", "Abandoned", ""),
    ("ASA", "Speed of answer", "ASA"),
    ("AHT", "Handle time", "AHT"),
    ("Handled", "Handled", ""),
];
/// The most figures of a card.
const MOST: usize = 4;

/// The media types with a service level first.
pub fn all(model: &Model) -> (Option<Card>, Vec<Card>) {
    let mut hero = None;
    let mut cards = Vec::new();
    let all: BTreeSet<_> = model.media.iter().map(dates).collect();
    let has_dates = all.len() > 1;
    for media in &model.media {
        let title = match model.media.len() {
            1 if media.media.is_none() => "All".to_owned(),
            _ => media.title(),
        };
        let level = level(media);
        let figures = figures(media);
        let dates = match has_dates {
            true => dates(media).map(words::period_of_days).unwrap_or_default(),
            false => String::new(),
        };
        match (level, &hero) {
            (Some(level), None) => {
                hero = Some(Card {
                    title,
                    dates,
                    level: Some(level),
                    figures,
                });
            }
            (level, _) if level.is_some() || !figures.is_empty() => cards.push(Card {
                title,
                dates,
                level,
                figures,
            }),
            _ => {}
        }
    }
    if hero.is_none() && cards.is_empty() {
        cards.extend(others(model));
    }
    (hero, cards)
}

/// The first and the last day with data.
fn dates(media: &MediaFigures) -> Option<(NaiveDate, NaiveDate)> {
    let days = media.days.as_ref().filter(|it| it.is_daily())?;
    let days = days.points.iter().filter(|it| !it.is_missing);
    let mut dates = days.map(|it| it.local.date());
    let first = dates.next()?;
    Some((first, dates.next_back().unwrap_or(first)))
}

/// The figures of data that has none of the known ones, such as surveys and evaluations.
fn others(model: &Model) -> Option<Card> {
    let shown = model.headline.iter().filter(|(_, it)| it.value.is_some());
    let mut shown: Vec<&(Measure, Cell)> = shown.collect();
    shown.sort_by_key(|(measure, _)| !matches!(measure, Measure::Key(_)));
    let figures = shown.into_iter().take(MOST);
    let figures: Vec<Headline> = figures.map(|(it, cell)| figure(it, cell)).collect();
    (!figures.is_empty()).then(|| Card {
        title: "All".to_owned(),
        dates: String::new(),
        level: None,
        figures,
    })
}

/// A figure by its label, without a caption and bars.
fn figure(measure: &Measure, cell: &Cell) -> Headline {
    Headline {
        label: measure.label(),
        short: "",
        unit: match (measure.unit(), cell.value) {
            (FigureUnit::Time, Some(value)) => words::clock_unit(value.approximate()),
            _ => "",
        },
        value: tables::text(measure, cell),
        change: change(measure, cell),
        caption: String::new(),
        bars: String::new(),
    }
}

fn level(media: &MediaFigures) -> Option<TargetLevel> {
    let measure = Measure::key("Service level")?;
    let cell = media.cell(&measure).filter(|cell| cell.value.is_some())?;
    let value = tables::text(&measure, cell);
    let share = cell.value?;
    let targets = media.targets.as_ref();
    let target = cell.target.or(targets.map(|it| it.lowest));
    let is_met = media.meets_targets(cell);
    // From the share as it is shown.
    let percent = words::as_shown(FigureUnit::Share, share);
    let shown = percent.and_then(|it| Quotient::new(it, 100.into()));
    let distance = |target: Quotient| target.minus(shown?)?.times(100);
    let distance = target.map(distance);
    let (class, verdict) = match (is_met, distance) {
        (Some(true), _) => ("good", "✓ Met".to_owned()),
        (Some(false), Some(distance)) => {
            let distance = words::shown(FigureUnit::Points, distance);
            let lowest = targets.filter(|it| !it.are_equal()).map(|it| it.lowest);
            let words = match lowest.and_then(words::target) {
                _ if distance == "0.0" => "▼ Just missed".to_owned(),
                Some(lowest) => format!("▼ {distance} points below the lowest target, {lowest}"),
                None => format!("▼ Missed by {distance} points"),
            };
            ("bad", words)
        }
        (None, Some(_)) => ("", "○ Between the targets".to_owned()),
        _ => ("", String::new()),
    };
    let mut caption = change(&measure, cell);
    if let Some(targets) = targets.filter(|it| it.all > 1) {
        if !caption.is_empty() {
            caption.push_str(" · ");
        }
        caption.push_str(&format!(
            "{} of {} queues meet their target of {}.",
            targets.met,
            targets.all,
            targets.range()
        ));
    }
    let shown = match targets {
        Some(targets) => Some(targets.range()),
        None => target.and_then(words::target),
    };
    let scale = target.zip(shown.as_deref());
    let scale = scale.map(|(target, text)| marks::scale(target.approximate(), text));
    Some(TargetLevel {
        bullet: marks::bullet(
            share.approximate(),
            target.map(|it| it.approximate()),
            is_met,
            (420.0, 14.0),
        ),
        scale: scale.unwrap_or_default(),
        alternative: match shown {
            Some(target) => format!("Service level {value}, target {target}"),
            None => format!("Service level {value}"),
        },
        value,
        verdict,
        class,
        caption,
    })
}

/// The change of a figure in few words: nothing where there is no earlier one.
fn change(measure: &Measure, cell: &Cell) -> String {
    let Some(change) = cell.change.filter(|it| it.before.is_some()) else {
        return String::new();
    };
    let [before, ..] = lines::change(measure, cell, &change);
    let Some((difference, word)) = lines::delta(measure, cell) else {
        return String::new();
    };
    match word {
        "" => format!("{difference}, before {before}"),
        word => format!("{difference}, {word}, before {before}"),
    }
}

fn figures(media: &MediaFigures) -> Vec<Headline> {
    let known = FIGURES.iter().filter_map(|(name, label, short)| {
        let measure = Measure::key(name)?;
        let cell = media.cell(&measure).filter(|it| it.value.is_some())?;
        Some((measure, *label, *short, *cell))
    });
    let mut shown: Vec<_> = known.collect();
    let has = |name: &str| shown.iter().any(|(_, label, _, _)| *label == name);
    if has("Offered") && has("Speed of answer") {
        shown.retain(|(_, label, _, _)| *label != "Handled");
    }
    let figures = shown
        .into_iter()
        .map(|(measure, label, short, cell)| Headline {
            label: label.to_owned(),
            short,
            caption: caption(media, label),
            bars: bars(media, &measure),
            ..figure(&measure, &cell)
        });
    figures.take(MOST).collect()
}

fn caption(media: &MediaFigures, label: &str) -> String {
    let value = |name: &str| {
        let measure = Measure::key(name)?;
        let cell = media.cell(&measure)?;
        cell.value.map(|_| tables::text(&measure, cell))
    };
    match label {
        "Offered" => value("Answered").map(|it| format!("{it} answered")),
        "Abandoned" => value("Abandoned").map(|count| match value("Short abandoned") {
            Some(short) => format!("{count}, {short} of them short"),
            None => count,
        }),
        "Handle time" => {
            let names = HandleParts::NAMES.iter().zip(media.parts.list()).take(3);
            let parts = names.filter_map(|(name, part)| {
                let text = words::shown(FigureUnit::Time, Some(part?));
                Some(format!("{} {text}", name.to_lowercase()))
            });
            Some(parts.collect::<Vec<_>>().join(", "))
        }
        _ => None,
    }
    .unwrap_or_default()
}

fn bars(media: &MediaFigures, measure: &Measure) -> String {
    let days = media.days.as_ref();
    let values = days.and_then(|days| Some((days.values(days.place(measure)?), days)));
    match values {
        Some((values, days)) if (2..=31).contains(&days.points.len()) => marks::bars(&values),
        _ => String::new(),
    }
}
