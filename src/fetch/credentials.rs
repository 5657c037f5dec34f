//! Credentials from the environment and from `.env`, and which variables they came from.

use std::io;
use std::path::{Path, PathBuf};

use secrecy::SecretString;

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
}

/// The source of a set of variables. The environment is the user's own. A `.env` in the working
/// folder may come from somebody else, with a repository or an archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VariableSource {
    Environment,
    File,
}

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

    /// The value of a variable, and the words that name it: the environment before the file.
    pub fn get(&self, name: &str) -> Option<(&str, String)> {
        self.of_source(VariableSource::Environment, name)
            .or_else(|| self.of_source(VariableSource::File, name))
    }

    /// The first of several names that has a value, in the environment under any name before the
    /// file.
    pub fn first(&self, names: &[&str]) -> Option<(&str, String)> {
        let of = |source| names.iter().find_map(|name| self.of_source(source, name));
        of(VariableSource::Environment).or_else(|| of(VariableSource::File))
    }

    /// Returns true if the environment has a value for one of these names.
    pub fn in_environment(&self, names: &[&str]) -> bool {
        let of = |name: &&str| self.of_source(VariableSource::Environment, name).is_some();
        names.iter().any(of)
    }

    /// The source of the credentials, if there are any.
    pub fn source(&self) -> Option<VariableSource> {
        [VariableSource::Environment, VariableSource::File]
            .into_iter()
            .find(|source| {
                let has = |name: &str| self.of_source(*source, name).is_some();
                has(TOKEN) || PAIRS.iter().any(|(id, secret)| has(id) && has(secret))
            })
    }

    /// The name of the file.
    pub fn file(&self) -> String {
        self.path.display().to_string()
    }

    /// The first client whose id and secret are both in this source.
    fn client(&self, source: VariableSource) -> Option<Credentials> {
        PAIRS.iter().find_map(|(id, secret)| {
            let (id, id_named) = self.of_source(source, id)?;
            let (secret, secret_named) = self.of_source(source, secret)?;
            Some(Credentials::Client {
                id: id.into(),
                secret: secret.into(),
                named: format!("{id_named} and {secret_named}"),
            })
        })
    }

    /// A half that is only in the environment while the other one is only in the file.
    fn torn(&self) -> Option<(&'static str, &'static str)> {
        let only = |source, name: &str, other: &str| {
            self.of_source(source, name).is_some() && self.of_source(source, other).is_none()
        };
        PAIRS.iter().find_map(|(id, secret)| {
            [(*id, *secret), (*secret, *id)]
                .into_iter()
                .find(|(here, there)| {
                    only(VariableSource::Environment, here, there)
                        && self.of_source(VariableSource::File, there).is_some()
                })
        })
    }

    /// The name of a half that is there, and of the other one.
    fn half(&self) -> Option<(&'static str, &'static str)> {
        PAIRS.iter().find_map(|(id, secret)| {
            match (self.get(id).is_some(), self.get(secret).is_some()) {
                (true, false) => Some((*id, *secret)),
                (false, true) => Some((*secret, *id)),
                _ => None,
            }
        })
    }

    /// A variable that is meant for one that is missing: it is empty, or has a name of its own.
    fn slip(&self, missing: Option<&str>) -> Option<String> {
        let wanted = missing.map_or_else(|| vec![PAIRS[0].0, PAIRS[0].1, TOKEN], |name| vec![name]);
        let all = self
            .environment
            .iter()
            .map(|pair| (pair, "the environment".to_owned()));
        let mut all = all.chain(self.file.iter().map(|pair| (pair, self.file())));
        all.find_map(|((name, value), place)| {
            if wanted.contains(&name.as_str()) {
                let is_empty = value.trim().is_empty();
                return is_empty
                    .then(|| format!("{name} in {place} is empty: write its value there"));
            }
            let mut known = PAIRS.iter().flat_map(|(id, secret)| [*id, *secret]);
            if known.any(|known| known == name) {
                return None;
            }
            let meant = wanted.iter().find(|wanted| is_meant(name, wanted))?;
            Some(format!("{place} has {name}; the name is {meant}"))
        })
    }

    /// The credentials, all from one source. The environment, under any name, comes before the file.
    pub fn credentials(&self) -> Result<Credentials, Error> {
        for source in [VariableSource::Environment, VariableSource::File] {
            if let Some(client) = self.client(source) {
                return Ok(client);
            }
            if let Some((token, named)) = self.of_source(source, TOKEN) {
                if !is_word(token) {
                    return Err(Error::usage(format!(
                        "{named} contains characters that a token cannot have"
                    ))
                    .help("copy the token again, as one word without quotes"));
                }
                return Ok(Credentials::Token {
                    token: token.into(),
                    named,
                });
            }
            // Before the file is asked on its own.
            if let (VariableSource::Environment, Some((here, there))) = (source, self.torn()) {
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
        let (there, missing) = self.half().unzip();
        let message = match there.zip(missing) {
            Some((there, missing)) => format!("{there} is set, but {missing} is not"),
            None => format!(
                "no credentials: neither {} and {} nor {TOKEN} are set, in the environment or in {}",
                PAIRS[0].0,
                PAIRS[0].1,
                self.path.display()
            ),
        };
        if let Some(slip) = self.slip(missing) {
            return Err(Error::usage(message).help(slip));
        }
        if let Some((there, missing)) = there.zip(missing) {
            return Err(Error::usage(message).help(
                match self.of_source(VariableSource::File, there) {
                    Some(_) => format!("add {missing} to {}", self.file()),
                    None => format!("set {missing} in the environment too"),
                },
            ));
        }
        Err(Error::usage(message).help(format!(
            "create an OAuth client with the grant type Client Credentials in Genesys Cloud (Admin > Integrations > OAuth), and set {} and {}, and GENESYS_ENVIRONMENT to the domain of its region; {} and {} work too, and so do {} and {}",
            PAIRS[0].0, PAIRS[0].1, PAIRS[1].0, PAIRS[1].1, PAIRS[2].0, PAIRS[2].1
        )))
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
