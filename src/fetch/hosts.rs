//! The hosts of a region or of a gateway.

use std::net::IpAddr;

use reqwest::Url;

use crate::model::catalog::region;

use super::credentials::{VariableSource, Variables};
use crate::error::Error;

/// The addresses that everything else is below.
#[derive(Debug, Clone)]
pub struct Hosts {
    pub api: Url,
    pub login: Url,
}

const ENVIRONMENT: [&str; 4] = [
    "GENESYS_ENVIRONMENT",
    "GENESYSCLOUD_REGION",
    "GENESYSCLOUD_OAUTHCLIENT_REGION",
    "GENESYS_CLOUD_REGION",
];
const USUAL: &str = "mypurecloud.com";
const API: &str = "GENESYS_API_URL";
const LOGIN: &str = "GENESYS_LOGIN_URL";

impl Hosts {
    /// The hosts that the variables name.
    pub fn of(variables: &Variables) -> Result<Self, Error> {
        let domain = || match variables.first(&ENVIRONMENT) {
            None => Ok(USUAL),
            Some((text, named)) => region::domain(text).ok_or_else(|| unknown(text, &named)),
        };
        let host = |variable: &str, prefix: &str| match variables.first(&[variable]) {
            Some((text, named)) => address(text, &named),
            None => address(&format!("https://{prefix}.{}", domain()?), "the region"),
        };
        Ok(Self {
            api: host(API, "api")?,
            login: host(LOGIN, "login")?,
        })
    }
}

/// Refuses hosts that do not come from the source of the credentials. A `.env` in the working folder
/// must not send a secret of the environment to a host of its own choice.
pub fn check_source(variables: &Variables) -> Result<(), Error> {
    if variables.source() != Some(VariableSource::Environment) {
        return Ok(());
    }
    let is_own = |names: &[&str]| variables.has(VariableSource::Environment, names);
    // The region decides nothing where both addresses are named.
    let region = match is_own(&[API]) && is_own(&[LOGIN]) {
        true => &[][..],
        false => &ENVIRONMENT,
    };
    let names = [&[API][..], &[LOGIN], region].into_iter();
    let mut foreign = names.filter(|names| !is_own(names));
    let Some((_, named)) = foreign.find_map(|names| variables.first(names)) else {
        return Ok(());
    };
    let file = variables.file();
    Err(Error::usage(format!(
        "{named} names a host, but the credentials come from the environment: both must come from \
         one source"
    ))
    .help(format!(
        "if you trust this host, set the variable in the environment too; otherwise remove it from \
         {file}, or use another file with --env-file"
    )))
}

fn unknown(text: &str, named: &str) -> Error {
    let refusal = Error::usage(format!("{named}: {text} is not a region of Genesys Cloud"));
    match region::nearest_name(text) {
        Some(near) => refusal.help(format!("did you mean {near}?")),
        None => {
            let domains: Vec<&str> = region::all().iter().map(|(_, domain)| *domain).collect();
            refusal.help(format!(
                "write one of {}; for a gateway set GENESYS_API_URL and GENESYS_LOGIN_URL",
                domains.join(", ")
            ))
        }
    }
}

/// An address that secrets may be sent to.
fn address(text: &str, named: &str) -> Result<Url, Error> {
    let refused = |why: &str| {
        Err(Error::usage(format!("{named}: {why}"))
            .help("write an address such as https://gateway.example.com/genesys"))
    };
    // The text is not repeated before it is known to hold no password.
    let Ok(url) = Url::parse(text) else {
        return refused("no address");
    };
    if !url.username().is_empty() || url.password().is_some() {
        return refused("an address with a user or a password, which would be printed and saved");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return refused("an address with a query or a fragment");
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_loopback(&url) => Ok(url),
        "http" => {
            refused("http sends secrets in plain text and is only for this machine; use https")
        }
        _ => refused("neither https nor http"),
    }
}

/// Returns true if an address is on this machine.
pub fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || host
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

