//! Keys of phases, their elements and answers, and of the blocks that repeat them.

use super::k;
use crate::ground::document::keys::Section;

pub const PHASE: Section = Section {
    head: "`[phase.NAME]`",
    about: "One screen for one stretch of time. It has either a `duration` or an `until`.",
    keys: &[
        k("duration", "seconds, `\"{variable}\"`, or a table", "required without `until`", "how long it lasts: a number, a variable that holds one, or a table as below", "duration = 4.0"),
        k("until", "`response`, `trigger` or `volume`", "none", "lasts until one of `keys`, the scanner's first counted pulse, or a later one; what follows is timed from there", "until = \"trigger\""),
        k("keys", "list of meanings", "`[\"continue\"]`", "with `until = \"response\"`: what ends it", "keys = [\"continue\", \"confirm\"]"),
        k("at_most", "seconds", "no limit", "with `until = \"response\"`: the longest that it waits for a key", "at_most = 10"),
        k("volumes", "whole number", "one", "with `until = \"volume\"`: so many volumes must begin, the first at least 0.1 s (half a TR where that is less) after the planned onset; in the lab it lasts that many repetition times", "volumes = 3"),
        k("again", "list of meanings", "none", "in practice, with `until = \"response\"`: keys that begin the practice anew instead of going on", "again = [\"left\"]"),
        k("when", "table of variable = value, or list of values", "always", "left out where a variable has another value; `place` is `scanner` or `lab`", "when = { place = \"scanner\" }"),
        k("elements", "list of tables", "empty screen", "what is shown; see the kinds of element", "elements = [{ kind = \"fixation\" }]"),
        k("sounds", "list of tables, or one table", "silence", "what is heard; see the sounds of a phase", "sounds = [{ play = \"attend\", at = 0.5 }]"),
        k("response", "table", "none", "a button answer is taken", "response = { keys = [\"left\", \"right\"] }"),
        k("trial_type", "identifier", "none", "gives the phase a row in the events file; `{variables}` may be used", "trial_type = \"cue_{instruction}\""),
        k("columns", "table of column = value", "none", "further cells of that row; `{variables}` may be used", "columns = { block = \"{block}\" }"),
        k("mark", "true or false", "true with a `trial_type`", "the photodiode patch is white from its first frame to its end, else black", "mark = false"),
        k("marker", "whole number 1 to 255, text with a variable, or table of variable = table of value = number", "none", "the code that the rig's `[[marker]]` devices (an EEG amplifier, an eye tracker) are sent with its first frame; none in practice. The white photodiode patch is `mark`", "marker = { emotion = { fearful = 11, happy = 12 } }"),
    ],
};

pub const DURATION: Section = Section {
    head: "Length of a phase: `duration = { ... }`",
    about: "One of `frames`, `choose`, `uniform` and `exponential`, with what belongs to it.",
    keys: &[
        k("frames", "whole number or `\"{variable}\"`", "none", "so many refreshes of the screen", "frames = 2"),
        k("at", "hertz, 20 to 1000", "none", "with `frames`: they are those of a screen of this rate and stand for a time, `frames` / `at`; a screen that cannot show it in whole refreshes (within 0.5 ms) is refused", "at = 60"),
        k("choose", "list of seconds", "none", "one of these at random, each equally often", "choose = [4, 5, 6, 7]"),
        k("uniform", "two numbers of seconds", "none", "anything between them at random", "uniform = [1, 4]"),
        k("exponential", "two numbers of seconds", "none", "short ones often, long ones seldom: exponentially distributed between them", "exponential = [1, 10]"),
        k("mean", "seconds", "needed with `exponential`", "mean of the exponential distribution between its bounds; less than the middle of them", "mean = 2.5"),
        k("total", "seconds", "by chance", "what all of them in a run add up to, exactly; practice apart", "total = 75"),
        k("step", "seconds", "none", "with `uniform` and `exponential`: only whole multiples of it, such as of the repetition time", "step = 0.5"),
    ],
};

pub const RESPONSE: Section = Section {
    head: "Button answer: `response = { ... }`",
    about: "The first of the keys that is pressed counts.",
    keys: &[
        k("keys", "list of meanings, or table of meaning = answer", "required", "what counts as an answer; in a table also what each key stands for in this run, `{variables}` may be used", "keys = { left = \"{left_answer}\", right = \"{right_answer}\" }"),
        k("correct", "meaning, or answer where `keys` is a table; `none`", "not judged", "the right answer; `none` where the right thing is to press nothing; `{variables}` and `{picture.column}` may be used", "correct = \"{face.answer}\""),
        k("anticipation", "seconds, 0 to 10", "0.15", "a press so soon after the onset, or sooner, comes from before the picture was seen and is no answer to it; 0 takes every press", "anticipation = 0.1"),
        k("window", "seconds, or name of a phase", "as long as the phase", "how long answers count, from the onset: so many seconds, or to the end of the next phase of that name; may outlast the phase, and ends early where a later phase listens to one of the same keys", "window = 1.9"),
    ],
};

pub const ELEMENT: Section = Section {
    head: "Elements: every kind",
    about: "An element is a table in the list `elements` of a phase, or `[[phase.NAME.elements]]`.",
    keys: &[
        k("kind", "`text`, `picture`, `fixation`, `rect`, `ellipse`, `scale` or `placeholder`", "required", "what it is", "kind = \"text\""),
        k("id", "name", "the kind; `text_2` for the second text, and so on", "its name in the phase", "id = \"upper\""),
        k("x", "length", "0", "its centre, right of the middle of the screen", "x = \"-4deg\""),
        k("y", "length", "0", "its centre, above the middle of the screen", "y = \"10%\""),
        k("depth", "whole number", "place in the list", "higher is nearer to the viewer", "depth = 2"),
    ],
};

