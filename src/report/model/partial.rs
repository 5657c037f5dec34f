//! Days of which only a part is there.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike as _, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;

use crate::aggregate::Span;
use crate::model::time;

use super::clock_days::{DayIntervals, HOUR, MIDNIGHT, days, is_next, overlap};

/// An instant, and the clock at that time.
pub type ClockTime = (DateTime<Utc>, NaiveTime);

/// A day without data in hours that comparable days have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartialDay {
    pub date: NaiveDate,
    /// The time at which the data begins or ends.
    pub from: Option<ClockTime>,
    pub until: Option<ClockTime>,
    /// The times without data between others.
    pub without: Vec<[ClockTime; 2]>,
    /// All of them in nanoseconds of the clock since midnight.
    pub(super) holes: Vec<Span>,
}

impl PartialDay {
    pub(super) fn new(date: NaiveDate) -> Self {
        Self {
            date,
            from: None,
            until: None,
            without: Vec::new(),
            holes: Vec::new(),
        }
    }

    /// Adds the holes of one media type to those of all. They can contain those of all.
    pub(super) fn add(&mut self, own: Self) {
        if own.has_no_data() {
            *self = own;
            return;
        }
        self.from = own.from.or(self.from);
        self.until = own.until.or(self.until);
        let holes = &own.holes;
        self.holes
            .retain(|(from, until)| !holes.iter().any(|(a, b)| a <= from && until <= b));
        self.holes.extend(holes);
        self.holes.sort_unstable();
        let times = &own.without;
        self.without
            .retain(|[from, until]| !times.iter().any(|[a, b]| a <= from && until <= b));
        self.without.extend(times);
        self.without.sort_unstable();
    }

    /// Returns true if a time without data of this day has most of another time.
    pub(super) fn lacks_most(&self, (from, until): Span) -> bool {
        let instants = |times: &[ClockTime; 2]| {
            let [from, until] = times.map(|(at, _)| at.timestamp_nanos_opt());
            from.zip(until)
        };
        let own = self.without.iter().filter_map(instants);
        let own: i64 = own.map(|it| overlap(it, (from, until))).sum();
        2 * own > until - from
    }

    fn has_no_data(&self) -> bool {
        self.from.is_none() && self.until.is_none() && self.without.is_empty()
    }

    /// Returns true if the day lacks this hour of the clock or a part of it; of intervals of an hour, the one that
    /// counts for it.
    pub(super) fn lacks_hour(&self, hour: usize, are_hours: bool) -> bool {
        let start = i64::try_from(hour).unwrap_or(0) * HOUR;
        let counted = |at: i64| match are_hours && at < MIDNIGHT {
            true => time::counted_at((at, at + HOUR), HOUR).div_euclid(HOUR) * HOUR,
            false => at,
        };
        let mut holes = self.holes.iter();
        holes.any(|(from, until)| counted(*from) < start + HOUR && start < counted(*until))
    }

    /// How much of a time the day is known to lack.
    fn lacking(&self, time: Span) -> i64 {
        let parts = self.holes.iter();
        parts.map(|it| overlap(*it, time)).sum()
    }

    /// `to 14:30`, `from 08:00`, or `without 10:00–15:00`.
    pub fn words(&self) -> String {
        let inner = self
            .without
            .iter()
            .map(|[from, until]| format!("without {}–{}", clock(from), clock(until)));
        let ends = self.ends();
        let ends = Some(ends).filter(|it| !it.is_empty());
        ends.into_iter().chain(inner).collect::<Vec<_>>().join(", ")
    }

    /// The same as a sentence about the day; without any time, it has no data.
    pub(super) fn sentence(&self, day: &str) -> String {
        let inner = self
            .without
            .iter()
            .map(|[from, until]| format!("no data from {} to {}", clock(from), clock(until)));
        let ends = match self.ends() {
            ends if ends.is_empty() => None,
            ends => Some(format!("data only {ends}")),
        };
        let parts = ends.into_iter().chain(inner).collect::<Vec<_>>();
        match parts.is_empty() {
            true => format!("{day} has no data."),
            false => format!("{day} has {}.", parts.join(", and ")),
        }
    }

    fn ends(&self) -> String {
        let from = self.from.as_ref().map(|at| format!("from {}", clock(at)));
        let until = self.until.as_ref().map(|at| format!("to {}", clock(at)));
        from.into_iter().chain(until).collect::<Vec<_>>().join(" ")
    }
}

fn clock((_, clock): &ClockTime) -> String {
    clock.format("%H:%M").to_string()
}

