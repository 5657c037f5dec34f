//! The earlier period that a report is compared with, moved so that weekdays meet.

use std::collections::BTreeSet;

use chrono::{DateTime, Days, NaiveDate};
use chrono_tz::Tz;

use crate::aggregate::{Aggregate, Group, Span};
use crate::model::time;
use crate::report::{QueryFigures, Report};

use super::headline::measures;
use super::outages;
use super::partial::{self, PartialDay};
use super::queries::{
    self, ShownQuery, added, dimensions, is_of_others, media_type, media_types, too_many,
};

/// An earlier report. Changes are those of the days that both periods have.
#[derive(Debug, Clone)]
pub struct Earlier {
    /// Its groups are those of the common days, and its intervals are all.
    pub report: Report,
    /// The report itself on the common days; `None` if it has no others.
    pub base: Option<Report>,
    pub zone: Tz,
    /// `None` where the other period is not earlier, or has no days.
    pub alignment: Option<Alignment>,
}

impl Earlier {
    /// The intervals of the same query, moved to the later period.
    pub fn series(&self, query: &QueryFigures) -> Option<Aggregate> {
        let alignment = self.alignment.as_ref()?;
        let own = dimensions(&query.groups);
        let queries = self.report.queries.iter();
        let mut same = queries.filter(|it| dimensions(&it.groups) == own);
        let query = same.next().or(self.report.queries.first())?;
        let moved = |(start, end)| Some((alignment.moved(start)?, alignment.moved(end)?));
        Some(query.series.moved(moved))
    }

    /// The first and the last local day of the intervals.
    pub fn period(&self) -> Option<(NaiveDate, NaiveDate)> {
        if let Some(alignment) = &self.alignment {
            return Some(alignment.before);
        }
        let spans = self.report.queries.iter();
        let spans = spans.flat_map(|it| it.series.periods());
        let days = days(spans, self.zone)?;
        Some((*days.first()?, *days.last()?))
    }

    /// The report that the earlier one is compared with.
    pub fn base<'r>(&'r self, own: &'r Report) -> &'r Report {
        self.base.as_ref().unwrap_or(own)
    }
}

/// The move of an earlier period to a later one.
#[derive(Debug, Clone)]
pub struct Alignment {
    zone: Tz,
    /// Number of days.
    pub shift: u64,
    /// The first and the last day of the earlier period.
    pub before: (NaiveDate, NaiveDate),
    /// The days of both periods, as days of the later one.
    pub common: BTreeSet<NaiveDate>,
    /// Other days of both, of which one period has only a part.
    pub uncompared: BTreeSet<NaiveDate>,
    /// True if one period has only a part of every common day: then these days are compared.
    pub compares_parts: bool,
    /// True if each period has the days of the other, or none of them.
    pub is_whole: bool,
}

/// Longer intervals are of no day. A day has up to 25 hours.
const DAY: i64 = 25 * 3_600_000_000_000;

/// The local days of intervals; `None` where an interval is longer than a day.
pub(super) fn days(spans: impl Iterator<Item = Span>, zone: Tz) -> Option<BTreeSet<NaiveDate>> {
    let day = |span: Span| (span.1 - span.0 <= DAY).then(|| time::local_day(span, zone));
    spans.map(day).collect()
}

/// The days of the groups of a query with media types, or of those without, by their dimensions.
#[derive(Clone)]
struct CoveredGroups {
    dimensions: BTreeSet<String>,
    days: BTreeSet<NaiveDate>,
    spans: Vec<Span>,
}

impl CoveredGroups {
    /// All days and intervals of several.
    fn joined(all: &[Self]) -> Self {
        let spans = all.iter().flat_map(|it| &it.spans).copied();
        Self {
            dimensions: BTreeSet::new(),
            days: all.iter().flat_map(|it| &it.days).copied().collect(),
            spans: Vec::from_iter(spans.collect::<BTreeSet<Span>>()),
        }
    }
}

