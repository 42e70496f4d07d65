//! Every key that a rig file may hold, with its type, default, meaning and an example: the one list behind
//! the check for unknown keys and docs/rig-reference.md.

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
    about: "`name` and the other single keys stand above the first `[...]`.",
    keys: &[
        k("name", "text", "`desk`", "the room", "name = \"3T scanner\""),
        k("place", "`scanner` or `lab`", "none", "where runs in this room take place", "place = \"scanner\""),
        k("grey", "key code, or list of up to 4", "`\"Escape\"`", "keys of the operator that put plain grey on the screen at once, whatever is on it; it may be one of those that are held down together", "grey = \"F12\""),
        k("grey_button", "key code, or list of up to 4", "none", "buttons of the participant that do the same; they have no other use", "grey_button = \"Button4\""),
        k("go_on", "list of 2 or 3 key codes", "`[\"Escape\", \"Tab\"]`", "keys that take the grey away when held down together", "go_on = [\"Escape\", \"Tab\"]"),
        k("abort", "list of 2 or 3 key codes", "`[\"Escape\", \"KeyQ\"]`", "keys that ask for the end of the run when held down together: the screen is grey, and a letter gives the reason and ends it (P the participant's wish, D distress, S scanner, E equipment, O other)", "abort = [\"Escape\", \"KeyQ\"]"),
        k("rearm", "list of 2 or 3 key codes", "`[\"Escape\", \"Backspace\"]`", "keys that take a wrong start of the scanner back when held down together, within a minute of it: the run waits for the first pulse once more", "rearm = [\"Escape\", \"Backspace\"]"),
        k("head_stabilization", "text", "`none`", "for the BIDS field `HeadStabilization`", "head_stabilization = \"foam padding\""),
        k("screen", "table", "a screen on a desk", "the participant's screen", "[screen]"),
        k("keys", "table", "arrows and digits", "physical keys by meaning", "[keys]"),
        k("input", "table", "the best source there is", "who stamps keys", "[input]"),
        k("box", "list of tables", "none", "response boxes", "[[box]]"),
        k("pointer", "table", "none", "a mouse or trackball moves the markers of scales", "[pointer]"),
        k("trigger", "table", "no trigger", "pulses of the scanner", "[trigger]"),
        k("marker", "list of tables", "none", "devices that event markers go to", "[[marker]]"),
        k("sound", "table", "the system's own device", "what sounds are played on", "[sound]"),
        k("offset", "table", "none", "measured delay between report and light", "[offset]"),
        k("institution", "table", "empty", "where the room is, for BIDS", "[institution]"),
    ],
};

pub const SCREEN: Section = Section {
    head: "`[screen]`",
    about: "The participant's screen. Degrees of visual angle follow from its size and distance.",
    keys: &[
        k("size", "two lengths in metres", "`[0.53, 0.30]`", "width and height of the picture", "size = [0.53, 0.30]"),
        k("distance", "metres", "0.6", "from eye to screen, by way of the mirror where there is one", "distance = 0.6"),
        k("transform", "`none`, `flip-h`, `flip-v` or `rotate-180`", "`none`", "how the picture is turned so that the participant sees it upright", "transform = \"flip-h\""),
        k("visible", "four shares", "`[0, 0, 1, 1]`", "the part that can be seen: left, top, width, height", "visible = [0.1, 0.0, 0.8, 0.9]"),
        k("monitor", "text", "the main one", "monitor for full screen, by its name", "monitor = \"HDMI-1\""),
        k("refresh", "hertz", "as measured", "the refresh rate that is expected; a run with another is refused", "refresh = 60.0"),
        k("present_wait", "`true` or `false`", "false", "whether the graphics driver may be asked when a picture is on the screen, where neither the compositor nor the X server says it (Linux; VK_KHR_present_wait). Unverified on hardware: try it with a photodiode first", "present_wait = true"),
        k("font", "path of a font file, or list of up to 8", "the built-in font", "used instead of the built-in font; a letter that one lacks is taken from the next, the built-in one last", "font = [\"fonts/NotoSans.ttf\", \"fonts/NotoSansJP.ttf\"]"),
        k("photodiode", "corner and size in pixels, or `none`", "`none`", "a patch for a photodiode in this corner of the physical screen: white while a marked phase is shown, else black; `--photodiode` goes before it", "photodiode = \"bottom-right:40\""),
    ],
};

pub const KEYS: Section = Section {
    head: "`[keys]`",
    about: "Each key is a meaning that protocols name (`left`, `right`, `confirm`, `continue`, or any other word), \
            each value a physical key or a list of them, by W3C code: `ArrowLeft`, `Digit1`, `KeyB`. Without the table: \
            `left = [\"ArrowLeft\", \"Digit1\"]`, `right = [\"ArrowRight\", \"Digit2\"]`, \
            `confirm = [\"Enter\", \"ArrowDown\", \"Digit3\"]`, `other = [\"ArrowUp\", \"Digit4\"]`, `continue = \"Space\"`, and `robot = \"KeyF\"` for `protocols/photodiode.toml`.",
    keys: &[],
};

