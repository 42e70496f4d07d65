//! Whole live runs of the real binary, in a window of an X server that each test starts for itself. Keys come
//! from the test's own connection and are stamped there; the screen is read out of the server's frame buffer.
//! So what the program says of times and answers is compared with what two outsiders saw.
#![cfg(all(feature = "window", target_os = "linux"))]

#[path = "live/aborted.rs"]
mod aborted;
#[path = "live/album.rs"]
mod album;
#[path = "live/asked.rs"]
mod asked;
#[path = "live/awake.rs"]
mod awake;
#[path = "live/emulated_scanner.rs"]
mod emulated_scanner;
#[path = "live/faces.rs"]
mod faces;
#[path = "live/foreign_keys.rs"]
mod foreign_keys;
#[path = "live/gauge.rs"]
mod gauge;
#[path = "live/gone.rs"]
mod gone;
#[path = "live/grey.rs"]
mod grey;
#[path = "live/hidden_window.rs"]
mod hidden_window;
#[path = "live/keys.rs"]
mod keys;
#[path = "live/killed.rs"]
mod killed;
#[path = "live/lost_screen.rs"]
mod lost_screen;
#[path = "live/model.rs"]
mod model;
#[path = "live/mouse.rs"]
mod mouse;
#[path = "live/outsider.rs"]
mod outsider;
#[path = "live/path.rs"]
mod path;
#[path = "live/photodiode.rs"]
mod photodiode;
#[path = "live/program.rs"]
mod program;
#[path = "live/random_keys.rs"]
mod random_keys;
#[path = "live/reaction_time.rs"]
mod reaction_time;
#[path = "live/resumed.rs"]
mod resumed;
#[path = "live/scan_twice.rs"]
mod scan_twice;
#[path = "live/screen.rs"]
mod screen;
#[path = "live/server.rs"]
mod server;
#[path = "live/soak.rs"]
mod soak;
#[cfg(feature = "audio")]
#[path = "live/sound_devices.rs"]
mod sound_devices;
#[cfg(feature = "audio")]
#[path = "live/sound_pages.rs"]
mod sound_pages;
#[cfg(feature = "audio")]
#[path = "live/sound_room.rs"]
mod sound_room;
#[cfg(feature = "audio")]
#[path = "live/sounds.rs"]
mod sounds;
#[path = "live/spread.rs"]
mod spread;
#[path = "live/stalls.rs"]
mod stalls;
#[path = "live/stopped_server.rs"]
mod stopped_server;
#[path = "live/system.rs"]
mod system;
#[path = "live/timing.rs"]
mod timing;
#[path = "live/trace.rs"]
mod trace;
#[path = "live/trigger_key.rs"]
mod trigger_key;
#[path = "live/unconfirmed.rs"]
mod unconfirmed;
#[path = "live/unplugged.rs"]
mod unplugged;
#[path = "live/weston.rs"]
mod weston;
#[path = "live/wires.rs"]
mod wires;

/// Nanoseconds in a millisecond.
const MS: i64 = 1_000_000;

/// A shipped protocol as an experimenter would edit it: each of these pieces of text by another.
fn edited(shipped: &str, edits: &[(&str, &str)]) -> String {
    edits.iter().fold(shipped.to_string(), |text, (old, new)| {
        assert!(text.contains(old), "the shipped protocol has no {old:?} any more");
        text.replace(old, new)
    })
}

/// A protocol of so many pictures, each with an answer and a patch, with screens without a patch between them.
/// Seconds: before the first, each picture, each rest.
fn pictures(count: u32, lead_in: f64, picture: f64, rest: f64) -> String {
    format!(
        r#"
sequence = ["lead_in", "trials", "tail"]

[task]
name = "live"
stimuli = "scenes.tsv"

[pictures.scene]
where = {{ valence = "negative" }}

[block.trials]
cycles = {count}
count = "trial"
contents = ["picture", "rest"]

[phase.lead_in]
duration = {lead_in:?}
elements = [{{ kind = "fixation" }}]

[phase.picture]
duration = {picture:?}
elements = [{{ kind = "picture", from = "scene", size = "80%" }}]
response = {{ keys = ["left", "right"], correct = "left" }}
trial_type = "picture"
columns = {{ trial = "{{trial}}" }}

[phase.rest]
duration = {rest:?}
elements = [{{ kind = "fixation" }}]

[phase.tail]
duration = 0.6

[trial_type.picture]
description = "A picture"

[column.trial]
description = "Number of the trial, from 1"
"#
    )
}
