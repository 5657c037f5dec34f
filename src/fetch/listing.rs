//! Listings of names: queues, users and the like, each saved as one file.

use std::path::Path;

use reqwest::{Method, Url};
use serde_json::Value;

use crate::diagnostic::Code;
use crate::error::Error;
use crate::model::Dialect;

use super::body::{Body, BodyStore};
use super::client::Api;
use super::fault::{RequestContext, RequestError, fault};
use super::hosts;
use super::outline::Outline;
use super::retry::Deadline;
use super::run::FetchOutcome;
use super::save;

/// A listing of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listing {
    /// The name in `--names` and of its file.
    pub name: &'static str,
    /// Its path, with a query where one is needed.
    pub path: &'static str,
    /// The permission that it takes; empty where it takes none.
    pub permission: &'static str,
    /// True if it comes in pages.
    pub is_paged: bool,
}

macro_rules! listings {
    ($($name:ident $path:literal $permission:literal $is_paged:literal;)*) => {
        &[$(Listing {
            name: stringify!($name),
            path: $path,
            permission: $permission,
            is_paged: $is_paged,
        },)*]
    };
}

/// The listings.
pub static LISTINGS: &[Listing] = listings! {
    // Name, path, permission, true for pages.
    queues "/api/v2/routing/queues" "routing:queue:view" true;
    // Those who have left still occur in older buckets.
    users "/api/v2/users?state=any" "" true;
    wrapupcodes "/api/v2/routing/wrapupcodes" "routing:wrapupCode:view" true;
    divisions "/api/v2/authorization/divisions" "" true;
    skills "/api/v2/routing/skills" "" true;
    languages "/api/v2/routing/languages" "" true;
    presences "/api/v2/presence/definitions" "presence:presenceDefinition:view" false;
    flows "/api/v2/flows" "architect:flow:view" true;
    flowoutcomes "/api/v2/flows/outcomes" "architect:flowOutcome:view" true;
    flowmilestones "/api/v2/flows/milestones" "architect:flowMilestone:view" true;
    campaigns "/api/v2/outbound/campaigns" "outbound:campaign:view" true;
};

/// The largest page that every listing allows.
const PAGE: &str = "100";
/// The maximum number of pages; a server with more goes in a circle.
const MOST_PAGES: u64 = 10_000;

impl Listing {
    /// The listing of this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        LISTINGS.iter().find(|listing| listing.name == name)
    }

    /// The address of one of its pages.
    pub fn page(&self, api: &Url, number: u64) -> Url {
        let (path, query) = self.path.split_once('?').unwrap_or((self.path, ""));
        let mut url = hosts::below(api, path);
        if !query.is_empty() {
            url.set_query(Some(query));
        }
        if self.is_paged {
            url.query_pairs_mut()
                .append_pair("pageSize", PAGE)
                .append_pair("pageNumber", &number.to_string());
        }
        url
    }
}