pub const INPUT: Section = Section {
    head: "`[input]`",
    about: "Who takes the stamp of a key. `xinput2` is the X server that the window is on: its raw events come on a connection of \
            their own, which nothing holds up. `evdev` is the Linux kernel itself, on Wayland too; the user must be allowed to read \
            `/dev/input/event*` (on Debian: the group `input`). It is unverified on hardware. `window` is the window among \
            all else that it hears of. `auto` is `xinput2` on X11, elsewhere `evdev` where it may be read, and else `window`. A \
            source that cannot be had, or that is lost during a run, is said, and the window's keys count instead. The journal has the source \
            of each key.",
    keys: &[
        k("source", "`auto`, `xinput2`, `evdev` or `window`", "`auto`", "who stamps keys and mouse buttons; with `mode = \"point\"` of `[pointer]` buttons are stamped by the window in any case", "source = \"evdev\""),
        k("grab", "true or false", "false", "with `evdev`: while the window has the keyboard no other program gets these keys, shortcuts of the desktop included; they are given back when the window loses the keyboard or the run ends", "grab = true"),
        k("devices", "list of up to 16 paths", "every device with keys", "with `evdev`: the devices to listen to; keys of others are not heard, so name the one with the `abort` keys too", "devices = [\"/dev/input/by-id/usb-Current_Designs-event-kbd\"]"),
    ],
};

pub const POINTER: Section = Section {
    head: "`[pointer]`",
    about: "A mouse or trackball that moves the markers of scales, beside the keys. Its buttons are keys of their own, to be named \
            in `[keys]`: `MouseLeft`, `MouseMiddle`, `MouseRight`, `MouseBack`, `MouseForward`, as in \
            `confirm = [\"Enter\", \"MouseLeft\"]`. With `move` nothing is seen of the pointer and it cannot leave the window: \
            moving the device moves the marker from wherever it stands, so a random start stays one. With `point` the \
            pointer is seen while a scale is on the screen: a press of the left button on the scale puts the marker there, and it follows \
            while the button is held; confirm with another button or key, or with a press of the left one away from the scale, \
            where the rig gives it that meaning.",
    keys: &[
        k("mode", "`move` or `point`", "required", "moving the device moves the marker, or pressing on the scale does", "mode = \"move\""),
        k("counts", "number", "800", "with `move`: so many counts of the device go from one end of a scale to the other; a lower number makes it faster", "counts = 800"),
    ],
};

pub const BOX: Section = Section {
    head: "`[[box]]`",
    about: "A response box, one table each. Its buttons are keys of their own, to be named in `[keys]`: `Button1` is the \
            first byte of a serial box, `Button0` key 0 of an XID box. Where there are several, `Button1@pad` is that of the box named \
            `pad`. A box that acts as a keyboard is told by its own name, and its keys are `Digit1@pad` there; that takes \
            `xinput2` or `evdev` as source of `[input]`. `reframe devices` shows what a box sends. A serial port can be box and \
            trigger at once, with different bytes or keys.",
    keys: &[
        k("name", "text", "required", "what the box is called in this file", "name = \"pad\""),
        k("kind", "`serial`, `xid` or `keyboard`", "required", "how it speaks: single bytes, packets of a Cedrus XID box, or as a keyboard", "kind = \"serial\""),
        k("port", "text", "required but for `keyboard`", "its serial port", "port = \"/dev/ttyUSB0\""),
        k("baud", "whole number", "9600; 115200 for `xid`", "bits a second", "baud = 115200"),
        k("bytes", "list of up to 32 bytes", "required for `serial`", "what each button sends: one character, or its number", "bytes = [\"1\", \"2\", \"0x33\"]"),
        k("has", "text", "required for `keyboard`", "a part of the name that the keyboard tells of itself", "has = \"Current Designs\""),
        k("holds", "true or false", "true; always false for `serial`", "it tells how long a button is held. A box that lets go of a button by itself (\"auto release\") needs `false`: each press moves the marker of a scale by one step", "holds = false"),
    ],
};

