//! The values of the page template.

use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use crate::model::catalog::figure::FigureUnit;
use crate::report::lines;
use crate::report::model::Model;
use crate::report::model::about::Finding;
use crate::report::model::distribution::Distribution;
use crate::report::model::measure::HandleParts;
use crate::report::model::media::MediaFigures;
use crate::report::{nothing, words};

use super::chart::{self, Chart};
use super::days::{self, DayTable};
use super::overview::{self, Card};
use super::tables::{self, GroupTable, Heat, PointRow, SWITCHED, TableCell};

const CSS: &str = include_str!("../../../templates/report.css");
const JS: &str = include_str!("../../../templates/report.js");

/// The most findings and entities of a page.
const FINDINGS: usize = 200;
const ENTITIES: usize = 2000;
const OTHERS: usize = 500;

/// The whole page.
#[derive(Template)]
#[template(path = "report.html")]
pub struct HtmlPage<'m> {
    policy: String,
    css: &'static str,
    js: &'static str,
    title: String,
    subtitle: String,
    eyebrow: String,
    covered: String,
    /// The period that it is compared with.
    comparison: Option<String>,
    nothing: Option<&'static str>,
    notes: &'m [String],
    hero: Option<Card>,
    cards: Vec<Card>,
    panels: Vec<Panel>,
    /// True if there is a switch between media types.
    has_switch: bool,
    /// The heading of the tables of days, or of other times; empty without any.
    days: String,
    has_charts: bool,
    has_heat: bool,
    media_heads: Vec<String>,
    figures: Vec<FigureRow>,
    /// True if figures have a target or a change.
    has_more: bool,
    period: String,
    point_heads: Vec<String>,
    points: Vec<PointRow>,
    distributions: &'m [Distribution],
    pub groups: Vec<GroupTable>,
    /// Summaries, the heads first.
    entities: Vec<Vec<String>>,
    others: Vec<[String; 5]>,
    /// Number of other metrics without a line.
    others_left: usize,
    other_heads: [&'static str; 5],
    findings: &'m [Finding],
    sources: Vec<String>,
    formulas: Vec<(String, String)>,
    zone: &'static str,
    clock: String,
    version: &'static str,
    written: String,
}

/// The panel of a media type.
struct Panel {
    title: String,
    /// Its class and the identifier of its switch.
    class: String,
    days: Option<DayTable>,
    charts: Vec<Chart>,
    heat: Option<Heat>,
}

/// A figure with its values of every media type and of all.
struct FigureRow {
    label: String,
    media: Vec<TableCell>,
    value: String,
    class: &'static str,
    more: String,
}

