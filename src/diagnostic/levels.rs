//! Severities and visibility of findings: `--select`, `--ignore`, `--deny`, `--warn`, `--allow`.

use std::collections::HashMap;

use super::{Code, Diagnostic, Severity, UnreadExtent};
use crate::error::Error;

/// The wish that means all findings that are warnings by default.
const WARNINGS: &str = "warnings";

/// The options for severities; each text is a code, a name, a category letter, `all` or `warnings`.
#[derive(Debug, Clone, Default)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[cfg_attr(feature = "cli", command(next_help_heading = "Findings"))]
pub struct LintLevels {
    /// Report only these findings: codes, names, category letters, warnings or all; errors that
    /// prevent reading are always reported
    #[cfg_attr(feature = "cli", arg(long, value_name = "WHAT", value_delimiter = ','))]
    pub select: Vec<String>,
    /// Do not report these findings; errors that prevent reading are always reported
    #[cfg_attr(feature = "cli", arg(long, value_name = "WHAT", value_delimiter = ','))]
    pub ignore: Vec<String>,
    /// Treat these findings as errors
    #[cfg_attr(feature = "cli", arg(long, value_name = "WHAT", value_delimiter = ','))]
    pub deny: Vec<String>,
    /// Treat these findings as warnings
    #[cfg_attr(feature = "cli", arg(long, value_name = "WHAT", value_delimiter = ','))]
    pub warn: Vec<String>,
    /// Turn these findings off; a code is stronger than its letter, a letter is stronger than all
    #[cfg_attr(feature = "cli", arg(long, value_name = "WHAT", value_delimiter = ','))]
    pub allow: Vec<String>,
}

impl LintLevels {
    /// The names of the options.
    pub const OPTIONS: [&str; 5] = ["select", "ignore", "deny", "warn", "allow"];

    /// The texts of an option, by its name.
    pub fn list(&mut self, option: &str) -> Option<&mut Vec<String>> {
        Some(match option {
            "select" => &mut self.select,
            "ignore" => &mut self.ignore,
            "deny" => &mut self.deny,
            "warn" => &mut self.warn,
            "allow" => &mut self.allow,
            _ => return None,
        })
    }
}

/// The error for text that names no code.
fn unknown(wish: &str, near: Option<&'static str>) -> Error {
    const LIST: &str = "`gcagg explain` lists the codes";
    let error = Error::usage(format!(
        "`{wish}` is not a code, a name, a category letter, `warnings` or `all`"
    ));
    error.help(match near {
        Some(near) => format!("did you mean {near}? {LIST}"),
        None => LIST.to_owned(),
    })
}

/// The error for a code without which data would be lost silently, or a sum would be wrong.
fn fixed(code: Code) -> Error {
    let error = Error::usage(format!("{} ({}) cannot be lowered", code.id(), code.name()));
    error.help(match code.unread() > UnreadExtent::Nothing {
        true => "data with this error cannot be read, so the finding stays an error; `--on-error skip` skips bad parts and counts them".to_owned(),
        false => format!("a sum would be wrong; `gcagg explain {}` says what to do", code.id()),
    })
}

/// The severity of each code, and the findings that are not shown.
///
/// Severities (`--deny`, `--warn`, `--allow`) are facts: they decide which data is bad. `--select`
/// and `--ignore` only hide findings, whose severities stay in force.
#[derive(Debug, Clone, Default)]
pub struct Levels {
    severities: HashMap<Code, LevelChange>,
    hidden: HashMap<Code, LevelChange>,
}

/// The reason why a code does not have its default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LevelChange {
    /// `None` is off.
    pub level: Option<Severity>,
    /// The option that decided.
    pub option: &'static str,
    /// The severity that was set.
    pub wish: String,
    /// The layer that set it.
    pub layer: usize,
}

impl LevelChange {
    /// Returns true if the change is meant for a finding of its code: `warnings` leaves those alone
    /// that are no warnings.
    fn covers(&self, severity: Severity) -> bool {
        self.option == "select" || self.wish != WARNINGS || severity == Severity::Warning
    }
}

impl Levels {
    /// Resolves the options. A code named itself beats its letter, and a letter beats `all` and
    /// `warnings`; among equals the stricter wins.
    ///
    /// # Errors
    /// The first wish that cannot be granted.
    pub fn resolve(requested: &LintLevels) -> Result<Self, Error> {
        Self::resolve_layers(std::slice::from_ref(requested))
    }

