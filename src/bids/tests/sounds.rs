//! What was heard, in the rows and beside them: the first sound of each screen, whichever way its report went.

use super::answers::{rich, rows};
use super::*;
use crate::bids::rows::Timeline;
use crate::ground::record::{Clipping, Entry, Onset, ScannerEvent, SoundOnset, Underrun};
use serde_json::{Value, json};

const COLUMNS: [&str; 4] = ["sound", "sound_onset", "sound_delay", "sound_basis"];

fn sounding() -> Made {
    make(Wanted { trials: 4, sounds: true, ..Wanted::default() })
}

fn cells(table: &Table, row: usize) -> [&str; 4] {
    COLUMNS.map(|c| table.get(row, c))
}

/// What the sidecar says of the run.
fn state(made: Made, to_share: bool) -> Value {
    let run = run::Run { to_share, ..made.into_run() };
    let time = Timeline::of(&run).unwrap();
    sidecar::run_sidecar(&run, &time, &rig())["StimulusPresentation"]["Run"].clone()
}

/// The sound records of a screen.
fn of_ticket(made: &mut Made, ticket: u64) -> impl Iterator<Item = &mut SoundOnset> {
    made.entries.iter_mut().filter_map(move |e| match &mut e.record {
        Record::Sound(s) if s.ticket == ticket => Some(s),
        _ => None,
    })
}

fn place_of(made: &Made, is_it: impl Fn(&Record) -> bool) -> usize {
    made.entries.iter().position(|e| is_it(&e.record)).unwrap()
}

fn insert(made: &mut Made, place: usize, t_ns: Nanos, record: Record) {
    made.entries.insert(place, Entry { seq: 0, t_ns, record });
    made.entries.iter_mut().zip(1..).for_each(|(e, seq)| e.seq = seq);
}

/// The onset of a phase, as another screen's.
fn onset_of(made: &Made, phase: u32, ticket: u64, later: Nanos) -> Onset {
    let is_it = |r: &Record| matches!(r, Record::Onset(o) if o.phase == phase);
    let Record::Onset(o) = &made.entries[place_of(made, is_it)].record else { unreachable!() };
    let (planned_ns, onset_ns) = (o.planned_ns + later, o.onset_ns + later);
    Onset { ticket, planned_ns, onset_ns, ..o.clone() }
}

fn sound_of(made: &Made, phase: u32, ticket: u64, later: Nanos) -> SoundOnset {
    let is_it = |r: &Record| matches!(r, Record::Sound(s) if s.phase == phase && s.time == 0);
    let Record::Sound(s) = &made.entries[place_of(made, is_it)].record else { unreachable!() };
    let moved = |t: Option<Nanos>| t.map(|t| t + later);
    let (planned_ns, onset_ns) = (moved(s.planned_ns), moved(s.onset_ns));
    SoundOnset { ticket, planned_ns, onset_ns, ..s.clone() }
}

#[test]
fn a_run_with_sounds_gives_the_golden_files() {
    let lab = Lab::new();
    let exported = lab.export(&sounding()).unwrap();
    assert_eq!(exported.notes, Vec::<String>::new());
    let read = |p: &str| fs::read_to_string(lab.data().join(p)).unwrap();
    let stem = "sub-01/ses-A/func/sub-01_ses-A_task-blocks_run-1";
    let golden = "src/bids/fixture/sounds";
    held(&format!("{golden}/events.tsv"), &read(&format!("{stem}_events.tsv")));
    held(&format!("{golden}/events.json"), &read(&format!("{stem}_events.json")));
    held(&format!("{golden}/task-blocks_events.json"), &read("task-blocks_events.json"));
}

#[test]
fn a_row_says_when_its_sound_was_heard_and_how_much_later_than_planned() {
    let table = Lab::new().events(&sounding());
    // 0.25 s behind the first picture, 4 s before onset 0; 4.1234 ms late by the device, and 5 ms more by the microphone.
    assert_eq!(cells(&table, 0), ["bell", "-3.740877", "0.001123", "device-stamps"]);
    let at = |name: &str| table.columns.iter().position(|c| c == name).unwrap();
    assert_eq!((at("seen_before") + 1, at("sound_basis") + 1), (at("sound"), at("response")));
}

