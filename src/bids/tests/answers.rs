//! What was answered, in the rows: buttons that stand for answers, presses too early or too many, scales that are reversed or of
//! points, ratings that go on from screen to screen, and the practice, which is no part of the run.

use super::*;
use crate::ground::record::Outcome;

pub(super) fn rich() -> Wanted {
    Wanted { rich: true, ..Wanted::default() }
}

/// Rows in which a column has a value.
pub(super) fn rows(table: &Table, column: &str, value: &str) -> Vec<usize> {
    (0..table.rows.len()).filter(|r| table.get(*r, column) == value).collect()
}

#[test]
fn a_response_is_what_its_button_stands_for_and_the_button_has_a_column_of_its_own() {
    let lab = Lab::new();
    let table = lab.events(&make(rich()));
    let cells = |row| {
        let names = ["response", "response_button", "response_time", "response_kind"];
        names.map(|c| table.get(row, c).to_string())
    };
    // Rows of pictures and of ratings take turns.
    assert_eq!(cells(0), ["female", "left", "0.632000", "answer"]);
    assert_eq!(cells(2), ["male", "right", "0.632000", "answer"]);
    assert_eq!((table.get(0, "accuracy"), table.get(2, "accuracy")), ("1", "0"));
    let plain = Lab::new().events(&make(Wanted::default()));
    assert!(!plain.columns.contains(&"response_button".to_string()), "there it says no more");
}

#[test]
fn a_run_with_all_that_answers_can_be_gives_the_golden_files() {
    let lab = Lab::new();
    lab.export(&make(rich())).unwrap();
    let read = |p: &str| fs::read_to_string(lab.data().join(p)).unwrap();
    let stem = "sub-01/ses-A/func/sub-01_ses-A_task-blocks_run-1";
    let golden = "src/bids/fixture/rich";
    held(&format!("{golden}/events.tsv"), &read(&format!("{stem}_events.tsv")));
    held(&format!("{golden}/task-blocks_events.json"), &read("task-blocks_events.json"));
    let stim = read(&format!("{stem}_recording-rating_stim.json"));
    held(&format!("{golden}/recording-rating_stim.json"), &stim);
}

#[test]
fn misses_and_anticipations_are_told_apart_and_are_neither_right_nor_wrong() {
    let lab = Lab::new();
    let table = lab.events(&make(rich()));
    for (kind, response, time) in [("miss", "n/a", "n/a"), ("anticipation", "male", "0.104000")] {
        let found = rows(&table, "response_kind", kind);
        assert_eq!(found.len(), 2, "{kind}");
        for row in found {
            let cells = ["response", "response_time", "accuracy"].map(|c| table.get(row, c));
            assert_eq!(cells, [response, time, "n/a"], "{kind}");
        }
    }
    // Screens that ask for no button: sixteen ratings, and four pictures that are rated.
    assert_eq!(rows(&table, "response_kind", "n/a").len(), 20);
    let counts = ["0", "1", "2", "n/a"].map(|n| rows(&table, "response_count", n).len());
    assert_eq!(counts, [2, 8, 2, 20]);
}

#[test]
fn an_anticipation_has_no_accuracy_whatever_the_journal_says() {
    let lab = Lab::new();
    let mut made = make(rich());
    for entry in &mut made.entries {
        if let Record::Outcome(Outcome { answer: Answer::Button { correct, .. }, .. }) =
            &mut entry.record
        {
            *correct = Some(true);
        }
    }
    let table = lab.events(&made);
    assert_eq!(rows(&table, "accuracy", "1").len(), rows(&table, "response_kind", "answer").len());
}

#[test]
fn a_journal_from_before_answers_had_names_gives_the_button_as_the_response() {
    let lab = Lab::new();
    let mut made = make(Wanted::default());
    for entry in &mut made.entries {
        if let Record::Outcome(Outcome { answer: Answer::Button { given, presses, .. }, .. }) =
            &mut entry.record
        {
            (*given, *presses) = (None, 0);
        }
    }
    let table = lab.events(&made);
    assert_eq!((table.get(0, "response"), table.get(0, "response_count")), ("left", "1"));
}

#[test]
fn a_rating_on_a_reversed_scale_is_recoded_and_its_position_is_that_on_the_screen() {
    let lab = Lab::new();
    let table = lab.events(&make(rich()));
    let distress = rows(&table, "rating_scale", "distress");
    assert_eq!(distress.len(), 8);
    for row in distress {
        assert_eq!(table.get(row, "rating_reversed"), "1");
        let (rating, position) =
            (table.number(row, "rating"), table.number(row, "rating_position"));
        assert!(position > 0.51, "{position}");
        assert!((rating - 100.0 * (1.0 - position)).abs() < 0.011, "{rating} at {position}");
    }
}

#[test]
fn a_scale_of_points_is_named_and_gives_the_value_of_the_point() {
    let lab = Lab::new();
    let table = lab.events(&make(rich()));
    let valence = rows(&table, "rating_scale", "valence");
    // Held for 0.5 s: one step with the press, and two while it was held.
    let cells = ["rating", "rating_position", "rating_mean", "rating_reversed"];
    assert_eq!(cells.map(|c| table.get(valence[0], c)), ["8.00", "0.875", "n/a", "0"]);
}

#[test]
fn a_rating_that_goes_on_counts_although_the_marker_was_moved_on_an_earlier_screen() {
    let lab = Lab::new();
    let mut made = make(rich());
    // The screen behind the picture gets a row, as a second picture would have.
    let timed = &mut made.plan.segments[2].phases;
    timed[13].row = timed[12].row.clone();
    let hash = made.plan.sha256();
    let Record::Start(start) = &mut made.entries[0].record else { panic!("a journal begins so") };
    start.plan_sha256 = hash;
    let table = lab.events(&made);
    let tension = rows(&table, "rating_scale", "tension");
    let second = tension[1];
    let cells = ["rating", "rating_mean", "rating_moved", "first_move_time"];
    assert_eq!(cells.map(|c| table.get(second, c)), ["5.725", "5.725", "0", "n/a"]);
}

