//! Reads a saved response with the library and prints its table, one row per metric.
//!
//! `cargo run --example rows -- samples/queue-day.json`

use std::io;

fn main() -> Result<(), gcagg::Error> {
    let path = std::env::args().nth(1);
    let path = path.unwrap_or_else(|| "samples/queue-day.json".to_owned());
    let shape = gcagg::TableSpec::new().metric("tHandle")?;
    let checked = gcagg::Inputs::new().path(path).table_spec(shape).check()?;
    for finding in checked.findings()? {
        let place = finding
            .line
            .map_or(String::new(), |line| format!(":{line}"));
        eprintln!(
            "{}{place}: {} {}",
            finding.file, finding.code, finding.message
        );
    }
    let table = checked.table()?;
    let names: Vec<String> = table.columns().into_iter().map(|it| it.name).collect();
    eprintln!("columns: {}", names.join(", "));
    let rows = table.write("csv", &mut io::stdout())?;
    eprintln!("{rows} rows");
    Ok(())
}
