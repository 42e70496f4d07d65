//! Recordings of ratings: the marker at each sample's own instant, beside the rows of the same run.

use super::answers::{rich, rows};
use super::*;
use crate::ground::record::{Entry, MarkerPath};
use crate::ground::scene::{Marker, Steps};
use std::io::Read;

/// Samples of the trace as text, and its sidecar.
fn trace(lab: &Lab, exported: &Exported) -> (Vec<[String; 2]>, serde_json::Value) {
    let find = |end: &str| {
        let path = exported.files.iter().find(|p| p.to_str().unwrap().ends_with(end)).expect(end);
        fs::read(lab.data().join(path)).unwrap()
    };
    let gz = find("_recording-rating_stim.tsv.gz");
    assert_eq!((gz[3], &gz[4..8]), (0, &[0u8; 4][..]), "no name and no time in the header");
    let mut text = String::new();
    flate2::read::GzDecoder::new(&gz[..]).read_to_string(&mut text).unwrap();
    let cells = |l: &str| {
        let (position, value) = l.split_once('\t').unwrap();
        [position.to_string(), value.to_string()]
    };
    let sidecar = serde_json::from_slice(&find("_recording-rating_stim.json")).unwrap();
    (text.lines().map(cells).collect(), sidecar)
}

#[test]
fn the_trace_holds_the_marker_at_each_samples_own_instant() {
    let lab = Lab::new();
    let made = make(rich());
    let exported = lab.export(&made).unwrap();
    let (samples, sidecar) = trace(&lab, &exported);
    assert_eq!((&sidecar["SamplingFrequency"], &sidecar["StartTime"]), (&100.into(), &0.into()));
    assert_eq!(sidecar["Columns"], serde_json::json!(["marker_position", "marker_value"]));
    let zero = made.entries.iter().find(|e| matches!(e.record, Record::Zero { .. })).unwrap().t_ns;
    let onset = |phase: u32| {
        let of = |e: &Entry| match &e.record {
            Record::Onset(o) if o.phase == phase => Some(o.onset_ns),
            _ => None,
        };
        made.entries.iter().find_map(of).unwrap()
    };
    let mut checked = 0;
    for entry in &made.entries {
        let Record::Path(path) = &entry.record else { continue };
        if path.phase < 3 {
            continue;
        }
        let phase = made.plan.phases().find(|p| p.index == path.phase).unwrap();
        let scale = phase.scale.as_ref().unwrap();
        let onset = onset(path.phase);
        for (n, sample) in samples.iter().enumerate() {
            let instant = zero + Nanos(n as i64 * 10_000_000);
            let since = instant - onset;
            // The scale is there from its corrected appearance on.
            if since < OFFSET || since >= path.end_ns {
                continue;
            }
            let marker = path.marks.iter().rfind(|(t, _)| *t <= since).unwrap().1;
            let position = marker.at(instant);
            let close =
                |cell: &str, exact: f64| (cell.parse::<f64>().unwrap() - exact).abs() <= 0.5001e-4;
            assert!(close(&sample[0], position), "sample {n}: {sample:?}, not {position}");
            assert!(close(&sample[1], scale.value(position)), "sample {n}: {sample:?}");
            checked += 1;
        }
    }
    assert!(checked > 6_000, "{checked}");
}