/// The parts of all queries. Presences of agents may have days that calls lack. Surveys and evaluations beside calls are
/// no part: a day can have none.
fn parts(report: &Report, zone: Tz) -> Option<Vec<CoveredGroups>> {
    let (mut all, mut rare) = (Vec::new(), Vec::new());
    for (query, total) in report.queries.iter().zip(queries::totals(report)) {
        let measures = total.group().map(measures).unwrap_or_default();
        let families = queries::counted_families(&measures);
        for has_media in [true, false] {
            let is_own =
                |group: &Group<'_>| media_type(&group.dimensions()).is_empty() != has_media;
            let (mut groups, others): (Vec<_>, Vec<_>) = query
                .groups
                .iter()
                .filter(is_own)
                .partition(|it| !is_of_others(*it, families));
            if groups.is_empty() {
                groups = others;
            }
            let own = |of: &[(&str, &str)]| media_type(of).is_empty() != has_media;
            let spans = queries::periods(&query.series.filtered(own), &measures);
            let days = days(spans.iter().copied(), zone)?;
            let names = groups.iter().flat_map(|group| group.dimensions());
            let part = CoveredGroups {
                dimensions: names.map(|(name, _)| name.to_owned()).collect(),
                days,
                spans,
            };
            match queries::are_rare(groups.iter().copied()) {
                _ if part.days.is_empty() => {}
                true => rare.push(part),
                false => all.push(part),
            }
        }
    }
    Some(if all.is_empty() { rare } else { all })
}

/// Parts with the same dimensions in two reports; all of both where there are none.
fn pairs(own: Vec<CoveredGroups>, before: &[CoveredGroups]) -> Vec<[CoveredGroups; 2]> {
    let all = [own.as_slice(), before].map(CoveredGroups::joined);
    let same = own.into_iter().filter_map(|own| {
        let mut before = before.iter();
        let other = before.find(|it| it.dimensions == own.dimensions)?;
        Some([own, other.clone()])
    });
    let same: Vec<_> = same.collect();
    if same.is_empty() { vec![all] } else { same }
}

impl Alignment {
    /// The alignment of two reports: by weekday, with the last weeks of the earlier one. Periods shorter than
    /// a week and less than a week apart are aligned by their first days. `None` without days, or if the other
    /// period is not earlier.
    pub fn of(own: &Report, before: &Report, zone: Tz) -> Option<Self> {
        let (own_report, other) = (own, before);
        let pairs = pairs(parts(own, zone)?, &parts(before, zone)?);
        let own = pairs.iter().flat_map(|[own, _]| &own.days);
        let own: BTreeSet<NaiveDate> = own.copied().collect();
        let before = pairs.iter().flat_map(|[_, before]| &before.days);
        let before: BTreeSet<NaiveDate> = before.copied().collect();
        let (first, last) = (*own.first()?, *own.last()?);
        let (earliest, latest) = (*before.first()?, *before.last()?);
        let apart = u64::try_from((first - earliest).num_days())
            .ok()
            .filter(|days| *days > 0)?;
        let length = |from: NaiveDate, until: NaiveDate| (until - from).num_days();
        let is_short = length(first, last) < 6 && length(earliest, latest) < 6 && apart < 6;
        let shift = match is_short {
            true => apart,
            false => {
                let of_ends = u64::try_from((last - latest).num_days()).unwrap_or(0);
                ((apart.min(of_ends) + 3) / 7).max(1) * 7
            }
        };
        let moved = |days: &BTreeSet<NaiveDate>| -> BTreeSet<NaiveDate> {
            let moved = days.iter();
            let moved = moved.filter_map(|day| day.checked_add_days(Days::new(shift)));
            moved.collect()
        };
        // A day counts only if each query has it in both periods.
        let common = pairs
            .iter()
            .map(|[own, before]| &moved(&before.days) & &own.days);
        let common = common.reduce(|all, own| &all & &own).unwrap_or_default();
        let mut alignment = Self {
            zone,
            shift,
            before: (earliest, latest),
            common,
            uncompared: BTreeSet::new(),
            compares_parts: false,
            is_whole: false,
        };
        let differ = pairs.iter().flat_map(|pair| alignment.unequal(pair));
        let mut differ: BTreeSet<NaiveDate> = differ.collect();
        // A media type can lack what others have.
        let lacking = |(own, other), shift| -> BTreeSet<(NaiveDate, String, Vec<Span>)> {
            let days = partial_days_of_media(own, other, zone).into_iter();
            let moved = days.filter_map(|(media, day)| {
                let date = day.date.checked_add_days(Days::new(shift))?;
                Some((date, media, day.holes))
            });
            moved.collect()
        };
        let of_one = &lacking((own_report, other), 0) ^ &lacking((other, own_report), shift);
        differ.extend(of_one.into_iter().map(|(date, ..)| date));
        let differ = &differ & &alignment.common;
        // A part of a day is compared only if there is nothing else.
        if differ == alignment.common {
            alignment.compares_parts = !differ.is_empty();
        } else {
            alignment.common = &alignment.common - &differ;
            alignment.uncompared = differ;
        }
        let common = &alignment.common;
        // Surveys can have days that calls lack. Longer intervals are of no day.
        let all = |report: &Report| -> BTreeSet<NaiveDate> {
            let spans = report.queries.iter().flat_map(|it| it.series.periods());
            let short = spans.filter(|(start, end)| end - start <= DAY);
            days(short, zone).unwrap_or_default()
        };
        let is_each = *common == all(own_report) && *common == moved(&all(other));
        alignment.is_whole = common.is_empty() || is_each;
        Some(alignment)
    }

