//! Credentials from the environment and from `.env`, and which variables they came from.

use std::io;
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret as _, SecretString};

use super::dotenv;
use crate::error::Error;

/// The names of an id and its secret, in the order in which they are looked for.
const PAIRS: [(&str, &str); 3] = [
    ("GENESYS_CLIENT_ID", "GENESYS_CLIENT_SECRET"),
    (
        "GENESYSCLOUD_OAUTHCLIENT_ID",
        "GENESYSCLOUD_OAUTHCLIENT_SECRET",
    ),
    ("GENESYS_CLOUD_CLIENT_ID", "GENESYS_CLOUD_CLIENT_SECRET"),
];
const TOKEN: &str = "GENESYS_ACCESS_TOKEN";

/// The credentials for signing in, and the names of their variables.
#[derive(Debug)]
pub enum Credentials {
    Client {
        id: SecretString,
        secret: SecretString,
        named: String,
    },
    Token {
        token: SecretString,
        named: String,
    },
}

impl Credentials {
    /// The names of the variables, for a sentence.
    pub fn named(&self) -> &str {
        match self {
            Self::Client { named, .. } | Self::Token { named, .. } => named,
        }
    }

    /// Refuses a token that cannot be sent.
    fn checked(self) -> Result<Self, Error> {
        match &self {
            Self::Token { token, named } if !is_word(token.expose_secret()) => Err(Error::usage(
                format!("{named} contains characters that a token cannot have"),
            )
            .help("copy the token again, as one word without quotes")),
            _ => Ok(self),
        }
    }
}

/// The source of a set of variables. The environment is the user's own. A `.env` in the working
/// folder may come from somebody else, with a repository or an archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VariableSource {
    Environment,
    File,
}

/// The sources in the order in which they are asked.
const SOURCES: [VariableSource; 2] = [VariableSource::Environment, VariableSource::File];

/// The variables of the environment, and those of a file.
pub struct Variables {
    environment: Vec<(String, String)>,
    file: Vec<(String, String)>,
    path: PathBuf,
}

impl Variables {
    /// Reads the environment, and `.env` in the current folder or the file that was named.
    pub fn load(named: Option<&Path>) -> Result<Self, Error> {
        let environment = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .filter(|(name, _)| name.starts_with("GENESYS"))
            .collect();
        let path = named.unwrap_or(Path::new(".env")).to_owned();
        let text = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if named.is_none() && error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(Error::io(format!("{}: {error}", path.display()))),
        };
        let file = dotenv::assignments(&text, named.is_some()).map_err(|(line, why)| {
            let shown = path.display();
            Error::usage(format!("{shown}: line {line} cannot be read")).help(why)
        })?;
        Ok(Self {
            environment,
            file,
            path,
        })
    }

    /// The value of a variable in one source, and the words that name it; an empty one counts as
    /// none.
    fn of_source(&self, source: VariableSource, name: &str) -> Option<(&str, String)> {
        let (list, words) = match source {
            VariableSource::Environment => (&self.environment, name.to_owned()),
            VariableSource::File => (&self.file, format!("{name} ({})", self.path.display())),
        };
        let (_, value) = list.iter().find(|(known, _)| known == name)?;
        let value = value.trim();
        (!value.is_empty()).then_some((value, words))
    }

    /// The first of several names that has a value, in the environment under any name before the
    /// file. With it come the words that name the variable.
    pub fn first(&self, names: &[&str]) -> Option<(&str, String)> {
        SOURCES.iter().find_map(|source| {
            let mut names = names.iter();
            names.find_map(|name| self.of_source(*source, name))
        })
    }

    /// Returns true if a source has a value for one of these names.
    pub fn has(&self, source: VariableSource, names: &[&str]) -> bool {
        let mut names = names.iter();
        names.any(|name| self.of_source(source, name).is_some())
    }

    /// The source of the credentials, if there are any.
    pub fn source(&self) -> Option<VariableSource> {
        let mut sources = SOURCES.into_iter();
        sources.find(|source| self.credentials_of(*source).is_some())
    }

    /// The name of the file.
    pub fn file(&self) -> String {
        self.path.display().to_string()
    }

    /// The credentials of one source: the first client whose id and secret are both there, else a token.
    fn credentials_of(&self, source: VariableSource) -> Option<Credentials> {
        let client = PAIRS.iter().find_map(|(id, secret)| {
            let (id, id_named) = self.of_source(source, id)?;
            let (secret, secret_named) = self.of_source(source, secret)?;
            Some(Credentials::Client {
                id: id.into(),
                secret: secret.into(),
                named: format!("{id_named} and {secret_named}"),
            })
        });
        client.or_else(|| {
            let (token, named) = self.of_source(source, TOKEN)?;
            let token = token.into();
            Some(Credentials::Token { token, named })
        })
    }

    /// The first half of a client of which `is` holds, and the other half: an id and its secret, or the
    /// reverse.
    fn half(&self, is: impl Fn(&str, &str) -> bool) -> Option<(&'static str, &'static str)> {
        let mut halves = PAIRS
            .iter()
            .flat_map(|(id, secret)| [(*id, *secret), (*secret, *id)]);
        halves.find(|(here, there)| is(here, there))
    }

    /// A variable that is meant for one of these, which are missing: it is empty, or has a name of its
    /// own.
    fn slip(&self, missing: &[&str]) -> Option<String> {
        let file = self.file();
        let environment = self
            .environment
            .iter()
            .map(|pair| (pair, "the environment"));
        let mut all = environment.chain(self.file.iter().map(|pair| (pair, file.as_str())));
        all.find_map(|((name, value), place)| {
            if missing.contains(&name.as_str()) {
                let is_empty = value.trim().is_empty();
                return is_empty
                    .then(|| format!("{name} in {place} is empty: write its value there"));
            }
            if self.half(|known, _| known == name).is_some() {
                return None;
            }
            let meant = missing.iter().find(|missing| is_meant(name, missing))?;
            Some(format!("{place} has {name}; the name is {meant}"))
        })
    }

    /// The credentials, all from one source. The environment, under any name, comes before the file.
    pub fn credentials(&self) -> Result<Credentials, Error> {
        for source in SOURCES {
            if let Some(credentials) = self.credentials_of(source) {
                return credentials.checked();
            }
            // Before the file is asked on its own.
            let torn = self.half(|here, there| {
                self.has(VariableSource::Environment, &[here])
                    && !self.has(VariableSource::Environment, &[there])
                    && self.has(VariableSource::File, &[there])
            });
            if let Some((here, there)) = torn {
                let file = self.file();
                return Err(Error::usage(format!(
                    "{here} comes from the environment and {there} from {file}: both must come from \
                     one source"
                ))
                .help(format!(
                    "set {there} in the environment too, or unset {here} and keep both in {file}"
                )));
            }
        }
        let half = self
            .half(|here, there| self.first(&[here]).is_some() && self.first(&[there]).is_none());
        let [
            (id, secret),
            (other_id, other_secret),
            (third_id, third_secret),
        ] = PAIRS;
        let (message, missing, help) = match half {
            Some((here, there)) => (
                format!("{here} is set, but {there} is not"),
                vec![there],
                match self.has(VariableSource::File, &[here]) {
                    true => format!("add {there} to {}", self.file()),
                    false => format!("set {there} in the environment too"),
                },
            ),
            None => (
                format!(
                    "no credentials: neither {id} and {secret} nor {TOKEN} are set, in the environment or in {}",
                    self.file()
                ),
                vec![id, secret, TOKEN],
                format!(
                    "create an OAuth client with the grant type Client Credentials in Genesys Cloud (Admin > Integrations > OAuth), and set {id} and {secret}, and GENESYS_ENVIRONMENT to the domain of its region; {other_id} and {other_secret} work too, and so do {third_id} and {third_secret}"
                ),
            ),
        };
        Err(Error::usage(message).help(self.slip(&missing).unwrap_or(help)))
    }
}

