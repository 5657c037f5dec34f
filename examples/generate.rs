//! Writes an aggregates response of any size, the same bytes for the same arguments: for
//! benchmarks, and for trying things out.
//!
//! ```text
//! cargo run --release --example generate -- --megabytes 100 -o large.json
//! ```

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use chrono::{DateTime, Duration, SecondsFormat, Utc};
use clap::Parser;

/// Counters that a queue has in every bucket.
const COUNTERS: [&str; 5] = [
    "nOffered",
    "nConnected",
    "nTransferred",
    "nOutbound",
    "nOverSla",
];
/// Timers, in milliseconds.
const TIMERS: [&str; 10] = [
    "tAnswered",
    "tHandle",
    "tTalk",
    "tTalkComplete",
    "tAcw",
    "tHeld",
    "tHeldComplete",
    "tWait",
    "tAbandon",
    "tAgentResponseTime",
];
/// One in so many metrics is left out where a queue had no such event, without --missing.
const SPARSE: u64 = 8;

/// Writes an aggregates response of any size.
#[derive(Debug, Parser)]
struct Arguments {
    /// How large the output is, about; of each file with --files.
    #[arg(long, default_value_t = 10.0)]
    megabytes: f64,
    /// How many half-hourly buckets each group has.
    #[arg(long, default_value_t = 48)]
    buckets: u64,
    /// Put all buckets into one group.
    #[arg(long)]
    one_group: bool,
    /// Another seed makes other figures.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Indent it as a browser or `jq .` does.
    #[arg(long)]
    pretty: bool,
    /// One response of 1 MB a line.
    #[arg(long)]
    lines: bool,
    /// Write so many files into the folder --output, each with queues of its own.
    #[arg(long)]
    files: Option<u64>,
    /// Write a tenth of the figures with a fraction, such as `4864058.0`, as the API does.
    #[arg(long)]
    floats: bool,
    /// Leave out so many of a hundred metrics.
    #[arg(long)]
    missing: Option<u64>,
    /// Put times in seconds, which are an info, into a bucket of so many groups.
    #[arg(long, default_value_t = 0)]
    infos: u64,
    /// Put a statistic that does not fit, which is a warning, into every bucket.
    #[arg(long)]
    warnings: bool,
    /// Put text where a number belongs, which is an error, into a bucket of every group.
    #[arg(long)]
    errors: bool,
    /// Put a wrong figure into every metric of so many groups.
    #[arg(long, default_value_t = 0)]
    faults: u64,
    #[arg(short, long, default_value = "-")]
    output: PathBuf,
}

/// A generator of even quality that is the same everywhere (SplitMix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (bits ^ (bits >> 31)) % limit
    }
}

/// JSON on its way out, counted, indented or not.
struct Json<W> {
    out: W,
    bytes: u64,
    pretty: bool,
    depth: usize,
    /// Whether something stands in the object or array that is open.
    filled: bool,
}

impl<W: Write> Json<W> {
    fn raw(&mut self, text: &str) -> io::Result<()> {
        self.bytes += text.len() as u64;
        self.out.write_all(text.as_bytes())
    }

    fn line(&mut self) -> io::Result<()> {
        if !self.pretty {
            return Ok(());
        }
        self.raw("\n")?;
        for _ in 0..self.depth {
            self.raw("  ")?;
        }
        Ok(())
    }

    fn open(&mut self, bracket: &str) -> io::Result<()> {
        self.raw(bracket)?;
        self.depth += 1;
        self.filled = false;
        Ok(())
    }

    fn close(&mut self, bracket: &str) -> io::Result<()> {
        self.depth -= 1;
        if self.filled {
            self.line()?;
        }
        self.filled = true;
        self.raw(bracket)
    }

    fn next(&mut self) -> io::Result<()> {
        if self.filled {
            self.raw(",")?;
        }
        self.filled = true;
        self.line()
    }

    fn key(&mut self, key: &str) -> io::Result<()> {
        self.next()?;
        let gap = if self.pretty { " " } else { "" };
        self.raw(&format!("\"{key}\":{gap}"))
    }

    fn member(&mut self, key: &str, value: &str) -> io::Result<()> {
        self.key(key)?;
        self.raw(value)
    }

    fn text(&mut self, key: &str, value: &str) -> io::Result<()> {
        self.member(key, &format!("\"{value}\""))
    }
}

struct Generator<'a> {
    arguments: &'a Arguments,
    dice: Dice,
    group: u64,
    /// Whether the bucket to come is the first of its group.
    is_first: bool,
}

