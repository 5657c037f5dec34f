//! An aggregate as an aggregates document, and in its order.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::{self, Write};
use std::sync::Arc;

use chrono::{DateTime, SecondsFormat};

use crate::diagnostic::carry::quoted;
use crate::model::catalog::absence::CounterScope;
use crate::model::stat::{Stat, StatSet};
use crate::model::{FigureId, time};
use crate::table::MergedScopes;

use super::Span;
use super::amount::Amount;
use super::group::{Group, figure};
use super::names::EntryNames;
use super::stats::{EntryStat, StatTotal};
use super::tally::Aggregate;

/// Writes one document: a container a line, in the order of the groups, with its buckets in the
/// order of time. Every figure is exact; a `ratio` is the quotient of the merged parts. Presences of
/// the organization come last, by their system presences.
///
/// # Errors
/// Returns the errors of `out`.
pub fn write(
    all: &Aggregate,
    presences: &BTreeMap<&str, BTreeSet<&str>>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let sorted = sorted(all);
    let writer = DocumentWriter {
        names: &all.names,
        ranks: all.names.ranks(),
        heads: all.names.iter().map(head).collect(),
        // Most periods are those of many groups.
        intervals: match all.periods.len() < all.tallies.len() / 4 {
            true => all.periods.iter().map(|it| interval(*it)).collect(),
            false => Vec::new(),
        },
    };
    let mut line = Vec::new();
    line.extend_from_slice(b"{\"results\":[");
    let groups = sorted.chunk_by(|a, b| a.number() == b.number());
    for (index, buckets) in groups.enumerate() {
        line.extend_from_slice(if index == 0 { b"\n" } else { b",\n" });
        writer.container(buckets, &mut line, out)?;
    }
    line.extend_from_slice(if sorted.is_empty() { b"]" } else { b"\n]" });
    if !presences.is_empty() {
        let list = |(system, ids): (&&str, &BTreeSet<&str>)| {
            let ids: Vec<_> = ids.iter().map(|id| quoted(id)).collect();
            format!("{}:[{}]", quoted(system), ids.join(","))
        };
        let lists: Vec<String> = presences.iter().map(list).collect();
        let lists = lists.join(",\n");
        write!(line, ",\n\"systemToOrganizationMappings\":{{\n{lists}\n}}")?;
    }
    line.extend_from_slice(b"}\n");
    out.write_all(&line)
}

/// Groups in the order of their dimensions, each with its periods in the order of time.
fn sorted(all: &Aggregate) -> Vec<Group<'_>> {
    let mut groups: Vec<(Vec<(&str, &str)>, Group<'_>)> = Vec::new();
    let mut ranks = vec![u32::MAX; all.groups.len()];
    for group in all.iter() {
        if let Some(rank) = ranks.get_mut(group.number() as usize)
            && *rank == u32::MAX
        {
            *rank = 0;
            groups.push((group.dimensions(), group));
        }
    }
    groups.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
    for (place, (_, group)) in (0..).zip(&groups) {
        if let Some(rank) = ranks.get_mut(group.number() as usize) {
            *rank = place;
        }
    }
    let mut sorted: Vec<Group<'_>> = all.iter().collect();
    sorted.sort_by_key(|it| (ranks.get(it.number() as usize).copied(), it.period()));
    sorted
}

/// An interval in UTC; nothing without one.
fn interval(period: Option<Span>) -> String {
    let text = |nanos| {
        let time = DateTime::from_timestamp_nanos(nanos);
        time.to_rfc3339_opts(SecondsFormat::Millis, true)
    };
    period.map_or_else(String::new, |(start, end)| {
        format!("{}/{}", text(start), text(end))
    })
}

/// The scopes of the buckets that were joined to each bucket of a document.
pub fn scopes(all: &Aggregate) -> MergedScopes {
    let mut scopes = MergedScopes::default();
    let mut known: HashMap<Vec<CounterScope>, Arc<[CounterScope]>> = HashMap::new();
    for group in all.iter() {
        let own = known.entry(group.scopes());
        let own = own.or_insert_with_key(|own| own.clone().into());
        let times = time::plain_interval(interval(group.period()).as_bytes());
        scopes.add(&group.dimensions(), times, Arc::clone(own));
    }
    scopes
}

/// The beginning of the entries of a name.
fn head(name: &FigureId) -> String {
    let key = if name.view { "name" } else { "metric" };
    let mut head = format!("{{\"{key}\":{},", quoted(&name.name));
    if !name.qualifier.is_empty() {
        head.push_str(&format!("\"qualifier\":{},", quoted(&name.qualifier)));
    }
    head.push_str("\"stats\":{");
    head
}

struct DocumentWriter<'a> {
    names: &'a EntryNames,
    ranks: Vec<u32>,
    /// By the numbers of the names.
    heads: Vec<String>,
    /// By the numbers of the periods; empty if they have too many.
    intervals: Vec<String>,
}

