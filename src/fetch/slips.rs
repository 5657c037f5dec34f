//! Names of variables that are nearly right.

/// What may be in front of `CLIENT_ID` in the name of a variable that is meant for ours.
const PREFIXES: [&str; 7] = [
    "",
    "GENESYS",
    "GENESYSCLOUD",
    "GC",
    "PURECLOUD",
    "OAUTH",
    "GENESYSOAUTH",
];

/// Whether a variable of another name is meant for this one: `CLIENT_ID` or `GENESYS_CLIENTID` for
/// `GENESYS_CLIENT_ID`, or a typing error.
pub fn is_meant(name: &str, wanted: &str) -> bool {
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
