//! The columns of an events file: which there are, what stands in them, and what is said about them. One
//! table gives the file, its sidecar and docs/bids-output.md.

use super::rows::{EventRow, Micros, Timeline};
use crate::ground::record::Answer;
use crate::plan::schema::RunPlan;
use crate::plan::schema::{ScaleText, TaskDoc};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// What stands in a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Onset,
    Duration,
    TrialType,
    StimFile,
    Identifier,
    Database,
    Response,
    ResponseTime,
    Accuracy,
    Rating,
    RatingPosition,
    RatingStart,
    RatingMoved,
    RatingConfirmed,
    FirstMoveTime,
    ConfirmTime,
    OnsetPlanned,
    OnsetDelay,
    OnsetBasis,
    Late,
}

/// Which events files have a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum When {
    Always,
    Pictures,
    Unshared,
    Buttons,
    Scales,
}

/// A column of this program's own; protocols add theirs after `trial_type`.
struct Fixed {
    field: Field,
    name: &'static str,
    when: When,
    units: Option<&'static str>,
    levels: &'static [(&'static str, &'static str)],
    description: &'static str,
}

const fn column(
    field: Field,
    name: &'static str,
    when: When,
    units: Option<&'static str>,
    description: &'static str,
) -> Fixed {
    Fixed { field, name, when, units, levels: &[], description }
}

const SECONDS: Option<&str> = Some("s");
const SHARE: &str = "as a share of the line: 0 is its left end, 1 its right end";

/// All of them, in the order of the file.
const FIXED: &[Fixed] = &[
    column(
        Field::Onset,
        "onset",
        When::Always,
        SECONDS,
        "When the screen appeared, counted from onset 0: the first stored volume of a scanner run, or the \
         beginning of the timed part of a run without a scanner. Screens before it are negative. Where the \
         display was measured with a photodiode, that correction is included.",
    ),
    column(
        Field::Duration,
        "duration",
        When::Always,
        SECONDS,
        "How long the screen was shown: until the next screen appeared, whether that has a row or not. For \
         the last screen of a run, the time that was planned, or until the run was ended.",
    ),
    column(
        Field::TrialType,
        "trial_type",
        When::Always,
        None,
        "What was shown, and in which condition.",
    ),
    column(
        Field::StimFile,
        "stim_file",
        When::Pictures,
        None,
        "The picture, relative to the folder stimuli. It is n/a for screens without a picture, and for \
         pictures that may not be shared.",
    ),
    column(
        Field::Identifier,
        "identifier",
        When::Unshared,
        None,
        "The name of the picture in the database it comes from; it stands for pictures that may not be \
         shared as well.",
    ),
    column(
        Field::Database,
        "database",
        When::Unshared,
        None,
        "The database the picture comes from.",
    ),
    column(
        Field::Response,
        "response",
        When::Buttons,
        None,
        "The meaning of the first valid button pressed after the screen appeared; n/a where none was pressed.",
    ),
    column(
        Field::ResponseTime,
        "response_time",
        When::Buttons,
        SECONDS,
        "From the appearance of the screen to the press of the button; n/a where none was pressed. The \
         display's correction is included, as in onset.",
    ),
    Fixed {
        field: Field::Accuracy,
        name: "accuracy",
        when: When::Buttons,
        units: None,
        levels: &[("1", "the right button"), ("0", "another button")],
        description: "Whether the response was right; n/a where there was none, or none is right.",
    },
    column(
        Field::Rating,
        "rating",
        When::Scales,
        None,
        "What the person answered on the scale, in its units. It is n/a unless the marker was moved or the \
         rating confirmed: a marker that was left where it stood is no answer.",
    ),
    column(
        Field::RatingPosition,
        "rating_position",
        When::Scales,
        None,
        "Where the marker stood at the end, moved or not",
    ),
    column(
        Field::RatingStart,
        "rating_start",
        When::Scales,
        None,
        "Where the marker stood when the scale appeared",
    ),
    Fixed {
        field: Field::RatingMoved,
        name: "rating_moved",
        when: When::Scales,
        units: None,
        levels: &[("1", "the marker was moved"), ("0", "the marker was not moved")],
        description: "Whether the person moved the marker.",
    },
    Fixed {
        field: Field::RatingConfirmed,
        name: "rating_confirmed",
        when: When::Scales,
        units: None,
        levels: &[
            ("1", "the rating was confirmed"),
            ("0", "the time ran out, or none can be confirmed"),
        ],
        description: "Whether the person confirmed the rating.",
    },
    column(
        Field::FirstMoveTime,
        "first_move_time",
        When::Scales,
        SECONDS,
        "From the appearance of the scale to the first movement of the marker; n/a where it was not moved.",
    ),
    column(
        Field::ConfirmTime,
        "confirm_time",
        When::Scales,
        SECONDS,
        "From the appearance of the scale to the confirmation; n/a where the rating was not confirmed.",
    ),
    column(
        Field::OnsetPlanned,
        "onset_planned",
        When::Always,
        SECONDS,
        "When the screen was to appear, counted from onset 0.",
    ),
    column(
        Field::OnsetDelay,
        "onset_delay",
        When::Always,
        SECONDS,
        "onset minus onset_planned: positive where the screen came later than planned.",
    ),
    Fixed {
        field: Field::OnsetBasis,
        name: "onset_basis",
        when: When::Always,
        units: None,
        levels: &[
            ("wp-presentation", "reported by the display system (Wayland presentation feedback)"),
            ("x11-present", "reported by the display system (X11 Present)"),
            ("x11-roundtrip", "measured after the picture was copied to the screen (X11)"),
            ("dxgi-statistics", "reported by the display system (Windows DXGI frame statistics)"),
            ("estimate", "an estimate: the computer's time after the picture was handed over"),
            ("virtual", "the clock of a simulation; nobody saw a screen"),
        ],
        description: "How the onset is known.",
    },
    Fixed {
        field: Field::Late,
        name: "late",
        when: When::Always,
        units: None,
        levels: &[("1", "later than half a frame after its target"), ("0", "in time")],
        description: "Whether the screen missed the frame it was meant for.",
    },
];

