//! Small pictures beside figures, as SVG.

/// A bar from 0 to 1 with its target.
pub fn bullet(
    value: f64,
    target: Option<f64>,
    is_met: Option<bool>,
    (width, height): (f64, f64),
) -> String {
    let class = match is_met {
        Some(false) if height > 12.0 => "has bad",
        _ => "has",
    };
    let mut svg = format!(
        "<rect class=\"track\" width=\"{width}\" y=\"4\" height=\"{height}\"/><rect class=\"{class}\" width=\"{:.1}\" y=\"4\" height=\"{height}\"/>",
        value.clamp(0.0, 1.0) * width
    );
    if let Some(target) = target {
        let x = target.clamp(0.0, 1.0) * width;
        svg.push_str(&format!(
            "<path class=\"at\" d=\"M{x:.1} 0v{:.1}\"/>",
            height + 8.0
        ));
    }
    svg
}

/// The labels below a bar from 0 to 1 of a width of 420.
pub fn scale(target: f64, label: &str) -> String {
    let text = |x: f64, anchor: &str, text: &str| {
        format!("<text x=\"{x:.1}\" y=\"37\" text-anchor=\"{anchor}\">{text}</text>")
    };
    let x = target.clamp(0.0, 1.0) * 420.0;
    let mut svg = match x {
        ..320.0 => text(x.max(70.0), "middle", &format!("target {label}")),
        _ => text(x.max(90.0), "end", &format!("target {label}")),
    };
    if x > 130.0 {
        svg.push_str(&text(0.0, "start", "0"));
    }
    if x < 370.0 {
        svg.push_str(&text(420.0, "end", "100 %"));
    }
    svg
}

/// A bar of a part of the greatest value, 84 wide.
pub fn bar(value: f64, greatest: f64) -> String {
    let width = (value / greatest.max(1e-9)).clamp(0.0, 1.0) * 84.0;
    format!("<path d=\"M0 0h{width:.1}v9H0z\"/>")
}

/// Bars of days in a picture of 98 by 30; a day without data is a dashed line.
pub fn bars(values: &[Option<f64>]) -> String {
    let greatest = values.iter().flatten().copied().fold(1e-9, f64::max);
    let step = 98.0 / values.len().max(1) as f64;
    let mut svg = String::new();
    for (at, value) in values.iter().enumerate() {
        let (x, width) = (at as f64 * step, step * 0.85);
        match value {
            Some(value) => {
                let height = (value / greatest).max(0.0) * 30.0;
                svg.push_str(&format!(
                    "<rect x=\"{x:.1}\" y=\"{:.1}\" width=\"{width:.1}\" height=\"{height:.1}\"/>",
                    30.0 - height
                ));
            }
            None => svg.push_str(&format!("<path d=\"M{x:.1} 29h{width:.1}\"/>")),
        }
    }
    svg
}

/// Parts of a sum, stacked to the right; the greatest sum is 110 wide.
pub fn stack(parts: &[Option<f64>], greatest: f64) -> String {
    let mut svg = String::new();
    let mut x = 0.0;
    for (number, part) in parts.iter().enumerate() {
        let width = part.unwrap_or(0.0) / greatest.max(1e-9) * 110.0;
        if width >= 0.05 {
            svg.push_str(&format!(
                "<rect class=\"t{number}\" x=\"{x:.1}\" width=\"{width:.1}\" height=\"10\"/>"
            ));
        }
        x += width;
    }
    svg
}

/// Bars of days in a picture of 84 by 16; a day without data is empty.
pub fn trend(values: &[Option<f64>]) -> String {
    let greatest = values.iter().flatten().copied().fold(1e-9, f64::max);
    let step = 84.0 / values.len().max(1) as f64;
    let mut lines = String::new();
    for (at, value) in values.iter().enumerate() {
        if let Some(value) = value.filter(|it| *it > 0.0) {
            let (x, height) = ((at as f64 + 0.5) * step, value / greatest * 16.0);
            lines.push_str(&format!("M{x:.1} 16v-{height:.1}"));
        }
    }
    format!("<path stroke-width=\"{:.1}\" d=\"{lines}\"/>", step * 0.8)
}