#[test]
fn of_several_sounds_and_of_one_that_is_repeated_the_first_stands_in_the_row() {
    let table = Lab::new().events(&sounding());
    assert_eq!((table.get(2, "sound"), table.get(1, "sound")), ("bell", "beat"));
    let since = |row| table.number(row, "sound_onset") - table.number(row, "onset_planned");
    assert!((since(2) - 0.259).abs() < 0.001 && (since(1) - 0.009).abs() < 0.001);
}

#[test]
fn reports_that_come_behind_the_next_screens_change_nothing() {
    let (before, mut made) = (Lab::new().events(&sounding()), sounding());
    let is_sound = |e: &Entry| matches!(e.record, Record::Sound(_));
    let (mut late, mut all): (Vec<_>, Vec<_>) = made.entries.into_iter().partition(is_sound);
    late.reverse();
    let end = all.pop().unwrap();
    made.entries = all.into_iter().chain(late).chain([end]).collect();
    made.entries.iter_mut().zip(1..).for_each(|(e, seq)| e.seq = seq);
    assert_eq!(Lab::new().events(&made).rows, before.rows);
}

#[test]
fn a_screen_that_comes_again_when_grey_goes_has_its_own_sound() {
    let mut made = sounding();
    let (second, at) = (Nanos::from_secs(1.0), onset_of(&made, 3, 4, Nanos::ZERO).onset_ns);
    let covered = Onset { covered: true, ..onset_of(&made, 3, 100, second) };
    let again = onset_of(&made, 3, 101, second * 2);
    let heard = sound_of(&made, 3, 101, second * 2);
    let place = place_of(&made, |r| matches!(r, Record::Outcome(o) if o.phase == 3));
    let by = "Escape of keyboard".to_string();
    for (t, record) in [
        (at + second * 2, Record::Sound(heard)),
        (at + second * 2, Record::Onset(again)),
        (at + second * 2, Record::Grey { up: false, by: by.clone() }),
        (at + second, Record::Onset(covered)),
        (at + second, Record::Grey { up: true, by }),
    ] {
        insert(&mut made, place, t, record);
    }
    let table = Lab::new().events(&made);
    assert_eq!((table.rows.len(), table.get(1, "trial_type")), (9, "rating"));
    assert_eq!((table.get(1, "sound"), table.get(2, "sound")), ("beat", "beat"));
    let between = table.number(2, "sound_onset") - table.number(1, "sound_onset");
    assert!((between - 2.0).abs() < 1e-6, "{between}");
}

#[test]
fn a_sound_that_was_not_played_is_na_and_counted_with_its_reason() {
    let mut made = sounding();
    for ticket in [2, 4, 6] {
        for s in of_ticket(&mut made, ticket) {
            let error = Some("the device went".into());
            *s = SoundOnset { onset_ns: None, lag_ns: None, basis: None, error, ..s.clone() };
        }
    }
    let lab = Lab::new();
    let exported = lab.export(&made).unwrap();
    let table = Table::read(&lab.data().join(&exported.files[0]));
    for row in 0..3 {
        assert_eq!(cells(&table, row), ["n/a"; 4]);
    }
    assert_eq!(table.get(3, "sound"), "beat");
    assert!(exported.notes[0].contains("5 sounds were not played"), "{:?}", exported.notes);
    let count = |sound: &str, count: u32| json!({ "Sound": sound, "Reason": "the device went", "Count": count });
    let expected = json!([count("beat", 2), count("bell", 2), count("hiss", 1)]);
    assert_eq!(state(made, false)["SoundsUnplayed"], expected);
}

