//! Which findings are told, and how much each weighs: `--select`, `--ignore`, `--deny`, `--warn`,
//! `--allow`.

use std::collections::HashMap;

use super::{Code, Diagnostic, Severity};

/// What was asked for, option by option; each text is a code, a name, a category letter, `all` or
/// `warnings`.
#[derive(Debug, Clone, Default)]
pub struct Wishes {
    pub select: Vec<String>,
    pub ignore: Vec<String>,
    pub deny: Vec<String>,
    pub warn: Vec<String>,
    pub allow: Vec<String>,
}

/// A wish that cannot be granted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WishError {
    /// No such code, with the nearest.
    Unknown(String, Option<&'static str>),
    /// A code whose documents cannot be read at all, so that hiding it would lose them in silence.
    Fixed(Code),
}

/// The severity of each code in force; a code that is missing keeps its default.
#[derive(Debug, Clone, Default)]
pub struct Levels {
    /// `None` is off.
    changed: HashMap<Code, Option<Severity>>,
}

impl Levels {
    /// Resolves wishes. A code named itself beats its letter, and a letter beats `all` and
    /// `warnings`; among equals the stricter wins.
    ///
    /// # Errors
    /// The first wish that cannot be granted.
    pub fn resolve(wishes: &Wishes) -> Result<Self, WishError> {
        let mut levels = Self::default();
        let mut ranks: HashMap<Code, u8> = HashMap::new();
        if !wishes.select.is_empty() {
            let mut selected = Vec::new();
            for wish in &wishes.select {
                selected.extend(codes(wish)?.1);
            }
            for code in Code::ALL {
                if !selected.contains(code) && !is_fixed(*code) {
                    levels.changed.insert(*code, None);
                }
            }
        }
        for (list, level) in [
            (&wishes.allow, None),
            (&wishes.ignore, None),
            (&wishes.warn, Some(Severity::Warning)),
            (&wishes.deny, Some(Severity::Error)),
        ] {
            for wish in list {
                let (rank, codes) = codes(wish)?;
                for code in codes {
                    if is_fixed(code) && level != Some(Severity::Error) {
                        if rank == 2 {
                            return Err(WishError::Fixed(code));
                        }
                        continue;
                    }
                    if ranks.get(&code).is_none_or(|known| *known <= rank) {
                        ranks.insert(code, rank);
                        levels.changed.insert(code, level);
                    }
                }
            }
        }
        Ok(levels)
    }

    /// Gives a finding its severity; `None` where it is not told.
    pub fn apply(&self, mut finding: Diagnostic) -> Option<Diagnostic> {
        if let Some(level) = self.changed.get(&finding.code) {
            finding.severity = (*level)?;
        }
        Some(finding)
    }

    /// Applies the levels to the findings from `from` on.
    pub fn apply_from(&self, findings: &mut Vec<Diagnostic>, from: usize) {
        if self.changed.is_empty() {
            return;
        }
        let tail: Vec<Diagnostic> = findings
            .drain(from..)
            .filter_map(|finding| self.apply(finding))
            .collect();
        findings.extend(tail);
    }
}

/// Whether nothing of a document can be read where this is found.
fn is_fixed(code: Code) -> bool {
    matches!(
        code,
        Code::Unreadable
            | Code::EmptyInput
            | Code::ApiErrorBody
            | Code::NotAggregates
            | Code::MixedDialects
            | Code::JsonSyntax
            | Code::Truncated
            | Code::InvalidText
            | Code::TooDeep
            | Code::TrailingData
    )
}

/// The codes that a wish means, and how precisely it names them.
fn codes(wish: &str) -> Result<(u8, Vec<Code>), WishError> {
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
        "warnings" => of(0, &|code| code.severity() == Severity::Warning),
        letter
            if letter.len() == 1 && Code::ALL.iter().any(|code| code.id().starts_with(letter)) =>
        {
            of(1, &|code| code.id().starts_with(letter))
        }
        _ => Err(WishError::Unknown(wish.to_owned(), Code::nearest(wish))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level(wishes: &Wishes, code: Code) -> Option<Severity> {
        Levels::resolve(wishes)
            .unwrap()
            .apply(Diagnostic::new(code, ""))
            .map(|finding| finding.severity)
    }

    fn list(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn the_more_precise_wish_wins() {
        let wishes = Wishes {
            deny: list(&["warnings"]),
            allow: list(&["M004"]),
            ..Wishes::default()
        };
        assert_eq!(level(&wishes, Code::UnknownMetric), None);
        assert_eq!(level(&wishes, Code::UnknownProperty), Some(Severity::Error));
        assert_eq!(level(&wishes, Code::ShortDayEnd), Some(Severity::Info));
        let wishes = Wishes {
            warn: list(&["T"]),
            ..Wishes::default()
        };
        assert_eq!(level(&wishes, Code::BadInterval), Some(Severity::Warning));
        let wishes = Wishes {
            select: list(&["S"]),
            ..Wishes::default()
        };
        assert_eq!(level(&wishes, Code::BadInterval), None);
        assert_eq!(level(&wishes, Code::JsonSyntax), Some(Severity::Error));
    }

    #[test]
    fn what_cannot_be_read_cannot_be_allowed() {
        let wishes = Wishes {
            ignore: list(&["J001"]),
            ..Wishes::default()
        };
        assert_eq!(
            Levels::resolve(&wishes).unwrap_err(),
            WishError::Fixed(Code::JsonSyntax)
        );
        let wishes = Wishes {
            ignore: list(&["S01"]),
            ..Wishes::default()
        };
        assert!(matches!(
            Levels::resolve(&wishes),
            Err(WishError::Unknown(_, Some("S001")))
        ));
    }
}
