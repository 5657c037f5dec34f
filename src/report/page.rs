//! A page of Markdown for a terminal: headings, lists, code and emphasis without their marks.

/// Width of paragraphs.
const WIDTH: usize = 88;

/// The styles of a terminal, as ANSI escape sequences.
const HEADING: &str = "\u{1b}[1;4m";
const BOLD: &str = "\u{1b}[1m";
const CODE: &str = "\u{1b}[36m";
const EMPHASIS: &str = "\u{1b}[3m";
const OFF: &str = "\u{1b}[0m";

/// The page as a terminal shows it, with or without colors.
pub fn rendered(markdown: &str, colors: bool) -> String {
    let mut out = String::new();
    let mut in_code = false;
    for line in markdown.lines() {
        if line.starts_with("```") {
            in_code = !in_code;
        } else if in_code {
            let (on, off) = style(CODE, colors);
            out.push_str(&format!("    {on}{line}{off}\n"));
        } else if line.starts_with('#') {
            let (on, off) = style(HEADING, colors);
            let title = line.trim_start_matches('#').trim_start();
            out.push_str(&format!("{on}{title}{off}\n"));
        } else {
            paragraph(line, colors, &mut out);
        }
    }
    out
}

fn style(on: &'static str, colors: bool) -> (&'static str, &'static str) {
    if colors { (on, OFF) } else { ("", "") }
}

/// A word or a span of code, emphasis and so on: how it looks, and how wide it is.
#[derive(Debug, Default)]
struct Word {
    text: String,
    width: usize,
}

/// A paragraph or the item of a list, wrapped; the lines of an item are indented below its text.
fn paragraph(line: &str, colors: bool, out: &mut String) {
    let indent = match line.find(|char: char| !char.is_ascii_digit() && char != ' ') {
        Some(at) if line[at..].starts_with("- ") => at + 2,
        Some(at) if at > 0 && line[at..].starts_with(". ") => at + 2,
        _ => 0,
    };
    let mut width = 0;
    for (index, word) in words(line, colors).into_iter().enumerate() {
        if width > indent && width + 1 + word.width > WIDTH {
            out.push('\n');
            out.push_str(&" ".repeat(indent));
            width = indent;
        } else if index > 0 {
            out.push(' ');
            width += 1;
        }
        out.push_str(&word.text);
        width += word.width;
    }
    out.push('\n');
}

/// The words of a line with their marks replaced by styles. A mark without its end stays.
fn words(line: &str, colors: bool) -> Vec<Word> {
    let mut words = Vec::new();
    let mut word = Word::default();
    let mut open: Option<&str> = None;
    let mut rest = line;
    while let Some(char) = rest.chars().next() {
        let mark = ["**", "`", "*"].into_iter().find(|mark| {
            let is_open = open.is_none() || open == Some(mark);
            is_open && rest.starts_with(mark)
        });
        if let Some(mark) = mark {
            let behind = &rest[mark.len()..];
            let closes = open == Some(mark);
            if closes || behind.contains(mark) && !behind.starts_with(' ') {
                let (on, off) = style(of(mark), colors);
                word.text.push_str(if closes { off } else { on });
                open = if closes { None } else { Some(mark) };
                rest = behind;
                continue;
            }
        }
        rest = &rest[char.len_utf8()..];
        if char == ' ' {
            let (on, off) = style(open.map_or("", of), colors && open.is_some());
            word.text.push_str(off);
            words.push(std::mem::take(&mut word));
            word.text.push_str(on);
        } else {
            word.text.push(char);
            word.width += 1;
        }
    }
    words.push(word);
    words
}

fn of(mark: &str) -> &'static str {
    match mark {
        "`" => CODE,
        "**" => BOLD,
        _ => EMPHASIS,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_become_styles() {
        let page = "# S001 wrong-type\n\nA *type* of `x y` and **all** 2 * 3.\n\n```json\n{\"a\": 1}\n```\n";
        assert_eq!(
            rendered(page, false),
            "S001 wrong-type\n\nA type of x y and all 2 * 3.\n\n    {\"a\": 1}\n"
        );
        assert_eq!(
            rendered(page, true),
            format!(
                "{HEADING}S001 wrong-type{OFF}\n\nA {EMPHASIS}type{OFF} of {CODE}x{OFF} {CODE}y{OFF} and {BOLD}all{OFF} 2 * 3.\n\n    {CODE}{{\"a\": 1}}{OFF}\n"
            )
        );
    }

    #[test]
    fn long_lines_wrap_below_their_item() {
        let word = "abcdefghi ";
        let page = format!("- {}\n1. short\n", word.repeat(12).trim_end());
        let text = rendered(&page, false);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 3, "{text}");
        assert!(
            lines[1].starts_with("  abc") && lines[2] == "1. short",
            "{text}"
        );
        assert!(lines.iter().all(|line| line.len() <= WIDTH));
    }
}
