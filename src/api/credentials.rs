//! Credentials from the environment and from `.env`, and which variables they came from.

use std::io;
use std::path::{Path, PathBuf};

use secrecy::SecretString;

use super::Refusal;

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

/// What somebody signs in with, and the names of the variables that held it.
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

/// The variables of the environment, and those of a file for names that the environment lacks.
pub struct Variables {
    environment: Vec<(String, String)>,
    file: Vec<(String, String)>,
    path: PathBuf,
}

/// Why variables could not be read.
#[derive(Debug)]
pub enum VariablesError {
    /// The file that was asked for cannot be read.
    Read(PathBuf, io::Error),
    /// A line of the file is no assignment. The line itself may hold a secret and is not told.
    Syntax(PathBuf),
}

impl Variables {
    /// Reads the environment, and `.env` in the current folder or the file that was named.
    ///
    /// # Errors
    /// A file that was named and is not there, or one that does not read.
    pub fn load(named: Option<&Path>) -> Result<Self, VariablesError> {
        let environment = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .filter(|(name, _)| name.starts_with("GENESYS"))
            .collect();
        let path = named.unwrap_or(Path::new(".env")).to_owned();
        let text = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if named.is_none() && error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(VariablesError::Read(path, error)),
        };
        let mut file = Vec::new();
        for entry in dotenvy::from_read_iter(text.as_slice()) {
            file.push(entry.map_err(|_| VariablesError::Syntax(path.clone()))?);
        }
        Ok(Self {
            environment,
            file,
            path,
        })
    }

    /// The value of a variable, and the words for where it was; an empty one counts as none.
    pub fn get<'v>(&'v self, name: &str) -> Option<(&'v str, String)> {
        let find = |list: &'v [(String, String)]| {
            let entry = list.iter().find(|(known, _)| known == name);
            entry
                .map(|(_, value)| value.trim())
                .filter(|value| !value.is_empty())
        };
        if let Some(value) = find(&self.environment) {
            return Some((value, name.to_owned()));
        }
        let value = find(&self.file)?;
        Some((value, format!("{name} ({})", self.path.display())))
    }

    /// The first of several names that has a value.
    pub fn first(&self, names: &[&str]) -> Option<(&str, String)> {
        names.iter().find_map(|name| self.get(name))
    }

    /// What to sign in with.
    ///
    /// # Errors
    /// Words for what is missing.
    pub fn credentials(&self) -> Result<Credentials, Refusal> {
        let mut half = None;
        for (id, secret) in PAIRS {
            match (self.get(id), self.get(secret)) {
                (Some((id, id_named)), Some((secret, secret_named))) => {
                    return Ok(Credentials::Client {
                        id: id.into(),
                        secret: secret.into(),
                        named: format!("{id_named} and {secret_named}"),
                    });
                }
                (Some(_), None) => half = half.or(Some((id, secret))),
                (None, Some(_)) => half = half.or(Some((secret, id))),
                (None, None) => {}
            }
        }
        if let Some((token, named)) = self.get(TOKEN) {
            return Ok(Credentials::Token {
                token: token.into(),
                named,
            });
        }
        let message = match half {
            Some((there, missing)) => format!("{there} is set, but {missing} is not"),
            None => format!(
                "no credentials: neither {} and {} nor {TOKEN} are set, in the environment or in {}",
                PAIRS[0].0,
                PAIRS[0].1,
                self.path.display()
            ),
        };
        Err(Refusal::new(message).help(format!(
            "create an OAuth client of the grant type Client Credentials in Genesys Cloud (Admin > \
             Integrations > OAuth), and set {} and {}, and GENESYS_ENVIRONMENT to its region's \
             domain; {} and {} work as well as {} and {}",
            PAIRS[0].0, PAIRS[0].1, PAIRS[1].0, PAIRS[1].1, PAIRS[2].0, PAIRS[2].1
        )))
    }
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
    fn the_environment_wins_and_names_are_remembered() {
        let both = Variables::of(
            &[("GENESYS_CLIENT_ID", "a"), ("GENESYS_CLIENT_SECRET", "")],
            &[("GENESYS_CLIENT_ID", "b"), ("GENESYS_CLIENT_SECRET", "s")],
        );
        let credentials = both.credentials().unwrap();
        assert_eq!(
            credentials.named(),
            "GENESYS_CLIENT_ID and GENESYS_CLIENT_SECRET (.env)"
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
    fn what_is_missing_is_named() {
        let none = Variables::of(&[], &[]).credentials().unwrap_err();
        assert!(
            none.message.contains("GENESYS_CLIENT_ID"),
            "{}",
            none.message
        );
        assert!(none.help.unwrap().contains("Admin > Integrations > OAuth"));
        let half = Variables::of(&[("GENESYS_CLIENT_SECRET", "b")], &[]).credentials();
        assert_eq!(
            half.unwrap_err().message,
            "GENESYS_CLIENT_SECRET is set, but GENESYS_CLIENT_ID is not"
        );
    }
}
