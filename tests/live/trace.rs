//! How the marker of a rating went, read from a journal and from the BIDS recording, by formulas of docs/journal.md
//! written down once more.

use super::program::{Finished, number};
use flate2::read::GzDecoder;
use serde_json::Value;
use std::fs::File;
use std::io::Read;

/// The marker's breakpoints in one phase, with the instants from which they hold.
pub struct Trace {
    marks: Vec<(i64, Value)>,
    pub from: i64,
    pub to: i64,
}

impl Trace {
    /// Every path in the journal, in its order.
    pub fn all(run: &Finished) -> Vec<Trace> {
        let onset = |phase: i64| {
            let of = |l: &&&Value| number(&l["phase"]) == phase;
            number(&run.lines("onset").iter().find(of).expect("it was shown")["onset_ns"])
        };
        let paths = run.lines("path");
        paths
            .into_iter()
            .map(|line| {
                let phase = number(&line["phase"]);
                let from = onset(phase);
                let marks = line["marks"].as_array().expect("a list");
                let marks: Vec<_> =
                    marks.iter().map(|m| (from + number(&m[0]), m[1].clone())).collect();
                Trace { marks, from, to: from + number(&line["end_ns"]) }
            })
            .collect()
    }

    /// How many breakpoints there are.
    pub fn len(&self) -> usize {
        self.marks.len()
    }

    /// The position (0 to 1) at an instant between `from` and `to`.
    pub fn at(&self, t: i64) -> f64 {
        let here = self.marks.iter().rev().find(|(since, _)| *since <= t);
        let (_, marker) = here.unwrap_or(&self.marks[0]);
        if let Some(p) = marker["at"].as_f64() {
            return p;
        }
        let m = &marker["moving"];
        let f = |name: &str| m[name].as_f64().expect("a number");
        let s = ((t - number(&m["since"]) - number(&m["delay"])) as f64 / 1e9).max(0.0);
        let (v, a, top) = (f("speed"), f("acceleration"), f("top_speed"));
        let until_top = if a > 0.0 { ((top - v) / a).max(0.0) } else { f64::INFINITY };
        let way = if s <= until_top {
            v * s + a * s * s / 2.0
        } else {
            v * until_top + a * until_top * until_top / 2.0 + top * (s - until_top)
        };
        (f("from") + f("direction") * way).clamp(0.0, 1.0)
    }
}

/// The recording of the marker: instants and positions; none where no scale was on the screen.
pub fn recording(run: &Finished) -> Vec<(i64, Option<f64>)> {
    let table = &run.files("_recording-rating_stim.tsv.gz")[0];
    let sidecar = &run.files("_recording-rating_stim.json")[0];
    let sidecar: Value = serde_json::from_reader(File::open(sidecar).unwrap()).unwrap();
    let rate = sidecar["SamplingFrequency"].as_f64().expect("a number");
    let start = sidecar["StartTime"].as_f64().expect("a number");
    let columns: Vec<&str> =
        sidecar["Columns"].as_array().unwrap().iter().map(|c| c.as_str().unwrap()).collect();
    let column = columns.iter().position(|c| *c == "marker_position").expect("a column");
    let mut text = String::new();
    GzDecoder::new(File::open(table).unwrap()).read_to_string(&mut text).unwrap();
    let zero = run.zero();
    let read = |line: &str| line.split('\t').nth(column).unwrap().parse().ok();
    let at = |i: usize| zero + ((start + i as f64 / rate) * 1e9).round() as i64;
    text.lines().enumerate().map(|(i, line)| (at(i), read(line))).collect()
}