/// Column names that a protocol may not use: our own, and one that an analysis program would act on silently.
pub(super) fn is_reserved(name: &str) -> bool {
    // `HED` and `sample` mean something to BIDS tools; nilearn scales regressors by `modulation`.
    FIXED.iter().any(|c| c.name == name) || ["modulation", "HED", "sample", "n/a"].contains(&name)
}

/// A column of one task: our own, or the protocol's.
enum Column<'a> {
    Fixed(&'static Fixed),
    Protocol(&'a str),
}

fn columns(task: &TaskDoc) -> Vec<Column<'_>> {
    let mut all = Vec::new();
    for c in FIXED {
        let there = match c.when {
            When::Always => true,
            When::Pictures => task.has_pictures,
            When::Unshared => task.has_pictures && task.has_unshared,
            When::Buttons => task.has_buttons,
            When::Scales => !task.scales.is_empty(),
        };
        if there {
            all.push(Column::Fixed(c));
        }
        if c.field == Field::TrialType {
            all.extend(task.columns.keys().map(|k| Column::Protocol(k)));
        }
    }
    all
}

/// The events file of a run, with its header. Picture files that are `absent` are not named.
pub(super) fn events_tsv(plan: &RunPlan, time: &Timeline<'_>, absent: &BTreeSet<String>) -> String {
    let columns = columns(&plan.task);
    let line = |cells: Vec<String>| cells.join("\t") + "\n";
    let name = |c: &Column<'_>| match c {
        Column::Fixed(f) => f.name.to_string(),
        Column::Protocol(name) => (*name).to_string(),
    };
    let mut text = line(columns.iter().map(name).collect());
    for row in &time.rows {
        let cell = |c: &Column<'_>| match c {
            Column::Fixed(f) => cell(f.field, plan, time, absent, row).unwrap_or_else(na),
            Column::Protocol(name) => protocol_cell(row, name).map_or_else(na, clean),
        };
        text.push_str(&line(columns.iter().map(cell).collect()));
    }
    text
}

/// What a protocol puts into a cell.
pub(super) fn protocol_cell<'a>(row: &EventRow<'a>, name: &str) -> Option<&'a str> {
    row.phase.row.as_ref()?.columns.get(name).map(String::as_str)
}

fn cell(
    field: Field,
    plan: &RunPlan,
    time: &Timeline<'_>,
    absent: &BTreeSet<String>,
    row: &EventRow<'_>,
) -> Option<String> {
    let planned_row = row.phase.row.as_ref()?;
    let picture = planned_row.picture.as_ref();
    let file = picture.and_then(|id| plan.pictures.get(id));
    let flag = |b: bool| u8::from(b).to_string();
    Some(match field {
        Field::Onset => seconds(row.onset),
        Field::Duration => seconds(row.duration),
        Field::TrialType => planned_row.trial_type.clone(),
        Field::StimFile => file.filter(|f| f.share && !absent.contains(&f.file))?.file.clone(),
        Field::Identifier => clean(&picture?.0),
        Field::Database => clean(file?.database.as_deref()?),
        Field::OnsetPlanned => seconds(row.planned),
        Field::OnsetDelay => seconds(row.onset - row.planned),
        Field::OnsetBasis => row.basis.name().into(),
        Field::Late => flag(row.late),
        Field::Response | Field::ResponseTime | Field::Accuracy => {
            let Some(Answer::Button { meaning, correct, rt_ns, .. }) = row.answer else {
                return None;
            };
            match field {
                Field::Response => clean(meaning.as_deref()?),
                Field::ResponseTime => seconds(time.since_onset((*rt_ns)?)),
                _ => flag((*correct)?),
            }
        }
        _ => {
            let Some(Answer::Rating {
                rating,
                position,
                start,
                moved,
                confirmed,
                first_move_ns,
                confirm_ns,
            }) = row.answer
            else {
                return None;
            };
            match field {
                Field::Rating => decimal((*rating).filter(|_| *moved || *confirmed)?),
                Field::RatingPosition => decimal(*position),
                Field::RatingStart => decimal(*start),
                Field::RatingMoved => flag(*moved),
                Field::RatingConfirmed => flag(*confirmed),
                Field::FirstMoveTime => seconds(time.since_onset((*first_move_ns)?)),
                _ => seconds(time.since_onset((*confirm_ns)?)),
            }
        }
    })
}

