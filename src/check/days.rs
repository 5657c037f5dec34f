//! The local days on which there are buckets, and those that are missing between them (`T009`).

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike as _, Days, NaiveDate, NaiveTime, TimeZone as _};
use chrono_tz::Tz;

use crate::model::time::{self, DAY, local};

use super::place::BucketPlace;

const SECOND: i64 = 1_000_000_000;
const HOUR: i64 = 3600 * SECOND;

/// The days of a time zone; without one, those of UTC or of the offsets that intervals have.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LocalDays {
    zone: Option<Tz>,
    /// The day that was found last, and its first and its last instant.
    last: Option<(i32, (i64, i64))>,
}

impl LocalDays {
    /// The days of a zone.
    pub fn new(zone: Option<Tz>) -> Self {
        Self { zone, last: None }
    }

    /// Returns true if the zone has this day: a zone that crossed the date line left one out.
    pub fn has(&self, date: NaiveDate) -> bool {
        let zone = self.zone.unwrap_or(Tz::UTC);
        let noon = date.and_hms_opt(12, 0, 0);
        noon.is_none_or(|noon| zone.from_local_datetime(&noon).earliest().is_some())
    }

    /// Takes the zone of others, if this has none.
    pub fn adopt(&mut self, others: Self) {
        if self.zone.is_none() && others.zone.is_some() {
            *self = others;
        }
    }

    /// The day of an instant, counted as [`NaiveDate::num_days_from_ce`] does.
    pub fn of(&mut self, instant: i64) -> i32 {
        if let Some((day, (start, end))) = self.last
            && (start..end).contains(&instant)
        {
            return day;
        }
        let zone = self.zone.unwrap_or(Tz::UTC);
        let date = |instant| {
            let time = DateTime::from_timestamp_nanos(instant).with_timezone(&zone);
            time.date_naive()
        };
        let today = date(instant);
        let midnight = |date: NaiveDate| {
            let time = local(date.and_time(NaiveTime::MIN), zone)?;
            time.timestamp_nanos_opt()
        };
        let start = midnight(today);
        let end = today.checked_add_days(Days::new(1)).and_then(midnight);
        let day = today.num_days_from_ce();
        // A date that the calendar shows twice, or not at all, is not remembered.
        self.last = start.zip(end).map(|span| (day, span));
        day
    }

    /// The first and the last day of a bucket; `text` is its interval, where it is not in UTC.
    fn span(&mut self, (start, end): (i64, i64), text: Option<&str>) -> (i32, i32) {
        let offset = match text.and_then(time::interval) {
            Some((start, _)) if self.zone.is_none() => {
                i64::from(start.time.offset().local_minus_utc()) * SECOND
            }
            _ => 0,
        };
        let (start, end) = (start.saturating_add(offset), end.saturating_add(offset));
        let first = self.of(time::counted_at((start, end), DAY));
        let last = match end.saturating_sub(start) > DAY + HOUR {
            true => self.of(end.saturating_sub(DAY / 2)),
            false => first,
        };
        (first, last.max(first))
    }
}

/// Days with buckets, as ranges that do not touch: by the first day of each, the last, and a bucket
/// of the first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CoveredDays(BTreeMap<i32, (i32, BucketPlace)>);

impl CoveredDays {
    /// Adds the days of a bucket.
    pub fn add(
        &mut self,
        days: &mut LocalDays,
        times: (i64, i64),
        text: Option<&str>,
        place: BucketPlace,
    ) {
        let (first, last) = days.span(times, text);
        self.insert(first, last, place);
    }

    fn insert(&mut self, first: i32, last: i32, place: BucketPlace) {
        let before = self.0.range_mut(..=first).next_back();
        if let Some((start, (until, known))) = before
            && last <= *until
        {
            // Containers come one after another with the same days.
            if *start == first && place < *known {
                *known = place;
            }
            return;
        }
        let (mut from, mut until, mut added) = (first, last, place);
        // What it touches becomes one with it.
        while let Some((&start, _)) = self.0.range(..=last.saturating_add(1)).next_back() {
            let Some(&(other, known)) = self.0.get(&start) else {
                break;
            };
            if other < from.saturating_sub(1) {
                break;
            }
            if start < from || (start == from && known < added) {
                added = known;
            }
            from = from.min(start);
            until = until.max(other);
            self.0.remove(&start);
        }
        self.0.insert(from, (until, added));
    }

    /// Adds the days of later elements.
    pub fn merge(&mut self, other: Self) {
        for (first, (last, place)) in other.0 {
            self.insert(first, last, place);
        }
    }

    /// Changes the places of buckets.
    pub fn places(&mut self, change: &impl Fn(&mut BucketPlace)) {
        let places = self.0.values_mut().map(|(_, place)| place);
        places.for_each(change);
    }

