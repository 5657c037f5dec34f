//! The rows of a report: one per group, computed when they are shown. There may be millions.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::aggregate::{Aggregate, Group};
use crate::diagnostic::words::listed;
use crate::error::Error;
use crate::model::catalog::figure::FigureUnit;
use crate::model::catalog::nearest;

use super::cell::{Cell, Change};
use super::headline;
use super::measure::{HandleParts, Measure, Totals};
use super::media::DIMENSION;
use super::queries::{self, MEDIA, NONE, adds, is_of_agents, media_type};
use super::trends::Trends;
use super::wanted::Wanted;

/// The most figures that a message names.
const NAMED: usize = 12;

/// A row.
#[derive(Debug, Clone)]
pub struct Row {
    /// The values of the dimensions that the group has, with their places.
    pub names: Vec<(usize, String)>,
    /// Number of groups that were joined to this row, if it has the rest of them.
    pub others: Option<usize>,
    /// True if it is the sum of rows.
    pub is_total: bool,
    pub buckets: u64,
    pub cells: Vec<Cell>,
    /// The parts of the handle time.
    pub parts: HandleParts,
}

/// Rows in their order.
#[derive(Debug)]
pub struct Rows {
    /// The dimensions that rows have a value of.
    pub dimensions: Vec<String>,
    /// Their places.
    places: HashMap<String, usize>,
    /// The groups of the rows, where they are not those of the report.
    regrouped: Option<Aggregate>,
    /// The places of the groups, in the order of the rows.
    order: Vec<u32>,
    /// The groups that are joined to the row of the others, and their number.
    rest: Option<(Aggregate, usize)>,
    /// The groups whose change is shown, by their dimensions: of the days that both periods have, and
    /// of these days before.
    compared: Option<[KeyedGroups; 2]>,
    /// Groups that only the earlier inputs have.
    gone: Vec<usize>,
    measures: Vec<Measure>,
    /// True if the order is asked for.
    is_sorted: bool,
}

/// The maximum number of dimensions that every row names, also without a value.
const MOST_DIMENSIONS: usize = 16;

/// The dimensions of a group that have a value.
type RowKey = Vec<(String, String)>;

fn key(dimensions: &[(&str, &str)]) -> RowKey {
    let pairs = dimensions.iter();
    let pairs = pairs.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    pairs.filter(|(_, value)| !value.is_empty()).collect()
}

/// Groups, found by their dimensions.
#[derive(Debug)]
struct KeyedGroups {
    groups: Aggregate,
    places: HashMap<RowKey, usize>,
}

impl KeyedGroups {
    fn new(groups: Aggregate) -> Self {
        let keys = groups.iter().map(|group| key(&group.dimensions()));
        Self {
            places: keys.zip(0..).collect(),
            groups,
        }
    }

    fn get(&self, dimensions: &[(&str, &str)]) -> Option<Group<'_>> {
        self.groups.get(*self.places.get(&key(dimensions))?)
    }
}

/// A group on the days that both periods have, and on these days before.
type ComparedGroups<'g> = [Option<Group<'g>>; 2];

/// The order of rows.
enum Sort<'m> {
    Name,
    By(&'m Measure),
}