#[test]
fn what_was_taken_back_after_a_false_start_is_neither_heard_nor_missed() {
    let mut made = sounding();
    let first = place_of(&made, |r| matches!(r, Record::Segment { index: 1, .. }));
    let at = made.entries[first].t_ns - Nanos::from_secs(4.0);
    let early = Nanos::from_secs(-4.0);
    let heard = sound_of(&made, 1, 90, early);
    let missed = SoundOnset { cue: 1, onset_ns: None, error: Some("late".into()), ..heard.clone() };
    let shown = onset_of(&made, 1, 90, early);
    let waits = onset_of(&made, 0, 91, Nanos::from_secs(8.0));
    for record in [
        Record::Onset(waits),
        Record::Sound(missed),
        Record::Shown { phase: 0, ticket: 91, frame: 0 },
        Record::Scanner { event: ScannerEvent::FalseStart, volume: None },
        Record::Sound(heard),
        Record::Onset(shown),
        Record::Zero { basis: "first stored volume".into() },
    ] {
        insert(&mut made, first, at, record);
    }
    assert_eq!(Lab::new().events(&made).rows, Lab::new().events(&sounding()).rows);
    assert_eq!(state(made, false).get("SoundsUnplayed"), None);
}

#[test]
fn the_correction_is_that_of_the_device_that_was_there() {
    let mut made = sounding();
    let place = place_of(&made, |r| matches!(r, Record::Onset(o) if o.phase == 5));
    let is_device = |r: &Record| matches!(r, Record::SoundDevice(_));
    let mut second = made.entries[place_of(&made, is_device)].record.clone();
    let Record::SoundDevice(device) = &mut second else { unreachable!() };
    device.offset_ns = Nanos::from_millis(105);
    let at = made.entries[place].t_ns;
    insert(&mut made, place, at, second);
    let (old, new) = (Lab::new().events(&sounding()), Lab::new().events(&made));
    let later = |row| new.number(row, "sound_onset") - old.number(row, "sound_onset");
    assert!(later(0) == 0.0 && later(1) == 0.0, "they were played before");
    assert!((later(2) - 0.1).abs() < 1e-9 && (later(3) - 0.1).abs() < 1e-9);
    let corrections = |d: &Value| d["OnsetCorrection"].as_f64();
    let devices = state(made, false)["SoundDevices"].as_array().unwrap().clone();
    assert_eq!(devices.iter().map(corrections).collect::<Vec<_>>(), [Some(0.005), Some(0.105)]);
}

#[test]
fn the_sidecar_names_the_device_and_a_copy_to_be_given_away_does_not() {
    let mut made = sounding();
    let underrun = Underrun { silence_ns: None, sounds: vec!["bell".into()] };
    insert(&mut made, 20, ANCHOR, Record::Underrun(underrun));
    let clipping = Clipping { samples: 9, sounds: vec!["bell".into()] };
    insert(&mut made, 21, ANCHOR, Record::Clipping(clipping));
    let own = state(made.clone(), false);
    let device = json!({
        "Name": "Anna's headphones", "System": "pulseaudio", "SampleRate": 48_000, "BufferSize": 256,
        "OnsetCorrection": 0.005,
    });
    assert_eq!((&own["SoundDevices"], &own["SoundUnderruns"]), (&json!([device]), &json!(1)));
    assert_eq!(own["SoundsClipped"], json!(1));
    let shared = state(made, true).to_string();
    assert!(shared.contains("pulseaudio") && !shared.contains("Anna"), "{shared}");
    let silent = state(make(Wanted::default()), false).to_string();
    assert!(!silent.contains("Sound"), "{silent}");
}

#[test]
fn a_practice_that_was_not_heard_is_no_loss_of_the_run() {
    let mut made = make(Wanted { sounds: true, ..rich() });
    let place = place_of(&made, |r| matches!(r, Record::Onset(o) if o.phase == 0));
    let mut missed = sound_of(&made, 4, 1, Nanos::ZERO);
    (missed.phase, missed.onset_ns, missed.error) = (0, None, Some("late".into()));
    insert(&mut made, place + 1, ANCHOR, Record::Sound(missed));
    assert_eq!(state(made.clone(), false).get("SoundsUnplayed"), None);
    let table = Lab::new().events(&made);
    assert_eq!(rows(&table, "sound", "n/a").len(), 0);
}

#[test]
fn two_first_sounds_of_one_screen_are_refused() {
    let mut made = sounding();
    let again = sound_of(&made, 1, 2, Nanos::ZERO);
    insert(&mut made, 20, ANCHOR, Record::Sound(again));
    let said = Timeline::of(&made.into_run()).map(|_| ()).unwrap_err().to_string();
    assert!(said.contains("two first sounds for ticket 2"), "{said}");
}