/// The Content-Security-Policy of the page: only its own style and script.
fn policy() -> String {
    let hash = |text: &str| STANDARD.encode(Sha256::digest(text.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        hash(CSS),
        hash(JS)
    )
}

impl<'m> HtmlPage<'m> {
    pub fn new(model: &'m Model) -> Self {
        let is_empty = model.is_empty();
        let series = model.series.as_ref().filter(|it| it.points.len() > 1);
        let measures = series.map(|it| it.measures.as_slice()).unwrap_or_default();
        let of = |at: usize| {
            let points = series.into_iter().flat_map(|series| &series.points);
            points.filter_map(move |point| point.cells.get(at))
        };
        let heads = measures.iter().enumerate();
        let heads = heads.map(|(at, measure)| lines::labelled(measure, of(at)));
        let mut point_heads: Vec<String> = heads.collect();
        if model.parts.is_some() {
            let names = HandleParts::NAMES.iter();
            point_heads.extend(names.map(|name| format!("{name} per handled")));
        }
        let findings = &model.about.findings;
        let (hero, cards) = overview::all(model);
        let panels = panels(model);
        let mut others = model.other_metrics();
        let others_left = others.len().saturating_sub(OTHERS);
        others.truncate(OTHERS);
        for [_, count, ..] in &mut others {
            *count = words::separated(FigureUnit::Count, std::mem::take(count));
        }
        let figures = figures(model);
        Self {
            policy: policy(),
            css: CSS,
            js: JS,
            title: lines::title(model),
            subtitle: lines::dates(model),
            eyebrow: lines::content(model),
            covered: lines::covered_days(model),
            comparison: lines::comparison(model),
            nothing: is_empty.then(|| nothing(&model.report)),
            notes: &model.notes,
            hero,
            cards,
            has_switch: panels.len() > 1,
            days: panels
                .iter()
                .find_map(|it| Some(it.days.as_ref()?.heading.clone()))
                .unwrap_or_default(),
            has_charts: panels.iter().any(|it| !it.charts.is_empty()),
            has_heat: panels.iter().any(|it| it.heat.is_some()),
            panels,
            media_heads: media_of_figures(model).map(MediaFigures::title).collect(),
            has_more: figures.iter().any(|it| !it.more.is_empty()),
            figures,
            period: series.map(|it| it.by().to_owned()).unwrap_or_default(),
            point_heads,
            points: series
                .map(|it| tables::points(model, it))
                .unwrap_or_default(),
            distributions: &model.distributions,
            groups: Vec::new(),
            entities: lines::entity_table(
                model.entities().get(..ENTITIES).unwrap_or(model.entities()),
            ),
            others,
            others_left,
            other_heads: words::OTHER,
            findings: findings.get(..FINDINGS).unwrap_or(findings),
            sources: lines::sources(model),
            formulas: model
                .measures
                .iter()
                .map(|it| (it.label(), it.formula()))
                .collect(),
            zone: model.wanted.zone.name(),
            clock: lines::clock(model),
            version: env!("CARGO_PKG_VERSION"),
            written: lines::written(model),
        }
    }
}

impl HtmlPage<'_> {
    /// Size of the charts in bytes.
    pub fn charts_size(&self) -> usize {
        let charts = self.panels.iter().flat_map(|it| &it.charts);
        charts.map(|it| it.svg.len() + it.narrow.len()).sum()
    }
}

fn panels(model: &Model) -> Vec<Panel> {
    let is_one = model.media.len() == 1;
    let panels = model.media.iter().enumerate().map(|(at, media)| {
        let series = media.series.as_ref().filter(|it| it.points.len() > 1);
        let volume = media.hours.first();
        Panel {
            title: media.title(),
            class: match is_one {
                true => "alone".to_owned(),
                false => format!("of-{at}"),
            },
            days: days::table(media),
            charts: series.map(|it| chart::all(media, it)).unwrap_or_default(),
            heat: volume.map(Heat::new),
        }
    });
    panels.take(SWITCHED).collect()
}

/// The media types that have a column of their own.
fn media_of_figures(model: &Model) -> impl Iterator<Item = &MediaFigures> {
    let is_several = model.media.len() > 1;
    model
        .media
        .iter()
        .filter(move |_| is_several)
        .take(SWITCHED)
}

fn figures(model: &Model) -> Vec<FigureRow> {
    let rows = model.headline.iter().map(|(measure, cell)| {
        let all = model.media.iter().filter_map(|it| it.cell(measure));
        // Times and shares of different media types are not joined.
        let in_media = all.clone().filter(|it| it.value.is_some());
        let is_mixed = in_media.count() > 1 && measure.unit() != FigureUnit::Count;
        let all = all.chain(std::iter::once(cell).filter(|_| !is_mixed));
        let unit = lines::unit(measure, all.clone());
        let media = media_of_figures(model).map(|media| {
            let cell = media.cell(measure).copied().unwrap_or_default();
            TableCell {
                text: tables::text_in(unit, measure, &cell),
                change: tables::change(measure, &cell),
                ..TableCell::default()
            }
        });
        let mut more: Vec<String> = lines::target(cell).into_iter().collect();
        let change = cell.change.filter(|it| it.before.is_some());
        more.extend(change.map(|change| {
            let [before, absolute, relative, crossed] = lines::change(measure, cell, &change);
            let text = format!("before {before}, {absolute} ({relative}) {crossed}");
            text.trim_end().to_owned()
        }));
        FigureRow {
            label: lines::labelled(measure, all),
            media: media.collect(),
            value: match is_mixed {
                true => String::new(),
                false if !lines::is_of_all(cell) => String::new(),
                false => lines::value_or_reason(measure, cell),
            },
            class: tables::class(cell),
            more: more.join(", "),
        }
    });
    rows.collect()
}