#[test]
fn the_trace_and_the_rows_say_the_same() {
    let lab = Lab::new();
    let exported = lab.export(&make(rich())).unwrap();
    let (samples, _) = trace(&lab, &exported);
    let table = Table::read(&lab.data().join(&exported.files[0]));
    let mut there = vec![false; samples.len()];
    for row in 0..table.rows.len() {
        if table.get(row, "rating_scale") == "n/a" {
            continue;
        }
        let (from, span) = (table.number(row, "onset"), table.number(row, "duration"));
        let sample = |t: f64| (t * 100.0 - 1e-6).ceil() as usize;
        let part = &samples[sample(from)..sample(from + span)];
        there[sample(from)..sample(from + span)].fill(true);
        assert_eq!(part.last().unwrap()[0], table.get(row, "rating_position"));
        assert_eq!(part.last().unwrap()[1], table.get(row, "rating"));
        assert_eq!(part[0][0], table.get(row, "rating_start"));
        if table.get(row, "rating_mean") != "n/a" {
            let sum: f64 = part.iter().map(|s| s[1].parse::<f64>().unwrap()).sum();
            let (mean, said) = (sum / part.len() as f64, table.number(row, "rating_mean"));
            assert!((mean - said).abs() < 0.005, "row {row}: {mean}, not {said}");
        }
    }
    // Beside the rows there are the four fixations through which the tension is rated on.
    let beside = samples.iter().zip(&there).filter(|(s, there)| s[0] != "n/a" && !**there).count();
    assert!((4 * 150..4 * 1_000).contains(&beside), "{beside}");
    for (sample, there) in samples.iter().zip(&there) {
        assert_eq!(sample[0] == "n/a", sample[1] == "n/a");
        assert!(!there || sample[0] != "n/a");
    }
}

#[test]
fn the_trace_goes_on_without_a_gap_from_screen_to_screen() {
    let lab = Lab::new();
    let exported = lab.export(&make(rich())).unwrap();
    let (samples, _) = trace(&lab, &exported);
    let table = Table::read(&lab.data().join(&exported.files[0]));
    let row = rows(&table, "rating_scale", "tension")[0];
    let end = ((table.number(row, "onset") + table.number(row, "duration")) * 100.0) as usize;
    assert!(samples[end - 150..end + 150].iter().all(|s| s[0] != "n/a"));
}

#[test]
fn the_trace_covers_the_run_from_onset_zero_to_its_end_and_leaves_out_what_was_before() {
    let lab = Lab::new();
    let made = make(rich());
    let exported = lab.export(&made).unwrap();
    let (samples, _) = trace(&lab, &exported);
    let zero = made.entries.iter().find(|e| matches!(e.record, Record::Zero { .. })).unwrap().t_ns;
    let end = made.entries.last().unwrap().t_ns;
    let seconds = (end - zero + OFFSET).secs();
    assert!((samples.len() as f64 / 100.0 - seconds).abs() < 0.011, "{seconds}");
    let table = Table::read(&lab.data().join(&exported.files[0]));
    let first = (table.number(1, "onset") * 100.0).ceil() as usize;
    assert!(samples[..first].iter().all(|s| s[0] == "n/a"));
    assert_eq!(samples[first][0], "0.50");
}

#[test]
fn a_run_without_a_marker_has_no_trace_and_a_run_in_the_lab_can_have_one() {
    let stims = |made: &Made| {
        let lab = Lab::new();
        let files = lab.export(made).unwrap().files;
        files.iter().filter(|f| f.to_str().unwrap().contains("_stim")).cloned().collect::<Vec<_>>()
    };
    assert_eq!(stims(&make(Wanted::default())).len(), 0);
    let mut all_before = make(Wanted { sub: "02", ..rich() });
    all_before.entries.retain(|e| !matches!(&e.record, Record::Path(p) if p.phase > 3));
    all_before.entries.iter_mut().zip(1..).for_each(|(e, seq)| e.seq = seq);
    assert_eq!(stims(&all_before).len(), 0, "a practice alone gives none");
    let in_lab = stims(&make(Wanted { sub: "03", place: Place::Lab, ..rich() }));
    let stem = "sub-03/ses-A/beh/sub-03_ses-A_task-blocks_run-1_recording-rating_stim";
    assert_eq!(in_lab, [".json", ".tsv.gz"].map(|e| PathBuf::from(format!("{stem}{e}"))));
}

