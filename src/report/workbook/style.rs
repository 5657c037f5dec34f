//! Formats of cells.

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder};

use super::value::Value;

pub const TEXT: u32 = 0x1F2A37;
pub const SOFT: u32 = 0x6B7785;
pub const HEAD: u32 = 0x1F3A5F;
pub const LIGHT: u32 = 0xE6ECF3;
pub const LINE: u32 = 0xE3E8EE;
pub const MET: (u32, u32) = (0x1B6E3C, 0xE1F3E7);
pub const MISSED: (u32, u32) = (0xA32A1E, 0xFBE3E0);
pub const NOTE: (u32, u32) = (0x7A5200, 0xFFF4D6);
/// The colors of series: offered or talk, answered or wrap-up, abandoned or target, hold, other.
pub const SERIES: [u32; 5] = [0x2F6DB5, 0x2A9D8F, 0xC8503C, 0xE0A030, 0xA7B1BE];

/// A time: as minutes and seconds below an hour.
pub const CLOCK: &str = "[<0.0416666666666667]m:ss;[h]:mm:ss";
pub const COUNT: &str = "#,##0";
pub const SHARE: &str = "0.0 %";
pub const TARGET: &str = "0 %";
const RELATIVE: &str = "+0.0 %;-0.0 %;0.0 %";
const POINTS: &str = "+0.0;-0.0;0.0";
const SECONDS: &str = "+#,##0\" s\";-#,##0\" s\";0\" s\"";
const DATE: &str = "ddd d mmm yyyy";
const HOUR: &str = "ddd d mmm yyyy hh:mm";

pub fn base() -> Format {
    Format::new()
        .set_font_name("Calibri")
        .set_font_size(10)
        .set_font_color(Color::RGB(TEXT))
        .set_align(FormatAlign::VerticalCenter)
}

fn lined(format: Format) -> Format {
    format
        .set_border_bottom(FormatBorder::Hair)
        .set_border_bottom_color(Color::RGB(LINE))
}

pub fn colored(format: Format, (text, fill): (u32, u32)) -> Format {
    format
        .set_font_color(Color::RGB(text))
        .set_background_color(Color::RGB(fill))
}

/// The style of the row of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowStyle {
    Body,
    /// A sum of the rows above.
    Total,
    /// A time without data.
    Missing,
    /// The headline of the report.
    Headline,
}

/// The formats of the workbook.
#[derive(Debug)]
pub struct Styles {
    pub title: Format,
    pub soft: Format,
    pub note: Format,
    pub head: Format,
    pub second_head: Format,
    pub section: Format,
}

impl Styles {
    pub fn new() -> Self {
        let head = base()
            .set_bold()
            .set_font_color(Color::White)
            .set_background_color(Color::RGB(HEAD))
            .set_align(FormatAlign::Center)
            .set_text_wrap();
        let second = base()
            .set_bold()
            .set_font_color(Color::RGB(HEAD))
            .set_background_color(Color::RGB(LIGHT))
            .set_align(FormatAlign::Center)
            .set_text_wrap();
        Self {
            title: base()
                .set_bold()
                .set_font_size(18)
                .set_font_color(Color::RGB(HEAD)),
            soft: base().set_font_color(Color::RGB(SOFT)),
            note: colored(base(), NOTE).set_text_wrap().set_indent(1),
            section: base()
                .set_bold()
                .set_font_size(12)
                .set_font_color(Color::RGB(HEAD))
                .set_border_bottom(FormatBorder::Medium)
                .set_border_bottom_color(Color::RGB(HEAD)),
            head,
            second_head: second,
        }
    }

    /// The format of a value.
    pub fn of(&self, value: &Value, row: RowStyle) -> Format {
        let number = match value {
            Value::Empty | Value::Text(_) => None,
            Value::Count(_) => Some(COUNT),
            Value::Share(_) => Some(SHARE),
            Value::Target(share) if (share * 100.0).fract().abs() > 1e-9 => Some(SHARE),
            Value::Target(_) => Some(TARGET),
            Value::Time(_) => Some(CLOCK),
            Value::Points(_) => Some("0.0"),
            Value::Date(_) => Some(DATE),
            Value::Hour(_) => Some(HOUR),
            Value::RelativeChange(_) => Some(RELATIVE),
            Value::PointChange(_) => Some(POINTS),
            Value::SecondChange(_) => Some(SECONDS),
        };
        let mut format = match row {
            RowStyle::Body => lined(base()),
            RowStyle::Headline => lined(base()).set_font_size(12),
            RowStyle::Missing => lined(colored(base(), NOTE)),
            RowStyle::Total => base()
                .set_bold()
                .set_background_color(Color::RGB(LIGHT))
                .set_border_top(FormatBorder::Thin)
                .set_border_top_color(Color::RGB(HEAD)),
        };
        if let Some(number) = number {
            format = format.set_num_format(number);
        }
        match value {
            Value::Date(_) | Value::Hour(_) => format.set_align(FormatAlign::Left),
            Value::Target(_)
            | Value::RelativeChange(_)
            | Value::PointChange(_)
            | Value::SecondChange(_) => {
                let format = format.set_font_color(Color::RGB(SOFT));
                match row {
                    RowStyle::Headline => format.set_font_size(10),
                    _ => format,
                }
            }
            _ => format,
        }
    }
}
