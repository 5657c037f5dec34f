//! The statistics of the API, one line of one table each. A new statistic is a new line here and a
//! property of `stats` in `schemas/aggregates.schema.json`, which a test compares.

use crate::json::spelling;

/// The way in which values of several buckets or groups combine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Merge {
    /// The sum.
    Add,
    /// The smallest.
    Least,
    /// The largest.
    Greatest,
    /// The quotient of the merged `numerator` and `denominator`.
    Quotient,
    /// The value where all are equal, else nothing.
    Equal,
    /// Values cannot be merged.
    Never,
}

/// The reason why values of a statistic cannot be merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unmerged {
    /// Statistics of this kind cannot be merged.
    Never,
    /// The values differ, or some buckets have none.
    Differs,
    /// No bucket, or not every bucket, has both halves of the pair.
    Incomplete,
    /// A value is beyond exact arithmetic.
    TooLarge,
}

macro_rules! stats {
    ($($(#[$doc:meta])* $id:ident $name:literal $kind:ident $merge:ident $unit:ident;)*) => {
        /// A statistic of the API, in the order of the columns.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Stat {
            $($(#[$doc])* $id,)*
        }

        /// The names of the statistics, in the order of the columns.
        pub const STATS: [&str; Stat::ALL.len()] = [$($name,)*];

        impl Stat {
            /// All of them, in the order of the columns.
            pub const ALL: [Self; [$($name,)*].len()] = [$(Self::$id,)*];

            /// The statistic of this name, in the spelling of the API.
            pub fn parse(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Self::$id),)*
                    _ => None,
                }
            }

            /// Returns true if the API declares it as an integer.
            pub fn is_integer(self) -> bool {
                match self {
                    $(Self::$id => stats!(@integer $kind),)*
                }
            }

            /// Returns how values combine.
            pub fn merge(self) -> Merge {
                match self {
                    $(Self::$id => Merge::$merge,)*
                }
            }

            /// Returns true if it has the unit of its metric: a duration if the metric is a timer.
            pub fn has_unit(self) -> bool {
                match self {
                    $(Self::$id => stats!(@unit $unit),)*
                }
            }
        }
    };
    (@integer Integer) => { true };
    (@integer Number) => { false };
    (@unit Metric) => { true };
    (@unit Own) => { false };
}

stats! {
    // Variant, name, number, merging, unit.
    /// Number of events.
    Count "count" Integer Add Own;
    /// The sum of all values.
    Sum "sum" Number Add Metric;
    /// The smallest value.
    Min "min" Number Least Metric;
    /// The largest value.
    Max "max" Number Greatest Metric;
    /// `numerator / denominator`.
    Ratio "ratio" Number Quotient Own;
    /// Events that met a target.
    Numerator "numerator" Number Add Own;
    /// Events of which a target was asked.
    Denominator "denominator" Number Add Own;
    /// The target of the ratio.
    Target "target" Number Equal Own;
    /// A configured figure.
    Current "current" Number Equal Own;
    /// The 95th percentile.
    P95 "p95" Number Never Metric;
    /// The 99th percentile.
    P99 "p99" Number Never Metric;
    /// Number of negative values.
    CountNegative "countNegative" Integer Add Own;
    /// Number of positive values.
    CountPositive "countPositive" Integer Add Own;
    /// A figure whose meaning depends on the metric.
    CalculatedMetricValue "calculatedMetricValue" Number Never Own;
}

impl Stat {
    /// Returns the name in the API.
    pub fn name(self) -> &'static str {
        STATS[self as usize]
    }

    /// Returns the statistic of a key, in any spelling.
    pub fn of_key(key: &str) -> Option<Self> {
        Self::parse(&spelling::camel(key))
    }

    /// Returns the statistic that is needed to merge it: the count of a sum, the denominator of a
    /// numerator, and the numerator of a denominator.
    pub fn partner(self) -> Option<Self> {
        match self {
            Self::Sum => Some(Self::Count),
            Self::Numerator => Some(Self::Denominator),
            Self::Denominator => Some(Self::Numerator),
            _ => None,
        }
    }

    /// Returns its bit in a [`StatSet`].
    fn bit(self) -> u32 {
        1 << self as u32
    }
}

/// A set of statistics.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StatSet(u32);