#[test]
fn the_practice_has_no_rows_no_notes_and_does_not_touch_the_run() {
    let lab = Lab::new();
    let rich = make(rich());
    let practised =
        rich.entries.iter().filter(|e| matches!(&e.record, Record::Onset(o) if o.phase == 0));
    assert_eq!(practised.count(), 2);
    let exported = lab.export(&rich).unwrap();
    assert_eq!(exported.notes, Vec::<String>::new());
    let table = Table::read(&lab.data().join(&exported.files[0]));
    let other = Lab::new().events(&make(Wanted::default()));
    assert_eq!(table.rows.len(), other.rows.len());
    for row in 0..table.rows.len() {
        assert_eq!(table.get(row, "onset_planned"), other.get(row, "onset_planned"));
        // Delays of the made run depend on the number of a phase, and the practice moves those by three.
        for column in ["onset", "duration"] {
            let apart = table.number(row, column) - other.number(row, column);
            assert!(apart.abs() < 0.02, "row {row}: {column} is {apart} s away");
        }
    }
}

#[test]
fn a_screen_before_the_practice_ends_where_the_practice_begins() {
    let mut made = make(rich());
    // What is practised comes once more, in the middle of the sixth screen that has a row.
    let row = |made: &Made| {
        let run = made.clone().into_run();
        let time = crate::bids::rows::Timeline::of(&run).unwrap();
        (time.rows[5].onset, time.rows[5].duration, time.zero.unwrap().0)
    };
    let (onset, duration, zero) = row(&made);
    let practice =
        made.entries.iter().find(|e| matches!(&e.record, Record::Onset(o) if o.phase == 0));
    let mut again = practice.unwrap().clone();
    let at = zero + Nanos((onset + duration / 2) as i64 * 1_000) - OFFSET;
    let Record::Onset(o) = &mut again.record else { panic!("it was found as one") };
    o.onset_ns = at;
    made.entries.push(again);
    assert_eq!(row(&made), (onset, duration / 2, zero));
}

/// The scales of a made run, and the answers on them, in units so much larger.
pub(super) fn in_units_of(made: &mut Made, unit: f64) {
    for scale in made.plan.task.scales.values_mut() {
        (scale.left, scale.right) = (scale.left / unit, scale.right / unit);
    }
    for phase in made.plan.segments.iter_mut().flat_map(|s| &mut s.phases) {
        if let Some(scale) = &mut phase.scale {
            (scale.left, scale.right) = (scale.left / unit, scale.right / unit);
        }
    }
    let hash = made.plan.sha256();
    for entry in &mut made.entries {
        match &mut entry.record {
            Record::Start(start) => start.plan_sha256.clone_from(&hash),
            Record::Outcome(Outcome { answer: Answer::Rating { rating, mean, .. }, .. }) => {
                *rating = rating.map(|r| r / unit);
                *mean = mean.map(|m| m / unit);
            }
            _ => {}
        }
    }
}

#[test]
fn ratings_on_a_scale_of_tiny_numbers_keep_four_digits_of_its_range() {
    let plain = Lab::new().events(&make(rich()));
    let mut made = make(rich());
    // The widest scale goes from 0 to 0.001 then, the narrowest from 0.00001 to 0.00009.
    in_units_of(&mut made, 1e5);
    let tiny = Lab::new().events(&made);
    let mut compared = 0;
    for row in 0..plain.rows.len() {
        for column in ["rating", "rating_mean"] {
            let (old, new) = (plain.get(row, column), tiny.get(row, column));
            assert_eq!(old == "n/a", new == "n/a", "{column} of row {row}");
            if old == "n/a" {
                continue;
            }
            let range = match plain.get(row, "rating_scale") {
                "distress" => 100.0,
                "valence" => 8.0,
                _ => 10.0,
            };
            let apart = plain.number(row, column) - tiny.number(row, column) * 1e5;
            assert!(apart.abs() <= range / 1000.0, "{column} of row {row}: {old}, {new}");
            compared += 1;
        }
        assert_eq!(plain.get(row, "rating_position"), tiny.get(row, "rating_position"));
    }
    assert!(compared > 8, "only {compared} ratings");
}

#[test]
fn bounds_and_labels_of_a_tiny_scale_are_told_apart_in_the_sidecar() {
    let lab = Lab::new();
    let mut made = make(rich());
    made.plan.task.scales.retain(|name, _| name == "valence");
    let points = &mut made.plan.task.scales["valence"];
    points.labels = (1..=9).map(|n| format!("word {n}")).collect();
    in_units_of(&mut made, 1e5);
    lab.export(&made).unwrap();
    let text = fs::read_to_string(lab.data().join("task-blocks_events.json")).unwrap();
    let sidecar: serde_json::Value = serde_json::from_str(&text).unwrap();
    let rating = &sidecar["rating"];
    let bounds = ["Minimum", "Maximum"].map(|b| rating[b].as_f64().unwrap());
    assert!(bounds[0] <= 1e-5 && bounds[0] > 0.9999e-5, "{bounds:?}");
    assert!(bounds[1] >= 9e-5 && bounds[1] < 9.0001e-5, "{bounds:?}");
    let about = rating["Description"].as_str().unwrap();
    assert!(about.contains("0.00001 (word 1), 0.00002 (word 2)"), "{about}");
}
