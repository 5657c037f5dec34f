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
    /// This line of the file is no assignment. It may hold a secret, and only its number is told.
    Syntax(PathBuf, usize),
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
        let file = assignments(&text, named.is_some())
            .map_err(|line| VariablesError::Syntax(path.clone(), line))?;
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

    /// The first client whose id and secret are both there.
    fn client(&self) -> Option<Credentials> {
        PAIRS.iter().find_map(|(id, secret)| {
            let ((id, id_named), (secret, secret_named)) = (self.get(id)?, self.get(secret)?);
            Some(Credentials::Client {
                id: id.into(),
                secret: secret.into(),
                named: format!("{id_named} and {secret_named}"),
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

    /// The first of several names that has a value.
    pub fn first(&self, names: &[&str]) -> Option<(&str, String)> {
        names.iter().find_map(|name| self.get(name))
    }

    /// What to sign in with. All that the environment holds comes before what the file holds,
    /// under whatever name.
    ///
    /// # Errors
    /// Words for what is missing.
    pub fn credentials(&self) -> Result<Credentials, Refusal> {
        let environment = Self {
            environment: self.environment.clone(),
            file: Vec::new(),
            path: PathBuf::new(),
        };
        for variables in [&environment, self] {
            if let Some(client) = variables.client() {
                return Ok(client);
            }
            if let Some((token, named)) = variables.get(TOKEN) {
                if !is_word(token) {
                    return Err(Refusal::new(format!(
                        "{named} holds characters that no token has"
                    ))
                    .help("copy the token again, as one word without quotes"));
                }
                return Ok(Credentials::Token {
                    token: token.into(),
                    named,
                });
            }
        }
        let message = match self.half() {
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

/// Whether a token can travel in a header.
pub fn is_word(token: &str) -> bool {
    !token.is_empty() && !token.contains(|char: char| char.is_control() || char.is_whitespace())
}

/// The assignments of a file. A `.env` that nobody named may serve other programs too, so a line of
/// theirs that does not read is passed over; `strict` refuses it.
///
/// # Errors
/// The number of a line that does not read.
fn assignments(text: &[u8], strict: bool) -> Result<Vec<(String, String)>, usize> {
    // As editors on Windows begin a file.
    let bytes = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    // What is no UTF-8 is refused below.
    let text = String::from_utf8_lossy(bytes);
    let mut lines = text.lines().enumerate();
    let mut found = Vec::new();
    for entry in dotenvy::from_read_iter(bytes) {
        let told = match entry {
            Ok(pair) => {
                found.push(pair);
                continue;
            }
            // The line, or what stands behind its `=`.
            Err(dotenvy::Error::LineParse(told, _)) => told,
            Err(_) => return Err(1),
        };
        // A quote that is never closed takes all lines with it.
        let ours = strict || told.contains("GENESYS");
        let told = told.lines().next().unwrap_or_default().trim_end();
        match lines.find(|(_, line)| line.trim_end().ends_with(told)) {
            Some((_, line)) if !ours && !line.contains("GENESYS") => {}
            Some((index, _)) => return Err(index + 1),
            None => return Err(1),
        }
    }
    Ok(found)
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
        assert!(odd.unwrap_err().message.contains(TOKEN));
    }

    #[test]
    fn lines_of_other_programs_are_passed_over() {
        let text = "\u{feff}GENESYS_CLIENT_ID=a\r\nTITLE=My own title\r\n\
                    export GENESYS_CLIENT_SECRET='b #$c'\r\n# done\n";
        let found = assignments(text.as_bytes(), false).unwrap();
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(
            found,
            [
                pair("GENESYS_CLIENT_ID", "a"),
                pair("GENESYS_CLIENT_SECRET", "b #$c")
            ]
        );
        assert_eq!(assignments(text.as_bytes(), true), Err(2));
        for (ours, line) in [
            ("A=1\nGENESYS_CLIENT_SECRET=b c\n", 2),
            ("A=b c\nGENESYS_CLIENT_SECRET=b c\n", 2),
            ("A=1\nNOTE=don't\nGENESYS_CLIENT_ID=a\n", 2),
        ] {
            assert_eq!(assignments(ours.as_bytes(), false), Err(line), "{ours}");
        }
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