/// The least time that a day lacks at an end of the data: a first hour without calls is no loss.
const LEAST_AT_END: i64 = 2 * HOUR;
/// The least time that a day between the first and the last lacks. Offices close early now and then.
pub(super) const LEAST: i64 = 4 * HOUR;
/// The least time between data of a day that it lacks, where other days have it. A lunch is shorter.
const LOST: i64 = 3 * HOUR;
/// The least number of days with data for each day that lacks it.
pub(super) const PEERS: usize = 3;
/// Hours beside the data of a day: those of a night shift, at the other end of the day, are not beside it.
const BESIDE: i64 = 2 * HOUR;

/// The partial day of a date, among days in their order.
pub(super) fn of_day(partial: &[PartialDay], date: NaiveDate) -> Option<&PartialDay> {
    let known = partial.binary_search_by_key(&date, |it| it.date);
    known.ok().and_then(|at| partial.get(at))
}

/// The days that lack hours which all comparable days have. Days are comparable with the same weekday, else with
/// other working days; a single weekend only with days around the clock. A day at an end of the data lacks two
/// hours of each comparable day; other days lack four. Hours without any interval on all
/// days, such as nights, make no partial day. Nor does the early end of a weekday that has no other of its kind. Holes
/// that [`is_lost`] finds are lacking, too: there, some of the other days may lack them.
pub(super) fn of(spans: &[Span], zone: Tz) -> Vec<PartialDay> {
    let days = days(spans, zone);
    let lacks = |at, hole, least| match least == LEAST && is_at_end(&days, at, hole) {
        true => lacks(&days, at, hole, LEAST_AT_END),
        false => lacks(&days, at, hole, least),
    };
    let known = days_lacking(&days, zone, lacks);
    days_lacking(&days, zone, |at, hole, least| {
        lacks(at, hole, least) || is_lost(&days, (at, hole), least, &known)
    })
}

/// The days with those of their holes that are lacking data. `is_lacking` returns true if a hole of a day lacks
/// at least the given time. A hole that goes on beyond midnight is judged by both parts together, each of an hour or more.
pub(super) fn days_lacking(
    days: &[DayIntervals],
    zone: Tz,
    is_lacking: impl Fn(usize, Span, i64) -> bool,
) -> Vec<PartialDay> {
    let all = days.iter().enumerate().filter(|(_, day)| !day.is_long);
    let holes: Vec<(usize, Span)> = all
        .flat_map(|(at, day)| day.holes().into_iter().map(move |hole| (at, hole)))
        .collect();
    let lacking = holes.iter().filter(|it| is_lacking(it.0, it.1, LEAST));
    let known: BTreeSet<(usize, Span)> = lacking.copied().collect();
    let until_midnight = holes.iter().filter(|(_, hole)| hole.1 == MIDNIGHT);
    let until_midnight: BTreeMap<usize, Span> = until_midnight.copied().collect();
    let from_midnight = holes.iter().filter(|(_, hole)| hole.0 == 0);
    let from_midnight: BTreeMap<usize, Span> = from_midnight.copied().collect();
    let next_to = |(at, hole): &(usize, Span)| {
        let before = at
            .checked_sub(1)
            .filter(|it| hole.0 == 0 && is_next(days, *it, *at));
        let after = Some(at + 1).filter(|it| hole.1 == MIDNIGHT && is_next(days, *at, *it));
        let before = before.and_then(|it| until_midnight.get(&it).map(|hole| (it, *hole)));
        before.or_else(|| after.and_then(|it| from_midnight.get(&it).map(|hole| (it, *hole))))
    };
    let goes_on = |it: &(usize, Span)| {
        next_to(it).is_some_and(|(other, hole)| {
            // Both parts together lack four hours, in quarter hours. Nights, which no day has, do not count.
            let quarters = (HOUR..=LEAST - HOUR).step_by((HOUR / 4) as usize);
            let mut parts = quarters.map(|it| (it, LEAST - it));
            let is_both =
                |(own, rest)| is_lacking(it.0, it.1, own) && is_lacking(other, hole, rest);
            parts.any(is_both)
        })
    };
    with_holes(days, zone, |at, hole| {
        known.contains(&(at, hole)) || goes_on(&(at, hole))
    })
}