/// An address below another.
pub fn below(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    url.set_path(&format!("{}{path}", base.path().trim_end_matches('/')));
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(variables: &[(&str, &str)]) -> Result<(String, String), Error> {
        let hosts = Hosts::of(&Variables::of(variables, &[]))?;
        Ok((hosts.api.to_string(), hosts.login.to_string()))
    }

    #[test]
    fn a_region_gives_both_hosts() {
        let pair = |api: &str, login: &str| (api.to_owned(), login.to_owned());
        assert_eq!(
            of(&[]).unwrap(),
            pair(
                "https://api.mypurecloud.com/",
                "https://login.mypurecloud.com/"
            )
        );
        assert_eq!(
            of(&[("GENESYS_ENVIRONMENT", "eu-central-1")]).unwrap(),
            pair(
                "https://api.mypurecloud.de/",
                "https://login.mypurecloud.de/"
            )
        );
        let refusal = of(&[("GENESYS_ENVIRONMENT", "mypurecloud.dee")]).unwrap_err();
        assert_eq!(refusal.suggestion(), Some("did you mean mypurecloud.de?"));
    }

    #[test]
    fn every_region_is_known_by_its_domain_and_its_name() {
        let mut known = 0;
        for (name, domain) in region::all() {
            for (variable, word) in ENVIRONMENT.iter().flat_map(|it| [(it, name), (it, domain)]) {
                let hosts = of(&[(variable, word)]).unwrap();
                assert_eq!(hosts.0, format!("https://api.{domain}/"));
                assert_eq!(hosts.1, format!("https://login.{domain}/"));
            }
            known += 1;
        }
        assert_eq!(known, 17);
    }

    #[test]
    fn a_gateway_needs_no_region() {
        let gateway = [
            ("GENESYS_ENVIRONMENT", "our-own"),
            ("GENESYS_API_URL", "https://a.b"),
            ("GENESYS_LOGIN_URL", "https://a.b"),
        ];
        assert!(of(&gateway).is_ok());
        assert!(of(&gateway[..2]).is_err());
    }

    #[test]
    fn a_file_names_no_host_for_credentials_of_the_environment() {
        let token = ("GENESYS_ACCESS_TOKEN", "t");
        let client = [("GENESYS_CLIENT_ID", "i"), ("GENESYS_CLIENT_SECRET", "s")];
        let region = ("GENESYS_ENVIRONMENT", "mypurecloud.de");
        let (api, login) = (
            ("GENESYS_API_URL", "https://a.b"),
            ("GENESYS_LOGIN_URL", "https://a.b"),
        );
        let other = ("GENESYSCLOUD_REGION", "mypurecloud.ie");
        let named = |environment: &[(&str, &str)], file: &[(&str, &str)]| {
            let refused = check_source(&Variables::of(environment, file)).err()?;
            Some(refused.to_string().split(' ').next()?.to_owned())
        };
        for host in [region, api, login, other] {
            assert_eq!(named(&[token], &[host]).as_deref(), Some(host.0));
            assert_eq!(named(&client, &[host]).as_deref(), Some(host.0));
            // Credentials of the same file, or none that could be sent.
            assert_eq!(named(&[], &[host, token]), None);
            assert_eq!(named(&[], &[host]), None);
            // The environment's own host counts.
            assert_eq!(named(&[token, host], &[host]), None);
        }
        assert_eq!(named(&[token, api], &[login]).as_deref(), Some(login.0));
        assert_eq!(named(&[token, region], &[api]).as_deref(), Some(api.0));
        assert_eq!(named(&[token, other], &[region]), None);
        assert_eq!(named(&[token, api, login], &[region]), None);
        // Credentials of the file do not change where those of the environment are sent.
        let all = [api, login, client[0], client[1]];
        assert_eq!(named(&[token], &all).as_deref(), Some(api.0));
    }

    #[test]
    fn plain_http_is_for_this_machine_only() {
        for fine in [
            "http://127.0.0.1:8080",
            "http://localhost",
            "http://[::1]:1",
            "https://a.b/c",
        ] {
            assert!(of(&[("GENESYS_API_URL", fine)]).is_ok(), "{fine}");
        }
        for wrong in [
            "http://example.com",
            "http://127.0.0.1.example.com",
            "ftp://a",
            "x",
            "https://u:hush@a.b",
            "https://a.b?x=1",
        ] {
            let refusal = of(&[("GENESYS_LOGIN_URL", wrong)]).unwrap_err();
            assert!(!refusal.to_string().contains("hush"), "{refusal:?}");
        }
    }

    #[test]
    fn a_gateway_keeps_its_own_path() {
        let base = Url::parse("https://a.b/genesys/").unwrap();
        assert_eq!(
            below(&base, "/api/v2/x").as_str(),
            "https://a.b/genesys/api/v2/x"
        );
    }
}