fn na() -> String {
    "n/a".into()
}

/// Seconds with six decimals.
fn seconds(t: Micros) -> String {
    let sign = if t < 0 { "-" } else { "" };
    let t = t.unsigned_abs();
    format!("{sign}{}.{:06}", t / 1_000_000, t % 1_000_000)
}

/// Two to four decimals; never a negative zero.
fn decimal(x: f64) -> String {
    if !x.is_finite() {
        return na();
    }
    let mut text = format!("{x:.4}");
    for _ in 0..2 {
        if text.ends_with('0') {
            text.pop();
        }
    }
    if text == "-0.00" { "0.00".into() } else { text }
}

/// Text as a cell can hold it: no tabs, line ends or double quotes, nothing empty.
pub(super) fn clean(text: &str) -> String {
    let plain = |c: char| match c {
        '"' => '\'',
        c if c.is_control() => ' ',
        c => c,
    };
    let text: String = text.chars().map(plain).collect();
    if text.trim().is_empty() { na() } else { text.trim().into() }
}

/// The sidecar of a task: every column that its events files have.
pub(super) fn task_sidecar(task: &TaskDoc) -> Value {
    let mut all = Map::new();
    for column in columns(task) {
        let (name, doc) = match column {
            Column::Fixed(f) => (f.name, fixed_doc(f, task)),
            Column::Protocol(name) => (name, protocol_doc(&task.columns[name])),
        };
        all.insert(name.into(), Value::Object(doc));
    }
    Value::Object(all)
}

fn protocol_doc(text: &crate::plan::schema::ColumnText) -> Map<String, Value> {
    let mut doc = Map::new();
    doc.insert("Description".into(), json!(text.description));
    if let Some(units) = &text.units {
        doc.insert("Units".into(), json!(units));
    }
    if !text.levels.is_empty() {
        doc.insert("Levels".into(), json!(text.levels));
    }
    doc
}

fn fixed_doc(f: &Fixed, task: &TaskDoc) -> Map<String, Value> {
    let mut doc = Map::new();
    doc.insert("Description".into(), json!(description(f, task)));
    if let Some(units) = f.units {
        doc.insert("Units".into(), json!(units));
    }
    if !f.levels.is_empty() {
        let levels = f.levels.iter().map(|(v, d)| ((*v).to_string(), json!(d)));
        doc.insert("Levels".into(), Value::Object(levels.collect()));
    }
    match f.field {
        Field::TrialType => {
            let levels: Map<String, Value> =
                task.trial_types.iter().map(|(k, t)| (k.clone(), json!(t.description))).collect();
            let hed: Map<String, Value> = (task.trial_types.iter())
                .filter(|(_, t)| !t.hed.trim().is_empty())
                .map(|(k, t)| (k.clone(), json!(t.hed)))
                .collect();
            doc.insert("Levels".into(), Value::Object(levels));
            if !hed.is_empty() {
                doc.insert("HED".into(), Value::Object(hed));
            }
        }
        Field::ResponseTime => {
            doc.insert("HED".into(), json!(RESPONSE_TIME_HED));
        }
        Field::Rating => {
            let mut scales = task.scales.values();
            if let (Some(scale), None) = (scales.next(), scales.next()) {
                if let Some(unit) = &scale.unit {
                    doc.insert("Units".into(), json!(unit));
                }
                // Rounded outwards, as the values are rounded to four decimals.
                let (low, high) = (scale.left.min(scale.right), scale.left.max(scale.right));
                doc.insert("Minimum".into(), json!(outward(low, f64::min)));
                doc.insert("Maximum".into(), json!(outward(high, f64::max)));
            }
        }
        Field::RatingPosition | Field::RatingStart => {
            doc.insert("Minimum".into(), json!(0));
            doc.insert("Maximum".into(), json!(1));
        }
        _ => {}
    }
    doc
}

