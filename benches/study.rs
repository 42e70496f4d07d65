//! A whole crossover study simulated from protocol to BIDS dataset: 38 people x 2 visits x both tasks of a visit, and the
//! form that is rated in real time. `cargo bench --profile dev --bench study` prints the times; docs/benchmarks.md keeps
//! the figures.

use clap::Parser;
use reframe::cli::{Cli, Exit, run};
use std::time::Instant;

/// Protocols of one study, and what they are together.
const STUDIES: [(&str, &[&str]); 2] = [
    ("both tasks of a visit", &["reappraisal-block.toml", "faces-block.toml"]),
    ("rated in real time", &["reappraisal-continuous.toml"]),
];

fn main() {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    for (what, protocols) in STUDIES {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let data = folder.path().join("study").display().to_string();
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/protocols/");
        let mut line: Vec<String> = ["reframe", "simulate"].map(String::from).into();
        line.extend(protocols.iter().map(|p| format!("{root}{p}")));
        let options = ["--subjects", "38", "--sessions", "A,B", "--data", &data];
        line.extend(options.map(String::from));
        let begun = Instant::now();
        assert_eq!(run(Cli::parse_from(line)), Exit::Done);
        let seconds = begun.elapsed().as_secs_f64();
        let runs = 38 * 2 * protocols.len();
        println!(
            "{what}: {runs} runs simulated and exported in {seconds:.2} s on {cores} cores ({:.1} ms a run)",
            seconds * 1000.0 / runs as f64
        );
    }
}