impl DocumentWriter<'_> {
    fn container(
        &self,
        buckets: &[Group<'_>],
        line: &mut Vec<u8>,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let dimensions = buckets.first().map_or_else(Vec::new, |it| it.dimensions());
        let members = dimensions.iter();
        let members = members.map(|(name, value)| format!("{}:{}", quoted(name), quoted(value)));
        let members = members.collect::<Vec<_>>().join(",");
        write!(line, "{{\"group\":{{{members}}},\"data\":[")?;
        for (index, bucket) in buckets.iter().enumerate() {
            if index > 0 {
                line.push(b',');
            }
            self.bucket(*bucket, line);
            out.write_all(line)?;
            line.clear();
        }
        line.extend_from_slice(b"]}");
        Ok(())
    }

    fn bucket(&self, bucket: Group<'_>, line: &mut Vec<u8>) {
        line.push(b'{');
        let known = self.intervals.get(bucket.period_number() as usize);
        let interval = known.map_or_else(|| interval(bucket.period()).into(), Cow::from);
        if !interval.is_empty() {
            for text in ["\"interval\":\"", &interval, "\","] {
                line.extend_from_slice(text.as_bytes());
            }
        }
        let totals = bucket.stats_by(&self.ranks);
        let is_view = |it: &StatTotal<'_>| self.names.get(it.name).is_some_and(|it| it.view);
        let views = totals.partition_point(|it| !is_view(it));
        let (metrics, views) = totals.split_at(views);
        line.extend_from_slice(b"\"metrics\":[");
        self.entries(bucket, metrics, line);
        line.push(b']');
        if !views.is_empty() {
            line.extend_from_slice(b",\"views\":[");
            self.entries(bucket, views, line);
            line.push(b']');
        }
        line.push(b'}');
    }

    /// Metrics or views with their statistics, in the order of the columns.
    fn entries(&self, bucket: Group<'_>, totals: &[StatTotal<'_>], line: &mut Vec<u8>) {
        let owner = |it: &StatTotal<'_>| self.names.facts(it.name).map(|facts| facts.owner);
        for (index, totals) in totals.chunk_by(|a, b| owner(a) == owner(b)).enumerate() {
            if index > 0 {
                line.push(b',');
            }
            let own = totals.first().and_then(owner).unwrap_or(u32::MAX);
            let head = self.heads.get(own as usize);
            line.extend_from_slice(head.map_or("", |head| head).as_bytes());
            let start = line.len();
            let figure = |stat| {
                let find = |stat| totals.iter().find(|it| it.stat == stat).copied();
                figure(find, self.names.facts(own), stat)?.ok()
            };
            for stat in occurring(totals).iter() {
                let before = line.len();
                let comma = if before > start { ",\"" } else { "\"" };
                for text in [comma, stat.name(), "\":"] {
                    line.extend_from_slice(text.as_bytes());
                }
                let has_value = match stat {
                    Stat::Ratio => write_quotient(figure, line),
                    stat => figure(stat).is_some_and(|amount| amount.write(line)),
                };
                if !has_value {
                    line.truncate(before);
                }
            }
            for total in totals.iter().filter(|it| it.stat == EntryStat::Unknown) {
                let digits = bucket.unknown(*total).ok().and_then(Amount::digits);
                if let (Some(digits), Some(name)) = (digits, self.names.get(total.name)) {
                    let comma = if line.len() > start { "," } else { "" };
                    let member = format!("{comma}{}:{digits}", quoted(&name.stat));
                    line.extend_from_slice(member.as_bytes());
                }
            }
            line.extend_from_slice(b"}}");
        }
    }
}

/// The statistics that a metric or view has, alone or with their partner, and the ratio of a
/// numerator and a denominator.
fn occurring(totals: &[StatTotal<'_>]) -> StatSet {
    let mut stats = StatSet::default();
    for total in totals {
        if let EntryStat::Full(stat) | EntryStat::Lone(stat) = total.stat {
            stats.insert(stat);
        }
    }
    if stats.contains(Stat::Numerator) {
        stats.insert(Stat::Ratio);
    }
    stats
}

/// Appends `numerator / denominator` as the API writes it, to the last digit of a double; where there
/// is none, the ratio of the only entry. Returns false if there is neither.
fn write_quotient<'a>(figure: impl Fn(Stat) -> Option<&'a Amount>, line: &mut Vec<u8>) -> bool {
    let double = |stat| figure(stat)?.digits()?.parse::<f64>().ok();
    let denominator = double(Stat::Denominator).filter(|it| *it != 0.0);
    let parts = double(Stat::Numerator).zip(denominator);
    let Some((numerator, denominator)) = parts else {
        return figure(Stat::Ratio).is_some_and(|amount| amount.write(line));
    };
    let ratio = serde_json::Number::from_f64(numerator / denominator);
    ratio.is_some_and(|ratio| write!(line, "{ratio}").is_ok())
}