    /// The days that lack hours in one period, if the other period has them.
    fn unequal(&self, [own, before]: &[CoveredGroups; 2]) -> Vec<NaiveDate> {
        let moved = before
            .spans
            .iter()
            .filter_map(|(start, end)| Some((self.moved(*start)?, self.moved(*end)?)));
        let moved = Vec::from_iter(moved.collect::<BTreeSet<Span>>());
        let mut lacking = partial::lacking(&own.spans, &moved, self.zone);
        lacking.extend(partial::lacking(&moved, &own.spans, self.zone));
        lacking
    }

    /// The common days as days of the earlier period.
    pub fn common_before(&self) -> BTreeSet<NaiveDate> {
        let days = self.common.iter();
        days.filter_map(|day| day.checked_sub_days(Days::new(self.shift)))
            .collect()
    }

    /// The instant of the later period at which the clock shows the same time.
    pub fn moved(&self, nanoseconds: i64) -> Option<i64> {
        let instant = DateTime::from_timestamp_nanos(nanoseconds);
        let local = instant.with_timezone(&self.zone).naive_local();
        let local = local.checked_add_days(Days::new(self.shift))?;
        time::local(local, self.zone)?.timestamp_nanos_opt()
    }
}

/// The days on which media types of a report lack data, as the notes about them. `other` is the report of the other
/// period.
fn partial_days_of_media(report: &Report, other: &Report, zone: Tz) -> Vec<(String, PartialDay)> {
    let totals = queries::totals(report);
    let at = queries::headline_query(&totals);
    let query = at.and_then(|at| report.queries.get(at).zip(totals.get(at)?.group()));
    let Some((query, total)) = query.filter(|_| too_many(report).is_none()) else {
        return Vec::new();
    };
    let measures = measures(total);
    let spans = queries::periods(&query.series, &measures);
    let main = ShownQuery {
        query,
        spans: &spans,
        partial: &partial::of(&spans, zone),
        families: queries::counted_families(&measures),
    };
    let queries: Vec<&QueryFigures> = added(&report.queries).collect();
    let types = media_types(&queries).into_iter();
    let all = types.filter(|it| !it.is_empty()).flat_map(|media| {
        let days = outages::of(main, &report.queries, Some(other), &media, zone);
        let days = days.into_iter();
        days.map(move |day| (media.clone(), day))
    });
    all.collect()
}
