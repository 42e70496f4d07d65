//! Keys of sounds, and of phases that play them.

use super::k;
use crate::ground::document::keys::Section;

pub const SOUND: Section = Section {
    head: "`[sound.NAME]`",
    about: "A sound that phases play. It is either a `file` or a `tone`.",
    keys: &[
        k("file", "path in the stimuli folder", "required without `tone`", "a WAV, FLAC, OGG or MP3 file (`.wav`, `.flac`, `.ogg`, `.oga`, `.mp3`)", "file = \"sounds/attend.wav\""),
        k("tone", "table", "none", "a sine wave, made by the program", "tone = { frequency = 440, duration = 0.2 }"),
    ],
};

pub const TONE: Section = Section {
    head: "A tone: `tone = { ... }`",
    about: "A sine wave whose loudness rises and falls like a cosine at its ends. With `volume = 1` it has half the amplitude that the device can give.",
    keys: &[
        k("frequency", "hertz, 20 to 20000", "required", "its pitch", "frequency = 440"),
        k("duration", "seconds, 0.001 to 60", "required", "how long it is, its ramps with it", "duration = 0.2"),
        k("ramp", "seconds, at most half of `duration`", "0.005", "how long it rises, and falls; without one it clicks", "ramp = 0.01"),
    ],
};

pub const CUE: Section = Section {
    head: "Sounds of a phase: `sounds = [{ ... }]`",
    about: "Each is a table in the list, or the one table without the list. A sound that begins comes to its end, whatever is shown \
            meanwhile, unless `stop` says otherwise. Where a key or the scanner begins a phase, nobody knows ahead when: \
            a sound that is due within 0.1 s is late there by what the sound device takes.",
    keys: &[
        k("play", "name of a sound", "required", "the `[sound.NAME]`; `{variables}` and `{picture.column}` may be used. It holds no word, but a variable of a factor may be made of words: then each language has a sound of its own", "play = \"{instruction}\""),
        k("at", "seconds, 0 to 3600", "0", "when it begins, from the onset of the phase", "at = 0.5"),
        k("volume", "number, 0 to 1", "1", "what its amplitude is multiplied by, beside what a scale with `volume = true` sets for all sounds", "volume = 0.8"),
        k("pan", "number, -1 to 1", "0", "from the left ear (-1) over both to the right ear (1): what it takes from the one it does not add to the other", "pan = -1"),
        k("stop", "`end`, `phase` or `response`", "`end`", "when it falls silent: at its own end; when the next screen appears; or when the phase is answered, or else with the next screen", "stop = \"phase\""),
        k("every", "seconds, 0.05 to 3600", "once", "it comes again so long after it began, as long as the phase is on the screen", "every = 2"),
    ],
};