/// The kinds of element, each with the tables of keys that it has beside those of every element.
pub const ELEMENT_KINDS: [(&str, &[&Section]); 7] = [
    ("text", &[&TEXT, &OPACITY]),
    ("picture", &[&PICTURE, &OPACITY, &LOOK]),
    ("fixation", &[&FIXATION, &OPACITY]),
    ("rect", &[&RECT, &OPACITY]),
    ("ellipse", &[&ELLIPSE, &OPACITY]),
    ("scale", &[&SCALE_ELEMENT]),
    ("placeholder", &[&PLACEHOLDER, &OPACITY]),
];

pub const OPACITY: Section = Section {
    head: "Elements: every kind but `scale`",
    about: "Blending is in linear light, as light adds up. Letters that join, as in Arabic, cover more where two of them overlap.",
    keys: &[k("opacity", "number above 0, at most 1", "1", "how much of what is behind it is covered", "opacity = 0.5")],
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
    about: "A picture, never distorted. It has either `from` or `file`. Where a phase shows several, the events file names the first in the list that is drawn `from` a source; the others can stand in columns.",
    keys: &[
        k("from", "name", "required without `file`", "the `[pictures.NAME]` it is drawn from", "from = \"scene\""),
        k("same", "true or false", "false", "with `from`: no new one, but the one that was drawn last", "same = true"),
        k("file", "path in the stimuli folder", "none", "one picture by its file; `{variables}` may be used. It is copied into the dataset only where the stimulus table lists it as shared", "file = \"photos/door.jpg\""),
        k("size", "`fit`, `native` or a length", "`fit`", "as large as fits, pixel by pixel, or its height", "size = \"12deg\""),
    ],
};

pub const LOOK: Section = Section {
    head: "Elements: `kind = \"picture\"`, changed when it is loaded",
    about: "Done in this order: `crop`, `flip`, `scramble`, `tint`. The files, and what the data name, stay as they are; \
        see [pictures](pictures.md#masks-scrambles-and-tints).",
    keys: &[
        k("crop", "four numbers, 0 to 1", "nothing", "shares of the picture that are cut off at the left, top, right and bottom", "crop = [0.1, 0, 0.1, 0]"),
        k("flip", "`h`, `v` or `both`", "none", "left and right change places, or top and bottom, or both", "flip = \"h\""),
        k("scramble", "`phase`, `blocks` or `pixels`", "none", "random phases, or tiles or pixels that change places; once for a picture and run, from the seed of the run", "scramble = \"phase\""),
        k("blocks", "whole number, 2 to 256", "16", "with `scramble = \"blocks\"`: so many tiles side by side; they are as nearly square as the picture allows", "blocks = 8"),
        k("tint", "colour", "none", "the light that the picture is seen in: multiplied with it, in linear light", "tint = \"#ffb0b0\""),
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
    about: "A rectangle: filled, or as a border around something.",
    keys: &[
        k("width", "length", "required", "its width", "width = \"4deg\""),
        k("height", "length", "required", "its height", "height = \"2deg\""),
        k("color", "colour", "required", "its colour", "color = \"#404040\""),
        k("stroke", "length", "filled", "only its outline, so thick; it lies within `width` and `height`", "stroke = \"6px\""),
    ],
};

pub const ELLIPSE: Section = Section {
    head: "Elements: `kind = \"ellipse\"`",
    about: "An ellipse, or a circle where `width` and `height` are equal.",
    keys: &[
        k("width", "length", "required", "its width", "width = \"1deg\""),
        k("height", "length", "required", "its height", "height = \"1deg\""),
        k("color", "colour", "required", "its colour", "color = \"yellow\""),
        k("stroke", "length", "filled", "only its outline, so thick; it lies within `width` and `height`", "stroke = \"0.1deg\""),
    ],
};

pub const PLACEHOLDER: Section = Section {
    head: "Elements: `kind = \"placeholder\"`",
    about: "A labelled box for a picture that is not at hand yet. Where one is shown the run is a dry run.",
    keys: &[
        k("label", "text", "required", "what stands in it; `{variables}` may be used", "label = \"{file}\""),
        k("height", "length", "`60%`", "its height; it is a third wider than high", "height = \"10deg\""),
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
        k("times", "table of factor = table of level = number", "once each", "levels that come more often than others in each cycle", "times = { kind = { new = 9, repeated = 1 } }"),
        k("order", "`sequential`, `shuffle`, `cycle`, `latin`, `williams` or a list of levels", "`sequential`", "as written; all passes shuffled; every cycle shuffled by itself; by allocation a row of a Latin square, or of a Williams design, in which each combination follows each other one equally often; or these levels of the one factor, in this order, which may hold variables of `[allocate]`", "order = \"cycle\""),
        k("max_in_row", "table of variable = number, or table of value = number", "no bound", "at most so many passes in a row with one value of the variable, or with those values; counted within one showing of the block, anew where a block around it begins again", "max_in_row = { condition = 2, valence = { negative = 4 } }"),
        k("when", "table of variable = value, or list of values", "always", "left out where a variable has another value", "when = { round = \"2\" }"),
        k("practice", "true or false", "false", "practice: all in it is shown and nothing is counted; it has no rows, stands before the scanner is waited for, and both begins after a key and ends with one", "practice = true"),
        k("count", "name", "none", "a variable that counts the passes of the run from 1", "count = \"block\""),
    ],
};