/// The days that have such holes, with the times beside them.
fn with_holes(
    days: &[DayIntervals],
    zone: Tz,
    is_lacking: impl Fn(usize, Span) -> bool,
) -> Vec<PartialDay> {
    let mut found = Vec::new();
    for (at, day) in days.iter().enumerate().filter(|(_, day)| !day.is_long) {
        let mut partial = PartialDay::new(day.date);
        let holes = day.holes().into_iter();
        partial.holes = holes.filter(|hole| is_lacking(at, *hole)).collect();
        for hole in &partial.holes {
            let clock = |at: DateTime<Utc>| (at, at.with_timezone(&zone).time());
            match day.around(*hole).map(|it| it.map(clock)) {
                [Some(end), Some(start)] => partial.without.push([end, start]),
                [until, from] => {
                    partial.until = partial.until.or(until);
                    partial.from = partial.from.or(from);
                }
            }
        }
        if !partial.holes.is_empty() {
            found.push(partial);
        }
    }
    found
}

/// Returns true if a hole is before all data, or after it.
fn is_at_end(days: &[DayIntervals], at: usize, hole: Span) -> bool {
    (at == 0 && hole.0 == 0) || (at + 1 == days.len() && hole.1 == MIDNIGHT)
}

/// Returns true if the day may have begun late or ended early at this hole. That cannot be if there is data around
/// the clock on the other days.
fn may_be_short(days: &[DayIntervals], at: usize, hole: Span) -> bool {
    let neighbor = match (hole.0 == 0, hole.1 == MIDNIGHT) {
        (true, _) => at.checked_sub(1).map(|before| (before, at)),
        (_, true) => Some((at, at + 1)),
        _ => None,
    };
    !is_continuous(days, neighbor)
}

/// The other days with short intervals, from the next one on. Most holes are those of the next peer, too: a search ends
/// early.
fn others(days: &[DayIntervals], at: usize) -> impl Iterator<Item = (usize, &DayIntervals)> {
    let all = days.iter().enumerate();
    let before = all.clone().take(at).rev();
    let all = all.skip(at + 1).chain(before);
    all.filter(|(_, it)| !it.is_long)
}

/// Returns true if comparable days have data in this time: each of them at least so much, and together two hours.
fn lacks(days: &[DayIntervals], at: usize, hole: Span, least: i64) -> bool {
    let Some(day) = days.get(at) else {
        return false;
    };
    if hole.1 - hole.0 < least {
        return false;
    }
    let all = || others(days, at);
    let is_same = |it: &DayIntervals| it.date.weekday() == day.date.weekday();
    let is_other = !all().any(|(_, it)| is_same(it));
    let is_any = is_other && (day.is_weekend() || all().all(|(_, it)| it.is_weekend()));
    let is_peer = |it: &DayIntervals| match is_other {
        true => is_any || !it.is_weekend(),
        false => is_same(it),
    };
    let (is_first, is_last) = (hole.0 == 0, hole.1 == MIDNIGHT);
    let is_inner_end = (is_first || is_last) && !is_at_end(days, at, hole);
    if (is_any || (is_other && is_inner_end)) && may_be_short(days, at, hole) {
        return false;
    }
    let beside = beside(hole);
    let mut time = 0;
    for (other, peer) in all().filter(|(_, it)| is_peer(it)) {
        let covered = peer.covered(hole);
        let is_beside = !is_other || peer.covered(beside) > 0;
        // The data begins or ends in this time of the peer: it is unknown whether it lacks it, too.
        let is_cut = (other == 0 && hole.0 < peer.start())
            || (other + 1 == days.len() && peer.end() < hole.1);
        match covered >= least && is_beside {
            true => time += covered,
            false if is_cut => {}
            false => return false,
        }
    }
    time >= 2 * HOUR
}

/// The hours of a hole at the data of its day.
fn beside(hole: Span) -> Span {
    match (hole.0 == 0, hole.1 == MIDNIGHT) {
        (true, _) => (hole.1 - BESIDE, hole.1),
        (_, true) => (hole.0, hole.0 + BESIDE),
        _ => hole,
    }
}