/// The HED string of a reaction time, as the validators accept it.
const RESPONSE_TIME_HED: &str = "(Delay/# s, (Agent-action, Participant-response, (Experiment-participant, (Press, Push-button))))";

fn outward(bound: f64, choose: fn(f64, f64) -> f64) -> f64 {
    let rounded = decimal(bound).parse().unwrap_or(bound);
    choose(bound, rounded)
}

fn description(f: &Fixed, task: &TaskDoc) -> String {
    match f.field {
        Field::Rating => {
            let scales: Vec<String> = task.scales.iter().map(|(n, s)| scale_text(n, s)).collect();
            format!("{} {}", f.description, scales.join(" "))
        }
        Field::RatingPosition | Field::RatingStart => format!("{}, {SHARE}.", f.description),
        _ => f.description.into(),
    }
}

fn scale_text(name: &str, scale: &ScaleText) -> String {
    let end = |value: f64, word: Option<&String>| match word {
        Some(word) => format!("{value} ({word})"),
        None => value.to_string(),
    };
    let middle = match &scale.anchors[..] {
        [_, middle, _] => format!(" over {middle}"),
        _ => String::new(),
    };
    let ends = [scale.anchors.first(), scale.anchors.get(1).and(scale.anchors.last())];
    format!(
        "Scale {name}: {} From {} at the left{middle} to {} at the right{}; a higher value means {}.",
        sentence(&scale.question),
        end(scale.left, ends[0]),
        end(scale.right, ends[1]),
        scale.unit.as_ref().map_or_else(String::new, |u| format!(", in {u}")),
        scale.higher_means.replace('_', " "),
    )
}

/// A text with an end.
fn sentence(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.ends_with(['.', '?', '!', ':']) { text } else { format!("{text}.") }
}

/// docs/bids-output.md: the dictionary of the columns, for researchers.
pub fn dictionary() -> String {
    let mut text = String::from(DICTIONARY_HEAD);
    for f in FIXED {
        let when = match f.when {
            When::Always => "always",
            When::Pictures => "tasks with pictures",
            When::Unshared => "tasks with pictures that may not be shared",
            When::Buttons => "tasks with buttons",
            When::Scales => "tasks with rating scales",
        };
        let mut about = match f.field {
            Field::RatingPosition | Field::RatingStart => format!("{}, {SHARE}.", f.description),
            _ => f.description.into(),
        };
        for (value, meaning) in f.levels {
            about.push_str(&format!(" `{value}`: {meaning}."));
        }
        let units = f.units.unwrap_or("");
        text.push_str(&format!("| `{}` | {when} | {units} | {about} |\n", f.name));
        if f.field == Field::TrialType {
            text.push_str("| *the protocol's own* | as the protocol says | | Columns that the protocol names, in its order, as it describes them. |\n");
        }
    }
    text
}

const DICTIONARY_HEAD: &str = include_str!("columns/dictionary_head.md");

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::record::Basis;

    #[test]
    fn every_basis_of_an_onset_is_described() {
        let column = FIXED.iter().find(|c| c.field == Field::OnsetBasis).unwrap();
        let all = [
            Basis::WpPresentation,
            Basis::X11Present,
            Basis::X11Roundtrip,
            Basis::DxgiStatistics,
            Basis::Estimate,
            Basis::Virtual,
        ];
        for basis in all {
            assert!(column.levels.iter().any(|(v, _)| *v == basis.name()), "{basis:?}");
        }
    }

    #[test]
    fn times_have_six_decimals_and_ratings_two_to_four() {
        assert_eq!(seconds(-1), "-0.000001");
        assert_eq!(seconds(61_000_000), "61.000000");
        let cases = [62.5, 62.12345, 0.0, -0.000001, 100.0, f64::NAN];
        assert_eq!(cases.map(decimal), ["62.50", "62.1234", "0.00", "0.00", "100.00", "n/a"]);
    }

    #[test]
    fn cells_hold_no_tab_no_line_end_no_quote_and_are_never_empty() {
        assert_eq!(clean("a\tb\n\"c\" "), "a b 'c'");
        assert_eq!(clean(" \r\n"), "n/a");
    }

    #[test]
    fn bounds_of_a_scale_take_in_every_rounded_rating() {
        assert_eq!(outward(2.0 / 3.0, f64::max), 0.6667);
        assert_eq!(outward(1.0 / 3.0, f64::max), 1.0 / 3.0);
        assert_eq!(outward(-1.0 / 3.0, f64::min), -1.0 / 3.0);
        assert_eq!(outward(2.0 / 3.0, f64::min), 2.0 / 3.0);
    }
}