/// Prefixes of `CLIENT_ID` in the name of a variable that is meant for ours.
const PREFIXES: [&str; 7] = [
    "",
    "GENESYS",
    "GENESYSCLOUD",
    "GC",
    "PURECLOUD",
    "OAUTH",
    "GENESYSOAUTH",
];

/// Returns true if a variable of another name is meant for this one: `CLIENT_ID` or
/// `GENESYS_CLIENTID` for `GENESYS_CLIENT_ID`, or a typing error.
fn is_meant(name: &str, wanted: &str) -> bool {
    let letters = |text: &str| -> String {
        let letters = text.chars().filter(char::is_ascii_alphanumeric);
        letters.map(|it| it.to_ascii_uppercase()).collect()
    };
    let (name, wanted) = (letters(name), letters(wanted));
    let ending = wanted.strip_prefix("GENESYS").unwrap_or(&wanted);
    let prefix = name.strip_suffix(ending);
    prefix.is_some_and(|prefix| PREFIXES.contains(&prefix))
        || strsim::damerau_levenshtein(&name, &wanted) <= 2
}

/// Returns true if a token can travel in a header.
pub fn is_word(token: &str) -> bool {
    !token.is_empty() && !token.contains(|char: char| char.is_control() || char.is_whitespace())
}

#[cfg(test)]
impl Variables {
    /// Variables as a test wants them.
    pub fn of(environment: &[(&str, &str)], file: &[(&str, &str)]) -> Self {
        let own = |list: &[(&str, &str)]| {
            list.iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect()
        };
        Self {
            environment: own(environment),
            file: own(file),
            path: PathBuf::from(".env"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_and_a_secret_come_from_one_source() {
        let (id, secret) = (PAIRS[0].0, PAIRS[0].1);
        let file = [(id, "b"), (secret, "s")];
        let refused = |environment: &[(&str, &str)], file: &[(&str, &str)]| {
            let refusal = Variables::of(environment, file).credentials().unwrap_err();
            refusal.to_string()
        };
        for (environment, file) in [
            (vec![(id, "a"), (secret, "")], file.to_vec()),
            (vec![(id, "a")], vec![(secret, "s")]),
        ] {
            assert_eq!(
                refused(&environment, &file),
                "GENESYS_CLIENT_ID comes from the environment and GENESYS_CLIENT_SECRET from .env: \
                 both must come from one source"
            );
        }
        assert!(refused(&[(secret, "s")], &[(id, "a")]).starts_with(secret));
        // The half of another client of the environment is no half of this one.
        let both = Variables::of(&[(PAIRS[1].0, "a")], &file);
        let credentials = both.credentials().unwrap();
        assert_eq!(both.source(), Some(VariableSource::File));
        assert_eq!(
            credentials.named(),
            "GENESYS_CLIENT_ID (.env) and GENESYS_CLIENT_SECRET (.env)"
        );
        let words = format!("{credentials:?}");
        assert!(
            words.contains("REDACTED") && !words.contains("\"s\""),
            "{words}"
        );
    }

    #[test]
    fn other_tools_names_and_tokens_serve_too() {
        for (id, secret) in PAIRS {
            let variables = Variables::of(&[(id, "a"), (secret, "b")], &[(TOKEN, "t")]);
            assert!(matches!(
                variables.credentials(),
                Ok(Credentials::Client { .. })
            ));
        }
        let token = Variables::of(&[], &[(TOKEN, "t")]).credentials().unwrap();
        assert_eq!(token.named(), "GENESYS_ACCESS_TOKEN (.env)");
    }

    #[test]
    fn the_environment_comes_first_under_whatever_name() {
        let file = [("GENESYS_CLIENT_ID", "f"), ("GENESYS_CLIENT_SECRET", "f")];
        let named = |environment: &[(&str, &str)]| {
            let variables = Variables::of(environment, &file);
            variables.credentials().unwrap().named().to_owned()
        };
        assert_eq!(named(&[(TOKEN, "t")]), TOKEN);
        let (id, secret) = PAIRS[1];
        assert_eq!(
            named(&[(id, "e"), (secret, "e")]),
            format!("{id} and {secret}")
        );
        assert_eq!(
            named(&[]),
            "GENESYS_CLIENT_ID (.env) and GENESYS_CLIENT_SECRET (.env)"
        );
        let odd = Variables::of(&[(TOKEN, "to ken")], &[]).credentials();
        assert!(odd.unwrap_err().to_string().contains(TOKEN));
    }

    #[test]
    fn what_is_missing_is_named() {
        let none = Variables::of(&[], &[]).credentials().unwrap_err();
        assert!(
            none.to_string().contains("GENESYS_CLIENT_ID"),
            "{}",
            none.to_string()
        );
        assert!(
            none.suggestion()
                .unwrap()
                .contains("Admin > Integrations > OAuth")
        );
        let half = Variables::of(&[("GENESYS_CLIENT_SECRET", "b")], &[]).credentials();
        assert_eq!(
            half.unwrap_err().to_string(),
            "GENESYS_CLIENT_SECRET is set, but GENESYS_CLIENT_ID is not"
        );
    }

    #[test]
    fn slips_are_named() {
        let help = |environment: &[(&str, &str)], file: &[(&str, &str)]| {
            let refused = Variables::of(environment, file).credentials().unwrap_err();
            let help = refused.suggestion().unwrap().to_owned();
            assert!(
                !help.contains("hidden") && !refused.to_string().contains("hidden"),
                "{help}"
            );
            help
        };
        let right = [("GENESYS_CLIENT_ID", "hidden")];
        for (slip, meant) in [
            ("CLIENT_ID", "GENESYS_CLIENT_ID"),
            ("client-secret", "GENESYS_CLIENT_SECRET"),
            ("GENESYS_CLIENTID", "GENESYS_CLIENT_ID"),
            ("GENESYS_CLEINT_ID", "GENESYS_CLIENT_ID"),
            ("GC_CLIENT_SECRET", "GENESYS_CLIENT_SECRET"),
            ("ACCESS_TOKEN", "GENESYS_ACCESS_TOKEN"),
        ] {
            let said = format!("has {slip}; the name is {meant}");
            assert_eq!(help(&[], &[(slip, "hidden")]), format!(".env {said}"));
            assert_eq!(
                help(&[(slip, "hidden")], &[]),
                format!("the environment {said}")
            );
        }
        assert_eq!(
            help(&[], &[right[0], ("CLIENT_SECRET", "hidden")]),
            ".env has CLIENT_SECRET; the name is GENESYS_CLIENT_SECRET"
        );
        assert_eq!(help(&[], &right), "add GENESYS_CLIENT_SECRET to .env");
        assert_eq!(
            help(&right, &[]),
            "set GENESYS_CLIENT_SECRET in the environment too"
        );
        assert_eq!(
            help(&[], &[right[0], ("GENESYS_CLIENT_SECRET", "")]),
            "GENESYS_CLIENT_SECRET in .env is empty: write its value there"
        );
        // Other programs have clients and tokens, too.
        for other in ["GOOGLE_CLIENT_ID", "GITHUB_ACCESS_TOKEN", "HOME"] {
            assert!(help(&[], &[(other, "hidden")]).contains("create an OAuth client"));
        }
    }
}