/// Returns true if a hole of a day is an outage, judged by other days of its kind: working days or weekends.
///
/// - Between data, it has three hours or more, and other days have data in all of it. At the beginning or the end of the
///   day it has `shortest` or more, another day of the same weekday has so much data in it, and others have that and
///   data beside it. Around the clock, no day of the same weekday is needed.
/// - For each day that lacks this data, at least three have it.
/// - Another day of the same weekday that lacks it shows that it is usual.
/// - So does a day with shorter holes there, such as a lunch.
///
/// The days of `known`, which lack these hours for another reason, are not compared.
pub(super) fn is_lost(
    days: &[DayIntervals],
    (at, hole): (usize, Span),
    shortest: i64,
    known: &[PartialDay],
) -> bool {
    let Some(day) = days.get(at) else {
        return false;
    };
    let length = hole.1 - hole.0;
    let is_end = hole.0 == 0 || hole.1 == MIDNIGHT;
    let (shortest, needed) = match is_end {
        true => (shortest, shortest),
        false => (LOST, length),
    };
    let lacking = |date| of_day(known, date).map_or(0, |it| it.lacking(hole));
    if length - lacking(day.date) < shortest {
        return false;
    }
    // The day itself lacks the data.
    let (mut having, mut without, mut has_weekday) = (0, 1, false);
    for (_, peer) in others(days, at) {
        if peer.is_weekend() != day.is_weekend() {
            continue;
        }
        let is_same = peer.date.weekday() == day.date.weekday();
        let covered = peer.covered(hole);
        if covered >= needed && (is_same || peer.covered(beside(hole)) > 0) {
            having += 1;
            has_weekday |= is_same;
        } else if lacking(peer.date) == 0 {
            let long = peer.holes().into_iter().filter(|it| it.1 - it.0 >= LOST);
            let long: i64 = long.map(|it| overlap(it, hole)).sum();
            if is_same || covered + long < length {
                return false;
            }
            without += 1;
        }
    }
    having >= PEERS * without && (!is_end || has_weekday || !may_be_short(days, at, hole))
}

/// Returns true if there is data on both sides of most midnights, except the one between two days.
fn is_continuous(days: &[DayIntervals], except: Option<(usize, usize)>) -> bool {
    let (mut all, mut covered) = (0, 0);
    for (at, pair) in days.windows(2).enumerate() {
        if let [first, second] = pair
            && except != Some((at, at + 1))
            && is_next(days, at, at + 1)
        {
            all += 1;
            covered += u32::from(first.end() >= MIDNIGHT && second.start() <= 0);
        }
    }
    covered * 2 > all
}

