//! Every key that a protocol may hold, with its type, default, meaning and an example: the one list behind
//! the check for unknown keys and docs/protocol-reference.md. What the values may be is checked in `parse`.

use crate::ground::document::keys::{Key, Section};

const fn k(
    name: &'static str,
    kind: &'static str,
    default: &'static str,
    meaning: &'static str,
    example: &'static str,
) -> Key {
    Key { name, kind, default, meaning, example }
}

pub const TOP: Section = Section {
    head: "At the top of the file",
    about: "`sequence` stands above the first `[...]`. All else is in tables, in any order.",
    keys: &[
        k("sequence", "list of names", "required", "the phases and blocks of a run, in their order", "sequence = [\"welcome\", \"blocks\", \"end\"]"),
        k("task", "table", "required", "the task as a whole", "[task]"),
        k("allocate", "tables by name", "none", "variables that follow from who comes and when", "[allocate.set]"),
        k("factor", "tables by name and level", "none", "what is varied, with the variables of each level", "[factor.condition.attend_negative]"),
        k("pictures", "tables by name", "none", "where pictures are drawn from", "[pictures.scene]"),
        k("scale", "tables by name", "none", "rating scales", "[scale.distress]"),
        k("phase", "tables by name", "none", "one screen for one stretch of time", "[phase.cue]"),
        k("block", "tables by name", "none", "parts of the run that are repeated", "[block.trials]"),
        k("trial_type", "tables by name", "none", "what each `trial_type` in the events file is", "[trial_type.cue_attend]"),
        k("column", "tables by name", "none", "what each further column of the events file holds", "[column.condition]"),
        k("simulate", "tables `rating` and `response`", "see below", "what a simulated participant does", "[simulate.rating]"),
    ],
};

pub const TASK: Section = Section {
    head: "`[task]`",
    about: "The task as a whole.",
    keys: &[
        k("name", "letters and digits", "required", "the task in BIDS file names", "name = \"reappraisal\""),
        k("title", "text", "the name", "the task for people", "title = \"Attend and regulate\""),
        k("description", "text", "empty", "what the task is, for the BIDS field `TaskDescription`", "description = \"Pictures in blocks, then a rating\""),
        k("instructions", "text", "empty", "what participants are told, for the BIDS field `Instructions`", "instructions = \"Look at each picture\""),
        k("status", "text", "`proposal`", "`proposal`, or the publication whose values the file holds", "status = \"proposal\""),
        k("tr", "seconds, 0.1 to 30", "none", "repetition time, for a task that is made for the scanner", "tr = 2.0"),
        k("volumes", "whole number", "none", "stored volumes of a whole run; needs `tr`", "volumes = 250"),
        k("stimuli", "path in the stimuli folder", "none", "the stimulus table; needed where pictures are drawn", "stimuli = \"scenes.tsv\""),
        k("background", "colour", "`grey`", "colour of the screen", "background = \"#808080\""),
        k("color", "colour", "`black`", "colour of text, fixation and scales", "color = \"black\""),
        k("cog_atlas_id", "web address", "none", "the task in the Cognitive Atlas", "cog_atlas_id = \"https://www.cognitiveatlas.org/task/id/ID\""),
        k("cog_po_id", "web address", "none", "the task in CogPO", "cog_po_id = \"http://www.cogpo.org/ontologies/ID\""),
    ],
};

pub const ALLOCATE: Section = Section {
    head: "`[allocate.VARIABLE]`",
    about: "A variable whose value follows from the person's allocation index (0, 1, 2 ...) and the visit (0, 1 ...): \
            value number (allocation / `every` + visit x `per_visit`), counted round and round.",
    keys: &[
        k("values", "list of texts", "required", "the values, in their order", "values = [\"A\", \"B\"]"),
        k("every", "whole number", "1", "so many people in a row have the same value", "every = 2"),
        k("per_visit", "whole number", "0", "steps from one visit to the next", "per_visit = 1"),
    ],
};

pub const FACTOR: Section = Section {
    head: "`[factor.NAME.LEVEL]`",
    about: "What is varied. Each level is a table with variables of your own choice, the same in every level; the factor's \
            name is a variable too, whose value is the level. A value may hold `{variables}` of `[allocate]`.",
    keys: &[],
};

pub const PICTURES: Section = Section {
    head: "`[pictures.NAME]`",
    about: "Pictures drawn at random from the rows of the stimulus table, none twice in a run.",
    keys: &[k("where", "table of column = value", "any row", "what the columns of a row must hold; `*` accepts anything, `{variables}` may be used", "where = { valence = \"{valence}\", set = \"{set}\" }")],
};

