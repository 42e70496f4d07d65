//! Keys of what the sidecars say, and of simulated participants.

use super::k;
use crate::ground::document::keys::Section;

pub const TRIAL_TYPE: Section = Section {
    head: "`[trial_type.NAME]`",
    about: "Every value that `trial_type` takes is described, for the events sidecar.",
    keys: &[
        k("description", "text", "required", "what happens", "description = \"The word ATTEND\""),
        k("hed", "HED string", "empty", "the event in HED tags", "hed = \"Sensory-event, Visual-presentation, Cue\""),
    ],
};

pub const COLUMN: Section = Section {
    head: "`[column.NAME]`",
    about: "Every column that a phase adds is described, for the events sidecar.",
    keys: &[
        k("description", "text", "required", "what it holds", "description = \"Number of the block\""),
        k("units", "text", "none", "unit of its numbers", "units = \"s\""),
        k("levels", "table of value = meaning", "any value", "the values it can have", "levels = { \"1\" = \"first half\", \"2\" = \"second half\" }"),
    ],
};

pub const MARK: Section = Section {
    head: "`[[mark]]`",
    about: "A moment of the timed part that gets a row of no duration, at its planned time; nothing is shown. Each `[[mark]]` is one.",
    keys: &[
        k("at", "seconds", "required", "when, from the start of the timed part: from the first counted pulse of the scanner, or from the key that begins it", "at = 12.5"),
        k("trial_type", "identifier", "required", "of the row", "trial_type = \"breath\""),
        k("columns", "table of column = value", "none", "further cells of the row", "columns = { block = \"2\" }"),
    ],
};

pub const SIMULATE: Section = Section {
    head: "`[simulate]`",
    about: "What a simulated participant does. These numbers make example data; they are not results.",
    keys: &[
        k("rating", "table", "see below", "ratings", "[simulate.rating]"),
        k("scale", "tables by name", "as `rating`", "ratings on one scale, where they differ from the others", "[simulate.scale.pleasure]"),
        k("response", "table", "see below", "button answers", "[simulate.response]"),
    ],
};

pub const SIM_RATING: Section = Section {
    head: "`[simulate.rating]` and `[simulate.scale.NAME]`",
    about: "In units of the scale: the mean of the condition, `per_visit` for each later visit, and normal deviations.",
    keys: &[
        k("by", "variable", "none", "its value chooses the mean", "by = \"condition\""),
        k("mean", "table of value = number", "none", "mean rating for each value", "mean = { attend_negative = -13.0 }"),
        k("default", "number", "0", "mean where `by` is absent or has no mean", "default = 0"),
        k("per_visit", "number", "2.16", "added at each later visit", "per_visit = 2.16"),
        k("person_sd", "number", "8", "SD between people", "person_sd = 8"),
        k("condition_sd", "number", "3", "SD of a person's condition means", "condition_sd = 3"),
        k("visit_sd", "number", "4.5", "SD of a person's visits", "visit_sd = 4.5"),
        k("trial_sd", "number", "5", "SD between single ratings", "trial_sd = 5"),
        k("miss", "share", "0.03", "ratings in which nothing is pressed", "miss = 0.03"),
        k("confirm", "share", "0.8", "ratings that are confirmed", "confirm = 0.8"),
        k("latency", "seconds", "0.8", "median time to the first press", "latency = 0.8"),
    ],
};

pub const SIM_RESPONSE: Section = Section {
    head: "`[simulate.response]`",
    about: "Right with a probability, after a log-normal time.",
    keys: &[
        k("by", "variable", "none", "its value chooses the accuracy", "by = \"emotion\""),
        k("accuracy", "table of value = share", "none", "share of right answers for each value", "accuracy = { fearful = 0.95 }"),
        k("default", "share", "0.92", "accuracy where `by` is absent or has none", "default = 0.92"),
        k("rt", "seconds", "0.65", "median reaction time", "rt = 0.65"),
        k("rt_spread", "number", "0.25", "SD of the logarithm of the reaction time", "rt_spread = 0.25"),
        k("per_visit", "seconds", "0.03", "added at each later visit", "per_visit = 0.03"),
        k("miss", "share", "0.03", "trials without an answer", "miss = 0.03"),
        k("anticipation", "share", "0.005", "answers that come before the picture can have been seen", "anticipation = 0.005"),
    ],
};
