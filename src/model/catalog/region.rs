//! The regions of Genesys Cloud and their domains.

use std::sync::LazyLock;

use super::{nearest, rows};

static REGIONS: LazyLock<Vec<(&'static str, &'static str)>> = LazyLock::new(|| {
    rows(include_str!("regions.csv"))
        .map(<(_, _)>::from)
        .collect()
});

/// The domain that a user's word means: a domain, the name of a region, or an address of it.
pub fn domain(text: &str) -> Option<&'static str> {
    let lower = text.trim().to_ascii_lowercase();
    let host = lower.strip_prefix("https://").unwrap_or(&lower);
    let host = host.trim_end_matches('/');
    let bare = ["api.", "login.", "apps."]
        .iter()
        .find_map(|prefix| host.strip_prefix(prefix))
        .unwrap_or(host);
    // People write region names with underscores too.
    let region = bare.replace('_', "-");
    REGIONS
        .iter()
        .find(|(name, domain)| *domain == bare || *name == region)
        .map(|(_, domain)| *domain)
}

/// The domain or region that a mistyped one may have meant.
pub fn nearest_name(text: &str) -> Option<&'static str> {
    let names = REGIONS.iter().flat_map(|(name, domain)| [*name, *domain]);
    nearest(text, names)
}

/// Every domain with the name of its region.
pub fn all() -> &'static [(&'static str, &'static str)] {
    &REGIONS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_for_a_region_lead_to_its_domain() {
        assert_eq!(all().len(), 17);
        for word in [
            "mypurecloud.de",
            "eu-central-1",
            "EU_CENTRAL_1",
            "https://api.mypurecloud.de/",
            "apps.mypurecloud.de",
        ] {
            assert_eq!(domain(word), Some("mypurecloud.de"), "{word}");
        }
        assert_eq!(domain("mypurecloud.org"), None);
        assert_eq!(nearest_name("eu-central-3"), Some("eu-central-1"));
    }
}