    /// The first day of each range with a bucket of it.
    pub fn starts(&self) -> impl Iterator<Item = (i32, BucketPlace)> {
        self.0.iter().map(|(first, (_, place))| (*first, *place))
    }

    /// Returns the days without buckets between the first and the last of a period, without weekdays
    /// that are always empty in `all` days of the run.
    pub fn missing(&self, all: &Self, period: (i32, i32)) -> Vec<NaiveDate> {
        let is_always_empty = all.always_empty();
        let ranges = self.ranges(period);
        let gaps = ranges.windows(2).flat_map(|pair| pair[0].1 + 1..pair[1].0);
        let gaps = gaps.filter_map(NaiveDate::from_num_days_from_ce_opt);
        gaps.filter(|day| !is_always_empty[weekday(*day)]).collect()
    }

    /// Returns the days of a period before the first bucket and behind the last, without weekdays that
    /// are always empty in `all` days of the run.
    pub fn missing_at_ends(&self, all: &Self, period: (i32, i32)) -> Vec<NaiveDate> {
        let is_always_empty = all.always_empty();
        let ranges = self.ranges(period);
        let Some(((first, _), (_, last))) = ranges.first().zip(ranges.last()) else {
            return Vec::new();
        };
        let ends = (period.0..*first).chain(last + 1..period.1.saturating_add(1));
        let ends = ends.filter_map(NaiveDate::from_num_days_from_ce_opt);
        ends.filter(|day| !is_always_empty[weekday(*day)]).collect()
    }

    /// Returns the last day of the last week, if the data begins on a Monday and lacks only this day, and a week in
    /// `all` days of the run has such a weekday beside the weekday of the last day with data.
    pub fn missing_in_last_week(&self, all: &Self) -> Option<NaiveDate> {
        let ranges = self.ranges((i32::MIN, i32::MAX));
        let first = NaiveDate::from_num_days_from_ce_opt(ranges.first()?.0)?;
        let last = NaiveDate::from_num_days_from_ce_opt(ranges.last()?.1)?;
        let known = all.weekdays_beside(weekday(last));
        let rest = last.iter_days().skip(1).take(6 - weekday(last));
        let mut rest = rest.filter(|day| known[weekday(*day)]);
        let missing = rest.next().filter(|_| rest.next().is_none());
        missing.filter(|_| weekday(first) == 0)
    }

    /// The weekdays with data in weeks that have data on this weekday, Monday first.
    fn weekdays_beside(&self, known: usize) -> [bool; 7] {
        let mut weeks: BTreeMap<i32, [bool; 7]> = BTreeMap::new();
        for (first, last) in self.ranges((i32::MIN, i32::MAX)) {
            // Two weeks include a whole one: more days add nothing, except those at the end.
            let head = first..=last.min(first.saturating_add(13));
            let tail = last.saturating_sub(6).max(first)..=last;
            for day in head.chain(tail) {
                // The first day of the common era is a Monday.
                let (week, at) = ((day - 1).div_euclid(7), (day - 1).rem_euclid(7));
                weeks.entry(week).or_default()[at as usize] = true;
            }
        }
        let weeks = weeks.values().filter(|week| week[known]);
        weeks.fold([false; 7], |found, week| {
            std::array::from_fn(|at| found[at] || week[at])
        })
    }

    /// The parts of the ranges in a period.
    fn ranges(&self, (from, until): (i32, i32)) -> Vec<(i32, i32)> {
        let ranges = self.0.iter().map(|(first, (last, _))| (*first, *last));
        let ranges = ranges.map(|(first, last)| (first.max(from), last.min(until)));
        ranges.filter(|(first, last)| first <= last).collect()
    }

    /// The weekdays that are always empty, Monday first. A weekday that is empty once between others counts
    /// only if it is a Saturday or a Sunday.
    fn always_empty(&self) -> [bool; 7] {
        let ranges = self.ranges((i32::MIN, i32::MAX));
        // Two weeks have each weekday twice: more days add nothing.
        let count = |first: i32, end: i32| {
            let mut counts = [0; 7];
            let days = first..end.min(first.saturating_add(14));
            let days = days.filter_map(NaiveDate::from_num_days_from_ce_opt);
            days.for_each(|day| counts[weekday(day)] += 1);
            counts
        };
        let mut weekdays = [(false, 0); 7];
        for (first, last) in &ranges {
            let own = count(*first, last.saturating_add(1));
            let all = weekdays.iter_mut().zip(own);
            all.for_each(|(it, days)| it.0 |= days > 0);
        }
        for pair in ranges.windows(2) {
            let gap = count(pair[0].1 + 1, pair[1].0);
            let all = weekdays.iter_mut().zip(gap);
            all.for_each(|(it, days)| it.1 += days);
        }
        let weekend = [5, 6];
        let mut found = [false; 7];
        for (at, (has_data, empty)) in weekdays.into_iter().enumerate() {
            found[at] = !has_data && (empty > 1 || weekend.contains(&at));
        }
        found
    }
}