/// Fetches listings one after another, and saves each as one file of the folder. A listing that is
/// forbidden or not there does not keep the others from being saved.
pub fn run(
    api: &Api<'_>,
    listings: &[&'static Listing],
    folder: &Path,
) -> Result<FetchOutcome, Error> {
    save::at(folder, std::fs::create_dir_all(folder))?;
    let mut outcome = FetchOutcome::default();
    for listing in listings {
        match one(api, listing, folder) {
            Ok(bytes) => {
                outcome.saved += 1;
                outcome.bytes += bytes;
            }
            Err(RequestError::Unwritten(unwritten)) => return Err(unwritten),
            Err(RequestError::Fault(fault)) => {
                let code = fault.diagnostic.code;
                outcome.faults.push(api.redacted(fault));
                if !matches!(
                    code,
                    Code::Forbidden | Code::NotFound | Code::RejectedResponse
                ) {
                    break;
                }
            }
        }
        api.progress.done();
    }
    Ok(outcome)
}

fn one(api: &Api<'_>, listing: &Listing, folder: &Path) -> Result<u64, RequestError> {
    let mut asked = RequestContext {
        at: String::new(),
        what: format!("the list of {}", listing.name),
        permission: listing.permission,
        could_be_job: false,
        named: api.auth.named().to_owned(),
        deadline: Deadline::new(&api.policy, api.clock),
    };
    let rejected = |asked: &RequestContext, why: String, help: &str| {
        let message = format!("{}{why}", asked.what);
        RequestError::from(fault(asked, Code::RejectedResponse, message, help))
    };
    let store = BodyStore::new(folder);
    let mut pages: Vec<Body> = Vec::new();
    for number in 1..=MOST_PAGES {
        let url = listing.page(&api.hosts.api, number);
        asked = asked.of(&Method::GET, &url);
        let reply = api.call(&asked, (Method::GET, &url, None), &store)?;
        let Some((is_last, is_empty)) = look(reply.outline.as_ref(), number) else {
            let why = ": the response has no `entities`".to_owned();
            return Err(rejected(&asked, why, NO_LISTING));
        };
        // A page behind the last one says nothing; a listing without entities is one.
        if !is_empty || pages.is_empty() {
            pages.push(store.keep(reply.body).map_err(save::not_kept)?);
        }
        if is_last || is_empty || !listing.is_paged {
            let path = folder.join(format!("{}.json", listing.name));
            let bytes = save::document(&path, &pages, Dialect::Summary)?;
            api.progress
                .detail(&format!("{}: {bytes} bytes", path.display()));
            return Ok(bytes);
        }
    }
    let why = format!(" has more than {MOST_PAGES} pages");
    Err(rejected(
        &asked,
        why,
        "check GENESYS_API_URL; another server may have answered",
    ))
}

const NO_LISTING: &str = "a proxy or a sign-in page may have answered instead of the API: check GENESYS_API_URL and the proxy";

/// Returns true if a page is the last one, and true if it has no entities; `None` if it is no page.
fn look(outline: Option<&Outline>, number: u64) -> Option<(bool, bool)> {
    let outline = outline?;
    let length = outline.elements(Dialect::Summary)?;
    let member = |key: &str| outline.members.get(key);
    let is_last = match member("pageCount").and_then(Value::as_u64) {
        Some(pages) => number >= pages,
        None => member("nextUri").is_none_or(|next| next.is_null() || next == ""),
    };
    Some((is_last, length == 0))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn looked(text: &str, number: u64) -> Option<(bool, bool)> {
        let outline = Outline::of(&Body::of(text.as_bytes()));
        look(outline.ok().as_ref(), number)
    }

    #[test]
    fn pages_say_whether_more_follow() {
        let page = r#"{"entities":[{"id":"a","name":"é"}],"pageNumber":1,"pageCount":2}"#;
        assert_eq!(looked(page, 1), Some((false, false)));
        assert_eq!(looked(page, 2), Some((true, false)));
        for (text, expected) in [
            (r#"{"entities":[]}"#, Some((true, true))),
            (r#"{"entities":[ ],"pageCount":5}"#, Some((false, true))),
            (r#"{"entities":null,"pageCount":0}"#, Some((true, true))),
            (r#"{"entities":[{}],"nextUri":"/x"}"#, Some((false, false))),
            (r#"{"entities":[{}],"nextUri":null}"#, Some((true, false))),
            (r#"{"entities":{}}"#, None),
            (r#"{"results":[]}"#, None),
            ("<html>", None),
        ] {
            assert_eq!(looked(text, 1), expected, "{text}");
        }
    }

    #[test]
    fn every_listing_has_a_name_and_a_path_of_its_own() {
        let api = Url::parse("https://example.com/gate").unwrap();
        let names: HashSet<&str> = LISTINGS.iter().map(|it| it.name).collect();
        let urls: HashSet<Url> = LISTINGS.iter().map(|it| it.page(&api, 1)).collect();
        assert_eq!((names.len(), urls.len()), (LISTINGS.len(), LISTINGS.len()));
        let users = Listing::named("users").unwrap();
        assert_eq!(
            users.page(&api, 3).as_str(),
            "https://example.com/gate/api/v2/users?state=any&pageSize=100&pageNumber=3"
        );
    }
}
