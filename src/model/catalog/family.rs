//! The families of aggregates: their addresses, metrics and dimensions.

use std::sync::LazyLock;

use indexmap::IndexMap;

use super::{DIMENSIONS, METRICS, rows};

/// One family of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Family {
    /// The name that users type, which is the one in the path: `conversations`.
    pub name: &'static str,
    /// The word for it in the other tables: `conversation`.
    pub key: &'static str,
    pub path: &'static str,
    /// The address for the own figures of a user, without a permission; else empty.
    pub own: &'static str,
    /// The permission that the client's role must have; empty where it is not published.
    pub permission: &'static str,
    /// True if there are asynchronous jobs for it.
    pub jobs: bool,
    /// True if `gcagg fetch` can query it. Others have a query language of their own.
    pub fetch: bool,
}

static FAMILIES: LazyLock<Vec<Family>> = LazyLock::new(|| {
    let families = rows(include_str!("families.csv"));
    let families = families.map(|[name, key, path, permission, jobs, fetch, own]| Family {
        name,
        key,
        path,
        own,
        permission,
        jobs: jobs == "yes",
        fetch: fetch == "yes",
    });
    families.collect()
});

pub(super) static FRIENDLY: LazyLock<IndexMap<&'static str, &'static str>> = LazyLock::new(|| {
    rows(include_str!("friendly.csv"))
        .map(<(_, _)>::from)
        .collect()
});

/// Every family, the summary of the tutorial last.
pub fn all() -> &'static [Family] {
    &FAMILIES
}

/// The family of this name.
pub fn find(name: &str) -> Option<&'static Family> {
    FAMILIES.iter().find(|family| family.name == name)
}

/// The metric of a friendly name such as `talkTime`.
pub fn friendly(name: &str) -> Option<&'static str> {
    FRIENDLY.get(name).copied()
}

impl Family {
    /// Returns true if this is the tutorial's endpoint, which answers with summaries and which the
    /// published API does not list.
    pub fn is_summary(&self) -> bool {
        self.name == "summary"
    }

    fn has(&self, families: &str) -> bool {
        families.split('|').any(|family| family == self.key)
    }

    /// The metrics that can be asked for, sorted by name.
    pub fn metrics(&self) -> Vec<&'static str> {
        self.names(METRICS.iter().map(|(name, it)| (*name, it.families)))
    }

    /// The dimensions that can be grouped by and filtered on, sorted by name.
    pub fn dimensions(&self) -> Vec<&'static str> {
        self.names(
            DIMENSIONS
                .iter()
                .map(|(name, (families, _))| (*name, *families)),
        )
    }

    fn names(&self, all: impl Iterator<Item = (&'static str, &'static str)>) -> Vec<&'static str> {
        let own = all.filter(|(_, families)| self.has(families));
        let mut names: Vec<&str> = own.map(|(name, _)| name).collect();
        names.sort_unstable();
        names
    }
}

/// The families that have this metric, by the names that users type.
pub fn homes_of_metric(name: &str) -> Vec<&'static str> {
    let Some(entry) = METRICS.get(name) else {
        return Vec::new();
    };
    let homes = FAMILIES.iter().filter(|family| family.has(entry.families));
    homes.map(|family| family.name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_family_has_what_it_takes() {
        let lines = include_str!("families.csv").lines().count() - 1;
        assert_eq!(all().len(), lines, "a line does not read");
        for family in all() {
            assert!(family.path.starts_with("/api/v2/"), "{family:?}");
            assert!(!family.dimensions().is_empty() || family.is_summary());
        }
        for family in all().iter().filter(|family| family.fetch) {
            assert!(family.path.starts_with("/api/v2/analytics/"), "{family:?}");
            assert!(family.permission.contains(":"), "{family:?}");
            if !family.is_summary() {
                assert!(!family.metrics().is_empty(), "{family:?}");
                assert!(!family.dimensions().is_empty(), "{family:?}");
                assert!(family.path.ends_with("/aggregates/query"), "{family:?}");
            }
        }
        for entry in METRICS.values() {
            for key in entry.families.split('|') {
                assert!(all().iter().any(|family| family.key == key), "{key}");
            }
        }
    }

    #[test]
    fn users_have_three_metrics_and_one_dimension() {
        let users = find("users").unwrap();
        assert_eq!(
            users.metrics(),
            [
                "tAgentRoutingStatus",
                "tOrganizationPresence",
                "tSystemPresence"
            ]
        );
        assert_eq!(users.dimensions(), ["userId"]);
        assert_eq!(homes_of_metric("tSystemPresence"), ["users"]);
    }

    #[test]
    fn families_outside_analytics_are_known_and_not_queried() {
        for (name, metric) in [
            ("learning", "oActivityScore"),
            ("coaching", "nPlannedActivities"),
            ("development", "nOverdueActivities"),
            ("socialmedia", "oSocialAuthors"),
        ] {
            let family = find(name).unwrap();
            assert!(
                !family.fetch && family.metrics().contains(&metric),
                "{name}"
            );
        }
        assert!(find("conversations").unwrap().metrics().len() >= 82);
        assert_eq!(all().iter().filter(|family| family.fetch).count(), 20);
    }

    #[test]
    fn friendly_names_lead_to_metrics_of_conversations() {
        let metrics = find("conversations").unwrap().metrics();
        for metric in FRIENDLY.values() {
            assert!(metrics.contains(metric), "{metric}");
        }
        assert_eq!(friendly("talkTime"), Some("tTalkComplete"));
    }
}