/// The place of the weekday of a day in a week that starts on Monday.
fn weekday(day: NaiveDate) -> usize {
    day.weekday().num_days_from_monday() as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Span;

    fn place(at: usize) -> BucketPlace {
        BucketPlace {
            span: Span::new(at, at),
            document: 0,
            element: 0,
            bucket: 0,
        }
    }

    /// The days of March 2026 that are missing between those with buckets.
    fn missing(days: &[u32]) -> Vec<u32> {
        let mut covered = CoveredDays::default();
        for day in days {
            let date = NaiveDate::from_ymd_opt(2026, 3, *day).unwrap();
            let number = date.num_days_from_ce();
            covered.insert(number, number, place(*day as usize));
        }
        let found = covered.missing(&covered, (i32::MIN, i32::MAX));
        let found = found.into_iter();
        found.map(|date| date.day()).collect()
    }

    #[test]
    fn days_are_missing_unless_their_weekday_is_always_empty() {
        // The second is a Monday.
        assert_eq!(missing(&[2, 3, 4, 6]), [5]);
        assert_eq!(missing(&[6, 4, 3, 2]), [5]);
        assert!(missing(&[5, 6, 9, 10]).is_empty());
        assert!(missing(&[2, 3, 4, 5, 6, 9, 10, 11, 12, 13]).is_empty());
        assert_eq!(missing(&[2, 3, 5, 6, 9, 10, 11, 12, 13]), [4]);
        // Two of three Saturdays.
        assert_eq!(missing(&[2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 16]), [14]);
        // No Wednesday at all in two weeks.
        assert!(missing(&[2, 3, 5, 6, 9, 10, 12, 13]).is_empty());
        assert!(missing(&[4]).is_empty() && missing(&[]).is_empty());
    }

    #[test]
    fn ranges_do_not_depend_on_the_order_of_the_buckets() {
        let spans = [(5, 6), (1, 1), (9, 9), (2, 4), (6, 7), (1, 3), (30, 33)];
        let expected = [(1, 7), (9, 9), (30, 33)];
        for turn in 0..spans.len() {
            let mut turned = spans;
            turned.rotate_left(turn);
            let (mut one, mut two) = (CoveredDays::default(), CoveredDays::default());
            for (at, (first, last)) in turned.into_iter().enumerate() {
                let half = if at % 2 == 0 { &mut one } else { &mut two };
                half.insert(first, last, place(first as usize));
            }
            one.merge(two);
            let ranges = one.0.iter().map(|(first, (last, bucket))| {
                assert_eq!(*bucket, place(*first as usize));
                (*first, *last)
            });
            assert_eq!(ranges.collect::<Vec<_>>(), expected);
        }
    }

    #[test]
    fn a_bucket_lies_in_the_days_of_its_zone() {
        let days = |zone: Option<Tz>, interval: &str| {
            let (start, end) = time::interval(interval).unwrap();
            let nanos = |it: time::Instant| it.time.timestamp_nanos_opt().unwrap();
            let plain = interval.ends_with('Z');
            let text = Some(interval).filter(|_| !plain);
            let (first, last) = LocalDays::new(zone).span((nanos(start), nanos(end)), text);
            let date = |day| NaiveDate::from_num_days_from_ce_opt(day).unwrap().day();
            (date(first), date(last))
        };
        let berlin = Some(Tz::Europe__Berlin);
        let late = "2026-03-02T23:00:00.000Z/2026-03-02T23:30:00.000Z";
        assert_eq!(days(None, late), (2, 2));
        assert_eq!(days(berlin, late), (3, 3));
        let late = "2026-03-03T00:00:00+01:00/2026-03-03T00:30:00+01:00";
        assert_eq!(days(None, late), (3, 3));
        // Whole days of Berlin, Sydney and New York.
        for (day, expected) in [
            (
                "2026-10-24T22:00:00.000Z/2026-10-25T23:00:00.000Z",
                (25, 25),
            ),
            (
                "2026-03-28T23:00:00.000Z/2026-03-29T22:00:00.000Z",
                (29, 29),
            ),
            ("2026-03-01T13:00:00.000Z/2026-03-02T13:00:00.000Z", (2, 2)),
            ("2026-03-02T05:00:00.000Z/2026-03-03T05:00:00.000Z", (2, 2)),
            ("2026-03-01T23:00:00.000Z/2026-03-08T23:00:00.000Z", (2, 8)),
            ("2026-03-02T00:00:00.000Z/2026-03-03T00:00:00.000Z", (2, 2)),
        ] {
            assert_eq!(days(None, day), expected, "{day}");
        }
        assert_eq!(
            days(None, "2026-03-02T08:00:00Z/2026-03-02T08:00:00Z"),
            (2, 2)
        );
    }
}