pub const TRIGGER: Section = Section {
    head: "`[trigger]`",
    about: "Where the pulses of the scanner come from, and what they mean. A source is one of: `key:5` (a key; behind an `@` its \
            keyboard), `serial:PORT@BAUD:BYTE` (a byte, as `5` or `0x35`; any where none is named; 9600 baud), `xid:PORT@BAUD:KEY` \
            (a key of a Cedrus box; 115200 baud), `modem:PORT:LINE` (`cts`, `dsr`, `ri` or `dcd` goes on; with `:falling` \
            off), `parport:PORT:PIN` (`ack`, `busy`, `paper-out`, `select` or `error`, likewise), `tcp:PORT` or `udp:PORT` (a line or packet \
            from this computer; `tcp:0.0.0.0:5000` from others too; `tcp:5000=TR` only those that say TR), `lsl:NAME` (a stream of the Lab Streaming \
            Layer; `=TEXT` likewise), `evdev:PATH:CODE` (a key of a kernel device, whoever has the keyboard), `emulate:TR` or `emulate`.",
    keys: &[
        k("source", "text, or list of up to 8", "none", "the source of pulses; of several that bring the same pulse the first counts", "source = \"serial:/dev/ttyUSB0@115200:5\""),
        k("each", "`volume`, `slice` or `start`", "`volume`", "what the scanner sends a pulse for; with `start` one at the beginning of a run", "each = \"slice\""),
        k("slices", "whole number", "required with `slice`", "pulses of a volume", "slices = 32"),
        k("dummies", "whole number", "0", "volumes at the start that are not analysed", "dummies = 5"),
        k("dummies_pulse", "true or false", "true", "they send pulses", "dummies_pulse = false"),
        k("dummies_stored", "true or false", "false", "they are stored in the images", "dummies_stored = true"),
    ],
};

pub const MARKER: Section = Section {
    head: "`[[marker]]`",
    about: "A device that event markers go to: an EEG amplifier, an eye tracker, a recorder of physiology; up to 8 of them, each with a \
            `[[marker]]` of its own. Codes are 1 to 255: those of phases stand in the protocol (`marker`). Serial and parallel ports get the \
            code as a byte; `tcp`, `udp` and `lsl` get text such as `picture 12 picture_happy`. See [markers](markers.md). Hardware of \
            all kinds is unverified: try it with `reframe markers RIG`, and with a photodiode.",
    keys: &[
        k("to", "`serial:PORT@BAUD`, `parport:PORT`, `tcp:HOST:PORT`, `udp:HOST:PORT` or `lsl:NAME`", "required", "where marks go; 9600 baud where no rate is given", "to = \"serial:/dev/ttyACM0@9600\""),
        k("pulse", "seconds, 0 to 1", "0.005", "serial and parallel ports: how long a code stands before the rest level is written; with 0 it stands until the next code, as for a device that makes pulses by itself", "pulse = 0.005"),
        k("rest", "whole number 0 to 255", "0", "serial and parallel ports: the level between marks, before the first and after the last", "rest = 0"),
        k("start", "whole number 1 to 255", "none", "code for the beginning of a run", "start = 254"),
        k("stop", "whole number 1 to 255", "none", "code for its end", "stop = 255"),
        k("volumes", "whole number 1 to 255", "none", "code that is sent when a pulse of the scanner has been taken for a volume", "volumes = 200"),
        k("required", "true or false", "true", "a run is refused when the device cannot be opened; else it goes on, and the device is tried each second", "required = false"),
    ],
};

pub const SOUND: Section = Section {
    head: "`[sound]`",
    about: "What sounds are played on. Without the table it is the system's own default device. A device says when a sample \
            leaves it; what an amplifier, a wireless headphone or the air tubes of a scanner add is known only to a microphone, and \
            stands in `offset`.",
    keys: &[
        k("device", "text", "the system's own default device", "name of the device, as `reframe devices` prints it", "device = \"Scarlett 2i2 USB\""),
        k("buffer", "whole number 64 to 4096", "1024", "how many frames the device takes at a time, for 0.1 s at most: with fewer, sounds can be asked for later; with more, a busy PC leaves no gaps in them", "buffer = 256"),
        k("rate", "hertz, whole number 8000 to 192000", "the device's own", "the sample rate that it is opened with", "rate = 48000"),
        k("offset", "seconds, -0.5 to 0.5", "0", "how much later sounds leave the loudspeaker or headphones than the device says, as measured with a microphone; it is added to their onsets when data files are written", "offset = 0.012"),
        k("measured", "date", "required with `offset`", "the day of the measurement", "measured = \"2026-11-22\""),
    ],
};

pub const OFFSET: Section = Section {
    head: "`[offset]`",
    about: "A correction measured with a photodiode: added to onsets when data files are written, in the screen mode it \
            was measured in and no other.",
    keys: &[
        k("seconds", "seconds", "required", "added to onsets", "seconds = 0.0113"),
        k("measured", "date", "required", "the day of the measurement", "measured = \"2026-11-22\""),
        k("mode", "width, height, hertz", "required", "the screen mode", "mode = [1920, 1080, 60.0]"),
    ],
};

pub const INSTITUTION: Section = Section {
    head: "`[institution]`",
    about: "For the BIDS fields of runs outside the scanner.",
    keys: &[
        k("name", "text", "empty", "`InstitutionName`", "name = \"University of Southampton\""),
        k("address", "text", "empty", "`InstitutionAddress`", "address = \"Southampton, UK\""),
        k("department", "text", "empty", "`InstitutionalDepartmentName`", "department = \"Psychology\""),
    ],
};

/// All tables of a rig file, in the order of the reference.
pub const SECTIONS: &[&Section] = &[&TOP, &SCREEN, &KEYS, &INPUT, &BOX, &POINTER, &TRIGGER, &MARKER, &SOUND, &OFFSET, &INSTITUTION];