/// The days of intervals that lack data which the same days of others have: the hours of a partial day, or four
/// hours of any day.
pub(super) fn lacking(spans: &[Span], others: &[Span], zone: Tz) -> Vec<NaiveDate> {
    let partial = of(spans, zone);
    let others = days(others, zone);
    let lacks = |day: &DayIntervals, other: &DayIntervals| {
        let known = of_day(&partial, day.date);
        let of_known = known.into_iter().flat_map(|it| &it.holes);
        let covered: i64 = of_known.map(|hole| other.covered(*hole)).sum();
        let mut holes = day.holes().into_iter();
        covered >= HOUR || holes.any(|hole| other.covered(hole) >= LEAST)
    };
    let all = days(spans, zone).into_iter();
    let lacking = all.filter(|day| {
        let other = others.binary_search_by_key(&day.date, |it| it.date);
        let other = other.ok().and_then(|at| others.get(at));
        other.is_some_and(|other| !day.is_long && !other.is_long && lacks(day, other))
    });
    lacking.map(|day| day.date).collect()
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    /// Half hours of days of October 2026 between two hours of the clock in Berlin.
    fn hours(days: &[(u32, u32, u32)]) -> Vec<Span> {
        let zone = Tz::Europe__Berlin;
        let mut spans = Vec::new();
        for (day, from, until) in days {
            for half in from * 2..until * 2 {
                let date = NaiveDate::from_ymd_opt(2026, 10, *day).unwrap();
                let clock = date.and_hms_opt(half / 2, half % 2 * 30, 0).unwrap();
                let start = time::local(clock, zone).unwrap().to_utc();
                let end = start + TimeDelta::minutes(30);
                let nanoseconds = |it: DateTime<Utc>| it.timestamp_nanos_opt().unwrap();
                spans.push((nanoseconds(start), nanoseconds(end)));
            }
        }
        spans
    }

    fn found(days: &[(u32, u32, u32)]) -> Vec<String> {
        let days = of(&hours(days), Tz::Europe__Berlin);
        days.iter()
            .map(|it| format!("{} {}", it.date.day(), it.words()))
            .collect()
    }

    #[test]
    fn a_day_is_partial_if_others_have_more() {
        // Monday to Wednesday.
        assert_eq!(
            found(&[(19, 8, 20), (20, 8, 20), (21, 8, 14)]),
            ["21 to 14:00"]
        );
        assert_eq!(
            found(&[(19, 11, 20), (20, 8, 20), (21, 8, 20)]),
            ["19 from 11:00"]
        );
        assert_eq!(found(&[(19, 8, 20), (20, 8, 20)]), [""; 0]);
        assert_eq!(found(&[(19, 8, 14)]), [""; 0]);
        // One hour less of one day can be chance.
        assert_eq!(found(&[(19, 8, 20), (20, 8, 19)]), [""; 0]);
    }

    #[test]
    fn three_hours_between_others_are_lost_if_all_other_days_have_them() {
        // Monday to Friday.
        let week = [
            (19, 8, 20),
            (20, 8, 20),
            (21, 8, 11),
            (21, 14, 20),
            (22, 8, 20),
            (23, 8, 20),
        ];
        assert_eq!(found(&week), ["21 without 11:00–14:00"]);
        assert_eq!(found(&week[..4]), [""; 0]);
        // A day with a long lunch makes a second one possible.
        let lunch = [&week[..], &[(26, 8, 12), (26, 13, 20)]].concat();
        assert_eq!(found(&lunch), [""; 0]);
    }

    #[test]
    fn hours_on_both_sides_of_midnight_are_one_hole() {
        let whole = (5..22).filter(|day| ![14, 15].contains(day));
        let whole = whole.map(|day| (day, 0, 24));
        let days: Vec<(u32, u32, u32)> = whole.chain([(14, 0, 21), (15, 3, 24)]).collect();
        assert_eq!(found(&days), ["14 to 21:00", "15 from 03:00"]);
    }

    /// The night before can be missing, and the only other day of the same weekday.
    #[test]
    fn a_day_of_a_centre_that_never_closes_is_partial_beside_a_missing_one() {
        let whole = (19..31).filter(|day| ![21, 27, 28].contains(day));
        let whole = whole.map(|day| (day, 0, 24));
        let days: Vec<(u32, u32, u32)> = whole.chain([(28, 12, 24)]).collect();
        assert_eq!(found(&days), ["28 from 12:00"]);
    }

    #[test]
    fn a_long_interval_says_nothing_about_hours() {
        let mut spans = hours(&[(19, 8, 20), (20, 8, 20), (21, 8, 20), (23, 8, 14)]);
        let long = hours(&[(22, 0, 24)]);
        spans.push((long[0].0, long[47].1));
        spans.sort();
        let days = of(&spans, Tz::Europe__Berlin);
        let words: Vec<String> = days.iter().map(PartialDay::words).collect();
        assert_eq!(words, ["to 14:00"]);
    }

    #[test]
    fn an_hour_that_a_clock_skips_is_no_hole() {
        // On 24 April 2026, clocks of Cairo go from 0:00 to 1:00.
        let start = |day: u32, hour: i64| {
            let midnight = NaiveDate::from_ymd_opt(2026, 4, day)
                .unwrap()
                .and_time(NaiveTime::MIN);
            let first = time::local(midnight, Tz::Africa__Cairo).unwrap().to_utc();
            (first + TimeDelta::hours(hour))
                .timestamp_nanos_opt()
                .unwrap()
        };
        let hours = (24..30).flat_map(|day| {
            let length = if day == 24 { 23 } else { 24 };
            (0..length).map(move |hour| (start(day, hour), start(day, hour + 1)))
        });
        assert_eq!(of(&Vec::from_iter(hours), Tz::Africa__Cairo), []);
    }

    #[test]
    fn a_short_weekend_is_not_partial() {
        let week = [(22, 8, 20), (23, 8, 20), (24, 9, 13)];
        assert_eq!(found(&week), [""; 0]);
        let two = [(17, 8, 20), (22, 8, 20), (23, 8, 20), (24, 8, 13)];
        assert_eq!(found(&two), ["24 to 13:00"]);
        let all = [(22, 0, 24), (23, 0, 24), (24, 0, 13)];
        assert_eq!(found(&all), ["24 to 13:00"]);
        // The clock is set back on Sunday.
        let whole = [(23, 0, 24), (24, 0, 24), (25, 0, 24)];
        assert_eq!(found(&whole), [""; 0]);
    }

    /// If each day was compared with all others, this would take minutes.
    #[test]
    fn many_days_are_compared_in_a_short_time() {
        let hours = |day: i64, from: i64| (day * 24 + from) * HOUR;
        let shifts = |day| [(8, 14), (14, 20)].map(|(a, b)| (hours(day, a), hours(day, b)));
        let spans: Vec<Span> = (0..80_000).flat_map(shifts).collect();
        assert_eq!(of(&spans, Tz::UTC), []);
    }
}