impl Rows {
    /// The rows of a table; `is_one` is true if the report has no other table.
    pub(super) fn new(
        groups: &Aggregate,
        compared: Option<&[Aggregate; 2]>,
        (by, wanted): (Option<&[String]>, &Wanted),
        is_one: bool,
    ) -> Result<Self, Error> {
        let total = groups.by(&[], |_| true);
        let mut measures = total.get(0).map(headline::measures).unwrap_or_default();
        if let Some(total) = total.get(0).filter(|_| !is_one) {
            // Counters of other queries are not 0 here.
            measures.retain(|measure| measure.is_of(total));
        }
        if let Some(total) = total.get(0).filter(|_| is_of_agents(groups)) {
            measures.extend(headline::presence_shares(total));
        }
        let regrouped = |groups: &Aggregate| Some(groups.by(by?, |_| true));
        let own = regrouped(groups);
        let shown = own.as_ref().unwrap_or(groups);
        let mut dimensions: Vec<String> = match by {
            Some(by) => by.to_vec(),
            None => {
                let names = shown.iter().flat_map(|group| group.dimensions());
                let mut names: Vec<&str> = names.map(|(name, _)| name).collect();
                names.sort_unstable();
                names.dedup();
                names.into_iter().map(str::to_owned).collect()
            }
        };
        dimensions.dedup();
        let mut order: Vec<u32> = (0..shown.len() as u32).collect();
        let names = |place: u32| shown.get(place as usize).map(|group| group.dimensions());
        match sort(wanted.sort.as_deref(), &measures)? {
            Some(Sort::By(measure)) => {
                let value = |place: &u32| {
                    let group = shown.get(*place as usize)?;
                    let value = measure.of(&Totals::new(group)).ok()?;
                    Some(value.approximate())
                };
                let values: Vec<Option<f64>> = order.iter().map(value).collect();
                let of = |place: u32| values.get(place as usize).copied().flatten();
                order.sort_by(|a, b| {
                    let (x, y) = (of(*a), of(*b));
                    let by_value = y.is_some().cmp(&x.is_some()).then_with(|| {
                        let (x, y) = (x.unwrap_or_default(), y.unwrap_or_default());
                        y.total_cmp(&x)
                    });
                    by_value.then_with(|| names(*a).cmp(&names(*b)))
                });
            }
            Some(Sort::Name) => order.sort_by_key(|place| names(*place)),
            // Without any figure, the order of the inputs.
            None => {}
        }
        let kept = wanted.top.unwrap_or(usize::MAX).min(order.len());
        let others: Vec<u32> = order.split_off(kept);
        let others: HashSet<usize> = others.into_iter().map(|place| place as usize).collect();
        let rest = (!others.is_empty()).then(|| {
            // Without a total, the others have none either.
            let adds = adds(groups);
            let rest = shown.by(&[MEDIA.to_owned()], |place| adds && others.contains(&place));
            (rest, others.len())
        });
        let keyed = |groups: &Aggregate| {
            KeyedGroups::new(regrouped(groups).unwrap_or_else(|| groups.clone()))
        };
        let compared = compared.map(|both| both.each_ref().map(keyed));
        let mut gone = Vec::new();
        if let Some([_, before]) = &compared {
            let now = shown.iter().map(|group| key(&group.dimensions()));
            let now: HashSet<_> = now.collect();
            let all = before.places.iter().filter(|(key, _)| !now.contains(*key));
            gone.extend(all.map(|(_, place)| *place));
            gone.sort_unstable();
        }
        let places = dimensions.iter().cloned().zip(0..).collect();
        Ok(Self {
            dimensions,
            places,
            regrouped: own,
            order,
            rest,
            compared,
            gone,
            measures,
            is_sorted: wanted.sort.is_some(),
        })
    }

    /// The columns. Rows are sorted by the first count, unless asked otherwise.
    pub(super) fn measures(&self) -> &[Measure] {
        &self.measures
    }

