//! The columns of an events file: which there are, what stands in them, and what is said about them. One
//! table gives the file, its sidecar and docs/bids-output.md.

mod cells;
mod docs;

pub(super) use cells::{clean, events_tsv};
pub(super) use docs::task_sidecar;

use crate::plan::schema::TaskDoc;

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
         the last screen of a run, the time that was planned, or until the run was ended; where the program \
         itself stopped, until the last thing it recorded.",
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
        "The name of the picture in the study's stimulus table. Pictures that may not be shared are named here, \
         and by database, alone.",
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
        levels: &[
            ("1", "more than half a frame after that frame, or more than a frame after its plan"),
            ("0", "in time"),
        ],
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
}