pub const SCALE: Section = Section {
    head: "`[scale.NAME]`",
    about: "A visual analogue scale: a line with a marker that two keys move.",
    keys: &[
        k("question", "text", "empty", "stands above the line; `{variables}` may be used", "question = \"How distressed do you feel?\""),
        k("left", "number", "required", "value at the left end", "left = -50"),
        k("right", "number", "required", "value at the right end; may be below `left`", "right = 50"),
        k("anchors", "list of 2 or 3 texts", "required", "words under the line, from left to right", "anchors = [\"not at all\", \"extremely\"]"),
        k("higher_means", "`more_distress`, `less_distress` or a word of your own", "required", "what a higher value means; reports take their sign from it", "higher_means = \"more_distress\""),
        k("unit", "text", "none", "unit of the value", "unit = \"points\""),
        k("start", "share (0 to 1), or `{ random = [a, b] }`", "0.5", "where the marker begins, as a share of the line from the left", "start = { random = [0.3, 0.7] }"),
        k("keys", "table", "left, right, confirm", "which meanings move and confirm", "keys = { left = \"left\", right = \"right\" }"),
        k("step", "share, above 0 to 1", "0.02", "how far one press moves the marker", "step = 0.05"),
        k("hold", "table", "see below", "how the marker glides while a key is held down", "hold = { delay = 0.25 }"),
        k("countdown", "seconds", "none", "the last seconds are counted down on the screen", "countdown = 3"),
        k("width", "length", "`100%`", "length of the line", "width = \"12deg\""),
        k("text_height", "length", "`4.5%`", "height of a line of its text", "text_height = \"0.8deg\""),
        k("color", "colour", "the task's", "colour of line and text", "color = \"white\""),
    ],
};

pub const SCALE_KEYS: Section = Section {
    head: "Keys of a scale: `keys = { ... }`",
    about: "Meanings, not physical keys: the rig says which key means what.",
    keys: &[
        k("left", "meaning", "`left`", "moves the marker left", "left = \"left\""),
        k("right", "meaning", "`right`", "moves the marker right", "right = \"right\""),
        k("confirm", "meaning or `none`", "`confirm`", "ends the rating; with `none` it lasts as long as the phase", "confirm = \"none\""),
    ],
};

pub const HOLD: Section = Section {
    head: "Gliding of a scale: `hold = { ... }`",
    about: "Speeds are in scales per second.",
    keys: &[
        k("delay", "seconds", "0.3", "how long the key is held before the marker glides", "delay = 0.25"),
        k("speed", "number", "0.15", "speed at first", "speed = 0.1"),
        k("acceleration", "number", "0.4", "gain of speed in each second", "acceleration = 0.3"),
        k("top_speed", "number", "0.6", "speed that is not exceeded", "top_speed = 0.5"),
    ],
};

pub const START: Section = Section {
    head: "Random start of a scale: `start = { ... }`",
    about: "A new start for each rating.",
    keys: &[k("random", "two shares", "required", "the marker begins anywhere between them", "random = [0.2, 0.8]")],
};

pub const PHASE: Section = Section {
    head: "`[phase.NAME]`",
    about: "One screen for one stretch of time. It has either a `duration` or an `until`.",
    keys: &[
        k("duration", "seconds, or a table", "required without `until`", "how long it lasts: a number, or `{ frames = 2 }`, `{ choose = [4, 5] }`, `{ uniform = [1, 4] }`", "duration = 4.0"),
        k("until", "`response` or `trigger`", "none", "lasts until one of `keys`, or the scanner's first counted pulse; what follows is timed from there", "until = \"trigger\""),
        k("keys", "list of meanings", "`[\"continue\"]`", "with `until = \"response\"`: what ends it", "keys = [\"continue\", \"confirm\"]"),
        k("only", "`scanner` or `lab`", "both", "left out of runs at the other place", "only = \"scanner\""),
        k("elements", "list of tables", "empty screen", "what is shown; see the kinds of element", "elements = [{ kind = \"fixation\" }]"),
        k("response", "table", "none", "a button answer is taken", "response = { keys = [\"left\", \"right\"] }"),
        k("trial_type", "identifier", "none", "gives the phase a row in the events file; `{variables}` may be used", "trial_type = \"cue_{instruction}\""),
        k("columns", "table of column = value", "none", "further cells of that row; `{variables}` may be used", "columns = { block = \"{block}\" }"),
        k("mark", "true or false", "true with a `trial_type`", "the photodiode patch is white on its first frame", "mark = false"),
    ],
};

pub const DURATION: Section = Section {
    head: "Length of a phase: `duration = { ... }`",
    about: "One of these keys.",
    keys: &[
        k("frames", "whole number", "none", "so many refreshes of the screen", "frames = 2"),
        k("choose", "list of seconds", "none", "one of these at random, each equally often", "choose = [4, 5, 6, 7]"),
        k("uniform", "two numbers of seconds", "none", "anything between them at random", "uniform = [1, 4]"),
    ],
};

pub const RESPONSE: Section = Section {
    head: "Button answer: `response = { ... }`",
    about: "The first of the keys that is pressed counts.",
    keys: &[
        k("keys", "list of meanings", "required", "what counts as an answer", "keys = [\"left\", \"right\"]"),
        k("correct", "meaning", "none", "the right answer; `{variables}` and `{picture.column}` may be used", "correct = \"{face.answer}\""),
        k("window", "seconds", "as long as the phase", "how long answers count, from the onset; may outlast the phase, and ends early where a later phase listens to one of the same keys", "window = 1.9"),
    ],
};

