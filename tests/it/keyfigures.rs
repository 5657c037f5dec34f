//! `explain` of key figures, and of codes on a terminal.

use crate::work::Work;

fn explained(what: &str) -> String {
    Work::new().run(&["explain", what]).exits(0).stdout
}

#[test]
fn key_figures_have_a_formula_a_unit_and_a_source() {
    for (names, formula, unit) in [
        (
            &["AHT", "aht", "average handle time"][..],
            "tHandle.sum / tHandle.count",
            "ms (milliseconds)",
        ),
        (
            &["ASA"],
            "tAnswered.sum / tAnswered.count",
            "ms (milliseconds)",
        ),
        (
            &["service-level", "Service level", "sl"],
            "oServiceLevel.numerator / oServiceLevel.denominator",
            "% (percent)",
        ),
        (
            &["abandoned-percent", "abandonment rate"],
            "tAbandon.count / nOffered.count",
            "% (percent)",
        ),
        (
            &["wrap-up", "ACW"],
            "tAcw.sum / tAcw.count",
            "ms (milliseconds)",
        ),
        (&["handled"], "tHandle.count", "count"),
    ] {
        for name in names {
            let page = explained(name);
            assert!(
                page.contains(&format!("formula       {formula}\n")),
                "{page}"
            );
            assert!(page.contains(&format!("unit          {unit}\n")), "{page}");
            assert!(
                page.contains("source        Genesys Cloud Resource Center"),
                "{page}"
            );
        }
    }
    assert!(explained("occupancy").contains("source        convention"));
    let list = explained("figures");
    for name in ["aht ", "asa ", "service-level ", "nps "] {
        assert!(list.lines().any(|line| line.starts_with(name)), "{list}");
    }
    let ran = Work::new().run(&["explain", "servce-level"]).exits(2);
    assert!(
        ran.stderr.contains("did you mean Service level?"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_page_is_rendered_for_a_terminal_and_raw_in_a_pipe() {
    assert!(explained("S001").starts_with("# S001 wrong-type\n"));
    let work = Work::new();
    let page = work
        .run(&["--color", "always", "explain", "S001"])
        .exits(0)
        .stdout;
    assert!(
        page.starts_with("\u{1b}[1;4mS001 wrong-type\u{1b}[0m\n"),
        "{page}"
    );
    assert!(!page.contains("```") && !page.contains("## "), "{page}");
}