impl StatSet {
    /// Every statistic.
    pub const ALL: Self = Self((1 << STATS.len()) - 1);

    /// The statistics for which `holds`.
    pub fn of(holds: impl Fn(Stat) -> bool) -> Self {
        let bits = Stat::ALL.into_iter().filter(|stat| holds(*stat));
        Self(bits.map(Stat::bit).sum())
    }

    /// Returns true if it is empty.
    #[inline]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Returns the number of elements.
    #[inline]
    pub fn len(self) -> usize {
        // The numbers of bits of 0 to 15: mostly there are none but the first four statistics.
        const FIRST: u64 = 0x4332_3221_3221_2110;
        match self.0 {
            first @ 0..16 => (FIRST >> (4 * first)) as usize & 7,
            all => all.count_ones() as usize,
        }
    }

    /// Returns true if it contains the statistic.
    #[inline]
    pub fn contains(self, stat: Stat) -> bool {
        self.0 & stat.bit() != 0
    }

    /// Adds a statistic.
    #[inline]
    pub fn insert(&mut self, stat: Stat) {
        self.0 |= stat.bit();
    }

    /// Returns the number of elements before this one, in the order of the columns.
    #[inline]
    pub fn rank(self, stat: Stat) -> usize {
        let before = stat.bit() - 1;
        // Mostly all statistics before it are there, and nothing need be counted.
        match self.0 & before == before {
            true => stat as usize,
            false => (self.0 & before).count_ones() as usize,
        }
    }

    /// Returns the union.
    #[inline]
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Returns the intersection.
    #[inline]
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Returns the difference.
    #[inline]
    #[must_use]
    pub fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Returns its statistics, in the order of the columns.
    #[inline]
    pub fn iter(self) -> impl Iterator<Item = Stat> {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            let stat = Stat::ALL.get(rest.trailing_zeros() as usize).copied();
            rest &= rest.wrapping_sub(1);
            stat
        })
    }
}

/// Returns true if a statistic is named as percentiles are: `p50`, `p99.9`. The API may not have had it
/// when this was built.
pub fn is_percentile(name: &str) -> bool {
    let number = name.strip_prefix('p').unwrap_or_default();
    let is_digit = |byte: u8| byte.is_ascii_digit() || byte == b'.';
    number.starts_with(|first: char| first.is_ascii_digit()) && number.bytes().all(is_digit)
}

/// Returns the sort key of a statistic: those of the API first, later ones by name.
pub fn stat_order(name: &str) -> (usize, &str) {
    let place = Stat::parse(name).map_or(STATS.len(), |stat| stat as usize);
    (place, name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statistics_of_a_set_are_counted() {
        for bits in 0..1 << STATS.len() {
            assert_eq!(StatSet(bits).len(), bits.count_ones() as usize);
        }
    }

    #[test]
    fn the_table_and_the_schema_have_the_same_statistics() {
        let schema = include_str!("../../schemas/aggregates.schema.json");
        let schema: serde_json::Value = serde_json::from_str(schema).unwrap();
        let properties = schema["$defs"]["stats"]["properties"].as_object().unwrap();
        let stat = |key: &String| Stat::of_key(key).unwrap().name();
        let mut names: Vec<&str> = properties.keys().map(stat).collect();
        names.sort_unstable();
        names.dedup();
        let mut expected = STATS;
        expected.sort_unstable();
        assert_eq!(names, expected);
        for stat in Stat::ALL {
            let is_integer = properties[stat.name()].to_string().contains("\"integer\"");
            assert_eq!(is_integer, stat.is_integer(), "{}", stat.name());
        }
    }

    #[test]
    fn sets_keep_the_order_of_the_columns() {
        let mut set = StatSet::default();
        for stat in [Stat::Max, Stat::Count, Stat::P99] {
            set.insert(stat);
        }
        let names: Vec<&str> = set.iter().map(Stat::name).collect();
        assert_eq!(names, ["count", "max", "p99"]);
        assert_eq!((set.len(), set.rank(Stat::P99)), (3, 2));
        for key in ["countNegative", "count_negative", "CountNegative"] {
            assert_eq!(Stat::of_key(key), Some(Stat::CountNegative), "{key}");
        }
        assert_eq!(Stat::of_key("avg"), None);
    }
}
