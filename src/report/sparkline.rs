//! Series as one line of text.

const LEVELS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// One character per value, from zero to the greatest; a space where there is none.
pub fn line(values: &[Option<f64>]) -> String {
    let greatest = values.iter().flatten().copied().fold(0.0, f64::max);
    let level = |value: &Option<f64>| match value {
        None => ' ',
        Some(_) if greatest <= 0.0 => LEVELS[0],
        Some(value) => {
            let step = (value.max(0.0) / greatest * 7.0).round() as usize;
            LEVELS[step.min(7)]
        }
    };
    values.iter().map(level).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_levels_between_zero_and_the_greatest() {
        assert_eq!(line(&[Some(0.0), None, Some(7.0), Some(3.5)]), "▁ █▅");
        assert_eq!(line(&[Some(0.0), Some(0.0)]), "▁▁");
        assert_eq!(line(&[]), "");
    }
}
