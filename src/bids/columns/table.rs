//! The table of this program's own columns, in the order of the file: name, unit, levels, and what a researcher must know
//! of each. It knows no run; protocols add columns of their own after `trial_type`.

/// What stands in a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Onset,
    Duration,
    TrialType,
    StimFile,
    Identifier,
    Database,
    SeenBefore,
    Sound,
    SoundOnset,
    SoundDelay,
    SoundBasis,
    Response,
    ResponseButton,
    ResponseTime,
    ResponseKind,
    ResponseCount,
    Accuracy,
    RatingScale,
    Rating,
    RatingMean,
    RatingPosition,
    RatingStart,
    RatingReversed,
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
pub(super) enum When {
    Always,
    Pictures,
    Unshared,
    Sounds,
    Buttons,
    /// Buttons that stand for answers of other names.
    Given,
    Scales,
    /// More than one scale.
    ManyScales,
    /// A scale that is rated while other things are shown.
    Continuous,
    /// A scale that runs from right to left for some people.
    Reversible,
}

/// A column of this program's own; protocols add theirs after `trial_type`.
pub(super) struct Fixed {
    pub field: Field,
    pub name: &'static str,
    pub when: When,
    pub units: Option<&'static str>,
    pub levels: &'static [(&'static str, &'static str)],
    pub description: &'static str,
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
pub(super) const SHARE: &str =
    "as a share of the scale on the screen: 0 is its left end, 1 its right end";

/// All of them, in the order of the file.
pub(super) const FIXED: &[Fixed] = &[
    column(
        Field::Onset,
        "onset",
        When::Always,
        SECONDS,
        "When the screen appeared, counted from onset 0: the first stored volume of a scanner run, or the \
         beginning of the first part with rows of a run without a scanner. Screens before it are negative. Where the \
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
        "The picture, relative to the folder stimuli. It is n/a for screens without a picture, for pictures that may not \
         be shared, and where the picture could not be loaded in time to be on the screen.",
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
    Fixed {
        field: Field::SeenBefore,
        name: "seen_before",
        when: When::Pictures,
        units: None,
        levels: &[
            (
                "1",
                "it was on the screen in an earlier run, or may have been when that was interrupted",
            ),
            ("0", "it was not"),
        ],
        description: "Whether the person had seen the picture in an earlier run of this dataset, as far as could be known when this \
                      run began; practice does not count. It is n/a for screens without a picture.",
    },
    column(
        Field::Sound,
        "sound",
        When::Sounds,
        None,
        "The sound that came with the screen, as the protocol calls it: the one that the protocol lists first where there are several, and its first time \
         where it was repeated. It is n/a for screens without a sound, and where the sound was not played.",
    ),
    column(
        Field::SoundOnset,
        "sound_onset",
        When::Sounds,
        SECONDS,
        "When that sound was heard, counted from onset 0 as onset is: when its first sample left the sound device, by what the \
         device says. Where the room was measured with a microphone, that correction is included.",
    ),
    column(
        Field::SoundDelay,
        "sound_delay",
        When::Sounds,
        SECONDS,
        "By how much that sound came later than planned; negative where it came earlier. The plan is the refresh that was \
         foreseen for its screen, and the time that the protocol puts between the two. The corrections of display and sound \
         are included in both.",
    ),
    Fixed {
        field: Field::SoundBasis,
        name: "sound_basis",
        when: When::Sounds,
        units: None,
        levels: &[
            (
                "device-stamps",
                "from the times at which the sound device says that samples before it and behind it are played",
            ),
            (
                "earlier-stamps",
                "from such times of samples before it alone; what came behind it is not known",
            ),
            ("virtual", "the clock of a simulation; nobody heard a sound"),
        ],
        description: "How the onset of that sound is known.",
    },
    column(
        Field::Response,
        "response",
        When::Buttons,
        None,
        "The answer that was given: what the first valid button stands for that was pressed after the screen \
         appeared; n/a where none was pressed.",
    ),
    column(
        Field::ResponseButton,
        "response_button",
        When::Given,
        None,
        "The meaning of the button itself that was pressed. Which button stands for which answer can differ between \
         people.",
    ),
    column(
        Field::ResponseTime,
        "response_time",
        When::Buttons,
        SECONDS,
        "From the appearance of the screen to the press of the button; n/a where none was pressed. The \
         display's correction is included, as in onset. Anticipations have a time too: response_kind tells them apart.",
    ),
    Fixed {
        field: Field::ResponseKind,
        name: "response_kind",
        when: When::Buttons,
        units: None,
        levels: &[
            ("answer", "a button was pressed in time"),
            (
                "anticipation",
                "a button was pressed too early to be an answer to what was shown; it is neither right nor wrong",
            ),
            ("miss", "no button was pressed in time"),
            ("withheld", "no button was pressed, and none should have been"),
        ],
        description: "What kind of response it was, judged during the run from the onset as the display reported it; \
                      n/a for screens that ask for none, and where the run ended before the time for it was up.",
    },
    column(
        Field::ResponseCount,
        "response_count",
        When::Buttons,
        None,
        "How many valid presses came in the time for the response; only the first counts. More than one can mean that \
         the person changed their mind, or a button that bounces.",
    ),
    Fixed {
        field: Field::Accuracy,
        name: "accuracy",
        when: When::Buttons,
        units: None,
        levels: &[("1", "the right answer"), ("0", "another answer")],
        description: "Whether the response was right; n/a for misses and anticipations, and where no answer is right.",
    },
    column(
        Field::RatingScale,
        "rating_scale",
        When::ManyScales,
        None,
        "The scale that was on the screen; n/a where none was.",
    ),
    column(
        Field::Rating,
        "rating",
        When::Scales,
        None,
        "What the person answered on the scale, in its units. It is n/a unless the marker was moved or the \
         rating confirmed: a marker that was left where it stood is no answer. Where a scale goes on from screen to \
         screen, moving it on an earlier one counts.",
    ),
    column(
        Field::RatingMean,
        "rating_mean",
        When::Continuous,
        None,
        "Mean over the time that the screen was shown, of a scale that is rated while other things are shown; rating is \
         where its marker stood in the end. It is n/a for other scales, and where rating is.",
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
        "Where the marker stood when the screen appeared",
    ),
    Fixed {
        field: Field::RatingReversed,
        name: "rating_reversed",
        when: When::Reversible,
        units: None,
        levels: &[
            ("1", "from right to left: ends, anchors and labels had changed places"),
            ("0", "as the scale is described"),
        ],
        description: "How the scale stood on the screen; n/a where none was. rating is recoded and means the same \
                      either way; rating_position and rating_start are places on the screen.",
    },
    Fixed {
        field: Field::RatingMoved,
        name: "rating_moved",
        when: When::Scales,
        units: None,
        levels: &[("1", "the marker was moved"), ("0", "the marker was not moved")],
        description: "Whether the person moved the marker while this screen was shown.",
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
        "From the appearance of the screen to the first movement of the marker; n/a where it was not moved. The \
         display's correction is included, as in onset.",
    ),
    column(
        Field::ConfirmTime,
        "confirm_time",
        When::Scales,
        SECONDS,
        "From the appearance of the screen to the confirmation; n/a where the rating was not confirmed. The display's \
         correction is included, as in onset.",
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
            ("dxgi-statistics", "reported by the display system (Windows DXGI frame statistics)"),
            ("present-wait", "reported by the graphics driver (vkWaitForPresentKHR)"),
            ("x11-roundtrip", "measured while the picture was copied to the screen (X11)"),
            (
                "x11-msc",
                "reckoned: the first refresh, by the display's own counter, after the picture was handed over (X11)",
            ),
            ("estimate", "an estimate: the computer's time after the picture was handed over"),
            ("virtual", "the clock of a simulation; nobody saw a screen"),
            ("schedule", "the plan itself: a moment at which nothing was shown"),
        ],
        description: "How the onset is known.",
    },
    Fixed {
        field: Field::Late,
        name: "late",
        when: When::Always,
        units: None,
        levels: &[
            (
                "1",
                "more than half a frame after that frame, or more than a frame and 1 ms (for the spread of the \
                 display's reports) after its plan",
            ),
            ("0", "in time"),
        ],
        description: "Whether the screen missed the frame it was meant for, judged during the run without the \
                      display's correction. A screen that was due at once, behind a key or a pulse, was meant for the \
                      first frame that could be reached and is held to no other plan: late says nothing of its \
                      onset_delay.",
    },
];
