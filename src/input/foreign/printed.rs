//! Objects as programs print them: PowerShell, Java, .NET, JavaScript consoles, and Markdown.

use super::FENCES;
use crate::json::spelling;

/// Returns true for an object printed by PowerShell: by `Write-Output` or string interpolation, or as
/// a list or table of `Format-List` or `Format-Table`.
pub(super) fn is_powershell(head: &str) -> bool {
    let printed =
        head.starts_with("@{") || head.contains("{@{") || head.contains("System.Object[]");
    (printed || is_format_list(head) || is_format_table(head))
        && !head.starts_with("{\"")
        && !head.starts_with("[\"")
}

/// Returns true if the first lines are `Name : value`, with all colons in one column and values
/// that go on behind it.
fn is_format_list(head: &str) -> bool {
    let mut lines = head.lines().take_while(|line| !line.trim().is_empty());
    let colon = |line: &str| {
        let at = line.find(" :")? + 1;
        let (name, value) = (line.get(..at)?, line.get(at + 1..)?);
        let is_name = !name.trim().is_empty()
            && name
                .chars()
                .all(|char| char.is_alphanumeric() || matches!(char, '_' | '-' | ' '));
        (is_name && (value.is_empty() || value.starts_with(' '))).then_some(at)
    };
    let Some((name, column)) = lines.next().and_then(|line| Some((line, colon(line)?))) else {
        return false;
    };
    let goes_on = |line: &str| line.get(..column).is_some_and(|it| it.trim().is_empty());
    let mut count = 1;
    let aligned = lines.all(|line| {
        count += 1;
        colon(line) == Some(column) || goes_on(line)
    });
    let name = name.get(..column).unwrap_or_default().trim_end();
    aligned && (count > 1 || spelling::property(name).is_some())
}

/// Returns true if the second line underlines the names of the first.
fn is_format_table(head: &str) -> bool {
    let mut lines = head.lines();
    let (Some(names), Some(rule)) = (lines.next(), lines.next()) else {
        return false;
    };
    let begins = |line: &str| line.bytes().take_while(|byte| *byte == b' ').count();
    let mut words = rule.split_whitespace();
    rule.contains("--")
        && words.all(|word| word.bytes().all(|byte| byte == b'-'))
        && rule.split_whitespace().count() == names.split_whitespace().count()
        && begins(rule) == begins(names)
}

/// Returns true for the output of `toString` of Java and .NET: the type, and its properties in
/// brackets.
pub(super) fn is_to_string(head: &str) -> bool {
    let named = head.strip_prefix("class ").unwrap_or(head);
    let end = named.find(|char: char| !char.is_alphanumeric() && !matches!(char, '_' | '.' | '`'));
    let (name, rest) = named.split_at(end.unwrap_or(named.len()));
    let last = name.rsplit('.').next().unwrap_or_default();
    // A map of Java has no name.
    if !name.is_empty() && !last.starts_with(|char: char| char.is_ascii_uppercase()) {
        return false;
    }
    let Some(inside) = rest.trim_start().strip_prefix(['{', '(']) else {
        // The type alone is what .NET prints of an object without a text of its own.
        return rest.trim().is_empty() && name.contains(".Model.");
    };
    let inside = inside.trim_start();
    let key = inside.find(|char: char| !char.is_alphanumeric() && char != '_');
    let behind = key.filter(|end| *end > 0).and_then(|end| inside.get(end..));
    let is_mark = |behind: &str| match behind.trim_start().chars().next() {
        Some('=') => true,
        Some(':') => !name.is_empty(),
        _ => false,
    };
    behind.is_some_and(is_mark) || (named.len() < head.len() && inside.starts_with('}'))
}

/// Returns true if a line opens or closes a code block of Markdown.
pub(super) fn is_fence(line: &str) -> bool {
    let line = line.trim();
    FENCES.iter().any(|fence| line.starts_with(fence)) && !line.contains(['{', '['])
}

/// Returns true for an object printed by Node.js or a browser.
pub(super) fn is_console_print(head: &str) -> bool {
    let mut rest = head.trim_start_matches(['{', '[', ' ', '\n', '\r', '\t', '(']);
    if head.starts_with("[object Object]") {
        return true;
    }
    // A key without quotes.
    let key = rest.find(|char: char| !char.is_alphanumeric() && !matches!(char, '_' | '$'));
    rest = key.and_then(|end| rest.get(end..)).unwrap_or_default();
    key.is_some_and(|end| end > 0)
        && rest.trim_start().starts_with(':')
        && ["[Object]", "[Array]", "more item"]
            .iter()
            .any(|mark| head.contains(mark))
}