pub const ELEMENT: Section = Section {
    head: "Elements: every kind",
    about: "An element is a table in the list `elements` of a phase, or `[[phase.NAME.elements]]`.",
    keys: &[
        k("kind", "`text`, `picture`, `fixation`, `rect` or `scale`", "required", "what it is", "kind = \"text\""),
        k("id", "name", "the kind", "its name in the phase, where a kind comes twice", "id = \"upper\""),
        k("x", "length", "0", "its centre, right of the middle of the screen", "x = \"-4deg\""),
        k("y", "length", "0", "its centre, above the middle of the screen", "y = \"10%\""),
        k("depth", "whole number", "place in the list", "higher is nearer to the viewer", "depth = 2"),
    ],
};

pub const TEXT: Section = Section {
    head: "Elements: `kind = \"text\"`",
    about: "Lines of text, centred.",
    keys: &[
        k("text", "text", "required", "the words; `{variables}` may be used", "text = \"{word}\""),
        k("height", "length", "`5%`", "height of a line", "height = \"1deg\""),
        k("wrap", "length", "none", "the widest line", "wrap = \"90%\""),
        k("color", "colour", "the task's", "colour of the text", "color = \"white\""),
    ],
};

pub const PICTURE: Section = Section {
    head: "Elements: `kind = \"picture\"`",
    about: "A picture, never distorted.",
    keys: &[
        k("from", "name", "required", "the `[pictures.NAME]` it is drawn from", "from = \"scene\""),
        k("size", "`fit`, `native` or a length", "`fit`", "as large as fits, pixel by pixel, or its height", "size = \"12deg\""),
    ],
};

pub const FIXATION: Section = Section {
    head: "Elements: `kind = \"fixation\"`",
    about: "A cross.",
    keys: &[
        k("size", "length", "`4%`", "length of its arms from end to end", "size = \"0.8deg\""),
        k("thickness", "length", "`0.6%`", "how thick the arms are", "thickness = \"0.1deg\""),
        k("color", "colour", "the task's", "colour of the cross", "color = \"white\""),
    ],
};

pub const RECT: Section = Section {
    head: "Elements: `kind = \"rect\"`",
    about: "A filled rectangle.",
    keys: &[
        k("width", "length", "required", "its width", "width = \"4deg\""),
        k("height", "length", "required", "its height", "height = \"2deg\""),
        k("color", "colour", "required", "its colour", "color = \"#404040\""),
    ],
};

pub const SCALE_ELEMENT: Section = Section {
    head: "Elements: `kind = \"scale\"`",
    about: "A rating; at most one in a phase.",
    keys: &[k("scale", "name", "required", "the `[scale.NAME]` that is shown", "scale = \"distress\"")],
};

pub const BLOCK: Section = Section {
    head: "`[block.NAME]`",
    about: "A part of the run that is repeated. Blocks may stand in blocks.",
    keys: &[
        k("contents", "list of names", "required", "the phases and blocks of one pass", "contents = [\"cue\", \"pictures\"]"),
        k("each", "list of factors", "none", "one pass for each combination of their levels", "each = [\"condition\"]"),
        k("cycles", "whole number", "1", "how often each combination comes", "cycles = 4"),
        k("order", "`sequential`, `shuffle`, `cycle`, `latin` or a list of levels", "`sequential`", "as written; all passes shuffled; every cycle shuffled by itself; rows of a Latin square by allocation; or these levels of the one factor, in this order", "order = \"cycle\""),
        k("max_in_row", "table of variable = number", "no bound", "at most so many passes in a row with one value of the variable", "max_in_row = { condition = 1 }"),
        k("count", "name", "none", "a variable that counts the passes of the run from 1", "count = \"block\""),
    ],
};

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

pub const SIMULATE: Section = Section {
    head: "`[simulate]`",
    about: "What a simulated participant does. These numbers make example data; they are not results.",
    keys: &[
        k("rating", "table", "see below", "ratings", "[simulate.rating]"),
        k("response", "table", "see below", "button answers", "[simulate.response]"),
    ],
};

pub const SIM_RATING: Section = Section {
    head: "`[simulate.rating]`",
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
    ],
};

/// All tables of a protocol, in the order of the reference.
pub const SECTIONS: &[&Section] = &[
    &TOP, &TASK, &PHASE, &DURATION, &RESPONSE, &ELEMENT, &TEXT, &PICTURE, &FIXATION, &RECT,
    &SCALE_ELEMENT, &SCALE, &SCALE_KEYS, &START, &HOLD, &BLOCK, &FACTOR, &ALLOCATE, &PICTURES,
    &TRIAL_TYPE, &COLUMN, &SIMULATE, &SIM_RATING, &SIM_RESPONSE,
];