#[test]
fn the_marker_of_a_run_that_was_cut_short_is_traced_to_the_cut() {
    let lab = Lab::new();
    let mut made = make(Wanted { stop_after: Some(7), ..rich() });
    // The seventh phase is a rating, ended a second before its time with a path to there.
    let whole = make(rich());
    let path = whole.entries.iter().find(|e| matches!(&e.record, Record::Path(p) if p.phase == 10));
    let mut cut = path.unwrap().clone();
    let Record::Path(p) = &mut cut.record else { panic!("it was found as one") };
    p.end_ns -= Nanos::from_secs(1.0);
    let last = made.entries.len() - 1;
    cut.t_ns = made.entries[last].t_ns;
    made.entries.insert(last, cut);
    made.entries.iter_mut().zip(1..).for_each(|(e, seq)| e.seq = seq);
    let exported = lab.export(&made).unwrap();
    let (samples, _) = trace(&lab, &exported);
    let table = Table::read(&lab.data().join(&exported.files[0]));
    let row = table.rows.len() - 1;
    let rated = samples.iter().rev().take_while(|s| s[0] != "n/a").count();
    assert!((rated as f64 / 100.0 - table.number(row, "duration")).abs() < 0.011);
    assert!((rated as f64 / 100.0 - 3.0).abs() < 0.03, "{rated}");
}

#[test]
fn a_path_that_cannot_be_followed_is_refused() {
    let said = |change: &dyn Fn(&mut MarkerPath)| {
        let mut made = make(rich());
        let mut paths = made.entries.iter_mut().filter_map(|e| match &mut e.record {
            Record::Path(p) if p.phase > 3 => Some(p),
            _ => None,
        });
        change(paths.next().unwrap());
        let run = made.into_run();
        crate::bids::rows::Timeline::of(&run).map(|_| ()).unwrap_err().to_string()
    };
    let steps = |points, direction| {
        let time = Nanos::from_millis(200);
        let steps = Steps { from: 0, points, since: ANCHOR, direction, delay: time, every: time };
        move |p: &mut MarkerPath| p.marks[1].1 = Marker::Stepping(steps)
    };
    assert!(said(&|p| p.phase = 4).contains("phase 4, which has no scale"));
    assert!(said(&|p| p.phase = 999).contains("phase 999 is not in the plan"));
    assert!(said(&|p| p.phase += 8).contains("two marker paths for phase"));
    assert!(said(&|p| p.marks.swap(0, 1)).contains("goes back in time"));
    assert!(said(&steps(0, 1)).contains("none that a key makes"));
    assert!(said(&steps(9, 7)).contains("none that a key makes"));
}

/// What the documentation tells researchers to type gives the ratings of the events file.
#[test]
#[ignore = "needs the Python packages that scripts/check-bids installs"]
fn the_worked_example_of_the_documentation_loads_the_trace() {
    let lab = Lab::new();
    let exported = lab.export(&make(rich())).unwrap();
    let (samples, _) = trace(&lab, &exported);
    let docs = dictionary();
    let (_, rest) = docs.split_once("```python\n").unwrap();
    let example = rest.split_once("```").unwrap().0.replace("reappraisal", "blocks");
    let print = "print(len(trace), trace.marker_value.count(), *trace.marker_value[7.0:10.0].iloc[[0, -1]])\n";
    let venv = std::env::var_os("CHECK_BIDS_VENV").map_or_else(
        || PathBuf::from(std::env::var_os("HOME").unwrap()).join(".cache/check-bids-venv"),
        PathBuf::from,
    );
    let done = std::process::Command::new(venv.join("bin/python"))
        .args(["-c", &(example + print)])
        .current_dir(lab.data())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let (all, rated) = (samples.len(), samples.iter().filter(|s| s[1] != "n/a").count());
    let numbers: Vec<f64> = said.split_whitespace().map(|n| n.parse().unwrap()).collect();
    let at = |n: usize| samples[n][1].parse::<f64>().unwrap();
    assert_eq!(numbers, [all as f64, rated as f64, at(700), at(1_000)], "{said}");
}

#[test]
fn values_of_a_tiny_scale_move_with_the_marker_in_the_trace() {
    let lab = Lab::new();
    let mut made = make(rich());
    super::answers::in_units_of(&mut made, 1e5);
    let exported = lab.export(&made).unwrap();
    let (samples, _) = trace(&lab, &exported);
    let lines: BTreeMap<&str, &str> = samples.iter().map(|[p, v]| (&**p, &**v)).collect();
    let values: std::collections::BTreeSet<&str> = lines.values().copied().collect();
    assert!(values.len() > 20, "{values:?}");
}