    /// Resolves layers of options, such as those of a file and those of the command line: among
    /// equally precise ones the later layer wins, and the last `select` counts alone.
    ///
    /// # Errors
    /// The first wish that cannot be granted.
    pub fn resolve_layers(layers: &[LintLevels]) -> Result<Self, Error> {
        let mut levels = Self::default();
        for (layer, requested) in layers.iter().enumerate() {
            if !requested.select.is_empty() {
                levels.select(&requested.select, layer)?;
            }
        }
        // The rank of what decides a severity, and that of what decides whether it is shown.
        let mut severities: HashMap<Code, (u8, usize)> = HashMap::new();
        let mut shown: HashMap<Code, (u8, usize)> = HashMap::new();
        for (layer, requested) in layers.iter().enumerate() {
            for (option, list, level) in [
                ("allow", &requested.allow, None),
                ("ignore", &requested.ignore, None),
                ("warn", &requested.warn, Some(Severity::Warning)),
                ("deny", &requested.deny, Some(Severity::Error)),
            ] {
                for wish in list {
                    let (rank, codes) = codes(wish)?;
                    let is_fixed = rank > 0 && codes.iter().all(|code| code.is_fixed());
                    for code in codes {
                        if code.is_fixed() && level != Some(Severity::Error) {
                            // These findings cannot be lowered; --ignore does not hide them.
                            if is_fixed && option != "ignore" {
                                return Err(fixed(code));
                            }
                            continue;
                        }
                        let rank = (rank, layer);
                        let wins = |ranks: &mut HashMap<Code, (u8, usize)>| {
                            let wins = ranks.get(&code).is_none_or(|known| *known <= rank);
                            if wins {
                                ranks.insert(code, rank);
                            }
                            wins
                        };
                        let change = LevelChange {
                            level,
                            option,
                            wish: wish.clone(),
                            layer,
                        };
                        if option == "ignore" {
                            if wins(&mut shown) {
                                levels.hidden.insert(code, change);
                            }
                            continue;
                        }
                        // A severity that was asked for is also shown.
                        if wins(&mut shown) {
                            levels.hidden.remove(&code);
                        }
                        if wins(&mut severities) {
                            levels.severities.insert(code, change);
                        }
                    }
                }
            }
        }
        Ok(levels)
    }

    /// Hides what is not selected.
    fn select(&mut self, list: &[String], layer: usize) -> Result<(), Error> {
        let mut selected = Vec::new();
        for wish in list {
            selected.extend(codes(wish)?.1);
        }
        self.hidden.clear();
        for code in Code::ALL {
            if !selected.contains(code) && !code.is_fixed() {
                let change = LevelChange {
                    level: None,
                    option: "select",
                    wish: list.join(","),
                    layer,
                };
                self.hidden.insert(*code, change);
            }
        }
        Ok(())
    }

    /// Returns the reason why a code does not have its default.
    pub fn change(&self, code: Code) -> Option<&LevelChange> {
        self.hidden
            .get(&code)
            .or_else(|| self.severities.get(&code))
    }

    /// Returns true if findings of a code matter: they are shown, or make data bad.
    pub fn is_on(&self, code: Code) -> bool {
        match self.severity(code) {
            None => false,
            Some(Severity::Error) => true,
            Some(_) => self.shows_code(code),
        }
    }

    /// The severity of a code; `None` where it was turned off.
    pub fn severity(&self, code: Code) -> Option<Severity> {
        let level = |change: &LevelChange| self.level(code, change, code.severity());
        self.severities
            .get(&code)
            .map_or(Some(code.severity()), level)
    }

    /// The level that a change gives a finding: what is hidden is not raised, since nobody would
    /// see why.
    fn level(&self, code: Code, change: &LevelChange, own: Severity) -> Option<Severity> {
        let level = change.level?;
        match self.shows_code(code) {
            true => Some(level),
            false => Some(level.min(own)),
        }
    }

    /// Returns true if findings of a code are shown.
    fn shows_code(&self, code: Code) -> bool {
        !self.hidden.contains_key(&code)
    }

    /// Returns true if findings of a code and severity are shown.
    pub fn shows(&self, code: Code, severity: Severity) -> bool {
        let hidden = self.hidden.get(&code);
        hidden.is_none_or(|change| !change.covers(severity))
    }

    /// Gives a finding its severity; `None` where it was turned off, or is hidden and no error.
    /// Hidden errors stay: they decide, and [`Levels::shows`] keeps them from being shown.
    pub fn apply(&self, mut finding: Diagnostic) -> Option<Diagnostic> {
        let is_shown = self.shows(finding.code, finding.severity);
        if let Some(change) = self.severities.get(&finding.code)
            && change.covers(finding.severity)
        {
            finding.severity = self.level(finding.code, change, finding.severity)?;
        }
        (is_shown || finding.severity == Severity::Error).then_some(finding)
    }

