//! `gcagg explain` of a key figure, a metric, a dimension or a family.

use crate::model::catalog::family::{self, Family};
use crate::model::catalog::figure::{self, FigureUnit, KeyFigure};
use crate::model::catalog::{self, MetricInfo, Misnomer, index, named};

/// The lists that can be asked for.
pub const LISTS: [&str; 4] = ["figures", "metrics", "dimensions", "families"];

/// Explains a name: of the API, wrong or friendly.
pub fn page(name: &str) -> Option<String> {
    if let Some(entry) = catalog::metric(name) {
        return Some(metric(name, entry));
    }
    if let Some(real) = catalog::misnomer(name) {
        return Some(wrong(name, real));
    }
    if let Some(real) = family::friendly(name) {
        let entry = catalog::metric(real)?;
        let says = format!("`{name}` is another name of the metric `{real}` in `gcagg fetch`.\n\n");
        return Some(says + &metric(real, entry));
    }
    if let Some(homes) = index::dimensions().get(name) {
        return Some(dimension(name, homes));
    }
    if let Some(family) = family::find(name) {
        return Some(of_family(family));
    }
    figure::find(name).map(of_figure).or_else(|| in_words(name))
}

/// Explains a name in other letters: `Queue`, or `wrap-up time`, which is a figure.
fn in_words(name: &str) -> Option<String> {
    if family::find(&format!("{name}s")).is_some() {
        return None;
    }
    if let Some(name) = named::dimensions(name).first() {
        return Some(dimension(name, index::dimensions().get(name)?));
    }
    let metric = *named::metrics(name).first()?;
    let is_of = |figure: &&KeyFigure| {
        let mut terms = figure.terms();
        figure.measure() == FigureUnit::Time && terms.next().is_some_and(|it| it.metric == metric)
    };
    let figure = figure::all().iter().find(is_of).map(of_figure);
    figure.or_else(|| page(metric))
}

/// One of the [`LISTS`].
pub fn list(name: &str) -> Option<String> {
    match name {
        "figures" => Some(table(
            ["figure", "column", "unit", "formula"],
            figure::all().iter().map(|figure| {
                [
                    figure.slug(),
                    figure.column.to_owned(),
                    figure.unit.to_owned(),
                    figure.formula.to_owned(),
                ]
            }),
        )),
        "metrics" => Some(table(
            ["metric", "kind", "unit", "family", "meaning"],
            index::metrics().iter().filter_map(|(name, homes)| {
                let entry = catalog::metric(name)?;
                let kind = entry.kind.name().to_owned();
                Some([
                    (*name).to_owned(),
                    kind,
                    entry.unit.to_owned(),
                    names(homes),
                    entry.description.to_owned(),
                ])
            }),
        )),
        "dimensions" => Some(table(
            ["dimension", "families"],
            index::dimensions()
                .iter()
                .map(|(name, homes)| [(*name).to_owned(), names(homes)]),
        )),
        "families" => Some(table(
            ["family", "metrics", "dimensions", "jobs", "path"],
            family::all().iter().map(|family| {
                [
                    family.name.to_owned(),
                    family.metrics().len().to_string(),
                    family.dimensions().len().to_string(),
                    yes(family.jobs).to_owned(),
                    family.path.to_owned(),
                ]
            }),
        )),
        _ => None,
    }
}

fn metric(name: &str, entry: &MetricInfo) -> String {
    let mut page = format!("{name}: {}\n\n", entry.description);
    let stats = entry.stats();
    let between = if entry.is_qualified() {
        "_{qualifier}_"
    } else {
        "_"
    };
    let columns: Vec<String> = stats
        .iter()
        .map(|stat| format!("{name}{between}{stat}"))
        .collect();
    line(&mut page, "a metric", entry.kind.name());
    line(&mut page, "unit", unit(entry.unit));
    line(&mut page, "stats", &stats.join(" "));
    line(&mut page, "wide columns", &columns.join(" "));
    let homes = index::metrics().get(name);
    places(&mut page, homes.map_or(&[], Vec::as_slice));
    let wrong = index::misnomers_of(name)
        .into_iter()
        .map(|(wrong, stat)| format!("{wrong} (its {stat})"));
    let friendly = index::friendly_of(name)
        .into_iter()
        .map(|friendly| format!("{friendly} (in fetch)"));
    let called: Vec<String> = wrong.chain(friendly).collect();
    if !called.is_empty() {
        line(&mut page, "also called", &called.join(", "));
    }
    page
}

fn wrong(name: &str, real: Misnomer) -> String {
    let says = format!("The API has no metric `{name}`: {}.", real.explanation());
    match catalog::metric(real.metric) {
        Some(entry) => format!("{says}\n\n{}", metric(real.metric, entry)),
        None => format!("{says}\n"),
    }
}