    /// All rows: those of groups in their order, that of the others, and those of groups that there
    /// are no more. `groups` are those of the report.
    /// With `is_by_media`, those of each media type are together, unless they are sorted as asked.
    pub(super) fn iter<'r>(
        &'r self,
        groups: &'r Aggregate,
        is_by_media: bool,
    ) -> impl Iterator<Item = Row> + 'r {
        let groups = self.regrouped.as_ref().unwrap_or(groups);
        let mut order = self.order.clone();
        if let Some(measure) = self.volume().filter(|_| is_by_media && !self.is_sorted) {
            sort_by_media(&mut order, groups, measure);
        }
        let order = order.into_iter();
        let rows = order.filter_map(|place| self.row(groups, place as usize, true));
        let rest = self.rest.iter().map(|(groups, count)| {
            let joined = groups.by(&[], |_| true);
            let row = self.row(&joined, 0, false).unwrap_or_else(|| Row {
                names: Vec::new(),
                others: None,
                is_total: false,
                buckets: 0,
                parts: HandleParts::default(),
                cells: self.measures.iter().map(|_| Cell::default()).collect(),
            });
            let row = match groups.len() > 1 {
                true => self.counts_of(row),
                false => row,
            };
            Row {
                names: Vec::new(),
                others: Some(*count),
                ..row
            }
        });
        let gone = self.gone.iter().filter_map(|place| {
            let [_, before] = self.compared.as_ref()?;
            let row = self.row(&before.groups, *place, false)?;
            let cells = row.cells.iter().map(|before| {
                let mut now = Cell::default();
                now.change = Some(Change::new(&now, before));
                now
            });
            Some(Row {
                cells: cells.collect(),
                buckets: 0,
                ..row
            })
        });
        rows.chain(rest).chain(gone)
    }

    /// The first count.
    fn volume(&self) -> Option<&Measure> {
        let mut measures = self.measures.iter();
        measures.find(|it| it.unit() == FigureUnit::Count)
    }

    fn row(&self, groups: &Aggregate, place: usize, compares: bool) -> Option<Row> {
        let group = groups.get(place)?;
        let dimensions = group.dimensions();
        let compared = self.compared.as_ref().filter(|_| compares);
        let compared = compared.map(|both| both.each_ref().map(|it| it.get(&dimensions)));
        Some(self.row_of(group, compared))
    }

    /// The counts of a row of several media types: their times and shares are not joined.
    fn counts_of(&self, mut row: Row) -> Row {
        for (measure, cell) in self.measures.iter().zip(&mut row.cells) {
            if measure.unit() != FigureUnit::Count {
                *cell = Cell::default();
            }
        }
        row.parts = HandleParts::default();
        row
    }

    /// The totals of the rows: one for each media type, and one of all where there are several.
    fn totals(&self, groups: &Aggregate) -> Vec<Row> {
        if !adds(groups) {
            return Vec::new();
        }
        let of = |by: &[String]| {
            let compared = self.compared.as_ref();
            let compared = compared.map(|both| {
                both.each_ref()
                    .map(|it| KeyedGroups::new(it.groups.by(by, |_| true)))
            });
            let totals = groups.by(by, |_| true);
            let rows = totals.iter().map(|group| {
                let dimensions = group.dimensions();
                let compared = compared.as_ref();
                let compared = compared.map(|both| both.each_ref().map(|it| it.get(&dimensions)));
                Row {
                    is_total: true,
                    ..self.row_of(group, compared)
                }
            });
            rows.collect::<Vec<Row>>()
        };
        let media = self.dimensions.iter().find(|name| *name == MEDIA);
        let mut rows = match media.filter(|_| self.dimensions.len() > 1) {
            Some(media) => of(std::slice::from_ref(media)),
            None => Vec::new(),
        };
        let has_several = groups.by(&[MEDIA.to_owned()], |_| true).len() > 1;
        let joined = || {
            of(&[]).into_iter().map(|row| match has_several {
                true => self.counts_of(row),
                false => row,
            })
        };
        match rows.len() {
            0 => joined().collect(),
            1 => rows,
            _ => {
                let place = self.dimensions.iter().position(|name| name == MEDIA);
                for row in rows.iter_mut().filter(|row| row.names.is_empty()) {
                    row.names.extend(place.map(|at| (at, NONE.to_owned())));
                }
                let first = self
                    .measures
                    .iter()
                    .position(|it| it.unit() == FigureUnit::Count);
                let volume = |row: &Row| {
                    let cell = first.and_then(|at| row.cells.get(at));
                    cell.and_then(|it| it.value)
                        .map_or(0.0, |it| it.approximate())
                };
                rows.sort_by(|a, b| volume(b).total_cmp(&volume(a)));
                rows.extend(joined());
                rows
            }
        }
    }

    /// The row of a group, with its changes where rows are compared.
    fn row_of(&self, group: Group<'_>, compared: Option<ComparedGroups<'_>>) -> Row {
        let dimensions = group.dimensions();
        let names = dimensions.iter().filter(|(_, value)| !value.is_empty());
        let names = names.filter_map(|(name, value)| {
            let place = self.places.get(*name)?;
            Some((*place, (*value).to_owned()))
        });
        let mut names: Vec<(usize, String)> = names.collect();
        names.sort_unstable();
        let totals = Totals::new(group);
        let compared = compared.map(|both| both.map(|it| it.map(Totals::new)));
        let cells = self.measures.iter().map(|measure| {
            let mut cell = Cell::of(measure, &totals);
            if let Some(both) = &compared {
                let of = |it: &Option<Totals<'_>>| it.as_ref().map(|it| Cell::of(measure, it));
                let [now, before] = both.each_ref().map(|it| of(it).unwrap_or_default());
                cell.change = Some(Change::new(&now, &before));
            }
            cell
        });
        Row {
            names,
            others: None,
            is_total: false,
            buckets: group.buckets(),
            cells: cells.collect(),
            parts: HandleParts::of(&totals),
        }
    }
}

/// The rows of one query.
#[derive(Debug, Clone, Copy)]
pub struct RowTable<'m> {
    pub(super) query: usize,
    pub(super) rows: &'m Rows,
    pub(super) groups: &'m Aggregate,
    pub(super) trends: Option<&'m Trends>,
}

impl Row {
    /// The value of the dimension at a place.
    pub fn value(&self, place: usize) -> Option<&str> {
        let mut names = self.names.iter();
        let found = names.find(|(at, _)| *at == place);
        found.map(|(_, value)| value.as_str())
    }
}

impl<'m> RowTable<'m> {
    /// Number of points of the trends of rows; 0 without any.
    pub fn trend_points(self) -> usize {
        self.trends.map_or(0, Trends::points)
    }

