//! A whole crossover study simulated from protocol to BIDS dataset: 38 people x 2 visits x 2 runs = 152 runs.
//! `cargo bench --profile dev --bench study` prints the time; docs/benchmarks.md keeps the figures.

use clap::Parser;
use reframe::cli::{Cli, Exit, run};
use std::time::Instant;

fn main() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("study");
    let protocol = concat!(env!("CARGO_MANIFEST_DIR"), "/protocols/reappraisal-block.toml");
    let data = data.to_str().expect("a UTF-8 path");
    let line = [
        "reframe",
        "simulate",
        protocol,
        "--subjects",
        "38",
        "--sessions",
        "A,B",
        "--runs",
        "2",
        "--data",
        data,
    ];
    let begun = Instant::now();
    assert_eq!(run(Cli::parse_from(line)), Exit::Done);
    let seconds = begun.elapsed().as_secs_f64();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    println!(
        "152 runs of 500 s simulated and exported in {seconds:.2} s on {cores} cores ({:.1} ms a run)",
        seconds / 0.152
    );
}