    /// Applies the levels to findings.
    pub fn apply_all(&self, findings: &mut Vec<Diagnostic>) {
        if self.severities.is_empty() && self.hidden.is_empty() {
            return;
        }
        let all = std::mem::take(findings).into_iter();
        findings.extend(all.filter_map(|finding| self.apply(finding)));
    }
}

/// The codes that a wish means, and how precisely it names them.
fn codes(wish: &str) -> Result<(u8, Vec<Code>), Error> {
    let of = |rank, keep: &dyn Fn(Code) -> bool| {
        Ok((
            rank,
            Code::ALL
                .iter()
                .copied()
                .filter(|code| keep(*code))
                .collect(),
        ))
    };
    if let Some(code) = Code::parse(wish) {
        return Ok((2, vec![code]));
    }
    match wish {
        "all" => of(0, &|_| true),
        WARNINGS => of(0, &|code| code.severity() == Severity::Warning),
        letter
            if letter.len() == 1 && Code::ALL.iter().any(|code| code.id().starts_with(letter)) =>
        {
            of(1, &|code| code.id().starts_with(letter))
        }
        // Other tools write it in the singular.
        "warning" | "warn" => Err(unknown(wish, Some(WARNINGS))),
        _ => Err(unknown(wish, Code::nearest(wish))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level(requested: &LintLevels, code: Code) -> Option<Severity> {
        Levels::resolve(requested)
            .unwrap()
            .apply(Diagnostic::new(code, ""))
            .map(|finding| finding.severity)
    }

    fn list(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn the_more_precise_wish_wins() {
        let requested = LintLevels {
            deny: list(&["warnings"]),
            allow: list(&["M004"]),
            ..LintLevels::default()
        };
        assert_eq!(level(&requested, Code::UnknownMetric), None);
        assert_eq!(
            level(&requested, Code::UnknownProperty),
            Some(Severity::Error)
        );
        assert_eq!(level(&requested, Code::ShortDayEnd), Some(Severity::Info));
        let requested = LintLevels {
            warn: list(&["T"]),
            ..LintLevels::default()
        };
        assert_eq!(
            level(&requested, Code::BadInterval),
            Some(Severity::Warning)
        );
        let requested = LintLevels {
            select: list(&["S"]),
            ..LintLevels::default()
        };
        assert_eq!(level(&requested, Code::UnknownMetric), None);
        assert_eq!(level(&requested, Code::JsonSyntax), Some(Severity::Error));
        // A hidden error is an error all the same.
        assert_eq!(level(&requested, Code::BadInterval), Some(Severity::Error));
        let levels = Levels::resolve(&requested).unwrap();
        assert!(!levels.shows(Code::BadInterval, Severity::Error));
    }

    #[test]
    fn the_later_layer_wins_among_the_equally_precise() {
        let layers =
            |file: LintLevels, typed: LintLevels| Levels::resolve_layers(&[file, typed]).unwrap();
        let deny = |words| LintLevels {
            deny: list(words),
            ..LintLevels::default()
        };
        let allow = |words| LintLevels {
            allow: list(words),
            ..LintLevels::default()
        };
        let level = |levels: &Levels, code| levels.change(code).unwrap().level;
        let levels = layers(allow(&["M004"]), deny(&["warnings"]));
        assert_eq!(level(&levels, Code::UnknownMetric), None);
        assert_eq!(level(&levels, Code::NoData), Some(Severity::Error));
        let levels = layers(deny(&["M004"]), allow(&["M004"]));
        assert_eq!(level(&levels, Code::UnknownMetric), None);
        assert_eq!(levels.change(Code::UnknownMetric).unwrap().layer, 1);
        let select = |words| LintLevels {
            select: list(words),
            ..LintLevels::default()
        };
        let levels = layers(select(&["M"]), select(&["S"]));
        assert!(levels.is_on(Code::WrongType) && !levels.is_on(Code::UnknownMetric));
    }

    #[test]
    fn what_cannot_be_read_cannot_be_allowed() {
        let requested = LintLevels {
            allow: list(&["J001"]),
            ..LintLevels::default()
        };
        let error = Levels::resolve(&requested).unwrap_err();
        assert_eq!(error.to_string(), "J001 (json-syntax) cannot be lowered");
        let requested = LintLevels {
            ignore: list(&["S01"]),
            ..LintLevels::default()
        };
        let error = Levels::resolve(&requested).unwrap_err();
        let help = error.suggestion().unwrap();
        assert!(help.starts_with("did you mean S001?"), "{help}");
    }
}
