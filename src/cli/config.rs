//! `gcagg.toml`: the settings of a project or a user, each with its line.

use std::borrow::Cow;
use std::ffi::OsString;
use std::ops::Range;
use std::path::{Path, PathBuf};

use clap::ArgAction;
use etcetera::BaseStrategy as _;
use serde_json::Value;
use toml::de::{DeTable, DeValue};

use crate::{Error, Levels, LintLevels, nearest, unreadable};

use super::args::Shared;
use super::sections::{self, CommandOption, SECTIONS};

/// The name of the file.
pub const NAME: &str = "gcagg.toml";

/// The type of a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SettingKind {
    /// Codes, names, letters, `warnings` or `all`.
    Levels,
    List,
    Text,
    /// A file, relative to the folder of the settings.
    Path,
    Number,
}

/// Every setting by its table and its key, except the options of [`SECTIONS`].
pub const SETTINGS: &[(&str, &str, SettingKind)] = &[
    ("", "select", SettingKind::Levels),
    ("", "ignore", SettingKind::Levels),
    ("", "deny", SettingKind::Levels),
    ("", "warn", SettingKind::Levels),
    ("", "allow", SettingKind::Levels),
    ("validate", "schema", SettingKind::Path),
    ("validate", "baseline", SettingKind::Path),
    ("validate", "max-shown", SettingKind::Number),
    ("validate", "timezone", SettingKind::Text),
    ("validate", "expect-dims", SettingKind::List),
    ("validate", "expect-metrics", SettingKind::List),
    ("validate", "expect-interval", SettingKind::Text),
    ("validate", "expect-granularity", SettingKind::Text),
    ("validate", "min-rows", SettingKind::Number),
];

/// A setting of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    pub table: &'static str,
    pub key: &'static str,
    pub value: Value,
    pub line: usize,
}

/// The settings of one file, or none.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// The file.
    pub path: Option<PathBuf>,
    pub settings: Vec<Setting>,
}

impl Config {
    /// Finds and reads the file: the one that `--config` names, else the nearest one in the working
    /// folder and the folders above it, else the user's file.
    pub fn load(shared: &Shared) -> Result<Self, Error> {
        let found = || places().into_iter().find(|path| path.is_file());
        let path = shared.config.clone().or_else(found);
        let Some(path) = path.filter(|_| !shared.no_config) else {
            return Ok(Self::default());
        };
        let text = std::fs::read_to_string(&path).map_err(|error| {
            let refused = unreadable(&path, &error);
            match refused.suggestion() {
                Some(_) => refused,
                None => refused.help(
                    "--config FILE names a settings file; --no-config ignores all settings files",
                ),
            }
        })?;
        Self::parse(&text, path, shared.config.is_some())
    }

    /// Reads the text of the file at `path`. `is_named` is true if `--config` names it.
    pub fn parse(text: &str, path: PathBuf, is_named: bool) -> Result<Self, Error> {
        let mut reader = SettingsReader {
            text,
            path: &path,
            is_named,
            settings: Vec::new(),
        };
        let table = DeTable::parse(text).map_err(|error| {
            let span = error.span().unwrap_or_default();
            reader.fault(span, format!("not TOML: {}", error.message().trim_end()))
        })?;
        reader.table("", table.get_ref())?;
        let mut settings = reader.settings;
        settings.sort_by_key(|setting| setting.line);
        Ok(Self {
            settings,
            path: Some(path),
        })
    }

    /// The command line options that have the same effect as a setting.
    pub fn arguments(&self, setting: &Setting) -> Vec<OsString> {
        let option = sections::find(setting.table, setting.key);
        let is_path = match option {
            Some(option) => option.is_path(),
            None => kind(setting.table, setting.key) == Some(SettingKind::Path),
        };
        let is_list =
            option.is_none_or(|option| matches!(option.arg.get_action(), ArgAction::Append));
        let folder = self.path.as_deref().and_then(Path::parent);
        let one = |value: &str| {
            let mut argument = OsString::from(format!("--{}=", setting.key));
            match folder {
                Some(folder) if is_path && value != "-" => argument.push(folder.join(value)),
                _ => argument.push(value),
            }
            argument
        };
        match &setting.value {
            Value::Bool(true) => vec![OsString::from(format!("--{}", setting.key))],
            Value::String(text) => vec![one(text)],
            Value::Number(number) => vec![one(&number.to_string())],
            Value::Array(list) => {
                let texts = list.iter().filter_map(Value::as_str);
                match is_list {
                    true => texts.map(one).collect(),
                    false => vec![one(&texts.collect::<Vec<_>>().join(","))],
                }
            }
            _ => Vec::new(),
        }
    }