    /// The volume of a row by day.
    pub fn trend(self, row: &Row) -> Option<&'m [Option<f64>]> {
        let names = row.names.iter().filter_map(|(place, value)| {
            Some((self.dimensions().get(*place)?.clone(), value.clone()))
        });
        let mut key: Vec<(String, String)> = names.collect();
        key.sort_unstable();
        let is_row = !row.is_total && row.others.is_none();
        self.trends.filter(|_| is_row)?.of(&key)
    }

    /// The dimensions of its groups.
    pub fn query_dimensions(self) -> BTreeSet<String> {
        queries::dimensions(self.groups)
    }

    /// Number of rows.
    pub fn len(self) -> usize {
        self.rows.order.len() + usize::from(self.rows.rest.is_some()) + self.rows.gone.len()
    }

    /// The place of its query among those of the report.
    pub fn query(self) -> usize {
        self.query
    }

    /// Returns true if rows name only the dimensions that they have: of many, most are absent.
    pub fn is_sparse(self) -> bool {
        self.rows.dimensions.len() > MOST_DIMENSIONS
    }

    /// The dimensions that rows have a value of.
    pub fn dimensions(self) -> &'m [String] {
        &self.rows.dimensions
    }

    /// The columns. Rows are sorted by the first count, unless asked otherwise.
    pub fn measures(self) -> &'m [Measure] {
        self.rows.measures()
    }

    /// The totals of the rows, computed from the sums of all groups: one for each media type, and one
    /// of the counts of all. None where groups do not add up.
    pub fn totals(self) -> Vec<Row> {
        self.rows.totals(self.groups)
    }

    /// The rows, each computed when it is taken.
    pub fn rows(self) -> impl Iterator<Item = Row> + 'm {
        self.rows.iter(self.groups, false)
    }

    /// The rows of one media type after those of another.
    pub fn rows_by_media(self) -> impl Iterator<Item = Row> + 'm {
        self.rows.iter(self.groups, true)
    }
}

/// Moves the rows of each media type together, those of the greatest first.
fn sort_by_media(order: &mut [u32], groups: &Aggregate, measure: &Measure) {
    let by = [DIMENSION.to_owned()];
    let media = groups.by(&by, |_| true);
    let volumes = media.iter().map(|group| {
        let value = measure.of(&Totals::new(group)).ok();
        let name = media_type(&group.dimensions()).to_owned();
        (value.map_or(0.0, |it| it.approximate()), name)
    });
    let mut volumes: Vec<(f64, String)> = volumes.collect();
    volumes.sort_by(|(a, x), (b, y)| b.total_cmp(a).then_with(|| x.cmp(y)));
    let ranks = volumes.into_iter().map(|(_, name)| name).zip(0..);
    let ranks: HashMap<String, usize> = ranks.collect();
    order.sort_by_cached_key(|place| {
        let dimensions = groups.get(*place as usize).map(|it| it.dimensions());
        ranks.get(media_type(&dimensions.unwrap_or_default()))
    });
}

fn sort<'m>(wanted: Option<&str>, measures: &'m [Measure]) -> Result<Option<Sort<'m>>, Error> {
    // Without a word, by volume.
    let counts = measures.iter().find(|it| it.unit() == FigureUnit::Count);
    let usual = counts.or(measures.first()).map(Sort::By);
    let Some(wanted) = wanted else {
        return Ok(usual);
    };
    if wanted == "name" {
        return Ok(Some(Sort::Name));
    }
    let same = |measure: &&Measure| {
        *measure.id() == *wanted
            || measure.label().eq_ignore_ascii_case(wanted)
            || Measure::key(wanted).as_ref() == Some(measure)
            || matches!(measure, Measure::Count(metric) if metric == wanted)
    };
    match measures.iter().find(same) {
        Some(measure) => Ok(Some(Sort::By(measure))),
        // The figure exists, and no row has it.
        None if Measure::key(wanted).is_some() => Ok(usual),
        None => {
            let labels = measures.iter().map(Measure::label);
            let labels: Vec<String> = labels.chain(["name".to_owned()]).collect();
            let names = labels.iter().map(String::as_str);
            let failure = Error::usage(format!(
                "--sort {wanted}: no figure of this report has this name"
            ));
            let name = wanted.split(':').next().unwrap_or(wanted);
            Err(match nearest(name, names) {
                Some(near) => failure.help(format!("did you mean `{near}`?")),
                None => {
                    let names: Vec<String> = labels.iter().map(|it| format!("`{it}`")).collect();
                    failure.help(format!("the names are {}", listed(&names, NAMED)))
                }
            })
        }
    }
}
