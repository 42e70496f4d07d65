//! Keys of rating scales.

use super::k;
use crate::ground::document::keys::Section;

pub const SCALE: Section = Section {
    head: "`[scale.NAME]`",
    about: "A line with a marker (`vas`), a row of points with a label each (`likert`), or a row of drawn figures (`sam`, the \
            self-assessment manikin), on which keys or a pointer move the marker. Points are counted from the left.",
    keys: &[
        k("kind", "`vas`, `likert` or `sam`", "`vas`", "visual analogue scale, Likert scale, or self-assessment manikin", "kind = \"likert\""),
        k("question", "text", "empty", "stands above the scale; `{variables}` may be used", "question = \"How distressed do you feel?\""),
        k("labels", "list of 2 to 21 texts", "the values", "likert: one for each point, from left to right; may be empty, `{variables}` may be used", "labels = [\"never\", \"sometimes\", \"always\"]"),
        k("points", "whole number; for sam 5 or 9", "as many as labels; 9 for sam", "likert: 2 to 21 points, labelled with their values, instead of `labels`; sam: points under the five figures, and with 9 between them too", "points = 7"),
        k("figures", "`valence`, `arousal` or `dominance`", "required for sam", "sam: what the figures show, from unpleasant, calm or controlled at the left", "figures = \"valence\""),
        k("left", "number", "required; 1 with points", "value at the left end", "left = -50"),
        k("right", "number", "required; with points their number", "value at the right end; may be below `left`", "right = 50"),
        k("anchors", "list of 2 or 3 texts", "required; none with points", "words under the scale, from left to right; `{variables}` may be used", "anchors = [\"not at all\", \"extremely\"]"),
        k("higher_means", "`more_distress`, `less_distress` or a word of your own", "required", "what a higher value means; reports take their sign from it", "higher_means = \"more_distress\""),
        k("reverse", "`yes` or `no`, by a `{variable}`", "none", "where it is `yes` the scale stands the other way round on the screen: ends, labels, anchors and figures are exchanged, and a value means the same as ever", "reverse = \"{reversed}\""),
        k("unit", "text", "none", "unit of the value", "unit = \"points\""),
        k("start", "share (0 to 1), or `{ random = [a, b] }`", "0.5", "where the marker begins, as a share of the scale from the left; with points on the nearest of them", "start = { random = [0.3, 0.7] }"),
        k("keys", "table", "left, right, confirm", "which meanings move, pick and confirm", "keys = { left = \"left\", right = \"right\" }"),
        k("step", "share, above 0 to 1", "0.02", "vas: how far one press moves the marker; with points it is one point", "step = 0.05"),
        k("hold", "table", "see below", "what the marker does while a key is held down", "hold = { delay = 0.25 }"),
        k("repeat", "seconds, 0.02 to 10", "0.2 with points", "with points: from one step to the next while a key is held", "repeat = 0.2"),
        k("pointer", "true or false", "true", "a mouse or trackball of the rig moves the marker", "pointer = false"),
        k("continuous", "true or false", "false", "rated while other things are shown: it is not confirmed, and consecutive phases that show it continue one rating", "continuous = true"),
        k("volume", "true or false", "false", "vas and likert, not continuous: its marker sets how loud all sounds are, from -40 dB at its left end to full at its right end, from then on", "volume = true"),
        k("countdown", "seconds", "none", "the last seconds are counted down on the screen; not where it is continuous", "countdown = 3"),
        k("width", "length", "`100%`", "length of the line, or of the whole row", "width = \"12deg\""),
        k("text_height", "length", "`4.5%`", "height of a line of its text", "text_height = \"0.8deg\""),
        k("color", "colour", "the task's", "colour of line and text", "color = \"white\""),
    ],
};

pub const SCALE_KEYS: Section = Section {
    head: "Keys of a scale: `keys = { ... }`",
    about: "Meanings, not physical keys: the rig says which key means what.",
    keys: &[
        k("left", "meaning", "`left`", "moves the marker left; beside `pick` only where it is written", "left = \"left\""),
        k("right", "meaning", "`right`", "moves the marker right; beside `pick` only where it is written", "right = \"right\""),
        k("confirm", "meaning or `none`", "`confirm`", "ends the rating; with `none` it lasts as long as the phase", "confirm = \"none\""),
        k("pick", "list of meanings", "none", "with points: one for each point, from the left, which puts the marker there at once; then no key moves the marker, unless `left` and `right` are written", "pick = [\"one\", \"two\", \"three\"]"),
        k("pick_confirms", "true or false", "true where `confirm` is `none`", "such a key confirms as well", "pick_confirms = true"),
    ],
};

pub const HOLD: Section = Section {
    head: "A held key of a scale: `hold = { ... }`",
    about: "On a line the marker glides, at speeds in scales per second. With points it steps, see `repeat`; only `delay` is \
            used there.",
    keys: &[
        k("delay", "seconds", "0.3; 0.2 with points", "how long the key is held before the marker glides or steps again", "delay = 0.25"),
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