    /// The levels that are set.
    pub fn levels(&self) -> LintLevels {
        let mut levels = LintLevels::default();
        for setting in self.settings.iter().filter(|it| it.table.is_empty()) {
            let texts = setting.value.as_array().into_iter().flatten();
            if let Some(list) = levels.list(setting.key) {
                list.extend(texts.filter_map(Value::as_str).map(str::to_owned));
            }
        }
        levels
    }
}

/// The possible paths of the file, the nearest first.
pub fn places() -> Vec<PathBuf> {
    let mut places = Vec::new();
    if let Ok(folder) = std::env::current_dir() {
        places.extend(folder.ancestors().map(|folder| folder.join(NAME)));
    }
    if let Ok(strategy) = etcetera::choose_base_strategy() {
        places.push(strategy.config_dir().join("gcagg").join(NAME));
    }
    places
}

struct SettingsReader<'t> {
    text: &'t str,
    path: &'t Path,
    is_named: bool,
    settings: Vec<Setting>,
}

impl SettingsReader<'_> {
    fn table(&mut self, name: &'static str, table: &DeTable<'_>) -> Result<(), Error> {
        // In the order of the file, so that the first fault is reported.
        let mut entries: Vec<_> = table.iter().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        for (key, value) in entries {
            let word: &Cow<'_, str> = key.get_ref();
            let known = SETTINGS
                .iter()
                .find(|(table, key, _)| *table == name && key == word);
            if let Some((table, key, kind)) = known {
                self.setting(table, key, *kind, value.get_ref(), value.span())?;
            } else if let Some(option) = sections::find(name, word) {
                if option.needs_named_file() && !self.is_named {
                    return Err(self.unnamed(option, key.span()));
                }
                self.option(option, value.get_ref(), value.span())?;
            } else if name.is_empty()
                && let Some(inner) = tables().find(|table| table == word)
            {
                match value.get_ref() {
                    DeValue::Table(table) => self.table(inner, table)?,
                    other => {
                        let words = format!("`{word}` must be a table, not {}", article(other));
                        return Err(self
                            .fault(value.span(), words)
                            .help(format!("write [{inner}] above its settings")));
                    }
                }
            } else {
                return Err(self.unknown(name, word, key.span()));
            }
        }
        Ok(())
    }

    fn setting(
        &mut self,
        table: &'static str,
        key: &'static str,
        kind: SettingKind,
        value: &DeValue<'_>,
        span: Range<usize>,
    ) -> Result<(), Error> {
        let read = match (kind, value) {
            (SettingKind::Levels | SettingKind::List, DeValue::Array(array)) => {
                let mut list = Vec::new();
                for item in array.iter() {
                    let DeValue::String(text) = item.get_ref() else {
                        let words = format!(
                            "`{key}` must be a list of strings, and this element is {}",
                            article(item.get_ref())
                        );
                        return Err(self.fault(item.span(), words));
                    };
                    if kind == SettingKind::Levels {
                        self.level(key, text, item.span())?;
                    }
                    list.push(Value::from(text.to_string()));
                }
                Value::Array(list)
            }
            (SettingKind::Levels | SettingKind::List, _) => {
                return Err(self
                    .fault(span, wrong(key, "a list of strings", value))
                    .help(format!("write {key} = [\"...\"]")));
            }
            (SettingKind::Text | SettingKind::Path, DeValue::String(text)) => {
                Value::from(text.to_string())
            }
            (SettingKind::Text | SettingKind::Path, _) => {
                return Err(self.fault(span, wrong(key, "a string", value)));
            }
            (SettingKind::Number, DeValue::Integer(number)) => {
                match u64::from_str_radix(number.as_str(), number.radix()) {
                    Ok(number) => Value::from(number),
                    Err(_) => return Err(self.fault(span, format!("`{key}` must be 0 or more"))),
                }
            }
            (SettingKind::Number, _) => {
                return Err(self.fault(span, wrong(key, "an integer", value)));
            }
        };
        let line = self.place(span.start).0;
        self.settings.push(Setting {
            table,
            key,
            value: read,
            line,
        });
        Ok(())
    }

    /// Reads an option of a command. It is refused if the command line would refuse it.
    fn option(
        &mut self,
        option: &'static CommandOption,
        value: &DeValue<'_>,
        span: Range<usize>,
    ) -> Result<(), Error> {
        let read = match (option.arg.get_action(), value) {
            (ArgAction::SetTrue, DeValue::Boolean(flag)) => Value::Bool(*flag),
            (ArgAction::SetTrue, _) => {
                return Err(self.fault(span, wrong(&option.name, "true or false", value)));
            }
            (_, DeValue::Array(array)) => {
                let items = array.iter().map(|item| scalar(item.get_ref()));
                match items.collect::<Option<Vec<String>>>() {
                    Some(list) => Value::from(list),
                    None => {
                        let words = format!("`{}` must be a list of strings", option.name);
                        return Err(self.fault(span, words));
                    }
                }
            }
            (_, value) => match scalar(value) {
                Some(text) => Value::from(text),
                None => return Err(self.fault(span, wrong(&option.name, "a string", value))),
            },
        };
        let list = read
            .as_array()
            .map_or(std::slice::from_ref(&read), Vec::as_slice);
        let mut texts = list.iter().filter_map(Value::as_str);
        let reads_file = texts.any(|it| option.reads_file(it));
        if reads_file && !self.is_named {
            return Err(self.unnamed(option, span));
        }
        let setting = Setting {
            table: option.section,
            key: &option.name,
            value: read,
            line: self.place(span.start).0,
        };
        let config = Config {
            path: Some(self.path.to_owned()),
            settings: Vec::new(),
        };
        if let Some((words, values)) = option.refusal(&config.arguments(&setting)) {
            let failure = self.fault(span, words);
            return Err(match values {
                Some(values) => failure.help(values),
                None => failure,
            });
        }
        self.settings.push(setting);
        Ok(())
    }

    /// Refuses a setting that is allowed only in a file that `--config` names.
    fn unnamed(&self, option: &CommandOption, span: Range<usize>) -> Error {
        let (name, section) = (&option.name, option.section);
        let words = format!(
            "`{name}` in [{section}] needs --config: a gcagg.toml that was found automatically cannot set outputs, credentials or certificates, or send files"
        );
        self.fault(span, words).help(format!(
            "pass --{name} on the command line, or name the file: --config {}",
            self.path.display()
        ))
    }

    /// Refuses a level that the command line would refuse, with the line of the file.
    fn level(&self, key: &str, wish: &str, span: Range<usize>) -> Result<(), Error> {
        let mut requested = LintLevels::default();
        requested
            .list(key)
            .into_iter()
            .for_each(|list| list.push(wish.to_owned()));
        match Levels::resolve(&requested) {
            Ok(_) => Ok(()),
            Err(error) => {
                let help = error.suggestion().unwrap_or_default();
                Err(self.fault(span, error.to_string()).help(help))
            }
        }
    }

    fn unknown(&self, table: &str, word: &str, span: Range<usize>) -> Error {
        let own = keys().filter(|(of, _)| *of == table).map(|(_, key)| key);
        let mut names: Vec<&str> = own.collect();
        if table.is_empty() {
            names.extend(tables());
        }
        let within = match table {
            "" => String::new(),
            table => format!(" in [{table}]"),
        };
        let failure = self.fault(span, format!("unknown setting `{word}`{within}"));
        let elsewhere = keys().find(|(of, key)| *of != table && *key == word);
        match (nearest(word, names.iter().copied()), elsewhere) {
            (_, Some(("", key))) => {
                failure.help(format!("move `{key}` to the top, above all tables"))
            }
            (_, Some((of, key))) => failure.help(format!("move `{key}` below [{of}]")),
            (Some(near), None) => failure.help(format!("did you mean `{near}`?")),
            (None, None) => failure.help(format!("the settings are {}", names.join(", "))),
        }
    }

    fn fault(&self, span: Range<usize>, words: String) -> Error {
        let (line, column) = self.place(span.start);
        Error::usage(format!("{}:{line}:{column}: {words}", self.path.display()))
    }

    fn place(&self, offset: usize) -> (usize, usize) {
        let before = self.text.get(..offset).unwrap_or(self.text);
        let line = before.rsplit('\n').next().unwrap_or_default();
        (before.matches('\n').count() + 1, line.chars().count() + 1)
    }
}

/// The type of a setting of [`SETTINGS`].
fn kind(table: &str, key: &str) -> Option<SettingKind> {
    let mut known = SETTINGS.iter();
    let found = known.find(|(of, name, _)| *of == table && *name == key);
    found.map(|(.., kind)| *kind)
}

/// The tables of the file, each for a command.
pub fn tables() -> impl Iterator<Item = &'static str> {
    ["validate"].into_iter().chain(SECTIONS.iter().copied())
}

/// Every setting by its table and its key.
pub fn keys() -> impl Iterator<Item = (&'static str, &'static str)> {
    let fixed = SETTINGS.iter().map(|(table, key, _)| (*table, *key));
    let options = sections::options().iter();
    fixed.chain(options.map(|option| (option.section, option.name.as_str())))
}

/// A value as the command line writes it.
fn scalar(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) if number.radix() == 10 => Some(number.as_str().to_owned()),
        DeValue::Float(number) => Some(number.as_str().to_owned()),
        _ => None,
    }
}

fn wrong(key: &str, what: &str, value: &DeValue<'_>) -> String {
    format!("`{key}` must be {what}, not {}", article(value))
}

fn article(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "an integer",
        DeValue::Float(_) => "a number with decimals",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
