//! The page: what the template shows.

use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use crate::report::lines;
use crate::report::model::Model;
use crate::report::model::about::Finding;
use crate::report::model::measure::{HandleParts, Measure};
use crate::report::{Entity, nothing, words};

use super::chart::{self, Chart};
use super::tables::{self, GroupTable, Heat, Part, PointRow};

const CSS: &str = include_str!("../../../templates/report.css");
const JS: &str = include_str!("../../../templates/report.js");

/// The most findings and entities of a page.
const FINDINGS: usize = 200;
const ENTITIES: usize = 2000;

/// The whole page.
#[derive(Template)]
#[template(path = "report.html")]
pub struct Page<'m> {
    policy: String,
    css: &'static str,
    js: &'static str,
    covered: String,
    nothing: Option<&'static str>,
    notes: &'m [String],
    tiles: Vec<Tile>,
    period: String,
    charts: Vec<Chart>,
    point_heads: Vec<String>,
    points: Vec<PointRow>,
    heat: Option<Heat>,
    distributions: Vec<Part>,
    groups: Vec<GroupTable>,
    entities: &'m [Entity],
    others: Vec<[String; 5]>,
    other_heads: [&'static str; 5],
    findings: &'m [Finding],
    sources: Vec<String>,
    formulas: Vec<(String, String)>,
    zone: &'static str,
    version: &'static str,
    written: String,
}

/// A figure of the total.
struct Tile {
    label: String,
    value: String,
    class: &'static str,
    target: Option<String>,
    change: Option<String>,
}

/// What the page may load: nothing but its own style and script.
fn policy() -> String {
    let hash = |text: &str| STANDARD.encode(Sha256::digest(text.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        hash(CSS),
        hash(JS)
    )
}

impl<'m> Page<'m> {
    pub fn new(model: &'m Model, groups: Vec<GroupTable>) -> Self {
        let is_empty = model.is_empty();
        let series = model.series.as_ref().filter(|it| it.points.len() > 1);
        let measures = series.map(|it| it.measures.as_slice()).unwrap_or_default();
        let mut point_heads: Vec<String> = measures.iter().map(Measure::label).collect();
        if model.parts.is_some() {
            let names = HandleParts::NAMES.iter();
            point_heads.extend(names.map(|name| format!("{name} per handled")));
        }
        let findings = &model.about.findings;
        Self {
            policy: policy(),
            css: CSS,
            js: JS,
            covered: lines::covered(model),
            nothing: is_empty.then(|| nothing(&model.report)),
            notes: &model.notes,
            tiles: tiles(model),
            period: series.map(|it| it.by().to_owned()).unwrap_or_default(),
            charts: series.map(|it| chart::all(model, it)).unwrap_or_default(),
            point_heads,
            points: series
                .map(|it| tables::points(model, it))
                .unwrap_or_default(),
            heat: model.matrix.as_ref().map(Heat::new),
            distributions: model.distributions.iter().map(Part::new).collect(),
            groups,
            entities: model.entities().get(..ENTITIES).unwrap_or(model.entities()),
            others: model.other_metrics(),
            other_heads: words::OTHER,
            findings: findings.get(..FINDINGS).unwrap_or(findings),
            sources: lines::sources(model),
            formulas: model
                .measures
                .iter()
                .map(|it| (it.label(), it.formula()))
                .collect(),
            zone: model.wanted.zone.name(),
            version: env!("CARGO_PKG_VERSION"),
            written: lines::written(model),
        }
    }
}

fn tiles(model: &Model) -> Vec<Tile> {
    let tiles = model.headline.iter().map(|(measure, cell)| Tile {
        label: measure.label(),
        value: lines::value_or_reason(measure, cell),
        class: tables::class(cell),
        target: lines::target(cell),
        change: cell.change.map(|change| {
            let [before, absolute, relative, crossed] = lines::change(measure, &change);
            let text = format!("before {before}, {absolute} ({relative}) {crossed}");
            text.trim_end().to_owned()
        }),
    });
    tiles.collect()
}