impl Generator<'_> {
    /// One response of about so many bytes.
    fn response<W: Write>(&mut self, json: &mut Json<W>, bytes: u64) -> io::Result<()> {
        let end = json.bytes + bytes;
        json.open("{")?;
        json.key("results")?;
        json.open("[")?;
        loop {
            json.next()?;
            self.container(json, end)?;
            if json.bytes >= end {
                break;
            }
        }
        json.close("]")?;
        json.close("}")
    }

    fn container<W: Write>(&mut self, json: &mut Json<W>, end: u64) -> io::Result<()> {
        self.group += 1;
        self.is_first = true;
        json.open("{")?;
        json.key("group")?;
        json.open("{")?;
        if !self.arguments.one_group {
            json.text("mediaType", "voice")?;
            let (high, low) = (self.dice.below(1 << 32), self.dice.below(1 << 48));
            let queue = format!(
                "{high:08x}-{:04x}-4{:03x}-8{:03x}-{low:012x}",
                self.group % 65_536,
                self.dice.below(4096),
                self.dice.below(4096)
            );
            json.text("queueId", &queue)?;
        }
        json.close("}")?;
        json.key("data")?;
        json.open("[")?;
        let first = DateTime::<Utc>::UNIX_EPOCH + Duration::days(20_454);
        let mut start = first;
        for bucket in 0.. {
            let done = if self.arguments.one_group {
                json.bytes >= end
            } else {
                bucket == self.arguments.buckets
            };
            if done {
                break;
            }
            json.next()?;
            let next = start + Duration::minutes(30);
            self.bucket(json, start, next)?;
            start = next;
        }
        json.close("]")?;
        json.close("}")
    }

    /// Returns true if the next metric is left out.
    fn is_missing(&mut self) -> bool {
        match self.arguments.missing {
            None => self.dice.below(SPARSE) == 0,
            Some(percent) => self.dice.below(100) < percent,
        }
    }

    fn bucket<W: Write>(
        &mut self,
        json: &mut Json<W>,
        start: DateTime<Utc>,
        end: DateTime<Utc>,
    ) -> io::Result<()> {
        let instant = |time: DateTime<Utc>| time.to_rfc3339_opts(SecondsFormat::Millis, true);
        json.open("{")?;
        json.text("interval", &format!("{}/{}", instant(start), instant(end)))?;
        json.key("metrics")?;
        json.open("[")?;
        let is_first = std::mem::replace(&mut self.is_first, false);
        for name in COUNTERS {
            if !self.is_missing() {
                let count = self.dice.below(500).to_string();
                self.metric(json, name, &[("count", count)])?;
            }
        }
        if self.arguments.warnings {
            metric(
                json,
                "nError",
                &[("count", "1".into()), ("max", "1".into())],
            )?;
        }
        if self.arguments.errors && is_first {
            metric(json, "nError", &[("count", "\"1\"".into())])?;
        }
        if is_first && self.group <= self.arguments.infos {
            let stats = [("count", "3"), ("sum", "900")];
            metric(
                json,
                "tTalk",
                &stats.map(|(stat, value)| (stat, value.into())),
            )?;
        }
        for name in TIMERS {
            if self.is_missing() {
                continue;
            }
            let count = 1 + self.dice.below(60);
            let low = 1_000 + self.dice.below(60_000);
            let high = if count == 1 {
                low
            } else {
                low + self.dice.below(400_000)
            };
            let between = if count > 2 {
                (count - 2) * (low + self.dice.below(high - low + 1))
            } else {
                0
            };
            let sum = if count == 1 {
                low
            } else {
                low + high + between
            };
            let wrong = self.group <= self.arguments.faults;
            let (low, high) = if wrong { (high + 1, low) } else { (low, high) };
            if is_first && self.group <= self.arguments.infos && name == "tTalk" {
                continue;
            }
            self.metric(
                json,
                name,
                &[
                    ("max", high.to_string()),
                    ("min", low.to_string()),
                    ("count", count.to_string()),
                    ("sum", sum.to_string()),
                ],
            )?;
        }
        let all = 1 + self.dice.below(90);
        let part = self.dice.below(all + 1);
        let ratio = part as f64 / all as f64;
        self.metric(
            json,
            "oServiceLevel",
            &[
                ("ratio", format!("{ratio:?}")),
                ("numerator", part.to_string()),
                ("denominator", all.to_string()),
                ("target", "0.8".to_owned()),
            ],
        )?;
        json.close("]")?;
        json.close("}")
    }
}

impl Generator<'_> {
    /// Writes a metric; with `--floats`, a tenth of its whole figures get a fraction.
    fn metric<W: Write>(
        &mut self,
        json: &mut Json<W>,
        name: &str,
        stats: &[(&str, String)],
    ) -> io::Result<()> {
        let mut stats = stats.to_vec();
        if self.arguments.floats {
            for (stat, value) in &mut stats {
                let whole = value.bytes().all(|byte| byte.is_ascii_digit());
                if whole && *stat != "count" && self.dice.below(10) == 0 {
                    value.push_str(".0");
                }
            }
        }
        metric(json, name, &stats)
    }
}

fn metric<W: Write>(json: &mut Json<W>, name: &str, stats: &[(&str, String)]) -> io::Result<()> {
    json.next()?;
    json.open("{")?;
    json.text("metric", name)?;
    json.key("stats")?;
    json.open("{")?;
    for (stat, value) in stats {
        json.member(stat, value)?;
    }
    json.close("}")?;
    json.close("}")
}

fn main() -> io::Result<()> {
    let arguments = Arguments::parse();
    let bytes = (arguments.megabytes * 1e6) as u64;
    let mut generator = Generator {
        arguments: &arguments,
        dice: Dice(arguments.seed),
        group: 0,
        is_first: true,
    };
    let json = |out: Box<dyn Write>| Json {
        out: BufWriter::with_capacity(1 << 20, out),
        bytes: 0,
        pretty: arguments.pretty,
        depth: 0,
        filled: false,
    };
    if let Some(files) = arguments.files {
        std::fs::create_dir_all(&arguments.output)?;
        for number in 0..files {
            let path = arguments.output.join(format!("{number:06}.json"));
            let mut json = json(Box::new(File::create(path)?));
            generator.response(&mut json, bytes)?;
            json.out.flush()?;
        }
        return Ok(());
    }
    let mut json = if arguments.output.as_os_str() == "-" {
        json(Box::new(io::stdout()))
    } else {
        json(Box::new(File::create(&arguments.output)?))
    };
    let one = if arguments.lines {
        1_000_000.min(bytes)
    } else {
        bytes
    };
    while json.bytes < bytes {
        generator.response(&mut json, one)?;
        json.raw("\n")?;
        json.filled = false;
    }
    json.out.flush()
}
