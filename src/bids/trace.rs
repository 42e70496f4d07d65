//! Ratings as a recording: where the marker stood while a scale was on the screen, at each sample's own instant.
//! The exact path stays in the run folder; this is for programs that read BIDS stimulus recordings.
//!
//! Two kinds of time meet here. What the person did is known by stamps of keys and pointers, which are true as they
//! are; when the scale was to be seen is known from the display, whose measured correction is added, as in the events
//! file. So a sample tells where the person had put the marker at that instant, and it tells so from the corrected
//! appearance of the scale to the corrected appearance of the next screen. The marker as it was seen ran behind that by
//! a refresh or two of the screen.

use super::columns::{SHARE_DECIMALS, decimal};
use super::recording::{LONGEST, Recording};
use super::rows::{FAR, Micros, Rated, Timeline};
use super::run::Run;
use crate::ground::precision::decimals;
use crate::ground::scene::Marker;
use crate::ground::time::Nanos;
use crate::plan::schema::Scale;
use serde_json::{Value, json};

/// Samples a second.
const RATE: Micros = 100;
/// Microseconds from one to the next.
const STEP: Micros = 1_000_000 / RATE;
/// The columns; none of them is a column of an events file.
pub(super) const COLUMNS: [&str; 2] = ["marker_position", "marker_value"];

/// The recording of a run. None where no scale was on the screen at onset 0 or later.
pub(super) fn recording(run: &Run, time: &Timeline<'_>, zero: Nanos) -> Option<Recording> {
    // Whether a sample lies in a span: the first at or after an instant.
    let first_from = |t: Micros| (t.clamp(0, LONGEST) + STEP - 1) / STEP;
    let over = first_from(time.over);
    let mut lines = Vec::new();
    let mut sample = 0;
    let mut any = false;
    for rated in &time.rated {
        let (from, to) = (first_from(rated.from).max(sample), first_from(rated.to));
        if from >= to {
            continue;
        }
        empty(&mut lines, from - sample);
        let mut pen = Pen::new(rated);
        for n in from..to {
            pen.write(i128::from(zero.0) + n * STEP * 1000, &mut lines);
        }
        (sample, any) = (to, true);
    }
    if !any {
        return None;
    }
    // To the end of the run: programs take zeros for what lies behind the last sample.
    empty(&mut lines, over - sample);
    let [position, value] = COLUMNS;
    let columns = [(position, about_position(run)), (value, about_value(run))];
    Some(Recording::new(RATE, &lines, &columns, &[("TaskName", json!(run.plan.task.name))]))
}

/// So many samples without a scale on the screen.
fn empty(lines: &mut Vec<u8>, samples: Micros) {
    let samples = usize::try_from(samples).unwrap_or(0);
    lines.extend_from_slice("n/a\tn/a\n".repeat(samples).as_bytes());
}

/// Writes the samples of one scale, in the order of time.
struct Pen<'a> {
    marks: &'a [(Nanos, Marker)],
    scale: Option<&'a Scale>,
    reported: i128,
    /// When the path begins and when it was over; the marker rests before and after.
    rest: (i128, i128),
    /// The mark that holds now.
    at: usize,
    /// The position last written, with its line.
    last: Option<(f64, String)>,
}

impl<'a> Pen<'a> {
    fn new(rated: &Rated<'a>) -> Pen<'a> {
        let marks = &rated.path.marks[..];
        let reported = i128::from(rated.reported.0);
        let begun = reported + marks.first().map_or(0, |(t, _)| i128::from(t.0));
        let ended = reported + i128::from(rated.path.end_ns.0);
        let scale = rated.phase.scale.as_ref();
        Pen { marks, scale, reported, rest: (begun, ended.max(begun)), at: 0, last: None }
    }

    /// The sample of an instant of the run's clock, in nanoseconds.
    fn write(&mut self, instant: i128, lines: &mut Vec<u8>) {
        let instant = instant.clamp(self.rest.0, self.rest.1);
        let holds = |(t, _): &(Nanos, Marker)| self.reported + i128::from(t.0) <= instant;
        while self.marks.get(self.at + 1).is_some_and(holds) {
            self.at += 1;
        }
        let (Some((_, marker)), Some(scale)) = (self.marks.get(self.at), self.scale) else {
            return empty(lines, 1);
        };
        let instant = Nanos(instant.clamp(-i128::from(FAR), i128::from(FAR)) as i64);
        let position = marker.at(instant);
        // Most of the time the marker stands still.
        if self.last.as_ref().is_none_or(|(p, _)| p.to_bits() != position.to_bits()) {
            let value = decimal(scale.value(position), decimals(scale.left, scale.right));
            let line = format!("{}\t{value}\n", decimal(position, SHARE_DECIMALS));
            self.last = Some((position, line));
        }
        if let Some((_, line)) = &self.last {
            lines.extend_from_slice(line.as_bytes());
        }
    }
}

fn about_position(run: &Run) -> Value {
    let exact = match run.to_share {
        true => "",
        false => " The exact path stands in the journal of the run folder in sourcedata.",
    };
    json!({
        "Description": format!(
            "Where the person had put the marker of the rating scale, as a share of the scale on the screen: 0 is its \
             left end, 1 its right end. It is n/a where no scale was on the screen. A scale is there from its onset to \
             the next screen's, as in the events file; a press counts from its own instant, not from when it was seen. \
             Each sample is the position at its own instant, and not a mean. Time 0 is onset 0 of the events file; \
             ratings before it are left out, and so is the practice.{exact}"
        ),
        "Minimum": 0,
        "Maximum": 1,
    })
}

fn about_value(run: &Run) -> Value {
    let scales = &run.plan.task.scales;
    let mut about = json!({
        "Description": format!(
            "The same in the units of the scale{}: what rating of the events file would be at that instant. On a scale \
             that runs from right to left on the screen it means the same as on any other. It is there whether or not \
             the marker was ever moved: where rating of the events file is n/a, nothing was answered.",
            if scales.len() > 1 { " that is on the screen then (rating_scale of the events file says which)" } else { "" },
        ),
    });
    if let (Some(scale), 1) = (scales.values().next(), scales.len())
        && let Some(unit) = &scale.unit
    {
        about["Units"] = json!(unit);
    }
    about
}