fn dimension(name: &str, homes: &[&Family]) -> String {
    let holds = match name {
        _ if name.ends_with("Id") => Some("ids"),
        _ if name.ends_with("Name") => Some("names"),
        _ => None,
    };
    let mut page = format!("{name}: a dimension for groups and filters\n\n");
    line(&mut page, "a dimension", holds.unwrap_or("values"));
    if catalog::is_multivalued(name) {
        line(
            &mut page,
            "multivalued",
            "one conversation may count in several groups (G003)",
        );
    }
    places(&mut page, homes);
    page
}

fn of_family(family: &Family) -> String {
    let what = if family.is_summary() {
        "figures of conversations by friendly names; the published API does not list it"
    } else {
        "a family of aggregates"
    };
    let mut page = format!("{}: {what}\n\n", family.name);
    line(&mut page, "endpoint", &format!("POST {}", family.path));
    if !family.own.is_empty() {
        let own = format!("POST {} (your own, without a permission)", family.own);
        line(&mut page, "", &own);
    }
    if !family.permission.is_empty() {
        line(&mut page, "permission", family.permission);
    }
    line(&mut page, "jobs", yes(family.jobs));
    if !family.fetch {
        line(
            &mut page,
            "fetch",
            "no: gcagg reads its responses, but its queries have another form",
        );
    }
    for (title, names) in [
        ("metrics", family.metrics()),
        ("dimensions", family.dimensions()),
    ] {
        for (index, name) in names.iter().enumerate() {
            line(&mut page, if index == 0 { title } else { "" }, name);
        }
    }
    page
}

fn of_figure(figure: &KeyFigure) -> String {
    let mut page = format!("{}: a key figure\n\n", figure.name);
    line(&mut page, "formula", figure.formula);
    line(&mut page, "unit", unit(figure.unit));
    if figure.is_quotient() {
        let merged = "add each part over all buckets and files, then divide";
        line(&mut page, "merged", merged);
    }
    let source = match figure.source {
        "glossary" => "Genesys Cloud Resource Center, glossary and performance views",
        "performance views" => {
            "Genesys Cloud Resource Center, available columns in performance views: https://help.mypurecloud.com/articles/metric-definitions"
        }
        "gamification" => "Genesys Cloud Resource Center, select and manage metrics",
        "service level" => {
            "Genesys Cloud Resource Center: https://help.mypurecloud.com/articles/configure-the-service-level-calculation/"
        }
        _ => "convention; Genesys publishes no single formula",
    };
    line(&mut page, "source", source);
    line(&mut page, "in report", yes(figure.in_report));
    let column = match figure.measure() {
        FigureUnit::Share => format!("{} (a ratio: 0.75 is 75 %)", figure.column),
        _ => figure.column.to_owned(),
    };
    line(&mut page, "--kpi column", &column);
    let aliases: Vec<&str> = figure.aliases().collect();
    if !aliases.is_empty() {
        line(&mut page, "also called", &aliases.join(", "));
    }
    page.push_str(&format!("\n{}\n", figure.note));
    page
}

/// A line for each family: its name and where it is asked for.
fn places(page: &mut String, homes: &[&Family]) {
    let width = homes.iter().map(|family| family.name.len()).max();
    let width = width.unwrap_or(0);
    for (index, family) in homes.iter().enumerate() {
        let title = match (index, homes.len()) {
            (0, 1) => "family",
            (0, _) => "families",
            _ => "",
        };
        let place = format!("{:width$}  POST {}", family.name, family.path);
        line(page, title, &place);
    }
}

fn line(page: &mut String, title: &str, value: &str) {
    page.push_str(&format!("{title:<12}  {value}\n"));
}

fn names(homes: &[&Family]) -> String {
    let names: Vec<&str> = homes.iter().map(|family| family.name).collect();
    names.join(", ")
}

fn unit(unit: &str) -> &str {
    match unit {
        "ms" => "ms (milliseconds)",
        "%" => "% (percent)",
        other => other,
    }
}

fn yes(is: bool) -> &'static str {
    if is { "yes" } else { "no" }
}

/// Lines under each other; the last column needs no width.
fn table<const N: usize>(header: [&str; N], rows: impl Iterator<Item = [String; N]>) -> String {
    let rows: Vec<[String; N]> = std::iter::once(header.map(str::to_owned))
        .chain(rows)
        .collect();
    let mut widths = [0; N];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let line = |row: &[String; N]| {
        let cells: Vec<String> = row
            .iter()
            .zip(widths)
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        format!("{}\n", cells.join("  ").trim_end())
    };
    rows.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_has_a_page_and_every_list_its_lines() {
        for name in index::names() {
            let page = page(name).unwrap_or_else(|| panic!("{name} has no page"));
            assert!(page.contains(name) && page.contains("/api/v2/"), "{page}");
        }
        let lines = LISTS.map(|name| list(name).unwrap().lines().count());
        assert_eq!(
            lines,
            [
                figure::all().len() + 1,
                index::metrics().len() + 1,
                index::dimensions().len() + 1,
                family::all().len() + 1
            ]
        );
        for figure in figure::all() {
            let page = page(&figure.slug()).unwrap_or_default();
            assert!(page.contains(figure.formula), "{page}");
        }
        assert_eq!((page("nothing"), list("nothing")), (None, None));
    }
}
